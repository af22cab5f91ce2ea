/* SPDX-License-Identifier: MIT */
/* From output to output, by steps of one length or by steps that their errors choose. */
#include "transient/state.h"

#include "base/checked.h"
#include "base/machine.h"
#include "solver/quantities.h"

#include <math.h>
#include <stdlib.h>

/* ---- telling ---- */

/* Calls the monitor where it has not been for a tenth of a second. */
static void tell_monitor(clp_transient *transient, double step)
{
    double now = clp_seconds();
    if (!transient->options.monitor || now - transient->told < 0.1) return;
    transient->told = now;
    const clp_time_progress progress = {.time = transient->time,
                                        .end = transient->options.end,
                                        .step = step,
                                        .steps = transient->in_time.steps,
                                        .seconds = now - transient->start};
    if (!transient->options.monitor(transient->options.user, &progress)) transient->stopped = true;
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

/* Reads the state back and shows it. */
static clp_status put_out(clp_transient *transient, const clp_field *u)
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
    transient->spread = made->maximum - made->minimum;
    transient->widest = fmax(transient->widest, transient->spread);
    transient->magnitude = fmax(fabs(made->minimum), fabs(made->maximum));
    transient->largest = transient->magnitude;
    const clp_snapshot snapshot = {.index = index, .time = transient->time, .values = transient->values};
    if (!transient->options.snapshot) return CLP_OK;
    return transient->options.snapshot(transient->options.user, &snapshot);
}

/* ---- steps ---- */

static void count_step(clp_transient *transient, double step)
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

/* The attempt is the state from now on. Its last rate is the first one of the step to come. */
static clp_status accept(clp_transient *transient, double step)
{
    CLP_TRY(clp_balance_take_step(transient));
    exchange(&transient->u, &transient->next);
    exchange(&transient->rates[0], &transient->rates[transient->stepper->rates - 1]);
    transient->rate_before = step;
    transient->time += step;
    transient->in_time.steps++;
    count_step(transient, step);
    return CLP_OK;
}

static clp_status attempt(clp_transient *transient, double step)
{
    CLP_TRY(clp_transient_begin(transient));
    CLP_TRY(clp_balance_begin_step(transient));
    return transient->stepper->attempt(transient, step);
}

/* ---- the steady state ---- */

/* What passes for it: the distance, over the spread of the values. */
#define CLOSE 1e-6

/*
 * How far the state is from where it goes: what is left decays like exp(-lambda t), and so does its rate,
 * which tells lambda; the distance is the rate over lambda. `rate` is that at a time, at the fastest node;
 * `largest` the largest |u|.
 */
static void look_for_steady(clp_transient *transient, double rate, double time, double largest)
{
    /* Of the last output, unless everything is smaller by now, or there was none yet. */
    double spread = transient->spread > 0 ? fmin(transient->spread, 2 * largest) : largest;
    if (rate < 0.9 * transient->steady_rate) /* else noise, which tells nothing of the decay */
        transient->lambda = log(transient->steady_rate / rate) / (time - transient->steady_time);
    double distance = rate == 0 ? 0 : transient->lambda > 0 ? rate / transient->lambda : INFINITY;
    transient->steady_times = distance <= CLOSE * spread ? transient->steady_times + 1 : 0;
    transient->in_time.steady = transient->steady_times >= 3;
    transient->steady_rate = rate;
    transient->steady_time = time;
}

/* By the rate now: of explicit steps, which leave no rough errors behind that it would be full of. */
static clp_status look_at_rate(clp_transient *transient)
{
    clp_norms norms;
    if (!transient->options.until_steady) return CLP_OK;
    transient->in_time.applications++;
    CLP_TRY(transient->device->backend->residual_norms(transient->u, transient->q, &norms));
    double unit = transient->plain ? transient->assembly.capacity : transient->level->op.diagonal;
    look_for_steady(transient, norms.largest / unit, transient->time, norms.field);
    return CLP_OK;
}

/* By what the last step has changed. */
static clp_status look_at_change(clp_transient *transient, double step)
{
    clp_norms norms;
    if (!transient->options.until_steady) return CLP_OK;
    CLP_TRY(transient->device->backend->change_norms(transient->u, transient->next, &norms));
    look_for_steady(transient, norms.largest / step, transient->time - 0.5 * step, norms.field);
    return CLP_OK;
}

/* ---- steps of one length ---- */

/* The time and length of steps up to an output. */
typedef struct plan {
    size_t outputs;
    double every;
    double step;  /* asked for; 0: as many equal ones as are stable between outputs */
    size_t total; /* of those asked for */
} plan;

static plan make_plan(const clp_transient *transient)
{
    const clp_time_options *options = &transient->options;
    plan made = {.every =
                     options->output_every > 0 ? fmin(options->output_every, options->end) : options->end,
                 .step = options->step};
    made.outputs = (size_t)ceil(options->end / made.every * (1 - 1e-12));
    if (made.step > 0) made.total = (size_t)floor(options->end / made.step * (1 + 1e-12));
    return made;
}

static double output_time(const clp_transient *transient, const plan *made, size_t output)
{
    return output < made->outputs ? (double)output * made->every : transient->options.end;
}

/* Steps to output number `output`, from 1, and their length. */
static size_t steps_to(const clp_transient *transient, const plan *made, size_t output, double *step)
{
    double until = output_time(transient, made, output), length = until - transient->time;
    *step = made->step;
    if (made->step > 0) {
        double nearest = floor(until / made->step + 0.5);
        size_t end = output == made->outputs ? made->total : clp_min((size_t)nearest, made->total);
        return end > transient->in_time.steps ? end - transient->in_time.steps : 0;
    }
    /* Half of what is stable: at the limit itself the roughest error changes its sign and does not die out.
     */
    size_t count = (size_t)ceil(2 * length / transient->in_time.largest_stable * (1 - 1e-12));
    *step = length / (double)clp_max(count, 1);
    return clp_max(count, 1);
}

/* Some steps at a time, so that the monitor is heard. */
static clp_status advance(clp_transient *transient, double step, size_t count)
{
    const double launch = 1 << 17, patience = 1 << 28;
    size_t together = (size_t)fmax(patience / ((double)transient->report.unknowns + launch), 1);
    for (size_t done = 0, now; done < count && !transient->stopped && !transient->in_time.steady;
         done += now) {
        now = transient->stepper->advance ? clp_min(together, count - done) : 1;
        if (transient->stepper->advance) {
            CLP_TRY(transient->stepper->advance(transient, step, now));
            count_step(transient, step);
            CLP_TRY(look_at_rate(transient));
        } else {
            CLP_TRY(attempt(transient, step));
            CLP_TRY(accept(transient, step));
            CLP_TRY(look_at_change(transient, step));
        }
        CLP_TRY(transient->device->backend->finish(transient->device));
        tell_monitor(transient, step);
    }
    return CLP_OK;
}

/* What equations of steps of one length may be off by: far below what any of them is off by itself. */
static clp_status choose_enough(clp_transient *transient, double step)
{
    const double part = 1e-9;
    double rate;
    transient->enough = part * transient->magnitude;
    if (transient->stepper->advance || transient->magnitude > 0) return CLP_OK;
    CLP_TRY(clp_transient_begin(transient)); /* everything begins with what is fed */
    CLP_TRY(clp_transient_largest(transient->rates[0], transient->spare, &rate));
    transient->enough = part * rate * step;
    return CLP_OK;
}

static clp_status run_evenly(clp_transient *transient)
{
    const plan made = make_plan(transient);
    for (size_t output = 1; output <= made.outputs && !transient->stopped && !transient->in_time.steady;
         output++) {
        double step, begin = transient->time;
        size_t count = steps_to(transient, &made, output, &step), before = transient->in_time.steps;
        CLP_TRY(choose_enough(transient, step));
        CLP_TRY(advance(transient, step, count));
        /* Without the rounding of many small sums. */
        if (transient->in_time.steps - before == count)
            transient->time = made.step > 0 ? (double)transient->in_time.steps * step
                                            : output_time(transient, &made, output);
        if (transient->time > begin) CLP_TRY(put_out(transient, transient->u));
    }
    return CLP_OK;
}

/* ---- steps by their errors ---- */

/*
 * The spread of the values about now: that of the last output, as far as the largest value has shrunk or
 * grown since; where there never was any, what has changed since the beginning. Not less than a part of what
 * there once was: what has died out does not matter any more.
 */
static double spread_now(const clp_transient *transient)
{
    double shrunk = fmin(transient->largest / fmax(transient->magnitude, 1e-300), 1) * transient->spread;
    double grown = fmax(transient->largest - transient->magnitude, 0);
    if (transient->widest == 0) return transient->moved;
    return fmax(shrunk + grown, 1e-3 * transient->widest);
}

/*
 * Error per unit of time that a step may make. Auto: what diffusion makes of errors is the less the longer
 * ago they were made, so that they may be in proportion to 1 / t; as steps then do, they let values be about
 * 1e-4 of their spread off, at any time.
 */
static double tolerance_now(clp_transient *transient, double step)
{
    const double part = 6e-4;
    double asked = transient->options.tolerance;
    double made = asked > 0 ? asked : part * spread_now(transient) / (transient->time + step);
    transient->in_time.tolerance = asked > 0 ? asked : NAN;
    return made;
}

/* The first step: short enough for rates to be what they are throughout it. */
static clp_status first_step(clp_transient *transient, double *step)
{
    double rate;
    CLP_TRY(clp_transient_begin(transient));
    CLP_TRY(clp_transient_largest(transient->rates[0], transient->spare, &rate));
    double longest = transient->options.end;
    *step = rate > 0 ? fmin(0.01 * transient->spread / rate, longest) : 0;
    *step = fmax(*step, 0.1 * fmin(transient->in_time.largest_stable, longest));
    return CLP_OK;
}

/* Where between two steps an output lies: its part of the last one, which began at s = 0. */
typedef struct between {
    double step, s;
} between;

/* Values and rates at both ends of the last step: that began with what is now in next and in the last rate.
 */
static void ends(const clp_transient *transient, const clp_field *fields[4])
{
    fields[0] = transient->next;
    fields[1] = transient->u;
    fields[2] = transient->rates[transient->stepper->rates - 1];
    fields[3] = transient->rates[0];
}

/* The state there, by cubic interpolation, into transient->error. */
static clp_status interpolate(clp_transient *transient, between at)
{
    const clp_field *fields[4];
    double s = at.s, r = 1 - s;
    ends(transient, fields);
    return clp_transient_blend(
        transient->error, 0, fields,
        (double[]){r * r * (1 + 2 * s), s * s * (1 + 2 * r), at.step * s * r * r, -at.step * s * s * r}, 4);
}

/* What feeds and holds, from there to the end of the step, times a sign: by Simpson's rule. */
static clp_status shift_forcing(clp_transient *transient, double from, double to, double sign)
{
    const double middle = 0.5 * (from + to), share = sign * (to - from) / 6;
    if (!transient->feeds && !transient->holds) return CLP_OK;
    CLP_TRY(clp_transient_move(transient, from, NULL));
    clp_balance_feed(transient, share);
    CLP_TRY(clp_transient_move(transient, middle, NULL));
    clp_balance_feed(transient, 4 * share);
    CLP_TRY(clp_transient_move(transient, to, NULL));
    clp_balance_feed(transient, share);
    return CLP_OK;
}

/* Adds to the balance what the interpolated state counts from there to the end of the step, times a sign. */
static clp_status shift_balance(clp_transient *transient, between at, double end, double sign)
{
    const clp_field *fields[4];
    double s = at.s, s2 = s * s, s3 = s2 * s, s4 = s3 * s, h = sign * at.step;
    const double factors[] = {h * (0.5 - (s - s3 + 0.5 * s4)), h * (0.5 - (s3 - 0.5 * s4)),
                              h * at.step * (1.0 / 12 - (0.5 * s2 - 2 * s3 / 3 + 0.25 * s4)),
                              h * at.step * (-1.0 / 12 - (0.25 * s4 - s3 / 3))};
    ends(transient, fields);
    CLP_TRY(shift_forcing(transient, end - at.step * (1 - s), end, sign));
    return clp_transient_blend(transient->balance.sum, 1, fields, factors, 4);
}

static clp_status put_out_between(clp_transient *transient, double time, double step)
{
    const double end = transient->time;
    const between at = {.step = step, .s = 1 - (end - time) / step};
    if (time > end - 1e-9 * step) return put_out(transient, transient->u);
    CLP_TRY(interpolate(transient, at));
    CLP_TRY(shift_balance(transient, at, end, -1));
    CLP_TRY(clp_transient_move(transient, time, NULL));
    transient->time = time;
    CLP_TRY(put_out(transient, transient->error));
    CLP_TRY(shift_balance(transient, at, end, 1));
    transient->time = end;
    return clp_transient_move(transient, end, NULL);
}

/* How far a step of that length is off, and may be. */
static clp_status judge(clp_transient *transient, double step, double *error, double *allowed)
{
    clp_norms norms;
    CLP_TRY(transient->device->backend->change_norms(transient->next, transient->u, &norms));
    if (!isfinite(norms.two) || !isfinite(norms.field))
        return clp_fail(CLP_ERROR_DIVERGED, "a step of %g from t = %g on has no finite result", step,
                        transient->time);
    transient->largest = norms.field;
    transient->moved = transient->moved_before + norms.largest;
    *allowed = tolerance_now(transient, step) * step;
    CLP_TRY(clp_transient_largest(transient->error, transient->spare, error));
    if (*error > *allowed && transient->stepper->tableau) {
        CLP_TRY(clp_transient_damp_estimate(transient));
        CLP_TRY(clp_transient_largest(transient->error, transient->spare, error));
    }
    return CLP_OK;
}

/* How much longer the next step may be. Longer ones need new equations, so that a little is not worth it. */
static double growth(const clp_transient *transient, double error, double allowed)
{
    const double safety = 0.9, worth = 1.3;
    if (!(error > 0)) return 4;
    double factor = safety * pow(allowed / error, 1.0 / transient->stepper->order);
    return factor >= 4 ? 4 : factor > 1 && factor < worth ? 1 : fmax(factor, 0.1);
}

/* The part of a step's error that its equations may be off by. */
#define ENOUGH 0.1

/* The next length to try: not beyond what the method can reach, nor the end, before which two halves go. */
static double length_of(const clp_transient *transient, double step)
{
    double left = transient->options.end - transient->time, reach = transient->stepper->reach;
    if (reach > 0) step = fmin(step, reach * transient->in_time.largest_stable);
    return step >= left * (1 - 1e-9) ? left : step > 0.6 * left ? 0.5 * left : step;
}

/* One accepted step, at most up to the end; *step is what the next one should be. Shorter ones than explicit
 * steps would be are always good enough: what changes faster the grid does not know. */
static clp_status step_once(clp_transient *transient, double *step, double *taken)
{
    for (;;) {
        double error = 0, allowed = 0, wanted = *step;
        *taken = length_of(transient, wanted);
        bool shortest = *taken <= 0.5 * transient->in_time.largest_stable;
        transient->enough = ENOUGH * tolerance_now(transient, *taken) * *taken;
        if (transient->options.until_steady)
            transient->enough = fmin(transient->enough, ENOUGH * CLOSE * spread_now(transient));
        CLP_TRY(attempt(transient, *taken));
        CLP_TRY(judge(transient, *taken, &error, &allowed));
        double factor = growth(transient, error, allowed);
        if (error <= allowed || shortest) {
            CLP_TRY(accept(transient, *taken));
            transient->moved_before = transient->moved;
            /* A step cut short by the end says nothing against the length that was wanted. */
            *step = fmax(*taken, wanted) * fmax(factor, shortest ? 1 : 0.5);
            return CLP_OK;
        }
        transient->in_time.rejected++;
        transient->rate_before = 0; /* the attempt's rates are in the place of those before */
        *step = *taken * fmin(factor, 0.7);
        CLP_TRY(clp_transient_move(transient, transient->time, NULL));
    }
}

static clp_status run_by_error(clp_transient *transient)
{
    const plan made = make_plan(transient);
    double step, taken;
    size_t output = 1;
    CLP_TRY(first_step(transient, &step));
    while (output <= made.outputs && !transient->stopped && !transient->in_time.steady) {
        CLP_TRY(step_once(transient, &step, &taken));
        for (; output < made.outputs && output_time(transient, &made, output) <= transient->time; output++)
            CLP_TRY(put_out_between(transient, output_time(transient, &made, output), taken));
        if (transient->time >= transient->options.end * (1 - 1e-12)) {
            transient->time = transient->options.end;
            output = made.outputs + 1;
        }
        tell_monitor(transient, taken);
        CLP_TRY(look_at_change(transient, taken));
    }
    return transient->time > transient->intervals[transient->in_time.interval_count - 1].time
               ? put_out(transient, transient->u)
               : CLP_OK;
}

/* ---- all ---- */

static void finish_report(clp_transient *transient, double compiled)
{
    clp_report *report = &transient->report;
    clp_time_report *in_time = &transient->in_time;
    compiled = transient->device->compile_seconds - compiled;
    report->seconds_compile += compiled;
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
    report->bytes_per_unknown = (double)report->device_bytes / (double)report->unknowns;
    in_time->reached = transient->time;
    report->reason = transient->stopped ? CLP_REASON_INTERRUPTED
                     : in_time->steady  ? CLP_REASON_STEADY
                                        : CLP_REASON_END;
    report->converged = !transient->stopped && (in_time->steady || !transient->options.until_steady);
    clp_quantities(&transient->assembly, transient->values, transient->electrode_of, transient->electrodes,
                   report);
}

clp_status clp_transient_run(clp_transient *transient)
{
    double compiled = transient->device->compile_seconds;
    if (transient->in_time.interval_count > 0)
        return clp_fail(CLP_ERROR_INPUT, "a run in time was started twice; create another one");
    transient->start = transient->told = clp_seconds();
    CLP_TRY(put_out(transient, transient->u));
    bool even = transient->options.step > 0 || !transient->stepper->adapts;
    if (even) CLP_TRY(look_at_rate(transient)); /* to compare with: by the next look all may be rounding */
    CLP_TRY(even ? run_evenly(transient) : run_by_error(transient));
    finish_report(transient, compiled);
    return CLP_OK;
}
