/* SPDX-License-Identifier: MIT */
#include "backend/galerkin.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Part of the strongest coupling from which on an axis is coarsened along with it: sweeps smooth along such.
 */
static const double strong = 0.3;

/* With fewer nodes a coarser node would have the same one on both sides. */
static bool can_halve(const clp_operator *op, int axis)
{
    return axis < clp_grid_dimensions(&op->grid) && op->grid.nodes[axis] >= (op->periodic[axis] ? 6 : 5);
}

static bool coarsen_whole(const clp_operator *fine, double along[CLP_AXES], clp_operator *coarse)
{
    double best = 0;
    if (fine->galerkin && clp_grid_node_count(&fine->grid) <= CLP_DIRECT_NODES) return false;
    for (int axis = 0; axis < CLP_AXES; axis++) {
        if (can_halve(fine, axis)) best = fmax(best, along[axis]);
    }
    if (best == 0) return false;
    *coarse = *fine;
    coarse->network = NULL;
    coarse->galerkin = true;
    coarse->fixed = 0;
    for (int side = 0; side < CLP_SIDES; side++) coarse->held[side] = false;
    for (int axis = 0; axis < CLP_AXES; axis++) {
        if (!can_halve(fine, axis) || along[axis] < strong * best) continue;
        size_t *nodes = &coarse->grid.nodes[axis];
        *nodes = fine->periodic[axis] ? *nodes / 2 + 1 : (*nodes + 1) / 2;
        along[axis] /= 4;
    }
    return true;
}

/* Nodes of the halo of a part. */
static size_t depth_of(const clp_grid *part)
{
    size_t depth = SIZE_MAX;
    for (int side = 0; side < 2 * clp_grid_dimensions(part); side++) {
        int axis = side / 2;
        size_t own = side % 2 ? part->nodes[axis] - part->part.end[axis] : part->part.begin[axis];
        if (part->part.open[side] && own < depth) depth = own;
    }
    return depth;
}

clp_operator clp_operator_galerkin_part(const clp_operator *fine, const clp_operator *whole)
{
    clp_operator part = *whole;
    clp_grid_halve(&fine->grid, whole->grid.nodes, &part.grid);
    for (int axis = 0; axis < CLP_AXES; axis++) {
        part.whole_periodic[axis] = fine->whole_periodic[axis];
        part.periodic[axis] = fine->periodic[axis];
    }
    return part;
}

bool clp_operator_coarsen_galerkin(const clp_operator *fine, double along[CLP_AXES], clp_operator *coarse)
{
    clp_operator whole = clp_operator_whole(fine);
    bool part_of = clp_grid_is_part(&fine->grid);
    if (part_of && depth_of(&fine->grid) != SIZE_MAX && fine->grid.part.align < 2) return false;
    if (!coarsen_whole(&whole, along, coarse)) return false;
    if (!part_of) return true;
    const clp_operator part = clp_operator_galerkin_part(fine, coarse);
    if (clp_grid_can_be_split(&part.grid, depth_of(&part.grid))) *coarse = part;
    return true;
}

unsigned clp_galerkin_axes(const clp_operator *fine, const clp_operator *coarse)
{
    unsigned axes = 0;
    for (unsigned axis = 0; axis < CLP_AXES; axis++)
        if (fine->grid.nodes[axis] != coarse->grid.nodes[axis]) axes |= 1U << axis;
    return axes;
}

static size_t beside(const clp_operator *op, size_t p, int axis, int step)
{
    long long nodes = (long long)op->grid.nodes[axis], own = nodes - op->periodic[axis];
    long long to = (long long)clp_operator_at(op, p, axis) + step;
    if (op->periodic[axis]) to = (to % own + own) % own;
    return to < 0 || to >= nodes ? SIZE_MAX : (size_t)to * clp_operator_step(op, axis);
}

size_t clp_offset_node(const clp_operator *op, size_t p, int code)
{
    size_t to = 0;
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++, code /= 3) {
        size_t at = beside(op, p, axis, code % 3 - 1);
        if (at == SIZE_MAX) return SIZE_MAX;
        to += at;
    }
    return to;
}

/* ---- the dense inverse ---- */

/* Whether constants cost nothing: every row sums to what rounding leaves. */
static bool is_singular(const double *matrix, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        double sum = 0;
        for (size_t j = 0; j < size; j++) sum += matrix[i * size + j];
        if (sum > 1e-13 * matrix[i * size + i]) return false;
    }
    return true;
}

/* In place, of a definite matrix, by Gauss and Jordan; rows of diagonal 0 stay. */
static void invert(double *matrix, size_t size, const double *diagonal)
{
    for (size_t p = 0; p < size; p++) {
        double pivot = matrix[p * size + p];
        if (diagonal[p] == 0) continue;
        if (!(pivot > 1e-13 * diagonal[p])) pivot = diagonal[p]; /* rounded away */
        matrix[p * size + p] = 1;
        for (size_t j = 0; j < size; j++) matrix[p * size + j] /= pivot;
        for (size_t i = 0; i < size; i++) {
            double factor = matrix[i * size + p];
            if (i == p || factor == 0) continue;
            matrix[i * size + p] = 0;
            for (size_t j = 0; j < size; j++) matrix[i * size + j] -= factor * matrix[p * size + j];
        }
    }
}

clp_status clp_galerkin_inverse(const clp_operator *op, const double *stencil, double *inverse)
{
    int points = clp_galerkin_points(op), middle = points / 2;
    size_t size = clp_grid_node_count(&op->grid), count = 0;
    double trace = 0, *diagonal = calloc(size, sizeof *diagonal);
    if (!diagonal) return clp_fail_host_memory(size * sizeof *diagonal);
    for (size_t p = 0; p < size; p++) {
        if (clp_offset_node(op, p, middle) == p) diagonal[p] = stencil[p * (size_t)points + (size_t)middle];
        trace += diagonal[p];
        count += diagonal[p] > 0;
    }
    for (size_t i = 0; i < size * size; i++) inverse[i] = 0;
    for (size_t p = 0; p < size; p++)
        for (int code = 0; code < points && diagonal[p] > 0; code++) {
            size_t n = clp_offset_node(op, p, code);
            if (n != SIZE_MAX && diagonal[n] > 0)
                inverse[p * size + n] += stencil[p * (size_t)points + (size_t)code];
        }
    /* A penalty on the mean makes a singular matrix definite, and changes nothing but the constants. */
    double penalty = count > 0 && is_singular(inverse, size) ? trace / (double)count / (double)count : 0;
    for (size_t i = 0; i < size && penalty > 0; i++)
        for (size_t j = 0; j < size; j++)
            if (diagonal[i] > 0 && diagonal[j] > 0) inverse[i * size + j] += penalty;
    invert(inverse, size, diagonal);
    for (size_t p = 0; p < size; p++) {
        size_t first = clp_offset_node(op, p, middle);
        if (first != p) memcpy(inverse + p * size, inverse + first * size, size * sizeof *inverse);
    }
    free(diagonal);
    return CLP_OK;
}
