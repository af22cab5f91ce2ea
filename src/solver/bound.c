/* SPDX-License-Identifier: MIT */
#include "solver/bound.h"

#include "backend/reference/reference.h"
#include "solver/cascade.h"
#include "solver/method.h"
#include "solver/state.h"

#include "base/checked.h"

#include <math.h>
#include <stdlib.h>

/* The rounding of these functions themselves. */
static const double rounding = 1 + 0x1p-40;

/* Smallest part of a control volume that belongs to a node of a box without held sides. */
static double smallest_part(const clp_operator *op)
{
    double part = 1;
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++)
        if (!op->periodic[axis]) part *= 0.5;
    return part;
}

clp_bound clp_bound_plain(const clp_operator *part, bool singular)
{
    const clp_operator whole = clp_operator_whole(part), *op = &whole;
    if (singular) {
        double factor = 1 / (clp_lowest_eigenvalue(op) * op->diagonal * sqrt(smallest_part(op)));
        return (clp_bound){.factor = factor * rounding, .of_two = true, .certified = true};
    }
    /* Between two held sides a length L apart w = x (L - x) / 2k will do, between a held and an insulated one
     * w = x (2L - x) / 2k, which the stencil is exact for; with a reaction w = 1 / sigma. */
    double least = op->shunt > 0 ? 1 / op->shunt : INFINITY;
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++) {
        int held = op->held[2 * axis] + op->held[2 * axis + 1];
        if (held == 0) continue;
        /* size^2 / k, from the very conductance that the sweeps use */
        double cells = (double)(op->grid.nodes[axis] - 1), square = cells * cells / op->conductance[axis];
        least = fmin(least, held == 2 ? square / 8 : square / 2);
    }
    return (clp_bound){.factor = least * rounding, .certified = true};
}

clp_status clp_bound_singular(const clp_operator *op, clp_ranks *ranks, clp_bound *bound)
{
    clp_operator box = clp_operator_whole(op);
    double least = INFINITY;
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++) {
        double spacing = clp_grid_spacing(&op->grid, axis);
        box.conductance[axis] = 1 / (spacing * spacing);
        for (size_t p = 0; p < clp_grid_node_count(&op->grid); p++) {
            if (clp_operator_at(op, p, axis) + 1 == op->grid.nodes[axis] || !clp_operator_in_range(op, p))
                continue;
            double unit = box.conductance[axis] * clp_operator_face_part(op, axis, p);
            least = fmin(least, op->network->conductance[axis][p] / unit);
        }
    }
    box.diagonal = 1;
    CLP_TRY(clp_reduce(ranks, CLP_REDUCE_MIN, &least, 1));
    double eigenvalue = least * clp_lowest_eigenvalue(&box);
    *bound = (clp_bound){
        .factor = rounding / (eigenvalue * smallest_part(&box)), .of_two = true, .certified = eigenvalue > 0};
    return CLP_OK;
}

clp_status clp_bound_of(const clp_operator *op, clp_ranks *ranks, const double *w, const double *f,
                        clp_bound *bound)
{
    double highest = 0, lowest = 0;
#pragma omp parallel for schedule(static) reduction(max : highest) reduction(min : lowest)
    for (size_t p = 0; p < clp_grid_node_count(&op->grid); p++) {
        highest = fmax(highest, w[p]);
        lowest = fmin(lowest, w[p]);
    }
    clp_norms norms = clp_reference_residual(op, w, f);
    CLP_TRY(clp_reduce_norms(ranks, &norms));
    double most[] = {highest, -lowest, clp_reference_rounding(op, w, f, NULL)};
    CLP_TRY(clp_reduce(ranks, CLP_REDUCE_MAX, most, 3));
    /* A w >= (1 - largest) f, but for the rounding of the recomputation. */
    double missing = norms.largest + most[2];
    bool certified = missing < 1 && most[1] <= 0;
    /* A w that was not found says nothing at all. */
    *bound = (clp_bound){.factor = certified ? most[0] / (1 - missing) * rounding : INFINITY,
                         .certified = certified};
    return CLP_OK;
}

double clp_bound_value(const clp_bound *bound, clp_norms norms)
{
    return bound->factor * (bound->of_two ? norms.two : norms.largest);
}

/* ---- w of a network ---- */

/* f, what residuals are measured by, and 0 where nothing is to be solved. */
static double *create_load(const clp_operator *op)
{
    size_t count = clp_grid_node_count(&op->grid);
    double *f = malloc(count * sizeof *f);
    if (!f) return NULL;
#pragma omp parallel for schedule(static)
    for (size_t p = 0; p < count; p++) f[p] = clp_operator_measure(op, p);
    return f;
}

/* Solves A w = f from what u holds until the residual is a tenth of f, or gets no better. */
static clp_status solve_for_w(clp_solver *solver, clp_iteration *iteration)
{
    const int patience = solver->hierarchy ? 4 : 30;
    const double enough = 0.1;
    clp_norms norms;
    double best = INFINITY, before = NAN;
    int since = 0;
    while (since < patience && !iteration->broken) {
        size_t sweeps = 0,
               steps = solver->method->stepwise ? 1 : clp_max(solver->method->period(iteration), 16);
        CLP_TRY(solver->method->iterate(iteration, steps, false, &sweeps));
        solver->report.sweeps += sweeps;
        CLP_TRY(clp_iteration_norms(iteration, &norms));
        if (!isfinite(norms.field) || norms.largest <= enough) return CLP_OK;
        if (norms.largest < 0.9 * best) since = 0;
        best = fmin(best, norms.largest);
        since++;
        if (solver->method->learn && before > 0) solver->method->learn(iteration, norms.two / before, steps);
        before = norms.two;
        clp_progress progress = {.iterations = 0,
                                 .sweeps = solver->report.sweeps,
                                 .value = norms.largest,
                                 .tolerance = enough,
                                 .sweeps_left = NAN,
                                 .updates_per_second = NAN};
        if (!clp_solver_goes_on(solver, &progress)) return CLP_OK;
    }
    return CLP_OK;
}

/* The bound from w for the measure as it is. */
static clp_status find_w(clp_solver *solver)
{
    enum { ROUNDS = 5 };
    const clp_backend *backend = solver->device->backend;
    const clp_operator *op = &solver->assembly.op;
    size_t rows = clp_layout_rows(&solver->level->layout);
    clp_field *load = solver->q, *own = NULL;
    double *f = create_load(op);
    if (!f) return clp_fail_host_memory(clp_grid_node_count(&op->grid) * sizeof *f);
    clp_status status = CLP_OK;
    if (!load) status = backend->field_create(solver->level, &own);
    if (own) load = own;
    if (status == CLP_OK) status = backend->field_write(load, 0, rows, f);
    if (status != CLP_OK) goto cleanup;
    solver->iteration = clp_solver_iteration(solver, load);
    status = solver->coarse ? clp_cascade_guess_bound(solver, f) : backend->clear(solver->u);
    if (status == CLP_OK) status = solve_for_w(solver, &solver->iteration);
    if (status == CLP_OK) status = backend->field_read(solver->u, 0, rows, solver->values);
    if (status == CLP_OK)
        status = clp_bound_of(op, solver->assembly.ranks, solver->values, f, &solver->bound);
    /* Where conductances jump by much, the device's precision may not do for w itself. */
    for (int round = 0; round < ROUNDS && status == CLP_OK && solver->hierarchy && !solver->bound.certified;
         round++) {
        status = clp_solver_correct(solver, f, solver->values);
        if (status == CLP_OK)
            status = clp_bound_of(op, solver->assembly.ranks, solver->values, f, &solver->bound);
    }
cleanup:
    backend->field_destroy(own);
    free(f);
    return status;
}

static clp_status find_w_for(clp_solver *solver, double least)
{
    solver->assembly.op.least = solver->level->op.least = least;
    return find_w(solver);
}

/*
 * On the coarsest grid: how much nodes that conduct badly may add to f before w feels it. If w1 is for f =
 * D[p] / D and w2 for f = 1, then for the larger one of D[p] / D and c it is at most w1 + c w2. Without
 * cycles it would take too long.
 */
static clp_status find_least(clp_solver *solver)
{
    const double more = 0.25, differs = 0.1, too_much = 2;
    CLP_TRY(find_w_for(solver, 0));
    double own = solver->bound.factor;
    double smallest;
    if (!isfinite(own) || !solver->hierarchy) return CLP_OK;
    CLP_TRY(clp_solver_smallest_part(solver, &smallest));
    if (smallest > differs) return CLP_OK;
    CLP_TRY(find_w_for(solver, 1));
    double least = more * own / solver->bound.factor;
    CLP_TRY(find_w_for(solver, least > 1e-20 ? fmin(least, 1) : 0));
    return solver->bound.factor <= too_much * own ? CLP_OK : find_w_for(solver, 0);
}

/* With the measure of the coarser problem, unless there is something on this grid that it has not seen. */
static clp_status find_w_like(clp_solver *solver, const clp_solver *coarse)
{
    const double too_much = 4;
    /* Ranks that each have the coarser grid whole may differ by rounding. */
    double most[] = {coarse->assembly.op.least, coarse->bound.factor};
    CLP_TRY(clp_reduce(solver->assembly.ranks, CLP_REDUCE_MAX, most, 2));
    CLP_TRY(find_w_for(solver, most[0]));
    bool as_expected = isfinite(solver->bound.factor) && solver->bound.factor <= too_much * most[1];
    return solver->assembly.op.least == 0 || as_expected ? CLP_OK : find_w_for(solver, 0);
}

clp_status clp_solver_find_bound(clp_solver *solver)
{
    const clp_operator *op = &solver->assembly.op;
    clp_solver *coarse = solver->coarse;
    if (op->network && !solver->assembly.singular) {
        if (!coarse) return find_least(solver);
        CLP_TRY(clp_ranks_agree(clp_cascade_apart(solver), clp_solver_find_bound(coarse)));
        return find_w_like(solver, coarse);
    }
    if (op->network) return clp_bound_singular(op, solver->assembly.ranks, &solver->bound);
    solver->bound = clp_bound_plain(op, solver->assembly.singular);
    return CLP_OK;
}
