/* SPDX-License-Identifier: MIT */
/* Small helpers on extents. */
#ifndef CLP_GRID_EXTENT_H
#define CLP_GRID_EXTENT_H

#include <clpoisson/grid.h>

/* ---- parts ---- */

/* Whether it is a part of a larger grid. */
static inline bool clp_grid_is_part(const clp_grid *grid)
{
    return grid->part.whole[0] > 0;
}

/* Nodes of the whole grid along an axis. */
static inline size_t clp_grid_whole(const clp_grid *grid, int axis)
{
    return clp_grid_is_part(grid) ? grid->part.whole[axis] : grid->nodes[axis];
}

/* First of its own nodes along an axis, and the one behind the last. */
static inline size_t clp_grid_begin(const clp_grid *grid, int axis)
{
    return clp_grid_is_part(grid) ? grid->part.begin[axis] : 0;
}

static inline size_t clp_grid_end(const clp_grid *grid, int axis)
{
    size_t nodes = grid->nodes[axis] > 1 ? grid->nodes[axis] : 1;
    return clp_grid_is_part(grid) ? grid->part.end[axis] : nodes;
}

/* The index in the whole grid of a part's node. */
static inline size_t clp_grid_index(const clp_grid *grid, int axis, size_t index)
{
    if (!clp_grid_is_part(grid)) return index;
    size_t period = grid->part.period[axis], at = grid->part.first[axis] + index;
    return period ? at % period : at;
}

/* The index in the whole grid of a part's first node, below 0 where its halo begins before a seam. */
static inline long long clp_grid_first(const clp_grid *grid, int axis)
{
    if (!clp_grid_is_part(grid)) return 0;
    size_t begin = grid->part.begin[axis];
    return (long long)clp_grid_index(grid, axis, begin) - (long long)begin;
}

/* Whether an axis is split among parts. */
static inline bool clp_grid_is_split(const clp_grid *grid, int axis)
{
    return grid->part.open[2 * axis] || grid->part.open[2 * axis + 1];
}

/* Ranks that have a part of this one's, along an axis. */
static inline size_t clp_grid_team(const clp_grid *grid, int axis)
{
    return grid->part.team[axis] > 1 ? grid->part.team[axis] : 1;
}

/*
 * The coarser grid of a part, of so many nodes for all: its part, whose own nodes lie above the fine ones'
 * own; or the whole of it, where that is so small that every rank may as well have all, or parts would be
 * thin. clp_grid_coarsen_joined: where they would, pairs of ranks become teams that have their parts
 * together, as long as that helps.
 * clp_grid_coarsen_aligned: a part on which levels of a network can begin, whose first nodes are multiples of
 * its `align`, CLP_COARSE_ALIGN at most; its own nodes may begin and end half as many nodes away from the
 * fine ones'. clp_grid_coarse_slice: what of the whole one belongs to the part, with as deep a halo as there
 * is up to `depth`.
 */
enum { CLP_COARSE_ALIGN = 4 };
void clp_grid_coarsen(const clp_grid *fine, const size_t nodes[CLP_AXES], clp_grid *coarse);
void clp_grid_coarsen_joined(const clp_grid *fine, const size_t nodes[CLP_AXES], clp_grid *coarse);
void clp_grid_coarsen_aligned(const clp_grid *fine, const size_t nodes[CLP_AXES], clp_grid *coarse);
void clp_grid_coarse_slice(const clp_grid *fine, const size_t nodes[CLP_AXES], size_t depth, clp_grid *slice);

/*
 * Likewise for networks, whose coarse node I is fine node 2 I (backend/galerkin.h): the part of the grid of
 * so many nodes that lies on a part, with half its halo, along the axes on which there are fewer nodes. Along
 * those that are split `align` must be above 1. clp_grid_can_be_split: whether such a part with so deep a
 * halo is worth having, and can become a coarser one itself.
 */
void clp_grid_halve(const clp_grid *fine, const size_t nodes[CLP_AXES], clp_grid *coarse);
bool clp_grid_can_be_split(const clp_grid *part, size_t depth);

/* ---- measures ---- */

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
    return grid->origin[axis] + (double)clp_grid_index(grid, axis, index) * clp_grid_spacing(grid, axis);
}

/* "512 x 512" or "64 x 64 x 64". */
const char *clp_extent_text(const size_t nodes[CLP_AXES], char *text, size_t size);

#endif
