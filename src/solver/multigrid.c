/* SPDX-License-Identifier: MIT */
/*
 * Multigrid cycles on a correction: u <- u + M (q - A u), M being one V-cycle (A. Brandt, Math. Comp. 31,
 * 1977). In mixed precision u and its residual are in double and the cycle, which only has to shrink an
 * error, in single (defect correction; J. Stetter, Numer. Math. 29, 1978).
 */
#include "solver/hierarchy.h"
#include "solver/method.h"

#include <math.h>

clp_status clp_precondition(clp_iteration *iteration, const clp_field *r, size_t *sweeps)
{
    clp_rung *finest = &iteration->hierarchy->rungs[0];
    const clp_backend *backend = finest->level->device->backend;
    double unit = iteration->hierarchy->norm * iteration->unit;
    CLP_TRY(backend->combine(finest->q, 1 / unit, r, 0));
    return clp_hierarchy_cycle(iteration->hierarchy, sweeps);
}

double clp_preconditioned_unit(const clp_iteration *iteration)
{
    return iteration->unit;
}

const clp_field *clp_preconditioned(const clp_iteration *iteration)
{
    return iteration->hierarchy->rungs[0].u;
}

static clp_status iterate(clp_iteration *iteration, size_t steps, bool keep_previous, size_t *sweeps)
{
    const clp_backend *backend = iteration->u->level->device->backend;
    const double plain = 1;
    *sweeps = 0;
    for (size_t step = 0; step < steps; step++) {
        size_t done;
        CLP_TRY(backend->residual(iteration->u, iteration->q, iteration->scratch));
        CLP_TRY(clp_precondition(iteration, iteration->scratch, &done));
        CLP_TRY(backend->combine(iteration->u, clp_preconditioned_unit(iteration),
                                 clp_preconditioned(iteration), 1));
        *sweeps += done;
    }
    if (!keep_previous) return CLP_OK;
    ++*sweeps;
    return backend->sweep(iteration->u, iteration->scratch, iteration->q, &plain, 1);
}

static double log_factor(const clp_iteration *iteration)
{
    (void)iteration;
    return log(0.2); /* 0.05 to 0.15 is usual */
}

const clp_method clp_method_multigrid = {
    .name = "multigrid",
    .summary = "V-cycles over coarser and coarser grids",
    .multigrid = CLP_MULTIGRID_NEEDED,
    .cascades = true,
    .stepwise = true,
    .iterate = iterate,
    .period = clp_every_step,
    .log_factor = log_factor,
};
