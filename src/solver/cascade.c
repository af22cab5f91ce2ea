/* SPDX-License-Identifier: MIT */
#include "solver/cascade.h"

#include "backend/reference/reference.h"
#include "grid/extent.h"
#include "problem/coarsen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Below there is little to compare with. */
enum { NODES_LEAST = 600, STEPS_AT_MOST = 60 };

clp_ranks *clp_cascade_apart(const clp_solver *solver)
{
    return solver->coarse->assembly.ranks ? NULL : solver->assembly.ranks;
}

clp_status clp_cascade_create(clp_solver *solver, const clp_problem *problem)
{
    clp_problem *coarse = NULL;
    const clp_grid *grid = clp_problem_grid(problem);
    const clp_grid whole = clp_grid_of_part(grid);
    if (!solver->method->cascades || clp_grid_node_count(&whole) < NODES_LEAST) return CLP_OK;
    clp_ranks *ranks = solver->assembly.ranks;
    clp_status status = clp_problem_coarsen(problem, ranks, &coarse);
    if (status != CLP_OK || !coarse) {
        clp_problem_destroy(coarse);
        return CLP_OK;
    }
    bool shared = clp_grid_is_part(clp_problem_grid(coarse));
    /* Parts that are too thin for cycles may be whole again in a coarser grid. */
    clp_solver_options options = {.method = solver->choice ? "auto" : solver->method->name,
                                  .precision = solver->options.precision,
                                  .tolerance = solver->options.tolerance};
    if (shared ||
        !ranks) { /* else ranks may take different numbers of steps, and a monitor may talk to all */
        options.monitor = solver->options.monitor;
        options.monitor_user = solver->options.monitor_user;
    }
    if (solver->options.criterion != CLP_CRITERION_ERROR) options.tolerance = 0;
    if (solver->method->stepwise) options.max_iterations = STEPS_AT_MOST; /* a guess is not worth more */
    status = clp_solver_create_quiet(solver->device, coarse, &options, solver->hierarchy, &solver->coarse);
    if (status == CLP_ERROR_UNSUPPORTED && ranks) { /* by colours around an odd axis, for example */
        options.method = "chebyshev";
        status =
            clp_solver_create_quiet(solver->device, coarse, &options, solver->hierarchy, &solver->coarse);
    }
    if (!shared) status = clp_ranks_agree(ranks, status);
    if (status != CLP_OK) clp_cascade_destroy(solver);
    clp_problem_destroy(coarse);
    return shared && (status == CLP_ERROR_MEMORY || status == CLP_ERROR_DEVICE) ? status : CLP_OK;
}

void clp_cascade_destroy(clp_solver *solver)
{
    clp_solver_destroy(solver->coarse);
    solver->coarse = NULL;
}

/* The smoothest errors are small already, so that the sweeps can leave them out: what was the smallest
 * eigenvalue to care about on the coarser grid, it is here as well. Where that is too much to hope for, the
 * method finds it out. */
static clp_status take_spectrum(clp_solver *solver)
{
    solver->iteration.lowest = solver->coarse->iteration.lowest;
    return clp_reduce(solver->assembly.ranks, CLP_REDUCE_MIN, &solver->iteration.lowest, 1);
}

clp_status clp_cascade_guess_bound(clp_solver *solver, const double *f)
{
    double *values = solver->values; /* free until there is a result */
    memset(values, 0, clp_grid_node_count(&solver->assembly.op.grid) * sizeof *values);
    CLP_TRY(clp_cascade_interpolate(solver, f, values));
    CLP_TRY(take_spectrum(solver));
    return solver->device->backend->field_write(solver->u, 0, clp_layout_rows(&solver->level->layout),
                                                values);
}

/* Of all parts. */
static clp_status largest_residual(const clp_assembly *assembly, const double *values, double *largest)
{
    *largest = clp_reference_residual(&assembly->op, values, assembly->source).largest;
    return clp_reduce(assembly->ranks, CLP_REDUCE_MAX, largest, 1);
}

/* The coarser solution becomes the first guess, but where the user has a better one. */
static clp_status take_better(clp_solver *solver)
{
    clp_assembly *assembly = &solver->assembly;
    solver->interpolates = solver->plain && !solver->guessed;
    solver->own_guess = false;
    if (solver->interpolates) return CLP_OK;
    size_t bytes = clp_grid_node_count(&assembly->op.grid) * sizeof *assembly->values;
    double *own = NULL, before = NAN, after = NAN;
    clp_status status = CLP_OK;
    if (solver->guessed) {
        own = malloc(bytes);
        CLP_TRY(clp_ranks_agree(assembly->ranks, own ? CLP_OK : clp_fail_host_memory(bytes)));
        memcpy(own, assembly->values, bytes);
        status = largest_residual(assembly, own, &before);
    }
    if (status == CLP_OK) status = clp_cascade_interpolate(solver, assembly->source, assembly->values);
    if (status == CLP_OK && own) status = largest_residual(assembly, assembly->values, &after);
    solver->own_guess = own && status == CLP_OK && before <= after;
    if (solver->own_guess) memcpy(assembly->values, own, bytes);
    free(own);
    return status;
}

/* What a grid is off by itself, a quarter of what the next coarser one is, is more than ten times as much. */
static clp_status find_enough(clp_solver *solver)
{
    double coarser = solver->coarse ? solver->coarse->report.discretization_estimate : NAN;
    solver->enough = solver->plain && coarser > 0 && isfinite(coarser) ? 0.1 * 0.25 * coarser : 0;
    /* Ranks that each have the coarser grid whole may differ by rounding. */
    return clp_reduce(solver->assembly.ranks, CLP_REDUCE_MAX, &solver->enough, 1);
}

/* All that the coarser solver needs before it solves. */
static clp_status prepare(clp_solver *coarse)
{
    if (!(coarse->bound.factor > 0)) CLP_TRY(clp_solver_find_bound(coarse));
    CLP_TRY(clp_solver_find_floating(coarse));
    CLP_TRY(clp_cascade_guess(coarse));
    CLP_TRY(find_enough(coarse));
    coarse->report.iterations = 0; /* of a run before */
    return CLP_OK;
}

clp_status clp_cascade_guess(clp_solver *solver)
{
    solver->interpolates = false;
    if (!solver->coarse) return CLP_OK;
    clp_solver *coarse = solver->coarse;
    CLP_TRY(clp_ranks_agree(clp_cascade_apart(solver), prepare(coarse)));
    clp_status status = clp_ranks_agree(clp_cascade_apart(solver), clp_solver_solve(coarse));
    coarse->enough = 0;                              /* other solves are for more than a guess */
    if (status == CLP_ERROR_DIVERGED) return CLP_OK; /* one without a guess, then, which will say so */
    CLP_TRY(status);
    CLP_TRY(take_spectrum(solver));
    return take_better(solver);
}
