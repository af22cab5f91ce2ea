/* SPDX-License-Identifier: MIT */
/* The operator: what a problem becomes before a backend sees it. */
#ifndef CLP_BACKEND_OPERATOR_H
#define CLP_BACKEND_OPERATOR_H

#include "grid/extent.h"

#include <stdbool.h>

/*
 * A network of varying conductances on the nodes of a box:
 *
 *     (A u)[p] = sum over neighbours n of g[p, n] (u[p] - u[n]) + shunt[p] u[p]
 *
 * with everything divided by the volume of a whole control volume, so that inside a uniform material a
 * conductance is k / h^2, and 1/2 or 1/4 of that along sides and edges of the box: A is symmetric. Arrays
 * have the shape of the grid, on the host.
 *
 * diagonal[p] is the sum of the conductances and the shunt; 0 marks a held node. The edge from node i to i +
 * 1 along an axis is conductance[axis][i]. The last entry of a row is 0, or on a periodic axis that of the
 * first edge, where the last node is the first one again: both have an equation, and it is the same one.
 */
typedef struct clp_network {
    double *conductance[CLP_AXES];
    double *shunt; /* NULL: 0 everywhere */
    double *diagonal;
} clp_network;

/*
 * A u = -div(k grad u) + sigma u on the nodes of a box. Without a network k and sigma are constant, and the
 * equation of every node is the same 5- or 7-point stencil,
 *
 *     (A u)[i] = sum over axes of conductance (2 u[i] - u[i-1] - u[i+1]) + shunt u[i].
 *
 * The nodes of a held side keep their values. At an insulated side the control volumes are halved, which
 * after dividing by them is the same stencil with the neighbour outside mirrored: u[-1] = u[1]. On a periodic
 * axis it is wrapped: u[-1] = u[n-2].
 *
 * On a part of a larger grid the outermost nodes of open sides count as held: they are copies of the
 * neighbours' nodes.
 */
typedef struct clp_operator {
    clp_grid grid;
    double conductance[CLP_AXES]; /* k / h^2 along each axis; 0 along z in two dimensions */
    double shunt;
    bool held[CLP_SIDES];
    bool periodic[CLP_AXES];
    bool whole_held[CLP_SIDES], whole_periodic[CLP_AXES]; /* of a part: likewise of the whole grid */
    const clp_network *network;                           /* NULL: none; must outlive the operator */
    bool galerkin;   /* made from a finer one: its coefficients are known to its level alone */
    size_t fixed;    /* nodes of a network that are held, besides those of held sides; of all parts */
    double diagonal; /* the largest diagonal entry of A; of a network, shunts left aside */
    double least;    /* of a network: no node's residual counts for more than 1 / this; see below */
    double scale;    /* a power of two near the largest |u| to be expected: keeps squares in range */
} clp_operator;

/* The stencil's diagonal without a network: the same at every node. */
static inline double clp_operator_stencil_diagonal(const clp_operator *op)
{
    return 2 * (op->conductance[0] + op->conductance[1] + op->conductance[2]) + op->shunt;
}

/*
 * First of a part's own nodes along an axis with an equation of its own, and the one behind the last: without
 * those of held sides and without the last one of a periodic axis. In a network nodes in between may be held
 * as well.
 */
static inline size_t clp_operator_first(const clp_operator *op, int axis)
{
    size_t first = op->held[2 * axis] ? 1 : 0, own = clp_grid_begin(&op->grid, axis);
    return first > own ? first : own;
}

static inline size_t clp_operator_end(const clp_operator *op, int axis)
{
    size_t nodes = axis == 2 ? clp_planes(&op->grid) : op->grid.nodes[axis],
           end = nodes - (op->held[2 * axis + 1] || op->periodic[axis] ? 1 : 0),
           own = clp_grid_end(&op->grid, axis);
    return end < own ? end : own;
}

/* The operator on the whole grid that a part belongs to, as far as it is a stencil: not its network. */
clp_operator clp_operator_whole(const clp_operator *op);

/* Whether node p, of a part's own, has an equation as far as sides and seams go: not on a held side, not the
 * second node of a seam. */
bool clp_operator_in_range(const clp_operator *op, size_t p);

/* Whether node p keeps its value. */
bool clp_operator_is_held(const clp_operator *op, size_t p);

/* Part of a whole control volume that belongs to node p, and of a whole face that edges along an axis conduct
 * through there: 1/2 per side that they lie on, but for periodic axes. */
double clp_operator_volume_part(const clp_operator *op, size_t p);
double clp_operator_face_part(const clp_operator *op, int axis, size_t p);

/* A row of nodes along x, with what they have in common. */
typedef struct clp_row {
    size_t first;        /* its first node */
    size_t at[CLP_AXES]; /* indices of that one */
    bool held;           /* without a network: it lies on a held side */
    bool near_held;      /* without a network: the row beside it does */
    bool copy;           /* it is the second one of a seam */
    bool own;            /* of the part's own: others are copies of its neighbours' */
    double part;         /* of control volumes, but for what sides along x take away */
} clp_row;

/* Row number `row`, counted through all planes. */
clp_row clp_operator_row(const clp_operator *op, size_t row);

static inline size_t clp_operator_rows(const clp_operator *op)
{
    return op->grid.nodes[1] * clp_planes(&op->grid);
}

/* clp_operator_is_held and clp_operator_volume_part of its node i, and whether that is the second one of a
 * seam. */
static inline bool clp_row_is_held(const clp_operator *op, const clp_row *row, size_t i)
{
    if (op->network) return op->network->diagonal[row->first + i] == 0;
    return row->held || (op->held[0] && i == 0) || (op->held[1] && i + 1 == op->grid.nodes[0]);
}

/* Whether a row's node is the part's own. */
static inline bool clp_row_is_own(const clp_operator *op, const clp_row *row, size_t i)
{
    return row->own && i >= clp_grid_begin(&op->grid, 0) && i < clp_grid_end(&op->grid, 0);
}

/* Steps from one node of a row to the next that may be held: without a network only the ends of a row may, or
 * all of it. */
static inline size_t clp_row_held_step(const clp_operator *op, const clp_row *row)
{
    return op->network || row->held ? 1 : op->grid.nodes[0] - 1;
}

static inline double clp_row_part(const clp_operator *op, const clp_row *row, size_t i)
{
    return !op->periodic[0] && (i == 0 || i + 1 == op->grid.nodes[0]) ? 0.5 * row->part : row->part;
}

static inline bool clp_row_is_copy(const clp_operator *op, const clp_row *row, size_t i)
{
    return row->copy || (op->periodic[0] && i + 1 == op->grid.nodes[0]);
}

/*
 * What the residual of a node of a network is measured by: its part of the largest diagonal, that being what
 * rounding is relative to and where k varies the error that it stands for; but not less than op->least, as
 * the error of a node that conducts badly need not be larger for it. 0 where it is held.
 */
static inline double clp_operator_measure(const clp_operator *op, size_t p)
{
    double part = op->network->diagonal[p] / op->diagonal;
    return part > op->least || part == 0 ? part : op->least;
}

/* Steps in an array of the grid's shape from a node to the next one along each axis. */
static inline size_t clp_operator_step(const clp_operator *op, int axis)
{
    return axis == 0 ? 1 : axis == 1 ? op->grid.nodes[0] : op->grid.nodes[0] * op->grid.nodes[1];
}

/* Index of node p along an axis. */
static inline size_t clp_operator_at(const clp_operator *op, size_t p, int axis)
{
    return axis >= clp_grid_dimensions(&op->grid) ? 0
                                                  : p / clp_operator_step(op, axis) % op->grid.nodes[axis];
}

/* The smallest part of the largest diagonal that a node of a network has which is not held. */
double clp_operator_smallest_part(const clp_operator *op);

/* Number of unknowns of the whole grid: equations in the ranges above, less the held nodes among them. */
size_t clp_operator_unknowns(const clp_operator *op);

#endif
