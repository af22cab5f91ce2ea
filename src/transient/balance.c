/* SPDX-License-Identifier: MIT */
/* Heat balances: what is stored in addition must be what came in. */
#include "solver/quantities.h"
#include "transient/state.h"

#include <stdlib.h>

/* ---- what feeds ---- */

static size_t side_count(const clp_transient *transient, int side)
{
    return clp_grid_node_count(&transient->assembly.op.grid) / transient->assembly.op.grid.nodes[side / 2];
}

static clp_status allocate(const double *like, size_t count, double **sum)
{
    if (!like || count == 0) return CLP_OK;
    *sum = calloc(count, sizeof **sum);
    return *sum ? CLP_OK : clp_fail_host_memory(count * sizeof **sum);
}

static clp_status forcing_create(const clp_transient *transient, clp_forcing *forcing)
{
    const clp_assembly *assembly = &transient->assembly;
    static const double there;
    if (transient->holds) CLP_TRY(allocate(&there, clp_grid_node_count(&assembly->op.grid), &forcing->held));
    if (!transient->feeds) return CLP_OK;
    CLP_TRY(allocate(assembly->source, clp_grid_node_count(&assembly->op.grid), &forcing->source));
    for (int side = 0; side < 2 * clp_grid_dimensions(&assembly->op.grid); side++)
        CLP_TRY(allocate(assembly->side_feed[side], side_count(transient, side), &forcing->feed[side]));
    return allocate(&there, assembly->cuts.count, &forcing->cuts);
}

static void forcing_finish(clp_forcing *forcing)
{
    free(forcing->source);
    for (int side = 0; side < CLP_SIDES; side++) free(forcing->feed[side]);
    free(forcing->cuts);
    free(forcing->held);
}

/* sum = keep sum + weight values */
static void add(double *sum, double keep, double weight, const double *values, size_t count)
{
    for (size_t i = 0; sum && i < count; i++) sum[i] = keep * sum[i] + weight * values[i];
}

/* Likewise of all that feeds, as it is now. */
static void forcing_add_now(const clp_transient *transient, double weight, clp_forcing *forcing)
{
    const clp_assembly *assembly = &transient->assembly;
    add(forcing->source, 1, weight, assembly->source, clp_grid_node_count(&assembly->op.grid));
    for (int side = 0; side < CLP_SIDES; side++)
        add(forcing->feed[side], 1, weight, assembly->side_feed[side], side_count(transient, side));
    add(forcing->held, 1, weight, assembly->values, clp_grid_node_count(&assembly->op.grid));
    for (size_t c = 0; forcing->cuts && c < assembly->cuts.count; c++)
        forcing->cuts[c] += weight * assembly->cuts.list[c].value;
}

static void forcing_add(const clp_transient *transient, double keep, double weight, const clp_forcing *more,
                        clp_forcing *forcing)
{
    add(forcing->source, keep, weight, more->source, clp_grid_node_count(&transient->assembly.op.grid));
    for (int side = 0; side < CLP_SIDES; side++)
        add(forcing->feed[side], keep, weight, more->feed[side], side_count(transient, side));
    add(forcing->cuts, keep, weight, more->cuts, transient->assembly.cuts.count);
    add(forcing->held, keep, weight, more->held, clp_grid_node_count(&transient->assembly.op.grid));
}

/* ---- what is stored ---- */

/* The integral of capacity times u over the nodes that are not held, each counted once. */
static clp_status find_stored(const clp_transient *transient, double *all)
{
    const clp_assembly *assembly = &transient->assembly;
    const clp_operator *op = &assembly->op;
    double sum = 0;
#pragma omp parallel for schedule(static) reduction(+ : sum)
    for (size_t r = 0; r < clp_operator_rows(op); r++) {
        const clp_row row = clp_operator_row(op, r);
        for (size_t i = 0; i < op->grid.nodes[0]; i++) {
            if (!clp_row_is_own(op, &row, i) || clp_row_is_held(op, &row, i) || clp_row_is_copy(op, &row, i))
                continue;
            double mass = assembly->mass ? assembly->mass[row.first + i]
                                         : assembly->capacity * clp_row_part(op, &row, i);
            sum += mass * transient->values[row.first + i];
        }
    }
    *all = sum * clp_cell_volume(&op->grid);
    return clp_reduce(assembly->ranks, CLP_REDUCE_SUM, all, 1);
}

/* ---- sums ---- */

clp_status clp_balance_create(clp_transient *transient)
{
    const clp_backend *backend = transient->device->backend;
    clp_balance *balance = &transient->balance;
    size_t bytes = clp_grid_node_count(&transient->assembly.op.grid) * sizeof *balance->values;
    balance->values = malloc(bytes);
    if (!balance->values) return clp_fail_host_memory(bytes);
    CLP_TRY(forcing_create(transient, &balance->forcing));
    CLP_TRY(backend->field_create(transient->level, &balance->sum));
    if (transient->stepper->advance) return CLP_OK;
    CLP_TRY(forcing_create(transient, &balance->forcing_step));
    return backend->field_create(transient->level, &balance->step);
}

void clp_balance_destroy(clp_transient *transient)
{
    clp_balance *balance = &transient->balance;
    forcing_finish(&balance->forcing);
    forcing_finish(&balance->forcing_step);
    transient->device->backend->field_destroy(balance->sum);
    transient->device->backend->field_destroy(balance->step);
    free(balance->values);
}

double clp_balance_take(clp_transient *transient, double weight)
{
    clp_balance *balance = &transient->balance;
    weight += balance->pending;
    balance->pending = 0;
    forcing_add_now(transient, weight, &balance->forcing);
    return weight;
}

bool clp_balance_is_of_sides(const clp_transient *transient)
{
    return transient->plain && transient->assembly.op.shunt == 0;
}

clp_status clp_balance_add(clp_transient *transient, double weight, const clp_field *u)
{
    clp_balance *balance = &transient->balance;
    weight = clp_balance_take(transient, weight);
    return weight == 0 ? CLP_OK : transient->device->backend->combine(balance->sum, weight, u, 1);
}

clp_status clp_balance_add_stage(clp_transient *transient, double weight, const clp_field *u)
{
    clp_balance *balance = &transient->balance;
    forcing_add_now(transient, weight, &balance->forcing_step);
    return weight == 0 ? CLP_OK : transient->device->backend->combine(balance->step, weight, u, 1);
}

void clp_balance_feed(clp_transient *transient, double weight)
{
    forcing_add_now(transient, weight, &transient->balance.forcing);
}

clp_status clp_balance_begin_step(clp_transient *transient)
{
    clp_balance *balance = &transient->balance;
    forcing_add(transient, 0, 0, &balance->forcing, &balance->forcing_step);
    return transient->device->backend->clear(balance->step);
}

clp_status clp_balance_take_step(clp_transient *transient)
{
    clp_balance *balance = &transient->balance;
    forcing_add(transient, 1, 1, &balance->forcing_step, &balance->forcing);
    return transient->device->backend->combine(balance->sum, 1, balance->step, 1);
}

/* ---- the report ---- */

/* The means over the interval, for which the sums stand in for the assembly's own; both have to be put back.
 */
static void exchange(clp_transient *transient, double *cut_values)
{
    clp_assembly *assembly = &transient->assembly;
    clp_forcing *forcing = &transient->balance.forcing;
    for (int side = 0; forcing->source && side < CLP_SIDES; side++) {
        double *feed = assembly->side_feed[side];
        assembly->side_feed[side] = forcing->feed[side];
        forcing->feed[side] = feed;
    }
    if (forcing->source) {
        double *source = assembly->source;
        assembly->source = forcing->source;
        forcing->source = source;
    }
    for (size_t c = 0; forcing->cuts && c < assembly->cuts.count; c++) {
        double value = assembly->cuts.list[c].value;
        assembly->cuts.list[c].value = cut_values[c];
        cut_values[c] = value;
    }
}

static double entered(const clp_report *report)
{
    double sum = 0;
    for (int side = 0; side < 2 * clp_grid_dimensions(&report->grid); side++) sum += report->flux[side];
    for (size_t e = 0; e < report->electrode_count; e++) sum += report->electrodes[e].flux;
    return sum;
}

void clp_balance_put_held(const clp_operator *op, const double *held, double *values)
{
    for (size_t r = 0; r < clp_operator_rows(op); r++) {
        const clp_row row = clp_operator_row(op, r);
        for (size_t i = 0; i < op->grid.nodes[0]; i++)
            if (clp_row_is_held(op, &row, i)) values[row.first + i] = held[row.first + i];
    }
}

/* What came in, by the means of u and of what feeds. */
static clp_status count_fluxes(clp_transient *transient, double length, clp_interval_report *interval)
{
    clp_balance *balance = &transient->balance;
    const clp_operator *op = &transient->assembly.op;
    const clp_backend *backend = transient->device->backend;
    clp_report mean = transient->report;
    CLP_TRY(
        backend->field_read(balance->sum, 0, clp_layout_rows(&transient->level->layout), balance->values));
    for (size_t p = 0; p < clp_grid_node_count(&op->grid); p++) balance->values[p] /= length;
    forcing_add(transient, 1 / length, 0, &balance->forcing, &balance->forcing);
    if (balance->forcing.held) clp_balance_put_held(op, balance->forcing.held, balance->values);
    exchange(transient, balance->forcing.cuts);
    clp_status status = clp_quantities(&transient->assembly, balance->values, transient->electrode_of,
                                       transient->electrodes, &mean);
    exchange(transient, balance->forcing.cuts);
    CLP_TRY(status);
    interval->entered = length * entered(&mean);
    interval->fed = length * mean.source;
    interval->drained = length * mean.sink;
    interval->imbalance = length * mean.imbalance - interval->change;
    forcing_add(transient, 0, 0, &balance->forcing, &balance->forcing);
    return backend->clear(balance->sum);
}

clp_status clp_balance_close(clp_transient *transient)
{
    clp_time_report *report = &transient->in_time;
    clp_balance *balance = &transient->balance;
    clp_interval_report made = {.time = transient->time, .steps = report->steps};
    CLP_TRY(find_stored(transient, &made.stored));
    CLP_TRY(clp_range(&transient->assembly, transient->values, &made.minimum, &made.maximum));
    CLP_TRY(clp_mean(&transient->assembly, transient->values, &made.mean));
    if (report->interval_count == transient->interval_room) {
        size_t room = 2 * transient->interval_room + 64;
        clp_interval_report *grown = realloc(transient->intervals, room * sizeof *grown);
        if (!grown) return clp_fail_host_memory(room * sizeof *grown);
        report->intervals = transient->intervals = grown;
        transient->interval_room = room;
    }
    if (report->interval_count > 0) {
        made.change = made.stored - balance->stored;
        CLP_TRY(clp_balance_add(transient, 0, transient->u)); /* what is pending */
        CLP_TRY(count_fluxes(transient, transient->time - balance->begin, &made));
    }
    balance->stored = made.stored;
    balance->begin = transient->time;
    transient->intervals[report->interval_count++] = made;
    return CLP_OK;
}
