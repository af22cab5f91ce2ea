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

static clp_status iterate(clp_field *u, clp_field *scratch, size_t steps, bool keep_previous, size_t *sweeps)
{
    const clp_backend *backend = u->level->device->backend;
    double weights[BATCH];
    for (size_t i = 0; i < BATCH; i++) weights[i] = 1;
    size_t last = keep_previous ? 1 : 0; /* only a sweep on its own leaves the field from before */
    for (size_t left = steps - last; left > 0;) {
        size_t now = clp_min(left, BATCH);
        CLP_TRY(backend->sweep(u, scratch, NULL, weights, now));
        left -= now;
    }
    if (last) CLP_TRY(backend->sweep(u, scratch, NULL, weights, last));
    *sweeps = steps;
    return CLP_OK;
}

/*
 * The slowest mode is half a sine wave between two held sides, a quarter between a held and an insulated one,
 * constant between insulated ones; with angle t per node along an axis of share s, a sweep multiplies it by 1
 * - sum 4 s sin^2(t/2).
 */
static double log_factor(const clp_operator *op)
{
    double loss = 0;
    for (int axis = 0; axis < CLP_AXES; axis++) {
        int held = op->held[2 * axis] + op->held[2 * axis + 1];
        double angle = 0.5 * held * M_PI / (double)(op->grid.nodes[axis] - 1);
        double sine = sin(0.5 * angle);
        loss += 4 * op->conductance[axis] / clp_operator_diagonal(op) * sine * sine;
    }
    return log1p(-loss);
}

const clp_method clp_method_jacobi = {
    .name = "jacobi",
    .summary = "every node from the values before; simple and slow",
    .iterate = iterate,
    .log_factor = log_factor,
};
