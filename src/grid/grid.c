/* SPDX-License-Identifier: MIT */
#include <clpoisson/grid.h>

#include "base/checked.h"
#include "base/status.h"

#include <math.h>
#include <stdint.h>

static const char *const side_names[CLP_SIDES] = {"left", "right", "bottom", "top"};
static const char *const axis_names[CLP_AXES] = {"x", "y"};

const char *clp_side_name(clp_side side)
{
    return (unsigned)side < CLP_SIDES ? side_names[side] : "unknown side";
}

clp_status clp_grid_check(const clp_grid *grid)
{
    size_t count = 1, bytes;
    for (int axis = 0; axis < CLP_AXES; axis++) {
        const char *name = axis_names[axis];
        if (grid->nodes[axis] < CLP_NODES_MIN)
            return clp_fail(CLP_ERROR_INPUT, "%zu nodes along %s are too few; at least %d are needed",
                            grid->nodes[axis], name, CLP_NODES_MIN);
        if (!(grid->size[axis] > 0) || !isfinite(grid->size[axis]))
            return clp_fail(CLP_ERROR_INPUT, "the size along %s is %g; it must be a finite length above 0",
                            name, grid->size[axis]);
        if (!isfinite(grid->origin[axis]) || !isfinite(grid->origin[axis] + grid->size[axis]))
            return clp_fail(CLP_ERROR_INPUT, "the origin along %s is %g; it must be a finite coordinate",
                            name, grid->origin[axis]);
        double square = clp_grid_spacing(grid, axis) * clp_grid_spacing(grid, axis);
        if (!(square > 1e-100) || !(square < 1e100)) /* room for its inverse times any value */
            return clp_fail(CLP_ERROR_INPUT,
                            "the distance between nodes along %s is %g; choose another unit of length", name,
                            clp_grid_spacing(grid, axis));
        if (!clp_multiply(count, grid->nodes[axis], &count)) count = SIZE_MAX;
    }
    /* Half the address space leaves room for row padding in every size computed from this one. */
    if (!clp_multiply(count, 2 * sizeof(double), &bytes))
        return clp_fail(CLP_ERROR_INPUT, "%zu x %zu nodes are more than any memory can hold; use fewer",
                        grid->nodes[0], grid->nodes[1]);
    return CLP_OK;
}

size_t clp_grid_node_count(const clp_grid *grid)
{
    return grid->nodes[0] * grid->nodes[1];
}

double clp_grid_spacing(const clp_grid *grid, int axis)
{
    return grid->size[axis] / (double)(grid->nodes[axis] - 1);
}
