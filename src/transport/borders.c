/* SPDX-License-Identifier: MIT */
/*
 * Exchanges behind sweeps. A part's borders, its own nodes that neighbours have in their halos, are swept
 * first, each in a small level of its own that reaches as much further in as sweeps look; what comes of it is
 * on its way while all of the part is swept, borders once more. So borders cost their share of all nodes, and
 * the exchange nothing that the sweeps are long enough for: worth it over a slow network (docs/scaling.md).
 * What a node gets is the same to the last bit, by whichever level.
 */
#include "transport/shared.h"

#include "base/machine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct strip {
    int axis;    /* across which its neighbour is */
    clp_box box; /* of the part; sweeps leave the middle third along the axis right */
    clp_network network;
    clp_level *level;
    clp_field *u, *scratch, *q;
    clp_box own[CLP_DIRECTIONS]; /* what of it goes to neighbours, counted from its first node */
    size_t own_count;
    char *staging;
} strip;

struct clp_borders {
    const clp_backend *backend;
    strip side[CLP_SIDES];
    size_t count;
    clp_exchange *exchange;
};

/* Halo, own nodes of as many as a halo has, and those that sweeps of these look at. */
static clp_box box_of(const clp_grid *part, int side, size_t depth)
{
    clp_box box = {.count = {part->nodes[0], part->nodes[1], clp_planes(part)}};
    const int axis = side / 2;
    box.first[axis] = side % 2 ? clp_grid_end(part, axis) - 2 * depth : 0;
    box.count[axis] = 3 * depth;
    return box;
}

static size_t nodes_of(const clp_box *box)
{
    return box->count[0] * box->count[1] * box->count[2];
}

double clp_borders_share(const clp_grid *part, size_t depth)
{
    size_t nodes = 0;
    for (int side = 0; side < CLP_SIDES; side++) {
        const int axis = side / 2;
        if (!part->part.open[side]) continue;
        if (clp_grid_end(part, axis) - clp_grid_begin(part, axis) < 2 * depth) return INFINITY;
        const clp_box box = box_of(part, side, depth);
        nodes += nodes_of(&box);
    }
    return (double)nodes / (double)clp_grid_node_count(part);
}

/* A border as a part of the whole grid. */
static clp_grid grid_of(const clp_grid *part, int side, const clp_box *box, size_t depth)
{
    const int axis = side / 2;
    clp_grid grid = *part;
    const size_t first = part->part.first[axis] + box->first[axis], period = part->part.period[axis];
    grid.nodes[axis] = box->count[axis];
    grid.part.first[axis] = period ? first % period : first;
    grid.part.begin[axis] = depth;
    grid.part.end[axis] = 2 * depth;
    grid.part.open[2 * axis] = grid.part.open[2 * axis + 1] = true;
    return grid;
}

/* ---- networks ---- */

static void copy_box(const clp_grid *part, const clp_box *box, const double *in, double *out)
{
    for (size_t k = 0; k < box->count[2]; k++)
        for (size_t j = 0; j < box->count[1]; j++, out += box->count[0]) {
            size_t row = ((box->first[2] + k) * part->nodes[1] + box->first[1] + j) * part->nodes[0];
            memcpy(out, in + row + box->first[0], box->count[0] * sizeof *out);
        }
}

static clp_status cut(const clp_grid *part, const clp_box *box, const double *in, double **out)
{
    const size_t bytes = nodes_of(box) * sizeof **out;
    if (!in) return CLP_OK;
    *out = malloc(bytes);
    if (!*out) return clp_fail_host_memory(bytes);
    copy_box(part, box, in, *out);
    return CLP_OK;
}

/* Outermost nodes of open sides count as held. */
static void hold_ends(const clp_box *box, int axis, double *diagonal)
{
    const size_t steps[CLP_AXES] = {1, box->count[0], box->count[0] * box->count[1]};
    for (size_t p = 0; p < nodes_of(box); p++) {
        size_t at = p / steps[axis] % box->count[axis];
        if (at == 0 || at == box->count[axis] - 1) diagonal[p] = 0;
    }
}

static clp_status cut_network(const clp_operator *op, strip *border)
{
    const clp_network *whole = op->network;
    clp_network *network = &border->network;
    for (int i = 0; i < CLP_AXES; i++)
        CLP_TRY(cut(&op->grid, &border->box, whole->conductance[i], &network->conductance[i]));
    CLP_TRY(cut(&op->grid, &border->box, whole->shunt, &network->shunt));
    CLP_TRY(cut(&op->grid, &border->box, whole->diagonal, &network->diagonal));
    hold_ends(&border->box, border->axis, network->diagonal);
    return CLP_OK;
}

/* ---- making them ---- */

static clp_status create_border(const clp_level *own, int side, size_t depth, strip *border)
{
    const clp_backend *backend = own->device->backend;
    clp_operator op = own->op;
    border->axis = side / 2;
    border->box = box_of(&own->op.grid, side, depth);
    const clp_grid grid = grid_of(&own->op.grid, side, &border->box, depth);
    clp_operator_take_part(&own->op, &grid, &op);
    if (op.network) {
        CLP_TRY(cut_network(&own->op, border));
        op.network = &border->network;
    }
    CLP_TRY(backend->level_create(own->device, &op, own->precision, own->sweep, &border->level));
    CLP_TRY(backend->field_create(border->level, &border->u));
    CLP_TRY(backend->field_create(border->level, &border->scratch));
    return backend->field_create(border->level, &border->q);
}

static bool is_inside(const clp_box *inner, const clp_box *outer)
{
    bool inside = true;
    for (int axis = 0; axis < CLP_AXES; axis++)
        inside = inside && inner->first[axis] >= outer->first[axis] &&
                 inner->first[axis] + inner->count[axis] <= outer->first[axis] + outer->count[axis];
    return inside;
}

static clp_box right_of(const strip *border)
{
    clp_box box = border->box;
    box.count[border->axis] /= 3;
    box.first[border->axis] += box.count[border->axis];
    return box;
}

/* Gives each border what it has of what goes to neighbours: to the first that has all of a box right. */
static void give_boxes(clp_borders *borders, const clp_box *boxes, size_t count, size_t *which)
{
    for (size_t i = 0; i < count; i++) {
        clp_box right = right_of(&borders->side[which[i] = 0]);
        while (!is_inside(&boxes[i], &right)) right = right_of(&borders->side[++which[i]]);
        strip *border = &borders->side[which[i]];
        clp_box *own = &border->own[border->own_count++];
        *own = boxes[i];
        for (int axis = 0; axis < CLP_AXES; axis++) own->first[axis] -= border->box.first[axis];
    }
}

static clp_status create_staging(strip *border)
{
    size_t bytes = 0;
    void *room;
    for (size_t i = 0; i < border->own_count; i++) bytes += nodes_of(&border->own[i]);
    bytes *= clp_precision_bytes(border->level->precision);
    CLP_TRY(border->level->device->backend->staging(border->level, bytes, &room));
    border->staging = room;
    return CLP_OK;
}

/* Goes out from where borders are read to. */
static clp_status create_exchange(clp_borders *borders, const clp_exchange *halo)
{
    size_t count, which[CLP_DIRECTIONS], at[CLP_SIDES] = {0};
    void *send[CLP_DIRECTIONS];
    const clp_box *boxes = clp_exchange_own(halo, &count);
    give_boxes(borders, boxes, count, which);
    for (size_t i = 0; i < borders->count; i++) CLP_TRY(create_staging(&borders->side[i]));
    for (size_t i = 0; i < count; i++) {
        strip *border = &borders->side[which[i]];
        send[i] = border->staging + at[which[i]];
        at[which[i]] += nodes_of(&boxes[i]) * clp_precision_bytes(border->level->precision);
    }
    return clp_exchange_create_twin(halo, send, &borders->exchange);
}

clp_status clp_borders_create(const clp_level *own, const clp_exchange *halo, size_t depth,
                              clp_borders **borders)
{
    clp_status status = CLP_OK;
    *borders = NULL;
    clp_borders *made = calloc(1, sizeof *made);
    if (!made) return clp_fail_host_memory(sizeof *made);
    made->backend = own->device->backend;
    for (int side = 0; side < CLP_SIDES && status == CLP_OK; side++)
        if (own->op.grid.part.open[side])
            status = create_border(own, side, depth, &made->side[made->count++]);
    if (status == CLP_OK) status = create_exchange(made, halo);
    if (status == CLP_OK)
        *borders = made;
    else
        clp_borders_destroy(made);
    return status;
}

void clp_borders_destroy(clp_borders *borders)
{
    if (!borders) return;
    clp_exchange_destroy(borders->exchange);
    for (size_t i = 0; i < borders->count; i++) {
        strip *border = &borders->side[i];
        borders->backend->field_destroy(border->u);
        borders->backend->field_destroy(border->scratch);
        borders->backend->field_destroy(border->q);
        borders->backend->level_destroy(border->level);
        for (int axis = 0; axis < CLP_AXES; axis++) free(border->network.conductance[axis]);
        free(border->network.shunt);
        free(border->network.diagonal);
    }
    free(borders);
}

/* ---- sweeping them ---- */

clp_status clp_borders_take(const clp_borders *borders, const clp_field *q)
{
    const size_t first[CLP_AXES] = {0};
    for (size_t i = 0; i < borders->count && q; i++)
        CLP_TRY(borders->backend->box_copy(q, &borders->side[i].box, borders->side[i].q, first));
    return CLP_OK;
}

clp_status clp_borders_start(const clp_borders *borders, const clp_field *u, bool has_q,
                             const double *weights, size_t count)
{
    const clp_backend *backend = borders->backend;
    const size_t first[CLP_AXES] = {0};
    for (size_t i = 0; i < borders->count; i++) {
        const strip *border = &borders->side[i];
        CLP_TRY(backend->box_copy(u, &border->box, border->u, first));
        CLP_TRY(backend->sweep(border->u, border->scratch, has_q ? border->q : NULL, weights, count));
    }
    for (size_t i = 0; i < borders->count; i++) {
        const strip *border = &borders->side[i];
        CLP_TRY(backend->boxes_read(border->u, border->own, border->own_count, border->staging));
    }
    return clp_exchange_start(borders->exchange, NULL);
}

clp_status clp_borders_advance(const clp_borders *borders)
{
    bool done;
    return clp_exchange_advance(borders->exchange, &done);
}

/* Until all is there; what the device takes of it is not waiting. */
static clp_status await(const clp_borders *borders, clp_ranks *ranks)
{
    enum { LOOKS = 100 };
    const struct timespec moment = {.tv_nsec = 50000};
    clp_device *device = borders->side[0].level->device;
    double idle = 0;
    bool done = false, swept = false;
    CLP_TRY(borders->backend->mark(device));
    for (int looks = 0; !done; looks++) {
        CLP_TRY(clp_exchange_advance(borders->exchange, &done));
        if (!swept) CLP_TRY(borders->backend->has_reached(device, &swept));
        if (swept && idle == 0) idle = clp_seconds();
        /* The device may need the processor that would be waiting. */
        if (device->info.host_memory && looks >= LOOKS && !done) nanosleep(&moment, NULL);
    }
    if (idle > 0) ranks->traffic.seconds += clp_seconds() - idle;
    return CLP_OK;
}

clp_status clp_borders_finish(const clp_borders *borders, clp_ranks *ranks, const clp_boxes *boxes)
{
    clp_status status = boxes ? await(borders, ranks) : CLP_OK;
    clp_status came = clp_exchange_finish(borders->exchange, status == CLP_OK ? boxes : NULL);
    return status == CLP_OK ? came : status;
}
