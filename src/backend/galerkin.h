/* SPDX-License-Identifier: MIT */
/*
 * Levels by Galerkin's principle: which nodes are coarse ones, and the dense inverse of the coarsest.
 *
 * Coarse node I is fine node 2 I along an axis that is coarsened, whatever the number of nodes: of an even
 * one the last fine node has a coarse node on one side only. On a periodic axis the last node is the first
 * one again on every level.
 */
#ifndef CLP_BACKEND_GALERKIN_H
#define CLP_BACKEND_GALERKIN_H

#include "backend/operator.h"
#include "base/status.h"

enum { CLP_DIRECT_NODES = 160 }; /* a grid of so many is solved at once */

/* Points of a stencil: 9 or 27. An offset's code counts each axis in digits of 3: 0 before, 1 beside, 2
 * behind. */
static inline int clp_galerkin_points(const clp_operator *op)
{
    return clp_grid_dimensions(&op->grid) == 3 ? 27 : 9;
}

/*
 * The operator on about half as many nodes along every axis with a strong coupling. `along` has the typical
 * couplings of the axes (0 along z in two dimensions), of the fine grid before and of the coarse one
 * afterwards. False: the grid has few enough nodes as it is.
 */
bool clp_operator_coarsen_galerkin(const clp_operator *fine, double along[CLP_AXES], clp_operator *coarse);

/* The part of a coarse operator, as that gave it for the whole grid, that lies on a part of the fine one. */
clp_operator clp_operator_galerkin_part(const clp_operator *fine, const clp_operator *whole);

/* Bit per axis along which the coarse grid has other nodes. */
unsigned clp_galerkin_axes(const clp_operator *fine, const clp_operator *coarse);

/*
 * The inverse of a small operator over all nodes of its grid, row by row; of a singular one a pseudo-inverse.
 * `stencil` has the entries A[p, p + o] of node after node, in the order of codes, diagonal 0 on held nodes.
 * Rows and columns of held nodes are 0; a second node of a seam gets what the first one gets.
 * CLP_ERROR_MEMORY.
 */
clp_status clp_galerkin_inverse(const clp_operator *op, const double *stencil, double *inverse);

/* The node at the offset of a code; SIZE_MAX outside the box. On a periodic axis it is wrapped, and the last
 * node is given as the first one. */
size_t clp_offset_node(const clp_operator *op, size_t p, int code);

#endif
