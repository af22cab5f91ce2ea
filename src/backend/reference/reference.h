/* SPDX-License-Identifier: MIT */
/* The reference loops on plain host arrays, for checking what a device says. */
#ifndef CLP_BACKEND_REFERENCE_REFERENCE_H
#define CLP_BACKEND_REFERENCE_REFERENCE_H

#include "backend/backend.h"

/* Norms of r = q - A u in double; `values` and `source` (NULL: 0) have the grid's shape. Uses all cores. */
clp_norms clp_reference_residual(const clp_operator *op, const double *values, const double *source);

/* r = q - A u as an array of the grid's shape, 0 on held nodes. */
void clp_reference_defect(const clp_operator *op, const double *values, const double *source, double *r);

/*
 * How far rounding can have moved such a residual, at most, in the measure of clp_norms' `largest`. Each edge
 * adds g (u[n] - u[p]), whose rounding is relative to itself: where neighbours are nearly
 * equal it is small, however large g is. With a network `each` (NULL: not wanted) has what it is at every
 * node added.
 */
double clp_reference_rounding(const clp_operator *op, const double *values, const double *source,
                              double *each);

/* The 2-norm of q - A u, where u is 0 but on held nodes: what drives the problem, whatever the first guess.
 */
double clp_reference_load(const clp_operator *op, const double *values, const double *source);

/* Norms of u - v, likewise. */
clp_norms clp_reference_change(const clp_operator *op, const double *u, const double *v);

#endif
