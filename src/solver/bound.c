/* SPDX-License-Identifier: MIT */
#include "solver/bound.h"

#include <math.h>

double clp_bound_factor(const clp_operator *op)
{
    double least = INFINITY;
    for (int axis = 0; axis < CLP_AXES; axis++) {
        int held = op->held[2 * axis] + op->held[2 * axis + 1];
        if (held == 0) continue;
        /* size^2 / k, from the very conductance that the sweeps use */
        double cells = (double)(op->grid.nodes[axis] - 1);
        double square = cells * cells / op->conductance[axis];
        least = fmin(least, held == 2 ? square / 8 : square / 2);
    }
    return least * (1 + 0x1p-48); /* the rounding of this function itself */
}
