/* SPDX-License-Identifier: MIT */
/*
 * Small plain operators solved at once. Without a network A is a sum of operators along the axes, whose
 * eigenvectors are sines, cosines or both: a product of small matrices along each axis, a division by
 * eigenvalues, and the way back (R. E. Lynch, J. R. Rice, D. H. Thomas, Numer. Math. 6, 1964). The coarsest
 * level of a cycle takes one launch so.
 */
#ifndef CLP_BACKEND_SEPARABLE_H
#define CLP_BACKEND_SEPARABLE_H

#include "backend/operator.h"
#include "base/status.h"

/*
 * Everything that such a solution takes, in one array. For each axis of n nodes the way to its eigenvectors
 * and the way back, n x n each: row j is what input j adds to each of the outputs. Then 1 / eigenvalue of A
 * in the grid's shape, 0 where there is no eigenvector, or the equations are singular. Behind that there is
 * room for two fields.
 */
typedef struct clp_separable {
    size_t forth[CLP_AXES], back[CLP_AXES], inverse, work; /* where they begin */
    size_t count;                                          /* of all numbers */
    double *numbers;
} clp_separable;

/* Multiplications that solving at once may take; tests of more levels set it to 0. */
extern double clp_separable_most;

/* Whether an operator is one of these, and small enough. */
bool clp_operator_is_separable(const clp_operator *op);

/* Makes the numbers, which the caller frees. CLP_ERROR_MEMORY. */
clp_status clp_separable_create(const clp_operator *op, clp_separable *made);

#endif
