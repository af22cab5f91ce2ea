/* SPDX-License-Identifier: MIT */
#include "io/picture_draw.h"

#include "io/isolines.h"

#include <math.h>

/* Where the field is NaN or infinite. */
static const uint32_t gap_color = 0xb4b4b4;

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

static void draw_axes(const clp_page *p)
{
    const clp_grid *g = p->grid;
    double f = p->font, pad = 0.7 * f;
    draw_frame(p, &p->map);
    clp_page_set_font(p, f, false);
    set_color(p, 0.15);
    draw_ticks_below(p, &p->map, &p->axes[0], g->origin[0], g->origin[0] + g->size[0]);
    draw_ticks_beside(p, &p->map, &p->axes[1], g->origin[1], g->origin[1] + g->size[1], false);
    double y_x = p->map.x - clp_page_widest_label(p, &p->axes[1]) - 1.7 * f,
           y_y = p->map.y + p->map.height / 2;
    clp_page_fit_text(p, p->names[0], f, false, p->map.x + p->map.width / 2,
                      p->map.y + p->map.height + 2.5 * f, pad, p->width - pad);
    if (!*p->axes[1].note) { /* a lone letter reads better upright */
        clp_page_set_font(p, f, false);
        clp_page_text(p, p->names[1], y_x, y_y, 0.5);
        return;
    }
    cairo_save(p->cairo);
    cairo_translate(p->cairo, y_x, y_y);
    cairo_rotate(p->cairo, -acos(-1) / 2);
    clp_page_fit_text(p, p->names[1], f, false, 0, 0, y_y + pad - p->height, y_y - pad);
    cairo_restore(p->cairo);
}

/* Isolines dark on light colours and light on dark ones. */
static void set_line_color(const clp_page *p, double place)
{
    if (clp_colormap_lab(place).lightness > 52)
        cairo_set_source_rgba(p->cairo, 0, 0, 0, 0.6);
    else
        cairo_set_source_rgba(p->cairo, 1, 1, 1, 0.65);
}

/* Whether a tick of the bar gets an isoline; the ends of the range would only outline plateaus. */
static bool has_isoline(double place)
{
    return place > 0.002 && place < 0.998;
}

static void draw_bar_colors(const clp_page *p, const clp_box *b, double length)
{
    for (double i = 0; i < length; i++) {
        float place = p->low < p->high ? (float)((i + 0.5) / length) : 0.5f;
        uint32_t color = p->any ? clp_colormap_find(p->colors, place) : gap_color;
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
        if (!has_isoline(place)) continue;
        set_line_color(p, place);
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
    double y = p->bar_below ? b->y + b->height + 2.5 * f : b->y - 1.3 * f;
    clp_page_fit_text(p, p->bar_ticks.note, f, false, b->x + b->width / 2, y, 0.7 * f, p->width - 0.7 * f);
}

static void draw_head(const clp_page *p)
{
    double f = p->font, pad = 0.7 * f, y = pad;
    if (*p->title) {
        set_color(p, 0.05);
        clp_page_fit_text(p, p->title, 1.25 * f, true, p->map.x + p->map.width / 2, y + 0.7 * f, pad,
                          p->width - pad);
        y += 2 * f;
    }
    if (!*p->mark) return;
    cairo_set_source_rgb(p->cairo, 0.72, 0.07, 0.07);
    fill_box(p, pad, floor(y), p->width - 2 * pad, floor(1.8 * f));
    set_color(p, 1);
    clp_page_fit_text(p, p->mark, f, true, p->width / 2, floor(y) + floor(1.8 * f) / 2, 1.5 * pad,
                      p->width - 1.5 * pad);
}

static void paint_map(const clp_page *p, const clp_samples *samples, cairo_surface_t *surface)
{
    cairo_surface_flush(surface);
    unsigned char *data = cairo_image_surface_get_data(surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    for (size_t r = 0; r < samples->rows; r++) {
        const float *row = samples->values + (samples->rows - 1 - r) * samples->columns;
        uint32_t *pixels = (void *)(data + ((size_t)p->map.y + r) * stride);
        for (size_t i = 0; i < samples->columns; i++)
            pixels[(size_t)p->map.x + i] = isnan(row[i]) ? gap_color : clp_colormap_find(p->colors, row[i]);
    }
    cairo_surface_mark_dirty(surface);
}

/* Finds the isolines at the ticks of the bar. None at all where some fill the map, as in noise: they would
 * hide it. */
static clp_status find_isolines(clp_page *p, const clp_samples *samples, clp_isoline lines[CLP_TICKS_MAX])
{
    size_t stride = (size_t)p->line;
    size_t most = samples->columns * samples->rows / (stride * stride) / 8;
    p->isolines = p->low < p->high;
    for (size_t i = 0; i < p->bar_ticks.count && p->isolines; i++) {
        double place = clp_place_of(p->bar_ticks.values[i], p->low, p->high);
        if (!has_isoline(place)) continue;
        /* A little lower, so that plateaus at a round value show no specks of rounding. */
        CLP_TRY(clp_isoline_find(samples, stride, (float)(place - 2e-6), most, &lines[i]));
        p->isolines = !lines[i].crowded;
    }
    return CLP_OK;
}

static void draw_isolines(const clp_page *p, const clp_isoline lines[CLP_TICKS_MAX])
{
    cairo_save(p->cairo);
    cairo_rectangle(p->cairo, p->map.x, p->map.y, p->map.width, p->map.height);
    cairo_clip(p->cairo);
    cairo_translate(p->cairo, p->map.x + 0.5, p->map.y + p->map.height - 0.5);
    cairo_scale(p->cairo, 1, -1);
    cairo_set_line_width(p->cairo, fmax(0.9, p->width / 900));
    cairo_set_line_cap(p->cairo, CAIRO_LINE_CAP_ROUND);
    for (size_t i = 0; i < p->bar_ticks.count && p->isolines; i++) {
        set_line_color(p, clp_place_of(p->bar_ticks.values[i], p->low, p->high));
        for (size_t k = 0; k < lines[i].count; k++) {
            const clp_segment *s = &lines[i].segments[k];
            cairo_move_to(p->cairo, (double)s->x0, (double)s->y0);
            cairo_line_to(p->cairo, (double)s->x1, (double)s->y1);
        }
        cairo_stroke(p->cairo);
    }
    cairo_restore(p->cairo);
}

static clp_status draw_map(clp_page *p, const double *values, cairo_surface_t *surface)
{
    clp_samples samples = {0};
    clp_isoline lines[CLP_TICKS_MAX] = {{0}};
    clp_status status = clp_samples_create(p->grid, values, p->low, p->high, (size_t)p->map.width,
                                           (size_t)p->map.height, &samples);
    if (status != CLP_OK) goto cleanup;
    paint_map(p, &samples, surface);
    if ((status = find_isolines(p, &samples, lines)) != CLP_OK) goto cleanup;
    draw_isolines(p, lines);
cleanup:
    for (size_t i = 0; i < CLP_TICKS_MAX; i++) clp_isoline_finish(&lines[i]);
    clp_samples_finish(&samples);
    return status;
}

clp_status clp_page_draw(clp_page *p, const double *values, cairo_surface_t *surface)
{
    clp_colormap_make(p->colors);
    CLP_TRY(draw_map(p, values, surface));
    draw_axes(p);
    draw_bar(p);
    draw_head(p);
    return CLP_OK;
}
