/* SPDX-License-Identifier: MIT */
/* The layout of three panels: the middles of a box at one scale. */
#ifndef CLP_IO_PICTURE_PANELS_H
#define CLP_IO_PICTURE_PANELS_H

#include "io/picture_page.h"

/* The room that each panel needs around its map. */
clp_margins clp_panels_margins(const clp_page *p);

/* Places maps and bar, and chooses the arrangement. */
void clp_panels_place(clp_page *p, const clp_margins *m);

#endif
