/* SPDX-License-Identifier: MIT */
#include <clpoisson/solver.h>

#include "base/checked.h"
#include "base/machine.h"
#include "base/text.h"
#include "problem/operator_create.h"
#include "solver/bound.h"
#include "solver/quantities.h"
#include "solver/state.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- preparing ---- */

static clp_status resolve_options(clp_solver *solver, const clp_solver_options *options)
{
    static const clp_solver_options defaults;
    solver->options = options ? *options : defaults;
    clp_solver_options *resolved = &solver->options;
    solver->method = clp_method_find(resolved->method);
    if (!solver->method)
        return clp_fail(CLP_ERROR_INPUT, "there is no method '%s'; use auto or jacobi", resolved->method);
    resolved->method = solver->method->name;
    if (resolved->precision == CLP_PRECISION_AUTO)
        resolved->precision = solver->device->info.fp64 ? CLP_PRECISION_DOUBLE : CLP_PRECISION_SINGLE;
    if (resolved->check == CLP_CHECK_AUTO) resolved->check = CLP_CHECK_DEVICE;
    if (resolved->tolerance < 0 || !isfinite(resolved->tolerance))
        return clp_fail(CLP_ERROR_INPUT, "the tolerance is %g; it must be above 0, or 0 for auto",
                        resolved->tolerance);
    return CLP_OK;
}

/* Whether values of that size, their squares and their residuals stay clear of overflow and underflow. */
static clp_status check_value(const clp_solver *solver, const char *what, double value)
{
    double limit = solver->options.precision == CLP_PRECISION_SINGLE ? 1e30 : 1e100;
    if (value == 0 || (fabs(value) <= limit && fabs(value) >= 1 / limit)) return CLP_OK;
    return clp_fail(
        CLP_ERROR_INPUT,
        "the %s value is %g, outside what %s precision has room for (%g to %g, or 0); choose another unit",
        what, value, clp_precision_name(solver->options.precision), 1 / limit, limit);
}

/* How far values and errors can reach, by the maximum principle. */
static clp_status measure_problem(clp_solver *solver, const clp_problem *problem)
{
    double initial = clp_problem_initial(problem);
    CLP_TRY(check_value(solver, "initial", initial));
    for (int side = 0; side < CLP_SIDES; side++) {
        const clp_boundary *boundary = clp_problem_boundary(problem, (clp_side)side);
        if (boundary->kind != CLP_BOUNDARY_VALUE) continue;
        CLP_TRY(check_value(solver, clp_side_name((clp_side)side), boundary->value));
        if (solver->options.precision == CLP_PRECISION_SINGLE)
            solver->held_rounding =
                fmax(solver->held_rounding, fabs(boundary->value - (double)(float)boundary->value));
    }
    clp_problem_held_range(problem, &solver->held_low, &solver->held_high);
    solver->magnitude = fmax(fabs(initial), fmax(fabs(solver->held_low), fabs(solver->held_high)));
    solver->range = fmax(solver->held_high, initial) - fmin(solver->held_low, initial);
    solver->bound_factor = clp_bound_factor(&solver->op);
    return CLP_OK;
}

/*
 * Auto: 1e-4 of the spread of the sides, or what the precision can certify if that is more; 1e-8 for a
 * relative residual.
 */
static double auto_tolerance(const clp_solver *solver)
{
    if (solver->options.criterion == CLP_CRITERION_RESIDUAL)
        return solver->options.precision == CLP_PRECISION_SINGLE ? 1e-4 : 1e-8;
    double spread = solver->held_high - solver->held_low;
    if (spread == 0) spread = solver->range;
    double wanted = spread > 0 ? 1e-4 * spread : 1e-10 * solver->magnitude;
    if (solver->options.criterion == CLP_CRITERION_STEP) return 1e-2 * wanted;
    double attainable =
        2 * solver->bound_factor * clp_solver_rounding_residual(solver) + solver->held_rounding;
    if (attainable > wanted)
        clp_notice("%s precision can certify an error of %.2g at best on this grid, not the %.2g that auto "
                   "would ask for",
                   clp_precision_name(solver->options.precision), attainable, wanted);
    return fmax(wanted, attainable);
}

/* Auto: four times what theory expects the method to need. */
static size_t auto_iterations(const clp_solver *solver)
{
    double tolerance = solver->options.tolerance,
           reduction = fmax(solver->range, solver->magnitude) / tolerance;
    if (solver->options.criterion == CLP_CRITERION_RESIDUAL) reduction = 1 / tolerance;
    double expected = log(fmax(10 * reduction, 10)) / -solver->method->log_factor(&solver->op);
    return expected < 1e18 ? 1000 + (size_t)(4 * expected) : SIZE_MAX;
}

/* Writes the first guess in slices of rows, so that the host never holds the whole field for it. */
static clp_status write_initial(clp_solver *solver, const clp_problem *problem)
{
    size_t nx = solver->op.grid.nodes[0], ny = solver->op.grid.nodes[1];
    size_t slice = clp_min(ny, clp_max((1 << 20) / nx, 1)), bytes = slice * nx * sizeof(double);
    double *rows = malloc(bytes);
    if (!rows) return clp_fail_host_memory(bytes);
    clp_status status = CLP_OK;
    for (size_t j = 0; j < ny && status == CLP_OK; j += slice) {
        size_t now = clp_min(slice, ny - j);
        clp_problem_initial_rows(problem, j, now, rows);
        status = solver->device->backend->field_write(solver->u, j, now, rows);
        for (size_t k = 0; k < now; k++) {
            solver->border[CLP_SIDE_LEFT][j + k] = rows[k * nx];
            solver->border[CLP_SIDE_RIGHT][j + k] = rows[k * nx + nx - 1];
        }
        if (j == 0) memcpy(solver->border[CLP_SIDE_BOTTOM], rows, nx * sizeof *rows);
        if (j + now == ny) memcpy(solver->border[CLP_SIDE_TOP], rows + (now - 1) * nx, nx * sizeof *rows);
    }
    free(rows);
    return status;
}

static clp_status allocate(clp_solver *solver)
{
    const clp_backend *backend = solver->device->backend;
    const clp_grid *grid = &solver->op.grid;
    size_t bytes = clp_grid_node_count(grid) * sizeof(double);
    bool host = solver->options.check == CLP_CHECK_HOST;
    clp_memory_use use = {.fields = 2, .host_bytes_per_node = (host ? 2 : 1) * sizeof(double)};
    CLP_TRY(backend->level_create(solver->device, &solver->op, solver->options.precision,
                                  getenv("CLPOISSON_SWEEP"), &use, &solver->level));
    CLP_TRY(backend->field_create(solver->level, &solver->u));
    CLP_TRY(backend->field_create(solver->level, &solver->scratch));
    solver->values = malloc(bytes);
    if (host) solver->previous = malloc(bytes);
    if (!solver->values || (host && !solver->previous)) return clp_fail_host_memory(bytes);
    for (int side = 0; side < CLP_SIDES; side++) {
        size_t count = grid->nodes[side < 2 ? 1 : 0];
        solver->border[side] = malloc(count * sizeof(double));
        if (!solver->border[side]) return clp_fail_host_memory(count * sizeof(double));
    }
    return CLP_OK;
}

static void begin_report(clp_solver *solver)
{
    clp_report *report = &solver->report;
    const clp_solver_options *options = &solver->options;
    report->grid = solver->op.grid;
    report->unknowns = clp_operator_unknowns(&solver->op);
    report->device = solver->device->info;
    clp_cut_text(report->method, sizeof report->method, options->method);
    clp_cut_text(report->precision, sizeof report->precision, clp_precision_name(options->precision));
    clp_cut_text(report->criterion, sizeof report->criterion, clp_criterion_name(options->criterion));
    clp_cut_text(report->check, sizeof report->check, clp_check_name(options->check));
    report->tolerance = options->tolerance;
    report->residual_initial = report->residual_final = report->residual_relative = NAN;
    report->algebraic_bound = report->discretization_estimate = NAN;
    report->seconds_output = report->updates_per_second = report->bytes_per_second = NAN;
    report->unknowns_per_second = NAN;
    report->device_bytes = 2ULL * solver->level->layout.bytes;
    report->bytes_per_unknown = (double)report->device_bytes / (double)report->unknowns;
    report->minimum = report->maximum = report->mean = report->energy = NAN;
    for (int side = 0; side < CLP_SIDES; side++) report->flux[side] = NAN;
}

static clp_status prepare(clp_solver *solver, const clp_problem *problem, const clp_solver_options *options)
{
    CLP_TRY(clp_problem_check(problem));
    CLP_TRY(resolve_options(solver, options));
    clp_problem_operator(problem, &solver->op);
    CLP_TRY(measure_problem(solver, problem));
    if (solver->options.tolerance == 0) solver->options.tolerance = auto_tolerance(solver);
    if (solver->options.max_iterations == 0) solver->options.max_iterations = auto_iterations(solver);
    CLP_TRY(allocate(solver));
    begin_report(solver);
    return write_initial(solver, problem);
}

clp_status clp_solver_create(clp_device *device, const clp_problem *problem,
                             const clp_solver_options *options, clp_solver **solver)
{
    double start = clp_seconds();
    *solver = NULL;
    clp_solver *created = calloc(1, sizeof *created);
    if (!created) return clp_fail_host_memory(sizeof *created);
    created->device = device;
    clp_status status = prepare(created, problem, options);
    if (status != CLP_OK) {
        clp_solver_destroy(created);
        return status;
    }
    created->report.seconds_compile = created->level->compile_seconds;
    created->report.seconds_setup = clp_seconds() - start - created->level->compile_seconds;
    *solver = created;
    return CLP_OK;
}

void clp_solver_destroy(clp_solver *solver)
{
    if (!solver) return;
    const clp_backend *backend = solver->device->backend;
    backend->field_destroy(solver->u);
    backend->field_destroy(solver->scratch);
    backend->level_destroy(solver->level);
    for (int side = 0; side < CLP_SIDES; side++) free(solver->border[side]);
    free(solver->values);
    free(solver->previous);
    free(solver);
}

const clp_report *clp_solver_report(const clp_solver *solver)
{
    return &solver->report;
}

const double *clp_solver_values(const clp_solver *solver)
{
    return solver->values;
}
