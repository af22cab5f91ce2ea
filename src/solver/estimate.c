/* SPDX-License-Identifier: MIT */
/*
 * How far the solution of the equations is from that of the problem: Richardson's extrapolation (L. F.
 * Richardson, Phil. Trans. R. Soc. A 210, 1911). On a grid of r times the spacing a second-order error is r^2
 * times as large, so that the two solutions differ by r^2 - 1 times the finer one's error. They are compared
 * on the coarse nodes, the fine solution interpolated there by cubics, whose own error is of higher order.
 */
#include "solver/state.h"

#include <math.h>

/* What an axis adds to the interpolation at a coarse node: up to four fine nodes, and their weights. */
typedef struct piece {
    size_t node[4];
    double cubic[4], linear[4];
    int count;
} piece;

/* Lagrange's weights on four nodes one apart, at t from the first. */
static void fill_cubic(double t, double weight[4])
{
    for (int i = 0; i < 4; i++) {
        weight[i] = 1;
        for (int j = 0; j < 4; j++)
            if (j != i) weight[i] *= (t - j) / (double)(i - j);
    }
}

static piece piece_at(const clp_operator *fine, const clp_operator *coarse, int axis, size_t index)
{
    piece made = {.node = {0}, .cubic = {1}, .linear = {1}, .count = 1};
    if (axis >= clp_grid_dimensions(&fine->grid)) return made;
    size_t cells = fine->grid.nodes[axis] - 1, coarse_cells = coarse->grid.nodes[axis] - 1;
    size_t below = index * cells / coarse_cells, rest = index * cells % coarse_cells;
    made.node[0] = below;
    if (rest == 0) return made;
    double part = (double)rest / (double)coarse_cells;
    size_t first = below == 0 ? 0 : below - 1;
    if (first + 3 > cells) first = cells - 3;
    made.count = 4;
    fill_cubic((double)(below - first) + part, made.cubic);
    for (size_t i = 0; i < 4; i++) {
        made.node[i] = first + i;
        made.linear[i] = first + i == below ? 1 - part : first + i == below + 1 ? part : 0;
    }
    return made;
}

/* How far the fine solution is from a coarse value. At kinks, which only networks have, cubics overshoot. */
static double difference_at(const clp_solver *solver, const piece pieces[CLP_AXES], double value)
{
    const clp_operator *op = &solver->assembly.op;
    double cubic = 0, linear = 0;
    size_t step_y = clp_operator_step(op, 1), step_z = clp_operator_step(op, 2);
    for (int c = 0; c < pieces[2].count; c++)
        for (int b = 0; b < pieces[1].count; b++)
            for (int a = 0; a < pieces[0].count; a++) {
                double u =
                    solver
                        ->values[pieces[2].node[c] * step_z + pieces[1].node[b] * step_y + pieces[0].node[a]];
                cubic += pieces[2].cubic[c] * pieces[1].cubic[b] * pieces[0].cubic[a] * u;
                linear += pieces[2].linear[c] * pieces[1].linear[b] * pieces[0].linear[a] * u;
            }
    return op->network && fabs(linear - value) < fabs(cubic - value) ? linear - value : cubic - value;
}

double clp_solver_estimate_discretization(const clp_solver *solver)
{
    if (!solver->coarse || solver->coarse->report.reason == CLP_REASON_NONE) return NAN;
    const clp_operator *fine = &solver->assembly.op, *coarse = &solver->coarse->assembly.op;
    size_t nodes = clp_grid_node_count(&coarse->grid);
    double lowest = INFINITY, highest = -INFINITY, ratio = 2;
    for (int axis = 0; axis < clp_grid_dimensions(&fine->grid); axis++)
        ratio = fmin(ratio, (double)(fine->grid.nodes[axis] - 1) / (double)(coarse->grid.nodes[axis] - 1));
#pragma omp parallel for schedule(static) reduction(min : lowest) reduction(max : highest)
    for (size_t p = 0; p < nodes; p++) {
        piece pieces[CLP_AXES];
        if (clp_operator_is_held(coarse, p)) continue;
        for (int axis = 0; axis < CLP_AXES; axis++)
            pieces[axis] = piece_at(fine, coarse, axis, clp_operator_at(coarse, p, axis));
        double difference = difference_at(solver, pieces, solver->coarse->values[p]);
        lowest = fmin(lowest, difference);
        highest = fmax(highest, difference);
    }
    if (!(highest >= lowest)) return NAN;
    /* Of solutions that are known but for a constant the difference is, too. */
    double largest = solver->assembly.singular ? 0.5 * (highest - lowest) : fmax(highest, -lowest);
    return largest / (ratio * ratio - 1);
}
