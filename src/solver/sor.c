/* SPDX-License-Identifier: MIT */
/*
 * Successive over-relaxation in red-black order: Gauss-Seidel steps, one colour of nodes after the other,
 * lengthened by w = 2 / (1 + sqrt(1 - mu^2)), mu the spectral radius of Jacobi's method (S. P. Frankel, Math.
 * Tables Aids Comp. 4, 1950; D. M. Young, Trans. AMS 76, 1954). Errors shrink by w - 1 per sweep. Where mu is
 * not known it is found from errors that shrink less: (r + w - 1)^2 = r w^2 mu^2.
 */
#include "solver/method.h"

#include "base/checked.h"

#include <math.h>

static double weight_of(const clp_iteration *iteration)
{
    double mu = 1 - iteration->lowest;
    return 2 / (1 + sqrt(fmax((1 - mu) * (1 + mu), 0)));
}

/* The first sweeps of a period mix old errors; as many as shrink an error by some factors tell the rate. */
static size_t period(const clp_iteration *iteration)
{
    double wanted = 2 / sqrt(2 * iteration->lowest);
    return wanted < 16 ? 16 : wanted < 4096 ? (size_t)wanted : 4096;
}

static clp_status iterate(clp_iteration *iteration, size_t steps, bool keep_previous, size_t *sweeps)
{
    const clp_backend *backend = iteration->u->level->device->backend;
    double weight = weight_of(iteration);
    size_t last = keep_previous ? 1 : 0;
    if (steps > last)
        CLP_TRY(backend->relax(iteration->u, iteration->scratch, iteration->q, weight, steps - last));
    if (last) CLP_TRY(backend->relax(iteration->u, iteration->scratch, iteration->q, weight, last));
    *sweeps = steps;
    return CLP_OK;
}

static double log_factor(const clp_iteration *iteration)
{
    return log(fmax(weight_of(iteration) - 1, 0.1));
}

static void learn(clp_iteration *iteration, double factor, size_t steps)
{
    if (iteration->lowest_known || steps < period(iteration) || !(factor < 1)) return;
    double rate = exp(log(factor) / (double)steps), weight = weight_of(iteration);
    if (rate < pow(weight - 1, 0.8)) return; /* as promised, as far as the 2-norm tells */
    double mu = (rate + weight - 1) / (sqrt(rate) * weight);
    clp_iteration_lower(iteration, mu < 1 ? 1 - mu : iteration->lowest / 4);
}

const clp_method clp_method_sor = {
    .name = "sor",
    .summary = "red-black Gauss-Seidel, over-relaxed",
    .iterate = iterate,
    .cascades = true,
    .period = period,
    .log_factor = log_factor,
    .learn = learn,
};
