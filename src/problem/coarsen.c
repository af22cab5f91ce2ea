/* SPDX-License-Identifier: MIT */
#include "problem/coarsen.h"

#include "problem/cells.h"
#include "problem/declared.h"

#include "base/status.h"
#include "grid/extent.h"

#include <stdlib.h>

enum { CELLS_LEAST = 12 };

/* Extents of an array and of the sampled one; 1 where there is no axis. Nodes are interpolated, cells taken.
 */
typedef struct sampling {
    size_t from[CLP_AXES], to[CLP_AXES];
    bool nodes; /* the ends are samples; else the middles of cells */
} sampling;

static size_t source_index(const sampling *s, int axis, size_t index)
{
    size_t from = s->from[axis], to = s->to[axis];
    if (to == 1 || from == 1) return 0;
    size_t at = (2 * index + 1) * from / (2 * to);
    return at < from ? at : from - 1;
}

static size_t source_of(const sampling *s, size_t i, size_t j, size_t k)
{
    return (source_index(s, 2, k) * s->from[1] + source_index(s, 1, j)) * s->from[0] + source_index(s, 0, i);
}

/* The nodes that a coarse one lies between along an axis, and the part of the way. */
static void ends_of(const sampling *s, int axis, size_t index, size_t ends[2], double *part)
{
    size_t from = s->from[axis], to = s->to[axis];
    ends[0] = ends[1] = 0;
    *part = 0;
    if (to == 1 || from == 1) return;
    size_t rest = index * (from - 1) % (to - 1);
    ends[0] = index * (from - 1) / (to - 1);
    ends[1] = ends[0] + (rest > 0);
    *part = (double)rest / (double)(to - 1);
}

static double interpolated(const double *array, const sampling *s, size_t i, size_t j, size_t k)
{
    size_t x[2], y[2], z[2];
    double u, v, w, sum = 0;
    ends_of(s, 0, i, x, &u);
    ends_of(s, 1, j, y, &v);
    ends_of(s, 2, k, z, &w);
    for (int corner = 0; corner < 8; corner++) {
        int a = corner & 1, b = corner >> 1 & 1, c = corner >> 2;
        double weight = (a ? u : 1 - u) * (b ? v : 1 - v) * (c ? w : 1 - w);
        if (weight > 0) sum += weight * array[(z[c] * s->from[1] + y[b]) * s->from[0] + x[a]];
    }
    return sum;
}

static clp_status sample(clp_function *to, const clp_function *from, const sampling *s, const char *what)
{
    clp_value value = from->value;
    size_t count = s->to[0] * s->to[1] * s->to[2], n = 0;
    double *sampled = NULL;
    if (from->array) {
        sampled = malloc(count * sizeof *sampled);
        if (!sampled) return clp_fail_host_memory(count * sizeof *sampled);
        for (size_t k = 0; k < s->to[2]; k++)
            for (size_t j = 0; j < s->to[1]; j++)
                for (size_t i = 0; i < s->to[0]; i++)
                    sampled[n++] =
                        s->nodes ? interpolated(from->array, s, i, j, k) : from->array[source_of(s, i, j, k)];
        value.array = sampled;
    }
    clp_status status = clp_function_set(to, &value, count, what);
    free(sampled);
    return status;
}

static clp_status copy_sides(const clp_problem *fine, clp_problem *coarse)
{
    for (int side = 0; side < CLP_SIDES; side++) {
        const clp_declared_side *from = &fine->sides[side];
        clp_declared_side *to = &coarse->sides[side];
        sampling s = {.nodes = true};
        for (int axis = 0, n = 0; axis < CLP_AXES; axis++) {
            if (axis == side / 2) continue;
            s.from[n] = fine->grid.nodes[axis];
            s.to[n++] = coarse->grid.nodes[axis];
        }
        s.from[2] = s.to[2] = 1;
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

static clp_status copy_cells(const clp_problem *fine, clp_problem *coarse, const sampling *s)
{
    if (!fine->cells) return CLP_OK;
    size_t count = clp_grid_cell_count(&coarse->grid), n = 0;
    uint16_t *cells = malloc(count * sizeof *cells);
    clp_region *materials = malloc((fine->materials.count + 1) * sizeof *materials);
    clp_status status = cells && materials ? CLP_OK : clp_fail_host_memory(count * sizeof *cells);
    for (size_t m = 0; m < fine->materials.count && status == CLP_OK; m++)
        materials[m] = fine->materials.list[m].region;
    for (size_t k = 0; k < s->to[2] && status == CLP_OK; k++)
        for (size_t j = 0; j < s->to[1]; j++)
            for (size_t i = 0; i < s->to[0]; i++) cells[n++] = fine->cells[source_of(s, i, j, k)];
    if (status == CLP_OK) status = clp_problem_set_cells(coarse, cells, materials, fine->materials.count);
    free(cells);
    free(materials);
    return status;
}

static clp_status copy(const clp_problem *fine, clp_problem *coarse)
{
    sampling nodes = {.nodes = true}, cells = {.nodes = false};
    for (int axis = 0; axis < CLP_AXES; axis++) {
        coarse->periodic[axis] = fine->periodic[axis];
        coarse->seam[axis] = fine->periodic[axis] && clp_problem_reaches(coarse, 2 * axis);
        nodes.from[axis] = fine->grid.nodes[axis];
        nodes.to[axis] = coarse->grid.nodes[axis];
        cells.from[axis] = clp_cells_along(&fine->grid, axis);
        cells.to[axis] = clp_cells_along(&coarse->grid, axis);
    }
    CLP_TRY(copy_sides(fine, coarse));
    CLP_TRY(sample(&coarse->conductivity, &fine->conductivity, &cells, "conductivity"));
    CLP_TRY(sample(&coarse->reaction, &fine->reaction, &nodes, "reaction"));
    CLP_TRY(sample(&coarse->source, &fine->source, &nodes, "source"));
    CLP_TRY(sample(&coarse->initial, &fine->initial, &nodes, "initial"));
    CLP_TRY(copy_cells(fine, coarse, &cells));
    for (size_t r = 0; r < fine->regions.count; r++)
        CLP_TRY(clp_region_add(coarse, &fine->regions.list[r].region));
    return CLP_OK;
}

/* A part has not all of an array that a coarser part would need. */
static bool has_arrays(const clp_problem *problem)
{
    bool any = problem->cells || problem->conductivity.array || problem->reaction.array ||
               problem->source.array || problem->initial.array;
    for (int side = 0; side < CLP_SIDES; side++) {
        const clp_declared_side *declared = &problem->sides[side];
        any = any || declared->value.array || declared->transfer.array || declared->ambient.array;
    }
    return any;
}

clp_status clp_problem_coarsen(const clp_problem *fine, clp_problem **coarse)
{
    clp_grid grid;
    clp_problem *made;
    size_t nodes[CLP_AXES] = {1, 1, 1};
    *coarse = NULL;
    if (clp_grid_is_part(&fine->grid) && has_arrays(fine)) return CLP_OK;
    for (int axis = 0; axis < clp_grid_dimensions(&fine->grid); axis++) {
        size_t cells = clp_grid_whole(&fine->grid, axis) / 2; /* half of nodes - 1, rounded up */
        if (cells < CELLS_LEAST) return CLP_OK;
        nodes[axis] = cells + 1;
    }
    clp_grid_coarsen(&fine->grid, nodes, &grid);
    CLP_TRY(clp_problem_create(&grid, &made));
    clp_status status = copy(fine, made);
    if (status != CLP_OK) {
        clp_problem_destroy(made);
        return status;
    }
    *coarse = made;
    return CLP_OK;
}
