/* SPDX-License-Identifier: MIT */
/* What `clpoisson solve` says before, during and after. */
#ifndef APP_SUMMARY_H
#define APP_SUMMARY_H

#include <clpoisson/clpoisson.h>

/* The device and the problem, a line each. */
void app_show_problem(const clp_device_info *device, const clp_problem *problem);

typedef struct app_progress_state {
    clp_criterion criterion;
    double last; /* seconds into the solve at which the line was last drawn */
} app_progress_state;

/* The progress line, drawn at most ten times a second. */
void app_show_progress(app_progress_state *state, const clp_progress *progress);

/* How right the answer is, what it cost, and where it is; all_written: nothing that was asked for is missing.
 */
void app_show_summary(const clp_report *report, const clp_problem_output *output, bool all_written);

/* How several ranks shared the work; of one alone nothing. */
void app_show_ranks(const clp_report *report);

/* Names the files that were written. */
void app_show_outputs(const clp_problem_output *output);

/* The same of problems with time. */
void app_show_time(const clp_problem *problem, const clp_time_options *in_time);
void app_show_time_progress(const clp_time_progress *progress);
void app_show_time_summary(const clp_report *report, const clp_problem_output *output);

/* What each level of a multigrid cycle takes; nothing where there is none. */
void app_show_levels(clp_solver *solver);

/* A number, an expression, a file of values in a word. */
const char *app_value_text(const clp_value *value, char *text, size_t size);

/* "0 to 10, capacity 1; method auto, steps chosen on the way". */
const char *app_time_text(const clp_problem *problem, const clp_time_options *in_time, char *text,
                          size_t size);

/* "top 100", and "wire at 5". */
const char *app_side_text(const clp_problem *problem, clp_side side, char *text, size_t size);
const char *app_region_text(const clp_region *region, char *text, size_t size);

/* "64 x 64" or "64 x 64 x 64", with another sign for x if wanted. */
const char *app_extent_text(const clp_grid *grid, const char *times, char *text, size_t size);

#endif
