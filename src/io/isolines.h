/* SPDX-License-Identifier: MIT */
/* A field sampled at the pixels of a picture, and the isolines through the samples. */
#ifndef CLP_IO_ISOLINES_H
#define CLP_IO_ISOLINES_H

#include <clpoisson/grid.h>

#include <stdbool.h>

/* The least and the largest finite value; false, and zeros, where there is none. */
bool clp_range_find(const double *values, size_t count, double *low, double *high);

/* Values of shape [rows][columns], rows growing with y: 0 stands for the low end of a range, 1 for the high
 * one. NaN where the field is not finite. */
typedef struct clp_samples {
    size_t columns, rows;
    float *values;
} clp_samples;

/* Samples a field: each value is the mean over its pixel of what lies linearly between the nodes, which
 * averages fine fields and interpolates coarse ones. Where low equals high, every value is a half. Reads the
 * field once. The caller ends with clp_samples_finish, after an error as well. */
clp_status clp_samples_create(const clp_grid *grid, const double *values, double low, double high,
                              size_t columns, size_t rows, clp_samples *samples);

void clp_samples_finish(clp_samples *samples);

/* A piece of an isoline; coordinates count samples from the first one. */
typedef struct clp_segment {
    float x0, y0, x1, y1;
} clp_segment;

typedef struct clp_isoline {
    clp_segment *segments;
    size_t count, capacity;
    bool crowded; /* there are more than asked for; the rest is missing */
} clp_isoline;

/* The line between samples below `level` and those at or above it, by marching squares over every `stride`th
 * sample and the last ones. Saddles are joined as the bilinear surface through the four corners joins them.
 * Cells with a corner that is not finite have none. Segments replace those of an earlier call, whose memory
 * is used again; begin with a zeroed isoline, end with clp_isoline_finish. */
clp_status clp_isoline_find(const clp_samples *samples, size_t stride, float level, size_t most,
                            clp_isoline *line);

void clp_isoline_finish(clp_isoline *line);

#endif
