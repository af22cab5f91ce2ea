/* SPDX-License-Identifier: MIT */
/* Stands in for film.c in a build without libwebp or cairo. */
#include <clpoisson/output.h>

#include "base/status.h"

clp_status clp_film_create(const char *path, double seconds, clp_film **film)
{
    (void)seconds;
    *film = NULL;
    return clp_fail(CLP_ERROR_UNSUPPORTED,
                    "%s: films need libwebp and cairo; install libwebp-dev and libcairo2-dev and build again",
                    path);
}

clp_status clp_film_add(clp_film *film, const clp_grid *grid, const double *values,
                        const clp_picture_options *options)
{
    (void)film;
    (void)grid;
    (void)values;
    (void)options;
    return CLP_ERROR_UNSUPPORTED;
}

clp_status clp_film_finish(clp_film *film, bool keep)
{
    (void)film;
    (void)keep;
    return CLP_OK;
}
