/* SPDX-License-Identifier: MIT */
/* What runs best on which class of devices. The first row that fits counts. */
#include "backend/opencl/opencl.h"

#include <string.h>

typedef struct tuning_row {
    const char *platform; /* part of the platform's name; NULL: any */
    int type;             /* clp_device_type; -1: any */
    opencl_tuning tuning;
} tuning_row;

static const tuning_row rows[] = {
    /* llvmpipe runs a work-group as vectors across its items, so it wants them as a GPU does. */
    {"rusticl", -1, {.sweep = "nodes", .sweeps = 1, .items = 64, .lanes = 1, .groups = 8}},
    /* A work-item is a thread: rows vectorise within it, tiles stay in its second-level cache. */
    {NULL,
     CLP_DEVICE_CPU,
     {.sweep = "rows",
      .sweeps = 16,
      .tile_bytes = 16640,
      .cache_bytes = 448 << 10,
      .rows = ROWS_PER_ITEM,
      .items = 1,
      .lanes = 16,
      .groups = 4}},
    {NULL, -1, {.sweep = "nodes", .sweeps = 1, .items = 128, .lanes = 1, .groups = 16}},
};

opencl_tuning clp_opencl_tuning(const clp_device_info *info)
{
    const tuning_row *row = rows;
    while ((row->platform && !strstr(info->platform, row->platform)) ||
           (row->type >= 0 && row->type != (int)info->type))
        row++; /* the last row fits any device */
    opencl_tuning tuning = row->tuning;
    while (tuning.items > 1 && info->max_group_items && tuning.items > info->max_group_items)
        tuning.items /= 2;
    return tuning;
}
