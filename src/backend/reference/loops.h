/* SPDX-License-Identifier: MIT */
/* The loops of the reference backend: loops.c is compiled once per precision, each into one of these tables.
 */
#ifndef CLP_BACKEND_REFERENCE_LOOPS_H
#define CLP_BACKEND_REFERENCE_LOOPS_H

#include "backend/colors.h"
#include "backend/operator.h"
#include "grid/layout.h"

#include <stdbool.h>

/* An operator made ready for the loops. */
typedef struct clp_stencil {
    const clp_operator *op;
    clp_layout layout;
    size_t first[CLP_AXES], end[CLP_AXES]; /* equations */
    double share[CLP_AXES];                /* conductance / D, without a network */
    double ground;                         /* shunt / D, likewise */
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
    /* The same in place for the nodes of one colour. */
    void (*relax)(const clp_stencil *stencil, void *u, const void *q, double weight, const clp_color *color);
    /* r = q - A u, 0 on held nodes. */
    void (*defect)(const clp_stencil *stencil, const void *u, const void *q, void *r);
    /* Sums over r / D, D the operator's largest diagonal; see clp_norms for `largest`. */
    clp_sums (*residual)(const clp_stencil *stencil, const void *u, const void *q);
    /* Without a network: the largest sum of magnitudes that make an r / D. */
    double (*summed)(const clp_stencil *stencil, const void *u, const void *q);
    /* Sums over u - v. */
    clp_sums (*change)(const clp_stencil *stencil, const void *u, const void *v);
    void (*write_rows)(const clp_layout *layout, void *u, size_t row, size_t rows, const double *values);
    void (*read_rows)(const clp_layout *layout, const void *u, size_t row, size_t rows, double *values);
} clp_reference_loops;

extern const clp_reference_loops clp_reference_loops_single, clp_reference_loops_double;

#endif
