/* SPDX-License-Identifier: MIT */
/* The first field: the first guess, and what sides and electrodes hold. */
#include "problem/assemble.h"
#include "problem/declared.h"
#include "problem/nodes.h"

#include "base/status.h"
#include "grid/extent.h"

#include <stdio.h>
#include <stdlib.h>

/* The value of every node of a held side, as far as no electrode holds it; the mean where sides meet. */
static clp_status hold_side(const clp_problem *problem, int side, const clp_assembly *assembly,
                            uint8_t *times)
{
    char what[64];
    size_t count = clp_side_row_of(problem, side, 0).line.at.count;
    double *held = malloc(count * sizeof *held), *values = assembly->values;
    if (!held) return clp_fail_host_memory(count * sizeof *held);
    clp_status status = CLP_OK;
    snprintf(what, sizeof what, "the value of the %s side", clp_side_name((clp_side)side));
    for (size_t j = 0; j < clp_side_rows(problem, side) && status == CLP_OK; j++) {
        clp_side_row row = clp_side_row_of(problem, side, j);
        row.line.at.point[3] = assembly->time;
        status = clp_function_line(&problem->sides[side].value, &row.line, what, held);
        for (size_t i = 0; i < count && status == CLP_OK; i++) {
            size_t p = row.first + i * row.step;
            uint16_t holder = assembly->holder ? assembly->holder[p] : CLP_HOLDER_NONE;
            if (holder != CLP_HOLDER_NONE && holder >= CLP_HOLDER_REGION) continue;
            double share = 1.0 / (1 + times[p]); /* convex, so that nothing overflows */
            values[p] = times[p] ? (1 - share) * values[p] + share * held[i] : held[i];
            times[p]++;
            if (assembly->holder && holder == CLP_HOLDER_NONE) assembly->holder[p] = (uint16_t)side;
        }
    }
    free(held);
    return status;
}

clp_status clp_electrode_value(const clp_problem *problem, size_t region, double time,
                               const double point[CLP_AXES], double *value)
{
    const clp_declared_region *declared = clp_declared_region_at(problem, region);
    clp_line line = {.at = {.step = 1, .count = 1, .point = {point[0], point[1], point[2], time}}};
    *value = 0;
    if (!(declared->region.sets & CLP_SETS_VALUE)) return CLP_OK;
    return clp_function_line(&declared->value, &line, declared->name, value);
}

static clp_status hold_electrodes(const clp_problem *problem, const clp_assembly *assembly)
{
    const clp_grid *grid = &problem->grid;
    const size_t *nodes = grid->nodes;
    for (size_t p = 0; assembly->holder && p < clp_grid_node_count(grid); p++) {
        uint16_t holder = assembly->holder[p];
        if (holder == CLP_HOLDER_NONE || holder < CLP_HOLDER_REGION) continue;
        double point[CLP_AXES] = {clp_coordinate(grid, 0, p % nodes[0]),
                                  clp_coordinate(grid, 1, p / nodes[0] % nodes[1]),
                                  nodes[2] > 1 ? clp_coordinate(grid, 2, p / nodes[0] / nodes[1]) : 0};
        CLP_TRY(clp_electrode_value(problem, holder - CLP_HOLDER_REGION, assembly->time, point,
                                    &assembly->values[p]));
    }
    return CLP_OK;
}

clp_status clp_values_hold(const clp_problem *problem, clp_assembly *assembly)
{
    uint8_t *times = calloc(clp_grid_node_count(&problem->grid), 1);
    if (!times) return clp_fail_host_memory(clp_grid_node_count(&problem->grid));
    clp_status status = hold_electrodes(problem, assembly);
    for (int side = 0; side < CLP_SIDES && status == CLP_OK; side++)
        if (problem->sides[side].boundary.kind == CLP_BOUNDARY_VALUE && clp_problem_reaches(problem, side))
            status = hold_side(problem, side, assembly, times);
    free(times);
    if (status == CLP_OK) clp_seams_join(&problem->grid, problem->seam, assembly->values);
    return status;
}

clp_status clp_values_create(const clp_problem *problem, clp_assembly *assembly)
{
    CLP_TRY(clp_nodes_allocate(problem, &assembly->values));
    CLP_TRY(clp_sample(&assembly->sampler, &problem->initial, &problem->grid, "initial", assembly->values));
    return clp_values_hold(problem, assembly);
}
