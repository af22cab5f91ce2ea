/* SPDX-License-Identifier: MIT */
/* Which region decides about each cell. */
#ifndef CLP_PROBLEM_CELLS_H
#define CLP_PROBLEM_CELLS_H

#include "problem/declared.h"
#include "problem/sample.h"

enum { CLP_CELL_NONE = 0xffff };

/* Cells along an axis: 1 along z in two dimensions. */
size_t clp_cells_along(const clp_grid *grid, int axis);

/* The cells before and after a node along an axis, wrapped on a periodic one: how many there are, and which.
 */
int clp_cells_beside(const clp_problem *problem, int axis, size_t index, size_t beside[2]);

/* The cells around node p: their number, at most 8, and their indices. */
enum { CLP_CELLS_AROUND = 8 };
int clp_cells_around(const clp_problem *problem, size_t p, size_t cells[CLP_CELLS_AROUND]);

/*
 * The last region that sets one of `bits` and contains the centre of each cell, or CLP_CELL_NONE. *top is
 * NULL if no region sets them; the caller frees it.
 */
clp_status clp_cells_top(const clp_problem *problem, unsigned bits, uint16_t **top);

/* The material of each cell that is an electrode, or CLP_CELL_NONE; a region's conductivity above it frees a
 * cell. *held is NULL if there are none; the caller frees it. */
clp_status clp_cells_held(const clp_problem *problem, uint16_t **held);

/* The electrode, of cells or a shape, that covers the centre of each cell, or CLP_CELL_NONE; likewise. */
clp_status clp_cells_covered(const clp_problem *problem, uint16_t **covered);

/* The line of cell centres with the given j and k. */
clp_line clp_cells_line(const clp_grid *grid, size_t j, size_t k);

/* The conductivity of every cell, above 0 and finite; the caller frees it. */
clp_status clp_cells_conductivity(const clp_problem *problem, const clp_sampler *sampler,
                                  double **conductivity);

/* And their capacity; likewise. */
clp_status clp_cells_capacity(const clp_problem *problem, const clp_sampler *sampler, double **capacity);

#endif
