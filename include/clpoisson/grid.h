/* SPDX-License-Identifier: MIT */
/** @file
 * The grid: nodes on a box of two or three dimensions, the outermost ones on its sides.
 */
#ifndef CLPOISSON_GRID_H
#define CLPOISSON_GRID_H

#include <clpoisson/status.h>

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The sides of the box. Axis a (0 = x, 1 = y, 2 = z) has the sides 2a (at its smallest coordinate) and 2a
 * + 1. left = x_min, right = x_max, bottom = y_min, top = y_max, front = z_min, back = z_max.
 */
typedef enum clp_side {
    CLP_SIDE_X_MIN = 0,
    CLP_SIDE_X_MAX = 1,
    CLP_SIDE_Y_MIN = 2,
    CLP_SIDE_Y_MAX = 3,
    CLP_SIDE_Z_MIN = 4,
    CLP_SIDE_Z_MAX = 5,
    CLP_SIDE_LEFT = CLP_SIDE_X_MIN,
    CLP_SIDE_RIGHT = CLP_SIDE_X_MAX,
    CLP_SIDE_BOTTOM = CLP_SIDE_Y_MIN,
    CLP_SIDE_TOP = CLP_SIDE_Y_MAX,
    CLP_SIDE_FRONT = CLP_SIDE_Z_MIN,
    CLP_SIDE_BACK = CLP_SIDE_Z_MAX,
} clp_side;

/** Most axes, and sides, that a box can have. */
#define CLP_AXES 3
#define CLP_SIDES (2 * CLP_AXES)

/** How often coarser grids can join parts in pairs. */
#define CLP_JOINS 8

/** Fewest nodes along an axis: two on the sides and one between them. */
#define CLP_NODES_MIN 3

/** The everyday name of a side: "left", "right", "bottom", "top", "front", "back". Static storage. */
CLP_API const char *clp_side_name(clp_side side);

/**
 * What of a larger grid a grid is, where several ranks share one (clpoisson/ranks.h); all zero: it is whole.
 * Around the nodes that are a part's own there are copies of its neighbours', the halo.
 */
typedef struct clp_part {
    size_t whole[CLP_AXES];                /**< nodes of the larger grid */
    size_t first[CLP_AXES];                /**< which of those is the part's first, its halo included */
    size_t begin[CLP_AXES], end[CLP_AXES]; /**< of its own nodes, counted from its first; `end` is behind */
    size_t thinnest[CLP_AXES]; /**< own nodes of the part that has fewest along an axis that is split */
    size_t align; /**< a power of two that divides the `first` of all parts, along axes that are split */
    size_t period[CLP_AXES]; /**< index at which they begin anew, of a periodic axis that is split; else 0 */
    bool open[CLP_SIDES];    /**< the larger grid goes on there, on a periodic axis beyond the seam */
    size_t gathered; /**< nodes of the largest coarser grid that every rank has whole; 0: of 129^2, 33^3 */
    size_t team[CLP_AXES]; /**< ranks in a row along each axis that all have this part; 0 is one */
    /** Own nodes, as `first` counts, of this part together with the next one, of these two with the next two,
     * and so on, along each axis: from the first one on, up to the second one, which is 0 where there are
     * none. */
    size_t joined[CLP_AXES][CLP_JOINS][2];
} clp_part;

/**
 * A box of nodes. With nodes[2] = 0 it is two-dimensional and what is said of z is left out. Arrays over it
 * have the shape [nodes[2]][nodes[1]][nodes[0]] (x fastest), in C order: node (k, j, i) lies at
 * x = origin[0] + i * size[0] / (nodes[0] - 1), and so on along y and z.
 */
typedef struct clp_grid {
    size_t nodes[CLP_AXES];  /**< nodes along each axis, those on the sides included; at least 3 */
    double size[CLP_AXES];   /**< lengths of the box, in the problem's unit of length; above 0 */
    double origin[CLP_AXES]; /**< coordinates of the first node */
    clp_part part;           /**< of a larger grid, whose size and origin these are then */
} clp_grid;

/** Checks extents and lengths. CLP_ERROR_INPUT says which one is wrong and what is allowed. */
CLP_API clp_status clp_grid_check(const clp_grid *grid);

/** 2 or 3. */
CLP_API int clp_grid_dimensions(const clp_grid *grid);

/** Number of nodes of a checked grid. */
CLP_API size_t clp_grid_node_count(const clp_grid *grid);

/** Number of cells between the nodes of a checked grid. */
CLP_API size_t clp_grid_cell_count(const clp_grid *grid);

/** Distance between neighbouring nodes along an axis; 1 (the unit of depth) along z in two dimensions. */
CLP_API double clp_grid_spacing(const clp_grid *grid, int axis);

/** The value at a point of the box, between the nodes by linear interpolation along each axis; beyond a side
 * what is there. `values` has the grid's shape. */
CLP_API double clp_grid_interpolate(const clp_grid *grid, const double *values, const double point[CLP_AXES]);

#ifdef __cplusplus
}
#endif
#endif
