/* SPDX-License-Identifier: MIT */
#include "io/isolines.h"

#include "base/checked.h"
#include "base/status.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool clp_range_find(const double *values, size_t count, double *low, double *high)
{
    double least = INFINITY, largest = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(values[i])) continue;
        if (values[i] < least) least = values[i];
        if (values[i] > largest) largest = values[i];
    }
    bool any = least <= largest;
    *low = any ? least : 0;
    *high = any ? largest : 0;
    return any;
}

/* The nodes that each pixel along an axis sees, and how much of each. */
typedef struct span {
    size_t first, count;
    const double *weights;
} span;

typedef struct spans {
    span *pixels;
    double *weights;
} spans;

/* Integral of the hat function of a node from its left foot to u, in cells. */
static double hat_integral(double u)
{
    if (u <= -1) return 0;
    if (u >= 1) return 1;
    return u < 0 ? (1 + u) * (1 + u) / 2 : 1 - (1 - u) * (1 - u) / 2;
}

static void fill_span(double begin, double end, size_t nodes, double *weights, span *pixel)
{
    size_t first = (size_t)floor(begin);
    size_t last = clp_min((size_t)ceil(end), nodes - 1);
    size_t count = 0;
    pixel->weights = weights;
    for (size_t node = first; node <= last; node++) {
        double weight =
            (hat_integral(end - (double)node) - hat_integral(begin - (double)node)) / (end - begin);
        /* A node hardly touched must not spread its NaN. */
        if (weight < 1e-6 && (count == 0 || node == last)) continue;
        if (count == 0) pixel->first = node;
        weights[count++] = weight;
    }
    pixel->count = count;
}

static clp_status spans_create(size_t nodes, size_t pixels, spans *result)
{
    size_t weights = 0, bytes = 0, span_bytes = 0;
    /* A pixel shares its two outer nodes at each end with its neighbours. */
    if (!clp_multiply(pixels, 4, &weights) || !clp_add(weights, nodes, &weights) ||
        !clp_multiply(weights, sizeof(double), &bytes) || !clp_multiply(pixels, sizeof(span), &span_bytes))
        return clp_fail_host_memory(SIZE_MAX);
    result->pixels = malloc(span_bytes);
    result->weights = malloc(bytes);
    if (!result->pixels || !result->weights) return clp_fail_host_memory(bytes + span_bytes);
    double *next = result->weights;
    double cells = (double)(nodes - 1);
    for (size_t i = 0; i < pixels; i++) {
        span *pixel = &result->pixels[i];
        fill_span(cells * (double)i / (double)pixels, cells * (double)(i + 1) / (double)pixels, nodes, next,
                  pixel);
        next += pixel->count;
    }
    return CLP_OK;
}

static void spans_finish(spans *s)
{
    free(s->pixels);
    free(s->weights);
}

/* How values become samples; in steps that overflow nowhere. */
typedef struct mapping {
    double scale, low, factor, base;
} mapping;

static mapping mapping_of(double low, double high)
{
    int exponent = 0;
    frexp(fmax(fabs(low), fabs(high)), &exponent);
    mapping m = {.scale = ldexp(1, exponent < -1000 ? 1000 : -exponent)};
    m.low = low * m.scale;
    double range = high * m.scale - m.low;
    m.factor = range > 0 ? 1 / range : 0;
    m.base = range > 0 ? 0 : 0.5;
    return m;
}

/* Averages a row of the field to a row of samples. */
static void reduce_row(const double *values, const spans *x, size_t columns, const mapping *m, double *row)
{
    for (size_t i = 0; i < columns; i++) {
        const span *pixel = &x->pixels[i];
        const double *value = values + pixel->first;
        double sum = 0;
        for (size_t k = 0; k < pixel->count; k++) sum += pixel->weights[k] * (value[k] * m->scale - m->low);
        row[i] = sum * m->factor + m->base;
    }
}

/* Samples all rows. Rows of pixels share at most two rows of nodes, which are kept in `rows`; `sum` is one
 * row more. */
static void sample_rows(const double *values, size_t nodes_x, const spans *x, const spans *y,
                        const mapping *m, const clp_samples *samples, double *rows)
{
    size_t columns = samples->columns;
    size_t held[2] = {SIZE_MAX, SIZE_MAX};
    double *sum = rows + 2 * columns;
    for (size_t r = 0; r < samples->rows; r++) {
        const span *pixel = &y->pixels[r];
        memset(sum, 0, columns * sizeof *sum);
        for (size_t k = 0; k < pixel->count; k++) {
            size_t node = pixel->first + k, slot = node % 2;
            double *row = rows + slot * columns, weight = pixel->weights[k];
            if (held[slot] != node) reduce_row(values + node * nodes_x, x, columns, m, row);
            held[slot] = node;
            for (size_t i = 0; i < columns; i++) sum[i] += weight * row[i];
        }
        float *out = samples->values + r * columns;
        for (size_t i = 0; i < columns; i++) out[i] = isfinite(sum[i]) ? (float)sum[i] : NAN;
    }
}

clp_status clp_samples_create(const clp_grid *grid, const double *values, double low, double high,
                              size_t columns, size_t rows, clp_samples *samples)
{
    *samples = (clp_samples){.columns = columns, .rows = rows};
    mapping m = mapping_of(low, high);
    spans x = {0}, y = {0};
    double *scratch = NULL;
    size_t bytes = 0, scratch_bytes = 0;
    clp_status status = CLP_OK;
    if (!clp_multiply(columns, rows, &bytes) || !clp_multiply(bytes, sizeof(float), &bytes) ||
        !clp_multiply(columns, 3 * sizeof(double), &scratch_bytes)) {
        status = clp_fail_host_memory(SIZE_MAX);
        goto cleanup;
    }
    samples->values = malloc(bytes);
    scratch = malloc(scratch_bytes);
    if (!samples->values || !scratch) {
        status = clp_fail_host_memory(bytes + scratch_bytes);
        goto cleanup;
    }
    if ((status = spans_create(grid->nodes[0], columns, &x)) != CLP_OK) goto cleanup;
    if ((status = spans_create(grid->nodes[1], rows, &y)) != CLP_OK) goto cleanup;
    sample_rows(values, grid->nodes[0], &x, &y, &m, samples, scratch);
cleanup:
    spans_finish(&x);
    spans_finish(&y);
    free(scratch);
    return status;
}

void clp_samples_finish(clp_samples *samples)
{
    free(samples->values);
    samples->values = NULL;
}

/* A cell between four samples: corners and sides are counted from the lower left one on, against the clock.
 * `above` holds the corners less the level. */
typedef struct cell {
    float x0, y0, x1, y1;
    float above[4];
} cell;

/* Where the line crosses a side; neighbours that share the side get the same point to the last bit. */
static void cross(const cell *c, int side, float *x, float *y)
{
    static const int ends[4][2] = {{0, 1}, {1, 2}, {3, 2}, {0, 3}};
    float from = c->above[ends[side][0]], to = c->above[ends[side][1]];
    float t = from / (from - to);
    bool along_x = side % 2 == 0;
    *x = along_x ? c->x0 + t * (c->x1 - c->x0) : side == 1 ? c->x1 : c->x0;
    *y = along_x ? (side == 0 ? c->y0 : c->y1) : c->y0 + t * (c->y1 - c->y0);
}

static clp_status add_segment(clp_isoline *line, const cell *c, int from, int to)
{
    clp_segment s;
    cross(c, from, &s.x0, &s.y0);
    cross(c, to, &s.x1, &s.y1);
    if (s.x0 == s.x1 && s.y0 == s.y1) return CLP_OK; /* touches a corner */
    if (line->count == line->capacity) {
        size_t capacity = clp_max(1024, 2 * line->capacity), bytes = 0;
        if (!clp_multiply(capacity, sizeof *line->segments, &bytes)) return clp_fail_host_memory(SIZE_MAX);
        clp_segment *larger = realloc(line->segments, bytes);
        if (!larger) return clp_fail_host_memory(bytes);
        line->segments = larger;
        line->capacity = capacity;
    }
    line->segments[line->count++] = s;
    return CLP_OK;
}

/* The sides that the line joins, for each set of corners above the level (bit k: corner k). */
static const signed char joined[16][2] = {{-1, -1}, {3, 0}, {0, 1}, {3, 1},  {1, 2},   {-1, -1},
                                          {0, 2},   {3, 2}, {2, 3}, {0, 2},  {-1, -1}, {1, 2},
                                          {3, 1},   {0, 1}, {3, 0}, {-1, -1}};

static clp_status march_cell(const cell *c, clp_isoline *line)
{
    unsigned set = 0;
    for (unsigned k = 0; k < 4; k++) set |= (c->above[k] >= 0 ? 1u : 0u) << k;
    if (set != 5 && set != 10)
        return set == 0 || set == 15 ? CLP_OK : add_segment(line, c, joined[set][0], joined[set][1]);
    /* Sign of the bilinear surface at its saddle point: which two corners hang together. */
    bool saddle_above =
        ((double)c->above[0] * c->above[2] - (double)c->above[1] * c->above[3] >= 0) == (set == 5);
    bool around_first = saddle_above != (set == 5); /* the lines cut off corners 0 and 2, or 1 and 3 */
    CLP_TRY(add_segment(line, c, around_first ? 3 : 0, around_first ? 0 : 1));
    return add_segment(line, c, around_first ? 1 : 2, around_first ? 2 : 3);
}

/* Whether there may be points of a line between samples [begin, end] of two rows. */
static bool may_cross(const float *low, const float *high, size_t begin, size_t end, float level)
{
    unsigned above = 0, below = 0;
    for (size_t x = begin; x <= end; x++) {
        above |= (low[x] >= level) | (high[x] >= level);
        below |= !(low[x] >= level) | !(high[x] >= level);
    }
    return above & below;
}

clp_status clp_isoline_find(const clp_samples *samples, size_t stride, float level, size_t most,
                            clp_isoline *line)
{
    enum { BLOCK = 32 }; /* cells */
    size_t columns = samples->columns, rows = samples->rows;
    line->count = 0;
    line->crowded = false;
    for (size_t y0 = 0; y0 + 1 < rows; y0 += stride) {
        size_t y1 = clp_min(y0 + stride, rows - 1);
        const float *low = samples->values + y0 * columns, *high = samples->values + y1 * columns;
        for (size_t x0 = 0, looked = 0; x0 + 1 < columns; x0 += stride) {
            if (x0 >= looked) { /* most of a map is far from any line */
                looked = x0 + BLOCK * stride;
                if (!may_cross(low, high, x0, clp_min(looked, columns - 1), level)) {
                    x0 = looked - stride;
                    continue;
                }
            }
            size_t x1 = clp_min(x0 + stride, columns - 1);
            cell c = {(float)x0,
                      (float)y0,
                      (float)x1,
                      (float)y1,
                      {low[x0] - level, low[x1] - level, high[x1] - level, high[x0] - level}};
            if (!isfinite(c.above[0] + c.above[1] + c.above[2] + c.above[3])) continue;
            CLP_TRY(march_cell(&c, line));
            if (line->count > most) {
                line->crowded = true;
                return CLP_OK;
            }
        }
    }
    return CLP_OK;
}

void clp_isoline_finish(clp_isoline *line)
{
    free(line->segments);
    *line = (clp_isoline){0};
}
