/* SPDX-License-Identifier: MIT */
/* What drives a problem: q - A u where every unknown is 0. */
#include "backend/reference/reference.h"

#include "backend/operator.h"
#include "base/checked.h"

#include <math.h>

/* The neighbour of node p before (back) or behind it along an axis, mirrored or wrapped; whether there is an
 * edge of a network. */
static size_t neighbour(const clp_operator *op, size_t p, int axis, bool back, bool *edge)
{
    size_t step = clp_operator_step(op, axis), at = clp_operator_at(op, p, axis),
           last = op->grid.nodes[axis] - 1;
    bool outside = back ? at == 0 : at == last;
    *edge = !outside || op->periodic[axis];
    if (!outside) return back ? p - step : p + step;
    if (op->periodic[axis]) return back ? p + (last - 1) * step : p - (last - 1) * step;
    return back ? p + step : p - step;
}

static double load_at(const clp_operator *op, const double *values, const double *source, size_t p)
{
    double load = source ? source[p] : 0;
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++)
        for (int back = 0; back < 2; back++) {
            bool edge;
            size_t n = neighbour(op, p, axis, back, &edge);
            if (!clp_operator_is_held(op, n) || (op->network && !edge)) continue;
            double g = op->network ? op->network->conductance[axis][back ? n : p] : op->conductance[axis];
            load += g * values[n];
        }
    return load;
}

/* A node of a network with neighbours on both sides in its row, and rows beside it or none: held nodes have
 * no diagonal.
 */
static double load_inside(const clp_operator *op, const double *values, const double *source, size_t p,
                          const bool has[6])
{
    const clp_network *network = op->network;
    double load = source ? source[p] : 0;
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++) {
        size_t step = clp_operator_step(op, axis);
        const double *g = network->conductance[axis];
        if (has[2 * axis] && network->diagonal[p - step] == 0) load += g[p - step] * values[p - step];
        if (has[2 * axis + 1] && network->diagonal[p + step] == 0) load += g[p] * values[p + step];
    }
    return load;
}

/* Without a network a row away from held ones has held neighbours at its ends at most. */
static double load_near_ends(const clp_operator *op, const double *values, const double *source,
                             const clp_row *row, size_t i)
{
    size_t last = op->grid.nodes[0] - 1;
    double load = source ? source[row->first + i] : 0;
    if (i == 1 && op->held[0]) load += op->conductance[0] * values[row->first];
    if (i + 1 == last && op->held[1]) load += op->conductance[0] * values[row->first + last];
    return load;
}

/* Of the nodes in the middle of such a row. */
static double squares_of_row(const double *source, size_t count, double factor)
{
    enum { LANES = 4 };
    double sums[LANES] = {0}, all = 0;
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        for (size_t lane = 0; lane < LANES; lane++) {
            double scaled = source[i + lane] * factor;
            sums[lane] += scaled * scaled;
        }
    for (; i < count; i++) all += source[i] * factor * source[i] * factor;
    for (int lane = 0; lane < LANES; lane++) all += sums[lane];
    return all;
}

double clp_reference_load(const clp_operator *op, const double *values, const double *source)
{
    size_t nx = op->grid.nodes[0], rows = clp_operator_rows(op);
    double unit = op->diagonal * op->scale, factor = 1 / unit, squares = 0;
#pragma omp parallel for schedule(static) reduction(+ : squares)
    for (size_t r = 0; r < rows; r++) {
        const clp_row row = clp_operator_row(op, r);
        bool plain = !op->network && !row.near_held && nx > 4;
        const size_t begin = clp_grid_begin(&op->grid, 0), end = clp_grid_end(&op->grid, 0),
                     inner = clp_max(begin, 2), behind = clp_min(end, nx - 2);
        if (row.copy || !row.own || (row.held && !op->network)) continue;
        bool has[6] = {true, true};
        for (int side = 2; side < 2 * clp_grid_dimensions(&op->grid); side++)
            has[side] = row.at[side / 2] != (side % 2 ? op->grid.nodes[side / 2] - 1 : 0);
        bool wraps = op->periodic[1] || op->periodic[2];
        bool fast = plain && behind > inner;
        if (fast && source) squares += squares_of_row(source + row.first + inner, behind - inner, factor);
        for (size_t i = begin; i < end; i++) {
            if (fast && i == inner) i = behind;
            if (i == end) break;
            if (clp_row_is_held(op, &row, i) || clp_row_is_copy(op, &row, i)) continue;
            bool inside = op->network && !wraps && i > 0 && i + 1 < nx;
            double load = plain    ? load_near_ends(op, values, source, &row, i)
                          : inside ? load_inside(op, values, source, row.first + i, has)
                                   : load_at(op, values, source, row.first + i);
            load *= factor;
            squares += load * load;
        }
    }
    return sqrt(squares) * unit;
}
