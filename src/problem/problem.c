/* SPDX-License-Identifier: MIT */
#include "problem/declared.h"

#include "base/status.h"
#include "grid/extent.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

clp_status clp_problem_create(const clp_grid *grid, clp_problem **problem)
{
    *problem = NULL;
    CLP_TRY(clp_grid_check(grid));
    clp_problem *created = calloc(1, sizeof *created);
    if (!created) return clp_fail_host_memory(sizeof *created);
    created->grid = *grid;
    if (clp_grid_dimensions(grid) == 2) {
        created->grid.nodes[2] = 1;
        created->grid.size[2] = created->grid.origin[2] = 0;
    }
    created->conductivity.value.number = created->capacity.value.number = 1;
    *problem = created;
    return CLP_OK;
}

void clp_problem_destroy(clp_problem *problem)
{
    if (!problem) return;
    for (int side = 0; side < CLP_SIDES; side++) {
        clp_function_finish(&problem->sides[side].value);
        clp_function_finish(&problem->sides[side].transfer);
        clp_function_finish(&problem->sides[side].ambient);
    }
    clp_function_finish(&problem->conductivity);
    clp_function_finish(&problem->reaction);
    clp_function_finish(&problem->source);
    clp_function_finish(&problem->initial);
    clp_function_finish(&problem->capacity);
    clp_region_list_finish(&problem->materials);
    clp_region_list_finish(&problem->regions);
    free(problem->cells);
    free(problem);
}

/* ---- sides ---- */

static clp_status check_side(const clp_problem *problem, clp_side side)
{
    int dimensions = clp_grid_dimensions(&problem->grid);
    if ((unsigned)side >= (unsigned)(2 * dimensions))
        return clp_fail(CLP_ERROR_INPUT, "there is no side %d; a %d-D box has the sides 0 to %d", (int)side,
                        dimensions, 2 * dimensions - 1);
    if (problem->periodic[side / 2])
        return clp_fail(CLP_ERROR_INPUT,
                        "%c is periodic, so the %s side is joined to the opposite one; say what "
                        "happens on the side, or that the axis is periodic, not both",
                        "xyz"[side / 2], clp_side_name(side));
    return CLP_OK;
}

/* Nodes of a side: the box without that axis. */
static size_t side_nodes(const clp_grid *grid, clp_side side)
{
    return clp_grid_node_count(grid) / grid->nodes[side / 2];
}

static clp_status set_side_function(clp_problem *problem, clp_side side, clp_function *function,
                                    const clp_value *value, const char *what)
{
    char name[64];
    snprintf(name, sizeof name, "the %s of the %s side", what, clp_side_name(side));
    return clp_function_set(function, value, side_nodes(&problem->grid, side), name);
}

clp_status clp_problem_set_boundary(clp_problem *problem, clp_side side, const clp_boundary *boundary)
{
    CLP_TRY(check_side(problem, side));
    clp_declared_side *declared = &problem->sides[side];
    double number;
    switch (boundary->kind) {
    case CLP_BOUNDARY_INSULATED:
        break;
    case CLP_BOUNDARY_VALUE:
    case CLP_BOUNDARY_FLUX:
        CLP_TRY(set_side_function(problem, side, &declared->value, &boundary->value,
                                  boundary->kind == CLP_BOUNDARY_VALUE ? "value" : "flux"));
        break;
    case CLP_BOUNDARY_TRANSFER:
        CLP_TRY(set_side_function(problem, side, &declared->transfer, &boundary->transfer, "transfer"));
        CLP_TRY(set_side_function(problem, side, &declared->ambient, &boundary->ambient, "ambient"));
        if (clp_function_is_number(&declared->transfer, &number) && number < 0)
            return clp_fail(CLP_ERROR_INPUT, "the transfer of the %s side is %g; it must be 0 or above",
                            clp_side_name(side), number);
        break;
    default:
        return clp_fail(CLP_ERROR_INPUT, "the %s side has the unknown kind %d", clp_side_name(side),
                        (int)boundary->kind);
    }
    declared->boundary = (clp_boundary){.kind = boundary->kind,
                                        .value = declared->value.value,
                                        .transfer = declared->transfer.value,
                                        .ambient = declared->ambient.value};
    return CLP_OK;
}

clp_status clp_problem_hold_side(clp_problem *problem, clp_side side, double value)
{
    return clp_problem_set_boundary(problem, side,
                                    &(clp_boundary){.kind = CLP_BOUNDARY_VALUE, .value.number = value});
}

clp_status clp_problem_set_periodic(clp_problem *problem, int axis)
{
    if (axis < 0 || axis >= clp_grid_dimensions(&problem->grid))
        return clp_fail(CLP_ERROR_INPUT, "there is no axis %d in a %d-D box", axis,
                        clp_grid_dimensions(&problem->grid));
    for (int side = 2 * axis; side < 2 * axis + 2; side++)
        if (problem->sides[side].boundary.kind != CLP_BOUNDARY_INSULATED)
            return check_side(problem, (clp_side)side);
    if (clp_grid_whole(&problem->grid, axis) < 4)
        return clp_fail(
            CLP_ERROR_INPUT,
            "%zu nodes along %c are too few for a periodic axis, where the last node is the first one "
            "again; at least 4 are needed",
            clp_grid_whole(&problem->grid, axis), "xyz"[axis]);
    problem->periodic[axis] = true;
    problem->seam[axis] = clp_problem_reaches(problem, 2 * axis);
    return CLP_OK;
}

/* ---- fields ---- */

clp_status clp_problem_set_initial(clp_problem *problem, const clp_value *initial)
{
    return clp_function_set(&problem->initial, initial, clp_grid_node_count(&problem->grid), "initial");
}

clp_status clp_problem_set_conductivity(clp_problem *problem, const clp_value *conductivity)
{
    return clp_function_set(&problem->conductivity, conductivity, clp_grid_cell_count(&problem->grid),
                            "conductivity");
}

clp_status clp_problem_set_reaction(clp_problem *problem, const clp_value *reaction)
{
    return clp_function_set(&problem->reaction, reaction, clp_grid_node_count(&problem->grid), "reaction");
}

clp_status clp_problem_set_capacity(clp_problem *problem, const clp_value *capacity)
{
    return clp_function_set(&problem->capacity, capacity, clp_grid_cell_count(&problem->grid), "capacity");
}

clp_status clp_problem_set_source(clp_problem *problem, const clp_value *source)
{
    return clp_function_set(&problem->source, source, clp_grid_node_count(&problem->grid), "source");
}

/* ---- what was declared ---- */

const clp_grid *clp_problem_grid(const clp_problem *problem)
{
    return &problem->grid;
}

const clp_value *clp_problem_capacity(const clp_problem *problem)
{
    return &problem->capacity.value;
}

const clp_boundary *clp_problem_boundary(const clp_problem *problem, clp_side side)
{
    return &problem->sides[side].boundary;
}

bool clp_problem_is_periodic(const clp_problem *problem, int axis)
{
    return problem->periodic[axis];
}

bool clp_problem_has_side(const clp_problem *problem, clp_boundary_kind kind)
{
    for (int side = 0; side < CLP_SIDES; side++)
        if (problem->sides[side].boundary.kind == kind) return true;
    return false;
}

/* Something must hold the solution, or feed it. */
static clp_status check_held(const clp_problem *problem)
{
    bool tied = clp_problem_has_side(problem, CLP_BOUNDARY_VALUE) ||
                clp_problem_has_side(problem, CLP_BOUNDARY_TRANSFER) ||
                clp_problem_sets(problem, CLP_SETS_VALUE | CLP_SETS_REACTION) ||
                !clp_function_is_zero(&problem->reaction);
    bool fed = clp_problem_has_side(problem, CLP_BOUNDARY_FLUX) ||
               clp_problem_sets(problem, CLP_SETS_SOURCE) || !clp_function_is_zero(&problem->source);
    if (tied) return CLP_OK;
    if (clp_problem_sets(problem, CLP_SETS_FLOATING))
        return clp_fail(CLP_ERROR_INPUT,
                        "nothing but floating electrodes holds the solution, so any constant could be "
                        "added to it; hold at least one side or electrode, such as top: 0");
    if (!fed)
        return clp_fail(CLP_ERROR_INPUT,
                        "no side is held at a value, so any constant would be a solution; hold at least "
                        "one side, such as top: 100");
    return CLP_OK;
}

clp_status clp_problem_check_numbers(const clp_problem *problem)
{
    double number;
    if (clp_function_is_number(&problem->conductivity, &number) && !(number > 0))
        return clp_fail(CLP_ERROR_INPUT,
                        "the conductivity is %g; it must be above 0 (an insulator: a small number "
                        "such as 1e-9)",
                        number);
    if (clp_function_is_number(&problem->reaction, &number) && number < 0)
        return clp_fail(CLP_ERROR_INPUT, "the reaction is %g; it must be 0 or above", number);
    return CLP_OK;
}

clp_status clp_problem_check(const clp_problem *problem)
{
    CLP_TRY(clp_problem_check_numbers(problem));
    return check_held(problem);
}
