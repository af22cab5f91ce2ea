/* SPDX-License-Identifier: MIT */
#include "solver/quantities.h"
#include "solver/state.h"

/* The flux density along an axis on the edge from node p on; 0 edges that an outline cuts carry nothing here.
 */
static double edge_flux(const clp_operator *op, const double *values, int axis, size_t p, double *weight)
{
    double part = clp_operator_face_part(op, axis, p), spacing = clp_grid_spacing(&op->grid, axis);
    double g = op->network ? op->network->conductance[axis][p] : op->conductance[axis] * part;
    *weight = g != 0;
    /* g is k part / h^2 */
    return g * spacing / part * (values[p] - values[p + clp_operator_step(op, axis)]);
}

void clp_flux(const clp_operator *op, const double *values, double *flux)
{
    int dimensions = clp_grid_dimensions(&op->grid);
    for (size_t p = 0; p < clp_grid_node_count(&op->grid); p++)
        for (int axis = 0; axis < dimensions; axis++) {
            size_t step = clp_operator_step(op, axis), at = clp_operator_at(op, p, axis);
            double weights = 0, sum = 0, weight;
            if (at > 0) {
                sum += edge_flux(op, values, axis, p - step, &weight);
                weights += weight;
            }
            if (at + 1 < op->grid.nodes[axis]) {
                sum += edge_flux(op, values, axis, p, &weight);
                weights += weight;
            }
            flux[p * (size_t)dimensions + (size_t)axis] = weights > 0 ? sum / weights : 0;
        }
}

void clp_solver_flux(const clp_solver *solver, double *flux)
{
    clp_flux(&solver->assembly.op, solver->values, flux);
}
