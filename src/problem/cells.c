/* SPDX-License-Identifier: MIT */
#include "problem/cells.h"

#include "base/checked.h"
#include "base/status.h"
#include "grid/extent.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t clp_cells_along(const clp_grid *grid, int axis)
{
    return axis < clp_grid_dimensions(grid) ? grid->nodes[axis] - 1 : 1;
}

int clp_cells_beside(const clp_problem *problem, int axis, size_t index, size_t beside[2])
{
    size_t count = clp_cells_along(&problem->grid, axis);
    int found = 0;
    beside[0] = 0;
    if (axis >= clp_grid_dimensions(&problem->grid)) return 1;
    if (problem->seam[axis]) {
        beside[0] = index > 0 ? index - 1 : count - 1;
        beside[1] = index < count ? index : 0;
        return 2;
    }
    if (index > 0) beside[found++] = index - 1;
    if (index < count) beside[found++] = index;
    return found;
}

int clp_cells_around(const clp_problem *problem, size_t p, size_t cells[CLP_CELLS_AROUND])
{
    const clp_grid *grid = &problem->grid;
    const size_t *nodes = grid->nodes;
    size_t at[CLP_AXES] = {p % nodes[0], p / nodes[0] % nodes[1], p / nodes[0] / nodes[1]};
    size_t beside[CLP_AXES][2], nx = clp_cells_along(grid, 0), ny = clp_cells_along(grid, 1);
    int counts[CLP_AXES], found = 0;
    for (int axis = 0; axis < CLP_AXES; axis++)
        counts[axis] = clp_cells_beside(problem, axis, at[axis], beside[axis]);
    for (int c = 0; c < counts[2]; c++)
        for (int b = 0; b < counts[1]; b++)
            for (int a = 0; a < counts[0]; a++)
                cells[found++] = (beside[2][c] * ny + beside[1][b]) * nx + beside[0][a];
    return found;
}

clp_line clp_cells_line(const clp_grid *grid, size_t j, size_t k)
{
    size_t nx = clp_cells_along(grid, 0), ny = clp_cells_along(grid, 1);
    double hx = clp_grid_spacing(grid, 0);
    clp_line line = {.at = {.step = hx, .first = clp_grid_index(grid, 0, 0), .count = nx},
                     .offset = (k * ny + j) * nx,
                     .stride = 1};
    line.at.point[0] = grid->origin[0] + 0.5 * hx;
    line.at.point[1] = clp_coordinate(grid, 1, j) + 0.5 * clp_grid_spacing(grid, 1);
    if (clp_grid_dimensions(grid) == 3)
        line.at.point[2] = clp_coordinate(grid, 2, k) + 0.5 * clp_grid_spacing(grid, 2);
    return line;
}

/* Marks the cells of a line whose centres lie in the spans. */
static void mark_spans(const clp_line *line, const clp_spans *spans, uint16_t index, uint16_t *top)
{
    for (size_t s = 0; s < spans->count; s++) {
        const clp_points_along *at = &line->at;
        double first = ceil((spans->list[s].from - at->point[0]) / at->step) - (double)at->first;
        double last = floor((spans->list[s].to - at->point[0]) / at->step) - (double)at->first;
        if (last < 0 || first >= (double)at->count) continue;
        size_t begin = first > 0 ? (size_t)first : 0, end = (size_t)fmin(last, (double)at->count - 1);
        for (size_t i = begin; i <= end && i < at->count; i++) top[line->offset + i] = index;
    }
}

static clp_status mark_region(const clp_problem *problem, const clp_shape *shape, uint16_t index,
                              uint16_t *top)
{
    const clp_grid *grid = &problem->grid;
    clp_spans spans = {0};
    clp_status status = CLP_OK;
    for (size_t k = 0; k < clp_cells_along(grid, 2) && status == CLP_OK; k++)
        for (size_t j = 0; j < clp_cells_along(grid, 1) && status == CLP_OK; j++) {
            clp_line line = clp_cells_line(grid, j, k);
            status = clp_problem_spans(problem, shape, 0, line.at.point, 0, &spans);
            if (status == CLP_OK) mark_spans(&line, &spans, index, top);
        }
    clp_spans_finish(&spans);
    return status;
}

clp_status clp_cells_top(const clp_problem *problem, unsigned bits, uint16_t **top)
{
    *top = NULL;
    if (!clp_problem_sets(problem, bits)) return CLP_OK;
    size_t count = clp_grid_cell_count(&problem->grid), bytes = count * sizeof **top;
    uint16_t *map = malloc(bytes);
    if (!map) return clp_fail_host_memory(bytes);
    for (size_t c = 0; c < count; c++) {
        bool sets = problem->cells && problem->materials.list[problem->cells[c]].region.sets & bits;
        map[c] = sets ? problem->cells[c] : CLP_CELL_NONE;
    }
    clp_status status = CLP_OK;
    for (size_t r = 0; r < problem->regions.count && status == CLP_OK; r++) {
        const clp_region *region = &problem->regions.list[r].region;
        if (region->sets & bits)
            status = mark_region(problem, &region->shape, (uint16_t)(problem->materials.count + r), map);
    }
    if (status != CLP_OK) {
        free(map);
        return status;
    }
    *top = map;
    return CLP_OK;
}

clp_status clp_cells_covered(const clp_problem *problem, uint16_t **covered)
{
    const unsigned electrode = CLP_SETS_VALUE | CLP_SETS_FLOATING;
    *covered = NULL;
    if (!clp_problem_sets(problem, electrode)) return CLP_OK;
    CLP_TRY(clp_cells_top(problem, electrode | CLP_SETS_CONDUCTIVITY, covered));
    for (size_t c = 0; c < clp_grid_cell_count(&problem->grid); c++) {
        uint16_t *top = &(*covered)[c];
        if (*top != CLP_CELL_NONE && !(clp_declared_region_at(problem, *top)->region.sets & electrode))
            *top = CLP_CELL_NONE;
    }
    return CLP_OK;
}

clp_status clp_cells_held(const clp_problem *problem, uint16_t **held)
{
    const clp_region_list *materials = &problem->materials;
    bool any = false;
    *held = NULL;
    for (size_t m = 0; m < materials->count; m++)
        any = any || materials->list[m].region.sets & (CLP_SETS_VALUE | CLP_SETS_FLOATING);
    if (!any) return CLP_OK;
    CLP_TRY(clp_cells_covered(problem, held));
    for (size_t c = 0; c < clp_grid_cell_count(&problem->grid); c++)
        if ((*held)[c] >= materials->count) (*held)[c] = CLP_CELL_NONE;
    return CLP_OK;
}

/* What cells have: k, or C. */
typedef struct cell_property {
    const char *name, *instead; /* what to write instead of 0 */
    unsigned bit;
    size_t everywhere, of_region; /* where the functions are in a problem and in a declared region */
} cell_property;

static const cell_property conductivity_of_cells = {
    "conductivity", " (an insulator: a small number such as 1e-9)", CLP_SETS_CONDUCTIVITY,
    offsetof(clp_problem, conductivity), offsetof(clp_declared_region, conductivity)};
static const cell_property capacity_of_cells = {"capacity", "", CLP_SETS_CAPACITY,
                                                offsetof(clp_problem, capacity),
                                                offsetof(clp_declared_region, capacity)};

/* The values of the cells of a line that have no region of their own have been put there already. */
static clp_status override_line(const clp_problem *problem, const cell_property *property,
                                const clp_line *line, const uint16_t *top, double *k)
{
    for (size_t i = 0; i < line->at.count; i++) {
        if (top[line->offset + i] == CLP_CELL_NONE) continue;
        const clp_declared_region *region = clp_declared_region_at(problem, top[line->offset + i]);
        const clp_function *function = (const clp_function *)((const char *)region + property->of_region);
        if (clp_function_is_number(function, &k[i])) continue;
        clp_line one = *line;
        one.at.first += i;
        one.at.count = 1;
        CLP_TRY(clp_function_line(function, &one, region->name, &k[i]));
    }
    return CLP_OK;
}

static clp_status check_line(const clp_problem *problem, const cell_property *property, const clp_line *line,
                             const double *values)
{
    for (size_t i = 0; i < line->at.count; i++) {
        if (values[i] > 0 && isfinite(values[i])) continue;
        char place[128];
        const double *point = line->at.point, x = point[0] + (double)(line->at.first + i) * line->at.step;
        if (clp_grid_dimensions(&problem->grid) == 3)
            snprintf(place, sizeof place, "x = %.6g, y = %.6g, z = %.6g", x, point[1], point[2]);
        else
            snprintf(place, sizeof place, "x = %.6g, y = %.6g", x, point[1]);
        return clp_fail(CLP_ERROR_INPUT, "the %s of the cell at %s is %g; it must be above 0 and finite%s",
                        property->name, place, values[i], property->instead);
    }
    return CLP_OK;
}

/* The centres of the cells. */
static clp_grid centres_of(const clp_grid *grid)
{
    clp_grid cells = *grid;
    for (int axis = 0; axis < clp_grid_dimensions(grid); axis++) {
        cells.nodes[axis] = grid->nodes[axis] - 1;
        if (clp_grid_is_part(grid)) cells.part.whole[axis]--;
        cells.size[axis] = grid->size[axis] - clp_grid_spacing(grid, axis);
        cells.origin[axis] = grid->origin[axis] + 0.5 * clp_grid_spacing(grid, axis);
    }
    return cells;
}

static clp_status sample_property(const clp_problem *problem, const cell_property *property,
                                  const clp_sampler *sampler, double **made)
{
    const clp_function *function = (const clp_function *)((const char *)problem + property->everywhere);
    const clp_grid cells = centres_of(&problem->grid);
    const clp_grid *grid = &problem->grid;
    size_t bytes = clp_grid_cell_count(grid) * sizeof(double);
    uint16_t *top = NULL;
    clp_status status = clp_cells_top(problem, property->bit, &top);
    double *all = status == CLP_OK ? malloc(bytes) : NULL;
    if (status == CLP_OK && !all) status = clp_fail_host_memory(bytes);
    if (status == CLP_OK) status = clp_sample(sampler, function, &cells, property->name, all);
    for (size_t k = 0; k < clp_cells_along(grid, 2) && status == CLP_OK; k++)
        for (size_t j = 0; j < clp_cells_along(grid, 1) && status == CLP_OK; j++) {
            clp_line line = clp_cells_line(grid, j, k);
            double *values = all + line.offset;
            if (top) status = override_line(problem, property, &line, top, values);
            if (status == CLP_OK) status = check_line(problem, property, &line, values);
        }
    free(top);
    if (status != CLP_OK) {
        free(all);
        return status;
    }
    *made = all;
    return CLP_OK;
}

clp_status clp_cells_conductivity(const clp_problem *problem, const clp_sampler *sampler,
                                  double **conductivity)
{
    return sample_property(problem, &conductivity_of_cells, sampler, conductivity);
}

clp_status clp_cells_capacity(const clp_problem *problem, const clp_sampler *sampler, double **capacity)
{
    return sample_property(problem, &capacity_of_cells, sampler, capacity);
}

clp_status clp_problem_cells(const clp_problem *problem, double *conductivity, uint16_t *regions)
{
    const unsigned all = CLP_SETS_VALUE | CLP_SETS_FLOATING | CLP_SETS_CONDUCTIVITY | CLP_SETS_REACTION |
                         CLP_SETS_SOURCE | CLP_SETS_CAPACITY;
    size_t count = clp_grid_cell_count(&problem->grid);
    double *k = NULL;
    uint16_t *top = NULL;
    if (conductivity) {
        CLP_TRY(clp_cells_conductivity(problem, &(clp_sampler){0}, &k));
        memcpy(conductivity, k, count * sizeof *k);
        free(k);
    }
    if (!regions) return CLP_OK;
    CLP_TRY(clp_cells_top(problem, all, &top));
    for (size_t c = 0; c < count; c++)
        regions[c] = (uint16_t)(top && top[c] != CLP_CELL_NONE ? top[c] + 1 : 0);
    free(top);
    return CLP_OK;
}
