/* SPDX-License-Identifier: MIT */
#include "transient/state.h"

#include "base/machine.h"
#include "base/text.h"
#include "problem/declared.h"
#include "solver/quantities.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- choosing ---- */

enum { EXPLICIT_STEPS = 2000, MOST_OUTPUTS = 10000000 };

static clp_status check_options(const clp_time_options *options)
{
    if (!(options->end > 0) || !isfinite(options->end))
        return clp_fail(CLP_ERROR_INPUT, "the end of the time is %g; it must be above 0, where t begins",
                        options->end);
    if (options->step < 0 || !isfinite(options->step))
        return clp_fail(CLP_ERROR_INPUT, "the time step is %g; it must be above 0, or auto", options->step);
    if (options->output_every < 0 || !isfinite(options->output_every))
        return clp_fail(CLP_ERROR_INPUT, "the time between outputs is %g; it must be above 0",
                        options->output_every);
    if (options->output_every > 0 && options->end / options->output_every > MOST_OUTPUTS)
        return clp_fail(CLP_ERROR_INPUT,
                        "an output every %g until %g makes %.3g of them, more than %d; take more time "
                        "between them",
                        options->output_every, options->end, options->end / options->output_every,
                        MOST_OUTPUTS);
    double interval = options->output_every > 0 ? fmin(options->output_every, options->end) : options->end;
    if (options->step > interval * (1 + 1e-9))
        return clp_fail(CLP_ERROR_INPUT,
                        "the time step of %g is longer than the time between outputs, %g; make one of them "
                        "fit the other",
                        options->step, interval);
    if (options->tolerance < 0 || !isfinite(options->tolerance))
        return clp_fail(CLP_ERROR_INPUT, "the tolerance of time steps is %g; it must be above 0, or auto",
                        options->tolerance);
    return CLP_OK;
}

/* Several ranks solve the equations of implicit steps in networks only where their parts are thick enough. */
static bool can_solve(const clp_transient *transient)
{
    return transient->plain || !transient->assembly.ranks || transient->problem->grid.part.align > 1;
}

static const clp_stepper *long_steps(const clp_transient *transient)
{
    return can_solve(transient) ? &clp_stepper_trbdf2 : &clp_stepper_rkl2;
}

static clp_status check_shared(const clp_transient *transient)
{
    if (!transient->stepper->tableau || can_solve(transient)) return CLP_OK;
    return clp_fail(
        CLP_ERROR_UNSUPPORTED,
        "the ranks' parts are too thin for steps of %s with materials or electrodes; take explicit, "
        "rkl2, or fewer ranks",
        transient->stepper->name);
}

/* Auto: explicit steps where few suffice, whose error is of the order of the grid's own. */
static clp_status choose_stepper(clp_transient *transient)
{
    const clp_time_options *options = &transient->options;
    const char *name = options->method;
    double stable = transient->in_time.largest_stable;
    if (name && strcmp(name, "auto")) {
        transient->stepper = clp_stepper_find(name);
        if (transient->stepper) return check_shared(transient);
        return clp_fail(CLP_ERROR_INPUT,
                        "there is no time method '%s'; use auto, explicit, rkl2, "
                        "implicit_euler or trbdf2",
                        name);
    }
    if (options->step > 0) {
        bool fits = options->step <= stable;
        transient->stepper = fits ? &clp_stepper_explicit : long_steps(transient);
        transient->report.choice = fits ? "steps as short as asked for are stable without solving equations"
                                        : "explicit steps as long as asked for would not be stable";
        return CLP_OK;
    }
    bool few = 2 * options->end <= EXPLICIT_STEPS * stable; /* of half that length */
    transient->stepper = few ? &clp_stepper_explicit : long_steps(transient);
    transient->report.choice = few ? "few stable explicit steps lead to the end"
                                   : "explicit steps would be too many; its steps follow the solution";
    return CLP_OK;
}

static clp_status check_stable(const clp_transient *transient)
{
    const double rounding = 1 + 1e-9;
    double step = transient->options.step, reach = transient->stepper->reach;
    double longest = transient->in_time.largest_stable * reach;
    if (reach == 0 || step <= longest * rounding) return CLP_OK;
    return clp_fail(
        CLP_ERROR_INPUT,
        "the time step of %g is not stable for method %s: steps up to %.10g are; take such a step, "
        "step: auto, or method: auto",
        step, transient->stepper->name, longest);
}

static clp_status choose_precision(clp_transient *transient)
{
    bool fp64 = transient->device->info.fp64, cycles = transient->stepper->tableau;
    clp_precision *asked = &transient->options.precision;
    if (*asked == CLP_PRECISION_AUTO)
        *asked = !fp64 ? CLP_PRECISION_SINGLE : cycles ? CLP_PRECISION_MIXED : CLP_PRECISION_DOUBLE;
    if (*asked == CLP_PRECISION_MIXED && !cycles)
        return clp_fail(CLP_ERROR_INPUT,
                        "precision mixed is for implicit steps, and method %s has none; use "
                        "double or single",
                        transient->stepper->name);
    if (*asked != CLP_PRECISION_SINGLE && !fp64)
        return clp_fail(
            CLP_ERROR_UNSUPPORTED,
            "%s (%s) has no double precision (cl_khr_fp64), which steps in %s need; use precision: "
            "single, another --device, or --backend reference",
            transient->device->info.name, transient->device->info.platform, clp_precision_name(*asked));
    transient->outer = *asked == CLP_PRECISION_SINGLE ? CLP_PRECISION_SINGLE : CLP_PRECISION_DOUBLE;
    transient->inner = *asked == CLP_PRECISION_DOUBLE ? CLP_PRECISION_DOUBLE : CLP_PRECISION_SINGLE;
    /* Where conductances differ by more than single precision tells apart, its cycles are of no use. */
    if (transient->plain) return CLP_OK;
    double least = clp_operator_smallest_part(&transient->assembly.op);
    CLP_TRY(clp_reduce(transient->assembly.ranks, CLP_REDUCE_MIN, &least, 1));
    if (1e8 * least < 1) transient->inner = transient->outer;
    return CLP_OK;
}

/* ---- preparing ---- */

/* The network with M in the place of the diagonal, which sweeps divide by. */
static clp_status make_stepping(clp_transient *transient, clp_operator *made)
{
    clp_assembly *assembly = &transient->assembly;
    clp_operator op = assembly->op;
    *made = op;
    if (transient->plain) return CLP_OK;
    size_t count = clp_grid_node_count(&op.grid);
    double largest = 0;
    for (size_t p = 0; p < count; p++) {
        if (assembly->network.diagonal[p] == 0) assembly->mass[p] = 0;
        largest = fmax(largest, assembly->mass[p]);
    }
    transient->network = assembly->network;
    transient->network.diagonal = assembly->mass;
    op.network = &transient->network;
    CLP_TRY(clp_reduce(assembly->ranks, CLP_REDUCE_MAX, &largest, 1));
    op.diagonal = largest;
    op.least = 0;
    *made = op;
    return CLP_OK;
}

static clp_status create_fields(clp_transient *transient)
{
    const clp_backend *backend = transient->device->backend;
    const clp_stepper *stepper = transient->stepper;
    size_t rows = clp_layout_rows(&transient->level->layout);
    clp_assembly *assembly = &transient->assembly;
    CLP_TRY(backend->field_create(transient->level, &transient->u));
    CLP_TRY(backend->field_create(transient->level, &transient->scratch));
    if (assembly->source) CLP_TRY(backend->field_create(transient->level, &transient->q));
    if (!stepper->advance) CLP_TRY(backend->field_create(transient->level, &transient->next));
    if (!stepper->advance) CLP_TRY(backend->field_create(transient->level, &transient->error));
    if (!stepper->advance) CLP_TRY(backend->field_create(transient->level, &transient->spare));
    for (size_t i = 0; i < stepper->rates; i++)
        CLP_TRY(backend->field_create(transient->level, &transient->rates[i]));
    CLP_TRY(clp_balance_create(transient));
    CLP_TRY(backend->field_write(transient->u, 0, rows, assembly->values));
    return transient->q ? backend->field_write(transient->q, 0, rows, assembly->source) : CLP_OK;
}

/* Fields of the size of u, for the estimate of memory: with an upper limit for the levels of cycles. */
static size_t field_count(const clp_transient *transient)
{
    const clp_stepper *stepper = transient->stepper;
    size_t network = transient->plain ? 0 : (size_t)clp_grid_dimensions(&transient->assembly.op.grid) + 2;
    return 3 + (transient->assembly.source != NULL) + stepper->rates + (stepper->advance ? 0 : 4) + network +
           (stepper->tableau ? 2 + network : 0);
}

static void begin_report(clp_transient *transient)
{
    clp_report *report = &transient->report;
    clp_time_report *in_time = &transient->in_time;
    const clp_time_options *options = &transient->options;
    report->grid = clp_operator_whole(&transient->assembly.op).grid;
    report->unknowns = clp_operator_unknowns(&transient->assembly.op);
    report->device = transient->device->info;
    clp_cut_text(report->method, sizeof report->method, transient->stepper->name);
    clp_cut_text(report->precision, sizeof report->precision, clp_precision_name(options->precision));
    clp_cut_text(report->criterion, sizeof report->criterion, options->until_steady ? "steady" : "end");
    clp_cut_text(report->check, sizeof report->check, "device");
    report->tolerance = report->residual_initial = report->residual_final = report->residual_relative = NAN;
    report->algebraic_bound = report->discretization_estimate = report->seconds_output = NAN;
    report->capacitance = NAN;
    report->device_bytes = (unsigned long long)field_count(transient) * transient->level->layout.bytes +
                           clp_hierarchy_bytes(transient->implicit.hierarchy);
    report->bytes_per_unknown = (double)report->device_bytes *
                                (double)clp_ranks_count(transient->assembly.ranks) / (double)report->unknowns;
    report->in_time = in_time;
    in_time->end = options->end;
    in_time->step = options->step > 0 ? options->step : NAN;
    bool asked = options->tolerance > 0 && options->step == 0 && !transient->stepper->advance;
    in_time->tolerance = asked ? options->tolerance : NAN;
    in_time->output_every = options->output_every > 0 ? options->output_every : NAN;
    in_time->step_smallest = INFINITY;
}

/* Values, the balance's, sums of what feeds and holds, and what makes a network step. */
static size_t host_bytes(const clp_transient *transient)
{
    size_t own = 2 + 2 * (size_t)(transient->feeds + transient->holds) + (transient->plain ? 0 : 3);
    return clp_assembly_needs(transient->problem).host_bytes_per_node + own * sizeof(double);
}

/* Once the stepper and precision are chosen. */
static clp_memory_use memory_use(const clp_transient *transient)
{
    const clp_operator *op = &transient->assembly.op;
    const bool uses = transient->stepper->tableau;
    double levels = uses ? clp_hierarchy_fields(op, transient->plain) : 0,
           largest = uses ? clp_hierarchy_largest(op, transient->plain) : 0;
    return (clp_memory_use){.fields = field_count(transient),
                            .bytes_per_node = levels * (double)clp_precision_bytes(transient->inner),
                            .largest_per_node = largest * (double)clp_precision_bytes(transient->inner),
                            .host_bytes_per_node = host_bytes(transient)};
}

static clp_status check(clp_transient *transient)
{
    CLP_TRY(clp_problem_check_in_time(transient->problem));
    CLP_TRY(check_options(&transient->options));
    transient->plain = clp_problem_is_plain_in_time(transient->problem);
    transient->feeds = clp_problem_feeds_in_time(transient->problem);
    transient->holds = clp_problem_holds_in_time(transient->problem);
    if (transient->options.until_steady && (transient->feeds || transient->holds))
        return clp_fail(CLP_ERROR_INPUT,
                        "there is no steady state where values or sources depend on t; leave "
                        "until: steady out");
    return CLP_OK;
}

/* The stepper and its precision, by the assembly. */
static clp_status choose(clp_transient *transient)
{
    CLP_TRY(clp_transient_find_stable(transient));
    CLP_TRY(choose_stepper(transient));
    CLP_TRY(check_stable(transient));
    return choose_precision(transient);
}

static clp_status prepare(clp_transient *transient)
{
    const clp_backend *backend = transient->device->backend;
    clp_assembly *assembly = &transient->assembly;
    CLP_TRY(check(transient));
    const clp_memory_use least = {.fields = 3, .host_bytes_per_node = host_bytes(transient)};
    CLP_TRY(backend->fits(transient->device, &transient->problem->grid, CLP_PRECISION_SINGLE, &least));
    CLP_TRY(clp_assemble_in_time(transient->problem, transient->device, assembly));
    CLP_TRY(choose(transient));
    const clp_memory_use use = memory_use(transient);
    CLP_TRY(backend->fits(transient->device, &assembly->op.grid, transient->outer, &use));
    clp_operator op;
    CLP_TRY(make_stepping(transient, &op));
    CLP_TRY(backend->level_create(transient->device, &op, transient->outer, getenv("CLPOISSON_SWEEP"),
                                  &transient->level));
    CLP_TRY(create_fields(transient));
    size_t bytes = clp_grid_node_count(&assembly->op.grid) * sizeof *transient->values;
    transient->values = malloc(bytes);
    if (!transient->values) return clp_fail_host_memory(bytes);
    memcpy(transient->values, assembly->values, bytes);
    CLP_TRY(clp_electrodes_list(transient->problem, &transient->electrodes, &transient->electrode_of,
                                &transient->report));
    begin_report(transient);
    return clp_note_lost_regions(transient->problem, assembly);
}

clp_status clp_transient_create(clp_device *device, const clp_problem *problem,
                                const clp_time_options *options, clp_transient **transient)
{
    double start = clp_seconds(), compiled = device->compile_seconds;
    *transient = NULL;
    clp_transient *created = calloc(1, sizeof *created);
    if (!created) return clp_fail_host_memory(sizeof *created);
    created->device = device;
    created->problem = problem;
    created->options = *options;
    clp_status status = prepare(created);
    if (status != CLP_OK) {
        clp_transient_destroy(created);
        return status;
    }
    created->report.seconds_compile = device->compile_seconds - compiled;
    created->report.seconds_setup = clp_seconds() - start - created->report.seconds_compile;
    *transient = created;
    return CLP_OK;
}

static clp_status fill_estimate(const clp_transient *transient, clp_estimate *estimate)
{
    const clp_operator *op = &transient->assembly.op;
    const clp_memory_use use = memory_use(transient);
    double nodes = (double)clp_grid_node_count(&op->grid);
    clp_layout layout;
    CLP_TRY(clp_layout_init(&layout, &op->grid, clp_precision_bytes(transient->outer)));
    double bytes = (double)use.fields * (double)layout.bytes + use.bytes_per_node * nodes;
    *estimate = (clp_estimate){.unknowns_at_most = clp_operator_unknowns(op),
                               .fields = use.fields,
                               .device_bytes = (unsigned long long)bytes,
                               .largest_bytes = (unsigned long long)clp_memory_largest(&layout, &use),
                               .host_bytes = (unsigned long long)nodes * use.host_bytes_per_node,
                               .precision = transient->options.precision,
                               .method = transient->stepper->name};
    return CLP_OK;
}

clp_status clp_transient_estimate(const clp_problem *problem, const clp_time_options *options,
                                  const clp_device_info *device, clp_estimate *estimate)
{
    clp_device described = {.info = *device};
    clp_transient transient = {.device = &described, .problem = problem, .options = *options};
    if (clp_grid_is_part(&problem->grid))
        return clp_fail(CLP_ERROR_UNSUPPORTED, "what a part of a problem in time takes is not estimated");
    clp_status status = check(&transient);
    if (status == CLP_OK) status = clp_assemble_in_time(problem, NULL, &transient.assembly);
    if (status == CLP_OK) status = choose(&transient);
    if (status == CLP_OK) status = fill_estimate(&transient, estimate);
    clp_assembly_finish(&transient.assembly);
    return status;
}

void clp_transient_destroy(clp_transient *transient)
{
    if (!transient) return;
    const clp_backend *backend = transient->device->backend;
    clp_implicit_finish(transient);
    clp_balance_destroy(transient);
    clp_field *const fields[] = {transient->u, transient->next,  transient->scratch,
                                 transient->q, transient->error, transient->spare};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) backend->field_destroy(fields[i]);
    for (size_t i = 0; i < CLP_RATES; i++) backend->field_destroy(transient->rates[i]);
    backend->level_destroy(transient->level);
    clp_assembly_finish(&transient->assembly);
    free(transient->values);
    free(transient->electrodes);
    free(transient->electrode_of);
    free(transient->intervals);
    free(transient);
}

const double *clp_transient_values(const clp_transient *transient)
{
    return transient->values;
}

void clp_transient_flux(const clp_transient *transient, double *flux)
{
    clp_flux(&transient->assembly.op, transient->values, flux);
}

const clp_report *clp_transient_report(const clp_transient *transient)
{
    return &transient->report;
}

clp_status clp_transient_peek(const clp_transient *transient, double *values)
{
    size_t rows = clp_layout_rows(&transient->level->layout);
    return transient->device->backend->field_read(transient->u, 0, rows, values);
}
