/* SPDX-License-Identifier: MIT */
#include "solver/method.h"

#include <clpoisson/solver.h>

#include <string.h>

static const clp_method *const methods[] = {&clp_method_multigrid, &clp_method_cg, &clp_method_chebyshev,
                                            &clp_method_sor, &clp_method_jacobi};
enum { METHODS = sizeof methods / sizeof *methods };

const char *const *clp_method_names(void)
{
    static const char *names[METHODS + 1];
    for (int i = 0; i < METHODS; i++) names[i] = methods[i]->name;
    return names;
}

size_t clp_every_step(const clp_iteration *iteration)
{
    (void)iteration;
    return 1;
}

static bool is_auto(const char *name)
{
    return !name || strcmp(name, "auto") == 0;
}

const char *clp_method_choice(const char *name, bool plain)
{
    if (!is_auto(name)) return NULL;
    return plain ? "the equations are the same everywhere, so that cycles alone converge fast"
                 : "coefficients vary or electrodes lie inside, and it mends what cycles leave there";
}

const clp_method *clp_method_find(const char *name, bool plain)
{
    if (is_auto(name)) return plain ? &clp_method_multigrid : &clp_method_cg;
    for (int i = 0; i < METHODS; i++)
        if (strcmp(name, methods[i]->name) == 0) return methods[i];
    return NULL;
}
