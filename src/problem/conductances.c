/* SPDX-License-Identifier: MIT */
/*
 * Finite volumes around the nodes: an edge conducts through the quarter (in 2-D the half) of a face that each
 * of the cells beside it contributes, so that fluxes are conserved and k may jump from cell to cell.
 */
#include "problem/assemble.h"
#include "problem/cells.h"

#include "base/status.h"

#include <stdlib.h>

/* Cells as edges see them. */
typedef struct cell_view {
    const clp_problem *problem;
    const double *conductivity;
    const uint16_t *held; /* electrodes that cover cells; NULL: none */
    size_t cells[CLP_AXES];
} cell_view;

/* Adds the conductivity of free cells around a node. */
static void add_around(const cell_view *view, size_t node, double *sum, int *count)
{
    size_t cells[CLP_CELLS_AROUND];
    int around = clp_cells_around(view->problem, node, cells);
    for (int c = 0; c < around; c++)
        if (view->held[cells[c]] == CLP_CELL_NONE) {
            *sum += view->conductivity[cells[c]];
            ++*count;
        }
}

/* The conductivity of an edge that has electrodes on all sides: a short piece before an outline. What
 * conducts there is the material around its ends. */
static double conductivity_nearby(const cell_view *view, int axis, const size_t at[CLP_AXES],
                                  double otherwise)
{
    const size_t *nodes = view->problem->grid.nodes, steps[CLP_AXES] = {1, nodes[0], nodes[0] * nodes[1]};
    size_t node = (at[2] * nodes[1] + at[1]) * nodes[0] + at[0];
    double sum = 0;
    int count = 0;
    add_around(view, node, &sum, &count);
    add_around(view, node + steps[axis], &sum, &count);
    return count ? sum / count : otherwise;
}

/* The cells beside the edge from node `at` along an axis: up to four; how many. */
static int cells_beside_edge(const cell_view *view, int axis, const size_t at[CLP_AXES], size_t cells[4])
{
    int one = (axis + 1) % CLP_AXES, two = (axis + 2) % CLP_AXES, found = 0;
    size_t first[2], second[2], cell[CLP_AXES];
    int firsts = clp_cells_beside(view->problem, one, at[one], first);
    int seconds = clp_cells_beside(view->problem, two, at[two], second);
    cell[axis] = at[axis];
    for (int i = 0; i < firsts; i++)
        for (int j = 0; j < seconds; j++) {
            cell[one] = first[i];
            cell[two] = second[j];
            cells[found++] = (cell[2] * view->cells[1] + cell[1]) * view->cells[0] + cell[0];
        }
    return found;
}

/*
 * Mean of k over the cells beside the edge from node `at` along an axis, times the part of the whole face
 * that lies in the box. Cells that an electrode covers do not count: what lies under the metal does not
 * conduct.
 */
static double edge_conductivity(const cell_view *view, int axis, const size_t at[CLP_AXES])
{
    size_t cells[4];
    double sum = 0, held_sum = 0;
    int free_cells = 0, all = cells_beside_edge(view, axis, at, cells);
    for (int c = 0; c < all; c++) {
        bool held = view->held && view->held[cells[c]] != CLP_CELL_NONE;
        *(held ? &held_sum : &sum) += view->conductivity[cells[c]];
        free_cells += !held;
    }
    double mean = free_cells ? sum / free_cells : conductivity_nearby(view, axis, at, held_sum / all);
    return mean * all / (clp_grid_dimensions(&view->problem->grid) == 3 ? 4 : 2);
}

static bool are_free(const cell_view *view, const size_t cells[4], int beside, size_t count)
{
    uint16_t all = CLP_CELL_NONE;
    for (int c = 0; c < beside && view->held; c++)
        for (size_t i = 0; i < count; i++) all &= view->held[cells[c] + i];
    return all == CLP_CELL_NONE;
}

/* Edges along an axis from the nodes of a row, but for those at its ends, where no electrode covers a cell
 * beside them: as fill_axis() has them, in a loop that compilers vectorise. Whether it was done. */
static bool fill_free_row(const cell_view *view, int axis, size_t j, size_t k, double factor,
                          double *restrict out)
{
    const clp_grid *grid = &view->problem->grid;
    size_t cells[4], at[] = {1, j, k}, nx = grid->nodes[0];
    if (nx < 4 || (axis > 0 && at[axis] + 1 == grid->nodes[axis])) return false;
    int beside = cells_beside_edge(view, axis, at, cells);
    if (!are_free(view, cells, beside, nx - 2)) return false;
    const double *a = view->conductivity + cells[0], *b = view->conductivity + cells[beside - 1];
    const double part = factor / (clp_grid_dimensions(grid) == 3 ? 4 : 2);
    if (beside == 4) {
        const double *c = view->conductivity + cells[1], *d = view->conductivity + cells[2];
        for (size_t i = 0; i < nx - 2; i++) out[i + 1] = part * (a[i] + c[i] + d[i] + b[i]);
    } else if (beside == 2) {
        for (size_t i = 0; i < nx - 2; i++) out[i + 1] = part * (a[i] + b[i]);
    } else {
        for (size_t i = 0; i < nx - 2; i++) out[i + 1] = part * a[i];
    }
    return true;
}

static void fill_axis(const cell_view *view, int axis, double *conductance)
{
    const clp_grid *grid = &view->problem->grid;
    const size_t *nodes = grid->nodes;
    double spacing = clp_grid_spacing(grid, axis), factor = 1 / (spacing * spacing);
    bool periodic = view->problem->seam[axis];
#pragma omp parallel for schedule(static)
    for (size_t row = 0; row < nodes[1] * nodes[2]; row++) {
        size_t at[CLP_AXES] = {0, row % nodes[1], row / nodes[1]};
        double *out = conductance + row * nodes[0];
        bool filled = fill_free_row(view, axis, at[1], at[2], factor, out);
        for (at[0] = 0; at[0] < nodes[0]; at[0] += filled ? nodes[0] - 1 : 1) {
            size_t here[CLP_AXES] = {at[0], at[1], at[2]};
            bool last = at[axis] + 1 == nodes[axis];
            if (last && periodic) here[axis] = 0; /* the first edge again */
            out[at[0]] = last && !periodic ? 0 : factor * edge_conductivity(view, axis, here);
        }
    }
}

clp_status clp_conductances_fill(const clp_problem *problem, const clp_sampler *sampler, clp_network *network)
{
    double *conductivity = NULL;
    uint16_t *held = NULL;
    clp_status status = clp_cells_conductivity(problem, sampler, &conductivity);
    if (status == CLP_OK) status = clp_cells_covered(problem, &held);
    if (status == CLP_OK) {
        cell_view view = {.problem = problem, .conductivity = conductivity, .held = held};
        for (int axis = 0; axis < CLP_AXES; axis++) view.cells[axis] = clp_cells_along(&problem->grid, axis);
        for (int axis = 0; axis < clp_grid_dimensions(&problem->grid); axis++)
            fill_axis(&view, axis, network->conductance[axis]);
    }
    free(conductivity);
    free(held);
    return status;
}
