/* SPDX-License-Identifier: MIT */
/*
 * The contract of a backend: every operation, every variant of its kernel, every precision, against the
 * reference loops on ragged grids. Runs on the device that CLPOISSON_DEVICE and OCL_ICD_VENDORS choose.
 * CLPOISSON_TEST_TINY keeps to grids that a simulator can do.
 */
#include "backend/check.h"

#include <clpoisson/clpoisson.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(backend);

/* X(nodes..., held, periodic, sourced, network, aspect) */
#define CASE(nx, ny, nz, sides, wraps, fed, kind, ratio)                                                     \
    {                                                                                                        \
        .nodes = {nx, ny, nz}, .held = sides, .periodic = wraps, .sourced = fed,                             \
        .network = CLP_CHECK_##kind, .aspect = ratio                                                         \
    }
static const clp_check_case cases[] = {
    CASE(3, 3, 0, 15, 0, true, PLAIN, 1),       CASE(3, 1000, 0, 5, 0, false, PLAIN, 1),
    CASE(17, 33, 0, 14, 0, true, PLAIN, 0.25),  CASE(129, 129, 0, 7, 0, false, PLAIN, 1),
    CASE(31, 37, 0, 8, 0, true, PLAIN, 3),      CASE(1000, 3, 0, 12, 0, false, PLAIN, 1),
    CASE(523, 61, 0, 1, 0, true, PLAIN, 1),     CASE(64, 48, 0, 15, 0, false, PLAIN, 1),
    CASE(3, 200, 0, 15, 0, true, PLAIN, 1),     CASE(200, 4, 0, 15, 0, false, PLAIN, 2),
    CASE(300, 40, 0, 12, 1, true, PLAIN, 1),    CASE(33, 30, 0, 3, 2, false, PLAIN, 2),
    CASE(40, 29, 0, 0, 3, true, PLAIN, 1),      CASE(4, 4, 0, 0, 3, false, PLAIN, 1),
    CASE(3, 3, 0, 15, 0, true, NETWORK, 1),     CASE(523, 61, 0, 6, 0, true, NETWORK, 1),
    CASE(129, 65, 0, 0, 0, false, NETWORK, 2),  CASE(300, 40, 0, 12, 1, true, NETWORK, 1),
    CASE(61, 300, 0, 1, 2, false, NETWORK, 1),  CASE(40, 29, 0, 0, 3, true, SHUNTS, 1),
    CASE(3, 200, 0, 3, 0, false, SHUNTS, 0.5),  CASE(3, 3, 3, 63, 0, true, PLAIN, 1),
    CASE(17, 9, 12, 21, 0, true, PLAIN, 0.5),   CASE(65, 20, 7, 2, 0, false, PLAIN, 1),
    CASE(8, 9, 11, 1, 6, true, PLAIN, 1),       CASE(70, 8, 9, 0, 7, false, PLAIN, 1),
    CASE(17, 9, 12, 42, 0, true, NETWORK, 0.5), CASE(20, 13, 8, 3, 6, true, SHUNTS, 1),
    CASE(8, 8, 8, 0, 7, false, SHUNTS, 1),
};
static const clp_check_case tiny_cases[] = {
    CASE(3, 3, 0, 15, 0, true, PLAIN, 1),     CASE(3, 20, 0, 5, 0, false, PLAIN, 1),
    CASE(23, 7, 0, 14, 0, true, PLAIN, 0.25), CASE(35, 9, 0, 3, 0, false, PLAIN, 1),
    CASE(3, 25, 0, 15, 0, true, PLAIN, 2),    CASE(9, 8, 0, 0, 3, true, SHUNTS, 1),
    CASE(19, 7, 0, 2, 0, false, NETWORK, 1),  CASE(4, 5, 6, 2, 4, true, PLAIN, 1),
    CASE(5, 4, 6, 32, 1, true, SHUNTS, 1),
};

static const clp_memory_use two_fields = {.fields = 2};

static bool tiny(void)
{
    return getenv("CLPOISSON_TEST_TINY") != NULL;
}

typedef struct place {
    const clp_check_case *check;
    const char *variant;
    clp_precision precision;
    size_t count;
} place;

static void expect_passed(void *user, const clp_check_result *result)
{
    place *at = user;
    at->count++;
    cr_expect(result->passed, "%s, %s, %s, %zu x %zu x %zu, sides %x, periodic %x, %s source, network %d: %s",
              result->name, at->variant, clp_precision_name(at->precision), at->check->nodes[0],
              at->check->nodes[1], at->check->nodes[2], at->check->held, at->check->periodic,
              at->check->sourced ? "with" : "no", (int)at->check->network, result->message);
}

/* Building kernels takes most of the time: each case in one precision, three of four in single, for the last
 * variants, but for those whose sides others have too; a part of them for what differs by a range only. */
static bool is_due(size_t number, clp_precision precision, const char *variant, bool fp64)
{
    bool wide = precision == CLP_PRECISION_DOUBLE;
    if (strcmp(variant, "rows") == 0 && fp64) return number % 7 != 6 && (number % 4 == 1) == wide;
    size_t share = strcmp(variant, "loops") == 0 ? 1 : wide ? 6 : 1;
    if (strcmp(variant, "rows") == 0 && !tiny()) share *= 4; /* no double precision: not what runs there */
    if (strcmp(variant, "linear") == 0) share *= tiny() ? 4 : 8;
    if (strcmp(variant, "nodes") == 0) share *= tiny() ? 4 : 6;
    if (strcmp(variant, "stream") == 0) share *= tiny() ? 6 : 8; /* a simulator takes long over its groups */
    return number % share == share - 1;
}

static void run_contract(const char *backend_name)
{
    clp_device *device;
    cr_assert_eq(clp_device_open(&(clp_device_options){.backend = backend_name}, &device), CLP_OK, "%s",
                 clp_error_message());
    const clp_check_case *list = tiny() ? tiny_cases : cases;
    size_t count = tiny() ? sizeof tiny_cases / sizeof *tiny_cases : sizeof cases / sizeof *cases;
    for (clp_precision precision = CLP_PRECISION_SINGLE; precision <= CLP_PRECISION_DOUBLE; precision++) {
        if (precision == CLP_PRECISION_DOUBLE && !device->info.fp64) continue;
        for (const char *const *variant = device->backend->sweep_variants; *variant; variant++)
            for (size_t i = 0; i < count; i++) {
                if (!is_due(i, precision, *variant, device->info.fp64)) continue;
                place at = {&list[i], *variant, precision, 0};
                device->info.vector_bytes = 64u >> i % 3;
                cr_assert_eq(
                    clp_backend_check_case(device, &list[i], precision, *variant, expect_passed, &at), CLP_OK,
                    "%s", clp_error_message());
                cr_expect_geq(at.count, CLP_CHECKS, "every operation was tried");
            }
    }
    /* As one that has memory of its own: in three dimensions only where a simulator takes long. */
    device->info.host_memory = false;
    for (size_t i = tiny() ? 7 : 0; i < count; i += 7) {
        place at = {&list[i], device->backend->sweep_variants[0], CLP_PRECISION_SINGLE, 0};
        cr_assert_eq(clp_backend_check_case(device, &list[i], at.precision, at.variant, expect_passed, &at),
                     CLP_OK, "%s", clp_error_message());
    }
    clp_device_close(device);
}

Test(backend, opencl_keeps_the_contract)
{
    run_contract("opencl");
}

/* Rows and planes that are cut into tiles, in vectors of all sizes. */
Test(backend, tiles_fit_together)
{
    static const clp_check_case wide[] = {
        CASE(1500, 21, 0, 15, 0, true, PLAIN, 1), CASE(1111, 18, 0, 5, 0, false, PLAIN, 2),
        CASE(900, 20, 0, 12, 1, false, PLAIN, 1), CASE(1300, 19, 0, 2, 2, true, PLAIN, 1),
        CASE(700, 19, 0, 6, 0, true, NETWORK, 1), CASE(800, 20, 0, 12, 1, true, SHUNTS, 1),
        CASE(1130, 17, 9, 21, 0, true, PLAIN, 1),
    };
    clp_device *device;
    cr_assert_eq(clp_device_open(NULL, &device), CLP_OK, "%s", clp_error_message());
    const clp_backend *backend = device->backend;
    bool threads = device->info.type == CLP_DEVICE_CPU && !strstr(device->info.platform, "rusticl");
    size_t count = tiny() ? 0 : sizeof wide / sizeof *wide, trials = 0;
    for (clp_precision precision = CLP_PRECISION_SINGLE; precision <= CLP_PRECISION_DOUBLE; precision++)
        for (size_t i = 0; i < count && threads; i++) {
            bool doubled = precision == CLP_PRECISION_DOUBLE, network = wide[i].network != CLP_CHECK_PLAIN,
                 deep = wide[i].nodes[2] > 0;
            if (doubled != (i % 2 == 1) && device->info.fp64) continue; /* each in one precision */
            if (doubled && !device->info.fp64) continue;
            char text[100];
            clp_tuning tuning;
            snprintf(text, sizeof text, "cache-kib=64 plane-kib=48 vector-bytes=%d", 16 << i % 3);
            cr_assert(clp_tuning_parse(backend->parameters, backend->sweep_variants, text, &tuning));
            backend->tune(device, (clp_tuning_kind){.doubled = doubled, .network = network, .deep = deep},
                          &tuning);
            place at = {&wide[i], "rows", precision, 0};
            cr_assert_eq(clp_backend_check_case(device, &wide[i], precision, "rows", expect_passed, &at),
                         CLP_OK, "%s", clp_error_message());
            trials++;
        }
    cr_expect(!threads || tiny() || trials >= count, "%zu", trials);
    clp_device_close(device);
}

Test(backend, reference_keeps_the_contract)
{
    run_contract("reference");
}

/* A backend that computes wrongly must not pass. */
static clp_status wrong_sweep(clp_field *u, clp_field *scratch, const clp_field *q, const double *weights,
                              size_t count)
{
    double first[64];
    for (size_t k = 0; k < count && k < 64; k++) first[k] = weights[k] * 1.01;
    return clp_reference_backend.sweep(u, scratch, q, first, count);
}

/* NaN everywhere but on held sides, where fields end. */
static clp_status nan_sweep(clp_field *u, clp_field *scratch, const clp_field *q, const double *weights,
                            size_t count)
{
    (void)weights;
    double nans[64];
    for (size_t k = 0; k < 64; k++) nans[k] = NAN;
    return clp_reference_backend.sweep(u, scratch, q, nans, count < 64 ? count : 64);
}

static void count_failed(void *user, const clp_check_result *result)
{
    *(size_t *)user += !result->passed && strcmp(result->name, "sweep, once") == 0;
}

static void expect_caught(const clp_backend *broken)
{
    clp_device *device;
    cr_assert_eq(clp_device_open(&(clp_device_options){.backend = "reference"}, &device), CLP_OK);
    device->backend = broken;
    size_t failed = 0;
    for (size_t i = 0; i < 4; i++) {
        size_t before = failed;
        cr_assert_eq(clp_backend_check_case(device, &tiny_cases[i], CLP_PRECISION_SINGLE, "loops",
                                            count_failed, &failed),
                     CLP_OK);
        cr_expect_gt(failed, before, "case %zu", i);
    }
    device->backend = &clp_reference_backend;
    clp_device_close(device);
}

Test(backend, the_contract_catches_a_wrong_sweep)
{
    clp_backend broken = clp_reference_backend;
    broken.sweep = wrong_sweep;
    expect_caught(&broken);
    broken.sweep = nan_sweep;
    expect_caught(&broken);
}

Test(backend, double_needs_fp64)
{
    clp_device *device;
    cr_assert_eq(clp_device_open(NULL, &device), CLP_OK);
    bool fp64 = device->info.fp64;
    device->info.fp64 = false;
    clp_operator op = {.grid = {.nodes = {5, 5, 1}, .size = {4, 4}},
                       .conductance = {1, 1},
                       .held = {true},
                       .diagonal = 4,
                       .scale = 1};
    clp_level *level;
    cr_expect_eq(device->backend->fits(device, &op.grid, CLP_PRECISION_DOUBLE, &two_fields),
                 CLP_ERROR_UNSUPPORTED);
    device->info.fp64 = fp64;
    cr_expect_eq(device->backend->level_create(device, &op, CLP_PRECISION_SINGLE, "spirals", &level),
                 CLP_ERROR_INPUT);
    clp_device_close(device);
}

Test(backend, memory_is_checked_before_allocating)
{
    clp_layout layout;
    clp_grid grid = {.nodes = {1000, 2000}, .size = {1, 1}};
    cr_assert_eq(clp_layout_init(&layout, &grid, 8), CLP_OK);
    const clp_memory_use use = {.fields = 2, .host_bytes_per_node = 8};
    unsigned long long one = layout.bytes, host = 2 * one + 1000 * 2000 * 8;
    const struct {
        clp_memory_limits limits;
        clp_status expected;
    } rows[] = {
        {{"it", one, 2 * one, host, true}, CLP_OK},
        {{"it", 0, 0, 0, true}, CLP_OK},
        {{"it", one - 1, 0, 0, true}, CLP_ERROR_MEMORY},
        {{"it", 0, 2 * one - 1, 0, true}, CLP_ERROR_MEMORY},
        {{"it", 0, 0, host - 1, true}, CLP_ERROR_MEMORY},
        {{"it", 0, 0, host - 1, false}, CLP_OK},
        {{"it", 0, 0, 1000 * 2000 * 8 - 1, false}, CLP_ERROR_MEMORY},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(clp_backend_check_memory(&layout, &use, &rows[i].limits), rows[i].expected, "row %zu",
                     i);

    /* Where one buffer is too large, several processes have one of a part each. */
    clp_memory_limits limits = {"it", one / 2, 2 * one, host, true};
    cr_expect_eq(clp_backend_check_memory(&layout, &use, &limits), CLP_ERROR_MEMORY);
    cr_expect_not_null(strstr(clp_error_message(), ", and 3 processes"), "%s", clp_error_message());
    limits.total--;
    cr_expect_eq(clp_backend_check_memory(&layout, &use, &limits), CLP_ERROR_MEMORY);
    cr_expect_null(strstr(clp_error_message(), "processes"), "%s", clp_error_message());

    /* The grid that it proposes fits, and is not much smaller than it must be. */
    static const size_t shapes[][2] = {{1000, 2000}, {3, 1000000}, {1000000, 3}, {100000, 100}};
    for (size_t s = 0; s < 4; s++) {
        size_t nx, ny;
        grid = (clp_grid){.nodes = {shapes[s][0], shapes[s][1]}, .size = {1, 1}};
        cr_assert_eq(clp_layout_init(&layout, &grid, 8), CLP_OK);
        unsigned long long total = layout.bytes / 3;
        cr_assert_eq(
            clp_backend_check_memory(&layout, &two_fields, &(clp_memory_limits){"it", 0, total, 0, false}),
            CLP_ERROR_MEMORY);
        const char *proposed = strstr(clp_error_message(), "fits has ");
        cr_assert(proposed && sscanf(proposed, "fits has %zu x %zu", &nx, &ny) == 2, "%s",
                  clp_error_message());
        clp_layout smaller;
        grid = (clp_grid){.nodes = {nx, ny}, .size = {1, 1}};
        cr_assert_eq(clp_layout_init(&smaller, &grid, 8), CLP_OK);
        cr_expect_leq(2 * smaller.bytes, total);
        cr_expect_geq((double)(2 * smaller.bytes), 0.98 * (double)total, "%zu x %zu of %zu x %zu", nx, ny,
                      shapes[s][0], shapes[s][1]);
    }
}

/* Row `row` of a field whose row above and below hold 8 and whose own nodes hold 4: a sweep makes 6 of them.
 */
static void expect_sweep_at(const clp_backend *backend, clp_field *u, clp_field *v, size_t row)
{
    size_t width = u->level->layout.nodes[0];
    double *values = malloc(3 * width * sizeof *values);
    cr_assert_not_null(values);
    for (size_t i = 0; i < 3 * width; i++) values[i] = i / width == 1 ? 4 : 8;
    cr_assert_eq(backend->field_write(u, row - 1, 3, values), CLP_OK, "%s", clp_error_message());
    cr_assert_eq(backend->sweep(u, v, NULL, &(double){1}, 1), CLP_OK, "%s", clp_error_message());
    cr_assert_eq(backend->field_read(u, row, 1, values), CLP_OK, "%s", clp_error_message());
    for (size_t i = 1; i + 1 < width; i++)
        cr_assert_eq(values[i], 6, "node %zu of row %zu: %g", i, row, values[i]);
    free(values);
}

/* Needs 18 GB of memory: runs only with CLPOISSON_TEST_LARGE naming a backend. */
Test(backend, more_than_2_to_the_31_nodes)
{
    const char *name = getenv("CLPOISSON_TEST_LARGE");
    if (!name) cr_skip_test("CLPOISSON_TEST_LARGE is not set");
    clp_device *device;
    cr_assert_eq(clp_device_open(&(clp_device_options){.backend = name}, &device), CLP_OK);
    const clp_backend *backend = device->backend;
    clp_operator op = {.grid = {.nodes = {65536, 32800, 1}, .size = {65535, 32799}},
                       .conductance = {1, 1},
                       .diagonal = 4,
                       .held = {true, true, true, true},
                       .scale = 8};
    for (const char *const *variant = backend->sweep_variants; *variant; variant++) {
        clp_level *level;
        clp_field *u, *v;
        cr_assert_eq(backend->level_create(device, &op, CLP_PRECISION_SINGLE, *variant, &level), CLP_OK, "%s",
                     clp_error_message());
        cr_assert_eq(backend->field_create(level, &u), CLP_OK, "%s", clp_error_message());
        cr_assert_eq(backend->field_create(level, &v), CLP_OK, "%s", clp_error_message());
        expect_sweep_at(backend, u, v, 32797);
        expect_sweep_at(backend, u, v, 17);
        clp_norms norms;
        cr_assert_eq(backend->residual_norms(u, NULL, &norms), CLP_OK);
        cr_expect_gt(norms.largest, 0);
        backend->field_destroy(u);
        backend->field_destroy(v);
        backend->level_destroy(level);
    }
    clp_device_close(device);
}
