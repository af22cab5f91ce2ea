/* SPDX-License-Identifier: MIT */
/* Halves of a multigrid cycle: in one pass where smooth_rows.cl can, in two where sweep_planes.cl and
 * restrict_planes.cl can, else step by step. */
#include "backend/opencl/opencl.h"

#include "base/checked.h"

enum { STAGES = 4, DOWN = 1, UP = 2, ROWS_ALIVE = 27 }; /* of smooth_rows.cl; the last on its way down */

static bool is_fused(const clp_transfer *transfer, size_t count)
{
    const opencl_level *fine = (const opencl_level *)transfer->fine;
    const clp_operator *op = &fine->base.op, *coarse = &transfer->coarse->op;
    const int dimensions = clp_grid_dimensions(&op->grid);
    if (!fine->tuning.rows || !fine->sweep->fuses || op->network || op->galerkin || count > STAGES ||
        (dimensions == 3 && (count < 2 || clp_opencl_planes_per_pass(fine) < count)))
        return false;
    for (int axis = 0; axis < dimensions; axis++) {
        if (op->conductance[axis] > 0 && coarse->conductance[axis] == 0) return false; /* collapsed */
        bool held = op->held[2 * axis] && op->held[2 * axis + 1];
        if (!held && op->grid.nodes[axis] <= count + 4) return false;
    }
    return true;
}

static bool is_in_space(const clp_transfer *transfer)
{
    return clp_grid_dimensions(&transfer->fine->op.grid) == 3;
}

/* A launch of a kernel: v from u, or down from 0; `other` is the coarse field. */
typedef struct smooth_pass {
    const opencl_transfer *transfer;
    int way;
    cl_mem u, v, q, other;
    const double *weights;
    size_t count;
    double factor;
    const clp_field *total; /* NULL: none */
} smooth_pass;

/* Where doubles are known, kernels can add to fields of them. */
static bool is_wide(const opencl_level *level)
{
    return level->device->base.info.fp64;
}

static bool can_add_to(const clp_transfer *transfer, const clp_level *total)
{
    bool wide = is_wide((const opencl_level *)transfer->fine);
    return total->precision == (wide ? CLP_PRECISION_DOUBLE : CLP_PRECISION_SINGLE);
}

bool clp_opencl_needs_scratch(const clp_transfer *transfer, size_t count, const clp_level *total)
{
    return !is_fused(transfer, count) || !total || !can_add_to(transfer, total);
}

/* What both kernels end with: the field that is added to, if there is one. */
static void argument_total(clp_arguments *arguments, const smooth_pass *pass)
{
    const opencl_level *level = (const opencl_level *)pass->transfer->base.fine;
    const opencl_field *total = (const opencl_field *)pass->total;
    clp_argument_buffer(arguments, total ? total->buffer : pass->v);
    clp_argument_layout(arguments, total ? &total->base.level->layout : &level->base.layout);
    arguments->precision = is_wide(level) ? CLP_PRECISION_DOUBLE : level->base.precision;
    clp_argument_real(arguments, pass->factor);
    arguments->precision = level->base.precision;
    clp_argument_int(arguments, total != NULL);
}

/* The sweeps of half a cycle through planes. */
static clp_status launch_planes(const smooth_pass *pass)
{
    const opencl_transfer *transfer = pass->transfer;
    opencl_level *level = (opencl_level *)transfer->base.fine;
    const clp_operator *op = &level->base.op;
    const size_t done = pass->way == DOWN ? 1 : 0, count = pass->count - done; /* as planes come in */
    opencl_kernels *kernels;
    double weights[PLANES_MAX][WEIGHTS] = {{0}};
    CLP_TRY(clp_opencl_level_kernels(level, KIT_SMOOTH, is_wide(level), &kernels));
    for (size_t k = 0; k < count; k++) clp_opencl_weights(op, pass->weights[done + k], weights[k]);
    const clp_opencl_plane_tiles tiles = clp_opencl_plane_tiles_of(level, count);
    clp_arguments arguments =
        clp_opencl_arguments(level, kernels->kernel[KERNEL_SMOOTH], pass->u, pass->v, pass->q);
    clp_argument_int(&arguments, tiles.nodes[0]);
    clp_argument_int(&arguments, tiles.nodes[1]);
    clp_argument_size(&arguments, tiles.nodes[2]);
    clp_argument_int(&arguments, count);
    clp_argument_reals(&arguments, &weights[0][0], PLANES_MAX * WEIGHTS);
    clp_argument_int(&arguments, (size_t)pass->way);
    clp_argument_real(&arguments, pass->weights[0] / op->diagonal);
    clp_argument_buffer(&arguments, pass->other);
    clp_argument_layout(&arguments, &transfer->base.coarse->layout);
    clp_argument_buffer(&arguments, transfer->index);
    clp_argument_buffer(&arguments, transfer->weight);
    clp_argument_int(&arguments, transfer->nested);
    argument_total(&arguments, pass);
    const size_t group[3] = {1, 1, 1};
    return clp_opencl_launch(level->device, &arguments, "smooth_planes", 3, tiles.count, group);
}

/* Coarse planes of an item of restrict_planes.cl: some items for each compute unit, of blocks that are not
 * too flat, as what they gather overlaps. */
static size_t coarse_planes(const opencl_level *level, size_t blocks, size_t planes)
{
    enum { ITEMS = 4, FEWEST = 8 };
    size_t wanted = ITEMS * clp_max(level->device->base.info.compute_units, 1),
           pieces = clp_max((wanted + blocks - 1) / blocks, 1);
    return clp_max((planes + pieces - 1) / pieces, clp_min(planes, FEWEST));
}

/* q - A u, restricted. */
static clp_status launch_restriction(const opencl_transfer *transfer, cl_mem u, cl_mem q, cl_mem coarse)
{
    enum { COARSE_COLUMNS = 256, COARSE_ROWS = 8 };
    opencl_level *level = (opencl_level *)transfer->base.fine;
    const clp_layout *to = &transfer->base.coarse->layout;
    const clp_operator *op = &level->base.op;
    opencl_kernels *kernels;
    CLP_TRY(clp_opencl_level_kernels(level, KIT_SMOOTH, is_wide(level), &kernels));
    size_t global[3] = {(to->nodes[0] + COARSE_COLUMNS - 1) / COARSE_COLUMNS,
                        (to->nodes[1] + COARSE_ROWS - 1) / COARSE_ROWS};
    const size_t planes = coarse_planes(level, global[0] * global[1], to->nodes[2]), group[3] = {1, 1, 1};
    global[2] = (to->nodes[2] + planes - 1) / planes;
    clp_arguments arguments =
        clp_opencl_arguments(level, kernels->kernel[KERNEL_RESTRICT_PLANES], u, q, coarse);
    clp_argument_layout(&arguments, to);
    clp_argument_buffer(&arguments, transfer->index);
    clp_argument_buffer(&arguments, transfer->weight);
    clp_argument_buffer(&arguments, transfer->first);
    clp_argument_int(&arguments, transfer->nested);
    for (int axis = 0; axis < CLP_AXES; axis++) clp_argument_int(&arguments, (size_t)transfer->taps[axis]);
    clp_argument_size(&arguments, planes);
    for (int axis = 0; axis < CLP_AXES; axis++)
        clp_argument_real(&arguments, op->conductance[axis] / op->diagonal);
    clp_argument_real(&arguments, op->diagonal);
    return clp_opencl_launch(level->device, &arguments, "restrict_planes", 3, global, group);
}

static clp_status launch(const smooth_pass *pass)
{
    if (is_in_space(&pass->transfer->base)) return launch_planes(pass);
    opencl_level *level = (opencl_level *)pass->transfer->base.fine;
    const clp_layout *layout = &level->base.layout;
    const clp_operator *op = &level->base.op;
    opencl_kernels *kernels;
    CLP_TRY(clp_opencl_level_kernels(level, KIT_SMOOTH, is_wide(level), &kernels));
    double stages[STAGES + 1][WEIGHTS] = {{0}};
    for (size_t k = 0; k < pass->count; k++) clp_opencl_weights(op, pass->weights[k], stages[k]);
    stages[STAGES][0] = -op->diagonal;
    for (int axis = 0; axis < CLP_AXES; axis++) stages[STAGES][1 + axis] = op->conductance[axis];
    stages[STAGES][4] = 1;
    clp_opencl_tiles tiles = clp_opencl_tiles_of(
        level, level->tile_most, pass->way == DOWN ? pass->count + 2 : pass->count, ROWS_ALIVE);
    clp_arguments arguments =
        clp_opencl_arguments(level, kernels->kernel[KERNEL_SMOOTH], pass->u, pass->v, pass->q);
    clp_argument_buffer(&arguments, pass->other);
    clp_argument_buffer(&arguments, pass->other);
    clp_argument_layout(&arguments, &pass->transfer->base.coarse->layout);
    clp_argument_buffer(&arguments, pass->transfer->index);
    clp_argument_buffer(&arguments, pass->transfer->weight);
    clp_argument_buffer(&arguments, pass->transfer->first);
    clp_argument_int(&arguments, (size_t)pass->transfer->taps[0]);
    clp_argument_int(&arguments, (size_t)pass->transfer->taps[1]);
    clp_argument_int(&arguments, pass->transfer->nested);
    clp_argument_size(&arguments, tiles.rows);
    clp_argument_int(&arguments, tiles.columns);
    clp_argument_int(&arguments, pass->count);
    clp_argument_int(&arguments, (size_t)pass->way);
    argument_total(&arguments, pass);
    clp_argument_reals(&arguments, &stages[0][0], sizeof stages / sizeof(double));
    const size_t global[2] = {tiles.across, (layout->nodes[1] + tiles.rows - 1) / tiles.rows},
                 group[2] = {1, 1};
    return clp_opencl_launch(level->device, &arguments, "smooth_rows", 2, global, group);
}

clp_status clp_opencl_smooth_restrict(const clp_transfer *transfer, clp_field *u, clp_field *scratch,
                                      const clp_field *q, const double *weights, size_t count,
                                      clp_field *coarse)
{
    if (!is_fused(transfer, count))
        return clp_smooth_restrict_in_steps(transfer, u, scratch, q, weights, count, coarse);
    const opencl_transfer *made = (const opencl_transfer *)transfer;
    cl_mem source = ((const opencl_field *)q)->buffer, target = ((opencl_field *)u)->buffer,
           restricted = ((opencl_field *)coarse)->buffer;
    CLP_TRY(launch(&(smooth_pass){.transfer = made,
                                  .way = DOWN,
                                  .u = source,
                                  .v = target,
                                  .q = source,
                                  .other = restricted,
                                  .weights = weights,
                                  .count = count}));
    return is_in_space(transfer) ? launch_restriction(made, target, source, restricted) : CLP_OK;
}

clp_status clp_opencl_prolong_smooth(const clp_transfer *transfer, const clp_field *coarse, clp_field *u,
                                     clp_field *scratch, const clp_field *q, const double *weights,
                                     size_t count, double factor, clp_field *total)
{
    if (!is_fused(transfer, count))
        return clp_prolong_smooth_in_steps(transfer, coarse, u, scratch, q, weights, count, factor, total);
    bool adds = total && can_add_to(transfer, total->level);
    opencl_field *from = (opencl_field *)u, *to = (opencl_field *)(adds ? u : scratch);
    CLP_TRY(launch(&(smooth_pass){.transfer = (const opencl_transfer *)transfer,
                                  .way = UP,
                                  .u = from->buffer,
                                  .v = to->buffer,
                                  .q = ((const opencl_field *)q)->buffer,
                                  .other = ((const opencl_field *)coarse)->buffer,
                                  .weights = weights,
                                  .count = count,
                                  .factor = factor,
                                  .total = adds ? total : NULL}));
    if (adds) return CLP_OK;
    cl_mem result = to->buffer;
    to->buffer = from->buffer;
    from->buffer = result;
    return total ? clp_opencl_combine(total, factor, u, 1) : CLP_OK;
}
