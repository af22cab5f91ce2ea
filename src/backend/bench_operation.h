/* SPDX-License-Identifier: MIT */
/* The operations that bench and tune time, each checked against the reference backend on the grid it is timed
 * on. */
#ifndef CLP_BACKEND_BENCH_OPERATION_H
#define CLP_BACKEND_BENCH_OPERATION_H

#include "backend/bench.h"

/* The fields of one operator on one device. */
typedef struct clp_bench_side {
    clp_device *device;
    const clp_backend *backend;
    clp_level *level, *coarse;
    clp_transfer *down;
    clp_field *u, *v, *q, *coarse_u, *coarse_q;
    double scalars[3]; /* what the last operation answered */
} clp_bench_side;

typedef struct clp_bench_operation {
    const char *name;
    clp_status (*run)(const clp_bench_side *side, double scalars[3]);
    double updates; /* per node */
    double flops;   /* per node; 0: those of the updates, if these are sweeps */
    double fields;  /* numbers per node that have to be read or written, per pass; coarse ones left aside */
    bool sweeps;    /* several to a pass, as the variant can */
    bool coefficients; /* it reads those of a network */
    bool plain;        /* for levels without a network */
    unsigned leaves;   /* what there is to compare */
    bool quick;        /* part of a quick run */
    bool tuned;        /* part of what tuning looks at */
} clp_bench_operation;

enum { CLP_BENCH_SWEEPS = 32, CLP_BENCH_OPERATIONS = 10 };
extern const clp_bench_operation clp_bench_operations_list[CLP_BENCH_OPERATIONS];

/* Level, fields and, without a network, the way to a coarser level; `side->device` is set, the rest 0.
 * Whatever the status, the caller destroys the side. */
clp_status clp_bench_side_create(clp_bench_side *side, const clp_operator *op, clp_precision precision,
                                 const char *variant);
void clp_bench_side_destroy(clp_bench_side *side);

/* Runs an operation from the fields that every run begins with. */
clp_status clp_bench_run(const clp_bench_operation *operation, clp_bench_side *side);

/* Compares what both sides' last run left: the row receives difference, allowed, right and perhaps a message.
 */
clp_status clp_bench_compare(const clp_bench_operation *operation, const clp_bench_side *tested,
                             const clp_bench_side *reference, clp_bench_row *row);

/* Warms up and times: the row receives seconds of one run, spread, runs and outliers. */
clp_status clp_bench_measure(const clp_bench_operation *operation, clp_bench_side *side, bool quick,
                             clp_bench_row *row);

/* The least of some runs, after one that does not count. */
clp_status clp_bench_fastest(const clp_bench_operation *operation, clp_bench_side *side, size_t runs,
                             double *seconds);

#endif
