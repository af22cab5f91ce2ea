/* SPDX-License-Identifier: MIT */
/*
 * Coarse levels of teams: where parts would get thin, ranks that are next to each other have theirs together,
 * each of them all of it, so that whoever has the result has it at once. The slices of two (four, eight) that
 * become one are swapped among them, and a slice is cut out of the joined part on the way back.
 */
#include "transport/shared.h"

#include "base/machine.h"

#include <stdlib.h>
#include <string.h>

/* A rank's slice along an axis, and that of who joins it there: indices in the joined part. */
typedef struct span {
    size_t own, own_count, other, other_count;
    int step; /* towards the other; 0: nobody joins it along this axis */
} span;

static span span_of(const clp_grid *slice, const clp_grid *joined, int axis)
{
    if (axis >= clp_grid_dimensions(slice)) return (span){0, 1, 0, 0, 0};
    const size_t begin = clp_grid_begin(joined, axis), end = clp_grid_end(joined, axis),
                 first = clp_grid_index(joined, axis, begin), from = clp_grid_begin(slice, axis),
                 count = clp_grid_end(slice, axis) - from,
                 own = begin + clp_grid_index(slice, axis, from) - first;
    span found = {.own = own, .own_count = count};
    if (clp_grid_team(slice, axis) == clp_grid_team(joined, axis)) return found;
    /* A whole axis has the second node of its seam, too, which nobody has of his own. */
    size_t units = end - (clp_grid_is_split(joined, axis) || !slice->part.period[axis] ? 0 : 1);
    bool low = own == begin;
    found.step = low ? 1 : -1;
    found.other = low ? own + count : begin;
    found.other_count = low ? units - (own + count) : own - begin;
    return found;
}

/* Swaps with all whose slices are in the joined part; the bytes of the largest. */
static size_t find_swaps(shared_transfer *shared, size_t element)
{
    joining *join = &shared->join;
    const clp_grid *fine = &shared->base.fine->op.grid, *slice = &shared->gather.slice->op.grid,
                   *joined = &shared->base.coarse->op.grid;
    span spans[CLP_AXES];
    size_t most = 0;
    for (int axis = 0; axis < CLP_AXES; axis++) {
        spans[axis] = span_of(slice, joined, axis);
        shared->gather.own.first[axis] = clp_grid_begin(slice, axis);
        shared->gather.own.count[axis] = spans[axis].own_count;
        join->at[axis] = spans[axis].own;
    }
    for (unsigned which = 1; which < 1 << CLP_AXES; which++) {
        int step[CLP_AXES] = {0};
        bool there = true;
        clp_box box;
        size_t nodes = 1; /* of the larger one of both: as much goes as comes */
        for (int axis = 0; axis < CLP_AXES; axis++) {
            const span *s = &spans[axis];
            const bool other = which >> axis & 1;
            there = there && (!other || s->step != 0);
            if (other) step[axis] = s->step;
            box.first[axis] = other ? s->other : s->own;
            box.count[axis] = other ? s->other_count : s->own_count;
            nodes *= other ? clp_max(s->own_count, s->other_count) : s->own_count;
        }
        if (!there) continue;
        clp_swap *swap = &join->swaps.swap[join->swaps.count];
        join->boxes[join->swaps.count++] = box;
        *swap = (clp_swap){.neighbour =
                               clp_ranks_neighbour(shared_device_of(shared->base.fine)->ranks, fine, step),
                           .direction = CLP_HERE + step[0] + 3 * step[1] + 9 * step[2],
                           .bytes = nodes * element};
        most = clp_max(most, swap->bytes);
    }
    return most;
}

clp_status clp_joining_create(shared_transfer *shared)
{
    joining *join = &shared->join;
    clp_ranks *ranks = shared_device_of(shared->base.fine)->ranks;
    clp_level *slice = shared->gather.slice;
    const size_t most = find_swaps(shared, clp_precision_bytes(slice->precision));
    CLP_TRY(slice->device->backend->staging(slice, most, &shared->gather.packed));
    memset(shared->gather.packed, 0, most); /* what a smaller box leaves of it is sent as well */
    join->room = malloc(join->swaps.count * most + 1);
    if (!join->room) return clp_fail_host_memory(join->swaps.count * most);
    for (size_t i = 0; i < join->swaps.count; i++) {
        join->swaps.swap[i].send = shared->gather.packed;
        join->swaps.swap[i].receive = join->room + i * most;
    }
    clp_status status = ranks->transport->prepare(ranks, &join->swaps);
    join->prepared = status == CLP_OK;
    return status;
}

void clp_joining_finish(shared_transfer *shared)
{
    joining *join = &shared->join;
    clp_ranks *ranks = shared_device_of(shared->base.fine)->ranks;
    if (join->prepared) ranks->transport->release(ranks, &join->swaps);
    free(join->room);
}

clp_status clp_joining_join(const shared_transfer *shared, clp_field *coarse)
{
    const joining *join = &shared->join;
    const gathering *gather = &shared->gather;
    const clp_backend *backend = shared_backend_of(coarse->level);
    clp_ranks *ranks = shared_device_of(coarse->level)->ranks;
    CLP_TRY(backend->boxes_read(gather->field, &gather->own, 1, gather->packed));
    double start = clp_seconds();
    CLP_TRY(ranks->transport->start(ranks, &join->swaps));
    ranks->traffic.seconds += clp_seconds() - start;
    clp_status copied = backend->box_copy(gather->field, &gather->own, shared_own(coarse), join->at);
    start = clp_seconds();
    CLP_TRY(ranks->transport->finish(ranks, &join->swaps)); /* what was started is finished */
    ranks->traffic.seconds += clp_seconds() - start;
    CLP_TRY(copied);
    for (size_t i = 0; i < join->swaps.count; i++)
        CLP_TRY(backend->boxes_write(shared_own(coarse), &join->boxes[i], 1, join->swaps.swap[i].receive));
    return clp_gathering_join_seams(coarse);
}
