/* SPDX-License-Identifier: MIT */
/* What the checks of a backend's operations share. */
#ifndef CLP_BACKEND_CHECK_BENCH_H
#define CLP_BACKEND_CHECK_BENCH_H

#include "backend/backend.h"

/* The same operator and fields on the tested device and on the reference backend. */
typedef struct check_side {
    const clp_backend *backend;
    clp_level *level;
    clp_field *u, *v, *q;
} check_side;

typedef struct check_bench {
    check_side tested, reference;
    size_t count; /* nodes */
    double *u, *q, *got, *expected;
    double epsilon;
    bool sourced;
    clp_operator op;
    clp_network network;
} check_bench;

/* q, or NULL where the case has no source. */
const clp_field *clp_check_source(const check_side *side, const check_bench *bench);

/* Brings u of both sides into `got` and `expected`. */
clp_status clp_check_read(check_bench *bench);

/* The largest difference between those; NaN counts as one. */
double clp_check_difference(const check_bench *bench);

/* Compares norms of fields near `unit`. */
void clp_check_norms(const check_bench *bench, clp_norms got, clp_norms expected, double unit,
                     double *difference, double *allowed);

/* Checks: how far the tested side is from the reference, and how far rounding may take it. */
clp_status clp_check_defect(check_bench *bench, double *difference, double *allowed);
clp_status clp_check_direct(check_bench *bench, double *difference, double *allowed);
clp_status clp_check_coarser(check_bench *bench, double *difference, double *allowed);
clp_status clp_check_half_cycles(check_bench *bench, double *difference, double *allowed);
clp_status clp_check_boxes(check_bench *bench, double *difference, double *allowed);
clp_status clp_check_galerkin(check_bench *bench, double *difference, double *allowed);

#endif
