/* SPDX-License-Identifier: MIT */
/*
 * A coarser solution on a finer grid. Between coarse nodes it goes straight, or by cubics where coefficients
 * do not jump. Where they may, nodes of odd index then take what their neighbours along the odd axes say,
 * weighted by conductances, as in black-box multigrid (J. E. Dendy, J. Comput. Phys. 48, 1982): a straight
 * line across a material that conducts 1e6 times as well as the next leaves residuals that cycles need
 * several steps for.
 */
#include "base/checked.h"
#include "grid/extent.h"
#include "problem/nodes.h"
#include "solver/cascade.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Where a fine node lies between coarse ones along an axis. */
static void place(const clp_grid *fine, const clp_grid *coarse, int axis, size_t index, size_t *below,
                  double *part)
{
    *below = 0;
    *part = 0;
    if (axis >= clp_grid_dimensions(fine)) return;
    double first = (double)clp_grid_first(fine, axis), before = (double)clp_grid_first(coarse, axis);
    double at = (first + (double)index) * (double)(clp_grid_whole(coarse, axis) - 1) /
                (double)(clp_grid_whole(fine, axis) - 1);
    at = at > before ? at - before : 0; /* halos may reach further than the coarser ones */
    *below = (size_t)at;
    if (*below > coarse->nodes[axis] - 2) *below = coarse->nodes[axis] - 2;
    *part = fmin(at - (double)*below, 1);
}

/* Up to four coarse nodes in a row, and their weights. */
typedef struct taps {
    size_t first;
    int count;
    double weight[4];
} taps;

/*
 * Cubic where coefficients do not jump and there are nodes enough, else linear. Cubics leave much smaller
 * rough errors: those that a residual shows.
 */
static taps taps_at(const clp_grid *fine, const clp_grid *coarse, int axis, size_t index, bool smooth)
{
    taps made = {.count = 1, .weight = {1}};
    double part;
    if (axis >= clp_grid_dimensions(fine)) return made;
    size_t nodes = coarse->nodes[axis];
    place(fine, coarse, axis, index, &made.first, &part);
    made.count = 2;
    made.weight[0] = 1 - part;
    made.weight[1] = part;
    if (!smooth || nodes < 4) return made;
    size_t first = made.first == 0 ? 0 : made.first - 1;
    if (first + 4 > nodes) first = nodes - 4;
    clp_cubic_weights((double)(made.first - first) + part, made.weight);
    made.first = first;
    made.count = 4;
    return made;
}

/* ---- where coefficients may jump ---- */

/*
 * A coarse value at a fine node: the mean of those around it, of which count less the ones that conduct less
 * than the node does: what is near a good conductor is not what is inside of it.
 */
static double sampled(const clp_solver *solver, size_t p, const taps at[CLP_AXES], double value)
{
    const clp_operator *coarse = &solver->coarse->assembly.op;
    const double *diagonal = coarse->network ? coarse->network->diagonal : NULL;
    double own = solver->assembly.op.network->diagonal[p] / 4, sum = 0,
           total = 0; /* h is twice as large there */
    for (int corner = 0; corner < 8; corner++) {
        size_t from = 0;
        double weight = 1;
        for (int axis = 0; axis < CLP_AXES; axis++) {
            int side = corner >> axis & 1;
            from += (at[axis].first + (size_t)side) * clp_operator_step(coarse, axis);
            weight *= side < at[axis].count ? at[axis].weight[side] : 0;
        }
        if (weight == 0) continue;
        if (diagonal && diagonal[from] > 0 && diagonal[from] < own) weight *= diagonal[from] / own;
        sum += weight * solver->coarse->values[from];
        total += weight;
    }
    return total > 0 ? sum / total : value;
}

/* Whether an index is odd, in the whole grid. */
static int is_odd(const clp_grid *grid, int axis, size_t index)
{
    return axis < clp_grid_dimensions(grid) ? (int)(clp_grid_index(grid, axis, index) % 2) : 0;
}

/* The nodes of even indices. */
static void sample_row(const clp_solver *solver, size_t r, const taps *x, double *u)
{
    const clp_operator *op = &solver->assembly.op;
    const clp_grid *fine = &op->grid, *coarse = &solver->coarse->assembly.op.grid;
    const clp_row row = clp_operator_row(op, r);
    if (is_odd(fine, 1, row.at[1]) || is_odd(fine, 2, row.at[2])) return;
    taps at[] = {{0}, taps_at(fine, coarse, 1, row.at[1], false), taps_at(fine, coarse, 2, row.at[2], false)};
    for (size_t i = (size_t)is_odd(fine, 0, 0); i < fine->nodes[0]; i += 2) {
        if (clp_row_is_held(op, &row, i)) continue;
        at[0] = x[i];
        u[row.first + i] = sampled(solver, row.first + i, at, u[row.first + i]);
    }
}

/* The mean of the two neighbours along an axis on which the index is odd, before it is divided: conductances
 * times values, and their sum. */
static void add_axis(const clp_operator *op, size_t p, int axis, const double *u, double *sum, double *weight)
{
    const double *g = op->network->conductance[axis];
    size_t at = clp_operator_at(op, p, axis), step = clp_operator_step(op, axis);
    *sum += g[p - step] * u[p - step];
    *weight += g[p - step];
    if (at + 1 == op->grid.nodes[axis]) return;
    *sum += g[p] * u[p + step];
    *weight += g[p];
}

/* The nodes of a row with as many odd indices as that. */
static void relax_row(const clp_operator *op, size_t r, int odd, const double *source, double *u)
{
    const clp_row row = clp_operator_row(op, r);
    int odd_y = is_odd(&op->grid, 1, row.at[1]), odd_z = is_odd(&op->grid, 2, row.at[2]),
        odd_x = odd - odd_y - odd_z;
    if (odd_x < 0 || odd_x > 1) return;
    for (size_t i = (size_t)(odd_x ^ is_odd(&op->grid, 0, 0)); i < op->grid.nodes[0]; i += 2) {
        size_t p = row.first + i;
        if (clp_row_is_held(op, &row, i) || clp_row_is_copy(op, &row, i)) continue;
        double sum = source ? source[p] : 0, weight = op->network->shunt ? op->network->shunt[p] : 0;
        if (odd_x) add_axis(op, p, 0, u, &sum, &weight);
        if (odd_y) add_axis(op, p, 1, u, &sum, &weight);
        if (odd_z) add_axis(op, p, 2, u, &sum, &weight);
        if (weight > 0) u[p] = sum / weight;
    }
}

static void interpolate_network(const clp_solver *solver, const taps *x, const double *source, double *u)
{
    const clp_operator *op = &solver->assembly.op;
    size_t rows = clp_operator_rows(op);
#pragma omp parallel for schedule(static)
    for (size_t r = 0; r < rows; r++) sample_row(solver, r, x, u);
    for (int odd = 1; odd <= clp_grid_dimensions(&op->grid); odd++) {
        clp_seams_join(&op->grid, op->periodic, u);
#pragma omp parallel for schedule(static)
        for (size_t r = 0; r < rows; r++) relax_row(op, r, odd, source, u);
    }
    clp_seams_join(&op->grid, op->periodic, u);
}

/* ---- where they do not ---- */

/* Where a finer grid's nodes lie in a coarser solution. */
typedef struct smooth_guess {
    const clp_solver *solver;
    const double *held; /* values of held nodes, in the grid's shape */
    const taps *x;
    bool nested; /* every other node of a row is a coarse one */
} smooth_guess;

enum { LINE = CLP_FILL_COLUMNS + 4 };

/* Some columns of the coarse grid's values, mixed out of some rows and planes. */
static void mix_rows(const clp_solver *coarse, const taps *y, const taps *z, size_t first, size_t count,
                     double *line)
{
    const clp_operator *op = &coarse->assembly.op;
    for (size_t i = 0; i < count; i++) line[i] = 0;
    for (int c = 0; c < z->count; c++)
        for (int b = 0; b < y->count; b++) {
            const double *row = coarse->values + (z->first + (size_t)c) * clp_operator_step(op, 2) +
                                (y->first + (size_t)b) * clp_operator_step(op, 1) + first;
            double weight = z->weight[c] * y->weight[b];
            if (weight == 0) continue;
            for (size_t i = 0; i < count; i++) line[i] += weight * row[i];
        }
}

static double mixed(const taps *x, const double *line)
{
    double value = x->weight[0] * line[0];
    for (int a = 1; a < x->count; a++) value += x->weight[a] * line[a];
    return value;
}

/* Pairs of a coarse node and the one in the middle to the next; `values` and `line` begin with the first. */
static void interpolate_pairs(const double *restrict line, size_t pairs, double *restrict values)
{
    for (size_t k = 0; k < pairs; k++) {
        values[2 * k] = line[k];
        values[2 * k + 1] = 0.5625 * (line[k] + line[k + 1]) - 0.0625 * (line[k - 1] + line[k + 2]);
    }
}

static void interpolate_columns(const smooth_guess *guess, const double *line, size_t before, size_t first,
                                size_t count, double *values)
{
    const taps *x = guess->x;
    size_t i = 0, coarse = guess->solver->coarse->assembly.op.grid.nodes[0];
    if (guess->nested) { /* away from the ends */
        size_t from = clp_max(first + first % 2, 2), to = clp_min(first + count, 2 * (coarse - 2));
        size_t pairs = to > from ? (to - from) / 2 : 0;
        for (; pairs && i < from - first; i++)
            values[i] = mixed(&x[first + i], line + (x[first + i].first - before));
        interpolate_pairs(line + (from / 2 - before), pairs, values + i);
        i += 2 * pairs;
    }
    for (; i < count; i++) values[i] = mixed(&x[first + i], line + (x[first + i].first - before));
}

/* Columns of a row: what is held is as it was. */
static void fill_smooth(const void *context, size_t r, size_t first, size_t count, double *values)
{
    const smooth_guess *guess = context;
    const clp_operator *op = &guess->solver->assembly.op;
    const clp_grid *fine = &op->grid, *coarse = &guess->solver->coarse->assembly.op.grid;
    const clp_row row = clp_operator_row(op, r);
    const double *held = guess->held + row.first + first;
    taps y = taps_at(fine, coarse, 1, row.at[1], true), z = taps_at(fine, coarse, 2, row.at[2], true);
    const taps *x = guess->x + first;
    size_t before = x->first, behind = x[count - 1].first + (size_t)x[count - 1].count;
    double line[LINE];
    if (!row.held) {
        mix_rows(guess->solver->coarse, &y, &z, before, behind - before, line);
        double low = held[0], high = held[count - 1];
        interpolate_columns(guess, line, before, first, count, values);
        if (clp_row_is_held(op, &row, first)) values[0] = low;
        if (clp_row_is_held(op, &row, first + count - 1)) values[count - 1] = high;
    } else if (values != held) {
        memcpy(values, held, count * sizeof *values);
    }
}

static clp_status smooth_guess_create(const clp_solver *solver, const double *held, smooth_guess *guess)
{
    const clp_grid *fine = &solver->assembly.op.grid, *coarse = &solver->coarse->assembly.op.grid;
    size_t nx = fine->nodes[0];
    taps *x = malloc(nx * sizeof *x);
    if (!x) return clp_fail_host_memory(nx * sizeof *x);
    for (size_t i = 0; i < nx; i++) x[i] = taps_at(fine, coarse, 0, i, true);
    *guess = (smooth_guess){.solver = solver,
                            .held = held,
                            .x = x,
                            .nested = coarse->nodes[0] >= 4 && nx - 1 == 2 * (coarse->nodes[0] - 1) &&
                                      !clp_grid_is_part(fine)};
    return CLP_OK;
}

clp_status clp_cascade_fill(clp_solver *solver)
{
    smooth_guess guess = {.x = NULL};
    CLP_TRY(smooth_guess_create(solver, solver->assembly.values, &guess));
    clp_status status = solver->device->backend->field_fill(solver->u, fill_smooth, &guess);
    free((void *)guess.x);
    return status;
}

static clp_status interpolate_plain(const clp_solver *solver, double *u)
{
    size_t nx = solver->assembly.op.grid.nodes[0], rows = clp_operator_rows(&solver->assembly.op);
    smooth_guess guess = {.x = NULL};
    CLP_TRY(smooth_guess_create(solver, u, &guess));
#pragma omp parallel for schedule(static)
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < nx; i += CLP_FILL_COLUMNS)
            fill_smooth(&guess, r, i, clp_min(nx - i, CLP_FILL_COLUMNS), u + r * nx + i);
    free((void *)guess.x);
    return CLP_OK;
}

clp_status clp_cascade_interpolate(const clp_solver *solver, const double *source, double *u)
{
    const clp_grid *fine = &solver->assembly.op.grid, *coarse = &solver->coarse->assembly.op.grid;
    if (!solver->assembly.op.network) return interpolate_plain(solver, u);
    size_t nx = fine->nodes[0];
    taps *x = malloc(nx * sizeof *x);
    clp_status status = x ? CLP_OK : clp_fail_host_memory(nx * sizeof *x);
    CLP_TRY(clp_ranks_agree(solver->assembly.ranks, status));
    for (size_t i = 0; i < nx; i++) x[i] = taps_at(fine, coarse, 0, i, false);
    interpolate_network(solver, x, source, u);
    free(x);
    /* A part's halo may reach further than its coarser one. */
    return clp_exchange_values(solver->assembly.ranks, fine, u);
}
