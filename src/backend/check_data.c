/* SPDX-License-Identifier: MIT */
#include "backend/check_data.h"

#include <math.h>
#include <stdlib.h>

double clp_check_random(size_t index, unsigned seed)
{
    unsigned long long x = (index + 1) * 0x9e3779b97f4a7c15ULL + seed * 0xd1b54a32d192ed03ULL;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
    return (double)((x ^ x >> 31) >> 11) * 0x1p-53;
}

typedef struct node {
    size_t at[CLP_AXES];
} node;

static node node_of(const clp_operator *op, size_t p)
{
    const size_t *nodes = op->grid.nodes;
    return (node){{p % nodes[0], p / nodes[0] % nodes[1], p / nodes[0] / nodes[1]}};
}

static size_t index_of(const clp_operator *op, node n)
{
    return (n.at[2] * op->grid.nodes[1] + n.at[1]) * op->grid.nodes[0] + n.at[0];
}

/* The node itself, or on the end of a periodic axis the one at its beginning. */
static node canonical(const clp_operator *op, node n)
{
    for (int axis = 0; axis < CLP_AXES; axis++)
        if (op->periodic[axis] && n.at[axis] + 1 == op->grid.nodes[axis]) n.at[axis] = 0;
    return n;
}

static double value_at(const clp_operator *op, node n, unsigned seed)
{
    return clp_check_random(index_of(op, canonical(op, n)), seed);
}

void clp_check_values(const clp_operator *op, unsigned seed, double *values)
{
    for (size_t p = 0; p < clp_grid_node_count(&op->grid); p++)
        values[p] = 2 * value_at(op, node_of(op, p), seed) - 1;
}

static bool on_held_side(const clp_operator *op, node n)
{
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++)
        if ((op->held[2 * axis] && n.at[axis] == 0) ||
            (op->held[2 * axis + 1] && n.at[axis] + 1 == op->grid.nodes[axis]))
            return true;
    return false;
}

/* The conductance of the edge from a node onwards along an axis: 0 where it would leave the box. */
static double edge_at(const clp_operator *op, node n, int axis)
{
    if (n.at[axis] + 1 == op->grid.nodes[axis] && !op->periodic[axis]) return 0;
    return op->conductance[axis] * (0.25 + 3 * value_at(op, n, 3 + (unsigned)axis));
}

static double edges_around(const clp_operator *op, node n)
{
    double sum = 0;
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++) {
        node back = canonical(op, n);
        sum += edge_at(op, n, axis);
        if (back.at[axis] == 0 && !op->periodic[axis]) continue;
        back.at[axis] = back.at[axis] > 0 ? back.at[axis] - 1 : op->grid.nodes[axis] - 2;
        sum += edge_at(op, back, axis);
    }
    return sum;
}

static void fill_network(clp_operator *op, clp_network *network)
{
    op->diagonal = 0;
    for (size_t p = 0; p < clp_grid_node_count(&op->grid); p++) {
        node n = node_of(op, p), own = canonical(op, n);
        double edges = edges_around(op, n), shunt = 0;
        for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++)
            network->conductance[axis][p] = edge_at(op, n, axis);
        /* Some nodes leak, a few much more than their edges carry. */
        if (network->shunt) shunt = value_at(op, n, 7) < 0.3 ? edges * pow(value_at(op, n, 8), -0.5) : 0;
        if (network->shunt) network->shunt[p] = shunt;
        bool side = on_held_side(op, n), fixed = side || value_at(op, n, 9) < 0.05;
        network->diagonal[p] = fixed ? 0 : edges + shunt;
        op->fixed += fixed && !side && index_of(op, own) == p;
        op->diagonal = fmax(op->diagonal, edges);
    }
    if (network->shunt) op->least = 0.5; /* some residuals count for less than their diagonals say */
}

static clp_status create_network(const clp_check_case *check, clp_operator *op, clp_network *network)
{
    size_t bytes = clp_grid_node_count(&op->grid) * sizeof(double);
    double **arrays[] = {&network->conductance[0], &network->conductance[1], &network->diagonal,
                         &network->conductance[2], &network->shunt};
    const bool wanted[] = {true, true, true, clp_grid_dimensions(&op->grid) == 3,
                           check->network == CLP_CHECK_SHUNTS};
    for (int i = 0; i < 5; i++) {
        if (!wanted[i]) continue;
        *arrays[i] = calloc(1, bytes);
        if (!*arrays[i]) return clp_fail_host_memory(bytes);
    }
    fill_network(op, network);
    op->network = network;
    return CLP_OK;
}

clp_status clp_check_operator(const clp_check_case *check, clp_operator *op, clp_network *network)
{
    *op = (clp_operator){.scale = 1, .grid.nodes = {check->nodes[0], check->nodes[1], check->nodes[2]}};
    if (check->nodes[2] == 0) op->grid.nodes[2] = 1;
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++) {
        double spacing = axis == 1 ? check->aspect : 1;
        op->grid.size[axis] = spacing * (double)(check->nodes[axis] - 1);
        op->conductance[axis] = 1 / (spacing * spacing);
        op->periodic[axis] = check->periodic >> axis & 1;
    }
    for (unsigned i = 0; i < CLP_SIDES; i++) op->held[i] = check->held >> i & 1;
    op->diagonal = clp_operator_stencil_diagonal(op);
    return check->network == CLP_CHECK_PLAIN ? CLP_OK : create_network(check, op, network);
}

void clp_check_network_finish(clp_network *network)
{
    for (int axis = 0; axis < CLP_AXES; axis++) free(network->conductance[axis]);
    free(network->shunt);
    free(network->diagonal);
}
