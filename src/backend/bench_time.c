/* SPDX-License-Identifier: MIT */
#include "backend/bench.h"
#include "base/energy.h"
#include "base/machine.h"

#include <math.h>
#include <stdlib.h>

enum { RUNS_LEAST = 5, RUNS_MOST = 60 };

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The number in a sorted list below which there is a part of them. */
static double quantile(const double *sorted, size_t count, double part)
{
    double at = part * (double)(count - 1);
    size_t below = (size_t)at;
    if (below + 1 >= count) return sorted[count - 1];
    return sorted[below] + (at - (double)below) * (sorted[below + 1] - sorted[below]);
}

static void describe(const double *seconds, size_t count, clp_bench_row *row)
{
    double sorted[RUNS_MOST];
    for (size_t i = 0; i < count; i++) sorted[i] = seconds[i];
    qsort(sorted, count, sizeof *sorted, compare);
    double low = quantile(sorted, count, 0.25), high = quantile(sorted, count, 0.75);
    row->seconds = quantile(sorted, count, 0.5);
    row->spread = (high - low) / row->seconds;
    row->runs = count;
    row->outliers = 0;
    for (size_t i = 0; i < count; i++) row->outliers += sorted[i] > high + 3 * (high - low);
}

clp_status clp_bench_time(clp_timed *run, void *context, bool quick, clp_bench_row *row)
{
    double seconds[RUNS_MOST], begin = clp_seconds(), budget = quick ? 0.2 : 1;
    clp_bench_row told = *row;
    const clp_energy before = clp_energy_now();
    for (size_t count = 0; count < RUNS_MOST;) {
        double start = clp_seconds();
        CLP_TRY(run(context));
        seconds[count++] = clp_seconds() - start;
        if (count < RUNS_LEAST) continue;
        describe(seconds, count, &told);
        double known = told.spread / sqrt((double)count);
        if (known < 0.01 || clp_seconds() - begin > budget) break;
    }
    const clp_energy after = clp_energy_now();
    told.joules = clp_energy_between(&before, &after) / (double)told.runs;
    *row = told;
    return CLP_OK;
}

clp_bench_row clp_bench_row_of(const char *name, clp_precision precision, const clp_grid *grid)
{
    return (clp_bench_row){
        .name = name,
        .variant = "",
        .coefficients = "",
        .precision = precision,
        .nodes = {grid->nodes[0], grid->nodes[1], clp_grid_dimensions(grid) == 3 ? grid->nodes[2] : 0},
        .seconds = NAN,
        .spread = NAN,
        .updates_per_second = NAN,
        .bytes_per_second = NAN,
        .part_of_streaming = NAN,
        .joules = NAN,
        .flops = NAN,
        .part_of_arithmetic = NAN,
        .unknowns_per_second = NAN,
        .relative_residual = NAN,
        .difference = NAN,
        .allowed = NAN,
        .message = ""};
}
