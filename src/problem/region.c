/* SPDX-License-Identifier: MIT */
/* Regions and materials as they were declared. */
#include "problem/declared.h"

#include "base/checked.h"
#include "base/status.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void region_finish(clp_declared_region *region)
{
    clp_shape_finish(&region->region.shape);
    clp_function_finish(&region->value);
    clp_function_finish(&region->conductivity);
    clp_function_finish(&region->reaction);
    clp_function_finish(&region->source);
    clp_function_finish(&region->capacity);
}

void clp_region_list_finish(clp_region_list *regions)
{
    for (size_t i = 0; i < regions->count; i++) region_finish(&regions->list[i]);
    free(regions->list);
    *regions = (clp_region_list){0};
}

static clp_status set_function(clp_declared_region *copy, clp_function *function, const clp_value *value,
                               unsigned bit, const char *what)
{
    char name[128];
    if (!(copy->region.sets & bit)) return CLP_OK;
    snprintf(name, sizeof name, "the %s of %s", what, copy->name);
    return clp_function_set(function, value, 0, name);
}

static clp_status check_numbers(const clp_declared_region *copy)
{
    double number;
    if (copy->region.sets & CLP_SETS_CONDUCTIVITY && clp_function_is_number(&copy->conductivity, &number) &&
        !(number > 0))
        return clp_fail(
            CLP_ERROR_INPUT,
            "the conductivity of %s is %g; it must be above 0 (an insulator: a small number such as "
            "1e-6)",
            copy->name, number);
    if (copy->region.sets & CLP_SETS_REACTION && clp_function_is_number(&copy->reaction, &number) &&
        number < 0)
        return clp_fail(CLP_ERROR_INPUT, "the reaction of %s is %g; it must be 0 or above", copy->name,
                        number);
    if (copy->region.sets & CLP_SETS_CAPACITY && clp_function_is_number(&copy->capacity, &number) &&
        !(number > 0))
        return clp_fail(CLP_ERROR_INPUT, "the capacity of %s is %g; it must be above 0", copy->name, number);
    return CLP_OK;
}

static clp_status check_sets(const clp_declared_region *copy)
{
    unsigned sets = copy->region.sets;
    if (sets & CLP_SETS_VALUE && sets & CLP_SETS_FLOATING)
        return clp_fail(CLP_ERROR_INPUT, "%s is held at a value and floating at once; choose one",
                        copy->name);
    if (sets & (CLP_SETS_VALUE | CLP_SETS_FLOATING) &&
        sets & (CLP_SETS_CONDUCTIVITY | CLP_SETS_REACTION | CLP_SETS_SOURCE | CLP_SETS_CAPACITY))
        return clp_fail(CLP_ERROR_INPUT,
                        "%s is an electrode, inside which a conductivity, reaction, source or capacity has "
                        "no effect; leave that out",
                        copy->name);
    return CLP_OK;
}

static clp_status copy_region(clp_declared_region *copy, const clp_region *region, size_t number)
{
    *copy = (clp_declared_region){.region = {.sets = region->sets}};
    if (region->name)
        clp_cut_text(copy->name, sizeof copy->name, region->name);
    else
        snprintf(copy->name, sizeof copy->name, "region %zu", number + 1);
    CLP_TRY(check_sets(copy));
    CLP_TRY(set_function(copy, &copy->value, &region->value, CLP_SETS_VALUE, "value"));
    CLP_TRY(set_function(copy, &copy->conductivity, &region->conductivity, CLP_SETS_CONDUCTIVITY,
                         "conductivity"));
    CLP_TRY(set_function(copy, &copy->reaction, &region->reaction, CLP_SETS_REACTION, "reaction"));
    CLP_TRY(set_function(copy, &copy->source, &region->source, CLP_SETS_SOURCE, "source"));
    CLP_TRY(set_function(copy, &copy->capacity, &region->capacity, CLP_SETS_CAPACITY, "capacity"));
    copy->region.value = copy->value.value;
    copy->region.conductivity = copy->conductivity.value;
    copy->region.reaction = copy->reaction.value;
    copy->region.source = copy->source.value;
    copy->region.capacity = copy->capacity.value;
    return check_numbers(copy);
}

/* The names are inside the list, which moves when it grows. */
static void point_names(clp_region_list *regions)
{
    for (size_t i = 0; i < regions->count; i++) regions->list[i].region.name = regions->list[i].name;
}

int clp_region_outside(const clp_problem *problem, const clp_declared_region *region)
{
    double low[CLP_AXES], high[CLP_AXES];
    const clp_grid *grid = &problem->grid;
    clp_shape_bounds(&region->region.shape, clp_grid_dimensions(grid), low, high);
    for (int axis = 0; axis < clp_grid_dimensions(grid); axis++)
        if (!problem->periodic[axis] &&
            (high[axis] < grid->origin[axis] || low[axis] > grid->origin[axis] + grid->size[axis]))
            return axis;
    return -1;
}

/* A region of which nothing lies in the box is most likely a slip. */
static void notice_outside(const clp_problem *problem, const clp_declared_region *region)
{
    double low[CLP_AXES], high[CLP_AXES];
    const clp_grid *grid = &problem->grid;
    int axis = clp_region_outside(problem, region);
    if (axis < 0) return;
    clp_shape_bounds(&region->region.shape, clp_grid_dimensions(grid), low, high);
    clp_notice("%s lies outside the box: along %c it reaches from %g to %g, the box from %g to %g",
               region->name, "xyz"[axis], low[axis], high[axis], grid -> origin[axis],
               grid -> origin[axis] + grid -> size[axis]);
}

clp_status clp_problem_add_region(clp_problem *problem, const clp_region *region)
{
    CLP_TRY(clp_region_add(problem, region));
    notice_outside(problem, &problem->regions.list[problem->regions.count - 1]);
    return CLP_OK;
}

clp_status clp_region_add(clp_problem *problem, const clp_region *region)
{
    clp_region_list *regions = &problem->regions;
    int dimensions = clp_grid_dimensions(&problem->grid);
    clp_declared_region copy;
    size_t bytes = (regions->count + 1) * sizeof copy;
    clp_status status = copy_region(&copy, region, regions->count);
    if (status == CLP_OK) {
        status = clp_shape_check(&region->shape, dimensions);
        if (status != CLP_OK) clp_fail_within(status, "%s: ", copy.name);
    }
    if (status == CLP_OK) status = clp_shape_copy(&region->shape, dimensions, &copy.region.shape);
    if (status != CLP_OK) goto cleanup;
    clp_declared_region *longer = realloc(regions->list, bytes);
    if (!longer) {
        status = clp_fail_host_memory(bytes);
        goto cleanup;
    }
    regions->list = longer;
    regions->list[regions->count++] = copy;
    point_names(regions);
    return CLP_OK;
cleanup:
    region_finish(&copy);
    return status;
}

static clp_status copy_cells(const clp_problem *problem, const uint16_t *cells, size_t materials,
                             uint16_t **copy)
{
    size_t count = clp_grid_cell_count(&problem->grid), bytes;
    if (!clp_multiply(count, sizeof **copy, &bytes) || !(*copy = malloc(bytes)))
        return clp_fail_host_memory(bytes);
    memcpy(*copy, cells, bytes);
    for (size_t i = 0; i < count; i++)
        if (cells[i] >= materials)
            return clp_fail(CLP_ERROR_INPUT, "cell %zu is of material %u, but there are %zu only", i,
                            (unsigned)cells[i], materials);
    return CLP_OK;
}

clp_status clp_problem_set_cells(clp_problem *problem, const uint16_t *cells, const clp_region *materials,
                                 size_t count)
{
    uint16_t *copy = NULL;
    clp_region_list list = {.list = calloc(count ? count : 1, sizeof *list.list)};
    clp_status status = list.list ? CLP_OK : clp_fail_host_memory(count * sizeof *list.list);
    while (status == CLP_OK && list.count < count) {
        status = copy_region(&list.list[list.count], &materials[list.count], list.count);
        list.count++;
    }
    if (status == CLP_OK) status = copy_cells(problem, cells, count, &copy);
    if (status != CLP_OK) {
        clp_region_list_finish(&list);
        free(copy);
        return status;
    }
    clp_region_list_finish(&problem->materials);
    free(problem->cells);
    problem->materials = list;
    problem->cells = copy;
    point_names(&problem->materials);
    return CLP_OK;
}

size_t clp_problem_region_count(const clp_problem *problem)
{
    return problem->materials.count + problem->regions.count;
}

const clp_declared_region *clp_declared_region_at(const clp_problem *problem, size_t index)
{
    size_t materials = problem->materials.count;
    return index < materials ? &problem->materials.list[index] : &problem->regions.list[index - materials];
}

const clp_region *clp_problem_region(const clp_problem *problem, size_t index)
{
    return &clp_declared_region_at(problem, index)->region;
}

bool clp_problem_sets(const clp_problem *problem, unsigned bits)
{
    for (size_t i = 0; i < clp_problem_region_count(problem); i++)
        if (clp_declared_region_at(problem, i)->region.sets & bits) return true;
    return false;
}
