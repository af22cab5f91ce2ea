/* SPDX-License-Identifier: MIT */
/* Tests of shapes: what has to hold bit by bit, and the even-odd rule. */
#include "problem/shape.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdbool.h>

TestSuite(shape_exact);

static void expect_spans(const clp_shape *shape, int dimensions, int axis, double x, double y, double z,
                         size_t count, const clp_span *expected)
{
    clp_spans spans = {0};
    double point[3] = {x, y, z};
    cr_assert_eq(clp_shape_check(shape, dimensions), CLP_OK, "%s", clp_error_message());
    cr_assert_eq(clp_shape_spans(shape, dimensions, axis, point, &spans), CLP_OK);
    cr_assert_eq(spans.count, count, "%zu spans along axis %d through (%g, %g, %g)", spans.count, axis, x, y,
                 z);
    for (size_t i = 0; i < count; i++)
        cr_assert(spans.list[i].from == expected[i].from && spans.list[i].to == expected[i].to,
                  "%.17g to %.17g along axis %d through (%g, %g, %g)", spans.list[i].from, spans.list[i].to,
                  axis, x, y, z);
    clp_spans_finish(&spans);
}

/* A rectangle whose corners have no short binary form, its sides split, in both directions. */
Test(shape_exact, rectangle_as_polygon_is_the_rectangle)
{
    const double x0 = 0.1, x1 = 0.7, y0 = 0.3, y1 = 1.1,
                 ys[] = {0.3, 0.30000000000000004, 0.6, 0.7, 1.1, 1.2, 0.2};
    const double forth[] = {x0, y0, 0.4, y0, x1, y0, x1, 0.6, x1, y1, x0, y1, x0, y1};
    const double back[] = {x0, y0, x0, y1, 0.3, y1, x1, y1, x1, y0};
    const clp_shape polygons[] = {{.kind = CLP_SHAPE_POLYGON, .points = forth, .count = 7},
                                  {.kind = CLP_SHAPE_POLYGON, .points = back, .count = 5}};
    const clp_shape box = {.min = {x0, y0}, .max = {x1, y1}};
    for (int p = 0; p < 2; p++)
        for (size_t i = 0; i < sizeof ys / sizeof *ys; i++) {
            bool in_y = ys[i] >= y0 && ys[i] <= y1, in_x = ys[i] >= x0 && ys[i] <= x1;
            expect_spans(&polygons[p], 2, 0, 5, ys[i], 0, in_y, &(clp_span){x0, x1});
            expect_spans(&box, 2, 0, 5, ys[i], 0, in_y, &(clp_span){x0, x1});
            expect_spans(&polygons[p], 2, 1, ys[i], 5, 0, in_x, &(clp_span){y0, y1});
            expect_spans(&box, 2, 1, ys[i], 5, 0, in_x, &(clp_span){y0, y1});
        }
    for (int p = 0; p < 2; p++) {
        expect_spans(&polygons[p], 2, 0, 0, y0, 0, 1, &(clp_span){x0, x1});
        expect_spans(&polygons[p], 2, 1, x1, 0, 0, 1, &(clp_span){y0, y1});
    }
}

Test(shape_exact, vertices_on_the_line)
{
    const double diamond[] = {1, 0, 2, 1, 1, 2, 0, 1};
    const clp_shape shape = {.kind = CLP_SHAPE_POLYGON, .points = diamond, .count = 4};
    expect_spans(&shape, 2, 0, 9, 1, 0, 1, &(clp_span){0, 2});
    expect_spans(&shape, 2, 0, 9, 0, 0, 1, &(clp_span){1, 1});
    expect_spans(&shape, 2, 1, 2, 9, 0, 1, &(clp_span){1, 1});
    expect_spans(&shape, 2, 1, 0.5, 9, 0, 1, &(clp_span){0.5, 1.5});
    /* An edge along the line that only touches, one that ends in a notch, and a notch that touches. */
    const double steps[] = {0, 0, 4, 0, 4, 2, 3, 2, 3, 1, 2, 1, 1.5, 2, 1, 1, 0, 1};
    const clp_shape stairs = {.kind = CLP_SHAPE_POLYGON, .points = steps, .count = 9};
    expect_spans(&stairs, 2, 0, 9, 1, 0, 1, &(clp_span){0, 4});
    expect_spans(&stairs, 2, 0, 9, 2, 0, 2, (clp_span[]){{1.5, 1.5}, {3, 4}});
    expect_spans(&stairs, 2, 0, 9, 1.5, 0, 2, (clp_span[]){{1.25, 1.75}, {3, 4}});
    expect_spans(&stairs, 2, 1, 3, 9, 0, 1, &(clp_span){0, 2});
    const double notch[] = {0, 0, 2, 0, 2, 2, 1, 1, 0, 2};
    const clp_shape notched = {.kind = CLP_SHAPE_POLYGON, .points = notch, .count = 5};
    expect_spans(&notched, 2, 0, 9, 1, 0, 1, &(clp_span){0, 2});
    expect_spans(&notched, 2, 1, 1, 9, 0, 1, &(clp_span){0, 1});
}

/* The five-pointed star drawn in one stroke: its middle has an even number of edges around it. */
Test(shape_exact, star_is_hollow)
{
    double points[10];
    for (int i = 0; i < 5; i++) {
        points[2 * i] = cos(M_PI / 2 + 4 * M_PI / 5 * i);
        points[2 * i + 1] = sin(M_PI / 2 + 4 * M_PI / 5 * i);
    }
    const clp_shape star = {.kind = CLP_SHAPE_POLYGON, .points = points, .count = 5};
    cr_assert_eq(clp_shape_check(&star, 2), CLP_OK);
    clp_spans spans = {0};
    cr_assert_eq(clp_shape_spans(&star, 2, 0, (double[]){0, 0, 0}, &spans), CLP_OK);
    cr_assert_eq(spans.count, 2);
    cr_assert(spans.list[0].to < 0 && spans.list[1].from > 0);
    cr_assert_not(clp_shape_contains(&star, 2, (double[]){0, 0, 0}));
    cr_assert(clp_shape_contains(&star, 2, (double[]){0, 0.9, 0}));
    /* A bow tie has no signed area and is one all the same. */
    const clp_shape bow = {
        .kind = CLP_SHAPE_POLYGON, .points = (double[]){0, 0, 2, 2, 2, 0, 0, 2}, .count = 4};
    expect_spans(&bow, 2, 0, 9, 0.5, 0, 2, (clp_span[]){{0, 0.5}, {1.5, 2}});
    expect_spans(&bow, 2, 0, 9, 1, 0, 1, &(clp_span){0, 2});
    clp_spans_finish(&spans);
}

Test(shape_exact, exact_positions)
{
    const clp_shape circle = {.kind = CLP_SHAPE_BALL, .center = {1, 2, 3}, .radius = 5};
    expect_spans(&circle, 2, 0, 9, 5, 9, 1, &(clp_span){-3, 5});
    expect_spans(&circle, 2, 0, 9, 7, 9, 1, &(clp_span){1, 1});
    expect_spans(&circle, 2, 0, 9, 7.01, 9, 0, NULL);
    expect_spans(&circle, 3, 2, 4, 2, 9, 1, &(clp_span){-1, 7});
    const clp_shape ellipse = {.kind = CLP_SHAPE_ELLIPSE, .radii = {0.3, 0.7, 1.1}, .angle = 270};
    expect_spans(&ellipse, 2, 0, 9, 0, 9, 1, &(clp_span){-0.7, 0.7});
    expect_spans(&ellipse, 2, 1, 0, 9, 9, 1, &(clp_span){-0.3, 0.3});
    const double ends[] = {0.1, 0.2, 0.3, 0.1, 0.2, 0.7};
    const clp_shape rod = {.kind = CLP_SHAPE_CYLINDER, .points = ends, .count = 2, .radius = 0.5};
    expect_spans(&rod, 3, 2, 0.3, 0.4, 9, 1, &(clp_span){0.3, 0.7});
    expect_spans(&rod, 3, 0, 9, 0.2, 0.3, 1, &(clp_span){0.1 - 0.5, 0.1 + 0.5});
    expect_spans(&rod, 3, 0, 9, 0.2, 0.7, 1, &(clp_span){0.1 - 0.5, 0.1 + 0.5});
    expect_spans(&rod, 3, 1, 0.1, 9, 0.71, 0, NULL);
    const clp_shape track = {
        .kind = CLP_SHAPE_LINE, .points = (double[]){0, 1, 4, 1, 4, 3}, .count = 3, .width = 1};
    expect_spans(&track, 2, 0, 9, 1, 9, 1, &(clp_span){-0.5, 4.5});
    expect_spans(&track, 2, 0, 9, 2, 9, 1, &(clp_span){3.5, 4.5});
    expect_spans(&track, 2, 1, 2, 9, 9, 1, &(clp_span){0.5, 1.5});
    expect_spans(&track, 2, 1, 4, 9, 9, 1, &(clp_span){0.5, 3.5});
}

/* Short chords near the rim keep their digits. */
Test(shape_exact, chords_near_the_rim)
{
    for (int bits = 2; bits < 52; bits++) {
        double gap = ldexp(1, -bits), exact = (double)sqrtl((long double)gap * (2 - (long double)gap));
        const double at_rim[] = {0, 0, 0, -5};
        const clp_shape shapes[] = {
            {.kind = CLP_SHAPE_BALL, .radius = 1},
            {.kind = CLP_SHAPE_ELLIPSE, .radii = {1, 1, 1}},
            {.kind = CLP_SHAPE_LINE, .points = at_rim, .count = 2, .width = 2},
        };
        clp_spans spans = {0};
        for (int i = 0; i < 3; i++) {
            cr_assert_eq(clp_shape_spans(&shapes[i], 2, 0, (double[]){0, 1 - gap, 0}, &spans), CLP_OK);
            cr_assert_eq(spans.count, 1);
            cr_assert(fabs(spans.list[0].to - exact) <= 4e-16 * exact &&
                          spans.list[0].from == -spans.list[0].to,
                      "shape %d, 1 - 2^-%d: %.17g, not %.17g", i, bits, spans.list[0].to, exact);
        }
        clp_spans_finish(&spans);
    }
}

Test(shape_exact, prisms_with_and_without_ends)
{
    const double triangle[] = {0, 0, 1, 0, 0, 1};
    clp_shape prism = {.kind = CLP_SHAPE_POLYGON, .points = triangle, .count = 3};
    double low[3], high[3];
    expect_spans(&prism, 3, 2, 0.5, 0.5, 9, 1, &(clp_span){-INFINITY, INFINITY});
    expect_spans(&prism, 3, 2, 0.6, 0.5, 9, 0, NULL);
    expect_spans(&prism, 3, 0, 9, 0.5, 1e9, 1, &(clp_span){0, 0.5});
    clp_shape_bounds(&prism, 3, low, high);
    cr_assert(low[2] == -INFINITY && high[2] == INFINITY && low[0] == 0 && high[1] == 1);
    prism.min[2] = -0.1;
    expect_spans(&prism, 3, 2, 0.5, 0.5, 9, 1, &(clp_span){-0.1, 0});
    expect_spans(&prism, 3, 0, 9, 0.5, -0.1, 1, &(clp_span){0, 0.5});
    expect_spans(&prism, 3, 0, 9, 0.5, 0.1, 0, NULL);
    clp_shape_bounds(&prism, 3, low, high);
    cr_assert(low[2] == -0.1 && high[2] == 0);
}
