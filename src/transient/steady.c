/* SPDX-License-Identifier: MIT */
/* Whether the steady state is reached. */
#include "transient/run.h"

#include <math.h>

#define ROUNDING 16

/*
 * How far the state is from where it goes: what is left decays like exp(-lambda t), and so does its rate,
 * which tells lambda; the distance is the rate over lambda. `rate` is that at a time, at the fastest node;
 * `largest` the largest |u|,
 * `noise` what rounding may be taken for a rate of.
 */
static void look_for_steady(clp_transient *transient, double rate, double time, double largest, double noise)
{
    /* Of the last output, unless everything is smaller by now, or there was none yet. */
    double spread = transient->spread > 0 ? fmin(transient->spread, 2 * largest) : largest;
    double slowest = transient->lambda, passed = time - transient->steady_time;
    double fallen = transient->steady_rate > 0 && rate > 0 ? log(transient->steady_rate / rate) : 0;
    if (rate > transient->steady_rate || fallen > 0.1) {
        if (fallen > 0.1) slowest = fallen / passed;
        transient->steady_rate = rate;
        transient->steady_time = time;
    } else if (passed > 0) { /* it falls slower than it did, or is noise by now */
        slowest = fmin(slowest, fmax(fallen, 0.05) / passed);
    }
    transient->lambda = slowest;
    double distance = rate <= noise ? 0 : transient->lambda > 0 ? rate / transient->lambda : INFINITY;
    transient->steady_times = distance <= CLP_STEADY_DISTANCE * spread ? transient->steady_times + 1 : 0;
    transient->in_time.steady = transient->steady_times >= 2;
}

/* By the rate now: of explicit steps, which leave no rough errors behind that it would be full of. */
clp_status clp_transient_look_at_rate(clp_transient *transient)
{
    clp_norms norms;
    if (!transient->options.until_steady) return CLP_OK;
    transient->in_time.applications++;
    CLP_TRY(transient->device->backend->residual_norms(transient->u, transient->q, &norms));
    double unit = transient->plain ? transient->assembly.capacity : transient->level->op.diagonal;
    look_for_steady(transient, norms.largest / unit, transient->time, norms.field,
                    ROUNDING * clp_precision_epsilon(transient->outer) * norms.field /
                        transient->in_time.largest_stable);
    return CLP_OK;
}

/* By what the last step has changed. */
clp_status clp_transient_look_at_change(clp_transient *transient, double step)
{
    clp_norms norms;
    if (!transient->options.until_steady) return CLP_OK;
    CLP_TRY(transient->device->backend->change_norms(transient->u, transient->next, &norms));
    look_for_steady(transient, norms.largest / step, transient->time - 0.5 * step, norms.field,
                    ROUNDING * clp_precision_epsilon(transient->outer) * norms.field / step);
    return CLP_OK;
}
