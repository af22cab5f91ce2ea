/* SPDX-License-Identifier: MIT */
/* The kernels of a level: which files and macros, and where levels share them. */
#include "backend/opencl/opencl.h"

#include "backend/colors.h"
#include "base/machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Axes on which the colours clash: SEAMS of relax.cl. */
static unsigned seams_of(const clp_operator *op)
{
    return clp_color_at(op, 0).axes;
}

/* Whether the kit's program has the kernel of the level's variant of the sweep. */
static bool is_sweep(const opencl_level *level, opencl_kit kit)
{
    return kit == KIT_SWEEP || (kit == KIT_RELAX && clp_opencl_relaxes_by_sweeps(level));
}

static void level_options(const opencl_level *level, opencl_kit kit, bool variant, char *options, size_t size)
{
    const clp_operator *op = &level->base.op;
    const clp_layout *layout = &level->base.layout;
    bool single = level->base.precision == CLP_PRECISION_SINGLE, planar = layout->nodes[2] == 1;
    const char *real = single ? "float" : "double", *other = variant ? "double" : "float";
    unsigned held = 0, periodic = 0;
    bool converts = kit == KIT_VECTORS || kit == KIT_DOT || kit == KIT_DEFECT ||
                    kit == KIT_SMOOTH; /* between precisions */
    /* knows nothing of the operator; KITS: of no kit */
    bool anywhere = kit == KIT_VECTORS || kit == KIT_SEPARABLE || kit == KIT_CHAIN || kit == KIT_HOLD ||
                    kit == KIT_BOXES || kit == KITS;
    const opencl_level *source = kit == KIT_COARSEN ? level->finer : level; /* whose coefficients are read */
    for (unsigned side = 0; side < CLP_SIDES && !anywhere; side++) held |= (unsigned)op->held[side] << side;
    for (unsigned axis = 0; axis < CLP_AXES && !anywhere; axis++)
        periodic |= (unsigned)op->periodic[axis] << axis;
    const bool sweeps = is_sweep(level, kit), strands = sweeps && level->sweep == &clp_opencl_sweep_rows;
    /* Denormals are below anything that matters here, and slow. */
    snprintf(options, size,
             "-cl-std=CL1.2 %s -DDIM=%d -DREAL=%s -DHELD=%u -DPERIODIC=%u -DSEAMS=%u "
             "-DNETWORK=%d -DHAS_SHUNT=%d -DHAS_SOURCE=%d -DITEMS=%zu -DLANES=%zu -DTILE=%zu -DSWEEPS=%d "
             "-DVECTOR_BYTES=%zu -DSTRANDS=%zu",
             single ? "-cl-denorms-are-zero" : "-DUSE_FP64", planar ? 2 : 3, real, held, periodic,
             anywhere || op->galerkin ? 0 : seams_of(op), source->base.op.network && !anywhere,
             source->network[NETWORK_SHUNT] && !anywhere, kit == KIT_SMOOTH || (!converts && variant),
             level->tuning.items, level->tuning.lanes,
             strands ? clp_opencl_sweep_tile_most(level) : level->tile_most, SWEEPS_MAX,
             level->tuning.vector_bytes, level->tuning.vector_bytes / layout->element_bytes);
    size_t length = strlen(options);
    if (level->tuning.interleave > 1)
        length +=
            (size_t)snprintf(options + length, size - length, " -DINTERLEAVE=%zu", level->tuning.interleave);
    if (op->galerkin && !anywhere) snprintf(options + length, size - length, " -DAXES=%u", level->axes);
    if (sweeps && kit == KIT_RELAX)
        length += (size_t)snprintf(options + length, size - length, " -DCOLORED=1");
    if (strands) length += (size_t)snprintf(options + length, size - length, " -DHALO=%d", SWEEPS_MAX);
    if ((sweeps || kit == KIT_SMOOTH) && level->sweep == &clp_opencl_sweep_planes)
        length += (size_t)snprintf(options + length, size - length, " -DPLANE=%zu%s", level->plane_most,
                                   kit == KIT_SMOOTH ? " -DSMOOTH=1" : "");
    if (sweeps && level->sweep->streams)
        snprintf(options + length, size - length, " -DSTAGES=%zu -DGROUP_X=%zu -DGROUP_Y=%zu",
                 level->tuning.sweeps, level->tuning.group[0], level->tuning.group[1]);
    if (!converts) return;
    bool wide = variant || (kit == KIT_DOT && level->device->base.info.fp64); /* sums that may cancel */
    snprintf(options + length, size - length, " -DOTHER=%s -DWIDE=%s%s", other, variant ? other : real,
             wide && single ? " -DUSE_FP64" : "");
}

static void release_kernels(opencl_kernels *kernels)
{
    for (int i = 0; i < KERNELS_MAX; i++)
        if (kernels->kernel[i]) clReleaseKernel(kernels->kernel[i]);
    if (kernels->program) clReleaseProgram(kernels->program);
    *kernels = (opencl_kernels){0};
}

static clp_status build_kernels(opencl_level *level, opencl_kit kit, const char *options,
                                opencl_kernels *kernels)
{
    enum { FILES_MAX = 8 };
    bool rows = level->tuning.rows > 0, planar = rows && level->base.layout.nodes[2] == 1,
         sweeps = is_sweep(level, kit), planes = level->sweep == &clp_opencl_sweep_planes;
    const char *const names[KITS][KERNELS_MAX + 1] = {
        [KIT_SWEEP] = {"residual_norms", "residual", level->sweep->kernel},
        [KIT_DEFECT] = {"residual_norms"},
        [KIT_CHANGE] = {"change_norms"},
        [KIT_RELAX] = {sweeps ? level->sweep->kernel : "relax"},
        [KIT_VECTORS] = {"combine", "norms_finish"},
        [KIT_SEPARABLE] = {"separable"},
        [KIT_DOT] = {"dot_product", level->base.op.network ? "energy" : NULL},
        [KIT_TRANSFER] = {"restrict_field", "prolong_add"},
        [KIT_SMOOTH] = {planes ? "smooth_planes" : "smooth_rows", planes ? "restrict_planes" : NULL},
        [KIT_GALERKIN] = {"galerkin_sweep", "galerkin_residual", "galerkin_restrict", "galerkin_prolong",
                          "dense", planar ? "galerkin_sweeps" : NULL},
        [KIT_COARSEN] = {"interpolation", "coarsen"},
        [KIT_CHAIN] = {"chain"},
        [KIT_HOLD] = {"hold"},
        [KIT_BOXES] = {"pack_boxes", "unpack_boxes"}};
    const char *const norms = rows ? "norms_rows.cl" : "norms.cl";
    const char *const own[KITS][FILES_MAX] = {
        [KIT_SWEEP] = {"reduce.cl", "rows.cl", norms, rows ? "residual_rows.cl" : "residual.cl"},
        [KIT_DEFECT] = {"reduce.cl", "rows.cl", norms},
        [KIT_CHANGE] = {"reduce.cl", "change.cl"},
        [KIT_RELAX] = {sweeps ? "rows.cl" : "relax.cl"},
        [KIT_VECTORS] = {"reduce.cl", "norms_finish.cl", rows ? "combine_rows.cl" : "combine.cl"},
        [KIT_SEPARABLE] = {"separable.cl"},
        [KIT_DOT] = {"reduce.cl", "sum.cl", "rows.cl", rows ? "dot_rows.cl" : "dot.cl",
                     !level->base.op.network ? NULL
                     : rows                  ? "energy_rows.cl"
                                             : "energy.cl"},
        [KIT_TRANSFER] = {"tables.cl", rows ? "between_rows.cl" : "transfer.cl",
                          rows ? "transfer_rows.cl" : NULL},
        [KIT_SMOOTH] = {"row_copies.cl", "tables.cl", "between_rows.cl", planes ? "rows.cl" : "tile.cl",
                        planes ? "sweep_planes.cl" : "smooth_rows.cl", planes ? "restrict_planes.cl" : NULL},
        [KIT_GALERKIN] = {"box.cl", "dense.cl", rows ? "galerkin_rows.cl" : "galerkin.cl",
                          planar ? "galerkin_pipeline.cl" : NULL},
        [KIT_COARSEN] = {"box.cl", "coarsen.cl", rows ? "coarsen_rows.cl" : "coarsen_nodes.cl"},
        [KIT_CHAIN] = {"strands.cl", "chain.cl"},
        [KIT_HOLD] = {"hold.cl"},
        [KIT_BOXES] = {"boxes.cl"}};
    const char *files[FILES_MAX + SWEEP_FILES + 1] = {0};
    size_t count = 0;
    while (own[kit][count]) {
        files[count] = own[kit][count];
        count++;
    }
    for (int i = 0; sweeps && i < SWEEP_FILES && level->sweep->files[i]; i++)
        files[count++] = level->sweep->files[i];
    double start = clp_seconds();
    CLP_TRY(clp_opencl_program(level->device, files, NULL, options, &kernels->program));
    for (int i = 0; names[kit][i]; i++) {
        cl_int code;
        kernels->kernel[i] = clCreateKernel(kernels->program, names[kit][i], &code);
        if (code == CL_SUCCESS) continue;
        kernels->kernel[i] = NULL;
        char call[128];
        snprintf(call, sizeof call, "clCreateKernel(\"%s\")", names[kit][i]);
        return clp_opencl_check(&level->device->base.info, call, code);
    }
    level->device->base.compile_seconds += clp_seconds() - start;
    return CLP_OK;
}

/* A new entry of the device's list, not in it yet. */
static clp_status build_entry(opencl_level *level, opencl_kit kit, const char *key, const char *options,
                              opencl_built **entry)
{
    opencl_built *made = calloc(1, sizeof *made);
    if (made) made->key = strdup(key);
    if (!made || !made->key) {
        free(made);
        return clp_fail_host_memory(sizeof *made + strlen(key));
    }
    clp_status status = build_kernels(level, kit, options, &made->kernels);
    if (status == CLP_OK) {
        *entry = made;
        return CLP_OK;
    }
    release_kernels(&made->kernels);
    free(made->key);
    free(made);
    return status;
}

clp_status clp_opencl_level_kernels(opencl_level *level, opencl_kit kit, bool variant,
                                    opencl_kernels **kernels)
{
    opencl_device *device = level->device;
    *kernels = level->kits[kit][variant];
    if (*kernels) return CLP_OK;
    char options[512], key[600];
    level_options(level, kit, variant, options, sizeof options);
    snprintf(key, sizeof key, "%d %s %s", (int)kit, is_sweep(level, kit) ? level->sweep->name : "", options);
    opencl_built *entry = device->built;
    while (entry && strcmp(entry->key, key)) entry = entry->next;
    if (!entry) {
        CLP_TRY(build_entry(level, kit, key, options, &entry));
        entry->next = device->built;
        device->built = entry;
    }
    *kernels = level->kits[kit][variant] = &entry->kernels;
    return CLP_OK;
}

clp_status clp_opencl_level_any_kernels(opencl_level *level, bool sourced, opencl_kernels **kernels)
{
    if (level->kits[KIT_SWEEP][!sourced]) sourced = !sourced;
    return clp_opencl_level_kernels(level, KIT_SWEEP, sourced, kernels);
}

clp_status clp_opencl_level_program(opencl_level *level, const char *const *files, const char *formula,
                                    cl_program *program)
{
    char options[512];
    double start = clp_seconds();
    level_options(level, KITS, false, options, sizeof options - 16);
    strcat(options, " -DFORMULA");
    CLP_TRY(clp_opencl_program(level->device, files, formula, options, program));
    level->device->base.compile_seconds += clp_seconds() - start;
    return CLP_OK;
}

void clp_opencl_built_destroy(opencl_device *device)
{
    while (device->built) {
        opencl_built *entry = device->built;
        device->built = entry->next;
        release_kernels(&entry->kernels);
        free(entry->key);
        free(entry);
    }
}
