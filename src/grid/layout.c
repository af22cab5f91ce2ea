/* SPDX-License-Identifier: MIT */
#include "grid/layout.h"

#include "base/checked.h"
#include "base/status.h"
#include "grid/extent.h"

static void take_own(clp_layout *layout, const clp_grid *grid)
{
    for (int axis = 0; axis < CLP_AXES; axis++) {
        layout->begin[axis] = clp_grid_begin(grid, axis);
        layout->end[axis] = clp_grid_end(grid, axis);
    }
}

clp_status clp_layout_init(clp_layout *layout, const clp_grid *grid, size_t element_bytes)
{
    size_t lane = CLP_ALIGNMENT / element_bytes, row, rows, planes, elements;
    char extent[64];
    *layout = (clp_layout){.nodes = {grid->nodes[0], grid->nodes[1], clp_planes(grid)},
                           .ghost = 1,
                           .element_bytes = element_bytes};
    take_own(layout, grid);
    size_t around = layout->nodes[2] > 1 ? layout->ghost : 0;
    /* One lane before the nodes keeps them aligned; one behind is what a vector load may run over. */
    if (!clp_add(grid->nodes[0], 3 * lane, &row) || !clp_add(grid->nodes[1], 2 * layout->ghost, &rows) ||
        !clp_add(layout->nodes[2], 2 * around, &planes))
        goto overflow;
    layout->pitch = row / lane * lane;
    if (!clp_multiply(layout->pitch, rows, &layout->plane) ||
        !clp_multiply(layout->plane, planes, &elements) ||
        !clp_multiply(elements, element_bytes, &layout->bytes))
        goto overflow;
    layout->origin = around * layout->plane + layout->ghost * layout->pitch + lane;
    return CLP_OK;
overflow:
    return clp_fail(CLP_ERROR_MEMORY, "a field of %s nodes does not fit the address space; use fewer nodes",
                    clp_extent_text(grid->nodes, extent, sizeof extent));
}

void clp_layout_init_plain(clp_layout *layout, const clp_grid *grid, size_t element_bytes)
{
    *layout = (clp_layout){.nodes = {grid->nodes[0], grid->nodes[1], clp_planes(grid)},
                           .pitch = grid->nodes[0],
                           .plane = grid->nodes[0] * grid->nodes[1],
                           .bytes = clp_grid_node_count(grid) * element_bytes,
                           .element_bytes = element_bytes};
    take_own(layout, grid);
}
