/* SPDX-License-Identifier: MIT */
/* Tests of shapes: areas and volumes, integrated from spans, against formulas; bounds. */
#include "problem/shape.h"
#include "shape_reference.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

TestSuite(shape_size);

/* Length of the line within the shape. */
static double chord(const clp_shape *shape, int dimensions, int axis, const double *point, clp_spans *spans)
{
    double sum = 0;
    cr_assert_eq(clp_shape_spans(shape, dimensions, axis, point, spans), CLP_OK);
    for (size_t i = 0; i < spans->count; i++) sum += spans->list[i].to - spans->list[i].from;
    return sum;
}

/* The trapezoidal rule in theta with v = middle + half sin(theta), in which square roots at both ends are
 * smooth. */
static double area(const clp_shape *shape, int axis, int steps)
{
    double low[3], high[3], point[3] = {0}, sum = 0;
    clp_spans spans = {0};
    int other = 1 - axis;
    clp_shape_bounds(shape, 2, low, high);
    double middle = 0.5 * (low[other] + high[other]), half = 0.5 * (high[other] - low[other]);
    for (int i = 0; i < steps; i++) {
        double theta = M_PI * ((i + 0.5) / steps - 0.5);
        point[other] = middle + half * sin(theta);
        sum += chord(shape, 2, axis, point, &spans) * half * cos(theta) * M_PI / steps;
    }
    clp_spans_finish(&spans);
    return sum;
}

static void expect_area(const clp_shape *shape, double exact, int steps, double tolerance)
{
    for (int axis = 0; axis < 2; axis++) {
        double found = area(shape, axis, steps);
        cr_assert(fabs(found - exact) <= tolerance * exact, "kind %d along axis %d: %.17g, not %.17g",
                  (int)shape->kind, axis, found, exact);
    }
}

Test(shape_size, areas_with_round_outlines)
{
    expect_area(&(clp_shape){.kind = CLP_SHAPE_BALL, .center = {3, -2}, .radius = 0.7}, M_PI * 0.49, 64,
                1e-14);
    for (double angle = -400; angle < 400; angle += 37)
        expect_area(
            &(clp_shape){.kind = CLP_SHAPE_ELLIPSE, .center = {1, 2}, .radii = {0.7, 0.2}, .angle = angle},
            M_PI * 0.7 * 0.2, 64, 1e-14);
    expect_area(&(clp_shape){.kind = CLP_SHAPE_ELLIPSE, .radii = {1, 1e-3}, .angle = 30}, M_PI * 1e-3, 64,
                1e-12);
    const clp_shape capsules[] = {
        {.kind = CLP_SHAPE_LINE, .points = (double[]){1, 1, 4, 5}, .count = 2, .width = 0.6},
        {.kind = CLP_SHAPE_LINE, .points = (double[]){1, 1, 6, 1}, .count = 2, .width = 0.6},
        /* The same piece there and back, and cut into three. */
        {.kind = CLP_SHAPE_LINE, .points = (double[]){1, 1, 4, 5, 1, 1}, .count = 3, .width = 0.6},
        {.kind = CLP_SHAPE_LINE, .points = (double[]){1, 1, 1, 2, 1, 2, 1, 6}, .count = 4, .width = 0.6}};
    for (int i = 0; i < 4; i++) expect_area(&capsules[i], M_PI * 0.09 + 0.6 * 5, 50000, 1e-8);
    /* A right angle: two bars with a square in common, without its outer corner, but with a quarter disc
     * there. */
    const clp_shape corner = {
        .kind = CLP_SHAPE_LINE, .points = (double[]){0, 3, 0, 0, 3, 0}, .count = 3, .width = 2};
    expect_area(&corner, 2 * 2 * 3 - 1 + M_PI + M_PI / 4, 50000, 1e-4);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The chord of a polygon is linear from vertex to vertex, so that its value in the middle is its mean. */
static double polygon_area(const clp_shape *shape, int axis)
{
    clp_spans spans = {0};
    double *breaks = malloc(shape->count * sizeof *breaks), sum = 0;
    for (size_t i = 0; i < shape->count; i++) breaks[i] = shape->points[2 * i + (size_t)(1 - axis)];
    qsort(breaks, shape->count, sizeof *breaks, ascending);
    for (size_t i = 0; i + 1 < shape->count; i++) {
        double point[3] = {0};
        point[1 - axis] = 0.5 * (breaks[i] + breaks[i + 1]);
        sum += (breaks[i + 1] - breaks[i]) * chord(shape, 2, axis, point, &spans);
    }
    free(breaks);
    clp_spans_finish(&spans);
    return sum;
}

static double shoelace(const double *points, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        const double *a = points + 2 * i, *b = points + 2 * ((i + 1) % count);
        sum += 0.5 * (a[0] * b[1] - a[1] * b[0]);
    }
    return sum;
}

/* Coast lines around the origin. */
Test(shape_size, areas_of_polygons)
{
    uint64_t state = 5;
    for (size_t count = 3; count <= 3000; count *= 10) {
        double *points = malloc(2 * count * sizeof *points);
        for (size_t i = 0; i < count; i++) {
            double angle = 2 * M_PI * (double)i / (double)count, r = random_number(&state, 0.5, 1);
            points[2 * i] = r * cos(angle);
            points[2 * i + 1] = r * sin(angle);
        }
        const clp_shape shape = {.kind = CLP_SHAPE_POLYGON, .points = points, .count = count};
        cr_assert_eq(clp_shape_check(&shape, 2), CLP_OK);
        for (int axis = 0; axis < 2; axis++) {
            double found = polygon_area(&shape, axis), exact = shoelace(points, count);
            cr_assert(fabs(found - exact) <= 1e-13 * exact, "%zu points: %.17g, not %.17g", count, found,
                      exact);
        }
        free(points);
    }
}

/* The midpoint rule over the bounds across an axis. */
static double volume(const clp_shape *shape, int axis, int steps)
{
    double low[3], high[3], point[3] = {0}, sum = 0;
    clp_spans spans = {0};
    int p = (axis + 1) % 3, q = (axis + 2) % 3;
    clp_shape_bounds(shape, 3, low, high);
    for (int i = 0; i < steps; i++)
        for (int j = 0; j < steps; j++) {
            point[p] = low[p] + (i + 0.5) * (high[p] - low[p]) / steps;
            point[q] = low[q] + (j + 0.5) * (high[q] - low[q]) / steps;
            sum += chord(shape, 3, axis, point, &spans);
        }
    clp_spans_finish(&spans);
    return sum * (high[p] - low[p]) * (high[q] - low[q]) / ((double)steps * steps);
}

Test(shape_size, volumes)
{
    const double ends[] = {0, 0, 0, 2, 3, 6}, triangle[] = {0, 0, 3, 0, 1, 2};
    const struct {
        clp_shape shape;
        double exact;
    } cases[] = {
        {{.min = {1, 2, 3}, .max = {2, 4, 6}}, 6},
        {{.kind = CLP_SHAPE_BALL, .center = {1, 2, 3}, .radius = 0.5}, M_PI / 6},
        {{.kind = CLP_SHAPE_ELLIPSE, .center = {1, 2, 3}, .radii = {0.5, 1, 2}}, 4 * M_PI / 3},
        {{.kind = CLP_SHAPE_POLYGON, .points = triangle, .count = 3, .min = {0, 0, 1}, .max = {0, 0, 3}}, 6},
        {{.kind = CLP_SHAPE_CYLINDER, .points = ends, .count = 2, .radius = 1}, 7 * M_PI},
        {{.kind = CLP_SHAPE_LINE, .points = ends, .count = 2, .width = 2}, 7 * M_PI + 4 * M_PI / 3}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int axis = 0; axis < 3; axis++) {
            double found = volume(&cases[i].shape, axis, 300);
            cr_assert(fabs(found - cases[i].exact) <= 2e-3 * cases[i].exact,
                      "case %zu along axis %d: %g, not %g", i, axis, found, cases[i].exact);
        }
}

/* Nothing of the shape beyond its bounds, and on lines close to each bound there still is some of it. */
static void check_bounds(const clp_shape *shape, int dimensions, uint64_t *state)
{
    double low[3], high[3], point[3] = {0};
    clp_spans spans = {0};
    clp_shape_bounds(shape, dimensions, low, high);
    cr_assert(dimensions == 3 || (low[2] == 0 && high[2] == 0));
    for (int i = 0; i < 200; i++) {
        for (int a = 0; a < 3; a++) point[a] = random_number(state, -1, 2);
        for (int axis = 0; axis < dimensions; axis++) {
            cr_assert_eq(clp_shape_spans(shape, dimensions, axis, point, &spans), CLP_OK);
            if (!spans.count) continue;
            for (int a = 0; a < dimensions; a++)
                cr_assert(a == axis || (point[a] >= low[a] && point[a] <= high[a]));
            cr_assert(spans.list[0].from >= low[axis] - 4e-16 &&
                      spans.list[spans.count - 1].to <= high[axis] + 4e-16);
        }
    }
    clp_spans_finish(&spans);
}

/* Where a shape of each kind reaches its bound is known; the reference says that the point there is on the
 * outline. */
static void check_reach(const clp_shape *shape, int dimensions)
{
    double low[3], high[3];
    clp_spans spans = {0};
    clp_shape_bounds(shape, dimensions, low, high);
    for (int axis = 0; axis < dimensions; axis++) {
        double first = INFINITY, last = -INFINITY, point[3];
        int p = (axis + 1) % dimensions, q = (axis + 2) % 3, steps = 200;
        if (isinf(low[axis])) continue;
        for (int i = 0; i <= steps; i++)
            for (int j = 0; j <= (dimensions == 3 ? steps : 0); j++) {
                point[p] = low[p] + i * (high[p] - low[p]) / steps;
                if (dimensions == 3) point[q] = low[q] + j * (high[q] - low[q]) / steps;
                if (dimensions == 3 && isinf(low[q])) point[q] = 0;
                if (isinf(low[p])) point[p] = 0;
                cr_assert_eq(clp_shape_spans(shape, dimensions, axis, point, &spans), CLP_OK);
                if (!spans.count) continue;
                first = fmin(first, spans.list[0].from);
                last = fmax(last, spans.list[spans.count - 1].to);
            }
        /* The lines miss the extreme point by less than a step. */
        double slack = 0.05 * (high[axis] - low[axis]);
        cr_assert(first < low[axis] + slack && last > high[axis] - slack,
                  "kind %d in %d-D along %d: %g to %g, not %g "
                  "to %g",
                  (int)shape->kind, dimensions, axis, first, last, low[axis], high[axis]);
    }
    clp_spans_finish(&spans);
}

Test(shape_size, bounds_are_tight)
{
    uint64_t state = 99;
    double points[3 * RANDOM_POINTS];
    for (int kind = CLP_SHAPE_BOX; kind <= CLP_SHAPE_CYLINDER; kind++)
        for (int dimensions = kind == CLP_SHAPE_CYLINDER ? 3 : 2; dimensions <= 3; dimensions++)
            for (int trial = 0; trial < 50; trial++) {
                clp_shape shape = random_shape(&state, (clp_shape_kind)kind, dimensions, 0, points);
                check_bounds(&shape, dimensions, &state);
                /* Thin ones slip between the lines. */
                shape.radius = fmax(shape.radius, 0.1);
                shape.width = fmax(shape.width, 0.2);
                for (int a = 0; a < 3; a++) shape.radii[a] = fmax(shape.radii[a], 0.1);
                if (trial < 4 && kind != CLP_SHAPE_POLYGON) check_reach(&shape, dimensions);
            }
}

Test(shape_size, bounds_bit_by_bit)
{
    double low[3], high[3];
    clp_shape_bounds(&(clp_shape){.min = {0.1, 0.2, 0.3}, .max = {0.7, 0.8, 0.9}}, 3, low, high);
    cr_assert(low[0] == 0.1 && low[1] == 0.2 && low[2] == 0.3 && high[0] == 0.7 && high[1] == 0.8 &&
              high[2] == 0.9);
    const double points[] = {0.3, 0.1, 0.7, -0.2, 0.5, 0.9};
    clp_shape_bounds(&(clp_shape){.kind = CLP_SHAPE_POLYGON, .points = points, .count = 3}, 2, low, high);
    cr_assert(low[0] == 0.3 && high[0] == 0.7 && low[1] == -0.2 && high[1] == 0.9);
    const double ends[] = {0.1, 0.2, 0.3, 0.1, 0.2, -0.7};
    clp_shape_bounds(&(clp_shape){.kind = CLP_SHAPE_CYLINDER, .points = ends, .count = 2, .radius = 0.5}, 3,
                     low, high);
    cr_assert(low[2] == -0.7 && high[2] == 0.3 && low[0] == 0.1 - 0.5 && high[1] == 0.2 + 0.5);
    clp_shape_bounds(&(clp_shape){.kind = CLP_SHAPE_ELLIPSE, .radii = {0.3, 0.7}, .angle = 90}, 2, low, high);
    cr_assert(low[0] == -0.7 && high[0] == 0.7 && low[1] == -0.3 && high[1] == 0.3);
}
