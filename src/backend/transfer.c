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

/* The node that an index outside the box stands for. */
static uint32_t inside(long long index, size_t nodes, bool periodic)
{
    long long last = (long long)nodes - 1;
    if (index < 0) index = periodic ? index + last : -index;
    if (index > last) index = periodic ? index - last : 2 * last - index;
    return (uint32_t)index;
}

/*
 * In units in which fine nodes are coarse - 1 apart and coarse ones fine - 1, all positions are whole
 * numbers: nothing rounds. A hat around a coarse node reaches to the next ones.
 */
static void fill(clp_axis_transfer *axis, bool periodic)
{
    long long step = (long long)axis->coarse - 1, reach = (long long)axis->fine - 1;
    int most = 1;
    for (size_t i = 0; i < axis->coarse; i++) {
        long long centre = (long long)i * reach, first = centre - reach;
        long long index = first < 0 ? -(-first / step) : first / step; /* the first at or behind `first` */
        if (index * step <= first) index++;
        axis->first[i] = (int32_t)index;
        int tap = 0;
        for (; index * step < centre + reach && tap < CLP_TAPS; index++, tap++) {
            long long distance = llabs(index * step - centre);
            axis->gather[i][tap] = inside(index, axis->fine, periodic);
            axis->weight[i][tap] = (double)(reach - distance) / (double)reach * (double)step / (double)reach;
        }
        most = tap > most ? tap : most;
    }
    axis->taps = most;
    for (size_t i = 0; i < axis->fine; i++) {
        long long at = (long long)i * step, below = at / reach;
        if (below == step) below--;
        axis->below[i] = (uint32_t)below;
        axis->part[i] = (double)(at - below * reach) / (double)reach;
    }
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
        bool same = axes[axis].fine == axes[axis].coarse;
        if (same && fine->conductance[axis] > 0 && coarse->conductance[axis] == 0)
            fill_mean(&axes[axis], fine->periodic[axis]);
        else if (same)
            fill_same(&axes[axis]);
        else
            fill(&axes[axis], fine->periodic[axis]);
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

bool clp_operator_coarsen(const clp_operator *fine, clp_operator *coarse)
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
