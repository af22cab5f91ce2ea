/* SPDX-License-Identifier: MIT */
/* Coarser levels of networks, whose coefficients have halos as well. */
#include "transport/shared.h"

#include "backend/galerkin.h"

#include <stdlib.h>

static clp_status read_coefficients(void *level, const clp_box *box, void *packed)
{
    const clp_level *own = level;
    return own->device->backend->coefficients_read(own, box, packed);
}

static clp_status write_coefficients(void *level, const clp_box *box, const void *packed)
{
    clp_level *own = level;
    return own->device->backend->coefficients_write(own, box, packed);
}

static size_t coefficient_bytes(const clp_level *own)
{
    return own->device->backend->coefficient_arrays(own) * clp_precision_bytes(own->precision);
}

static clp_status read_all_coefficients(void *level, const clp_box *boxes, size_t count, void *packed)
{
    char *at = packed;
    for (const clp_box *box = boxes; box < boxes + count; box++) {
        CLP_TRY(read_coefficients(level, box, at));
        at += box->count[0] * box->count[1] * box->count[2] * coefficient_bytes(level);
    }
    return CLP_OK;
}

static clp_status write_all_coefficients(void *level, const clp_box *boxes, size_t count, const void *packed)
{
    const char *at = packed;
    for (const clp_box *box = boxes; box < boxes + count; box++) {
        CLP_TRY(write_coefficients(level, box, at));
        at += box->count[0] * box->count[1] * box->count[2] * coefficient_bytes(level);
    }
    return CLP_OK;
}

/* Of what a part has made of its own halo only some is right. */
static clp_status exchange_coefficients(clp_ranks *ranks, clp_level *own)
{
    const clp_boxes boxes = {own, read_all_coefficients, write_all_coefficients};
    return clp_exchange_once(ranks, &own->op.grid, coefficient_bytes(own), &boxes);
}

/* Backends have their own coefficients: ranks exchange those of one only. The same status in all. */
static clp_status compare_coefficients(clp_ranks *ranks, const clp_level *own)
{
    double bytes = (double)coefficient_bytes(own), ends[] = {bytes, -bytes};
    CLP_TRY(clp_reduce(ranks, CLP_REDUCE_MAX, ends, 2));
    if (ends[0] == -ends[1]) return CLP_OK;
    return clp_fail(
        CLP_ERROR_UNSUPPORTED,
        "ranks of different backends do not share cycles on materials or electrodes; give all the "
        "same --backend, or take solver.method chebyshev");
}

/* The second copies of first nodes on axes that were split. */
static clp_status join_coefficients(const clp_operator *fine, clp_level *whole, char *room)
{
    for (int axis = 0; axis < CLP_AXES; axis++) {
        clp_box box = shared_whole_box(&whole->op.grid);
        size_t last = box.count[axis] - 1;
        if (!fine->whole_periodic[axis] || fine->periodic[axis]) continue;
        box.count[axis] = 1;
        CLP_TRY(read_coefficients(whole, &box, room));
        box.first[axis] = last;
        CLP_TRY(write_coefficients(whole, &box, room));
    }
    return CLP_OK;
}

/* The coefficients of all ranks' slices. */
static clp_status gather_coefficients(shared_transfer *shared, clp_level *whole)
{
    const gathering *gather = &shared->gather;
    clp_ranks *ranks = shared_device_of(shared->base.fine)->ranks;
    size_t unit = coefficient_bytes(whole) / clp_precision_bytes(whole->precision),
           most = gather->most * unit;
    size_t plane = clp_grid_node_count(&whole->op.grid) / CLP_NODES_MIN * coefficient_bytes(whole);
    char *packed = calloc(1, clp_max(most, plane) + 1), *all = malloc(ranks->count * most + 1);
    clp_status status =
        clp_ranks_agree(ranks, packed && all ? CLP_OK : clp_fail_host_memory(ranks->count * most));
    if (status == CLP_OK) status = read_coefficients(gather->slice, &gather->own, packed);
    if (status == CLP_OK) status = ranks->transport->gather(ranks, packed, most, all);
    for (size_t rank = 0; rank < ranks->count && status == CLP_OK; rank++) {
        const size_t *place = gather->places + 2 * CLP_AXES * rank;
        const clp_box box = {{place[0], place[2], place[4]}, {place[1], place[3], place[5]}};
        status = write_coefficients(whole, &box, all + rank * most);
    }
    if (status == CLP_OK) status = join_coefficients(&shared->base.fine->op, whole, packed);
    free(packed);
    free(all);
    return status;
}

/* The level that is whole in every rank, out of the slice that the rank has made. */
static clp_status gather_level(shared_transfer *shared, const clp_operator *op, clp_level *slice,
                               clp_level **level)
{
    clp_level *fine = shared->base.fine, *whole = NULL;
    clp_ranks *ranks = shared_device_of(fine)->ranks;
    const clp_backend *backend = slice->device->backend;
    gathering *gather = &shared->gather;
    shared->gathers = true;
    gather->slice = slice;
    gather->places = calloc(ranks->count, 2 * CLP_AXES * sizeof *gather->places);
    clp_status status = gather->places ? backend->field_create(slice, &gather->field)
                                       : clp_fail_host_memory(ranks->count * sizeof *gather->places);
    if (status == CLP_OK) status = backend->level_like(slice, op, &whole);
    if (status == CLP_OK) status = clp_shared_wrap(fine->device, whole, level);
    CLP_TRY(clp_ranks_agree(ranks, status));
    shared->base.coarse = *level;
    CLP_TRY(clp_ranks_agree(ranks, clp_gathering_find_places(shared)));
    return gather_coefficients(shared, ((shared_level *)*level)->own);
}

clp_status clp_shared_coarsen(clp_level *fine, const clp_operator *coarse, clp_level **level,
                              clp_transfer **transfer)
{
    clp_ranks *ranks = shared_device_of(fine)->ranks;
    bool part = clp_grid_is_part(&fine->op.grid), gathers = part && !clp_grid_is_part(&coarse->grid);
    const clp_operator local = gathers ? clp_operator_galerkin_part(&fine->op, coarse) : *coarse;
    clp_level *own = NULL;
    shared_transfer *made = calloc(1, sizeof *made);
    *level = NULL;
    *transfer = NULL;
    clp_status status = made ? CLP_OK : clp_fail_host_memory(sizeof *made);
    if (made) made->base.fine = fine;
    if (status == CLP_OK)
        status = shared_done(
            fine, shared_backend_of(fine)->coarsen(((shared_level *)fine)->own, &local, &own, &made->own));
    status = clp_ranks_agree(ranks, status);
    if (status == CLP_OK && part) status = compare_coefficients(ranks, own);
    clp_level *unused = status == CLP_OK ? NULL : own;
    if (status == CLP_OK && gathers) {
        status = gather_level(made, coarse, own, level);
    } else if (status == CLP_OK) {
        status = clp_ranks_agree(ranks, clp_shared_wrap(fine->device, own, level));
        if (status == CLP_OK && part) status = exchange_coefficients(ranks, own);
    }
    if (made) made->base.coarse = *level;
    if (made) made->doubles = shared_doubles(&fine->op.grid, &coarse->grid);
    if (status == CLP_OK) {
        *transfer = &made->base;
        return CLP_OK;
    }
    clp_shared_transfer_destroy(made ? &made->base : NULL);
    clp_shared_level_destroy(*level);
    shared_backend_of(fine)->level_destroy(unused);
    *level = NULL;
    return status;
}
