/* SPDX-License-Identifier: MIT */
/* Checks of operations between levels: of other grids, of other precisions. */
#include "backend/check.h"
#include "backend/check_bench.h"

#include "backend/galerkin.h"
#include "backend/separable.h"
#include "backend/transfer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A residual on the coarser grid, and that added to the fine one. */
static clp_status there_and_back(check_side *side, const clp_field *q, const clp_operator *coarser,
                                 double *there)
{
    const clp_backend *backend = side->backend;
    clp_level *level = NULL;
    clp_transfer *transfer = NULL;
    clp_field *coarse = NULL;
    clp_status status =
        backend->level_create(side->level->device, coarser, side->level->precision, NULL, &level);
    if (status == CLP_OK) status = backend->field_create(level, &coarse);
    if (status == CLP_OK) status = backend->transfer_create(side->level, level, &transfer);
    if (status == CLP_OK) status = backend->residual(side->u, q, side->v);
    if (status == CLP_OK) status = backend->restrict_field(transfer, side->v, coarse);
    if (status == CLP_OK) status = backend->field_read(coarse, 0, clp_layout_rows(&level->layout), there);
    if (status == CLP_OK) status = backend->combine(side->u, 1, side->v, 0);
    if (status == CLP_OK) status = backend->prolong_add(transfer, coarse, side->u);
    backend->transfer_destroy(transfer);
    backend->field_destroy(coarse);
    backend->level_destroy(level);
    return status;
}

clp_status clp_check_coarser(check_bench *bench, double *difference, double *allowed)
{
    clp_operator coarser;
    *difference = *allowed = 0;
    if (bench->op.network || !clp_operator_coarsen(&bench->op, &coarser)) return CLP_OK;
    size_t count = clp_grid_node_count(&coarser.grid);
    double *there = calloc(2 * count, sizeof *there);
    if (!there) return clp_fail_host_memory(2 * count * sizeof *there);
    clp_status status = CLP_OK;
    for (int i = 0; i < 2 && status == CLP_OK; i++) {
        check_side *side = i ? &bench->reference : &bench->tested;
        status = there_and_back(side, clp_check_source(side, bench), &coarser, there + (size_t)i * count);
    }
    if (status == CLP_OK) status = clp_check_read(bench);
    *difference = clp_check_difference(bench);
    for (size_t p = 0; p < count; p++) *difference = fmax(*difference, fabs(there[p] - there[count + p]));
    *difference /= 1 + bench->op.diagonal;
    *allowed = 20 * bench->epsilon;
    free(there);
    return status;
}

/* The other precision of the same grid, where the tested device has both; else the same. */
static clp_status create_wide(check_side *side, const check_bench *bench, clp_level **level,
                              clp_field **field)
{
    clp_precision own = side->level->precision;
    bool both = bench->tested.level->device->info.fp64;
    clp_precision other = !both                         ? own
                          : own == CLP_PRECISION_SINGLE ? CLP_PRECISION_DOUBLE
                                                        : CLP_PRECISION_SINGLE;
    *field = NULL;
    CLP_TRY(side->backend->level_create(side->level->device, &bench->op, other, NULL, level));
    return side->backend->field_create(*level, field);
}

/* A residual with its norms, in a field of either precision; u becomes the sum of both. */
static clp_status find_defect(check_side *side, const check_bench *bench, clp_norms norms[2])
{
    const clp_backend *backend = side->backend;
    const clp_field *q = clp_check_source(side, bench);
    double factor = 0.5 / bench->op.diagonal;
    clp_level *level = NULL;
    clp_field *wide = NULL;
    clp_status status = create_wide(side, bench, &level, &wide);
    if (status == CLP_OK) status = backend->defect(side->u, q, factor, side->v, &norms[0]);
    if (status == CLP_OK) status = backend->defect(side->u, q, 2 * factor, wide, &norms[1]);
    if (status == CLP_OK) status = backend->combine(side->u, 1, side->v, 0);
    if (status == CLP_OK) status = backend->combine(side->u, 1, wide, 1);
    backend->field_destroy(wide);
    backend->level_destroy(level);
    return status;
}

clp_status clp_check_defect(check_bench *bench, double *difference, double *allowed)
{
    clp_norms norms[2][2];
    for (int i = 0; i < 2; i++) CLP_TRY(find_defect(i ? &bench->reference : &bench->tested, bench, norms[i]));
    *difference = 0;
    for (int n = 0; n < 2; n++) {
        double off;
        clp_check_norms(bench, norms[0][n], norms[1][n], bench->op.diagonal, &off, allowed);
        *difference = clp_check_worse(*difference, off);
    }
    CLP_TRY(clp_check_read(bench));
    double largest = 1;
    for (size_t p = 0; p < bench->count; p++) largest = fmax(largest, fabs(bench->expected[p]));
    double off = clp_check_difference(bench) / largest;
    *difference = clp_check_worse(*difference, off);
    if (bench->tested.level->device->info.fp64) *allowed = fmax(*allowed, 20 * 0x1p-24);
    return CLP_OK;
}

/* A u = the residual, solved at once; relative to the largest value. */
clp_status clp_check_direct(check_bench *bench, double *difference, double *allowed)
{
    *difference = *allowed = 0;
    if (!clp_operator_is_separable(&bench->op)) return CLP_OK;
    for (int i = 0; i < 2; i++) {
        check_side *side = i ? &bench->reference : &bench->tested;
        CLP_TRY(side->backend->residual(side->u, clp_check_source(side, bench), side->v));
        CLP_TRY(side->backend->factor(side->level));
        CLP_TRY(side->backend->solve_direct(side->u, side->v));
    }
    CLP_TRY(clp_check_read(bench));
    double largest = 0;
    for (size_t p = 0; p < bench->count; p++) largest = fmax(largest, fabs(bench->expected[p]));
    *difference = clp_check_difference(bench) / largest;
    *allowed = 50 * bench->epsilon;
    return CLP_OK;
}

/* What both halves of a cycle work on. */
typedef struct half_fields {
    clp_level *level, *wide_level;
    clp_transfer *transfer;
    clp_field *q, *u; /* coarse */
    clp_field *scratch, *wide;
} half_fields;

static clp_status half_fields_create(check_side *side, const check_bench *bench, const clp_operator *coarser,
                                     half_fields *made)
{
    const clp_backend *backend = side->backend;
    CLP_TRY(backend->level_create(side->level->device, coarser, side->level->precision, NULL, &made->level));
    CLP_TRY(backend->field_create(made->level, &made->q));
    CLP_TRY(backend->field_create(made->level, &made->u));
    CLP_TRY(backend->field_create(side->level, &made->scratch));
    CLP_TRY(create_wide(side, bench, &made->wide_level, &made->wide));
    return backend->transfer_create(side->level, made->level, &made->transfer);
}

static void half_fields_destroy(const clp_backend *backend, half_fields *made)
{
    backend->transfer_destroy(made->transfer);
    backend->field_destroy(made->q);
    backend->field_destroy(made->u);
    backend->field_destroy(made->scratch);
    backend->field_destroy(made->wide);
    backend->level_destroy(made->level);
    backend->level_destroy(made->wide_level);
}

/* Down from a residual, and up, with a total and without; u becomes the sum. */
static clp_status halves(check_side *side, const check_bench *bench, half_fields *f, double *there)
{
    enum { COUNT = 3 };
    const double weights[COUNT] = {0.9, 0.4, 0.6};
    const clp_backend *backend = side->backend;
    CLP_TRY(backend->residual(side->u, clp_check_source(side, bench), side->v));
    CLP_TRY(backend->combine(side->q, 1, side->v, 0)); /* 0 on held nodes, then */
    CLP_TRY(backend->smooth_restrict(f->transfer, side->u, f->scratch, side->q, weights, COUNT, f->q));
    CLP_TRY(backend->combine(f->u, 0.25, f->q, 0)); /* in the place of a solution */
    CLP_TRY(backend->field_read(f->u, 0, clp_layout_rows(&f->level->layout), there));
    CLP_TRY(backend->combine(side->v, 1, side->u, 0));
    CLP_TRY(
        backend->prolong_smooth(f->transfer, f->u, side->u, f->scratch, side->q, weights, COUNT, 0, NULL));
    CLP_TRY(backend->combine(f->wide, 0.25, side->u, 0));
    CLP_TRY(backend->prolong_smooth(f->transfer, f->u, side->v, f->scratch, side->q, weights, COUNT, 0.5,
                                    f->wide));
    return backend->combine(side->u, 1, f->wide, 1);
}

clp_status clp_check_half_cycles(check_bench *bench, double *difference, double *allowed)
{
    clp_operator coarser;
    *difference = *allowed = 0;
    /* Where sweeps are not fused, halves are done in steps, which have checks of their own. */
    if (bench->tested.level->sweeps_per_pass == 1) return CLP_OK;
    if (bench->op.network || !clp_operator_coarsen(&bench->op, &coarser)) return CLP_OK;
    size_t count = clp_grid_node_count(&coarser.grid);
    double *there = calloc(2 * count, sizeof *there), largest = 1;
    if (!there) return clp_fail_host_memory(2 * count * sizeof *there);
    clp_status status = CLP_OK;
    for (int i = 0; i < 2 && status == CLP_OK; i++) {
        check_side *side = i ? &bench->reference : &bench->tested;
        half_fields fields = {0};
        status = half_fields_create(side, bench, &coarser, &fields);
        if (status == CLP_OK) status = halves(side, bench, &fields, there + (size_t)i * count);
        half_fields_destroy(side->backend, &fields);
    }
    if (status == CLP_OK) status = clp_check_read(bench);
    for (size_t p = 0; p < bench->count; p++) largest = fmax(largest, fabs(bench->expected[p]));
    *difference = clp_check_difference(bench) / largest;
    for (size_t p = 0; p < count; p++) {
        double off = fabs(there[p] - there[count + p]) / largest;
        *difference = clp_check_worse(*difference, off);
    }
    *allowed = 40 * bench->epsilon;
    if (bench->tested.level->device->info.fp64) *allowed = fmax(*allowed, 20 * 0x1p-24);
    free(there);
    return status;
}

/* ---- levels by Galerkin's principle ---- */

/* Numbers that both sides find on the way down and back, and how much rounding may weigh in them. */
typedef struct findings {
    double *values, *weights;
    size_t count;
} findings;

static clp_status find(const clp_field *field, double weight, findings *found)
{
    const clp_layout *layout = &field->level->layout;
    size_t rows = clp_layout_rows(layout), count = rows * layout->nodes[0];
    double *values = found->values + found->count, largest = 0;
    CLP_TRY(field->level->device->backend->field_read((clp_field *)field, 0, rows, values));
    for (size_t p = 0; p < count; p++) largest = fmax(largest, fabs(values[p]));
    for (size_t p = 0; p < count; p++) found->weights[found->count + p] = largest > 0 ? weight / largest : 1;
    found->count += count;
    return CLP_OK;
}

/* From a residual in `fine` to a coarser level: the residual there, some sweeps, what they leave, the direct
 * solution where the grid is small enough, and the way back, added to `fine`. */
static clp_status descend(clp_level *level, clp_field *fine, double along[CLP_AXES], findings *found)
{
    enum { U, SCRATCH, Q, FIELDS, SWEEPS = 5 };
    const clp_backend *backend = level->device->backend;
    const double weights[SWEEPS] = {0.9, 0.4, 0.7, 0.5, 0.3};
    clp_operator op;
    clp_level *coarse = NULL;
    clp_transfer *down = NULL;
    clp_field *fields[FIELDS] = {NULL};
    if (!clp_operator_coarsen_galerkin(&level->op, along, &op)) return CLP_OK;
    clp_status status = backend->coarsen(level, &op, &coarse, &down);
    for (int i = 0; i < FIELDS && status == CLP_OK; i++) status = backend->field_create(coarse, &fields[i]);
    if (status == CLP_OK) status = backend->restrict_field(down, fine, fields[Q]);
    if (status == CLP_OK) status = find(fields[Q], 1, found);
    if (status == CLP_OK) status = backend->sweep(fields[U], fields[SCRATCH], fields[Q], weights, SWEEPS);
    if (status == CLP_OK) status = find(fields[U], 1, found);
    if (status == CLP_OK) status = backend->residual(fields[U], fields[Q], fields[SCRATCH]);
    if (status == CLP_OK) status = find(fields[SCRATCH], 1, found);
    if (status == CLP_OK) status = descend(coarse, fields[SCRATCH], along, found);
    bool small = clp_grid_node_count(&op.grid) <= CLP_DIRECT_NODES;
    if (status == CLP_OK && small) status = backend->factor(coarse);
    if (status == CLP_OK && small) status = backend->solve_direct(fields[U], fields[Q]);
    if (status == CLP_OK && small) status = find(fields[U], 0.01, found); /* as ill-conditioned as may be */
    if (status == CLP_OK) status = backend->prolong_add(down, fields[U], fine);
    if (status == CLP_OK) status = find(fine, small ? 0.01 : 1, found);
    backend->transfer_destroy(down);
    for (int i = 0; i < FIELDS; i++) backend->field_destroy(fields[i]);
    backend->level_destroy(coarse);
    return status;
}

clp_status clp_check_galerkin(check_bench *bench, double *difference, double *allowed)
{
    enum {
        ROOM = 12
    }; /* grids' worth of findings: each level has five fields, of half as many nodes at least */
    findings found[2] = {{0}};
    clp_status status = CLP_OK;
    *difference = *allowed = 0;
    /* Each kind of network takes programs of its own, which take long to build: periodic ones in two
     * dimensions with shunts stand for those without. */
    bool periodic = bench->op.periodic[0] || bench->op.periodic[1];
    if (!bench->op.network || (!bench->network.shunt && periodic && clp_planes(&bench->op.grid) == 1))
        return CLP_OK;
    for (int i = 0; i < 2 && status == CLP_OK; i++) {
        check_side *side = i ? &bench->reference : &bench->tested;
        double along[CLP_AXES];
        memcpy(along, bench->op.conductance, sizeof along);
        found[i].values = calloc(ROOM * bench->count, sizeof(double));
        found[i].weights = calloc(ROOM * bench->count, sizeof(double));
        status = found[i].values && found[i].weights ? CLP_OK : clp_fail_host_memory(ROOM * bench->count);
        if (status == CLP_OK)
            status = side->backend->residual(side->u, clp_check_source(side, bench), side->v);
        if (status == CLP_OK) status = descend(side->level, side->v, along, &found[i]);
    }
    for (size_t n = 0; n < found[1].count && status == CLP_OK; n++) {
        double off = fabs(found[0].values[n] - found[1].values[n]) * found[1].weights[n];
        *difference = clp_check_worse(*difference, off);
    }
    *allowed = 400 * bench->epsilon; /* of five sweeps and three transfers on each of several levels */
    for (int i = 0; i < 2; i++) {
        free(found[i].values);
        free(found[i].weights);
    }
    return status;
}
