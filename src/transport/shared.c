/* SPDX-License-Identifier: MIT */
/*
 * A device that shares its levels with those of other ranks: a backend around another one. Each rank's level
 * is a part of the whole one with a halo around it, whose outermost nodes the rank's own backend takes for
 * held. A field knows how deep its halo is right: operations use up of it what they reach to, and exchange it
 * when too little is left, so that one exchange serves as many sweeps as the halo is deep.
 */
#include "transport/exchange.h"

#include "base/checked.h"
#include "base/status.h"
#include "grid/extent.h"

#include <stdint.h>
#include <stdlib.h>

typedef struct shared_device {
    clp_device base;
    clp_device *own;
    clp_ranks *ranks;
} shared_device;

typedef struct shared_level {
    clp_level base;
    clp_level *own;
    size_t depth; /* of the halo; SIZE_MAX where the grid is whole */
    void *room;   /* for exchanges */
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
    *device = &made->base;
    return CLP_OK;
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
    backend_of(level)->level_destroy(shared->own);
    free(shared->room);
    free(shared);
}

static clp_status shared_level_create(clp_device *device, const clp_operator *op, clp_precision precision,
                                      const char *sweep_variant, clp_level **level)
{
    shared_device *shared = (shared_device *)device;
    *level = NULL;
    shared_level *made = calloc(1, sizeof *made);
    if (!made) return clp_fail_host_memory(sizeof *made);
    made->base.device = device;
    made->depth = depth_of(&op->grid);
    clp_status status =
        shared->own->backend->level_create(shared->own, op, precision, sweep_variant, &made->own);
    if (status == CLP_OK) {
        made->base = *made->own;
        made->base.device = device;
        if (made->depth != SIZE_MAX) {
            size_t bytes = clp_exchange_bytes(&op->grid, clp_precision_bytes(precision));
            made->room = malloc(bytes + 1);
            if (!made->room) status = clp_fail_host_memory(bytes);
        }
    }
    status = clp_ranks_agree(shared->ranks, status);
    if (status == CLP_OK)
        *level = &made->base;
    else if (made->own)
        shared_level_destroy(&made->base);
    else
        free(made);
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

static clp_status read_box(void *field, const clp_box *box, void *packed)
{
    clp_field *own = field;
    return own->level->device->backend->box_read(own, box, packed);
}

static clp_status write_box(void *field, const clp_box *box, const void *packed)
{
    clp_field *own = field;
    return own->level->device->backend->box_write(own, box, packed);
}

/* Makes the halo right to a depth at least, in all ranks alike: they have the same depths. */
static clp_status need(const clp_field *field, size_t depth)
{
    shared_field *shared = (shared_field *)field;
    if (!field || shared->valid >= depth) return CLP_OK;
    shared_level *level = (shared_level *)field->level;
    const clp_boxes boxes = {shared->own, read_box, write_box, clp_precision_bytes(level->base.precision)};
    CLP_TRY(clp_exchange(device_of(&level->base)->ranks, &level->base.op.grid, &boxes, level->room));
    shared->valid = level->depth;
    return CLP_OK;
}

static size_t valid_of(const clp_field *field)
{
    return field ? ((const shared_field *)field)->valid : SIZE_MAX;
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
    CLP_TRY(need(field, 1)); /* what the host computes with them looks at neighbours */
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
        set_valid(u, before - (depth == SIZE_MAX ? 0 : now));
    }
    return CLP_OK;
}

static clp_status shared_residual(const clp_field *u, const clp_field *q, clp_field *r)
{
    CLP_TRY(need(u, 1));
    size_t valid = valid_of(u) == SIZE_MAX ? SIZE_MAX : valid_of(u) - 1;
    set_valid(r, clp_min(valid, valid_of(q)));
    return done(r->level, backend_of(r->level)->residual(own_of(u), own_of(q), own_of(r)));
}

static clp_status shared_combine(clp_field *y, double a, const clp_field *x, double b)
{
    set_valid(y, b == 0 ? valid_of(x) : clp_min(valid_of(x), valid_of(y)));
    return done(y->level, backend_of(y->level)->combine(own_of(y), a, own_of(x), b));
}

static clp_status shared_dot(const clp_field *x, const clp_field *y, double *sum)
{
    CLP_TRY(done(y->level, backend_of(y->level)->dot(own_of(x), own_of(y), sum)));
    return clp_reduce(device_of(y->level)->ranks, CLP_REDUCE_SUM, sum, 1);
}

static clp_status shared_defect(const clp_field *u, const clp_field *q, double factor, clp_field *r,
                                clp_norms *norms)
{
    CLP_TRY(need(u, 1));
    size_t valid = valid_of(u) == SIZE_MAX ? SIZE_MAX : valid_of(u) - 1;
    set_valid(r, clp_min(valid, valid_of(q)));
    CLP_TRY(done(u->level, backend_of(u->level)->defect(own_of(u), own_of(q), factor, own_of(r), norms)));
    return clp_reduce_norms(device_of(u->level)->ranks, norms);
}

static clp_status shared_residual_norms(const clp_field *u, const clp_field *q, clp_norms *norms)
{
    CLP_TRY(need(u, 1));
    CLP_TRY(done(u->level, backend_of(u->level)->residual_norms(own_of(u), own_of(q), norms)));
    return clp_reduce_norms(device_of(u->level)->ranks, norms);
}

static clp_status shared_change_norms(const clp_field *u, const clp_field *v, clp_norms *norms)
{
    CLP_TRY(done(u->level, backend_of(u->level)->change_norms(own_of(u), own_of(v), norms)));
    return clp_reduce_norms(device_of(u->level)->ranks, norms);
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
    .residual = shared_residual,
    .combine = shared_combine,
    .dot = shared_dot,
    .clear = shared_clear,
    .evaluate = shared_evaluate,
    .residual_norms = shared_residual_norms,
    .defect = shared_defect,
    .change_norms = shared_change_norms,
    .finish = shared_finish,
};
