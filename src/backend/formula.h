/* SPDX-License-Identifier: MIT */
/* A function of x, y, z and t, in the two forms in which backends evaluate it. */
#ifndef CLP_BACKEND_FORMULA_H
#define CLP_BACKEND_FORMULA_H

#include "base/status.h"

#include <stddef.h>

/* The caller owns everything; it must stay for the call that it is given to. */
typedef struct clp_formula {
    /* OpenCL C 1.2: `static REAL formula(REAL x, REAL y, REAL z, REAL t)`, with the macros of evaluate.cl;
     * NaN where there is no finite value. */
    const char *opencl;

    /* On the host: values[i], i < count, at `point` = (x, y, z, t) with x + i * step. Any number of threads
     * may call it at once; where it fails, values are undefined. */
    clp_status (*line)(const void *context, const double point[4], double step, size_t count, double *values);
    const void *context;
} clp_formula;

#endif
