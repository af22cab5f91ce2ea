/* SPDX-License-Identifier: MIT */
/* What control volumes hold of what is conducted, per u: the capacity of the cells around a node. */
#include "problem/assemble.h"
#include "problem/cells.h"
#include "problem/nodes.h"

#include "base/status.h"

#include <stdlib.h>

clp_status clp_mass_create(const clp_problem *problem, clp_assembly *assembly)
{
    double *capacity = NULL;
    const double share = clp_grid_dimensions(&problem->grid) == 3 ? 0.125 : 0.25;
    size_t count = clp_grid_node_count(&problem->grid);
    clp_status status = clp_cells_capacity(problem, &assembly->sampler, &capacity);
    if (status == CLP_OK) status = clp_nodes_allocate(problem, &assembly->mass);
#pragma omp parallel for schedule(static) if (status == CLP_OK)
    for (size_t p = 0; p < (status == CLP_OK ? count : 0); p++) {
        size_t cells[CLP_CELLS_AROUND];
        int around = clp_cells_around(problem, p, cells);
        double sum = 0;
        for (int c = 0; c < around; c++) sum += capacity[cells[c]];
        assembly->mass[p] = share * sum;
    }
    free(capacity);
    return status;
}
