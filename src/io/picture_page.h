/* SPDX-License-Identifier: MIT */
/* The page of a picture: where everything goes. */
#ifndef CLP_IO_PICTURE_PAGE_H
#define CLP_IO_PICTURE_PAGE_H

#include "io/colormap.h"
#include "io/picture_plane.h"
#include "io/ticks.h"

#include <cairo.h>
#include <stdbool.h>
#include <stdint.h>

enum { CLP_PAGE_TEXT = 512, CLP_PANELS = 3 };

typedef struct clp_box {
    double x, y, width, height;
} clp_box;

/* A map with its axes. */
typedef struct clp_panel {
    const clp_plane *plane;
    clp_box map, room; /* room: what its texts may fill */
    clp_ticks axes[2];
    char names[2][CLP_TICKS_NOTE + 8];
} clp_panel;

/* Lengths are in pixels, y downwards; all but the width follow from the font size. */
typedef struct clp_page {
    cairo_t *cairo;
    double width, height, font, line;
    double low, high; /* of the values; equal where there is nothing to tell apart */
    bool any;         /* some value is finite */
    clp_panel panels[CLP_PANELS];
    size_t count; /* of panels: one, or three planes of a box: x-y, x-z, y-z */
    clp_box bar;
    bool bar_below, isolines;
    bool stacked; /* three panels in a column, rather than the last one beside the second */
    clp_flux_style flux_style;
    clp_ticks bar_ticks;
    char title[CLP_PAGE_TEXT], mark[CLP_PAGE_TEXT];
    uint32_t colors[CLP_COLORMAP_SIZE];
} clp_page;

/* Room around a map for everything else. */
typedef struct clp_margins {
    double left, right, top, bottom;
} clp_margins;

/* Chooses font size, ticks, height and the places of maps and bar; needs a cairo to measure text on, and the
 * planes, width, range and texts. */
void clp_page_lay_out(clp_page *p);

/* Place of a value along an axis, 0 to 1. */
double clp_place_of(double value, double low, double high);

/* How many times longer than another a length is drawn that is: at true scale up to 4; beyond, the ratio
 * grows with its fourth root, up to 8. */
double clp_drawn_ratio(double ratio);

/* Height of title and mark, and of the rim above them. */
double clp_page_head(const clp_page *p);

#endif
