/* SPDX-License-Identifier: MIT */
#include "backend/opencl/opencl.h"

/* Reduces the partial norms of all groups on the device and brings three numbers back. */
static clp_status finish_norms(opencl_level *level, const opencl_kernels *kernels, double factor,
                               clp_norms *norms)
{
    opencl_device *device = level->device;
    bool single = level->base.precision == CLP_PRECISION_SINGLE;
    size_t items = level->tuning.items;
    clp_arguments arguments = {.kernel = kernels->kernel[KERNEL_NORMS_FINISH],
                               .precision = level->base.precision};
    clp_argument_buffer(&arguments, level->partial);
    clp_argument_buffer(&arguments, level->result);
    clp_argument_size(&arguments, level->groups);
    CLP_TRY(clp_opencl_launch(device, &arguments, "norms_finish", 1, &items, &items));
    union {
        float single[3];
        double both[3];
    } sums;
    CLP_CL_TRY(device, clEnqueueReadBuffer(device->queue, level->result, CL_TRUE, 0,
                                           3 * level->base.layout.element_bytes, &sums, 0, NULL, NULL));
    double largest = single ? (double)sums.single[0] : sums.both[0];
    double squares = single ? (double)sums.single[1] : sums.both[1];
    double field = single ? (double)sums.single[2] : sums.both[2];
    *norms = clp_norms_from_sums(largest * factor, squares, field, level->base.op.scale * factor);
    return CLP_OK;
}

clp_status clp_opencl_residual_norms(const clp_field *u, const clp_field *q, clp_norms *norms)
{
    opencl_level *level = (opencl_level *)u->level;
    opencl_kernels *kernels;
    CLP_TRY(clp_opencl_level_kernels(level, q != NULL, &kernels));
    const clp_operator *op = &level->base.op;
    double diagonal = clp_operator_diagonal(op);
    cl_mem buffer = ((const opencl_field *)u)->buffer;
    clp_arguments arguments =
        clp_opencl_arguments(level, kernels->kernel[KERNEL_RESIDUAL_NORMS], buffer,
                             q ? ((const opencl_field *)q)->buffer : buffer, level->partial);
    clp_argument_real(&arguments, op->conductance[0] / diagonal);
    clp_argument_real(&arguments, op->conductance[1] / diagonal);
    clp_argument_real(&arguments, 1 / diagonal);
    clp_argument_real(&arguments, 1 / op->scale);
    size_t items = level->tuning.items, global = level->groups * items;
    CLP_TRY(clp_opencl_launch(level->device, &arguments, "residual_norms", 1, &global, &items));
    return finish_norms(level, kernels, diagonal, norms);
}

clp_status clp_opencl_change_norms(const clp_field *u, const clp_field *v, clp_norms *norms)
{
    opencl_level *level = (opencl_level *)u->level;
    opencl_kernels *kernels;
    CLP_TRY(clp_opencl_level_kernels(level, false, &kernels));
    clp_arguments arguments =
        clp_opencl_arguments(level, kernels->kernel[KERNEL_CHANGE_NORMS], ((const opencl_field *)u)->buffer,
                             ((const opencl_field *)v)->buffer, level->partial);
    clp_argument_real(&arguments, 1 / level->base.op.scale);
    size_t items = level->tuning.items, global = level->groups * items;
    CLP_TRY(clp_opencl_launch(level->device, &arguments, "change_norms", 1, &global, &items));
    return finish_norms(level, kernels, 1, norms);
}
