/* SPDX-License-Identifier: MIT */
/* From what the user declares to the operator and the first field. */
#ifndef CLP_PROBLEM_OPERATOR_CREATE_H
#define CLP_PROBLEM_OPERATOR_CREATE_H

#include "backend/operator.h"

#include <clpoisson/problem.h>

/* Everything that a user can declare becomes an operator here and nowhere else. The problem has been checked.
 */
void clp_problem_operator(const clp_problem *problem, clp_operator *op);

/* Rows [row, row + rows) of the first guess with the held sides in place, shape [rows][nodes[0]]. */
void clp_problem_initial_rows(const clp_problem *problem, size_t row, size_t rows, double *values);

/* Smallest and largest value of the held sides: no solution leaves this interval (maximum principle). */
void clp_problem_held_range(const clp_problem *problem, double *smallest, double *largest);

#endif
