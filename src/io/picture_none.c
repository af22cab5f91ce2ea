/* SPDX-License-Identifier: MIT */
/* Stands in for picture.c in a build without cairo. */
#include <clpoisson/output.h>

#include "base/status.h"

clp_status clp_convergence_write_png(const char *path, const clp_report *report)
{
    (void)report;
    return clp_fail(CLP_ERROR_UNSUPPORTED, "%s: plots need cairo; install libcairo2-dev and build again",
                    path);
}

clp_status clp_picture_write(const char *path, const clp_grid *grid, const double *values,
                             const clp_picture_options *options)
{
    (void)grid;
    (void)values;
    (void)options;
    return clp_fail(CLP_ERROR_UNSUPPORTED, "%s: pictures need cairo; install libcairo2-dev and build again",
                    path);
}

clp_status clp_probes_write_png(const char *path, const clp_probe_notes *notes)
{
    (void)notes;
    return clp_fail(CLP_ERROR_UNSUPPORTED, "%s: plots need cairo; install libcairo2-dev and build again",
                    path);
}
