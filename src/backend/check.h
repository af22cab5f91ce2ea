/* SPDX-License-Identifier: MIT */
/* Known-answer tests of the operations of a backend: `clpoisson check` and the contract tests run the same
 * ones. */
#ifndef CLP_BACKEND_CHECK_H
#define CLP_BACKEND_CHECK_H

#include "backend/backend.h"

/* Where the operations are tried: a grid, what its sides do, with or without a source. */
typedef struct clp_check_case {
    size_t nodes[CLP_AXES]; /* nodes[2] = 0: two dimensions */
    unsigned held;          /* bit per side */
    unsigned periodic;      /* bit per axis */
    bool sourced;
    enum { CLP_CHECK_PLAIN, CLP_CHECK_NETWORK, CLP_CHECK_SHUNTS } network; /* what kind of operator */
    double aspect;                                                         /* hy / hx */
} clp_check_case;

enum { CLP_CHECKS = 23 }; /* operations that are tried, a result each; or one, "build", if kernels do not */

/* The larger of two differences; infinity where one is NaN, and ever after. */
double clp_check_worse(double a, double b);

/*
 * Runs every operation with one variant of the sweep against the reference backend and tells each result. An
 * error of the tested device is a failed result; only errors of the host are returned.
 */
clp_status clp_backend_check_case(clp_device *device, const clp_check_case *check, clp_precision precision,
                                  const char *sweep_variant, clp_check_function *function, void *user);

#endif
