/* SPDX-License-Identifier: MIT */
#include "solver/quantities.h"

#include <math.h>

/* What is looked at, and where what is found goes. */
typedef struct view {
    const clp_assembly *assembly;
    const clp_operator *op;
    const double *values;
    const size_t *electrode_of;
    clp_electrode_report *electrodes;
    clp_report *report;
} view;

void clp_range(const double *values, size_t count, double *smallest, double *largest)
{
    double low = values[0], high = low;
#pragma omp parallel for schedule(static) reduction(min : low) reduction(max : high) if (count > 1 << 14)
    for (size_t i = 0; i < count; i++) {
        double value = values[i];
        if (value < low) low = value;
        if (value > high) high = value;
    }
    *smallest = low;
    *largest = high;
}

/* The conductance of the edge from node p on along an axis, in units of the network. */
static double edge(const clp_operator *op, int axis, size_t p)
{
    if (op->network) return op->network->conductance[axis][p];
    return op->conductance[axis] * clp_operator_face_part(op, axis, p);
}

/* Whether a node is the second one of a seam, which counts with the first. */
static bool is_copy(const clp_operator *op, size_t p)
{
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++)
        if (op->periodic[axis] && clp_operator_at(op, p, axis) + 1 == op->grid.nodes[axis]) return true;
    return false;
}

/* The integral over a row in units of cells, and their volume. */
static double row_integral(const clp_operator *op, const clp_row *row, const double *values, double *volume)
{
    size_t nx = op->grid.nodes[0];
    const double *u = values + row->first;
    double inner = 0, ends = u[0] + u[nx - 1];
    *volume = row->copy ? 0 : row->part * (double)(nx - 1);
    if (row->copy) return 0;
#pragma omp simd reduction(+ : inner)
    for (size_t i = 1; i < nx - 1; i++) inner += u[i];
    /* On a periodic axis both ends are the same node, and count once. */
    return row->part * (inner + 0.5 * ends);
}

double clp_mean(const clp_operator *op, const double *values)
{
    double sum = 0, volume = 0;
    size_t rows = clp_operator_rows(op);
#pragma omp parallel for schedule(static) reduction(+ : sum, volume)
    for (size_t r = 0; r < rows; r++) {
        clp_row row = clp_operator_row(op, r);
        double own;
        sum += row_integral(op, &row, values, &own);
        volume += own;
    }
    return sum / volume;
}

/* What the edges along an axis that begin at a row dissipate, over a cell. */
static double row_energy(const view *v, const clp_row *row, int axis)
{
    const clp_operator *op = v->op;
    size_t nx = op->grid.nodes[0], step = clp_operator_step(op, axis);
    const double *u = v->values + row->first;
    double sum = 0;
    if (row->copy || (axis > 0 && row->at[axis] + 1 == op->grid.nodes[axis])) return 0;
    size_t end = nx - (axis == 0 || op->periodic[0] ? 1 : 0);
    if (op->network) {
        const double *g = op->network->conductance[axis] + row->first;
#pragma omp simd reduction(+ : sum)
        for (size_t i = 0; i < end; i++) sum += g[i] * (u[i + step] - u[i]) * (u[i + step] - u[i]);
        return sum;
    }
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < end; i++) sum += (u[i + step] - u[i]) * (u[i + step] - u[i]);
    if (axis > 0 && !op->periodic[0]) { /* faces at the sides along x are halved */
        double first = u[step] - u[0], last = u[nx - 1 + step] - u[nx - 1];
        sum -= 0.5 * (first * first + last * last);
    }
    /* The row's part counts a half along its own axis that the face does not know. */
    double whole = axis > 0 && !op->periodic[axis] && row->at[axis] == 0 ? 2 : 1;
    return op->conductance[axis] * whole * row->part * sum;
}

/* What cuts dissipate, over a cell. */
static double cut_energy(const view *v)
{
    double sum = 0;
    for (size_t c = 0; c < v->assembly->cuts.count; c++) {
        const clp_cut *cut = &v->assembly->cuts.list[c];
        double difference = cut->value - v->values[cut->node];
        if (!is_copy(v->op, cut->node)) sum += cut->conductance * difference * difference;
    }
    return sum;
}

/* Adds a flux that enters the domain from whoever holds a node. */
static void enter(const view *v, uint16_t holder, double flux)
{
    if (holder < CLP_HOLDER_REGION)
        v->report->flux[holder] += flux;
    else
        v->electrodes[v->electrode_of[holder - CLP_HOLDER_REGION]].flux += flux;
}

/* The side that holds a node of a plain box. */
static uint16_t holding_side(const clp_operator *op, size_t p)
{
    for (int side = 0; side < 2 * clp_grid_dimensions(&op->grid); side++)
        if (op->held[side] &&
            clp_operator_at(op, p, side / 2) == (side % 2 ? op->grid.nodes[side / 2] - 1 : 0))
            return (uint16_t)side;
    return 0;
}

/* What enters an unknown node through its edges from held ones. */
static void add_held_neighbours(const view *v, size_t p)
{
    const clp_operator *op = v->op;
    double volume = clp_cell_volume(&op->grid);
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++) {
        size_t step = clp_operator_step(op, axis), at = clp_operator_at(op, p, axis),
               last = op->grid.nodes[axis] - 1;
        for (int back = 0; back < 2; back++) {
            size_t q, from;
            if (back && at == 0 && !op->periodic[axis]) continue;
            if (!back && at == last) continue;
            q = back ? (at > 0 ? p - step : p + (last - 1) * step) : p + step;
            from = back ? q : p;
            if (!clp_operator_is_held(op, q)) continue;
            uint16_t holder = v->assembly->holder ? v->assembly->holder[q] : holding_side(op, q);
            enter(v, holder, volume * edge(op, axis, from) * (v->values[q] - v->values[p]));
        }
    }
}

/* What nodes are fed with and drained by, all together. */
typedef struct totals {
    double fed, drained;
} totals;

/* Sides that feed or cool, over the nodes with equations of their own; taken from the totals of the nodes. */
static void add_fed_sides(const view *v, totals *all)
{
    const clp_operator *op = v->op;
    for (int side = 0; side < 2 * clp_grid_dimensions(&op->grid); side++) {
        const double *feed = v->assembly->side_feed[side], *shunt = v->assembly->side_shunt[side];
        size_t at_side = side % 2 ? op->grid.nodes[side / 2] - 1 : 0, n = 0;
        for (size_t p = 0; feed && p < clp_grid_node_count(&op->grid); p++) {
            if (clp_operator_at(op, p, side / 2) != at_side) continue;
            double part = clp_cell_volume(&op->grid) * clp_operator_volume_part(op, p);
            double fed = part * feed[n], drained = shunt ? part * shunt[n] * v->values[p] : 0;
            n++;
            if (clp_operator_is_held(op, p) || is_copy(op, p)) continue;
            v->report->flux[side] += fed - drained;
            all->fed -= fed;
            all->drained -= drained;
        }
    }
}

/* What enters through edges that end at an electrode's outline; taken from the totals of the nodes. */
static void add_cuts(const view *v, totals *all)
{
    for (size_t c = 0; c < v->assembly->cuts.count; c++) {
        const clp_cut *cut = &v->assembly->cuts.list[c];
        if (is_copy(v->op, cut->node)) continue;
        double conductance = clp_cell_volume(&v->op->grid) * cut->conductance, u = v->values[cut->node];
        enter(v, cut->holder, conductance * (cut->value - u));
        all->fed -= conductance * cut->value;
        all->drained -= conductance * u;
    }
}

/* All that is fed in and drained at the nodes [begin, end) of a row, which are free, that of sides and cuts
 * included; without a network they weigh the same. */
static void add_nodes(const view *v, const clp_row *row, size_t begin, size_t end, totals *all)
{
    const clp_operator *op = v->op;
    double weight = op->network ? 1 : clp_row_part(op, row, begin), fed = 0, drained = 0;
    const double *u = v->values + row->first, *source = v->assembly->source;
    const double *shunt = op->network ? op->network->shunt : NULL;
    if (source) {
        source += row->first;
#pragma omp simd reduction(+ : fed)
        for (size_t i = begin; i < end; i++) fed += source[i];
    }
    if (shunt) {
        shunt += row->first;
#pragma omp simd reduction(+ : drained)
        for (size_t i = begin; i < end; i++) drained += shunt[i] * u[i];
    } else if (!op->network && op->shunt != 0) {
#pragma omp simd reduction(+ : drained)
        for (size_t i = begin; i < end; i++) drained += u[i];
        drained *= op->shunt;
    }
    all->fed += weight * fed;
    all->drained += weight * drained;
}

/* Without a network the nodes of a row that is not held are free but for its ends. */
static void add_row(const view *v, const clp_row *row, totals *all)
{
    const clp_operator *op = v->op;
    size_t nx = op->grid.nodes[0];
    if (row->copy || row->held) return;
    if (!op->network) add_nodes(v, row, 1, nx - 1, all);
    for (size_t i = 0; i < nx; i += op->network ? 1 : nx - 1)
        if (!clp_row_is_held(op, row, i) && !clp_row_is_copy(op, row, i)) add_nodes(v, row, i, i + 1, all);
}

/* Without a network only the nodes beside held sides have held neighbours. */
static bool may_have_held_neighbours(const clp_operator *op, const clp_row *row, size_t i)
{
    return op->network || row->near_held || i == 1 || i + 2 == op->grid.nodes[0];
}

static void add_held_neighbours_of_row(const view *v, const clp_row *row)
{
    const clp_operator *op = v->op;
    size_t nx = op->grid.nodes[0], step = op->network || row->near_held || nx < 5 ? 1 : nx - 3;
    for (size_t i = step == 1 ? 0 : 1; i < nx; i += step) {
        if (clp_row_is_held(op, row, i) || clp_row_is_copy(op, row, i)) continue;
        if (may_have_held_neighbours(op, row, i)) add_held_neighbours(v, row->first + i);
    }
}

/* What needs all values, in one pass over them. */
static totals add_up(const view *v)
{
    const clp_operator *op = v->op;
    double low = INFINITY, high = -INFINITY, sum = 0, volume = 0, power = 0, fed = 0, drained = 0;
    size_t rows = clp_operator_rows(op);
#pragma omp parallel for schedule(static) reduction(min : low) reduction(max : high)                                   \
    reduction(+ : sum, volume, power, fed, drained)
    for (size_t r = 0; r < rows; r++) {
        clp_row row = clp_operator_row(op, r);
        totals own = {0, 0};
        double own_low, own_high, own_volume;
        clp_range(v->values + row.first, op->grid.nodes[0], &own_low, &own_high);
        low = fmin(low, own_low);
        high = fmax(high, own_high);
        sum += row_integral(op, &row, v->values, &own_volume);
        volume += own_volume;
        for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++) power += row_energy(v, &row, axis);
        add_row(v, &row, &own);
        fed += own.fed;
        drained += own.drained;
    }
    double cell = clp_cell_volume(&op->grid);
    v->report->minimum = low;
    v->report->maximum = high;
    v->report->mean = sum / volume;
    v->report->energy = 0.5 * (power + cut_energy(v)) * cell;
    return (totals){.fed = fed * cell, .drained = drained * cell};
}

static void balance(const view *v, totals all)
{
    const clp_operator *op = v->op;
    clp_report *report = v->report;
    for (size_t r = 0; r < clp_operator_rows(op); r++) {
        clp_row row = clp_operator_row(op, r);
        add_held_neighbours_of_row(v, &row);
    }
    add_fed_sides(v, &all);
    add_cuts(v, &all);
    double magnitude = 0;
    for (int side = 0; side < CLP_SIDES; side++) magnitude += fabs(report->flux[side]);
    for (size_t e = 0; e < report->electrode_count; e++) magnitude += fabs(v->electrodes[e].flux);
    /* What sides and cuts account for cancels but for rounding. */
    report->source = fabs(all.fed) > 1e-11 * magnitude ? all.fed : 0;
    report->sink = fabs(all.drained) > 1e-11 * magnitude ? all.drained : 0;
    report->imbalance = all.fed - all.drained;
    for (int side = 0; side < CLP_SIDES; side++) report->imbalance += report->flux[side];
    for (size_t e = 0; e < report->electrode_count; e++) report->imbalance += v->electrodes[e].flux;
}

void clp_quantities(const clp_assembly *assembly, const double *values, const size_t *electrode_of,
                    clp_electrode_report *electrodes, clp_report *report)
{
    view v = {assembly, &assembly->op, values, electrode_of, electrodes, report};
    for (int side = 0; side < CLP_SIDES; side++) report->flux[side] = 0;
    for (size_t e = 0; e < report->electrode_count; e++) electrodes[e].flux = 0;
    balance(&v, add_up(&v));
}
