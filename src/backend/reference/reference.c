/* SPDX-License-Identifier: MIT */
/* The reference backend: plain C, serial with one thread, OpenMP otherwise. */
#include "backend/reference/reference.h"

#include "backend/colors.h"
#include "backend/reference/galerkin.h"
#include "backend/reference/loops.h"
#include "backend/reference/vectors.h"
#include "base/checked.h"
#include "base/machine.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct reference_level {
    clp_level base;
    clp_stencil stencil;
    const clp_reference_loops *loops;
    clp_points points;       /* of levels made by Galerkin's principle */
    double *inverse;         /* dense; NULL: not asked for */
    clp_separable separable; /* likewise */
    void *staging;
} reference_level;

typedef struct reference_field {
    clp_field base;
    void *data;
} reference_field;

typedef struct reference_transfer {
    clp_transfer base;
    clp_axis_transfer axes[CLP_AXES];
    clp_corners *corners; /* to a level made by Galerkin's principle, in place of the axes */
} reference_transfer;

static reference_level *level_of(const clp_field *field)
{
    return (reference_level *)field->level;
}

static void *data_of(const clp_field *field)
{
    return field ? ((const reference_field *)field)->data : NULL;
}

static unsigned core_count(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 0 ? (unsigned)cores : 1;
}

static clp_status reference_open(const clp_device_options *options, clp_device **device)
{
    if (options->device)
        return clp_fail(CLP_ERROR_INPUT,
                        "device '%s' was asked for, but the reference backend has none to choose from; "
                        "leave out --device or --backend reference",
                        options->device);
    clp_device *opened = calloc(1, sizeof *opened);
    if (!opened) return clp_fail_host_memory(sizeof *opened);
    unsigned threads = options->threads ? options->threads : core_count();
#ifndef _OPENMP
    if (options->threads > 1)
        clp_notice("built without OpenMP: the reference backend uses 1 thread, not %u", options->threads);
    threads = 1;
#endif
    opened->backend = &clp_reference_backend;
    clp_device_info *info = &opened->info;
    clp_cut_text(info->backend, sizeof info->backend, "reference");
    snprintf(info->name, sizeof info->name, "reference loops, %u thread%s", threads, threads == 1 ? "" : "s");
    clp_cut_text(info->vendor, sizeof info->vendor, "clPoisson");
    clp_cut_text(info->platform, sizeof info->platform, threads == 1 ? "plain C" : "plain C with OpenMP");
    clp_cut_text(info->driver, sizeof info->driver, clp_version());
    info->type = CLP_DEVICE_CPU;
    info->compute_units = threads;
    info->memory_bytes = info->max_allocation_bytes = clp_memory_available();
    info->fp64 = info->host_memory = true;
    *device = opened;
    return CLP_OK;
}

static void reference_close(clp_device *device)
{
    free(device);
}

/* Starting threads costs more than a small field's work, above all on busy cores. */
static int useful_threads(const clp_layout *layout, unsigned threads)
{
    size_t useful = clp_max(layout->nodes[0] * clp_layout_rows(layout) / 32768, 1);
    return (int)clp_min(threads, useful);
}

static clp_stencil stencil_of(const clp_operator *op, const clp_layout *layout, unsigned threads)
{
    clp_stencil stencil = {.op = op,
                           .layout = *layout,
                           .ground = op->shunt / op->diagonal,
                           .inverse_diagonal = 1 / op->diagonal,
                           .inverse_scale = 1 / op->scale,
                           .threads = useful_threads(layout, threads)};
    for (int axis = 0; axis < CLP_AXES; axis++) {
        stencil.first[axis] = clp_operator_first(op, axis);
        stencil.end[axis] = clp_operator_end(op, axis);
        stencil.share[axis] = op->conductance[axis] / op->diagonal;
    }
    return stencil;
}

static clp_status reference_fits(clp_device *device, const clp_grid *grid, clp_precision precision,
                                 const clp_memory_use *use)
{
    (void)device;
    clp_layout layout;
    CLP_TRY(clp_layout_init(&layout, grid, clp_precision_bytes(precision)));
    clp_memory_limits limits = {.host = clp_memory_available(), .shared = true};
    return clp_backend_check_memory(&layout, use, &limits);
}

static clp_status reference_level_create(clp_device *device, const clp_operator *op, clp_precision precision,
                                         const char *sweep_variant, clp_level **level)
{
    (void)sweep_variant; /* there is one */
    *level = NULL;
    clp_layout layout;
    CLP_TRY(clp_layout_init(&layout, &op->grid, clp_precision_bytes(precision)));
    reference_level *created = calloc(1, sizeof *created);
    if (!created) return clp_fail_host_memory(sizeof *created);
    created->base = (clp_level){
        .device = device, .op = *op, .layout = layout, .precision = precision, .sweeps_per_pass = 1};
    created->loops =
        precision == CLP_PRECISION_SINGLE ? &clp_reference_loops_single : &clp_reference_loops_double;
    created->stencil = stencil_of(&created->base.op, &layout, device->info.compute_units);
    *level = &created->base;
    return CLP_OK;
}

static void reference_level_destroy(clp_level *level)
{
    if (!level) return;
    clp_points_finish(&((reference_level *)level)->points);
    free(((reference_level *)level)->inverse);
    free(((reference_level *)level)->separable.numbers);
    free(((reference_level *)level)->staging);
    free(level);
}

static clp_status reference_field_create(clp_level *level, clp_field **field)
{
    *field = NULL;
    reference_field *created = calloc(1, sizeof *created);
    if (!created) return clp_fail_host_memory(sizeof *created);
    created->base.level = level;
    created->data = aligned_alloc(CLP_ALIGNMENT, level->layout.bytes);
    if (!created->data) {
        free(created);
        return clp_fail_host_memory(level->layout.bytes);
    }
    memset(created->data, 0, level->layout.bytes);
    *field = &created->base;
    return CLP_OK;
}

static void reference_field_destroy(clp_field *field)
{
    if (!field) return;
    free(data_of(field));
    free(field);
}

static clp_status reference_field_write(clp_field *field, size_t row, size_t rows, const double *values)
{
    level_of(field)->loops->write_rows(&field->level->layout, data_of(field), row, rows, values);
    return CLP_OK;
}

static clp_status reference_field_read(clp_field *field, size_t row, size_t rows, double *values)
{
    level_of(field)->loops->read_rows(&field->level->layout, data_of(field), row, rows, values);
    return CLP_OK;
}

static char *box_row(const clp_field *field, const clp_box *box, size_t j, size_t k)
{
    const clp_layout *layout = &field->level->layout;
    return (char *)data_of(field) + layout->element_bytes * clp_layout_node(layout, box->first[0],
                                                                            box->first[1] + j,
                                                                            box->first[2] + k);
}

static clp_status reference_boxes_read(const clp_field *field, const clp_box *boxes, size_t count,
                                       void *packed)
{
    char *out = packed;
    for (const clp_box *box = boxes; box < boxes + count; box++) {
        size_t bytes = box->count[0] * field->level->layout.element_bytes;
        for (size_t k = 0; k < box->count[2]; k++)
            for (size_t j = 0; j < box->count[1]; j++, out += bytes)
                memcpy(out, box_row(field, box, j, k), bytes);
    }
    return CLP_OK;
}

static clp_status reference_boxes_write(clp_field *field, const clp_box *boxes, size_t count,
                                        const void *packed)
{
    const char *in = packed;
    for (const clp_box *box = boxes; box < boxes + count; box++) {
        size_t bytes = box->count[0] * field->level->layout.element_bytes;
        for (size_t k = 0; k < box->count[2]; k++)
            for (size_t j = 0; j < box->count[1]; j++, in += bytes)
                memcpy(box_row(field, box, j, k), in, bytes);
    }
    return CLP_OK;
}

static clp_status reference_box_copy(const clp_field *from, const clp_box *box, clp_field *field,
                                     const size_t to[CLP_AXES])
{
    const clp_box place = {{to[0], to[1], to[2]}, {box->count[0], box->count[1], box->count[2]}};
    for (size_t k = 0; k < box->count[2]; k++)
        for (size_t j = 0; j < box->count[1]; j++)
            memcpy(box_row(field, &place, j, k), box_row(from, box, j, k),
                   box->count[0] * field->level->layout.element_bytes);
    return CLP_OK;
}

static clp_status reference_staging(clp_level *level, size_t bytes, void **room)
{
    *room = ((reference_level *)level)->staging = malloc(bytes + 1);
    return *room ? CLP_OK : clp_fail_host_memory(bytes);
}

static clp_vector vector_of(const clp_field *field)
{
    return field ? (clp_vector){.layout = &field->level->layout, .data = data_of(field)} : (clp_vector){0};
}

static clp_status reference_sweep(clp_field *u, clp_field *scratch, const clp_field *q, const double *weights,
                                  size_t count)
{
    reference_level *level = level_of(u);
    reference_field *from = (reference_field *)u, *to = (reference_field *)scratch;
    for (size_t k = 0; k < count; k++) {
        if (level->base.op.galerkin)
            clp_points_sweep(&level->points, vector_of(u), vector_of(scratch), vector_of(q), weights[k]);
        else
            level->loops->sweep(&level->stencil, from->data, to->data, data_of(q), weights[k]);
        void *result = to->data;
        to->data = from->data;
        from->data = result;
    }
    return CLP_OK;
}

static clp_status reference_relax(clp_field *u, clp_field *scratch, const clp_field *q, double weight,
                                  size_t count)
{
    if (count == 1) memcpy(data_of(scratch), data_of(u), u->level->layout.bytes);
    const reference_level *level = level_of(u);
    const clp_operator *op = &level->base.op;
    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; i < clp_color_count(op); i++) {
            clp_color color = clp_color_at(op, i);
            level->loops->relax(&level->stencil, data_of(u), data_of(q), weight, &color);
        }
    return CLP_OK;
}

static clp_status reference_residual(const clp_field *u, const clp_field *q, clp_field *r)
{
    const reference_level *level = level_of(u);
    if (level->base.op.galerkin)
        clp_points_residual(&level->points, vector_of(u), vector_of(q), vector_of(r));
    else
        level->loops->defect(&level->stencil, data_of(u), data_of(q), data_of(r));
    return CLP_OK;
}

static clp_status reference_combine(clp_field *y, double a, const clp_field *x, double b)
{
    clp_vector_combine(vector_of(y), a, vector_of(x), b, level_of(y)->stencil.threads);
    return CLP_OK;
}

static clp_status reference_hold(clp_field *u, const double *values)
{
    const clp_operator *op = &u->level->op;
    for (size_t r = 0; r < clp_operator_rows(op); r++) {
        const clp_row row = clp_operator_row(op, r);
        for (size_t i = 0; i < op->grid.nodes[0]; i++)
            if (clp_row_is_held(op, &row, i))
                clp_vector_put(vector_of(u), row.first + i, values[row.first + i]);
    }
    return CLP_OK;
}

static clp_status reference_chain(clp_field *y, const clp_field *x, double a, double b)
{
    clp_vector_chain(vector_of(y), vector_of(x), a, b, CLP_CHAIN, level_of(y)->stencil.threads);
    return CLP_OK;
}

static clp_status reference_dot(const clp_field *x, const clp_field *y, double *sum)
{
    *sum = clp_vector_dot(&level_of(y)->stencil, vector_of(x), vector_of(y));
    return CLP_OK;
}

static void reference_transfer_destroy(clp_transfer *transfer)
{
    if (!transfer) return;
    clp_axis_transfers_finish(((reference_transfer *)transfer)->axes);
    free(((reference_transfer *)transfer)->corners);
    free(transfer);
}

static clp_status reference_transfer_create(clp_level *fine, clp_level *coarse, clp_transfer **transfer)
{
    reference_transfer *created = calloc(1, sizeof *created);
    *transfer = NULL;
    if (!created) return clp_fail_host_memory(sizeof *created);
    created->base = (clp_transfer){.fine = fine, .coarse = coarse};
    clp_status status = clp_axis_transfers_init(&fine->op, &coarse->op, created->axes);
    if (status == CLP_OK)
        *transfer = &created->base;
    else
        reference_transfer_destroy(&created->base);
    return status;
}

/* ---- levels by Galerkin's principle ---- */

static clp_status fill_coarse(reference_level *fine, reference_level *coarse, reference_transfer *transfer)
{
    clp_points own = fine->points;
    clp_operator *op = &fine->base.op;
    if (!op->galerkin) { /* the points of a network are there for as long as this takes */
        clp_status status = clp_points_of_network(op, &own);
        if (status == CLP_OK)
            status = clp_points_coarsen(&own, &coarse->base.op, &coarse->points, &transfer->corners);
        clp_points_finish(&own);
        return status;
    }
    return clp_points_coarsen(&own, &coarse->base.op, &coarse->points, &transfer->corners);
}

static clp_status reference_coarsen(clp_level *fine, const clp_operator *coarse, clp_level **level,
                                    clp_transfer **transfer)
{
    *transfer = NULL;
    CLP_TRY(reference_level_create(fine->device, coarse, fine->precision, NULL, level));
    reference_transfer *created = calloc(1, sizeof *created);
    clp_status status = created ? CLP_OK : clp_fail_host_memory(sizeof *created);
    if (created) created->base = (clp_transfer){.fine = fine, .coarse = *level};
    if (status == CLP_OK) status = fill_coarse((reference_level *)fine, (reference_level *)*level, created);
    if (status == CLP_OK) {
        *transfer = &created->base;
        return CLP_OK;
    }
    reference_transfer_destroy(created ? &created->base : NULL);
    reference_level_destroy(*level);
    *level = NULL;
    return status;
}

static clp_status reference_level_like(clp_level *like, const clp_operator *op, clp_level **level)
{
    CLP_TRY(reference_level_create(like->device, op, like->precision, NULL, level));
    reference_level *made = (reference_level *)*level;
    clp_status status = clp_points_create(&made->base.op, &made->points);
    if (status == CLP_OK) return CLP_OK;
    reference_level_destroy(*level);
    *level = NULL;
    return status;
}

static size_t reference_coefficient_arrays(const clp_level *level)
{
    size_t numbers = (size_t)clp_galerkin_points(&level->op) + 1;
    return numbers * sizeof(double) /
           clp_precision_bytes(level->precision); /* in double, whatever fields are in */
}

static clp_status reference_coefficients_read(const clp_level *level, const clp_box *box, void *packed)
{
    clp_points_move(&((const reference_level *)level)->points, box, NULL, packed);
    return CLP_OK;
}

static clp_status reference_coefficients_write(clp_level *level, const clp_box *box, const void *packed)
{
    clp_points_move(&((reference_level *)level)->points, box, packed, NULL);
    return CLP_OK;
}

static clp_status reference_factor(clp_level *level)
{
    reference_level *made = (reference_level *)level;
    if (!level->op.galerkin) {
        free(made->separable.numbers);
        return clp_separable_create(&level->op, &made->separable);
    }
    size_t size = clp_grid_node_count(&level->op.grid);
    if (!made->inverse) made->inverse = malloc(size * size * sizeof *made->inverse);
    if (!made->inverse) return clp_fail_host_memory(size * size * sizeof *made->inverse);
    return clp_galerkin_inverse(&level->op, made->points.entry, made->inverse);
}

static clp_status reference_solve_direct(clp_field *u, const clp_field *q)
{
    size_t size = clp_grid_node_count(&u->level->op.grid);
    if (!u->level->op.galerkin) {
        clp_separable_solve(&level_of(u)->separable, &u->level->op, vector_of(u), vector_of(q));
        return CLP_OK;
    }
    for (size_t p = 0; p < size; p++) {
        double sum = 0;
        for (size_t n = 0; n < size; n++)
            sum += level_of(u)->inverse[p * size + n] * clp_vector_get(vector_of(q), n);
        clp_vector_put(vector_of(u), p, sum);
    }
    return CLP_OK;
}

static clp_status reference_restrict(const clp_transfer *transfer, const clp_field *fine, clp_field *coarse)
{
    const clp_corners *corners = ((const reference_transfer *)transfer)->corners;
    if (corners) {
        clp_corners_restrict(corners, &transfer->fine->op, &transfer->coarse->op, vector_of(fine),
                             vector_of(coarse));
        return CLP_OK;
    }
    clp_vector_restrict(((const reference_transfer *)transfer)->axes, &transfer->coarse->op, vector_of(fine),
                        vector_of(coarse), level_of(fine)->stencil.threads);
    return CLP_OK;
}

static clp_status reference_prolong_add(const clp_transfer *transfer, const clp_field *coarse,
                                        clp_field *fine)
{
    const clp_corners *corners = ((const reference_transfer *)transfer)->corners;
    if (corners) {
        clp_corners_prolong_add(corners, &transfer->fine->op, vector_of(coarse), vector_of(fine));
        return CLP_OK;
    }
    clp_vector_prolong_add(((const reference_transfer *)transfer)->axes, vector_of(coarse), vector_of(fine),
                           level_of(fine)->stencil.threads);
    return CLP_OK;
}

static clp_status reference_clear(clp_field *u)
{
    memset(data_of(u), 0, u->level->layout.bytes);
    return CLP_OK;
}

/* A row at a time; a row with a value that is not finite is done again a node at a time. */
static clp_status reference_evaluate(clp_field *field, const clp_formula *formula, double t)
{
    const clp_grid *grid = &field->level->op.grid;
    const clp_layout *layout = &field->level->layout;
    double *values = malloc(layout->nodes[0] * sizeof *values), hx = clp_grid_spacing(grid, 0);
    if (!values) return clp_fail_host_memory(layout->nodes[0] * sizeof *values);
    for (size_t row = 0; row < clp_layout_rows(layout); row++) {
        double point[4] = {grid->origin[0], clp_coordinate(grid, 1, row % layout->nodes[1]), 0, t};
        if (clp_grid_dimensions(grid) == 3) point[2] = clp_coordinate(grid, 2, row / layout->nodes[1]);
        bool failed = formula->line(formula->context, point, hx, layout->nodes[0], values) != CLP_OK;
        for (size_t i = 0; failed && i < layout->nodes[0]; i++) {
            point[0] = clp_coordinate(grid, 0, i);
            if (formula->line(formula->context, point, hx, 1, &values[i]) != CLP_OK) values[i] = NAN;
        }
        level_of(field)->loops->write_rows(layout, data_of(field), row, 1, values);
    }
    free(values);
    return CLP_OK;
}

static clp_norms norms_of(clp_sums sums, double factor, const clp_operator *op)
{
    return clp_norms_from_sums(sums.largest * factor, sums.squares, sums.field, op->scale * factor);
}

static clp_status reference_residual_norms(const clp_field *u, const clp_field *q, clp_norms *norms)
{
    const reference_level *level = level_of(u);
    const clp_operator *op = &level->base.op;
    *norms = norms_of(level->loops->residual(&level->stencil, data_of(u), data_of(q)), op->diagonal, op);
    return CLP_OK;
}

static clp_status reference_defect(const clp_field *u, const clp_field *q, double factor, clp_field *r,
                                   clp_norms *norms)
{
    clp_field *own;
    CLP_TRY(reference_residual_norms(u, q, norms));
    CLP_TRY(reference_field_create(u->level, &own));
    clp_status status = reference_residual(u, q, own);
    if (status == CLP_OK) status = reference_combine(r, factor, own, 0);
    reference_field_destroy(own);
    return status;
}

static clp_status reference_energy(const clp_field *u, double *energy)
{
    *energy = clp_vector_energy(&level_of(u)->stencil, vector_of(u));
    return CLP_OK;
}

static clp_status reference_change_norms(const clp_field *u, const clp_field *v, clp_norms *norms)
{
    const reference_level *level = level_of(u);
    *norms = norms_of(level->loops->change(&level->stencil, data_of(u), data_of(v)), 1, &level->base.op);
    return CLP_OK;
}

/* A host array: rows without padding. The loops read no ghost nodes. */
static clp_stencil host_stencil(const clp_operator *op)
{
    clp_layout layout;
    clp_layout_init_plain(&layout, &op->grid, sizeof(double));
    return stencil_of(op, &layout, core_count());
}

clp_norms clp_reference_residual(const clp_operator *op, const double *values, const double *source)
{
    clp_stencil stencil = host_stencil(op);
    return norms_of(clp_reference_loops_double.residual(&stencil, values, source), op->diagonal, op);
}

void clp_reference_defect(const clp_operator *op, const double *values, const double *source, double *r)
{
    clp_stencil stencil = host_stencil(op);
    clp_reference_loops_double.defect(&stencil, values, source, r);
}

/* Adds to sums what flows through the edges along an axis at nodes of a row, in magnitude: the neighbours
 * before and behind them are so many nodes away. Edges that are not there conduct nothing: `before` is 0
 * then. */
static void add_flows(const double *g, const double *u, ptrdiff_t before, ptrdiff_t behind, size_t count,
                      double *restrict sums)
{
    const double *restrict g_before = g + before, *restrict u_before = u + before,
                           *restrict u_behind = u + behind;
    for (size_t i = 0; i < count; i++)
        sums[i] += fabs(g[i] * (u_behind[i] - u[i])) + fabs(g_before[i] * (u_before[i] - u[i]));
}

/* The sums of the magnitudes that the equations of `count` nodes of a network add up, from p on, which are in
 * one row and have as many neighbours in it. */
static void sum_magnitudes(const clp_operator *op, const double *values, const double *source, size_t p,
                           size_t count, double *restrict sums)
{
    const clp_network *network = op->network;
    const double *u = values + p;
    for (size_t i = 0; i < count; i++) sums[i] = source ? fabs(source[p + i]) : 0;
    for (size_t i = 0; network->shunt && i < count; i++) sums[i] += fabs(network->shunt[p + i] * u[i]);
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++) {
        const ptrdiff_t step = (ptrdiff_t)clp_operator_step(op, axis),
                        around = (ptrdiff_t)(op->grid.nodes[axis] - 2) * step;
        size_t at = clp_operator_at(op, p, axis), last = op->grid.nodes[axis] - 1;
        const ptrdiff_t before = at > 0 ? -step : op->periodic[axis] ? around : 0;
        add_flows(network->conductance[axis] + p, u, before, at < last ? step : -around, count, sums);
    }
}

/* The largest of them in the measure of residuals, at nodes that are not held; `each` gets its own where it
 * is not NULL. */
static double largest_rounding(const clp_operator *op, const double *sums, size_t p, size_t count,
                               double operations, double *each)
{
    const double *diagonal = op->network->diagonal + p;
    double largest = 0;
    for (size_t i = 0; i < count; i++) {
        const double measured = sums[i] / (diagonal[i] == 0 ? INFINITY : clp_operator_measure(op, p + i));
        largest = measured > largest ? measured : largest;
    }
    for (size_t i = 0; each && i < count; i++)
        if (diagonal[i] != 0) each[p + i] += operations * sums[i];
    return largest;
}

static double rounding_of_row(const clp_operator *op, const double *values, const double *source, size_t row,
                              double operations, double *each)
{
    enum { BLOCK = 512 };
    const size_t nx = op->grid.nodes[0], first = row * nx;
    double sums[BLOCK], largest = 0;
    for (size_t begin = 0, count; begin < nx; begin += count) {
        count = begin == 0 || begin == nx - 1 ? 1 : clp_min(nx - 1 - begin, BLOCK);
        sum_magnitudes(op, values, source, first + begin, count, sums);
        largest = fmax(largest, largest_rounding(op, sums, first + begin, count, operations, each));
    }
    return largest;
}

double clp_reference_rounding(const clp_operator *op, const double *values, const double *source,
                              double *each)
{
    const double operations = 16 * 0x1p-53; /* of a sum of seven differences times g */
    double largest = 0;
    if (!op->network) {
        clp_stencil stencil = host_stencil(op);
        return operations * op->diagonal * clp_reference_loops_double.summed(&stencil, values, source);
    }
#pragma omp parallel for schedule(static) reduction(max : largest)
    for (size_t row = 0; row < clp_operator_rows(op); row++)
        largest = fmax(largest, rounding_of_row(op, values, source, row, operations, each));
    return operations * largest;
}

clp_norms clp_reference_change(const clp_operator *op, const double *u, const double *v)
{
    clp_stencil stencil = host_stencil(op);
    return norms_of(clp_reference_loops_double.change(&stencil, u, v), 1, op);
}

static clp_status reference_finish(clp_device *device)
{
    (void)device;
    return CLP_OK;
}

static clp_status reference_has_reached(clp_device *device, bool *reached)
{
    (void)device;
    *reached = true;
    return CLP_OK;
}

static const char *const sweep_variants[] = {"loops", NULL};

const clp_backend clp_reference_backend = {
    .name = "reference",
    .summary = "plain C loops, on all cores or with --threads N; needs no OpenCL",
    .open = reference_open,
    .close = reference_close,
    .sweep_variants = sweep_variants,
    .fits = reference_fits,
    .level_create = reference_level_create,
    .level_destroy = reference_level_destroy,
    .field_create = reference_field_create,
    .field_destroy = reference_field_destroy,
    .field_write = reference_field_write,
    .field_read = reference_field_read,
    .boxes_read = reference_boxes_read,
    .boxes_write = reference_boxes_write,
    .box_copy = reference_box_copy,
    .staging = reference_staging,
    .field_fill = clp_field_fill_in_blocks,
    .sweep = reference_sweep,
    .sweep_adding = clp_sweep_adding_in_steps,
    .relax = reference_relax,
    .residual = reference_residual,
    .defect = reference_defect,
    .combine = reference_combine,
    .chain = reference_chain,
    .hold = reference_hold,
    .dot = reference_dot,
    .transfer_create = reference_transfer_create,
    .transfer_destroy = reference_transfer_destroy,
    .restrict_field = reference_restrict,
    .prolong_add = reference_prolong_add,
    .smooth_restrict = clp_smooth_restrict_in_steps,
    .prolong_smooth = clp_prolong_smooth_in_steps,
    .needs_scratch = clp_steps_need_scratch,
    .coarsen = reference_coarsen,
    .level_like = reference_level_like,
    .coefficient_arrays = reference_coefficient_arrays,
    .coefficients_read = reference_coefficients_read,
    .coefficients_write = reference_coefficients_write,
    .factor = reference_factor,
    .solve_direct = reference_solve_direct,
    .clear = reference_clear,
    .evaluate = reference_evaluate,
    .residual_norms = reference_residual_norms,
    .energy = reference_energy,
    .change_norms = reference_change_norms,
    .finish = reference_finish,
    .mark = reference_finish,
    .has_reached = reference_has_reached,
};
