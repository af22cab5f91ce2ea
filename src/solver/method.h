/* SPDX-License-Identifier: MIT */
/* A method is a const descriptor in a file of its own; adding one is a new file and a word in methods.c. */
#ifndef CLP_SOLVER_METHOD_H
#define CLP_SOLVER_METHOD_H

#include "backend/backend.h"

typedef struct clp_method {
    const char *name;
    const char *summary; /* for --help */

    /*
     * Does `steps` of the method's own steps on u. With `keep_previous`, scratch holds the u from before the
     * last sweep afterwards. *sweeps receives the number of sweeps done.
     */
    clp_status (*iterate)(clp_field *u, clp_field *scratch, size_t steps, bool keep_previous, size_t *sweeps);

    /* The factor that theory expects an error to shrink by per step, as its natural logarithm (below 0). */
    double (*log_factor)(const clp_operator *op);
} clp_method;

extern const clp_method clp_method_jacobi;

/* The method of that name ("auto" and NULL choose one); NULL if there is none. */
const clp_method *clp_method_find(const char *name);

#endif
