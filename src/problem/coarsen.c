/* SPDX-License-Identifier: MIT */
#include "problem/coarsen.h"

#include "problem/assemble.h"
#include "problem/cells.h"
#include "problem/declared.h"
#include "problem/resample.h"

#include "base/status.h"
#include "grid/extent.h"

#include <stdlib.h>

enum { CELLS_LEAST = 12 };

static clp_status sample(clp_function *to, const clp_function *from, const clp_resampling *s,
                         const char *what)
{
    clp_value value = from->value;
    clp_resampling of_array = *s;
    double *sampled = NULL;
    if (!from->array) return clp_function_set(to, &value, clp_resampled_count(s), what);
    of_array.array = from->array;
    CLP_TRY(clp_resample(&of_array, &sampled));
    value.array = sampled;
    clp_status status = clp_function_set(to, &value, clp_resampled_count(s), what);
    free(sampled);
    return clp_ranks_agree(s->ranks, status);
}

static clp_status copy_sides(const clp_problem *fine, clp_ranks *ranks, clp_problem *coarse)
{
    for (int side = 0; side < CLP_SIDES; side++) {
        const clp_declared_side *from = &fine->sides[side];
        clp_declared_side *to = &coarse->sides[side];
        const clp_resampling s = clp_resampling_of_side(fine, &coarse->grid, ranks, side);
        CLP_TRY(sample(&to->value, &from->value, &s, "side"));
        CLP_TRY(sample(&to->transfer, &from->transfer, &s, "transfer"));
        CLP_TRY(sample(&to->ambient, &from->ambient, &s, "ambient"));
        to->boundary = (clp_boundary){.kind = from->boundary.kind,
                                      .value = to->value.value,
                                      .transfer = to->transfer.value,
                                      .ambient = to->ambient.value};
    }
    return CLP_OK;
}

static clp_status take_cells(const clp_problem *fine, const double *sampled, clp_problem *coarse)
{
    size_t count = clp_grid_cell_count(&coarse->grid);
    uint16_t *cells = malloc(count * sizeof *cells);
    clp_region *materials = malloc((fine->materials.count + 1) * sizeof *materials);
    clp_status status = cells && materials ? CLP_OK : clp_fail_host_memory(count * sizeof *cells);
    for (size_t m = 0; m < fine->materials.count && status == CLP_OK; m++)
        materials[m] = fine->materials.list[m].region;
    for (size_t c = 0; c < count && status == CLP_OK; c++) cells[c] = (uint16_t)sampled[c];
    if (status == CLP_OK) status = clp_problem_set_cells(coarse, cells, materials, fine->materials.count);
    free(cells);
    free(materials);
    return status;
}

static clp_status copy_cells(const clp_problem *fine, const clp_resampling *s, clp_problem *coarse)
{
    clp_resampling of_cells = *s;
    double *sampled = NULL;
    if (!fine->cells) return CLP_OK;
    of_cells.cells = fine->cells;
    CLP_TRY(clp_resample(&of_cells, &sampled));
    clp_status status = clp_ranks_agree(s->ranks, take_cells(fine, sampled, coarse));
    free(sampled);
    return status;
}

static clp_status copy(const clp_problem *fine, clp_ranks *ranks, clp_problem *coarse)
{
    const clp_resampling nodes = clp_resampling_of(fine, &coarse->grid, ranks, true),
                         cells = clp_resampling_of(fine, &coarse->grid, ranks, false);
    for (int axis = 0; axis < CLP_AXES; axis++) {
        coarse->periodic[axis] = fine->periodic[axis];
        coarse->seam[axis] = fine->periodic[axis] && clp_problem_reaches(coarse, 2 * axis);
    }
    CLP_TRY(copy_sides(fine, ranks, coarse));
    CLP_TRY(sample(&coarse->conductivity, &fine->conductivity, &cells, "conductivity"));
    CLP_TRY(sample(&coarse->reaction, &fine->reaction, &nodes, "reaction"));
    CLP_TRY(sample(&coarse->source, &fine->source, &nodes, "source"));
    CLP_TRY(sample(&coarse->initial, &fine->initial, &nodes, "initial"));
    CLP_TRY(copy_cells(fine, &cells, coarse));
    for (size_t r = 0; r < fine->regions.count; r++)
        CLP_TRY(clp_region_add(coarse, &fine->regions.list[r].region));
    return CLP_OK;
}

clp_status clp_problem_coarsen(const clp_problem *fine, clp_ranks *ranks, clp_problem **coarse)
{
    clp_grid grid;
    clp_problem *made = NULL;
    size_t nodes[CLP_AXES] = {1, 1, 1};
    *coarse = NULL;
    for (int axis = 0; axis < clp_grid_dimensions(&fine->grid); axis++) {
        size_t cells = clp_grid_whole(&fine->grid, axis) / 2; /* half of nodes - 1, rounded up */
        if (cells < CELLS_LEAST) return CLP_OK;
        nodes[axis] = cells + 1;
    }
    if (clp_problem_is_plain(fine))
        clp_grid_coarsen(&fine->grid, nodes, &grid);
    else
        clp_grid_coarsen_aligned(&fine->grid, nodes, &grid);
    clp_status status = clp_ranks_agree(ranks, clp_problem_create(&grid, &made));
    if (status == CLP_OK) status = clp_ranks_agree(ranks, copy(fine, ranks, made));
    if (status == CLP_OK)
        *coarse = made;
    else
        clp_problem_destroy(made);
    return status;
}
