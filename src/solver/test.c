/* SPDX-License-Identifier: MIT */
/* Stopping tests and the last check on the host. */
#include "backend/reference/reference.h"
#include "solver/quantities.h"
#include "solver/state.h"

#include <math.h>

bool clp_solver_needs_previous(const clp_solver *solver)
{
    return solver->options.criterion == CLP_CRITERION_STEP || solver->options.check == CLP_CHECK_HOST;
}

double clp_solver_rounding_residual(const clp_solver *solver)
{
    /* Each sweep rounds a few times a value up to the magnitude; the residual sees that times D. */
    return 8 * clp_precision_epsilon(solver->outer) * solver->assembly.op.diagonal * solver->magnitude;
}

/* How far a residual computed in double may be off: some operations on values up to the magnitude, or in a
 * network on differences, whose rounding is measured when the host verifies. */
static double rounding_of(const clp_solver *solver)
{
    const clp_operator *op = &solver->assembly.op;
    return op->network ? solver->rounding
                       : 16 * 0x1p-53 * (op->diagonal * solver->magnitude + solver->source_largest);
}

/* Norms of a residual as they may be at worst. */
static clp_norms widen(const clp_solver *solver, clp_norms norms, double rounding)
{
    norms.largest += rounding;
    norms.two += rounding * sqrt((double)solver->report.unknowns);
    return norms;
}

double clp_solver_attainable(const clp_solver *solver)
{
    bool refines = clp_solver_can_refine(solver);
    const clp_operator *op = &solver->assembly.op;
    double left = !refines      ? clp_solver_rounding_residual(solver)
                  : op->network ? solver->rounding
                                : 2 * 0x1p-53 * op->diagonal * solver->magnitude; /* of last digits */
    return 2 * clp_bound_value(&solver->bound, widen(solver, (clp_norms){.largest = 0}, left)) +
           (refines ? 0 : solver->held_rounding);
}

/* The criterion's value from the norms it looks at. */
static double criterion_value(const clp_solver *solver, clp_norms norms)
{
    double initial = solver->report.residual_initial;
    switch (solver->options.criterion) {
    case CLP_CRITERION_ERROR:
        return clp_bound_value(&solver->bound, widen(solver, norms, rounding_of(solver))) +
               solver->held_rounding;
    case CLP_CRITERION_RESIDUAL:
        return initial > 0 ? norms.two / initial : norms.two;
    case CLP_CRITERION_STEP:
        break;
    }
    return norms.largest;
}

static clp_status read_field(const clp_solver *solver, clp_field *field, double *values)
{
    return solver->device->backend->field_read(field, 0, clp_layout_rows(&solver->level->layout), values);
}

/* The test of the original program: both fields come back whole. */
static clp_status host_norms(clp_solver *solver, clp_norms *norms)
{
    const clp_operator *op = &solver->assembly.op;
    CLP_TRY(read_field(solver, solver->u, solver->values));
    CLP_TRY(read_field(solver, solver->scratch, solver->previous));
    *norms = solver->options.criterion == CLP_CRITERION_STEP
                 ? clp_reference_change(op, solver->values, solver->previous)
                 : clp_reference_residual(op, solver->values, solver->assembly.source);
    return clp_reduce_norms(solver->assembly.ranks, norms);
}

/* Of the residual of u, computed once. */
static clp_status seen_norms(clp_solver *solver, clp_norms *norms)
{
    if (!solver->has_seen) CLP_TRY(clp_iteration_norms(&solver->iteration, &solver->seen));
    solver->has_seen = true;
    *norms = solver->seen;
    return CLP_OK;
}

static clp_status device_norms(clp_solver *solver, clp_norms *norms)
{
    const clp_backend *backend = solver->device->backend;
    if (solver->options.criterion == CLP_CRITERION_STEP)
        return backend->change_norms(solver->u, solver->scratch, norms);
    return seen_norms(solver, norms);
}

clp_status clp_solver_residual(clp_solver *solver, clp_norms *norms)
{
    if (solver->options.check != CLP_CHECK_HOST) return seen_norms(solver, norms);
    CLP_TRY(read_field(solver, solver->u, solver->values));
    *norms = clp_reference_residual(&solver->assembly.op, solver->values, solver->assembly.source);
    return clp_reduce_norms(solver->assembly.ranks, norms);
}

/* A value that no right computation can have: beyond the maximum principle, or beyond all measure. */
static double highest_value(const clp_solver *solver)
{
    double allowed =
        solver->method->monotone && solver->assembly.undriven && !solver->assembly.singular ? 2 : 1e6;
    return allowed * solver->magnitude;
}

clp_status clp_solver_test(clp_solver *solver, clp_test *test)
{
    const clp_device_info *info = &solver->device->info;
    bool host = solver->options.check == CLP_CHECK_HOST;
    CLP_TRY(host ? host_norms(solver, &test->norms) : device_norms(solver, &test->norms));
    solver->report.tests++;
    test->sweeps = solver->report.sweeps;
    test->iterations = solver->report.iterations;
    if (!isfinite(test->norms.field))
        return clp_fail(CLP_ERROR_DIVERGED,
                        "the field holds NaN or infinity after %zu sweeps on %s (%s, driver %s); run "
                        "`clpoisson check` to "
                        "see whether the device computes rightly",
                        test->sweeps, info->name, info->platform, info->driver);
    bool grew = solver->assembly.undriven && test->norms.field > highest_value(solver);
    if (grew && solver->assembly.op.network && solver->hierarchy)
        return clp_fail(
            CLP_ERROR_DIVERGED,
            "the field grew to %.3g, though no value can exceed %.3g: the conductivities differ by more than "
            "%s precision can resolve; make what conducts so well an electrode, with a value or floating: "
            "true, or take a conductivity nearer to the others'",
            test->norms.field, solver->magnitude, clp_precision_name(solver->options.precision));
    if (grew)
        return clp_fail(
            CLP_ERROR_DIVERGED,
            "the field grew to %.3g after %zu sweeps on %s (%s, driver %s), though no value can exceed %.3g; "
            "run `clpoisson check` to see whether the device computes rightly",
            test->norms.field, test->sweeps, info->name, info->platform, info->driver, solver->magnitude);
    if (!solver->assembly.undriven) solver->magnitude = fmax(solver->magnitude, test->norms.field);
    if (solver->auto_tolerance) clp_solver_choose_tolerance(solver);
    test->value = criterion_value(solver, test->norms);
    return CLP_OK;
}

static double stored(const clp_solver *solver, double value)
{
    return solver->outer == CLP_PRECISION_SINGLE ? (double)(float)value : value;
}

/* Whether a part's held nodes still have the values that were written. */
static bool own_held_are_whole(const clp_solver *solver)
{
    const double *held = solver->held_values;
    const clp_operator *op = &solver->assembly.op;
    for (size_t r = 0; r < clp_operator_rows(op); r++) {
        clp_row row = clp_operator_row(op, r);
        size_t step = clp_row_held_step(op, &row);
        for (size_t i = 0; i < op->grid.nodes[0]; i += step)
            if (clp_row_is_own(op, &row, i) && clp_row_is_held(op, &row, i) &&
                solver->values[row.first + i] != stored(solver, *held++))
                return false;
    }
    return true;
}

static clp_status check_held(const clp_solver *solver)
{
    const clp_device_info *info = &solver->device->info;
    if (own_held_are_whole(solver)) return CLP_OK;
    return clp_fail(CLP_ERROR_DEVICE,
                    "%s (%s, driver %s) changed the value of a held node; its results cannot be "
                    "trusted: try another device or driver, or --backend reference",
                    info->name, info->platform, info->driver);
}

static clp_status check_device(const clp_solver *solver, clp_norms host)
{
    const clp_device_info *info = &solver->device->info;
    clp_norms device = solver->seen;
    if (!solver->has_seen) CLP_TRY(solver->device->backend->residual_norms(solver->u, solver->q, &device));
    /* In single precision the conductances and the source are rounded as well. */
    double slack = 4 * clp_solver_rounding_residual(solver) +
                   4 * clp_precision_epsilon(solver->outer) * solver->source_largest;
    CLP_TRY(clp_ranks_agree(solver->assembly.ranks, check_held(solver)));
    if (fabs(device.largest - host.largest) <= slack) return CLP_OK;
    return clp_fail(CLP_ERROR_DEVICE,
                    "%s (%s, driver %s) computes a largest residual of %.6g where the host finds %.6g, more "
                    "than rounding "
                    "explains (%.3g); its results cannot be trusted: try another device or driver, or "
                    "--backend reference",
                    info->name, info->platform, info->driver, device.largest, host.largest, slack);
}

/* Where both the exact values and these lie in known intervals, no error is larger than the two together
 * allow. */
static clp_status interval_bound(const clp_solver *solver, double *bound)
{
    double smallest, largest;
    const clp_assembly *assembly = &solver->assembly;
    *bound = INFINITY;
    if (!assembly->undriven || assembly->singular) return CLP_OK;
    CLP_TRY(clp_range(assembly, solver->values, &smallest, &largest));
    *bound = fmax(largest - assembly->held_low, assembly->held_high - smallest);
    return CLP_OK;
}

clp_status clp_solver_take_guess(clp_solver *solver)
{
    CLP_TRY(read_field(solver, solver->u, solver->values));
    return clp_solver_estimate_discretization(solver);
}

clp_status clp_solver_take_estimate(clp_solver *solver)
{
    CLP_TRY(clp_solver_estimate_discretization(solver));
    if (solver->options.tolerance != 0) return CLP_OK;
    double smallest, largest;
    CLP_TRY(clp_range(&solver->assembly, solver->values, &smallest, &largest));
    if (solver->auto_tolerance) solver->range = largest - smallest;
    solver->auto_tolerance = true; /* the estimate may be a better one */
    clp_solver_choose_tolerance(solver);
    return CLP_OK;
}

/* Of the host's residual of the values. */
static clp_status measure_rounding(clp_solver *solver)
{
    const clp_assembly *assembly = &solver->assembly;
    solver->rounding = clp_reference_rounding(&assembly->op, solver->values, assembly->source, NULL);
    return clp_reduce(assembly->ranks, CLP_REDUCE_MAX, &solver->rounding, 1);
}

clp_status clp_solver_certify(clp_solver *solver, clp_norms host, double rounding, double more)
{
    clp_report *report = &solver->report;
    double interval, bound = clp_bound_value(&solver->bound, widen(solver, host, rounding)) + more;
    CLP_TRY(interval_bound(solver, &interval));
    report->algebraic_bound = fmin(bound, interval);
    report->bound_is_certified =
        isfinite(report->algebraic_bound) && (solver->bound.certified || report->algebraic_bound == interval);
    return CLP_OK;
}

clp_status clp_solver_verify(clp_solver *solver, bool *met)
{
    clp_report *report = &solver->report;
    const clp_operator *op = &solver->assembly.op;
    CLP_TRY(read_field(solver, solver->u, solver->values));
    clp_norms host = clp_reference_residual(op, solver->values, solver->assembly.source);
    CLP_TRY(clp_reduce_norms(solver->assembly.ranks, &host));
    CLP_TRY(check_device(solver, host));
    solver->host_largest = host.largest;
    report->residual_final = host.two;
    report->residual_relative = report->residual_initial > 0 ? host.two / report->residual_initial : host.two;
    if (op->network) CLP_TRY(measure_rounding(solver));
    CLP_TRY(clp_solver_take_estimate(solver));
    CLP_TRY(clp_solver_certify(solver, host, rounding_of(solver), solver->held_rounding));
    if (!op->network && report->algebraic_bound > report->tolerance) {
        CLP_TRY(measure_rounding(solver));
        CLP_TRY(clp_solver_certify(solver, host, solver->rounding, solver->held_rounding));
    }
    switch (solver->options.criterion) {
    case CLP_CRITERION_ERROR:
        *met = report->algebraic_bound <= report->tolerance;
        break;
    case CLP_CRITERION_RESIDUAL:
        *met = report->residual_relative <= report->tolerance;
        break;
    case CLP_CRITERION_STEP:
        *met = true; /* what changed in the last sweep is the device's to say */
        break;
    }
    return CLP_OK;
}
