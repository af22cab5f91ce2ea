/* SPDX-License-Identifier: MIT */
#include "io/picture_map.h"

#include "io/isolines.h"
#include "io/picture_flux.h"
#include "io/picture_regions.h"

#include <math.h>

void clp_set_isoline_color(const clp_page *p, double place)
{
    if (clp_colormap_lab(place).lightness > 52)
        cairo_set_source_rgba(p->cairo, 0, 0, 0, 0.6);
    else
        cairo_set_source_rgba(p->cairo, 1, 1, 1, 0.65);
}

bool clp_has_isoline(double place)
{
    return place > 0.002 && place < 0.998;
}

static void paint_map(const clp_page *p, const clp_box *map, const clp_samples *samples,
                      cairo_surface_t *surface)
{
    cairo_surface_flush(surface);
    unsigned char *data = cairo_image_surface_get_data(surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    for (size_t r = 0; r < samples->rows; r++) {
        const float *row = samples->values + (samples->rows - 1 - r) * samples->columns;
        uint32_t *pixels = (void *)(data + ((size_t)map->y + r) * stride);
        for (size_t i = 0; i < samples->columns; i++)
            pixels[(size_t)map->x + i] = isnan(row[i]) ? clp_gap_color : clp_colormap_find(p->colors, row[i]);
    }
    cairo_surface_mark_dirty(surface);
}

/* Finds the isolines at the ticks of the bar. None at all where some fill the map, as in noise: they would
 * hide it. */
static clp_status find_isolines(clp_page *p, const clp_samples *samples, clp_isoline lines[CLP_TICKS_MAX])
{
    size_t stride = (size_t)p->line;
    size_t most = samples->columns * samples->rows / (stride * stride) / 8;
    for (size_t i = 0; i < p->bar_ticks.count && p->isolines; i++) {
        double place = clp_place_of(p->bar_ticks.values[i], p->low, p->high);
        if (!clp_has_isoline(place)) continue;
        /* A little lower, so that plateaus at a round value show no specks of rounding. */
        CLP_TRY(clp_isoline_find(samples, stride, (float)(place - 2e-6), most, &lines[i]));
        p->isolines = !lines[i].crowded;
    }
    return CLP_OK;
}

static void draw_isolines(const clp_page *p, const clp_box *map, const clp_isoline lines[CLP_TICKS_MAX])
{
    cairo_save(p->cairo);
    cairo_translate(p->cairo, map->x + 0.5, map->y + map->height - 0.5);
    cairo_scale(p->cairo, 1, -1);
    cairo_set_line_width(p->cairo, fmax(0.9, p->width / 900));
    cairo_set_line_cap(p->cairo, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(p->cairo, CAIRO_LINE_JOIN_ROUND);
    for (size_t i = 0; i < p->bar_ticks.count && p->isolines; i++) {
        clp_set_isoline_color(p, clp_place_of(p->bar_ticks.values[i], p->low, p->high));
        float x = NAN, y = NAN; /* the end of the segment before: neighbours in a row share it */
        for (size_t k = 0; k < lines[i].count; k++) {
            const clp_segment *s = &lines[i].segments[k];
            const bool turned = s->x1 == x && s->y1 == y;
            if (!turned && (s->x0 != x || s->y0 != y)) cairo_move_to(p->cairo, (double)s->x0, (double)s->y0);
            x = turned ? s->x0 : s->x1;
            y = turned ? s->y0 : s->y1;
            cairo_line_to(p->cairo, (double)x, (double)y);
        }
        cairo_stroke(p->cairo);
    }
    cairo_restore(p->cairo);
}

/* What lies over the colours, inside the map only. */
static clp_status draw_over(const clp_page *p, const clp_panel *panel, const clp_isoline lines[CLP_TICKS_MAX])
{
    const clp_box *map = &panel->map;
    clp_status status = CLP_OK;
    cairo_save(p->cairo);
    cairo_rectangle(p->cairo, map->x, map->y, map->width, map->height);
    cairo_clip(p->cairo);
    draw_isolines(p, map, lines);
    if (panel->plane->regions) status = clp_regions_draw(p, panel);
    /* Where all values are equal but for rounding, the flux is that rounding. */
    if (status == CLP_OK && panel->plane->flux && p->low < p->high) status = clp_flux_draw(p, panel);
    cairo_restore(p->cairo);
    return status;
}

/* A panel's field at its pixels, and the isolines through it. */
typedef struct ink {
    clp_samples samples;
    clp_isoline lines[CLP_TICKS_MAX];
} ink;

clp_status clp_maps_draw(clp_page *p, cairo_surface_t *surface)
{
    ink inks[CLP_PANELS] = {0};
    clp_status status = CLP_OK;
    p->isolines = p->low < p->high;
    for (size_t k = 0; k < p->count && status == CLP_OK; k++) {
        const clp_plane *plane = p->panels[k].plane;
        const clp_box *map = &p->panels[k].map;
        status = clp_samples_create(&plane->grid, plane->values, p->low, p->high, (size_t)map->width,
                                    (size_t)map->height, &inks[k].samples);
        if (status != CLP_OK) break;
        paint_map(p, map, &inks[k].samples, surface);
        status = find_isolines(p, &inks[k].samples, inks[k].lines);
    }
    /* After the isolines of all panels: where they are too many in one, there are none in any. */
    for (size_t k = 0; k < p->count && status == CLP_OK; k++)
        status = draw_over(p, &p->panels[k], inks[k].lines);
    for (size_t k = 0; k < CLP_PANELS; k++) {
        for (size_t i = 0; i < CLP_TICKS_MAX; i++) clp_isoline_finish(&inks[k].lines[i]);
        clp_samples_finish(&inks[k].samples);
    }
    return status;
}
