/* SPDX-License-Identifier: MIT */
/* The course of a solve as a plot: the criterion's value at every test, on a logarithmic scale. */
#include <clpoisson/output.h>

#include "base/checked.h"
#include "base/file.h"
#include "io/canvas.h"
#include "io/picture_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 1000, HEIGHT = 640, FONT = 17, DECADES_MOST = 12 };

typedef struct plot {
    clp_page page; /* to write text on */
    clp_box box;
    double last_step;
    int low, high; /* powers of ten */
    bool known;    /* whether the criterion had a value at any test; else the relative residual is shown */
} plot;

static bool has_values(const clp_report *report)
{
    for (size_t i = 0; i < report->history_count; i++)
        if (isfinite(report->history[i].value)) return true;
    return false;
}

/* What is shown of a test; NaN or infinite: nothing. */
static double value_at(const plot *p, const clp_report *report, size_t test)
{
    const clp_test_report *at = &report->history[test];
    return p->known ? at->value : at->residual / report->residual_initial;
}

static void find_decades(plot *p, const clp_report *report)
{
    double smallest = INFINITY, largest = 0;
    for (size_t i = 0; i < report->history_count + p->known; i++) {
        double value = i < report->history_count ? value_at(p, report, i) : report->tolerance;
        if (!isfinite(value) || value <= 0) continue;
        smallest = fmin(smallest, value);
        largest = fmax(largest, value);
    }
    p->low = isfinite(smallest) ? (int)floor(log10(0.5 * smallest)) : -1;
    p->high = largest > 0 ? (int)ceil(log10(largest)) : 0;
    if (p->high <= p->low) p->high = p->low + 1;
}

static double x_of(const plot *p, double step)
{
    return p->box.x + step / p->last_step * p->box.width;
}

static double y_of(const plot *p, double value)
{
    double place = value > 0 ? (log10(value) - p->low) / (p->high - p->low) : 0;
    return p->box.y + p->box.height * (1 - fmin(fmax(place, 0), 1));
}

static void power_text(int exponent, char *text, size_t size)
{
    static const char *const digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char number[16];
    int length = snprintf(text, size, "10%s", exponent < 0 ? "⁻" : "");
    snprintf(number, sizeof number, "%d", exponent < 0 ? -exponent : exponent);
    for (const char *c = number; *c && length > 0 && (size_t)length < size; c++)
        length += snprintf(text + length, size - (size_t)length, "%s", digits[*c - '0']);
}

static void draw_line(const plot *p, double x0, double y0, double x1, double y1, double grey)
{
    cairo_set_source_rgb(p->page.cairo, grey, grey, grey);
    cairo_set_line_width(p->page.cairo, 1);
    cairo_move_to(p->page.cairo, x0, y0);
    cairo_line_to(p->page.cairo, x1, y1);
    cairo_stroke(p->page.cairo);
    cairo_set_source_rgb(p->page.cairo, 0, 0, 0);
}

/* Steps are counted. */
static bool are_whole(const clp_ticks *ticks)
{
    for (size_t i = 0; i < ticks->count; i++)
        if (ticks->values[i] != floor(ticks->values[i])) return false;
    return true;
}

static void draw_axes(const plot *p)
{
    clp_ticks steps;
    char text[32 + CLP_TICKS_NOTE];
    double right = p->box.x + p->box.width, bottom = p->box.y + p->box.height;
    int stride = (p->high - p->low + DECADES_MOST - 1) / DECADES_MOST;
    for (int exponent = p->low; exponent <= p->high; exponent += stride) {
        double y = floor(y_of(p, pow(10, exponent))) + 0.5;
        draw_line(p, p->box.x, y, right, y, 0.85);
        power_text(exponent, text, sizeof text);
        clp_page_text(&p->page, text, p->box.x - 10, y, 1);
    }
    size_t most = (size_t)fmin(10, p->last_step + 1);
    do clp_ticks_find(0, p->last_step, most, &steps);
    while (!are_whole(&steps) && --most > 1);
    for (size_t i = 0; i < steps.count; i++) {
        double x = floor(x_of(p, steps.values[i])) + 0.5;
        draw_line(p, x, p->box.y, x, bottom, 0.85);
        clp_page_text(&p->page, steps.labels[i], x, bottom + FONT, 0.5);
    }
    snprintf(text, sizeof text, "iterations%s%s", *steps.note ? "  " : "", steps.note);
    clp_page_text(&p->page, text, p->box.x + p->box.width / 2, bottom + 2.4 * FONT, 0.5);
    cairo_rectangle(p->page.cairo, floor(p->box.x) + 0.5, floor(p->box.y) + 0.5, p->box.width, p->box.height);
    cairo_stroke(p->page.cairo);
}

static void draw_tolerance(const plot *p, double tolerance)
{
    const double dashes[] = {7, 5};
    double y = floor(y_of(p, tolerance)) + 0.5;
    cairo_set_source_rgb(p->page.cairo, 0.75, 0.2, 0.1);
    cairo_set_dash(p->page.cairo, dashes, 2, 0);
    cairo_move_to(p->page.cairo, p->box.x, y);
    cairo_line_to(p->page.cairo, p->box.x + p->box.width, y);
    cairo_stroke(p->page.cairo);
    cairo_set_dash(p->page.cairo, NULL, 0, 0);
    clp_page_text(&p->page, "tolerance", p->box.x + 8, y - 0.8 * FONT, 0);
}

/* Values that are not known, as before the first sweep of some tests, are left out. */
static void draw_course(const plot *p, const clp_report *report)
{
    cairo_t *cairo = p->page.cairo;
    cairo_set_source_rgb(cairo, 0.1, 0.3, 0.65);
    cairo_set_line_width(cairo, 2);
    cairo_new_path(cairo);
    for (size_t i = 0; i < report->history_count; i++)
        if (isfinite(value_at(p, report, i)))
            cairo_line_to(cairo, x_of(p, (double)report->history[i].iterations),
                          y_of(p, value_at(p, report, i)));
    cairo_stroke(cairo);
    for (size_t i = 0; i < report->history_count && report->history_count <= 60; i++) {
        if (!isfinite(value_at(p, report, i))) continue;
        cairo_arc(cairo, x_of(p, (double)report->history[i].iterations), y_of(p, value_at(p, report, i)), 4,
                  0, 2 * M_PI);
        cairo_fill(cairo);
    }
}

static const char *name_of(const char *criterion)
{
    return strcmp(criterion, "residual") == 0 ? "relative residual"
           : strcmp(criterion, "step") == 0   ? "largest change of a sweep"
                                              : "largest error, at most";
}

clp_status clp_convergence_write_png(const char *path, const clp_report *report)
{
    char title[256];
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
    plot p = {.page.cairo = clp_canvas_create(surface),
              .box = {95, 60, WIDTH - 130, HEIGHT - 130},
              .last_step = 1,
              .known = has_values(report)};
    for (size_t i = 0; i < report->history_count; i++)
        p.last_step = fmax(p.last_step, (double)report->history[i].iterations);
    snprintf(title, sizeof title, "%s, %s precision: %s", report->method, report->precision,
             p.known ? name_of(report->criterion) : "relative residual, as no error bound was found");
    find_decades(&p, report);
    clp_page_set_font(&p.page, FONT, false);
    cairo_set_source_rgb(p.page.cairo, 0, 0, 0);
    clp_page_text(&p.page, title, p.box.x, 30, 0);
    draw_axes(&p);
    if (p.known) draw_tolerance(&p, report->tolerance);
    draw_course(&p, report);
    return clp_canvas_finish_png(path, p.page.cairo, surface);
}
