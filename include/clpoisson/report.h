/* SPDX-License-Identifier: MIT */
/** @file
 * The report: what was solved, on what, how, how right the answer is, and what it cost.
 */
#ifndef CLPOISSON_REPORT_H
#define CLPOISSON_REPORT_H

#include <clpoisson/device.h>
#include <clpoisson/grid.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Why a solve ended. */
typedef enum clp_reason {
    CLP_REASON_NONE = 0,       /**< not run yet */
    CLP_REASON_TOLERANCE,      /**< the criterion is met */
    CLP_REASON_MAX_ITERATIONS, /**< as many steps as allowed */
    CLP_REASON_INTERRUPTED,    /**< the monitor asked to stop */
    CLP_REASON_ROUNDING,       /**< no further progress possible in this precision */
    CLP_REASON_STAGNATION,     /**< no progress, far from what rounding would explain */
    CLP_REASON_BREAKDOWN, /**< the equations or the preconditioner turned out not to be positive definite */
    CLP_REASON_END,       /**< of the time to step through */
    CLP_REASON_STEADY,    /**< nothing changes with time any more */
} clp_reason;

/** "tolerance", "max_iterations", "interrupted", "rounding", "stagnation", "breakdown", "end", "steady" or
 * "none". Static storage. */
CLP_API const char *clp_reason_name(clp_reason reason);

/** An electrode: the regions of one name that hold u. */
typedef struct clp_electrode_report {
    char name[64];
    bool floating;
    double value; /**< what it holds; of a floating one, what was found; NaN where it varies */
    double flux;  /**< what enters the domain from it, per unit depth in 2-D */
} clp_electrode_report;

/** A stopping test. */
typedef struct clp_test_report {
    size_t iterations, sweeps;
    double seconds;  /**< since the solve began */
    double value;    /**< of the criterion; infinite before anything is known */
    double residual; /**< 2-norm; NaN where the test does not look at it */
} clp_test_report;

/**
 * What happened between two outputs of a run in time. Amounts are integrals over the interval, per unit depth
 * in 2-D; `imbalance` is what fluxes and sources bring in less what is stored in addition: 0 but for what the
 * scheme and rounding leave.
 */
typedef struct clp_interval_report {
    double time;   /**< at its end */
    size_t steps;  /**< up to there */
    double stored; /**< what the nodes that are not held store at its end: the integral of capacity times u */
    double change; /**< of that, since the interval before */
    double entered; /**< through sides and from electrodes */
    double fed;     /**< by sources */
    double drained; /**< by reaction */
    double imbalance;
    double minimum, maximum, mean; /**< of u at its end */
} clp_interval_report;

/** How a run in time went. */
typedef struct clp_time_report {
    double end; /**< asked for */
    double reached;
    double step;         /**< asked for; NaN: auto */
    double tolerance;    /**< per unit of time; NaN where it is auto or steps are fixed */
    double output_every; /**< NaN: at the end only */
    size_t steps, rejected;
    double step_smallest, step_largest;
    double largest_stable;                /**< of explicit steps: sure to be stable */
    size_t applications;                  /**< of the operator on the grid: sweeps and residuals */
    size_t cycles;                        /**< of implicit steps */
    bool steady;                          /**< stopped because nothing changes any more */
    const clp_interval_report *intervals; /**< the first one is the initial state; the run's */
    size_t interval_count;
} clp_time_report;

/** What one of several ranks had to do. */
typedef struct clp_rank_report {
    char device[128];
    size_t nodes;                  /**< of its own */
    size_t exchanges;              /**< of halos */
    unsigned long long overlapped; /**< of these, while it swept */
    unsigned long long halo_bytes; /**< that it sent in them */
    double seconds_solve;
    double seconds_waiting; /**< in exchanges and sums, for the others or for messages to arrive */
} clp_rank_report;

/** How ranks shared the work (clpoisson/ranks.h). */
typedef struct clp_ranks_report {
    const char *transport;
    size_t parts[CLP_AXES];
    const clp_rank_report *list;
    size_t count;
    double imbalance; /**< by how much the busiest one worked longer than the mean, waiting left out, of the
                         mean */
} clp_ranks_report;

/** A figure that does not exist is NaN (null in JSON). Times are in seconds. */
typedef struct clp_report {
    clp_grid grid;
    size_t unknowns; /**< nodes that are not held */
    clp_device_info device;

    char method[16];
    const char *choice; /**< why auto took that method; NULL where it was asked for by name. Static storage */
    char precision[16];
    char criterion[16];
    char check[16];
    double tolerance;
    size_t iterations; /**< the method's own steps */
    size_t sweeps;
    size_t tests;                   /**< stopping tests done */
    const clp_test_report *history; /**< the tests of the last solve; the solver's */
    size_t history_count;
    bool converged;
    clp_reason reason;

    double residual_initial; /**< 2-norm of q - A u over the unknowns, where those are 0, in units of q */
    double residual_final;
    double residual_relative; /**< residual_final / residual_initial; 0 where both are 0 */
    double algebraic_bound;   /**< no unknown is further than this from the exact answer of the equations */
    bool bound_is_certified;
    double discretization_estimate; /**< about how far the exact answer of the equations is from that of the
                                       problem, at most, by comparing with a coarser grid (L. F. Richardson,
                                       1911); NAN where there was none */
    bool coarser_differs; /**< there was one, but its solution is another one by more than a tenth of
                             the range: thin materials or electrodes get lost there, and nothing is
                             estimated */

    double seconds_setup, seconds_compile, seconds_solve, seconds_output, seconds_total;
    unsigned long long device_bytes;
    double bytes_per_unknown;
    double updates_per_second, bytes_per_second, unknowns_per_second;

    double minimum, maximum; /**< over all nodes */
    double mean;             /**< volume-weighted */
    double energy;           /**< half the integral of k |grad u|^2, per unit depth in 2-D */
    double capacitance;      /**< 2 energy over the squared difference, of two electrodes; else NaN */
    double
        flux[CLP_SIDES]; /**< what enters through each side, per unit depth in 2-D; 0 where it is insulated */
    const clp_electrode_report *electrodes; /**< valid as long as the solver */
    size_t electrode_count;
    double source;        /**< what all sources feed in, per unit depth in 2-D */
    double sink;          /**< what reaction takes out */
    double imbalance;     /**< sum of fluxes and sources less sinks; 0 but for what is left of the residual */
    const double *matrix; /**< [count][count], where clp_solver_matrix was asked for; else NULL */
    const char *const *conductors; /**< names of its rows */
    size_t conductor_count;
    bool singular;                  /**< nothing holds the solution: it is the one of mean 0 */
    const clp_time_report *in_time; /**< NULL: it is the steady state */
    const clp_ranks_report *ranks;  /**< NULL: there was one alone */
} clp_report;

#ifdef __cplusplus
}
#endif
#endif
