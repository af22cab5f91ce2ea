/* SPDX-License-Identifier: MIT */
#include "backend/opencl/opencl.h"

#include "base/checked.h"

#include <float.h>
#include <stdlib.h>

clp_status clp_opencl_reduce(opencl_level *level, double results[3])
{
    opencl_kernels *kernels;
    bool wide = level->kits[KIT_VECTORS][true] != NULL; /* any variant will do: one that is there */
    CLP_TRY(clp_opencl_level_kernels(level, KIT_VECTORS, wide, &kernels));
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
    for (int i = 0; i < 3; i++) results[i] = single ? (double)sums.single[i] : sums.both[i];
    return CLP_OK;
}

clp_status clp_opencl_sum(opencl_level *level, double *sum)
{
    opencl_device *device = level->device;
    bool single = level->base.precision == CLP_PRECISION_SINGLE;
    size_t count = 2 * level->groups;
    double *sums = malloc(count * sizeof *sums);
    if (!sums) return clp_fail_host_memory(count * sizeof *sums);
    const float *floats = (const float *)sums;
    cl_int code = clEnqueueReadBuffer(device->queue, level->partial, CL_TRUE, 0,
                                      count * level->base.layout.element_bytes, sums, 0, NULL, NULL);
    *sum = 0;
    for (size_t i = 0; i < count && code == CL_SUCCESS; i++) *sum += single ? (double)floats[i] : sums[i];
    free(sums);
    return clp_opencl_check(&device->base.info, "clEnqueueReadBuffer", code);
}

static clp_status finish_norms(opencl_level *level, double factor, clp_norms *norms)
{
    double sums[3];
    CLP_TRY(clp_opencl_reduce(level, sums));
    *norms = clp_norms_from_sums(sums[0] * factor, sums[1], sums[2], level->base.op.scale * factor);
    return CLP_OK;
}

/* The kernels that store a residual in a field of that level: of the same precision those of every solve. */
static clp_status storing_kernel(opencl_level *level, const clp_level *other, bool sourced, cl_kernel *kernel)
{
    opencl_kernels *kernels;
    bool same = !other || other->precision == level->base.precision;
    CLP_TRY(same ? clp_opencl_level_any_kernels(level, sourced, &kernels)
                 : clp_opencl_level_kernels(level, KIT_DEFECT, other->precision == CLP_PRECISION_DOUBLE,
                                            &kernels));
    *kernel = kernels->kernel[same ? KERNEL_RESIDUAL_NORMS : KERNEL_DEFECT];
    return CLP_OK;
}

clp_status clp_opencl_defect(const clp_field *u, const clp_field *q, double factor, clp_field *r,
                             clp_norms *norms)
{
    opencl_level *level = (opencl_level *)u->level;
    const clp_operator *op = &level->base.op;
    cl_kernel kernel;
    CLP_TRY(storing_kernel(level, r ? r->level : NULL, q != NULL, &kernel));
    cl_mem buffer = ((const opencl_field *)u)->buffer;
    clp_arguments arguments = clp_opencl_arguments(
        level, kernel, buffer, q ? ((const opencl_field *)q)->buffer : buffer, level->partial);
    clp_argument_int(&arguments, q != NULL);
    for (int axis = 0; axis < CLP_AXES; axis++)
        clp_argument_real(&arguments, op->conductance[axis] / op->diagonal);
    clp_argument_real(&arguments, 1 / op->diagonal);
    clp_argument_real(&arguments, 1 / op->scale);
    clp_argument_real(&arguments, op->least > 0 ? 1 / op->least : FLT_MAX);
    clp_argument_buffer(&arguments, r ? ((opencl_field *)r)->buffer : level->partial);
    clp_argument_layout(&arguments, r ? &r->level->layout : &level->base.layout);
    clp_argument_real(&arguments, factor * op->diagonal);
    clp_argument_int(&arguments, r != NULL);
    clp_argument_network(&arguments, level);
    CLP_TRY(clp_opencl_launch_groups(level, &arguments, "residual_norms"));
    return finish_norms(level, op->diagonal, norms);
}

clp_status clp_opencl_residual_norms(const clp_field *u, const clp_field *q, clp_norms *norms)
{
    return clp_opencl_defect(u, q, 1, NULL, norms);
}

clp_status clp_opencl_change_norms(const clp_field *u, const clp_field *v, clp_norms *norms)
{
    opencl_level *level = (opencl_level *)u->level;
    opencl_kernels *kernels;
    CLP_TRY(clp_opencl_level_kernels(level, KIT_CHANGE, false, &kernels));
    clp_arguments arguments =
        clp_opencl_arguments(level, kernels->kernel[KERNEL_CHANGE_NORMS], ((const opencl_field *)u)->buffer,
                             ((const opencl_field *)v)->buffer, level->partial);
    clp_argument_real(&arguments, 1 / level->base.op.scale);
    clp_argument_network(&arguments, level);
    CLP_TRY(clp_opencl_launch_groups(level, &arguments, "change_norms"));
    return finish_norms(level, 1, norms);
}

clp_status clp_opencl_residual(const clp_field *u, const clp_field *q, clp_field *r)
{
    opencl_level *level = (opencl_level *)u->level;
    const clp_operator *op = &level->base.op;
    opencl_kernels *kernels;
    cl_mem buffer = ((const opencl_field *)u)->buffer;
    if (op->galerkin)
        return clp_opencl_galerkin_residual(level, buffer, q ? ((const opencl_field *)q)->buffer : NULL,
                                            ((opencl_field *)r)->buffer);
    CLP_TRY(clp_opencl_level_any_kernels(level, q != NULL, &kernels));
    clp_arguments arguments =
        clp_opencl_arguments(level, kernels->kernel[KERNEL_RESIDUAL], buffer, ((opencl_field *)r)->buffer,
                             q ? ((const opencl_field *)q)->buffer : buffer);
    clp_argument_int(&arguments, q != NULL);
    for (int axis = 0; axis < CLP_AXES; axis++)
        clp_argument_real(&arguments, op->conductance[axis] / op->diagonal);
    clp_argument_real(&arguments, op->diagonal);
    clp_argument_network(&arguments, level);
    return clp_opencl_launch_rows(level, &arguments, "residual", &level->base.layout);
}
