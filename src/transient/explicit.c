/* SPDX-License-Identifier: MIT */
/* Explicit Euler steps are sweeps: u + w / D (q - A u) with w = dt D / C. */
#include "base/checked.h"
#include "transient/state.h"

#include <math.h>
#include <stdlib.h>

enum { TOGETHER = 1024 };

double clp_transient_weight(const clp_transient *transient, double step)
{
    return transient->plain ? step * transient->level->op.diagonal / transient->assembly.capacity : step;
}

/*
 * The eigenvalues of M^-1 A lie in discs around its diagonal, whose radius is the sum of the row's other
 * entries, and what nodes are drained by comes on top of it.
 */
clp_status clp_transient_find_stable(clp_transient *transient)
{
    const clp_assembly *assembly = &transient->assembly;
    const clp_operator *op = &assembly->op;
    transient->in_time.largest_stable = 2 * assembly->capacity / (2 * op->diagonal - op->shunt);
    if (transient->plain) return CLP_OK;
    const clp_network *network = &assembly->network;
    double fastest = 0;
#pragma omp parallel for schedule(static) reduction(max : fastest)
    for (size_t p = 0; p < clp_grid_node_count(&op->grid); p++) {
        double drained = network->shunt ? network->shunt[p] : 0;
        double rate =
            network->diagonal[p] == 0 ? 0 : (2 * network->diagonal[p] - drained) / assembly->mass[p];
        if (rate > fastest) fastest = rate;
    }
    CLP_TRY(clp_reduce(assembly->ranks, CLP_REDUCE_MAX, &fastest, 1));
    transient->in_time.largest_stable = 2 / fastest;
    return CLP_OK;
}

clp_status clp_transient_move(clp_transient *transient, double time, clp_field *u)
{
    const clp_backend *backend = transient->device->backend;
    clp_assembly *assembly = &transient->assembly;
    if (!transient->feeds && !transient->holds) return CLP_OK;
    CLP_TRY(clp_ranks_agree(assembly->ranks, clp_assembly_move(transient->problem, time, assembly)));
    if (transient->feeds && transient->q) /* electrodes on nodes feed through no cuts */
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

/* Steps, before which u counts for so long in the balance. */
static clp_status sweep(clp_transient *transient, double step, const double *weights, size_t count,
                        double length)
{
    const clp_backend *backend = transient->device->backend;
    clp_field *u = transient->u, *scratch = transient->scratch, *sum = transient->balance.sum;
    if (clp_balance_is_of_sides(transient)) {
        double weight = clp_balance_take(transient, length);
        CLP_TRY(backend->sweep_adding(u, scratch, transient->q, weights, count, sum, weight));
    } else {
        CLP_TRY(clp_balance_add(transient, length, u));
        CLP_TRY(backend->sweep(u, scratch, transient->q, weights, count));
    }
    transient->in_time.applications += count;
    transient->in_time.steps += count;
    transient->time += (double)count * step;
    return CLP_OK;
}

/* A step that counts by itself, and what it changes that many times as well: u after it less u before. */
static clp_status step_alone(clp_transient *transient, double step, const double *weights, double changes)
{
    CLP_TRY(sweep(transient, step, weights, 1, step - changes));
    transient->balance.pending += changes;
    return clp_transient_move(transient, transient->time, transient->u);
}

/*
 * Steps in pieces of m that the balance sees the ends of: by Euler and Maclaurin the sum over a piece is m
 * times the mean of its ends, and half of what the first one has more than the last, less (m^2 - 1) / 12
 * times by how much more a step changes at its end, which is left of all pieces at both ends together.
 */
static clp_status step_in_pieces(clp_transient *transient, double step, const double *weights, size_t m,
                                 size_t pieces)
{
    double factor = step * ((double)m * (double)m - 1) / 12;
    CLP_TRY(step_alone(transient, step, weights, factor));
    for (size_t piece = 0; piece < pieces; piece++) {
        CLP_TRY(sweep(transient, step, weights, m, 0.5 * step * (double)(m + 1)));
        transient->balance.pending = 0.5 * step * (double)(m - 1);
    }
    return step_alone(transient, step, weights, -factor);
}

/* Early on the state changes fast, and where t matters in every step. */
static clp_status advance(clp_transient *transient, double step, size_t count)
{
    const size_t pass = CLP_SWEEPS_TOGETHER, end = transient->in_time.steps + count;
    double weights[TOGETHER];
    for (size_t i = 0; i < TOGETHER; i++) weights[i] = clp_transient_weight(transient, step);
    while (transient->in_time.steps < end) {
        size_t done = transient->in_time.steps, left = end - done, m = clp_min(done / 8, TOGETHER);
        m = left > 2 ? clp_min(m, left - 2) : 0;
        if (m > pass) m -= m % pass;
        if (transient->feeds || transient->holds || m < 4)
            CLP_TRY(step_alone(transient, step, weights, 0));
        else
            CLP_TRY(step_in_pieces(transient, step, weights, m, clp_min((left - 2) / m, 8)));
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
