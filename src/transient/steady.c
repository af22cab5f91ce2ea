/* SPDX-License-Identifier: MIT */
/* Whether the steady state is reached. */
#include "transient/run.h"

#include <math.h>

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
    transient->steady_times = distance <= CLP_STEADY_DISTANCE * spread ? transient->steady_times + 1 : 0;
    transient->in_time.steady = transient->steady_times >= 3;
    transient->steady_rate = rate;
    transient->steady_time = time;
}

/* By the rate now: of explicit steps, which leave no rough errors behind that it would be full of. */
clp_status clp_transient_look_at_rate(clp_transient *transient)
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
clp_status clp_transient_look_at_change(clp_transient *transient, double step)
{
    clp_norms norms;
    if (!transient->options.until_steady) return CLP_OK;
    CLP_TRY(transient->device->backend->change_norms(transient->u, transient->next, &norms));
    look_for_steady(transient, norms.largest / step, transient->time - 0.5 * step, norms.field);
    return CLP_OK;
}
