/* SPDX-License-Identifier: MIT */
#include "app/write.h"

#include "app/outputs.h"
#include "app/summary.h"
#include "app/terminal.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

double app_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* The problem file's name without folder and ending, and how far the equations are solved. */
static void picture_title(const app_result *result, char *title, size_t size)
{
    const char *path = result->problem_path, *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    char extent[80];
    int length = snprintf(title, size, "%.*s: %s nodes", (int)strcspn(name, "."), name,
                          app_extent_text(&result->report.grid, "×", extent, sizeof extent));
    if (length <= 0 || (size_t)length >= size) return;
    if (result->transient)
        snprintf(title + length, size - (size_t)length, ", t = %.6g", result->report.in_time->reached);
    else if (result->report.converged)
        snprintf(title + length, size - (size_t)length, ", equations solved to %.2g",
                 result->report.algebraic_bound);
}

/* The regions of the cells, where there are any; NULL without memory. */
static uint16_t *regions_of(const app_result *result)
{
    if (clp_problem_region_count(result->problem) == 0) return NULL;
    uint16_t *regions = malloc(clp_grid_cell_count(clp_problem_grid(result->problem)) * sizeof *regions);
    if (regions && clp_problem_cells(result->problem, NULL, regions) == CLP_OK) return regions;
    free(regions);
    return NULL;
}

static double *flux_of(const app_result *result)
{
    const clp_grid *grid = clp_problem_grid(result->problem);
    size_t count = clp_grid_node_count(grid) * (size_t)clp_grid_dimensions(grid);
    double *flux = malloc(count * sizeof *flux);
    if (flux && result->solver) clp_solver_flux(result->solver, flux);
    if (flux && result->transient) clp_transient_flux(result->transient, flux);
    return flux;
}

static const double *values_of(const app_result *result)
{
    return result->solver ? clp_solver_values(result->solver) : clp_transient_values(result->transient);
}

/* ---- pictures ---- */

size_t app_drawn_nodes(const app_result *result)
{
    enum { FLAT_NODES = 1500, DEEP_NODES = 129 }; /* as many as can be seen */
    if (!result->ranks) return SIZE_MAX;
    return clp_grid_dimensions(&result->report.grid) == 3 ? DEEP_NODES : FLAT_NODES;
}

clp_status app_drawn_regions(const app_result *result, clp_grid *grid, uint16_t **regions)
{
    const clp_grid *part = clp_problem_grid(result->problem);
    uint16_t *own = regions_of(result), *all = NULL;
    *grid = *part;
    *regions = own; /* NULL without memory, which costs the outlines only */
    if (!result->ranks || clp_problem_region_count(result->problem) == 0) return CLP_OK;
    clp_status status = clp_ranks_agree(result->ranks, own ? CLP_OK : CLP_ERROR_MEMORY);
    if (status == CLP_OK)
        status = clp_field_reduce_cells(result->ranks, part, own, app_drawn_nodes(result), grid, &all);
    free(own);
    *regions = all;
    return status;
}

/* A field on the nodes for the first rank, in place of the part's; *all is to be freed. */
static clp_status reduce(const app_result *result, const double *part, int components, clp_grid *grid,
                         double **all)
{
    clp_status status = clp_ranks_agree(result->ranks, part ? CLP_OK : CLP_ERROR_MEMORY);
    *all = NULL;
    if (status != CLP_OK) return status;
    return clp_field_reduce(result->ranks, clp_problem_grid(result->problem), part, components,
                            app_drawn_nodes(result), grid, all);
}

/* Of all parts: drawn by the first rank, from as many values as can be seen. */
static clp_status write_shared_picture(const app_result *result, const clp_picture_options *options,
                                       const double *flux, const char *path)
{
    const clp_grid *whole = &result->report.grid;
    clp_picture_options own = *options;
    clp_grid grid;
    double *values = NULL, *drawn_flux = NULL;
    clp_status status = reduce(result, values_of(result), 1, &grid, &values);
    if (status == CLP_OK && own.flux_style != CLP_FLUX_NONE)
        status = reduce(result, flux, clp_grid_dimensions(&grid), &grid, &drawn_flux);
    own.flux = drawn_flux;
    if (own.slice_across != CLP_SLICE_MIDDLE) {
        int axis = (int)own.slice_across - CLP_SLICE_X;
        own.slice = own.slice * (grid.nodes[axis] - 1) / (whole->nodes[axis] - 1);
    }
    if (status == CLP_OK && values) status = clp_picture_write(path, &grid, values, &own);
    free(values);
    free(drawn_flux);
    return clp_ranks_agree(result->ranks, status);
}

static clp_status write_picture(const app_result *result, const char *path)
{
    char title[256];
    clp_picture_options options = result->picture;
    clp_grid grid;
    uint16_t *regions;
    clp_status status = app_drawn_regions(result, &grid, &regions);
    if (status != CLP_OK) return status;
    double *flux = options.flux_style == CLP_FLUX_NONE ? NULL : flux_of(result);
    picture_title(result, title, sizeof title);
    options.title = title;
    options.mark = result->report.converged ? NULL : result->transient ? "stopped early" : "not converged";
    options.regions = regions;
    options.flux = flux;
    status = result->ranks ? write_shared_picture(result, &options, flux, path)
                           : clp_picture_write(path, &grid, values_of(result), &options);
    free(regions);
    free(flux);
    return status;
}

clp_status app_draw_frame(const app_result *result, const app_frame *frame, const char *path, clp_film *film)
{
    char title[64];
    clp_picture_options options = result->picture;
    snprintf(title, sizeof title, "t = %.6g", frame->time);
    options.title = title;
    options.regions = frame->regions;
    options.low = frame->low;
    options.high = frame->high;
    return film ? clp_film_add(film, frame->grid, frame->values, &options)
                : clp_picture_write(path, frame->grid, frame->values, &options);
}

/* ---- files ---- */

/* u and the flux on the nodes, conductivity and region numbers in the cells. */
clp_status app_write_vti(const app_result *result, const double *values, const char *path)
{
    const clp_grid *grid = clp_problem_grid(result->problem);
    bool single = strcmp(result->report.precision, "single") == 0;
    size_t cells = clp_grid_cell_count(grid);
    double *flux = flux_of(result), *conductivity = malloc(cells * sizeof *conductivity);
    uint16_t *regions = malloc(cells * sizeof *regions);
    clp_status status = flux && conductivity && regions ? CLP_OK : CLP_ERROR_MEMORY;
    if (status != CLP_OK) app_error("%s: not enough memory for the flux and the cells", path);
    if (status == CLP_OK) status = clp_problem_cells(result->problem, conductivity, regions);
    status = clp_ranks_agree(result->ranks, status);
    if (status != CLP_OK) goto cleanup;
    clp_vti_type real = single ? CLP_VTI_FLOAT32 : CLP_VTI_FLOAT64;
    const clp_vti_array arrays[] = {
        {.name = "u", .components = 1, .type = real, .values = values},
        {.name = "flux", .components = clp_grid_dimensions(grid), .type = real, .values = flux},
        {.name = "conductivity", .on_cells = true, .components = 1, .type = real, .values = conductivity},
        {.name = "region", .on_cells = true, .components = 1, .type = CLP_VTI_UINT16, .values = regions},
    };
    status = clp_field_write_vti_parts(result->ranks, path, grid, arrays, sizeof arrays / sizeof *arrays);
cleanup:
    free(flux);
    free(conductivity);
    free(regions);
    return status;
}

clp_status app_write_outputs(app_result *result, clp_problem_output *output)
{
    clp_status first = CLP_OK;
    bool single = strcmp(result->report.precision, "single") == 0;
    double begin = app_now();
    if (output->field)
        app_written(clp_field_write_npy_parts(result->ranks, output->field, clp_problem_grid(result->problem),
                                              values_of(result), single),
                    &output->field, &first);
    if (output->vtk) app_written(app_write_vti(result, values_of(result), output->vtk), &output->vtk, &first);
    if (output->picture) app_written(write_picture(result, output->picture), &output->picture, &first);
    bool tells = clp_ranks_number(result->ranks) == 0;
    if (result->ranks)
        app_written(clp_ranks_tell(result->ranks, clp_problem_grid(result->problem), &result->report,
                                   &result->report.ranks),
                    &(const char *){NULL}, &first);
    if (output->convergence && tells)
        app_written(clp_convergence_write_png(output->convergence, &result->report), &output->convergence,
                    &first);
    result->report.seconds_output = app_now() - begin;
    result->report.seconds_total = app_now() - result->start;
    if (output->report && tells)
        app_written(clp_report_write_json(output->report, &result->report), &output->report, &first);
    if (!tells) return first;
    if (result->transient)
        app_show_time_summary(&result->report, output);
    else
        app_show_summary(&result->report, output, first == CLP_OK);
    return first;
}
