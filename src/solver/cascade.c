/* SPDX-License-Identifier: MIT */
#include "solver/cascade.h"

#include "backend/reference/reference.h"
#include "problem/coarsen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Below the first there is little to compare with; below the second the host is quicker than building
 * kernels. */
enum { NODES_LEAST = 600, NODES_ON_DEVICE = 30000, STEPS_AT_MOST = 60 };

void clp_cascade_create(clp_solver *solver, const clp_problem *problem)
{
    clp_problem *coarse = NULL;
    const clp_grid *grid = clp_problem_grid(problem);
    if (!solver->method->cascades || clp_grid_node_count(grid) < NODES_LEAST) return;
    if (clp_problem_coarsen(problem, &coarse) != CLP_OK || !coarse) return;
    clp_device *device = solver->device;
    if (clp_grid_node_count(clp_problem_grid(coarse)) < NODES_ON_DEVICE &&
        clp_device_open(&(clp_device_options){.backend = "reference"}, &solver->own_device) == CLP_OK)
        device = solver->own_device;
    clp_solver_options options = {.method = solver->method->name,
                                  .precision = solver->options.precision,
                                  .monitor = solver->options.monitor,
                                  .monitor_user = solver->options.monitor_user,
                                  .tolerance = solver->options.tolerance};
    if (solver->options.criterion != CLP_CRITERION_ERROR) options.tolerance = 0;
    if (solver->method->stepwise) options.max_iterations = STEPS_AT_MOST; /* a guess is not worth more */
    clp_status status = clp_solver_create_quiet(device, coarse, &options, &solver->coarse);
    if (status != CLP_OK) solver->coarse = NULL;
    clp_problem_destroy(coarse);
}

void clp_cascade_destroy(clp_solver *solver)
{
    clp_solver_destroy(solver->coarse);
    clp_device_close(solver->own_device);
    solver->coarse = NULL;
    solver->own_device = NULL;
}

/* Where a fine node lies between coarse ones along an axis. */
static void place(const clp_grid *fine, const clp_grid *coarse, int axis, size_t index, size_t *below,
                  double *part)
{
    *below = 0;
    *part = 0;
    if (axis >= clp_grid_dimensions(fine)) return;
    double at = (double)index * (double)(coarse->nodes[axis] - 1) / (double)(fine->nodes[axis] - 1);
    *below = (size_t)at;
    if (*below > coarse->nodes[axis] - 2) *below = coarse->nodes[axis] - 2;
    *part = at - (double)*below;
}

/* Between the four values around a place in a plane. */
static double between(const double *u, size_t step, double x, double y)
{
    return (1 - y) * ((1 - x) * u[0] + x * u[1]) + y * ((1 - x) * u[step] + x * u[step + 1]);
}

/* Linear interpolation along each axis; held nodes are left as they are. CLP_ERROR_MEMORY. */
clp_status clp_cascade_interpolate(const clp_solver *solver, double *to)
{
    const double *from = solver->coarse->values;
    const clp_grid *fine = &solver->assembly.op.grid, *coarse = &solver->coarse->assembly.op.grid;
    const clp_operator *op = &solver->assembly.op, *coarse_op = &solver->coarse->assembly.op;
    size_t nx = fine->nodes[0], rows = clp_grid_node_count(fine) / nx;
    size_t step_y = clp_operator_step(coarse_op, 1), step_z = clp_operator_step(coarse_op, 2);
    size_t *at = malloc(nx * sizeof *at);
    double *x = malloc(nx * sizeof *x);
    if (!at || !x) {
        free(at);
        free(x);
        return clp_fail_host_memory(nx * sizeof *x);
    }
    for (size_t i = 0; i < nx; i++) place(fine, coarse, 0, i, &at[i], &x[i]);
#pragma omp parallel for schedule(static)
    for (size_t row = 0; row < rows; row++) {
        size_t j, k;
        double y, z;
        place(fine, coarse, 1, row % fine->nodes[1], &j, &y);
        place(fine, coarse, 2, row / fine->nodes[1], &k, &z);
        const clp_row place_of_row = clp_operator_row(op, row);
        const double *below = from + k * step_z + j * step_y;
        for (size_t i = 0; i < nx; i++) {
            if (clp_row_is_held(op, &place_of_row, i)) continue;
            double value = between(below + at[i], step_y, x[i], y);
            if (z > 0) value += z * (between(below + step_z + at[i], step_y, x[i], y) - value);
            to[row * nx + i] = value;
        }
    }
    free(at);
    free(x);
    return CLP_OK;
}

/* The smoothest errors are small already, so that the sweeps can leave them out: what was the smallest
 * eigenvalue to care about on the coarser grid, it is here as well. Where that is too much to hope for, the
 * method finds it out. */
static void take_spectrum(clp_solver *solver)
{
    solver->iteration.lowest = solver->coarse->iteration.lowest;
}

clp_status clp_cascade_guess_bound(clp_solver *solver)
{
    if (!solver->coarse) return CLP_OK;
    CLP_TRY(clp_solver_find_bound(solver->coarse));
    double *values = solver->values; /* free until there is a result */
    memset(values, 0, clp_grid_node_count(&solver->assembly.op.grid) * sizeof *values);
    CLP_TRY(clp_cascade_interpolate(solver, values));
    take_spectrum(solver);
    return solver->device->backend->field_write(solver->u, 0, clp_layout_rows(&solver->level->layout),
                                                values);
}

/* The coarser solution becomes the first guess, but where the user has a better one. */
static clp_status take_better(clp_solver *solver)
{
    clp_assembly *assembly = &solver->assembly;
    size_t bytes = clp_grid_node_count(&assembly->op.grid) * sizeof *assembly->values;
    double *own = NULL, before = NAN;
    if (solver->guessed) {
        own = malloc(bytes);
        if (!own) return clp_fail_host_memory(bytes);
        memcpy(own, assembly->values, bytes);
        before = clp_reference_residual(&assembly->op, own, assembly->source).largest;
    }
    clp_status status = clp_cascade_interpolate(solver, assembly->values);
    if (own && status == CLP_OK &&
        before <= clp_reference_residual(&assembly->op, assembly->values, assembly->source).largest)
        memcpy(assembly->values, own, bytes);
    free(own);
    return status;
}

clp_status clp_cascade_guess(clp_solver *solver)
{
    if (!solver->coarse) return CLP_OK;
    clp_solver *coarse = solver->coarse;
    if (!(coarse->bound.factor > 0)) CLP_TRY(clp_solver_find_bound(coarse));
    CLP_TRY(clp_solver_find_floating(coarse));
    CLP_TRY(clp_cascade_guess(coarse));
    clp_status status = clp_solver_solve(coarse);
    if (status == CLP_ERROR_DIVERGED) return CLP_OK; /* one without a guess, then, which will say so */
    CLP_TRY(status);
    take_spectrum(solver);
    return take_better(solver);
}
