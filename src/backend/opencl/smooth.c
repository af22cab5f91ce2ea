/* SPDX-License-Identifier: MIT */
/* Halves of a multigrid cycle: in one pass where smooth_rows.cl can, else step by step. */
#include "backend/opencl/opencl.h"

#include "base/checked.h"

enum { STAGES = 4, DOWN = 1, UP = 2, ROWS_ALIVE = 27 }; /* of smooth_rows.cl; the last on its way down */

static bool is_fused(const clp_transfer *transfer, size_t count)
{
    const opencl_level *fine = (const opencl_level *)transfer->fine;
    const clp_operator *op = &fine->base.op, *coarse = &transfer->coarse->op;
    if (!fine->tuning.rows || !fine->sweep->fuses || op->network || op->galerkin || count > STAGES ||
        clp_grid_dimensions(&op->grid) != 2)
        return false;
    for (int axis = 0; axis < 2; axis++) {
        if (op->conductance[axis] > 0 && coarse->conductance[axis] == 0) return false; /* collapsed */
        bool held = op->held[2 * axis] && op->held[2 * axis + 1];
        if (!held && op->grid.nodes[axis] <= count + 4) return false;
    }
    return true;
}

/* A launch of the kernel: v from u, or down from 0; `other` is the coarse field. */
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

static clp_status launch(const smooth_pass *pass)
{
    opencl_level *level = (opencl_level *)pass->transfer->base.fine;
    const clp_layout *layout = &level->base.layout;
    const clp_operator *op = &level->base.op;
    const opencl_field *total = (const opencl_field *)pass->total;
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
    clp_argument_buffer(&arguments, total ? total->buffer : pass->v);
    clp_argument_layout(&arguments, total ? &total->base.level->layout : layout);
    arguments.precision = is_wide(level) ? CLP_PRECISION_DOUBLE : level->base.precision;
    clp_argument_real(&arguments, pass->factor);
    arguments.precision = level->base.precision;
    clp_argument_int(&arguments, total != NULL);
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
    cl_mem source = ((const opencl_field *)q)->buffer;
    return launch(&(smooth_pass){.transfer = (const opencl_transfer *)transfer,
                                 .way = DOWN,
                                 .u = source,
                                 .v = ((opencl_field *)u)->buffer,
                                 .q = source,
                                 .other = ((opencl_field *)coarse)->buffer,
                                 .weights = weights,
                                 .count = count});
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
