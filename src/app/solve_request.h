/* SPDX-License-Identifier: MIT */
/* The options of clpoisson solve. */
#ifndef APP_SOLVE_REQUEST_H
#define APP_SOLVE_REQUEST_H

#include <clpoisson/clpoisson.h>

enum { APP_SETTINGS_MAX = 256 };

/* What the command line says. Starts as {0}. */
typedef struct app_solve_request {
    const char *path;
    const char *settings[APP_SETTINGS_MAX + 1];
    size_t setting_count;
    const char *picture, *field, *vtk, *convergence, *report, *plot, *slice, *series, *animation, *frames,
        *film, *probes, *probes_plot;
    const char *sweeps[APP_SETTINGS_MAX + 1], *table;
    size_t sweep_count;
    bool matrix, dry_run, yes, watch;
    clp_picture_options drawing;
    const char *backend, *device, *threads, *ranks, *transport, *halo, *gathered, *overlap;
    clp_ranks *group; /* of processes, once they are joined; NULL: one alone */
    size_t parts[CLP_AXES];
} app_solve_request;

/* Reads them. Answers as app_read_options() does. */
int app_read_solve_request(app_solve_request *request, int count, char **arguments);

#endif
