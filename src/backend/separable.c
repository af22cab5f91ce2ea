/* SPDX-License-Identifier: MIT */
#include "backend/separable.h"

#include <math.h>
#include <stdlib.h>

/* About what the two smoothing halves of a cycle on that level would take. */
double clp_separable_most = 1 << 19;

static size_t nodes_along(const clp_operator *op, int axis)
{
    return axis < clp_grid_dimensions(&op->grid) ? op->grid.nodes[axis] : 1;
}

bool clp_operator_is_separable(const clp_operator *op)
{
    double nodes = (double)clp_grid_node_count(&op->grid), along = 0;
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++) along += (double)op->grid.nodes[axis];
    return !clp_grid_is_part(&op->grid) && !op->network && !op->galerkin && 2 * nodes * along <= clp_separable_most;
}

/* An eigenvector along an axis: a sine or a cosine of an angle per node. */
typedef struct mode {
    bool exists, sine;
    double angle;
} mode;

static mode mode_of(const clp_operator *op, int axis, size_t k)
{
    size_t cells = nodes_along(op, axis) - 1;
    bool low = op->held[2 * axis], high = op->held[2 * axis + 1];
    if (cells == 0) return (mode){.exists = k == 0};
    double unit = M_PI / (double)cells;
    if (op->periodic[axis])
        return (mode){.exists = k<cells, .sine = k> 0 && k % 2 == 0,
                      .angle = 2 * unit * (double)((k + 1) / 2)};
    if (low && high) return (mode){.exists = k > 0 && k < cells, .sine = true, .angle = unit * (double)k};
    if (low) return (mode){.exists = k > 0, .sine = true, .angle = unit * ((double)k - 0.5)};
    if (high) return (mode){.exists = k < cells, .angle = unit * ((double)k + 0.5)};
    return (mode){.exists = true, .angle = unit * (double)k};
}

/* Its value at a node; 0 at held ones, and at the second of a seam that of the first. */
static double value_at(const clp_operator *op, int axis, mode m, size_t j)
{
    size_t last = nodes_along(op, axis) - 1;
    if ((j == 0 && op->held[2 * axis]) || (j == last && op->held[2 * axis + 1])) return 0;
    if (j == last && op->periodic[axis]) j = 0;
    return m.sine ? sin(m.angle * (double)j) : cos(m.angle * (double)j);
}

/* Part of a whole cell that belongs to a node: eigenvectors are at right angles with these for weights. */
static double part_of(const clp_operator *op, int axis, size_t j)
{
    size_t last = nodes_along(op, axis) - 1;
    if (last == 0) return 1;
    if (op->periodic[axis]) return j < last;
    return j == 0 || j == last ? 0.5 : 1;
}

static void fill_axis(const clp_operator *op, int axis, double *forth, double *back)
{
    size_t nodes = nodes_along(op, axis);
    for (size_t k = 0; k < nodes; k++) {
        mode m = mode_of(op, axis, k);
        double norm = 0;
        if (!m.exists) continue; /* zeros */
        for (size_t j = 0; j < nodes; j++) {
            double value = value_at(op, axis, m, j);
            back[k * nodes + j] = value;
            norm += part_of(op, axis, j) * value * value;
        }
        for (size_t j = 0; j < nodes; j++)
            forth[j * nodes + k] = part_of(op, axis, j) * back[k * nodes + j] / norm;
    }
}

static double eigenvalue(const clp_operator *op, const size_t index[CLP_AXES], bool *exists)
{
    double sum = op->shunt;
    *exists = true;
    for (int axis = 0; axis < CLP_AXES; axis++) {
        mode m = mode_of(op, axis, index[axis]);
        *exists = *exists && m.exists;
        double half = sin(0.5 * m.angle);
        sum += 4 * op->conductance[axis] * half * half;
    }
    return sum;
}

clp_status clp_separable_create(const clp_operator *op, clp_separable *made)
{
    size_t n[CLP_AXES], nodes = clp_grid_node_count(&op->grid);
    *made = (clp_separable){.count = 0};
    for (int axis = 0; axis < CLP_AXES; axis++) {
        n[axis] = nodes_along(op, axis);
        made->forth[axis] = made->count;
        made->back[axis] = made->count + n[axis] * n[axis];
        made->count += 2 * n[axis] * n[axis];
    }
    made->inverse = made->count;
    made->work = made->inverse + nodes;
    made->count = made->work + 2 * nodes;
    made->numbers = calloc(made->count, sizeof *made->numbers);
    if (!made->numbers) return clp_fail_host_memory(made->count * sizeof *made->numbers);
    for (int axis = 0; axis < CLP_AXES; axis++)
        fill_axis(op, axis, made->numbers + made->forth[axis], made->numbers + made->back[axis]);
    for (size_t p = 0; p < nodes; p++) {
        const size_t index[] = {p % n[0], p / n[0] % n[1], p / n[0] / n[1]};
        bool exists;
        double value = eigenvalue(op, index, &exists);
        made->numbers[made->inverse + p] = exists && value > 0 ? 1 / value : 0;
    }
    return CLP_OK;
}
