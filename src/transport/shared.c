/* SPDX-License-Identifier: MIT */
/*
 * A device that shares its levels with those of other ranks: a backend around another one. Each rank's level
 * is a part of the whole one with a halo around it, whose outermost nodes the rank's own backend takes for
 * held. A field knows how deep its halo is right: operations use up of it what they reach to, and exchange it
 * when too little is left, so that one exchange serves as many sweeps as the halo is deep.
 */
#include "transport/shared.h"

#include "backend/colors.h"
#include "base/machine.h"

#include <math.h>
#include <stdlib.h>

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
    double can[] = {own->info.fp64, own->info.host_memory}; /* they exchange values of one precision */
    clp_status status = clp_reduce(ranks, CLP_REDUCE_MIN, can, 2);
    made->base.info.fp64 = can[0] > 0;
    ranks->apart = !(can[1] > 0);
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

void clp_shared_level_destroy(clp_level *level)
{
    if (!level) return;
    shared_level *shared = (shared_level *)level;
    clp_borders_destroy(shared->borders);
    clp_exchange_destroy(shared->exchange);
    shared_backend_of(level)->level_destroy(shared->own);
    free(shared);
}

/* Through the memory that is fastest for the rank's own device. */
static clp_status exchange_create(shared_level *level)
{
    const clp_grid *grid = &level->own->op.grid;
    size_t element = clp_precision_bytes(level->own->precision), bytes = clp_exchange_bytes(grid, element);
    void *room;
    if (level->depth == SIZE_MAX) return CLP_OK;
    CLP_TRY(shared_backend_of(&level->base)->staging(level->own, bytes, &room));
    return clp_exchange_create(shared_device_of(&level->base)->ranks, grid, element, room, &level->exchange);
}

/* Takes over a level of the rank's own device, which belongs to a part if its grid is one. */
clp_status clp_shared_wrap(clp_device *device, clp_level *own, clp_level **level)
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
    made->depth = shared_depth_of_grid(&own->op.grid);
    clp_status status = exchange_create(made);
    if (status == CLP_OK)
        *level = &made->base;
    else
        clp_shared_level_destroy(&made->base);
    return status;
}

static clp_status shared_level_create(clp_device *device, const clp_operator *op, clp_precision precision,
                                      const char *sweep_variant, clp_level **level)
{
    shared_device *shared = (shared_device *)device;
    clp_level *own;
    *level = NULL;
    clp_status status = shared->own->backend->level_create(shared->own, op, precision, sweep_variant, &own);
    if (status == CLP_OK) status = clp_shared_wrap(device, own, level);
    status = clp_ranks_agree(shared->ranks, status);
    if (status != CLP_OK) {
        clp_shared_level_destroy(*level);
        *level = NULL;
    }
    device->compile_seconds = shared->own->compile_seconds;
    return status;
}

static void shared_field_destroy(clp_field *field)
{
    if (!field) return;
    shared_backend_of(field->level)->field_destroy(shared_own(field));
    free(field);
}

static clp_status shared_field_create(clp_level *level, clp_field **field)
{
    *field = NULL;
    shared_field *made = calloc(1, sizeof *made);
    if (!made) return clp_fail_host_memory(sizeof *made);
    made->base.level = level;
    made->valid = ((shared_level *)level)->depth;
    clp_status status = shared_backend_of(level)->field_create(((shared_level *)level)->own, &made->own);
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
clp_status clp_shared_need(const clp_field *field, size_t depth)
{
    shared_field *shared = (shared_field *)field;
    if (!field || shared->valid >= depth) return CLP_OK;
    shared_level *level = (shared_level *)field->level;
    const clp_boxes boxes = {shared->own, read_boxes, write_boxes};
    CLP_TRY(clp_exchange_run(level->exchange, &boxes));
    shared->valid = level->depth;
    return CLP_OK;
}

static clp_status shared_field_write(clp_field *field, size_t row, size_t rows, const double *values)
{
    shared_set_valid(field, 0);
    return shared_backend_of(field->level)->field_write(shared_own(field), row, rows, values);
}

static clp_status shared_field_read(clp_field *field, size_t row, size_t rows, double *values)
{
    size_t depth = ((shared_level *)field->level)->depth;
    CLP_TRY(
        clp_shared_need(field, depth == SIZE_MAX ? 0 : depth)); /* the host looks at neighbours, and beyond */
    return shared_backend_of(field->level)->field_read(shared_own(field), row, rows, values);
}

static clp_status shared_field_fill(clp_field *field, clp_fill_columns fill, const void *context)
{
    shared_set_valid(field, 0);
    return shared_backend_of(field->level)->field_fill(shared_own(field), fill, context);
}

static clp_status shared_hold(clp_field *u, const double *values)
{
    return shared_backend_of(u->level)->hold(shared_own(u), values);
}

static clp_status shared_clear(clp_field *u)
{
    shared_set_valid(u, SIZE_MAX);
    return shared_backend_of(u->level)->clear(shared_own(u));
}

static clp_status shared_evaluate(clp_field *field, const clp_formula *formula, double t)
{
    shared_set_valid(field, SIZE_MAX);
    return shared_done(field->level,
                       shared_backend_of(field->level)->evaluate(shared_own(field), formula, t));
}

/* ---- operations ---- */

/* Sweeps reach one node further each; q is looked at one less far. */
static clp_status sweep_once(clp_field *u, clp_field *scratch, const clp_field *q, const double *weights,
                             size_t now)
{
    size_t before = shared_valid(u);
    CLP_TRY(shared_done(u->level, shared_backend_of(u->level)->sweep(shared_own(u), shared_own(scratch),
                                                                     shared_own(q), weights, now)));
    shared_set_valid(scratch, now == 1 ? before : 0);
    shared_set_valid(u, clp_min(shared_less(before, now), shared_less(shared_valid(q), now - 1)));
    return CLP_OK;
}

/* While borders are on their way. Where sweeps do not go on by themselves, or a few at a time do as well,
 * messages are looked after in between. */
static clp_status sweep_behind(clp_field *u, clp_field *scratch, const clp_field *q, const double *weights,
                               size_t now)
{
    enum { PIECES = 4 };
    shared_level *level = (shared_level *)u->level;
    const clp_boxes boxes = {shared_own(u), read_boxes, write_boxes};
    const size_t piece = level->own->sweeps_per_pass > 1 ? now : (now + PIECES - 1) / PIECES;
    clp_ranks *ranks = shared_device_of(u->level)->ranks;
    CLP_TRY(clp_borders_start(level->borders, shared_own(u), q != NULL, weights, now));
    clp_status status = CLP_OK;
    for (size_t finished = 0; finished < now && status == CLP_OK; finished += piece) {
        status = sweep_once(u, scratch, q, weights + finished, clp_min(piece, now - finished));
        if (status == CLP_OK) status = clp_borders_advance(level->borders);
    }
    clp_status came = clp_borders_finish(level->borders, ranks, status == CLP_OK ? &boxes : NULL);
    if (status == CLP_OK) status = came;
    ranks->traffic.overlapped++;
    shared_set_valid(u, level->depth);
    return status;
}

/* Whether what is waited for in exchanges is clearly more than what borders take, on several machines:
 * neighbours on the same one have their halos soon, or have no processor for them. */
static bool borders_pay(const shared_level *level)
{
    enum { ENOUGH = 4 };
    const double clearly = 1.5;
    const clp_ranks *ranks = shared_device_of(&level->base)->ranks;
    const double share = clp_borders_share(&level->own->op.grid, level->depth);
    if (isinf(share) || level->own->op.galerkin) return false;
    if (ranks->overlap != CLP_OVERLAP_AUTO) return ranks->overlap == CLP_OVERLAP_YES;
    return ranks->beside < ranks->count && level->measured >= ENOUGH &&
           level->waited > clearly * share * level->elapsed;
}

/* Nothing is lost where there is no room for them. */
static bool has_borders(shared_level *level)
{
    if (level->borders) return true;
    if (level->is_plain || !borders_pay(level)) return false;
    level->is_plain =
        clp_borders_create(level->own, level->exchange, level->depth, &level->borders) != CLP_OK;
    return !level->is_plain;
}

/* Fills the halo for sweeps, and notes how long that took of the time since it last did. */
static clp_status need_for_sweeps(const clp_field *u, size_t depth)
{
    shared_level *level = (shared_level *)u->level;
    const clp_ranks *ranks = shared_device_of(u->level)->ranks;
    if (shared_valid(u) >= depth) return CLP_OK;
    const double waited = ranks->traffic.seconds;
    CLP_TRY(clp_shared_need(u, depth));
    const double now = clp_seconds();
    if (level->last > 0) {
        level->waited += ranks->traffic.seconds - waited;
        level->elapsed += now - level->last;
        level->measured++;
    }
    level->last = now;
    return CLP_OK;
}

static clp_status shared_sweep(clp_field *u, clp_field *scratch, const clp_field *q, const double *weights,
                               size_t count)
{
    shared_level *level = (shared_level *)u->level;
    bool taken = false;
    level->last = 0;
    for (size_t finished = 0, now; finished < count; finished += now) {
        now = clp_min(count - finished, level->depth);
        CLP_TRY(need_for_sweeps(u, now));
        CLP_TRY(clp_shared_need(q, now - 1));
        if (finished + now == count || !has_borders(level)) {
            CLP_TRY(sweep_once(u, scratch, q, weights + finished, now));
            continue;
        }
        if (!taken) CLP_TRY(clp_borders_take(level->borders, shared_own(q)));
        taken = true;
        CLP_TRY(sweep_behind(u, scratch, q, weights + finished, now));
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
        return clp_fail(
            CLP_ERROR_UNSUPPORTED,
            "the ranks' halos are too thin for colours in turn; take fewer ranks, or a larger --halo");
    for (size_t finished = 0, now; finished < count; finished += now) {
        now = clp_min(count - finished, most);
        CLP_TRY(clp_shared_need(u, colors * now));
        CLP_TRY(clp_shared_need(q, colors * now - 1));
        size_t before = shared_valid(u);
        CLP_TRY(shared_done(u->level, shared_backend_of(u->level)->relax(shared_own(u), shared_own(scratch),
                                                                         shared_own(q), weight, now)));
        shared_set_valid(scratch, now == 1 ? before : 0);
        shared_set_valid(
            u, clp_min(shared_less(before, colors * now), shared_less(shared_valid(q), colors * now - 1)));
    }
    return CLP_OK;
}

static clp_status shared_residual(const clp_field *u, const clp_field *q, clp_field *r)
{
    CLP_TRY(clp_shared_need(u, 1));
    size_t valid = shared_less(shared_valid(u), 1);
    shared_set_valid(r, clp_min(valid, shared_valid(q)));
    return shared_done(r->level,
                       shared_backend_of(r->level)->residual(shared_own(u), shared_own(q), shared_own(r)));
}

static clp_status shared_combine(clp_field *y, double a, const clp_field *x, double b)
{
    shared_set_valid(y, b == 0 ? shared_valid(x) : clp_min(shared_valid(x), shared_valid(y)));
    return shared_done(y->level, shared_backend_of(y->level)->combine(shared_own(y), a, shared_own(x), b));
}

static clp_status shared_dot(const clp_field *x, const clp_field *y, double *sum)
{
    CLP_TRY(shared_done(y->level, shared_backend_of(y->level)->dot(shared_own(x), shared_own(y), sum)));
    *sum *= shared_share(y->level);
    return clp_reduce(shared_ranks(y->level), CLP_REDUCE_SUM, sum, 1);
}

/* What solvers say of how residuals count is for the rank's own level, too. */
static void take_measure(const clp_level *level)
{
    ((const shared_level *)level)->own->op.least = level->op.least;
}

static clp_status shared_energy(const clp_field *u, double *energy)
{
    CLP_TRY(clp_shared_need(u, 1));
    CLP_TRY(shared_done(u->level, shared_backend_of(u->level)->energy(shared_own(u), energy)));
    *energy *= shared_share(u->level);
    return clp_reduce(shared_ranks(u->level), CLP_REDUCE_SUM, energy, 1);
}

static clp_status reduce_norms(const clp_level *level, clp_norms *norms)
{
    norms->two *= sqrt(shared_share(level));
    return clp_reduce_norms(shared_ranks(level), norms);
}

static clp_status shared_defect(const clp_field *u, const clp_field *q, double factor, clp_field *r,
                                clp_norms *norms)
{
    CLP_TRY(clp_shared_need(u, 1));
    CLP_TRY(clp_shared_need(
        q, ((const shared_level *)u->level)->depth)); /* once: then r is right as far as u is */
    take_measure(u->level);
    size_t valid = shared_less(shared_valid(u), 1);
    shared_set_valid(r, clp_min(valid, shared_valid(q)));
    CLP_TRY(shared_done(u->level, shared_backend_of(u->level)->defect(shared_own(u), shared_own(q), factor,
                                                                      shared_own(r), norms)));
    return reduce_norms(u->level, norms);
}

static clp_status shared_residual_norms(const clp_field *u, const clp_field *q, clp_norms *norms)
{
    CLP_TRY(clp_shared_need(u, 1));
    take_measure(u->level);
    CLP_TRY(shared_done(u->level,
                        shared_backend_of(u->level)->residual_norms(shared_own(u), shared_own(q), norms)));
    return reduce_norms(u->level, norms);
}

static clp_status shared_change_norms(const clp_field *u, const clp_field *v, clp_norms *norms)
{
    CLP_TRY(shared_done(u->level,
                        shared_backend_of(u->level)->change_norms(shared_own(u), shared_own(v), norms)));
    return reduce_norms(u->level, norms);
}

static clp_status shared_factor(clp_level *level)
{
    return shared_done(level, shared_backend_of(level)->factor(((shared_level *)level)->own));
}

static clp_status shared_solve_direct(clp_field *u, const clp_field *q)
{
    return shared_done(u->level, shared_backend_of(u->level)->solve_direct(shared_own(u), shared_own(q)));
}

static const clp_backend shared_backend = {
    .name = "ranks",
    .summary = "a part of the work of several processes",
    .close = shared_close,
    .fits = shared_fits,
    .level_create = shared_level_create,
    .level_destroy = clp_shared_level_destroy,
    .field_create = shared_field_create,
    .field_destroy = shared_field_destroy,
    .field_write = shared_field_write,
    .field_read = shared_field_read,
    .field_fill = shared_field_fill,
    .hold = shared_hold,
    .sweep = shared_sweep,
    .sweep_adding = clp_sweep_adding_in_steps,
    .relax = shared_relax,
    .residual = shared_residual,
    .combine = shared_combine,
    .dot = shared_dot,
    .transfer_create = clp_shared_transfer_create,
    .transfer_destroy = clp_shared_transfer_destroy,
    .coarsen = clp_shared_coarsen,
    .energy = shared_energy,
    .factor = shared_factor,
    .solve_direct = shared_solve_direct,
    .restrict_field = clp_shared_restrict,
    .prolong_add = clp_shared_prolong_add,
    .smooth_restrict = clp_shared_smooth_restrict,
    .prolong_smooth = clp_shared_prolong_smooth,
    .needs_scratch = clp_shared_needs_scratch,
    .clear = shared_clear,
    .evaluate = shared_evaluate,
    .residual_norms = shared_residual_norms,
    .defect = shared_defect,
    .change_norms = shared_change_norms,
    .finish = shared_finish,
};
