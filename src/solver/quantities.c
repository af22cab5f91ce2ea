/* SPDX-License-Identifier: MIT */
#include "solver/quantities.h"

#include "base/checked.h"

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

/* In several lanes: one comparison waits for the other in a lane. */
static void range_of_piece(const double *values, size_t count, double *smallest, double *largest)
{
    enum { LANES = 8 };
    double low[LANES], high[LANES];
    for (int lane = 0; lane < LANES; lane++)
        low[lane] = INFINITY, high[lane] = -INFINITY; /* NaN counts for nothing */
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        for (size_t lane = 0; lane < LANES; lane++) {
            double value = values[i + lane];
            low[lane] = value < low[lane] ? value : low[lane];
            high[lane] = value > high[lane] ? value : high[lane];
        }
    for (; i < count; i++) {
        low[0] = values[i] < low[0] ? values[i] : low[0];
        high[0] = values[i] > high[0] ? values[i] : high[0];
    }
    for (int lane = 1; lane < LANES; lane++) {
        low[0] = low[lane] < low[0] ? low[lane] : low[0];
        high[0] = high[lane] > high[0] ? high[lane] : high[0];
    }
    *smallest = low[0];
    *largest = high[0];
}

void clp_range_of(const double *values, size_t count, double *smallest, double *largest)
{
    const size_t piece = 1 << 14;
    double low = values[0], high = low;
#pragma omp parallel for schedule(static) reduction(min : low) reduction(max : high) if (count > piece)
    for (size_t begin = 0; begin < count; begin += piece) {
        double own_low, own_high;
        range_of_piece(values + begin, clp_min(piece, count - begin), &own_low, &own_high);
        if (own_low < low) low = own_low;
        if (own_high > high) high = own_high;
    }
    *smallest = low;
    *largest = high;
}

clp_status clp_range(const clp_assembly *assembly, const double *values, double *smallest, double *largest)
{
    const clp_operator *op = &assembly->op;
    double most[] = {-INFINITY, -INFINITY};
    if (!clp_grid_is_part(&op->grid)) {
        clp_range_of(values, clp_grid_node_count(&op->grid), smallest, largest);
        return CLP_OK;
    }
    for (size_t r = 0; r < clp_operator_rows(op); r++) {
        const clp_row row = clp_operator_row(op, r);
        size_t begin = clp_grid_begin(&op->grid, 0);
        double low, high;
        if (!row.own) continue;
        clp_range_of(values + row.first + begin, clp_grid_end(&op->grid, 0) - begin, &low, &high);
        most[0] = fmax(most[0], high);
        most[1] = fmax(most[1], -low);
    }
    CLP_TRY(clp_reduce(assembly->ranks, CLP_REDUCE_MAX, most, 2));
    *largest = most[0];
    *smallest = -most[1];
    return CLP_OK;
}

/* The conductance of the edge from node p on along an axis, in units of the network. */
static double edge(const clp_operator *op, int axis, size_t p)
{
    if (op->network) return op->network->conductance[axis][p];
    return op->conductance[axis] * clp_operator_face_part(op, axis, p);
}

/* A part's own columns of a row; none where the row is not its own. */
typedef struct columns {
    size_t begin, end;             /* all */
    size_t inner_begin, inner_end; /* but for the ends of the row */
    bool first, last;              /* whether those ends are among them */
} columns;

static columns own_columns(const clp_operator *op, const clp_row *row)
{
    columns own = {.begin = clp_grid_begin(&op->grid, 0), .end = clp_grid_end(&op->grid, 0)};
    size_t nx = op->grid.nodes[0];
    if (!row->own) return (columns){0};
    own.first = own.begin == 0;
    own.last = own.end == nx;
    own.inner_begin = own.begin + (own.first ? 1 : 0);
    own.inner_end = own.end - (own.last ? 1 : 0);
    return own;
}

/* The integral over a row in units of cells, and their volume. */
static double row_integral(const clp_operator *op, const clp_row *row, const double *values, double *volume)
{
    const columns own = own_columns(op, row);
    const double *u = values + row->first;
    double inner = 0, ends = (own.first ? u[0] : 0) + (own.last ? u[own.end - 1] : 0);
    *volume = 0;
    if (row->copy || own.end == 0) return 0;
    *volume = row->part * ((double)(own.inner_end - own.inner_begin) + 0.5 * (own.first + own.last));
#pragma omp simd reduction(+ : inner)
    for (size_t i = own.inner_begin; i < own.inner_end; i++) inner += u[i];
    /* On a periodic axis both ends are the same node, and count once. */
    return row->part * (inner + 0.5 * ends);
}

clp_status clp_mean(const clp_assembly *assembly, const double *values, double *mean)
{
    const clp_operator *op = &assembly->op;
    double sum = 0, volume = 0;
    size_t rows = clp_operator_rows(op);
#pragma omp parallel for schedule(static) reduction(+ : sum, volume)
    for (size_t r = 0; r < rows; r++) {
        clp_row row = clp_operator_row(op, r);
        double own;
        sum += row_integral(op, &row, values, &own);
        volume += own;
    }
    double all[] = {sum, volume};
    CLP_TRY(clp_reduce(assembly->ranks, CLP_REDUCE_SUM, all, 2));
    *mean = all[0] / all[1];
    return CLP_OK;
}

/* What the edges along an axis that begin at a row dissipate, over a cell. */
static double row_energy(const view *v, const clp_row *row, int axis)
{
    const clp_operator *op = v->op;
    size_t nx = op->grid.nodes[0], step = clp_operator_step(op, axis);
    const columns own = own_columns(op, row);
    const double *u = v->values + row->first;
    double sum = 0;
    if (row->copy || own.end == 0 || (axis > 0 && row->at[axis] + 1 == op->grid.nodes[axis])) return 0;
    size_t end = own.end - (own.last && (axis == 0 || op->periodic[0]) ? 1 : 0);
    if (op->network) {
        const double *g = op->network->conductance[axis] + row->first;
#pragma omp simd reduction(+ : sum)
        for (size_t i = own.begin; i < end; i++) sum += g[i] * (u[i + step] - u[i]) * (u[i + step] - u[i]);
        return sum;
    }
#pragma omp simd reduction(+ : sum)
    for (size_t i = own.begin; i < end; i++) sum += (u[i + step] - u[i]) * (u[i + step] - u[i]);
    if (axis > 0 && !op->periodic[0]) { /* faces at the sides along x are halved */
        double first = own.first ? u[step] - u[0] : 0, last = own.last ? u[nx - 1 + step] - u[nx - 1] : 0;
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
        if (clp_operator_in_range(v->op, cut->node)) sum += cut->conductance * difference * difference;
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

/* What enters an unknown node of a row through its edges from held ones; without a network these are on a
 * side across the edge. */
static void add_held_neighbours(const view *v, const clp_row *row, size_t i)
{
    const clp_operator *op = v->op;
    const size_t p = row->first + i;
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++) {
        size_t step = clp_operator_step(op, axis), at = axis == 0 ? i : row->at[axis],
               last = op->grid.nodes[axis] - 1;
        for (int back = 0; back < 2; back++) {
            const int side = 2 * axis + !back;
            size_t q, from;
            if (back && at == 0 && !op->periodic[axis]) continue;
            if (!back && at == last) continue;
            q = back ? (at > 0 ? p - step : p + (last - 1) * step) : p + step;
            from = back ? q : p;
            const bool held =
                op->network ? op->network->diagonal[q] == 0 : op->held[side] && at == (back ? 1 : last - 1);
            if (!held) continue;
            enter(v, v->assembly->holder ? v->assembly->holder[q] : (uint16_t)side,
                  clp_cell_volume(&op->grid) * edge(op, axis, from) * (v->values[q] - v->values[p]));
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
        for (size_t r = 0; feed && r < clp_operator_rows(op); r++) {
            const clp_row row = clp_operator_row(op, r);
            if (side > 1 && row.at[side / 2] != at_side) continue;
            const size_t begin = side > 1 ? 0 : at_side, end = side > 1 ? op->grid.nodes[0] : at_side + 1;
            for (size_t i = begin; i < end; i++, n++) {
                const size_t p = row.first + i;
                const double part = clp_cell_volume(&op->grid) * clp_row_part(op, &row, i);
                double fed = part * feed[n], drained = shunt ? part * shunt[n] * v->values[p] : 0;
                if (clp_row_is_held(op, &row, i) || !clp_operator_in_range(op, p)) continue;
                v->report->flux[side] += fed - drained;
                all->fed -= fed;
                all->drained -= drained;
            }
        }
    }
}

/* What enters through edges that end at an electrode's outline; taken from the totals of the nodes. */
static void add_cuts(const view *v, totals *all)
{
    for (size_t c = 0; c < v->assembly->cuts.count; c++) {
        const clp_cut *cut = &v->assembly->cuts.list[c];
        if (!clp_operator_in_range(v->op, cut->node)) continue;
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
    const columns own = own_columns(op, row);
    size_t nx = op->grid.nodes[0];
    if (row->copy || row->held || own.end == 0) return;
    if (!op->network) add_nodes(v, row, own.inner_begin, own.inner_end, all);
    for (size_t i = 0; i < nx; i += op->network ? 1 : nx - 1)
        if (clp_row_is_own(op, row, i) && !clp_row_is_held(op, row, i) && !clp_row_is_copy(op, row, i))
            add_nodes(v, row, i, i + 1, all);
}

/* Where `all` only, the nodes of a row may have held neighbours that are not beside its ends. */
static void add_held_neighbours_of_row(const view *v, const clp_row *row, bool all)
{
    const clp_operator *op = v->op;
    const size_t nx = op->grid.nodes[0];
    for (size_t i = 0; i < nx; i++) {
        if (!all && i == 2 && nx > 4) i = nx - 2;
        if (!clp_row_is_own(op, row, i) || clp_row_is_held(op, row, i) || clp_row_is_copy(op, row, i))
            continue;
        add_held_neighbours(v, row, i);
    }
}

/* Whether a row, but for its ends, has held nodes in it or beside it. */
static bool is_near_held(const clp_operator *op, const clp_row *row)
{
    if (!op->network) return row->near_held;
    const size_t last_inner = op->grid.nodes[0] - 1;
    const double *diagonal = op->network->diagonal + row->first;
    bool any = false;
    for (size_t i = 1; i < last_inner; i++) any |= diagonal[i] == 0;
    for (int axis = 1; axis < clp_grid_dimensions(&op->grid); axis++) {
        const size_t step = clp_operator_step(op, axis), at = row->at[axis], last = op->grid.nodes[axis] - 1;
        if (op->periodic[axis] && (at == 0 || at == last)) return true;
        for (size_t i = 1; at > 0 && i < last_inner; i++) any |= (diagonal - step)[i] == 0;
        for (size_t i = 1; at < last && i < last_inner; i++) any |= (diagonal + step)[i] == 0;
    }
    return any;
}

/* In the order of the rows, so that it is the same whatever the threads; which ones count is found by all. */
static void add_all_held_neighbours(const view *v)
{
    enum { ROWS = 4096 };
    const clp_operator *op = v->op;
    const size_t rows = clp_operator_rows(op);
    bool near[ROWS];
    for (size_t begin = 0; begin < rows; begin += ROWS) {
        const size_t end = clp_min(begin + ROWS, rows);
#pragma omp parallel for schedule(static) if (op->network)
        for (size_t r = begin; r < end; r++) {
            const clp_row row = clp_operator_row(op, r);
            near[r - begin] = is_near_held(op, &row);
        }
        for (size_t r = begin; r < end; r++) {
            const clp_row row = clp_operator_row(op, r);
            add_held_neighbours_of_row(v, &row, near[r - begin]);
        }
    }
}

/* What needs all values, in one pass over them. */
static clp_status add_up(const view *v, totals *all)
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
        columns of_part = own_columns(op, &row);
        if (of_part.end == 0) continue;
        range_of_piece(v->values + row.first + of_part.begin, of_part.end - of_part.begin, &own_low,
                       &own_high);
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
    double sums[] = {sum, volume, power + cut_energy(v)}, most[] = {high, -low};
    CLP_TRY(clp_reduce(v->assembly->ranks, CLP_REDUCE_SUM, sums, 3));
    CLP_TRY(clp_reduce(v->assembly->ranks, CLP_REDUCE_MAX, most, 2));
    v->report->minimum = -most[1];
    v->report->maximum = most[0];
    v->report->mean = sums[0] / sums[1];
    v->report->energy = 0.5 * sums[2] * cell;
    *all = (totals){.fed = fed * cell, .drained = drained * cell};
    return CLP_OK;
}

static clp_status balance(const view *v, totals all)
{
    clp_report *report = v->report;
    add_all_held_neighbours(v);
    add_fed_sides(v, &all);
    add_cuts(v, &all);
    double own[] = {all.fed, all.drained};
    CLP_TRY(clp_reduce(v->assembly->ranks, CLP_REDUCE_SUM, own, 2));
    CLP_TRY(clp_reduce(v->assembly->ranks, CLP_REDUCE_SUM, report->flux, CLP_SIDES));
    for (size_t e = 0; e < report->electrode_count; e++)
        CLP_TRY(clp_reduce(v->assembly->ranks, CLP_REDUCE_SUM, &v->electrodes[e].flux, 1));
    all = (totals){own[0], own[1]};
    double magnitude = 0;
    for (int side = 0; side < CLP_SIDES; side++) magnitude += fabs(report->flux[side]);
    for (size_t e = 0; e < report->electrode_count; e++) magnitude += fabs(v->electrodes[e].flux);
    /* What sides and cuts account for cancels but for rounding. */
    report->source = fabs(all.fed) > 1e-11 * magnitude ? all.fed : 0;
    report->sink = fabs(all.drained) > 1e-11 * magnitude ? all.drained : 0;
    report->imbalance = all.fed - all.drained;
    for (int side = 0; side < CLP_SIDES; side++) report->imbalance += report->flux[side];
    for (size_t e = 0; e < report->electrode_count; e++) report->imbalance += v->electrodes[e].flux;
    return CLP_OK;
}

clp_status clp_quantities(const clp_assembly *assembly, const double *values, const size_t *electrode_of,
                          clp_electrode_report *electrodes, clp_report *report)
{
    totals all;
    view v = {assembly, &assembly->op, values, electrode_of, electrodes, report};
    for (int side = 0; side < CLP_SIDES; side++) report->flux[side] = 0;
    for (size_t e = 0; e < report->electrode_count; e++) electrodes[e].flux = 0;
    CLP_TRY(add_up(&v, &all));
    return balance(&v, all);
}
