/* SPDX-License-Identifier: MIT */
/* Outlines of regions over a map. */
#ifndef CLP_IO_PICTURE_REGIONS_H
#define CLP_IO_PICTURE_REGIONS_H

#include "base/status.h"
#include "io/picture_page.h"

/* Outlines where the ids of neighbouring cells differ, along the sides of the cells (of the pixels, where
 * these are larger). Draws nothing where the outlines would fill the map. Errors: memory. */
clp_status clp_regions_draw(const clp_page *p, const clp_panel *panel);

#endif
