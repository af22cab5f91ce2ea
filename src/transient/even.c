/* SPDX-License-Identifier: MIT */
/* Steps of one length. */
#include "transient/run.h"

#include "base/checked.h"

#include <math.h>

/* Steps to output number `output`, from 1, and their length. */
static size_t steps_to(const clp_transient *transient, const clp_plan *made, size_t output, double *step)
{
    double until = clp_plan_time(transient, made, output), length = until - transient->time;
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
    const double launch = 1 << 17, patience = 1 << 30;
    size_t together = (size_t)fmax(patience / ((double)transient->report.unknowns + launch), 1);
    for (size_t done = 0, now; done < count && !transient->stopped && !transient->in_time.steady;
         done += now) {
        now = transient->stepper->advance ? clp_min(together, count - done) : 1;
        if (transient->stepper->advance) {
            CLP_TRY(transient->stepper->advance(transient, step, now));
            clp_transient_count_step(transient, step);
            CLP_TRY(clp_transient_look_at_rate(transient));
        } else {
            CLP_TRY(clp_transient_attempt(transient, step));
            CLP_TRY(clp_transient_accept(transient, step));
            CLP_TRY(clp_transient_look_at_change(transient, step));
        }
        CLP_TRY(transient->device->backend->finish(transient->device));
        CLP_TRY(clp_transient_tell(transient, step));
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

clp_status clp_transient_run_evenly(clp_transient *transient)
{
    const clp_plan made = clp_plan_make(transient);
    for (size_t output = 1; output <= made.outputs && !transient->stopped && !transient->in_time.steady;
         output++) {
        double step, begin = transient->time;
        size_t count = steps_to(transient, &made, output, &step), before = transient->in_time.steps;
        CLP_TRY(choose_enough(transient, step));
        CLP_TRY(advance(transient, step, count));
        /* Without the rounding of many small sums. */
        if (transient->in_time.steps - before == count)
            transient->time = made.step > 0 ? (double)transient->in_time.steps * step
                                            : clp_plan_time(transient, &made, output);
        if (transient->time > begin) CLP_TRY(clp_transient_put_out(transient, transient->u));
    }
    return CLP_OK;
}
