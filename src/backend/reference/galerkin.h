/* SPDX-License-Identifier: MIT */
/* Levels by Galerkin's principle on the host: the product P^T A P as it is written, in double, node by node.
 */
#ifndef CLP_BACKEND_REFERENCE_GALERKIN_H
#define CLP_BACKEND_REFERENCE_GALERKIN_H

#include "backend/galerkin.h"
#include "backend/reference/vectors.h"

/* Corners of the coarse cell that a fine node lies in, and what it gets from them. */
typedef struct clp_corners {
    int count;
    size_t node[8]; /* of the coarse grid, each one that has an equation of its own */
    double weight[8];
} clp_corners;

/* A with all its points: entry p * points + o is A[p, p + o], 0 where that is outside or p is held. */
typedef struct clp_points {
    const clp_operator *op; /* whose it is; must outlive this */
    size_t points;
    double *entry;
    double *leak; /* the sum of an equation's entries, computed without cancellation */
} clp_points;

/* All of an operator with a network. Finish it in any case. CLP_ERROR_MEMORY. */
clp_status clp_points_of_network(const clp_operator *op, clp_points *points);
void clp_points_finish(clp_points *points);

/* Of an operator made by this principle, all 0. Finish it in any case. CLP_ERROR_MEMORY. */
clp_status clp_points_create(const clp_operator *op, clp_points *points);

/* Entries and leaks of the nodes of a box, node after node, from `write` or to `read`; the other one is NULL.
 */
void clp_points_move(const clp_points *points, const clp_box *box, const double *write, double *read);

/* P, for all nodes of the fine grid, and P^T A P. Finish the coarse points and free the corners in any case.
 * CLP_ERROR_MEMORY. */
clp_status clp_points_coarsen(const clp_points *fine, const clp_operator *coarse_op, clp_points *coarse,
                              clp_corners **corners);

/* v = u + weight / D (q - A u), and r = q - A u; q may have no data, for 0. */
void clp_points_sweep(const clp_points *points, clp_vector u, clp_vector v, clp_vector q, double weight);
void clp_points_residual(const clp_points *points, clp_vector u, clp_vector q, clp_vector r);

/* coarse = P^T fine; fine += P coarse. */
void clp_corners_restrict(const clp_corners *corners, const clp_operator *fine_op,
                          const clp_operator *coarse_op, clp_vector fine, clp_vector coarse);
void clp_corners_prolong_add(const clp_corners *corners, const clp_operator *fine_op, clp_vector coarse,
                             clp_vector fine);

#endif
