/* SPDX-License-Identifier: MIT */
/*
 * Stabilised explicit steps of second order: Runge-Kutta-Legendre (C. D. Meyer, D. S. Balsara, T. D. Aslam,
 * J. Comput. Phys. 257, 2014). s stages reach as far as (s^2 + s - 2) / 4 explicit steps. The error estimate
 * is that of B. P. Sommeijer, L. F. Shampine, J. G. Verwer, J. Comput. Appl. Math. 88, 1998.
 */
#include "transient/state.h"

#include <math.h>
#include <stdlib.h>

enum { STAGES = 401 };

/* Coefficients of a step: its stages are y_j = mu y_j-1 + nu y_j-2 + (1 - mu - nu) u + dt (mu_rate L(y_j-1) +
 * gamma L(u)). */
typedef struct stage {
    double mu, nu, mu_rate, gamma, c;
    double weight; /* of L(y_j) in the step */
} stage;

static size_t stages_for(double steps)
{
    size_t s = (size_t)ceil(0.5 * (sqrt(9 + 16 * steps) - 1));
    return s < 3 ? 3 : s % 2 ? s : s + 1; /* odd numbers damp better */
}

static double b_of(size_t j)
{
    double n = (double)j;
    return j < 2 ? 1.0 / 3 : (n * n + n - 2) / (2 * n * (n + 1));
}

/* Stage 0 is u. */
static void fill_stages(size_t s, stage *stages)
{
    double n = (double)s, w1 = 4 / (n * n + n - 2);
    stages[0] = (stage){0};
    stages[1] = (stage){.mu = 1, .mu_rate = w1 / 3, .c = w1 / 3};
    for (size_t j = 2; j <= s; j++) {
        double m = (double)j;
        stage *made = &stages[j];
        made->mu = (2 * m - 1) / m * b_of(j) / b_of(j - 1);
        made->nu = -(m - 1) / m * b_of(j) / b_of(j - 2);
        made->mu_rate = made->mu * w1;
        made->gamma = -(1 - b_of(j - 1)) * made->mu_rate;
        made->c = (m * m + m - 2) / (n * n + n - 2);
        made->weight = 0;
    }
}

/* How much each stage's rate is in the result: with the factor f_j of y_j, going back from the last one. */
static clp_status find_weights(size_t s, stage *stages)
{
    double *factor = calloc(s + 1, sizeof *factor);
    if (!factor) return clp_fail_host_memory((s + 1) * sizeof *factor);
    factor[s] = 1;
    for (size_t j = s; j >= 1; j--) {
        stages[j - 1].weight += factor[j] * stages[j].mu_rate;
        stages[0].weight += factor[j] * stages[j].gamma;
        factor[j - 1] += factor[j] * stages[j].mu;
        if (j >= 2) factor[j - 2] += factor[j] * stages[j].nu;
    }
    free(factor);
    return CLP_OK;
}

/* What the result is off by, by the values and rates at both ends. */
static clp_status estimate(clp_transient *transient, double step)
{
    const clp_field *fields[] = {transient->u, transient->next, transient->rates[0], transient->rates[1]};
    CLP_TRY(clp_transient_rate(transient, transient->next, transient->rates[1]));
    return clp_transient_blend(transient->error, 0, fields, (double[]){0.8, -0.8, 0.4 * step, 0.4 * step}, 4);
}

/* All stages; y_j-1 and y_j-2 are in next and error, and change places with scratch. */
static clp_status make_stages(clp_transient *transient, double step, size_t s, const stage *stages)
{
    const clp_backend *backend = transient->device->backend;
    CLP_TRY(backend->combine(transient->next, 1, transient->u, 0));
    for (size_t j = 1; j <= s; j++) {
        const stage *at = &stages[j];
        double weight = clp_transient_weight(transient, step * at->mu_rate);
        CLP_TRY(clp_balance_add_stage(transient, step * stages[j - 1].weight, transient->next));
        CLP_TRY(backend->sweep(transient->next, transient->scratch, transient->q, &weight, 1));
        transient->in_time.applications++;
        transient->report.sweeps++;
        const clp_field *fields[] = {transient->scratch, transient->error, transient->u, transient->rates[0]};
        double factors[] = {at->mu - 1, at->nu, 1 - at->mu - at->nu, step * at->gamma};
        CLP_TRY(clp_transient_blend(transient->next, 1, fields, factors, 4));
        clp_field *oldest = transient->error;
        transient->error = transient->scratch;
        transient->scratch = oldest;
        CLP_TRY(clp_transient_move(transient, transient->time + at->c * step, transient->next));
    }
    return CLP_OK;
}

static clp_status attempt(clp_transient *transient, double step)
{
    size_t s = stages_for(step / transient->in_time.largest_stable);
    stage *stages = malloc((s + 1) * sizeof *stages);
    if (!stages) return clp_fail_host_memory((s + 1) * sizeof *stages);
    fill_stages(s, stages);
    clp_status status = find_weights(s, stages);
    if (status == CLP_OK) status = make_stages(transient, step, s, stages);
    if (status == CLP_OK) status = estimate(transient, step);
    free(stages);
    return status;
}

const clp_stepper clp_stepper_rkl2 = {
    .name = "rkl2",
    .summary = "Runge-Kutta-Legendre: second order, explicit, as many stages as a step needs to be stable",
    .order = 2,
    .reach = (STAGES * STAGES + STAGES - 2) / 4.0 * (1 - 1e-9),
    .rates = 2,
    .attempt = attempt,
};
