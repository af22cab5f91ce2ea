/* SPDX-License-Identifier: MIT */
/*
 * Implicit steps, by their tableaus: backward Euler, and TR-BDF2 (R. E. Bank and others, IEEE Trans.
 * Comput.-Aided Des. 4, 1985), a trapezoidal step followed by one of backward differences, which is of second
 * order and damps what is stiff; as a Runge-Kutta method with an error estimate by M. E. Hosea, L. F.
 * Shampine, Appl. Numer. Math. 20, 1996.
 */
#include "transient/state.h"

#define W 0.35355339059327376220 /* sqrt(2) / 4 */
#define D 0.29289321881345247560 /* 1 - sqrt(2) / 2 */

/* The difference to the trapezoidal rule. */
static const clp_tableau euler = {.stages = 1, .d = 1, .c = {1}, .weight = {0, 1}, .estimate = {-0.5, 0.5}};

/* The difference to a formula of third order. */
static const clp_tableau trbdf2 = {.stages = 2,
                                   .d = D,
                                   .a = {{D}, {W, W}},
                                   .c = {2 * D, 1},
                                   .weight = {W, W, D},
                                   .estimate = {(4 * W - 1) / 3, -1.0 / 3, 2 * D / 3}};

/* The rate that a stage will have about: what those before lead to, in a straight line. */
static clp_status guess(clp_transient *transient, const clp_tableau *tableau, size_t stage, double step)
{
    clp_field **k = transient->rates, *known = k[stage == 0 ? tableau->stages : stage];
    double share = 0; /* the last of the rates is still that of the step before, if it was taken */
    if (stage > 0)
        share = tableau->c[stage] / tableau->c[stage - 1];
    else if (transient->rate_before > 0)
        share = -tableau->c[0] * step / transient->rate_before;
    if (share < -2) share = 0; /* too far */
    const clp_field *fields[] = {k[0], known};
    if (known != k[stage + 1])
        return clp_transient_blend(k[stage + 1], 0, fields, (double[]){1 - share, share}, 2);
    return clp_transient_blend(known, share, fields, (double[]){1 - share}, 1);
}

/* Stage number `stage`, from 0: into next, with its rate. */
static clp_status make_stage(clp_transient *transient, const clp_tableau *tableau, size_t stage, double step)
{
    const clp_backend *backend = transient->device->backend;
    clp_field **k = transient->rates, *y = transient->next, *delta = transient->implicit.delta;
    const clp_field *r;
    double factors[CLP_RATES] = {0}, theta = tableau->d * step;
    for (size_t j = 0; j <= stage; j++) factors[j] = step * tableau->a[stage][j];
    CLP_TRY(backend->combine(y, 1, transient->u, 0));
    CLP_TRY(clp_transient_blend(y, 1, (const clp_field *const *)k, factors, stage + 1));
    CLP_TRY(guess(transient, tableau, stage, step));
    CLP_TRY(clp_transient_move(transient, transient->time + tableau->c[stage] * step, y));
    CLP_TRY(clp_implicit_residual(transient, y, k[stage + 1], &r));
    CLP_TRY(clp_implicit_solve(transient, r));
    CLP_TRY(backend->combine(y, 1, delta, 1));
    CLP_TRY(backend->combine(k[stage + 1], 1 / theta, delta, 1));
    return clp_balance_add_stage(transient, step * tableau->weight[stage + 1], y);
}

static clp_status attempt(clp_transient *transient, double step)
{
    const clp_tableau *tableau = transient->stepper->tableau;
    CLP_TRY(clp_implicit_prepare(transient, tableau->d * step));
    CLP_TRY(clp_balance_add_stage(transient, step * tableau->weight[0], transient->u));
    for (size_t stage = 0; stage < tableau->stages; stage++)
        CLP_TRY(make_stage(transient, tableau, stage, step));
    double factors[CLP_RATES];
    for (size_t j = 0; j < CLP_RATES; j++) factors[j] = step * tableau->estimate[j];
    return clp_transient_blend(transient->error, 0, (const clp_field *const *)transient->rates, factors,
                               tableau->stages + 1);
}

/*
 * What is stiff makes the estimate too large. Damped as the method damps it: e <- (M / theta + A)^-1 M /
 * theta e, which is e less (M / theta + A)^-1 A e.
 */
clp_status clp_transient_damp_estimate(clp_transient *transient)
{
    const clp_backend *backend = transient->device->backend;
    CLP_TRY(clp_transient_residual(transient, transient->error, false, transient->scratch));
    CLP_TRY(clp_implicit_solve(transient, transient->scratch));
    return backend->combine(transient->error, 1, transient->implicit.delta, 1);
}

const clp_stepper clp_stepper_implicit_euler = {
    .name = "implicit_euler",
    .summary = "backward Euler: first order, stable at any step",
    .order = 1,
    .rates = 2,
    .tableau = &euler,
    .attempt = attempt,
};

const clp_stepper clp_stepper_trbdf2 = {
    .name = "trbdf2",
    .summary = "TR-BDF2: second order, stable at any step, damps what is stiff",
    .order = 2,
    .rates = 3,
    .tableau = &trbdf2,
    .attempt = attempt,
};
