/* SPDX-License-Identifier: MIT */
/* Options that say how a picture is drawn; -1, or an exit status after an error that has been said. */
#ifndef APP_DRAWING_H
#define APP_DRAWING_H

#include <clpoisson/clpoisson.h>

/* Reads "z=0.5" or "z:12" for a field on a grid; NULL leaves the options alone. */
int app_read_slice(const char *text, const clp_grid *grid, clp_picture_options *options);

/* Reads "flux" or "lines" (field lines), or "arrows", given with an option of that name; likewise. */
int app_read_style(const char *option, const char *text, clp_flux_style *style);

#endif
