/* SPDX-License-Identifier: MIT */
/** @file
 * The solver: runs a method on a problem on a device until the stopping test is met.
 */
#ifndef CLPOISSON_SOLVER_H
#define CLPOISSON_SOLVER_H

#include <clpoisson/device.h>
#include <clpoisson/problem.h>
#include <clpoisson/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What the stopping test looks at. */
typedef enum clp_criterion {
    CLP_CRITERION_ERROR = 0, /**< bound on the largest error of any unknown, in the problem's unit */
    CLP_CRITERION_RESIDUAL,  /**< 2-norm of the residual relative to that of 0 for every unknown */
    CLP_CRITERION_STEP,      /**< largest change per sweep (the classic test; says little about the error) */
} clp_criterion;

/** Where the stopping test is done. */
typedef enum clp_check {
    CLP_CHECK_AUTO = 0, /**< the device reduces, scalars come back */
    CLP_CHECK_DEVICE,
    CLP_CHECK_HOST, /**< both fields come back whole, as in the original program */
} clp_check;

/** What preconditions conjugate gradients. */
typedef enum clp_preconditioner {
    CLP_PRECONDITIONER_AUTO = 0,  /**< one multigrid cycle */
    CLP_PRECONDITIONER_MULTIGRID, /**< likewise */
    CLP_PRECONDITIONER_DIAGONAL,  /**< the diagonal: plain conjugate gradients on equations scaled by it */
} clp_preconditioner;

/** "error", "residual", "step". Static storage; likewise below. */
CLP_API const char *clp_criterion_name(clp_criterion criterion);
CLP_API const char *clp_check_name(clp_check check);

/** State at a stopping test, told to the monitor. */
typedef struct clp_progress {
    size_t iterations;
    size_t sweeps;
    double value;       /**< of the criterion */
    double tolerance;   /**< what it has to reach */
    double seconds;     /**< since the solve began */
    double sweeps_left; /**< from the measured convergence; NaN while unknown */
    double updates_per_second;
} clp_progress;

/** Called at each stopping test; false stops the solve there, with the field as it is. */
typedef bool clp_monitor_function(void *user, const clp_progress *progress);

/** How to solve; all zero means: decide for me. */
typedef struct clp_solver_options {
    const char *method; /**< NULL or "auto", or a name out of clp_method_names */
    clp_criterion criterion;
    clp_precision precision;
    clp_check check;
    clp_preconditioner preconditioner;
    double tolerance;      /**< in the criterion's unit; 0: auto */
    size_t check_every;    /**< sweeps between stopping tests; 0: auto */
    size_t max_iterations; /**< 0: auto, several times what theory expects */
    const double *guess; /**< first guess, in the grid's shape, in place of the problem's initial; NULL: none.
                            Taken where it is better than the solution on a coarser grid */
    clp_monitor_function *monitor; /**< may be NULL */
    void *monitor_user;
} clp_solver_options;

/** Names of the methods of this build, NULL-terminated. Static storage. */
CLP_API const char *const *clp_method_names(void);

typedef struct clp_solver clp_solver;

/**
 * Prepares a solve: chooses method, precision and tolerance, builds the kernels, allocates and fills the
 * fields. The problem may be destroyed afterwards; the device must outlive the solver. The caller owns
 * *solver. Errors: CLP_ERROR_INPUT, CLP_ERROR_UNSUPPORTED (no double precision on the device),
 * CLP_ERROR_MEMORY (checked before allocating: the message tells needed and available bytes and the largest
 * grid that fits), CLP_ERROR_DEVICE.
 */
CLP_API clp_status clp_solver_create(clp_device *device, const clp_problem *problem,
                                     const clp_solver_options *options, clp_solver **solver);

/** What a solve, or a run in time, will take. */
typedef struct clp_estimate {
    size_t unknowns_at_most;          /**< nodes less those of held sides */
    size_t fields;                    /**< on the device */
    unsigned long long device_bytes;  /**< of all fields */
    unsigned long long largest_bytes; /**< of the largest buffer */
    unsigned long long host_bytes;    /**< beside the fields */
    clp_precision precision;          /**< that auto takes on that device */
    const char *method;               /**< that auto takes. Static storage */
} clp_estimate;

/** Estimates what solving would take on a device of that kind. Errors: CLP_ERROR_INPUT, CLP_ERROR_MEMORY. */
CLP_API clp_status clp_solver_estimate(const clp_problem *problem, const clp_solver_options *options,
                                       const clp_device_info *device, clp_estimate *estimate);

/** Frees a solver; NULL is allowed. */
CLP_API void clp_solver_destroy(clp_solver *solver);

/**
 * Runs to the end. Stopping before the tolerance is no error: see converged and reason in the report.
 * Whatever the device says, the residual of the result is recomputed in double on the host; the report holds
 * that one, and a disagreement beyond rounding is CLP_ERROR_DEVICE naming device and driver. Other errors:
 * CLP_ERROR_DIVERGED, CLP_ERROR_MEMORY. Run again, a solver may begin with its own result.
 */
CLP_API clp_status clp_solver_run(clp_solver *solver);

/**
 * The conductance (capacitance) matrix: entry [i][j] is the flux that enters the domain from conductor i, per
 * unit depth in 2-D, while conductor j is at 1, the others at 0, and nothing is fed in. Conductors are the
 * electrodes of the report, then the held sides. `matrix` has the shape [count][count] and is symmetric. One
 * solve per conductor. Errors: as clp_solver_run.
 */
CLP_API clp_status clp_solver_matrix(clp_solver *solver, double *matrix);

/** Number of conductors, and the name of one. */
CLP_API size_t clp_solver_conductor_count(const clp_solver *solver);
CLP_API const char *clp_solver_conductor_name(const clp_solver *solver, size_t index);

/** A level of the hierarchy of grids. */
typedef struct clp_level_time {
    size_t nodes[3]; /**< 1 along z in two dimensions; among ranks of this one's part, with its halo */
    size_t whole[3]; /**< of all ranks */
    size_t sharers;  /**< ranks that have the same part: 1, those of a team, or all */
    double seconds;  /**< that a cycle spends there, on the way down and up */
} clp_level_time;

/**
 * Times the levels of a solver that uses multigrid, the finest first: the quickest of three visits. `times`
 * has room for `room`; *count receives how many there are, 0 without multigrid. *making receives how long it
 * takes to make them, without kernels: the quicker of twice, as they are made once more. NAN where
 * memory does not suffice for that. The solution is left as it is. Errors: CLP_ERROR_DEVICE.
 */
CLP_API clp_status clp_solver_time_levels(clp_solver *solver, clp_level_time *times, size_t room,
                                          size_t *count, double *making);

/** The field as it is, into an array of the grid's shape: for monitors. Errors: CLP_ERROR_DEVICE. */
CLP_API clp_status clp_solver_peek(const clp_solver *solver, double *values);

/** The report; complete after clp_solver_run. Valid as long as the solver. */
CLP_API const clp_report *clp_solver_report(const clp_solver *solver);

/**
 * The solution after clp_solver_run: values of all nodes in the grid's shape, held ones included. Valid as
 * long as the solver.
 */
CLP_API const double *clp_solver_values(const clp_solver *solver);

/**
 * The flux -k grad u on the nodes, after clp_solver_run: `flux` has the shape [nodes of the
 * grid][dimensions], in units of k times u over length; the mean of what the edges on both sides of a node
 * carry, 0 inside electrodes.
 */
CLP_API void clp_solver_flux(const clp_solver *solver, double *flux);

#ifdef __cplusplus
}
#endif
#endif
