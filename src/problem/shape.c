/* SPDX-License-Identifier: MIT */
/* Shapes as such: copies, bounds, and which points they contain. */
#include "problem/shape_parts.h"

#include "base/checked.h"
#include "base/status.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- parts ---- */

bool clp_shape_has_points(const clp_shape *shape)
{
    return shape->kind == CLP_SHAPE_POLYGON || shape->kind == CLP_SHAPE_LINE ||
           shape->kind == CLP_SHAPE_CYLINDER;
}

static int coordinates(const clp_shape *shape, int dimensions)
{
    return shape->kind == CLP_SHAPE_POLYGON ? 2 : dimensions;
}

const double *clp_shape_point(const clp_shape *shape, int dimensions, size_t i)
{
    return shape->points + i * (size_t)coordinates(shape, dimensions);
}

clp_span clp_shape_height(const clp_shape *shape)
{
    if (shape->min[2] == 0 && shape->max[2] == 0) return (clp_span){-INFINITY, INFINITY};
    return (clp_span){shape->min[2], shape->max[2]};
}

void clp_shape_direction(const clp_shape *shape, double direction[2])
{
    static const double degree = 3.14159265358979323846 / 180;
    int quarters;
    double rest = remquo(shape->angle, 90, &quarters) * degree;
    double x = cos(rest), y = sin(rest);
    /* remquo keeps at least the last three bits of the quotient, in two's complement for this purpose. */
    switch ((unsigned)quarters & 3u) {
    case 0:
        direction[0] = x;
        direction[1] = y;
        break;
    case 1:
        direction[0] = -y;
        direction[1] = x;
        break;
    case 2:
        direction[0] = -x;
        direction[1] = -y;
        break;
    default:
        direction[0] = y;
        direction[1] = -x;
    }
}

/* ---- copies ---- */

clp_status clp_shape_copy(const clp_shape *from, int dimensions, clp_shape *to)
{
    size_t bytes;
    *to = *from;
    to->points = NULL;
    to->count = 0;
    if (!clp_shape_has_points(from)) return CLP_OK;
    if (!clp_multiply(from->count, (size_t)coordinates(from, dimensions) * sizeof(double), &bytes))
        return clp_fail_host_memory(from->count);
    double *points = malloc(bytes);
    if (!points) return clp_fail_host_memory(bytes);
    memcpy(points, from->points, bytes);
    to->points = points;
    to->count = from->count;
    return CLP_OK;
}

void clp_shape_finish(clp_shape *shape)
{
    free((void *)shape->points);
    shape->points = NULL;
    shape->count = 0;
}

/* ---- bounds ---- */

static void point_bounds(const clp_shape *shape, int dimensions, double margin, double low[3], double high[3])
{
    for (int axis = 0; axis < coordinates(shape, dimensions); axis++) {
        low[axis] = INFINITY;
        high[axis] = -INFINITY;
        for (size_t i = 0; i < shape->count; i++) {
            double at = clp_shape_point(shape, dimensions, i)[axis];
            low[axis] = fmin(low[axis], at);
            high[axis] = fmax(high[axis], at);
        }
        low[axis] -= margin;
        high[axis] += margin;
    }
}

/* How far the shape reaches from its centre or from the points of its axis. */
static double reach(const clp_shape *shape, int dimensions, int axis)
{
    if (shape->kind == CLP_SHAPE_BALL) return shape->radius;
    if (shape->kind == CLP_SHAPE_ELLIPSE && dimensions == 3) return shape->radii[axis];
    if (shape->kind == CLP_SHAPE_ELLIPSE) {
        double direction[2];
        clp_shape_direction(shape, direction);
        return hypot(shape->radii[0] * direction[axis], shape->radii[1] * direction[1 - axis]);
    }
    /* The rim of a cylinder's end. */
    const double *from = clp_shape_point(shape, 3, 0), *to = clp_shape_point(shape, 3, 1);
    double lateral = 0;
    for (int a = 0; a < 3; a++)
        if (a != axis) lateral = hypot(lateral, to[a] - from[a]);
    return shape->radius * (lateral / hypot(lateral, to[axis] - from[axis]));
}

void clp_shape_bounds(const clp_shape *shape, int dimensions, double low[3], double high[3])
{
    if (shape->kind == CLP_SHAPE_POLYGON) {
        clp_span height = clp_shape_height(shape);
        point_bounds(shape, dimensions, 0, low, high);
        low[2] = height.from;
        high[2] = height.to;
    } else if (shape->kind == CLP_SHAPE_LINE) {
        point_bounds(shape, dimensions, 0.5 * shape->width, low, high);
    } else {
        for (int axis = 0; axis < dimensions; axis++) {
            bool is_box = shape->kind == CLP_SHAPE_BOX, is_cylinder = shape->kind == CLP_SHAPE_CYLINDER;
            double from = is_cylinder ? clp_shape_point(shape, 3, 0)[axis] : shape->center[axis];
            double to = is_cylinder ? clp_shape_point(shape, 3, 1)[axis] : shape->center[axis];
            low[axis] = is_box ? shape->min[axis] : fmin(from, to) - reach(shape, dimensions, axis);
            high[axis] = is_box ? shape->max[axis] : fmax(from, to) + reach(shape, dimensions, axis);
        }
    }
    if (dimensions == 2) low[2] = high[2] = 0;
}

/* ---- points ---- */

static double distance(const double *a, const double *b, int dimensions)
{
    double sum = 0;
    for (int axis = 0; axis < dimensions; axis++) sum = hypot(sum, a[axis] - b[axis]);
    return sum;
}

/* Whether a point lies between the planes of the two ends, no farther from the axis than the radius. */
static bool cylinder_contains(const double *from, const double *to, double radius, int dimensions,
                              const double *point)
{
    double length = distance(from, to, dimensions), past_from = 0, past_to = 0, cross[3] = {0};
    double w[3] = {0}, axis[3] = {0};
    for (int a = 0; a < dimensions; a++) {
        w[a] = point[a] - from[a];
        axis[a] = to[a] - from[a];
        past_from += w[a] * axis[a];
        past_to += (point[a] - to[a]) * axis[a];
    }
    for (int a = 0; a < 3; a++)
        cross[a] = w[(a + 1) % 3] * axis[(a + 2) % 3] - w[(a + 2) % 3] * axis[(a + 1) % 3];
    return past_from >= 0 && past_to <= 0 && length > 0 &&
           hypot(hypot(cross[0], cross[1]), cross[2]) / length <= radius;
}

static bool line_contains(const clp_shape *shape, int dimensions, const double *point)
{
    double radius = 0.5 * shape->width;
    for (size_t i = 0; i < shape->count; i++) {
        const double *at = clp_shape_point(shape, dimensions, i);
        if (distance(at, point, dimensions) <= radius) return true;
        if (i + 1 < shape->count && cylinder_contains(at, at + dimensions, radius, dimensions, point))
            return true;
    }
    return false;
}

static bool ellipse_contains(const clp_shape *shape, int dimensions, const double *point)
{
    double offset[3] = {0}, turned[3], direction[2] = {1, 0};
    for (int axis = 0; axis < dimensions; axis++) offset[axis] = point[axis] - shape->center[axis];
    if (dimensions == 2) clp_shape_direction(shape, direction);
    turned[0] = (direction[0] * offset[0] + direction[1] * offset[1]) / shape->radii[0];
    turned[1] = (direction[0] * offset[1] - direction[1] * offset[0]) / shape->radii[1];
    turned[2] = dimensions == 3 ? offset[2] / shape->radii[2] : 0;
    return hypot(hypot(turned[0], turned[1]), turned[2]) <= 1;
}

bool clp_shape_contains(const clp_shape *shape, int dimensions, const double point[3])
{
    clp_span height;
    switch (shape->kind) {
    case CLP_SHAPE_BOX:
        for (int axis = 0; axis < dimensions; axis++)
            if (!(point[axis] >= shape->min[axis] && point[axis] <= shape->max[axis])) return false;
        return true;
    case CLP_SHAPE_BALL:
        return distance(shape->center, point, dimensions) <= shape->radius;
    case CLP_SHAPE_ELLIPSE:
        return ellipse_contains(shape, dimensions, point);
    case CLP_SHAPE_POLYGON:
        height = clp_shape_height(shape);
        return (dimensions == 2 || (point[2] >= height.from && point[2] <= height.to)) &&
               clp_polygon_contains(shape, point);
    case CLP_SHAPE_LINE:
        return line_contains(shape, dimensions, point);
    case CLP_SHAPE_CYLINDER:
        return cylinder_contains(clp_shape_point(shape, 3, 0), clp_shape_point(shape, 3, 1), shape->radius, 3,
                                 point);
    }
    return false;
}
