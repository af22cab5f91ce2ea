/* SPDX-License-Identifier: MIT */
#include "backend/opencl/opencl.h"

static clp_status launch(opencl_field *field, cl_kernel kernel, double t)
{
    opencl_level *level = (opencl_level *)field->base.level;
    const clp_layout *layout = &level->base.layout;
    const clp_grid *grid = &level->base.op.grid;
    int dimensions = clp_grid_dimensions(grid);
    clp_arguments arguments = {.kernel = kernel, .precision = level->base.precision};
    clp_argument_buffer(&arguments, field->buffer);
    clp_argument_layout(&arguments, layout);
    for (int axis = 0; axis < CLP_AXES; axis++)
        clp_argument_real(&arguments, axis < dimensions ? grid->origin[axis] : 0);
    for (int axis = 0; axis < CLP_AXES; axis++)
        clp_argument_real(&arguments, axis < dimensions ? clp_grid_spacing(grid, axis) : 0);
    clp_argument_real(&arguments, t);
    return clp_opencl_launch_nodes(level->device, &arguments, "evaluate", layout);
}

clp_status clp_opencl_evaluate(clp_field *field, const clp_formula *formula, double t)
{
    static const char *const files[] = {"evaluate.cl", NULL};
    opencl_level *level = (opencl_level *)field->level;
    opencl_device *device = level->device;
    cl_program program;
    cl_int code;
    CLP_TRY(clp_opencl_level_program(level, files, formula->opencl, &program));
    cl_kernel kernel = clCreateKernel(program, "evaluate", &code);
    clp_status status = clp_opencl_check(&device->base.info, "clCreateKernel(\"evaluate\")", code);
    if (status == CLP_OK) status = launch((opencl_field *)field, kernel, t);
    if (code == CL_SUCCESS) clReleaseKernel(kernel);
    clReleaseProgram(program);
    return status;
}
