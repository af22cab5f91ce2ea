/* SPDX-License-Identifier: MIT */
/*
 * How fast each variant of the sweep runs, beside the original kernel (variant "linear") in the same run.
 *
 *   bench_sweep [--device D] [--backend B] [--double] [--cube | --network] [--variant NAME] [NODES ...]
 *
 * 5 points, or 7 in a cube, or 5 with a conductance per edge. Per size: each variant in turn, five rounds,
 * medians; every timed field is compared with that of the first variant.
 */
#include "backend/check_data.h"
#include "base/checked.h"
#include "base/machine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 5, VARIANTS_MAX = 8 };

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct contestant {
    const char *name;
    clp_level *level;
    clp_field *u, *v;
    double seconds[ROUNDS];
    double probe; /* a value of the field after the first round */
} contestant;

/* Numbers in [0, 1) by the index. */
static void fill_random(const void *context, size_t row, size_t first, size_t count, double *values)
{
    size_t nx = ((const clp_field *)context)->level->layout.nodes[0];
    for (size_t i = 0; i < count; i++) values[i] = clp_check_random(row * nx + first + i, 1);
}

static clp_status prepare(contestant *c, clp_device *device, const clp_operator *op, clp_precision precision)
{
    const clp_backend *backend = device->backend;
    CLP_TRY(backend->level_create(device, op, precision, c->name, &c->level));
    CLP_TRY(backend->field_create(c->level, &c->u));
    CLP_TRY(backend->field_create(c->level, &c->v));
    return backend->field_fill(c->u, fill_random, c->u);
}

static clp_status time_round(contestant *c, clp_device *device, size_t sweeps, int round)
{
    double weights[256];
    for (int i = 0; i < 256; i++) weights[i] = 1;
    CLP_TRY(device->backend->finish(device));
    double start = clp_seconds();
    for (size_t left = sweeps; left;) {
        size_t now = left < 256 ? left : 256;
        CLP_TRY(device->backend->sweep(c->u, c->v, NULL, weights, now));
        left -= now;
    }
    CLP_TRY(device->backend->finish(device));
    c->seconds[round] = clp_seconds() - start;
    return CLP_OK;
}

static clp_status probe(contestant *c, clp_device *device)
{
    size_t nodes = c->level->op.grid.nodes[0];
    double *row = malloc(nodes * sizeof *row);
    if (!row) return clp_fail_host_memory(nodes * sizeof *row);
    clp_status status = device->backend->field_read(c->u, clp_layout_rows(&c->level->layout) / 2 + 1, 1, row);
    c->probe = row[nodes / 2];
    free(row);
    return status;
}

/* What to time. */
typedef struct stencil {
    bool cube, network;
    clp_precision precision;
    const char *variant; /* NULL: each */
} stencil;

static clp_status bench(clp_device *device, size_t nodes, const stencil *what)
{
    contestant all[VARIANTS_MAX] = {0};
    const clp_precision precision = what->precision;
    const clp_check_case kind = {.nodes = {nodes, nodes, what->cube ? nodes : 0},
                                 .held = what->cube ? 63 : 15,
                                 .network = what->network ? CLP_CHECK_NETWORK : CLP_CHECK_PLAIN,
                                 .aspect = 1};
    clp_operator op;
    clp_network network = {0};
    clp_status status = clp_check_operator(&kind, &op, &network);
    size_t count = 0, unknowns = clp_grid_node_count(&op.grid);
    size_t sweeps = clp_max(32, ((size_t)1 << 30) / unknowns / 16 * 16);
    for (const char *const *name = device->backend->sweep_variants; *name; name++)
        if (!what->variant || strcmp(what->variant, *name) == 0) all[count++].name = *name;
    for (size_t i = 0; i < count && status == CLP_OK; i++) {
        status = prepare(&all[i], device, &op, precision);
        if (status == CLP_OK) status = time_round(&all[i], device, 32, 0); /* warm up */
        if (status == CLP_OK) status = probe(&all[i], device);
    }
    for (int round = 0; round < ROUNDS && status == CLP_OK; round++)
        for (size_t i = 0; i < count && status == CLP_OK; i++)
            status = time_round(&all[i], device, sweeps, round);
    for (size_t i = 0; i < count && status == CLP_OK; i++) {
        qsort(all[i].seconds, ROUNDS, sizeof(double), compare);
        double median = all[i].seconds[ROUNDS / 2], first = all[0].seconds[ROUNDS / 2];
        bool right = fabs(all[i].probe - all[0].probe) <= 1e-4 * fabs(all[0].probe);
        printf("%6zu^%d %s %-8s %8.3f G updates/s  %6.2f x %s  (spread %.0f %%)%s\n", nodes,
               what->cube ? 3 : 2, clp_precision_name(precision), all[i].name,
               1e-9 * (double)sweeps * (double)unknowns / median, first / median, all[0].name,
               100 * (all[i].seconds[ROUNDS - 1] - all[i].seconds[0]) / median,
               right ? "" : "  WRONG RESULT");
        if (!right) status = clp_fail(CLP_ERROR_DEVICE, "variant %s computes wrongly", all[i].name);
    }
    for (size_t i = 0; i < count; i++) {
        device->backend->field_destroy(all[i].u);
        device->backend->field_destroy(all[i].v);
        device->backend->level_destroy(all[i].level);
    }
    clp_check_network_finish(&network);
    return status;
}

int main(int count, char **arguments)
{
    clp_device_options options = {0};
    stencil what = {.precision = CLP_PRECISION_SINGLE};
    size_t sizes[16], size_count = 0;
    for (int i = 1; i < count; i++) {
        if (strcmp(arguments[i], "--double") == 0)
            what.precision = CLP_PRECISION_DOUBLE;
        else if (strcmp(arguments[i], "--cube") == 0)
            what.cube = true;
        else if (strcmp(arguments[i], "--network") == 0)
            what.network = true;
        else if (strcmp(arguments[i], "--variant") == 0 && i + 1 < count)
            what.variant = arguments[++i];
        else if (strcmp(arguments[i], "--device") == 0 && i + 1 < count)
            options.device = arguments[++i];
        else if (strcmp(arguments[i], "--backend") == 0 && i + 1 < count)
            options.backend = arguments[++i];
        else if (size_count < 16)
            sizes[size_count++] = strtoul(arguments[i], NULL, 10);
    }
    if (!size_count) sizes[size_count++] = 4096;
    clp_device *device = NULL;
    clp_status status = clp_device_open(&options, &device);
    if (status == CLP_OK) printf("%s (%s)\n", device->info.name, device->info.platform);
    for (size_t i = 0; i < size_count && status == CLP_OK; i++) status = bench(device, sizes[i], &what);
    if (status != CLP_OK) fprintf(stderr, "bench_sweep: %s\n", clp_error_message());
    clp_device_close(device);
    return status != CLP_OK;
}
