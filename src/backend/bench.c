/* SPDX-License-Identifier: MIT */
/* The operations of a backend, timed. */
#include "backend/bench_operation.h"
#include "backend/check_data.h"
#include "base/checked.h"

#include <math.h>
#include <string.h>

static double bytes_of(const clp_bench_operation *o, const clp_level *level)
{
    const clp_operator *op = &level->op;
    double coefficients = op->network && o->coefficients ? clp_grid_dimensions(&op->grid) + 1 : 0;
    double passes = o->sweeps ? ceil((double)CLP_BENCH_SWEEPS / (double)level->sweeps_per_pass) : 1;
    double coarse = !o->plain ? 0 : clp_grid_dimensions(&op->grid) == 3 ? 0.125 : 0.25;
    return passes * (o->fields + coarse + coefficients) * (double)clp_precision_bytes(level->precision);
}

/* Multiplications and additions per node; 0 where they are not counted. */
static double flops_of(const clp_bench_operation *o, const clp_operator *op)
{
    bool deep = clp_grid_dimensions(&op->grid) == 3, sweeping = o->sweeps || (o->plain && o->updates > 0);
    double constant = deep ? 12 : 9,
           varying = deep ? 22 : 16; /* of a sweep with a source, as they are written */
    if (o->flops > 0) return o->flops;
    return sweeping ? o->updates * (op->network ? varying : constant) : 0;
}

/* What a whole run of operations knows. */
typedef struct bench_run {
    clp_device *device, *host;
    bool quick, go_on;
    double triad[CLP_PRECISION_DOUBLE + 1];      /* bytes per second, by precision; 0: not known */
    double arithmetic[CLP_PRECISION_DOUBLE + 1]; /* flops likewise */
    clp_bench_function *function;
    void *user;
} bench_run;

static void tell(bench_run *run, const clp_bench_row *row)
{
    if (run->function && !run->function(run->user, row)) run->go_on = false;
}

/* What goes wrong is a row that says so. */
static void time_operation(bench_run *run, const clp_bench_operation *o, clp_bench_side *tested,
                           clp_bench_side *reference)
{
    const clp_level *level = tested->level;
    clp_bench_row row = clp_bench_row_of(o->name, level->precision, &level->op.grid);
    double nodes = (double)clp_grid_node_count(&level->op.grid);
    if (o->updates > 0) row.coefficients = level->op.network ? "varying" : "constant";
    if (o->sweeps && level->sweep) row.variant = level->sweep;
    clp_status status = clp_bench_run(o, reference);
    if (status == CLP_OK) status = clp_bench_run(o, tested);
    if (status == CLP_OK) status = clp_bench_compare(o, tested, reference, &row);
    if (status == CLP_OK && row.right) status = clp_bench_measure(o, tested, run->quick, &row);
    if (status != CLP_OK) {
        row.right = false;
        row.message = clp_error_message();
    } else if (row.right) {
        if (o->updates > 0) row.updates_per_second = o->updates * nodes / row.seconds;
        row.bytes_per_second = bytes_of(o, level) * nodes / row.seconds;
        double *triad = &run->triad[level->precision], *most = &run->arithmetic[level->precision];
        if (flops_of(o, &level->op) > 0) row.flops = flops_of(o, &level->op) * nodes / row.seconds;
        if (o->flops > 0 && !(*most > 0)) *most = row.flops;
        if (*most > 0) row.part_of_arithmetic = row.flops / *most;
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
static bool is_due(const clp_bench_operation *o, const clp_bench_case *c, const char *variant)
{
    bool memory = o->updates == 0 && o->flops == 0;
    if (variant) return o->sweeps;
    if (o->flops > 0 && c->planes) return false; /* long rows show it best */
    if (memory || c->what == CLP_BENCH_MEMORY) return memory && c->what == CLP_BENCH_MEMORY;
    return c->what == CLP_BENCH_ALL ? !o->sweeps : o->quick;
}

static void run_operations(bench_run *run, const clp_bench_case *c, const clp_operator *op,
                           const char *variant)
{
    clp_bench_side tested = {.device = run->device}, reference = {.device = run->host};
    clp_status status = clp_bench_side_create(&reference, op, c->precision, NULL);
    if (status == CLP_OK) status = clp_bench_side_create(&tested, op, c->precision, variant);
    for (size_t i = 0; i < CLP_BENCH_OPERATIONS && status == CLP_OK && run->go_on; i++) {
        const clp_bench_operation *o = &clp_bench_operations_list[i];
        if (is_due(o, c, variant) && !(o->plain && !tested.down)) time_operation(run, o, &tested, &reference);
    }
    if (status != CLP_OK) tell_failure(run, c, &op->grid);
    clp_bench_side_destroy(&tested);
    clp_bench_side_destroy(&reference);
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
