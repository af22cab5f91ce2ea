/* SPDX-License-Identifier: MIT */
/* Walking over the nodes of the box and of its sides. */
#ifndef CLP_PROBLEM_NODES_H
#define CLP_PROBLEM_NODES_H

#include "problem/declared.h"

/* A row of nodes of a side: where they lie, and their indices first + i * step. */
typedef struct clp_side_row {
    clp_line line;
    size_t first, step;
} clp_side_row;

size_t clp_side_rows(const clp_problem *problem, int side);
clp_side_row clp_side_row_of(const clp_problem *problem, int side, size_t row);

/* Zeros on the nodes; the caller frees them. */
clp_status clp_nodes_allocate(const clp_problem *problem, double **values);

/* On a periodic axis the last node is the first one: what was declared for the first counts for both. */
void clp_seams_join(const clp_grid *grid, const bool *periodic, double *values);

#endif
