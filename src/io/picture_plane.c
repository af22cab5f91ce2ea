/* SPDX-License-Identifier: MIT */
#include "io/picture_plane.h"

#include "base/checked.h"
#include "base/status.h"
#include "grid/extent.h"
#include "io/ticks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static clp_status allocate(size_t count, size_t size, void **result)
{
    size_t bytes = 0;
    *result = clp_multiply(count, size, &bytes) ? malloc(bytes) : NULL;
    return *result ? CLP_OK : clp_fail_host_memory(bytes ? bytes : SIZE_MAX);
}

/* Difference quotient of values `stride` apart: central inside, one-sided at the ends. */
static double slope(const double *value, size_t stride, size_t index, size_t nodes, double spacing)
{
    const double *before = index > 0 ? value - stride : value;
    const double *after = index + 1 < nodes ? value + stride : value;
    double cells = index > 0 && index + 1 < nodes ? 2 : 1;
    return *after / (cells * spacing) - *before / (cells * spacing);
}

/* Gives a plane the flux -grad u, of what can be seen in it. */
static clp_status make_flux(clp_plane *plane)
{
    const clp_grid *g = &plane->grid;
    size_t columns = g->nodes[0], rows = g->nodes[1];
    double dx = clp_grid_spacing(g, 0), dy = clp_grid_spacing(g, 1);
    void *memory;
    CLP_TRY(allocate(columns * rows, 2 * sizeof(double), &memory));
    plane->flux = plane->own_flux = memory;
    for (size_t j = 0; j < rows; j++)
        for (size_t i = 0; i < columns; i++) {
            size_t node = j * columns + i;
            plane->own_flux[2 * node] = -slope(plane->values + node, 1, i, columns, dx);
            plane->own_flux[2 * node + 1] = -slope(plane->values + node, columns, j, rows, dy);
        }
    return CLP_OK;
}

clp_status clp_plane_of_field(const clp_grid *grid, const double *values, const clp_picture_options *options,
                              clp_plane *plane)
{
    *plane = (clp_plane){.grid = *grid, .letters = {'x', 'y'}, .values = values, .regions = options->regions};
    plane->grid.nodes[2] = 0;
    if (options->flux_style == CLP_FLUX_NONE) return CLP_OK;
    if (!options->flux) return make_flux(plane);
    plane->flux = options->flux;
    return CLP_OK;
}

/* Where a plane lies in the field: steps between the entries along its axes, and to the next plane. */
typedef struct cut {
    size_t columns, rows, column_step, row_step, first, next;
} cut;

static cut make_cut(const size_t extents[CLP_AXES], const int axes[2], int across, size_t index)
{
    const size_t steps[CLP_AXES] = {1, extents[0], extents[0] * extents[1]};
    return (cut){extents[axes[0]], extents[axes[1]],      steps[axes[0]],
                 steps[axes[1]],   index * steps[across], steps[across]};
}

/* Copies `components` numbers of each entry, those from `offset[k]` on; with halfway, means of two planes. */
static void copy_cut(const cut *c, const double *values, size_t width, const int *offset, size_t components,
                     bool halfway, double *out)
{
    for (size_t j = 0; j < c->rows; j++)
        for (size_t i = 0; i < c->columns; i++) {
            const double *entry = values + (c->first + j * c->row_step + i * c->column_step) * width;
            for (size_t k = 0; k < components; k++) {
                const double *number = entry + offset[k];
                *out++ = halfway ? *number / 2 + number[c->next * width] / 2 : *number;
            }
        }
}

static clp_status copy_regions(const clp_grid *grid, const uint16_t *regions, const int axes[2], int across,
                               size_t node, clp_plane *plane)
{
    const size_t cells[CLP_AXES] = {grid->nodes[0] - 1, grid->nodes[1] - 1, grid->nodes[2] - 1};
    cut c = make_cut(cells, axes, across, clp_min(node, cells[across] - 1));
    void *memory;
    CLP_TRY(allocate(c.columns * c.rows, sizeof *regions, &memory));
    uint16_t *out = plane->own_regions = memory;
    plane->regions = out;
    for (size_t j = 0; j < c.rows; j++)
        for (size_t i = 0; i < c.columns; i++) *out++ = regions[c.first + j * c.row_step + i * c.column_step];
    return CLP_OK;
}

static void describe(const clp_grid *grid, int across, size_t node, bool halfway, clp_plane *plane)
{
    double place =
        grid->origin[across] + ((double)node + (halfway ? 0.5 : 0)) * clp_grid_spacing(grid, across);
    if (fabs(place) < 1e-9 * grid->size[across]) place = 0; /* the middle but for rounding */
    clp_ticks tick;
    clp_ticks_single(place, &tick);
    snprintf(plane->where, sizeof plane->where, "%c = %s%s%s", "xyz"[across], tick.labels[0],
             *tick.note == '+' ? " " : "", tick.note);
}

clp_status clp_plane_across(const clp_grid *grid, const double *values, const clp_picture_options *options,
                            int across, size_t node, bool halfway, clp_plane *plane)
{
    const int axes[2] = {across == 0 ? 1 : 0, across == 2 ? 1 : 2};
    *plane = (clp_plane){.letters = {"xyz"[axes[0]], "xyz"[axes[1]]}};
    for (int k = 0; k < 2; k++) {
        plane->grid.nodes[k] = grid->nodes[axes[k]];
        plane->grid.size[k] = grid->size[axes[k]];
        plane->grid.origin[k] = grid->origin[axes[k]];
    }
    describe(grid, across, node, halfway, plane);
    cut c = make_cut(grid->nodes, axes, across, node);
    void *memory;
    CLP_TRY(allocate(c.columns * c.rows, sizeof(double), &memory));
    plane->values = plane->own_values = memory;
    copy_cut(&c, values, 1, (int[]){0}, 1, halfway, plane->own_values);
    if (options->regions) CLP_TRY(copy_regions(grid, options->regions, axes, across, node, plane));
    if (options->flux_style == CLP_FLUX_NONE) return CLP_OK;
    if (!options->flux) return make_flux(plane);
    CLP_TRY(allocate(c.columns * c.rows, 2 * sizeof(double), &memory));
    plane->flux = plane->own_flux = memory;
    copy_cut(&c, options->flux, 3, axes, 2, halfway, plane->own_flux);
    return CLP_OK;
}

void clp_plane_finish(clp_plane *plane)
{
    free(plane->own_values);
    free(plane->own_flux);
    free(plane->own_regions);
    *plane = (clp_plane){0};
}
