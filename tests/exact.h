/* SPDX-License-Identifier: MIT */
/* Exact answers to compare with, by other means than the program's. */
#ifndef TESTS_EXACT_H
#define TESTS_EXACT_H

#include <clpoisson/problem.h>

/*
 * The exact solution of the 5-point equations of a problem, by discrete sine transforms along x and y. An
 * insulated side is replaced by the mirror image of the whole plate. The caller frees the values, of shape
 * [nodes[1]][nodes[0]].
 */
double *exact_discrete(const clp_problem *problem);

/*
 * The exact temperature at (x, y) of the unit square with constant side values (left, right, bottom, top), by
 * the series of sinh and sin (e.g. Carslaw and Jaeger, Conduction of Heat in Solids, 1959, section 5.3).
 */
double exact_plate(const double sides[4], double x, double y);

#endif
