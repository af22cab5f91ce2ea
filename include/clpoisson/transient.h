/* SPDX-License-Identifier: MIT */
/** @file
 * Diffusion in time: C du/dt = div(k grad u) - sigma u + source from an initial state on, on the same
 * problems that solvers solve for their steady state. What sides and electrodes hold, sources, fluxes and
 * ambients may depend on t.
 */
#ifndef CLPOISSON_TRANSIENT_H
#define CLPOISSON_TRANSIENT_H

#include <clpoisson/device.h>
#include <clpoisson/problem.h>
#include <clpoisson/report.h>
#include <clpoisson/solver.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The state at a time, told to whoever looks on. */
typedef struct clp_snapshot {
    size_t index;         /**< 0 for the initial state, then counted by outputs */
    double time;          /**< what it is the state at: with a fixed step the nearest to the time asked for */
    const double *values; /**< on the nodes, held ones included, in the grid's shape; valid during the call */
} clp_snapshot;

/** Called with the initial state and at each output time; an error ends the run and is what it answers. */
typedef clp_status clp_snapshot_function(void *user, const clp_snapshot *snapshot);

/** How far a run has come. */
typedef struct clp_time_progress {
    double time, end;
    double step; /**< the last one's length */
    size_t steps;
    double seconds; /**< since the run began */
} clp_time_progress;

/** Called some times a second; false stops the run there. */
typedef bool clp_time_monitor_function(void *user, const clp_time_progress *progress);

/** How to step; all zero but `end` means: decide for me. */
typedef struct clp_time_options {
    double end;          /**< above 0; t begins at 0 */
    double step;         /**< every step that long, as many as fit before the end; 0: auto */
    const char *method;  /**< NULL or "auto", or a name out of clp_time_method_names */
    double tolerance;    /**< error that adaptive steps may make per unit of time; 0: auto */
    double output_every; /**< 0: at the end only */
    bool until_steady;   /**< stop where the steady state is reached */
    clp_precision precision;
    clp_snapshot_function *snapshot;    /**< may be NULL */
    clp_time_monitor_function *monitor; /**< may be NULL */
    void *user;                         /**< of both */
} clp_time_options;

/** Names of the methods of this build, NULL-terminated. Static storage. */
CLP_API const char *const *clp_time_method_names(void);

/** Number of outputs of a run to its end, the initial state included. */
CLP_API size_t clp_time_output_count(const clp_time_options *options);

typedef struct clp_transient clp_transient;

/**
 * Prepares a run: chooses method, precision and step, builds kernels, brings the initial state to the device.
 * Device and problem must outlive it. The caller owns *transient. Errors: CLP_ERROR_INPUT, also for an
 * explicit step beyond the largest stable one, which the message tells; CLP_ERROR_UNSUPPORTED (no double
 * precision), CLP_ERROR_MEMORY, CLP_ERROR_DEVICE.
 */
CLP_API clp_status clp_transient_create(clp_device *device, const clp_problem *problem,
                                        const clp_time_options *options, clp_transient **transient);

/**
 * Estimates what a run would take on a device of that kind, and which method it would be. Makes the
 * equations, on the host, to find out. Errors: those of clp_transient_create; CLP_ERROR_UNSUPPORTED for one
 * rank's part.
 */
CLP_API clp_status clp_transient_estimate(const clp_problem *problem, const clp_time_options *options,
                                          const clp_device_info *device, clp_estimate *estimate);

/** Frees it; NULL is allowed. */
CLP_API void clp_transient_destroy(clp_transient *transient);

/**
 * Steps to the end. Stopping before is no error: see the report. Errors: CLP_ERROR_DIVERGED,
 * CLP_ERROR_DEVICE, CLP_ERROR_MEMORY, CLP_ERROR_INPUT for an expression without a value at some t.
 */
CLP_API clp_status clp_transient_run(clp_transient *transient);

/** The state as it is, into an array of the grid's shape: for monitors. Errors: CLP_ERROR_DEVICE. */
CLP_API clp_status clp_transient_peek(const clp_transient *transient, double *values);

/** The state that was reached, in the grid's shape; valid as long as the run. */
CLP_API const double *clp_transient_values(const clp_transient *transient);

/** The flux of that state: see clp_solver_flux. */
CLP_API void clp_transient_flux(const clp_transient *transient, double *flux);

/** The report, with `in_time`; complete after clp_transient_run. Valid as long as the run. */
CLP_API const clp_report *clp_transient_report(const clp_transient *transient);

#ifdef __cplusplus
}
#endif
#endif
