/* SPDX-License-Identifier: MIT */
#include "io/picture_page.h"

#include "base/checked.h"
#include "io/picture_panels.h"
#include "io/picture_text.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

double clp_place_of(double value, double low, double high)
{
    double half = high / 2 - low / 2;
    return half > 0 ? fmin(fmax((value / 2 - low / 2) / half, 0), 1) : 0.5;
}

/* Whether labels along a length keep their distance; across: they stand beside each other. */
static bool labels_fit(const clp_page *p, const clp_ticks *ticks, double low, double high, double length,
                       bool across)
{
    for (size_t i = 1; i < ticks->count; i++) {
        double distance =
            (clp_place_of(ticks->values[i], low, high) - clp_place_of(ticks->values[i - 1], low, high));
        double needed = 1.5 * p->font;
        if (across)
            needed = clp_page_text_width(p, ticks->labels[i]) / 2 +
                     clp_page_text_width(p, ticks->labels[i - 1]) / 2 + p->font;
        if (distance * length < needed) return false;
    }
    return true;
}

/* The most ticks, up to one per `spacing`, whose labels keep their distance. */
static void choose_ticks(const clp_page *p, double low, double high, double length, double spacing,
                         bool across, size_t most, clp_ticks *ticks)
{
    most = clp_max(2, clp_min(most, (size_t)(length / spacing)));
    do clp_ticks_find(low, high, most, ticks);
    while (!labels_fit(p, ticks, low, high, length, across) && --most > 0);
}

static void choose_all_ticks(clp_page *p)
{
    clp_page_set_font(p, p->font, false);
    for (clp_panel *panel = p->panels; panel < p->panels + p->count; panel++) {
        double lengths[2] = {panel->map.width, panel->map.height};
        const clp_plane *plane = panel->plane;
        for (int k = 0; k < 2; k++) {
            double begin = plane->grid.origin[k];
            choose_ticks(p, begin, begin + plane->grid.size[k], lengths[k], k ? 3 * p->font : 4 * p->font,
                         k == 0, 9, &panel->axes[k]);
            const char *note = panel->axes[k].note;
            snprintf(panel->names[k], sizeof panel->names[k], *note ? "%c  (%s)" : "%c", plane->letters[k],
                     note);
        }
    }
    if (p->low < p->high)
        choose_ticks(p, p->low, p->high, p->bar_below ? p->bar.width : p->bar.height, 2.2 * p->font,
                     p->bar_below, 12, &p->bar_ticks);
    else if (p->any)
        clp_ticks_single(p->low, &p->bar_ticks);
}

double clp_drawn_ratio(double ratio)
{
    ratio = fmin(ratio, DBL_MAX);
    return ratio > 4 ? fmin(4 * pow(ratio / 4, 0.25), 8) : ratio;
}

static double drawn_aspect(const clp_grid *grid)
{
    double aspect = grid->size[0] / grid->size[1];
    return aspect < 1 ? 1 / clp_drawn_ratio(1 / aspect) : clp_drawn_ratio(aspect);
}

double clp_page_head(const clp_page *p)
{
    double height = 0.7 * p->font;
    if (*p->title) height += 2 * p->font;
    if (*p->mark) height += 2.3 * p->font;
    return height;
}

static clp_margins margins_of(const clp_page *p)
{
    double f = p->font, pad = 0.7 * f;
    clp_page_set_font(p, f, false);
    double x_overhang = clp_page_widest_label(p, &p->panels[0].axes[0]) / 2,
           bar_label = clp_page_widest_label(p, &p->bar_ticks);
    clp_margins m = {.left = pad + 1.7 * f + clp_page_widest_label(p, &p->panels[0].axes[1]) + 0.7 * f,
                     .right = fmax(pad, pad / 2 + x_overhang),
                     .top = clp_page_head(p) + 0.4 * f,
                     .bottom = 0.7 * f + 1.0 * f + 0.5 * f + 1.0 * f + pad};
    if (p->bar_below) {
        m.bottom += 0.6 * f + 1.1 * f + 0.7 * f + f;
        m.right = fmax(m.right, pad / 2 + bar_label / 2);
        if (*p->bar_ticks.note) m.bottom += 1.3 * f;
    } else {
        m.right = fmax(m.right, 1.1 * f + 1.2 * f + 0.7 * f + bar_label + pad);
        if (*p->bar_ticks.note) m.top += 1.5 * f;
    }
    return m;
}

/* Places map and bar; the map gets whole pixels. */
static void place(clp_page *p, const clp_margins *m)
{
    clp_box *map = &p->panels[0].map;
    double f = p->font, aspect = drawn_aspect(&p->panels[0].plane->grid);
    double room = fmax(p->width - m->left - m->right, 3 * f), most = 1.5 * p->width;
    map->width = room;
    map->height = fmax(room / aspect, 3 * f);
    if (map->height > most) {
        map->height = most;
        map->width = fmin(room, fmax(most * aspect, 5 * f));
    }
    *map = (clp_box){floor(m->left + (room - map->width) / 2), floor(m->top), floor(map->width),
                     floor(map->height)};
    p->height = ceil(m->top + map->height + m->bottom);
    p->panels[0].room = (clp_box){0, 0, p->width, p->height};
    if (p->bar_below)
        p->bar = (clp_box){map->x, floor(map->y + map->height + 3.8 * f), map->width, floor(1.1 * f)};
    else
        p->bar = (clp_box){floor(map->x + map->width + 1.1 * f), map->y, floor(1.2 * f), map->height};
}

/* Labels need room, which decides how many there are: two or three rounds settle it. Margins only grow, so
 * that the last labels fit as well. Returns whether enough is left for the maps. */
static bool settle(clp_page *p)
{
    bool several = p->count > 1;
    clp_margins m = several ? clp_panels_margins(p) : margins_of(p);
    for (int round = 0; round < 5; round++) {
        if (several)
            clp_panels_place(p, &m);
        else
            place(p, &m);
        if (round == 4) break;
        choose_all_ticks(p);
        clp_margins now = several ? clp_panels_margins(p) : margins_of(p);
        m = (clp_margins){fmax(m.left, now.left), fmax(m.right, now.right), fmax(m.top, now.top),
                          fmax(m.bottom, now.bottom)};
    }
    double columns = several && !p->stacked ? 2 : 1;
    return p->width - columns * (m.left + m.right) > 0.4 * p->width;
}

void clp_page_lay_out(clp_page *p)
{
    p->line = fmax(1, floor(p->width / 1000 + 0.25));
    p->bar_below = p->count == 1 && drawn_aspect(&p->panels[0].plane->grid) > 2;
    /* Long labels on a small page: rather small than no map. */
    for (p->font = fmax(7 + p->width / 100, p->width / 60); !settle(p) && p->font >= 6;) p->font *= 0.9;
}
