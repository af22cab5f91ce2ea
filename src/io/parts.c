/* SPDX-License-Identifier: MIT */
/* Fields whose parts several ranks have: their values at points, and made small enough for one of them. */
#include <clpoisson/output.h>

#include "base/checked.h"
#include "grid/extent.h"
#include "transport/transport.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Between the nodes at `at` and behind it along each axis. */
static double between(const clp_grid *part, const double *values, size_t components,
                      const size_t at[CLP_AXES], const double share[CLP_AXES])
{
    double sum = 0;
    for (int corner = 0; corner < 1 << clp_grid_dimensions(part); corner++) {
        size_t node[CLP_AXES];
        double weight = 1;
        for (int axis = 0; axis < CLP_AXES; axis++) {
            int upper = corner >> axis & 1;
            node[axis] = at[axis] + (size_t)upper;
            weight *= upper ? share[axis] : 1 - share[axis];
        }
        size_t index = (node[2] * part->nodes[1] + node[1]) * part->nodes[0] + node[0];
        if (weight > 0) sum += weight * values[index * components];
    }
    return sum;
}

clp_status clp_field_at(clp_ranks *ranks, const clp_grid *part, const double *values,
                        const double point[CLP_AXES], double *value)
{
    const int dimensions = clp_grid_dimensions(part);
    size_t at[CLP_AXES] = {0};
    double share[CLP_AXES] = {0};
    bool own = true;
    if (!clp_grid_is_part(part)) {
        *value = clp_grid_interpolate(part, values, point);
        return CLP_OK;
    }
    for (int axis = 0; axis < dimensions; axis++) {
        size_t whole = clp_grid_whole(part, axis), begin = clp_grid_begin(part, axis),
               first = clp_grid_index(part, axis, begin), count = clp_grid_end(part, axis) - begin;
        double place = fmin(fmax((point[axis] - part->origin[axis]) / clp_grid_spacing(part, axis), 0),
                            (double)(whole - 1));
        size_t below = clp_min((size_t)place, whole - 2);
        own = own && below >= first && below < first + count;
        share[axis] = place - (double)below;
        at[axis] = begin + below - first;
    }
    *value = own ? between(part, values, 1, at, share) : -INFINITY;
    return clp_reduce(ranks, CLP_REDUCE_MAX, value, 1);
}

clp_status clp_field_range(clp_ranks *ranks, const clp_grid *part, const double *values, double *low,
                           double *high)
{
    double ends[] = {-INFINITY, -INFINITY};                  /* of -u and of u */
    for (size_t p = 0; p < clp_grid_node_count(part); p++) { /* halos are others' values */
        ends[0] = fmax(ends[0], -values[p]);
        ends[1] = fmax(ends[1], values[p]);
    }
    CLP_TRY(clp_reduce(ranks, CLP_REDUCE_MAX, ends, 2));
    *low = -ends[0];
    *high = ends[1];
    return CLP_OK;
}

/* ---- small enough for one ---- */

/* Numbers on the nodes or cells of a part, wanted at those of a reduced grid. */
typedef struct reduction {
    const clp_grid *part;
    const double *values;  /* on nodes, with so many components */
    const uint16_t *cells; /* or on cells */
    size_t components, nodes[CLP_AXES];
} reduction;

/* How many along an axis. */
static size_t wanted_along(const reduction *of, int axis)
{
    return axis < clp_grid_dimensions(of->part) && of->cells ? of->nodes[axis] - 1 : of->nodes[axis];
}

/* The whole grid's node before one of them along an axis, and how far it is behind; or the cell around its
 * centre. */
static size_t find_below(const reduction *of, int axis, size_t index, double *share)
{
    size_t whole = clp_grid_whole(of->part, axis);
    double at = ((double)index + (of->cells ? 0.5 : 0)) * (double)(whole - 1) / (double)(of->nodes[axis] - 1);
    size_t below = clp_min((size_t)at, whole - 2);
    *share = of->cells ? 0 : at - (double)below;
    return below;
}

/* Those that lie behind a rank's own nodes along an axis. */
static void find_range(const reduction *of, int axis, size_t *first, size_t *count)
{
    const clp_grid *part = of->part;
    size_t begin = clp_grid_begin(part, axis), end = clp_grid_end(part, axis);
    *first = *count = 0;
    if (axis >= clp_grid_dimensions(part)) {
        *count = 1;
        return;
    }
    size_t low = clp_grid_index(part, axis, begin), high = low + end - begin;
    for (size_t i = 0; i < wanted_along(of, axis); i++) {
        double share;
        size_t below = find_below(of, axis, i, &share);
        if (below < low || below >= high) continue;
        if (*count == 0) *first = i;
        ++*count;
    }
}

static void sample(const reduction *of, const size_t index[CLP_AXES], double *out)
{
    const clp_grid *part = of->part;
    size_t at[CLP_AXES] = {0};
    double share[CLP_AXES] = {0};
    for (int axis = 0; axis < clp_grid_dimensions(part); axis++) {
        size_t below = find_below(of, axis, index[axis], &share[axis]), begin = clp_grid_begin(part, axis);
        at[axis] = begin + below - clp_grid_index(part, axis, begin);
    }
    if (of->cells) {
        size_t rows = clp_grid_dimensions(part) == 3 ? part->nodes[1] - 1 : 1;
        *out = of->cells[(at[2] * rows + at[1]) * (part->nodes[0] - 1) + at[0]];
        return;
    }
    for (size_t c = 0; c < of->components; c++)
        out[c] = between(part, of->values + c, of->components, at, share);
}

/* A rank's piece: where it is, then its values. */
typedef struct piece {
    double first[CLP_AXES], count[CLP_AXES];
} piece;

enum { PIECE = sizeof(piece) / sizeof(double) };

static void place(const reduction *of, const double *message, double *all)
{
    piece where;
    memcpy(&where, message, sizeof where);
    const double *in = message + PIECE;
    size_t row_size = (size_t)where.count[0] * of->components;
    for (size_t k = 0; k < (size_t)where.count[2]; k++)
        for (size_t j = 0; j < (size_t)where.count[1]; j++, in += row_size) {
            size_t row = ((size_t)where.first[2] + k) * wanted_along(of, 1) + (size_t)where.first[1] + j,
                   at = row * wanted_along(of, 0) + (size_t)where.first[0];
            memcpy(all + at * of->components, in, row_size * sizeof *in);
        }
}

static double *make_piece(const reduction *of, size_t *bytes)
{
    size_t first[CLP_AXES], count[CLP_AXES];
    piece where;
    for (int axis = 0; axis < CLP_AXES; axis++) {
        find_range(of, axis, &first[axis], &count[axis]);
        where.first[axis] = (double)first[axis];
        where.count[axis] = (double)count[axis];
    }
    *bytes = (PIECE + count[0] * count[1] * count[2] * of->components) * sizeof(double);
    double *message = malloc(*bytes), *out = message;
    if (!message) return NULL;
    memcpy(message, &where, sizeof where);
    out += PIECE;
    for (size_t k = 0; k < count[2]; k++)
        for (size_t j = 0; j < count[1]; j++)
            for (size_t i = 0; i < count[0]; i++, out += of->components)
                sample(of, (size_t[CLP_AXES]){first[0] + i, first[1] + j, first[2] + k}, out);
    return message;
}

/* All pieces to rank 0, which puts them in their places. */
static clp_status collect(clp_ranks *ranks, const reduction *of, const double *message, size_t bytes,
                          double *all)
{
    bool first = clp_ranks_number(ranks) == 0;
    size_t count = clp_ranks_count(ranks), total = 0;
    size_t *sizes = calloc(count, sizeof *sizes);
    double *messages = NULL;
    clp_status status = sizes ? CLP_OK : clp_fail_host_memory(count * sizeof *sizes);
    status = clp_ranks_agree(ranks, status);
    if (status == CLP_OK) status = ranks->transport->gather(ranks, &bytes, sizeof bytes, sizes);
    for (size_t rank = 0; status == CLP_OK && rank < count; rank++) total += sizes[rank];
    if (first && status == CLP_OK && !(messages = malloc(total))) status = clp_fail_host_memory(total);
    status = clp_ranks_agree(ranks, status);
    if (status == CLP_OK) status = ranks->transport->collect(ranks, 0, message, bytes, messages, sizes);
    for (size_t rank = 0, at = 0; first && status == CLP_OK && rank < count; rank++) {
        place(of, messages + at / sizeof(double), all);
        at += sizes[rank];
    }
    free(sizes);
    free(messages);
    return status;
}

/* Chooses the reduced grid; *made is for rank 0. */
static clp_status reduce(clp_ranks *ranks, reduction *of, size_t most, clp_grid *grid, double **made)
{
    size_t bytes = 0, count = of->components;
    *made = NULL;
    *grid = clp_grid_of_part(of->part);
    for (int axis = 0; axis < CLP_AXES; axis++) {
        if (axis < clp_grid_dimensions(grid)) grid->nodes[axis] = clp_min(grid->nodes[axis], most);
        of->nodes[axis] = axis < clp_grid_dimensions(grid) ? grid->nodes[axis] : 1;
        count *= wanted_along(of, axis);
    }
    double *message = make_piece(of, &bytes),
           *all = clp_ranks_number(ranks) == 0 ? malloc(count * sizeof *all) : NULL;
    bool enough = message && (all || clp_ranks_number(ranks) > 0);
    clp_status status = clp_ranks_agree(ranks, enough ? CLP_OK : clp_fail_host_memory(bytes));
    if (status == CLP_OK && ranks) status = collect(ranks, of, message, bytes, all);
    if (status == CLP_OK && !ranks) place(of, message, all);
    free(message);
    if (status == CLP_OK)
        *made = all;
    else
        free(all);
    return status;
}

clp_status clp_field_reduce(clp_ranks *ranks, const clp_grid *part, const double *values, int components,
                            size_t most, clp_grid *grid, double **reduced)
{
    reduction of = {.part = part, .values = values, .components = (size_t)components};
    return reduce(ranks, &of, most, grid, reduced);
}

clp_status clp_field_reduce_cells(clp_ranks *ranks, const clp_grid *part, const uint16_t *cells, size_t most,
                                  clp_grid *grid, uint16_t **reduced)
{
    reduction of = {.part = part, .cells = cells, .components = 1};
    double *numbers;
    *reduced = NULL;
    CLP_TRY(reduce(ranks, &of, most, grid, &numbers));
    size_t count = clp_grid_cell_count(grid);
    uint16_t *made = numbers ? malloc(count * sizeof *made) : NULL;
    for (size_t c = 0; made && c < count; c++) made[c] = (uint16_t)numbers[c];
    clp_status status = clp_ranks_agree(ranks, made || !numbers ? CLP_OK : clp_fail_host_memory(count));
    free(numbers);
    if (status == CLP_OK)
        *reduced = made;
    else
        free(made);
    return status;
}
