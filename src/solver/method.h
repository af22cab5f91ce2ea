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
    size_t cycle, position;           /* of methods whose weights repeat */
    clp_field *correction, *residual; /* of methods that correct; else NULL */
} clp_iteration;

typedef struct clp_method {
    const char *name;
    const char *summary; /* for --help */
    bool corrects;       /* needs the fields of corrections */
    bool cascades;       /* begins on coarser grids */
    bool monotone;       /* no value leaves the range of those around it, if there are no sources */

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

extern const clp_method clp_method_jacobi, clp_method_chebyshev, clp_method_sor;

/* The method of that name ("auto" and NULL choose one); NULL if there is none. */
const clp_method *clp_method_find(const char *name);

/* Starts on a system: fields of one level. The last two are for methods that correct. */
clp_iteration clp_iteration_begin(clp_field *u, clp_field *scratch, const clp_field *q, clp_field *correction,
                                  clp_field *residual);

/* The smallest eigenvalue of D^-1 A above 0 without a network, by the sides. */
double clp_lowest_eigenvalue(const clp_operator *op);

/* Smaller by no more than a factor at once: what a measurement can be trusted with. */
void clp_iteration_lower(clp_iteration *iteration, double lowest);

#endif
