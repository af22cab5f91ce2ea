/* SPDX-License-Identifier: MIT */
/* Timing of operations: how often, and the operations of a backend. */
#ifndef CLP_BACKEND_BENCH_H
#define CLP_BACKEND_BENCH_H

#include "backend/backend.h"

#include <clpoisson/bench.h>

/* One run of what is timed; it ends when the work is done. */
typedef clp_status clp_timed(void *context);

/* Runs until the median is known to a percent, or a time is over: 5 times at least. The row receives seconds,
 * spread, runs and outliers. */
clp_status clp_bench_time(clp_timed *run, void *context, bool quick, clp_bench_row *row);

/* A row without figures. */
clp_bench_row clp_bench_row_of(const char *name, clp_precision precision, const clp_grid *grid);

/* A grid between held sides, and which operations are timed there. */
typedef struct clp_bench_case {
    size_t nodes, planes; /* planes: 0 in two dimensions */
    clp_precision precision;
    enum { CLP_BENCH_MEMORY, CLP_BENCH_SOME, CLP_BENCH_ALL } what; /* all: with all variants of the sweep */
    bool network;
} clp_bench_case;

/*
 * Operations of a device's backend, a row each; the memory's ones are to come first, for what others are
 * compared with. Grids that do not fit are halved; precisions that the device has not are left out. What goes
 * wrong is a row that says so. False where the function wanted no more.
 */
bool clp_bench_operations(clp_device *device, const clp_bench_case *cases, size_t count, bool quick,
                          clp_bench_function *function, void *user);

#endif
