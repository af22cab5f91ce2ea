/* SPDX-License-Identifier: MIT */
/* Small plain operators solved at once, in double, line by line. */
#include "backend/separable.h"

#include "backend/reference/vectors.h"

#include <stdlib.h>

/* to = each line of a field along an axis times a matrix. */
static void transform(const clp_operator *op, int axis, const double *matrix, const double *from, double *to)
{
    size_t n = op->grid.nodes[axis], step = clp_operator_step(op, axis);
    for (size_t p = 0; p < clp_grid_node_count(&op->grid); p++) {
        size_t k = p / step % n;
        to[p] = 0;
        for (size_t j = 0; j < n; j++) to[p] += matrix[j * n + k] * from[p - k * step + j * step];
    }
}

void clp_separable_solve(const clp_separable *made, const clp_operator *op, clp_vector u, clp_vector q)
{
    size_t nodes = clp_grid_node_count(&op->grid);
    double *a = made->numbers + made->work, *b = a + nodes, *swapped;
    for (size_t p = 0; p < nodes; p++) a[p] = clp_vector_get(q, p);
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++) {
        transform(op, axis, made->numbers + made->forth[axis], a, b);
        swapped = a, a = b, b = swapped;
    }
    for (size_t p = 0; p < nodes; p++) a[p] *= made->numbers[made->inverse + p];
    for (int axis = clp_grid_dimensions(&op->grid) - 1; axis >= 0; axis--) {
        transform(op, axis, made->numbers + made->back[axis], a, b);
        swapped = a, a = b, b = swapped;
    }
    for (size_t p = 0; p < nodes; p++) clp_vector_put(u, p, a[p]);
}
