/* SPDX-License-Identifier: MIT */
#include "backend/opencl/opencl.h"

#include "base/checked.h"

#include <stdio.h>

static void set(clp_arguments *arguments, size_t size, const void *value)
{
    cl_int code = clSetKernelArg(arguments->kernel, arguments->index++, size, value);
    if (arguments->error == CL_SUCCESS) arguments->error = code;
}

void clp_argument_buffer(clp_arguments *arguments, cl_mem buffer)
{
    set(arguments, sizeof buffer, &buffer);
}

void clp_argument_size(clp_arguments *arguments, size_t value)
{
    cl_ulong wide = value;
    set(arguments, sizeof wide, &wide);
}

void clp_argument_int(clp_arguments *arguments, size_t value)
{
    cl_int number = (cl_int)value;
    set(arguments, sizeof number, &number);
}

void clp_argument_real(clp_arguments *arguments, double value)
{
    cl_float single = (cl_float)value;
    if (arguments->precision == CLP_PRECISION_SINGLE)
        set(arguments, sizeof single, &single);
    else
        set(arguments, sizeof value, &value);
}

void clp_argument_reals(clp_arguments *arguments, const double *values, size_t count)
{
    cl_float single[WEIGHTS * SWEEPS_MAX];
    if (arguments->precision == CLP_PRECISION_DOUBLE) {
        set(arguments, count * sizeof *values, values);
        return;
    }
    for (size_t i = 0; i < count; i++) single[i] = (cl_float)values[i];
    set(arguments, count * sizeof *single, single);
}

void clp_argument_layout(clp_arguments *arguments, const clp_layout *layout)
{
    const cl_ulong at[] = {layout->origin,   layout->nodes[0], layout->nodes[1],
                           layout->nodes[2], layout->pitch,    layout->plane,
                           layout->begin[0], layout->end[0],   layout->begin[1],
                           layout->end[1],   layout->begin[2], layout->end[2]};
    set(arguments, sizeof at, at);
}

clp_arguments clp_opencl_arguments(const opencl_level *level, cl_kernel kernel, cl_mem a, cl_mem b, cl_mem c)
{
    clp_arguments arguments = {.kernel = kernel, .precision = level->base.precision};
    clp_argument_buffer(&arguments, a);
    clp_argument_buffer(&arguments, b);
    clp_argument_buffer(&arguments, c);
    clp_argument_layout(&arguments, &level->base.layout);
    return arguments;
}

void clp_argument_network(clp_arguments *arguments, const opencl_level *level)
{
    /* A shunt that is not there has a parameter all the same, and any buffer will do for it. */
    const clp_field *const *network = (const clp_field *const *)level->network;
    if (!level->base.op.network) return;
    for (int i = 0; i < NETWORK_ARRAYS; i++) {
        const clp_field *array = i == NETWORK_SHUNT && !network[i] ? network[NETWORK_INVERSE] : network[i];
        if (array) clp_argument_buffer(arguments, ((const opencl_field *)array)->buffer);
    }
}

void clp_opencl_weights(const clp_operator *op, double weight, double weights[WEIGHTS])
{
    weights[0] = op->network ? weight : 1 - weight;
    for (int axis = 0; axis < CLP_AXES; axis++)
        weights[1 + axis] = weight * op->conductance[axis] / op->diagonal;
    weights[4] = op->network ? 1 / op->diagonal : weight / op->diagonal;
}

clp_status clp_opencl_launch(opencl_device *device, const clp_arguments *arguments, const char *name,
                             cl_uint dimensions, const size_t *global, const size_t *group)
{
    char call[128];
    snprintf(call, sizeof call, "clSetKernelArg (%s)", name);
    CLP_TRY(clp_opencl_check(&device->base.info, call, arguments->error));
    snprintf(call, sizeof call, "clEnqueueNDRangeKernel (%s)", name);
    cl_int code = clEnqueueNDRangeKernel(device->queue, arguments->kernel, dimensions, NULL, global, group, 0,
                                         NULL, NULL);
    return clp_opencl_check(&device->base.info, call, code);
}

/* Groups of one shape, because some devices compile a kernel anew for each. */
clp_status clp_opencl_launch_nodes(opencl_device *device, const clp_arguments *arguments, const char *name,
                                   const clp_layout *layout)
{
    const size_t group[3] = {32, 8, 1};
    size_t global[3] = {clp_round_up(layout->nodes[0], group[0]), clp_round_up(layout->nodes[1], group[1]),
                        layout->nodes[2]};
    size_t most = device->base.info.max_group_items;
    return clp_opencl_launch(device, arguments, name, layout->nodes[2] > 1 ? 3 : 2, global,
                             most && most < group[0] * group[1] ? NULL : group);
}

clp_status clp_opencl_launch_rows(const opencl_level *level, const clp_arguments *arguments, const char *name,
                                  const clp_layout *layout)
{
    if (!level->tuning.rows) return clp_opencl_launch_nodes(level->device, arguments, name, layout);
    size_t group = 1, global = (clp_layout_rows(layout) + level->tuning.rows - 1) / level->tuning.rows;
    return clp_opencl_launch(level->device, arguments, name, 1, &global, &group);
}

clp_status clp_opencl_launch_groups(const opencl_level *level, const clp_arguments *arguments,
                                    const char *name)
{
    size_t items = level->tuning.items, global = level->groups * items;
    return clp_opencl_launch(level->device, arguments, name, 1, &global, &items);
}
