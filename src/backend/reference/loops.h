/* SPDX-License-Identifier: MIT */
/* The loops of the reference backend: loops.c is compiled once per precision, each into one of these tables.
 */
#ifndef CLP_BACKEND_REFERENCE_LOOPS_H
#define CLP_BACKEND_REFERENCE_LOOPS_H

#include "grid/layout.h"

#include <stdbool.h>

/* The stencil, divided by its diagonal. */
typedef struct clp_stencil {
    clp_layout layout;
    size_t first[CLP_AXES], end[CLP_AXES]; /* unknown nodes */
    double share[CLP_AXES];                /* conductance / D */
    double inverse_diagonal;               /* 1 / D */
    double inverse_scale;
    int threads;
} clp_stencil;

typedef struct clp_sums {
    double largest, squares, field; /* squares of values times inverse_scale */
} clp_sums;

typedef struct clp_reference_loops {
    /* v = u + weight / D (q - A u); held nodes are copied. q may be NULL. */
    void (*sweep)(const clp_stencil *stencil, const void *u, void *v, const void *q, double weight);
    /* Sums over r / D. */
    clp_sums (*residual)(const clp_stencil *stencil, const void *u, const void *q);
    /* Sums over u - v. */
    clp_sums (*change)(const clp_stencil *stencil, const void *u, const void *v);
    void (*write_rows)(const clp_layout *layout, void *u, size_t row, size_t rows, const double *values);
    void (*read_rows)(const clp_layout *layout, const void *u, size_t row, size_t rows, double *values);
} clp_reference_loops;

extern const clp_reference_loops clp_reference_loops_single, clp_reference_loops_double;

#endif
