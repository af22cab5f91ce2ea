/* SPDX-License-Identifier: MIT */
#include "io/image.h"

#include "base/checked.h"
#include "io/image_unknown.h"

#include <stdlib.h>

void clp_pixels_finish(clp_pixels *pixels)
{
    if (!pixels) return;
    free(pixels->values);
    *pixels = (clp_pixels){0};
}

/* Sixteen colours, each channel in a row, so that the compiler finds their distances all at once. */
enum { LANES = 16 };

typedef struct block {
    uint8_t red[LANES], green[LANES], blue[LANES], alpha[LANES];
    uint8_t visible[LANES]; /* 255, or 0 where alpha alone counts */
    uint8_t allowed[LANES];
} block;

typedef struct palette {
    block *blocks;
    size_t count;         /* of colours */
    uint16_t transparent; /* the first of them that is */
} palette;

static clp_status create_palette(const clp_image_color *colors, size_t count, int tolerance, palette *p)
{
    size_t blocks = clp_round_up(count, LANES) / LANES;
    *p = (palette){calloc(blocks, sizeof(block)), count, CLP_CELL_UNKNOWN};
    if (!p->blocks) return clp_fail_host_memory(blocks * sizeof(block));
    for (size_t i = count; i-- > 0;) {
        block *b = &p->blocks[i / LANES];
        size_t lane = i % LANES;
        uint32_t rgba = colors[i].rgba;
        b->red[lane] = (uint8_t)(rgba >> 24);
        b->green[lane] = (uint8_t)(rgba >> 16);
        b->blue[lane] = (uint8_t)(rgba >> 8);
        b->alpha[lane] = (uint8_t)rgba;
        b->visible[lane] = b->alpha[lane] ? 255 : 0;
        b->allowed[lane] = (uint8_t)(colors[i].tolerance > tolerance ? colors[i].tolerance : tolerance);
        if (!b->visible[lane]) p->transparent = (uint16_t)i;
    }
    return CLP_OK;
}

static inline uint8_t larger(uint8_t a, uint8_t b)
{
    return a > b ? a : b;
}

static inline uint8_t difference(uint8_t a, uint8_t b)
{
    return (uint8_t)(a > b ? a - b : b - a);
}

static void find_distances(const block *b, uint32_t rgba, uint8_t distances[LANES])
{
    uint8_t red = (uint8_t)(rgba >> 24), green = (uint8_t)(rgba >> 16), blue = (uint8_t)(rgba >> 8);
    uint8_t alpha = (uint8_t)rgba;
    for (size_t i = 0; i < LANES; i++) {
        uint8_t color = larger(difference(b->red[i], red), difference(b->green[i], green));
        color = larger(color, difference(b->blue[i], blue));
        distances[i] = larger((uint8_t)(color & b->visible[i]), difference(b->alpha[i], alpha));
    }
}

static uint16_t find_color(const palette *p, uint32_t rgba)
{
    if (!(rgba & 0xff)) return p->transparent;
    unsigned least = 256;
    uint16_t found = CLP_CELL_UNKNOWN;
    for (size_t first = 0; first < p->count && least > 0; first += LANES) {
        const block *b = &p->blocks[first / LANES];
        uint8_t distances[LANES];
        find_distances(b, rgba, distances);
        for (size_t i = 0; i < clp_min(LANES, p->count - first); i++) {
            if (distances[i] >= least || distances[i] > b->allowed[i]) continue;
            least = distances[i];
            found = (uint16_t)(first + i);
        }
    }
    return found;
}

/* Remembers what the last colours turned out to be. Pictures have long runs of few colours, photographs
 * neighbours alike; an entry is overwritten by the next colour that falls on it. */
enum { MEMORY_BITS = 12 };

typedef struct remembered {
    uint32_t rgba;
    uint16_t cell;
} remembered;

/* Whether every pixel has found a colour. */
static bool classify(const clp_pixels *pixels, const palette *p, uint16_t *cells)
{
    remembered memory[1 << MEMORY_BITS];
    const remembered nothing = {.rgba = 0, .cell = find_color(p, 0)};
    for (size_t i = 0; i < 1 << MEMORY_BITS; i++) memory[i] = nothing; /* true, so that no entry is empty */
    remembered last = nothing;
    bool whole = true;
    for (size_t row = 0; row < pixels->height; row++) {
        const uint32_t *in = pixels->values + row * pixels->width;
        uint16_t *out = cells + (pixels->height - 1 - row) * pixels->width;
        for (size_t column = 0; column < pixels->width; column++) {
            if (in[column] != last.rgba) {
                remembered *entry = &memory[in[column] * 2654435769U >> (32 - MEMORY_BITS)];
                if (entry->rgba != in[column]) *entry = (remembered){in[column], find_color(p, in[column])};
                last = *entry;
            }
            out[column] = last.cell;
            whole = whole && last.cell != CLP_CELL_UNKNOWN;
        }
    }
    return whole;
}

clp_status clp_image_classify(const char *path, const clp_pixels *pixels, const clp_image_color *colors,
                              size_t color_count, double tolerance, uint16_t *cells)
{
    if (color_count < 1 || color_count > CLP_CELL_UNKNOWN)
        return clp_fail(CLP_ERROR_INPUT, "%s: %zu colours are given a meaning; give 1 to %d", path,
                        color_count, CLP_CELL_UNKNOWN);
    if (!(tolerance >= 0 && tolerance <= 255))
        return clp_fail(CLP_ERROR_INPUT, "%s: a tolerance of %g for colours; give 0 to 255", path, tolerance);
    for (size_t i = 0; i < color_count; i++) {
        char text[CLP_COLOR_TEXT];
        if (colors[i].tolerance < 0 || colors[i].tolerance > 255)
            return clp_fail(CLP_ERROR_INPUT, "%s: a tolerance of %d for the colour %s; give 0 to 255", path,
                            colors[i].tolerance, clp_color_text(colors[i].rgba, text));
    }
    palette p;
    CLP_TRY(create_palette(colors, color_count, (int)tolerance, &p));
    bool whole = classify(pixels, &p, cells);
    free(p.blocks);
    return whole ? CLP_OK : clp_image_fail_unknown(path, pixels, colors, color_count, cells);
}
