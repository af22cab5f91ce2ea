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

/*
 * Around cycles on a network the vectors are the hierarchy's, in its precision and in units of their own.
 * Only u is in that of the solution, and the residual computed from it at each step: the recursion would lose
 * what its rounding adds up to over regions that conduct well, and a stopping test looks at it anyway.
 */
static bool shares_vectors(const clp_iteration *iteration)
{
    return iteration->hierarchy && !iteration->residual;
}

static clp_status begin(clp_iteration *iteration)
{
    const clp_backend *backend = iteration->u->level->device->backend;
    if (!shares_vectors(iteration))
        CLP_TRY(backend->residual(iteration->u, iteration->q, iteration->residual));
    CLP_TRY(backend->clear(iteration->correction));
    iteration->product = 0;
    iteration->begun = true;
    return CLP_OK;
}

/* The direction p = factor z + beta p, from (z, r). */
static clp_status turn(clp_iteration *iteration, const clp_field *z, double factor, double product)
{
    const clp_backend *backend = iteration->u->level->device->backend;
    double beta = iteration->product > 0 ? product / iteration->product : 0;
    iteration->product = product;
    return backend->combine(iteration->correction, factor, z, beta);
}

/* How far to go along p: to where the energy is least. */
static bool length_of(clp_iteration *iteration, double curvature, double *length)
{
    *length = iteration->product / curvature;
    iteration->broken = !(iteration->product > 0) || !(curvature > 0);
    return !iteration->broken;
}

/* Brings the unit to the size of what is left where it is far off: products of vectors stay in the range of
 * single precision. */
static void choose_unit(clp_iteration *iteration)
{
    double unit = iteration->left / iteration->u->level->op.diagonal, ratio = iteration->unit / unit;
    if (!(unit > 0) || !isfinite(ratio) || (ratio < 1e6 && ratio > 1e-6)) return;
    iteration->unit = unit;
    iteration->product = 0; /* directions begin anew */
    iteration->prepared = false;
}

static clp_status step_sharing(clp_iteration *iteration, size_t *sweeps)
{
    const clp_rung *finest = &iteration->hierarchy->rungs[0];
    const clp_backend *backend = finest->level->device->backend;
    clp_norms norms;
    double product, curvature, length;
    if (iteration->prepared) choose_unit(iteration);
    if (!iteration->prepared) CLP_TRY(clp_prepare(iteration, &norms));
    iteration->prepared = false;
    CLP_TRY(clp_hierarchy_cycle(iteration->hierarchy, 0, NULL, sweeps));
    CLP_TRY(backend->dot(finest->u, finest->q, &product));
    CLP_TRY(turn(iteration, finest->u, 1, product));
    CLP_TRY(backend->energy(iteration->correction, &curvature));
    if (!length_of(iteration, curvature, &length)) return CLP_OK;
    return backend->combine(iteration->u, length * iteration->unit, iteration->correction, 1);
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
    double factor, product, curvature, length;
    if (++iteration->position % REFRESH == 0) CLP_TRY(backend->residual(iteration->u, iteration->q, r));
    CLP_TRY(apply_preconditioner(iteration, &z, &factor, sweeps));
    CLP_TRY(backend->dot(z, r, &product));
    product *= factor;
    CLP_TRY(turn(iteration, z, factor, product));
    CLP_TRY(backend->residual(p, NULL, minus_ap));
    CLP_TRY(backend->dot(p, minus_ap, &curvature));
    if (!length_of(iteration, -curvature, &length)) return CLP_OK;
    CLP_TRY(backend->combine(iteration->u, length, p, 1));
    return backend->combine(r, length, minus_ap, 1);
}

static clp_status iterate(clp_iteration *iteration, size_t steps, bool keep_previous, size_t *sweeps)
{
    const clp_backend *backend = iteration->u->level->device->backend;
    const double plain = 1;
    *sweeps = 0;
    if (!iteration->begun) CLP_TRY(begin(iteration));
    for (size_t i = 0; i < steps && !iteration->broken; i++) {
        size_t done = 0;
        CLP_TRY(shares_vectors(iteration) ? step_sharing(iteration, &done) : step(iteration, &done));
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
