/* SPDX-License-Identifier: MIT */
#ifndef APP_DRY_RUN_H
#define APP_DRY_RUN_H

#include <clpoisson/clpoisson.h>

/* Prints nodes, sides, regions with their cells, and the memory needed on each device; answers the exit
 * status. */
int app_dry_run(const clp_problem *problem, const clp_solver_options *options,
                const clp_time_options *in_time);

#endif
