/* SPDX-License-Identifier: MIT */
/** @file
 * The grid: nodes on a box, the outermost ones on its sides.
 */
#ifndef CLPOISSON_GRID_H
#define CLPOISSON_GRID_H

#include <clpoisson/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The sides of the box. Axis a (0 = x, 1 = y) has the sides 2a (at its smallest coordinate) and 2a + 1.
 * left = x_min, right = x_max, bottom = y_min, top = y_max.
 */
typedef enum clp_side {
    CLP_SIDE_X_MIN = 0,
    CLP_SIDE_X_MAX = 1,
    CLP_SIDE_Y_MIN = 2,
    CLP_SIDE_Y_MAX = 3,
    CLP_SIDE_LEFT = CLP_SIDE_X_MIN,
    CLP_SIDE_RIGHT = CLP_SIDE_X_MAX,
    CLP_SIDE_BOTTOM = CLP_SIDE_Y_MIN,
    CLP_SIDE_TOP = CLP_SIDE_Y_MAX,
} clp_side;

/** Number of axes, and of sides, of a two-dimensional box. */
#define CLP_AXES 2
#define CLP_SIDES (2 * CLP_AXES)

/** Fewest nodes along an axis: two on the sides and one between them. */
#define CLP_NODES_MIN 3

/** The everyday name of a side: "left", "right", "bottom", "top". Static storage. */
CLP_API const char *clp_side_name(clp_side side);

/**
 * A box of nodes. Arrays over it have the shape [nodes[1]][nodes[0]] (y slowest), in C order: node (j, i)
 * lies at x = origin[0] + i * size[0] / (nodes[0] - 1), y = origin[1] + j * size[1] / (nodes[1] - 1).
 */
typedef struct clp_grid {
    size_t nodes[CLP_AXES];  /**< nodes along x and y, those on the sides included; at least 3 */
    double size[CLP_AXES];   /**< lengths of the box, in the problem's unit of length; above 0 */
    double origin[CLP_AXES]; /**< coordinates of node (0, 0) */
} clp_grid;

/** Checks extents and lengths. CLP_ERROR_INPUT says which one is wrong and what is allowed. */
CLP_API clp_status clp_grid_check(const clp_grid *grid);

/** Number of nodes of a checked grid. */
CLP_API size_t clp_grid_node_count(const clp_grid *grid);

/** Distance between neighbouring nodes along an axis. */
CLP_API double clp_grid_spacing(const clp_grid *grid, int axis);

#ifdef __cplusplus
}
#endif
#endif
