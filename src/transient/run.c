/* SPDX-License-Identifier: MIT */
/* From output to output. */
#include "transient/run.h"

#include "base/machine.h"
#include "solver/quantities.h"

#include <math.h>

/* ---- telling ---- */

static void tell(clp_transient *transient, double step, double now)
{
    transient->told = now;
    const clp_time_progress progress = {.time = transient->time,
                                        .end = transient->options.end,
                                        .step = step,
                                        .steps = transient->in_time.steps,
                                        .seconds = now - transient->start};
    if (!transient->options.monitor(transient->options.user, &progress)) transient->stopped = true;
}

clp_status clp_transient_tell(clp_transient *transient, double step)
{
    double now = clp_seconds(), due = transient->options.monitor && now - transient->told >= 0.1;
    CLP_TRY(clp_reduce(transient->assembly.ranks, CLP_REDUCE_MAX, &due, 1)); /* of all ranks, or of none */
    if (due == 0) return CLP_OK;
    tell(transient, step, now);
    double stops = transient->stopped;
    CLP_TRY(clp_reduce(transient->assembly.ranks, CLP_REDUCE_MAX, &stops, 1));
    transient->stopped = stops > 0;
    return CLP_OK;
}

static clp_status check_finite(const clp_transient *transient)
{
    const clp_interval_report *last = &transient->intervals[transient->in_time.interval_count - 1];
    if (isfinite(last->minimum) && isfinite(last->maximum) && isfinite(last->mean)) return CLP_OK;
    return clp_fail(CLP_ERROR_DIVERGED,
                    "the field is no longer finite at t = %g; values grew beyond what %s "
                    "precision has room for",
                    transient->time, clp_precision_name(transient->options.precision));
}

/* How far values lie apart, with the ambients that they go towards: where a body is nearly as warm everywhere
 * as at its surface, it is those that it differs from. */
static clp_status find_spread(const clp_transient *transient, double lowest, double highest, double *spread)
{
    const clp_assembly *assembly = &transient->assembly;
    const clp_grid *grid = &assembly->op.grid;
    double ends[] = {highest, -lowest};
    for (int side = 0; side < 2 * clp_grid_dimensions(grid); side++) {
        const double *shunt = assembly->side_shunt[side], *feed = assembly->side_feed[side];
        size_t count = shunt ? clp_grid_node_count(grid) / grid->nodes[side / 2] : 0;
        for (size_t i = 0; i < count; i++) {
            if (!(shunt[i] > 0)) continue;
            double ambient = (feed ? feed[i] : 0) / shunt[i];
            ends[0] = fmax(ends[0], ambient);
            ends[1] = fmax(ends[1], -ambient);
        }
    }
    CLP_TRY(clp_reduce(assembly->ranks, CLP_REDUCE_MAX, ends, 2));
    *spread = ends[0] + ends[1];
    return CLP_OK;
}

clp_status clp_transient_put_out(clp_transient *transient, const clp_field *u)
{
    const clp_backend *backend = transient->device->backend;
    CLP_TRY(backend->field_read((clp_field *)u, 0, clp_layout_rows(&transient->level->layout),
                                transient->values));
    clp_balance_put_held(&transient->assembly.op, transient->assembly.values,
                         transient->values); /* in double */
    CLP_TRY(clp_balance_close(transient));
    CLP_TRY(check_finite(transient));
    size_t index = transient->in_time.interval_count - 1;
    const clp_interval_report *made = &transient->intervals[index];
    CLP_TRY(find_spread(transient, made->minimum, made->maximum, &transient->spread));
    transient->widest = fmax(transient->widest, transient->spread);
    transient->magnitude = fmax(fabs(made->minimum), fabs(made->maximum));
    transient->largest = transient->magnitude;
    const clp_snapshot snapshot = {.index = index, .time = transient->time, .values = transient->values};
    if (!transient->options.snapshot) return CLP_OK;
    return transient->options.snapshot(transient->options.user, &snapshot);
}

/* ---- steps ---- */

void clp_transient_count_step(clp_transient *transient, double step)
{
    clp_time_report *report = &transient->in_time;
    report->step_smallest = fmin(report->step_smallest, step);
    report->step_largest = fmax(report->step_largest, step);
}

static void exchange(clp_field **a, clp_field **b)
{
    clp_field *kept = *a;
    *a = *b;
    *b = kept;
}

clp_status clp_transient_accept(clp_transient *transient, double step)
{
    CLP_TRY(clp_balance_take_step(transient));
    exchange(&transient->u, &transient->next);
    exchange(&transient->rates[0], &transient->rates[transient->stepper->rates - 1]);
    transient->rate_before = step;
    transient->time += step;
    transient->in_time.steps++;
    clp_transient_count_step(transient, step);
    return CLP_OK;
}

clp_status clp_transient_attempt(clp_transient *transient, double step)
{
    CLP_TRY(clp_transient_begin(transient));
    CLP_TRY(clp_balance_begin_step(transient));
    return transient->stepper->attempt(transient, step);
}

/* ---- when ---- */

/* Time between outputs. */
static double interval_of(const clp_time_options *options)
{
    return options->output_every > 0 ? fmin(options->output_every, options->end) : options->end;
}

size_t clp_time_output_count(const clp_time_options *options)
{
    const double most = 1e15;
    return (size_t)fmin(ceil(options->end / interval_of(options) * (1 - 1e-12)) + 1, most);
}

clp_plan clp_plan_make(const clp_transient *transient)
{
    const clp_time_options *options = &transient->options;
    clp_plan made = {
        .outputs = clp_time_output_count(options) - 1, .every = interval_of(options), .step = options->step};
    if (made.step > 0) made.total = (size_t)floor(options->end / made.step * (1 + 1e-12));
    return made;
}

double clp_plan_time(const clp_transient *transient, const clp_plan *made, size_t output)
{
    return output < made->outputs ? (double)output * made->every : transient->options.end;
}

/* ---- all ---- */

static clp_status finish_report(clp_transient *transient, double compiled)
{
    clp_report *report = &transient->report;
    clp_time_report *in_time = &transient->in_time;
    compiled = transient->device->compile_seconds - compiled;
    report->seconds_compile += compiled;
    clp_traffic_end(transient->assembly.ranks);
    report->seconds_solve = clp_seconds() - transient->start - compiled;
    report->seconds_total = report->seconds_setup + report->seconds_compile + report->seconds_solve;
    report->iterations = in_time->steps;
    report->sweeps = in_time->applications;
    report->updates_per_second = report->bytes_per_second = report->unknowns_per_second = NAN;
    if (report->seconds_solve > 0) {
        report->updates_per_second =
            (double)in_time->applications * (double)report->unknowns / report->seconds_solve;
        report->unknowns_per_second =
            (double)in_time->steps * (double)report->unknowns / report->seconds_solve;
    }
    report->device_bytes += clp_hierarchy_bytes(transient->implicit.hierarchy);
    report->bytes_per_unknown = (double)report->device_bytes *
                                (double)clp_ranks_count(transient->assembly.ranks) / (double)report->unknowns;
    in_time->reached = transient->time;
    report->reason = transient->stopped ? CLP_REASON_INTERRUPTED
                     : in_time->steady  ? CLP_REASON_STEADY
                                        : CLP_REASON_END;
    report->converged = !transient->stopped && (in_time->steady || !transient->options.until_steady);
    return clp_quantities(&transient->assembly, transient->values, transient->electrode_of,
                          transient->electrodes, report);
}

clp_status clp_transient_run(clp_transient *transient)
{
    double compiled = transient->device->compile_seconds;
    if (transient->in_time.interval_count > 0)
        return clp_fail(CLP_ERROR_INPUT, "a run in time was started twice; create another one");
    clp_traffic_begin(transient->assembly.ranks);
    transient->start = transient->told = clp_seconds();
    CLP_TRY(clp_transient_put_out(transient, transient->u));
    bool even = transient->options.step > 0 || transient->stepper->advance;
    if (even)
        CLP_TRY(clp_transient_look_at_rate(
            transient)); /* to compare with: by the next look all may be rounding */
    CLP_TRY(even ? clp_transient_run_evenly(transient) : clp_transient_run_by_error(transient));
    return finish_report(transient, compiled);
}
