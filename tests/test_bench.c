/* SPDX-License-Identifier: MIT */
/* Timing of operations: what is told of them, and that nothing wrong gets a figure. */
#include "backend/bench.h"
#include "backend/bench_operation.h"

#include <clpoisson/clpoisson.h>

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>
#include <time.h>

TestSuite(bench);

/* What was told of a run, row by row. */
typedef struct told {
    clp_bench_row rows[64];
    char messages[64][256];
    size_t count, most; /* most: stop after as many; 0: never */
} told;

static bool take(void *user, const clp_bench_row *row)
{
    told *t = user;
    cr_assert_lt(t->count, 64);
    t->rows[t->count] = *row;
    snprintf(t->messages[t->count], sizeof t->messages[0], "%s", row->message);
    return ++t->count != t->most;
}

static const clp_bench_row *find(const told *t, const char *name, clp_precision precision, const char *k)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->rows[i].name, name) == 0 && t->rows[i].precision == precision &&
            strcmp(t->rows[i].coefficients, k) == 0)
            return &t->rows[i];
    return NULL;
}

static bool run(const clp_backend *backend, const clp_bench_case *cases, size_t count, told *t)
{
    clp_device *device;
    cr_assert_eq(clp_device_open(&(clp_device_options){.backend = "reference"}, &device), CLP_OK);
    if (backend) device->backend = backend;
    bool finished = clp_bench_operations(device, cases, count, true, take, t);
    device->backend = &clp_reference_backend;
    clp_device_close(device);
    return finished;
}

static const clp_bench_case small[] = {
    {65, 0, CLP_PRECISION_SINGLE, CLP_BENCH_MEMORY, false},
    {65, 0, CLP_PRECISION_DOUBLE, CLP_BENCH_MEMORY, false},
    {65, 0, CLP_PRECISION_SINGLE, CLP_BENCH_ALL, false},
    {65, 0, CLP_PRECISION_DOUBLE, CLP_BENCH_SOME, false},
    {33, 0, CLP_PRECISION_DOUBLE, CLP_BENCH_SOME, true},
    {17, 17, CLP_PRECISION_SINGLE, CLP_BENCH_SOME, false},
};
enum { SMALL = sizeof small / sizeof *small };

Test(bench, tells_what_it_times)
{
    told t = {.count = 0};
    cr_assert(run(NULL, small, SMALL, &t));
    for (size_t i = 0; i < t.count; i++) {
        const clp_bench_row *row = &t.rows[i];
        cr_expect(row->right, "%s: %s", row->name, t.messages[i]);
        cr_expect(row->seconds > 0 && row->runs >= 5 && row->spread >= 0, "%s", row->name);
        cr_expect_geq(row->allowed, row->difference);
    }
    const clp_bench_row *copy = find(&t, "copy", CLP_PRECISION_SINGLE, ""),
                        *triad = find(&t, "triad", CLP_PRECISION_DOUBLE, ""),
                        *sweep = find(&t, "sweep", CLP_PRECISION_DOUBLE, "constant"),
                        *varying = find(&t, "sweep", CLP_PRECISION_DOUBLE, "varying");
    cr_assert(copy && triad && sweep && varying);
    cr_assert(find(&t, "red-black sweep", CLP_PRECISION_SINGLE, "constant"));
    cr_assert(find(&t, "half cycle down", CLP_PRECISION_SINGLE, "constant"));
    cr_expect(isnan(copy->updates_per_second));
    cr_expect_float_eq(copy->bytes_per_second * copy->seconds / (65 * 65), 8, 1e-9);
    cr_expect_float_eq(triad->bytes_per_second * triad->seconds / (65 * 65), 24, 1e-9);
    cr_expect_float_eq(triad->part_of_streaming, 1, 1e-12);
    cr_expect_float_eq(sweep->updates_per_second * sweep->seconds / (65 * 65), CLP_BENCH_SWEEPS, 1e-9);
    cr_expect_float_eq(sweep->part_of_streaming, sweep->bytes_per_second / triad->bytes_per_second, 1e-12);
    /* The reference backend does one sweep per pass: u, q and u again; and two conductances and the diagonal.
     */
    cr_expect_float_eq(sweep->bytes_per_second * sweep->seconds / (65 * 65), CLP_BENCH_SWEEPS * 3 * 8, 1e-9);
    cr_expect_float_eq(varying->bytes_per_second * varying->seconds / (33 * 33), CLP_BENCH_SWEEPS * 6 * 8,
                       1e-9);
}

static clp_status wrong_sweep(clp_field *u, clp_field *scratch, const clp_field *q, const double *weights,
                              size_t count)
{
    double first[64];
    for (size_t k = 0; k < count && k < 64; k++) first[k] = weights[k] * 1.001;
    return clp_reference_backend.sweep(u, scratch, q, first, count);
}

/* NaN in the middle, where what follows is right. */
static clp_status poisoned_residual(const clp_field *u, const clp_field *q, clp_field *r)
{
    double nan = NAN;
    clp_status status = clp_reference_backend.residual(u, q, r);
    size_t row = clp_layout_rows(&r->level->layout) / 2, nx = r->level->layout.nodes[0];
    double values[128];
    if (status == CLP_OK) status = clp_reference_backend.field_read(r, row, 1, values);
    values[nx / 2] = nan;
    return status == CLP_OK ? clp_reference_backend.field_write(r, row, 1, values) : status;
}

static clp_status failing_dot(const clp_field *x, const clp_field *y, double *sum)
{
    (void)x;
    (void)y;
    *sum = NAN;
    return clp_fail(CLP_ERROR_DEVICE, "the device has gone");
}

/* Nothing that is wrong gets a figure, and the rest goes on. */
Test(bench, wrong_results_have_no_figures)
{
    clp_backend broken = clp_reference_backend;
    broken.sweep = wrong_sweep;
    broken.dot = failing_dot;
    broken.residual = poisoned_residual;
    told t = {.count = 0};
    cr_assert(run(&broken, small, SMALL, &t));
    const clp_bench_row *sweep = find(&t, "sweep", CLP_PRECISION_SINGLE, "constant"),
                        *dot = find(&t, "inner product", CLP_PRECISION_SINGLE, "constant"),
                        *residual = find(&t, "residual", CLP_PRECISION_SINGLE, "constant"),
                        *norms = find(&t, "residual norms", CLP_PRECISION_SINGLE, "constant");
    cr_assert(sweep && dot && norms && residual);
    cr_expect_not(residual->right);
    cr_expect(isnan(residual->seconds));
    cr_expect_not(sweep->right);
    cr_expect(isnan(sweep->seconds) && isnan(sweep->updates_per_second) && isnan(sweep->bytes_per_second));
    cr_expect_gt(sweep->difference, sweep->allowed);
    cr_expect_not(dot->right);
    cr_expect(strstr(t.messages[dot - t.rows], "the device has gone"));
    cr_expect(isnan(dot->seconds));
    cr_expect(norms->right && norms->seconds > 0);
}

/* Others are left out. */
Test(bench, precisions_that_a_device_has)
{
    clp_device *device;
    told t = {.count = 0};
    const clp_bench_case cases[] = {{65, 0, CLP_PRECISION_DOUBLE, CLP_BENCH_SOME, false}};
    cr_assert_eq(clp_device_open(&(clp_device_options){.backend = "reference"}, &device), CLP_OK);
    device->info.fp64 = false;
    cr_expect(clp_bench_operations(device, cases, 1, true, take, &t));
    cr_expect_eq(t.count, 0);
    clp_device_close(device);
}

Test(bench, stops_when_told)
{
    told t = {.most = 3};
    cr_expect_not(run(NULL, small, SMALL, &t));
    cr_expect_eq(t.count, 3);
}

/* Takes a time that is known, and ten times as long now and then. */
typedef struct clockwork {
    size_t runs;
} clockwork;

static clp_status tick(void *context)
{
    clockwork *c = context;
    long long nanoseconds = ++c->runs % 4 == 0 ? 20000000 : 2000000;
    nanosleep(&(struct timespec){.tv_nsec = nanoseconds}, NULL);
    return CLP_OK;
}

static clp_status fail(void *context)
{
    (void)context;
    return clp_fail(CLP_ERROR_DEVICE, "no more");
}

Test(bench, times_until_the_spread_is_known)
{
    clockwork c = {0};
    clp_bench_row row = clp_bench_row_of("tick", CLP_PRECISION_SINGLE, &(clp_grid){.nodes = {3, 3}});
    cr_assert_eq(clp_bench_time(tick, &c, true, &row), CLP_OK);
    cr_expect_eq(row.runs, c.runs);
    cr_expect_geq(row.runs, 5);
    cr_expect_geq(row.seconds, 2e-3);
    cr_expect_eq(clp_bench_time(fail, NULL, true, &row), CLP_ERROR_DEVICE);
}
