/* SPDX-License-Identifier: MIT */
/* A method is a const descriptor in a file of its own; adding one is a new file and a word in methods.c. */
#ifndef CLP_SOLVER_METHOD_H
#define CLP_SOLVER_METHOD_H

#include "backend/backend.h"

/* A linear system A u = q on a level, on the way to its solution. */
typedef struct clp_iteration {
    clp_field *u, *scratch;
    const clp_field *q; /* NULL: 0 */
    double lowest; /* the smallest eigenvalue of D^-1 A (not 0): known, or a guess that methods improve */
    bool lowest_known;
    size_t cycle, position;          /* of methods whose weights repeat */
    clp_field *correction;           /* of methods that correct; else NULL */
    clp_field *residual;             /* likewise; NULL too where the hierarchy's serves */
    clp_field *third;                /* of methods that use a hierarchy and have none */
    struct clp_hierarchy *hierarchy; /* NULL: none */
    bool shares;        /* where norms of the residual are asked for, the next cycle begins with it */
    bool prepared;      /* the hierarchy has it already */
    bool begun, broken; /* of conjugate gradients; broken: A or the preconditioner is not definite */
    double product;     /* (z, r) of the step before */
    double left;        /* largest residual that cycles were prepared for */
    double unit;        /* about the largest |u|: cycles in single precision work in it */
} clp_iteration;

/* Whether a method works with a hierarchy of grids. */
typedef enum clp_multigrid_use {
    CLP_MULTIGRID_UNUSED,
    CLP_MULTIGRID_USED,
    CLP_MULTIGRID_NEEDED
} clp_multigrid_use;

typedef struct clp_method {
    const char *name;
    const char *summary; /* for --help */
    bool corrects;       /* needs the fields of corrections */
    bool cascades;       /* begins on coarser grids */
    bool stepwise;       /* a step is worth a test */
    clp_multigrid_use multigrid;
    bool monotone; /* no value leaves the range of those around it, if there are no sources */

    /*
     * Does `steps` of the method's own steps on u. With `keep_previous`, scratch holds the u from before the
     * last sweep afterwards. *sweeps receives the number of sweeps done.
     */
    clp_status (*iterate)(clp_iteration *iteration, size_t steps, bool keep_previous, size_t *sweeps);

    /* Steps after which a look at the residual tells something: a divisor of good chunks. */
    size_t (*period)(const clp_iteration *iteration);

    /* The factor that an error is expected to shrink by per step, as its natural logarithm (below 0). */
    double (*log_factor)(const clp_iteration *iteration);

    /* Learns from the factor that the residual's 2-norm changed by in the last `steps`, at the end of a
     * period; NULL where there is nothing to learn. */
    void (*learn)(clp_iteration *iteration, double factor, size_t steps);
} clp_method;

extern const clp_method clp_method_jacobi, clp_method_chebyshev, clp_method_sor, clp_method_multigrid,
    clp_method_cg;

/* The method of that name; "auto" and NULL choose multigrid alone for a plain operator, and around it
 * conjugate gradients where coefficients may jump. NULL if there is none. */
const clp_method *clp_method_find(const char *name, bool plain);

/* Why "auto" and NULL choose what they do; NULL for other names. Static storage. */
const char *clp_method_choice(const char *name, bool plain);

/* Starts on a system: fields of one level. Fields that only some methods need are still to be put in. */
clp_iteration clp_iteration_begin(clp_field *u, clp_field *scratch, const clp_field *q);

/* No eigenvalue of D^-1 A is above. */
static const double clp_highest_eigenvalue = 2;

/* The weight of a sweep: the reciprocal of the Chebyshev root at an angle, on the spectrum from `low` on. */
double clp_chebyshev_weight(double low, double angle);

/* The period of methods of which every step tells something. */
size_t clp_every_step(const clp_iteration *iteration);

/* The smallest eigenvalue of D^-1 A above 0 without a network, by the sides. */
double clp_lowest_eigenvalue(const clp_operator *op);

/* Norms of the residual of u. */
clp_status clp_iteration_norms(clp_iteration *iteration, clp_norms *norms);

/* About how large the smooth part of the last cycle's correction was; INFINITY where that is not known. */
clp_status clp_iteration_corrected(const clp_iteration *iteration, double *largest);

/* The residual, to where a cycle begins, and its norms. */
clp_status clp_prepare(clp_iteration *iteration, clp_norms *norms);

/* One cycle on a residual, brought to the precision of the hierarchy: afterwards clp_preconditioned() times
 * clp_preconditioned_unit() is about A^-1 r. *sweeps receives the sweeps on the finest grid. */
clp_status clp_precondition(clp_iteration *iteration, const clp_field *r, size_t *sweeps);
const clp_field *clp_preconditioned(const clp_iteration *iteration);
double clp_preconditioned_unit(const clp_iteration *iteration);

/* Smaller by no more than a factor at once: what a measurement can be trusted with. */
void clp_iteration_lower(clp_iteration *iteration, double lowest);

#endif
