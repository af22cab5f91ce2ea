/* SPDX-License-Identifier: MIT */
/*
 * Spans of the shapes. Square roots are taken of (r - d) (r + d), never of r^2 - d^2, which loses its digits
 * near the rim.
 */
#include "problem/shape_parts.h"

#include "base/checked.h"
#include "base/status.h"

#include <math.h>
#include <stdlib.h>

/* ---- lists of spans ---- */

void clp_spans_finish(clp_spans *spans)
{
    free(spans->list);
    *spans = (clp_spans){0};
}

clp_status clp_spans_add(clp_spans *spans, double from, double to)
{
    if (spans->count == spans->capacity) {
        size_t capacity = clp_max(2 * spans->capacity, 8);
        clp_span *longer = realloc(spans->list, capacity * sizeof *longer);
        if (!longer) return clp_fail_host_memory(capacity * sizeof *longer);
        spans->list = longer;
        spans->capacity = capacity;
    }
    spans->list[spans->count++] = (clp_span){from, to};
    return CLP_OK;
}

static int ascending(const void *a, const void *b)
{
    double x = ((const clp_span *)a)->from, y = ((const clp_span *)b)->from;
    return (x > y) - (x < y);
}

void clp_spans_sort(clp_spans *spans, size_t first)
{
    if (spans->count > first + 1)
        qsort(spans->list + first, spans->count - first, sizeof *spans->list, ascending);
}

void clp_spans_merge(clp_spans *spans)
{
    size_t kept = 0;
    clp_spans_sort(spans, 0);
    for (size_t i = 0; i < spans->count; i++) {
        clp_span *last = kept ? &spans->list[kept - 1] : NULL, next = spans->list[i];
        if (last && next.from <= last->to)
            last->to = fmax(last->to, next.to);
        else
            spans->list[kept++] = next;
    }
    spans->count = kept;
}

/* ---- box, ball, ellipse ---- */

static double half_chord(double radius, double distance)
{
    return sqrt((radius - distance) * (radius + distance));
}

static bool box_span(const clp_shape *shape, int dimensions, int axis, const double *point, clp_span *span)
{
    for (int a = 0; a < dimensions; a++)
        if (a != axis && !(point[a] >= shape->min[a] && point[a] <= shape->max[a])) return false;
    *span = (clp_span){shape->min[axis], shape->max[axis]};
    return true;
}

static bool ball_span(const double *center, double radius, int dimensions, int axis, const double *point,
                      clp_span *span)
{
    double distance = 0;
    for (int a = 0; a < dimensions; a++)
        if (a != axis) distance = hypot(distance, point[a] - center[a]);
    if (!(distance <= radius)) return false;
    double half = half_chord(radius, distance);
    *span = (clp_span){center[axis] - half, center[axis] + half};
    return true;
}

/*
 * An ellipse with the semi-axes a, b, the first along (c, s), reaches as far as H = sqrt(a^2 s^2 + b^2 c^2)
 * across the line. At the distance w from the centre its chord has the middle c s w (a^2 - b^2) / H^2 and the
 * half length a b sqrt(H^2 - w^2) / H^2. Along y the roles of c and s change.
 */
static bool ellipse_span(const clp_shape *shape, int axis, const double *point, clp_span *span)
{
    double direction[2], a = shape->radii[0], b = shape->radii[1];
    clp_shape_direction(shape, direction);
    double c = direction[axis], s = direction[1 - axis];
    double reach = hypot(a * s, b * c), w = point[1 - axis] - shape->center[1 - axis];
    if (!(fabs(w) <= reach)) return false;
    double middle = shape->center[axis] + c * s * w * ((a - b) / reach) * ((a + b) / reach);
    /* Whichever of a and b is along the line comes first, so that nothing is lost where the axes are
     * parallel. */
    double widest = fabs(c) > fabs(s) ? a * (b / reach) : b * (a / reach);
    double half = widest * (half_chord(reach, fabs(w)) / reach);
    *span = (clp_span){middle - half, middle + half};
    return true;
}

static bool ellipsoid_span(const clp_shape *shape, int axis, const double *point, clp_span *span)
{
    double distance = 0;
    for (int a = 0; a < 3; a++)
        if (a != axis) distance = hypot(distance, (point[a] - shape->center[a]) / shape->radii[a]);
    if (!(distance <= 1)) return false;
    double half = shape->radii[axis] * half_chord(1, distance);
    *span = (clp_span){shape->center[axis] - half, shape->center[axis] + half};
    return true;
}

/* ---- cylinders, and lines made of them ---- */

/* An axis of a cylinder as seen from a line of the grid. */
typedef struct cylinder {
    double radius, from, to;             /* coordinates of its ends along the line */
    double length, along, lateral;       /* of the axis: whole, along the line, across it */
    double across[2];                    /* the part across the line; the second is 0 in two dimensions */
    double from_offset[2], to_offset[2]; /* from its ends to the line */
} cylinder;

static cylinder cylinder_beside(const double *from, const double *to, double radius, int dimensions, int axis,
                                const double *point)
{
    cylinder beside = {.radius = radius, .from = from[axis], .to = to[axis], .along = to[axis] - from[axis]};
    for (int a = 0, i = 0; a < dimensions; a++) {
        if (a == axis) continue;
        beside.across[i] = to[a] - from[a];
        beside.from_offset[i] = point[a] - from[a];
        beside.to_offset[i++] = point[a] - to[a];
    }
    beside.lateral = hypot(beside.across[0], beside.across[1]);
    beside.length = hypot(beside.along, beside.lateral);
    return beside;
}

/*
 * Where the line runs inside the mantle, extended without end. With the unit vector n of what `across` is,
 * the line passes the axis at the distance k = |offset x n|, and nearest to it at (offset . n) along /
 * lateral from where the axis begins.
 */
static bool mantle_span(const cylinder *beside, clp_span *span)
{
    const double *offset = beside->from_offset;
    /* Over its whole length an axis as parallel as this stays where it is by far less than the last place. */
    if (beside->lateral <= 1e-30 * beside->length) {
        *span = (clp_span){-INFINITY, INFINITY};
        return hypot(offset[0], offset[1]) <= beside->radius;
    }
    double n[2] = {beside->across[0] / beside->lateral, beside->across[1] / beside->lateral};
    double distance = fabs(offset[1] * n[0] - offset[0] * n[1]);
    if (!(distance <= beside->radius)) return false;
    double nearest = (offset[0] * n[0] + offset[1] * n[1]) * (beside->along / beside->lateral);
    double half = half_chord(beside->radius, distance) * (beside->length / beside->lateral);
    *span = (clp_span){beside->from + nearest - half, beside->from + nearest + half};
    return true;
}

/* Where the line runs between the planes of the two ends. */
static bool ends_span(const cylinder *beside, clp_span *span)
{
    double past_from =
        beside->from_offset[0] * beside->across[0] + beside->from_offset[1] * beside->across[1];
    double past_to = beside->to_offset[0] * beside->across[0] + beside->to_offset[1] * beside->across[1];
    if (beside->along == 0) {
        *span = (clp_span){-INFINITY, INFINITY};
        return past_from >= 0 && past_to <= 0;
    }
    double from = beside->from - past_from / beside->along, to = beside->to - past_to / beside->along;
    *span = (clp_span){fmin(from, to), fmax(from, to)};
    return true;
}

static bool cylinder_span(const cylinder *beside, clp_span *span)
{
    clp_span mantle, ends;
    if (beside->length == 0 || !mantle_span(beside, &mantle) || !ends_span(beside, &ends)) return false;
    *span = (clp_span){fmax(mantle.from, ends.from), fmin(mantle.to, ends.to)};
    return span->from <= span->to;
}

/* Appends the span of a piece of a line with its round ends, which is convex: one span from its first to its
 * last point. */
static clp_status add_piece(const double *from, const double *to, double radius, int dimensions, int axis,
                            const double *point, clp_spans *spans)
{
    for (int a = 0; a < dimensions; a++)
        if (a != axis &&
            (point[a] < fmin(from[a], to[a]) - radius || point[a] > fmax(from[a], to[a]) + radius))
            return CLP_OK;
    cylinder beside = cylinder_beside(from, to, radius, dimensions, axis, point);
    clp_span whole = {INFINITY, -INFINITY}, parts[3];
    bool meets[3] = {ball_span(from, radius, dimensions, axis, point, &parts[0]),
                     ball_span(to, radius, dimensions, axis, point, &parts[1]),
                     cylinder_span(&beside, &parts[2])};
    for (int i = 0; i < 3; i++)
        if (meets[i]) whole = (clp_span){fmin(whole.from, parts[i].from), fmax(whole.to, parts[i].to)};
    return whole.from <= whole.to ? clp_spans_add(spans, whole.from, whole.to) : CLP_OK;
}

static clp_status line_spans(const clp_shape *shape, int dimensions, int axis, const double *point,
                             clp_spans *spans)
{
    for (size_t i = 0; i + 1 < shape->count; i++)
        CLP_TRY(add_piece(clp_shape_point(shape, dimensions, i), clp_shape_point(shape, dimensions, i + 1),
                          0.5 * shape->width, dimensions, axis, point, spans));
    return CLP_OK;
}

/* ---- all ---- */

static clp_status prism_spans(const clp_shape *shape, int dimensions, int axis, const double *point,
                              clp_spans *spans)
{
    clp_span height = clp_shape_height(shape);
    if (axis == 2)
        return clp_polygon_contains(shape, point) ? clp_spans_add(spans, height.from, height.to) : CLP_OK;
    if (dimensions == 3 && !(point[2] >= height.from && point[2] <= height.to)) return CLP_OK;
    return clp_polygon_spans(shape, axis, point[1 - axis], spans);
}

/* The shapes that are convex. */
static bool one_span(const clp_shape *shape, int dimensions, int axis, const double *point, clp_span *span)
{
    cylinder beside;
    switch (shape->kind) {
    case CLP_SHAPE_BOX:
        return box_span(shape, dimensions, axis, point, span);
    case CLP_SHAPE_BALL:
        return ball_span(shape->center, shape->radius, dimensions, axis, point, span);
    case CLP_SHAPE_ELLIPSE:
        return dimensions == 2 ? ellipse_span(shape, axis, point, span)
                               : ellipsoid_span(shape, axis, point, span);
    case CLP_SHAPE_CYLINDER:
        beside = cylinder_beside(clp_shape_point(shape, 3, 0), clp_shape_point(shape, 3, 1), shape->radius, 3,
                                 axis, point);
        return cylinder_span(&beside, span);
    default:
        return false;
    }
}

clp_status clp_shape_spans(const clp_shape *shape, int dimensions, int axis, const double point[3],
                           clp_spans *spans)
{
    clp_span span;
    spans->count = 0;
    if (shape->kind == CLP_SHAPE_POLYGON)
        CLP_TRY(prism_spans(shape, dimensions, axis, point, spans));
    else if (shape->kind == CLP_SHAPE_LINE)
        CLP_TRY(line_spans(shape, dimensions, axis, point, spans));
    else if (one_span(shape, dimensions, axis, point, &span))
        return clp_spans_add(spans, span.from, span.to);
    clp_spans_merge(spans);
    return CLP_OK;
}
