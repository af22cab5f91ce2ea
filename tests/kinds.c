/* SPDX-License-Identifier: MIT */
#include "kinds.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

clp_operator operator_of(const kind *k)
{
    clp_operator op = {.grid.nodes = {k->nodes[0], k->nodes[1], k->nodes[2]}, .shunt = k->shunt, .scale = 1};
    for (int axis = 0; axis < clp_grid_dimensions(&op.grid); axis++) {
        double h = k->spacing[axis] > 0 ? k->spacing[axis] : 1;
        op.grid.size[axis] = h * (double)(k->nodes[axis] - 1);
        op.conductance[axis] = 1 / (h * h);
    }
    for (int side = 0; side < CLP_SIDES; side++) op.held[side] = k->held >> side & 1;
    for (int axis = 0; axis < CLP_AXES; axis++) op.periodic[axis] = k->periodic >> axis & 1;
    op.diagonal = clp_operator_stencil_diagonal(&op);
    return op;
}

static uint64_t state;

void begin_random(void)
{
    state = 88172645463325252ULL;
}

double random_number(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (double)(state >> 11) * 0x1p-52 - 1;
}

/* ---- networks ---- */

/* Of the cell that begins at node `at`; a log-normal one is drawn for each. */
static double conductivity(const kind *k, const size_t at[CLP_AXES])
{
    double distance = 0, sum = 0;
    size_t squares = 0;
    for (int axis = 0; axis < CLP_AXES && k->nodes[axis] > 1; axis++) {
        double x = ((double)at[axis] + 0.5) / (double)(k->nodes[axis] - 1), centre = axis == 0 ? 0.45 : 0.55;
        distance += (x - centre) * (x - centre);
        squares += (size_t)(8 * x);
    }
    switch (k->material) {
    case DISC:
        return distance < 0.07 ? k->contrast : 1;
    case CHECKERBOARD:
        return squares % 2 ? k->contrast : 1;
    case LOG_NORMAL:
        for (int i = 0; i < 12; i++) sum += 0.5 * random_number();
        return exp(sum * k->contrast);
    default:
        return 1;
    }
}

/* Whether an electrode one node thin stands there. */
static bool is_electrode(const kind *k, const size_t at[CLP_AXES])
{
    size_t nx = k->nodes[0], ny = k->nodes[1];
    if (k->material != ELECTRODES) return false;
    return (at[1] == ny / 4 && at[0] >= nx / 5 && at[0] < nx * 4 / 5) ||
           (at[1] == 3 * ny / 4 && at[0] >= nx / 3 && at[0] < nx / 2);
}

static void index_of(const clp_operator *op, size_t p, size_t at[CLP_AXES])
{
    for (int axis = 0; axis < CLP_AXES; axis++) at[axis] = clp_operator_at(op, p, axis);
}

/* Adds a cell to the edges that lie along it. */
static void add_cell(const clp_operator *op, const size_t at[CLP_AXES], double k,
                     double *const conductance[CLP_AXES])
{
    const int dimensions = clp_grid_dimensions(&op->grid) == 3 ? 3 : 2;
    for (int axis = 0; axis < dimensions; axis++) {
        double h = clp_grid_spacing(&op->grid, axis), part = k / (h * h) / (dimensions == 3 ? 4 : 2);
        for (int corner = 0; corner < 1 << dimensions; corner++) {
            size_t p = 0;
            if (corner >> axis & 1) continue;
            for (int other = 0; other < dimensions; other++)
                p += (at[other] + (corner >> other & 1)) * clp_operator_step(op, other);
            conductance[axis][p] += part;
        }
    }
}

/* Both nodes of a seam get what either has; along the seam's axis the first edge stands at the last node too.
 */
static void join_seams(const clp_operator *op, double *conductance, int along)
{
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++) {
        size_t last = (op->grid.nodes[axis] - 1) * clp_operator_step(op, axis);
        for (size_t p = 0; p < clp_grid_node_count(&op->grid) && op->periodic[axis]; p++) {
            if (clp_operator_at(op, p, axis) > 0) continue;
            double sum = conductance[p] + (axis == along ? 0 : conductance[p + last]);
            conductance[p] = conductance[p + last] = sum;
        }
    }
}

static double edges_at(const clp_operator *op, const clp_network *network, size_t p)
{
    double sum = network->shunt[p];
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++) {
        size_t step = clp_operator_step(op, axis), at = clp_operator_at(op, p, axis);
        const double *g = network->conductance[axis];
        sum += g[p] + (at > 0               ? g[p - step]
                       : op->periodic[axis] ? g[p + (op->grid.nodes[axis] - 2) * step]
                                            : 0);
    }
    return sum;
}

clp_network network_of(const kind *k, clp_operator *op)
{
    clp_network network = {0};
    size_t count = clp_grid_node_count(&op->grid), at[CLP_AXES];
    for (int axis = 0; axis < CLP_AXES; axis++) network.conductance[axis] = calloc(count, sizeof(double));
    network.shunt = calloc(count, sizeof(double));
    network.diagonal = calloc(count, sizeof(double));
    for (size_t p = 0; p < count; p++) {
        bool cell = true;
        index_of(op, p, at);
        for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++)
            cell = cell && at[axis] + 1 < op->grid.nodes[axis];
        if (cell) add_cell(op, at, conductivity(k, at), network.conductance);
    }
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++)
        join_seams(op, network.conductance[axis], axis);
    op->diagonal = 0;
    op->fixed = 0;
    for (size_t p = 0; p < count; p++) {
        index_of(op, p, at);
        bool held = is_electrode(k, at);
        op->fixed += held && clp_operator_in_range(op, p);
        for (int side = 0; side < 2 * clp_grid_dimensions(&op->grid); side++)
            held = held || (op->held[side] && at[side / 2] == (side % 2 ? op->grid.nodes[side / 2] - 1 : 0));
        network.shunt[p] = k->shunt * clp_operator_volume_part(op, p);
        network.diagonal[p] = held ? 0 : edges_at(op, &network, p);
        op->diagonal = fmax(op->diagonal, network.diagonal[p]);
    }
    for (int axis = 0; axis < CLP_AXES; axis++) op->conductance[axis] = 0;
    op->shunt = 0;
    return network;
}

void network_finish(clp_network *network)
{
    for (int axis = 0; axis < CLP_AXES; axis++) free(network->conductance[axis]);
    free(network->shunt);
    free(network->diagonal);
}
