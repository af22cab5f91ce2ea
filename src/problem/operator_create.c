/* SPDX-License-Identifier: MIT */
#include "problem/operator_create.h"

#include <math.h>

static bool held(const clp_problem *problem, int side)
{
    return clp_problem_boundary(problem, (clp_side)side)->kind == CLP_BOUNDARY_VALUE;
}

static double side_value(const clp_problem *problem, int side)
{
    return clp_problem_boundary(problem, (clp_side)side)->value;
}

/* A power of two at or above |value|, within what single precision can scale by. */
static double power_of_two(double value)
{
    if (value == 0) return 1;
    int exponent;
    frexp(value, &exponent);
    return ldexp(1, exponent < -120 ? -120 : exponent > 120 ? 120 : exponent);
}

void clp_problem_operator(const clp_problem *problem, clp_operator *op)
{
    *op = (clp_operator){.grid = *clp_problem_grid(problem)};
    for (int axis = 0; axis < CLP_AXES; axis++) {
        double spacing = clp_grid_spacing(&op->grid, axis);
        op->conductance[axis] = 1 / (spacing * spacing);
    }
    double largest = fabs(clp_problem_initial(problem));
    for (int side = 0; side < CLP_SIDES; side++) {
        op->held[side] = held(problem, side);
        if (op->held[side]) largest = fmax(largest, fabs(side_value(problem, side)));
    }
    op->scale = power_of_two(largest);
}

/* The value of a node on held sides along one axis, NaN where none holds it. */
static double held_along(const clp_problem *problem, int axis, size_t index)
{
    int side = 2 * axis + (index != 0);
    bool outermost = index == 0 || index + 1 == clp_problem_grid(problem)->nodes[axis];
    return outermost && held(problem, side) ? side_value(problem, side) : NAN;
}

void clp_problem_initial_rows(const clp_problem *problem, size_t row, size_t rows, double *values)
{
    size_t width = clp_problem_grid(problem)->nodes[0];
    double initial = clp_problem_initial(problem);
    for (size_t j = 0; j < rows; j++) {
        double *out = values + j * width;
        double across = held_along(problem, 1, row + j);
        double inside = isnan(across) ? initial : across;
        for (size_t i = 0; i < width; i++) out[i] = inside;
        for (int end = 0; end < 2; end++) {
            size_t i = end ? width - 1 : 0;
            double along = held_along(problem, 0, i);
            if (!isnan(along)) out[i] = isnan(across) ? along : 0.5 * along + 0.5 * across; /* no overflow */
        }
    }
}

void clp_problem_held_range(const clp_problem *problem, double *smallest, double *largest)
{
    *smallest = INFINITY;
    *largest = -INFINITY;
    for (int side = 0; side < CLP_SIDES; side++) {
        if (!held(problem, side)) continue;
        *smallest = fmin(*smallest, side_value(problem, side));
        *largest = fmax(*largest, side_value(problem, side));
    }
}
