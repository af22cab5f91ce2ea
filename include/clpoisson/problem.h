/* SPDX-License-Identifier: MIT */
/** @file
 * The problem: Laplace's equation on a box, each side held at a value or insulated.
 */
#ifndef CLPOISSON_PROBLEM_H
#define CLPOISSON_PROBLEM_H

#include <clpoisson/grid.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct clp_problem clp_problem;

/** What happens on a side. */
typedef enum clp_boundary_kind {
    CLP_BOUNDARY_INSULATED = 0, /**< no flux: du/dn = 0 */
    CLP_BOUNDARY_VALUE,         /**< u is held */
} clp_boundary_kind;

typedef struct clp_boundary {
    clp_boundary_kind kind;
    double value; /**< what u is held at, in the problem's unit; used by CLP_BOUNDARY_VALUE */
} clp_boundary;

/**
 * Starts a problem on a grid: every side insulated, first guess 0. The caller owns *problem.
 * Errors: CLP_ERROR_INPUT (see clp_grid_check), CLP_ERROR_MEMORY.
 */
CLP_API clp_status clp_problem_create(const clp_grid *grid, clp_problem **problem);

/** Frees a problem; NULL is allowed. */
CLP_API void clp_problem_destroy(clp_problem *problem);

/**
 * Says what happens on a side. Where two held sides meet, the corner node takes the mean of their values; no
 * equation of the 5-point stencil reads it. Errors: CLP_ERROR_INPUT for a value that is NaN or infinite.
 */
CLP_API clp_status clp_problem_set_boundary(clp_problem *problem, clp_side side,
                                            const clp_boundary *boundary);

/** Holds a side at a value: short for clp_problem_set_boundary. */
CLP_API clp_status clp_problem_hold_side(clp_problem *problem, clp_side side, double value);

/** First guess for every node that is not held. Errors: CLP_ERROR_INPUT for NaN or infinite. */
CLP_API clp_status clp_problem_set_initial(clp_problem *problem, double value);

/** The grid of a problem; valid as long as the problem. */
CLP_API const clp_grid *clp_problem_grid(const clp_problem *problem);

/** What happens on a side; valid as long as the problem. */
CLP_API const clp_boundary *clp_problem_boundary(const clp_problem *problem, clp_side side);

/** The first guess. */
CLP_API double clp_problem_initial(const clp_problem *problem);

/**
 * Checks that the problem has exactly one solution (at least one side held).
 * Errors: CLP_ERROR_INPUT says what is missing.
 */
CLP_API clp_status clp_problem_check(const clp_problem *problem);

#ifdef __cplusplus
}
#endif
#endif
