/* SPDX-License-Identifier: MIT */
/* What the files of stepping in time share. */
#ifndef CLP_TRANSIENT_STATE_H
#define CLP_TRANSIENT_STATE_H

#include "problem/assemble.h"
#include "solver/hierarchy.h"
#include "solver/method.h"
#include "transient/stepper.h"

#include <clpoisson/transient.h>

/* What feeds and holds nodes, times how long it did. Arrays are those of an assembly; NULL where nothing
 * changes.
 */
typedef struct clp_forcing {
    double *source, *feed[CLP_SIDES], *cuts;
    double *held; /* values of held nodes, which sums of fields have only at steps */
} clp_forcing;

/* Sums over the time since the last output: of u times how long it counted, so that what edges carried
 * follows, to the last digit, from what the scheme did. */
typedef struct clp_balance {
    clp_field *sum, *step; /* the second: of the step that is being made */
    double pending;        /* of u as it is, to be added before it changes */
    clp_forcing forcing, forcing_step;
    double *values; /* the host's copy of the first */
    double stored, begin;
} clp_balance;

/* The equations of implicit stages: (M / theta + A) delta = r. */
typedef struct clp_implicit {
    double theta;
    clp_network network; /* shunts and diagonal are its own */
    clp_level *level;
    clp_hierarchy *hierarchy;
    clp_field *delta, *correction;
    clp_iteration iteration;
} clp_implicit;

struct clp_transient {
    clp_device *device;
    const clp_problem *problem;
    clp_time_options options;
    const clp_stepper *stepper;
    clp_precision outer, inner; /* of u, and of cycles */
    bool plain;
    bool feeds, holds; /* right-hand side, held values change with time */
    clp_assembly assembly;
    clp_network network; /* that of the assembly, with M in the place of the diagonal */
    clp_level *level;    /* of that: sweeps with weight clp_transient_weight(dt) are explicit steps */
    clp_field *u, *next, *scratch, *q;
    clp_field *rates[CLP_RATES], *error, *spare; /* the last one of what sizes are found with */
    bool rate_known;                             /* rates[0] is that of u */
    double rate_before; /* how long before `time` the last of the rates was that of u; 0: it was not */
    clp_implicit implicit;
    clp_balance balance;
    double time;
    double magnitude;           /* largest |u| at the last output */
    double spread, widest;      /* of u at the last output; of all outputs */
    double largest;             /* |u| of the last attempt */
    double moved, moved_before; /* upper bound of what changed since the beginning: by that attempt, before */
    double enough;              /* error that solving a stage may leave */
    double *values;
    double start; /* when the run began */
    bool stopped; /* the monitor said so */
    size_t *electrode_of;
    clp_electrode_report *electrodes;
    clp_interval_report *intervals;
    size_t interval_room;
    double told;                     /* when the monitor was called */
    double lambda;                   /* of the slowest decay, as far as it is known; 0: it is not */
    double steady_rate, steady_time; /* when the steady state was last looked for, and the rate then */
    size_t steady_times;             /* how often in a row it was near */
    clp_report report;
    clp_time_report in_time;
};

/* ---- explicit.c ---- */

/* The weight of a sweep that makes it an explicit step: u + step L(u). */
double clp_transient_weight(const clp_transient *transient, double step);

/* in_time.largest_stable: no longer explicit step is sure to be stable (S. A. Gershgorin, 1931). */
clp_status clp_transient_find_stable(clp_transient *transient);

/* Brings what changes with t to another time: q, and the held nodes of a field (NULL: of none). */
clp_status clp_transient_move(clp_transient *transient, double time, clp_field *u);

/* r = q - A u, and rate = L(u), by a sweep from 0; both in the precision of u. */
clp_status clp_transient_residual(clp_transient *transient, const clp_field *u, bool fed, clp_field *r);
clp_status clp_transient_rate(clp_transient *transient, const clp_field *u, clp_field *rate);

/* The rate of u at `time`, if it is not known, into the first of the rates. */
clp_status clp_transient_begin(clp_transient *transient);

/* y = b y + sum of a[i] x[i]; those of factor 0 are not looked at. */
clp_status clp_transient_blend(clp_field *y, double b, const clp_field *const *x, const double *a,
                               size_t count);

/* The largest |value| of an unknown node. `zero` is overwritten. */
clp_status clp_transient_largest(clp_field *u, clp_field *zero, double *largest);

/* ---- implicit.c ---- */

/* Makes ready for stages of that theta. */
clp_status clp_implicit_prepare(clp_transient *transient, double theta);

/* (M / theta + A) delta = r, until what is left is below transient->enough. */
clp_status clp_implicit_solve(clp_transient *transient, const clp_field *r);

/* The residual that is left of a stage with y and a guess of its rate, which is added to y. */
clp_status clp_implicit_residual(clp_transient *transient, clp_field *y, const clp_field *rate,
                                 const clp_field **r);

/* What it takes on the device beside the fields of u. */
void clp_implicit_finish(clp_transient *transient);

/* ---- dirk.c ---- */

/* Takes from transient->error, an estimate, what the method damps. */
clp_status clp_transient_damp_estimate(clp_transient *transient);

/* ---- balance.c ---- */

clp_status clp_balance_create(clp_transient *transient);
void clp_balance_destroy(clp_transient *transient);

/* u, with what feeds it now, counted for so long: at once, or once the step that is being made is taken. */
clp_status clp_balance_add(clp_transient *transient, double weight, const clp_field *u);
clp_status clp_balance_add_stage(clp_transient *transient, double weight, const clp_field *u);

/* What feeds now, and how long u is to count for: so long, and what is pending. */
double clp_balance_take(clp_transient *transient, double weight);

/* Whether the sums matter on held sides and next to them only. */
bool clp_balance_is_of_sides(const clp_transient *transient);

/* What feeds now, counted for so long, without u. */
void clp_balance_feed(clp_transient *transient, double weight);

/* A step begins; it counts. */
clp_status clp_balance_begin_step(clp_transient *transient);
clp_status clp_balance_take_step(clp_transient *transient);

/* Held nodes take what they are held at. */
void clp_balance_put_held(const clp_operator *op, const double *held, double *values);

/* Closes the interval that ends with transient->values, for the report. CLP_ERROR_MEMORY. */
clp_status clp_balance_close(clp_transient *transient);

#endif
