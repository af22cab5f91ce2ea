/* SPDX-License-Identifier: MIT */
/*
 * Plain loops over rows: what every kernel is checked against, so kept as near to the formulas as speed
 * allows. Compiled once with REAL = float, LOOPS = clp_reference_loops_single, once with double. Norms are
 * computed in double in both.
 */
#include "backend/reference/loops.h"

#include <math.h>
#include <string.h>

/* The rows below, at and above row j of u; outside an insulated side lies the mirror image of the row inside.
 */
typedef struct clp_rows {
    const REAL *south, *centre, *north;
} clp_rows;

static const REAL *row_of(const clp_layout *layout, const void *u, size_t j)
{
    return (const REAL *)u + layout->origin + j * layout->pitch;
}

static clp_rows rows_around(const clp_layout *layout, const void *u, size_t j)
{
    size_t last = layout->nodes[1] - 1;
    return (clp_rows){.south = row_of(layout, u, j == 0 ? 1 : j - 1),
                      .centre = row_of(layout, u, j),
                      .north = row_of(layout, u, j == last ? last - 1 : j + 1)};
}

/* Weighted mean of the four neighbours, at the ends of a row: the neighbour outside mirrors the one inside.
 */
static double neighbours(const clp_stencil *stencil, clp_rows rows, size_t i)
{
    size_t last = stencil->layout.nodes[0] - 1;
    double west = rows.centre[i == 0 ? 1 : i - 1], east = rows.centre[i == last ? last - 1 : i + 1];
    return stencil->share[0] * (west + east) +
           stencil->share[1] * ((double)rows.south[i] + (double)rows.north[i]);
}

static void sweep_inner(REAL *restrict out, const REAL *restrict south, const REAL *restrict centre,
                        const REAL *restrict north, size_t last, REAL keep, REAL x, REAL y)
{
    for (size_t i = 1; i < last; i++)
        out[i] = keep * centre[i] + x * (centre[i - 1] + centre[i + 1]) + y * (south[i] + north[i]);
}

static void sweep_row(const clp_stencil *stencil, const void *u, void *v, const void *q, double weight,
                      size_t j)
{
    const clp_layout *layout = &stencil->layout;
    size_t last = layout->nodes[0] - 1;
    clp_rows rows = rows_around(layout, u, j);
    REAL *out = (REAL *)v + layout->origin + j * layout->pitch;
    if (j < stencil->first[1] || j >= stencil->end[1]) {
        memcpy(out, rows.centre, layout->nodes[0] * sizeof(REAL));
        return;
    }
    sweep_inner(out, rows.south, rows.centre, rows.north, last, (REAL)(1 - weight),
                (REAL)(weight * stencil->share[0]), (REAL)(weight * stencil->share[1]));
    for (size_t i = 0; i <= last; i += last)
        out[i] = (REAL)((1 - weight) * rows.centre[i] + weight * neighbours(stencil, rows, i));
    if (q) {
        const REAL *source = row_of(layout, q, j);
        REAL factor = (REAL)(weight * stencil->inverse_diagonal);
        for (size_t i = 0; i <= last; i++) out[i] += factor * source[i];
    }
    if (stencil->first[0] == 1) out[0] = rows.centre[0];
    if (stencil->end[0] == last) out[last] = rows.centre[last];
}

static void sweep(const clp_stencil *stencil, const void *u, void *v, const void *q, double weight)
{
#pragma omp parallel for schedule(static) num_threads(stencil->threads)
    for (size_t j = 0; j < stencil->layout.nodes[1]; j++) sweep_row(stencil, u, v, q, weight, j);
}

static clp_sums residual(const clp_stencil *stencil, const void *u, const void *q)
{
    double largest = 0, squares = 0, field = 0;
#pragma omp parallel for schedule(static) num_threads(stencil->threads) reduction(max : largest, field)                \
    reduction(+ : squares)
    for (size_t j = stencil->first[1]; j < stencil->end[1]; j++) {
        clp_rows rows = rows_around(&stencil->layout, u, j);
        const REAL *source = q ? row_of(&stencil->layout, q, j) : NULL;
        for (size_t i = stencil->first[0]; i < stencil->end[0]; i++) {
            double r = neighbours(stencil, rows, i) - rows.centre[i];
            if (source) r += stencil->inverse_diagonal * source[i];
            largest = fmax(largest, fabs(r));
            field = fmax(field, fabs((double)rows.centre[i]));
            r *= stencil->inverse_scale;
            squares += r * r;
        }
    }
    return (clp_sums){.largest = largest, .squares = squares, .field = field};
}

static clp_sums change(const clp_stencil *stencil, const void *u, const void *v)
{
    double largest = 0, squares = 0, field = 0;
#pragma omp parallel for schedule(static) num_threads(stencil->threads) reduction(max : largest, field)                \
    reduction(+ : squares)
    for (size_t j = stencil->first[1]; j < stencil->end[1]; j++) {
        const REAL *a = row_of(&stencil->layout, u, j), *b = row_of(&stencil->layout, v, j);
        for (size_t i = stencil->first[0]; i < stencil->end[0]; i++) {
            double r = (double)a[i] - (double)b[i];
            largest = fmax(largest, fabs(r));
            field = fmax(field, fabs((double)a[i]));
            r *= stencil->inverse_scale;
            squares += r * r;
        }
    }
    return (clp_sums){.largest = largest, .squares = squares, .field = field};
}

static void write_rows(const clp_layout *layout, void *u, size_t row, size_t rows, const double *values)
{
    for (size_t j = 0; j < rows; j++) {
        REAL *out = (REAL *)u + layout->origin + (row + j) * layout->pitch;
        const double *in = values + j * layout->nodes[0];
        for (size_t i = 0; i < layout->nodes[0]; i++) out[i] = (REAL)in[i];
    }
}

static void read_rows(const clp_layout *layout, const void *u, size_t row, size_t rows, double *values)
{
    for (size_t j = 0; j < rows; j++) {
        const REAL *in = row_of(layout, u, row + j);
        double *out = values + j * layout->nodes[0];
        for (size_t i = 0; i < layout->nodes[0]; i++) out[i] = (double)in[i];
    }
}

const clp_reference_loops LOOPS = {
    .sweep = sweep, .residual = residual, .change = change, .write_rows = write_rows, .read_rows = read_rows};
