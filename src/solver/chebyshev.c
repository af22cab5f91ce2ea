/* SPDX-License-Identifier: MIT */
/*
 * Chebyshev's acceleration of Jacobi's method: the weights of m sweeps are the reciprocals of the roots of
 * the m-th Chebyshev polynomial on an interval [a, b] that holds the spectrum of D^-1 A, so that every error
 * in it shrinks by T_m((b + a) / (b - a)) at least (D. M. Young, Iterative Solution of Large Linear Systems,
 * 1971, chapter 11). The order of Lebedev and Finogenov (USSR Comp. Math. Math. Phys. 13, 1973) keeps
 * rounding and the values on the way small. b = 2 holds for every A here; a is known for a plain box and
 * otherwise found from errors that shrink less than promised (L. A. Hageman, D. M. Young, Applied Iterative
 * Methods, 1981).
 *
 * Weights reach 1 / a, and each sweep rounds by so many times the rounding of its field. So a cycle computes
 * a correction, which starts at 0 and gets smaller from cycle to cycle, in place of the solution itself.
 */
#include "solver/method.h"

#include "base/checked.h"

#include <math.h>

enum { BATCH = 256, CYCLE_LEAST = 16, CYCLE_MOST = 4096, SMOOTHING = 16 };

/* What a cycle leaves of all errors alike shows in the residual by its eigenvalue: some more sweeps take the
 * rough part, above this eigenvalue, out of it, which makes the bound of the error tell more. */
static const double rough = 0.04;

/* Long cycles waste less of the first factor 2; twice the square root of the condition number is enough. */
static size_t cycle_of(const clp_iteration *iteration)
{
    double wanted = 2 * sqrt(clp_highest_eigenvalue / iteration->lowest);
    size_t cycle = CYCLE_LEAST;
    while (cycle < CYCLE_MOST && (double)cycle < wanted) cycle *= 2;
    return cycle;
}

static size_t period(const clp_iteration *iteration)
{
    return cycle_of(iteration) + SMOOTHING;
}

/* The root that comes at a position, as an odd number below twice the cycle. */
static size_t root_at(size_t position, size_t cycle)
{
    if (cycle == 1) return 1;
    size_t before = root_at(position / 2, cycle / 2);
    return position % 2 ? 2 * cycle - before : before;
}

/* The weight for the root at a position of a cycle on the spectrum from `low` on. */
static double weight_for(double low, size_t position, size_t cycle)
{
    double angle = M_PI * (double)root_at(position, cycle) / (double)(2 * cycle);
    return clp_chebyshev_weight(low, angle);
}

static double weight_at(const clp_iteration *iteration)
{
    if (iteration->position < iteration->cycle)
        return weight_for(iteration->lowest, iteration->position, iteration->cycle);
    return weight_for(rough, iteration->position - iteration->cycle, SMOOTHING);
}

/* A cycle begins with a new residual, and its sweeps work on the correction. */
static clp_status begin_cycle(clp_iteration *iteration)
{
    const clp_backend *backend = iteration->u->level->device->backend;
    iteration->cycle = cycle_of(iteration);
    iteration->position = 0;
    CLP_TRY(backend->residual(iteration->u, iteration->q, iteration->residual));
    return backend->clear(iteration->correction);
}

static clp_status end_cycle(clp_iteration *iteration)
{
    const clp_backend *backend = iteration->u->level->device->backend;
    if (iteration->position == 0) return CLP_OK;
    iteration->position = 0;
    return backend->combine(iteration->u, 1, iteration->correction, 1);
}

static clp_status sweep(clp_iteration *iteration, size_t count)
{
    const clp_backend *backend = iteration->u->level->device->backend;
    double weights[BATCH];
    for (size_t left = count; left > 0;) {
        size_t now = clp_min(left, BATCH);
        for (size_t k = 0; k < now; k++, iteration->position++) weights[k] = weight_at(iteration);
        CLP_TRY(backend->sweep(iteration->correction, iteration->scratch, iteration->residual, weights, now));
        left -= now;
    }
    return CLP_OK;
}

/* What is asked for may be less than a cycle, and then is a shorter one. */
static clp_status iterate(clp_iteration *iteration, size_t steps, bool keep_previous, size_t *sweeps)
{
    const clp_backend *backend = iteration->u->level->device->backend;
    const double plain = 1;
    size_t last = keep_previous ? 1 : 0;
    iteration->position = 0;
    for (size_t left = steps - last; left > 0;) {
        CLP_TRY(begin_cycle(iteration));
        while (iteration->cycle > left) iteration->cycle /= 2;
        /* A part of the smoothing would make rough errors larger. */
        size_t now = left >= iteration->cycle + SMOOTHING ? iteration->cycle + SMOOTHING : iteration->cycle;
        CLP_TRY(sweep(iteration, now));
        CLP_TRY(end_cycle(iteration));
        left -= now;
    }
    if (last) CLP_TRY(backend->sweep(iteration->u, iteration->scratch, iteration->q, &plain, 1));
    *sweeps = steps;
    return CLP_OK;
}

/* log T_m((b + a) / (b - a)). */
static double log_reduction(double low, double cycle)
{
    double t = cycle * acosh((clp_highest_eigenvalue + low) / (clp_highest_eigenvalue - low));
    return t > 30 ? t - log(2) : log(cosh(t));
}

static double log_factor(const clp_iteration *iteration)
{
    return -log_reduction(iteration->lowest, (double)cycle_of(iteration)) / (double)period(iteration);
}

/* An eigenvalue below a shrinks by T_m(z) / T_m((b + a) / (b - a)) only, with z above 1 inside what T_m grows
 * in: solved for it. */
static void learn(clp_iteration *iteration, double factor, size_t steps)
{
    if (iteration->lowest_known || steps != period(iteration)) return;
    double cycle = (double)cycle_of(iteration), low = iteration->lowest;
    double got = log(factor) + log_reduction(low, cycle);
    if (got < log(1.5)) return; /* as promised, as far as the 2-norm tells */
    double z = cosh(acosh(exp(fmin(got, 600))) / cycle);
    double found = 0.5 * (clp_highest_eigenvalue + low - z * (clp_highest_eigenvalue - low));
    clp_iteration_lower(iteration, fmax(0.9 * found, 0));
}

const clp_method clp_method_chebyshev = {
    .name = "chebyshev",
    .summary = "Jacobi sweeps with the weights that shrink all errors alike",
    .corrects = true,
    .cascades = true,
    .iterate = iterate,
    .period = period,
    .log_factor = log_factor,
    .learn = learn,
};
