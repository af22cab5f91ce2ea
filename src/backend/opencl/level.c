/* SPDX-License-Identifier: MIT */
#include "backend/opencl/opencl.h"

#include "base/checked.h"
#include "base/machine.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const opencl_sweep *const sweeps[] = {&clp_opencl_sweep_linear, &clp_opencl_sweep_nodes,
                                             &clp_opencl_sweep_stream, &clp_opencl_sweep_rows};
enum { SWEEPS = sizeof sweeps / sizeof *sweeps };

static const char *const sweep_names[SWEEPS + 1] = {"linear", "nodes", "stream", "rows"};

static clp_status find_sweep(const char *name, const opencl_sweep **sweep)
{
    for (size_t i = 0; i < SWEEPS; i++) {
        if (strcmp(name, sweeps[i]->name)) continue;
        *sweep = sweeps[i];
        return CLP_OK;
    }
    return clp_fail(CLP_ERROR_INPUT,
                    "there is no sweep variant '%s' (CLPOISSON_SWEEP); use linear, nodes, stream or rows",
                    name);
}

/*
 * Sweeps that a launch may fuse. Along an axis with an insulated or periodic side the image in the halo must
 * end before the other side; between two held sides nothing from outside gets in.
 */
static size_t sweeps_per_pass(const clp_operator *op, const opencl_sweep *sweep, size_t wanted)
{
    size_t most = clp_max(clp_min(wanted, sweep->fuses), 1);
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++)
        if (!op->held[2 * axis] || !op->held[2 * axis + 1]) most = clp_min(most, op->grid.nodes[axis] - 2);
    return most;
}

static clp_status opencl_fits(clp_device *device, const clp_grid *grid, clp_precision precision,
                              const clp_memory_use *use)
{
    const clp_device_info *info = &device->info;
    const opencl_device *opened = (const opencl_device *)device;
    if (precision == CLP_PRECISION_DOUBLE && !info->fp64)
        return clp_fail(
            CLP_ERROR_UNSUPPORTED,
            "%s (%s) has no double precision (cl_khr_fp64); use precision: single, another --device, or "
            "--backend reference",
            info->name, info->platform);
    clp_layout layout;
    CLP_TRY(clp_layout_init(&layout, grid, clp_precision_bytes(precision)));
    /* A device that is full still tells its memory. */
    unsigned long long free_bytes = info->memory_bytes > opened->allocated
                                        ? info->memory_bytes - opened->allocated
                                        : info->memory_bytes != 0;
    clp_memory_limits limits = {.device_name = info->name,
                                .largest = info->max_allocation_bytes,
                                .total = free_bytes,
                                .host = clp_memory_available(),
                                .shared = info->host_memory};
    return clp_backend_check_memory(&layout, use, &limits);
}

/* Brings an array of the network to the device, times `factor` or, inverted, under it. */
static clp_status upload(opencl_level *level, const double *values, double factor, bool inverted,
                         clp_field **field)
{
    size_t nx = level->base.layout.nodes[0], rows = clp_layout_rows(&level->base.layout);
    size_t slice = clp_min(rows, clp_max((1 << 18) / nx, 1)), bytes = slice * nx * sizeof(double);
    CLP_TRY(clp_opencl_field_create(&level->base, field));
    double *scaled = malloc(bytes);
    if (!scaled) return clp_fail_host_memory(bytes);
    clp_status status = CLP_OK;
    for (size_t row = 0; row < rows && status == CLP_OK; row += slice) {
        size_t now = clp_min(slice, rows - row);
        const double *in = values + row * nx;
#pragma omp parallel for schedule(static)
        for (size_t i = 0; i < now * nx; i++)
            scaled[i] = !inverted ? factor * in[i] : in[i] != 0 ? factor / in[i] : 0;
        status = clp_opencl_field_write(*field, row, now, scaled);
    }
    free(scaled);
    return status;
}

static clp_status upload_network(opencl_level *level)
{
    const clp_operator *op = &level->base.op;
    const clp_network *network = op->network;
    if (!network) return CLP_OK;
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++)
        CLP_TRY(upload(level, network->conductance[axis], 1 / op->diagonal, false, &level->network[axis]));
    if (network->shunt)
        CLP_TRY(upload(level, network->shunt, 1 / op->diagonal, false, &level->network[NETWORK_SHUNT]));
    return upload(level, network->diagonal, op->diagonal, true, &level->network[NETWORK_INVERSE]);
}

static clp_status choose_kernels(opencl_level *level, const char *sweep_variant)
{
    const clp_layout *layout = &level->base.layout;
    const clp_device_info *info = &level->device->base.info;
    const clp_tuning_kind kind = {.deep = layout->nodes[2] > 1,
                                  .doubled = level->base.precision == CLP_PRECISION_DOUBLE,
                                  .network = level->base.op.network != NULL};
    level->tuning = clp_opencl_tuning(level->device, kind);
    CLP_TRY(find_sweep(sweep_variant ? sweep_variant : level->tuning.sweep, &level->sweep));
    if (level->sweep->planar && layout->nodes[2] > 1) level->sweep = &clp_opencl_sweep_planes;
    level->base.sweep = level->sweep->name;
    if (strcmp(level->tuning.sweep, level->base.sweep))
        level->tuning.sweeps = 0; /* it was another variant's */
    if (level->sweep->streams) clp_opencl_tune_stream(&level->tuning, info, layout);
    const size_t *group = level->tuning.group;
    if (level->sweep->streams && info->max_group_items && group[0] * group[1] > info->max_group_items) {
        level->sweep = &clp_opencl_sweep_nodes; /* whose groups the driver chooses */
        level->base.sweep = level->sweep->name;
    }
    level->base.sweeps_per_pass = sweeps_per_pass(&level->base.op, level->sweep, level->tuning.sweeps);
    size_t fields = level->base.op.network ? 2 : 1; /* rows of a network's are many on a thread's stack */
    level->tile_most = clp_opencl_tile_most(level->tuning.tile_bytes / fields, layout);
    level->plane_most = clp_max(level->tuning.plane_bytes, 8192) / layout->element_bytes;
    if (level->sweep == &clp_opencl_sweep_planes)
        level->base.sweeps_per_pass = clp_min(level->base.sweeps_per_pass, clp_opencl_planes_per_pass(level));
    level->groups = clp_min(level->tuning.groups * clp_max(info->compute_units, 1), clp_layout_rows(layout));
    return CLP_OK;
}

clp_status clp_opencl_level_create(clp_device *device, const clp_operator *op, clp_precision precision,
                                   const char *sweep_variant, clp_level **level)
{
    clp_status status;
    *level = NULL;
    opencl_device *opened = (opencl_device *)device;
    clp_layout layout;
    CLP_TRY(clp_layout_init(&layout, &op->grid, clp_precision_bytes(precision)));
    opencl_level *created = calloc(1, sizeof *created);
    if (!created) return clp_fail_host_memory(sizeof *created);
    created->device = opened;
    created->base = (clp_level){.device = device, .op = *op, .layout = layout, .precision = precision};
    status = choose_kernels(created, sweep_variant);
    if (status != CLP_OK) goto cleanup;
    status = clp_opencl_buffer_create(opened, 3 * created->groups * layout.element_bytes, &created->partial);
    if (status != CLP_OK) goto cleanup;
    status = clp_opencl_buffer_create(opened, 3 * layout.element_bytes, &created->result);
    if (status != CLP_OK) goto cleanup;
    status = upload_network(created);
    if (status != CLP_OK) goto cleanup;
    *level = &created->base;
    return CLP_OK;
cleanup:
    clp_opencl_level_destroy(&created->base);
    return status;
}

void clp_opencl_level_destroy(clp_level *level)
{
    if (!level) return;
    opencl_level *destroyed = (opencl_level *)level;
    for (int i = 0; i < NETWORK_ARRAYS; i++) clp_opencl_field_destroy(destroyed->network[i]);
    clp_opencl_buffer_destroy(destroyed->device, destroyed->partial);
    clp_opencl_buffer_destroy(destroyed->device, destroyed->result);
    clp_opencl_buffer_destroy(destroyed->device, destroyed->couplings);
    clp_opencl_buffer_destroy(destroyed->device, destroyed->direct);
    clp_opencl_buffer_destroy(destroyed->device, destroyed->held);
    clp_opencl_staging_destroy(destroyed);
    free(destroyed);
}

static clp_status opencl_finish(clp_device *device)
{
    CLP_CL_TRY((opencl_device *)device, clFinish(((opencl_device *)device)->queue));
    return CLP_OK;
}

static clp_status opencl_mark(clp_device *device)
{
    opencl_device *opened = (opencl_device *)device;
    if (opened->mark) clReleaseEvent(opened->mark);
    opened->mark = NULL;
    CLP_CL_TRY(opened, clEnqueueMarkerWithWaitList(opened->queue, 0, NULL, &opened->mark));
    CLP_CL_TRY(opened, clFlush(opened->queue));
    return CLP_OK;
}

static clp_status opencl_has_reached(clp_device *device, bool *reached)
{
    opencl_device *opened = (opencl_device *)device;
    cl_int status = CL_QUEUED;
    CLP_CL_TRY(opened,
               clGetEventInfo(opened->mark, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof status, &status, NULL));
    *reached = status <= CL_COMPLETE; /* below that it failed, which the next call tells */
    return CLP_OK;
}

const clp_backend clp_opencl_backend = {
    .name = "opencl",
    .summary = "GPUs, accelerators and CPUs through OpenCL",
    .open = clp_opencl_open,
    .close = clp_opencl_close,
    .sweep_variants = sweep_names,
    .fits = opencl_fits,
    .level_create = clp_opencl_level_create,
    .level_destroy = clp_opencl_level_destroy,
    .field_create = clp_opencl_field_create,
    .field_destroy = clp_opencl_field_destroy,
    .field_write = clp_opencl_field_write,
    .field_read = clp_opencl_field_read,
    .level_like = clp_opencl_level_like,
    .coefficient_arrays = clp_opencl_coefficient_arrays,
    .coefficients_read = clp_opencl_coefficients_read,
    .coefficients_write = clp_opencl_coefficients_write,
    .boxes_read = clp_opencl_boxes_read,
    .boxes_write = clp_opencl_boxes_write,
    .box_copy = clp_opencl_box_copy,
    .staging = clp_opencl_staging,
    .field_fill = clp_opencl_field_fill,
    .hold = clp_opencl_hold,
    .sweep = clp_opencl_sweep,
    .sweep_adding = clp_opencl_sweep_adding,
    .relax = clp_opencl_relax,
    .residual = clp_opencl_residual,
    .combine = clp_opencl_combine,
    .chain = clp_opencl_chain,
    .dot = clp_opencl_dot,
    .transfer_create = clp_opencl_transfer_create,
    .transfer_destroy = clp_opencl_transfer_destroy,
    .restrict_field = clp_opencl_restrict,
    .prolong_add = clp_opencl_prolong_add,
    .smooth_restrict = clp_opencl_smooth_restrict,
    .prolong_smooth = clp_opencl_prolong_smooth,
    .needs_scratch = clp_opencl_needs_scratch,
    .coarsen = clp_opencl_coarsen,
    .factor = clp_opencl_factor,
    .solve_direct = clp_opencl_solve_direct,
    .clear = clp_opencl_field_clear,
    .evaluate = clp_opencl_evaluate,
    .residual_norms = clp_opencl_residual_norms,
    .defect = clp_opencl_defect,
    .energy = clp_opencl_energy,
    .change_norms = clp_opencl_change_norms,
    .parameters = clp_opencl_parameters,
    .is_worth_trying = clp_opencl_is_worth_trying,
    .runs_alike = clp_opencl_runs_alike,
    .tune = clp_opencl_tune,
    .tuned = clp_opencl_tuned,
    .tuning_keep = clp_opencl_tuning_keep,
    .finish = opencl_finish,
    .mark = opencl_mark,
    .has_reached = opencl_has_reached,
};
