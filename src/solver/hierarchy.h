/* SPDX-License-Identifier: MIT */
/*
 * Geometric multigrid (W. L. Briggs, V. E. Henson, S. F. McCormick, A Multigrid Tutorial, 2000): sweeps take
 * the rough errors out of a correction, a coarser grid the smooth ones. Where there is no network every level
 * is a plain stencil on a uniform grid, so that no level needs coefficients, of whatever size
 * (backend/transfer.h); else coarser levels are made by Galerkin's principle (backend/galerkin.h).
 */
#ifndef CLP_SOLVER_HIERARCHY_H
#define CLP_SOLVER_HIERARCHY_H

#include "backend/backend.h"

enum { CLP_RUNGS = 64, CLP_SMOOTHING = 4, CLP_COARSEST_SWEEPS = 16 };

/* A level and what a cycle needs there. */
typedef struct clp_rung {
    clp_level *level;
    clp_field *u, *q;
    clp_field *scratch; /* NULL where cycles do without */
    clp_transfer *down; /* to the next one; NULL for the coarsest */
    double weights[CLP_COARSEST_SWEEPS];
    size_t sweeps;
    bool direct; /* solved at once */
} clp_rung;

typedef struct clp_hierarchy {
    size_t count;
    size_t smoothing; /* sweeps on the way down, and up, of each level */
    double norm;      /* the diagonal without a network, else 1 */
    bool shared;      /* the levels are another one's */
    clp_rung rungs[CLP_RUNGS];
} clp_hierarchy;

/*
 * Levels for an operator, whose network, if any, must outlive them, in a precision. `total` is the level of
 * the fields that every cycle is to be added to; NULL: there may be cycles that are not. The caller owns
 * *hierarchy (NULL on errors). `sweeps` are those of half a cycle: CLP_SMOOTHING, or fewer.
 */
clp_status clp_hierarchy_create(clp_device *device, const clp_operator *op, clp_precision precision,
                                const clp_level *total, size_t sweeps, clp_hierarchy **hierarchy);
void clp_hierarchy_destroy(clp_hierarchy *hierarchy);

/* The levels of a finer hierarchy from the second on, where they are those of a plain operator in that
 * precision: both must not be at work at the same time, and the finer one must outlive *hierarchy, which is
 * NULL where they are not. */
clp_status clp_hierarchy_share(const clp_hierarchy *finer, const clp_operator *op, clp_precision precision,
                               clp_hierarchy **hierarchy);

/* u = about A^-1 q on the coarsest level. */
clp_status clp_rung_solve(const clp_rung *rung);

/* Bytes that all levels take on the device; 0 for NULL. */
unsigned long long clp_hierarchy_bytes(const clp_hierarchy *hierarchy);

/* Numbers per node of the finest grid that the levels of an operator together hold; plain: it has no network.
 */
double clp_hierarchy_fields(const clp_operator *op, bool plain);

/* Likewise, that their largest buffer holds: couplings, or weights, of the first coarser level of a network. */
double clp_hierarchy_largest(const clp_operator *op, bool plain);

/*
 * One V-cycle: u of the finest level becomes about N A^-1 q by a symmetric positive operator, N being what
 * the equations are divided by: `norm`. Where there is a total, a field of the finest grid in any precision,
 * factor u is added to it and u is of no use afterwards. *sweeps receives the sweeps done on the finest
 * level.
 */
clp_status clp_hierarchy_cycle(clp_hierarchy *hierarchy, double factor, clp_field *total, size_t *sweeps);

#endif
