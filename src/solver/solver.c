/* SPDX-License-Identifier: MIT */
#include <clpoisson/solver.h>

#include "base/checked.h"
#include "base/machine.h"
#include "base/text.h"
#include "problem/declared.h"
#include "solver/bound.h"
#include "solver/cascade.h"
#include "solver/hierarchy.h"
#include "solver/quantities.h"
#include "solver/state.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- preparing ---- */

/* What to compute in: of the solution and its residual, and of the cycles. */
static clp_status resolve_precision(clp_solver *solver)
{
    clp_precision *asked = &solver->options.precision;
    bool fp64 = solver->device->info.fp64;
    if (*asked == CLP_PRECISION_AUTO)
        *asked = solver->multigrid ? CLP_PRECISION_MIXED : fp64 ? CLP_PRECISION_DOUBLE : CLP_PRECISION_SINGLE;
    if (*asked == CLP_PRECISION_MIXED && !solver->multigrid)
        return clp_fail(
            CLP_ERROR_INPUT,
            "precision mixed is for multigrid cycles, which %s does without here; use double or single",
            solver->method->name);
    /* On a device without double precision the host takes over where single ends: refine.c. */
    solver->outer = *asked != CLP_PRECISION_MIXED ? *asked
                    : fp64                        ? CLP_PRECISION_DOUBLE
                                                  : CLP_PRECISION_SINGLE;
    solver->inner = *asked == CLP_PRECISION_MIXED ? CLP_PRECISION_SINGLE : *asked;
    return CLP_OK;
}

/* What ranks together can do. */
static clp_status choose_for_ranks(clp_solver *solver, const clp_problem *problem)
{
    const clp_grid *part = &problem->grid;
    const char *name = solver->options.method;
    bool automatic = !name || strcmp(name, "auto") == 0,
         cycles = solver->method == &clp_method_cg || solver->method == &clp_method_multigrid;
    if (!clp_grid_is_part(part)) return CLP_OK; /* a coarser grid that each has whole */
    if (cycles && !solver->plain && part->part.align <= 1) {
        solver->choice = "parts of materials or electrodes are too thin for several ranks to share cycles";
        if (automatic) solver->method = &clp_method_chebyshev;
        return automatic ? CLP_OK
                         : clp_fail(CLP_ERROR_UNSUPPORTED,
                                    "the ranks' parts are too thin for %s with materials or electrodes; take "
                                    "chebyshev, or fewer ranks",
                                    name);
    }
    if (solver->method != &clp_method_sor) return CLP_OK;
    for (int axis = 0; axis < clp_grid_dimensions(part); axis++)
        if (problem->periodic[axis] && clp_grid_whole(part, axis) % 2 == 0)
            return clp_fail(CLP_ERROR_UNSUPPORTED,
                            "several ranks do not share sor around %c, which is periodic with an odd number "
                            "of cells; take another method or size",
                            "xyz"[axis]);
    return CLP_OK;
}

static clp_status resolve_options(clp_solver *solver, const clp_problem *problem,
                                  const clp_solver_options *options)
{
    static const clp_solver_options defaults;
    solver->options = options ? *options : defaults;
    clp_solver_options *resolved = &solver->options;
    solver->plain = clp_problem_is_plain(problem);
    solver->method = clp_method_find(resolved->method, solver->plain);
    solver->choice = clp_method_choice(resolved->method, solver->plain);
    if (!solver->method)
        return clp_fail(CLP_ERROR_INPUT,
                        "there is no method '%s'; use auto, multigrid, cg, chebyshev, sor or jacobi",
                        resolved->method);
    if (clp_ranks_of(solver->device)) CLP_TRY(choose_for_ranks(solver, problem));
    bool diagonal = resolved->preconditioner == CLP_PRECONDITIONER_DIAGONAL;
    if (diagonal && solver->method != &clp_method_cg)
        return clp_fail(CLP_ERROR_INPUT,
                        "preconditioner diagonal is for method cg, not for %s; add method: cg",
                        solver->method->name);
    solver->multigrid = solver->method->multigrid != CLP_MULTIGRID_UNUSED && !diagonal;
    solver->shares_vectors = solver->multigrid && solver->method->corrects && !solver->plain;
    resolved->method = solver->method->name;
    if (resolved->check == CLP_CHECK_AUTO) resolved->check = CLP_CHECK_DEVICE;
    if (resolved->tolerance < 0 || !isfinite(resolved->tolerance))
        return clp_fail(CLP_ERROR_INPUT, "the tolerance is %g; it must be above 0, or 0 for auto",
                        resolved->tolerance);
    return resolve_precision(solver);
}

/* Whether values of that size, their squares and their residuals stay clear of overflow and underflow. */
static clp_status check_value(const clp_solver *solver, const char *what, double value)
{
    double limit = solver->outer == CLP_PRECISION_SINGLE ? 1e30 : 1e100;
    if (value == 0 || (fabs(value) <= limit && fabs(value) >= 1 / limit)) return CLP_OK;
    return clp_fail(
        CLP_ERROR_INPUT,
        "the %s value is %g, outside what %s precision has room for (%g to %g, or 0); choose another unit",
        what, value, clp_precision_name(solver->outer), 1 / limit, limit);
}

/* The largest magnitude of an array, and the smallest that is not 0; INFINITY where all are. */
static clp_status find_magnitudes(const clp_assembly *assembly, const double *values, size_t count,
                                  double *smallest, double *largest)
{
    double low = INFINITY, high = 0;
#pragma omp parallel for schedule(static) reduction(min : low) reduction(max : high) if (count > 1 << 16)
    for (size_t i = 0; i < count; i++) {
        double magnitude = fabs(values[i]);
        if (magnitude > high) high = magnitude;
        if (magnitude > 0 && magnitude < low) low = magnitude;
    }
    double most[] = {high, -low};
    CLP_TRY(clp_reduce(assembly->ranks, CLP_REDUCE_MAX, most, 2));
    *smallest = -most[1];
    *largest = most[0];
    return CLP_OK;
}

/* A part's own held nodes. */
static size_t count_held(const clp_operator *op)
{
    size_t held = 0;
    for (size_t r = 0; r < clp_operator_rows(op); r++) {
        clp_row row = clp_operator_row(op, r);
        size_t step = clp_row_held_step(op, &row);
        for (size_t i = 0; i < op->grid.nodes[0]; i += step)
            held += clp_row_is_own(op, &row, i) && clp_row_is_held(op, &row, i);
    }
    return held;
}

/* Takes the values of held nodes out of the assembly. */
static void take_held(clp_solver *solver)
{
    const clp_assembly *assembly = &solver->assembly;
    const clp_operator *op = &assembly->op;
    size_t held = 0, nx = op->grid.nodes[0];
    for (size_t r = 0; r < clp_operator_rows(op); r++) {
        clp_row row = clp_operator_row(op, r);
        size_t step = clp_row_held_step(op, &row);
        for (size_t i = 0; i < nx; i += step) {
            double value = assembly->values[row.first + i];
            if (!clp_row_is_own(op, &row, i) || !clp_row_is_held(op, &row, i)) continue;
            if (solver->outer == CLP_PRECISION_SINGLE)
                solver->held_rounding = fmax(solver->held_rounding, fabs(value - (double)(float)value));
            solver->held_values[held++] = value;
        }
    }
    solver->held_count = held;
}

/* How far values and errors can reach. */
clp_status clp_solver_measure(clp_solver *solver)
{
    const clp_assembly *assembly = &solver->assembly;
    size_t count = clp_grid_node_count(&assembly->op.grid);
    double smallest, largest;
    CLP_TRY(find_magnitudes(assembly, assembly->values, count, &smallest, &largest));
    if (largest > 0) CLP_TRY(check_value(solver, "smallest", smallest));
    CLP_TRY(check_value(solver, "largest", largest));
    solver->magnitude = fmax(solver->magnitude, largest);
    if (assembly->source) {
        CLP_TRY(find_magnitudes(assembly, assembly->source, count, &smallest, &largest));
        solver->source_largest = fmax(solver->source_largest, largest);
    }
    take_held(solver);
    double most[] = {solver->held_rounding, 0};
    for (size_t c = 0; c < assembly->cuts.count; c++)
        most[1] = fmax(most[1], fabs(assembly->cuts.list[c].value));
    clp_status status = CLP_OK;
    for (size_t c = 0; c < assembly->cuts.count && status == CLP_OK; c++)
        status = check_value(solver, "largest", assembly->cuts.list[c].value);
    CLP_TRY(clp_ranks_agree(assembly->ranks, status));
    CLP_TRY(clp_reduce(assembly->ranks, CLP_REDUCE_MAX, most, 2));
    solver->held_rounding = most[0];
    solver->magnitude = fmax(solver->magnitude, most[1]);
    CLP_TRY(check_value(solver, "largest source", solver->source_largest / assembly->op.diagonal));
    solver->auto_tolerance = solver->options.tolerance == 0;
    solver->report.tolerance = solver->options.tolerance;
    solver->range = INFINITY;
    if (assembly->undriven && !assembly->singular) {
        solver->range = assembly->held_high - assembly->held_low;
        if (solver->range == 0) solver->range = 2 * solver->magnitude;
    }
    return CLP_OK;
}

double clp_solver_tolerance_at_most(const clp_solver *solver)
{
    return 1e-4 * (isfinite(solver->range) ? solver->range : solver->magnitude);
}

/*
 * Auto: a tenth of the discretisation error, as soon as there is an estimate of it, but 1e-4 of the spread of
 * the solution at most, because near a jump of the boundary's values the grid is off by much on every grid;
 * or what the arithmetic can certify if that is more: a grid may represent its solution exactly. 1e-8 for a
 * relative residual. Where the spread is not known before, it is of what has been found so far.
 */
void clp_solver_choose_tolerance(clp_solver *solver)
{
    const clp_solver_options *options = &solver->options;
    double *tolerance = &solver->report.tolerance;
    if (!solver->auto_tolerance) return;
    bool final = isfinite(solver->range);
    double wanted = clp_solver_tolerance_at_most(solver), estimate = solver->report.discretization_estimate;
    double attainable = clp_solver_attainable(solver);
    if (options->criterion == CLP_CRITERION_ERROR && isfinite(estimate))
        wanted = fmin(wanted, 0.1 * estimate);
    wanted = fmax(wanted, 1e-10 * solver->magnitude);
    if (options->criterion == CLP_CRITERION_RESIDUAL) {
        wanted = solver->outer == CLP_PRECISION_SINGLE ? 1e-4 : 1e-8;
        final = true;
    } else if (options->criterion == CLP_CRITERION_STEP) {
        wanted *= 1e-2;
    } else if (isfinite(attainable)) {
        bool tells = attainable > wanted && final && !solver->quiet && !clp_solver_can_refine(solver);
        if (tells && !solver->told_attainable)
            clp_notice(
                "%s precision can certify an error of %.2g at best on this grid, not the %.2g that auto "
                "would ask for",
                clp_precision_name(solver->outer), attainable, wanted);
        solver->told_attainable = solver->told_attainable || tells;
        wanted = fmax(wanted, attainable);
    }
    *tolerance = wanted;
    solver->auto_tolerance = !final;
}

double clp_solver_least_eigenvalue(const clp_solver *solver)
{
    double certain = 1 / (solver->bound.factor * solver->assembly.op.diagonal);
    return certain > 0 ? certain : 0;
}

clp_iteration clp_solver_iteration(const clp_solver *solver, const clp_field *q)
{
    clp_iteration iteration = clp_iteration_begin(solver->u, solver->scratch, q);
    iteration.correction = solver->correction;
    iteration.residual = solver->residual;
    iteration.third = solver->third;
    iteration.hierarchy = solver->hierarchy;
    iteration.shares = solver->method->multigrid == CLP_MULTIGRID_NEEDED || solver->shares_vectors;
    double largest = fmax(solver->magnitude, solver->source_largest / solver->assembly.op.diagonal);
    if (largest > 0) iteration.unit = largest;
    return iteration;
}

clp_status clp_solver_write_system(clp_solver *solver)
{
    const clp_backend *backend = solver->device->backend;
    size_t rows = clp_layout_rows(&solver->level->layout);
    clp_iteration before = solver->iteration;
    CLP_TRY(solver->interpolates ? clp_cascade_fill(solver)
                                 : backend->field_write(solver->u, 0, rows, solver->assembly.values));
    solver->interpolates = false;
    if (solver->q) CLP_TRY(backend->field_write(solver->q, 0, rows, solver->assembly.source));
    solver->iteration = clp_solver_iteration(solver, solver->q);
    if (before.lowest > 0) { /* what was learnt already, or is enough after a first guess */
        solver->iteration.lowest = before.lowest;
        solver->iteration.lowest_known = false;
    }
    clp_solver_choose_tolerance(solver);
    if (solver->options.max_iterations == 0) {
        clp_iteration slowest = solver->iteration;
        double certain = clp_solver_least_eigenvalue(solver);
        if (!slowest.lowest_known && certain < slowest.lowest) slowest.lowest = certain;
        double expected = log(1e18) / -solver->method->log_factor(&slowest);
        solver->options.max_iterations = expected < 1e17 ? 1000 + (size_t)(4 * expected) : SIZE_MAX;
        if (certain == 0) /* no bound was found: nothing tells how long it may take, nor when it is right */
            solver->options.max_iterations = 1 << 17;
    }
    return CLP_OK;
}

clp_status clp_solver_smallest_part(const clp_solver *solver, double *part)
{
    *part = clp_operator_smallest_part(&solver->assembly.op);
    return clp_reduce(solver->assembly.ranks, CLP_REDUCE_MIN, part, 1);
}

/* Where conductances differ by more than single precision tells apart, its cycles are of no use. */
static clp_status choose_cycles(clp_solver *solver)
{
    const double too_much = 1e8;
    double least = 1;
    if (!solver->multigrid || !solver->assembly.op.network) return CLP_OK;
    CLP_TRY(clp_solver_smallest_part(solver, &least));
    if (too_much * least < 1) solver->inner = solver->outer;
    return CLP_OK;
}

/* Cycles have their own. */
static bool needs_scratch(const clp_solver *solver)
{
    bool own = solver->method->multigrid != CLP_MULTIGRID_NEEDED && !solver->shares_vectors;
    return own || clp_solver_needs_previous(solver);
}

static clp_status create_levels(clp_solver *solver)
{
    clp_device *device = solver->device;
    CLP_TRY(clp_hierarchy_share(solver->finer, &solver->assembly.op, solver->inner, &solver->hierarchy));
    if (solver->hierarchy) return CLP_OK;
    const clp_level *total = solver->method->multigrid == CLP_MULTIGRID_NEEDED ? solver->level : NULL;
    double start = clp_seconds(), compiled = device->compile_seconds;
    CLP_TRY(clp_hierarchy_create(device, &solver->assembly.op, solver->inner, total, CLP_SMOOTHING,
                                 &solver->hierarchy));
    CLP_TRY(device->backend->finish(device));
    solver->seconds_levels = clp_seconds() - start - (device->compile_seconds - compiled);
    return CLP_OK;
}

static clp_status allocate(clp_solver *solver)
{
    const clp_backend *backend = solver->device->backend;
    size_t bytes = clp_grid_node_count(&solver->assembly.op.grid) * sizeof(double);
    CLP_TRY(choose_cycles(solver));
    CLP_TRY(backend->level_create(solver->device, &solver->assembly.op, solver->outer,
                                  getenv("CLPOISSON_SWEEP"), &solver->level));
    CLP_TRY(backend->field_create(solver->level, &solver->u));
    if (needs_scratch(solver)) CLP_TRY(backend->field_create(solver->level, &solver->scratch));
    if (solver->assembly.source) CLP_TRY(backend->field_create(solver->level, &solver->q));
    if (solver->method->corrects && !solver->shares_vectors) {
        CLP_TRY(backend->field_create(solver->level, &solver->correction));
        CLP_TRY(backend->field_create(solver->level, &solver->residual));
    }
    if (solver->multigrid) CLP_TRY(create_levels(solver));
    if (solver->shares_vectors)
        CLP_TRY(backend->field_create(solver->hierarchy->rungs[0].level, &solver->correction));
    else if (!solver->multigrid && solver->method->multigrid != CLP_MULTIGRID_UNUSED)
        CLP_TRY(backend->field_create(solver->level, &solver->third));
    /* Where nothing else is solved before, the result may take the place of the first guess. */
    solver->values = solver->plain ? solver->assembly.values : malloc(bytes);
    if (solver->options.check == CLP_CHECK_HOST) solver->previous = malloc(bytes);
    if (!solver->values || (solver->options.check == CLP_CHECK_HOST && !solver->previous))
        return clp_fail_host_memory(bytes);
    return CLP_OK;
}

static void begin_report(clp_solver *solver)
{
    clp_report *report = &solver->report;
    const clp_solver_options *options = &solver->options;
    report->grid = clp_operator_whole(&solver->assembly.op).grid;
    report->unknowns = clp_operator_unknowns(&solver->assembly.op);
    report->device = solver->device->info;
    clp_cut_text(report->method, sizeof report->method, options->method);
    report->choice = solver->choice;
    clp_cut_text(report->precision, sizeof report->precision, clp_precision_name(options->precision));
    clp_cut_text(report->criterion, sizeof report->criterion, clp_criterion_name(options->criterion));
    clp_cut_text(report->check, sizeof report->check, clp_check_name(options->check));
    report->tolerance = options->tolerance;
    report->residual_initial = report->residual_final = report->residual_relative = NAN;
    report->algebraic_bound = report->discretization_estimate = NAN;
    report->seconds_output = report->updates_per_second = report->bytes_per_second = NAN;
    report->unknowns_per_second = NAN;
    report->singular = solver->assembly.singular;
    report->device_bytes = (unsigned long long)solver->use.fields * solver->level->layout.bytes +
                           clp_hierarchy_bytes(solver->hierarchy);
    if (solver->shares_vectors) report->device_bytes += solver->correction->level->layout.bytes;
    if (solver->coarse) report->device_bytes += solver->coarse->report.device_bytes;
    report->bytes_per_unknown = (double)report->device_bytes *
                                (double)clp_ranks_count(solver->assembly.ranks) / (double)report->unknowns;
    report->minimum = report->maximum = report->mean = report->energy = report->capacitance = NAN;
    report->source = report->sink = report->imbalance = NAN;
    for (int side = 0; side < CLP_SIDES; side++) report->flux[side] = NAN;
}

/* The stencil of a plain problem, before anything is assembled. */
static clp_operator stencil_of(const clp_problem *problem)
{
    clp_operator op = {.grid = *clp_problem_grid(problem)};
    for (int side = 0; side < CLP_SIDES; side++)
        op.held[side] = clp_problem_boundary(problem, (clp_side)side)->kind == CLP_BOUNDARY_VALUE;
    for (int axis = 0; axis < CLP_AXES; axis++) op.periodic[axis] = clp_problem_is_periodic(problem, axis);
    for (int axis = 0; axis < clp_grid_dimensions(&op.grid); axis++)
        op.conductance[axis] = 1 / (clp_grid_spacing(&op.grid, axis) * clp_grid_spacing(&op.grid, axis));
    op.diagonal = clp_operator_stencil_diagonal(&op);
    return op;
}

/* What all fields and arrays together will take, so that too much is refused before any is made. */
static clp_memory_use memory_use(const clp_solver *solver, const clp_problem *problem)
{
    clp_assembly_need need = clp_assembly_needs(problem);
    const clp_operator op = stencil_of(problem);
    bool host = solver->options.check == CLP_CHECK_HOST,
         uses = solver->method->multigrid != CLP_MULTIGRID_UNUSED;
    const double largest = solver->multigrid ? clp_hierarchy_largest(&op, solver->plain) : 0;
    double levels = solver->multigrid ? clp_hierarchy_fields(&op, solver->plain) : 0;
    if (solver->shares_vectors) levels++;
    return (clp_memory_use){.fields = (needs_scratch(solver) ? 2 : 1) + need.fields +
                                      (solver->method->corrects && !solver->shares_vectors ? 2 : 0) +
                                      (uses && !solver->multigrid ? 1 : 0),
                            .bytes_per_node = levels * (double)clp_precision_bytes(solver->inner),
                            .largest_per_node = largest * (double)clp_precision_bytes(solver->inner),
                            .host_bytes_per_node =
                                need.host_bytes_per_node +
                                ((host ? 1 : 0) + (solver->plain ? 0 : 1)) * sizeof(double)};
}

clp_status clp_solver_estimate(const clp_problem *problem, const clp_solver_options *options,
                               const clp_device_info *device, clp_estimate *estimate)
{
    clp_device described = {.info = *device};
    clp_solver solver = {.device = &described};
    const clp_grid *grid = clp_problem_grid(problem);
    const clp_operator op = stencil_of(problem);
    clp_layout layout;
    CLP_TRY(clp_problem_check(problem));
    CLP_TRY(resolve_options(&solver, problem, options));
    CLP_TRY(clp_layout_init(&layout, grid, clp_precision_bytes(solver.outer)));
    clp_memory_use use = memory_use(&solver, problem);
    double levels = use.bytes_per_node * (double)clp_grid_node_count(grid),
           own = (double)use.fields * (double)layout.bytes;
    /* Coarser problems share the levels where those are plain stencils. */
    double coarser = solver.method->cascades
                         ? (own + (solver.plain ? 0 : levels)) / (clp_grid_dimensions(grid) == 3 ? 7 : 3)
                         : 0;
    *estimate =
        (clp_estimate){.unknowns_at_most = clp_operator_unknowns(&op),
                       .fields = use.fields,
                       .device_bytes = (unsigned long long)(own + levels + coarser),
                       .largest_bytes = (unsigned long long)clp_memory_largest(&layout, &use),
                       .host_bytes = (unsigned long long)clp_grid_node_count(grid) * use.host_bytes_per_node,
                       .precision = solver.options.precision,
                       .method = solver.method->name};
    return CLP_OK;
}

/* A first guess of the user's own, in place of the initial values, where it has them. */
static void take_guess(clp_solver *solver, const clp_problem *problem)
{
    double number;
    const double *guess = solver->options.guess;
    const clp_operator *op = &solver->assembly.op;
    solver->guessed = guess || !clp_function_is_number(&problem->initial, &number);
    for (size_t r = 0; r < clp_operator_rows(op) && guess; r++) {
        clp_row row = clp_operator_row(op, r);
        for (size_t i = 0; i < op->grid.nodes[0]; i++)
            if (!clp_row_is_held(op, &row, i)) solver->assembly.values[row.first + i] = guess[row.first + i];
    }
}

static clp_status prepare(clp_solver *solver, const clp_problem *problem, const clp_solver_options *options)
{
    const clp_backend *backend = solver->device->backend;
    CLP_TRY(clp_problem_check(problem));
    CLP_TRY(resolve_options(solver, problem, options));
    solver->use = memory_use(solver, problem);
    CLP_TRY(backend->fits(solver->device, clp_problem_grid(problem), solver->outer, &solver->use));
    CLP_TRY(clp_assemble(problem, solver->device, &solver->assembly));
    take_guess(solver, problem);
    size_t held = count_held(&solver->assembly.op) * sizeof(double);
    solver->held_values = malloc(held + 1);
    if (!solver->held_values) return clp_fail_host_memory(held);
    CLP_TRY(clp_solver_measure(solver));
    CLP_TRY(clp_electrodes_list(problem, &solver->electrodes, &solver->electrode_of, &solver->report));
    CLP_TRY(allocate(solver));
    CLP_TRY(clp_cascade_create(solver, problem));
    begin_report(solver);
    return CLP_OK;
}

clp_status clp_solver_create(clp_device *device, const clp_problem *problem,
                             const clp_solver_options *options, clp_solver **solver)
{
    CLP_TRY(clp_solver_create_quiet(device, problem, options, NULL, solver));
    (*solver)->quiet = false;
    if (clp_problem_feeds_in_time(problem) || clp_problem_holds_in_time(problem))
        clp_notice("what depends on t is taken at t = 0, as the problem has no time: {end: ...}");
    clp_status status = clp_note_lost_regions(problem, &(*solver)->assembly);
    if (status == CLP_OK) return CLP_OK;
    clp_solver_destroy(*solver);
    *solver = NULL;
    return status;
}

clp_status clp_solver_create_quiet(clp_device *device, const clp_problem *problem,
                                   const clp_solver_options *options, const clp_hierarchy *finer,
                                   clp_solver **solver)
{
    double start = clp_seconds(), compiled = device->compile_seconds;
    *solver = NULL;
    clp_solver *created = calloc(1, sizeof *created);
    if (!created) return clp_fail_host_memory(sizeof *created);
    created->device = device;
    created->finer = finer;
    created->quiet = true;
    clp_status status = prepare(created, problem, options);
    if (status != CLP_OK) {
        clp_solver_destroy(created);
        return status;
    }
    created->report.seconds_compile = device->compile_seconds - compiled;
    created->report.seconds_setup = clp_seconds() - start - created->report.seconds_compile;
    *solver = created;
    return CLP_OK;
}

void clp_solver_destroy(clp_solver *solver)
{
    if (!solver) return;
    const clp_backend *backend = solver->device->backend;
    clp_cascade_destroy(solver);
    backend->field_destroy(solver->u);
    backend->field_destroy(solver->scratch);
    backend->field_destroy(solver->q);
    backend->field_destroy(solver->correction);
    backend->field_destroy(solver->residual);
    backend->field_destroy(solver->third);
    clp_hierarchy_destroy(solver->hierarchy);
    backend->level_destroy(solver->level);
    if (solver->values != solver->assembly.values) free(solver->values);
    clp_assembly_finish(&solver->assembly);
    free(solver->held_values);
    free(solver->electrodes);
    free(solver->electrode_of);
    free(solver->previous);
    free(solver->history);
    free(solver);
}

clp_status clp_solver_separate_values(clp_solver *solver)
{
    if (solver->coarse) CLP_TRY(clp_solver_separate_values(solver->coarse));
    if (solver->values != solver->assembly.values) return CLP_OK;
    size_t bytes = clp_grid_node_count(&solver->assembly.op.grid) * sizeof *solver->values;
    double *own = malloc(bytes);
    if (!own) return clp_fail_host_memory(bytes);
    solver->values = own;
    return CLP_OK;
}

const clp_report *clp_solver_report(const clp_solver *solver)
{
    return &solver->report;
}

const double *clp_solver_values(const clp_solver *solver)
{
    return solver->values;
}

clp_status clp_solver_peek(const clp_solver *solver, double *values)
{
    return solver->device->backend->field_read(solver->u, 0, clp_layout_rows(&solver->level->layout), values);
}
