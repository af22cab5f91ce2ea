/* SPDX-License-Identifier: MIT */
/* Operations on whole fields of either precision, and transfers between levels, computed in double. */
#ifndef CLP_BACKEND_REFERENCE_VECTORS_H
#define CLP_BACKEND_REFERENCE_VECTORS_H

#include "backend/reference/loops.h"
#include "backend/separable.h"
#include "backend/transfer.h"

/* A field's numbers and how they lie. */
typedef struct clp_vector {
    const clp_layout *layout;
    void *data;
} clp_vector;

/* The number of a node, counted through rows and planes. */
double clp_vector_get(clp_vector v, size_t node);
void clp_vector_put(clp_vector v, size_t node, double value);

/* y = a x + b y. */
void clp_vector_combine(clp_vector y, double a, clp_vector x, double b, int threads);

/* y = x, then that many times y <- a y + b; of one layout. */
void clp_vector_chain(clp_vector y, clp_vector x, double a, double b, size_t steps, int threads);

/* The sum of x y over the unknowns, with parts of control volumes where there is no network. */
double clp_vector_dot(const clp_stencil *stencil, clp_vector x, clp_vector y);

/* u.A u of a network. */
double clp_vector_energy(const clp_stencil *stencil, clp_vector u);

/* coarse = R fine; fine += P coarse. */
void clp_vector_restrict(const clp_axis_transfer *axes, const clp_operator *op, clp_vector fine,
                         clp_vector coarse, int threads);
void clp_vector_prolong_add(const clp_axis_transfer *axes, clp_vector coarse, clp_vector fine, int threads);

/* u = A^-1 q of a separable operator. */
void clp_separable_solve(const clp_separable *made, const clp_operator *op, clp_vector u, clp_vector q);

#endif
