/* SPDX-License-Identifier: MIT */
/* Tests of shapes: their spans against distances in long double. */
#include "problem/shape.h"
#include "shape_reference.h"

#include <clpoisson/status.h>

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdio.h>

/* Coordinates of random shapes are up to about 2; so near to an outline either answer will do. */
static const long double near_outline = 1e-12L;
/* Ends of spans lie on the outline to this, in units in the last place of 1. */
static const long double end_ulps = 8;

TestSuite(shape);

static const clp_span *span_at(const clp_spans *spans, double where)
{
    for (size_t i = 0; i < spans->count; i++)
        if (where >= spans->list[i].from && where <= spans->list[i].to) return &spans->list[i];
    return NULL;
}

static const char *text_of(const clp_shape *shape, int dimensions, int axis, const double *point)
{
    static char text[256];
    snprintf(text, sizeof text, "kind %d of %d points in %d-D, axis %d through (%.17g, %.17g, %.17g)",
             (int)shape->kind, (int)shape->count, dimensions, axis, point[0], point[1], point[2]);
    return text;
}

/* The spans of one line: in order, their ends on the outline, and between them what the reference says. */
static size_t check_line(const clp_shape *shape, int dimensions, int axis, const double *at, clp_spans *spans)
{
    double point[3] = {at[0], at[1], at[2]};
    cr_assert_eq(clp_shape_spans(shape, dimensions, axis, point, spans), CLP_OK);
    for (size_t i = 0; i < spans->count; i++) {
        clp_span span = spans->list[i];
        cr_assert(span.from <= span.to, "%s", text_of(shape, dimensions, axis, at));
        cr_assert(i == 0 || spans->list[i - 1].to < span.from, "%s", text_of(shape, dimensions, axis, at));
        for (int end = 0; end < 2; end++) {
            point[axis] = end ? span.to : span.from;
            if (isinf(point[axis])) continue;
            long double off = reference_distance(shape, dimensions, point) / (long double)DBL_EPSILON;
            cr_assert(fabsl(off) <= end_ulps, "off by %Lg ulps: %s", off,
                      text_of(shape, dimensions, axis, point));
        }
    }
    for (int i = 0; i <= 64; i++) {
        point[axis] = -2 + 5 * (i / 64.0);
        long double distance = reference_distance(shape, dimensions, point);
        if (fabsl(distance) < near_outline) continue;
        cr_assert_eq(clp_shape_contains(shape, dimensions, point), distance < 0, "%s",
                     text_of(shape, dimensions, axis, point));
        cr_assert_eq(span_at(spans, point[axis]) != NULL, distance < 0, "%s",
                     text_of(shape, dimensions, axis, point));
    }
    return spans->count;
}

static void check_random(clp_shape_kind kind, int dimensions, int lattice)
{
    uint64_t state = 20240229u + (uint64_t)kind;
    double points[3 * RANDOM_POINTS];
    clp_spans spans = {0};
    size_t found = 0;
    for (int trial = 0; trial < 150; trial++) {
        clp_shape shape = random_shape(&state, kind, dimensions, lattice, points);
        if (clp_shape_check(&shape, dimensions) != CLP_OK) {
            cr_assert(lattice, "%s", clp_error_message()); /* points of a lattice may well coincide */
            continue;
        }
        double low[3], high[3], point[3];
        clp_shape_bounds(&shape, dimensions, low, high);
        for (int axis = 0; axis < dimensions; axis++)
            for (int i = 0; i < 12; i++) {
                for (int a = 0; a < 3; a++) {
                    double margin = isinf(low[a]) ? 0 : 0.1 * (high[a] - low[a]);
                    point[a] = random_number(&state, fmax(low[a], -1) - margin, fmin(high[a], 2) + margin);
                    if (lattice) point[a] = rint(8 * point[a]) / 8;
                }
                found += check_line(&shape, dimensions, axis, point, &spans);
            }
    }
    cr_assert_gt(found, 500, "%zu of kind %d", found, (int)kind);
    clp_spans_finish(&spans);
}

Test(shape, spans_of_random_shapes)
{
    for (int kind = CLP_SHAPE_BOX; kind <= CLP_SHAPE_CYLINDER; kind++)
        for (int dimensions = kind == CLP_SHAPE_CYLINDER ? 3 : 2; dimensions <= 3; dimensions++)
            check_random((clp_shape_kind)kind, dimensions, 0);
}

/* Vertices and edges on the line, lines that touch, segments along an axis. */
Test(shape, spans_of_random_shapes_on_a_lattice)
{
    for (int kind = CLP_SHAPE_BOX; kind <= CLP_SHAPE_CYLINDER; kind++)
        for (int dimensions = kind == CLP_SHAPE_CYLINDER ? 3 : 2; dimensions <= 3; dimensions++)
            check_random((clp_shape_kind)kind, dimensions, 1);
}

static clp_shape scaled(const clp_shape *shape, int exponent, double *points)
{
    clp_shape out = *shape;
    out.radius = ldexp(shape->radius, exponent);
    out.width = ldexp(shape->width, exponent);
    for (int a = 0; a < 3; a++) {
        out.center[a] = ldexp(shape->center[a], exponent);
        out.radii[a] = ldexp(shape->radii[a], exponent);
        out.min[a] = ldexp(shape->min[a], exponent);
        out.max[a] = ldexp(shape->max[a], exponent);
    }
    for (int i = 0; i < 3 * RANDOM_POINTS; i++) points[i] = ldexp(shape->points[i], exponent);
    out.points = points;
    return out;
}

/* In units of length that nobody has, squares neither overflow nor vanish. */
Test(shape, spans_in_any_unit_of_length)
{
    uint64_t state = 31;
    double points[3 * RANDOM_POINTS], scaled_points[3 * RANDOM_POINTS], point[3], low[3], high[3];
    clp_spans spans = {0};
    size_t found = 0;
    for (int trial = 0; trial < 600; trial++) {
        int kind = trial % 6, dimensions = kind == CLP_SHAPE_CYLINDER ? 3 : 2 + trial / 6 % 2,
            axis = trial % dimensions;
        int exponent = trial % 4 < 2 ? 300 : -300;
        clp_shape shape = random_shape(&state, (clp_shape_kind)kind, dimensions, 0, points);
        clp_shape large = scaled(&shape, exponent, scaled_points);
        cr_assert_eq(clp_shape_check(&large, dimensions), CLP_OK, "%s", clp_error_message());
        clp_shape_bounds(&large, dimensions, low, high);
        for (int a = 0; a < 3; a++) point[a] = isinf(low[a]) ? 0 : random_number(&state, low[a], high[a]);
        cr_assert_eq(clp_shape_spans(&large, dimensions, axis, point, &spans), CLP_OK);
        for (size_t i = 0; i < 2 * spans.count; i++) {
            point[axis] = i % 2 ? spans.list[i / 2].to : spans.list[i / 2].from;
            if (isinf(point[axis])) continue;
            double unscaled[3];
            for (int a = 0; a < 3; a++) unscaled[a] = ldexp(point[a], -exponent);
            long double off = reference_distance(&shape, dimensions, unscaled) / (long double)DBL_EPSILON;
            cr_assert(fabsl(off) <= end_ulps, "off by %Lg ulps: %s", off,
                      text_of(&large, dimensions, axis, point));
            found++;
        }
    }
    cr_assert_gt(found, 500, "%zu", found);
    clp_spans_finish(&spans);
}

/* Touching points and edges count where they are given, whatever else is on the line. */
Test(shape, vertices_and_edges_on_the_line_are_inside)
{
    uint64_t state = 7;
    double points[3 * RANDOM_POINTS];
    clp_spans spans = {0};
    size_t edges = 0;
    for (int trial = 0; trial < 2000; trial++) {
        clp_shape shape = random_shape(&state, CLP_SHAPE_POLYGON, 2, trial % 2, points);
        if (clp_shape_check(&shape, 2) != CLP_OK) continue;
        for (size_t i = 0; i < shape.count; i++)
            for (int axis = 0; axis < 2; axis++) {
                const double *a = &points[2 * i], *b = &points[2 * ((i + 1) % shape.count)];
                double point[3] = {a[0], a[1], 0};
                cr_assert(clp_shape_contains(&shape, 2, point));
                cr_assert_eq(clp_shape_spans(&shape, 2, axis, point, &spans), CLP_OK);
                const clp_span *span = span_at(&spans, a[axis]);
                cr_assert_not_null(span, "%s", text_of(&shape, 2, axis, point));
                if (a[1 - axis] != b[1 - axis]) continue;
                cr_assert_eq(span_at(&spans, b[axis]), span, "%s", text_of(&shape, 2, axis, point));
                edges++;
            }
    }
    cr_assert_gt(edges, 1000);
    clp_spans_finish(&spans);
}
