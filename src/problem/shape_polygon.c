/* SPDX-License-Identifier: MIT */
/*
 * Polygons, by the even-odd rule: the edges that a line crosses, sorted, are the ends of its spans in turn. A
 * line through a vertex is looked at as if it lay a little above, and the edges and vertices on it are added.
 * That is all of the closed shape: where the inside lies below the line alone, there is an edge on it.
 */
#include "problem/shape_parts.h"

#include "base/status.h"

#include <math.h>

static const double *point_at(const clp_shape *shape, size_t i)
{
    return clp_shape_point(shape, 2, i < shape->count ? i : 0);
}

/*
 * Where an edge that is not parallel to the axis meets the line. Whichever way the edge is directed the
 * answer is the same, so that neighbours leave no gap, and it is reckoned from the nearer end, so that both
 * ends are exact.
 */
static double crossing(const double *a, const double *b, int axis, double across)
{
    int other = 1 - axis;
    const double *low = a[other] < b[other] ? a : b, *high = low == a ? b : a;
    double rise = high[other] - low[other], run = high[axis] - low[axis];
    double below = across - low[other], above = high[other] - across;
    return below <= above ? low[axis] + run * (below / rise) : high[axis] - run * (above / rise);
}

/* Appends what is inside just above the line: vertices on it count as below. */
static clp_status add_above(const clp_shape *shape, int axis, double across, clp_spans *spans)
{
    int other = 1 - axis;
    size_t first = spans->count;
    for (size_t i = 0; i < shape->count; i++) {
        const double *a = point_at(shape, i), *b = point_at(shape, i + 1);
        if ((a[other] > across) == (b[other] > across)) continue;
        double where = crossing(a, b, axis, across);
        CLP_TRY(clp_spans_add(spans, where, where));
    }
    /* A closed line crosses an even number of times: every second crossing ends what the one before began. */
    clp_spans_sort(spans, first);
    size_t pairs = (spans->count - first) / 2;
    clp_span *list = spans->list + first;
    for (size_t i = 0; i < pairs; i++) list[i] = (clp_span){list[2 * i].from, list[2 * i + 1].from};
    spans->count = first + pairs;
    return CLP_OK;
}

/* Appends the edges and vertices that lie on the line. */
static clp_status add_touching(const clp_shape *shape, int axis, double across, clp_spans *spans)
{
    int other = 1 - axis;
    for (size_t i = 0; i < shape->count; i++) {
        const double *a = point_at(shape, i), *b = point_at(shape, i + 1);
        if (a[other] != across) continue;
        double to = b[other] == across ? b[axis] : a[axis];
        CLP_TRY(clp_spans_add(spans, fmin(a[axis], to), fmax(a[axis], to)));
    }
    return CLP_OK;
}

clp_status clp_polygon_spans(const clp_shape *shape, int axis, double across, clp_spans *spans)
{
    CLP_TRY(add_touching(shape, axis, across, spans));
    return add_above(shape, axis, across, spans);
}

bool clp_polygon_contains(const clp_shape *shape, const double point[2])
{
    bool inside = false;
    for (size_t i = 0; i < shape->count; i++) {
        const double *a = point_at(shape, i), *b = point_at(shape, i + 1);
        if (point[1] < fmin(a[1], b[1]) || point[1] > fmax(a[1], b[1])) continue;
        if (a[1] == b[1]) {
            if (point[0] >= fmin(a[0], b[0]) && point[0] <= fmax(a[0], b[0])) return true;
            continue;
        }
        double where = crossing(a, b, 0, point[1]);
        if (where == point[0]) return true;
        if ((a[1] > point[1]) != (b[1] > point[1]) && where > point[0]) inside = !inside;
    }
    return inside;
}
