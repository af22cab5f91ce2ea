/* SPDX-License-Identifier: MIT */
/*
 * Where lines of the grid run through shapes. All functions take shapes that clp_shape_check has passed, for
 * the same number of dimensions; in two dimensions the third coordinate of points is not looked at.
 *
 * What is computed is exact for a shape whose parameters differ by a few units in the last place from those
 * given: outlines are off by no more than that. Faces of boxes, ends of cylinders along an axis, vertices of
 * polygons and edges of polygons along an axis are where they were put, bit by bit.
 */
#ifndef CLP_PROBLEM_SHAPE_H
#define CLP_PROBLEM_SHAPE_H

#include <clpoisson/shape.h>

#include <stdbool.h>

/* A closed interval of a coordinate. */
typedef struct clp_span {
    double from, to;
} clp_span;

/* Spans in ascending order, none of which meets another. Starts as {0}; its memory serves again from call to
 * call. */
typedef struct clp_spans {
    clp_span *list;
    size_t count, capacity;
} clp_spans;

void clp_spans_finish(clp_spans *spans);

/*
 * The parts of the line through `point` along `axis` that lie in the shape; point[axis] is not looked at.
 * Where the line only touches the shape the span has from == to; rounding may drop it or make it a short one,
 * unless a vertex of a polygon touches. A prism without ends gives -INFINITY and INFINITY along z. Errors:
 * CLP_ERROR_MEMORY.
 */
clp_status clp_shape_spans(const clp_shape *shape, int dimensions, int axis, const double point[3],
                           clp_spans *spans);

/* Whether a point lies in the shape or on its outline. */
bool clp_shape_contains(const clp_shape *shape, int dimensions, const double point[3]);

/* The smallest box around the shape, rounded to nearest. -INFINITY and INFINITY along z for a prism without
 * ends, 0 and 0 in two dimensions. */
void clp_shape_bounds(const clp_shape *shape, int dimensions, double low[3], double high[3]);

/* A copy with points of its own, which clp_shape_finish frees; nothing to free after an error. */
clp_status clp_shape_copy(const clp_shape *from, int dimensions, clp_shape *to);
void clp_shape_finish(clp_shape *shape);

#endif
