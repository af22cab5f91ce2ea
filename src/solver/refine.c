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
    return solver->hierarchy && !solver->assembly.ranks && solver->options.criterion != CLP_CRITERION_STEP &&
           solver->options.precision != CLP_PRECISION_SINGLE;
}

static clp_status allocate(clp_solver *solver, refinement *work)
{
    size_t bytes = clp_grid_node_count(&solver->assembly.op.grid) * sizeof(double);
    work->r = malloc(bytes);
    work->delta = malloc(bytes);
    if (!work->r || !work->delta) return clp_fail_host_memory(2 * bytes);
    return solver->device->backend->field_create(solver->level, &work->load);
}

static void finish(clp_solver *solver, refinement *work)
{
    free(work->r);
    free(work->delta);
    solver->device->backend->field_destroy(work->load);
}

/* Held nodes as they are in double, not as the device could store them. */
static void restore_held(clp_solver *solver)
{
    const clp_operator *op = &solver->assembly.op;
    const double *held = solver->held_values;
    for (size_t r = 0; r < clp_operator_rows(op); r++) {
        clp_row row = clp_operator_row(op, r);
        for (size_t i = 0; i < op->grid.nodes[0]; i++)
            if (clp_row_is_held(op, &row, i)) solver->values[row.first + i] = *held++;
    }
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
static void balance(const clp_operator *op, double *r)
{
    double sum = 0, volume = 0;
    for (size_t n = 0; n < clp_operator_rows(op); n++) {
        clp_row row = clp_operator_row(op, n);
        for (size_t i = 0; i < op->grid.nodes[0]; i++) {
            if (clp_row_is_copy(op, &row, i)) continue;
            double part = op->network ? 1 : clp_row_part(op, &row, i);
            sum += part * r[row.first + i];
            volume += part;
        }
    }
    for (size_t p = 0; p < clp_grid_node_count(&op->grid); p++) r[p] -= sum / volume;
}

/* What is left of f - A w, and the correction that it asks for. */
static clp_status find_correction(clp_solver *solver, refinement *work, const double *f, const double *w)
{
    const clp_operator *op = &solver->assembly.op;
    clp_reference_defect(op, w, f, work->r);
    work->norms = clp_reference_residual(op, w, f);
    if (solver->assembly.singular) {
        balance(op, work->r);
        memset(work->delta, 0, clp_grid_node_count(&op->grid) * sizeof *work->delta);
        work->norms = clp_reference_residual(op, work->delta, work->r);
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
static bool add_correction(clp_solver *solver, refinement *work)
{
    const clp_operator *op = &solver->assembly.op;
    size_t count = clp_grid_node_count(&op->grid);
    clp_norms left = clp_reference_residual(op, work->delta, work->r);
    if (!(decisive(solver, left) < decisive(solver, work->norms))) {
        memset(work->delta, 0, count * sizeof *work->delta);
        return false;
    }
    work->norms = left;
    work->rounding += clp_reference_rounding(op, work->delta, work->r, NULL);
    for (size_t p = 0; p < count; p++) {
        solver->values[p] += work->delta[p];
        solver->magnitude = fmax(solver->magnitude, fabs(solver->values[p]));
    }
    return true;
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
static double missing_part(const clp_operator *op, const double *w, const double *f, double *r)
{
    size_t count = clp_grid_node_count(&op->grid);
    double missing = 0;
    clp_reference_defect(op, w, f, r);
    for (size_t p = 0; p < count; p++) r[p] = fabs(r[p]);
    clp_reference_rounding(op, w, f, r);
    for (size_t p = 0; p < count; p++) {
        if (op->network->diagonal[p] == 0) continue;
        if (!(w[p] >= 0)) return INFINITY;
        missing = fmax(missing, r[p] / f[p]);
    }
    return missing;
}

/*
 * One w serves all residuals, so it must take each node's for as large as the largest one. Now that this one
 * is known: |error| <= A^-1 |residual|, and any w >= 0 with A w >= (1 - m) |residual| tells |error| <= w / (1
 * - m).
 */
static clp_status sharpen(clp_solver *solver, refinement *work, bool *met)
{
    enum { STEPS_FOR_W = 40 };
    const clp_operator *op = &solver->assembly.op;
    size_t count = clp_grid_node_count(&op->grid);
    double least = fill_worst(solver, work), highest = 0;
    double unit = clp_bound_value(&solver->bound, (clp_norms){.largest = 1e3 * least});
    work->norms.largest = INFINITY; /* of r, which is not looked at */
    CLP_TRY(solve_on_device(solver, work, unit, STEPS_FOR_W, 0.2 * least, INFINITY));
    double *scratch = malloc(count * sizeof *scratch);
    if (!scratch) return clp_fail_host_memory(count * sizeof *scratch);
    double missing = missing_part(op, work->delta, work->r, scratch);
    clp_status status = CLP_OK;
    for (int round = 0; round < ROUNDS && missing > 0.5 && status == CLP_OK; round++) {
        status = clp_solver_correct(solver, work->r, work->delta);
        missing = missing_part(op, work->delta, work->r, scratch);
    }
    free(scratch);
    CLP_TRY(status);
    for (size_t p = 0; p < count; p++) highest = fmax(highest, work->delta[p]);
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
    restore_held(solver);
    for (int round = 0; round < ROUNDS && !*met; round++) {
        work->rounding = clp_reference_rounding(op, solver->values, solver->assembly.source, NULL);
        CLP_TRY(find_correction(solver, work, solver->assembly.source, solver->values));
        if (!add_correction(solver, work)) break;
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
