/* SPDX-License-Identifier: MIT */
#include "backend/separable.h"

#include "backend/opencl/opencl.h"
#include "base/checked.h"

#include <stdlib.h>

clp_status clp_opencl_separable_factor(opencl_level *level)
{
    clp_separable made;
    CLP_TRY(clp_separable_create(&level->base.op, &made));
    clp_opencl_buffer_destroy(level->device, level->direct);
    level->direct = NULL;
    clp_status status = clp_opencl_upload_reals(level->device, level->base.precision, made.numbers,
                                                made.count, &level->direct);
    free(made.numbers);
    return status;
}

clp_status clp_opencl_separable_solve(clp_field *u, const clp_field *q)
{
    opencl_kernels *kernels;
    opencl_level *level = (opencl_level *)u->level;
    size_t most = level->device->base.info.max_group_items;
    size_t items = level->tuning.rows ? 1 : most ? clp_min(most, 256) : 1;
    CLP_TRY(clp_opencl_level_kernels(level, KIT_SEPARABLE, false, &kernels));
    clp_arguments arguments =
        clp_opencl_arguments(level, kernels->kernel[KERNEL_SEPARABLE], level->direct,
                             ((const opencl_field *)q)->buffer, ((opencl_field *)u)->buffer);
    return clp_opencl_launch(level->device, &arguments, "separable", 1, &items, &items);
}
