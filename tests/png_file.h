/* SPDX-License-Identifier: MIT */
/* PNG pictures made by libpng, in memory, for the tests of their reader. */
#ifndef TESTS_PNG_FILE_H
#define TESTS_PNG_FILE_H

#include "io/png_read.h"
#include "scratch_file.h"

#include <png.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct png_file {
    unsigned char bytes[1 << 16];
    size_t size;
} png_file;

/* What to make: samples of shape [height][width][channels], and if wanted a palette and transparency. */
typedef struct png_request {
    size_t width, height;
    int depth, type;
    bool interlaced;
    const uint16_t *samples;
    png_color *palette;
    int palette_size;
    png_byte *alphas; /* of the palette */
    int alpha_count;
    png_color_16 *clear; /* the grey or colour that is transparent */
} png_request;

static inline void append_bytes(png_structp png, png_bytep data, size_t count)
{
    png_file *file = png_get_io_ptr(png);
    cr_assert(file->size + count <= sizeof file->bytes);
    memcpy(file->bytes + file->size, data, count);
    file->size += count;
}

static inline void flush_nothing(png_structp png)
{
    (void)png;
}

static inline size_t channels_of(int type)
{
    return (type & PNG_COLOR_MASK_COLOR && type != PNG_COLOR_TYPE_PALETTE ? 3U : 1U) +
           (type & PNG_COLOR_MASK_ALPHA ? 1U : 0U);
}

/* Packs the samples of a row as the file has them: most significant bits and bytes first. */
static inline void pack_row(const png_request *wanted, size_t row, unsigned char *out)
{
    size_t count = wanted->width * channels_of(wanted->type);
    const uint16_t *in = wanted->samples + row * count;
    memset(out, 0, 2 * count);
    for (size_t i = 0; i < count; i++) {
        size_t bit = i * (size_t)wanted->depth;
        if (wanted->depth == 16) {
            out[2 * i] = (unsigned char)(in[i] >> 8);
            out[2 * i + 1] = (unsigned char)in[i];
        } else {
            out[bit / 8] |= (unsigned char)(in[i] << (8 - wanted->depth - (int)(bit % 8)));
        }
    }
}

static inline void make_png(png_file *file, const png_request *wanted)
{
    static unsigned char rows[64][1024];
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    file->size = 0;
    png_set_write_fn(png, file, append_bytes, flush_nothing);
    png_set_IHDR(png, info, (png_uint_32)wanted->width, (png_uint_32)wanted->height, wanted->depth,
                 wanted->type, wanted->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (wanted->palette) png_set_PLTE(png, info, wanted->palette, wanted->palette_size);
    if (wanted->alphas) png_set_tRNS(png, info, wanted->alphas, wanted->alpha_count, NULL);
    if (wanted->clear) png_set_tRNS(png, info, NULL, 0, wanted->clear);
    png_write_info(png, info);
    for (int passes = png_set_interlace_handling(png); passes > 0; passes--)
        for (size_t row = 0; row < wanted->height; row++) {
            pack_row(wanted, row, rows[row]);
            png_write_row(png, rows[row]);
        }
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
}

/* A small picture of red, green, blue and alpha, each channel told by its place. */
static inline void make_plain_png(png_file *file, size_t width, size_t height)
{
    static uint16_t samples[64 * 64 * 4];
    for (size_t i = 0; i < width * height * 4; i++) samples[i] = (uint16_t)(i * 37 % 256);
    make_png(
        file,
        &(png_request){
            .width = width, .height = height, .depth = 8, .type = PNG_COLOR_TYPE_RGBA, .samples = samples});
}

#endif
