/* SPDX-License-Identifier: MIT */
#include "backend/reference/vectors.h"

static double get(clp_vector v, size_t element)
{
    return v.layout->element_bytes == sizeof(float) ? (double)((const float *)v.data)[element]
                                                    : ((const double *)v.data)[element];
}

static void put(clp_vector v, size_t element, double value)
{
    if (v.layout->element_bytes == sizeof(float))
        ((float *)v.data)[element] = (float)value;
    else
        ((double *)v.data)[element] = value;
}

static size_t element_of(const clp_layout *layout, size_t node)
{
    return clp_layout_row(layout, node / layout->nodes[0]) + node % layout->nodes[0];
}

double clp_vector_get(clp_vector v, size_t node)
{
    return get(v, element_of(v.layout, node));
}

void clp_vector_put(clp_vector v, size_t node, double value)
{
    put(v, element_of(v.layout, node), value);
}

void clp_vector_combine(clp_vector y, double a, clp_vector x, double b, int threads)
{
    (void)threads; /* without OpenMP */
    size_t rows = clp_layout_rows(y.layout);
#pragma omp parallel for schedule(static) num_threads(threads)
    for (size_t row = 0; row < rows; row++) {
        size_t to = clp_layout_row(y.layout, row), from = clp_layout_row(x.layout, row);
        for (size_t i = 0; i < y.layout->nodes[0]; i++)
            put(y, to + i, a * get(x, from + i) + (b != 0 ? b * get(y, to + i) : 0));
    }
}

void clp_vector_chain(clp_vector y, clp_vector x, double a, double b, size_t steps, int threads)
{
    (void)threads;
    size_t rows = clp_layout_rows(y.layout);
#pragma omp parallel for schedule(static) num_threads(threads)
    for (size_t row = 0; row < rows; row++) {
        size_t first = clp_layout_row(y.layout, row);
        for (size_t i = first; i < first + y.layout->nodes[0]; i++) {
            double value = get(x, i);
            for (size_t step = 0; step < steps; step++) value = a * value + b;
            put(y, i, value);
        }
    }
}

/* Part of a control volume at an index of an axis, and 0 outside the equations. */
static double part_at(const clp_stencil *stencil, int axis, size_t index)
{
    const clp_operator *op = stencil->op;
    if (index < stencil->first[axis] || index >= stencil->end[axis]) return 0;
    bool last = index + 1 == stencil->layout.nodes[axis];
    bool halved =
        !op->network && !op->periodic[axis] && axis < clp_grid_dimensions(&op->grid) && (index == 0 || last);
    return halved ? 0.5 : 1;
}

double clp_vector_dot(const clp_stencil *stencil, clp_vector x, clp_vector y)
{
    const clp_layout *layout = &stencil->layout;
    const clp_network *network = stencil->op->network;
    size_t rows = clp_layout_rows(layout);
    double sum = 0;
#pragma omp parallel for schedule(static) num_threads(stencil->threads) reduction(+ : sum)
    for (size_t row = 0; row < rows; row++) {
        double part =
            part_at(stencil, 1, row % layout->nodes[1]) * part_at(stencil, 2, row / layout->nodes[1]);
        size_t first = clp_layout_row(x.layout, row), second = clp_layout_row(y.layout, row);
        for (size_t i = 0; part > 0 && i < layout->nodes[0]; i++) {
            if (network && network->diagonal[row * layout->nodes[0] + i] == 0) continue;
            sum += part * part_at(stencil, 0, i) * get(x, first + i) * get(y, second + i);
        }
    }
    return sum;
}

double clp_vector_energy(const clp_stencil *stencil, clp_vector u)
{
    const clp_layout *layout = &stencil->layout;
    const clp_operator *op = stencil->op;
    size_t rows = clp_layout_rows(layout), nx = layout->nodes[0];
    double sum = 0;
#pragma omp parallel for schedule(static) num_threads(stencil->threads) reduction(+ : sum)
    for (size_t row = 0; row < rows; row++) {
        const clp_row place = clp_operator_row(op, row);
        for (size_t i = 0; i < nx; i++) {
            size_t p = place.first + i;
            if (!clp_row_is_own(op, &place, i) || clp_row_is_copy(op, &place, i)) continue;
            double value = clp_vector_get(u, p);
            for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++) {
                if (clp_operator_at(op, p, axis) + 1 == op->grid.nodes[axis]) continue;
                double difference = clp_vector_get(u, p + clp_operator_step(op, axis)) - value;
                sum += op->network->conductance[axis][p] * difference * difference;
            }
            if (op->network->shunt) sum += op->network->shunt[p] * value * value;
        }
    }
    return sum;
}

void clp_vector_restrict(const clp_axis_transfer *axes, const clp_operator *op, clp_vector fine,
                         clp_vector coarse, int threads)
{
    (void)threads;
    const clp_axis_transfer *x = &axes[0], *y = &axes[1], *z = &axes[2];
    size_t rows = y->coarse * z->coarse;
#pragma omp parallel for schedule(static) num_threads(threads)
    for (size_t row = 0; row < rows; row++) {
        size_t j = row % y->coarse, k = row / y->coarse, to = clp_layout_row(coarse.layout, row);
        const clp_row place = clp_operator_row(op, row);
        for (size_t i = 0; i < x->coarse; i++) {
            double sum = 0;
            for (int c = 0; c < z->taps && !clp_row_is_held(op, &place, i); c++)
                for (int b = 0; b < y->taps; b++) {
                    size_t from = clp_layout_row(fine.layout, z->gather[k][c] * y->fine + y->gather[j][b]);
                    double weight = z->weight[k][c] * y->weight[j][b];
                    for (int a = 0; a < x->taps; a++)
                        sum += weight * x->weight[i][a] * get(fine, from + x->gather[i][a]);
                }
            put(coarse, to + i, sum);
        }
    }
}

/* Both ends of the piece of an axis that a fine node lies on, and the parts that they have. */
static int ends_of(const clp_axis_transfer *axis, size_t index, size_t ends[2], double parts[2])
{
    ends[0] = axis->below[index];
    ends[1] = ends[0] + 1;
    parts[0] = 1 - axis->part[index];
    parts[1] = axis->part[index];
    return axis->coarse > 1 ? 2 : 1;
}

void clp_vector_prolong_add(const clp_axis_transfer *axes, clp_vector coarse, clp_vector fine, int threads)
{
    (void)threads;
    const clp_axis_transfer *y = &axes[1], *z = &axes[2];
    size_t rows = y->fine * z->fine;
#pragma omp parallel for schedule(static) num_threads(threads)
    for (size_t row = 0; row < rows; row++) {
        size_t xs[2], ys[2], zs[2], to = clp_layout_row(fine.layout, row);
        double u[2], v[2], w[2];
        int count_y = ends_of(y, row % y->fine, ys, v), count_z = ends_of(z, row / y->fine, zs, w);
        for (size_t i = 0; i < axes[0].fine; i++) {
            double sum = 0;
            int count_x = ends_of(&axes[0], i, xs, u);
            for (int c = 0; c < count_z; c++)
                for (int b = 0; b < count_y; b++)
                    for (int a = 0; a < count_x; a++)
                        sum += w[c] * v[b] * u[a] *
                               get(coarse, clp_layout_row(coarse.layout, zs[c] * y->coarse + ys[b]) + xs[a]);
            put(fine, to + i, get(fine, to + i) + sum);
        }
    }
}
