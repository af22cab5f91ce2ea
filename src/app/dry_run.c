/* SPDX-License-Identifier: MIT */
/* clpoisson solve --dry-run: what was understood, and what it will take. */
#include "app/dry_run.h"

#include "app/options.h"
#include "app/summary.h"
#include "app/terminal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void print_regions(const clp_problem *problem, const uint16_t *cells)
{
    size_t count = clp_problem_region_count(problem), all = clp_grid_cell_count(clp_problem_grid(problem));
    size_t *found = calloc(count + 1, sizeof *found);
    if (!found) return;
    for (size_t c = 0; c < all; c++) found[cells[c]]++;
    printf("regions\n");
    for (size_t r = 0; r < count; r++) {
        char text[160];
        if (!clp_problem_region(problem, r)->sets) continue; /* a background colour */
        app_region_text(clp_problem_region(problem, r), text, sizeof text);
        printf("  %-40s %12zu cells (%.3g %%)%s\n", text, found[r + 1],
               100.0 * (double)found[r + 1] / (double)all,
               found[r + 1]
                   ? ""
                   : "  nothing of it shows: it is outside the box, covered, or thinner than a cell");
    }
    printf("  %-40s %12zu cells (%.3g %%)\n", "(none)", found[0], 100.0 * (double)found[0] / (double)all);
    free(found);
}

static void print_need(const clp_estimate *estimate, const clp_device_info *info, size_t index)
{
    char bytes[32], memory[32];
    bool fits = (info->memory_bytes == 0 || estimate->device_bytes <= info->memory_bytes) &&
                (info->max_allocation_bytes == 0 || estimate->largest_bytes <= info->max_allocation_bytes);
    printf("  %zu  %s (%s): %zu fields in %s precision, %s of %s%s\n", index, info->name, info->platform,
           estimate->fields, clp_precision_name(estimate->precision),
           clp_bytes_text(estimate->device_bytes, bytes, sizeof bytes),
           clp_bytes_text(info->memory_bytes, memory, sizeof memory), fits ? "" : ": DOES NOT FIT");
}

static clp_status print_memory(const clp_problem *problem, const clp_solver_options *options)
{
    clp_device_list *list;
    clp_estimate estimate;
    clp_status status = clp_device_list_create(&list);
    if (status != CLP_OK) return status;
    unsigned long long host = 0;
    printf("memory, by device\n");
    for (size_t i = 0; i < clp_device_list_count(list) && status == CLP_OK; i++) {
        status = clp_solver_estimate(problem, options, clp_device_list_info(list, i), &estimate);
        if (status != CLP_OK) break;
        print_need(&estimate, clp_device_list_info(list, i), i);
        host = estimate.host_bytes;
    }
    if (clp_device_list_count(list) == 0) printf("  no OpenCL device here\n");
    char bytes[32];
    if (host) printf("  on the host, beside that: %s\n", clp_bytes_text(host, bytes, sizeof bytes));
    clp_device_list_destroy(list);
    return status;
}

int app_dry_run(const clp_problem *problem, const clp_solver_options *options,
                const clp_time_options *in_time)
{
    const clp_grid *grid = clp_problem_grid(problem);
    uint16_t *cells = malloc(clp_grid_cell_count(grid) * sizeof *cells);
    char text[256];
    if (!cells) {
        app_error("%s nodes do not fit the host's memory; use fewer",
                  app_extent_text(grid, "x", text, sizeof text));
        return EXIT_FAILED;
    }
    clp_status status = clp_problem_cells(problem, NULL, cells);
    if (status == CLP_OK) {
        printf("nodes    %s, %zu in all\n", app_extent_text(grid, "x", text, sizeof text),
               clp_grid_node_count(grid));
        for (int axis = 0; axis < clp_grid_dimensions(grid); axis++)
            printf("  %c from %g to %g, %g apart\n", "xyz"[axis], grid -> origin[axis],
                   grid -> origin[axis] + grid -> size[axis], clp_grid_spacing(grid, axis));
        printf("sides\n");
        for (int side = 0; side < 2 * clp_grid_dimensions(grid); side++)
            printf("  %s\n", app_side_text(problem, (clp_side)side, text, sizeof text));
        if (clp_problem_region_count(problem)) print_regions(problem, cells);
        if (in_time)
            printf("time     %s\n", app_time_text(problem, in_time, text, sizeof text));
        else
            status = print_memory(problem, options);
    }
    free(cells);
    return status == CLP_OK ? app_finish_output(EXIT_SOLVED) : app_fail(status);
}
