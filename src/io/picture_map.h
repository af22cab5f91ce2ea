/* SPDX-License-Identifier: MIT */
/* Maps: colours, isolines, and what is drawn over them. */
#ifndef CLP_IO_PICTURE_MAP_H
#define CLP_IO_PICTURE_MAP_H

#include "base/status.h"
#include "io/picture_page.h"

/* Where the field is NaN or infinite. */
static const uint32_t clp_gap_color = 0xb4b4b4;

/* Draws the maps of all panels; errors are those of memory. Afterwards p->isolines tells whether there are
 * any. */
clp_status clp_maps_draw(clp_page *p, cairo_surface_t *surface);

/* Isolines are dark on light colours and light on dark ones. */
void clp_set_isoline_color(const clp_page *p, double place);

/* Whether a tick of the bar gets an isoline; the ends of the range would only outline plateaus. */
bool clp_has_isoline(double place);

#endif
