/* SPDX-License-Identifier: MIT */
#ifndef APP_DRY_RUN_H
#define APP_DRY_RUN_H

#include <clpoisson/clpoisson.h>

/* Prints nodes, sides, regions with their cells, and the memory needed on each device (of several ranks, of
 * the first one's part on the devices of its machine; in time of one alone); answers the exit status. */
int app_dry_run(clp_ranks *ranks, const clp_problem_file *file, const clp_time_options *in_time);

#endif
