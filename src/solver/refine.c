/* SPDX-License-Identifier: MIT */
/*
 * Iterative refinement (J. H. Wilkinson, Rounding Errors in Algebraic Processes, 1963): the residual of what
 * the device has found is computed on the host in double, the device solves for the correction that it asks
 * for, the host adds it. So a device without double precision gets as far as one with it. And where
 * conductances jump, a field of numbers in double has a residual that no bound can make little of, because a
 * conductance of 1e6 times the last digit of u is a lot; that of field and correction together is small, and
 * its bound says how right the field is.
 */
#include "backend/reference/reference.h"
#include "solver/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 6, STEPS = 20 };

/* What the rounds work with. */
typedef struct refinement {
    double *r, *delta;
    clp_field *load; /* r, on the device */
    clp_norms norms; /* of the residual that is left */
    double rounding; /* how far norms.largest may be off */
} refinement;

bool clp_solver_can_refine(const clp_solver *solver)
{
    return solver->hierarchy && solver->options.criterion != CLP_CRITERION_STEP &&
           solver->options.precision != CLP_PRECISION_SINGLE;
}

static clp_status allocate(clp_solver *solver, refinement *work)
{
    size_t bytes = clp_grid_node_count(&solver->assembly.op.grid) * sizeof(double);
    work->r = malloc(bytes);
    work->delta = malloc(bytes);
    clp_status status = work->r && work->delta ? CLP_OK : clp_fail_host_memory(2 * bytes);
    if (status == CLP_OK) status = solver->device->backend->field_create(solver->level, &work->load);
    return clp_ranks_agree(solver->assembly.ranks, status);
}

static void finish(clp_solver *solver, refinement *work)
{
    free(work->r);
    free(work->delta);
    solver->device->backend->field_destroy(work->load);
}

/* Held nodes as they are in double, not as the device could store them: a part's own, then those of the other
 * ranks. */
static clp_status restore_held(clp_solver *solver)
{
    const clp_operator *op = &solver->assembly.op;
    const double *held = solver->held_values;
    for (size_t r = 0; r < clp_operator_rows(op); r++) {
        clp_row row = clp_operator_row(op, r);
        for (size_t i = 0; i < op->grid.nodes[0]; i++)
            if (clp_row_is_own(op, &row, i) && clp_row_is_held(op, &row, i))
                solver->values[row.first + i] = *held++;
    }
    return clp_exchange_values(solver->assembly.ranks, &op->grid, solver->values);
}

/* Of what ranks have of a residual. */
static clp_status largest_of_all(const clp_solver *solver, double *value)
{
    return clp_reduce(solver->assembly.ranks, CLP_REDUCE_MAX, value, 1);
}

static clp_status residual_norms(const clp_solver *solver, const double *u, const double *f, clp_norms *norms)
{
    *norms = clp_reference_residual(&solver->assembly.op, u, f);
    return clp_reduce_norms(solver->assembly.ranks, norms);
}

/* The device solves A delta = r from 0, until the residual's largest value is `enough`, or a step leaves more
 * than `stalled` of it. */
static clp_status solve_on_device(clp_solver *solver, refinement *work, double unit, int steps, double enough,
                                  double stalled)
{
    const clp_backend *backend = solver->device->backend;
    size_t rows = clp_layout_rows(&solver->level->layout), sweeps;
    CLP_TRY(backend->field_write(work->load, 0, rows, work->r));
    CLP_TRY(backend->clear(solver->u));
    solver->iteration = clp_solver_iteration(solver, work->load);
    if (unit > 0) solver->iteration.unit = unit;
    double before = INFINITY, left = work->norms.largest;
    for (int step = 0; step < steps && left > enough; step++) {
        before = left;
        CLP_TRY(solver->method->iterate(&solver->iteration, 1, false, &sweeps));
        solver->report.sweeps += sweeps;
        solver->report.iterations++;
        clp_norms norms;
        CLP_TRY(clp_iteration_norms(&solver->iteration, &norms));
        left = norms.largest;
        if (!(left < stalled * before)) break;
    }
    return backend->field_read(solver->u, 0, rows, work->delta);
}

/* Where nothing holds the solution the equations, times their control volumes, which those of a network have
 * in them, add up to 0. Takes out of r what they cannot answer: near rounding that is as much as all the
 * rest. */
static clp_status balance(const clp_solver *solver, double *r)
{
    const clp_operator *op = &solver->assembly.op;
    double sum = 0, volume = 0;
    for (size_t n = 0; n < clp_operator_rows(op); n++) {
        clp_row row = clp_operator_row(op, n);
        for (size_t i = 0; i < op->grid.nodes[0]; i++) {
            if (!clp_row_is_own(op, &row, i) || clp_row_is_copy(op, &row, i)) continue;
            double part = op->network ? 1 : clp_row_part(op, &row, i);
            sum += part * r[row.first + i];
            volume += part;
        }
    }
    double all[] = {sum, volume};
    CLP_TRY(clp_reduce(solver->assembly.ranks, CLP_REDUCE_SUM, all, 2));
    for (size_t p = 0; p < clp_grid_node_count(&op->grid); p++) r[p] -= all[0] / all[1];
    return CLP_OK;
}

/* What is left of f - A w, and the correction that it asks for. */
static clp_status find_correction(clp_solver *solver, refinement *work, const double *f, const double *w)
{
    const clp_operator *op = &solver->assembly.op;
    clp_reference_defect(op, w, f, work->r);
    CLP_TRY(residual_norms(solver, w, f, &work->norms));
    if (solver->assembly.singular) {
        CLP_TRY(balance(solver, work->r));
        memset(work->delta, 0, clp_grid_node_count(&op->grid) * sizeof *work->delta);
        CLP_TRY(residual_norms(solver, work->delta, work->r, &work->norms));
    }
    double largest = work->norms.largest;
    return solve_on_device(solver, work, largest / op->diagonal, STEPS, 1e-4 * largest, 0.7);
}

/* The norm that the criterion looks at. */
static double decisive(const clp_solver *solver, clp_norms norms)
{
    bool two = solver->options.criterion == CLP_CRITERION_RESIDUAL || solver->bound.of_two;
    return two ? norms.two : norms.largest;
}

/* Adds the correction, if it is one, and forgets it if it is none. What is left of the residual is that of
 * the correction's own equation. */
static clp_status add_correction(clp_solver *solver, refinement *work, bool *added)
{
    const clp_operator *op = &solver->assembly.op;
    size_t count = clp_grid_node_count(&op->grid);
    clp_norms left;
    CLP_TRY(residual_norms(solver, work->delta, work->r, &left));
    *added = decisive(solver, left) < decisive(solver, work->norms);
    if (!*added) {
        memset(work->delta, 0, count * sizeof *work->delta);
        return CLP_OK;
    }
    work->norms = left;
    double rounding = clp_reference_rounding(op, work->delta, work->r, NULL);
    CLP_TRY(largest_of_all(solver, &rounding));
    work->rounding += rounding;
    for (size_t p = 0; p < count; p++) {
        solver->values[p] += work->delta[p];
        solver->magnitude = fmax(solver->magnitude, fabs(solver->values[p]));
    }
    return largest_of_all(solver, &solver->magnitude);
}

/* The last digit of the sum of field and correction. */
static double last_digit(const clp_solver *solver)
{
    return 0x1p-53 * solver->magnitude;
}

/* Of the same field as before. */
static void lower_bound(clp_solver *solver, double bound)
{
    clp_report *report = &solver->report;
    bound += last_digit(solver);
    if (!(bound < report->algebraic_bound)) return;
    report->algebraic_bound = bound;
    report->bound_is_certified = solver->bound.certified;
}

/* What the criterion makes of the refined field. */
static clp_status judge(clp_solver *solver, const refinement *work, bool *met)
{
    clp_report *report = &solver->report;
    double potentials = solver->bound.certified ? 0 : solver->held_rounding; /* of electrodes that float */
    CLP_TRY(clp_solver_certify(solver, work->norms, work->rounding, potentials + last_digit(solver)));
    report->residual_final = work->norms.two;
    report->residual_relative =
        report->residual_initial > 0 ? work->norms.two / report->residual_initial : work->norms.two;
    *met = solver->options.criterion == CLP_CRITERION_RESIDUAL
               ? report->residual_relative <= report->tolerance
               : report->algebraic_bound <= report->tolerance;
    return CLP_OK;
}

/* ---- a bound made for this residual ---- */

/* What the residual of the sum of field and correction can be at worst, node by node, into r; not less than a
 * part of what the bound so far takes it for, so that the solve for w can come near it everywhere. */
static double fill_worst(clp_solver *solver, refinement *work)
{
    const double part = 1e-3;
    const clp_operator *op = &solver->assembly.op;
    size_t count = clp_grid_node_count(&op->grid);
    double *worst = work->r, top = part * (work->norms.largest + work->rounding) / op->diagonal;
    clp_reference_defect(op, work->delta, work->r, worst);
    for (size_t p = 0; p < count; p++) worst[p] = fabs(worst[p]);
    clp_reference_rounding(op, solver->values, solver->assembly.source, worst);
    clp_reference_rounding(op, work->delta, NULL, worst);
    for (size_t p = 0; p < count; p++)
        worst[p] = fmax(2 * worst[p], top * op->diagonal * clp_operator_measure(op, p));
    return top * op->diagonal;
}

/* The largest part of f that A w misses somewhere, rounding included. */
static clp_status missing_part(const clp_solver *solver, const double *w, const double *f, double *r,
                               double *missing)
{
    const clp_operator *op = &solver->assembly.op;
    size_t count = clp_grid_node_count(&op->grid);
    clp_reference_defect(op, w, f, r);
    for (size_t p = 0; p < count; p++) r[p] = fabs(r[p]);
    clp_reference_rounding(op, w, f, r);
    *missing = 0;
    for (size_t p = 0; p < count; p++)
        if (op->network->diagonal[p] > 0) *missing = fmax(*missing, w[p] >= 0 ? r[p] / f[p] : INFINITY);
    return largest_of_all(solver, missing);
}

/* w for |residual| = f, from the device's, as good as it gets. */
static clp_status finish_w(clp_solver *solver, const double *f, double *w, double *missing)
{
    size_t bytes = clp_grid_node_count(&solver->assembly.op.grid) * sizeof(double);
    double *scratch = malloc(bytes);
    clp_status status =
        clp_ranks_agree(solver->assembly.ranks, scratch ? CLP_OK : clp_fail_host_memory(bytes));
    if (status == CLP_OK) status = missing_part(solver, w, f, scratch, missing);
    for (int round = 0; round < ROUNDS && status == CLP_OK && *missing > 0.5; round++) {
        status = clp_solver_correct(solver, f, w);
        if (status == CLP_OK) status = missing_part(solver, w, f, scratch, missing);
    }
    free(scratch);
    return status;
}

/*
 * One w serves all residuals, so it must take each node's for as large as the largest one. Now that this one
 * is known: |error| <= A^-1 |residual|, and any w >= 0 with A w >= (1 - m) |residual| tells |error| <= w / (1
 * - m).
 */
static clp_status sharpen(clp_solver *solver, refinement *work, bool *met)
{
    enum { STEPS_FOR_W = 40 };
    double least = fill_worst(solver, work), highest = 0, missing = INFINITY;
    double unit = clp_bound_value(&solver->bound, (clp_norms){.largest = 1e3 * least});
    work->norms.largest = INFINITY; /* of r, which is not looked at */
    CLP_TRY(solve_on_device(solver, work, unit, STEPS_FOR_W, 0.2 * least, INFINITY));
    CLP_TRY(finish_w(solver, work->r, work->delta, &missing));
    for (size_t p = 0; p < clp_grid_node_count(&solver->assembly.op.grid); p++)
        highest = fmax(highest, work->delta[p]);
    CLP_TRY(largest_of_all(solver, &highest));
    if (missing < 1) lower_bound(solver, highest / (1 - missing) * (1 + 0x1p-40));
    *met = solver->report.algebraic_bound <= solver->report.tolerance;
    return CLP_OK;
}

clp_status clp_solver_correct(clp_solver *solver, const double *f, double *w)
{
    refinement work = {0};
    const clp_operator *op = &solver->assembly.op;
    clp_status status = allocate(solver, &work);
    if (status == CLP_OK) status = find_correction(solver, &work, f, w);
    for (size_t p = 0; p < clp_grid_node_count(&op->grid) && status == CLP_OK; p++) w[p] += work.delta[p];
    finish(solver, &work);
    return status;
}

static clp_status refine(clp_solver *solver, refinement *work, bool *met)
{
    const clp_operator *op = &solver->assembly.op;
    double before = INFINITY;
    CLP_TRY(restore_held(solver));
    for (int round = 0; round < ROUNDS && !*met; round++) {
        bool added;
        work->rounding = clp_reference_rounding(op, solver->values, solver->assembly.source, NULL);
        CLP_TRY(largest_of_all(solver, &work->rounding));
        CLP_TRY(find_correction(solver, work, solver->assembly.source, solver->values));
        CLP_TRY(add_correction(solver, work, &added));
        if (!added) break;
        CLP_TRY(clp_solver_take_estimate(solver));
        CLP_TRY(judge(solver, work, met));
        if (!(solver->report.algebraic_bound < 0.5 * before)) break;
        before = solver->report.algebraic_bound;
    }
    solver->refined = true;
    bool sharpens = !*met && op->network && !solver->assembly.singular &&
                    solver->options.criterion == CLP_CRITERION_ERROR;
    return sharpens ? sharpen(solver, work, met) : CLP_OK;
}

clp_status clp_solver_refine(clp_solver *solver, bool *met)
{
    refinement work = {0};
    *met = false;
    clp_status status = allocate(solver, &work);
    if (status == CLP_OK) status = refine(solver, &work, met);
    finish(solver, &work);
    return status;
}
