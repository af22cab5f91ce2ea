/* SPDX-License-Identifier: MIT */
/* What the files of the solver share. */
#ifndef CLP_SOLVER_STATE_H
#define CLP_SOLVER_STATE_H

#include "backend/backend.h"
#include "solver/method.h"

#include <clpoisson/solver.h>

struct clp_solver {
    clp_device *device;
    clp_solver_options options; /* auto resolved, but for check_every */
    const clp_method *method;
    clp_operator op;
    clp_level *level;
    clp_field *u, *scratch;
    double *values;             /* of the result: [nodes[1]][nodes[0]] */
    double *previous;           /* the field before, for check: host; NULL otherwise */
    double *border[CLP_SIDES];  /* what was written to the nodes of each side, in double */
    double magnitude;           /* largest |u| that the maximum principle allows */
    double held_low, held_high; /* no exact value is outside (maximum principle) */
    double range;               /* largest error that the first guess can have */
    double bound_factor;
    double held_rounding; /* largest error of a held value, from storing it in the level's precision */
    double host_largest;  /* residual that the last verification found */
    clp_report report;
};

/* A stopping test: the norms it saw and the criterion's value. */
typedef struct clp_test {
    size_t sweeps;
    clp_norms norms; /* of the residual, or of the change for the step criterion */
    double value;
} clp_test;

/* Norms of the residual of u, from where the tests are done: the device, or the host. */
clp_status clp_solver_residual(clp_solver *solver, clp_norms *norms);

/* Looks at u (and scratch, for the step criterion). CLP_ERROR_DIVERGED if u is no longer finite or grew. */
clp_status clp_solver_test(clp_solver *solver, clp_test *test);

/* Whether the criterion looks at the field before the last sweep. */
bool clp_solver_needs_previous(const clp_solver *solver);

/*
 * Reads u back, recomputes the residual in double and fills the error part of the report.
 * CLP_ERROR_DEVICE if the device disagrees beyond rounding or has changed a held node.
 */
clp_status clp_solver_verify(clp_solver *solver, bool *met);

/* The largest residual that rounding in the level's precision can leave. */
double clp_solver_rounding_residual(const clp_solver *solver);

#endif
