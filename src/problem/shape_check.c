/* SPDX-License-Identifier: MIT */
/* Which shapes are shapes. */
#include "problem/shape_parts.h"

#include "base/status.h"

#include <math.h>
#include <stdio.h>

/* Products of two lengths in this range neither overflow nor vanish. */
static const double smallest = 1e-100, largest = 1e100;

/* A polygon as thin as this, compared with its coordinates, has lost its area to rounding. */
static const double thinnest = 1e-14;

static const char *name_of(const clp_shape *shape, int dimensions)
{
    static const char *const names[][2] = {[CLP_SHAPE_BOX] = {"rectangle", "box"},
                                           [CLP_SHAPE_BALL] = {"circle", "ball"},
                                           [CLP_SHAPE_ELLIPSE] = {"ellipse", "ellipsoid"},
                                           [CLP_SHAPE_POLYGON] = {"polygon", "polygon"},
                                           [CLP_SHAPE_LINE] = {"line", "line"},
                                           [CLP_SHAPE_CYLINDER] = {"cylinder", "cylinder"}};
    return names[shape->kind][dimensions - 2];
}

static clp_status check_coordinate(const char *name, const char *what, int axis, double value)
{
    if (!isfinite(value))
        return clp_fail(CLP_ERROR_INPUT,
                        "the %c-coordinate of the %s of the %s is %g; it must be a finite number",
                        "xyz"[axis], what, name, value);
    if (fabs(value) > largest)
        return clp_fail(
            CLP_ERROR_INPUT,
            "the %c-coordinate of the %s of the %s is %g; choose a unit of length that keeps coordinates "
            "below %g",
            "xyz"[axis], what, name, value, largest);
    return CLP_OK;
}

static clp_status check_coordinates(const char *name, const char *what, int dimensions, const double *point)
{
    for (int axis = 0; axis < dimensions; axis++) CLP_TRY(check_coordinate(name, what, axis, point[axis]));
    return CLP_OK;
}

static clp_status check_length(const char *name, const char *what, double value)
{
    if (!(value > 0) || !isfinite(value))
        return clp_fail(CLP_ERROR_INPUT, "the %s of the %s is %g; it must be a finite length above 0", what,
                        name, value);
    if (value < smallest || value > largest)
        return clp_fail(CLP_ERROR_INPUT,
                        "the %s of the %s is %g; choose a unit of length that keeps it between %g and %g",
                        what, name, value, smallest, largest);
    return CLP_OK;
}

static clp_status check_points(const clp_shape *shape, const char *name, int dimensions, size_t least)
{
    if (shape->count < least)
        return clp_fail(CLP_ERROR_INPUT, "the %s has %zu point%s; at least %zu are needed", name,
                        shape->count, shape->count == 1 ? "" : "s", least);
    if (!shape->points)
        return clp_fail(CLP_ERROR_INPUT, "the %s has a count of %zu, but no points", name, shape->count);
    for (size_t i = 0; i < shape->count; i++) {
        char what[48];
        snprintf(what, sizeof what, "point %zu", i + 1);
        CLP_TRY(check_coordinates(name, what, dimensions, clp_shape_point(shape, dimensions, i)));
    }
    return CLP_OK;
}

/* From `min` to `max` along an axis. */
static clp_status check_extent(const clp_shape *shape, const char *name, int axis)
{
    double min = shape->min[axis], max = shape->max[axis];
    CLP_TRY(check_coordinate(name, "min", axis, min));
    CLP_TRY(check_coordinate(name, "max", axis, max));
    if (!(min < max))
        return clp_fail(CLP_ERROR_INPUT, "along %c the %s goes from %g to %g; min must be below max",
                        "xyz"[axis], name, min, max);
    return CLP_OK;
}

static clp_status check_ellipse(const clp_shape *shape, const char *name, int dimensions)
{
    static const char *const axes[] = {"first semi-axis", "second semi-axis", "third semi-axis"};
    CLP_TRY(check_coordinates(name, "center", dimensions, shape->center));
    for (int axis = 0; axis < dimensions; axis++) CLP_TRY(check_length(name, axes[axis], shape->radii[axis]));
    if (!isfinite(shape->angle))
        return clp_fail(CLP_ERROR_INPUT, "the angle of the %s is %g; it must be a finite number of degrees",
                        name, shape->angle);
    return CLP_OK;
}

/* Points on one line enclose nothing. The signed area would not tell: that of a bow tie is 0 as well. */
static clp_status check_polygon(const clp_shape *shape, const char *name, int dimensions)
{
    CLP_TRY(check_points(shape, name, 2, 3));
    const double *first = shape->points;
    double length = 0, along[2] = {0, 0}, largest_coordinate = 0, thickness = 0;
    for (size_t i = 0; i < shape->count; i++) {
        const double *at = shape->points + 2 * i;
        double far = hypot(at[0] - first[0], at[1] - first[1]);
        largest_coordinate = fmax(largest_coordinate, fmax(fabs(at[0]), fabs(at[1])));
        if (far <= length) continue;
        length = far;
        along[0] = (at[0] - first[0]) / far;
        along[1] = (at[1] - first[1]) / far;
    }
    for (size_t i = 0; i < shape->count; i++) {
        const double *at = shape->points + 2 * i;
        thickness = fmax(thickness, fabs((at[0] - first[0]) * along[1] - (at[1] - first[1]) * along[0]));
    }
    if (thickness <= thinnest * largest_coordinate)
        return clp_fail(
            CLP_ERROR_INPUT,
            "the points of the %s lie on a line, so that it has no area; move one, or use a line with a "
            "width",
            name);
    if (dimensions == 3 && isinf(clp_shape_height(shape).from)) return CLP_OK;
    return dimensions == 3 ? check_extent(shape, name, 2) : CLP_OK;
}

static clp_status check_cylinder(const clp_shape *shape, const char *name, int dimensions)
{
    if (dimensions != 3)
        return clp_fail(CLP_ERROR_INPUT,
                        "a cylinder has three dimensions, the problem has two; use a circle or a "
                        "line with a width");
    CLP_TRY(check_points(shape, name, 3, 2));
    if (shape->count > 2)
        return clp_fail(CLP_ERROR_INPUT,
                        "the cylinder has %zu points; it goes from one point to another one, so "
                        "give 2, or use a line with a width",
                        shape->count);
    CLP_TRY(check_length(name, "radius", shape->radius));
    const double *from = shape->points, *to = shape->points + 3;
    if (from[0] == to[0] && from[1] == to[1] && from[2] == to[2])
        return clp_fail(CLP_ERROR_INPUT,
                        "the cylinder begins and ends at (%g, %g, %g); give two different points", from[0],
                        from[1], from[2]);
    return CLP_OK;
}

clp_status clp_shape_check(const clp_shape *shape, int dimensions)
{
    if (dimensions != 2 && dimensions != 3)
        return clp_fail(CLP_ERROR_INPUT, "a shape has 2 or 3 dimensions, not %d", dimensions);
    if ((unsigned)shape->kind > CLP_SHAPE_CYLINDER)
        return clp_fail(CLP_ERROR_INPUT, "there is no kind of shape %d; they go from %d to %d",
                        (int)shape->kind, (int)CLP_SHAPE_BOX, (int)CLP_SHAPE_CYLINDER);
    const char *name = name_of(shape, dimensions);
    /* An angle that has no effect would be a surprise. */
    if (shape->angle != 0 && (shape->kind != CLP_SHAPE_ELLIPSE || dimensions == 3))
        return clp_fail(
            CLP_ERROR_INPUT,
            "the %s has the angle %g, but only ellipses in two dimensions can be turned; leave it out", name,
            shape->angle);
    switch (shape->kind) {
    case CLP_SHAPE_BOX:
        for (int axis = 0; axis < dimensions; axis++) CLP_TRY(check_extent(shape, name, axis));
        return CLP_OK;
    case CLP_SHAPE_BALL:
        CLP_TRY(check_coordinates(name, "center", dimensions, shape->center));
        return check_length(name, "radius", shape->radius);
    case CLP_SHAPE_ELLIPSE:
        return check_ellipse(shape, name, dimensions);
    case CLP_SHAPE_POLYGON:
        return check_polygon(shape, name, dimensions);
    case CLP_SHAPE_LINE:
        CLP_TRY(check_points(shape, name, dimensions, 2));
        return check_length(name, "width", shape->width);
    case CLP_SHAPE_CYLINDER:
        return check_cylinder(shape, name, dimensions);
    }
    return CLP_OK;
}
