/* SPDX-License-Identifier: MIT */
/* What the files of the solver share. */
#ifndef CLP_SOLVER_STATE_H
#define CLP_SOLVER_STATE_H

#include "backend/backend.h"
#include "problem/assemble.h"
#include "solver/bound.h"
#include "solver/method.h"

#include <clpoisson/solver.h>

struct clp_solver {
    clp_device *device;
    clp_solver_options options; /* auto resolved, but for check_every */
    const clp_method *method;
    const char *choice;                /* why auto took it; NULL: it was asked for */
    clp_precision outer, inner;        /* of the level and of the hierarchy */
    bool plain;                        /* the operator has no network */
    bool multigrid;                    /* there is to be a hierarchy */
    bool shares_vectors;               /* the method's vectors are those of its finest level */
    struct clp_hierarchy *hierarchy;   /* NULL: none */
    const struct clp_hierarchy *finer; /* that of the problem that this one is a coarser one of; NULL: none */
    clp_memory_use use;
    clp_assembly assembly;
    clp_level *level;
    clp_field *u, *scratch, *q;       /* q is NULL where it is 0 */
    clp_field *correction, *residual; /* of methods that correct, the second not if it shares; else NULL */
    clp_field *third;                 /* of conjugate gradients without a hierarchy; else NULL */
    clp_iteration iteration;
    clp_solver *coarse; /* for a first guess; NULL: none */
    double enough;      /* error that does not matter to a finer grid's first guess; 0: none */
    bool guessed;       /* the first guess is the user's own */
    bool interpolates;  /* the first guess is the coarser solution, and not in the assembly */
    bool quiet;         /* no notices */
    double *values;     /* of the result, in the grid's shape; may be the assembly's */
    double *previous;   /* the field before, for check: host; NULL otherwise */
    size_t held_count;
    double *held_values; /* what was written to the held nodes, in double, in the order of the nodes */
    double magnitude;    /* largest |u| seen or known of: what rounding is relative to */
    double range;        /* largest error that the first guess can have; INFINITY where unknown */
    clp_bound bound;
    double source_largest; /* largest |q| */
    bool auto_tolerance;   /* not final: to be made relative to the range of the solution */
    bool own_guess;        /* the first guess is the user's, not a coarser grid's */
    bool told_attainable;
    double seconds_levels; /* that making the hierarchy took, with what PoCL compiles at first launches */
    double held_rounding;  /* largest error of a held value, from storing it in the level's precision */
    double unit_bound;     /* of the error of the last solve with one conductor at 1 */
    clp_norms seen;        /* of the residual of u as it is, by the device */
    bool has_seen;
    double host_largest;              /* residual that the last verification found */
    double rounding;                  /* in a network: how far it may have been off; 0 before */
    bool refined;                     /* values are better than what the device holds */
    clp_electrode_report *electrodes; /* of the report */
    size_t *electrode_of;             /* of each region */
    clp_test_report *history;         /* of the report */
    size_t history_room;
    clp_report report;
};

/* A stopping test: the norms it saw and the criterion's value. */
typedef struct clp_test {
    size_t sweeps, iterations;
    clp_norms norms; /* of the residual, or of the change for the step criterion */
    double value;
} clp_test;

/* clp_solver_create for a solver that says nothing; may use levels of a finer problem's hierarchy (NULL:
 * none). */
clp_status clp_solver_create_quiet(clp_device *device, const clp_problem *problem,
                                   const clp_solver_options *options, const struct clp_hierarchy *finer,
                                   clp_solver **solver);

/* An iteration on u with the solver's fields; q may be another right-hand side. */
clp_iteration clp_solver_iteration(const clp_solver *solver, const clp_field *q);

/* Norms of the residual of u, from where the tests are done: the device, or the host. */
clp_status clp_solver_residual(clp_solver *solver, clp_norms *norms);

/* Looks at u (and scratch, for the step criterion). CLP_ERROR_DIVERGED if u is no longer finite or grew. */
clp_status clp_solver_test(clp_solver *solver, clp_test *test);

/* Whether the criterion looks at the field before the last sweep. */
bool clp_solver_needs_previous(const clp_solver *solver);

/*
 * Reads u back, recomputes the residual in double and fills the error part of the report.
 * CLP_ERROR_DEVICE if the device disagrees beyond rounding or has changed a held node.
 */
clp_status clp_solver_verify(clp_solver *solver, bool *met);

/* Reads u back as a first guess for a finer grid, whose verification is the one that counts. */
clp_status clp_solver_take_guess(clp_solver *solver);

/* Whether clp_solver_refine() has what it needs. */
bool clp_solver_can_refine(const clp_solver *solver);

/* Makes solver->values, as verified, better than the device's precision allows, and the report's error part
 * with it. The device's field is no longer the solution's. CLP_ERROR_MEMORY. */
clp_status clp_solver_refine(clp_solver *solver, bool *met);

/* One round of refinement: w, with A w about f and 0 on held nodes, gets better. CLP_ERROR_MEMORY. */
clp_status clp_solver_correct(clp_solver *solver, const double *f, double *w);

/* The largest residual that rounding in the level's precision can leave. */
double clp_solver_rounding_residual(const clp_solver *solver);

/* The least bound that rounding leaves room for, as far as it is known before the result is; NaN without a
 * bound. */
double clp_solver_attainable(const clp_solver *solver);

/* Puts into the report what norms of the host's residual of solver->values, off by `rounding` at most, say of
 * the error, and how much more than that it may be. */
clp_status clp_solver_certify(clp_solver *solver, clp_norms host, double rounding, double more);

/* Estimates the grid's own error from solver->values, and what auto asks for from that. */
clp_status clp_solver_take_estimate(clp_solver *solver);

/* What auto asks for at most. */
double clp_solver_tolerance_at_most(const clp_solver *solver);

/* Reports how far solver->values, where they solve the equations, are from the solution of the problem; NAN
 * where there was no coarser grid to compare with, or none that is like it. */
clp_status clp_solver_estimate_discretization(clp_solver *solver);

/* Lagrange's weights on four nodes one apart, at t from the first. */
void clp_cubic_weights(double t, double weight[4]);

/* Auto: a tenth of the discretisation error, but not more than a part of the spread of the solution; 1e-8 for
 * a relative residual. */
void clp_solver_choose_tolerance(clp_solver *solver);

/* No eigenvalue of D^-1 A is below: A w >= D[p] / D gives 1 / (D w), D the largest diagonal. */
double clp_solver_least_eigenvalue(const clp_solver *solver);

/* Brings the right-hand side and the first guess to the device. */
clp_status clp_solver_write_system(clp_solver *solver);

/* Solves the system that the assembly describes: the loop of sweeps and tests, up to the verified residual.
 */
clp_status clp_solver_solve(clp_solver *solver);

/* Gives a solver, and its coarser ones, values apart from the first guess, for solves of something else. */
clp_status clp_solver_separate_values(clp_solver *solver);

/* Whether to go on, as the monitors of all ranks say. */
bool clp_solver_goes_on(const clp_solver *solver, const clp_progress *progress);

/* clp_operator_smallest_part, of all ranks. */
clp_status clp_solver_smallest_part(const clp_solver *solver, double *part);

/* Takes the held values out of the assembly's field into the solver. */
clp_status clp_solver_measure(clp_solver *solver);

/* Finds the potentials of floating electrodes, by solves of their own, and holds them there. */
clp_status clp_solver_find_floating(clp_solver *solver);

/* Finds what turns residuals into bounds of the error; may solve a system of its own for it. */
clp_status clp_solver_find_bound(clp_solver *solver);

#endif
