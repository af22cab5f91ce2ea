/* SPDX-License-Identifier: MIT */
#ifndef CLP_SOLVER_BOUND_H
#define CLP_SOLVER_BOUND_H

#include "backend/operator.h"

/*
 * A factor F with max |u - u*| <= F max |q - A u| for every u that agrees with the exact solution u* of A u*
 * = q on the held nodes. At least one side must be held.
 *
 * A is an M-matrix, so if A w >= 1 then |u - u*| <= w max |r| node by node (the discrete maximum principle;
 * Varga, Matrix Iterative Analysis, 1962, chapter 3). Between two held sides a length L apart w = x (L - x) /
 * 2k will do, between a held and an insulated one w = x (2L - x) / 2k; the stencil is exact for both.
 */
double clp_bound_factor(const clp_operator *op);

#endif
