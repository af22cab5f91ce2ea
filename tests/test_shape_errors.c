/* SPDX-License-Identifier: MIT */
/* Tests of shapes: what is wrong with them, and copies. */
#include "problem/shape.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

TestSuite(shape_errors);

static const double two[] = {0, 0, 0, 1, 1, 1}, triangle[] = {0, 0, 1, 0, 0, 1};

typedef struct bad {
    clp_shape shape;
    int dimensions;
    const char *name, *what; /* both are in the message */
} bad;

static void expect_errors(const bad *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        cr_assert_eq(clp_shape_check(&cases[i].shape, cases[i].dimensions), CLP_ERROR_INPUT, "case %zu (%s)",
                     i, cases[i].what);
        cr_assert(strstr(clp_error_message(), cases[i].name) && strstr(clp_error_message(), cases[i].what),
                  "case %zu (%s): %s", i, cases[i].what, clp_error_message());
    }
}
#define EXPECT_ERRORS(...)                                                                                   \
    expect_errors((const bad[]){__VA_ARGS__}, sizeof(const bad[]){__VA_ARGS__} / sizeof(bad))

Test(shape_errors, boxes)
{
    EXPECT_ERRORS(
        {{.max = {1, 1}}, 3, "box", "along z the box goes from 0 to 0"},
        {{.max = {1, -1}}, 2, "rectangle", "along y the rectangle goes from 0 to -1; min must be below max"},
        {{.max = {0, 1}}, 2, "rectangle", "along x"},
        {{.min = {NAN}, .max = {1, 1}}, 2, "rectangle", "the x-coordinate of the min of"},
        {{.max = {1, INFINITY}}, 2, "rectangle", "the y-coordinate of the max of the rectangle is inf"},
        {{.max = {1, 1e200}}, 2, "rectangle", "choose a unit of length"},
        {{.max = {1, 1, 1}, .angle = 3}, 3, "box", "angle 3"},
        {{.max = {1, 1}, .angle = NAN}, 2, "rectangle", "angle"});
}

Test(shape_errors, balls_and_ellipses)
{
    const clp_shape_kind BALL = CLP_SHAPE_BALL, ELLIPSE = CLP_SHAPE_ELLIPSE;
    EXPECT_ERRORS(
        {{.kind = BALL}, 2, "circle", "the radius of the circle is 0; it must be a finite length above 0"},
        {{.kind = BALL, .radius = -1}, 3, "ball", "the radius of the ball is -1"},
        {{.kind = BALL, .radius = NAN}, 3, "ball", "the radius of the ball is nan"},
        {{.kind = BALL, .radius = INFINITY}, 3, "ball", "finite length above 0"},
        {{.kind = BALL, .radius = 1e-120}, 3, "ball", "choose a unit of length"},
        {{.kind = BALL, .radius = 1e120}, 3, "ball", "choose a unit of length"},
        {{.kind = BALL, .radius = 1, .center = {0, 0, NAN}}, 3, "ball", "the z-coordinate of the center"},
        {{.kind = BALL, .radius = 1, .angle = 1}, 2, "circle", "angle 1"},
        {{.kind = ELLIPSE, .radii = {0, 1}}, 2, "ellipse", "first semi-axis of the ellipse is 0"},
        {{.kind = ELLIPSE, .radii = {1, -1}}, 2, "ellipse", "second semi-axis"},
        {{.kind = ELLIPSE, .radii = {1, 1, NAN}}, 3, "ellipsoid", "third semi-axis"},
        {{.kind = ELLIPSE, .radii = {1, 1}, .center = {-INFINITY}}, 2, "ellipse", "x-coordinate"},
        {{.kind = ELLIPSE, .radii = {1, 1}, .angle = INFINITY}, 2, "ellipse", "angle"},
        {{.kind = ELLIPSE, .radii = {1, 1, 1}, .angle = 30}, 3, "ellipsoid", "angle 30"});
    cr_assert_eq(clp_shape_check(&(clp_shape){.kind = BALL, .radius = 1, .center = {0, 0, NAN}}, 2), CLP_OK);
    cr_assert_eq(clp_shape_check(&(clp_shape){.kind = ELLIPSE, .radii = {1, 1}, .angle = -3e9}, 2), CLP_OK);
}

Test(shape_errors, polygons)
{
    const clp_shape_kind POLYGON = CLP_SHAPE_POLYGON;
    static const double slanted[] = {0, 0, 0.1, 0.3, 1, 3, 0.7, 2.1}, same[6] = {1, 2, 1, 2, 1, 2};
    static const double bad_point[] = {0, 0, 1, 0, 0, NAN}, bow[] = {0, 0, 1, 1, 1, 0, 0, 1};
    static const double far_away[] = {1e20, 0, 1e20, 1e-3, 1e20, 1};
    EXPECT_ERRORS(
        {{.kind = POLYGON, .points = triangle, .count = 2}, 2, "polygon", "2 points; at least 3"},
        {{.kind = POLYGON, .points = triangle, .count = 1}, 2, "polygon", "1 point; at least 3"},
        {{.kind = POLYGON}, 2, "polygon", "0 points"},
        {{.kind = POLYGON, .count = 3}, 2, "polygon", "no points"},
        {{.kind = POLYGON, .points = bad_point, .count = 3}, 2, "polygon", "y-coordinate of the point 3"},
        {{.kind = POLYGON, .points = slanted, .count = 4}, 2, "polygon", "no area"},
        {{.kind = POLYGON, .points = same, .count = 3}, 2, "polygon", "no area"},
        {{.kind = POLYGON, .points = far_away, .count = 3}, 2, "polygon", "no area"},
        {{.kind = POLYGON, .points = triangle, .count = 3, .min = {0, 0, 1}}, 3, "polygon", "along z"},
        {{.kind = POLYGON, .points = triangle, .count = 3, .max = {0, 0, NAN}}, 3, "polygon", "max"},
        {{.kind = POLYGON, .points = triangle, .count = 3, .angle = 1}, 2, "polygon", "angle"});
    cr_assert_eq(clp_shape_check(&(clp_shape){.kind = POLYGON, .points = bow, .count = 4}, 2), CLP_OK);
    cr_assert_eq(clp_shape_check(&(clp_shape){.kind = POLYGON, .points = bow, .count = 4}, 3), CLP_OK);
}

Test(shape_errors, lines_and_cylinders)
{
    const clp_shape_kind LINE = CLP_SHAPE_LINE, CYLINDER = CLP_SHAPE_CYLINDER;
    static const double endless[] = {0, 0, 0, 1, INFINITY, 1}, nowhere[] = {1, 2, 3, 1, 2, 3};
    EXPECT_ERRORS(
        {{.kind = LINE, .points = two, .count = 2}, 2, "line", "the width of the line is 0"},
        {{.kind = LINE, .points = two, .count = 2, .width = -1}, 3, "line", "width"},
        {{.kind = LINE, .points = two, .count = 2, .width = NAN}, 3, "line", "width"},
        {{.kind = LINE, .points = two, .count = 1, .width = 1}, 3, "line", "1 point; at least 2"},
        {{.kind = LINE, .count = 2, .width = 1}, 3, "line", "no points"},
        {{.kind = LINE, .points = endless, .count = 2, .width = 1}, 3, "line", "y-coordinate of the point 2"},
        {{.kind = CYLINDER, .points = two, .count = 2, .radius = 1}, 2, "cylinder", "three dimensions"},
        {{.kind = CYLINDER, .points = two, .count = 2}, 3, "cylinder", "the radius of the cylinder is 0"},
        {{.kind = CYLINDER, .points = two, .count = 1, .radius = 1}, 3, "cylinder", "at least 2"},
        {{.kind = CYLINDER, .radius = 1, .points = (const double[9]){0}, .count = 3},
         3,
         "cylinder",
         "give 2"},
        {{.kind = CYLINDER, .radius = 1, .points = endless, .count = 2}, 3, "cylinder", "point 2"},
        {{.kind = CYLINDER, .radius = 1, .points = nowhere, .count = 2}, 3, "cylinder", "(1, 2, 3)"});
    cr_assert_eq(clp_shape_check(&(clp_shape){.kind = LINE, .points = nowhere, .count = 2, .width = 1}, 3),
                 CLP_OK);
}

Test(shape_errors, kinds_and_dimensions)
{
    EXPECT_ERRORS({{.kind = (clp_shape_kind)6}, 2, "kind", "6"},
                  {{.kind = (clp_shape_kind)-1}, 2, "kind", "-1"}, {{.max = {1, 1, 1}}, 1, "dimensions", "1"},
                  {{.max = {1, 1, 1}}, 4, "dimensions", "4"});
}

Test(shape_errors, copies_have_points_of_their_own)
{
    double points[] = {0, 0, 1, 0, 0, 1, 9, 9, 9};
    clp_shape from = {.kind = CLP_SHAPE_POLYGON, .points = points, .count = 3}, to;
    cr_assert_eq(clp_shape_copy(&from, 3, &to), CLP_OK);
    cr_assert_neq(to.points, from.points);
    cr_assert_eq(memcmp(to.points, points, 6 * sizeof *points), 0);
    points[0] = 7;
    cr_assert_eq(to.points[0], 0);
    clp_shape_finish(&to);
    cr_assert(!to.points && to.count == 0);
    clp_shape_finish(&to);

    from.kind = CLP_SHAPE_LINE;
    cr_assert_eq(clp_shape_copy(&from, 3, &to), CLP_OK);
    cr_assert_eq(memcmp(to.points, points, sizeof points), 0);
    clp_shape_finish(&to);

    /* Points that a shape does not use are none of its business. */
    from = (clp_shape){.radius = 2, .kind = CLP_SHAPE_BALL, .points = points, .count = SIZE_MAX};
    cr_assert_eq(clp_shape_copy(&from, 2, &to), CLP_OK);
    cr_assert(!to.points && to.count == 0 && to.radius == 2);
    clp_shape_finish(&to);

    from.kind = CLP_SHAPE_LINE;
    cr_assert_eq(clp_shape_copy(&from, 2, &to), CLP_ERROR_MEMORY);
    cr_assert_null(to.points);
}
