/* SPDX-License-Identifier: MIT */
/* PNG pictures of every kind become red, green, blue and alpha of 8 bits. */
#include "png_file.h"

TestSuite(png_read, .init = enter, .fini = leave);

enum { WIDTH = 13, HEIGHT = 11 };

static uint32_t random_state = 4711;

static uint32_t random_below(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % limit;
}

/* A sample of 0 to most as 0 to 255, to the nearest. */
static uint32_t to_8_bits(unsigned sample, int depth)
{
    unsigned most = (1U << depth) - 1;
    return (2 * 255 * sample + most) / (2 * most);
}

/* What the specification of PNG says about a pixel. */
static uint32_t wanted_pixel(const png_request *r, const uint16_t *sample)
{
    uint32_t red, green, blue, alpha = 255;
    if (r->type == PNG_COLOR_TYPE_PALETTE) {
        const png_color *c = &r->palette[sample[0]];
        if (sample[0] < r->alpha_count) alpha = r->alphas[sample[0]];
        return (uint32_t)c->red << 24 | (uint32_t)c->green << 16 | (uint32_t)c->blue << 8 | alpha;
    }
    bool grey = !(r->type & PNG_COLOR_MASK_COLOR);
    red = to_8_bits(sample[0], r->depth);
    green = grey ? red : to_8_bits(sample[1], r->depth);
    blue = grey ? red : to_8_bits(sample[2], r->depth);
    if (r->type & PNG_COLOR_MASK_ALPHA) alpha = to_8_bits(sample[grey ? 1 : 3], r->depth);
    if (r->clear && grey && sample[0] == r->clear->gray) alpha = 0;
    if (r->clear && !grey && sample[0] == r->clear->red && sample[1] == r->clear->green &&
        sample[2] == r->clear->blue)
        alpha = 0;
    return red << 24 | green << 16 | blue << 8 | alpha;
}

static void expect_pixels(const png_request *wanted)
{
    static png_file file;
    clp_pixels pixels;
    make_png(&file, wanted);
    write_bytes(file.bytes, file.size);
    cr_assert_eq(clp_png_read(path, &pixels), CLP_OK, "%s", clp_error_message());
    cr_assert(pixels.width == wanted->width && pixels.height == wanted->height);
    for (size_t i = 0; i < pixels.width * pixels.height; i++) {
        uint32_t value = wanted_pixel(wanted, wanted->samples + i * channels_of(wanted->type));
        cr_assert_eq(pixels.values[i], value, "type %d depth %d interlaced %d pixel %zu: %08x not %08x",
                     wanted->type, wanted->depth, wanted->interlaced, i, (unsigned)pixels.values[i],
                     (unsigned)value);
    }
    clp_pixels_finish(&pixels);
}

/* Rectangles, also such that go round at the ends of the picture, and more than once. */
static void expect_rectangle(const png_request *wanted)
{
    const size_t columns = wanted->width, rows = wanted->height;
    clp_pixels pixels = {.left = random_below((uint32_t)columns),
                         .top = random_below((uint32_t)rows),
                         .width = 1 + random_below((uint32_t)(2 * columns)),
                         .height = 1 + random_below((uint32_t)(2 * rows))};
    cr_assert_eq(clp_png_read_rectangle(path, &pixels), CLP_OK, "%s", clp_error_message());
    cr_assert(pixels.columns == columns && pixels.rows == rows);
    for (size_t j = 0; j < pixels.height; j++)
        for (size_t i = 0; i < pixels.width; i++) {
            size_t place = (pixels.top + j) % rows * columns + (pixels.left + i) % columns;
            uint32_t value = wanted_pixel(wanted, wanted->samples + place * channels_of(wanted->type));
            cr_assert_eq(pixels.values[j * pixels.width + i], value,
                         "type %d interlaced %d: pixel %zu, %zu of the rectangle at %zu, %zu", wanted->type,
                         wanted->interlaced, i, j, pixels.left, pixels.top);
        }
    clp_pixels_finish(&pixels);
    size_t announced[2];
    cr_assert_eq(clp_png_size(path, &announced[0], &announced[1]), CLP_OK);
    cr_assert(announced[0] == columns && announced[1] == rows);
}

/* Every size up to the given one, so that each pass of an interlaced picture is also empty at times. */
static void expect_kind(png_request *wanted)
{
    static const size_t sizes[][2] = {{1, 1}, {2, 3}, {1, 9}, {9, 1}, {5, 4}, {WIDTH, HEIGHT}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int interlaced = 0; interlaced < 2; interlaced++) {
            wanted->width = sizes[i][0];
            wanted->height = sizes[i][1];
            wanted->interlaced = interlaced;
            expect_pixels(wanted);
            expect_rectangle(wanted);
        }
}

Test(png_read, greys_and_colours_of_every_depth)
{
    static const int types[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                                PNG_COLOR_TYPE_RGBA};
    uint16_t samples[WIDTH * HEIGHT * 4];
    for (size_t t = 0; t < 4; t++)
        for (int depth = types[t] == PNG_COLOR_TYPE_GRAY ? 1 : 8; depth <= 16; depth *= 2) {
            for (size_t i = 0; i < WIDTH * HEIGHT * 4; i++) samples[i] = (uint16_t)random_below(1U << depth);
            png_request wanted = {.depth = depth, .type = types[t], .samples = samples};
            expect_kind(&wanted);
            if (types[t] & PNG_COLOR_MASK_ALPHA) continue;
            wanted.clear = &(png_color_16){
                .red = samples[0], .green = samples[1], .blue = samples[2], .gray = samples[0]};
            expect_kind(&wanted);
        }
}

Test(png_read, sixteen_bits_are_rounded)
{
    uint16_t samples[64 * 64];
    for (unsigned i = 0; i < 64 * 64; i++) samples[i] = (uint16_t)(i % 256 * 257 + i / 256 * 19);
    expect_pixels(&(png_request){.width = 64, .height = 64, .depth = 16, .samples = samples});
}

/* 0xff00 and 0xff01 are the same grey in 8 bits, of which only one is transparent. */
Test(png_read, transparency_is_told_before_rounding)
{
    static const uint16_t samples[] = {0xff00, 0xff01, 0xff00, 0xfeff};
    expect_pixels(&(png_request){
        .width = 2, .height = 2, .depth = 16, .samples = samples, .clear = &(png_color_16){.gray = 0xff01}});
}

Test(png_read, palettes_with_and_without_transparency)
{
    png_color palette[256];
    png_byte alphas[256];
    uint16_t samples[WIDTH * HEIGHT];
    for (unsigned i = 0; i < 256; i++) {
        palette[i] = (png_color){(png_byte)(i * 91), (png_byte)(i * 57 + 3), (png_byte)(255 - i)};
        alphas[i] = (png_byte)(i * 83);
    }
    for (int depth = 1; depth <= 8; depth *= 2) {
        for (size_t i = 0; i < WIDTH * HEIGHT; i++) samples[i] = (uint16_t)random_below(1U << depth);
        png_request wanted = {.depth = depth,
                              .type = PNG_COLOR_TYPE_PALETTE,
                              .samples = samples,
                              .palette = palette,
                              .palette_size = 1 << depth};
        expect_kind(&wanted);
        wanted.alphas = alphas;
        wanted.alpha_count = depth == 1 ? 1 : (1 << depth) - 1;
        expect_kind(&wanted);
        /* Fewer colours than the depth could tell apart. */
        for (size_t i = 0; i < WIDTH * HEIGHT; i++) samples[i] = (uint16_t)(samples[i] / 2);
        wanted.palette_size = 1 << depth >> 1;
        wanted.alpha_count = 1;
        expect_kind(&wanted);
    }
}
