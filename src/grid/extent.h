/* SPDX-License-Identifier: MIT */
/* Small helpers on extents. */
#ifndef CLP_GRID_EXTENT_H
#define CLP_GRID_EXTENT_H

#include <clpoisson/grid.h>

/* Planes of nodes along z: 1 in two dimensions. */
static inline size_t clp_planes(const clp_grid *grid)
{
    return grid->nodes[2] > 1 ? grid->nodes[2] : 1;
}

/* Volume of a whole control volume: the product of the spacings. */
static inline double clp_cell_volume(const clp_grid *grid)
{
    return clp_grid_spacing(grid, 0) * clp_grid_spacing(grid, 1) * clp_grid_spacing(grid, 2);
}

/* Coordinate of a node along an axis; the same expression everywhere, so that it rounds the same everywhere.
 */
static inline double clp_coordinate(const clp_grid *grid, int axis, size_t index)
{
    return grid->origin[axis] + (double)index * clp_grid_spacing(grid, axis);
}

/* "512 x 512" or "64 x 64 x 64". */
const char *clp_extent_text(const size_t nodes[CLP_AXES], char *text, size_t size);

#endif
