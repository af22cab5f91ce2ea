/* SPDX-License-Identifier: MIT */
/* The search of clp_device_tune(): from the defaults, one choice after the other, keeping what is faster. */
#include <clpoisson/tune.h>

#include "backend/bench_operation.h"
#include "backend/check_data.h"
#include "base/machine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_SIZE = 160, RUNS = 5, FINAL_ROUNDS = 5 };

/* What counts as faster: less is lost in what times vary by. */
static const double worth = 1.03;

/* What the reference backend made of an operation, and how long it takes with the defaults. */
typedef struct expectation {
    const clp_bench_operation *operation;
    clp_bench_side result; /* fields of its own on the reference's levels */
    double seconds;
} expectation;

typedef struct tuner {
    clp_device *device, *host;
    const clp_backend *backend;
    clp_tune_function *function;
    void *user;
    double end;   /* when the time of the kind is over */
    double takes; /* a trial */
    size_t trials;
    bool stopped;
    /* the kind at work: */
    clp_tuning_kind kind;
    clp_operator op;
    clp_network network;
    clp_bench_side reference;
    expectation expected[CLP_BENCH_OPERATIONS];
    size_t count;
    clp_tuning best;
    double best_gain;
    char best_text[TEXT_SIZE];
} tuner;

/* ---- what results have to be ---- */

static clp_status keep_field(clp_field *from, clp_field **kept)
{
    if (!from) return CLP_OK;
    CLP_TRY(clp_reference_backend.field_create(from->level, kept));
    return clp_reference_backend.combine(*kept, 1, from, 0);
}

static clp_status expect(tuner *t, const clp_bench_operation *operation)
{
    expectation *e = &t->expected[t->count++];
    *e = (expectation){.operation = operation, .seconds = NAN};
    CLP_TRY(clp_bench_run(operation, &t->reference));
    memcpy(e->result.scalars, t->reference.scalars, sizeof e->result.scalars);
    CLP_TRY(keep_field(t->reference.u, &e->result.u));
    CLP_TRY(keep_field(t->reference.v, &e->result.v));
    return keep_field(t->reference.coarse_q, &e->result.coarse_q);
}

static bool fits(const tuner *t, const clp_check_case *check)
{
    const size_t results = 3, coefficients = check->network ? 4 : 0;
    clp_grid grid = {.nodes = {check->nodes[0], check->nodes[1], check->nodes[2]}, .size = {1, 1, 1}};
    clp_memory_use use = {.fields = 5 + coefficients,
                          .host_bytes_per_node = (4 * results + 10) * sizeof(double)};
    clp_precision precision = t->kind.doubled ? CLP_PRECISION_DOUBLE : CLP_PRECISION_SINGLE;
    return t->backend->fits(t->device, &grid, precision, &use) == CLP_OK;
}

/* Nodes along an axis: a grid that is larger than caches. */
static size_t most_nodes(const tuner *t)
{
    bool large = t->device->info.type == CLP_DEVICE_GPU && !t->device->info.host_memory;
    return t->kind.deep ? large ? 257 : 129 : large ? 4097 : 2049;
}

static size_t least_nodes(const tuner *t)
{
    return t->kind.deep ? 33 : 257;
}

/* On a grid of that many nodes along an axis, or of as many as fit. */
static clp_status begin_kind(tuner *t, size_t nodes)
{
    clp_check_case check = {
        .sourced = true, .network = t->kind.network ? CLP_CHECK_NETWORK : CLP_CHECK_PLAIN, .aspect = 1};
    check.held = t->kind.deep ? 63 : 15;
    for (;; nodes = (nodes + 1) / 2) {
        for (int axis = 0; axis < CLP_AXES; axis++) check.nodes[axis] = axis < 2 || t->kind.deep ? nodes : 0;
        if (fits(t, &check) || nodes < least_nodes(t)) break;
    }
    t->count = t->trials = 0;
    t->best = (clp_tuning){0};
    t->best_gain = 1;
    snprintf(t->best_text, sizeof t->best_text, "default");
    t->reference = (clp_bench_side){.device = t->host};
    t->network = (clp_network){0};
    CLP_TRY(clp_check_operator(&check, &t->op, &t->network));
    clp_precision precision = t->kind.doubled ? CLP_PRECISION_DOUBLE : CLP_PRECISION_SINGLE;
    CLP_TRY(clp_bench_side_create(&t->reference, &t->op, precision, NULL));
    for (size_t i = 0; i < CLP_BENCH_OPERATIONS; i++) {
        const clp_bench_operation *o = &clp_bench_operations_list[i];
        if (o->tuned && !(o->plain && !t->reference.down)) CLP_TRY(expect(t, o));
    }
    return CLP_OK;
}

static void end_kind(tuner *t)
{
    for (size_t i = 0; i < t->count; i++) {
        clp_reference_backend.field_destroy(t->expected[i].result.u);
        clp_reference_backend.field_destroy(t->expected[i].result.v);
        clp_reference_backend.field_destroy(t->expected[i].result.coarse_q);
    }
    clp_bench_side_destroy(&t->reference);
    clp_check_network_finish(&t->network);
    t->count = 0;
    t->reference = (clp_bench_side){0};
    t->network = (clp_network){0};
}

/* ---- trials ---- */

/* Every operation, checked and timed. */
static clp_status measure_operations(tuner *t, clp_bench_side *tested, double seconds[])
{
    for (size_t i = 0; i < t->count; i++) {
        const expectation *e = &t->expected[i];
        clp_bench_row row =
            clp_bench_row_of(e->operation->name, tested->level->precision, &tested->level->op.grid);
        CLP_TRY(clp_bench_run(e->operation, tested));
        CLP_TRY(clp_bench_compare(e->operation, tested, &e->result, &row));
        if (!row.right)
            return clp_fail(CLP_ERROR_DEVICE, "wrong results: %s differs by %.2g, %.2g is allowed",
                            e->operation->name, row.difference, row.allowed);
        CLP_TRY(clp_bench_fastest(e->operation, tested, RUNS, &seconds[i]));
    }
    return CLP_OK;
}

static clp_status measure(tuner *t, const clp_tuning *tuning, double seconds[])
{
    clp_bench_side tested = {.device = t->device};
    t->backend->tune(t->device, t->kind, tuning);
    clp_status status = clp_bench_side_create(&tested, &t->op, t->reference.level->precision, NULL);
    if (status == CLP_OK) status = measure_operations(t, &tested, seconds);
    clp_bench_side_destroy(&tested);
    t->backend->tune(t->device, t->kind, &t->best);
    return status;
}

static void tell(tuner *t, const char *tried, double gain, const char *message, bool last)
{
    const clp_tune_trial trial = {.kind = clp_tuning_kind_name(t->kind),
                                  .tried = tried,
                                  .gain = gain,
                                  .message = message,
                                  .best = t->best_text,
                                  .best_gain = t->best_gain,
                                  .seconds_left = fmax(t->end - clp_seconds(), 0),
                                  .trials = t->trials,
                                  .last = last};
    if (t->function && !t->function(t->user, &trial)) t->stopped = true;
}

static bool goes_on(const tuner *t)
{
    return !t->stopped && clp_seconds() < t->end;
}

/* How many times as fast as before: the geometric mean over the operations. */
static double ratio_of(const tuner *t, const double before[], const double now[])
{
    double sum = 0;
    for (size_t i = 0; i < t->count; i++) sum += log(before[i] / now[i]);
    return exp(sum / (double)t->count);
}

static double gain_of(const tuner *t, const double seconds[])
{
    double defaults[CLP_BENCH_OPERATIONS];
    for (size_t i = 0; i < t->count; i++) defaults[i] = t->expected[i].seconds;
    return ratio_of(t, defaults, seconds);
}

/* Whether one that looks better than the best so far is so in turns with it, too. */
static bool is_better(tuner *t, const clp_tuning *tuning)
{
    double best[CLP_BENCH_OPERATIONS], seconds[CLP_BENCH_OPERATIONS];
    return measure(t, &t->best, best) == CLP_OK && measure(t, tuning, seconds) == CLP_OK &&
           ratio_of(t, best, seconds) > worth;
}

/* What fails is told, and that is all. */
static void try(tuner *t, const clp_tuning *tuning)
{
    char text[TEXT_SIZE];
    double seconds[CLP_BENCH_OPERATIONS];
    t->trials++;
    clp_tuning_text(t->backend->parameters, tuning, text, sizeof text);
    if (measure(t, tuning, seconds) != CLP_OK) {
        tell(t, text, NAN, clp_error_message(), false);
        return;
    }
    double gain = gain_of(t, seconds);
    if (gain > worth * t->best_gain && is_better(t, tuning)) {
        t->best = *tuning;
        t->best_gain = gain;
        memcpy(t->best_text, text, sizeof text);
        t->backend->tune(t->device, t->kind, tuning);
    }
    tell(t, text, gain, "", false);
}

static void try_variants(tuner *t, const char *own)
{
    for (const char *const *variant = t->backend->sweep_variants; *variant && goes_on(t); variant++)
        if (strcmp(*variant, own) && t->backend->is_worth_trying(t->device, *variant))
            try(t, &(clp_tuning){.variant = *variant});
}

static bool is_tried(const tuner *t, const clp_tuning *tuning, const clp_tuning *tried, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (t->backend->runs_alike(t->device, t->kind, tuning, &tried[i])) return true;
    return false;
}

static void try_choices(tuner *t, const char *own)
{
    const clp_parameter *parameters = t->backend->parameters;
    for (size_t i = 0; parameters[i].name && goes_on(t); i++) {
        const clp_parameter *p = &parameters[i];
        const char *variant = t->best.variant ? t->best.variant : own;
        if (!(t->kind.deep ? p->deep : p->flat) || (p->variant && strcmp(p->variant, variant))) continue;
        clp_tuning tried[CLP_CHOICES + 1] = {t->best};
        for (size_t c = 0, count = 1; c < CLP_CHOICES && p->choices[c] && goes_on(t); c++) {
            clp_tuning tuning = tried[0];
            tuning.values[i] = p->choices[c];
            if (is_tried(t, &tuning, tried, count)) continue;
            tried[count++] = tuning;
            try(t, &tuning);
        }
    }
}

/* Once more in turns with the defaults, so that a quiet moment of the machine does not pass for a better
 * choice. */
static clp_status confirm(tuner *t)
{
    double seconds[2][CLP_BENCH_OPERATIONS], logs = 0;
    const clp_tuning found = t->best, none = {0};
    const int rounds = t->stopped ? 1 : FINAL_ROUNDS;
    if (strcmp(t->best_text, "default") == 0) return CLP_OK;
    for (int round = 0; round < rounds; round++) {
        CLP_TRY(measure(t, &none, seconds[0]));
        CLP_TRY(measure(t, &found, seconds[1]));
        logs += log(ratio_of(t, seconds[0], seconds[1]));
    }
    t->best_gain = exp(logs / rounds);
    if (t->best_gain >= worth) return CLP_OK;
    t->best = none;
    t->best_gain = 1;
    snprintf(t->best_text, sizeof t->best_text, "default");
    t->backend->tune(t->device, t->kind, &none);
    return CLP_OK;
}

/* The name of the variant that the defaults take. */
static clp_status own_variant(tuner *t, char *name, size_t size)
{
    clp_level *level;
    CLP_TRY(t->backend->level_create(t->device, &t->op, t->reference.level->precision, NULL, &level));
    snprintf(name, size, "%s", level->sweep ? level->sweep : "");
    t->backend->level_destroy(level);
    return CLP_OK;
}

/* The defaults on a grid of that many nodes along an axis. */
static clp_status measure_defaults(tuner *t, size_t nodes, char *own, size_t size)
{
    double seconds[CLP_BENCH_OPERATIONS];
    CLP_TRY(begin_kind(t, nodes));
    CLP_TRY(own_variant(t, own, size));
    CLP_TRY(measure(t, &t->best, seconds)); /* builds kernels */
    double start = clp_seconds();
    CLP_TRY(measure(t, &t->best, seconds));
    t->takes = clp_seconds() - start;
    for (size_t i = 0; i < t->count; i++) t->expected[i].seconds = seconds[i];
    return CLP_OK;
}

/* Likewise, on the largest that works and leaves time for some trials: from small ones up. */
static clp_status begin_with_defaults(tuner *t, double until, char *own, size_t size)
{
    const double trials = 12 + 2 * FINAL_ROUNDS, growth = t->kind.deep ? 8 : 4;
    size_t nodes = least_nodes(t);
    clp_status status = measure_defaults(t, nodes, own, size);
    while (status == CLP_OK) {
        double next = growth * t->takes;
        bool whole = t->op.grid.nodes[0] == nodes && 2 * nodes - 1 <= most_nodes(t);
        if (!whole || clp_seconds() + (2 + trials) * next > until) return CLP_OK;
        end_kind(t);
        if (measure_defaults(t, 2 * nodes - 1, own, size) == CLP_OK) {
            nodes = 2 * nodes - 1;
            continue;
        }
        end_kind(t);
        return measure_defaults(t, nodes, own, size);
    }
    return status;
}

static void tune_kind(tuner *t, double until)
{
    char own[32];
    const clp_tuning none = {0}, before = t->backend->tuned(t->device, t->kind);
    t->backend->tune(t->device, t->kind, &none);
    t->end = until;
    clp_status status = begin_with_defaults(t, until, own, sizeof own);
    if (status == CLP_OK) {
        t->end = until - 2 * FINAL_ROUNDS * t->takes;
        tell(t, "default", 1, "", false);
        try_choices(t, own); /* what the defaults take is a good guess, and built already */
        try_variants(t, own);
        if (t->best.variant) try_choices(t, own);
        status = confirm(t);
    }
    if (status == CLP_OK && t->trials > 0) {
        tell(t, t->best_text, t->best_gain, "", true);
    } else { /* not now: what was found before stays */
        t->best = before;
        t->backend->tune(t->device, t->kind, &before);
        tell(t, "default", NAN,
             status != CLP_OK ? clp_error_message()
             : t->stopped     ? "it was stopped"
                              : "no time was left for a trial",
             true);
    }
    end_kind(t);
}

static clp_status search(clp_device *device, double seconds, clp_tune_function *function, void *user)
{
    tuner *t = calloc(1, sizeof *t);
    if (!t) return clp_fail_host_memory(sizeof *t);
    const double start = clp_seconds(), end = start + seconds;
    *t = (tuner){.device = device, .backend = device->backend, .function = function, .user = user};
    clp_status status = clp_reference_backend.open(&(clp_device_options){0}, &t->host);
    size_t left = CLP_TUNING_KINDS / (device->info.fp64 ? 1 : 2);
    for (size_t i = 0; i < CLP_TUNING_KINDS && status == CLP_OK && !t->stopped; i++) {
        t->kind = clp_tuning_kind_at(i);
        if (t->kind.doubled && !device->info.fp64) continue;
        double now = clp_seconds(); /* an equal part of the time that is left */
        if (now < end)
            tune_kind(t, now + (end - now) / (double)left--);
        else
            tell(t, "default", NAN, "no time was left", true);
    }
    if (status == CLP_OK) clp_device_close(t->host);
    free(t);
    return status;
}

clp_status clp_device_tune(clp_device *device, const clp_tune_options *options, clp_tune_function *function,
                           void *user, char *path, size_t path_size)
{
    static const clp_tune_options defaults;
    const clp_backend *backend = device->backend;
    char own[1024];
    if (!options) options = &defaults;
    if (!backend->parameters)
        return clp_fail(CLP_ERROR_UNSUPPORTED, "backend %s has nothing to tune; use an OpenCL device",
                        backend->name);
    if (options->seconds < 0 || !isfinite(options->seconds))
        return clp_fail(CLP_ERROR_INPUT, "the time to tune for is %g s; it must be above 0, or 0 for 120",
                        options->seconds);
    if (options->forget)
        for (size_t i = 0; i < CLP_TUNING_KINDS; i++)
            backend->tune(device, clp_tuning_kind_at(i), &(clp_tuning){0});
    else
        CLP_TRY(search(device, options->seconds > 0 ? options->seconds : 120, function, user));
    return backend->tuning_keep(device, path ? path : own, path ? path_size : sizeof own);
}
