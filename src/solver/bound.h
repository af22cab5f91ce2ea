/* SPDX-License-Identifier: MIT */
#ifndef CLP_SOLVER_BOUND_H
#define CLP_SOLVER_BOUND_H

#include "transport/transport.h"

/*
 * From norms of a residual to a bound of the error: max |u - u*| <= factor * norm for every u that agrees
 * with the exact solution u* of A u* = q on the held nodes.
 *
 * A is an M-matrix, so if A w >= f > 0 then |u - u*| <= w max |r / f| node by node (the discrete maximum
 * principle; Varga, Matrix Iterative Analysis, 1962, chapter 3); `largest` of clp_norms is max |r / f| for f
 * = 1, or clp_operator_measure in a network.
 *
 * Where any constant may be added to the solution there is no such w. Then the smallest eigenvalue above 0 of
 * the box, times the smallest conductance, bounds the error in the 2-norm, and that the largest one.
 */
typedef struct clp_bound {
    double factor;  /* NaN: not known */
    bool of_two;    /* of the norm `two`, not of `largest` */
    bool certified; /* no rounding can break it */
} clp_bound;

/* All of these are of the whole problem where ranks have parts of it. */

/* The bound for constant k, and no w to be computed. */
clp_bound clp_bound_plain(const clp_operator *op, bool singular);

/* The bound for a network that nothing holds. */
clp_status clp_bound_singular(const clp_operator *op, clp_ranks *ranks, clp_bound *bound);

/* The bound that a w gives, checked on the host: f on the nodes in the shape of the grid. */
clp_status clp_bound_of(const clp_operator *op, clp_ranks *ranks, const double *w, const double *f,
                        clp_bound *bound);

/* The value for norms. */
double clp_bound_value(const clp_bound *bound, clp_norms norms);

#endif
