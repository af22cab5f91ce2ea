/* SPDX-License-Identifier: MIT */
/* Steps by their errors. */
#include "transient/run.h"

#include <math.h>

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
static double tolerance_now(const clp_transient *transient, double step)
{
    const double part = 6e-4;
    double asked = transient->options.tolerance;
    return asked > 0 ? asked : part * spread_now(transient) / (transient->time + step);
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
    if (time > end - 1e-9 * step) return clp_transient_put_out(transient, transient->u);
    CLP_TRY(interpolate(transient, at));
    CLP_TRY(shift_balance(transient, at, end, -1));
    CLP_TRY(clp_transient_move(transient, time, NULL));
    transient->time = time;
    CLP_TRY(clp_transient_put_out(transient, transient->error));
    transient->time = end;
    return shift_balance(transient, at, end, 1); /* which leaves what depends on t at the end */
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
    /* Not less than what rounding alone may be taken for. */
    double rounding = 64 * clp_precision_epsilon(transient->outer) * norms.field;
    *allowed = fmax(tolerance_now(transient, step) * step, rounding);
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
    /* So as not to run past the steady state by far. */
    if (transient->options.until_steady && transient->lambda > 0) step = fmin(step, 4 / transient->lambda);
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
            transient->enough =
                fmin(transient->enough, 0.1 * ENOUGH * CLP_STEADY_DISTANCE * spread_now(transient));
        CLP_TRY(clp_transient_attempt(transient, *taken));
        CLP_TRY(judge(transient, *taken, &error, &allowed));
        double factor = growth(transient, error, allowed);
        if (error <= allowed || shortest) {
            CLP_TRY(clp_transient_accept(transient, *taken));
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

clp_status clp_transient_run_by_error(clp_transient *transient)
{
    const clp_plan made = clp_plan_make(transient);
    double step, taken;
    size_t output = 1;
    CLP_TRY(first_step(transient, &step));
    while (output <= made.outputs && !transient->stopped && !transient->in_time.steady) {
        CLP_TRY(step_once(transient, &step, &taken));
        for (; output < made.outputs && clp_plan_time(transient, &made, output) <= transient->time; output++)
            CLP_TRY(put_out_between(transient, clp_plan_time(transient, &made, output), taken));
        if (transient->time >= transient->options.end * (1 - 1e-12)) {
            transient->time = transient->options.end;
            output = made.outputs + 1;
        }
        CLP_TRY(clp_transient_tell(transient, taken));
        CLP_TRY(clp_transient_look_at_change(transient, taken));
    }
    return transient->time > transient->intervals[transient->in_time.interval_count - 1].time
               ? clp_transient_put_out(transient, transient->u)
               : CLP_OK;
}
