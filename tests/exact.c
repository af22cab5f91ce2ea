/* SPDX-License-Identifier: MIT */
#include "exact.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A box held on all four sides at constant values, and where the problem's nodes lie in it. */
typedef struct box {
    size_t nodes[2];
    double spacing[2];
    double sides[4];
    size_t offset[2]; /* of the problem's node (0, 0) */
} box;

/* Mirrors the plate across each insulated side, so that the sides of the larger box are held. */
static box unfold(const clp_problem *problem)
{
    const clp_grid *grid = clp_problem_grid(problem);
    box whole = {{0}, {0}, {0}, {0}};
    for (int axis = 0; axis < 2; axis++) {
        const clp_boundary *low = clp_problem_boundary(problem, (clp_side)(2 * axis));
        const clp_boundary *high = clp_problem_boundary(problem, (clp_side)(2 * axis + 1));
        bool low_held = low->kind == CLP_BOUNDARY_VALUE, high_held = high->kind == CLP_BOUNDARY_VALUE;
        size_t cells = grid->nodes[axis] - 1;
        whole.spacing[axis] = clp_grid_spacing(grid, axis);
        whole.nodes[axis] = (low_held && high_held ? cells : 2 * cells) + 1;
        whole.offset[axis] = low_held ? 0 : cells;
        whole.sides[2 * axis] = low_held ? low->value.number : high->value.number;
        whole.sides[2 * axis + 1] = high_held ? high->value.number : low->value.number;
    }
    return whole;
}

/* Sine transform of each of `lines` lines of `count` numbers, `stride` apart, lines `step` apart: O(count^2)
 * a line. */
static void transform(double *data, size_t count, size_t stride, size_t lines, size_t step)
{
    double *out = malloc(count * sizeof *out), *sine = malloc(2 * (count + 1) * sizeof *sine);
    for (size_t i = 0; i < 2 * (count + 1); i++) sine[i] = sin(M_PI * (double)i / (double)(count + 1));
    for (size_t line = 0; line < lines; line++) {
        double *in = data + line * step;
        for (size_t k = 0; k < count; k++) {
            double sum = 0;
            for (size_t i = 0; i < count; i++)
                sum += in[i * stride] * sine[(k + 1) * (i + 1) % (2 * (count + 1))];
            out[k] = sum;
        }
        for (size_t k = 0; k < count; k++) in[k * stride] = out[k];
    }
    free(out);
    free(sine);
}

/* Interior of the box, row by row. */
static double *solve_box(const box *whole)
{
    size_t nx = whole->nodes[0] - 2, ny = whole->nodes[1] - 2;
    double cx = 1 / (whole->spacing[0] * whole->spacing[0]), cy = 1 / (whole->spacing[1] * whole->spacing[1]);
    double *u = calloc(nx * ny, sizeof *u);
    for (size_t j = 0; j < ny; j++) {
        u[j * nx] += cx * whole->sides[0];
        u[j * nx + nx - 1] += cx * whole->sides[1];
    }
    for (size_t i = 0; i < nx; i++) {
        u[i] += cy * whole->sides[2];
        u[(ny - 1) * nx + i] += cy * whole->sides[3];
    }
    transform(u, nx, 1, ny, nx);
    transform(u, ny, nx, nx, 1);
    for (size_t j = 0; j < ny; j++)
        for (size_t i = 0; i < nx; i++) {
            double x = sin(0.5 * M_PI * (double)(i + 1) / (double)(nx + 1));
            double y = sin(0.5 * M_PI * (double)(j + 1) / (double)(ny + 1));
            u[j * nx + i] *= 4 / ((double)(nx + 1) * (double)(ny + 1)) / (4 * cx * x * x + 4 * cy * y * y);
        }
    transform(u, nx, 1, ny, nx);
    transform(u, ny, nx, nx, 1);
    return u;
}

/* The value of a side at one end of an axis, NaN where it is not held or the node is not at the end. */
static double held(const clp_problem *problem, int axis, size_t index)
{
    size_t last = clp_problem_grid(problem)->nodes[axis] - 1;
    if (index != 0 && index != last) return NAN;
    const clp_boundary *boundary = clp_problem_boundary(problem, (clp_side)(2 * axis + (index == last)));
    return boundary->kind == CLP_BOUNDARY_VALUE ? boundary->value.number : NAN;
}

double *exact_discrete(const clp_problem *problem)
{
    const clp_grid *grid = clp_problem_grid(problem);
    box whole = unfold(problem);
    /* With both sides of an axis insulated the answer does not depend on it: the mean of what the other axis
     * says. */
    for (int axis = 0; axis < 2; axis++)
        if (clp_problem_boundary(problem, (clp_side)(2 * axis))->kind != CLP_BOUNDARY_VALUE &&
            clp_problem_boundary(problem, (clp_side)(2 * axis + 1))->kind != CLP_BOUNDARY_VALUE)
            whole.nodes[axis] = 0;
    size_t nx = grid->nodes[0], ny = grid->nodes[1];
    double *inner = whole.nodes[0] && whole.nodes[1] ? solve_box(&whole) : NULL;
    double *values = malloc(nx * ny * sizeof *values);
    for (size_t j = 0; j < ny; j++)
        for (size_t i = 0; i < nx; i++) {
            double x = held(problem, 0, i), y = held(problem, 1, j), *out = &values[j * nx + i];
            if (!isnan(x) || !isnan(y)) {
                *out = isnan(x) ? y : isnan(y) ? x : (x + y) / 2;
            } else if (inner) {
                *out = inner[(j + whole.offset[1] - 1) * (whole.nodes[0] - 2) + i + whole.offset[0] - 1];
            } else { /* linear between the two sides of the held axis, constant if one is insulated */
                int axis = whole.nodes[0] ? 0 : 1;
                double t = (double)((axis ? j : i) + whole.offset[axis]) / (double)(whole.nodes[axis] - 1);
                *out = (1 - t) * whole.sides[2 * axis] + t * whole.sides[2 * axis + 1];
            }
        }
    free(inner);
    return values;
}

/* Temperature with the side y = 1 at 1, the others at 0. */
static double one_side(double x, double y)
{
    double sum = 0;
    for (int k = 1; k < 400; k += 2)
        sum += 4 / (k * M_PI) * sin(k * M_PI * x) * exp(k * M_PI * (y - 1)) * (1 - exp(-2 * k * M_PI * y)) /
               (1 - exp(-2 * k * M_PI));
    return sum;
}

double exact_plate(const double sides[4], double x, double y)
{
    return sides[0] * one_side(y, 1 - x) + sides[1] * one_side(y, x) + sides[2] * one_side(x, 1 - y) +
           sides[3] * one_side(x, y);
}
