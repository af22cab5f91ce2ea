/* SPDX-License-Identifier: MIT */
#include "backend/opencl/opencl.h"

#include "backend/colors.h"
#include "base/checked.h"

#include <stdint.h>

static cl_mem buffer_of(const clp_field *field)
{
    return field ? ((const opencl_field *)field)->buffer : NULL;
}

/* As many launches as it takes, `most` sweeps each, from u to scratch and back. The first one has q, the
 * weights of all and what else there is. */
static clp_status launch_passes(clp_field *u, clp_field *scratch, opencl_pass pass, size_t count, size_t most)
{
    opencl_level *level = (opencl_level *)u->level;
    opencl_field *from = (opencl_field *)u, *to = (opencl_field *)scratch;
    for (size_t done = 0; done < count; done += pass.count) {
        pass.from = from->buffer;
        pass.to = to->buffer;
        pass.count = clp_min(count - done, most);
        CLP_TRY(level->sweep->launch(level, &pass));
        from->buffer = pass.to;
        to->buffer = pass.from;
        pass.sum = NULL;
        if (!pass.colored) pass.weights += pass.count;
    }
    CLP_CL_TRY(level->device, clFlush(level->device->queue));
    return CLP_OK;
}

clp_status clp_opencl_sweep(clp_field *u, clp_field *scratch, const clp_field *q, const double *weights,
                            size_t count)
{
    const opencl_pass pass = {.q = buffer_of(q), .weights = weights};
    return launch_passes(u, scratch, pass, count, u->level->sweeps_per_pass);
}

clp_status clp_opencl_sweep_adding(clp_field *u, clp_field *scratch, const clp_field *q,
                                   const double *weights, size_t count, clp_field *sum, double factor)
{
    if (!((opencl_level *)u->level)->sweep->adds)
        return clp_sweep_adding_in_steps(u, scratch, q, weights, count, sum, factor);
    const opencl_pass pass = {.q = buffer_of(q), .weights = weights, .sum = buffer_of(sum), .factor = factor};
    return launch_passes(u, scratch, pass, count, u->level->sweeps_per_pass);
}

/* The kernel of a pass with the arguments that all begin with. */
static clp_status begin_arguments(opencl_level *level, const opencl_pass *pass, clp_arguments *arguments)
{
    opencl_kernels *kernels;
    CLP_TRY(
        clp_opencl_level_kernels(level, pass->colored ? KIT_RELAX : KIT_SWEEP, pass->q != NULL, &kernels));
    *arguments = clp_opencl_arguments(level, kernels->kernel[pass->colored ? KERNEL_RELAX : KERNEL_SWEEP],
                                      pass->from, pass->to, pass->q ? pass->q : pass->from);
    return CLP_OK;
}

/* The variants of one sweep per launch differ in their range only; NULL: a work-item per node. */
static clp_status launch_single(opencl_level *level, const opencl_pass *pass, const size_t *global)
{
    clp_arguments arguments;
    double weights[WEIGHTS];
    CLP_TRY(begin_arguments(level, pass, &arguments));
    clp_opencl_weights(&level->base.op, pass->weights[0], weights);
    clp_argument_reals(&arguments, weights, WEIGHTS);
    clp_argument_network(&arguments, level);
    return global ? clp_opencl_launch(level->device, &arguments, level->sweep->kernel, 1, global, NULL)
                  : clp_opencl_launch_nodes(level->device, &arguments, level->sweep->kernel,
                                            &level->base.layout);
}

static clp_status launch_linear(opencl_level *level, const opencl_pass *pass)
{
    const clp_layout *layout = &level->base.layout;
    size_t global = layout->pitch * clp_layout_rows(layout);
    return launch_single(level, pass, &global);
}

static clp_status launch_nodes(opencl_level *level, const opencl_pass *pass)
{
    return launch_single(level, pass, NULL);
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

bool clp_opencl_relaxes_by_sweeps(const opencl_level *level)
{
    const clp_operator *op = &level->base.op;
    return level->base.sweeps_per_pass >= 2 && clp_color_count(op) == 2 && !clp_color_is_swapped(op);
}

clp_status clp_opencl_relax(clp_field *u, clp_field *scratch, const clp_field *q, double weight, size_t count)
{
    opencl_level *level = (opencl_level *)u->level;
    const clp_operator *op = &level->base.op;
    double weights[SWEEPS_MAX];
    if (clp_opencl_relaxes_by_sweeps(level)) {
        for (size_t k = 0; k < SWEEPS_MAX; k++) weights[k] = weight;
        const opencl_pass pass = {.q = buffer_of(q), .weights = weights, .colored = true};
        return launch_passes(u, scratch, pass, 2 * count, level->base.sweeps_per_pass / 2 * 2);
    }
    if (count == 1) CLP_TRY(clp_opencl_combine(scratch, 1, u, 0));
    clp_opencl_weights(op, weight, weights);
    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; i < clp_color_count(op); i++) {
            clp_color color = clp_color_at(op, i);
            CLP_TRY(relax_color(level, ((opencl_field *)u)->buffer, buffer_of(q), weights, &color));
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

enum { WHOLE = 32 }; /* values that rows of a tile consist of: see row_copies.cl */

/* Columns per tile: the row's nodes in equal tiles of whole vectors. */
static size_t tile_columns(size_t nodes, size_t most)
{
    size_t tiles = (nodes + most - 1) / most;
    return clp_round_up((nodes + tiles - 1) / tiles, WHOLE);
}

size_t clp_opencl_tile_most(size_t bytes, const clp_layout *layout)
{
    return clp_round_up(clp_max(bytes, 1024) / layout->element_bytes, WHOLE);
}

size_t clp_opencl_sweep_tile_most(const opencl_level *level)
{
    return clp_round_up(level->tile_most / 2, WHOLE);
}

clp_opencl_tiles clp_opencl_tiles_of(const opencl_level *level, size_t most, size_t halo, size_t alive)
{
    const clp_layout *layout = &level->base.layout;
    size_t units = clp_max(level->device->base.info.compute_units, 1);
    size_t cache = level->tuning.cache_bytes / (alive * layout->element_bytes);
    if (cache > 0) most = clp_min(most, clp_round_up(cache, WHOLE));
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
    return 2 * (count + 1) + fixed * (count + 3); /* see sweep_rows.cl */
}

/* The weights of a launch, by value: room for as many sweeps as the kernel's struct has. */
static void argument_schedule(clp_arguments *arguments, const opencl_level *level, const opencl_pass *pass,
                              size_t room)
{
    double schedule[SWEEPS_MAX][WEIGHTS] = {{0}};
    for (size_t k = 0; k < pass->count; k++)
        clp_opencl_weights(&level->base.op, pass->weights[k], schedule[k]);
    clp_argument_reals(arguments, &schedule[0][0], room * WEIGHTS);
}

static clp_status launch_rows(opencl_level *level, const opencl_pass *pass)
{
    clp_arguments arguments;
    CLP_TRY(begin_arguments(level, pass, &arguments));
    const clp_layout *layout = &level->base.layout;
    clp_opencl_tiles tiles = clp_opencl_tiles_of(level, clp_opencl_sweep_tile_most(level), pass->count,
                                                 rows_alive(level, pass->q != NULL, pass->count));
    clp_argument_size(&arguments, tiles.rows);
    clp_argument_int(&arguments, tiles.columns);
    clp_argument_int(&arguments, pass->count);
    clp_argument_buffer(&arguments, pass->sum ? pass->sum : pass->to);
    clp_argument_real(&arguments, pass->factor);
    clp_argument_int(&arguments, pass->sum != NULL);
    argument_schedule(&arguments, level, pass, SWEEPS_MAX);
    clp_argument_network(&arguments, level);
    size_t global[2] = {tiles.across, (layout->nodes[1] + tiles.rows - 1) / tiles.rows}, group[2] = {1, 1};
    return clp_opencl_launch(level->device, &arguments, "sweep_rows", 2, global, group);
}

/* Values from one row of a tile to the next: see sweep_planes.cl. */
static size_t plane_pitch(size_t columns, size_t halo)
{
    enum { MARGIN = 16 };
    return clp_round_up(columns + 2 * halo, WHOLE) + 2 * MARGIN;
}

/* Whole rows, or equal parts of them, so that some rows of a tile are left beside its halo. */
static size_t plane_columns(const opencl_level *level, size_t halo)
{
    enum { FEWEST_ROWS = 8 };
    size_t nx = level->base.layout.nodes[0], most = 16;
    while (plane_pitch(most + 16, halo) * (FEWEST_ROWS + 2 * halo) <= level->plane_most) most += 16;
    return nx <= most ? nx : tile_columns(nx, most);
}

clp_opencl_plane_tiles clp_opencl_plane_tiles_of(const opencl_level *level, size_t halo)
{
    const clp_layout *layout = &level->base.layout;
    size_t units = clp_max(level->device->base.info.compute_units, 1), ny = layout->nodes[1],
           columns = plane_columns(level, halo),
           rows = level->plane_most / plane_pitch(columns, halo) - 2 * halo, across = (ny + rows - 1) / rows;
    clp_opencl_plane_tiles tiles = {.nodes = {columns, (ny + across - 1) / across}};
    for (int axis = 0; axis < 2; axis++)
        tiles.count[axis] = (layout->nodes[axis] + tiles.nodes[axis] - 1) / tiles.nodes[axis];
    tiles.nodes[2] = tile_rows(layout->nodes[2], tiles.count[0] * tiles.count[1], units, halo);
    tiles.count[2] = (layout->nodes[2] + tiles.nodes[2] - 1) / tiles.nodes[2];
    return tiles;
}

static clp_status launch_planes(opencl_level *level, const opencl_pass *pass)
{
    clp_arguments arguments;
    CLP_TRY(begin_arguments(level, pass, &arguments));
    const clp_opencl_plane_tiles tiles = clp_opencl_plane_tiles_of(level, pass->count);
    clp_argument_int(&arguments, tiles.nodes[0]);
    clp_argument_int(&arguments, tiles.nodes[1]);
    clp_argument_size(&arguments, tiles.nodes[2]);
    clp_argument_int(&arguments, pass->count);
    argument_schedule(&arguments, level, pass, PLANES_MAX);
    clp_argument_network(&arguments, level);
    const size_t group[3] = {1, 1, 1};
    return clp_opencl_launch(level->device, &arguments, "sweep_planes", 3, tiles.count, group);
}

size_t clp_opencl_planes_per_pass(const opencl_level *level)
{
    const clp_layout *layout = &level->base.layout;
    bool cut = plane_columns(level, PLANES_MAX) < layout->nodes[0];
    return cut && level->base.op.periodic[0] ? 1 : PLANES_MAX;
}

/* Groups of columns, each with a halo of `count` on either side, and layers of a tile of each. */
static clp_status launch_stream(opencl_level *level, const opencl_pass *pass)
{
    clp_arguments arguments;
    CLP_TRY(begin_arguments(level, pass, &arguments));
    const clp_layout *layout = &level->base.layout;
    const opencl_tuning *tuning = &level->tuning;
    int last = layout->nodes[2] > 1 ? 2 : 1;
    size_t global[3], group[3] = {1, 1, 1};
    for (int axis = 0; axis < last; axis++) {
        size_t own = tuning->group[axis] - 2 * pass->count;
        group[axis] = tuning->group[axis];
        global[axis] = (layout->nodes[axis] + own - 1) / own * group[axis];
    }
    global[last] = (layout->nodes[last] + tuning->layers - 1) / tuning->layers;
    clp_argument_size(&arguments, tuning->layers);
    clp_argument_int(&arguments, pass->count);
    argument_schedule(&arguments, level, pass, tuning->sweeps);
    clp_argument_network(&arguments, level);
    return clp_opencl_launch(level->device, &arguments, "sweep_stream", (cl_uint)last + 1, global, group);
}

const opencl_sweep clp_opencl_sweep_stream = {.name = "stream",
                                              .files = {"sweep_stream.cl"},
                                              .kernel = "sweep_stream",
                                              .fuses = STREAM_MAX,
                                              .streams = true,
                                              .launch = launch_stream};
const opencl_sweep clp_opencl_sweep_planes = {.name = "rows",
                                              .files = {"row_copies.cl", "sweep_planes.cl"},
                                              .kernel = "sweep_planes",
                                              .fuses = PLANES_MAX,
                                              .launch = launch_planes};
const opencl_sweep clp_opencl_sweep_linear = {
    .name = "linear", .files = {"sweep_linear.cl"}, .kernel = "sweep_linear", .launch = launch_linear};
const opencl_sweep clp_opencl_sweep_nodes = {
    .name = "nodes", .files = {"sweep_nodes.cl"}, .kernel = "sweep_nodes", .launch = launch_nodes};
const opencl_sweep clp_opencl_sweep_rows = {
    .name = "rows",
    .files = {"row_copies.cl", "tile.cl", "strands.cl", "strand_sweeps.cl", "sweep_rows.cl"},
    .kernel = "sweep_rows",
    .fuses = SWEEPS_MAX,
    .planar = true,
    .adds = true,
    .launch = launch_rows};
