/* SPDX-License-Identifier: MIT */
#include "backend/check.h"

#include "backend/check_data.h"
#include "backend/galerkin.h"
#include "backend/transfer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static clp_status side_init(check_side *side, clp_device *device, const clp_operator *op,
                            clp_precision precision, const char *variant)
{
    side->backend = device->backend;
    CLP_TRY(side->backend->level_create(device, op, precision, variant, &side->level));
    CLP_TRY(side->backend->field_create(side->level, &side->u));
    CLP_TRY(side->backend->field_create(side->level, &side->v));
    return side->backend->field_create(side->level, &side->q);
}

static void side_finish(check_side *side)
{
    if (!side->level) return;
    side->backend->field_destroy(side->u);
    side->backend->field_destroy(side->v);
    side->backend->field_destroy(side->q);
    side->backend->level_destroy(side->level);
}

static clp_status side_load(check_side *side, const check_bench *bench)
{
    size_t rows = clp_layout_rows(&side->level->layout);
    CLP_TRY(side->backend->field_write(side->u, 0, rows, bench->u));
    return side->backend->field_write(side->q, 0, rows, bench->q);
}

static const clp_field *source_of(const check_side *side, const check_bench *bench)
{
    return bench->sourced ? side->q : NULL;
}

static double largest_difference(const check_bench *bench)
{
    double largest = 0;
    for (size_t i = 0; i < bench->count; i++) {
        double difference = fabs(bench->got[i] - bench->expected[i]);
        if (!(difference <= largest)) largest = difference;
    }
    return largest;
}

static clp_status read_both(check_bench *bench)
{
    size_t rows = clp_layout_rows(&bench->tested.level->layout);
    CLP_TRY(bench->tested.backend->field_read(bench->tested.u, 0, rows, bench->got));
    return bench->reference.backend->field_read(bench->reference.u, 0, rows, bench->expected);
}

static clp_status check_transfer(check_bench *bench, double *difference, double *allowed)
{
    CLP_TRY(read_both(bench));
    *difference = largest_difference(bench);
    *allowed = 0;
    return CLP_OK;
}

static clp_status sweep_both(check_bench *bench, const double *weights, size_t count)
{
    for (int i = 0; i < 2; i++) {
        check_side *side = i ? &bench->reference : &bench->tested;
        CLP_TRY(side->backend->sweep(side->u, side->v, source_of(side, bench), weights, count));
    }
    return read_both(bench);
}

static clp_status check_sweeps(check_bench *bench, size_t count, double lowest, double *difference,
                               double *allowed)
{
    double weights[64];
    for (size_t k = 0; k < count; k++) weights[k] = lowest + (1 - lowest) * (double)(k % 7) / 6;
    CLP_TRY(sweep_both(bench, weights, count));
    *difference = largest_difference(bench);
    /* Weights up to 1 do not amplify; a sweep rounds about 5 times a value that the source may have raised
     * to 2. */
    *allowed = 10 * bench->epsilon * (double)(count + 1);
    return CLP_OK;
}

static clp_status check_sweep_one(check_bench *bench, double *difference, double *allowed)
{
    return check_sweeps(bench, 1, 1, difference, allowed);
}

static clp_status check_sweep_many(check_bench *bench, double *difference, double *allowed)
{
    return check_sweeps(bench, 41, 0.5, difference, allowed);
}

static clp_status check_relax(check_bench *bench, double *difference, double *allowed)
{
    enum { COUNT = 5 };
    for (int i = 0; i < 2; i++) {
        check_side *side = i ? &bench->reference : &bench->tested;
        CLP_TRY(side->backend->relax(side->u, source_of(side, bench), 1.25, COUNT));
    }
    CLP_TRY(read_both(bench));
    *difference = largest_difference(bench);
    /* A weight of 1.25 can raise a value to 1.5 times what it sees, twice per relaxation. */
    *allowed = 10 * bench->epsilon * pow(1.5, 2 * COUNT);
    return CLP_OK;
}

/* v = q - A u, then u = u + v / D. */
static clp_status check_correction(check_bench *bench, double *difference, double *allowed)
{
    for (int i = 0; i < 2; i++) {
        check_side *side = i ? &bench->reference : &bench->tested;
        CLP_TRY(side->backend->residual(side->u, source_of(side, bench), side->v));
        CLP_TRY(side->backend->combine(side->u, 1, side->v, 1));
    }
    CLP_TRY(read_both(bench));
    double largest = bench->op.diagonal; /* that a residual is a multiple of */
    for (size_t p = 0; bench->op.network && p < bench->count; p++)
        largest = fmax(largest, bench->op.network->diagonal[p]);
    *difference = largest_difference(bench) / (1 + largest);
    *allowed = 10 * bench->epsilon;
    for (int i = 0; i < 2; i++) {
        check_side *side = i ? &bench->reference : &bench->tested;
        CLP_TRY(side->backend->clear(side->u));
    }
    CLP_TRY(read_both(bench));
    for (size_t p = 0; p < bench->count; p++)
        if (bench->got[p] != 0) *difference = INFINITY;
    return CLP_OK;
}

/* After a single sweep, scratch holds what u was. */
static clp_status check_sweep_scratch(check_bench *bench, double *difference, double *allowed)
{
    const double weight = 0.75;
    check_side *side = &bench->tested;
    size_t rows = clp_layout_rows(&side->level->layout);
    CLP_TRY(side->backend->field_read(side->u, 0, rows, bench->expected));
    CLP_TRY(side->backend->sweep(side->u, side->v, source_of(side, bench), &weight, 1));
    CLP_TRY(side->backend->field_read(side->v, 0, rows, bench->got));
    *difference = largest_difference(bench);
    *allowed = 0;
    return CLP_OK;
}

static void compare_norms(const check_bench *bench, clp_norms got, clp_norms expected, double unit,
                          double *difference, double *allowed)
{
    double two = fabs(got.two - expected.two) / (sqrt((double)bench->count) * unit);
    double field = fabs(got.field - expected.field);
    *difference = fmax(fabs(got.largest - expected.largest) / unit, fmax(two, field));
    if (isnan(got.largest + got.two + got.field)) *difference = NAN;
    *allowed = 20 * bench->epsilon;
}

static clp_status check_residual_norms(check_bench *bench, double *difference, double *allowed)
{
    clp_norms norms[2];
    for (int i = 0; i < 2; i++) {
        check_side *side = i ? &bench->reference : &bench->tested;
        CLP_TRY(side->backend->residual_norms(side->u, source_of(side, bench), &norms[i]));
    }
    compare_norms(bench, norms[0], norms[1], bench->op.diagonal, difference, allowed);
    return CLP_OK;
}

static clp_status check_change_norms(check_bench *bench, double *difference, double *allowed)
{
    clp_norms norms[2];
    const double weight = 1;
    for (int i = 0; i < 2; i++) {
        check_side *side = i ? &bench->reference : &bench->tested;
        CLP_TRY(side->backend->sweep(side->u, side->v, source_of(side, bench), &weight, 1));
        CLP_TRY(side->backend->change_norms(side->u, side->v, &norms[i]));
    }
    compare_norms(bench, norms[0], norms[1], 1, difference, allowed);
    return CLP_OK;
}

/* An unknown in the middle of the box. */
static size_t unknown_node(const clp_operator *op)
{
    const size_t *nodes = op->grid.nodes;
    size_t p = (nodes[2] / 2 * nodes[1] + nodes[1] / 2) * nodes[0] + nodes[0] / 2;
    while (clp_operator_is_held(op, p) || !clp_operator_in_range(op, p)) p++;
    return p;
}

/* One NaN anywhere must show in every norm. */
static clp_status check_norms_nan(check_bench *bench, double *difference, double *allowed)
{
    check_side *side = &bench->tested;
    size_t rows = clp_layout_rows(&side->level->layout);
    clp_norms norms;
    memcpy(bench->got, bench->u, bench->count * sizeof *bench->u);
    bench->got[unknown_node(&bench->op)] = NAN;
    CLP_TRY(side->backend->field_write(side->u, 0, rows, bench->got));
    CLP_TRY(side->backend->residual_norms(side->u, NULL, &norms));
    bool shown = !isfinite(norms.largest) && !isfinite(norms.two) && !isfinite(norms.field);
    CLP_TRY(side->backend->change_norms(side->u, side->v, &norms));
    shown = shown && !isfinite(norms.largest) && !isfinite(norms.two) && !isfinite(norms.field);
    *difference = shown ? 0 : INFINITY;
    *allowed = 0;
    return CLP_OK;
}

/* The inner product of u and q, relative to that of their magnitudes. */
static clp_status check_dot(check_bench *bench, double *difference, double *allowed)
{
    double sums[2];
    for (int i = 0; i < 2; i++) {
        check_side *side = i ? &bench->reference : &bench->tested;
        CLP_TRY(side->backend->dot(side->u, side->q, &sums[i]));
    }
    double largest = 0;
    for (size_t p = 0; p < bench->count; p++) largest = fmax(largest, fabs(bench->q[p]));
    *difference = fabs(sums[0] - sums[1]) / ((double)bench->count * fmax(largest, 1));
    *allowed = 20 * bench->epsilon;
    return CLP_OK;
}

/* v = 2 x + v / 2 and the inner product of x and q, with an x of the other precision that holds what u does.
 */
static clp_status with_other_precision(check_side *side, const check_bench *bench, double *dot)
{
    const clp_backend *backend = side->backend;
    bool single = side->level->precision == CLP_PRECISION_SINGLE;
    clp_level *level = NULL;
    clp_field *x = NULL;
    clp_status status = backend->level_create(
        side->level->device, &bench->op, single ? CLP_PRECISION_DOUBLE : CLP_PRECISION_SINGLE, NULL, &level);
    if (status == CLP_OK) status = backend->field_create(level, &x);
    if (status == CLP_OK) status = backend->field_write(x, 0, clp_layout_rows(&level->layout), bench->u);
    if (status == CLP_OK) status = backend->combine(side->v, 2, x, 0.5);
    if (status == CLP_OK) status = backend->dot(x, side->q, dot);
    if (status == CLP_OK) status = backend->combine(side->u, 1, side->v, 0);
    backend->field_destroy(x);
    backend->level_destroy(level);
    return status;
}

static clp_status check_mixed(check_bench *bench, double *difference, double *allowed)
{
    double dots[2];
    *difference = *allowed = 0;
    if (!bench->tested.level->device->info.fp64) return CLP_OK;
    for (int i = 0; i < 2; i++) {
        check_side *side = i ? &bench->reference : &bench->tested;
        CLP_TRY(side->backend->combine(side->v, 1, side->u, 0));
        CLP_TRY(with_other_precision(side, bench, &dots[i]));
    }
    CLP_TRY(read_both(bench));
    double largest = 1;
    for (size_t p = 0; p < bench->count; p++) largest = fmax(largest, fabs(bench->q[p]));
    double dot = fabs(dots[0] - dots[1]) / ((double)bench->count * largest);
    *difference = fmax(largest_difference(bench), dot);
    *allowed = 20 * bench->epsilon;
    return CLP_OK;
}

/* A residual on the coarser grid, and that added to the fine one. */
static clp_status there_and_back(check_side *side, const clp_field *q, const clp_operator *coarser,
                                 double *there)
{
    const clp_backend *backend = side->backend;
    clp_level *level = NULL;
    clp_transfer *transfer = NULL;
    clp_field *coarse = NULL;
    clp_status status =
        backend->level_create(side->level->device, coarser, side->level->precision, NULL, &level);
    if (status == CLP_OK) status = backend->field_create(level, &coarse);
    if (status == CLP_OK) status = backend->transfer_create(side->level, level, &transfer);
    if (status == CLP_OK) status = backend->residual(side->u, q, side->v);
    if (status == CLP_OK) status = backend->restrict_field(transfer, side->v, coarse);
    if (status == CLP_OK) status = backend->field_read(coarse, 0, clp_layout_rows(&level->layout), there);
    if (status == CLP_OK) status = backend->combine(side->u, 1, side->v, 0);
    if (status == CLP_OK) status = backend->prolong_add(transfer, coarse, side->u);
    backend->transfer_destroy(transfer);
    backend->field_destroy(coarse);
    backend->level_destroy(level);
    return status;
}

static clp_status check_coarser(check_bench *bench, double *difference, double *allowed)
{
    clp_operator coarser;
    *difference = *allowed = 0;
    if (bench->op.network || !clp_operator_coarsen(&bench->op, &coarser)) return CLP_OK;
    size_t count = clp_grid_node_count(&coarser.grid);
    double *there = calloc(2 * count, sizeof *there);
    if (!there) return clp_fail_host_memory(2 * count * sizeof *there);
    clp_status status = CLP_OK;
    for (int i = 0; i < 2 && status == CLP_OK; i++) {
        check_side *side = i ? &bench->reference : &bench->tested;
        status = there_and_back(side, source_of(side, bench), &coarser, there + (size_t)i * count);
    }
    if (status == CLP_OK) status = read_both(bench);
    *difference = largest_difference(bench);
    for (size_t p = 0; p < count; p++) *difference = fmax(*difference, fabs(there[p] - there[count + p]));
    *difference /= 1 + bench->op.diagonal;
    *allowed = 20 * bench->epsilon;
    free(there);
    return status;
}

/* ---- levels by Galerkin's principle ---- */

/* Numbers that both sides find on the way down and back, and how much rounding may weigh in them. */
typedef struct findings {
    double *values, *weights;
    size_t count;
} findings;

static clp_status find(const clp_field *field, double weight, findings *found)
{
    const clp_layout *layout = &field->level->layout;
    size_t rows = clp_layout_rows(layout), count = rows * layout->nodes[0];
    double *values = found->values + found->count, largest = 0;
    CLP_TRY(field->level->device->backend->field_read((clp_field *)field, 0, rows, values));
    for (size_t p = 0; p < count; p++) largest = fmax(largest, fabs(values[p]));
    for (size_t p = 0; p < count; p++) found->weights[found->count + p] = largest > 0 ? weight / largest : 1;
    found->count += count;
    return CLP_OK;
}

/* From a residual in `fine` to a coarser level: the residual there, two sweeps, what they leave, the direct
 * solution where the grid is small enough, and the way back, added to `fine`. */
static clp_status descend(clp_level *level, clp_field *fine, double along[CLP_AXES], findings *found)
{
    enum { U, SCRATCH, Q, FIELDS };
    const clp_backend *backend = level->device->backend;
    const double weights[] = {0.9, 0.4};
    clp_operator op;
    clp_level *coarse = NULL;
    clp_transfer *down = NULL;
    clp_field *fields[FIELDS] = {NULL};
    double rough;
    if (!clp_operator_coarsen_galerkin(&level->op, along, &op, &rough)) return CLP_OK;
    clp_status status = backend->coarsen(level, &op, &coarse, &down);
    for (int i = 0; i < FIELDS && status == CLP_OK; i++) status = backend->field_create(coarse, &fields[i]);
    if (status == CLP_OK) status = backend->restrict_field(down, fine, fields[Q]);
    if (status == CLP_OK) status = find(fields[Q], 1, found);
    if (status == CLP_OK) status = backend->sweep(fields[U], fields[SCRATCH], fields[Q], weights, 2);
    if (status == CLP_OK) status = find(fields[U], 1, found);
    if (status == CLP_OK) status = backend->residual(fields[U], fields[Q], fields[SCRATCH]);
    if (status == CLP_OK) status = find(fields[SCRATCH], 1, found);
    if (status == CLP_OK) status = descend(coarse, fields[SCRATCH], along, found);
    bool small = clp_grid_node_count(&op.grid) <= CLP_DIRECT_NODES;
    if (status == CLP_OK && small) status = backend->factor(coarse);
    if (status == CLP_OK && small) status = backend->solve_direct(fields[U], fields[Q]);
    if (status == CLP_OK && small) status = find(fields[U], 0.01, found); /* as ill-conditioned as may be */
    if (status == CLP_OK) status = backend->prolong_add(down, fields[U], fine);
    if (status == CLP_OK) status = find(fine, small ? 0.01 : 1, found);
    backend->transfer_destroy(down);
    for (int i = 0; i < FIELDS; i++) backend->field_destroy(fields[i]);
    backend->level_destroy(coarse);
    return status;
}

static clp_status check_galerkin(check_bench *bench, double *difference, double *allowed)
{
    enum {
        ROOM = 12
    }; /* grids' worth of findings: each level has five fields, of half as many nodes at least */
    findings found[2] = {{0}};
    clp_status status = CLP_OK;
    *difference = *allowed = 0;
    /* Each kind of network takes programs of its own, which take long to build: plain 2-D ones are left out.
     */
    if (!bench->op.network || !(bench->network.shunt || clp_planes(&bench->op.grid) > 1)) return CLP_OK;
    for (int i = 0; i < 2 && status == CLP_OK; i++) {
        check_side *side = i ? &bench->reference : &bench->tested;
        double along[CLP_AXES];
        memcpy(along, bench->op.conductance, sizeof along);
        found[i].values = calloc(ROOM * bench->count, sizeof(double));
        found[i].weights = calloc(ROOM * bench->count, sizeof(double));
        status = found[i].values && found[i].weights ? CLP_OK : clp_fail_host_memory(ROOM * bench->count);
        if (status == CLP_OK) status = side->backend->residual(side->u, source_of(side, bench), side->v);
        if (status == CLP_OK) status = descend(side->level, side->v, along, &found[i]);
    }
    for (size_t n = 0; n < found[1].count && status == CLP_OK; n++) {
        double off = fabs(found[0].values[n] - found[1].values[n]) * found[1].weights[n];
        if (!(off <= *difference)) *difference = off;
    }
    *allowed = 200 * bench->epsilon;
    for (int i = 0; i < 2; i++) {
        free(found[i].values);
        free(found[i].weights);
    }
    return status;
}

static clp_status check_formula_line(const void *context, const double point[4], double step, size_t count,
                                     double *values)
{
    (void)context;
    for (size_t i = 0; i < count; i++) {
        double x = point[0] + (double)i * step;
        values[i] = x < 0.4871 ? cos(x) * point[1] + point[3] : x + point[2];
    }
    return CLP_OK;
}

static clp_status check_evaluate(check_bench *bench, double *difference, double *allowed)
{
    const clp_formula formula = {.opencl = "static REAL formula(REAL x, REAL y, REAL z, REAL t)\n"
                                           "{\n    return x < (REAL)0.4871 ? cos(x) * y + t : x + z;\n}\n",
                                 .line = check_formula_line};
    for (int i = 0; i < 2; i++) {
        check_side *side = i ? &bench->reference : &bench->tested;
        CLP_TRY(side->backend->evaluate(side->u, &formula, 0.25));
    }
    CLP_TRY(read_both(bench));
    *difference = largest_difference(bench);
    *allowed = 20 * bench->epsilon;
    return CLP_OK;
}

static const struct {
    const char *name;
    clp_status (*run)(check_bench *bench, double *difference, double *allowed);
} checks[] = {
    {"field transfer", check_transfer},
    {"sweep, once", check_sweep_one},
    {"sweep, 41 times", check_sweep_many},
    {"sweep, previous field", check_sweep_scratch},
    {"relaxation in place", check_relax},
    {"correction", check_correction},
    {"residual norms", check_residual_norms},
    {"change norms", check_change_norms},
    {"norms of a NaN", check_norms_nan},
    {"evaluation of a formula", check_evaluate},
    {"inner product", check_dot},
    {"two precisions", check_mixed},
    {"coarser grid", check_coarser},
    {"coarser network", check_galerkin},
};

static clp_status bench_init(check_bench *bench, const clp_check_case *check, clp_precision precision)
{
    CLP_TRY(clp_check_operator(check, &bench->op, &bench->network));
    bench->count = clp_grid_node_count(&bench->op.grid);
    bench->sourced = check->sourced;
    bench->epsilon = 2 * clp_precision_epsilon(precision);
    double **arrays[] = {&bench->u, &bench->q, &bench->got, &bench->expected};
    for (int i = 0; i < 4; i++) {
        *arrays[i] = calloc(bench->count, sizeof(double));
        if (!*arrays[i]) return clp_fail_host_memory(bench->count * sizeof(double));
    }
    clp_check_values(&bench->op, 1, bench->u);
    clp_check_values(&bench->op, 2, bench->q);
    return CLP_OK;
}

static void tell(clp_check_function *function, void *user, const char *name, clp_status status,
                 double difference, double allowed)
{
    bool passed = status == CLP_OK && difference <= allowed; /* false for NaN */
    char message[512] = "";
    if (status != CLP_OK)
        snprintf(message, sizeof message, "%.500s", clp_error_message());
    else if (!passed)
        snprintf(message, sizeof message, "differs from the reference by %.3g where rounding allows %.3g",
                 difference, allowed);
    clp_check_result result = {
        .name = name, .passed = passed, .difference = difference, .allowed = allowed, .message = message};
    if (function) function(user, &result);
}

clp_status clp_backend_check_case(clp_device *device, const clp_check_case *check, clp_precision precision,
                                  const char *sweep_variant, clp_check_function *function, void *user)
{
    clp_device *host = NULL;
    check_bench bench = {0};
    clp_status status = bench_init(&bench, check, precision);
    if (status == CLP_OK) status = clp_reference_backend.open(&(clp_device_options){.threads = 1}, &host);
    if (status == CLP_OK) status = side_init(&bench.reference, host, &bench.op, precision, NULL);
    if (status != CLP_OK) goto cleanup;
    clp_status tested = side_init(&bench.tested, device, &bench.op, precision, sweep_variant);
    if (tested != CLP_OK) {
        tell(function, user, "build", tested, 0, 0);
        goto cleanup;
    }
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        double difference = 0, allowed = 0;
        status = side_load(&bench.reference, &bench);
        if (status != CLP_OK) goto cleanup;
        tested = side_load(&bench.tested, &bench);
        if (tested == CLP_OK) tested = checks[i].run(&bench, &difference, &allowed);
        tell(function, user, checks[i].name, tested, difference, allowed);
    }
cleanup:
    side_finish(&bench.tested);
    side_finish(&bench.reference);
    clp_device_close(host);
    clp_check_network_finish(&bench.network);
    free(bench.u);
    free(bench.q);
    free(bench.got);
    free(bench.expected);
    return status;
}
