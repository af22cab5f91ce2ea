/* SPDX-License-Identifier: MIT */
/* Pictures as input: what the colour of each pixel stands for. */
#ifndef CLP_IO_IMAGE_H
#define CLP_IO_IMAGE_H

#include "io/color_name.h"

#include <stddef.h>

/* A picture in memory, or a rectangle of one. */
typedef struct clp_pixels {
    size_t width, height;
    uint32_t *values;     /* [height][width] of 0xRRGGBBAA, row 0 at the top */
    size_t left, top;     /* where it begins in the picture, at whose end it goes round */
    size_t columns, rows; /* of the picture */
} clp_pixels;

/* Frees the values; harmless on {0}, NULL is allowed. */
void clp_pixels_finish(clp_pixels *pixels);

/* A colour that means something. */
typedef struct clp_image_color {
    uint32_t rgba;
    int tolerance; /* largest difference per channel, 0 to 255, that this colour still takes */
} clp_image_color;

/**
 * Gives every pixel the index of its colour: cells[(height - 1 - row) * width + column], so that y grows
 * upwards; `cells` has width * height places. A pixel belongs to the nearest colour among those near enough:
 * the distance is the largest difference of a channel, and may be up to `tolerance` (0 to 255, for all
 * colours) or the colour's own, whichever is larger. Of equally near ones the first counts. What is
 * transparent (alpha 0) has no red, green and blue: such pixels belong to colours with alpha 0 only, and
 * alpha alone tells how far other pixels are from these. Takes 1 to 65535 colours; `path` is for messages.
 * Errors: CLP_ERROR_INPUT for a pixel whose colour is near to none, CLP_ERROR_MEMORY; then `cells` holds
 * nothing of use.
 */
clp_status clp_image_classify(const char *path, const clp_pixels *pixels, const clp_image_color *colors,
                              size_t color_count, double tolerance, uint16_t *cells);

#endif
