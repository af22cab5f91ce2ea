/* SPDX-License-Identifier: MIT */
#include "backend/reference/galerkin.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- operators ---- */

static clp_status allocate(const clp_operator *op, clp_points *points)
{
    size_t count = clp_grid_node_count(&op->grid);
    *points = (clp_points){.op = op, .points = (size_t)clp_galerkin_points(op)};
    points->entry = calloc(count * points->points, sizeof *points->entry);
    points->leak = calloc(count, sizeof *points->leak);
    if (!points->entry || !points->leak) return clp_fail_host_memory(count * points->points * sizeof(double));
    return CLP_OK;
}

clp_status clp_points_create(const clp_operator *op, clp_points *points)
{
    return allocate(op, points);
}

void clp_points_move(const clp_points *points, const clp_box *box, const double *write, double *read)
{
    const size_t *nodes = points->op->grid.nodes, bytes = points->points * sizeof(double);
    for (size_t k = 0; k < box->count[2]; k++)
        for (size_t j = 0; j < box->count[1]; j++)
            for (size_t i = 0; i < box->count[0]; i++) {
                size_t p =
                    ((box->first[2] + k) * nodes[1] + box->first[1] + j) * nodes[0] + box->first[0] + i;
                double *entry = points->entry + p * points->points;
                if (write) {
                    /* of a part's outermost nodes some are about what it has not */
                    for (size_t code = 0; code < points->points; code++)
                        entry[code] = clp_offset_node(points->op, p, (int)code) == SIZE_MAX ? 0 : write[code];
                    points->leak[p] = write[points->points];
                    write += points->points + 1;
                } else {
                    memcpy(read, entry, bytes);
                    read[points->points] = points->leak[p];
                    read += points->points + 1;
                }
            }
}

void clp_points_finish(clp_points *points)
{
    free(points->entry);
    free(points->leak);
    *points = (clp_points){0};
}

static double *row_of(const clp_points *points, size_t p)
{
    return points->entry + p * points->points;
}

static double diagonal_of(const clp_points *points, size_t p)
{
    return row_of(points, p)[points->points / 2];
}

/* The first node of a seam, for both. */
static size_t own_node(const clp_operator *op, size_t p)
{
    return clp_offset_node(op, p, clp_galerkin_points(op) / 2);
}

clp_status clp_points_of_network(const clp_operator *op, clp_points *points)
{
    const clp_network *network = op->network;
    CLP_TRY(allocate(op, points));
    for (size_t p = 0; p < clp_grid_node_count(&op->grid); p++) {
        double *row = row_of(points, p);
        int middle = (int)points->points / 2, step = 1;
        if (network->diagonal[p] == 0) continue;
        row[middle] = network->diagonal[p];
        points->leak[p] = network->shunt ? network->shunt[p] : 0;
        for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++, step *= 3) {
            size_t before = clp_offset_node(op, p, middle - step);
            if (before != SIZE_MAX) row[middle - step] -= network->conductance[axis][before];
            if (clp_offset_node(op, p, middle + step) != SIZE_MAX)
                row[middle + step] -= network->conductance[axis][p];
        }
    }
    return CLP_OK;
}

/* ---- interpolation ---- */

/* Where a fine node lies: bits of the axes along which it is between two coarse nodes, and the coarse node
 * before. */
typedef struct place {
    unsigned odd;
    size_t at[CLP_AXES];
} place;

static place place_of(const clp_operator *fine, unsigned axes, size_t p)
{
    place found = {0};
    for (int axis = 0; axis < CLP_AXES; axis++) {
        size_t index = clp_operator_at(fine, p, axis);
        bool coarsened = axes >> axis & 1;
        if (coarsened && index % 2) found.odd |= 1U << axis;
        found.at[axis] = coarsened ? index / 2 : index;
    }
    return found;
}

static size_t coarse_node(const clp_operator *coarse, const size_t at[CLP_AXES])
{
    size_t p = 0;
    for (int axis = 0; axis < clp_grid_dimensions(&coarse->grid); axis++)
        p += at[axis] * clp_operator_step(coarse, axis);
    return own_node(coarse, p);
}

static void add_corner(clp_corners *corners, size_t node, double weight)
{
    int c = 0;
    while (c < corners->count && corners->node[c] != node) c++;
    if (c == corners->count) corners->node[corners->count++] = node;
    corners->weight[c] += weight;
}

/* The code of an offset with the axes that are not odd taken out. */
static int without_even(int code, unsigned odd, int dimensions)
{
    int left = 0;
    for (int axis = 0, digit = 1; axis < dimensions; axis++, digit *= 3, code /= 3)
        left += digit * (odd >> axis & 1 ? code % 3 : 1);
    return left;
}

/* The couplings of node p, with what lies across its line or plane lumped into it. Where those below 0
 * outweigh the sum of all, which a level made of jumps may have, only positive ones. Returns the sum, leak
 * included. */
static double lump(const clp_points *fine, unsigned odd, size_t p, double sums[27])
{
    double strong[27] = {0}, total = fine->leak[p], negative = 0;
    int points = (int)fine->points, middle = points / 2, dimensions = clp_grid_dimensions(&fine->op->grid);
    for (int code = 0; code < points; code++) {
        int lumped = without_even(code, odd, dimensions);
        double g = -row_of(fine, p)[code];
        if (lumped == middle) continue;
        sums[lumped] += g;
        strong[lumped] += fmax(g, 0);
        total += g;
    }
    for (int code = 0; code < points; code++) negative += fmin(sums[code], 0);
    if (negative == 0 || -negative <= total) return total;
    total = fine->leak[p];
    for (int code = 0; code < points; code++) total += sums[code] = strong[code];
    return total;
}

/* The equation of node p gives its value from nodes that have theirs. */
static void interpolate(const clp_points *fine, unsigned odd, size_t p, clp_corners *corners, double *lost)
{
    double sums[27] = {0}, total = lump(fine, odd, p, sums), loss = fine->leak[p];
    int points = (int)fine->points;
    lost[p] = 1;
    if (!(diagonal_of(fine, p) > 0) || !(total > 0)) return;
    for (int code = 0; code < points; code++) {
        size_t n = sums[code] != 0 ? clp_offset_node(fine->op, p, code) : SIZE_MAX;
        if (n == SIZE_MAX) continue;
        loss += sums[code] * lost[n];
        for (int c = 0; c < corners[n].count; c++)
            add_corner(&corners[p], corners[n].node[c], sums[code] / total * corners[n].weight[c]);
    }
    lost[p] = loss / total;
}

static void interpolate_all(const clp_points *fine, const clp_operator *coarse, clp_corners *corners,
                            double *lost)
{
    unsigned axes = clp_galerkin_axes(fine->op, coarse);
    size_t count = clp_grid_node_count(&fine->op->grid);
    for (int odd_axes = 0; odd_axes <= 3; odd_axes++)
        for (size_t p = 0; p < count; p++) {
            place at = place_of(fine->op, axes, p);
            int own_axes = (at.odd & 1) + (at.odd >> 1 & 1) + (int)(at.odd >> 2);
            if (own_axes != odd_axes || own_node(fine->op, p) != p) continue;
            if (odd_axes == 0)
                add_corner(&corners[p], coarse_node(coarse, at.at), 1);
            else
                interpolate(fine, at.odd, p, corners, lost);
        }
}

/* ---- the product ---- */

/* The code of the offset from one coarse node to another. */
static int code_between(const clp_operator *coarse, size_t from, size_t to)
{
    for (int code = 0; code < clp_galerkin_points(coarse); code++)
        if (clp_offset_node(coarse, from, code) == to) return code;
    return -1;
}

/* Adds the equation of fine node p to those of its corners. */
static void project(const clp_points *fine, size_t p, const clp_corners *corners, const double *lost,
                    clp_points *coarse)
{
    double kept = fine->leak[p] * (1 - lost[p]); /* of the leak of constants */
    for (int code = 0; code < (int)fine->points; code++) {
        double entry = row_of(fine, p)[code];
        size_t n = entry != 0 ? clp_offset_node(fine->op, p, code) : SIZE_MAX;
        if (n == SIZE_MAX) continue;
        kept += -entry * (lost[n] - lost[p]) * (n != p);
        for (int a = 0; a < corners[p].count; a++)
            for (int b = 0; b < corners[n].count; b++) {
                size_t row = corners[p].node[a];
                int to = code_between(coarse->op, row, corners[n].node[b]);
                row_of(coarse, row)[to] += corners[p].weight[a] * entry * corners[n].weight[b];
            }
    }
    for (int a = 0; a < corners[p].count; a++)
        coarse->leak[corners[p].node[a]] += corners[p].weight[a] * kept;
}

/* Coarse nodes that stand on held ones are held; the second ones of seams get what the first ones have. */
static void finish_rows(const clp_points *fine, const clp_operator *coarse_op, clp_points *coarse)
{
    unsigned axes = clp_galerkin_axes(fine->op, coarse_op);
    for (size_t p = 0; p < clp_grid_node_count(&fine->op->grid); p++) {
        place at = place_of(fine->op, axes, p);
        if (at.odd || own_node(fine->op, p) != p || diagonal_of(fine, p) > 0) continue;
        memset(row_of(coarse, coarse_node(coarse_op, at.at)), 0, coarse->points * sizeof(double));
    }
    for (size_t p = 0; p < clp_grid_node_count(&coarse_op->grid); p++) {
        size_t first = own_node(coarse_op, p);
        if (first == p) continue;
        memcpy(row_of(coarse, p), row_of(coarse, first), coarse->points * sizeof(double));
        coarse->leak[p] = coarse->leak[first];
    }
}

clp_status clp_points_coarsen(const clp_points *fine, const clp_operator *coarse_op, clp_points *coarse,
                              clp_corners **corners)
{
    size_t count = clp_grid_node_count(&fine->op->grid);
    *corners = NULL;
    CLP_TRY(allocate(coarse_op, coarse));
    double *lost = calloc(count, sizeof *lost);
    *corners = calloc(count, sizeof **corners);
    clp_status status = lost && *corners ? CLP_OK : clp_fail_host_memory(count * sizeof **corners);
    if (status == CLP_OK) {
        interpolate_all(fine, coarse_op, *corners, lost);
        for (size_t p = 0; p < count; p++)
            if (own_node(fine->op, p) == p && diagonal_of(fine, p) > 0)
                project(fine, p, *corners, lost, coarse);
        finish_rows(fine, coarse_op, coarse);
    }
    free(lost);
    return status;
}

/* ---- cycles ---- */

/* q - A u at node p. */
static double residual_at(const clp_points *points, clp_vector u, clp_vector q, size_t p)
{
    double sum = q.data ? clp_vector_get(q, p) : 0;
    for (int code = 0; code < (int)points->points; code++) {
        double entry = row_of(points, p)[code];
        if (entry != 0) sum -= entry * clp_vector_get(u, clp_offset_node(points->op, p, code));
    }
    return sum;
}

void clp_points_sweep(const clp_points *points, clp_vector u, clp_vector v, clp_vector q, double weight)
{
    for (size_t p = 0; p < clp_grid_node_count(&points->op->grid); p++) {
        double diagonal = diagonal_of(points, p), change = 0;
        if (diagonal > 0) change = weight / diagonal * residual_at(points, u, q, p);
        clp_vector_put(v, p, clp_vector_get(u, p) + change);
    }
}

void clp_points_residual(const clp_points *points, clp_vector u, clp_vector q, clp_vector r)
{
    for (size_t p = 0; p < clp_grid_node_count(&points->op->grid); p++)
        clp_vector_put(r, p, diagonal_of(points, p) > 0 ? residual_at(points, u, q, p) : 0);
}

void clp_corners_restrict(const clp_corners *corners, const clp_operator *fine_op,
                          const clp_operator *coarse_op, clp_vector fine, clp_vector coarse)
{
    size_t count = clp_grid_node_count(&coarse_op->grid);
    for (size_t p = 0; p < count; p++) clp_vector_put(coarse, p, 0);
    for (size_t p = 0; p < clp_grid_node_count(&fine_op->grid); p++)
        for (int c = 0; c < corners[p].count; c++) { /* the second nodes of seams have none */
            size_t node = corners[p].node[c];
            double add = corners[p].weight[c] * clp_vector_get(fine, p);
            clp_vector_put(coarse, node, clp_vector_get(coarse, node) + add);
        }
    for (size_t p = 0; p < count; p++)
        clp_vector_put(coarse, p, clp_vector_get(coarse, own_node(coarse_op, p)));
}

void clp_corners_prolong_add(const clp_corners *corners, const clp_operator *fine_op, clp_vector coarse,
                             clp_vector fine)
{
    for (size_t p = 0; p < clp_grid_node_count(&fine_op->grid); p++) {
        const clp_corners *own = &corners[own_node(fine_op, p)];
        double sum = clp_vector_get(fine, p);
        for (int c = 0; c < own->count; c++) sum += own->weight[c] * clp_vector_get(coarse, own->node[c]);
        clp_vector_put(fine, p, sum);
    }
}
