/* SPDX-License-Identifier: MIT */
#include "solver/cascade.h"

#include "backend/reference/reference.h"
#include "problem/coarsen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Below there is little to compare with. */
enum { NODES_LEAST = 600, STEPS_AT_MOST = 60 };

void clp_cascade_create(clp_solver *solver, const clp_problem *problem)
{
    clp_problem *coarse = NULL;
    const clp_grid *grid = clp_problem_grid(problem);
    if (!solver->method->cascades || clp_grid_node_count(grid) < NODES_LEAST) return;
    if (clp_problem_coarsen(problem, &coarse) != CLP_OK || !coarse) return;
    clp_solver_options options = {.method = solver->method->name,
                                  .precision = solver->options.precision,
                                  .monitor = solver->options.monitor,
                                  .monitor_user = solver->options.monitor_user,
                                  .tolerance = solver->options.tolerance};
    if (solver->options.criterion != CLP_CRITERION_ERROR) options.tolerance = 0;
    if (solver->method->stepwise) options.max_iterations = STEPS_AT_MOST; /* a guess is not worth more */
    clp_status status =
        clp_solver_create_quiet(solver->device, coarse, &options, solver->hierarchy, &solver->coarse);
    if (status != CLP_OK) solver->coarse = NULL;
    clp_problem_destroy(coarse);
}

void clp_cascade_destroy(clp_solver *solver)
{
    clp_solver_destroy(solver->coarse);
    solver->coarse = NULL;
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

/* Up to four coarse nodes in a row, and their weights. */
typedef struct taps {
    size_t first;
    int count;
    double weight[4];
} taps;

/*
 * Cubic where coefficients do not jump and there are nodes enough, else linear. Cubics leave much smaller
 * rough errors: those that a residual shows.
 */
static taps taps_at(const clp_grid *fine, const clp_grid *coarse, int axis, size_t index, bool smooth)
{
    taps made = {.count = 1, .weight = {1}};
    double part;
    if (axis >= clp_grid_dimensions(fine)) return made;
    size_t nodes = coarse->nodes[axis];
    place(fine, coarse, axis, index, &made.first, &part);
    made.count = 2;
    made.weight[0] = 1 - part;
    made.weight[1] = part;
    if (!smooth || nodes < 4) return made;
    size_t first = made.first == 0 ? 0 : made.first - 1;
    if (first + 4 > nodes) first = nodes - 4;
    clp_cubic_weights((double)(made.first - first) + part, made.weight);
    made.first = first;
    made.count = 4;
    return made;
}

/* A row of the coarse grid's values, mixed out of some rows and planes. */
static void mix_rows(const clp_solver *coarse, const taps *y, const taps *z, double *line)
{
    const clp_operator *op = &coarse->assembly.op;
    size_t nx = op->grid.nodes[0];
    for (size_t i = 0; i < nx; i++) line[i] = 0;
    for (int c = 0; c < z->count; c++)
        for (int b = 0; b < y->count; b++) {
            const double *row = coarse->values + (z->first + (size_t)c) * clp_operator_step(op, 2) +
                                (y->first + (size_t)b) * clp_operator_step(op, 1);
            double weight = z->weight[c] * y->weight[b];
            for (size_t i = 0; weight != 0 && i < nx; i++) line[i] += weight * row[i];
        }
}

static void interpolate_row(const clp_operator *op, size_t r, const taps *x, const double *line, double *to)
{
    const clp_row row = clp_operator_row(op, r);
    for (size_t i = 0; i < op->grid.nodes[0]; i++) {
        if (clp_row_is_held(op, &row, i)) continue;
        const double *from = line + x[i].first, *weight = x[i].weight;
        double value = weight[0] * from[0];
        for (int a = 1; a < x[i].count; a++) value += weight[a] * from[a];
        to[row.first + i] = value;
    }
}

clp_status clp_cascade_interpolate(const clp_solver *solver, double *to)
{
    enum { BLOCK = 32 }; /* rows that share a line */
    const clp_operator *op = &solver->assembly.op;
    const clp_grid *fine = &op->grid, *coarse = &solver->coarse->assembly.op.grid;
    size_t nx = fine->nodes[0], rows = clp_operator_rows(op), blocks = (rows + BLOCK - 1) / BLOCK,
           missing = 0;
    bool smooth = !op->network;
    taps *x = malloc(nx * sizeof *x);
    if (!x) return clp_fail_host_memory(nx * sizeof *x);
    for (size_t i = 0; i < nx; i++) x[i] = taps_at(fine, coarse, 0, i, smooth);
#pragma omp parallel for schedule(static) reduction(+ : missing)
    for (size_t block = 0; block < blocks; block++) {
        double *line = malloc(coarse->nodes[0] * sizeof *line);
        missing += !line;
        for (size_t r = block * BLOCK; line && r < rows && r < (block + 1) * BLOCK; r++) {
            taps y = taps_at(fine, coarse, 1, r % fine->nodes[1], smooth);
            taps z = taps_at(fine, coarse, 2, r / fine->nodes[1], smooth);
            mix_rows(solver->coarse, &y, &z, line);
            interpolate_row(op, r, x, line, to);
        }
        free(line);
    }
    free(x);
    return missing ? clp_fail_host_memory(coarse->nodes[0] * sizeof(double)) : CLP_OK;
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

/* What a grid is off by itself, a quarter of what the next coarser one is, is more than ten times as much. */
static double error_that_is_enough(const clp_solver *solver)
{
    double coarser = solver->coarse ? solver->coarse->report.discretization_estimate : NAN;
    return solver->plain && coarser > 0 && isfinite(coarser) ? 0.1 * 0.25 * coarser : 0;
}

clp_status clp_cascade_guess(clp_solver *solver)
{
    if (!solver->coarse) return CLP_OK;
    clp_solver *coarse = solver->coarse;
    if (!(coarse->bound.factor > 0)) CLP_TRY(clp_solver_find_bound(coarse));
    CLP_TRY(clp_solver_find_floating(coarse));
    CLP_TRY(clp_cascade_guess(coarse));
    coarse->enough = error_that_is_enough(coarse);
    clp_status status = clp_solver_solve(coarse);
    if (status == CLP_ERROR_DIVERGED) return CLP_OK; /* one without a guess, then, which will say so */
    CLP_TRY(status);
    take_spectrum(solver);
    return take_better(solver);
}
