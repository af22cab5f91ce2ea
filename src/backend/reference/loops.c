/* SPDX-License-Identifier: MIT */
/*
 * Plain loops over rows: what every kernel is checked against, so kept as near to the formulas as speed
 * allows. Compiled once with REAL = float, LOOPS = clp_reference_loops_single, once with double. Norms and
 * networks are computed in double in both.
 */
#include "backend/reference/loops.h"

#include <math.h>
#include <string.h>

/* A row and those beside it, one index up or down along y and z. */
typedef struct clp_rows {
    const REAL *centre, *south, *north, *below, *above;
} clp_rows;

/* The conductances and shunts of a row's edges and nodes; NULL where there are none. */
typedef struct clp_edges {
    const double *x, *south, *north, *below, *above, *shunt, *diagonal;
} clp_edges;

/* The index before and after one along an axis: wrapped if it is periodic, else mirrored. */
static size_t before(const clp_stencil *stencil, int axis, size_t index)
{
    if (index > 0) return index - 1;
    return stencil->op->periodic[axis] ? stencil->layout.nodes[axis] - 2 : 1;
}

static size_t after(const clp_stencil *stencil, int axis, size_t index)
{
    size_t last = stencil->layout.nodes[axis] - 1;
    if (index < last) return index + 1;
    return stencil->op->periodic[axis] ? 1 : last - 1;
}

static const REAL *row_of(const clp_layout *layout, const void *u, size_t j, size_t k)
{
    return (const REAL *)u + layout->origin + k * layout->plane + j * layout->pitch;
}

static clp_rows rows_around(const clp_stencil *stencil, const void *u, size_t j, size_t k)
{
    const clp_layout *layout = &stencil->layout;
    clp_rows rows = {.centre = row_of(layout, u, j, k),
                     .south = row_of(layout, u, before(stencil, 1, j), k),
                     .north = row_of(layout, u, after(stencil, 1, j), k)};
    rows.below = rows.above = rows.centre;
    if (layout->nodes[2] > 1) {
        rows.below = row_of(layout, u, j, before(stencil, 2, k));
        rows.above = row_of(layout, u, j, after(stencil, 2, k));
    }
    return rows;
}

static clp_edges edges_of(const clp_stencil *stencil, size_t j, size_t k)
{
    const clp_network *network = stencil->op->network;
    const size_t *nodes = stencil->layout.nodes;
    size_t row = (k * nodes[1] + j) * nodes[0];
    clp_edges edges = {.x = network->conductance[0] + row,
                       .north = network->conductance[1] + row,
                       .shunt = network->shunt ? network->shunt + row : NULL,
                       .diagonal = network->diagonal + row};
    if (j > 0 || stencil->op->periodic[1])
        edges.south = network->conductance[1] + (k * nodes[1] + before(stencil, 1, j)) * nodes[0];
    if (nodes[2] == 1) return edges;
    edges.above = network->conductance[2] + row;
    if (k > 0 || stencil->op->periodic[2])
        edges.below = network->conductance[2] + (before(stencil, 2, k) * nodes[1] + j) * nodes[0];
    return edges;
}

/* Weighted mean of the neighbours without a network. */
static double neighbours(const clp_stencil *stencil, clp_rows rows, size_t i)
{
    double west = rows.centre[before(stencil, 0, i)], east = rows.centre[after(stencil, 0, i)];
    return stencil->share[0] * (west + east) +
           stencil->share[1] * ((double)rows.south[i] + (double)rows.north[i]) +
           stencil->share[2] * ((double)rows.below[i] + (double)rows.above[i]);
}

/* What flows into node i without a network, over D: differences round by less than what they are of. */
static double gain(const clp_stencil *stencil, clp_rows rows, size_t i)
{
    double u = rows.centre[i], west = rows.centre[before(stencil, 0, i)],
           east = rows.centre[after(stencil, 0, i)];
    return stencil->share[0] * ((west - u) + (east - u)) +
           stencil->share[1] * ((rows.south[i] - u) + (rows.north[i] - u)) +
           stencil->share[2] * ((rows.below[i] - u) + (rows.above[i] - u)) - stencil->ground * u;
}

/* What flows into node i of a network from its neighbours and the ground. */
static double inflow(const clp_stencil *stencil, clp_rows rows, clp_edges edges, size_t i)
{
    double u = rows.centre[i], sum = 0;
    size_t west = before(stencil, 0, i), east = after(stencil, 0, i);
    if (i > 0 || stencil->op->periodic[0]) sum += edges.x[west] * (rows.centre[west] - u);
    sum += edges.x[i] * (rows.centre[east] - u);
    if (edges.south) sum += edges.south[i] * (rows.south[i] - u);
    sum += edges.north[i] * (rows.north[i] - u);
    if (edges.below) sum += edges.below[i] * (rows.below[i] - u);
    if (edges.above) sum += edges.above[i] * (rows.above[i] - u);
    if (edges.shunt) sum -= edges.shunt[i] * u;
    return sum;
}

/* Away from the ends of a row; apart so that nothing aliases. */
static void sweep_inner(REAL *restrict out, clp_rows rows, size_t last, const REAL weights[3])
{
    const REAL *south = rows.south, *centre = rows.centre, *north = rows.north;
    const REAL keep = weights[0], x = weights[1], y = weights[2];
    for (size_t i = 1; i < last; i++)
        out[i] = keep * centre[i] + x * (centre[i - 1] + centre[i + 1]) + y * (south[i] + north[i]);
}

static void sweep_inner_3d(REAL *restrict out, clp_rows rows, size_t last, const REAL weights[4])
{
    const REAL *south = rows.south, *centre = rows.centre, *north = rows.north;
    const REAL *below = rows.below, *above = rows.above;
    const REAL keep = weights[0], x = weights[1], y = weights[2], z = weights[3];
    for (size_t i = 1; i < last; i++)
        out[i] = keep * centre[i] + x * (centre[i - 1] + centre[i + 1]) + y * (south[i] + north[i]) +
                 z * (below[i] + above[i]);
}

static void sweep_plain(const clp_stencil *stencil, REAL *out, clp_rows rows, const REAL *source,
                        double weight)
{
    size_t last = stencil->layout.nodes[0] - 1;
    const REAL weights[] = {(REAL)(1 - weight), (REAL)(weight * stencil->share[0]),
                            (REAL)(weight * stencil->share[1]), (REAL)(weight * stencil->share[2])};
    (stencil->layout.nodes[2] > 1 ? sweep_inner_3d : sweep_inner)(out, rows, last, weights);
    for (size_t i = 0; i <= last; i += last)
        out[i] = (REAL)((1 - weight) * rows.centre[i] + weight * neighbours(stencil, rows, i));
    if (source) {
        REAL factor = (REAL)(weight * stencil->inverse_diagonal);
        for (size_t i = 0; i <= last; i++) out[i] += factor * source[i];
    }
    if (stencil->op->held[0]) out[0] = rows.centre[0];
    if (stencil->op->held[1]) out[last] = rows.centre[last];
}

static REAL relaxed(const clp_stencil *stencil, clp_rows rows, clp_edges edges, const REAL *source,
                    double weight, size_t i)
{
    if (edges.diagonal[i] == 0) return rows.centre[i];
    double r = inflow(stencil, rows, edges, i) + (source ? source[i] : 0);
    return (REAL)(rows.centre[i] + weight / edges.diagonal[i] * r);
}

/* Whether every node of a row lies on a held side. */
static bool row_is_held(const clp_stencil *stencil, size_t j, size_t k)
{
    const bool *held = stencil->op->held;
    const size_t *nodes = stencil->layout.nodes;
    return (held[2] && j == 0) || (held[3] && j == nodes[1] - 1) || (held[4] && k == 0) ||
           (held[5] && k == nodes[2] - 1);
}

static void sweep_row(const clp_stencil *stencil, const void *u, void *v, const void *q, double weight,
                      size_t row)
{
    const clp_layout *layout = &stencil->layout;
    size_t j = row % layout->nodes[1], k = row / layout->nodes[1];
    clp_rows rows = rows_around(stencil, u, j, k);
    REAL *out = (REAL *)v + (rows.centre - (const REAL *)u);
    const REAL *source = q ? row_of(layout, q, j, k) : NULL;
    if (row_is_held(stencil, j, k)) {
        memcpy(out, rows.centre, layout->nodes[0] * sizeof(REAL));
    } else if (stencil->op->network) {
        clp_edges edges = edges_of(stencil, j, k);
        for (size_t i = 0; i < layout->nodes[0]; i++)
            out[i] = relaxed(stencil, rows, edges, source, weight, i);
    } else {
        sweep_plain(stencil, out, rows, source, weight);
    }
}

static void sweep(const clp_stencil *stencil, const void *u, void *v, const void *q, double weight)
{
    size_t rows = clp_layout_rows(&stencil->layout);
#pragma omp parallel for schedule(static) num_threads(stencil->threads)
    for (size_t row = 0; row < rows; row++) sweep_row(stencil, u, v, q, weight, row);
}

static void relax_row(const clp_stencil *stencil, void *u, const void *q, double weight,
                      const clp_color *color, size_t row)
{
    const clp_layout *layout = &stencil->layout;
    size_t nx = layout->nodes[0], j = row % layout->nodes[1], k = row / layout->nodes[1], offset = 0;
    bool takes = clp_color_takes(color, 1, j, layout->nodes[1], &offset);
    takes = clp_color_takes(color, 2, k, layout->nodes[2], &offset) && takes;
    if (!takes || row_is_held(stencil, j, k)) return;
    clp_rows rows = rows_around(stencil, u, j, k);
    clp_edges edges = {0};
    if (stencil->op->network) edges = edges_of(stencil, j, k);
    REAL *out = (REAL *)u + (rows.centre - (const REAL *)u);
    const REAL *source = q ? row_of(layout, q, j, k) : NULL;
    bool seam = color->axes & 1, at_seam = seam && (color->seam & 1);
    size_t start = (offset + color->parity) % 2, step = 2;
    if (at_seam) {
        if (start != 0) return;
        step = nx - 1;
    }
    for (size_t i = start; i < nx; i += step) {
        if (seam && !at_seam && (i == 0 || i == nx - 1)) continue;
        if (stencil->op->network) {
            out[i] = relaxed(stencil, rows, edges, source, weight, i);
        } else if (!(stencil->op->held[0] && i == 0) && !(stencil->op->held[1] && i == nx - 1)) {
            double value =
                neighbours(stencil, rows, i) + (source ? stencil->inverse_diagonal * source[i] : 0);
            out[i] = (REAL)((1 - weight) * out[i] + weight * value);
        }
    }
}

static void relax(const clp_stencil *stencil, void *u, const void *q, double weight, const clp_color *color)
{
    size_t rows = clp_layout_rows(&stencil->layout);
#pragma omp parallel for schedule(static) num_threads(stencil->threads)
    for (size_t row = 0; row < rows; row++) relax_row(stencil, u, q, weight, color, row);
}

/* Rows that have equations, numbered through. */
static size_t equation_rows(const clp_stencil *stencil)
{
    return (stencil->end[1] - stencil->first[1]) * (stencil->end[2] - stencil->first[2]);
}

static void equation_row(const clp_stencil *stencil, size_t number, size_t *j, size_t *k)
{
    size_t height = stencil->end[1] - stencil->first[1];
    *j = stencil->first[1] + number % height;
    *k = stencil->first[2] + number / height;
}

static bool node_is_held(const clp_stencil *stencil, clp_edges edges, size_t i)
{
    if (edges.x) return edges.diagonal[i] == 0;
    return (stencil->op->held[0] && i == 0) || (stencil->op->held[1] && i + 1 == stencil->layout.nodes[0]);
}

/* Of a row without a network, away from its ends; apart so that nothing aliases. A NULL source is 0. */
static void defect_inner(const clp_stencil *stencil, REAL *restrict out, clp_rows rows, const REAL *source)
{
    const REAL *restrict u = rows.centre, *restrict south = rows.south, *restrict north = rows.north;
    const REAL *restrict below = rows.below, *restrict above = rows.above;
    const REAL *restrict q = source ? source : rows.centre;
    const double x = stencil->share[0], y = stencil->share[1], z = stencil->share[2];
    const double diagonal = stencil->op->diagonal, ground = stencil->ground, feed = source ? 1 : 0;
    for (size_t i = 1; i + 1 < stencil->layout.nodes[0]; i++) {
        const double c = u[i];
        double r = x * (((double)u[i - 1] - c) + ((double)u[i + 1] - c)) +
                   y * (((double)south[i] - c) + ((double)north[i] - c)) +
                   z * (((double)below[i] - c) + ((double)above[i] - c)) - ground * c;
        out[i] = (REAL)(diagonal * r + feed * (double)q[i]);
    }
}

static void defect(const clp_stencil *stencil, const void *u, const void *q, void *r)
{
    const clp_layout *layout = &stencil->layout;
    size_t rows_of_all = clp_layout_rows(layout);
    double diagonal = stencil->op->diagonal;
#pragma omp parallel for schedule(static) num_threads(stencil->threads)
    for (size_t row = 0; row < rows_of_all; row++) {
        size_t j = row % layout->nodes[1], k = row / layout->nodes[1];
        clp_rows rows = rows_around(stencil, u, j, k);
        clp_edges edges = {0};
        if (stencil->op->network) edges = edges_of(stencil, j, k);
        const REAL *source = q ? row_of(layout, q, j, k) : NULL;
        REAL *out = (REAL *)r + (rows.centre - (const REAL *)u);
        bool held = row_is_held(stencil, j, k), inner = !edges.x && !held;
        if (inner) defect_inner(stencil, out, rows, source);
        for (size_t i = 0; i < layout->nodes[0]; i += inner ? layout->nodes[0] - 1 : 1) {
            double value = edges.x ? inflow(stencil, rows, edges, i) : diagonal * gain(stencil, rows, i);
            if (source) value += source[i];
            out[i] = held || node_is_held(stencil, edges, i) ? 0 : (REAL)value;
        }
    }
}

/* Several sums at once, so that compilers use vectors: order does not matter to maxima, nor much to sums. */
enum { LANES = 8 };

typedef struct clp_lanes {
    double largest[LANES], squares[LANES], field[LANES];
} clp_lanes;

static void add_to_lane(clp_lanes *lanes, int lane, double r, double u, double inverse_scale)
{
    double magnitude = fabs(r), value = fabs(u), scaled = r * inverse_scale;
    lanes->largest[lane] = magnitude > lanes->largest[lane] ? magnitude : lanes->largest[lane];
    lanes->field[lane] = value > lanes->field[lane] ? value : lanes->field[lane];
    lanes->squares[lane] += scaled * scaled;
}

/* Nodes [first, end) of a row without a network, which have neighbours on both sides. A NULL source is 0. */
static void residual_inner(const clp_stencil *stencil, clp_rows rows, const REAL *source, size_t first,
                           size_t end, clp_lanes *lanes)
{
    const REAL *restrict u = rows.centre, *restrict south = rows.south, *restrict north = rows.north;
    const REAL *restrict below = rows.below, *restrict above = rows.above;
    const REAL *restrict q = source ? source : rows.centre;
    const double x = stencil->share[0], y = stencil->share[1], z = stencil->share[2];
    const double scale = stencil->inverse_scale, ground = stencil->ground,
                 feed = source ? stencil->inverse_diagonal : 0;
    clp_lanes sums = *lanes;
    size_t i = first;
    for (; i + LANES <= end; i += LANES)
        for (int lane = 0; lane < LANES; lane++) {
            size_t n = i + (size_t)lane;
            const double c = u[n];
            double r = x * (((double)u[n - 1] - c) + ((double)u[n + 1] - c)) +
                       y * (((double)south[n] - c) + ((double)north[n] - c)) +
                       z * (((double)below[n] - c) + ((double)above[n] - c)) - ground * c +
                       feed * (double)q[n];
            add_to_lane(&sums, lane, r, c, scale);
        }
    for (; i < end; i++) {
        double r = gain(stencil, rows, i) + feed * (double)q[i];
        add_to_lane(&sums, 0, r, (double)u[i], scale);
    }
    *lanes = sums;
}

static clp_sums sums_of(const clp_lanes *lanes)
{
    clp_sums sums = {0};
    for (int lane = 0; lane < LANES; lane++) {
        sums.largest = fmax(sums.largest, lanes->largest[lane]);
        sums.squares += lanes->squares[lane];
        sums.field = fmax(sums.field, lanes->field[lane]);
    }
    return sums;
}

static clp_sums residual_plain(const clp_stencil *stencil, const void *u, const void *q)
{
    double largest = 0, squares = 0, field = 0;
    size_t rows_of_all = equation_rows(stencil), nx = stencil->layout.nodes[0];
    const size_t first = stencil->first[0] > 1 ? stencil->first[0] : 1,
                 end = stencil->end[0] < nx - 1 ? stencil->end[0] : nx - 1;
#pragma omp parallel for schedule(static) num_threads(stencil->threads) reduction(max : largest, field)                \
    reduction(+ : squares)
    for (size_t number = 0; number < rows_of_all; number++) {
        size_t j, k;
        clp_lanes lanes = {0};
        equation_row(stencil, number, &j, &k);
        clp_rows rows = rows_around(stencil, u, j, k);
        const REAL *source = q ? row_of(&stencil->layout, q, j, k) : NULL;
        residual_inner(stencil, rows, source, first, end, &lanes);
        for (size_t i = 0; i < nx; i += nx - 1) { /* the ends, where they have equations */
            if (i < stencil->first[0] || i >= stencil->end[0]) continue;
            double r = gain(stencil, rows, i);
            if (source) r += stencil->inverse_diagonal * (double)source[i];
            add_to_lane(&lanes, 0, r, (double)rows.centre[i], stencil->inverse_scale);
        }
        clp_sums sums = sums_of(&lanes);
        largest = fmax(largest, sums.largest);
        field = fmax(field, sums.field);
        squares += sums.squares;
    }
    return (clp_sums){.largest = largest, .squares = squares, .field = field};
}

static clp_sums residual(const clp_stencil *stencil, const void *u, const void *q)
{
    if (!stencil->op->network) return residual_plain(stencil, u, q);
    double largest = 0, squares = 0, field = 0;
    size_t rows_of_all = equation_rows(stencil);
#pragma omp parallel for schedule(static) num_threads(stencil->threads) reduction(max : largest, field)                \
    reduction(+ : squares)
    for (size_t number = 0; number < rows_of_all; number++) {
        size_t j, k;
        equation_row(stencil, number, &j, &k);
        clp_rows rows = rows_around(stencil, u, j, k);
        const REAL *source = q ? row_of(&stencil->layout, q, j, k) : NULL;
        clp_edges edges = edges_of(stencil, j, k);
        for (size_t i = stencil->first[0]; i < stencil->end[0]; i++) {
            if (edges.diagonal[i] == 0) continue;
            double r = stencil->inverse_diagonal * inflow(stencil, rows, edges, i);
            if (source) r += stencil->inverse_diagonal * source[i];
            double part = stencil->inverse_diagonal * edges.diagonal[i];
            double weight = 1 / fmax(part, stencil->op->least);
            largest = fmax(largest, weight * fabs(r));
            field = fmax(field, fabs((double)rows.centre[i]));
            r *= stencil->inverse_scale;
            squares += r * r;
        }
    }
    return (clp_sums){.largest = largest, .squares = squares, .field = field};
}

/* What the residual of a node is the sum of, in magnitude. */
static double magnitudes(const clp_stencil *stencil, clp_rows rows, const REAL *source, size_t i)
{
    double c = rows.centre[i], west = rows.centre[before(stencil, 0, i)],
           east = rows.centre[after(stencil, 0, i)];
    double sum = stencil->share[0] * (fabs(west - c) + fabs(east - c)) +
                 stencil->share[1] * (fabs(rows.south[i] - c) + fabs(rows.north[i] - c)) +
                 stencil->share[2] * (fabs(rows.below[i] - c) + fabs(rows.above[i] - c)) +
                 stencil->ground * fabs(c);
    return source ? sum + stencil->inverse_diagonal * fabs((double)source[i]) : sum;
}

/* The largest of [first, end), whose neighbours along x are beside them. */
static double largest_magnitudes(const clp_stencil *stencil, clp_rows rows, const REAL *source, size_t first,
                                 size_t end)
{
    const REAL *restrict u = rows.centre, *restrict south = rows.south, *restrict north = rows.north;
    const REAL *restrict below = rows.below, *restrict above = rows.above;
    const REAL *restrict q = source ? source : rows.centre;
    const double x = stencil->share[0], y = stencil->share[1], z = stencil->share[2];
    const double ground = stencil->ground, feed = source ? stencil->inverse_diagonal : 0;
    double lanes[LANES] = {0}, largest = 0;
    size_t i = first;
    for (; i + LANES <= end; i += LANES)
        for (int lane = 0; lane < LANES; lane++) {
            size_t n = i + (size_t)lane;
            const double c = u[n];
            double sum = x * (fabs((double)u[n - 1] - c) + fabs((double)u[n + 1] - c)) +
                         y * (fabs((double)south[n] - c) + fabs((double)north[n] - c)) +
                         z * (fabs((double)below[n] - c) + fabs((double)above[n] - c)) + ground * fabs(c) +
                         feed * fabs((double)q[n]);
            lanes[lane] = sum > lanes[lane] ? sum : lanes[lane];
        }
    for (; i < end; i++) lanes[0] = fmax(lanes[0], magnitudes(stencil, rows, source, i));
    for (int lane = 0; lane < LANES; lane++) largest = fmax(largest, lanes[lane]);
    return largest;
}

static double summed(const clp_stencil *stencil, const void *u, const void *q)
{
    double largest = 0;
    size_t rows_of_all = equation_rows(stencil), nx = stencil->layout.nodes[0];
    const size_t first = stencil->first[0] > 1 ? stencil->first[0] : 1,
                 end = stencil->end[0] < nx - 1 ? stencil->end[0] : nx - 1;
#pragma omp parallel for schedule(static) num_threads(stencil->threads) reduction(max : largest)
    for (size_t number = 0; number < rows_of_all; number++) {
        size_t j, k;
        equation_row(stencil, number, &j, &k);
        clp_rows rows = rows_around(stencil, u, j, k);
        const REAL *source = q ? row_of(&stencil->layout, q, j, k) : NULL;
        largest = fmax(largest, largest_magnitudes(stencil, rows, source, first, end));
        for (size_t i = 0; i < nx; i += nx - 1) /* the ends, where they have equations */
            if (i >= stencil->first[0] && i < stencil->end[0])
                largest = fmax(largest, magnitudes(stencil, rows, source, i));
    }
    return largest;
}

static clp_sums change(const clp_stencil *stencil, const void *u, const void *v)
{
    double largest = 0, squares = 0, field = 0;
    size_t rows_of_all = equation_rows(stencil);
#pragma omp parallel for schedule(static) num_threads(stencil->threads) reduction(max : largest, field)                \
    reduction(+ : squares)
    for (size_t number = 0; number < rows_of_all; number++) {
        size_t j, k;
        equation_row(stencil, number, &j, &k);
        const REAL *a = row_of(&stencil->layout, u, j, k), *b = row_of(&stencil->layout, v, j, k);
        const double *diagonal = stencil->op->network ? edges_of(stencil, j, k).diagonal : NULL;
        for (size_t i = stencil->first[0]; i < stencil->end[0]; i++) {
            if (diagonal && diagonal[i] == 0) continue;
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
        REAL *out = (REAL *)u + clp_layout_row(layout, row + j);
        const double *in = values + j * layout->nodes[0];
        for (size_t i = 0; i < layout->nodes[0]; i++) out[i] = (REAL)in[i];
    }
}

static void read_rows(const clp_layout *layout, const void *u, size_t row, size_t rows, double *values)
{
    for (size_t j = 0; j < rows; j++) {
        const REAL *in = (const REAL *)u + clp_layout_row(layout, row + j);
        double *out = values + j * layout->nodes[0];
        for (size_t i = 0; i < layout->nodes[0]; i++) out[i] = (double)in[i];
    }
}

const clp_reference_loops LOOPS = {.sweep = sweep,
                                   .relax = relax,
                                   .defect = defect,
                                   .residual = residual,
                                   .summed = summed,
                                   .change = change,
                                   .write_rows = write_rows,
                                   .read_rows = read_rows};
