/* SPDX-License-Identifier: MIT */
/* The page of a picture: where everything goes, and text on it. */
#ifndef CLP_IO_PICTURE_PAGE_H
#define CLP_IO_PICTURE_PAGE_H

#include "io/colormap.h"
#include "io/ticks.h"

#include <clpoisson/grid.h>

#include <cairo.h>
#include <stdbool.h>
#include <stdint.h>

enum { CLP_PAGE_TEXT = 512 };

typedef struct clp_box {
    double x, y, width, height;
} clp_box;

/* Lengths are in pixels, y downwards; all but the width follow from the font size. */
typedef struct clp_page {
    const clp_grid *grid;
    cairo_t *cairo;
    double width, height, font, line;
    double low, high; /* of the values; equal where there is nothing to tell apart */
    bool any;         /* some value is finite */
    clp_box map, bar;
    bool bar_below, isolines;
    clp_ticks axes[CLP_AXES], bar_ticks;
    char names[CLP_AXES][CLP_TICKS_NOTE + 8];
    char title[CLP_PAGE_TEXT], mark[CLP_PAGE_TEXT];
    uint32_t colors[CLP_COLORMAP_SIZE];
} clp_page;

/* Copies a text as cairo takes it: what is no UTF-8 becomes "?", line breaks and the like become spaces. */
void clp_text_clean(char destination[CLP_PAGE_TEXT], const char *text);

/* Chooses font size, ticks, height and the places of map and bar; needs a cairo to measure text on, and the
 * grid, width, range and texts. */
void clp_page_lay_out(clp_page *p);

void clp_page_set_font(const clp_page *p, double size, bool bold);

/* Height of digits, which lines of text are centred by. */
double clp_page_cap_height(const clp_page *p);

double clp_page_widest_label(const clp_page *p, const clp_ticks *ticks);

/* Draws a text in one line about a point: align 0 begins there, 0.5 is centred, 1 ends there. */
void clp_page_text(const clp_page *p, const char *text, double x, double y, double align);

/* Draws a text centred at x but within [left, right]: made smaller, then cut, where it is too long. */
void clp_page_fit_text(const clp_page *p, const char *text, double size, bool bold, double x, double y,
                       double left, double right);

/* Place of a value along an axis, 0 to 1. */
double clp_place_of(double value, double low, double high);

#endif
