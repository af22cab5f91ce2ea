/* SPDX-License-Identifier: MIT */
/* First guesses from a coarser grid: cubics must come out as they are. */
#include "solver/cascade.h"
#include "solver/state.h"

#include <clpoisson/clpoisson.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#define OK(call) cr_assert_eq(call, CLP_OK, "%s", clp_error_message())

TestSuite(cascade);

/* A cubic of each coordinate, as a part of the box; constant along a periodic axis. */
static double cubic(const clp_operator *op, size_t p)
{
    double value = 1;
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++) {
        double t = (double)clp_operator_at(op, p, axis) / (double)(op->grid.nodes[axis] - 1);
        if (!op->periodic[axis]) value *= 1 + (0.3 + axis) * t - 2 * t * t + 1.7 * t * t * t;
    }
    return value;
}

static double expected_at(const clp_operator *op, size_t p)
{
    return clp_operator_is_held(op, p) ? 7 : cubic(op, p);
}

static void expect_field(const clp_operator *op, const double *values, const char *how)
{
    double worst = 0;
    size_t at = 0;
    for (size_t p = 0; p < clp_grid_node_count(&op->grid); p++) {
        double off = fabs(values[p] - expected_at(op, p));
        if (off <= worst) continue;
        worst = off;
        at = p;
    }
    cr_expect_leq(worst, 1e-13, "%s: node %zu of %zu x %zu x %zu is off by %g", how, at, op->grid.nodes[0],
                  op->grid.nodes[1], op->grid.nodes[2], worst);
}

/* Along x sides are held as told, along y they are not; a seam closes y where told. */
static void expect_cubics(clp_grid grid, bool left, bool right, bool seam)
{
    clp_device *device = NULL;
    clp_problem *problem = NULL;
    clp_solver *solver = NULL;
    OK(clp_device_open(&(clp_device_options){.backend = "reference"}, &device));
    OK(clp_problem_create(&grid, &problem));
    if (left) OK(clp_problem_hold_side(problem, CLP_SIDE_LEFT, 7));
    if (right) OK(clp_problem_hold_side(problem, CLP_SIDE_RIGHT, 7));
    if (seam) OK(clp_problem_set_periodic(problem, 1));
    OK(clp_solver_create(device, problem, &(clp_solver_options){.precision = CLP_PRECISION_DOUBLE}, &solver));
    cr_assert(solver->coarse, "%zu x %zu has none", grid.nodes[0], grid.nodes[1]);
    const clp_operator *op = &solver->assembly.op, *coarse = &solver->coarse->assembly.op;
    size_t count = clp_grid_node_count(&op->grid);
    for (size_t p = 0; p < clp_grid_node_count(&coarse->grid); p++)
        solver->coarse->values[p] = cubic(coarse, p);
    double *values = calloc(count, sizeof *values);
    cr_assert(values);
    OK(clp_cascade_fill(solver));
    OK(device->backend->field_read(solver->u, 0, clp_operator_rows(op), values));
    expect_field(op, values, "into the field");
    for (size_t p = 0; p < count; p++) values[p] = clp_operator_is_held(op, p) ? 7 : NAN;
    OK(clp_cascade_interpolate(solver, NULL, values));
    expect_field(op, values, "into an array");
    free(values);
    clp_solver_destroy(solver);
    clp_problem_destroy(problem);
    clp_device_close(device);
}

Test(cascade, cubics_stay_cubics)
{
    static const size_t shapes[][CLP_AXES] = {{1025, 201}, {1030, 33}, {513, 66}, {512, 40},
                                              {40, 3000},  {27, 29},   {33, 300}, {70, 28, 33}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        clp_grid grid = {.nodes = {shapes[s][0], shapes[s][1], shapes[s][2]},
                         .size = {1, 1, shapes[s][2] ? 1 : 0}};
        for (int held = 1; held < 4; held++) expect_cubics(grid, held & 1, held & 2, s % 2);
    }
}
