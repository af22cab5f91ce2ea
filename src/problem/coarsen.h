/* SPDX-License-Identifier: MIT */
#ifndef CLP_PROBLEM_COARSEN_H
#define CLP_PROBLEM_COARSEN_H

#include <clpoisson/problem.h>
#include <clpoisson/ranks.h>

/*
 * The same problem on a grid of half as many cells along each axis, for a first guess: what is given by
 * numbers, expressions and shapes stays as it is, arrays and cells are sampled. `ranks` are those that have
 * the other parts (NULL: none), and get the same status. *coarse is NULL where the grid is too small for that
 * to pay. The caller owns it. Errors: CLP_ERROR_MEMORY, CLP_ERROR_INPUT (too little is left of a shape).
 */
clp_status clp_problem_coarsen(const clp_problem *fine, clp_ranks *ranks, clp_problem **coarse);

#endif
