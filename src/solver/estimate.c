/* SPDX-License-Identifier: MIT */
/*
 * How far the solution of the equations is from that of the problem: Richardson's extrapolation (L. F.
 * Richardson, Phil. Trans. R. Soc. A 210, 1911). On a grid of r times the spacing a second-order error is r^2
 * times as large, so that the two solutions differ by r^2 - 1 times the finer one's error. They are compared
 * on the coarse nodes, the fine solution interpolated there by cubics, whose own error is of higher order.
 */
#include "solver/state.h"

#include "solver/quantities.h"

#include <math.h>
#include <stdlib.h>

/* What an axis adds to the interpolation at a coarse node: up to four fine nodes, and their weights. */
typedef struct piece {
    size_t node[4];
    double cubic[4], linear[4];
    int count; /* 0: another part's */
} piece;

void clp_cubic_weights(double t, double weight[4])
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
    size_t cells = clp_grid_whole(&fine->grid, axis) - 1,
           coarse_cells = clp_grid_whole(&coarse->grid, axis) - 1;
    size_t at = clp_grid_index(&coarse->grid, axis, index), begin = clp_grid_begin(&fine->grid, axis);
    size_t below = at * cells / coarse_cells, rest = at * cells % coarse_cells;
    /* In the part's own count; what is beyond it is another part's. */
    size_t own = clp_grid_index(&fine->grid, axis, begin),
           end = own + clp_grid_end(&fine->grid, axis) - begin;
    if (below < own || below >= end) return (piece){.count = 0};
    below = below - own + begin;
    cells = fine->grid.nodes[axis] - 1;
    made.node[0] = below;
    if (rest == 0) return made;
    double part = (double)rest / (double)coarse_cells;
    size_t first = below == 0 ? 0 : below - 1;
    if (first + 3 > cells) first = cells - 3;
    made.count = 4;
    clp_cubic_weights((double)(below - first) + part, made.cubic);
    for (size_t i = 0; i < 4; i++) {
        made.node[i] = first + i;
        made.linear[i] = first + i == below ? 1 - part : first + i == below + 1 ? part : 0;
    }
    return made;
}

/* How far the fine solution is from a coarse value. At kinks, which only networks have, cubics overshoot. */
static double difference_at(const clp_solver *solver, const piece *const pieces[CLP_AXES], double value)
{
    const clp_operator *op = &solver->assembly.op;
    const piece *x = pieces[0], *y = pieces[1], *z = pieces[2];
    double cubic = 0, linear = 0;
    if (x->count == 1 && y->count == 1 && z->count == 1) /* a node of both grids */
        return solver->values[z->node[0] * clp_operator_step(op, 2) + y->node[0] * clp_operator_step(op, 1) +
                              x->node[0]] -
               value;
    size_t step_y = clp_operator_step(op, 1), step_z = clp_operator_step(op, 2);
    for (int c = 0; c < z->count; c++)
        for (int b = 0; b < y->count; b++)
            for (int a = 0; a < x->count; a++) {
                double u = solver->values[z->node[c] * step_z + y->node[b] * step_y + x->node[a]];
                cubic += z->cubic[c] * y->cubic[b] * x->cubic[a] * u;
                linear += z->linear[c] * y->linear[b] * x->linear[a] * u;
            }
    return op->network && fabs(linear - value) < fabs(cubic - value) ? linear - value : cubic - value;
}

/* The pieces of all coarse nodes along an axis. The caller frees them; NULL if there is no memory for them.
 */
static piece *pieces_along(const clp_operator *fine, const clp_operator *coarse, int axis)
{
    size_t nodes = axis < clp_grid_dimensions(&coarse->grid) ? coarse->grid.nodes[axis] : 1;
    piece *made = malloc(nodes * sizeof *made);
    for (size_t i = 0; made && i < nodes; i++) made[i] = piece_at(fine, coarse, axis, i);
    return made;
}

/* The range of differences at coarse nodes that are not held. */
static void compare(const clp_solver *solver, piece *const along[CLP_AXES], double *lowest, double *highest)
{
    const clp_operator *coarse = &solver->coarse->assembly.op;
    size_t nx = coarse->grid.nodes[0], rows = clp_operator_rows(coarse);
    double low = INFINITY, high = -INFINITY;
#pragma omp parallel for schedule(static) reduction(min : low) reduction(max : high)
    for (size_t r = 0; r < rows; r++) {
        const clp_row row = clp_operator_row(coarse, r);
        for (size_t i = 0; i < nx; i++) {
            const piece *pieces[CLP_AXES] = {&along[0][i], &along[1][row.at[1]], &along[2][row.at[2]]};
            if (clp_row_is_held(coarse, &row, i)) continue;
            if (pieces[0]->count == 0 || pieces[1]->count == 0 || pieces[2]->count == 0) continue;
            double difference = difference_at(solver, pieces, solver->coarse->values[row.first + i]);
            if (difference < low) low = difference;
            if (difference > high) high = difference;
        }
    }
    *lowest = low;
    *highest = high;
}

/* Of solutions that are known but for a constant the difference is, too. */
static double estimate(const clp_solver *solver)
{
    if (!solver->coarse || solver->coarse->report.reason == CLP_REASON_NONE) return NAN;
    const clp_operator *fine = &solver->assembly.op, *coarse = &solver->coarse->assembly.op;
    double lowest = NAN, highest = NAN, ratio = 2;
    piece *along[CLP_AXES];
    bool all = true;
    for (int axis = 0; axis < CLP_AXES; axis++) {
        along[axis] = pieces_along(fine, coarse, axis);
        all = all && along[axis];
    }
    for (int axis = 0; axis < clp_grid_dimensions(&fine->grid); axis++)
        ratio = fmin(ratio, (double)(clp_grid_whole(&fine->grid, axis) - 1) /
                                (double)(clp_grid_whole(&coarse->grid, axis) - 1));
    if (all) compare(solver, along, &lowest, &highest);
    double ends[] = {highest, -lowest};
    if (clp_reduce(solver->assembly.ranks, CLP_REDUCE_MAX, ends, 2) == CLP_OK) {
        highest = ends[0];
        lowest = -ends[1];
    }
    for (int axis = 0; axis < CLP_AXES; axis++) free(along[axis]);
    if (!(highest >= lowest)) return NAN;
    double largest = solver->assembly.singular ? 0.5 * (highest - lowest) : fmax(highest, -lowest);
    return largest / (ratio * ratio - 1);
}

/* Materials and electrodes that are thin get lost on the coarser grid, or twice as thick: its solution is of
 * another problem then, and says nothing of this one. */
clp_status clp_solver_estimate_discretization(clp_solver *solver)
{
    const double most = 0.1, rounding = 1e-6; /* of the solution's own range; of its values */
    clp_report *report = &solver->report;
    double smallest, largest, found = estimate(solver);
    report->discretization_estimate = found;
    report->coarser_differs = false;
    if (solver->plain || !isfinite(found)) return CLP_OK;
    CLP_TRY(clp_range(&solver->assembly, solver->values, &smallest, &largest));
    double solved = solver->options.criterion == CLP_CRITERION_ERROR ? report->tolerance : 0;
    report->coarser_differs = found > most * (largest - smallest) && !(found <= solved) &&
                              found > rounding * fmax(fabs(smallest), fabs(largest));
    if (report->coarser_differs) report->discretization_estimate = NAN;
    return CLP_OK;
}
