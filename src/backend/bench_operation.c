/* SPDX-License-Identifier: MIT */
#include "backend/bench_operation.h"

#include "backend/check_data.h"
#include "backend/transfer.h"
#include "base/checked.h"
#include "base/machine.h"

#include <math.h>
#include <stdlib.h>

enum { SMOOTHING = 4 };

/* What an operation leaves to compare. */
enum { LEAVES_U = 1, LEAVES_V = 2, LEAVES_COARSE = 4, LEAVES_SCALAR = 8 };

static const double smoothing[SMOOTHING] = {0.9, 0.6, 0.8, 0.7};

static clp_status run_copy(const clp_bench_side *s, double scalars[3])
{
    (void)scalars;
    return s->backend->combine(s->v, 1, s->u, 0);
}

static clp_status run_triad(const clp_bench_side *s, double scalars[3])
{
    (void)scalars;
    return s->backend->combine(s->v, 0.5, s->u, 0.5);
}

static clp_status run_chain(const clp_bench_side *s, double scalars[3])
{
    (void)scalars;
    return s->backend->chain(s->v, s->u, 0.75, 0.125); /* stays near 0.5 */
}

static clp_status run_sweep(const clp_bench_side *s, double scalars[3])
{
    (void)scalars;
    double weights[CLP_BENCH_SWEEPS];
    for (int k = 0; k < CLP_BENCH_SWEEPS; k++) weights[k] = 0.5 + 0.5 * (k % 7) / 6;
    return s->backend->sweep(s->u, s->v, s->q, weights, CLP_BENCH_SWEEPS);
}

static clp_status run_residual(const clp_bench_side *s, double scalars[3])
{
    (void)scalars;
    return s->backend->residual(s->u, s->q, s->v);
}

static clp_status run_norms(const clp_bench_side *s, double scalars[3])
{
    clp_norms norms;
    CLP_TRY(s->backend->residual_norms(s->u, s->q, &norms));
    scalars[0] = norms.two;
    scalars[1] = norms.largest;
    scalars[2] = norms.field;
    return CLP_OK;
}

static clp_status run_dot(const clp_bench_side *s, double scalars[3])
{
    scalars[1] = scalars[2] = 1;
    return s->backend->dot(s->u, s->u, &scalars[0]);
}

static clp_status run_relax(const clp_bench_side *s, double scalars[3])
{
    (void)scalars;
    return s->backend->relax(s->u, s->v, s->q, 1, CLP_BENCH_SWEEPS / 2);
}

static clp_status run_down(const clp_bench_side *s, double scalars[3])
{
    (void)scalars;
    return s->backend->smooth_restrict(s->down, s->u, s->v, s->q, smoothing, SMOOTHING, s->coarse_q);
}

static clp_status run_up(const clp_bench_side *s, double scalars[3])
{
    (void)scalars;
    return s->backend->prolong_smooth(s->down, s->coarse_u, s->u, s->v, s->q, smoothing, SMOOTHING, 0, NULL);
}

const clp_bench_operation clp_bench_operations_list[CLP_BENCH_OPERATIONS] = {
    {"arithmetic", run_chain, .updates = 0, .fields = 2, .flops = 2 * CLP_CHAIN, .plain = true,
     .leaves = LEAVES_V, .quick = true},
    {"copy", run_copy, .updates = 0, .fields = 2, .leaves = LEAVES_V, .quick = true},
    {"triad", run_triad, .updates = 0, .fields = 3, .leaves = LEAVES_V, .quick = true},
    {"sweep", run_sweep, .updates = CLP_BENCH_SWEEPS, .fields = 3, .sweeps = true, .coefficients = true,
     .leaves = LEAVES_U, .quick = true, .tuned = true},
    {"residual", run_residual, .updates = 1, .fields = 3, .coefficients = true, .leaves = LEAVES_V},
    {"residual norms", run_norms, .updates = 1, .fields = 2, .coefficients = true, .leaves = LEAVES_SCALAR,
     .quick = true, .tuned = true},
    {"inner product", run_dot, .updates = 1, .fields = 1, .leaves = LEAVES_SCALAR},
    {"red-black sweep", run_relax, .updates = CLP_BENCH_SWEEPS / 2, .fields = 3, .sweeps = true,
     .coefficients = true, .leaves = LEAVES_U},
    {"half cycle down", run_down, .updates = SMOOTHING, .fields = 2, .plain = true,
     .leaves = LEAVES_U | LEAVES_COARSE, .quick = true, .tuned = true},
    {"half cycle up", run_up, .updates = SMOOTHING, .fields = 3, .plain = true, .leaves = LEAVES_U,
     .quick = true, .tuned = true},
};

/* ---- the fields ---- */

typedef struct filling {
    const clp_operator *op;
    unsigned seed;
    bool inside; /* 0 on held nodes */
} filling;

/* Numbers in [-1, 1) by the index. */
static void fill_random(const void *context, size_t row, size_t first, size_t count, double *values)
{
    const filling *f = context;
    const clp_row at = clp_operator_row(f->op, row);
    for (size_t i = 0; i < count; i++) {
        values[i] = 2 * clp_check_random(at.first + first + i, f->seed) - 1;
        if (f->inside && clp_row_is_held(f->op, &at, first + i)) values[i] = 0;
    }
}

static clp_status load(clp_bench_side *s)
{
    struct {
        clp_field *field;
        bool inside;
    } fields[] = {{s->u, false}, {s->v, false}, {s->q, true}, {s->coarse_u, true}, {s->coarse_q, true}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (!fields[i].field) continue;
        filling f = {.op = &fields[i].field->level->op, .seed = (unsigned)i + 1, .inside = fields[i].inside};
        CLP_TRY(s->backend->field_fill(fields[i].field, fill_random, &f));
    }
    return CLP_OK;
}

clp_status clp_bench_side_create(clp_bench_side *s, const clp_operator *op, clp_precision precision,
                                 const char *variant)
{
    clp_operator coarser;
    s->backend = s->device->backend;
    CLP_TRY(s->backend->level_create(s->device, op, precision, variant, &s->level));
    CLP_TRY(s->backend->field_create(s->level, &s->u));
    CLP_TRY(s->backend->field_create(s->level, &s->v));
    CLP_TRY(s->backend->field_create(s->level, &s->q));
    if (op->network || !clp_operator_coarsen(op, &coarser)) return CLP_OK;
    CLP_TRY(s->backend->level_create(s->device, &coarser, precision, variant, &s->coarse));
    CLP_TRY(s->backend->field_create(s->coarse, &s->coarse_u));
    CLP_TRY(s->backend->field_create(s->coarse, &s->coarse_q));
    return s->backend->transfer_create(s->level, s->coarse, &s->down);
}

void clp_bench_side_destroy(clp_bench_side *s)
{
    const clp_backend *backend = s->device ? s->device->backend : NULL;
    if (!backend) return;
    backend->transfer_destroy(s->down);
    clp_field *fields[] = {s->u, s->v, s->q, s->coarse_u, s->coarse_q};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) backend->field_destroy(fields[i]);
    backend->level_destroy(s->coarse);
    backend->level_destroy(s->level);
}

/* ---- comparing ---- */

/* How far a field is from the reference's, relative to the largest value, or to 1. */
static clp_status compare_fields(clp_field *got, clp_field *expected, double *difference)
{
    const clp_layout *layout = &got->level->layout;
    size_t nx = layout->nodes[0], rows = clp_layout_rows(layout);
    size_t block = clp_min(rows, clp_max((1 << 18) / nx, 1));
    double *values = malloc(2 * nx * block * sizeof *values), worst = 0, largest = 1;
    if (!values) return clp_fail_host_memory(2 * nx * block * sizeof *values);
    clp_status status = CLP_OK;
    for (size_t row = 0; row < rows && status == CLP_OK; row += block) {
        size_t now = clp_min(block, rows - row), count = nx * now;
        status = got->level->device->backend->field_read(got, row, now, values);
        if (status == CLP_OK)
            status = expected->level->device->backend->field_read(expected, row, now, values + count);
        for (size_t i = 0; i < count && status == CLP_OK; i++) {
            double off = fabs(values[i] - values[count + i]);
            worst = clp_check_worse(worst, off);
            largest = fmax(largest, fabs(values[count + i]));
        }
    }
    free(values);
    *difference = clp_check_worse(*difference, worst / largest);
    return status;
}

clp_status clp_bench_run(const clp_bench_operation *o, clp_bench_side *side)
{
    CLP_TRY(load(side));
    return o->run(side, side->scalars);
}

clp_status clp_bench_compare(const clp_bench_operation *o, const clp_bench_side *tested,
                             const clp_bench_side *reference, clp_bench_row *row)
{
    double epsilon = clp_precision_epsilon(row->precision);
    row->difference = 0;
    if (o->leaves & LEAVES_U) CLP_TRY(compare_fields(tested->u, reference->u, &row->difference));
    if (o->leaves & LEAVES_V) CLP_TRY(compare_fields(tested->v, reference->v, &row->difference));
    if (o->leaves & LEAVES_COARSE)
        CLP_TRY(compare_fields(tested->coarse_q, reference->coarse_q, &row->difference));
    for (int i = 0; i < 3 && o->leaves & LEAVES_SCALAR; i++)
        row->difference =
            clp_check_worse(row->difference, fabs(tested->scalars[i] / reference->scalars[i] - 1));
    /* A sum of numbers above 0 is off by as many roundings as one adder does in a row, at random. */
    row->allowed = 40 * epsilon * (CLP_BENCH_SWEEPS + 1);
    row->right = row->difference <= row->allowed;
    if (!row->right) row->message = "the result is not the reference backend's";
    return CLP_OK;
}

/* ---- timing ---- */

/* Short operations are queued several times, or waiting for the last would count as much as they do. */
typedef struct timed_operation {
    const clp_bench_operation *operation;
    clp_bench_side *side;
    size_t times;
    double *row; /* room for one of the finest level */
} timed_operation;

/* Of what an operation leaves a row is read: that waits where a driver's clFinish does not (rusticl 22.3
 * comes back before llvmpipe is done). Scalars are waited for by themselves. */
static clp_status wait_for(const timed_operation *t)
{
    const unsigned leaves = t->operation->leaves;
    const clp_bench_side *side = t->side;
    clp_field *left = leaves & LEAVES_U        ? side->u
                      : leaves & LEAVES_V      ? side->v
                      : leaves & LEAVES_COARSE ? side->coarse_q
                                               : NULL;
    CLP_TRY(side->backend->finish(side->device));
    return left ? side->backend->field_read(left, 1, 1, t->row) : CLP_OK;
}

static clp_status run_timed(void *context)
{
    timed_operation *t = context;
    for (size_t i = 0; i < t->times; i++) CLP_TRY(t->operation->run(t->side, t->side->scalars));
    return wait_for(t);
}

/* Runs until the device has left its sleep, and finds how many times make a time that can be measured. */
static clp_status warm_up(timed_operation *t)
{
    const double enough = 0.05, measurable = 2e-3;
    double begin = clp_seconds();
    t->times = 1;
    for (;;) {
        double start = clp_seconds();
        CLP_TRY(run_timed(t));
        double took = clp_seconds() - start;
        if (took < measurable && t->times < 1024)
            t->times *= 2;
        else if (clp_seconds() - begin > enough)
            return CLP_OK;
    }
}

static clp_status init_timed(const clp_bench_operation *o, clp_bench_side *side, timed_operation *timed)
{
    const size_t bytes = side->level->layout.nodes[0] * sizeof *timed->row;
    *timed = (timed_operation){.operation = o, .side = side, .times = 1, .row = malloc(bytes)};
    return timed->row ? CLP_OK : clp_fail_host_memory(bytes);
}

clp_status clp_bench_measure(const clp_bench_operation *o, clp_bench_side *side, bool quick,
                             clp_bench_row *row)
{
    timed_operation timed;
    CLP_TRY(init_timed(o, side, &timed));
    clp_status status = warm_up(&timed);
    if (status == CLP_OK) status = clp_bench_time(run_timed, &timed, quick, row);
    free(timed.row);
    CLP_TRY(status);
    row->seconds /= (double)timed.times;
    row->joules /= (double)timed.times;
    if (side->device->info.type != CLP_DEVICE_CPU) row->joules = NAN; /* it was not the processor's work */
    return CLP_OK;
}

clp_status clp_bench_fastest(const clp_bench_operation *o, clp_bench_side *side, size_t runs, double *seconds)
{
    timed_operation timed;
    CLP_TRY(init_timed(o, side, &timed));
    clp_status status = run_timed(&timed);
    *seconds = INFINITY;
    for (size_t i = 0; i < runs && status == CLP_OK; i++) {
        double start = clp_seconds();
        status = run_timed(&timed);
        *seconds = fmin(*seconds, clp_seconds() - start);
    }
    free(timed.row);
    return status;
}
