/* SPDX-License-Identifier: MIT */
/* Pictures that do not go to a file of their own. */
#ifndef CLP_IO_PICTURE_H
#define CLP_IO_PICTURE_H

#include <clpoisson/output.h>

#include <cairo.h>

/* Takes a picture that is drawn; `path` is what messages speak of. */
typedef clp_status clp_picture_use(void *context, const char *path, cairo_surface_t *surface);

/* Draws what clp_picture_write does. Errors: as there, and those of `use`. */
clp_status clp_picture_draw(const char *path, const clp_grid *grid, const double *values,
                            const clp_picture_options *options, clp_picture_use *use, void *context);

#endif
