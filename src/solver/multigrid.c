/* SPDX-License-Identifier: MIT */
/*
 * Multigrid cycles on a correction: u <- u + length M (q - A u), M being one V-cycle (A. Brandt, Math. Comp.
 * 31, 1977). In mixed precision u and its residual are in double and the cycle, which only has to shrink an
 * error, in single (defect correction; J. Stetter, Numer. Math. 29, 1978).
 */
#include "solver/hierarchy.h"
#include "solver/method.h"
#include "solver/quantities.h"

#include <math.h>
#include <stdlib.h>

/* What the equations of the hierarchy are multiplied by. */
static double factor_of(const clp_iteration *iteration)
{
    return 1 / (iteration->hierarchy->norm * iteration->unit);
}

clp_status clp_precondition(clp_iteration *iteration, const clp_field *r, size_t *sweeps)
{
    clp_rung *finest = &iteration->hierarchy->rungs[0];
    const clp_backend *backend = finest->level->device->backend;
    CLP_TRY(backend->combine(finest->q, factor_of(iteration), r, 0));
    return clp_hierarchy_cycle(iteration->hierarchy, 0, NULL, sweeps);
}

double clp_preconditioned_unit(const clp_iteration *iteration)
{
    return iteration->unit;
}

const clp_field *clp_preconditioned(const clp_iteration *iteration)
{
    return iteration->hierarchy->rungs[0].u;
}

clp_status clp_prepare(clp_iteration *iteration, clp_norms *norms)
{
    const clp_backend *backend = iteration->u->level->device->backend;
    iteration->prepared = true;
    CLP_TRY(backend->defect(iteration->u, iteration->q, factor_of(iteration),
                            iteration->hierarchy->rungs[0].q, norms));
    iteration->left = norms->largest;
    return CLP_OK;
}

clp_status clp_iteration_norms(clp_iteration *iteration, clp_norms *norms)
{
    if (iteration->shares) return clp_prepare(iteration, norms);
    return iteration->u->level->device->backend->residual_norms(iteration->u, iteration->q, norms);
}

/* As the third level has it, or the second of two, by the host: that is small, and a kernel for it would have
 * to be built. */
clp_status clp_iteration_corrected(const clp_iteration *iteration, double *largest)
{
    const clp_hierarchy *hierarchy = iteration->hierarchy;
    *largest = INFINITY;
    if (!hierarchy || hierarchy->count < 2 || !iteration->shares) return CLP_OK;
    clp_field *u = hierarchy->rungs[hierarchy->count > 2 ? 2 : 1].u;
    size_t rows = clp_layout_rows(&u->level->layout), count = rows * u->level->layout.nodes[0];
    double *values = malloc(count * sizeof *values), low, high;
    if (!values) return clp_fail_host_memory(count * sizeof *values);
    clp_status status = u->level->device->backend->field_read(u, 0, rows, values);
    if (status == CLP_OK) {
        clp_range_of(values, count, &low, &high);
        *largest = iteration->unit * fmax(high, -low);
    }
    free(values);
    bool shared =
        clp_grid_is_part(&iteration->u->level->op.grid); /* the third level may be whole in each rank */
    if (status == CLP_OK && shared)
        status = clp_reduce(clp_ranks_of(u->level->device), CLP_REDUCE_MAX, largest, 1);
    return status;
}

/*
 * By how much to go further than a cycle says: what it leaves of an error is between none and a part,
 * measured as 0.05 to 0.06 in two dimensions and 0.07 in three (on networks more), so that the roots of a
 * Chebyshev polynomial on what it takes away leave less than a third of that: two steps shrink residuals by
 * 3e-4 where they did by 2.3e-3.
 */
static double length_of(clp_iteration *iteration)
{
    enum { ROOTS = 2 };
    double left = clp_grid_dimensions(&iteration->u->level->op.grid) == 3 ? 0.07 : 0.05;
    if (iteration->hierarchy->rungs[0].direct) return 1; /* nothing is left */
    double angle = M_PI * (double)(2 * (iteration->position++ % ROOTS) + 1) / (2 * ROOTS);
    return 1 / (1 - 0.5 * left * (1 - cos(angle)));
}

static clp_status iterate(clp_iteration *iteration, size_t steps, bool keep_previous, size_t *sweeps)
{
    const clp_backend *backend = iteration->u->level->device->backend;
    const double plain = 1;
    *sweeps = 0;
    for (size_t step = 0; step < steps; step++) {
        size_t done;
        clp_norms norms;
        if (!iteration->prepared) CLP_TRY(clp_prepare(iteration, &norms));
        iteration->prepared = false;
        double length = iteration->unit * length_of(iteration);
        CLP_TRY(clp_hierarchy_cycle(iteration->hierarchy, length, iteration->u, &done));
        *sweeps += done;
    }
    if (!keep_previous) return CLP_OK;
    ++*sweeps;
    return backend->sweep(iteration->u, iteration->scratch, iteration->q, &plain, 1);
}

static double log_factor(const clp_iteration *iteration)
{
    (void)iteration;
    return log(0.2); /* 0.01 to 0.1 is usual */
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
