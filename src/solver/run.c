/* SPDX-License-Identifier: MIT */
/* The loop of every method: some steps, a stopping test, until the test is met. */
#include "backend/reference/reference.h"
#include "base/checked.h"
#include "base/machine.h"
#include "solver/cascade.h"
#include "solver/quantities.h"
#include "solver/state.h"

#include <math.h>
#include <stdlib.h>

typedef struct solve_course {
    double start; /* when the solve began */
    clp_test last;
    double steps_left;     /* from the last two tests; NaN while unknown */
    double largest_before; /* of the residual, at the test before the last one; INFINITY before */
    double two;            /* the residual's 2-norm at the last test; NaN while unknown */
    double best;           /* smallest value so far, counted anew when it has halved */
    size_t best_step;      /* when that was */
    double best_left;      /* the residual's largest then */
    bool verified;         /* the report is of the field as it is */
    size_t refused;        /* times that the host did not confirm what the device said */
} solve_course;

static const size_t first_chunk = 32;

/* After as many steps of a stepwise method in which the error has not halved, it never will. */
static size_t steps_without_progress(const clp_solver *solver)
{
    return solver->hierarchy ? 30 : 200;
}

/*
 * Sweeps until the next test. Auto: few at first, then as far as the measured convergence says, but never so
 * many that a user waits for Ctrl-C or the progress line. Decided by counts alone, so that a run can be
 * repeated exactly. A method that still learns gets whole periods.
 */
static size_t next_chunk(const clp_solver *solver, const solve_course *course)
{
    const clp_report *report = &solver->report;
    size_t left = solver->options.max_iterations - report->iterations, chunk = solver->options.check_every;
    size_t period = solver->method->period(&solver->iteration);
    if (solver->method->stepwise) return 1;
    if (chunk == 0) {
        chunk = clp_max(first_chunk, report->iterations / 2);
        if (course->steps_left > 0 && course->steps_left < (double)chunk)
            chunk = (size_t)course->steps_left + 1;
        size_t patience = (size_t)1 << 29,
               launch = (size_t)1 << 17; /* in updates: some tenths of a second, a launch */
        size_t sweep = report->unknowns + launch / CLP_SWEEPS_TOGETHER;
        chunk = clp_min(clp_max(chunk, first_chunk), clp_max(patience / sweep, 1));
        chunk = clp_round_up(chunk, period > 1 ? period : CLP_SWEEPS_TOGETHER);
    }
    if (!solver->iteration.lowest_known && period > 1) chunk = period;
    return clp_min(chunk, left);
}

static void extrapolate(clp_solver *solver, solve_course *course, const clp_test *test)
{
    size_t steps = test->iterations - course->last.iterations;
    bool residual = solver->options.criterion != CLP_CRITERION_STEP;
    if (solver->method->learn && residual && course->two > 0)
        solver->method->learn(&solver->iteration, test->norms.two / course->two, steps);
    course->two = residual ? test->norms.two : NAN;
    double tolerance = solver->report.tolerance;
    double slope = log(test->value / course->last.value) / (double)steps;
    /* Rough errors die first: early on, what is measured is faster than what is to come, which theory knows.
     */
    slope = fmax(slope, solver->method->log_factor(&solver->iteration));
    course->steps_left = slope < 0 && isfinite(slope) ? fmax(log(tolerance / test->value) / slope, 0) : NAN;
    double measure = isfinite(test->value) ? test->value : test->norms.two; /* of no bound, no error */
    if (!(measure > 0.5 * course->best)) {
        course->best = measure;
        course->best_step = test->iterations;
        course->best_left = test->norms.largest;
    }
    course->largest_before = course->last.norms.largest;
    course->last = *test;
}

/* Near the rounding of this precision, and no better for several times as long as the method needs to halve
 * an error. */
static bool stagnates(const clp_solver *solver, const solve_course *course)
{
    const clp_test *test = &course->last;
    bool refines = clp_solver_can_refine(solver);
    double floor = solver->options.criterion == CLP_CRITERION_STEP
                       ? 8 * clp_precision_epsilon(solver->outer) * solver->magnitude
                       : 4 * clp_solver_rounding_residual(solver);
    size_t since = test->iterations - course->best_step;
    double rounding = clp_solver_rounding_residual(solver), left = test->norms.largest;
    if (solver->iteration.broken && left <= 8 * rounding) return true; /* by rounding, then */
    if (refines && left <= rounding && !(left > 0.1 * rounding && left < 0.5 * course->largest_before))
        return true; /* no better can come */
    /* Where nothing holds the solution, steps run away along the constant once rounding is most of what is
     * left. */
    bool runs_away = solver->assembly.singular && solver->method->stepwise && test->value > 4 * course->best;
    if (runs_away && course->best_left <= 64 * rounding) return true;
    if (!solver->method->monotone) floor *= 8; /* over-relaxation amplifies rounding as well */
    clp_iteration slowest =
        solver->iteration; /* rounding can be taken for a smaller eigenvalue than there is */
    slowest.lowest = fmax(slowest.lowest, clp_solver_least_eigenvalue(solver));
    double halving = log(2) / -solver->method->log_factor(&slowest);
    double least = solver->method->stepwise ? 4 : 256;
    double patience = least + 4 * halving + 2 * (double)solver->method->period(&slowest);
    return test->norms.largest <= floor && (double)since > patience;
}

bool clp_solver_goes_on(const clp_solver *solver, const clp_progress *progress)
{
    const clp_solver_options *options = &solver->options;
    double stops = options->monitor && !options->monitor(options->monitor_user, progress) ? 1 : 0;
    clp_status status = clp_reduce(solver->assembly.ranks, CLP_REDUCE_MAX, &stops, 1);
    return status == CLP_OK && stops == 0;
}

static bool tell_monitor(const clp_solver *solver, const solve_course *course)
{
    const clp_report *report = &solver->report;
    double seconds = clp_seconds() - course->start;
    double sweeps_per_step = report->iterations ? (double)report->sweeps / (double)report->iterations : 1;
    const clp_progress progress = {
        .iterations = report->iterations,
        .sweeps = report->sweeps,
        .value = course->last.value,
        .tolerance = report->tolerance,
        .seconds = seconds,
        .sweeps_left = course->steps_left * sweeps_per_step,
        .updates_per_second = seconds > 0 ? (double)report->sweeps * (double)report->unknowns / seconds : NAN,
    };
    return clp_solver_goes_on(solver, &progress);
}

/* Remembers the test in course->last for the report. */
static clp_status note_test(clp_solver *solver, const solve_course *course)
{
    const clp_test *test = &course->last;
    clp_report *report = &solver->report;
    if (report->history_count == solver->history_room) {
        size_t room = 2 * solver->history_room + 64;
        clp_test_report *grown = realloc(solver->history, room * sizeof *grown);
        if (!grown) return clp_fail_host_memory(room * sizeof *grown);
        report->history = solver->history = grown;
        solver->history_room = room;
    }
    bool step = solver->options.criterion == CLP_CRITERION_STEP;
    solver->history[report->history_count++] = (clp_test_report){.iterations = test->iterations,
                                                                 .sweeps = test->sweeps,
                                                                 .seconds = clp_seconds() - course->start,
                                                                 .value = test->value,
                                                                 .residual = step ? NAN : test->norms.two};
    return CLP_OK;
}

/* Whether the tolerance is a part of the grid's own error. */
static bool is_automatic(const clp_solver *solver)
{
    return solver->options.tolerance == 0 && solver->options.criterion == CLP_CRITERION_ERROR;
}

/* As far as the device's precision goes: refinement may go on. */
static clp_status refine(clp_solver *solver, solve_course *course, bool verified, clp_reason *reason)
{
    bool met = false;
    *reason = CLP_REASON_ROUNDING;
    if (!verified) CLP_TRY(clp_solver_verify(solver, &met));
    if (!met && clp_solver_can_refine(solver)) CLP_TRY(clp_solver_refine(solver, &met));
    course->verified = true;
    const clp_report *report = &solver->report;
    bool residual = solver->options.criterion == CLP_CRITERION_RESIDUAL;
    course->last.iterations = report->iterations;
    course->last.sweeps = report->sweeps;
    course->last.norms.two = report->residual_final;
    course->last.value = residual ? report->residual_relative : report->algebraic_bound;
    if (solver->refined) CLP_TRY(note_test(solver, course));
    if (!met && is_automatic(solver) && report->algebraic_bound <= clp_solver_tolerance_at_most(solver)) {
        solver->report.tolerance = report->algebraic_bound; /* auto asks for no more than can be certified */
        met = true;
    }
    if (met) *reason = CLP_REASON_TOLERANCE;
    return CLP_OK;
}

/* A first guess from a coarser grid says nothing of the difference between the grids, of which auto asks for
 * a tenth. */
static bool is_untold(const clp_solver *solver)
{
    return is_automatic(solver) && solver->coarse && !solver->own_guess && solver->report.iterations == 0;
}

/* Whether a first guess for a finer grid is good enough: the last cycle left a part of what it corrected. */
static clp_status is_guess(clp_solver *solver, bool *enough)
{
    const double left = 0.2; /* 0.01 to 0.1 is usual */
    double corrected;
    *enough = false;
    if (solver->report.iterations == 0) return CLP_OK;
    CLP_TRY(clp_iteration_corrected(&solver->iteration, &corrected));
    *enough = left * corrected <= solver->enough;
    return CLP_OK;
}

/* Why to stop after the test in course->last; CLP_REASON_NONE to go on. Only the host's word counts as
 * converged, but for a guess. */
static clp_status decide(clp_solver *solver, solve_course *course, clp_reason *reason)
{
    bool met = false;
    *reason = CLP_REASON_NONE;
    CLP_TRY(note_test(solver, course));
    bool guess = false;
    if (solver->enough > 0) CLP_TRY(is_guess(solver, &guess));
    if (guess) {
        CLP_TRY(clp_solver_take_guess(solver));
        *reason = CLP_REASON_TOLERANCE;
    } else if (course->last.value <=
               (is_untold(solver) ? clp_solver_attainable(solver) : solver->report.tolerance)) {
        CLP_TRY(clp_solver_verify(solver, &met));
        if (met)
            *reason = CLP_REASON_TOLERANCE;
        else if (solver->host_largest <= clp_solver_rounding_residual(solver) || ++course->refused >= 3)
            CLP_TRY(refine(solver, course, true, reason));
    } else if (stagnates(solver, course)) {
        CLP_TRY(refine(solver, course, false, reason));
    } else if (solver->iteration.broken) { /* which leaves the field as it was */
        *reason = CLP_REASON_BREAKDOWN;
    } else if (solver->method->stepwise &&
               course->last.iterations - course->best_step > steps_without_progress(solver)) {
        *reason = CLP_REASON_STAGNATION;
    }
    if (*reason == CLP_REASON_NONE && solver->report.iterations >= solver->options.max_iterations)
        *reason = CLP_REASON_MAX_ITERATIONS;
    if (!tell_monitor(solver, course) && *reason == CLP_REASON_NONE) *reason = CLP_REASON_INTERRUPTED;
    return CLP_OK;
}

/* The test before the first sweep: what the residual starts from, and perhaps nothing to do. */
static clp_status begin(clp_solver *solver, solve_course *course, clp_reason *reason)
{
    clp_norms norms;
    *reason = CLP_REASON_NONE;
    const clp_assembly *assembly = &solver->assembly;
    CLP_TRY(clp_solver_residual(solver, &norms));
    double load =
        solver->enough > 0 ? 0 : clp_reference_load(&assembly->op, assembly->values, assembly->source);
    double square = load * load;
    CLP_TRY(clp_reduce(assembly->ranks, CLP_REDUCE_SUM, &square, 1));
    if (assembly->ranks) load = sqrt(square);
    solver->report.residual_initial = load > 0 ? load : norms.two;
    *course = (solve_course){.start = clp_seconds(),
                             .steps_left = NAN,
                             .best = INFINITY,
                             .two = norms.two,
                             .largest_before = INFINITY};
    course->last.sweeps = solver->report.sweeps;
    course->last.iterations = solver->report.iterations;
    if (clp_solver_needs_previous(solver)) { /* no sweep yet, no change to look at */
        course->last.value = INFINITY;
        return CLP_OK;
    }
    CLP_TRY(clp_solver_test(solver, &course->last));
    return decide(solver, course, reason);
}

/* Of the solutions that differ by a constant, the one of mean 0. */
static clp_status remove_mean(clp_solver *solver)
{
    const clp_operator *op = &solver->assembly.op;
    double mean;
    if (!solver->assembly.singular) return CLP_OK;
    CLP_TRY(clp_mean(&solver->assembly, solver->values, &mean));
    for (size_t p = 0; p < clp_grid_node_count(&op->grid); p++) solver->values[p] -= mean;
    return CLP_OK;
}

/* The capacitance between exactly two different potentials, from the energy: an error of u counts squared. */
static clp_status find_capacitance(const clp_solver *solver, double *capacitance)
{
    const clp_assembly *assembly = &solver->assembly;
    double difference = assembly->held_high - assembly->held_low, others = 0;
    *capacitance = NAN;
    if (!assembly->undriven || !(difference > 0)) return CLP_OK;
    const double *held = solver->held_values;
    for (size_t i = 0; i < solver->held_count; i++)
        if (held[i] != assembly->held_low && held[i] != assembly->held_high) others = 1;
    CLP_TRY(clp_reduce(assembly->ranks, CLP_REDUCE_MAX, &others, 1));
    if (others == 0) *capacitance = 2 * solver->report.energy / (difference * difference);
    return CLP_OK;
}

static clp_status finish_report(clp_solver *solver, double start, double compiled)
{
    clp_report *report = &solver->report;
    compiled = solver->device->compile_seconds - compiled; /* since the start */
    report->seconds_compile += compiled;
    clp_traffic_end(solver->assembly.ranks);
    report->seconds_solve = clp_seconds() - start - compiled;
    report->seconds_total = report->seconds_setup + report->seconds_compile + report->seconds_solve;
    double updates = (double)report->sweeps * (double)report->unknowns;
    if (report->seconds_solve > 0) {
        report->updates_per_second = updates / report->seconds_solve;
        report->bytes_per_second = report->updates_per_second * 2 *
                                   (double)solver->level->layout.element_bytes /
                                   (double)solver->level->sweeps_per_pass;
        report->unknowns_per_second = (double)report->unknowns / report->seconds_solve;
    }
    CLP_TRY(
        clp_quantities(&solver->assembly, solver->values, solver->electrode_of, solver->electrodes, report));
    return find_capacitance(solver, &report->capacitance);
}

clp_status clp_solver_solve(clp_solver *solver)
{
    solve_course course;
    clp_reason reason;
    clp_report *report = &solver->report;
    report->history_count = 0;
    solver->refined = solver->has_seen = false;
    solver->rounding = 0;
    CLP_TRY(clp_solver_write_system(solver));
    CLP_TRY(begin(solver, &course, &reason));
    while (reason == CLP_REASON_NONE) {
        size_t sweeps = 0, steps = next_chunk(solver, &course);
        solver->has_seen = false;
        CLP_TRY(
            solver->method->iterate(&solver->iteration, steps, clp_solver_needs_previous(solver), &sweeps));
        report->iterations += steps;
        report->sweeps += sweeps;
        clp_test test;
        CLP_TRY(clp_solver_test(solver, &test));
        extrapolate(solver, &course, &test);
        CLP_TRY(decide(solver, &course, &reason));
    }
    bool met = true;
    if (reason != CLP_REASON_TOLERANCE && !course.verified) CLP_TRY(clp_solver_verify(solver, &met));
    report->reason = reason;
    report->converged = reason == CLP_REASON_TOLERANCE;
    return CLP_OK;
}

clp_status clp_solver_run(clp_solver *solver)
{
    double start = clp_seconds(), compiled = solver->device->compile_seconds;
    clp_report *report = &solver->report;
    clp_traffic_begin(solver->assembly.ranks);
    report->sweeps = report->iterations = report->tests = 0; /* without those of a matrix before */
    CLP_TRY(clp_solver_find_bound(solver));
    CLP_TRY(clp_solver_find_floating(solver));
    CLP_TRY(clp_cascade_guess(solver));
    CLP_TRY(clp_solver_solve(solver));
    CLP_TRY(remove_mean(solver));
    return finish_report(solver, start, compiled);
}
