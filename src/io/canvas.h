/* SPDX-License-Identifier: MIT */
/* A surface to draw on, and its way into a file. */
#ifndef CLP_IO_CANVAS_H
#define CLP_IO_CANVAS_H

#include "base/status.h"

#include <cairo.h>

/* A white page with text smoothed in greys, whatever the display of this machine prefers. */
cairo_t *clp_canvas_create(cairo_surface_t *surface);

/* The error that cairo tells, for a file. */
clp_status clp_canvas_fail(const char *path, cairo_status_t status);

/* Hands a surface of CAIRO_FORMAT_RGB24 as a PNG to `write`, piece by piece. Answers its status, or cairo's.
 */
cairo_status_t clp_canvas_encode(cairo_surface_t *surface, cairo_write_func_t write, void *closure);

/* Writes a surface. Errors: CLP_ERROR_FILE, and those of cairo. */
clp_status clp_canvas_write_png(const char *path, cairo_surface_t *surface);

/* Writes what is drawn and destroys both. Errors likewise. */
clp_status clp_canvas_finish_png(const char *path, cairo_t *cairo, cairo_surface_t *surface);

#endif
