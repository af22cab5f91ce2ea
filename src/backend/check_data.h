/* SPDX-License-Identifier: MIT */
/* Operators and fields to try the operations on: random, and the same on every machine. */
#ifndef CLP_BACKEND_CHECK_DATA_H
#define CLP_BACKEND_CHECK_DATA_H

#include "backend/check.h"

/* The operator of a case. A network's arrays are owned by `network`, which the operator points to. */
clp_status clp_check_operator(const clp_check_case *check, clp_operator *op, clp_network *network);

void clp_check_network_finish(clp_network *network);

/* A number in [0, 1) that belongs to an index (splitmix64, G. Steele et al., 2014). */
double clp_check_random(size_t index, unsigned seed);

/* Numbers in [-1, 1) on the nodes, the same ones on both ends of a periodic axis. */
void clp_check_values(const clp_operator *op, unsigned seed, double *values);

#endif
