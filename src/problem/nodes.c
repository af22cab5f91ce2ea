/* SPDX-License-Identifier: MIT */
#include "problem/nodes.h"

#include "base/status.h"
#include "grid/extent.h"

#include <stdlib.h>

/* The axes along a side: the fast one and the slow one. */
static void axes_of(int side, int *fast, int *slow)
{
    *fast = side / 2 == 0 ? 1 : 0;
    *slow = side / 2 == 2 ? 1 : 2;
}

size_t clp_side_rows(const clp_problem *problem, int side)
{
    int fast, slow;
    axes_of(side, &fast, &slow);
    return problem->grid.nodes[slow];
}

clp_side_row clp_side_row_of(const clp_problem *problem, int side, size_t row)
{
    const clp_grid *grid = &problem->grid;
    const size_t steps[CLP_AXES] = {1, grid->nodes[0], grid->nodes[0] * grid->nodes[1]};
    int axis = side / 2, fast, slow;
    axes_of(side, &fast, &slow);
    size_t at = side % 2 ? grid->nodes[axis] - 1 : 0;
    clp_side_row made = {.first = at * steps[axis] + row * steps[slow], .step = steps[fast]};
    made.line = (clp_line){.at = {.axis = fast,
                                  .step = clp_grid_spacing(grid, fast),
                                  .first = clp_grid_index(grid, fast, 0),
                                  .wrap = grid->part.period[fast],
                                  .count = grid->nodes[fast]},
                           .offset = row * grid->nodes[fast],
                           .stride = 1};
    made.line.at.point[axis] = clp_coordinate(grid, axis, at);
    made.line.at.point[fast] = grid->origin[fast];
    if (slow < clp_grid_dimensions(grid)) made.line.at.point[slow] = clp_coordinate(grid, slow, row);
    return made;
}

clp_status clp_nodes_allocate(const clp_problem *problem, double **values)
{
    size_t bytes = clp_grid_node_count(&problem->grid) * sizeof **values;
    *values = calloc(1, bytes);
    return *values ? CLP_OK : clp_fail_host_memory(bytes);
}

void clp_seams_join(const clp_grid *grid, const bool *periodic, double *values)
{
    const size_t *nodes = grid->nodes, steps[CLP_AXES] = {1, nodes[0], nodes[0] * nodes[1]};
    for (int axis = 0; axis < CLP_AXES; axis++) {
        if (!periodic[axis]) continue;
        for (size_t p = 0; p < clp_grid_node_count(grid); p++)
            if (p / steps[axis] % nodes[axis] == nodes[axis] - 1)
                values[p] = values[p - (nodes[axis] - 1) * steps[axis]];
    }
}
