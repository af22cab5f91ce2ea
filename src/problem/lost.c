/* SPDX-License-Identifier: MIT */
/* Regions that the grid is too coarse to see. */
#include "problem/assemble.h"
#include "problem/declared.h"

#include "base/status.h"

#include <stdlib.h>

/* Marks the regions that hold a node or cut an edge. */
static void mark_holders(const clp_assembly *assembly, double *seen)
{
    for (size_t p = 0; assembly->holder && p < clp_grid_node_count(&assembly->op.grid); p++) {
        uint16_t holder = assembly->holder[p];
        if (holder != CLP_HOLDER_NONE && holder >= CLP_HOLDER_REGION) seen[holder - CLP_HOLDER_REGION] = 1;
    }
    for (size_t c = 0; c < assembly->cuts.count; c++) {
        uint16_t holder = assembly->cuts.list[c].holder;
        if (holder >= CLP_HOLDER_REGION) seen[holder - CLP_HOLDER_REGION] = 1;
    }
}

clp_status clp_note_lost_regions(const clp_problem *problem, const clp_assembly *assembly)
{
    size_t materials = problem->materials.count, regions = problem->regions.count;
    if (regions == 0) return CLP_OK;
    size_t cells = clp_grid_cell_count(&problem->grid);
    uint16_t *top = malloc(cells * sizeof *top);
    double *seen = calloc(materials + regions, sizeof *seen);
    clp_status status =
        top && seen ? clp_problem_cells(problem, NULL, top) : clp_fail_host_memory(cells * sizeof *top);
    if (status == CLP_OK) {
        for (size_t c = 0; c < cells; c++)
            if (top[c] > 0) seen[top[c] - 1] = 1;
        mark_holders(assembly, seen);
    }
    status = clp_ranks_agree(assembly->ranks, status);
    if (status == CLP_OK) status = clp_reduce(assembly->ranks, CLP_REDUCE_MAX, seen, materials + regions);
    for (size_t r = 0; r < regions && status == CLP_OK; r++)
        if (seen[materials + r] == 0 && clp_region_outside(problem, &problem->regions.list[r]) < 0)
            clp_notice(
                "nothing of %s shows: it is covered by others, or so thin that it lies between the nodes; "
                "more nodes would help then",
                problem->regions.list[r].name);
    free(top);
    free(seen);
    return status;
}
