/* SPDX-License-Identifier: MIT */
/* Evenly spaced lines after Jobard and Lefer (1997): a new line begins at a distance from an older one and is
 * followed both ways until it comes too near to any other. */
#include "io/picture_lines.h"

#include "base/checked.h"

#include <math.h>
#include <stdlib.h>

/* Steps to a pitch, and the nearest that lines come, in pitches. */
enum { STEPS = 12 };
static const double nearest = 0.45;

/* A place on a line, in the list of those in the same square of the map. */
typedef struct point {
    double x, y;
    size_t next; /* index + 1; 0 ends the list */
} point;

typedef struct tracer {
    const clp_flow *flow;
    double pitch, step;
    size_t columns, rows;
    size_t *squares; /* index + 1 of the first point in each square, which is a pitch wide */
    point *points;   /* line after line */
    size_t count, capacity;
    size_t *ends; /* of each line: index behind its last point */
    size_t lines, line_capacity;
} tracer;

/* Makes room for one more element. */
static clp_status grow(void **array, size_t count, size_t *capacity, size_t element)
{
    if (count < *capacity) return CLP_OK;
    size_t larger = clp_max(1024, 2 * *capacity), bytes = larger * element;
    void *memory = realloc(*array, bytes);
    if (!memory) return clp_fail_host_memory(bytes);
    *array = memory;
    *capacity = larger;
    return CLP_OK;
}

static size_t square_of(double place, double pitch, size_t squares)
{
    return clp_min((size_t)fmax(place / pitch, 0), squares - 1);
}

/* Whether a point of a finished line is nearer than a distance, which is a pitch at most. */
static bool is_near(const tracer *t, double x, double y, double distance)
{
    size_t column = square_of(x, t->pitch, t->columns), row = square_of(y, t->pitch, t->rows);
    for (size_t j = row ? row - 1 : 0; j <= row + 1 && j < t->rows; j++)
        for (size_t i = column ? column - 1 : 0; i <= column + 1 && i < t->columns; i++)
            for (size_t k = t->squares[j * t->columns + i]; k; k = t->points[k - 1].next)
                if (hypot(t->points[k - 1].x - x, t->points[k - 1].y - y) < distance) return true;
    return false;
}

/* One step along the flux (sign 1) or against it, by the classical Runge-Kutta method; false where the flux
 * ends. */
static bool advance(const tracer *t, double sign, double *x, double *y)
{
    static const double reach[4] = {0, 0.5, 0.5, 1}, weight[4] = {1, 2, 2, 1};
    double slope[2] = {0, 0}, sum[2] = {0, 0}, h = sign * t->step, magnitude;
    for (int k = 0; k < 4; k++) {
        if (!clp_flow_at(t->flow, *x + reach[k] * h * slope[0], *y + reach[k] * h * slope[1], slope,
                         &magnitude) ||
            magnitude < 1e-3 * t->flow->typical)
            return false;
        sum[0] += weight[k] * slope[0];
        sum[1] += weight[k] * slope[1];
    }
    if (hypot(sum[0], sum[1]) < 3) return false; /* the flux turns back within a step */
    *x += h * sum[0] / 6;
    *y += h * sum[1] / 6;
    return true;
}

/* Follows the flux one way from a place; points go behind those that are there. */
static clp_status follow(tracer *t, double x, double y, double sign)
{
    double begin_x = x, begin_y = y;
    size_t most = (size_t)(4 * (t->flow->width + t->flow->height) / t->step);
    for (size_t n = 0; n < most && advance(t, sign, &x, &y); n++) {
        if (is_near(t, x, y, nearest * t->pitch)) break;
        if (n > 2 && hypot(x - begin_x, y - begin_y) < t->step) break; /* round in a circle */
        CLP_TRY(grow((void **)&t->points, t->count, &t->capacity, sizeof *t->points));
        t->points[t->count++] = (point){x, y, 0};
    }
    return CLP_OK;
}

/* Turns the points from `begin` on around. */
static void reverse(tracer *t, size_t begin)
{
    for (size_t i = begin, j = t->count; i + 1 < j; i++) {
        point kept = t->points[i];
        t->points[i] = t->points[--j];
        t->points[j] = kept;
    }
}

/* Traces a line through a place, unless it comes near to another or stays short. */
static clp_status trace(tracer *t, double x, double y)
{
    double direction[2], magnitude;
    size_t begin = t->count;
    if (!clp_flow_at(t->flow, x, y, direction, &magnitude) || magnitude < 1e-3 * t->flow->typical ||
        is_near(t, x, y, 0.95 * t->pitch))
        return CLP_OK;
    CLP_TRY(follow(t, x, y, -1));
    reverse(t, begin);
    CLP_TRY(grow((void **)&t->points, t->count, &t->capacity, sizeof *t->points));
    t->points[t->count++] = (point){x, y, 0};
    CLP_TRY(follow(t, x, y, 1));
    if (t->count - begin < 2 * STEPS) {
        t->count = begin;
        return CLP_OK;
    }
    for (size_t k = begin; k < t->count; k++) {
        point *a = &t->points[k];
        size_t *first = &t->squares[square_of(a->y, t->pitch, t->rows) * t->columns +
                                    square_of(a->x, t->pitch, t->columns)];
        a->next = *first;
        *first = k + 1;
    }
    CLP_TRY(grow((void **)&t->ends, t->lines, &t->line_capacity, sizeof *t->ends));
    t->ends[t->lines++] = t->count;
    return CLP_OK;
}

/* Lines on both sides of a line that is there. */
static clp_status trace_beside(tracer *t, size_t line)
{
    size_t end = t->ends[line];
    for (size_t k = line ? t->ends[line - 1] : 0; k < end; k += STEPS / 4) {
        double direction[2], magnitude, x = t->points[k].x, y = t->points[k].y;
        if (!clp_flow_at(t->flow, x, y, direction, &magnitude)) continue;
        for (double side = -1; side <= 1; side += 2)
            CLP_TRY(trace(t, x - side * t->pitch * direction[1], y + side * t->pitch * direction[0]));
    }
    return CLP_OK;
}

/* All lines: beside those that are there as long as that leads on, then from what is left of the map. */
static clp_status trace_all(tracer *t)
{
    size_t done = 0;
    for (size_t seed = 0; seed <= t->columns * t->rows; seed++) {
        for (; done < t->lines; done++) CLP_TRY(trace_beside(t, done));
        if (seed == t->columns * t->rows) break;
        /* From the middle outwards, at first: the picture's best line is the one through there. */
        size_t place = (seed + (t->rows / 2) * t->columns + t->columns / 2) % (t->columns * t->rows);
        CLP_TRY(trace(t, ((double)(place % t->columns) + 0.5) * t->pitch,
                      ((double)(place / t->columns) + 0.5) * t->pitch));
    }
    return CLP_OK;
}

/* Heads tell which way the flux goes: one in the middle of a line, and more on long ones. */
static void draw_heads(const clp_page *p, const tracer *t, size_t begin, size_t end)
{
    size_t spacing = 8 * STEPS, length = end - begin, heads = clp_max(1, length / spacing);
    for (size_t k = 0; k < heads; k++) {
        const point *a = &t->points[begin + length * (2 * k + 1) / (2 * heads)];
        double direction[2], magnitude;
        if (clp_flow_at(t->flow, a->x, a->y, direction, &magnitude))
            clp_flux_head(p, a->x + 0.2 * t->pitch * direction[0], a->y + 0.2 * t->pitch * direction[1],
                          direction, 0.4 * t->pitch);
    }
}

static void draw_lines(const clp_page *p, const tracer *t)
{
    for (int heads = 0; heads < 2; heads++) {
        for (size_t line = 0, begin = 0; line < t->lines; begin = t->ends[line++]) {
            if (heads) {
                draw_heads(p, t, begin, t->ends[line]);
                continue;
            }
            cairo_new_sub_path(p->cairo);
            for (size_t k = begin; k < t->ends[line]; k++)
                cairo_line_to(p->cairo, t->points[k].x, t->points[k].y);
        }
        if (heads)
            clp_flux_fill(p);
        else
            clp_flux_stroke(p, fmax(1, p->width / 750));
    }
}

clp_status clp_lines_draw(const clp_page *p, const clp_flow *flow, double pitch)
{
    tracer t = {.flow = flow, .pitch = pitch, .step = pitch / STEPS};
    t.columns = (size_t)ceil(flow->width / pitch);
    t.rows = (size_t)ceil(flow->height / pitch);
    t.squares = calloc(t.columns * t.rows, sizeof *t.squares);
    clp_status status = t.squares ? CLP_OK : clp_fail_host_memory(t.columns * t.rows * sizeof *t.squares);
    if (status == CLP_OK) status = trace_all(&t);
    if (status == CLP_OK) draw_lines(p, &t);
    free(t.squares);
    free(t.points);
    free(t.ends);
    return status;
}
