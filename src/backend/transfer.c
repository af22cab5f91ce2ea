/* SPDX-License-Identifier: MIT */
#include "backend/transfer.h"

#include "base/checked.h"
#include "base/status.h"

#include <math.h>
#include <stdlib.h>

static clp_status allocate(clp_axis_transfer *axis)
{
    axis->first = calloc(axis->coarse, sizeof *axis->first);
    axis->gather = calloc(axis->coarse, sizeof *axis->gather);
    axis->weight = calloc(axis->coarse, sizeof *axis->weight);
    axis->below = calloc(axis->fine, sizeof *axis->below);
    axis->part = calloc(axis->fine, sizeof *axis->part);
    bool all = axis->first && axis->gather && axis->weight && axis->below && axis->part;
    return all ? CLP_OK : clp_fail_host_memory(axis->fine * sizeof *axis->part);
}

/* Where an axis begins, and how many nodes it has for all, in a fine and a coarse grid. */
typedef struct extents {
    long long fine_first, coarse_first, fine_nodes, coarse_nodes;
    bool periodic; /* and both copies of its first node are here */
    bool split;    /* periodic, but not so: indices go on beyond the seam */
} extents;

static extents extents_of(const clp_operator *fine, const clp_operator *coarse, int axis)
{
    return (extents){.fine_first = clp_grid_first(&fine->grid, axis),
                     .coarse_first = clp_grid_first(&coarse->grid, axis),
                     .fine_nodes = (long long)clp_grid_whole(&fine->grid, axis),
                     .coarse_nodes = (long long)clp_grid_whole(&coarse->grid, axis),
                     .periodic = fine->periodic[axis],
                     .split = fine->grid.part.period[axis] > 0};
}

/* The node that an index outside the box stands for. */
static long long inside(const extents *e, long long index)
{
    long long last = e->fine_nodes - 1;
    if (e->split) return index;
    if (index < 0) index = e->periodic ? index + last : -index;
    if (index > last) index = e->periodic ? index - last : 2 * last - index;
    return index;
}

static long long floor_of(long long value, long long unit)
{
    return value < 0 ? -((unit - 1 - value) / unit) : value / unit;
}

/*
 * In units in which fine nodes are coarse - 1 apart and coarse ones fine - 1, all positions are whole
 * numbers: nothing rounds. A hat around a coarse node reaches to the next ones. False: a part has not all of
 * the fine nodes that it reaches.
 */
static bool gather_node(const extents *e, clp_axis_transfer *axis, size_t i, int *taps)
{
    long long step = e->coarse_nodes - 1, reach = e->fine_nodes - 1;
    long long centre = (e->coarse_first + (long long)i) * reach, index = floor_of(centre - reach, step) + 1;
    bool all = true;
    axis->first[i] = (int32_t)(index - e->fine_first);
    for (*taps = 0; index * step < centre + reach && *taps < CLP_TAPS; index++, ++*taps) {
        long long distance = llabs(index * step - centre), node = inside(e, index) - e->fine_first;
        all = all && node >= 0 && node < (long long)axis->fine;
        axis->gather[i][*taps] = (uint32_t)node;
        axis->weight[i][*taps] = (double)(reach - distance) / (double)reach * (double)step / (double)reach;
    }
    return all;
}

static void fill_gather(const extents *e, clp_axis_transfer *axis)
{
    axis->taps = 1;
    for (size_t i = 0; i < axis->coarse; i++) {
        int taps;
        bool all = gather_node(e, axis, i, &taps);
        if (taps > axis->taps) axis->taps = taps;
        for (int tap = 0; tap < CLP_TAPS && !all; tap++) { /* of no use: from somewhere, and nothing of it */
            axis->gather[i][tap] = 0;
            axis->weight[i][tap] = 0;
            axis->first[i] =
                (int32_t)clp_min((size_t)(axis->first[i] > 0 ? axis->first[i] : 0), axis->fine - CLP_TAPS);
        }
    }
}

/* Fine nodes of a part beyond its coarse ones are two of those further than the last but one. */
static void fill_below(const extents *e, clp_axis_transfer *axis)
{
    long long step = e->coarse_nodes - 1, reach = e->fine_nodes - 1, last = (long long)axis->coarse - 2;
    for (size_t i = 0; i < axis->fine; i++) {
        long long at = (e->fine_first + (long long)i) * step, below = floor_of(at, reach);
        if (below == step && !e->split) below--;
        double part = (double)(at - below * reach) / (double)reach;
        long long here = below - e->coarse_first;
        if (here == last + 1 && part == 0) {
            here = last;
            part = 1;
        }
        axis->below[i] = (uint32_t)(here < 0 ? 0 : here > last ? last : here);
        axis->part[i] = here < 0 ? 0 : here > last ? 2 : part;
    }
}

static void fill(const clp_operator *fine, const clp_operator *coarse, int axis, clp_axis_transfer *made)
{
    const extents e = extents_of(fine, coarse, axis);
    fill_gather(&e, made);
    fill_below(&e, made);
}

static void fill_same(clp_axis_transfer *axis)
{
    axis->taps = 1;
    for (size_t i = 0; i < axis->coarse; i++) {
        axis->first[i] = (int32_t)i;
        axis->gather[i][0] = (uint32_t)i;
        axis->weight[i][0] = 1;
        axis->below[i] = (uint32_t)(i > 0 ? i - 1 : 0);
        axis->part[i] = i > 0 ? 1 : 0;
    }
}

/* Every coarse node gathers the mean of the axis. */
static void fill_mean(clp_axis_transfer *axis, bool periodic)
{
    size_t cells = axis->fine - 1;
    fill_same(axis);
    axis->taps = (int)(periodic ? cells : axis->fine);
    for (size_t i = 0; i < axis->coarse; i++) axis->first[i] = 0;
    for (size_t i = 0; i < axis->coarse; i++)
        for (int tap = 0; tap < axis->taps; tap++) {
            bool half = !periodic && (tap == 0 || tap + 1 == axis->taps);
            axis->gather[i][tap] = (uint32_t)tap;
            axis->weight[i][tap] = (half ? 0.5 : 1) / (double)cells;
        }
}

clp_status clp_axis_transfers_init(const clp_operator *fine, const clp_operator *coarse,
                                   clp_axis_transfer *axes)
{
    for (int axis = 0; axis < CLP_AXES; axis++) axes[axis] = (clp_axis_transfer){0};
    for (int axis = 0; axis < CLP_AXES; axis++) {
        bool there = axis < clp_grid_dimensions(&fine->grid);
        axes[axis].fine = there ? fine->grid.nodes[axis] : 1;
        axes[axis].coarse = there ? coarse->grid.nodes[axis] : 1;
        CLP_TRY(allocate(&axes[axis]));
        bool same = !there || (clp_grid_whole(&fine->grid, axis) == clp_grid_whole(&coarse->grid, axis) &&
                               !clp_grid_is_split(&fine->grid, axis));
        if (same && fine->conductance[axis] > 0 && coarse->conductance[axis] == 0)
            fill_mean(&axes[axis], fine->periodic[axis]);
        else if (same)
            fill_same(&axes[axis]);
        else
            fill(fine, coarse, axis, &axes[axis]);
    }
    return CLP_OK;
}

void clp_axis_transfers_finish(clp_axis_transfer *axes)
{
    for (int axis = 0; axis < CLP_AXES; axis++) {
        free(axes[axis].first);
        free(axes[axis].gather);
        free(axes[axis].weight);
        free(axes[axis].below);
        free(axes[axis].part);
    }
}

/* ---- the coarser operator ---- */

/* An axis is coarsened if it conducts at least as well as this part of the best one. */
static const double well = 0.3;

static bool can_shrink(const clp_operator *op, int axis)
{
    return op->conductance[axis] > 0 && op->grid.nodes[axis] > CLP_NODES_MIN;
}

/* With three nodes and no held side, an axis has an error that is constant along it, and never gets coarser.
 */
static bool can_collapse(const clp_operator *op, int axis)
{
    return op->conductance[axis] > 0 && op->grid.nodes[axis] == CLP_NODES_MIN && !op->held[2 * axis] &&
           !op->held[2 * axis + 1];
}

static void shrink(clp_operator *op, int axis)
{
    size_t *nodes = &op->grid.nodes[axis];
    double cells = (double)(*nodes - 1);
    *nodes = *nodes / 2 + 1;
    double ratio = (double)(*nodes - 1) / cells;
    op->conductance[axis] *= ratio * ratio;
}

static bool coarsen_whole(const clp_operator *fine, clp_operator *coarse)
{
    double best = 0;
    bool any = false;
    *coarse = *fine;
    for (int axis = 0; axis < CLP_AXES; axis++)
        if (can_shrink(fine, axis)) {
            best = fmax(best, fine->conductance[axis]);
            any = true;
        }
    if (!any) return false;
    for (int axis = 0; axis < CLP_AXES; axis++)
        if (can_collapse(fine, axis) && fine->conductance[axis] > best / well) {
            coarse->conductance[axis] = 0;
            coarse->diagonal = clp_operator_stencil_diagonal(coarse);
            return true;
        }
    for (int axis = 0; axis < CLP_AXES; axis++)
        if (can_shrink(fine, axis) && fine->conductance[axis] >= well * best) shrink(coarse, axis);
    coarse->diagonal = clp_operator_stencil_diagonal(coarse);
    return true;
}

bool clp_operator_coarsen(const clp_operator *fine, clp_operator *coarse)
{
    const clp_operator whole = clp_operator_whole(fine);
    if (!coarsen_whole(&whole, coarse)) return false;
    if (!clp_grid_is_part(&fine->grid)) return true;
    clp_grid grid;
    clp_grid_coarsen_joined(&fine->grid, coarse->grid.nodes, &grid);
    clp_operator_take_part(fine, &grid, coarse);
    return true;
}

void clp_operator_take_part(const clp_operator *fine, const clp_grid *grid, clp_operator *coarse)
{
    coarse->grid = *grid;
    if (!clp_grid_is_part(grid)) return;
    for (int side = 0; side < CLP_SIDES; side++) {
        coarse->whole_held[side] = fine->whole_held[side];
        coarse->held[side] = grid->part.open[side] || fine->whole_held[side];
    }
    for (int axis = 0; axis < CLP_AXES; axis++) {
        coarse->whole_periodic[axis] = fine->whole_periodic[axis];
        coarse->periodic[axis] = fine->whole_periodic[axis] && !grid->part.open[2 * axis];
    }
}
