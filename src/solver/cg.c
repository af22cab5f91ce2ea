/* SPDX-License-Identifier: MIT */
/*
 * Conjugate gradients (M. R. Hestenes, E. Stiefel, J. Res. Nat. Bur. Stand. 49, 1952), preconditioned by one
 * multigrid cycle or, without a hierarchy, by the diagonal. The inner product is the one in which A is
 * symmetric: that of the control volumes.
 */
#include "solver/hierarchy.h"
#include "solver/method.h"

#include <math.h>

enum { REFRESH = 16 }; /* steps after which the residual is computed anew: the recursion drifts by rounding */

static clp_status begin(clp_iteration *iteration)
{
    const clp_backend *backend = iteration->u->level->device->backend;
    CLP_TRY(backend->residual(iteration->u, iteration->q, iteration->residual));
    CLP_TRY(backend->clear(iteration->correction));
    iteration->product = 0;
    iteration->begun = true;
    return CLP_OK;
}

/* z = M r: in which field, times which factor. */
static clp_status apply_preconditioner(clp_iteration *iteration, const clp_field **z, double *factor,
                                       size_t *sweeps)
{
    const clp_backend *backend = iteration->u->level->device->backend;
    const double whole = 1;
    if (iteration->hierarchy) {
        *z = clp_preconditioned(iteration);
        *factor = clp_preconditioned_unit(iteration);
        return clp_precondition(iteration, iteration->residual, sweeps);
    }
    *z = iteration->third;
    *factor = 1;
    *sweeps = 1;
    CLP_TRY(backend->clear(iteration->third)); /* a sweep from 0 divides by the diagonal */
    return backend->sweep(iteration->third, iteration->scratch, iteration->residual, &whole, 1);
}

static clp_status step(clp_iteration *iteration, size_t *sweeps)
{
    const clp_backend *backend = iteration->u->level->device->backend;
    const clp_field *z;
    clp_field *p = iteration->correction, *r = iteration->residual, *minus_ap = iteration->scratch;
    double factor, product, curvature;
    if (++iteration->position % REFRESH == 0) CLP_TRY(backend->residual(iteration->u, iteration->q, r));
    CLP_TRY(apply_preconditioner(iteration, &z, &factor, sweeps));
    CLP_TRY(backend->dot(z, r, &product));
    product *= factor;
    if (product == 0) return CLP_OK; /* solved */
    CLP_TRY(backend->combine(p, factor, z, iteration->product > 0 ? product / iteration->product : 0));
    iteration->product = product;
    CLP_TRY(backend->residual(p, NULL, minus_ap));
    CLP_TRY(backend->dot(p, minus_ap, &curvature));
    if (!(product > 0) || !(curvature < 0)) {
        iteration->broken = true;
        return CLP_OK;
    }
    CLP_TRY(backend->combine(iteration->u, product / -curvature, p, 1));
    return backend->combine(r, product / -curvature, minus_ap, 1);
}

static clp_status iterate(clp_iteration *iteration, size_t steps, bool keep_previous, size_t *sweeps)
{
    const clp_backend *backend = iteration->u->level->device->backend;
    const double plain = 1;
    *sweeps = 0;
    if (!iteration->begun) CLP_TRY(begin(iteration));
    for (size_t i = 0; i < steps && !iteration->broken; i++) {
        size_t done = 0;
        CLP_TRY(step(iteration, &done));
        *sweeps += done;
    }
    if (!keep_previous) return CLP_OK;
    ++*sweeps; /* it disturbs the directions: they begin anew */
    iteration->begun = false;
    return backend->sweep(iteration->u, iteration->scratch, iteration->q, &plain, 1);
}

static double log_factor(const clp_iteration *iteration)
{
    if (iteration->hierarchy) return log(0.2);
    double root = sqrt(iteration->lowest / 2); /* of the reciprocal condition number of D^-1 A */
    return log((1 - root) / (1 + root));
}

const clp_method clp_method_cg = {
    .name = "cg",
    .summary = "conjugate gradients, preconditioned by a multigrid cycle where there can be one",
    .corrects = true,
    .multigrid = CLP_MULTIGRID_USED,
    .cascades = true,
    .stepwise = true,
    .iterate = iterate,
    .period = clp_every_step,
    .log_factor = log_factor,
};
