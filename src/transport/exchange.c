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

_Static_assert(CLP_DIRECTIONS - 1 <= CLP_BOXES_MOST, "a backend moves what goes to all neighbours at once");

struct clp_exchange {
    clp_ranks *ranks;
    clp_swaps swaps;
    clp_box own[CLP_DIRECTIONS], halo[CLP_DIRECTIONS]; /* what goes, and where what comes is to go */
    size_t bytes;                                      /* that go, of all swaps */
    char *send, *receive;                              /* a twin has no place to send from */
};

/* The own nodes that the neighbour in a direction has in its halo, and the halo that has its. */
static void boxes_towards(const clp_grid *part, const int step[CLP_AXES], clp_box *own, clp_box *halo)
{
    for (int axis = 0; axis < CLP_AXES; axis++) {
        size_t begin = clp_grid_begin(part, axis), end = clp_grid_end(part, axis),
               depth = depth_of(part, axis);
        bool here = step[axis] == 0, behind = step[axis] > 0;
        own->first[axis] = behind ? end - depth : begin;
        halo->first[axis] = here ? begin : behind ? end : begin - depth;
        own->count[axis] = halo->count[axis] = here ? end - begin : depth;
        if (here) own->first[axis] = begin;
    }
}

/* Directions in which a part of this rank's has a neighbour; their number. */
static size_t find_boxes(const clp_grid *part, clp_exchange *exchange)
{
    size_t count = 0;
    for (int direction = 0; direction < CLP_DIRECTIONS; direction++) {
        const int step[CLP_AXES] = {direction % 3 - 1, direction / 3 % 3 - 1, direction / 9 - 1};
        bool there = direction != CLP_HERE;
        for (int axis = 0; axis < CLP_AXES; axis++)
            there = there && (step[axis] == 0 || part->part.open[2 * axis + (step[axis] > 0)]);
        if (!there) continue;
        boxes_towards(part, step, &exchange->own[count], &exchange->halo[count]);
        exchange->swaps.swap[count].direction = direction;
        if (exchange->ranks)
            exchange->swaps.swap[count].neighbour = clp_ranks_neighbour(exchange->ranks, part, step);
        count++;
    }
    return count;
}

size_t clp_exchange_bytes(const clp_grid *part, size_t element_bytes)
{
    clp_exchange exchange = {0};
    size_t count = find_boxes(part, &exchange), nodes = 0;
    for (size_t i = 0; i < count; i++) nodes += nodes_of(&exchange.own[i]);
    return 2 * nodes * element_bytes;
}

static clp_status prepare(clp_exchange *made, clp_exchange **exchange)
{
    clp_status status = made->ranks->transport->prepare(made->ranks, &made->swaps);
    if (status == CLP_OK)
        *exchange = made;
    else
        free(made);
    return status;
}

clp_status clp_exchange_create(clp_ranks *ranks, const clp_grid *part, size_t element_bytes, void *room,
                               clp_exchange **exchange)
{
    *exchange = NULL;
    clp_exchange *made = calloc(1, sizeof *made);
    if (!made) return clp_fail_host_memory(sizeof *made);
    made->ranks = ranks;
    made->bytes = clp_exchange_bytes(part, element_bytes) / 2;
    made->send = room;
    made->receive = made->send + made->bytes;
    made->swaps.count = find_boxes(part, made);
    size_t at = 0;
    for (size_t i = 0; i < made->swaps.count; i++) {
        clp_swap *swap = &made->swaps.swap[i];
        swap->send = made->send + at;
        swap->receive = made->receive + at;
        swap->bytes = nodes_of(&made->own[i]) * element_bytes;
        at += swap->bytes;
    }
    return prepare(made, exchange);
}

clp_status clp_exchange_create_twin(const clp_exchange *exchange, void *const *send, clp_exchange **twin)
{
    *twin = NULL;
    clp_exchange *made = malloc(sizeof *made);
    if (!made) return clp_fail_host_memory(sizeof *made);
    *made = *exchange;
    made->send = NULL;
    for (size_t i = 0; i < made->swaps.count; i++) made->swaps.swap[i].send = send[i];
    return prepare(made, twin);
}

const clp_box *clp_exchange_own(const clp_exchange *exchange, size_t *count)
{
    *count = exchange->swaps.count;
    return exchange->own;
}

void clp_exchange_destroy(clp_exchange *exchange)
{
    if (!exchange) return;
    exchange->ranks->transport->release(exchange->ranks, &exchange->swaps);
    free(exchange);
}

clp_status clp_exchange_start(clp_exchange *exchange, const clp_boxes *boxes)
{
    clp_ranks *ranks = exchange->ranks;
    if (boxes) CLP_TRY(boxes->read(boxes->whose, exchange->own, exchange->swaps.count, exchange->send));
    double start = clp_seconds();
    CLP_TRY(ranks->transport->start(ranks, &exchange->swaps));
    ranks->traffic.seconds += clp_seconds() - start;
    ranks->traffic.bytes += exchange->bytes;
    ranks->traffic.exchanges++;
    return CLP_OK;
}

clp_status clp_exchange_advance(const clp_exchange *exchange, bool *done)
{
    return exchange->ranks->transport->advance(exchange->ranks, &exchange->swaps, done);
}

clp_status clp_exchange_finish(clp_exchange *exchange, const clp_boxes *boxes)
{
    clp_ranks *ranks = exchange->ranks;
    double start = clp_seconds();
    CLP_TRY(ranks->transport->finish(ranks, &exchange->swaps));
    ranks->traffic.seconds += clp_seconds() - start;
    return boxes ? boxes->write(boxes->whose, exchange->halo, exchange->swaps.count, exchange->receive)
                 : CLP_OK;
}

clp_status clp_exchange_run(clp_exchange *exchange, const clp_boxes *boxes)
{
    CLP_TRY(clp_exchange_start(exchange, boxes));
    return clp_exchange_finish(exchange, boxes);
}

clp_status clp_exchange_once(clp_ranks *ranks, const clp_grid *part, size_t element_bytes,
                             const clp_boxes *boxes)
{
    size_t bytes = clp_exchange_bytes(part, element_bytes);
    clp_exchange *exchange = NULL;
    void *room = malloc(bytes + 1);
    clp_status status =
        room ? clp_exchange_create(ranks, part, element_bytes, room, &exchange) : clp_fail_host_memory(bytes);
    status = clp_ranks_agree(ranks, status);
    if (status == CLP_OK) status = clp_exchange_run(exchange, boxes);
    clp_exchange_destroy(exchange);
    free(room);
    return status;
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

static clp_status read_host(void *whose, const clp_box *boxes, size_t count, void *packed)
{
    double *out = packed;
    for (const clp_box *box = boxes; box < boxes + count; box++)
        for (size_t k = 0; k < box->count[2]; k++)
            for (size_t j = 0; j < box->count[1]; j++, out += box->count[0])
                memcpy(out, row_of(whose, box, j, k), box->count[0] * sizeof *out);
    return CLP_OK;
}

static clp_status write_host(void *whose, const clp_box *boxes, size_t count, const void *packed)
{
    const double *in = packed;
    for (const clp_box *box = boxes; box < boxes + count; box++)
        for (size_t k = 0; k < box->count[2]; k++)
            for (size_t j = 0; j < box->count[1]; j++, in += box->count[0])
                memcpy(row_of(whose, box, j, k), in, box->count[0] * sizeof *in);
    return CLP_OK;
}

clp_status clp_exchange_values(clp_ranks *ranks, const clp_grid *part, double *values)
{
    host_values host = {part, values};
    const clp_boxes boxes = {&host, read_host, write_host};
    if (!ranks || !clp_grid_is_part(part)) return CLP_OK;
    return clp_exchange_once(ranks, part, sizeof *values, &boxes);
}
