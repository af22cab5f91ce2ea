/* SPDX-License-Identifier: MIT */
#include "io/picture_flux.h"

#include "base/checked.h"
#include "io/picture_lines.h"

#include <math.h>
#include <stdlib.h>

/* The cell and the place in it, 0 to 1, for a place along an axis. */
static double split(double place, double length, size_t nodes, size_t *cell)
{
    double u = place / length * (double)(nodes - 1);
    *cell = clp_min((size_t)u, nodes - 2);
    return u - (double)*cell;
}

bool clp_flow_at(const clp_flow *flow, double x, double y, double direction[2], double *magnitude)
{
    const clp_grid *g = &flow->plane->grid;
    size_t i, j, columns = g->nodes[0];
    double flux[2];
    if (!(x >= 0 && x <= flow->width && y >= 0 && y <= flow->height)) return false;
    double s = split(x, flow->width, columns, &i), t = split(y, flow->height, g->nodes[1], &j);
    const double *low = flow->plane->flux + 2 * (j * columns + i), *high = low + 2 * columns;
    for (int k = 0; k < 2; k++)
        flux[k] = (1 - t) * ((1 - s) * low[k] + s * low[k + 2]) + t * ((1 - s) * high[k] + s * high[k + 2]);
    *magnitude = hypot(flux[0], flux[1]);
    if (!isfinite(*magnitude) || !(*magnitude > 0)) return false;
    for (int k = 0; k < 2; k++) direction[k] = flux[k] / *magnitude * flow->scale[k];
    double length = hypot(direction[0], direction[1]);
    if (!(length > 0)) return false;
    direction[0] /= length;
    direction[1] /= length;
    return true;
}

void clp_flux_stroke(const clp_page *p, double width)
{
    cairo_set_line_cap(p->cairo, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(p->cairo, CAIRO_LINE_JOIN_ROUND);
    cairo_set_source_rgba(p->cairo, 1, 1, 1, 0.75);
    cairo_set_line_width(p->cairo, 2.4 * width);
    cairo_stroke_preserve(p->cairo);
    cairo_set_source_rgb(p->cairo, 0.05, 0.05, 0.05);
    cairo_set_line_width(p->cairo, width);
    cairo_stroke(p->cairo);
}

void clp_flux_head(const clp_page *p, double x, double y, const double direction[2], double length)
{
    double back_x = x - length * direction[0], back_y = y - length * direction[1], half = 0.38 * length;
    cairo_move_to(p->cairo, x, y);
    cairo_line_to(p->cairo, back_x - half * direction[1], back_y + half * direction[0]);
    cairo_line_to(p->cairo, back_x + half * direction[1], back_y - half * direction[0]);
    cairo_close_path(p->cairo);
}

void clp_flux_fill(const clp_page *p)
{
    cairo_set_line_join(p->cairo, CAIRO_LINE_JOIN_ROUND);
    cairo_set_source_rgba(p->cairo, 1, 1, 1, 0.75);
    cairo_set_line_width(p->cairo, 1.4 * fmax(1, p->width / 900));
    cairo_stroke_preserve(p->cairo);
    cairo_set_source_rgb(p->cairo, 0.05, 0.05, 0.05);
    cairo_fill(p->cairo);
}

typedef struct arrow {
    double x, y, direction[2], magnitude;
} arrow;

/* The flux in the middles of a raster; returns how many arrows there are. */
static size_t find_arrows(const clp_flow *flow, size_t columns, size_t rows, arrow *arrows)
{
    size_t count = 0;
    for (size_t j = 0; j < rows; j++)
        for (size_t i = 0; i < columns; i++) {
            arrow *a = &arrows[count];
            a->x = ((double)i + 0.5) / (double)columns * flow->width;
            a->y = ((double)j + 0.5) / (double)rows * flow->height;
            count += clp_flow_at(flow, a->x, a->y, a->direction, &a->magnitude);
        }
    return count;
}

static int compare_magnitudes(const void *a, const void *b)
{
    double first = *(const double *)a, second = *(const double *)b;
    return (first > second) - (first < second);
}

/* What nine in ten magnitudes stay below; but not less than a fiftieth of the largest, so that a sea of
 * rounding around a small source is not taken for the flux. */
static clp_status find_typical(const arrow *arrows, size_t count, double *typical)
{
    *typical = 0;
    if (count == 0) return CLP_OK;
    double *magnitudes = malloc(count * sizeof *magnitudes);
    if (!magnitudes) return clp_fail_host_memory(count * sizeof *magnitudes);
    for (size_t i = 0; i < count; i++) magnitudes[i] = arrows[i].magnitude;
    qsort(magnitudes, count, sizeof *magnitudes, compare_magnitudes);
    *typical = fmax(magnitudes[(count - 1) * 9 / 10], magnitudes[count - 1] / 50);
    free(magnitudes);
    return CLP_OK;
}

/* Arrows about their places. Lengths grow with the square root of the magnitude: near electrodes it varies by
 * orders, and in proportion most arrows would be dots. */
static void draw_arrows(const clp_page *p, const arrow *arrows, size_t count, double typical, double pitch)
{
    double width = fmax(1, p->width / 750);
    for (int heads = 0; heads < 2; heads++) {
        for (size_t i = 0; i < count; i++) {
            const arrow *a = &arrows[i];
            double length = 0.92 * pitch * sqrt(fmin(a->magnitude / typical, 1));
            double head = fmin(0.32 * pitch, 0.6 * length), tip = length / 2;
            if (length < 0.12 * pitch) continue;
            if (heads) {
                clp_flux_head(p, a->x + tip * a->direction[0], a->y + tip * a->direction[1], a->direction,
                              head);
                continue;
            }
            double end = tip - head; /* the shaft must not stick out at the tip */
            cairo_move_to(p->cairo, a->x - tip * a->direction[0], a->y - tip * a->direction[1]);
            cairo_line_to(p->cairo, a->x + end * a->direction[0], a->y + end * a->direction[1]);
        }
        if (heads)
            clp_flux_fill(p);
        else
            clp_flux_stroke(p, width);
    }
}

/* About 25 arrows, or lines, along the longer side of the page's largest map; fewer where that would be too
 * fine to see. */
static double pitch_of(const clp_page *p)
{
    double longest = 0;
    for (size_t k = 0; k < p->count; k++)
        longest = fmax(longest, fmax(p->panels[k].map.width, p->panels[k].map.height));
    return fmax(longest / 25, 1.6 * p->font);
}

clp_status clp_flux_draw(const clp_page *p, const clp_panel *panel)
{
    const clp_box *map = &panel->map;
    const clp_grid *g = &panel->plane->grid;
    double pitch = pitch_of(p), across = map->width / g->size[0], up = map->height / g->size[1];
    clp_flow flow = {.plane = panel->plane,
                     .width = map->width,
                     .height = map->height,
                     .scale = {fmin(across / up, 1), fmin(up / across, 1)}};
    size_t columns = (size_t)fmax(1, round(map->width / pitch));
    size_t rows = (size_t)fmax(1, round(map->height / pitch));
    arrow *arrows = malloc(columns * rows * sizeof *arrows);
    if (!arrows) return clp_fail_host_memory(columns * rows * sizeof *arrows);
    size_t count = find_arrows(&flow, columns, rows, arrows);
    clp_status status = find_typical(arrows, count, &flow.typical);
    cairo_save(p->cairo);
    cairo_translate(p->cairo, map->x, map->y + map->height);
    cairo_scale(p->cairo, 1, -1);
    if (status == CLP_OK && flow.typical > 0) {
        if (p->flux_style == CLP_FLUX_LINES)
            status = clp_lines_draw(p, &flow, pitch);
        else
            draw_arrows(p, arrows, count, flow.typical, pitch);
    }
    cairo_restore(p->cairo);
    free(arrows);
    return status;
}
