/* SPDX-License-Identifier: MIT */
#include "backend/check.h"

#include "backend/check_bench.h"
#include "backend/check_data.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

const clp_field *clp_check_source(const check_side *side, const check_bench *bench)
{
    return bench->sourced ? side->q : NULL;
}

double clp_check_worse(double a, double b)
{
    return isnan(a) || isnan(b) ? INFINITY : fmax(a, b);
}

double clp_check_difference(const check_bench *bench)
{
    double largest = 0;
    for (size_t i = 0; i < bench->count; i++) {
        double difference = fabs(bench->got[i] - bench->expected[i]);
        largest = clp_check_worse(largest, difference);
    }
    return largest;
}

clp_status clp_check_read(check_bench *bench)
{
    size_t rows = clp_layout_rows(&bench->tested.level->layout);
    CLP_TRY(bench->tested.backend->field_read(bench->tested.u, 0, rows, bench->got));
    return bench->reference.backend->field_read(bench->reference.u, 0, rows, bench->expected);
}

static clp_status check_transfer(check_bench *bench, double *difference, double *allowed)
{
    CLP_TRY(clp_check_read(bench));
    *difference = clp_check_difference(bench);
    *allowed = 0;
    return CLP_OK;
}

/* u on some columns of a row. */
static void copy_columns(const void *context, size_t row, size_t first, size_t count, double *values)
{
    const check_bench *bench = context;
    memcpy(values, bench->u + row * bench->op.grid.nodes[0] + first, count * sizeof *values);
}

static clp_status check_fill(check_bench *bench, double *difference, double *allowed)
{
    for (int i = 0; i < 2; i++) {
        check_side *side = i ? &bench->reference : &bench->tested;
        CLP_TRY(side->backend->clear(side->u));
        CLP_TRY(side->backend->field_fill(side->u, copy_columns, bench));
    }
    CLP_TRY(clp_check_read(bench));
    *difference = clp_check_difference(bench);
    memcpy(bench->expected, bench->u, bench->count * sizeof *bench->u);
    *difference = fmax(*difference, clp_check_difference(bench));
    *allowed = bench->epsilon; /* of values up to 1 */
    return CLP_OK;
}

static clp_status sweep_both(check_bench *bench, const double *weights, size_t count)
{
    for (int i = 0; i < 2; i++) {
        check_side *side = i ? &bench->reference : &bench->tested;
        CLP_TRY(side->backend->sweep(side->u, side->v, clp_check_source(side, bench), weights, count));
    }
    return clp_check_read(bench);
}

static clp_status check_sweeps(check_bench *bench, size_t count, double lowest, double *difference,
                               double *allowed)
{
    double weights[64];
    for (size_t k = 0; k < count; k++) weights[k] = lowest + (1 - lowest) * (double)(k % 7) / 6;
    CLP_TRY(sweep_both(bench, weights, count));
    *difference = clp_check_difference(bench);
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

/* Whether a node lies on a held side or next to one. */
static bool is_at_side(const clp_operator *op, size_t p)
{
    const size_t *nodes = op->grid.nodes,
                 at[CLP_AXES] = {p % nodes[0], p / nodes[0] % nodes[1], p / nodes[0] / nodes[1]};
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++)
        if ((op->held[2 * axis] && at[axis] <= 1) || (op->held[2 * axis + 1] && at[axis] + 2 >= nodes[axis]))
            return true;
    return false;
}

/* Sweeps, and what u was before them added to another field, twice. */
static clp_status sweep_adding(check_side *side, const check_bench *bench, double *added)
{
    enum { SWEEPS = 35 };
    double weights[SWEEPS];
    clp_field *sum;
    for (size_t k = 0; k < SWEEPS; k++) weights[k] = 0.9;
    CLP_TRY(side->backend->field_create(side->level, &sum));
    clp_status status = CLP_OK;
    for (int time = 0; time < 2 && status == CLP_OK; time++)
        status = side->backend->sweep_adding(side->u, side->v, clp_check_source(side, bench), weights, SWEEPS,
                                             sum, 0.75 - time);
    if (status == CLP_OK)
        status = side->backend->field_read(sum, 0, clp_layout_rows(&side->level->layout), added);
    side->backend->field_destroy(sum);
    for (size_t p = 0; p < bench->count && status == CLP_OK; p++)
        if (!is_at_side(&bench->op, p)) added[p] = 0; /* as it may be */
    return status;
}

static clp_status check_sweep_adding(check_bench *bench, double *difference, double *allowed)
{
    CLP_TRY(sweep_adding(&bench->tested, bench, bench->got));
    CLP_TRY(sweep_adding(&bench->reference, bench, bench->expected));
    double added = clp_check_difference(bench);
    CLP_TRY(clp_check_read(bench));
    *difference = clp_check_worse(added, clp_check_difference(bench));
    *allowed = 10 * bench->epsilon * 71; /* as of 70 sweeps */
    return CLP_OK;
}

/* More than one pass does, then two that go too far. */
static clp_status check_relax(check_bench *bench, double *difference, double *allowed)
{
    enum { COUNT = 17, FAR = 2 };
    for (int i = 0; i < 2; i++) {
        check_side *side = i ? &bench->reference : &bench->tested;
        const clp_field *q = clp_check_source(side, bench);
        CLP_TRY(side->backend->relax(side->u, side->v, q, 0.9, COUNT));
        CLP_TRY(side->backend->relax(side->u, side->v, q, 1.25, FAR));
    }
    CLP_TRY(clp_check_read(bench));
    *difference = clp_check_difference(bench);
    /* Weights up to 1 do not amplify; 1.25 can raise a value to 1.5 times what it sees, twice per relaxation.
     */
    *allowed = 10 * bench->epsilon * (2 * (COUNT + FAR) + 1) * pow(1.5, 2 * FAR);
    return CLP_OK;
}

/* v = q - A u, then u = u + v / D. */
static clp_status check_correction(check_bench *bench, double *difference, double *allowed)
{
    for (int i = 0; i < 2; i++) {
        check_side *side = i ? &bench->reference : &bench->tested;
        CLP_TRY(side->backend->residual(side->u, clp_check_source(side, bench), side->v));
        CLP_TRY(side->backend->combine(side->u, 1, side->v, 1));
    }
    CLP_TRY(clp_check_read(bench));
    double largest = bench->op.diagonal; /* that a residual is a multiple of */
    for (size_t p = 0; bench->op.network && p < bench->count; p++)
        largest = fmax(largest, bench->op.network->diagonal[p]);
    *difference = clp_check_difference(bench) / (1 + largest);
    *allowed = 10 * bench->epsilon;
    for (int i = 0; i < 2; i++) {
        check_side *side = i ? &bench->reference : &bench->tested;
        CLP_TRY(side->backend->clear(side->u));
    }
    CLP_TRY(clp_check_read(bench));
    for (size_t p = 0; p < bench->count; p++)
        if (bench->got[p] != 0) *difference = INFINITY;
    return CLP_OK;
}

/* After a single sweep or relaxation, scratch holds what u was. */
static clp_status check_previous(check_bench *bench, bool relaxes, double *difference, double *allowed)
{
    const double weight = 0.75;
    check_side *side = &bench->tested;
    const clp_field *q = clp_check_source(side, bench);
    size_t rows = clp_layout_rows(&side->level->layout);
    CLP_TRY(side->backend->field_read(side->u, 0, rows, bench->expected));
    CLP_TRY(relaxes ? side->backend->relax(side->u, side->v, q, weight, 1)
                    : side->backend->sweep(side->u, side->v, q, &weight, 1));
    CLP_TRY(side->backend->field_read(side->v, 0, rows, bench->got));
    *difference = clp_check_difference(bench);
    *allowed = 0;
    return CLP_OK;
}

static clp_status check_sweep_scratch(check_bench *bench, double *difference, double *allowed)
{
    return check_previous(bench, false, difference, allowed);
}

static clp_status check_relax_scratch(check_bench *bench, double *difference, double *allowed)
{
    return check_previous(bench, true, difference, allowed);
}

void clp_check_norms(const check_bench *bench, clp_norms got, clp_norms expected, double unit,
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
        CLP_TRY(side->backend->residual_norms(side->u, clp_check_source(side, bench), &norms[i]));
    }
    clp_check_norms(bench, norms[0], norms[1], bench->op.diagonal, difference, allowed);
    return CLP_OK;
}

static clp_status check_change_norms(check_bench *bench, double *difference, double *allowed)
{
    clp_norms norms[2];
    const double weight = 1;
    for (int i = 0; i < 2; i++) {
        check_side *side = i ? &bench->reference : &bench->tested;
        CLP_TRY(side->backend->sweep(side->u, side->v, clp_check_source(side, bench), &weight, 1));
        CLP_TRY(side->backend->change_norms(side->u, side->v, &norms[i]));
    }
    clp_check_norms(bench, norms[0], norms[1], 1, difference, allowed);
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

/* Of the residual, which is 0 on held nodes. */
static clp_status check_energy(check_bench *bench, double *difference, double *allowed)
{
    double energies[2];
    *difference = *allowed = 0;
    if (!bench->op.network) return CLP_OK;
    for (int i = 0; i < 2; i++) {
        check_side *side = i ? &bench->reference : &bench->tested;
        CLP_TRY(side->backend->residual(side->u, clp_check_source(side, bench), side->v));
        CLP_TRY(side->backend->combine(side->u, 1 / bench->op.diagonal, side->v, 0));
        CLP_TRY(side->backend->energy(side->u, &energies[i]));
    }
    *difference = fabs(energies[0] - energies[1]) / energies[1];
    *allowed = 100 * bench->epsilon;
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
    CLP_TRY(clp_check_read(bench));
    double largest = 1;
    for (size_t p = 0; p < bench->count; p++) largest = fmax(largest, fabs(bench->q[p]));
    double dot = fabs(dots[0] - dots[1]) / ((double)bench->count * largest);
    *difference = fmax(clp_check_difference(bench), dot);
    *allowed = 20 * bench->epsilon;
    return CLP_OK;
}

/* Other values on held nodes, and the old ones on all others. */
static clp_status check_hold(check_bench *bench, double *difference, double *allowed)
{
    for (int i = 0; i < 2; i++) {
        check_side *side = i ? &bench->reference : &bench->tested;
        CLP_TRY(side->backend->hold(side->u, bench->q));
    }
    CLP_TRY(clp_check_read(bench));
    *difference = clp_check_difference(bench);
    *allowed = 0;
    return CLP_OK;
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
    CLP_TRY(clp_check_read(bench));
    *difference = clp_check_difference(bench);
    *allowed = 20 * bench->epsilon;
    return CLP_OK;
}

static const struct {
    const char *name;
    clp_status (*run)(check_bench *bench, double *difference, double *allowed);
} checks[] = {
    {"field transfer", check_transfer},
    {"field by rows", check_fill},
    {"sweep, once", check_sweep_one},
    {"sweep, 41 times", check_sweep_many},
    {"sweep, adding to a sum", check_sweep_adding},
    {"sweep, previous field", check_sweep_scratch},
    {"relaxation, 19 times", check_relax},
    {"relaxation, previous field", check_relax_scratch},
    {"correction", check_correction},
    {"residual norms", check_residual_norms},
    {"residual and norms", clp_check_defect},
    {"change norms", check_change_norms},
    {"energy", check_energy},
    {"norms of a NaN", check_norms_nan},
    {"values of held nodes", check_hold},
    {"boxes of nodes", clp_check_boxes},
    {"evaluation of a formula", check_evaluate},
    {"inner product", check_dot},
    {"two precisions", check_mixed},
    {"coarser grid", clp_check_coarser},
    {"half cycles", clp_check_half_cycles},
    {"small grid at once", clp_check_direct},
    {"coarser network", clp_check_galerkin},
};
_Static_assert(sizeof checks / sizeof *checks == CLP_CHECKS, "who collects results makes room for so many");

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
    for (size_t i = 0; i < CLP_CHECKS; i++) {
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
