/* SPDX-License-Identifier: MIT */
/* Electrodes given as cells (pixels, voxels): which nodes they hold, and where their outline lies between. */
#ifndef CLP_PROBLEM_OUTLINE_H
#define CLP_PROBLEM_OUTLINE_H

#include "problem/assemble.h"
#include "problem/declared.h"

/*
 * A node belongs to an electrode if at least half of the cells around it do: of a digitised curve, which runs
 * through the middle of its stairs, that takes the inner corners and leaves the outer ones, so that the
 * outline keeps its mean position. Between a node with a share f < 1/2 and one with F >= 1/2 it lies where
 * the share, linear in between, is 1/2. Straight outlines along the grid are exact. Cells that are part of no
 * 2 x 2 (x 2) block of their electrode (lines and points one cell wide) hold all their corners.
 */
typedef struct clp_outline {
    const clp_problem *problem;
    uint16_t *cells; /* electrode (material) of each cell; NULL: there are none */
    uint16_t *nodes; /* electrode of each node */
    bool *thin;      /* nodes held because a thin cell has them */
} clp_outline;

clp_status clp_outline_create(const clp_problem *problem, clp_outline *outline);
void clp_outline_finish(clp_outline *outline);

/* Marks the nodes that cells hold. */
void clp_outline_hold(const clp_outline *outline, uint16_t *holder);

/* Cuts the edges along an axis between free nodes and those that cells hold. */
clp_status clp_outline_cut(const clp_outline *outline, int axis, clp_assembly *assembly);

#endif
