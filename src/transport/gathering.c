/* SPDX-License-Identifier: MIT */
/* Coarse levels that every rank has whole, put together of the slices that belong to their parts. */
#include "transport/shared.h"

#include "base/machine.h"

#include <stdlib.h>
#include <string.h>

static size_t box_nodes(const size_t place[2 * CLP_AXES])
{
    return place[1] * place[3] * place[5];
}

clp_status clp_gathering_find_places(shared_transfer *shared)
{
    gathering *gather = &shared->gather;
    clp_ranks *ranks = shared_device_of(shared->base.fine)->ranks;
    const clp_grid *slice = &gather->slice->op.grid;
    size_t own[2 * CLP_AXES], element = clp_precision_bytes(gather->slice->precision);
    for (int axis = 0; axis < CLP_AXES; axis++) {
        /* A team has it together, and each of them gives as much. */
        const size_t team = clp_grid_team(slice, axis), place = clp_ranks_place(ranks, slice, axis),
                     all = clp_grid_end(slice, axis) - clp_grid_begin(slice, axis),
                     begin = clp_grid_begin(slice, axis) + all * place / team,
                     count = all * (place + 1) / team - all * place / team;
        gather->own.first[axis] = begin;
        gather->own.count[axis] = count;
        own[2 * axis] = axis < clp_grid_dimensions(slice) ? clp_grid_index(slice, axis, begin) : 0;
        own[2 * axis + 1] = count;
    }
    CLP_TRY(ranks->transport->gather(ranks, own, sizeof own, gather->places));
    for (size_t rank = 0; rank < ranks->count; rank++)
        gather->most = clp_max(gather->most, box_nodes(gather->places + 2 * CLP_AXES * rank) * element);
    gather->all = malloc(ranks->count * gather->most + 1);
    if (!gather->all) return clp_fail_host_memory(ranks->count * gather->most);
    clp_level *coarse = ((shared_level *)shared->base.coarse)->own;
    const clp_backend *backend = coarse->device->backend;
    CLP_TRY(backend->staging(coarse, clp_grid_node_count(&coarse->op.grid) * element, &gather->whole));
    CLP_TRY(backend->staging(gather->slice, gather->most, &gather->packed));
    memset(gather->packed, 0, gather->most); /* what a smaller box leaves of it is sent as well */
    return CLP_OK;
}

clp_status clp_gathering_create(shared_transfer *shared)
{
    gathering *gather = &shared->gather;
    const clp_level *fine = shared->base.fine, *coarse = shared->base.coarse;
    clp_device *own = shared_device_of(fine)->own;
    clp_operator op = coarse->op;
    size_t nodes[CLP_AXES];
    clp_grid grid;
    for (int axis = 0; axis < CLP_AXES; axis++) nodes[axis] = clp_grid_whole(&coarse->op.grid, axis);
    clp_grid_coarse_slice(&fine->op.grid, nodes,
                          shared->joins ? clp_min(SLICE_DEPTH, shared_depth(coarse)) : SLICE_DEPTH, &grid);
    clp_operator_take_part(&fine->op, &grid, &op);
    shared->gathers = true;
    if (!shared->joins)
        gather->places = calloc(shared_device_of(fine)->ranks->count, 2 * CLP_AXES * sizeof *gather->places);
    if (!shared->joins && !gather->places) return clp_fail_host_memory(2 * CLP_AXES * sizeof *gather->places);
    CLP_TRY(own->backend->level_create(own, &op, coarse->precision, NULL, &gather->slice));
    return own->backend->field_create(gather->slice, &gather->field);
}

static void copy_rows(const clp_box *from, const size_t from_nodes[CLP_AXES], const char *in, size_t element,
                      char *out)
{
    size_t bytes = from->count[0] * element;
    for (size_t k = 0; k < from->count[2]; k++)
        for (size_t j = 0; j < from->count[1]; j++, in += bytes) {
            size_t row = ((from->first[2] + k) * from_nodes[1] + from->first[1] + j) * from_nodes[0];
            memcpy(out + (row + from->first[0]) * element, in, bytes);
        }
}

clp_status clp_gathering_join_seams(clp_field *coarse)
{
    const clp_grid *grid = &coarse->level->op.grid;
    for (int axis = 0; axis < clp_grid_dimensions(grid); axis++) {
        if (!coarse->level->op.periodic[axis] || clp_grid_is_split(grid, axis)) continue;
        clp_box layer = shared_whole_box(grid);
        size_t to[CLP_AXES] = {0};
        to[axis] = layer.count[axis] - 1;
        layer.count[axis] = 1;
        CLP_TRY(
            shared_backend_of(coarse->level)->box_copy(shared_own(coarse), &layer, shared_own(coarse), to));
    }
    return CLP_OK;
}

clp_status clp_gathering_join(const shared_transfer *shared, clp_field *coarse)
{
    const gathering *gather = &shared->gather;
    const clp_backend *backend = shared_backend_of(coarse->level);
    clp_ranks *ranks = shared_device_of(coarse->level)->ranks;
    size_t element = clp_precision_bytes(coarse->level->precision);
    const clp_box all = shared_whole_box(&coarse->level->op.grid);
    CLP_TRY(backend->boxes_read(gather->field, &gather->own, 1, gather->packed));
    double start = clp_seconds();
    CLP_TRY(ranks->transport->gather(ranks, gather->packed, gather->most, gather->all));
    ranks->traffic.seconds += clp_seconds() - start;
    for (size_t rank = 0; rank < ranks->count; rank++) {
        const size_t *place = gather->places + 2 * CLP_AXES * rank;
        const clp_box box = {{place[0], place[2], place[4]}, {place[1], place[3], place[5]}};
        copy_rows(&box, all.count, gather->all + rank * gather->most, element, gather->whole);
    }
    CLP_TRY(backend->boxes_write(shared_own(coarse), &all, 1, gather->whole));
    return clp_gathering_join_seams(coarse);
}

/* Where a slice's node is along an axis of the coarse grid: a part that is split has the slice in one piece.
 */
static size_t place_along(const clp_grid *slice, const clp_grid *coarse, int axis, size_t index)
{
    if (axis >= clp_grid_dimensions(slice)) return 0;
    if (!clp_grid_is_split(coarse, axis)) return clp_grid_index(slice, axis, index);
    return clp_grid_begin(coarse, axis) + clp_grid_index(slice, axis, clp_grid_begin(slice, axis)) + index -
           clp_grid_index(coarse, axis, clp_grid_begin(coarse, axis)) - clp_grid_begin(slice, axis);
}

/* Nodes of a slice along an axis, from one on, up to where it goes across a seam. */
static size_t run_along(const clp_grid *slice, const clp_grid *coarse, int axis, size_t from)
{
    size_t count = 1;
    if (axis >= clp_grid_dimensions(slice)) return 1;
    while (from + count < slice->nodes[axis] &&
           place_along(slice, coarse, axis, from + count) == place_along(slice, coarse, axis, from) + count)
        count++;
    return count;
}

clp_status clp_gathering_slice(const shared_transfer *shared, const clp_field *coarse)
{
    const gathering *gather = &shared->gather;
    const clp_grid *slice = &gather->slice->op.grid, *whole = &coarse->level->op.grid;
    const clp_backend *backend = shared_backend_of(coarse->level);
    size_t to[CLP_AXES];
    clp_box box;
    for (to[2] = 0; to[2] < clp_planes(slice); to[2] += box.count[2])
        for (to[1] = 0; to[1] < slice->nodes[1]; to[1] += box.count[1])
            for (to[0] = 0; to[0] < slice->nodes[0]; to[0] += box.count[0]) {
                for (int axis = 0; axis < CLP_AXES; axis++) {
                    box.first[axis] = place_along(slice, whole, axis, to[axis]);
                    box.count[axis] = run_along(slice, whole, axis, to[axis]);
                }
                CLP_TRY(backend->box_copy(shared_own(coarse), &box, gather->field, to));
            }
    return CLP_OK;
}
