/* SPDX-License-Identifier: MIT */
#ifndef CLP_SOLVER_QUANTITIES_H
#define CLP_SOLVER_QUANTITIES_H

#include "backend/operator.h"

#include <clpoisson/report.h>

/* Fills minimum, maximum, mean, energy and flux of a report; `values` has the shape [nodes[1]][nodes[0]]. */
void clp_quantities(const clp_operator *op, const double *values, clp_report *report);

#endif
