/* SPDX-License-Identifier: MIT */
/* What the files of clp_shape share. */
#ifndef CLP_PROBLEM_SHAPE_PARTS_H
#define CLP_PROBLEM_SHAPE_PARTS_H

#include "problem/shape.h"

/* Whether the kind of shape has points. */
bool clp_shape_has_points(const clp_shape *shape);

/* Coordinates of point i; polygons have two, whatever the dimensions. */
const double *clp_shape_point(const clp_shape *shape, int dimensions, size_t i);

/* Extent of a polygon along z: what was given, or without ends. */
clp_span clp_shape_height(const clp_shape *shape);

/* Unit vector of the first semi-axis of an ellipse; exact at multiples of 90 degrees. */
void clp_shape_direction(const clp_shape *shape, double direction[2]);

/* Appends a span, in no order. */
clp_status clp_spans_add(clp_spans *spans, double from, double to);

/* Sorts spans from `first` on by where they begin. */
void clp_spans_sort(clp_spans *spans, size_t first);

/* Sorts all spans and joins those that meet. */
void clp_spans_merge(clp_spans *spans);

/* Appends the spans of a polygon along x (0) or y (1), not merged; `across` is the other coordinate of the
 * line. */
clp_status clp_polygon_spans(const clp_shape *shape, int axis, double across, clp_spans *spans);

/* Whether a point of the plane lies in a polygon or on an edge. */
bool clp_polygon_contains(const clp_shape *shape, const double point[2]);

#endif
