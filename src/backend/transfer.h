/* SPDX-License-Identifier: MIT */
/*
 * Between two uniform grids of the same box, of any number of nodes: linear interpolation, and its transpose
 * weighted by the control volumes, which averages (full weighting).
 *
 * The coarse nodes need not be fine ones. What matters is that both grids are uniform and end at the same
 * sides: then a coarse operator is the same stencil as the fine one, and no level needs coefficients.
 */
#ifndef CLP_BACKEND_TRANSFER_H
#define CLP_BACKEND_TRANSFER_H

#include "backend/operator.h"

#include <stdint.h>

enum { CLP_TAPS = 4 }; /* fine nodes that a coarse one gathers from along an axis, at most */

/*
 * One axis. Coarse node I gathers weight[I][a] times fine node gather[I][a], a < taps: mirrored at insulated
 * sides, wrapped on a periodic axis. Fine node i lies between coarse nodes below[i] and below[i] + 1, the
 * part part[i] of the way. An axis that is not coarsened has one tap. One that is collapsed (as many nodes,
 * but no coarse conductance) has the mean of its nodes everywhere.
 */
typedef struct clp_axis_transfer {
    size_t fine, coarse; /* nodes; 1 along z in two dimensions */
    int taps;
    int32_t *first; /* gather[I][0], not yet mirrored or wrapped */
    uint32_t (*gather)[CLP_TAPS];
    double (*weight)[CLP_TAPS];
    uint32_t *below;
    double *part;
} clp_axis_transfer;

/* The tables of all axes; `axes` has CLP_AXES. Finish it in any case. Errors: CLP_ERROR_MEMORY. */
clp_status clp_axis_transfers_init(const clp_operator *fine, const clp_operator *coarse,
                                   clp_axis_transfer *axes);
void clp_axis_transfers_finish(clp_axis_transfer *axes);

/*
 * The operator, which has no network, on a grid of about half as many cells along every axis that conducts
 * well; axes along which it conducts a few times worse wait until the others have caught up, because sweeps
 * smooth nothing along them (semi-coarsening). An axis that has as few cells as can be and no held side,
 * while others are still to be coarsened, is collapsed. False: there is nothing to coarsen.
 */
bool clp_operator_coarsen(const clp_operator *fine, clp_operator *coarse);

/* Makes of a coarser operator of the whole grid that of a part of it, or of the whole, which `grid` says. */
void clp_operator_take_part(const clp_operator *fine, const clp_grid *grid, clp_operator *coarse);

#endif
