/* SPDX-License-Identifier: MIT */
/* A declared function on all points of a grid. */
#ifndef CLP_PROBLEM_SAMPLE_H
#define CLP_PROBLEM_SAMPLE_H

#include "backend/backend.h"
#include "problem/function.h"

/* Below as many points building a kernel takes longer than the host needs for all of them. */
enum { CLP_SAMPLE_LARGE = 1 << 24 };

/* Who evaluates. */
typedef struct clp_sampler {
    clp_device *device; /* NULL: the host alone */
    size_t large;       /* from as many points on the device evaluates expressions */
    double time;        /* t */
} clp_sampler;

/*
 * values[k][j][i] at the points of a grid. The device takes its part if it has double precision and room, and
 * no error of its own; the values agree with the host's to rounding. Errors: CLP_ERROR_INPUT names a point
 * without a finite value, and `what`; CLP_ERROR_MEMORY.
 */
clp_status clp_sample(const clp_sampler *sampler, const clp_function *function, const clp_grid *grid,
                      const char *what, double *values);

#endif
