/* SPDX-License-Identifier: MIT */
/*
 * Nested iteration: the same problem solved on a coarser grid first, and on one coarser still for that, gives
 * a first guess in which the smooth errors, which sweeps are slow at, are small already (F. A. Bornemann, P.
 * Deuflhard, Numer. Math. 75, 1996).
 */
#ifndef CLP_SOLVER_CASCADE_H
#define CLP_SOLVER_CASCADE_H

#include "solver/state.h"

/*
 * Makes the coarser solver, if that pays; what goes wrong with it means only that there is none. But where
 * ranks share the coarser grid as well, an error of one of them leaves the others waiting for it, and is
 * returned.
 */
clp_status clp_cascade_create(clp_solver *solver, const clp_problem *problem);
void clp_cascade_destroy(clp_solver *solver);

/* The ranks that are to agree on what their coarser solvers did: NULL where they did it together. Then what
 * all have come to is the same, and who has failed alone cannot tell the others, who wait elsewhere. */
clp_ranks *clp_cascade_apart(const clp_solver *solver);

/* Where there is a coarser solver: brings the coarser w of the bound, A w = f, which has been found, to the
 * field u in the place of 0. */
clp_status clp_cascade_guess_bound(clp_solver *solver, const double *f);

/* Puts the coarser solver's values, interpolated, on the nodes that are not held; the right-hand side is the
 * finer operator's, or NULL. CLP_ERROR_MEMORY. */
clp_status clp_cascade_interpolate(const clp_solver *solver, const double *source, double *values);

/* Likewise into the field u, without a network; held nodes get the assembly's values. CLP_ERROR_MEMORY. */
clp_status clp_cascade_fill(clp_solver *solver);

/* Solves the coarser problem and makes its solution the first guess: in the assembly, but for held nodes, or
 * where solver->interpolates says so, for clp_cascade_fill(). */
clp_status clp_cascade_guess(clp_solver *solver);

#endif
