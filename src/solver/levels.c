/* SPDX-License-Identifier: MIT */
/* How long each level of a hierarchy takes. */
#include <clpoisson/solver.h>

#include "base/machine.h"
#include "solver/hierarchy.h"
#include "solver/state.h"
#include "transport/transport.h"

#include <math.h>

/* What a cycle does on a level, there and back; the finest one's may end in a total. */
static clp_status visit(clp_rung *rung, clp_field *total)
{
    const clp_backend *backend = rung->level->device->backend;
    if (!rung->down) {
        CLP_TRY(clp_rung_solve(rung));
        return backend->finish(rung->level->device);
    }
    CLP_TRY(backend->smooth_restrict(rung->down, rung->u, rung->scratch, rung->q, rung->weights, rung->sweeps,
                                     rung[1].q));
    CLP_TRY(backend->prolong_smooth(rung->down, rung[1].u, rung->u, rung->scratch, rung->q, rung->weights,
                                    rung->sweeps, 0, rung->scratch ? NULL : total));
    return backend->finish(rung->level->device);
}

static void take_size(const clp_solver *solver, const clp_level *level, clp_level_time *time)
{
    const clp_grid *grid = &level->op.grid;
    const clp_ranks *ranks = solver->assembly.ranks;
    time->sharers = 1;
    for (int axis = 0; axis < CLP_AXES; axis++) {
        time->nodes[axis] = level->layout.nodes[axis];
        time->whole[axis] = axis < clp_grid_dimensions(grid) ? clp_grid_whole(grid, axis) : 1;
        time->sharers *= clp_grid_team(grid, axis);
    }
    if (ranks && !clp_grid_is_part(grid)) time->sharers = ranks->count;
}

/* Making all of them, the quicker of twice: kernels may be compiled at their first launch, and memory that
 * nobody had before may be slow to come. */
static clp_status time_making(const clp_solver *solver, double *seconds)
{
    clp_device *device = solver->device;
    const clp_operator *op = &solver->assembly.op;
    const clp_level *total = solver->method->multigrid == CLP_MULTIGRID_NEEDED ? solver->level : NULL;
    const clp_memory_use use = {.bytes_per_node = clp_hierarchy_fields(op, solver->plain) *
                                                  (double)clp_precision_bytes(solver->inner)};
    clp_hierarchy *made;
    *seconds = NAN;
    if (solver->hierarchy->shared || device->backend->fits(device, &op->grid, solver->inner, &use) != CLP_OK)
        return CLP_OK;
    CLP_TRY(device->backend->finish(device));
    double start = clp_seconds();
    CLP_TRY(clp_hierarchy_create(device, op, solver->inner, total, CLP_SMOOTHING, &made));
    clp_status status = device->backend->finish(device);
    *seconds = fmin(clp_seconds() - start, solver->seconds_levels);
    clp_hierarchy_destroy(made);
    return status;
}

clp_status clp_solver_time_levels(clp_solver *solver, clp_level_time *times, size_t room, size_t *count,
                                  double *making)
{
    enum { VISITS = 3 };
    clp_hierarchy *hierarchy = solver->hierarchy;
    *making = NAN;
    *count = hierarchy ? hierarchy->count : 0;
    if (hierarchy) CLP_TRY(time_making(solver, making));
    for (size_t i = 0; i < *count && i < room; i++) {
        clp_rung *rung = &hierarchy->rungs[i];
        take_size(solver, rung->level, &times[i]);
        times[i].seconds = INFINITY;
        CLP_TRY(rung->level->device->backend->finish(rung->level->device));
        for (int n = 0; n < VISITS; n++) {
            double start = clp_seconds();
            CLP_TRY(visit(rung, solver->u));
            times[i].seconds = fmin(times[i].seconds, clp_seconds() - start);
        }
    }
    return CLP_OK;
}
