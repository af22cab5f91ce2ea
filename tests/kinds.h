/* SPDX-License-Identifier: MIT */
/* Operators of every kind to try multigrid on. */
#ifndef TESTS_KINDS_H
#define TESTS_KINDS_H

#include "backend/operator.h"

/* What fills the box: nothing, so that there is no network, or cells of different conductivity. */
typedef enum material { PLAIN, DISC, CHECKERBOARD, LOG_NORMAL, ELECTRODES } material;

typedef struct kind {
    size_t nodes[CLP_AXES];
    unsigned held, periodic; /* bit per side, per axis */
    double spacing[CLP_AXES], shunt;
    material material;
    double contrast; /* of LOG_NORMAL: sigma of ln k */
} kind;

/* Numbers between -1 and 1, of xorshift; always the same ones. */
void begin_random(void);
double random_number(void);

/* The operator but for its network, whose diagonal it gets with it. The caller finishes the network after
 * use. */
clp_operator operator_of(const kind *k);
clp_network network_of(const kind *k, clp_operator *op);
void network_finish(clp_network *network);

#endif
