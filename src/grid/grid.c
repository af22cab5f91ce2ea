/* SPDX-License-Identifier: MIT */
#include <clpoisson/grid.h>

#include "base/checked.h"
#include "base/status.h"
#include "grid/extent.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>

static const char *const side_names[CLP_SIDES] = {"left", "right", "bottom", "top", "front", "back"};

const char *clp_side_name(clp_side side)
{
    return (unsigned)side < CLP_SIDES ? side_names[side] : "unknown side";
}

int clp_grid_dimensions(const clp_grid *grid)
{
    return grid->nodes[2] > 1 ? 3 : 2;
}

const char *clp_extent_text(const size_t nodes[CLP_AXES], char *text, size_t size)
{
    if (nodes[2] > 1)
        snprintf(text, size, "%zu x %zu x %zu", nodes[0], nodes[1], nodes[2]);
    else
        snprintf(text, size, "%zu x %zu", nodes[0], nodes[1]);
    return text;
}

static clp_status check_axis(const clp_grid *grid, int axis)
{
    const char name = "xyz"[axis];
    if (grid->nodes[axis] < CLP_NODES_MIN)
        return clp_fail(CLP_ERROR_INPUT, "%zu nodes along %c are too few; at least %d are needed%s",
                        grid->nodes[axis], name, CLP_NODES_MIN,
                        axis == 2 ? ", or leave z out for a two-dimensional problem" : "");
    if (!(grid->size[axis] > 0) || !isfinite(grid->size[axis]))
        return clp_fail(CLP_ERROR_INPUT, "the size along %c is %g; it must be a finite length above 0", name,
                        grid->size[axis]);
    if (!isfinite(grid->origin[axis]) || !isfinite(grid->origin[axis] + grid->size[axis]))
        return clp_fail(CLP_ERROR_INPUT, "the origin along %c is %g; it must be a finite coordinate", name,
                        grid->origin[axis]);
    double square = clp_grid_spacing(grid, axis) * clp_grid_spacing(grid, axis);
    if (!(square > 1e-100) || !(square < 1e100)) /* room for its inverse times any value */
        return clp_fail(CLP_ERROR_INPUT,
                        "the distance between nodes along %c is %g; choose another unit of length", name,
                        clp_grid_spacing(grid, axis));
    return CLP_OK;
}

clp_status clp_grid_check(const clp_grid *grid)
{
    size_t count = 1, bytes;
    for (int axis = 0; axis < clp_grid_dimensions(grid); axis++) {
        CLP_TRY(check_axis(grid, axis));
        if (!clp_multiply(count, grid->nodes[axis], &count)) count = SIZE_MAX;
    }
    /* Half the address space leaves room for row padding in every size computed from this one. */
    char extent[64];
    if (!clp_multiply(count, 2 * sizeof(double), &bytes))
        return clp_fail(CLP_ERROR_INPUT, "%s nodes are more than any memory can hold; use fewer",
                        clp_extent_text(grid->nodes, extent, sizeof extent));
    return CLP_OK;
}

size_t clp_grid_node_count(const clp_grid *grid)
{
    return grid->nodes[0] * grid->nodes[1] * clp_planes(grid);
}

size_t clp_grid_cell_count(const clp_grid *grid)
{
    size_t count = 1;
    for (int axis = 0; axis < clp_grid_dimensions(grid); axis++) count *= grid->nodes[axis] - 1;
    return count;
}

double clp_grid_spacing(const clp_grid *grid, int axis)
{
    return axis < clp_grid_dimensions(grid) ? grid->size[axis] / (double)(clp_grid_whole(grid, axis) - 1) : 1;
}

double clp_grid_interpolate(const clp_grid *grid, const double *values, const double point[CLP_AXES])
{
    int dimensions = clp_grid_dimensions(grid);
    size_t first = 0, step = 1, steps[CLP_AXES] = {0};
    double part[CLP_AXES] = {0}, sum = 0;
    for (int axis = 0; axis < dimensions; axis++) {
        double place = (point[axis] - grid->origin[axis]) / clp_grid_spacing(grid, axis);
        double most = (double)(grid->nodes[axis] - 1);
        place = place > 0 ? place < most ? place : most : 0;
        size_t index = (size_t)place < grid->nodes[axis] - 2 ? (size_t)place : grid->nodes[axis] - 2;
        part[axis] = place - (double)index;
        first += index * step;
        steps[axis] = step;
        step *= grid->nodes[axis];
    }
    for (int corner = 0; corner < 1 << dimensions; corner++) {
        double weight = 1;
        size_t node = first;
        for (int axis = 0; axis < dimensions; axis++) {
            bool upper = corner >> axis & 1;
            weight *= upper ? part[axis] : 1 - part[axis];
            node += upper ? steps[axis] : 0;
        }
        if (weight > 0) sum += weight * values[node];
    }
    return sum;
}
