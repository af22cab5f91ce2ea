/* SPDX-License-Identifier: MIT */
/*
 * A device that shares its levels with those of other ranks: a backend around another one. Each rank's level
 * is a part of the whole one with a halo around it, whose outermost nodes the rank's own backend takes for
 * held. A field knows how deep its halo is right: operations use up of it what they reach to, and exchange it
 * when too little is left, so that one exchange serves as many sweeps as the halo is deep.
 */
#include "transport/exchange.h"

#include "backend/colors.h"
#include "backend/galerkin.h"
#include "backend/transfer.h"
#include "base/checked.h"
#include "base/machine.h"
#include "base/status.h"
#include "grid/extent.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct shared_device {
    clp_device base;
    clp_device *own;
    clp_ranks *ranks;
} shared_device;

typedef struct shared_level {
    clp_level base;
    clp_level *own;
    size_t depth;           /* of the halo; SIZE_MAX where the grid is whole */
    clp_exchange *exchange; /* of the halo; NULL where the grid is whole */
} shared_level;

typedef struct shared_field {
    clp_field base;
    clp_field *own;
    size_t valid; /* depth to which the halo is right */
} shared_field;

static shared_device *device_of(const clp_level *level)
{
    return (shared_device *)level->device;
}

static clp_field *own_of(const clp_field *field)
{
    return field ? ((const shared_field *)field)->own : NULL;
}

static const clp_backend *backend_of(const clp_level *level)
{
    return device_of(level)->own->backend;
}

/* What the rank's own device has spent on kernels is this one's. */
static clp_status done(clp_level *level, clp_status status)
{
    level->device->compile_seconds = device_of(level)->own->compile_seconds;
    return status;
}

/* ---- devices ---- */

static const clp_backend shared_backend;

clp_status clp_ranks_device(clp_ranks *ranks, clp_device *own, clp_device **device)
{
    *device = NULL;
    shared_device *made = calloc(1, sizeof *made);
    if (!made) {
        own->backend->close(own);
        return clp_fail_host_memory(sizeof *made);
    }
    *made = (shared_device){.base = *own, .own = own, .ranks = ranks};
    made->base.backend = &shared_backend;
    double fp64 = own->info.fp64; /* they exchange values of one precision */
    clp_status status = clp_reduce(ranks, CLP_REDUCE_MIN, &fp64, 1);
    made->base.info.fp64 = fp64 > 0;
    *device = &made->base;
    return status;
}

clp_ranks *clp_ranks_of(const clp_device *device)
{
    return device && device->backend == &shared_backend ? ((const shared_device *)device)->ranks : NULL;
}

static void shared_close(clp_device *device)
{
    clp_device *own = ((shared_device *)device)->own;
    own->backend->close(own);
    free(device);
}

static clp_status shared_fits(clp_device *device, const clp_grid *grid, clp_precision precision,
                              const clp_memory_use *use)
{
    shared_device *shared = (shared_device *)device;
    return clp_ranks_agree(shared->ranks, shared->own->backend->fits(shared->own, grid, precision, use));
}

static clp_status shared_finish(clp_device *device)
{
    clp_device *own = ((shared_device *)device)->own;
    return own->backend->finish(own);
}

/* ---- levels and fields ---- */

static size_t depth_of(const clp_grid *grid)
{
    size_t depth = SIZE_MAX;
    for (int axis = 0; axis < clp_grid_dimensions(grid); axis++) {
        if (grid->part.open[2 * axis]) depth = clp_min(depth, clp_grid_begin(grid, axis));
        if (grid->part.open[2 * axis + 1])
            depth = clp_min(depth, grid->nodes[axis] - clp_grid_end(grid, axis));
    }
    return depth;
}

static void shared_level_destroy(clp_level *level)
{
    if (!level) return;
    shared_level *shared = (shared_level *)level;
    clp_exchange_destroy(shared->exchange);
    backend_of(level)->level_destroy(shared->own);
    free(shared);
}

/* Through the memory that is fastest for the rank's own device. */
static clp_status exchange_create(shared_level *level)
{
    const clp_grid *grid = &level->own->op.grid;
    size_t element = clp_precision_bytes(level->own->precision), bytes = clp_exchange_bytes(grid, element);
    void *room;
    if (level->depth == SIZE_MAX) return CLP_OK;
    CLP_TRY(backend_of(&level->base)->staging(level->own, bytes, &room));
    return clp_exchange_create(device_of(&level->base)->ranks, grid, element, room, &level->exchange);
}

/* Takes over a level of the rank's own device, which belongs to a part if its grid is one. */
static clp_status wrap(clp_device *device, clp_level *own, clp_level **level)
{
    *level = NULL;
    shared_level *made = calloc(1, sizeof *made);
    if (!made) {
        own->device->backend->level_destroy(own);
        return clp_fail_host_memory(sizeof *made);
    }
    made->own = own;
    made->base = *own;
    made->base.device = device;
    made->depth = depth_of(&own->op.grid);
    clp_status status = exchange_create(made);
    if (status == CLP_OK)
        *level = &made->base;
    else
        shared_level_destroy(&made->base);
    return status;
}

static clp_status shared_level_create(clp_device *device, const clp_operator *op, clp_precision precision,
                                      const char *sweep_variant, clp_level **level)
{
    shared_device *shared = (shared_device *)device;
    clp_level *own;
    *level = NULL;
    clp_status status = shared->own->backend->level_create(shared->own, op, precision, sweep_variant, &own);
    if (status == CLP_OK) status = wrap(device, own, level);
    status = clp_ranks_agree(shared->ranks, status);
    if (status != CLP_OK) {
        shared_level_destroy(*level);
        *level = NULL;
    }
    device->compile_seconds = shared->own->compile_seconds;
    return status;
}

static void shared_field_destroy(clp_field *field)
{
    if (!field) return;
    backend_of(field->level)->field_destroy(own_of(field));
    free(field);
}

static clp_status shared_field_create(clp_level *level, clp_field **field)
{
    *field = NULL;
    shared_field *made = calloc(1, sizeof *made);
    if (!made) return clp_fail_host_memory(sizeof *made);
    made->base.level = level;
    made->valid = ((shared_level *)level)->depth;
    clp_status status = backend_of(level)->field_create(((shared_level *)level)->own, &made->own);
    if (status == CLP_OK)
        *field = &made->base;
    else
        free(made);
    return status;
}

static clp_status read_boxes(void *field, const clp_box *boxes, size_t count, void *packed)
{
    clp_field *own = field;
    return own->level->device->backend->boxes_read(own, boxes, count, packed);
}

static clp_status write_boxes(void *field, const clp_box *boxes, size_t count, const void *packed)
{
    clp_field *own = field;
    return own->level->device->backend->boxes_write(own, boxes, count, packed);
}

/* Makes the halo right to a depth at least, in all ranks alike: they have the same depths. */
static clp_status need(const clp_field *field, size_t depth)
{
    shared_field *shared = (shared_field *)field;
    if (!field || shared->valid >= depth) return CLP_OK;
    shared_level *level = (shared_level *)field->level;
    const clp_boxes boxes = {shared->own, read_boxes, write_boxes};
    CLP_TRY(clp_exchange_run(level->exchange, &boxes));
    shared->valid = level->depth;
    return CLP_OK;
}

static size_t valid_of(const clp_field *field)
{
    return field ? ((const shared_field *)field)->valid : SIZE_MAX;
}

static size_t less(size_t valid, size_t by)
{
    return valid == SIZE_MAX ? SIZE_MAX : valid > by ? valid - by : 0;
}

static void set_valid(clp_field *field, size_t valid)
{
    shared_field *shared = (shared_field *)field;
    shared->valid = clp_min(valid, ((const shared_level *)field->level)->depth);
}

static clp_status shared_field_write(clp_field *field, size_t row, size_t rows, const double *values)
{
    set_valid(field, ((shared_level *)field->level)->depth == SIZE_MAX ? SIZE_MAX : 0);
    return backend_of(field->level)->field_write(own_of(field), row, rows, values);
}

static clp_status shared_field_read(clp_field *field, size_t row, size_t rows, double *values)
{
    size_t depth = ((shared_level *)field->level)->depth;
    CLP_TRY(need(field, depth == SIZE_MAX ? 0 : depth)); /* the host looks at neighbours, and beyond */
    return backend_of(field->level)->field_read(own_of(field), row, rows, values);
}

static clp_status shared_field_fill(clp_field *field, clp_fill_columns fill, const void *context)
{
    set_valid(field, ((shared_level *)field->level)->depth == SIZE_MAX ? SIZE_MAX : 0);
    return backend_of(field->level)->field_fill(own_of(field), fill, context);
}

static clp_status shared_hold(clp_field *u, const double *values)
{
    return backend_of(u->level)->hold(own_of(u), values);
}

static clp_status shared_clear(clp_field *u)
{
    set_valid(u, SIZE_MAX);
    return backend_of(u->level)->clear(own_of(u));
}

static clp_status shared_evaluate(clp_field *field, const clp_formula *formula, double t)
{
    set_valid(field, SIZE_MAX);
    return done(field->level, backend_of(field->level)->evaluate(own_of(field), formula, t));
}

/* ---- operations ---- */

/* Sweeps reach one node further each; q is looked at one less far. */
static clp_status shared_sweep(clp_field *u, clp_field *scratch, const clp_field *q, const double *weights,
                               size_t count)
{
    const size_t depth = ((shared_level *)u->level)->depth;
    for (size_t finished = 0, now; finished < count; finished += now) {
        now = clp_min(count - finished, depth);
        CLP_TRY(need(u, now));
        CLP_TRY(need(q, now - 1));
        size_t before = valid_of(u);
        CLP_TRY(done(u->level, backend_of(u->level)->sweep(own_of(u), own_of(scratch), own_of(q),
                                                           weights + finished, now)));
        set_valid(scratch, now == 1 ? before : 0);
        set_valid(u, clp_min(less(before, now), less(valid_of(q), now - 1)));
    }
    return CLP_OK;
}

/* Each colour reaches one node further. */
static clp_status shared_relax(clp_field *u, clp_field *scratch, const clp_field *q, double weight,
                               size_t count)
{
    const size_t depth = ((shared_level *)u->level)->depth, colors = clp_color_count(&u->level->op),
                 most = depth / colors;
    if (most == 0)
        return clp_fail(CLP_ERROR_UNSUPPORTED,
                        "the ranks' parts are too thin for colours in turn; take fewer ranks");
    for (size_t finished = 0, now; finished < count; finished += now) {
        now = clp_min(count - finished, most);
        CLP_TRY(need(u, colors * now));
        CLP_TRY(need(q, colors * now - 1));
        size_t before = valid_of(u);
        CLP_TRY(
            done(u->level, backend_of(u->level)->relax(own_of(u), own_of(scratch), own_of(q), weight, now)));
        set_valid(scratch, now == 1 ? before : 0);
        set_valid(u, clp_min(less(before, colors * now), less(valid_of(q), colors * now - 1)));
    }
    return CLP_OK;
}

static clp_status shared_residual(const clp_field *u, const clp_field *q, clp_field *r)
{
    CLP_TRY(need(u, 1));
    size_t valid = less(valid_of(u), 1);
    set_valid(r, clp_min(valid, valid_of(q)));
    return done(r->level, backend_of(r->level)->residual(own_of(u), own_of(q), own_of(r)));
}

static clp_status shared_combine(clp_field *y, double a, const clp_field *x, double b)
{
    set_valid(y, b == 0 ? valid_of(x) : clp_min(valid_of(x), valid_of(y)));
    return done(y->level, backend_of(y->level)->combine(own_of(y), a, own_of(x), b));
}

/* Those that share a level; of one that each has whole nothing is to be added up. */
static clp_ranks *ranks_of(const clp_level *level)
{
    return clp_grid_is_part(&level->op.grid) ? device_of(level)->ranks : NULL;
}

static clp_status shared_dot(const clp_field *x, const clp_field *y, double *sum)
{
    CLP_TRY(done(y->level, backend_of(y->level)->dot(own_of(x), own_of(y), sum)));
    return clp_reduce(ranks_of(y->level), CLP_REDUCE_SUM, sum, 1);
}

/* What solvers say of how residuals count is for the rank's own level, too. */
static void take_measure(const clp_level *level)
{
    ((const shared_level *)level)->own->op.least = level->op.least;
}

static clp_status shared_energy(const clp_field *u, double *energy)
{
    CLP_TRY(need(u, 1));
    CLP_TRY(done(u->level, backend_of(u->level)->energy(own_of(u), energy)));
    return clp_reduce(ranks_of(u->level), CLP_REDUCE_SUM, energy, 1);
}

static clp_status shared_defect(const clp_field *u, const clp_field *q, double factor, clp_field *r,
                                clp_norms *norms)
{
    CLP_TRY(need(u, 1));
    CLP_TRY(need(q, ((const shared_level *)u->level)->depth)); /* once: then r is right as far as u is */
    take_measure(u->level);
    size_t valid = less(valid_of(u), 1);
    set_valid(r, clp_min(valid, valid_of(q)));
    CLP_TRY(done(u->level, backend_of(u->level)->defect(own_of(u), own_of(q), factor, own_of(r), norms)));
    return clp_reduce_norms(ranks_of(u->level), norms);
}

static clp_status shared_residual_norms(const clp_field *u, const clp_field *q, clp_norms *norms)
{
    CLP_TRY(need(u, 1));
    take_measure(u->level);
    CLP_TRY(done(u->level, backend_of(u->level)->residual_norms(own_of(u), own_of(q), norms)));
    return clp_reduce_norms(ranks_of(u->level), norms);
}

static clp_status shared_change_norms(const clp_field *u, const clp_field *v, clp_norms *norms)
{
    CLP_TRY(done(u->level, backend_of(u->level)->change_norms(own_of(u), own_of(v), norms)));
    return clp_reduce_norms(ranks_of(u->level), norms);
}

/* ---- coarser levels ---- */

/* Where the coarse level is whole in every rank: its slice that belongs to the part, and how it is put
 * together. */
typedef struct gathering {
    clp_level *slice;
    clp_field *field;
    clp_box own;    /* of the slice: nodes that no other rank has */
    size_t *places; /* [rank][CLP_AXES][2]: where they belong in the whole grid, and how many */
    size_t most;    /* bytes of the largest such box */
    char *packed, *all, *whole;
} gathering;

typedef struct shared_transfer {
    clp_transfer base;
    clp_transfer *own;
    bool gathers;
    bool doubles; /* coarse nodes are twice as far apart along all axes that are split */
    gathering gather;
} shared_transfer;

static bool doubles(const clp_grid *fine, const clp_grid *coarse)
{
    for (int axis = 0; axis < clp_grid_dimensions(fine); axis++)
        if (clp_grid_is_split(fine, axis) && clp_grid_whole(fine, axis) == clp_grid_whole(coarse, axis))
            return false;
    return true;
}

/* Its own levels, of which the coarse one may be a slice, must be destroyed by hand. */
static void shared_transfer_destroy(clp_transfer *transfer)
{
    if (!transfer) return;
    shared_transfer *shared = (shared_transfer *)transfer;
    const clp_backend *backend = backend_of(transfer->fine);
    gathering *gather = &shared->gather;
    backend->transfer_destroy(shared->own);
    backend->field_destroy(gather->field);
    backend->level_destroy(gather->slice);
    free(gather->places);
    free(gather->packed);
    free(gather->all);
    free(gather->whole);
    free(shared);
}

static size_t box_nodes(const size_t place[2 * CLP_AXES])
{
    return place[1] * place[3] * place[5];
}

/* Where every rank's box belongs. */
static clp_status find_places(shared_transfer *shared)
{
    gathering *gather = &shared->gather;
    clp_ranks *ranks = device_of(shared->base.fine)->ranks;
    const clp_grid *slice = &gather->slice->op.grid;
    size_t own[2 * CLP_AXES], element = clp_precision_bytes(gather->slice->precision);
    for (int axis = 0; axis < CLP_AXES; axis++) {
        size_t begin = clp_grid_begin(slice, axis), count = clp_grid_end(slice, axis) - begin;
        gather->own.first[axis] = begin;
        gather->own.count[axis] = count;
        own[2 * axis] = axis < clp_grid_dimensions(slice) ? clp_grid_index(slice, axis, begin) : 0;
        own[2 * axis + 1] = count;
    }
    CLP_TRY(ranks->transport->gather(ranks, own, sizeof own, gather->places));
    for (size_t rank = 0; rank < ranks->count; rank++)
        gather->most = clp_max(gather->most, box_nodes(gather->places + 2 * CLP_AXES * rank) * element);
    gather->packed = calloc(1, gather->most + 1);
    gather->all = malloc(ranks->count * gather->most + 1);
    gather->whole = malloc(clp_grid_node_count(&shared->base.coarse->op.grid) * element);
    bool enough = gather->packed && gather->all && gather->whole;
    return enough ? CLP_OK : clp_fail_host_memory(ranks->count * gather->most);
}

/* The slice of a coarse level that is whole in every rank. Sweeps on a fine part may use as much as this of
 * it. */
enum { SLICE_DEPTH = 10 };

static clp_status gathering_create(shared_transfer *shared)
{
    gathering *gather = &shared->gather;
    const clp_level *fine = shared->base.fine, *coarse = shared->base.coarse;
    clp_device *own = device_of(fine)->own;
    clp_operator op = coarse->op;
    clp_grid grid;
    clp_grid_coarse_slice(&fine->op.grid, coarse->op.grid.nodes, SLICE_DEPTH, &grid);
    clp_operator_take_part(&fine->op, &grid, &op);
    shared->gathers = true;
    gather->places = calloc(device_of(fine)->ranks->count, 2 * CLP_AXES * sizeof *gather->places);
    if (!gather->places) return clp_fail_host_memory(2 * CLP_AXES * sizeof *gather->places);
    CLP_TRY(own->backend->level_create(own, &op, coarse->precision, NULL, &gather->slice));
    return own->backend->field_create(gather->slice, &gather->field);
}

static clp_status shared_transfer_create(clp_level *fine, clp_level *coarse, clp_transfer **transfer)
{
    clp_ranks *ranks = device_of(fine)->ranks;
    *transfer = NULL;
    shared_transfer *made = calloc(1, sizeof *made);
    clp_status status = made ? CLP_OK : clp_fail_host_memory(sizeof *made);
    if (made) made->base = (clp_transfer){.fine = fine, .coarse = coarse};
    bool gathers = clp_grid_is_part(&fine->op.grid) && !clp_grid_is_part(&coarse->op.grid);
    if (made && gathers) status = gathering_create(made);
    if (status == CLP_OK)
        status = backend_of(fine)->transfer_create(
            ((shared_level *)fine)->own, gathers ? made->gather.slice : ((shared_level *)coarse)->own,
            &made->own);
    status = clp_ranks_agree(ranks, status);
    if (status == CLP_OK && gathers) status = clp_ranks_agree(ranks, find_places(made));
    if (made) made->doubles = doubles(&fine->op.grid, &coarse->op.grid);
    if (status == CLP_OK)
        *transfer = &made->base;
    else
        shared_transfer_destroy(made ? &made->base : NULL);
    return status;
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

/* The second copies of what lies on seams. */
static void join_seams(const clp_operator *op, size_t element, char *values)
{
    const size_t planes = clp_planes(&op->grid),
                 nodes[CLP_AXES] = {op->grid.nodes[0], op->grid.nodes[1], planes};
    const size_t steps[CLP_AXES] = {1, nodes[0], nodes[0] * nodes[1]};
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++)
        for (size_t p = 0; op->periodic[axis] && p < nodes[0] * nodes[1] * planes; p++)
            if (p / steps[axis] % nodes[axis] == nodes[axis] - 1)
                memcpy(values + p * element, values + (p - (nodes[axis] - 1) * steps[axis]) * element,
                       element);
}

static clp_box whole_box(const clp_grid *grid)
{
    return (clp_box){.count = {grid->nodes[0], grid->nodes[1], clp_planes(grid)}};
}

/* From the slices of all ranks to the whole field in each. */
static clp_status gather_field(const shared_transfer *shared, clp_field *coarse)
{
    const gathering *gather = &shared->gather;
    const clp_operator *op = &coarse->level->op;
    const clp_backend *backend = backend_of(coarse->level);
    clp_ranks *ranks = device_of(coarse->level)->ranks;
    const size_t nodes[CLP_AXES] = {op->grid.nodes[0], op->grid.nodes[1], clp_planes(&op->grid)};
    size_t element = clp_precision_bytes(coarse->level->precision);
    const clp_box all = whole_box(&op->grid);
    CLP_TRY(backend->boxes_read(gather->field, &gather->own, 1, gather->packed));
    double start = clp_seconds();
    CLP_TRY(ranks->transport->gather(ranks, gather->packed, gather->most, gather->all));
    ranks->traffic.seconds += clp_seconds() - start;
    for (size_t rank = 0; rank < ranks->count; rank++) {
        const size_t *place = gather->places + 2 * CLP_AXES * rank;
        const clp_box box = {{place[0], place[2], place[4]}, {place[1], place[3], place[5]}};
        copy_rows(&box, nodes, gather->all + rank * gather->most, element, gather->whole);
    }
    join_seams(op, element, gather->whole);
    return backend->boxes_write(own_of(coarse), &all, 1, gather->whole);
}

/* Nodes of a slice along an axis, from one on, up to where it goes across a seam. */
static size_t run_along(const clp_grid *slice, int axis, size_t from)
{
    size_t count = 1;
    if (axis >= clp_grid_dimensions(slice)) return 1;
    while (from + count < slice->nodes[axis] &&
           clp_grid_index(slice, axis, from + count) == clp_grid_index(slice, axis, from) + count)
        count++;
    return count;
}

/* From the whole field to the slice, with its halo, on the device. */
static clp_status slice_field(const shared_transfer *shared, const clp_field *coarse)
{
    const gathering *gather = &shared->gather;
    const clp_grid *slice = &gather->slice->op.grid;
    const clp_backend *backend = backend_of(coarse->level);
    size_t to[CLP_AXES];
    clp_box box;
    for (to[2] = 0; to[2] < clp_planes(slice); to[2] += box.count[2])
        for (to[1] = 0; to[1] < slice->nodes[1]; to[1] += box.count[1])
            for (to[0] = 0; to[0] < slice->nodes[0]; to[0] += box.count[0]) {
                for (int axis = 0; axis < CLP_AXES; axis++) {
                    box.first[axis] =
                        axis < clp_grid_dimensions(slice) ? clp_grid_index(slice, axis, to[axis]) : 0;
                    box.count[axis] = run_along(slice, axis, to[axis]);
                }
                CLP_TRY(backend->box_copy(own_of(coarse), &box, gather->field, to));
            }
    return CLP_OK;
}

/* The coarse field that a transfer of the rank's own works with. */
static clp_field *coarse_of(const shared_transfer *shared, const clp_field *coarse)
{
    return shared->gathers ? shared->gather.field : own_of(coarse);
}

static size_t depth_of_level(const clp_level *level)
{
    return ((const shared_level *)level)->depth;
}

/* Fine nodes beside a coarse one that it gathers from. */
enum { REACH = 2 };

static clp_status finish_restriction(const shared_transfer *shared, clp_field *coarse)
{
    const shared_level *level = (const shared_level *)coarse->level;
    if (shared->gathers) CLP_TRY(gather_field(shared, coarse));
    set_valid(coarse, level->depth == SIZE_MAX ? SIZE_MAX : 0);
    return CLP_OK;
}

static clp_status shared_restrict(const clp_transfer *transfer, const clp_field *fine, clp_field *coarse)
{
    const shared_transfer *shared = (const shared_transfer *)transfer;
    CLP_TRY(need(fine, REACH));
    CLP_TRY(done(
        coarse->level,
        backend_of(coarse->level)->restrict_field(shared->own, own_of(fine), coarse_of(shared, coarse))));
    return finish_restriction(shared, coarse);
}

/* As far from a part's own nodes as interpolation from coarse nodes right to a depth is right: in networks
 * its weights are wrong next to the outermost nodes of halos. */
static size_t interpolated_from(const shared_transfer *shared, size_t valid)
{
    const clp_level *fine = shared->base.fine;
    if (valid == SIZE_MAX) return SIZE_MAX;
    size_t reached = less(shared->doubles ? 2 * valid : valid, REACH);
    bool network = fine->op.network || fine->op.galerkin;
    return network ? clp_min(reached, less(depth_of_level(fine), 1 + REACH)) : reached;
}

static size_t slice_depth(const shared_transfer *shared)
{
    const clp_grid *slice = &shared->gather.slice->op.grid;
    return shared->base.coarse->op.galerkin ? depth_of(slice) : SLICE_DEPTH;
}

static size_t interpolated(const shared_transfer *shared, const clp_field *coarse)
{
    return interpolated_from(shared, shared->gathers ? slice_depth(shared) : valid_of(coarse));
}

/* A coarse field that is right as far as fine ones are to be, if halos are that deep. */
static clp_status prepare_coarse(const shared_transfer *shared, const clp_field *coarse)
{
    const shared_level *level = (const shared_level *)coarse->level;
    if (shared->gathers) return slice_field(shared, coarse);
    return need(coarse, level->depth == SIZE_MAX ? 0 : level->depth);
}

static clp_status shared_prolong_add(const clp_transfer *transfer, const clp_field *coarse, clp_field *fine)
{
    const shared_transfer *shared = (const shared_transfer *)transfer;
    CLP_TRY(prepare_coarse(shared, coarse));
    set_valid(fine, clp_min(valid_of(fine), interpolated(shared, coarse)));
    return done(fine->level,
                backend_of(fine->level)->prolong_add(shared->own, coarse_of(shared, coarse), own_of(fine)));
}

/* Sweeps from 0 are right where q is, but for the first, which without a network looks at no neighbour. */
static clp_status shared_smooth_restrict(const clp_transfer *transfer, clp_field *u, clp_field *scratch,
                                         const clp_field *q, const double *weights, size_t count,
                                         clp_field *coarse)
{
    const shared_transfer *shared = (const shared_transfer *)transfer;
    if (depth_of_level(u->level) < count + 1 + REACH)
        return clp_smooth_restrict_in_steps(transfer, u, scratch, q, weights, count, coarse);
    CLP_TRY(need(q, count + REACH));
    CLP_TRY(done(u->level,
                 backend_of(u->level)->smooth_restrict(shared->own, own_of(u), own_of(scratch), own_of(q),
                                                       weights, count, coarse_of(shared, coarse))));
    /* Without a network the first sweep is none, but outermost nodes stay 0. */
    set_valid(u, less(clp_min(valid_of(q), less(depth_of_level(u->level), 1)), count - 1));
    if (scratch) set_valid(scratch, 0);
    return finish_restriction(shared, coarse);
}

static clp_status shared_prolong_smooth(const clp_transfer *transfer, const clp_field *coarse, clp_field *u,
                                        clp_field *scratch, const clp_field *q, const double *weights,
                                        size_t count, double factor, clp_field *total)
{
    const shared_transfer *shared = (const shared_transfer *)transfer;
    CLP_TRY(prepare_coarse(shared, coarse));
    if (depth_of_level(u->level) < count || interpolated(shared, coarse) < count)
        return clp_prolong_smooth_in_steps(transfer, coarse, u, scratch, q, weights, count, factor, total);
    CLP_TRY(need(u, count));
    CLP_TRY(need(q, count - 1));
    CLP_TRY(done(u->level, backend_of(u->level)->prolong_smooth(shared->own, coarse_of(shared, coarse),
                                                                own_of(u), own_of(scratch), own_of(q),
                                                                weights, count, factor, own_of(total))));
    size_t valid = less(clp_min(clp_min(valid_of(u), valid_of(q)), interpolated(shared, coarse)), count);
    set_valid(u, valid);
    if (scratch) set_valid(scratch, 0);
    if (total) set_valid(total, clp_min(valid_of(total), valid));
    return CLP_OK;
}

static bool shared_needs_scratch(const clp_transfer *transfer, size_t count, const clp_level *total)
{
    const shared_transfer *shared = (const shared_transfer *)transfer;
    size_t coarse = shared->gathers ? slice_depth(shared) : depth_of_level(transfer->coarse);
    bool steps =
        depth_of_level(transfer->fine) < count + 1 + REACH || interpolated_from(shared, coarse) < count;
    return steps ||
           backend_of(transfer->fine)
               ->needs_scratch(shared->own, count, total ? ((const shared_level *)total)->own : NULL);
}

/* ---- levels of networks ---- */

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

/* The second copies of first nodes on axes that were split. */
static clp_status join_coefficients(const clp_operator *fine, clp_level *whole, char *room)
{
    for (int axis = 0; axis < CLP_AXES; axis++) {
        clp_box box = whole_box(&whole->op.grid);
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
    clp_ranks *ranks = device_of(shared->base.fine)->ranks;
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
    clp_ranks *ranks = device_of(fine)->ranks;
    const clp_backend *backend = slice->device->backend;
    gathering *gather = &shared->gather;
    shared->gathers = true;
    gather->slice = slice;
    gather->places = calloc(ranks->count, 2 * CLP_AXES * sizeof *gather->places);
    clp_status status = gather->places ? backend->field_create(slice, &gather->field)
                                       : clp_fail_host_memory(ranks->count * sizeof *gather->places);
    if (status == CLP_OK) status = backend->level_like(slice, op, &whole);
    if (status == CLP_OK) status = wrap(fine->device, whole, level);
    CLP_TRY(clp_ranks_agree(ranks, status));
    shared->base.coarse = *level;
    CLP_TRY(clp_ranks_agree(ranks, find_places(shared)));
    return gather_coefficients(shared, ((shared_level *)*level)->own);
}

static clp_status shared_coarsen(clp_level *fine, const clp_operator *coarse, clp_level **level,
                                 clp_transfer **transfer)
{
    clp_ranks *ranks = device_of(fine)->ranks;
    bool part = clp_grid_is_part(&fine->op.grid), gathers = part && !clp_grid_is_part(&coarse->grid);
    const clp_operator local = gathers ? clp_operator_galerkin_part(&fine->op, coarse) : *coarse;
    clp_level *own = NULL;
    shared_transfer *made = calloc(1, sizeof *made);
    *level = NULL;
    *transfer = NULL;
    clp_status status = made ? CLP_OK : clp_fail_host_memory(sizeof *made);
    if (made) made->base.fine = fine;
    if (status == CLP_OK)
        status = done(fine, backend_of(fine)->coarsen(((shared_level *)fine)->own, &local, &own, &made->own));
    status = clp_ranks_agree(ranks, status);
    if (status == CLP_OK && gathers) {
        status = gather_level(made, coarse, own, level);
    } else if (status == CLP_OK) {
        status = clp_ranks_agree(ranks, wrap(fine->device, own, level));
        if (status == CLP_OK && part) status = exchange_coefficients(ranks, own);
    }
    if (made) made->base.coarse = *level;
    if (made) made->doubles = doubles(&fine->op.grid, &coarse->grid);
    if (status == CLP_OK) {
        *transfer = &made->base;
        return CLP_OK;
    }
    shared_transfer_destroy(made ? &made->base : NULL);
    shared_level_destroy(*level);
    *level = NULL;
    return status;
}

static clp_status shared_factor(clp_level *level)
{
    return done(level, backend_of(level)->factor(((shared_level *)level)->own));
}

static clp_status shared_solve_direct(clp_field *u, const clp_field *q)
{
    return done(u->level, backend_of(u->level)->solve_direct(own_of(u), own_of(q)));
}

static const clp_backend shared_backend = {
    .name = "ranks",
    .summary = "a part of the work of several processes",
    .close = shared_close,
    .fits = shared_fits,
    .level_create = shared_level_create,
    .level_destroy = shared_level_destroy,
    .field_create = shared_field_create,
    .field_destroy = shared_field_destroy,
    .field_write = shared_field_write,
    .field_read = shared_field_read,
    .field_fill = shared_field_fill,
    .hold = shared_hold,
    .sweep = shared_sweep,
    .relax = shared_relax,
    .residual = shared_residual,
    .combine = shared_combine,
    .dot = shared_dot,
    .transfer_create = shared_transfer_create,
    .transfer_destroy = shared_transfer_destroy,
    .coarsen = shared_coarsen,
    .energy = shared_energy,
    .factor = shared_factor,
    .solve_direct = shared_solve_direct,
    .restrict_field = shared_restrict,
    .prolong_add = shared_prolong_add,
    .smooth_restrict = shared_smooth_restrict,
    .prolong_smooth = shared_prolong_smooth,
    .needs_scratch = shared_needs_scratch,
    .clear = shared_clear,
    .evaluate = shared_evaluate,
    .residual_norms = shared_residual_norms,
    .defect = shared_defect,
    .change_norms = shared_change_norms,
    .finish = shared_finish,
};
