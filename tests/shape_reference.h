/* SPDX-License-Identifier: MIT */
/* Shapes by other means than the library's: distances to outlines in long double. And shapes at random. */
#ifndef SHAPE_REFERENCE_H
#define SHAPE_REFERENCE_H

#include <clpoisson/shape.h>

#include <stdint.h>

enum { RANDOM_POINTS = 12 };

/*
 * Below 0 inside and above 0 outside; near the outline the size is the distance to it, to first order. A
 * polygon's crossing edges count as outline.
 */
long double reference_distance(const clp_shape *shape, int dimensions, const double *point);

/* Uniform in [low, high); always the same sequence from the same state. */
double random_number(uint64_t *state, double low, double high);

/* A shape near the unit box; with `lattice`, all its numbers are multiples of 1/4. Its points go to `points`.
 */
clp_shape random_shape(uint64_t *state, clp_shape_kind kind, int dimensions, int lattice,
                       double points[3 * RANDOM_POINTS]);

#endif
