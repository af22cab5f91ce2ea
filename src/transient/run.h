/* SPDX-License-Identifier: MIT */
/* What the ways from output to output share. */
#ifndef CLP_TRANSIENT_RUN_H
#define CLP_TRANSIENT_RUN_H

#include "transient/state.h"

/* The time and length of steps up to an output. */
typedef struct clp_plan {
    size_t outputs;
    double every;
    double step;  /* asked for; 0: as many equal ones as are stable between outputs */
    size_t total; /* of those asked for */
} clp_plan;

clp_plan clp_plan_make(const clp_transient *transient);

/* When output number `output` is due, from 1. */
double clp_plan_time(const clp_transient *transient, const clp_plan *plan, size_t output);

/* Calls the monitor where it has not been for a tenth of a second; what one rank's says counts for all. */
clp_status clp_transient_tell(clp_transient *transient, double step);

/* Reads the state back and shows it. */
clp_status clp_transient_put_out(clp_transient *transient, const clp_field *u);

/* One step by the stepper: made; the state from now on, its last rate the first one of the step to come. */
clp_status clp_transient_attempt(clp_transient *transient, double step);
clp_status clp_transient_accept(clp_transient *transient, double step);
void clp_transient_count_step(clp_transient *transient, double step);

/* ---- steady.c ---- */

/* What passes for it: the distance, over the spread of the values. */
#define CLP_STEADY_DISTANCE 1e-6

/* By the rate now: of explicit steps, which leave no rough errors behind that it would be full of. By what
 * the last step has changed. */
clp_status clp_transient_look_at_rate(clp_transient *transient);
clp_status clp_transient_look_at_change(clp_transient *transient, double step);

/* ---- even.c, adapt.c ---- */

/* To the end by steps of one length, or of lengths that their errors choose. */
clp_status clp_transient_run_evenly(clp_transient *transient);
clp_status clp_transient_run_by_error(clp_transient *transient);

#endif
