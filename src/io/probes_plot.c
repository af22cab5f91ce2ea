/* SPDX-License-Identifier: MIT */
/* What probes noted, over time. */
#include <clpoisson/output.h>

#include "io/canvas.h"
#include "io/picture_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { WIDTH = 1000, HEIGHT = 640, FONT = 17, TICKS = 9, COLORS = 7 };

typedef struct plot {
    clp_page page; /* to write text on */
    clp_box box;
    clp_probe_notes notes;
    double last, low, high; /* of times and values */
} plot;

/* Told apart without seeing red and green as different (M. Okabe, K. Ito, 2008), the dark ones first. */
static const double colors[COLORS][3] = {{0, 0.45, 0.7},    {0.84, 0.37, 0},  {0, 0.62, 0.45},
                                         {0.8, 0.47, 0.65}, {0.35, 0.7, 0.9}, {0.9, 0.6, 0},
                                         {0.3, 0.3, 0.3}};

static double value_of(const plot *p, size_t row, size_t probe)
{
    return p->notes.values[row * p->notes.count + probe];
}

static double x_of(const plot *p, double time)
{
    return p->box.x + p->box.width * (p->last > 0 ? time / p->last : 0.5);
}

static double y_of(const plot *p, double value)
{
    return p->box.y + p->box.height * (1 - clp_place_of(value, p->low, p->high));
}

static void find_range(plot *p)
{
    p->low = INFINITY;
    p->high = -INFINITY;
    for (size_t r = 0; r < p->notes.rows; r++) {
        p->last = fmax(p->last, p->notes.times[r]);
        for (size_t i = 0; i < p->notes.count; i++) {
            p->low = fmin(p->low, value_of(p, r, i));
            p->high = fmax(p->high, value_of(p, r, i));
        }
    }
    double room = 0.04 * (p->high - p->low);
    if (!(room > 1e-12 * fmax(fabs(p->low), fabs(p->high)))) room = p->low != 0 ? 0.1 * fabs(p->low) : 1;
    p->low -= room;
    p->high += room;
}

static void draw_grid_line(const plot *p, double x0, double y0, double x1, double y1)
{
    cairo_set_source_rgb(p->page.cairo, 0.85, 0.85, 0.85);
    cairo_set_line_width(p->page.cairo, 1);
    cairo_move_to(p->page.cairo, x0, y0);
    cairo_line_to(p->page.cairo, x1, y1);
    cairo_stroke(p->page.cairo);
    cairo_set_source_rgb(p->page.cairo, 0, 0, 0);
}

static void draw_axes(plot *p)
{
    clp_ticks times, values;
    double right = p->box.x + p->box.width, bottom = p->box.y + p->box.height;
    clp_ticks_find(0, p->last, TICKS, &times);
    for (size_t i = 0; i < times.count; i++) {
        double x = floor(x_of(p, times.values[i])) + 0.5;
        draw_grid_line(p, x, p->box.y, x, bottom);
        clp_page_text(&p->page, times.labels[i], x, bottom + FONT, 0.5);
    }
    clp_ticks_find(p->low, p->high, TICKS, &values);
    for (size_t i = 0; i < values.count; i++) {
        double y = floor(y_of(p, values.values[i])) + 0.5;
        draw_grid_line(p, p->box.x, y, right, y);
        clp_page_text(&p->page, values.labels[i], p->box.x - 10, y, 1);
    }
    char text[8 + CLP_TICKS_NOTE];
    snprintf(text, sizeof text, "t%s%s", *times.note ? "  " : "", times.note);
    clp_page_text(&p->page, text, p->box.x + p->box.width / 2, bottom + 2.4 * FONT, 0.5);
    snprintf(text, sizeof text, "u%s%s", *values.note ? "  " : "", values.note);
    clp_page_text(&p->page, text, p->box.x, 0.5 * p->box.y, 0);
    cairo_rectangle(p->page.cairo, floor(p->box.x) + 0.5, floor(p->box.y) + 0.5, p->box.width, p->box.height);
    cairo_stroke(p->page.cairo);
}

/* The names, at the right, in the order in which the lines end there, as close as they may be. */
static void draw_names(const plot *p, const size_t *order)
{
    const double line = 1.3 * FONT;
    double least = p->box.y - line, room = p->box.y + p->box.height;
    for (size_t k = 0; k < p->notes.count; k++) {
        size_t i = order[k];
        double y = fmax(y_of(p, value_of(p, p->notes.rows - 1, i)), least + line);
        y = fmin(y, room - line * (double)(p->notes.count - 1 - k)); /* those below need theirs */
        least = y;
        cairo_set_source_rgb(p->page.cairo, colors[i % COLORS][0], colors[i % COLORS][1],
                             colors[i % COLORS][2]);
        clp_page_text(&p->page, p->notes.probes[i].name, p->box.x + p->box.width + 8, y, 0);
    }
}

static void draw_lines(const plot *p)
{
    cairo_t *cairo = p->page.cairo;
    for (size_t i = 0; i < p->notes.count; i++) {
        const double dashes[] = {7, 4};
        cairo_set_source_rgb(cairo, colors[i % COLORS][0], colors[i % COLORS][1], colors[i % COLORS][2]);
        cairo_set_line_width(cairo, 2);
        cairo_set_dash(cairo, dashes, i < COLORS ? 0 : 2, 0); /* colours come again, broken */
        cairo_new_path(cairo);
        for (size_t r = 0; r < p->notes.rows; r++)
            cairo_line_to(cairo, x_of(p, p->notes.times[r]), y_of(p, value_of(p, r, i)));
        cairo_stroke(cairo);
    }
    cairo_set_dash(cairo, NULL, 0, 0);
}

/* By their last values, the highest first. */
static size_t *order_of(const plot *p)
{
    size_t *order = malloc((p->notes.count + 1) * sizeof *order);
    for (size_t i = 0; order && i < p->notes.count; i++) {
        size_t k = i;
        while (k > 0 && value_of(p, p->notes.rows - 1, order[k - 1]) < value_of(p, p->notes.rows - 1, i)) {
            order[k] = order[k - 1];
            k--;
        }
        order[k] = i;
    }
    return order;
}

clp_status clp_probes_write_png(const char *path, const clp_probe_notes *notes)
{
    if (notes->count == 0 || notes->rows == 0)
        return clp_fail(CLP_ERROR_INPUT, "%s: there are no probes to plot", path);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
    plot p = {.page.cairo = clp_canvas_create(surface), .notes = *notes};
    double widest = 0;
    clp_page_set_font(&p.page, FONT, false);
    for (size_t i = 0; i < notes->count; i++)
        widest = fmax(widest, clp_page_text_width(&p.page, notes->probes[i].name));
    widest = fmin(widest, 0.4 * WIDTH);
    p.box = (clp_box){95, 50, WIDTH - 95 - widest - 25, HEIGHT - 120};
    find_range(&p);
    size_t *order = order_of(&p);
    cairo_set_source_rgb(p.page.cairo, 0, 0, 0);
    draw_axes(&p);
    draw_lines(&p);
    if (order) draw_names(&p, order);
    free(order);
    return clp_canvas_finish_png(path, p.page.cairo, surface);
}
