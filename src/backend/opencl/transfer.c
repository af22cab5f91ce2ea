/* SPDX-License-Identifier: MIT */
#include "backend/opencl/opencl.h"

#include "backend/transfer.h"
#include "base/checked.h"

#include <stdlib.h>

/* The tables as the kernels want them. */
typedef struct tables {
    size_t count, coarse;
    cl_uint *index;
    double *weight;
    cl_int *first; /* along x, then y, then z */
} tables;

static clp_status tables_create(const clp_axis_transfer *axes, tables *made)
{
    size_t n = 0;
    for (int axis = 0; axis < CLP_AXES; axis++) made->count += CLP_TAPS * axes[axis].coarse + axes[axis].fine;
    for (int axis = 0; axis < CLP_AXES; axis++) made->coarse += axes[axis].coarse;
    made->first = malloc(made->coarse * sizeof *made->first);
    made->index = malloc(made->count * sizeof *made->index);
    made->weight = malloc(made->count * sizeof *made->weight);
    if (!made->index || !made->weight || !made->first)
        return clp_fail_host_memory(made->count * sizeof *made->weight);
    for (int axis = 0; axis < CLP_AXES; axis++)
        for (size_t i = 0; i < CLP_TAPS * axes[axis].coarse; i++) {
            size_t node = i % axes[axis].coarse, tap = i / axes[axis].coarse;
            made->index[n] = axes[axis].gather[node][tap];
            made->weight[n++] = axes[axis].weight[node][tap];
        }
    for (int axis = 0; axis < CLP_AXES; axis++)
        for (size_t i = 0; i < axes[axis].fine; i++) {
            made->index[n] = axes[axis].below[i];
            made->weight[n++] = axes[axis].part[i];
        }
    size_t next = 0;
    for (int axis = 0; axis < CLP_AXES; axis++)
        for (size_t i = 0; i < axes[axis].coarse; i++) made->first[next++] = (cl_int)axes[axis].first[i];
    return CLP_OK;
}

static clp_status upload_tables(opencl_transfer *transfer, tables *made)
{
    opencl_device *device = ((opencl_level *)transfer->base.fine)->device;
    CLP_TRY(clp_opencl_upload(device, made->index, made->count * sizeof *made->index, &transfer->index));
    CLP_TRY(clp_opencl_upload(device, made->first, made->coarse * sizeof *made->first, &transfer->first));
    return clp_opencl_upload_reals(device, transfer->base.fine->precision, made->weight, made->count,
                                   &transfer->weight);
}

clp_status clp_opencl_transfer_create(clp_level *fine, clp_level *coarse, clp_transfer **transfer)
{
    clp_axis_transfer axes[CLP_AXES];
    tables made = {0};
    *transfer = NULL;
    opencl_transfer *created = calloc(1, sizeof *created);
    if (!created) return clp_fail_host_memory(sizeof *created);
    created->base = (clp_transfer){.fine = fine, .coarse = coarse};
    clp_status status = clp_axis_transfers_init(&fine->op, &coarse->op, axes);
    for (int axis = 0; axis < CLP_AXES; axis++) created->taps[axis] = axes[axis].taps;
    created->nested = axes[0].fine - 1 == 2 * (axes[0].coarse - 1) && !clp_grid_is_part(&fine->op.grid);
    if (status == CLP_OK) status = tables_create(axes, &made);
    if (status == CLP_OK) status = upload_tables(created, &made);
    clp_axis_transfers_finish(axes);
    free(made.index);
    free(made.weight);
    free(made.first);
    if (status == CLP_OK)
        *transfer = &created->base;
    else
        clp_opencl_transfer_destroy(&created->base);
    return status;
}

void clp_opencl_transfer_destroy(clp_transfer *transfer)
{
    if (!transfer) return;
    opencl_transfer *destroyed = (opencl_transfer *)transfer;
    opencl_device *device = ((opencl_level *)transfer->fine)->device;
    clp_opencl_buffer_destroy(device, destroyed->index);
    clp_opencl_buffer_destroy(device, destroyed->weight);
    clp_opencl_buffer_destroy(device, destroyed->first);
    free(destroyed);
}

/* The arguments that both kernels begin with. */
static clp_status begin(const opencl_transfer *transfer, const clp_field *from, const clp_field *to,
                        int kernel, clp_arguments *arguments)
{
    opencl_kernels *kernels;
    opencl_level *fine = (opencl_level *)transfer->base.fine;
    CLP_TRY(clp_opencl_level_kernels(fine, KIT_TRANSFER, false, &kernels));
    *arguments = (clp_arguments){.kernel = kernels->kernel[kernel], .precision = fine->base.precision};
    clp_argument_buffer(arguments, ((const opencl_field *)from)->buffer);
    clp_argument_buffer(arguments, ((const opencl_field *)to)->buffer);
    clp_argument_layout(arguments, &fine->base.layout);
    clp_argument_layout(arguments, &transfer->base.coarse->layout);
    clp_argument_buffer(arguments, transfer->index);
    clp_argument_buffer(arguments, transfer->weight);
    clp_argument_buffer(arguments, transfer->first);
    clp_argument_int(arguments, transfer->nested);
    return CLP_OK;
}

clp_status clp_opencl_restrict(const clp_transfer *transfer, const clp_field *fine, clp_field *coarse)
{
    const opencl_transfer *made = (const opencl_transfer *)transfer;
    clp_arguments arguments;
    if (transfer->coarse->op.galerkin) return clp_opencl_galerkin_restrict(made, fine, coarse);
    CLP_TRY(begin(made, fine, coarse, KERNEL_RESTRICT, &arguments));
    for (int axis = 0; axis < CLP_AXES; axis++) clp_argument_int(&arguments, (size_t)made->taps[axis]);
    return clp_opencl_launch_rows((const opencl_level *)coarse->level, &arguments, "restrict_field",
                                  &coarse->level->layout);
}

clp_status clp_opencl_prolong_add(const clp_transfer *transfer, const clp_field *coarse, clp_field *fine)
{
    const opencl_transfer *made = (const opencl_transfer *)transfer;
    clp_arguments arguments;
    if (transfer->coarse->op.galerkin) return clp_opencl_galerkin_prolong(made, coarse, fine);
    CLP_TRY(begin(made, coarse, fine, KERNEL_PROLONG, &arguments));
    return clp_opencl_launch_rows((const opencl_level *)fine->level, &arguments, "prolong_add",
                                  &fine->level->layout);
}
