/* SPDX-License-Identifier: MIT */
#include "problem/outline.h"

#include "problem/cells.h"

#include "base/status.h"

#include <stdlib.h>
#include <string.h>

enum { AROUND = CLP_CELLS_AROUND };

/* The electrodes of the cells around a node; cells beyond the box are left out. */
static int electrodes_around(const clp_outline *outline, size_t p, uint16_t around[AROUND])
{
    size_t cells[AROUND];
    int count = clp_cells_around(outline->problem, p, cells);
    for (int c = 0; c < count; c++) around[c] = outline->cells[cells[c]];
    return count;
}

/* How much of a node's surroundings belongs to an electrode, 0 to 1. */
static double share_of(const clp_outline *outline, size_t p, uint16_t electrode)
{
    uint16_t around[AROUND];
    int count = electrodes_around(outline, p, around), own = 0;
    for (int c = 0; c < count; c++) own += around[c] == electrode;
    return (double)own / count;
}

/* The electrode that has most of the cells around a node, if that is at least half of them. */
static uint16_t holder_of(const clp_outline *outline, size_t p)
{
    uint16_t around[AROUND], best = CLP_CELL_NONE;
    int count = electrodes_around(outline, p, around), most = 0, held = 0;
    for (int c = 0; c < count; c++) {
        int own = 0;
        if (around[c] == CLP_CELL_NONE) continue;
        held++;
        for (int d = 0; d < count; d++) own += around[d] == around[c];
        if (own > most) {
            most = own;
            best = around[c];
        }
    }
    return 2 * held >= count ? best : CLP_CELL_NONE;
}

/* Whether all the cells around a node are of one electrode: a block. */
static bool is_block(const clp_outline *outline, size_t p, uint16_t electrode)
{
    uint16_t around[AROUND];
    int count = electrodes_around(outline, p, around);
    for (int c = 0; c < count; c++)
        if (around[c] != electrode) return false;
    return true;
}

/* Holds all corners of a cell that is part of no block. */
static void hold_thin(clp_outline *outline, size_t cell)
{
    const clp_grid *grid = &outline->problem->grid;
    size_t nx = clp_cells_along(grid, 0), ny = clp_cells_along(grid, 1);
    size_t first = (cell / nx / ny * grid->nodes[1] + cell / nx % ny) * grid->nodes[0] + cell % nx;
    size_t plane = grid->nodes[0] * grid->nodes[1], corners[AROUND];
    int count = clp_grid_dimensions(grid) == 3 ? 8 : 4;
    for (int c = 0; c < count; c++) {
        corners[c] = first + (c & 1) + (c >> 1 & 1) * grid->nodes[0] + (c >> 2) * plane;
        if (is_block(outline, corners[c], outline->cells[cell])) return;
    }
    for (int c = 0; c < count; c++) {
        if (outline->nodes[corners[c]] == CLP_CELL_NONE) outline->thin[corners[c]] = true;
        if (outline->nodes[corners[c]] == CLP_CELL_NONE) outline->nodes[corners[c]] = outline->cells[cell];
    }
}

clp_status clp_outline_create(const clp_problem *problem, clp_outline *outline)
{
    *outline = (clp_outline){.problem = problem};
    CLP_TRY(clp_cells_held(problem, &outline->cells));
    if (!outline->cells) return CLP_OK;
    size_t count = clp_grid_node_count(&problem->grid), cells = clp_grid_cell_count(&problem->grid);
    outline->nodes = malloc(count * sizeof *outline->nodes);
    outline->thin = calloc(count, sizeof *outline->thin);
    if (!outline->nodes || !outline->thin) {
        clp_outline_finish(outline);
        return clp_fail_host_memory(count * (sizeof *outline->nodes + sizeof *outline->thin));
    }
#pragma omp parallel for schedule(static)
    for (size_t p = 0; p < count; p++) outline->nodes[p] = holder_of(outline, p);
    for (size_t c = 0; c < cells; c++)
        if (outline->cells[c] != CLP_CELL_NONE) hold_thin(outline, c);
    return CLP_OK;
}

void clp_outline_finish(clp_outline *outline)
{
    free(outline->cells);
    free(outline->nodes);
    free(outline->thin);
    *outline = (clp_outline){0};
}

void clp_outline_hold(const clp_outline *outline, uint16_t *holder)
{
    size_t count = clp_grid_node_count(&outline->problem->grid);
    for (size_t p = 0; outline->nodes && p < count; p++)
        if (outline->nodes[p] != CLP_CELL_NONE) holder[p] = (uint16_t)(CLP_HOLDER_REGION + outline->nodes[p]);
}

/* The distance from a free node p to the outline towards q, a held one, in spacings. */
static double distance_to(const clp_outline *outline, size_t p, size_t q)
{
    uint16_t electrode = outline->nodes[q];
    if (outline->thin[q]) return 1;
    double here = share_of(outline, p, electrode), there = share_of(outline, q, electrode);
    return there >= 0.5 && here < 0.5 ? (0.5 - here) / (there - here) : 1;
}

/* One end of an edge that the outline may shorten. Only what the cells hold counts, not what lies over them.
 */
static clp_status shorten(const clp_outline *outline, size_t p, size_t q, double *edge,
                          clp_assembly *assembly)
{
    const uint16_t *holder = assembly->holder;
    if (holder[p] != CLP_HOLDER_NONE || outline->nodes[q] == CLP_CELL_NONE) return CLP_OK;
    if (holder[q] != CLP_HOLDER_REGION + outline->nodes[q] || *edge == 0) return CLP_OK;
    double theta = distance_to(outline, p, q);
    if (theta >= 1) return CLP_OK;
    clp_cut cut = {.node = p, .conductance = *edge / theta, .holder = holder[q]};
    const clp_grid *grid = &outline->problem->grid;
    double point[CLP_AXES] = {0};
    const size_t at[CLP_AXES] = {q % grid->nodes[0], q / grid->nodes[0] % grid->nodes[1],
                                 q / grid->nodes[0] / grid->nodes[1]};
    for (int axis = 0; axis < clp_grid_dimensions(grid); axis++)
        point[axis] = clp_coordinate(grid, axis, at[axis]);
    memcpy(cut.point, point, sizeof point);
    CLP_TRY(clp_electrode_value(outline->problem, outline->nodes[q], assembly->time, point, &cut.value));
    *edge = 0;
    return clp_cuts_add(&assembly->cuts, cut);
}

clp_status clp_outline_cut(const clp_outline *outline, int axis, clp_assembly *assembly)
{
    const size_t *nodes = outline->problem->grid.nodes, steps[CLP_AXES] = {1, nodes[0], nodes[0] * nodes[1]};
    size_t count = clp_grid_node_count(&outline->problem->grid);
    for (size_t p = 0; outline->nodes && p < count; p++) {
        if (p / steps[axis] % nodes[axis] + 1 == nodes[axis]) continue;
        double *edge = &assembly->network.conductance[axis][p];
        CLP_TRY(shorten(outline, p, p + steps[axis], edge, assembly));
        CLP_TRY(shorten(outline, p + steps[axis], p, edge, assembly));
    }
    return CLP_OK;
}
