/* SPDX-License-Identifier: MIT */
#include "problem/sample.h"

#include "grid/extent.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* The points along x with the given j and k. */
static clp_line line_of(const clp_sampler *sampler, const clp_grid *grid, size_t j, size_t k)
{
    clp_line line = {.at = {.step = clp_grid_spacing(grid, 0),
                            .first = clp_grid_index(grid, 0, 0),
                            .count = grid->nodes[0]},
                     .offset = (k * grid->nodes[1] + j) * grid->nodes[0],
                     .stride = 1};
    line.at.point[0] = grid->origin[0];
    line.at.point[3] = sampler->time;
    line.at.point[1] = clp_coordinate(grid, 1, j);
    if (clp_grid_dimensions(grid) == 3) line.at.point[2] = clp_coordinate(grid, 2, k);
    return line;
}

static clp_status sample_on_host(const clp_sampler *sampler, const clp_function *function,
                                 const clp_grid *grid, const char *what, double *values)
{
    size_t rows = grid->nodes[1] * clp_planes(grid), failed = SIZE_MAX;
    const clp_line first = line_of(sampler, grid, 0, 0);
    clp_expression_table *table = NULL;
    double number;
    if (!function->array && !clp_function_is_number(function, &number))
        CLP_TRY(clp_expression_table_create(function->expression, &first.at, &table));
#pragma omp parallel for schedule(static) reduction(min : failed) if (rows * grid->nodes[0] > 1 << 14)
    for (size_t row = 0; row < rows; row++) {
        clp_line line = line_of(sampler, grid, row % grid->nodes[1], row / grid->nodes[1]);
        line.table = table;
        if (clp_function_line(function, &line, what, values + line.offset) != CLP_OK && row < failed)
            failed = row;
    }
    clp_expression_table_destroy(table);
    if (failed == SIZE_MAX) return CLP_OK;
    /* Messages belong to threads: the first one is made again in this one. */
    clp_line line = line_of(sampler, grid, failed % grid->nodes[1], failed / grid->nodes[1]);
    return clp_function_line(function, &line, what, values + line.offset);
}

static clp_status evaluate_line(const void *context, const double point[4], double step, size_t count,
                                double *values)
{
    const clp_points_along points = {
        .point = {point[0], point[1], point[2], point[3]}, .step = step, .count = count};
    return clp_expression_evaluate_line(context, &points, NULL, values);
}

static clp_status sample_on_device(const clp_sampler *sampler, const clp_expression *expression,
                                   const clp_grid *grid, double *values)
{
    clp_device *device = sampler->device;
    const clp_backend *backend = device->backend;
    const clp_memory_use use = {.fields = 1};
    const clp_operator points = {.grid = *grid, .diagonal = 1, .scale = 1};
    clp_level *level = NULL;
    clp_field *field = NULL;
    char *text = NULL;
    clp_status status = backend->fits(device, grid, CLP_PRECISION_DOUBLE, &use);
    if (status == CLP_OK) status = clp_expression_opencl(expression, "formula", &text);
    if (status == CLP_OK) status = backend->level_create(device, &points, CLP_PRECISION_DOUBLE, NULL, &level);
    if (status == CLP_OK) status = backend->field_create(level, &field);
    const clp_formula formula = {.opencl = text, .line = evaluate_line, .context = expression};
    if (status == CLP_OK) status = backend->evaluate(field, &formula, sampler->time);
    if (status == CLP_OK) status = backend->field_read(field, 0, clp_layout_rows(&level->layout), values);
    if (field) backend->field_destroy(field);
    if (level) backend->level_destroy(level);
    free(text);
    return status;
}

/* Points without a finite value: the host has the last word, and the words. */
static clp_status check_points(const clp_sampler *sampler, const clp_function *function, const clp_grid *grid,
                               const char *what, double *values)
{
    for (size_t p = 0; p < clp_grid_node_count(grid); p++) {
        if (isfinite(values[p])) continue;
        clp_line line =
            line_of(sampler, grid, p / grid->nodes[0] % grid->nodes[1], p / grid->nodes[0] / grid->nodes[1]);
        line.at.first += p % grid->nodes[0];
        line.at.count = 1;
        CLP_TRY(clp_function_line(function, &line, what, &values[p]));
    }
    return CLP_OK;
}

clp_status clp_sample(const clp_sampler *sampler, const clp_function *function, const clp_grid *grid,
                      const char *what, double *values)
{
    double number;
    bool on_device = sampler->device && clp_grid_node_count(grid) >= sampler->large && !function->array &&
                     !clp_grid_is_part(grid) && !clp_function_is_number(function, &number);
    if (on_device && sample_on_device(sampler, function->expression, grid, values) == CLP_OK)
        return check_points(sampler, function, grid, what, values);
    return sample_on_host(sampler, function, grid, what, values);
}
