/* SPDX-License-Identifier: MIT */
/* What runs best on which class of devices. The first row that fits counts. */
#include "backend/opencl/opencl.h"

#include "base/checked.h"

#include <string.h>

typedef struct tuning_row {
    const char *platform; /* part of the platform's name; NULL: any */
    int type;             /* clp_device_type; -1: any */
    opencl_tuning tuning;
} tuning_row;

enum { VECTOR_FEWEST = 16, VECTOR_MOST = 64 }; /* bytes that kernels are written for */

static const tuning_row rows[] = {
    /* llvmpipe runs a work-group as vectors across its items, so it wants them as a GPU does. */
    {"rusticl", -1, {.sweep = "stream", .items = 64, .lanes = 1, .groups = 8}},
    /* A work-item is a thread: rows vectorise within it, tiles stay in its second-level cache. */
    {NULL,
     CLP_DEVICE_CPU,
     {.sweep = "rows",
      .sweeps = SWEEPS_MAX,
      .tile_bytes = 16640,
      .plane_bytes = 80 << 10,
      .cache_bytes = 448 << 10,
      .rows = ROWS_PER_ITEM,
      .interleave = 4,
      .items = 1,
      .lanes = 16,
      .groups = 4}},
    {NULL, -1, {.sweep = "stream", .items = 128, .lanes = 1, .groups = 16}},
};

void clp_opencl_tune_stream(opencl_tuning *tuning, const clp_device_info *info, const clp_layout *layout)
{
    static const size_t groups[][2] = {{128, 1}, {32, 8}};
    const size_t narrow = 16; /* items along x, at least */
    bool deep = layout->nodes[2] > 1;
    size_t *group = tuning->group;
    if (tuning->sweeps == 0) tuning->sweeps = deep ? 2 : 4;
    if (tuning->layers == 0) tuning->layers = 128;
    if (group[0] == 0) memcpy(group, groups[deep], sizeof tuning->group);
    while (info->max_group_items && group[0] * group[1] > info->max_group_items &&
           (group[0] > narrow || group[1] > 1))
        group[group[0] > narrow ? 0 : 1] /= 2;
    tuning->sweeps = clp_min(tuning->sweeps, STREAM_MAX);
    for (;; tuning->sweeps--) {
        size_t room =
            2 * tuning->sweeps * (group[0] + 2) * (group[1] + (deep ? 2 : 0)) * layout->element_bytes;
        bool fits = info->local_memory_bytes == 0 || room <= info->local_memory_bytes;
        if (tuning->sweeps == 1 || (fits && 2 * tuning->sweeps < group[deep])) break;
    }
}

/* Groups of norms are of one item where a work-item is a vectorised loop, so `items` is not to be chosen
 * there. */
const clp_parameter clp_opencl_parameters[] = {
    {"sweeps", {1, 2, 4, 8, 16, 32}, "rows", true, true},
    {"cache-kib", {64, 128, 256, 448, 768}, "rows", true, false},
    {"plane-kib", {48, 80, 128}, "rows", false, true}, /* nine of them lie on a thread's stack */
    {"interleave", {1, 2, 4}, "rows", true, true},
    {"vector-bytes", {16, 32, 64}, "rows", true, false},
    {"stages", {1, 2, 4, 6, 8}, "stream", true, true},
    {"group", {64, 128, 256}, "stream", true, false},
    {"layers", {32, 64, 128, 256}, "stream", true, true},
    {"groups", {4, 8, 16, 32}, NULL, true, true},
    {0},
};
_Static_assert(sizeof clp_opencl_parameters / sizeof *clp_opencl_parameters == CLP_PARAMETERS + 1,
               "their number");

/* Puts what was chosen, in the order of the list, over what the table has. */
static void choose(opencl_tuning *tuning, clp_tuning_kind kind, const clp_tuning *chosen)
{
    size_t sweeps, cache, plane, stages, *targets[CLP_PARAMETERS] = {&sweeps,
                                                                     &cache,
                                                                     &plane,
                                                                     &tuning->interleave,
                                                                     &tuning->vector_bytes,
                                                                     &stages,
                                                                     &tuning->group[0],
                                                                     &tuning->layers,
                                                                     &tuning->groups};
    sweeps = stages = tuning->sweeps;
    cache = tuning->cache_bytes >> 10;
    plane = tuning->plane_bytes >> 10;
    if (chosen->variant && strcmp(chosen->variant, tuning->sweep)) {
        tuning->sweep = chosen->variant;
        sweeps = stages = 0;
    }
    for (size_t i = 0; i < CLP_PARAMETERS; i++)
        if (chosen->values[i] && (kind.deep ? clp_opencl_parameters[i].deep : clp_opencl_parameters[i].flat))
            *targets[i] = chosen->values[i];
    tuning->sweeps = strcmp(tuning->sweep, "stream") == 0 ? stages : sweeps;
    tuning->cache_bytes = cache << 10;
    tuning->plane_bytes = plane << 10;
    if (tuning->group[0]) tuning->group[1] = 1; /* chosen in two dimensions only */
}

void clp_opencl_tune(clp_device *device, clp_tuning_kind kind, const clp_tuning *tuning)
{
    ((opencl_device *)device)->tuned[clp_tuning_kind_index(kind)] = *tuning;
}

clp_tuning clp_opencl_tuned(const clp_device *device, clp_tuning_kind kind)
{
    return ((const opencl_device *)device)->tuned[clp_tuning_kind_index(kind)];
}

bool clp_opencl_is_worth_trying(const clp_device *device, const char *variant)
{
    if (strcmp(variant, clp_opencl_sweep_linear.name) == 0) return false; /* it is kept to compare with */
    bool loops = strcmp(variant, clp_opencl_sweep_rows.name) == 0;
    return !loops || device->info.type == CLP_DEVICE_CPU; /* else a work-item is no thread of its own */
}

static opencl_tuning tuning_with(const clp_device_info *info, clp_tuning_kind kind, const clp_tuning *chosen)
{
    const tuning_row *row = rows;
    while ((row->platform && !strstr(info->platform, row->platform)) ||
           (row->type >= 0 && row->type != (int)info->type))
        row++; /* the last row fits any device */
    opencl_tuning tuning = row->tuning;
    while (tuning.items > 1 && info->max_group_items && tuning.items > info->max_group_items)
        tuning.items /= 2;
    tuning.vector_bytes = VECTOR_FEWEST;
    while (tuning.vector_bytes < VECTOR_MOST && 2 * tuning.vector_bytes <= info->vector_bytes)
        tuning.vector_bytes *= 2;
    choose(&tuning, kind, chosen);
    return tuning;
}

opencl_tuning clp_opencl_tuning(const opencl_device *device, clp_tuning_kind kind)
{
    return tuning_with(&device->base.info, kind, &device->tuned[clp_tuning_kind_index(kind)]);
}

/* What a large grid of the kind is run by: parameters that its variant has not are as by default. */
static opencl_tuning run_by(const clp_device_info *info, clp_tuning_kind kind, const clp_tuning *chosen)
{
    const size_t large = 4096;
    const clp_layout layout = {.nodes = {large, large, kind.deep ? large : 1},
                               .element_bytes = kind.doubled ? sizeof(double) : sizeof(float)};
    opencl_tuning tuning = tuning_with(info, kind, chosen), none = tuning_with(info, kind, &(clp_tuning){0});
    size_t most = kind.deep ? PLANES_MAX : SWEEPS_MAX;
    bool streams = strcmp(tuning.sweep, clp_opencl_sweep_stream.name) == 0,
         pipelines = strcmp(tuning.sweep, clp_opencl_sweep_rows.name) == 0;
    if (streams) clp_opencl_tune_stream(&tuning, info, &layout);
    if (pipelines) tuning.sweeps = clp_min(tuning.sweeps, most);
    if (!pipelines) tuning.cache_bytes = none.cache_bytes;
    if (!pipelines || !kind.deep) tuning.plane_bytes = none.plane_bytes;
    return tuning;
}

bool clp_opencl_runs_alike(const clp_device *device, clp_tuning_kind kind, const clp_tuning *a,
                           const clp_tuning *b)
{
    opencl_tuning x = run_by(&device->info, kind, a), y = run_by(&device->info, kind, b);
    return strcmp(x.sweep, y.sweep) == 0 && x.sweeps == y.sweeps && x.plane_bytes == y.plane_bytes &&
           x.cache_bytes == y.cache_bytes && x.interleave == y.interleave &&
           x.vector_bytes == y.vector_bytes && x.group[0] == y.group[0] && x.group[1] == y.group[1] &&
           x.layers == y.layers && x.groups == y.groups;
}
