/* SPDX-License-Identifier: MIT */
/* The smoothest error: its eigenvalue decides about the speed of every method here. */
#include "solver/method.h"

#include <math.h>

/*
 * The slowest mode is half a sine wave between two held sides, a quarter between a held and an insulated one,
 * constant between insulated or periodic ones; with angle t per node along an axis its part of the eigenvalue
 * of A is 4 k/h^2 sin^2(t/2). Where nothing is held the constant costs nothing, and the next mode counts.
 */
double clp_lowest_eigenvalue(const clp_operator *of)
{
    const clp_operator whole = clp_operator_whole(of), *op = &whole;
    double sum = op->shunt, next = INFINITY;
    bool any = op->shunt > 0;
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++) {
        double cells = (double)(op->grid.nodes[axis] - 1), conductance = op->conductance[axis];
        int held = op->held[2 * axis] + op->held[2 * axis + 1];
        double angle = held ? 0.5 * held * M_PI / cells : (op->periodic[axis] ? 2 : 1) * M_PI / cells;
        double part = 4 * conductance * sin(0.5 * angle) * sin(0.5 * angle);
        if (held) sum += part;
        any = any || held;
        next = fmin(next, part);
    }
    return (any ? sum : next) / op->diagonal;
}

double clp_chebyshev_weight(double low, double angle)
{
    return 2 / (clp_highest_eigenvalue + low + (clp_highest_eigenvalue - low) * cos(angle));
}

/* A guess for a network: not slower than the box alone, nor than a wave some tens of nodes long. Too high a
 * guess is soon found out, too low a one never is. */
static double guess(const clp_operator *op)
{
    clp_operator box = *op;
    box.shunt = box.diagonal = 0;
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++) {
        double spacing = clp_grid_spacing(&op->grid, axis);
        box.conductance[axis] = 1 / (spacing * spacing);
        box.diagonal += 2 * box.conductance[axis];
    }
    return fmax(clp_lowest_eigenvalue(&box), 0.01);
}

clp_iteration clp_iteration_begin(clp_field *u, clp_field *scratch, const clp_field *q)
{
    const clp_operator *op = &u->level->op;
    return (clp_iteration){.u = u,
                           .scratch = scratch,
                           .q = q,
                           .unit = op->scale,
                           .lowest = op->network ? guess(op) : clp_lowest_eigenvalue(op),
                           .lowest_known = !op->network};
}

void clp_iteration_lower(clp_iteration *iteration, double lowest)
{
    if (!(lowest < iteration->lowest)) return;
    iteration->lowest = fmax(lowest, iteration->lowest / 16);
    iteration->cycle = 0;
}
