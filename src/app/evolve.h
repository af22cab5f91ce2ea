/* SPDX-License-Identifier: MIT */
/* clpoisson solve of a problem with time: steps, and outputs on the way. */
#ifndef APP_EVOLVE_H
#define APP_EVOLVE_H

#include "app/write.h"

typedef struct app_evolve_request {
    const clp_problem_file *file;
    clp_problem_output *output;
    clp_time_options in_time; /* see app_time_options */
    bool yes;                 /* large outputs are meant */
    bool watch;               /* show the field */
} app_evolve_request;

/* What the file says of time; with outputs that show the course and no word of how often, a hundred of them.
 */
clp_time_options app_time_options(const clp_problem_file *file, const clp_problem_output *output);

/* Steps to the end and writes everything; result->report is filled. Answers what went wrong with the run, or,
 * in *written, with the outputs, which has been said. */
clp_status app_evolve(const app_evolve_request *request, clp_device *device, app_result *result,
                      clp_status *written);

/* -1, or an exit status: outputs that would not fit the disk. */
int app_check_space(const app_evolve_request *request);

#endif
