/* SPDX-License-Identifier: MIT */
#include "io/image_unknown.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Transparent pixels are one colour, whatever their red, green and blue. */
static uint32_t color_of(uint32_t pixel)
{
    return pixel & 0xff ? pixel : 0;
}

static bool is_unknown(const clp_pixels *pixels, const uint16_t *cells, size_t row, size_t column)
{
    return cells[(pixels->height - 1 - row) * pixels->width + column] == CLP_CELL_UNKNOWN;
}

/* The colours of the unknown pixels, or as many as fit into `list`; returns how many there are. */
static size_t collect(const clp_pixels *pixels, const uint16_t *cells, uint32_t *list)
{
    size_t count = 0;
    for (size_t row = 0; row < pixels->height; row++)
        for (size_t column = 0; column < pixels->width; column++) {
            if (!is_unknown(pixels, cells, row, column)) continue;
            if (list) list[count] = color_of(pixels->values[row * pixels->width + column]);
            count++;
        }
    return count;
}

/* Sorts by one half of the number, keeping the order of equals. */
static void sort_half(const uint32_t *in, uint32_t *out, size_t count, unsigned shift, size_t places[65536])
{
    memset(places, 0, 65536 * sizeof *places);
    for (size_t i = 0; i < count; i++) places[in[i] >> shift & 0xffff]++;
    for (size_t digit = 0, at = 0; digit < 65536; digit++) {
        size_t here = places[digit];
        places[digit] = at;
        at += here;
    }
    for (size_t i = 0; i < count; i++) out[places[in[i] >> shift & 0xffff]++] = in[i];
}

static int channel_difference(uint32_t a, uint32_t b, unsigned shift)
{
    return abs((int)(a >> shift & 0xff) - (int)(b >> shift & 0xff));
}

/* The largest difference of a channel, as classifying takes it; 256 where no tolerance reaches. */
static int distance_of(uint32_t color, uint32_t pixel)
{
    int distance = channel_difference(color, pixel, 0);
    if (!(color & 0xff)) return distance;
    if (!(pixel & 0xff)) return 256;
    for (unsigned shift = 8; shift < 32; shift += 8) {
        int difference = channel_difference(color, pixel, shift);
        if (difference > distance) distance = difference;
    }
    return distance;
}

/* The colour nearest to a pixel's and its distance. */
static size_t nearest_of(uint32_t rgba, const clp_image_color *colors, size_t count, int *distance)
{
    size_t nearest = 0;
    *distance = 512;
    for (size_t i = 0; i < count; i++) {
        int here = distance_of(colors[i].rgba, rgba);
        if (here >= *distance) continue;
        *distance = here;
        nearest = i;
    }
    return nearest;
}

typedef struct unknown {
    uint32_t rgba; /* the most frequent one */
    size_t pixels; /* which have it */
    size_t colors; /* unknown ones, itself included */
} unknown;

static unknown count_runs(const uint32_t *sorted, size_t count)
{
    unknown u = {0};
    for (size_t begin = 0, end; begin < count; begin = end) {
        for (end = begin + 1; end < count && sorted[end] == sorted[begin];) end++;
        u.colors++;
        if (end - begin <= u.pixels) continue;
        u.pixels = end - begin;
        u.rgba = sorted[begin];
    }
    return u;
}

static clp_status fail_color(const char *path, const clp_pixels *pixels, const clp_image_color *colors,
                             size_t color_count, const unknown *u)
{
    size_t place = 0;
    while (color_of(pixels->values[place]) != u->rgba) place++;
    char shown[CLP_COLOR_TEXT], near_shown[CLP_COLOR_TEXT], more[64] = "", advice[160];
    int distance;
    size_t nearest = nearest_of(u->rgba, colors, color_count, &distance);
    if (u->colors > 1)
        snprintf(more, sizeof more, "; %zu more colour%s no meaning either", u->colors - 1,
                 u->colors > 2 ? "s have" : " has");
    if (!(u->rgba & 0xff))
        snprintf(advice, sizeof advice,
                 "give 'transparent' a meaning, or fill what is transparent with a colour");
    else
        snprintf(advice, sizeof advice,
                 "the nearest colour that has one is %s, %d away in its most different channel; give %s a "
                 "meaning, "
                 "or `tolerance: %d` would take it",
                 clp_color_text(colors[nearest].rgba, near_shown), distance, clp_color_text(u->rgba, shown),
                 distance);
    return clp_fail(
        CLP_ERROR_INPUT,
        "%s: the colour %s%s has no meaning; %zu pixel%s it, the first in column %zu, row %zu (counted "
        "from 0, rows from the top); %s%s",
        path, clp_color_text(u->rgba, shown), u->rgba & 0xff ? "" : " (transparent)", u->pixels,
        u->pixels > 1 ? "s have" : " has", (pixels->left + place % pixels->width) % pixels->columns,
        (pixels->top + place / pixels->width) % pixels->rows, advice, more);
}

clp_status clp_image_fail_unknown(const char *path, const clp_pixels *pixels, const clp_image_color *colors,
                                  size_t color_count, const uint16_t *cells)
{
    size_t count = collect(pixels, cells, NULL);
    uint32_t *list = calloc(2 * count, sizeof *list);
    size_t *places = malloc(65536 * sizeof *places);
    clp_status status;
    if (!list || !places) {
        status = clp_fail_host_memory(2 * count * sizeof *list);
        goto cleanup;
    }
    collect(pixels, cells, list);
    sort_half(list, list + count, count, 0, places);
    sort_half(list + count, list, count, 16, places);
    unknown u = count_runs(list, count);
    status = fail_color(path, pixels, colors, color_count, &u);
cleanup:
    free(list);
    free(places);
    return status;
}
