/* SPDX-License-Identifier: MIT */
/* clpoisson solve --dry-run: what was understood, and what it will take. */
#include "app/dry_run.h"

#include "app/launch.h"
#include "app/options.h"
#include "app/summary.h"
#include "app/terminal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* How many cells of each region there are on all ranks' own nodes: [region], of none first; NULL without
 * memory in any of them. */
static double *count_cells(clp_ranks *ranks, const clp_problem *problem, const uint16_t *cells)
{
    const clp_grid *grid = clp_problem_grid(problem);
    const bool part = grid->part.whole[0] > 0, deep = clp_grid_dimensions(grid) == 3;
    size_t regions = clp_problem_region_count(problem) + 1, nx = grid->nodes[0] - 1, ny = grid->nodes[1] - 1,
           nz = deep ? grid->nodes[2] - 1 : 1;
    double *found = calloc(regions, sizeof *found);
    if (clp_ranks_agree(ranks, found ? CLP_OK : CLP_ERROR_MEMORY) != CLP_OK) {
        free(found);
        return NULL;
    }
    for (size_t k = 0; k < nz; k++)
        for (size_t j = 0; j < ny; j++)
            for (size_t i = 0; i < nx; i++) {
                const size_t at[CLP_AXES] = {i, j, k};
                bool own = true;
                for (int axis = 0; part && axis < CLP_AXES; axis++)
                    own = own && at[axis] >= grid->part.begin[axis] && at[axis] < grid->part.end[axis];
                if (own) found[cells[(k * ny + j) * nx + i]]++;
            }
    if (clp_ranks_sum(ranks, found, regions) == CLP_OK) return found;
    free(found);
    return NULL;
}

static void print_regions(const clp_problem *problem, const double *found)
{
    size_t count = clp_problem_region_count(problem);
    double all = 0;
    for (size_t r = 0; r <= count; r++) all += found[r];
    printf("regions\n");
    for (size_t r = 0; r < count; r++) {
        char text[160];
        if (!clp_problem_region(problem, r)->sets) continue; /* a background colour */
        app_region_text(clp_problem_region(problem, r), text, sizeof text);
        printf("  %-40s %12.0f cells (%.3g %%)%s\n", text, found[r + 1], 100 * found[r + 1] / all,
               found[r + 1] > 0
                   ? ""
                   : "  nothing of it shows: it is outside the box, covered, or thinner than a cell");
    }
    printf("  %-40s %12.0f cells (%.3g %%)\n", "(none)", found[0], 100 * found[0] / all);
}

static void print_need(const clp_grid *grid, const clp_estimate *estimate, const clp_device_info *info,
                       size_t index)
{
    char bytes[32], memory[32], verdict[64] = "";
    bool fits = (info->memory_bytes == 0 || estimate->device_bytes <= info->memory_bytes) &&
                (info->max_allocation_bytes == 0 || estimate->largest_bytes <= info->max_allocation_bytes);
    const size_t processes = app_parts_needed(info, grid, estimate);
    if (processes > 1)
        snprintf(verdict, sizeof verdict, ", shared by %zu processes for smaller buffers", processes);
    else if (!fits)
        snprintf(verdict, sizeof verdict, ": DOES NOT FIT");
    printf("  %zu  %s (%s): %s with %zu field%s in %s precision, %s of %s%s\n", index, info->name,
           info->platform, estimate->method, estimate->fields, estimate->fields == 1 ? "" : "s",
           clp_precision_name(estimate->precision),
           clp_bytes_text(estimate->device_bytes, bytes, sizeof bytes),
           clp_bytes_text(info->memory_bytes, memory, sizeof memory), verdict);
}

static clp_status print_memory(const clp_problem *problem, const clp_solver_options *options,
                               const clp_time_options *in_time)
{
    const bool is_part = clp_problem_grid(problem)->part.whole[0] > 0;
    clp_device_list *list;
    clp_estimate estimate;
    clp_status status = clp_device_list_create(&list);
    if (status != CLP_OK) return status;
    unsigned long long host = 0;
    printf("memory, by device%s\n", is_part ? " (of the first rank)" : "");
    for (size_t i = 0; i < clp_device_list_count(list) && status == CLP_OK; i++) {
        const clp_device_info *info = clp_device_list_info(list, i);
        status = in_time ? clp_transient_estimate(problem, in_time, info, &estimate)
                         : clp_solver_estimate(problem, options, info, &estimate);
        if (status != CLP_OK) break;
        print_need(clp_problem_grid(problem), &estimate, info, i);
        host = estimate.host_bytes;
    }
    if (clp_device_list_count(list) == 0) printf("  no OpenCL device here\n");
    char bytes[32];
    if (host) printf("  on the host, beside that: %s\n", clp_bytes_text(host, bytes, sizeof bytes));
    clp_device_list_destroy(list);
    return status;
}

static void print_parts(const clp_ranks *ranks, const clp_grid *grid)
{
    char text[256];
    if (!ranks) return;
    printf("ranks    %zu by %s, the first with %s nodes, its halo included\n", clp_ranks_count(ranks),
           clp_ranks_transport(ranks), app_extent_text(grid, "x", text, sizeof text));
}

static clp_status print_all(clp_ranks *ranks, const clp_problem *problem, const double *found,
                            const clp_solver_options *options, const clp_time_options *in_time)
{
    const clp_grid *part = clp_problem_grid(problem), grid = clp_grid_of_part(part);
    char text[256];
    printf("nodes    %s, %zu in all\n", app_extent_text(&grid, "x", text, sizeof text),
           clp_grid_node_count(&grid));
    for (int axis = 0; axis < clp_grid_dimensions(&grid); axis++)
        printf("  %c from %g to %g, %g apart\n", "xyz"[axis], grid.origin[axis],
               grid.origin[axis] + grid.size[axis], clp_grid_spacing(&grid, axis));
    print_parts(ranks, part);
    printf("sides\n");
    for (int side = 0; side < 2 * clp_grid_dimensions(&grid); side++)
        printf("  %s\n", app_side_text(problem, (clp_side)side, text, sizeof text));
    if (clp_problem_region_count(problem)) print_regions(problem, found);
    if (in_time) printf("time     %s\n", app_time_text(problem, in_time, text, sizeof text));
    if (in_time && ranks) return CLP_OK; /* a part's equations take all ranks to make */
    return print_memory(problem, options, in_time);
}

int app_dry_run(clp_ranks *ranks, const clp_problem_file *file, const clp_time_options *in_time)
{
    const clp_problem *problem = clp_problem_file_problem(file);
    const clp_grid *grid = clp_problem_grid(problem);
    uint16_t *cells = malloc(clp_grid_cell_count(grid) * sizeof *cells);
    char text[256];
    clp_status status = clp_ranks_agree(ranks, cells ? CLP_OK : CLP_ERROR_MEMORY);
    if (status == CLP_OK) status = clp_ranks_agree(ranks, clp_problem_cells(problem, NULL, cells));
    double *found = status == CLP_OK ? count_cells(ranks, problem, cells) : NULL;
    free(cells);
    if (status == CLP_ERROR_MEMORY || (status == CLP_OK && !found)) {
        app_error("%s nodes do not fit the host's memory; use fewer",
                  app_extent_text(grid, "x", text, sizeof text));
        return EXIT_FAILED;
    }
    if (status == CLP_OK && clp_ranks_number(ranks) == 0)
        status = print_all(ranks, problem, found, clp_problem_file_solver(file), in_time);
    free(found);
    return status == CLP_OK ? app_finish_output(EXIT_SOLVED) : app_fail_problem(file, status);
}
