/* SPDX-License-Identifier: MIT */
#include "shape_reference.h"

#include <math.h>
#include <stdbool.h>

static long double dot(const long double a[3], const long double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* b - a; in two dimensions the third coordinate is 0. */
static void difference(const double *a, const double *b, int dimensions, long double out[3])
{
    out[2] = 0;
    for (int axis = 0; axis < dimensions; axis++) out[axis] = (long double)b[axis] - (long double)a[axis];
}

/* Distance of a point to a segment: to the nearest point of it. */
static long double segment_distance(const double *from, const double *to, int dimensions, const double *point)
{
    long double w[3], axis[3];
    difference(from, point, dimensions, w);
    difference(from, to, dimensions, axis);
    long double square = dot(axis, axis), t = square > 0 ? dot(w, axis) / square : 0;
    t = fminl(fmaxl(t, 0), 1);
    for (int a = 0; a < 3; a++) w[a] -= t * axis[a];
    return sqrtl(dot(w, w));
}

static long double line_distance(const clp_shape *shape, int dimensions, const double *point)
{
    long double least = INFINITY;
    for (size_t i = 0; i + 1 < shape->count; i++) {
        const double *from = shape->points + i * (size_t)dimensions;
        least = fminl(least, segment_distance(from, from + dimensions, dimensions, point));
    }
    return least - 0.5L * (long double)shape->width;
}

static long double cylinder_distance(const clp_shape *shape, const double *point)
{
    long double w[3], axis[3];
    difference(shape->points, point, 3, w);
    difference(shape->points, shape->points + 3, 3, axis);
    long double length = sqrtl(dot(axis, axis)), along = dot(w, axis) / length;
    for (int a = 0; a < 3; a++) w[a] -= along / length * axis[a];
    return fmaxl(sqrtl(dot(w, w)) - (long double)shape->radius, fmaxl(-along, along - length));
}

static long double ellipse_distance(const clp_shape *shape, int dimensions, const double *point)
{
    long double w[3] = {0}, turned[3], value = -1, slope = 0;
    long double angle = (long double)shape->angle * 3.14159265358979323846264338327950288L / 180;
    difference(shape->center, point, dimensions, w);
    turned[0] = w[0] * cosl(angle) + w[1] * sinl(angle);
    turned[1] = w[1] * cosl(angle) - w[0] * sinl(angle);
    turned[2] = w[2];
    for (int a = 0; a < dimensions; a++) {
        long double radius = (long double)shape->radii[a], part = turned[a] / radius;
        value += part * part;
        slope += 4 * part * part / (radius * radius);
    }
    return slope > 0 ? value / sqrtl(slope) : value;
}

/* A ray along a direction that no edge has. */
static long double polygon_distance(const clp_shape *shape, int dimensions, const double *point)
{
    static const long double ray[2] = {0.8347254961321L, 0.5506731896545L};
    long double least = INFINITY;
    bool inside = false;
    for (size_t i = 0; i < shape->count; i++) {
        const double *a = shape->points + 2 * i, *b = shape->points + 2 * ((i + 1) % shape->count);
        long double from[3], to[3];
        least = fminl(least, segment_distance(a, b, 2, point));
        difference(point, a, 2, from);
        difference(point, b, 2, to);
        long double from_side = ray[0] * from[1] - ray[1] * from[0],
                    to_side = ray[0] * to[1] - ray[1] * to[0];
        if ((from_side > 0) == (to_side > 0)) continue;
        long double t = from_side / (from_side - to_side);
        if (ray[0] * (from[0] + t * (to[0] - from[0])) + ray[1] * (from[1] + t * (to[1] - from[1])) > 0)
            inside = !inside;
    }
    long double flat = inside ? -least : least;
    if (dimensions == 2 || (shape->min[2] == 0 && shape->max[2] == 0)) return flat;
    return fmaxl(flat, fmaxl((long double)shape->min[2] - (long double)point[2],
                             (long double)point[2] - (long double)shape->max[2]));
}

long double reference_distance(const clp_shape *shape, int dimensions, const double *point)
{
    long double most = -INFINITY, w[3];
    switch (shape->kind) {
    case CLP_SHAPE_BOX:
        for (int a = 0; a < dimensions; a++)
            most = fmaxl(most, fmaxl((long double)shape->min[a] - (long double)point[a],
                                     (long double)point[a] - (long double)shape->max[a]));
        return most;
    case CLP_SHAPE_BALL:
        difference(shape->center, point, dimensions, w);
        return sqrtl(dot(w, w)) - (long double)shape->radius;
    case CLP_SHAPE_ELLIPSE:
        return ellipse_distance(shape, dimensions, point);
    case CLP_SHAPE_POLYGON:
        return polygon_distance(shape, dimensions, point);
    case CLP_SHAPE_LINE:
        return line_distance(shape, dimensions, point);
    case CLP_SHAPE_CYLINDER:
        return cylinder_distance(shape, point);
    }
    return NAN;
}

/* ---- at random ---- */

double random_number(uint64_t *state, double low, double high)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return low + (high - low) * ((double)(*state >> 11) * 0x1p-53);
}

static double coordinate(uint64_t *state, int lattice)
{
    double value = random_number(state, -0.3, 1.3);
    return lattice ? rint(4 * value) / 4 : value;
}

static double length(uint64_t *state, int lattice)
{
    return lattice ? rint(random_number(state, 1, 3)) / 4 : pow(10, random_number(state, -3, -0.2));
}

clp_shape random_shape(uint64_t *state, clp_shape_kind kind, int dimensions, int lattice,
                       double points[3 * RANDOM_POINTS])
{
    clp_shape shape = {.kind = kind, .points = points};
    shape.radius = length(state, lattice);
    shape.width = length(state, lattice);
    for (int axis = 0; axis < 3; axis++) {
        shape.center[axis] = coordinate(state, lattice);
        shape.radii[axis] = length(state, lattice);
        shape.min[axis] = coordinate(state, lattice);
        shape.max[axis] = shape.min[axis] + length(state, lattice);
    }
    for (int i = 0; i < 3 * RANDOM_POINTS; i++) points[i] = coordinate(state, lattice);
    if (kind == CLP_SHAPE_ELLIPSE && dimensions == 2)
        shape.angle = lattice ? 90 * rint(random_number(state, -9, 9)) : random_number(state, -720, 720);
    if (kind == CLP_SHAPE_POLYGON || kind == CLP_SHAPE_LINE)
        shape.count = (size_t)random_number(state, kind == CLP_SHAPE_LINE ? 2 : 3, RANDOM_POINTS + 1);
    if (kind == CLP_SHAPE_CYLINDER) shape.count = 2;
    if (kind == CLP_SHAPE_POLYGON && random_number(state, 0, 1) < 0.3) shape.min[2] = shape.max[2] = 0;
    return shape;
}
