/* SPDX-License-Identifier: MIT */
#include "io/picture_panels.h"

#include "io/picture_text.h"

#include <math.h>

/* Most height of the maps together, in page widths. */
static const double height_most = 1.2;

/*
 * Panels in columns and rows. The square has x-z below x-y, sharing x, and y-z beside it, sharing z; the
 * corner that is left is the bar's. Flat boxes would leave most of the page white there: they are stacked.
 */
typedef struct arrangement {
    int columns, rows;
    int column[CLP_PANELS], row[CLP_PANELS];
} arrangement;

static const arrangement square = {2, 2, {0, 0, 1}, {0, 1, 1}}, stack = {1, 3, {0, 0, 0}, {0, 1, 2}};

/* Lengths of the box as drawn, the longest one 1; no other is less than an eighth. */
static void find_lengths(const clp_page *p, double lengths[3])
{
    const clp_grid *xy = &p->panels[0].plane->grid, *xz = &p->panels[1].plane->grid;
    const double sizes[3] = {xy->size[0], xy->size[1], xz->size[1]};
    double longest = fmax(sizes[0], fmax(sizes[1], sizes[2]));
    for (int axis = 0; axis < 3; axis++) lengths[axis] = 1 / clp_drawn_ratio(longest / sizes[axis]);
}

/* Widths of the columns and heights of the rows, at a scale. */
static void find_tracks(const arrangement *a, const double lengths[3], double scale, double least,
                        double widths[2], double heights[3])
{
    static const int axes[CLP_PANELS][2] = {{0, 1}, {0, 2}, {1, 2}};
    widths[0] = widths[1] = heights[0] = heights[1] = heights[2] = 0;
    for (int k = 0; k < CLP_PANELS; k++) {
        double *width = &widths[a->column[k]], *height = &heights[a->row[k]];
        *width = fmax(*width, fmax(floor(scale * lengths[axes[k][0]]), least));
        *height = fmax(*height, fmax(floor(scale * lengths[axes[k][1]]), least));
    }
}

/* What the bar and its labels take beside a map. */
static double bar_room(const clp_page *p)
{
    clp_page_set_font(p, p->font, false);
    return 3.7 * p->font + clp_page_widest_label(p, &p->bar_ticks);
}

/* Pixels for the longest side of the box. */
static double scale_of(const clp_page *p, const arrangement *a, const clp_margins *m, const double lengths[3])
{
    double widths[2], heights[3];
    find_tracks(a, lengths, 1e6, 0, widths, heights);
    double rims = a->columns * (m->left + m->right);
    if (a->columns == 1) rims += fmax(bar_room(p) - m->right, 0);
    double room = fmax(p->width - rims, 3 * p->font);
    return 1e6 * fmin(room / (widths[0] + widths[1]),
                      height_most * p->width / (heights[0] + heights[1] + heights[2]));
}

clp_margins clp_panels_margins(const clp_page *p)
{
    double f = p->font, pad = 0.7 * f, across = 0, upright = 0;
    clp_page_set_font(p, f, false);
    for (int k = 0; k < CLP_PANELS; k++) {
        across = fmax(across, clp_page_widest_label(p, &p->panels[k].axes[0]));
        upright = fmax(upright, clp_page_widest_label(p, &p->panels[k].axes[1]));
    }
    return (clp_margins){.left = pad + 1.7 * f + upright + 0.7 * f,
                         .right = fmax(pad, pad / 2 + across / 2),
                         .top = 2 * f,
                         .bottom = 0.7 * f + 1.0 * f + 0.5 * f + 1.0 * f + pad};
}

void clp_panels_place(clp_page *p, const clp_margins *m)
{
    static const int axes[CLP_PANELS][2] = {{0, 1}, {0, 2}, {1, 2}};
    double lengths[3], widths[2], heights[3], f = p->font, least = 3 * f;
    find_lengths(p, lengths);
    double scale = scale_of(p, &square, m, lengths), stacked = scale_of(p, &stack, m, lengths);
    p->stacked = stacked > 1.3 * scale;
    const arrangement *a = p->stacked ? &stack : &square;
    if (p->stacked) scale = stacked;
    find_tracks(a, lengths, scale, least, widths, heights);
    double used = widths[0] + widths[1] + a->columns * (m->left + m->right);
    if (p->stacked) used += fmax(bar_room(p) - m->right, 0);
    double begin = fmax((p->width - used) / 2, 0), top = clp_page_head(p);
    for (int k = 0; k < CLP_PANELS; k++) {
        double x = begin, y = top;
        for (int c = 0; c < a->column[k]; c++) x += widths[c] + m->left + m->right;
        for (int r = 0; r < a->row[k]; r++) y += heights[r] + m->top + m->bottom;
        double width = fmax(floor(scale * lengths[axes[k][0]]), least);
        double height = fmax(floor(scale * lengths[axes[k][1]]), least);
        p->panels[k].map = (clp_box){floor(x + m->left), floor(y + m->top), width, height};
        p->panels[k].room = (clp_box){x, y, width + m->left + m->right, height + m->top + m->bottom};
    }
    p->height = ceil(p->panels[2].room.y + p->panels[2].room.height);
    const clp_box *beside = &p->panels[0].map;
    p->bar = (clp_box){floor(beside->x + beside->width + 1.1 * f), beside->y, floor(1.2 * f), beside->height};
}
