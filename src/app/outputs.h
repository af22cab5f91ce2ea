/* SPDX-License-Identifier: MIT */
/* Where `clpoisson solve` writes to. */
#ifndef APP_OUTPUTS_H
#define APP_OUTPUTS_H

#include <clpoisson/clpoisson.h>

/* Checks that a file can be written and is not the problem file. Answers as app_check_outputs() does. */
int app_check_output(const char *problem_path, const char *name, const char *path);

/*
 * Checks, before any work, that each output can be written and none falls on another or on the problem file.
 * Answers -1 to go on, or an exit status after an error that has been said.
 */
int app_check_outputs(const char *problem_path, const clp_problem_output *output);

/* The paths of all outputs, NULL where one is not asked for. */
enum { APP_OUTPUTS = 11 };
void app_list_outputs(const clp_problem_output *output, const char *paths[APP_OUTPUTS]);

/* Says why an output was not written, forgets its path and keeps the first such status. */
void app_written(clp_status status, const char **path, clp_status *first);

#endif
