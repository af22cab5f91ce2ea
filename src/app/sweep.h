/* SPDX-License-Identifier: MIT */
/* clpoisson solve --sweep: a family of problems, one row of results each. */
#ifndef APP_SWEEP_H
#define APP_SWEEP_H

#include <clpoisson/clpoisson.h>

typedef struct app_sweep_request {
    const char *path;                            /* of the problem file */
    const char *const *settings, *const *sweeps; /* KEY=VALUE, KEY=FROM:TO:COUNT */
    size_t setting_count, sweep_count;
    const char *table; /* NULL: CSV to standard output */
    const clp_device_options *device;
    clp_monitor_function *monitor;
} app_sweep_request;

/* Solves all of them and answers an exit status; what is wrong has been said. */
int app_sweep(const app_sweep_request *request);

#endif
