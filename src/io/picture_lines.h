/* SPDX-License-Identifier: MIT */
/* Field lines of a flux. */
#ifndef CLP_IO_PICTURE_LINES_H
#define CLP_IO_PICTURE_LINES_H

#include "io/picture_flux.h"

/* Draws lines about `pitch` pixels apart over a map, whose lower left corner is cairo's origin, y up. Errors:
 * memory. */
clp_status clp_lines_draw(const clp_page *p, const clp_flow *flow, double pitch);

#endif
