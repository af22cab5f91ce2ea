/* SPDX-License-Identifier: MIT */
/*
 * Jacobi's method: u <- u + 1/D (q - A u), every node at once from the values before (C. G. J. Jacobi,
 * Astronomische Nachrichten 22, 1845). Simple, parallel, and slow: the smoothest error shrinks by 1 -
 * O(1/n^2) per sweep.
 */
#include "solver/method.h"

#include "base/checked.h"

#include <math.h>

enum { BATCH = 256 };

static clp_status iterate(clp_iteration *iteration, size_t steps, bool keep_previous, size_t *sweeps)
{
    const clp_backend *backend = iteration->u->level->device->backend;
    double weights[BATCH];
    for (size_t i = 0; i < BATCH; i++) weights[i] = 1;
    size_t last = keep_previous ? 1 : 0; /* only a sweep on its own leaves the field from before */
    for (size_t left = steps - last; left > 0;) {
        size_t now = clp_min(left, BATCH);
        CLP_TRY(backend->sweep(iteration->u, iteration->scratch, iteration->q, weights, now));
        left -= now;
    }
    if (last) CLP_TRY(backend->sweep(iteration->u, iteration->scratch, iteration->q, weights, last));
    *sweeps = steps;
    return CLP_OK;
}

static double log_factor(const clp_iteration *iteration)
{
    return log1p(-iteration->lowest);
}

static void learn(clp_iteration *iteration, double factor, size_t steps)
{
    if (factor < 1) clp_iteration_lower(iteration, -expm1(log(factor) / (double)steps));
}

const clp_method clp_method_jacobi = {
    .name = "jacobi",
    .summary = "every node from the values before; simple and slow",
    .monotone = true,
    .iterate = iterate,
    .period = clp_every_step,
    .log_factor = log_factor,
    .learn = learn,
};
