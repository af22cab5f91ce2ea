/* SPDX-License-Identifier: MIT */
/*
 * Settings that the program has no options for, from the environment; the linker puts these functions in the
 * place of the library's (--wrap):
 *
 *   CLPOISSON_HALO      depth of halos on the finest grid
 *   CLPOISSON_GATHERED  coarse grids of up to as many nodes every rank has whole
 */
#include "base/checked.h"
#include "grid/extent.h"

#include <clpoisson/ranks.h>

#include <stdlib.h>

extern __typeof__(clp_ranks_take_part) __real_clp_ranks_take_part, __wrap_clp_ranks_take_part;
extern __typeof__(clp_grid_coarsen) __real_clp_grid_coarsen, __wrap_clp_grid_coarsen;

static size_t setting(const char *name, size_t otherwise)
{
    const char *text = getenv(name);
    return text ? strtoul(text, NULL, 10) : otherwise;
}

clp_status __wrap_clp_ranks_take_part(clp_ranks *ranks, const clp_grid *grid, const bool periodic[CLP_AXES],
                                      size_t parts[CLP_AXES], size_t depth, clp_grid *part)
{
    return __real_clp_ranks_take_part(ranks, grid, periodic, parts, setting("CLPOISSON_HALO", depth), part);
}

void __wrap_clp_grid_coarsen(const clp_grid *fine, const size_t nodes[CLP_AXES], clp_grid *coarse)
{
    enum { DEPTH = 8 }; /* of halos on coarse grids: as in grid/part.c */
    size_t count = 1, most = setting("CLPOISSON_GATHERED", 0);
    bool thin = false;
    if (!getenv("CLPOISSON_GATHERED") || !clp_grid_is_part(fine)) {
        __real_clp_grid_coarsen(fine, nodes, coarse);
        return;
    }
    for (int axis = 0; axis < clp_grid_dimensions(fine); axis++) {
        count *= nodes[axis];
        thin = thin ||
               (clp_grid_is_split(fine, axis) &&
                fine->part.thinnest[axis] * (nodes[axis] - 1) / (clp_grid_whole(fine, axis) - 1) < DEPTH);
    }
    if (count > most && !thin) {
        clp_grid_coarse_slice(fine, nodes, DEPTH, coarse);
        return;
    }
    *coarse = clp_grid_of_part(fine);
    for (int axis = 0; axis < clp_grid_dimensions(fine); axis++) coarse->nodes[axis] = nodes[axis];
}
