/* SPDX-License-Identifier: MIT */
/* Between levels that ranks share, or to one that each has whole. */
#include "transport/shared.h"

#include <stdlib.h>

/* Its own levels, of which the coarse one may be a slice, must be destroyed by hand. */
void clp_shared_transfer_destroy(clp_transfer *transfer)
{
    if (!transfer) return;
    shared_transfer *shared = (shared_transfer *)transfer;
    const clp_backend *backend = shared_backend_of(transfer->fine);
    gathering *gather = &shared->gather;
    clp_joining_finish(shared);
    backend->transfer_destroy(shared->own);
    backend->field_destroy(gather->field);
    backend->level_destroy(gather->slice);
    free(gather->places);
    free(gather->all);
    free(shared);
}

static bool has_joined(const clp_grid *fine, const clp_grid *coarse)
{
    bool joined = false;
    for (int axis = 0; axis < CLP_AXES; axis++)
        joined = joined || clp_grid_team(fine, axis) != clp_grid_team(coarse, axis);
    return joined;
}

clp_status clp_shared_transfer_create(clp_level *fine, clp_level *coarse, clp_transfer **transfer)
{
    clp_ranks *ranks = shared_device_of(fine)->ranks;
    *transfer = NULL;
    shared_transfer *made = calloc(1, sizeof *made);
    clp_status status = made ? CLP_OK : clp_fail_host_memory(sizeof *made);
    if (made) made->base = (clp_transfer){.fine = fine, .coarse = coarse};
    bool gathers = clp_grid_is_part(&fine->op.grid) && !clp_grid_is_part(&coarse->op.grid),
         joins = clp_grid_is_part(&fine->op.grid) && !gathers && has_joined(&fine->op.grid, &coarse->op.grid);
    if (made) made->joins = joins;
    if (made && (gathers || joins)) status = clp_gathering_create(made);
    if (status == CLP_OK)
        status = shared_backend_of(fine)->transfer_create(
            ((shared_level *)fine)->own,
            gathers || joins ? made->gather.slice : ((shared_level *)coarse)->own, &made->own);
    if (status == CLP_OK && joins) status = clp_joining_create(made);
    status = clp_ranks_agree(ranks, status);
    if (status == CLP_OK && gathers) status = clp_ranks_agree(ranks, clp_gathering_find_places(made));
    if (made) made->doubles = shared_doubles(&fine->op.grid, &coarse->op.grid);
    if (status == CLP_OK)
        *transfer = &made->base;
    else
        clp_shared_transfer_destroy(made ? &made->base : NULL);
    return status;
}

/* The coarse field that a transfer of the rank's own works with. */
static clp_field *coarse_of(const shared_transfer *shared, const clp_field *coarse)
{
    return shared->gathers ? shared->gather.field : shared_own(coarse);
}

/* Fine nodes beside a coarse one that it gathers from. */
enum { REACH = 2 };

static clp_status finish_restriction(const shared_transfer *shared, clp_field *coarse)
{
    if (shared->gathers)
        CLP_TRY(shared->joins ? clp_joining_join(shared, coarse) : clp_gathering_join(shared, coarse));
    shared_set_valid(coarse, 0);
    return CLP_OK;
}

clp_status clp_shared_restrict(const clp_transfer *transfer, const clp_field *fine, clp_field *coarse)
{
    const shared_transfer *shared = (const shared_transfer *)transfer;
    CLP_TRY(clp_shared_need(fine, REACH));
    CLP_TRY(shared_done(coarse->level,
                        shared_backend_of(coarse->level)
                            ->restrict_field(shared->own, shared_own(fine), coarse_of(shared, coarse))));
    return finish_restriction(shared, coarse);
}

/* As far from a part's own nodes as interpolation from coarse nodes right to a depth is right: in networks
 * its weights are wrong next to the outermost nodes of halos. */
static size_t interpolated_from(const shared_transfer *shared, size_t valid)
{
    const clp_level *fine = shared->base.fine;
    if (valid == SIZE_MAX) return SIZE_MAX;
    size_t reached = shared_less(shared->doubles ? 2 * valid : valid, REACH);
    bool network = fine->op.network || fine->op.galerkin;
    return network ? clp_min(reached, shared_less(shared_depth(fine), 1 + REACH)) : reached;
}

static size_t slice_depth(const shared_transfer *shared)
{
    const clp_grid *slice = &shared->gather.slice->op.grid;
    return shared->joins || shared->base.coarse->op.galerkin ? shared_depth_of_grid(slice) : SLICE_DEPTH;
}

static size_t interpolated(const shared_transfer *shared, const clp_field *coarse)
{
    return interpolated_from(shared, shared->gathers ? slice_depth(shared) : shared_valid(coarse));
}

/* A coarse field that is right as far as fine ones are to be, if halos are that deep. */
static clp_status prepare_coarse(const shared_transfer *shared, const clp_field *coarse)
{
    const shared_level *level = (const shared_level *)coarse->level;
    CLP_TRY(clp_shared_need(coarse, level->depth == SIZE_MAX ? 0 : level->depth));
    return shared->gathers ? clp_gathering_slice(shared, coarse) : CLP_OK;
}

clp_status clp_shared_prolong_add(const clp_transfer *transfer, const clp_field *coarse, clp_field *fine)
{
    const shared_transfer *shared = (const shared_transfer *)transfer;
    CLP_TRY(prepare_coarse(shared, coarse));
    shared_set_valid(fine, clp_min(shared_valid(fine), interpolated(shared, coarse)));
    return shared_done(fine->level,
                       shared_backend_of(fine->level)
                           ->prolong_add(shared->own, coarse_of(shared, coarse), shared_own(fine)));
}

/* Sweeps from 0 are right where q is, but for the first, which without a network looks at no neighbour. */
clp_status clp_shared_smooth_restrict(const clp_transfer *transfer, clp_field *u, clp_field *scratch,
                                      const clp_field *q, const double *weights, size_t count,
                                      clp_field *coarse)
{
    const shared_transfer *shared = (const shared_transfer *)transfer;
    if (shared_depth(u->level) < count + 1 + REACH)
        return clp_smooth_restrict_in_steps(transfer, u, scratch, q, weights, count, coarse);
    CLP_TRY(clp_shared_need(q, count + REACH));
    CLP_TRY(shared_done(u->level, shared_backend_of(u->level)->smooth_restrict(
                                      shared->own, shared_own(u), shared_own(scratch), shared_own(q), weights,
                                      count, coarse_of(shared, coarse))));
    /* Without a network the first sweep is none, but outermost nodes stay 0. */
    shared_set_valid(
        u, shared_less(clp_min(shared_valid(q), shared_less(shared_depth(u->level), 1)), count - 1));
    if (scratch) shared_set_valid(scratch, 0);
    return finish_restriction(shared, coarse);
}

clp_status clp_shared_prolong_smooth(const clp_transfer *transfer, const clp_field *coarse, clp_field *u,
                                     clp_field *scratch, const clp_field *q, const double *weights,
                                     size_t count, double factor, clp_field *total)
{
    const shared_transfer *shared = (const shared_transfer *)transfer;
    CLP_TRY(prepare_coarse(shared, coarse));
    if (shared_depth(u->level) < count || interpolated(shared, coarse) < count)
        return clp_prolong_smooth_in_steps(transfer, coarse, u, scratch, q, weights, count, factor, total);
    CLP_TRY(clp_shared_need(u, count));
    CLP_TRY(clp_shared_need(q, count - 1));
    CLP_TRY(
        shared_done(u->level, shared_backend_of(u->level)->prolong_smooth(
                                  shared->own, coarse_of(shared, coarse), shared_own(u), shared_own(scratch),
                                  shared_own(q), weights, count, factor, shared_own(total))));
    size_t valid =
        shared_less(clp_min(clp_min(shared_valid(u), shared_valid(q)), interpolated(shared, coarse)), count);
    shared_set_valid(u, valid);
    if (scratch) shared_set_valid(scratch, 0);
    if (total) shared_set_valid(total, clp_min(shared_valid(total), valid));
    return CLP_OK;
}

bool clp_shared_needs_scratch(const clp_transfer *transfer, size_t count, const clp_level *total)
{
    const shared_transfer *shared = (const shared_transfer *)transfer;
    size_t coarse = shared->gathers ? slice_depth(shared) : shared_depth(transfer->coarse);
    bool steps =
        shared_depth(transfer->fine) < count + 1 + REACH || interpolated_from(shared, coarse) < count;
    return steps ||
           shared_backend_of(transfer->fine)
               ->needs_scratch(shared->own, count, total ? ((const shared_level *)total)->own : NULL);
}
