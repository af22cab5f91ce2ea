/* SPDX-License-Identifier: MIT */
/* Stopping tests and the last check on the host. */
#include "backend/reference/reference.h"
#include "solver/state.h"

#include <math.h>

bool clp_solver_needs_previous(const clp_solver *solver)
{
    return solver->options.criterion == CLP_CRITERION_STEP || solver->options.check == CLP_CHECK_HOST;
}

double clp_solver_rounding_residual(const clp_solver *solver)
{
    /* Each sweep rounds a few times a value up to the magnitude; the residual sees that times D. */
    return 8 * clp_precision_epsilon(solver->options.precision) * clp_operator_diagonal(&solver->op) *
           solver->magnitude;
}

/* The criterion's value from the norms it looks at. */
static double criterion_value(const clp_solver *solver, clp_norms norms)
{
    double initial = solver->report.residual_initial;
    switch (solver->options.criterion) {
    case CLP_CRITERION_ERROR:
        return solver->bound_factor * norms.largest + solver->held_rounding;
    case CLP_CRITERION_RESIDUAL:
        return initial > 0 ? norms.two / initial : norms.two;
    case CLP_CRITERION_STEP:
        break;
    }
    return norms.largest;
}

static clp_status read_field(const clp_solver *solver, clp_field *field, double *values)
{
    return solver->device->backend->field_read(field, 0, solver->op.grid.nodes[1], values);
}

/* The test of the original program: both fields come back whole. */
static clp_status host_norms(clp_solver *solver, clp_norms *norms)
{
    CLP_TRY(read_field(solver, solver->u, solver->values));
    CLP_TRY(read_field(solver, solver->scratch, solver->previous));
    *norms = solver->options.criterion == CLP_CRITERION_STEP
                 ? clp_reference_change(&solver->op, solver->values, solver->previous)
                 : clp_reference_residual(&solver->op, solver->values);
    return CLP_OK;
}

static clp_status device_norms(clp_solver *solver, clp_norms *norms)
{
    const clp_backend *backend = solver->device->backend;
    return solver->options.criterion == CLP_CRITERION_STEP
               ? backend->change_norms(solver->u, solver->scratch, norms)
               : backend->residual_norms(solver->u, NULL, norms);
}

clp_status clp_solver_residual(clp_solver *solver, clp_norms *norms)
{
    if (solver->options.check != CLP_CHECK_HOST)
        return solver->device->backend->residual_norms(solver->u, NULL, norms);
    CLP_TRY(read_field(solver, solver->u, solver->values));
    *norms = clp_reference_residual(&solver->op, solver->values);
    return CLP_OK;
}

clp_status clp_solver_test(clp_solver *solver, clp_test *test)
{
    const clp_device_info *info = &solver->device->info;
    bool host = solver->options.check == CLP_CHECK_HOST;
    CLP_TRY(host ? host_norms(solver, &test->norms) : device_norms(solver, &test->norms));
    solver->report.tests++;
    test->sweeps = solver->report.sweeps;
    if (!isfinite(test->norms.field))
        return clp_fail(CLP_ERROR_DIVERGED,
                        "the field holds NaN or infinity after %zu sweeps on %s (%s, driver %s); run "
                        "`clpoisson check` to "
                        "see whether the device computes rightly",
                        test->sweeps, info->name, info->platform, info->driver);
    if (test->norms.field > 2 * solver->magnitude)
        return clp_fail(
            CLP_ERROR_DIVERGED,
            "the field grew to %.3g after %zu sweeps on %s (%s, driver %s), though no value can exceed %.3g; "
            "run `clpoisson check` to see whether the device computes rightly",
            test->norms.field, test->sweeps, info->name, info->platform, info->driver, solver->magnitude);
    test->value = criterion_value(solver, test->norms);
    return CLP_OK;
}

static double stored(const clp_solver *solver, double value)
{
    return solver->options.precision == CLP_PRECISION_SINGLE ? (double)(float)value : value;
}

/* Whether the held nodes still have the values that were written. */
static bool border_is_whole(const clp_solver *solver)
{
    size_t nx = solver->op.grid.nodes[0], ny = solver->op.grid.nodes[1];
    for (int side = 0; side < CLP_SIDES; side++) {
        if (!solver->op.held[side]) continue;
        size_t count = side < 2 ? ny : nx, step = side < 2 ? nx : 1;
        const double *node = solver->values + (side == 1 ? nx - 1 : side == 3 ? (ny - 1) * nx : 0);
        for (size_t i = 0; i < count; i++)
            if (node[i * step] != stored(solver, solver->border[side][i])) return false;
    }
    return true;
}

static clp_status check_device(const clp_solver *solver, clp_norms host)
{
    const clp_device_info *info = &solver->device->info;
    clp_norms device;
    CLP_TRY(solver->device->backend->residual_norms(solver->u, NULL, &device));
    double slack = 4 * clp_solver_rounding_residual(solver);
    if (fabs(device.largest - host.largest) <= slack && border_is_whole(solver)) return CLP_OK;
    if (fabs(device.largest - host.largest) <= slack)
        return clp_fail(CLP_ERROR_DEVICE,
                        "%s (%s, driver %s) changed the value of a held node; its results cannot be "
                        "trusted: try another device or driver, or --backend reference",
                        info->name, info->platform, info->driver);
    return clp_fail(CLP_ERROR_DEVICE,
                    "%s (%s, driver %s) computes a largest residual of %.6g where the host finds %.6g, more "
                    "than rounding "
                    "explains (%.3g); its results cannot be trusted: try another device or driver, or "
                    "--backend reference",
                    info->name, info->platform, info->driver, device.largest, host.largest, slack);
}

/* Both the exact values and these lie in known intervals: no error is larger than the two together allow. */
static double interval_bound(const clp_solver *solver)
{
    double smallest = solver->values[0], largest = solver->values[0];
    for (size_t i = 0; i < clp_grid_node_count(&solver->op.grid); i++) {
        smallest = fmin(smallest, solver->values[i]);
        largest = fmax(largest, solver->values[i]);
    }
    return fmax(largest - solver->held_low, solver->held_high - smallest);
}

clp_status clp_solver_verify(clp_solver *solver, bool *met)
{
    clp_report *report = &solver->report;
    CLP_TRY(read_field(solver, solver->u, solver->values));
    clp_norms host = clp_reference_residual(&solver->op, solver->values);
    CLP_TRY(check_device(solver, host));
    solver->host_largest = host.largest;
    report->residual_final = host.two;
    report->residual_relative = report->residual_initial > 0 ? host.two / report->residual_initial : host.two;
    /* Rounding of the recomputation itself: 8 operations on values up to the magnitude, in double. */
    double rounding = 16 * 0x1p-53 * clp_operator_diagonal(&solver->op) * solver->magnitude;
    report->algebraic_bound = fmin(solver->bound_factor * (host.largest + rounding) + solver->held_rounding,
                                   interval_bound(solver));
    report->bound_is_certified = true;
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
