/* SPDX-License-Identifier: MIT */
/*
 * A way to step in time is a const descriptor; adding one is a word in steppers.c and the file that it needs.
 *
 * With L(t, u) = M^-1 (q(t) - A u), M being what control volumes store per u, the equation is du/dt = L(t,
 * u).
 */
#ifndef CLP_TRANSIENT_STEPPER_H
#define CLP_TRANSIENT_STEPPER_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

struct clp_transient;

enum { CLP_RATES = 3 };

/*
 * A diagonally implicit Runge-Kutta method with an explicit first stage: u_0 = u, u_i = u + dt (sum over j <
 * i of a[i - 1][j] k_j + d k_i), k_i = L(t + c[i - 1] dt, u_i). The last stage is the result.
 */
typedef struct clp_tableau {
    size_t stages; /* implicit ones */
    double d;
    double a[CLP_RATES - 1][CLP_RATES], c[CLP_RATES - 1];
    double weight[CLP_RATES];   /* of the rates k in the step: its result is u + dt sum weight k */
    double estimate[CLP_RATES]; /* in its error, likewise */
} clp_tableau;

typedef struct clp_stepper {
    const char *name;
    const char *summary; /* for --help */
    int order;
    double reach;               /* its longest step, in the largest stable explicit ones; 0: any */
    size_t rates;               /* rates k that it keeps */
    const clp_tableau *tableau; /* of implicit ones; NULL */

    /*
     * One step from `time` on: transient->next, with the rates at the begin in the first of transient->rates
     * and at the end in the last one, and an estimate of its error in transient->error, by which auto chooses
     * steps.
     */
    clp_status (*attempt)(struct clp_transient *transient, double step);

    /* Many steps at once on transient->u, chosen by what is stable; NULL: one by one. */
    clp_status (*advance)(struct clp_transient *transient, double step, size_t count);
} clp_stepper;

extern const clp_stepper clp_stepper_explicit, clp_stepper_rkl2, clp_stepper_implicit_euler,
    clp_stepper_trbdf2;

/* By its name; NULL if there is none. */
const clp_stepper *clp_stepper_find(const char *name);

#endif
