/* SPDX-License-Identifier: MIT */
#ifndef CLP_SOLVER_QUANTITIES_H
#define CLP_SOLVER_QUANTITIES_H

#include "problem/assemble.h"

#include <clpoisson/report.h>

/* All of these are of the whole problem where it has several parts; errors are those of ranks that fail. */

/* Fills the quantities of a report from the solution on the nodes. `electrodes` gets the fluxes of the
 * regions: entry electrode_of[region] each. */
clp_status clp_quantities(const clp_assembly *assembly, const double *values, const size_t *electrode_of,
                          clp_electrode_report *electrodes, clp_report *report);

/* Lists the electrodes of a problem, as regions of one name that hold u are one, and which of them each
 * region is; both are the caller's to free, also after an error. CLP_ERROR_MEMORY. */
clp_status clp_electrodes_list(const clp_problem *problem, clp_electrode_report **electrodes,
                               size_t **electrode_of, clp_report *report);

/* The flux on the nodes, as clp_solver_flux has it. */
void clp_flux(const clp_operator *op, const double *values, double *flux);

/* The smallest and largest of values on the nodes. */
clp_status clp_range(const clp_assembly *assembly, const double *values, double *smallest, double *largest);

/* Of an array, in this process alone. */
void clp_range_of(const double *values, size_t count, double *smallest, double *largest);

/* Volume-weighted mean of values on the nodes. */
clp_status clp_mean(const clp_assembly *assembly, const double *values, double *mean);

#endif
