/* SPDX-License-Identifier: MIT */
#include "backend/opencl/opencl.h"

#include "base/checked.h"
#include "base/machine.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const opencl_sweep *const sweeps[] = {&clp_opencl_sweep_linear, &clp_opencl_sweep_nodes,
                                             &clp_opencl_sweep_rows};
enum { SWEEPS = sizeof sweeps / sizeof *sweeps };

static const char *const sweep_names[SWEEPS + 1] = {"linear", "nodes", "rows"};

static clp_status find_sweep(const char *name, const opencl_sweep **sweep)
{
    for (size_t i = 0; i < SWEEPS; i++) {
        if (strcmp(name, sweeps[i]->name)) continue;
        *sweep = sweeps[i];
        return CLP_OK;
    }
    return clp_fail(CLP_ERROR_INPUT,
                    "there is no sweep variant '%s' (CLPOISSON_SWEEP); use linear, nodes or rows", name);
}

static void level_options(const opencl_level *level, bool sourced, char *options, size_t size)
{
    bool single = level->base.precision == CLP_PRECISION_SINGLE;
    const char *real = single ? "float" : "double";
    unsigned held = 0;
    for (unsigned side = 0; side < CLP_SIDES; side++) held |= (unsigned)level->base.op.held[side] << side;
    /* Denormals are below anything that matters here, and slow. */
    snprintf(options, size,
             "-cl-std=CL1.2 %s -DREAL=%s -DWIDTH=%zu -DHELD=%u -DHAS_SOURCE=%d -DITEMS=%zu "
             "-DLANES=%zu "
             "-DTILE=%zu -DSWEEPS=%d",
             single ? "-cl-denorms-are-zero" : "-DUSE_FP64", real, level->base.layout.pitch, held, sourced,
             level->tuning.items, level->tuning.lanes, level->tile, SWEEPS_MAX);
}

static clp_status build_kernels(opencl_level *level, bool sourced, opencl_kernels *kernels)
{
    const char *const names[KERNELS] = {"residual_norms", "change_norms", "norms_finish",
                                        level->sweep->kernel};
    const char *const files[] = {"norms.cl", level->sweep->file, NULL};
    char options[512];
    double start = clp_seconds();
    level_options(level, sourced, options, sizeof options);
    CLP_TRY(clp_opencl_program(level->device, files, options, &kernels->program));
    for (int i = 0; i < KERNELS; i++) {
        cl_int code;
        kernels->kernel[i] = clCreateKernel(kernels->program, names[i], &code);
        if (code == CL_SUCCESS) continue;
        char call[128];
        snprintf(call, sizeof call, "clCreateKernel(\"%s\")", names[i]);
        return clp_opencl_check(&level->device->base.info, call, code);
    }
    level->base.compile_seconds += clp_seconds() - start;
    return CLP_OK;
}

static void release_kernels(opencl_kernels *kernels)
{
    for (int i = 0; i < KERNELS; i++)
        if (kernels->kernel[i]) clReleaseKernel(kernels->kernel[i]);
    if (kernels->program) clReleaseProgram(kernels->program);
    *kernels = (opencl_kernels){0};
}

clp_status clp_opencl_level_kernels(opencl_level *level, bool sourced, opencl_kernels **kernels)
{
    *kernels = sourced ? &level->sourced : &level->plain;
    if ((*kernels)->program) return CLP_OK;
    clp_status status = build_kernels(level, sourced, *kernels);
    if (status != CLP_OK) release_kernels(*kernels);
    return status;
}

/* Columns per tile: the row's nodes in equal tiles of whole vectors, at most tile_bytes wide. */
static size_t tile_columns(size_t nodes, size_t element_bytes, size_t tile_bytes)
{
    size_t most = clp_max(tile_bytes / element_bytes, 32);
    size_t tiles = (nodes + most - 1) / most;
    return clp_round_up((nodes + tiles - 1) / tiles, 16);
}

/*
 * Sweeps that a launch may fuse. Along an axis with an insulated side the mirror image in the halo must end
 * before the other side; between two held sides nothing from outside gets in.
 */
static size_t sweeps_per_pass(const clp_operator *op, const opencl_tuning *tuning)
{
    size_t most = clp_max(clp_min(tuning->sweeps, SWEEPS_MAX), 1);
    for (int axis = 0; axis < CLP_AXES; axis++)
        if (!op->held[2 * axis] || !op->held[2 * axis + 1]) most = clp_min(most, op->grid.nodes[axis] - 2);
    return most;
}

clp_status clp_opencl_level_create(clp_device *device, const clp_operator *op, clp_precision precision,
                                   const char *sweep_variant, const clp_memory_use *use, clp_level **level)
{
    clp_status status;
    *level = NULL;
    const clp_device_info *info = &device->info;
    opencl_device *opened = (opencl_device *)device;
    if (precision == CLP_PRECISION_DOUBLE && !info->fp64)
        return clp_fail(
            CLP_ERROR_UNSUPPORTED,
            "%s (%s) has no double precision (cl_khr_fp64); use precision: single, another --device, or "
            "--backend reference",
            info->name, info->platform);
    clp_layout layout;
    CLP_TRY(clp_layout_init(&layout, &op->grid, clp_precision_bytes(precision)));
    /* A device that is full still tells its memory. */
    unsigned long long free_bytes = info->memory_bytes > opened->allocated
                                        ? info->memory_bytes - opened->allocated
                                        : info->memory_bytes != 0;
    clp_memory_limits limits = {.device_name = info->name,
                                .largest = info->max_allocation_bytes,
                                .total = free_bytes,
                                .host = clp_memory_available(),
                                .shared = info->host_memory};
    CLP_TRY(clp_backend_check_memory(&layout, use, &limits));

    opencl_level *created = calloc(1, sizeof *created);
    if (!created) return clp_fail_host_memory(sizeof *created);
    created->device = opened;
    created->tuning = clp_opencl_tuning(info);
    created->base = (clp_level){.device = device, .op = *op, .layout = layout, .precision = precision};
    status = find_sweep(sweep_variant ? sweep_variant : created->tuning.sweep, &created->sweep);
    if (status != CLP_OK) goto cleanup;
    created->base.sweeps_per_pass = created->sweep->fuses ? sweeps_per_pass(op, &created->tuning) : 1;
    created->tile =
        tile_columns(layout.nodes[0], layout.element_bytes, clp_max(created->tuning.tile_bytes, 1024));
    created->groups = clp_min(created->tuning.groups * clp_max(info->compute_units, 1), layout.nodes[1]);
    status = clp_opencl_buffer_create(opened, 3 * created->groups * layout.element_bytes, &created->partial);
    if (status != CLP_OK) goto cleanup;
    status = clp_opencl_buffer_create(opened, 3 * layout.element_bytes, &created->result);
    if (status != CLP_OK) goto cleanup;
    opencl_kernels *kernels;
    status = clp_opencl_level_kernels(created, false, &kernels);
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
    release_kernels(&destroyed->plain);
    release_kernels(&destroyed->sourced);
    clp_opencl_buffer_destroy(destroyed->device, destroyed->partial);
    clp_opencl_buffer_destroy(destroyed->device, destroyed->result);
    free(destroyed);
}

static clp_status opencl_finish(clp_device *device)
{
    CLP_CL_TRY((opencl_device *)device, clFinish(((opencl_device *)device)->queue));
    return CLP_OK;
}

const clp_backend clp_opencl_backend = {
    .name = "opencl",
    .summary = "GPUs, accelerators and CPUs through OpenCL",
    .open = clp_opencl_open,
    .close = clp_opencl_close,
    .sweep_variants = sweep_names,
    .level_create = clp_opencl_level_create,
    .level_destroy = clp_opencl_level_destroy,
    .field_create = clp_opencl_field_create,
    .field_destroy = clp_opencl_field_destroy,
    .field_write = clp_opencl_field_write,
    .field_read = clp_opencl_field_read,
    .sweep = clp_opencl_sweep,
    .residual_norms = clp_opencl_residual_norms,
    .change_norms = clp_opencl_change_norms,
    .finish = opencl_finish,
};
