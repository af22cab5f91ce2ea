/* SPDX-License-Identifier: MIT */
/* Ink on a page that is laid out: head, maps, axes and bar. */
#ifndef CLP_IO_PICTURE_DRAW_H
#define CLP_IO_PICTURE_DRAW_H

#include "base/status.h"
#include "io/picture_page.h"

/* Draws everything but the white of the page, whose cairo draws on `surface`: CAIRO_FORMAT_RGB24, at least as
 * large as the page. Errors are those of memory; cairo keeps its own in p->cairo. */
clp_status clp_page_draw(clp_page *p, cairo_surface_t *surface);

#endif
