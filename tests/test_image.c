/* SPDX-License-Identifier: MIT */
/* Colours as people write them, and what the pixels of a picture stand for. */
#include "io/image.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---- names ---- */

static void expect_color(const char *text, uint32_t wanted)
{
    uint32_t rgba = 1;
    cr_expect_eq(clp_color_parse(text, &rgba), CLP_OK, "%s", clp_error_message());
    cr_expect_eq(rgba, wanted, "%s is %08x", text, (unsigned)rgba);
}

static void expect_no_color(const char *text, const char *what)
{
    uint32_t rgba;
    cr_expect_eq(clp_color_parse(text, &rgba), CLP_ERROR_INPUT, "%s", text);
    cr_expect(strstr(clp_error_message(), what), "%s\n    not \"%s\"", clp_error_message(), what);
}

Test(color, digits_and_names)
{
    expect_color("#f80", 0xff8800ff);
    expect_color("#12aBcD", 0x12abcdff);
    expect_color("#12abcd7F", 0x12abcd7f);
    expect_color("black", 0x000000ff);
    expect_color("GREEN", 0x008000ff);
    expect_color("Lime", 0x00ff00ff);
    expect_color("cyan", 0x00ffffff);
    expect_color("magenta", 0xff00ffff);
    expect_color("orange", 0xffa500ff);
    expect_color("transparent", 0);
}

Test(color, errors_say_how_to_write_it)
{
    expect_no_color("ornage", "'ornage' is no colour; did you mean orange?");
    expect_no_color("Blck", "did you mean black?");
    expect_no_color("ff8000", "write '#ff8000', in quotes");
    expect_no_color("#ff800", "'#rrggbb' (in quotes");
    expect_no_color("#ff80zz", "'#rrggbb' (in quotes");
    expect_no_color("#", "'#rrggbb' (in quotes");
    expect_no_color("", "'#rrggbb' (in quotes");
    expect_no_color("255,128,0", "'#rrggbb' (in quotes");
    char text[CLP_COLOR_TEXT];
    cr_expect_str_eq(clp_color_text(0x01020aff, text), "#01020a");
    cr_expect_str_eq(clp_color_text(0x01020a00, text), "#01020a00");
}

/* ---- pixels ---- */

enum { RED = 0, GREEN = 1, BLUE = 2 };
static const clp_image_color rgb[] = {{0xff0000ff, 0}, {0x00ff00ff, 0}, {0x0000ffff, 0}};

static clp_status classify(size_t width, size_t height, const uint32_t *values, const clp_image_color *colors,
                           size_t count, double tolerance, uint16_t *cells)
{
    clp_pixels pixels = {width, height, (uint32_t *)values, .columns = width, .rows = height};
    return clp_image_classify("a.png", &pixels, colors, count, tolerance, cells);
}

/* One pixel to its colour; -1 where there is none. */
static int cell_of(uint32_t pixel, const clp_image_color *colors, size_t count, double tolerance)
{
    uint16_t cell;
    return classify(1, 1, &pixel, colors, count, tolerance, &cell) == CLP_OK ? cell : -1;
}

Test(image, the_top_row_is_the_largest_y)
{
    static const uint32_t values[] = {0xff0000ff, 0x00ff00ff, 0x0000ffff, 0x00ff00ff, 0x00ff00ff, 0x0000ffff};
    static const uint16_t wanted[] = {GREEN, GREEN, BLUE, RED, GREEN, BLUE};
    uint16_t cells[6];
    cr_assert_eq(classify(3, 2, values, rgb, 3, 0, cells), CLP_OK, "%s", clp_error_message());
    cr_expect_arr_eq(cells, wanted, sizeof wanted);
}

Test(image, the_nearest_colour_within_tolerance)
{
    static const clp_image_color greys[] = {
        {0x000000ff, 0}, {0x404040ff, 0}, {0x484848ff, 20}, {0x404040ff, 0}};
    cr_expect_eq(cell_of(0x404040ff, greys, 4, 0), 1); /* of equal ones the first */
    cr_expect_eq(cell_of(0x414141ff, greys, 4, 0), 2); /* whose own tolerance counts */
    cr_expect_eq(cell_of(0x414141ff, greys, 4, 1), 1);
    cr_expect_eq(cell_of(0x414141ff, greys, 4, 0.99), 2);
    cr_expect_eq(cell_of(0x444444ff, greys, 4, 4), 1); /* in the middle: the first */
    cr_expect_eq(cell_of(0x5c4848ff, greys, 4, 0), 2);
    cr_expect_eq(cell_of(0x5d4848ff, greys, 4, 0), -1);
    cr_expect_eq(cell_of(0x48485dff, greys, 4, 21), 2);
    cr_expect_eq(cell_of(0x001000ff, greys, 4, 16), 0);
    cr_expect_eq(cell_of(0x001100ff, greys, 4, 16), -1);
    cr_expect_eq(cell_of(0xffffffff, greys, 4, 255), 2);
}

Test(image, alpha_counts_like_a_channel)
{
    static const clp_image_color colors[] = {{0xff0000ff, 0}, {0xff000080, 0}, {0xffffff00, 0}};
    cr_expect_eq(cell_of(0xff0000ff, colors, 3, 0), 0);
    cr_expect_eq(cell_of(0xff000080, colors, 3, 0), 1);
    cr_expect_eq(cell_of(0xff0000f0, colors, 3, 14), -1);
    cr_expect_eq(cell_of(0xff0000f0, colors, 3, 15), 0);
    cr_expect_eq(cell_of(0x12345600, colors, 3, 0), 2); /* transparent, whatever is beneath */
    cr_expect_eq(cell_of(0x12345602, colors, 3, 2), 2);
    cr_expect_eq(cell_of(0xff000000, colors, 2, 255), -1); /* and nothing else */
    cr_expect_eq(cell_of(0, colors, 2, 255), -1);
    cr_expect_eq(cell_of(0, colors, 3, 0), 2);
}

Test(image, agrees_with_a_plain_search)
{
    enum { WIDTH = 97, HEIGHT = 61, COLORS = 30 };
    static uint32_t values[WIDTH * HEIGHT];
    static uint16_t cells[WIDTH * HEIGHT];
    clp_image_color colors[COLORS];
    uint32_t state = 7;
    for (size_t i = 0; i < COLORS; i++) {
        state = state * 1664525 + 1013904223;
        colors[i] = (clp_image_color){state | 0xff, (int)(state >> 24) & 15};
    }
    for (size_t i = 0; i < WIDTH * HEIGHT; i++) values[i] = (state = state * 1664525 + 1013904223) | 0xff;
    cr_assert_eq(classify(WIDTH, HEIGHT, values, colors, COLORS, 255, cells), CLP_OK);
    for (size_t i = 0; i < WIDTH * HEIGHT; i++) {
        int least = 999, found = -1;
        for (int c = 0; c < COLORS; c++) {
            int distance = 0;
            for (int shift = 8; shift < 32; shift += 8)
                distance = (int)fmax(
                    distance, abs((int)(values[i] >> shift & 255) - (int)(colors[c].rgba >> shift & 255)));
            if (distance < least) least = distance, found = c;
        }
        cr_assert_eq(cells[(HEIGHT - 1 - i / WIDTH) * WIDTH + i % WIDTH], found);
    }
}

/* ---- errors ---- */

static void expect_message(size_t width, size_t height, const uint32_t *values, const char *message)
{
    uint16_t cells[16];
    cr_expect_eq(classify(width, height, values, rgb, 3, 2, cells), CLP_ERROR_INPUT);
    cr_expect_str_eq(clp_error_message(), message, "%s", clp_error_message());
}

Test(image, unknown_colours_are_told)
{
    static const uint32_t one[] = {0xff0000ff, 0xff0000ff, 0x00ff00ff, 0x05fe10ff};
    expect_message(
        2, 2, one,
        "a.png: the colour #05fe10 has no meaning; 1 pixel has it, the first in column 1, row 1 (counted "
        "from 0, rows from the top); the nearest colour that has one is #00ff00, 16 away in its most "
        "different channel; give #05fe10 a meaning, or `tolerance: 16` would take it");
    static const uint32_t several[] = {0x0000ffff, 0x112233ff, 0x0000fcff,
                                       0x0000fcff, 0xaabbcc80, 0xff0000ff};
    expect_message(
        2, 3, several,
        "a.png: the colour #0000fc has no meaning; 2 pixels have it, the first in column 0, row 1 (counted "
        "from 0, rows from the top); the nearest colour that has one is #0000ff, 3 away in its most "
        "different channel; give #0000fc a meaning, or `tolerance: 3` would take it; 2 more colours have "
        "no meaning either");
    static const uint32_t clear[] = {0xff0000ff, 0x11223300, 0xffffff00, 0xff0012ff};
    expect_message(
        4, 1, clear,
        "a.png: the colour #00000000 (transparent) has no meaning; 2 pixels have it, the first in column "
        "1, row 0 (counted from 0, rows from the top); give 'transparent' a meaning, or fill what is "
        "transparent with a colour; 1 more colour has no meaning either");
}

/* What the message promises must hold. */
Test(image, the_tolerance_told_is_enough_and_no_less_is)
{
    uint32_t state = 99;
    for (int round = 0; round < 500; round++) {
        uint32_t pixel = (state = state * 1664525 + 1013904223) | (round % 2 ? 0xff : 1);
        if (cell_of(pixel, rgb, 3, 0) >= 0) continue;
        const char *told = strstr(clp_error_message(), "`tolerance: ");
        cr_assert(told);
        int tolerance = atoi(told + strlen("`tolerance: "));
        cr_assert(cell_of(pixel, rgb, 3, tolerance) >= 0);
        cr_assert(cell_of(pixel, rgb, 3, tolerance - 1) < 0);
    }
}

Test(image, the_most_frequent_of_very_many)
{
    enum { SIDE = 300 };
    static uint32_t values[SIDE * SIDE];
    static uint16_t cells[SIDE * SIDE];
    for (uint32_t i = 0; i < SIDE * SIDE; i++) values[i] = (0x100000 + i * 7) << 8 | 0xff;
    values[5 * SIDE + 3] = values[100];
    values[299 * SIDE + 299] = values[100];
    cr_expect_eq(classify(SIDE, SIDE, values, rgb, 3, 0, cells), CLP_ERROR_INPUT);
    cr_expect(strstr(clp_error_message(), "colour #1002bc has"), "%s", clp_error_message());
    cr_expect(strstr(clp_error_message(), "3 pixels have it, the first in column 100, row 0"));
    cr_expect(strstr(clp_error_message(), "; 89997 more colours"));
}

Test(image, arguments_out_of_range)
{
    static const clp_image_color wrong[] = {{0xff0000ff, 256}};
    cr_expect_eq(cell_of(0xff0000ff, rgb, 0, 0), -1);
    cr_expect_eq(cell_of(0xff0000ff, rgb, 3, -1), -1);
    cr_expect_eq(cell_of(0xff0000ff, rgb, 3, 255.5), -1);
    cr_expect_eq(cell_of(0xff0000ff, rgb, 3, (double)NAN), -1);
    cr_expect(strstr(clp_error_message(), "give 0 to 255"));
    cr_expect_eq(cell_of(0xff0000ff, wrong, 1, 0), -1);
    cr_expect(strstr(clp_error_message(), "tolerance of 256 for the colour #ff0000"));
    clp_pixels_finish(NULL);
}
