/* SPDX-License-Identifier: MIT */
#include "io/picture_draw.h"

#include "io/picture_map.h"
#include "io/picture_text.h"

#include <math.h>

static void set_color(const clp_page *p, double grey)
{
    cairo_set_source_rgb(p->cairo, grey, grey, grey);
}

static void fill_box(const clp_page *p, double x, double y, double width, double height)
{
    cairo_rectangle(p->cairo, x, y, width, height);
    cairo_fill(p->cairo);
}

/* A frame just outside a box of whole pixels. */
static void draw_frame(const clp_page *p, const clp_box *b)
{
    set_color(p, 0.15);
    fill_box(p, b->x - p->line, b->y - p->line, b->width + 2 * p->line, p->line);
    fill_box(p, b->x - p->line, b->y + b->height, b->width + 2 * p->line, p->line);
    fill_box(p, b->x - p->line, b->y, p->line, b->height);
    fill_box(p, b->x + b->width, b->y, p->line, b->height);
}

/* Ticks and labels below a box. */
static void draw_ticks_below(const clp_page *p, const clp_box *b, const clp_ticks *ticks, double low,
                             double high)
{
    double bottom = b->y + b->height, middle = bottom + 0.65 * p->font + clp_page_cap_height(p) / 2;
    for (size_t i = 0; i < ticks->count; i++) {
        double x = b->x + clp_place_of(ticks->values[i], low, high) * b->width;
        fill_box(p, fmin(floor(x), b->x + b->width - p->line), bottom, p->line, floor(0.4 * p->font));
        clp_page_text(p, ticks->labels[i], x, middle, 0.5);
    }
}

/* Ticks and labels left of a box, or right of it, their numbers in a column that ends at the right. */
static void draw_ticks_beside(const clp_page *p, const clp_box *b, const clp_ticks *ticks, double low,
                              double high, bool right)
{
    double length = floor(0.4 * p->font);
    double tick_x = right ? b->x + b->width : b->x - length;
    double label_x =
        right ? tick_x + 0.65 * p->font + clp_page_widest_label(p, ticks) : b->x - 0.65 * p->font;
    for (size_t i = 0; i < ticks->count; i++) {
        double y = b->y + (1 - clp_place_of(ticks->values[i], low, high)) * b->height;
        fill_box(p, tick_x, fmin(floor(y), b->y + b->height - p->line), length, p->line);
        clp_page_text(p, ticks->labels[i], label_x, y, 1);
    }
}

static void draw_axes(const clp_page *p, const clp_panel *panel)
{
    const clp_grid *g = &panel->plane->grid;
    const clp_box *map = &panel->map, *room = &panel->room;
    double f = p->font, pad = 0.7 * f;
    draw_frame(p, map);
    clp_page_set_font(p, f, false);
    set_color(p, 0.15);
    draw_ticks_below(p, map, &panel->axes[0], g->origin[0], g->origin[0] + g->size[0]);
    draw_ticks_beside(p, map, &panel->axes[1], g->origin[1], g->origin[1] + g->size[1], false);
    double y_x = map->x - clp_page_widest_label(p, &panel->axes[1]) - 1.7 * f, y_y = map->y + map->height / 2;
    clp_page_fit_text(p, panel->names[0], f, false, map->x + map->width / 2, map->y + map->height + 2.5 * f,
                      room->x + pad, room->x + room->width - pad);
    if (!*panel->axes[1].note) { /* a lone letter reads better upright */
        clp_page_set_font(p, f, false);
        clp_page_text(p, panel->names[1], y_x, y_y, 0.5);
        return;
    }
    cairo_save(p->cairo);
    cairo_translate(p->cairo, y_x, y_y);
    cairo_rotate(p->cairo, -acos(-1) / 2);
    clp_page_fit_text(p, panel->names[1], f, false, 0, 0, y_y + pad - (room->y + room->height),
                      y_y - pad - room->y);
    cairo_restore(p->cairo);
}

/* Says above a panel where its plane lies; one panel alone has that in its title. */
static void draw_where(const clp_page *p, const clp_panel *panel)
{
    double pad = 0.7 * p->font;
    set_color(p, 0.15);
    clp_page_fit_text(p, panel->plane->where, p->font, false, panel->map.x + panel->map.width / 2,
                      panel->map.y - 0.9 * p->font, panel->room.x + pad,
                      panel->room.x + panel->room.width - pad);
}

static void draw_bar_colors(const clp_page *p, const clp_box *b, double length)
{
    for (double i = 0; i < length; i++) {
        float place = p->low < p->high ? (float)((i + 0.5) / length) : 0.5f;
        uint32_t color = p->any ? clp_colormap_find(p->colors, place) : clp_gap_color;
        cairo_set_source_rgb(p->cairo, (color >> 16) / 255.0, (color >> 8 & 255) / 255.0,
                             (color & 255) / 255.0);
        if (p->bar_below)
            fill_box(p, b->x + i, b->y, 1, b->height);
        else
            fill_box(p, b->x, b->y + length - 1 - i, b->width, 1);
    }
}

static void draw_bar_isolines(const clp_page *p, const clp_box *b, double length)
{
    for (size_t i = 0; i < p->bar_ticks.count && p->isolines; i++) {
        double place = clp_place_of(p->bar_ticks.values[i], p->low, p->high);
        if (!clp_has_isoline(place)) continue;
        clp_set_isoline_color(p, place);
        if (p->bar_below)
            fill_box(p, floor(b->x + place * length), b->y, p->line, b->height);
        else
            fill_box(p, b->x, floor(b->y + (1 - place) * length), b->width, p->line);
    }
}

static void draw_bar(const clp_page *p)
{
    const clp_box *b = &p->bar;
    double f = p->font, length = p->bar_below ? b->width : b->height;
    draw_bar_colors(p, b, length);
    draw_bar_isolines(p, b, length);
    draw_frame(p, b);
    clp_page_set_font(p, f, false);
    if (p->bar_below)
        draw_ticks_below(p, b, &p->bar_ticks, p->low, p->high);
    else
        draw_ticks_beside(p, b, &p->bar_ticks, p->low, p->high, true);
    if (!*p->bar_ticks.note) return;
    double y = p->bar_below ? b->y + b->height + 2.5 * f : b->y - (p->count > 1 ? 0.9 : 1.3) * f;
    double left = p->count > 1 ? b->x : 0.7 * f; /* clear of the title of the panel beside it */
    clp_page_fit_text(p, p->bar_ticks.note, f, false, b->x + b->width / 2, y, left, p->width - 0.7 * f);
}

static void draw_head(const clp_page *p)
{
    double f = p->font, pad = 0.7 * f, y = pad;
    if (*p->title) {
        set_color(p, 0.05);
        const clp_box *map = &p->panels[0].map;
        double middle = p->count > 1 ? p->width / 2 : map->x + map->width / 2;
        clp_page_fit_text(p, p->title, 1.25 * f, true, middle, y + 0.7 * f, pad, p->width - pad);
        y += 2 * f;
    }
    if (!*p->mark) return;
    cairo_set_source_rgb(p->cairo, 0.72, 0.07, 0.07);
    fill_box(p, pad, floor(y), p->width - 2 * pad, floor(1.8 * f));
    set_color(p, 1);
    clp_page_fit_text(p, p->mark, f, true, p->width / 2, floor(y) + floor(1.8 * f) / 2, 1.5 * pad,
                      p->width - 1.5 * pad);
}

clp_status clp_page_draw(clp_page *p, cairo_surface_t *surface)
{
    clp_colormap_make(p->colors);
    CLP_TRY(clp_maps_draw(p, surface));
    for (size_t k = 0; k < p->count; k++) {
        draw_axes(p, &p->panels[k]);
        if (p->count > 1) draw_where(p, &p->panels[k]);
    }
    draw_bar(p);
    draw_head(p);
    return CLP_OK;
}
