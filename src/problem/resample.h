/* SPDX-License-Identifier: MIT */
/* Arrays of a grid on a coarser one of the same box, of which ranks may each have a part. */
#ifndef CLP_PROBLEM_RESAMPLE_H
#define CLP_PROBLEM_RESAMPLE_H

#include "problem/declared.h"
#include "transport/transport.h"

typedef struct clp_resampling {
    clp_grid fine, coarse;
    clp_ranks *ranks; /* that have the other parts; NULL: none */
    bool nodes;       /* the ends are samples, and values between them are interpolated; else the middles of
                         cells are, and the cell at a place is taken */
    const double *array;   /* of the fine grid's shape */
    const uint16_t *cells; /* or this, the materials of its cells */
} clp_resampling;

/* Of arrays over the nodes or the cells of a problem's grid, and over the nodes of a side. */
clp_resampling clp_resampling_of(const clp_problem *fine, const clp_grid *coarse, clp_ranks *ranks,
                                 bool nodes);
clp_resampling clp_resampling_of_side(const clp_problem *fine, const clp_grid *coarse, clp_ranks *ranks,
                                      int side);

/* Numbers that it will have. */
size_t clp_resampled_count(const clp_resampling *s);

/*
 * The array as it is on the coarse grid. All ranks call this together: each samples what lies on its own
 * nodes, the rest comes from the others. They get the same status: CLP_ERROR_MEMORY. The caller frees
 * *sampled.
 */
clp_status clp_resample(const clp_resampling *s, double **sampled);

#endif
