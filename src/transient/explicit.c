/* SPDX-License-Identifier: MIT */
/* Explicit Euler steps are sweeps: u + w / D (q - A u) with w = dt D / C. */
#include "base/checked.h"
#include "transient/state.h"

#include <math.h>
#include <stdlib.h>

enum { TOGETHER = 32 };

double clp_transient_weight(const clp_transient *transient, double step)
{
    return transient->plain ? step * transient->level->op.diagonal / transient->assembly.capacity : step;
}

/*
 * The eigenvalues of M^-1 A lie in discs around its diagonal, whose radius is the sum of the row's other
 * entries, and what nodes are drained by comes on top of it.
 */
double clp_transient_largest_stable(const clp_transient *transient)
{
    const clp_assembly *assembly = &transient->assembly;
    const clp_operator *op = &assembly->op;
    if (transient->plain) return 2 * assembly->capacity / (2 * op->diagonal - op->shunt);
    const clp_network *network = &assembly->network;
    double fastest = 0;
#pragma omp parallel for schedule(static) reduction(max : fastest)
    for (size_t p = 0; p < clp_grid_node_count(&op->grid); p++) {
        double drained = network->shunt ? network->shunt[p] : 0;
        double rate =
            network->diagonal[p] == 0 ? 0 : (2 * network->diagonal[p] - drained) / assembly->mass[p];
        if (rate > fastest) fastest = rate;
    }
    return 2 / fastest;
}

clp_status clp_transient_move(clp_transient *transient, double time, clp_field *u)
{
    const clp_backend *backend = transient->device->backend;
    clp_assembly *assembly = &transient->assembly;
    if (!transient->feeds && !transient->holds) return CLP_OK;
    CLP_TRY(clp_assembly_move(transient->problem, time, assembly));
    if (transient->feeds)
        CLP_TRY(backend->field_write(transient->q, 0, clp_layout_rows(&transient->level->layout),
                                     assembly->source));
    return transient->holds && u ? backend->hold(u, assembly->values) : CLP_OK;
}

clp_status clp_transient_residual(clp_transient *transient, const clp_field *u, bool fed, clp_field *r)
{
    transient->in_time.applications++;
    return transient->device->backend->residual(u, fed ? transient->q : NULL, r);
}

clp_status clp_transient_rate(clp_transient *transient, const clp_field *u, clp_field *rate)
{
    const double weight = clp_transient_weight(transient, 1);
    CLP_TRY(clp_transient_residual(transient, u, true, transient->error));
    return clp_sweep_from_zero(rate, transient->scratch, transient->error, &weight, 1);
}

clp_status clp_transient_begin(clp_transient *transient)
{
    if (transient->rate_known) return CLP_OK;
    CLP_TRY(clp_transient_rate(transient, transient->u, transient->rates[0]));
    transient->rate_known = true;
    return CLP_OK;
}

clp_status clp_transient_blend(clp_field *y, double b, const clp_field *const *x, const double *a,
                               size_t count)
{
    const clp_backend *backend = y->level->device->backend;
    bool begun = b == 1;
    for (size_t i = 0; i < count; i++) {
        if (a[i] == 0) continue;
        CLP_TRY(backend->combine(y, a[i], x[i], begun ? 1 : b));
        begun = true;
    }
    return CLP_OK;
}

clp_status clp_transient_largest(clp_field *u, clp_field *zero, double *largest)
{
    const clp_backend *backend = u->level->device->backend;
    clp_norms norms;
    CLP_TRY(backend->clear(zero));
    CLP_TRY(backend->change_norms(u, zero, &norms));
    *largest = norms.largest;
    return CLP_OK;
}

/*
 * Steps that see t one by one, others together: the sum of u over n steps is, by Euler and Maclaurin, n times
 * the mean of its ends, and half of what the first one has more than the last.
 */
static clp_status advance(clp_transient *transient, double step, size_t count)
{
    const clp_backend *backend = transient->device->backend;
    const bool moves = transient->feeds || transient->holds;
    double weights[TOGETHER];
    for (size_t i = 0; i < TOGETHER; i++) weights[i] = clp_transient_weight(transient, step);
    for (size_t done = 0, now; done < count; done += now) {
        now = moves ? 1 : transient->in_time.steps / 16; /* early on the state changes fast */
        now = clp_min(clp_min(clp_max(now, 1), TOGETHER), count - done);
        CLP_TRY(clp_balance_add(transient, 0.5 * step * (double)(now + 1), transient->u));
        CLP_TRY(backend->sweep(transient->u, transient->scratch, transient->q, weights, now));
        transient->balance.pending = 0.5 * step * (double)(now - 1);
        transient->in_time.applications += now;
        transient->in_time.steps += now;
        transient->time += (double)now * step;
        CLP_TRY(clp_transient_move(transient, transient->time, transient->u));
    }
    return CLP_OK;
}

const clp_stepper clp_stepper_explicit = {
    .name = "explicit",
    .summary = "explicit Euler: sweeps with the step for a weight, stable up to a step of about h^2 C / 4k",
    .order = 1,
    .reach = 1,
    .advance = advance,
};
