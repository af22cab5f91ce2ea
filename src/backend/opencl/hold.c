/* SPDX-License-Identifier: MIT */
/* Giving held nodes other values. */
#include "backend/opencl/opencl.h"

#include <stdlib.h>

/* Calls with every held node of a level: its number among them, in the grid and in a field's buffer. */
typedef void for_held(void *context, size_t index, size_t node, size_t place);

static size_t visit_held(const clp_level *level, for_held *visit, void *context)
{
    const clp_operator *op = &level->op;
    size_t count = 0, nx = op->grid.nodes[0];
    for (size_t r = 0; r < clp_operator_rows(op); r++) {
        const clp_row row = clp_operator_row(op, r);
        size_t step = clp_row_held_step(op, &row), first = clp_layout_row(&level->layout, r);
        for (size_t i = 0; i < nx; i += step) {
            if (!clp_row_is_held(op, &row, i)) continue;
            if (visit) visit(context, count, row.first + i, first + i);
            count++;
        }
    }
    return count;
}

static void keep_place(void *context, size_t index, size_t node, size_t place)
{
    (void)node;
    ((cl_ulong *)context)[index] = place;
}

typedef struct gathering {
    const double *values;
    double *held;
} gathering;

static void gather(void *context, size_t index, size_t node, size_t place)
{
    const gathering *to = context;
    (void)place;
    to->held[index] = to->values[node];
}

/* The places of held nodes, which stay on the device. */
static clp_status bring_places(opencl_level *level)
{
    if (level->held || level->held_count) return CLP_OK;
    size_t count = visit_held(&level->base, NULL, NULL);
    cl_ulong *places = malloc((count + 1) * sizeof *places);
    if (!places) return clp_fail_host_memory(count * sizeof *places);
    visit_held(&level->base, keep_place, places);
    clp_status status = clp_opencl_upload(level->device, places, (count + 1) * sizeof *places, &level->held);
    free(places);
    if (status == CLP_OK) level->held_count = count;
    return status;
}

static clp_status launch(opencl_level *level, clp_field *u, cl_mem values)
{
    opencl_kernels *kernels;
    CLP_TRY(clp_opencl_level_kernels(level, KIT_HOLD, false, &kernels));
    clp_arguments arguments = {.kernel = kernels->kernel[KERNEL_HOLD], .precision = level->base.precision};
    const size_t items = level->held_count;
    clp_argument_buffer(&arguments, ((opencl_field *)u)->buffer);
    clp_argument_buffer(&arguments, level->held);
    clp_argument_buffer(&arguments, values);
    clp_argument_size(&arguments, level->held_count);
    return clp_opencl_launch(level->device, &arguments, "hold", 1, &items, NULL);
}

clp_status clp_opencl_hold(clp_field *u, const double *values)
{
    opencl_level *level = (opencl_level *)u->level;
    cl_mem buffer = NULL;
    CLP_TRY(bring_places(level));
    size_t count = level->held_count;
    if (count == 0) return CLP_OK;
    double *held = malloc(count * sizeof *held);
    if (!held) return clp_fail_host_memory(count * sizeof *held);
    visit_held(&level->base, gather, &(gathering){values, held});
    clp_status status = clp_opencl_upload_reals(level->device, level->base.precision, held, count, &buffer);
    if (status == CLP_OK) status = launch(level, u, buffer);
    clp_opencl_buffer_destroy(level->device, buffer);
    free(held);
    return status;
}
