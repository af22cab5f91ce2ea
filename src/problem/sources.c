/* SPDX-License-Identifier: MIT */
/* Sources, reaction, fluxes and transfer: what sides and regions do to the nodes, per volume. */
#include "problem/assemble.h"
#include "problem/cells.h"
#include "problem/nodes.h"

#include "base/status.h"
#include "grid/extent.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- regions ---- */

static clp_status value_in_cell(const clp_problem *problem, const clp_function *function, const char *what,
                                double time, size_t cell, double *value)
{
    size_t nx = clp_cells_along(&problem->grid, 0), ny = clp_cells_along(&problem->grid, 1);
    clp_line line = clp_cells_line(&problem->grid, cell / nx % ny, cell / nx / ny);
    line.at.first += cell % nx;
    line.at.point[3] = time;
    line.at.count = 1;
    return clp_function_line(function, &line, what, value);
}

/* Puts the regions' values, which belong to cells, in the place of those of the nodes: each node takes the
 * mean of the cells around it. */
static clp_status override_nodes(const clp_problem *problem, unsigned bit, double time, const uint16_t *top,
                                 double *values)
{
    for (size_t p = 0; p < clp_grid_node_count(&problem->grid); p++) {
        size_t cells[CLP_CELLS_AROUND];
        int around = clp_cells_around(problem, p, cells), own = 0;
        double sum = 0, value;
        for (int c = 0; c < around; c++) {
            if (top[cells[c]] == CLP_CELL_NONE) continue;
            const clp_declared_region *region = clp_declared_region_at(problem, top[cells[c]]);
            CLP_TRY(value_in_cell(problem, bit == CLP_SETS_SOURCE ? &region->source : &region->reaction,
                                  region->name, time, cells[c], &value));
            sum += value;
            own++;
        }
        if (own) values[p] = (sum + (around - own) * values[p]) / around;
    }
    return CLP_OK;
}

/* ---- sides ---- */

/* 2 / h f (g) on the nodes of a side: what enters through it, per volume of the halved cells. *made belongs
 * to the caller, also after an error. */
static clp_status make_side(const clp_problem *problem, int side, double time, const clp_function *f,
                            const clp_function *g, double **made)
{
    char what[64];
    size_t count = clp_side_row_of(problem, side, 0).line.at.count, rows = clp_side_rows(problem, side);
    double factor = 2 / clp_grid_spacing(&problem->grid, side / 2);
    if (!*made) *made = malloc(rows * count * sizeof **made);
    double *other = malloc(count * sizeof *other);
    clp_status status = *made && other ? CLP_OK : clp_fail_host_memory(rows * count * sizeof **made);
    snprintf(what, sizeof what, "the %s side", clp_side_name((clp_side)side));
    for (size_t j = 0; j < rows && status == CLP_OK; j++) {
        clp_side_row row = clp_side_row_of(problem, side, j);
        double *values = *made + j * count;
        row.line.at.point[3] = time;
        status = clp_function_line(f, &row.line, what, values);
        if (status == CLP_OK && g) status = clp_function_line(g, &row.line, what, other);
        for (size_t i = 0; i < count && status == CLP_OK; i++) values[i] *= factor * (g ? other[i] : 1);
    }
    free(other);
    return status;
}

static void add_side(const clp_problem *problem, int side, const double *made, double *values)
{
    for (size_t j = 0; made && j < clp_side_rows(problem, side); j++) {
        clp_side_row row = clp_side_row_of(problem, side, j);
        for (size_t i = 0; i < row.line.at.count; i++)
            values[row.first + i * row.step] += made[j * row.line.at.count + i];
    }
}

/* Feeds (or shunts) of all sides, into the assembly and the values. */
static clp_status add_sides(const clp_problem *problem, bool shunts, clp_assembly *assembly, double *values)
{
    for (int side = 0; side < CLP_SIDES; side++) {
        const clp_declared_side *declared = &problem->sides[side];
        if (!clp_problem_reaches(problem, side)) continue;
        double **made = shunts ? &assembly->side_shunt[side] : &assembly->side_feed[side];
        if (declared->boundary.kind == CLP_BOUNDARY_FLUX && !shunts)
            CLP_TRY(make_side(problem, side, assembly->time, &declared->value, NULL, made));
        if (declared->boundary.kind == CLP_BOUNDARY_TRANSFER)
            CLP_TRY(make_side(problem, side, assembly->time, &declared->transfer,
                              shunts ? NULL : &declared->ambient, made));
        add_side(problem, side, *made, values);
    }
    return CLP_OK;
}

static clp_status create(const clp_problem *problem, bool shunts, clp_assembly *assembly, double **density)
{
    const clp_function *function = shunts ? &problem->reaction : &problem->source;
    unsigned bit = shunts ? CLP_SETS_REACTION : CLP_SETS_SOURCE;
    uint16_t *top = NULL;
    clp_status status = CLP_OK;
    if (*density) memset(*density, 0, clp_grid_node_count(&problem->grid) * sizeof **density);
    bool sides = clp_problem_has_side(problem, CLP_BOUNDARY_TRANSFER) ||
                 (!shunts && clp_problem_has_side(problem, CLP_BOUNDARY_FLUX));
    if (clp_function_is_zero(function) && !sides && !clp_problem_sets(problem, bit)) return CLP_OK;
    if (!*density) CLP_TRY(clp_nodes_allocate(problem, density));
    double *values = *density;
    status = clp_sample(&assembly->sampler, function, &problem->grid, shunts ? "reaction" : "source", values);
    if (status == CLP_OK) status = clp_cells_top(problem, bit, &top);
    if (status == CLP_OK && top) status = override_nodes(problem, bit, assembly->time, top, values);
    if (status == CLP_OK) status = add_sides(problem, shunts, assembly, values);
    free(top);
    if (status == CLP_OK) clp_seams_join(&problem->grid, problem->seam, values);
    return status;
}

clp_status clp_sources_create(const clp_problem *problem, clp_assembly *assembly)
{
    return create(problem, false, assembly, &assembly->source);
}

clp_status clp_shunts_create(const clp_problem *problem, clp_assembly *assembly)
{
    double **density = &assembly->network.shunt;
    const clp_grid *grid = &problem->grid;
    const size_t *nodes = grid->nodes;
    CLP_TRY(create(problem, true, assembly, density));
    for (size_t p = 0; *density && p < clp_grid_node_count(grid); p++) {
        if ((*density)[p] >= 0) continue;
        char place[96];
        size_t i = p % nodes[0], j = p / nodes[0] % nodes[1], k = p / nodes[0] / nodes[1];
        int length = snprintf(place, sizeof place, "x = %.6g, y = %.6g", clp_coordinate(grid, 0, i),
                              clp_coordinate(grid, 1, j));
        if (clp_grid_dimensions(grid) == 3)
            snprintf(place + length, sizeof place - (size_t)length, ", z = %.6g", clp_coordinate(grid, 2, k));
        return clp_fail(CLP_ERROR_INPUT, "the reaction or transfer at %s is below 0; it must be 0 or above",
                        place);
    }
    return CLP_OK;
}
