/* SPDX-License-Identifier: MIT */
#include "backend/opencl/opencl.h"

#include "backend/colors.h"
#include "base/checked.h"

#include <stdint.h>

clp_status clp_opencl_sweep(clp_field *u, clp_field *scratch, const clp_field *q, const double *weights,
                            size_t count)
{
    opencl_level *level = (opencl_level *)u->level;
    opencl_field *from = (opencl_field *)u, *to = (opencl_field *)scratch;
    size_t most = level->base.sweeps_per_pass;
    while (count > 0) {
        size_t now = clp_min(count, most);
        CLP_TRY(level->sweep->launch(level, from->buffer, to->buffer,
                                     q ? ((const opencl_field *)q)->buffer : NULL, weights, now));
        cl_mem result = to->buffer;
        to->buffer = from->buffer;
        from->buffer = result;
        weights += now;
        count -= now;
    }
    CLP_CL_TRY(level->device, clFlush(level->device->queue));
    return CLP_OK;
}

/* The variants of one sweep per launch differ in their range only; NULL: a work-item per node. */
static clp_status launch_single(opencl_level *level, cl_mem from, cl_mem to, cl_mem q, double weight,
                                const size_t *global, const size_t *group)
{
    opencl_kernels *kernels;
    double weights[WEIGHTS];
    CLP_TRY(clp_opencl_level_kernels(level, KIT_SWEEP, q != NULL, &kernels));
    clp_opencl_weights(&level->base.op, weight, weights);
    clp_arguments arguments =
        clp_opencl_arguments(level, kernels->kernel[KERNEL_SWEEP], from, to, q ? q : from);
    clp_argument_reals(&arguments, weights, WEIGHTS);
    clp_argument_network(&arguments, level);
    return global ? clp_opencl_launch(level->device, &arguments, level->sweep->kernel, 1, global, group)
                  : clp_opencl_launch_nodes(level->device, &arguments, level->sweep->kernel,
                                            &level->base.layout);
}

static clp_status launch_linear(opencl_level *level, cl_mem from, cl_mem to, cl_mem q, const double *weights,
                                size_t count)
{
    (void)count;
    const clp_layout *layout = &level->base.layout;
    size_t global = layout->pitch * clp_layout_rows(layout);
    return launch_single(level, from, to, q, weights[0], &global, NULL);
}

static clp_status launch_nodes(opencl_level *level, cl_mem from, cl_mem to, cl_mem q, const double *weights,
                               size_t count)
{
    (void)count;
    return launch_single(level, from, to, q, weights[0], NULL, NULL);
}

static clp_status relax_color(opencl_level *level, cl_mem u, cl_mem q, const double *weights,
                              const clp_color *color)
{
    opencl_kernels *kernels;
    const clp_layout *layout = &level->base.layout;
    CLP_TRY(clp_opencl_level_kernels(level, KIT_RELAX, q != NULL, &kernels));
    clp_arguments arguments = {.kernel = kernels->kernel[KERNEL_RELAX], .precision = level->base.precision};
    clp_argument_buffer(&arguments, u);
    clp_argument_buffer(&arguments, q ? q : u);
    clp_argument_layout(&arguments, layout);
    clp_argument_int(&arguments, color->parity);
    clp_argument_int(&arguments, color->seam);
    clp_argument_reals(&arguments, weights, WEIGHTS);
    clp_argument_network(&arguments, level);
    size_t global[3] = {clp_round_up((layout->nodes[0] + 1) / 2, 32), clp_round_up(layout->nodes[1], 8),
                        layout->nodes[2]};
    return clp_opencl_launch(level->device, &arguments, "relax", layout->nodes[2] > 1 ? 3 : 2, global, NULL);
}

clp_status clp_opencl_relax(clp_field *u, const clp_field *q, double weight, size_t count)
{
    opencl_level *level = (opencl_level *)u->level;
    const clp_operator *op = &level->base.op;
    double weights[WEIGHTS];
    clp_opencl_weights(op, weight, weights);
    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; i < clp_color_count(op); i++) {
            clp_color color = clp_color_at(op, i);
            CLP_TRY(relax_color(level, ((opencl_field *)u)->buffer,
                                q ? ((const opencl_field *)q)->buffer : NULL, weights, &color));
        }
    CLP_CL_TRY(level->device, clFlush(level->device->queue));
    return CLP_OK;
}

/*
 * Rows per tile. A tile of R rows costs about R + count rows for its halo; tiles run in rounds of one per
 * compute unit.
 */
static size_t tile_rows(size_t rows, size_t tiles_across, size_t units, size_t count)
{
    enum { TALLEST = 512, ROUNDS = 4 };
    size_t fewest = (rows + TALLEST - 1) / TALLEST, best = rows, best_cost = SIZE_MAX;
    for (size_t tiles = fewest; tiles <= fewest + ROUNDS * units; tiles++) {
        size_t height = (rows + tiles - 1) / tiles;
        size_t rounds = (tiles * tiles_across + units - 1) / units;
        size_t cost = rounds * (height + count);
        if (cost < best_cost) {
            best = height;
            best_cost = cost;
        }
        if (height <= count) break;
    }
    return best;
}

/* Columns per tile: the row's nodes in equal tiles of whole vectors. */
static size_t tile_columns(size_t nodes, size_t most)
{
    size_t tiles = (nodes + most - 1) / most;
    return clp_round_up((nodes + tiles - 1) / tiles, 16);
}

size_t clp_opencl_tile_most(const opencl_tuning *tuning, const clp_layout *layout)
{
    return clp_round_up(clp_max(tuning->tile_bytes, 1024) / layout->element_bytes, 16);
}

clp_opencl_tiles clp_opencl_tiles_of(const opencl_level *level, size_t halo, size_t alive)
{
    const clp_layout *layout = &level->base.layout;
    size_t units = clp_max(level->device->base.info.compute_units, 1), most = level->tile_most;
    size_t cache = level->tuning.cache_bytes / (alive * layout->element_bytes);
    if (cache > 0) most = clp_min(most, clp_round_up(cache, 16));
    clp_opencl_tiles tiles = {.columns = tile_columns(layout->nodes[0], most)};
    tiles.across = (layout->nodes[0] + tiles.columns - 1) / tiles.columns;
    tiles.rows = tile_rows(layout->nodes[1], tiles.across, units, halo);
    return tiles;
}

/* Rows that a pipeline of some sweeps has in use. */
static size_t rows_alive(const opencl_level *level, bool sourced, size_t count)
{
    size_t fixed = sourced ? 1 : 0; /* fields */
    if (level->base.op.network) fixed += level->network[NETWORK_SHUNT] ? 4 : 3;
    return 3 * count + fixed * (count + 2);
}

static clp_status launch_rows(opencl_level *level, cl_mem from, cl_mem to, cl_mem q, const double *weights,
                              size_t count)
{
    opencl_kernels *kernels;
    CLP_TRY(clp_opencl_level_kernels(level, KIT_SWEEP, q != NULL, &kernels));
    const clp_layout *layout = &level->base.layout;
    double schedule[SWEEPS_MAX][WEIGHTS] = {{0}};
    for (size_t k = 0; k < count; k++) clp_opencl_weights(&level->base.op, weights[k], schedule[k]);
    clp_opencl_tiles tiles = clp_opencl_tiles_of(level, count, rows_alive(level, q != NULL, count));
    clp_arguments arguments =
        clp_opencl_arguments(level, kernels->kernel[KERNEL_SWEEP], from, to, q ? q : from);
    clp_argument_size(&arguments, tiles.rows);
    clp_argument_int(&arguments, tiles.columns);
    clp_argument_int(&arguments, count);
    clp_argument_reals(&arguments, &schedule[0][0], sizeof schedule / sizeof(double));
    clp_argument_network(&arguments, level);
    size_t global[2] = {tiles.across, (layout->nodes[1] + tiles.rows - 1) / tiles.rows}, group[2] = {1, 1};
    return clp_opencl_launch(level->device, &arguments, "sweep_rows", 2, global, group);
}

static clp_status launch_row_by_row(opencl_level *level, cl_mem from, cl_mem to, cl_mem q,
                                    const double *weights, size_t count)
{
    (void)count;
    size_t rows = clp_layout_rows(&level->base.layout), items = (rows + ROWS_PER_ITEM - 1) / ROWS_PER_ITEM,
           group = 1;
    return launch_single(level, from, to, q, weights[0], &items, &group);
}

const opencl_sweep clp_opencl_sweep_row_by_row = {
    .name = "rows", .file = "sweep_row_by_row.cl", .kernel = "sweep_row_by_row", .launch = launch_row_by_row};
const opencl_sweep clp_opencl_sweep_linear = {
    .name = "linear", .file = "sweep_linear.cl", .kernel = "sweep_linear", .launch = launch_linear};
const opencl_sweep clp_opencl_sweep_nodes = {
    .name = "nodes", .file = "sweep_nodes.cl", .kernel = "sweep_nodes", .launch = launch_nodes};
const opencl_sweep clp_opencl_sweep_rows = {.name = "rows",
                                            .file = "sweep_rows.cl",
                                            .kernel = "sweep_rows",
                                            .fuses = true,
                                            .planar = true,
                                            .launch = launch_rows};
