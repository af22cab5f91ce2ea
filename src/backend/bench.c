/* SPDX-License-Identifier: MIT */
/* The operations of a backend, timed, each checked against the reference backend on the grid that it is timed
 * on. */
#include "backend/bench.h"

#include "backend/check_data.h"
#include "backend/transfer.h"
#include "base/checked.h"
#include "base/machine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SWEEPS = 16, SMOOTHING = 4 };

/* The fields of one operator on one device. */
typedef struct bench_side {
    clp_device *device;
    const clp_backend *backend;
    clp_level *level, *coarse;
    clp_transfer *down;
    clp_field *u, *v, *q, *coarse_u, *coarse_q;
    double scalars[3]; /* what the last operation answered */
} bench_side;

/* What an operation leaves to compare. */
enum { LEAVES_U = 1, LEAVES_V = 2, LEAVES_COARSE = 4, LEAVES_SCALAR = 8 };

typedef struct operation {
    const char *name;
    clp_status (*run)(const bench_side *side, double scalars[3]);
    double updates; /* per node */
    double fields;  /* numbers per node that have to be read or written, per pass; coarse ones left aside */
    bool sweeps;    /* several to a pass, as the variant can */
    bool coefficients; /* it reads those of a network */
    bool plain;        /* for levels without a network */
    unsigned leaves;
    bool quick; /* part of a quick run */
} operation;

static const double smoothing[SMOOTHING] = {0.9, 0.6, 0.8, 0.7};

static clp_status run_copy(const bench_side *s, double scalars[3])
{
    (void)scalars;
    return s->backend->combine(s->v, 1, s->u, 0);
}

static clp_status run_triad(const bench_side *s, double scalars[3])
{
    (void)scalars;
    return s->backend->combine(s->v, 0.5, s->u, 0.5);
}

static clp_status run_sweep(const bench_side *s, double scalars[3])
{
    (void)scalars;
    double weights[SWEEPS];
    for (int k = 0; k < SWEEPS; k++) weights[k] = 0.5 + 0.5 * (k % 7) / 6;
    return s->backend->sweep(s->u, s->v, s->q, weights, SWEEPS);
}

static clp_status run_residual(const bench_side *s, double scalars[3])
{
    (void)scalars;
    return s->backend->residual(s->u, s->q, s->v);
}

static clp_status run_norms(const bench_side *s, double scalars[3])
{
    clp_norms norms;
    CLP_TRY(s->backend->residual_norms(s->u, s->q, &norms));
    scalars[0] = norms.two;
    scalars[1] = norms.largest;
    scalars[2] = norms.field;
    return CLP_OK;
}

static clp_status run_dot(const bench_side *s, double scalars[3])
{
    scalars[1] = scalars[2] = 1;
    return s->backend->dot(s->u, s->u, &scalars[0]);
}

static clp_status run_relax(const bench_side *s, double scalars[3])
{
    (void)scalars;
    return s->backend->relax(s->u, s->q, 1, 1);
}

static clp_status run_down(const bench_side *s, double scalars[3])
{
    (void)scalars;
    return s->backend->smooth_restrict(s->down, s->u, s->v, s->q, smoothing, SMOOTHING, s->coarse_q);
}

static clp_status run_up(const bench_side *s, double scalars[3])
{
    (void)scalars;
    return s->backend->prolong_smooth(s->down, s->coarse_u, s->u, s->v, s->q, smoothing, SMOOTHING, 0, NULL);
}

static const operation operations[] = {
    {"copy", run_copy, 0, 2, .leaves = LEAVES_V, .quick = true},
    {"triad", run_triad, 0, 3, .leaves = LEAVES_V, .quick = true},
    {"sweep", run_sweep, SWEEPS, 3, .sweeps = true, .coefficients = true, .leaves = LEAVES_U, .quick = true},
    {"residual", run_residual, 1, 3, .coefficients = true, .leaves = LEAVES_V},
    {"residual norms", run_norms, 1, 2, .coefficients = true, .leaves = LEAVES_SCALAR, .quick = true},
    {"inner product", run_dot, 1, 1, .leaves = LEAVES_SCALAR},
    {"red-black sweep", run_relax, 1, 3, .coefficients = true, .leaves = LEAVES_U},
    {"half cycle down", run_down, SMOOTHING, 2, .plain = true, .leaves = LEAVES_U | LEAVES_COARSE,
     .quick = true},
    {"half cycle up", run_up, SMOOTHING, 3, .plain = true, .leaves = LEAVES_U, .quick = true},
};
enum { OPERATIONS = sizeof operations / sizeof *operations };

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

static clp_status load(bench_side *s)
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

static clp_status side_create(bench_side *s, const clp_operator *op, clp_precision precision,
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

static void side_destroy(bench_side *s)
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

/* One run on both, from the same fields. */
static clp_status check(const operation *o, bench_side *tested, bench_side *reference, clp_bench_row *row)
{
    double epsilon = clp_precision_epsilon(row->precision);
    CLP_TRY(load(reference));
    CLP_TRY(o->run(reference, reference->scalars));
    CLP_TRY(load(tested));
    CLP_TRY(o->run(tested, tested->scalars));
    row->difference = 0;
    if (o->leaves & LEAVES_U) CLP_TRY(compare_fields(tested->u, reference->u, &row->difference));
    if (o->leaves & LEAVES_V) CLP_TRY(compare_fields(tested->v, reference->v, &row->difference));
    if (o->leaves & LEAVES_COARSE)
        CLP_TRY(compare_fields(tested->coarse_q, reference->coarse_q, &row->difference));
    for (int i = 0; i < 3 && o->leaves & LEAVES_SCALAR; i++)
        row->difference =
            clp_check_worse(row->difference, fabs(tested->scalars[i] / reference->scalars[i] - 1));
    /* A sum of numbers above 0 is off by as many roundings as one adder does in a row, at random. */
    row->allowed = 40 * epsilon * (SWEEPS + 1);
    row->right = row->difference <= row->allowed;
    if (!row->right) row->message = "the result is not the reference backend's";
    return CLP_OK;
}

/* ---- timing ---- */

/* Short operations are queued several times, or waiting for the last would count as much as they do. */
typedef struct timed_operation {
    const operation *operation;
    bench_side *side;
    size_t times;
} timed_operation;

static clp_status run_timed(void *context)
{
    timed_operation *t = context;
    for (size_t i = 0; i < t->times; i++) CLP_TRY(t->operation->run(t->side, t->side->scalars));
    return t->side->backend->finish(t->side->device);
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

static double bytes_of(const operation *o, const clp_level *level)
{
    const clp_operator *op = &level->op;
    double coefficients = op->network && o->coefficients ? clp_grid_dimensions(&op->grid) + 1 : 0;
    double passes = o->sweeps ? ceil((double)SWEEPS / (double)level->sweeps_per_pass) : 1;
    double coarse = !o->plain ? 0 : clp_grid_dimensions(&op->grid) == 3 ? 0.125 : 0.25;
    return passes * (o->fields + coarse + coefficients) * (double)clp_precision_bytes(level->precision);
}

/* What a whole run of operations knows. */
typedef struct bench_run {
    clp_device *device, *host;
    bool quick, go_on;
    double triad[CLP_PRECISION_DOUBLE + 1]; /* bytes per second, by precision; 0: not known */
    clp_bench_function *function;
    void *user;
} bench_run;

static void tell(bench_run *run, const clp_bench_row *row)
{
    if (run->function && !run->function(run->user, row)) run->go_on = false;
}

/* What goes wrong is a row that says so. */
static void time_operation(bench_run *run, const operation *o, bench_side *tested, bench_side *reference)
{
    const clp_level *level = tested->level;
    clp_bench_row row = clp_bench_row_of(o->name, level->precision, &level->op.grid);
    double nodes = (double)clp_grid_node_count(&level->op.grid);
    if (o->updates > 0) row.coefficients = level->op.network ? "varying" : "constant";
    if (o->sweeps && level->sweep) row.variant = level->sweep;
    clp_status status = check(o, tested, reference, &row);
    timed_operation timed = {.operation = o, .side = tested};
    if (status == CLP_OK && row.right) status = warm_up(&timed);
    if (status == CLP_OK && row.right) status = clp_bench_time(run_timed, &timed, run->quick, &row);
    row.seconds /= (double)timed.times;
    if (status != CLP_OK) {
        row.right = false;
        row.message = clp_error_message();
    } else if (row.right) {
        if (o->updates > 0) row.updates_per_second = o->updates * nodes / row.seconds;
        row.bytes_per_second = bytes_of(o, level) * nodes / row.seconds;
        double *triad = &run->triad[level->precision];
        if (strcmp(o->name, "triad") == 0 && !(*triad > 0)) *triad = row.bytes_per_second;
        if (*triad > 0) row.part_of_streaming = row.bytes_per_second / *triad;
    }
    tell(run, &row);
}

static void tell_failure(bench_run *run, const clp_bench_case *c, const clp_grid *grid)
{
    clp_bench_row row = clp_bench_row_of("operations", c->precision, grid);
    row.message = clp_error_message();
    tell(run, &row);
}

/* Where all variants of the sweep are timed, each has its turn. */
static bool is_due(const operation *o, const clp_bench_case *c, const char *variant)
{
    bool memory = o->updates == 0 && o->fields > 1;
    if (variant) return o->sweeps;
    if (memory || c->what == CLP_BENCH_MEMORY) return memory && c->what == CLP_BENCH_MEMORY;
    return c->what == CLP_BENCH_ALL ? !o->sweeps : o->quick;
}

static void run_operations(bench_run *run, const clp_bench_case *c, const clp_operator *op,
                           const char *variant)
{
    bench_side tested = {.device = run->device}, reference = {.device = run->host};
    clp_status status = side_create(&reference, op, c->precision, NULL);
    if (status == CLP_OK) status = side_create(&tested, op, c->precision, variant);
    for (size_t i = 0; i < OPERATIONS && status == CLP_OK && run->go_on; i++) {
        const operation *o = &operations[i];
        if (is_due(o, c, variant) && !(o->plain && !tested.down)) time_operation(run, o, &tested, &reference);
    }
    if (status != CLP_OK) tell_failure(run, c, &op->grid);
    side_destroy(&tested);
    side_destroy(&reference);
}

/* Whether a grid's fields fit the device and the host. */
static bool fits(const bench_run *run, const clp_grid *grid, const clp_bench_case *c)
{
    size_t arrays = c->network ? 4 : 0;
    clp_memory_use use = {.fields = 5 + arrays, .host_bytes_per_node = (5 + arrays) * sizeof(double)};
    return run->device->backend->fits(run->device, grid, c->precision, &use) == CLP_OK;
}

static void run_case(bench_run *run, clp_bench_case c)
{
    clp_operator op;
    clp_network network = {0};
    clp_grid grid;
    if (c.precision == CLP_PRECISION_DOUBLE && !run->device->info.fp64) return;
    for (;; c.nodes = (c.nodes + 1) / 2, c.planes = c.planes ? (c.planes + 1) / 2 : 0) {
        grid = (clp_grid){.nodes = {c.nodes, c.nodes, c.planes}, .size = {1, 1, 1}};
        if (fits(run, &grid, &c) || c.nodes < 65) break;
    }
    clp_check_case check = {.nodes = {c.nodes, c.nodes, c.planes},
                            .held = c.planes ? 63 : 15,
                            .sourced = true,
                            .network = c.network ? CLP_CHECK_NETWORK : CLP_CHECK_PLAIN,
                            .aspect = 1};
    bool made = clp_check_operator(&check, &op, &network) == CLP_OK;
    if (made)
        run_operations(run, &c, &op, NULL);
    else
        tell_failure(run, &c, &grid);
    for (const char *const *v = run->device->backend->sweep_variants; made && c.what == CLP_BENCH_ALL && *v;
         v++)
        if (run->go_on) run_operations(run, &c, &op, *v);
    clp_check_network_finish(&network);
}

bool clp_bench_operations(clp_device *device, const clp_bench_case *cases, size_t count, bool quick,
                          clp_bench_function *function, void *user)
{
    bench_run run = {.device = device, .quick = quick, .go_on = true, .function = function, .user = user};
    if (clp_reference_backend.open(&(clp_device_options){0}, &run.host) != CLP_OK) {
        tell_failure(&run, &cases[0], &(clp_grid){.nodes = {cases[0].nodes, cases[0].nodes}});
        return run.go_on;
    }
    for (size_t i = 0; i < count && run.go_on; i++) run_case(&run, cases[i]);
    clp_device_close(run.host);
    return run.go_on;
}
