/* SPDX-License-Identifier: MIT */
#include <clpoisson/problem.h>

#include "base/status.h"
#include "problem/operator_create.h"

#include <math.h>
#include <stdlib.h>

struct clp_problem {
    clp_grid grid;
    clp_boundary boundary[CLP_SIDES];
    double initial;
};

clp_status clp_problem_create(const clp_grid *grid, clp_problem **problem)
{
    *problem = NULL;
    CLP_TRY(clp_grid_check(grid));
    clp_problem *created = calloc(1, sizeof *created);
    if (!created) return clp_fail_host_memory(sizeof *created);
    created->grid = *grid;
    *problem = created;
    return CLP_OK;
}

void clp_problem_destroy(clp_problem *problem)
{
    free(problem);
}

clp_status clp_problem_set_boundary(clp_problem *problem, clp_side side, const clp_boundary *boundary)
{
    if ((unsigned)side >= CLP_SIDES)
        return clp_fail(CLP_ERROR_INPUT, "there is no side %d; a 2-D box has the sides 0 to %d", (int)side,
                        CLP_SIDES - 1);
    switch (boundary->kind) {
    case CLP_BOUNDARY_INSULATED:
        break;
    case CLP_BOUNDARY_VALUE:
        if (!isfinite(boundary->value))
            return clp_fail(CLP_ERROR_INPUT, "the value of the %s side is %g; it must be a finite number",
                            clp_side_name(side), boundary->value);
        break;
    default:
        return clp_fail(CLP_ERROR_INPUT, "the %s side has the unknown kind %d", clp_side_name(side),
                        (int)boundary->kind);
    }
    problem->boundary[side] = *boundary;
    return CLP_OK;
}

clp_status clp_problem_hold_side(clp_problem *problem, clp_side side, double value)
{
    return clp_problem_set_boundary(problem, side,
                                    &(clp_boundary){.kind = CLP_BOUNDARY_VALUE, .value = value});
}

clp_status clp_problem_set_initial(clp_problem *problem, double value)
{
    if (!isfinite(value))
        return clp_fail(CLP_ERROR_INPUT, "the initial value is %g; it must be a finite number", value);
    problem->initial = value;
    return CLP_OK;
}

const clp_grid *clp_problem_grid(const clp_problem *problem)
{
    return &problem->grid;
}

const clp_boundary *clp_problem_boundary(const clp_problem *problem, clp_side side)
{
    return &problem->boundary[side];
}

double clp_problem_initial(const clp_problem *problem)
{
    return problem->initial;
}

clp_status clp_problem_check(const clp_problem *problem)
{
    for (int side = 0; side < CLP_SIDES; side++)
        if (problem->boundary[side].kind == CLP_BOUNDARY_VALUE) return CLP_OK;
    return clp_fail(CLP_ERROR_INPUT,
                    "no side is held at a value, so any constant would be a solution; hold at least "
                    "one side, such as top: 100");
}
