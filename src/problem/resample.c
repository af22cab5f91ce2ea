/* SPDX-License-Identifier: MIT */
#include "problem/resample.h"

#include "problem/cells.h"

#include "base/status.h"
#include "grid/extent.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

clp_resampling clp_resampling_of(const clp_problem *fine, const clp_grid *coarse, clp_ranks *ranks,
                                 bool nodes)
{
    return (clp_resampling){.fine = fine->grid, .coarse = *coarse, .ranks = ranks, .nodes = nodes};
}

/* A single layer of nodes across an axis, as all ranks along that axis have it. */
static void flatten(clp_grid *grid, int axis)
{
    grid->nodes[axis] = 1;
    grid->part.first[axis] = grid->part.begin[axis] = grid->part.period[axis] = 0;
    grid->part.open[2 * axis] = grid->part.open[2 * axis + 1] = false;
    grid->part.end[axis] = 1;
    if (clp_grid_is_part(grid)) grid->part.whole[axis] = 1;
}

clp_resampling clp_resampling_of_side(const clp_problem *fine, const clp_grid *coarse, clp_ranks *ranks,
                                      int side)
{
    clp_resampling s = clp_resampling_of(fine, coarse, ranks, true);
    flatten(&s.fine, side / 2);
    flatten(&s.coarse, side / 2);
    return s;
}

/* Samples of a grid along an axis, of all that a part belongs to or of itself: 1 where there is no axis. */
static size_t whole_along(const clp_resampling *s, const clp_grid *grid, int axis)
{
    size_t nodes = clp_grid_whole(grid, axis);
    return nodes <= 1 ? 1 : nodes - (s->nodes ? 0 : 1);
}

static size_t along(const clp_resampling *s, const clp_grid *grid, int axis)
{
    return grid->nodes[axis] <= 1 ? 1 : grid->nodes[axis] - (s->nodes ? 0 : 1);
}

size_t clp_resampled_count(const clp_resampling *s)
{
    return along(s, &s->coarse, 0) * along(s, &s->coarse, 1) * along(s, &s->coarse, 2);
}

/* The fine samples that the coarse one with an index in the whole grid lies between along an axis, and the
 * part of the way: one of them twice where it is taken. */
static void find_ends(const clp_resampling *s, int axis, size_t index, size_t ends[2], double *part)
{
    size_t from = whole_along(s, &s->fine, axis), to = whole_along(s, &s->coarse, axis), rest = 0;
    *part = 0;
    ends[0] = ends[1] = 0;
    if (to == 1 || from == 1) return;
    if (s->nodes) {
        rest = index * (from - 1) % (to - 1);
        ends[0] = index * (from - 1) / (to - 1);
        *part = (double)rest / (double)(to - 1);
    } else {
        ends[0] = (2 * index + 1) * from / (2 * to);
        if (ends[0] >= from) ends[0] = from - 1;
    }
    ends[0] = (size_t)((long long)ends[0] - clp_grid_first(&s->fine, axis)); /* of the part's own */
    ends[1] = ends[0] + (rest > 0);
}

static double sample_at(const clp_resampling *s, const size_t index[CLP_AXES])
{
    size_t ends[CLP_AXES][2], nx = along(s, &s->fine, 0), ny = along(s, &s->fine, 1);
    double part[CLP_AXES], sum = 0;
    for (int axis = 0; axis < CLP_AXES; axis++) find_ends(s, axis, index[axis], ends[axis], &part[axis]);
    for (int corner = 0; corner < 8; corner++) {
        int a = corner & 1, b = corner >> 1 & 1, c = corner >> 2;
        double weight =
            (a ? part[0] : 1 - part[0]) * (b ? part[1] : 1 - part[1]) * (c ? part[2] : 1 - part[2]);
        size_t n = (ends[2][c] * ny + ends[1][b]) * nx + ends[0][a];
        if (weight > 0) sum += weight * (s->cells ? s->cells[n] : s->array[n]);
    }
    return sum;
}

static size_t node_of(const clp_grid *grid, const size_t at[CLP_AXES])
{
    return (at[2] * grid->nodes[1] + at[1]) * grid->nodes[0] + at[0];
}

/*
 * The coarse nodes that lie on a part's own fine ones, with as much of a halo as the coarse part can reach to
 * beside that: its own nodes may be others. Where the coarse grid is whole in every rank there is no halo.
 */
static clp_grid exact_part(const clp_resampling *s)
{
    clp_grid exact = s->coarse;
    size_t nodes[CLP_AXES], depth = 0;
    for (int axis = 0; axis < CLP_AXES; axis++) {
        nodes[axis] = clp_grid_whole(&s->coarse, axis);
        if (s->coarse.part.open[2 * axis]) depth = s->coarse.part.begin[axis];
        if (s->coarse.part.open[2 * axis + 1]) depth = s->coarse.nodes[axis] - s->coarse.part.end[axis];
    }
    if (depth > 0) depth += s->coarse.part.align / 2;
    if (clp_grid_is_part(&s->fine)) clp_grid_coarse_slice(&s->fine, nodes, depth, &exact);
    return exact;
}

/* Cells are told by the node before them. */
static void sample_own(const clp_resampling *s, const clp_grid *exact, double *values)
{
    size_t at[CLP_AXES];
    for (at[2] = clp_grid_begin(exact, 2); at[2] < clp_grid_end(exact, 2); at[2]++)
        for (at[1] = clp_grid_begin(exact, 1); at[1] < clp_grid_end(exact, 1); at[1]++)
            for (at[0] = clp_grid_begin(exact, 0); at[0] < clp_grid_end(exact, 0); at[0]++) {
                size_t index[CLP_AXES];
                for (int axis = 0; axis < CLP_AXES; axis++)
                    index[axis] = clp_grid_index(exact, axis, at[axis]);
                values[node_of(exact, at)] = sample_at(s, index);
            }
}

/* All ranks' samples in each, -INFINITY for what nobody has: the second copies on seams that are split. */
static clp_status join(const clp_resampling *s, const clp_grid *exact, const double *own, double *all)
{
    size_t at[CLP_AXES], count = clp_grid_node_count(&s->coarse);
    for (size_t p = 0; p < count; p++) all[p] = -INFINITY;
    for (at[2] = clp_grid_begin(exact, 2); at[2] < clp_grid_end(exact, 2); at[2]++)
        for (at[1] = clp_grid_begin(exact, 1); at[1] < clp_grid_end(exact, 1); at[1]++)
            for (at[0] = clp_grid_begin(exact, 0); at[0] < clp_grid_end(exact, 0); at[0]++) {
                size_t to[CLP_AXES];
                for (int axis = 0; axis < CLP_AXES; axis++) to[axis] = clp_grid_index(exact, axis, at[axis]);
                all[node_of(&s->coarse, to)] = own[node_of(exact, at)];
            }
    CLP_TRY(clp_reduce(s->ranks, CLP_REDUCE_MAX, all, count));
    for (int axis = 0; axis < CLP_AXES; axis++) {
        size_t step = clp_operator_step(&(clp_operator){.grid = s->coarse}, axis),
               nodes = s->coarse.nodes[axis];
        for (size_t p = 0; s->fine.part.period[axis] && p < count; p++)
            if (p / step % nodes == nodes - 1) all[p] = all[p - (nodes - 1) * step];
    }
    return CLP_OK;
}

/* What of the values of a larger part, or of all, is the coarse part's. */
static void crop(const clp_resampling *s, const clp_grid *from, const double *values, double *sampled)
{
    size_t n = 0, shift[CLP_AXES], at[CLP_AXES];
    for (int axis = 0; axis < CLP_AXES; axis++)
        shift[axis] = (size_t)(clp_grid_first(&s->coarse, axis) - clp_grid_first(from, axis));
    for (size_t k = 0; k < along(s, &s->coarse, 2); k++)
        for (size_t j = 0; j < along(s, &s->coarse, 1); j++)
            for (size_t i = 0; i < along(s, &s->coarse, 0); i++) {
                at[0] = i + shift[0];
                at[1] = j + shift[1];
                at[2] = k + shift[2];
                sampled[n++] = values[node_of(from, at)];
            }
}

clp_status clp_resample(const clp_resampling *s, double **sampled)
{
    const clp_grid exact = exact_part(s);
    bool joins = clp_grid_is_part(&s->fine) && !clp_grid_is_part(&s->coarse);
    size_t own_count = clp_grid_node_count(&exact), count = clp_grid_node_count(&s->coarse);
    double *own = calloc(own_count, sizeof *own), *all = joins ? malloc(count * sizeof *all) : NULL;
    *sampled = malloc(clp_resampled_count(s) * sizeof **sampled);
    bool enough = own && *sampled && (all || !joins);
    clp_status status = enough ? CLP_OK : clp_fail_host_memory((own_count + count) * sizeof *own);
    status = clp_ranks_agree(s->ranks, status);
    if (status == CLP_OK) sample_own(s, &exact, own);
    if (status == CLP_OK)
        status = joins ? join(s, &exact, own, all) : clp_exchange_values(s->ranks, &exact, own);
    if (status == CLP_OK) {
        crop(s, joins ? &s->coarse : &exact, joins ? all : own, *sampled);
    } else {
        free(*sampled);
        *sampled = NULL;
    }
    free(own);
    free(all);
    return status;
}
