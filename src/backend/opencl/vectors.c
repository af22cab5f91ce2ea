/* SPDX-License-Identifier: MIT */
#include "backend/opencl/opencl.h"

/* The kernels for an x of either precision, and the arguments that they begin with. */
static clp_status begin(opencl_level *level, const clp_field *x, opencl_kit kit, int kernel,
                        clp_arguments *arguments)
{
    opencl_kernels *kernels;
    bool wide = x->level->precision == CLP_PRECISION_DOUBLE;
    CLP_TRY(clp_opencl_level_kernels(level, kit, wide, &kernels));
    *arguments = (clp_arguments){.kernel = kernels->kernel[kernel],
                                 .precision = wide ? CLP_PRECISION_DOUBLE : level->base.precision};
    return CLP_OK;
}

clp_status clp_opencl_combine(clp_field *y, double a, const clp_field *x, double b)
{
    opencl_level *level = (opencl_level *)y->level;
    clp_arguments arguments;
    CLP_TRY(begin(level, x, KIT_VECTORS, KERNEL_COMBINE, &arguments));
    clp_argument_buffer(&arguments, ((opencl_field *)y)->buffer);
    clp_argument_buffer(&arguments, ((const opencl_field *)x)->buffer);
    clp_argument_layout(&arguments, &level->base.layout);
    clp_argument_layout(&arguments, &x->level->layout);
    clp_argument_real(&arguments, a);
    clp_argument_real(&arguments, b);
    return clp_opencl_launch_rows(level, &arguments, "combine", &level->base.layout);
}

clp_status clp_opencl_chain(clp_field *y, const clp_field *x, double a, double b)
{
    opencl_level *level = (opencl_level *)y->level;
    const clp_layout *layout = &level->base.layout;
    opencl_kernels *kernels;
    CLP_TRY(clp_opencl_level_kernels(level, KIT_CHAIN, false, &kernels));
    clp_arguments arguments = {.kernel = kernels->kernel[KERNEL_CHAIN], .precision = level->base.precision};
    const size_t columns = level->tuning.rows ? layout->nodes[0] : 1,
                 global[3] = {1, layout->nodes[1], layout->nodes[2]}, group[3] = {1, 1, 1};
    clp_argument_buffer(&arguments, ((opencl_field *)y)->buffer);
    clp_argument_buffer(&arguments, ((const opencl_field *)x)->buffer);
    clp_argument_layout(&arguments, layout);
    clp_argument_real(&arguments, a);
    clp_argument_real(&arguments, b);
    clp_argument_int(&arguments, columns);
    if (columns > 1) return clp_opencl_launch(level->device, &arguments, "chain", 3, global, group);
    return clp_opencl_launch_nodes(level->device, &arguments, "chain", layout);
}

clp_status clp_opencl_dot(const clp_field *x, const clp_field *y, double *sum)
{
    opencl_level *level = (opencl_level *)y->level;
    const clp_operator *op = &level->base.op;
    double unit_x = op->scale, unit_y = op->scale * op->diagonal;
    clp_arguments arguments;
    CLP_TRY(begin(level, x, KIT_DOT, KERNEL_DOT, &arguments));
    arguments.precision = level->base.precision;
    clp_argument_buffer(&arguments, ((const opencl_field *)x)->buffer);
    clp_argument_buffer(&arguments, ((const opencl_field *)y)->buffer);
    clp_argument_buffer(&arguments, level->partial);
    clp_argument_layout(&arguments, &level->base.layout);
    clp_argument_layout(&arguments, &x->level->layout);
    clp_argument_real(&arguments, 1 / unit_x);
    clp_argument_real(&arguments, 1 / unit_y);
    clp_argument_network(&arguments, level);
    CLP_TRY(clp_opencl_launch_groups(level, &arguments, "dot_product"));
    CLP_TRY(clp_opencl_sum(level, sum));
    *sum *= unit_x * unit_y;
    return CLP_OK;
}

clp_status clp_opencl_energy(const clp_field *u, double *energy)
{
    opencl_level *level = (opencl_level *)u->level;
    const clp_operator *op = &level->base.op;
    clp_arguments arguments;
    CLP_TRY(begin(level, u, KIT_DOT, KERNEL_ENERGY, &arguments));
    clp_argument_buffer(&arguments, ((const opencl_field *)u)->buffer);
    clp_argument_buffer(&arguments, level->partial);
    clp_argument_layout(&arguments, &level->base.layout);
    clp_argument_real(&arguments, 1 / op->scale);
    clp_argument_network(&arguments, level);
    CLP_TRY(clp_opencl_launch_groups(level, &arguments, "energy"));
    CLP_TRY(clp_opencl_sum(level, energy));
    *energy *= op->scale * op->scale * op->diagonal;
    return CLP_OK;
}
