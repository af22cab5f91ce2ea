/* SPDX-License-Identifier: MIT */
/* Whether a grid fits the memory there is, and which one would. */
#include "backend/backend.h"

#include "base/text.h"
#include "grid/extent.h"

#include <math.h>
#include <stdio.h>

/* Bytes needed of each kind, in double: they may be far beyond size_t. */
typedef struct need {
    double largest, total, host;
} need;

double clp_memory_largest(const clp_layout *layout, const clp_memory_use *use)
{
    /* Rows of others are padded much as those of fields are. */
    double elements = (double)layout->bytes / (double)layout->element_bytes;
    return fmax((double)layout->bytes, elements * use->largest_per_node);
}

static need need_of(const clp_layout *layout, const clp_memory_use *use, const clp_memory_limits *limits)
{
    double nodes = (double)layout->nodes[0] * (double)layout->nodes[1] * (double)layout->nodes[2];
    const double fields = (double)use->fields * (double)layout->bytes + nodes * use->bytes_per_node;
    return (need){.largest = clp_memory_largest(layout, use),
                  .total = fields,
                  .host = nodes * (double)use->host_bytes_per_node + (limits->shared ? fields : 0)};
}

static bool within(double bytes, unsigned long long limit)
{
    return limit == 0 || bytes <= (double)limit;
}

static bool fits(const clp_layout *layout, const clp_memory_use *use, const clp_memory_limits *limits)
{
    need needed = need_of(layout, use, limits);
    return within(needed.largest, limits->largest) && within(needed.total, limits->total) &&
           within(needed.host, limits->host);
}

/* The grid shrunk to `factor` of its nodes, alike along all axes; those that are too thin for that are left
 * alone. */
static clp_grid shrink(const clp_layout *layout, double factor)
{
    clp_grid grid = {.nodes = {0}};
    int axes = layout->nodes[2] > 1 ? 3 : 2;
    bool thin[CLP_AXES] = {false};
    for (int left = axes; left > 0;) {
        double side = pow(factor, 1.0 / left);
        int found = 0;
        for (int axis = 0; axis < axes; axis++)
            if (!thin[axis] && (double)layout->nodes[axis] * side < CLP_NODES_MIN) found += thin[axis] = true;
        left = found < left ? left - found : 0;
        if (found) continue;
        for (int axis = 0; axis < axes; axis++)
            grid.nodes[axis] =
                thin[axis] ? layout->nodes[axis] : (size_t)((double)layout->nodes[axis] * side);
        return grid;
    }
    for (int axis = 0; axis < axes; axis++) grid.nodes[axis] = CLP_NODES_MIN;
    return grid;
}

static clp_grid largest_grid(const clp_layout *layout, const clp_memory_use *use,
                             const clp_memory_limits *limits)
{
    double low = 0, high = 1;
    for (int step = 0; step < 60; step++) {
        double middle = 0.5 * (low + high);
        clp_grid grid = shrink(layout, middle);
        clp_layout shrunk;
        if (clp_layout_init(&shrunk, &grid, layout->element_bytes) == CLP_OK && fits(&shrunk, use, limits))
            low = middle;
        else
            high = middle;
    }
    return shrink(layout, low);
}

clp_status clp_backend_check_memory(const clp_layout *layout, const clp_memory_use *use,
                                    const clp_memory_limits *limits)
{
    if (fits(layout, use, limits)) return CLP_OK;
    need needed = need_of(layout, use, limits);
    clp_grid grid = largest_grid(layout, use, limits);
    bool one = !within(needed.largest, limits->largest), all = !within(needed.total, limits->total);
    double bytes = one ? needed.largest : all ? needed.total : needed.host;
    unsigned long long available = one ? limits->largest : all ? limits->total : limits->host;
    char need_text[32], have_text[32], extent[64], fitting[64], sharing[96] = "";
    const double halos = 1.1, parts = fmax(ceil(halos * needed.largest / (double)limits->largest), 2);
    const bool parted = one && !all && within(needed.host, limits->host);
    if (parted)
        snprintf(sharing, sizeof sharing, ", and %.0f processes (--ranks %.0f) have a buffer of a part each",
                 parts, parts);
    return clp_fail(
        CLP_ERROR_MEMORY,
        "%s nodes need %.0f bytes (%s) in %s on %s, which has %llu bytes (%s) %s; the largest grid of "
        "this shape that fits has %s nodes%s",
        clp_extent_text(layout->nodes, extent, sizeof extent), bytes,
        clp_bytes_text((unsigned long long)bytes, need_text, sizeof need_text), one ? "one buffer" : "all",
        one || all ? limits->device_name : "the host", available,
        clp_bytes_text(available, have_text, sizeof have_text),
        one ? "as its largest allocation" : "of memory", clp_extent_text(grid.nodes, fitting, sizeof fitting),
        sharing);
}
