/* SPDX-License-Identifier: MIT */
/* The flux in a plane, drawn over its map as arrows or field lines. */
#ifndef CLP_IO_PICTURE_FLUX_H
#define CLP_IO_PICTURE_FLUX_H

#include "base/status.h"
#include "io/picture_page.h"

/* Draws the flux as p->flux_style says. Errors: memory. */
clp_status clp_flux_draw(const clp_page *p, const clp_panel *panel);

/* The flux as a picture of it sees it. Places are in pixels from the lower left corner of the map, y up. */
typedef struct clp_flow {
    const clp_plane *plane;
    double width, height;
    double scale[2]; /* pixels per length, the larger one 1: a distorted map turns directions as well */
    double typical;  /* a large magnitude, but not one of the few peaks at corners; 0: there is no flux */
} clp_flow;

/* What is there: the unit vector along the flux in the picture, and the magnitude. False outside of the map,
 * and where the flux is zero or not finite. */
bool clp_flow_at(const clp_flow *flow, double x, double y, double direction[2], double *magnitude);

/* Strokes cairo's path so that it can be seen on any colour: dark with a light rim. */
void clp_flux_stroke(const clp_page *p, double width);

/* Adds the head of an arrow to cairo's path, its tip at a place. */
void clp_flux_head(const clp_page *p, double x, double y, const double direction[2], double length);

/* Fills the heads in cairo's path. */
void clp_flux_fill(const clp_page *p);

#endif
