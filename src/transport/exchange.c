/* SPDX-License-Identifier: MIT */
#include "transport/exchange.h"

#include "base/checked.h"
#include "base/machine.h"
#include "base/status.h"
#include "grid/extent.h"

#include <stdlib.h>
#include <string.h>

static size_t nodes_along(const clp_grid *part, int axis)
{
    return axis == 2 ? clp_planes(part) : part->nodes[axis];
}

/* The strip of nodes [first, first + depth) along an axis: of all nodes along those before, whose halos are
 * filled already, and of the part's own ones along those behind. */
static clp_box strip(const clp_grid *part, int axis, size_t first, size_t depth)
{
    clp_box box;
    for (int other = 0; other < CLP_AXES; other++) {
        bool own = other > axis;
        box.first[other] = own ? clp_grid_begin(part, other) : 0;
        box.count[other] =
            own ? clp_grid_end(part, other) - clp_grid_begin(part, other) : nodes_along(part, other);
    }
    box.first[axis] = first;
    box.count[axis] = depth;
    return box;
}

static size_t nodes_of(const clp_box *box)
{
    return box->count[0] * box->count[1] * box->count[2];
}

/* Halos are as deep on all open sides. */
static size_t depth_of(const clp_grid *part, int axis)
{
    size_t low = clp_grid_begin(part, axis), high = nodes_along(part, axis) - clp_grid_end(part, axis);
    return clp_max(low, high);
}

size_t clp_exchange_bytes(const clp_grid *part, size_t element_bytes)
{
    size_t most = 0;
    for (int axis = 0; axis < CLP_AXES; axis++) {
        clp_box box = strip(part, axis, 0, depth_of(part, axis));
        most = clp_max(most, nodes_of(&box));
    }
    return 4 * most * element_bytes;
}

/* One of the two sides of an axis: what goes there is packed, and where what comes is to go is `halo`. */
static clp_status prepare(clp_ranks *ranks, const clp_grid *part, int axis, bool behind,
                          const clp_boxes *boxes, char *room, clp_swap *swap, clp_box *halo)
{
    size_t depth = depth_of(part, axis), begin = clp_grid_begin(part, axis), end = clp_grid_end(part, axis);
    clp_box own = strip(part, axis, behind ? end - depth : begin, depth);
    *halo = strip(part, axis, behind ? end : begin - depth, depth);
    size_t bytes = nodes_of(&own) * boxes->element_bytes;
    *swap = (clp_swap){.neighbour = clp_ranks_neighbour(ranks, part, axis, behind),
                       .send = room,
                       .receive = room + bytes,
                       .bytes = bytes,
                       .axis = axis};
    if (swap->neighbour == CLP_NOBODY) return CLP_OK;
    ranks->traffic.bytes += bytes;
    return boxes->read(boxes->whose, &own, room);
}

static clp_status exchange_axis(clp_ranks *ranks, const clp_grid *part, int axis, const clp_boxes *boxes,
                                char *room)
{
    clp_swap swaps[2];
    clp_box halos[2];
    CLP_TRY(prepare(ranks, part, axis, false, boxes, room, &swaps[0], &halos[0]));
    CLP_TRY(prepare(ranks, part, axis, true, boxes, room + 2 * swaps[0].bytes, &swaps[1], &halos[1]));
    double start = clp_seconds();
    CLP_TRY(ranks->transport->swap(ranks, &swaps[0], &swaps[1]));
    ranks->traffic.seconds += clp_seconds() - start;
    for (int side = 0; side < 2; side++)
        if (swaps[side].neighbour != CLP_NOBODY)
            CLP_TRY(boxes->write(boxes->whose, &halos[side], swaps[side].receive));
    return CLP_OK;
}

clp_status clp_exchange(clp_ranks *ranks, const clp_grid *part, const clp_boxes *boxes, void *room)
{
    ranks->traffic.exchanges++;
    for (int axis = 0; axis < clp_grid_dimensions(part); axis++)
        if (part->part.open[2 * axis] || part->part.open[2 * axis + 1])
            CLP_TRY(exchange_axis(ranks, part, axis, boxes, room));
    return CLP_OK;
}

/* ---- values of the host ---- */

typedef struct host_values {
    const clp_grid *part;
    double *values;
} host_values;

static double *row_of(const host_values *host, const clp_box *box, size_t j, size_t k)
{
    const size_t *nodes = host->part->nodes;
    return host->values + ((box->first[2] + k) * nodes[1] + box->first[1] + j) * nodes[0] + box->first[0];
}

static clp_status read_host(void *whose, const clp_box *box, void *packed)
{
    double *out = packed;
    for (size_t k = 0; k < box->count[2]; k++)
        for (size_t j = 0; j < box->count[1]; j++, out += box->count[0])
            memcpy(out, row_of(whose, box, j, k), box->count[0] * sizeof *out);
    return CLP_OK;
}

static clp_status write_host(void *whose, const clp_box *box, const void *packed)
{
    const double *in = packed;
    for (size_t k = 0; k < box->count[2]; k++)
        for (size_t j = 0; j < box->count[1]; j++, in += box->count[0])
            memcpy(row_of(whose, box, j, k), in, box->count[0] * sizeof *in);
    return CLP_OK;
}

clp_status clp_exchange_values(clp_ranks *ranks, const clp_grid *part, double *values)
{
    host_values host = {part, values};
    const clp_boxes boxes = {&host, read_host, write_host, sizeof *values};
    if (!ranks || !clp_grid_is_part(part)) return CLP_OK;
    size_t bytes = clp_exchange_bytes(part, sizeof *values);
    void *room = malloc(bytes + 1);
    if (!room) return clp_fail_host_memory(bytes);
    clp_status status = clp_exchange(ranks, part, &boxes, room);
    free(room);
    return status;
}
