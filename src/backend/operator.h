/* SPDX-License-Identifier: MIT */
/* The operator: what a problem becomes before a backend sees it. */
#ifndef CLP_BACKEND_OPERATOR_H
#define CLP_BACKEND_OPERATOR_H

#include <clpoisson/grid.h>

#include <stdbool.h>

/*
 * A u = -div(k grad u) on the nodes of a box with constant k, as the 5-point stencil
 *
 *     (A u)[j, i] = conductance[0] (2 u[j, i] - u[j, i-1] - u[j, i+1])
 *                 + conductance[1] (2 u[j, i] - u[j-1, i] - u[j+1, i])
 *
 * per unit area: the network of conductances k hy/hx and k hx/hy divided by the control volume hx hy. The
 * nodes of a held side keep their values. At an insulated side the control volumes are halved, which after
 * the division is the same stencil with the neighbour outside mirrored: u[j, -1] = u[j, 1].
 */
typedef struct clp_operator {
    clp_grid grid;
    double conductance[CLP_AXES]; /* k / h^2 along each axis */
    bool held[CLP_SIDES];
    double scale; /* a power of two near the largest |u| to be expected: keeps squares in range */
} clp_operator;

/* D, the diagonal of A: the same at every node. */
static inline double clp_operator_diagonal(const clp_operator *op)
{
    return 2 * (op->conductance[0] + op->conductance[1]);
}

/* First unknown node along an axis, and the one behind the last. */
static inline size_t clp_operator_first(const clp_operator *op, int axis)
{
    return op->held[2 * axis] ? 1 : 0;
}

static inline size_t clp_operator_end(const clp_operator *op, int axis)
{
    return op->grid.nodes[axis] - (op->held[2 * axis + 1] ? 1 : 0);
}

/* Number of nodes that are not held. */
static inline size_t clp_operator_unknowns(const clp_operator *op)
{
    size_t count = 1;
    for (int axis = 0; axis < CLP_AXES; axis++)
        count *= clp_operator_end(op, axis) - clp_operator_first(op, axis);
    return count;
}

#endif
