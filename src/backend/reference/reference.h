/* SPDX-License-Identifier: MIT */
/* The reference loops on plain host arrays, for checking what a device says. */
#ifndef CLP_BACKEND_REFERENCE_REFERENCE_H
#define CLP_BACKEND_REFERENCE_REFERENCE_H

#include "backend/backend.h"

/* Norms of r = q - A u in double; `values` and `source` (NULL: 0) have the grid's shape. Uses all cores. */
clp_norms clp_reference_residual(const clp_operator *op, const double *values, const double *source);

/* Norms of u - v, likewise. */
clp_norms clp_reference_change(const clp_operator *op, const double *u, const double *v);

#endif
