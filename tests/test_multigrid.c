/* SPDX-License-Identifier: MIT */
/*
 * Multigrid on random residuals: how fast it is on every size and kind of side, that a cycle is symmetric,
 * and that single precision inside does not spoil double outside. The reference backend does the many sizes,
 * the device that the environment chooses some of them.
 */
#include "backend/separable.h"
#include "backend/transfer.h"
#include "kinds.h"
#include "solver/hierarchy.h"
#include "solver/method.h"

#include <clpoisson/clpoisson.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

TestSuite(multigrid, .timeout = 300);

/* Sanitizers look at the code, not at the counts: few sizes will do. */
#ifdef __SANITIZE_ADDRESS__
enum { STRIDE = 11, LARGEST = 130 };
#else
enum { STRIDE = 1, LARGEST = 100000 };
#endif

#define OK(call) cr_assert_eq(call, CLP_OK, "%s", clp_error_message())

/* Everything that an iteration needs, in double outside. */
typedef struct setup {
    clp_device *device;
    const clp_backend *backend;
    clp_operator op;
    clp_network network;
    clp_level *level;
    clp_field *u, *scratch, *q, *correction, *residual, *shared;
    clp_iteration iteration;
    bool singular;
} setup;

/* The first node of a seam, for the second one; else the node itself. */
static size_t first_of_seam(const clp_operator *op, size_t p)
{
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++)
        if (op->periodic[axis] && clp_operator_at(op, p, axis) + 1 == op->grid.nodes[axis])
            p -= (op->grid.nodes[axis] - 1) * clp_operator_step(op, axis);
    return p;
}

/* Random numbers on the unknowns, of mean 0 where the problem is singular; both nodes of a seam get the same
 * one. */
static void randomize(const setup *s, clp_field *field)
{
    const clp_operator *op = &s->op;
    size_t count = clp_grid_node_count(&op->grid);
    double *values = calloc(count, sizeof *values), sum = 0, volume = 0;
    for (size_t p = 0; p < count; p++) {
        if (!clp_operator_in_range(op, p)) continue;
        double part = op->network ? 1 : clp_operator_volume_part(op, p);
        values[p] = random_number();
        sum += part * values[p];
        volume += part;
    }
    for (size_t p = 0; p < count; p++) {
        size_t from = first_of_seam(op, p);
        if (!clp_operator_in_range(op, from)) continue;
        if (from != p)
            values[p] = values[from];
        else if (s->singular)
            values[p] -= sum / volume;
    }
    OK(s->backend->field_write(field, 0, clp_layout_rows(&s->level->layout), values));
    free(values);
}

/* Random numbers on the held nodes: what users have, and, unlike random sources, within double's reach where
 * conductances differ by 1e6. */
static void randomize_held(const setup *s)
{
    size_t count = clp_grid_node_count(&s->op.grid);
    double *values = calloc(count, sizeof *values);
    for (size_t p = 0; p < count; p++)
        if (clp_operator_is_held(&s->op, p))
            values[p] = first_of_seam(&s->op, p) == p ? random_number() : values[first_of_seam(&s->op, p)];
    OK(s->backend->field_write(s->u, 0, clp_layout_rows(&s->level->layout), values));
    free(values);
}

static void begin(setup *s, clp_device *device, const kind *k, clp_precision inner)
{
    *s = (setup){.device = device, .backend = device->backend, .op = operator_of(k)};
    s->singular = !k->held && k->shunt == 0;
    begin_random();
    if (k->material != PLAIN) {
        s->network = network_of(k, &s->op);
        s->op.network = &s->network;
    }
    OK(s->backend->level_create(device, &s->op, CLP_PRECISION_DOUBLE, NULL, &s->level));
    clp_field **const fields[] = {&s->u, &s->scratch, &s->q, &s->correction, &s->residual};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        OK(s->backend->field_create(s->level, fields[i]));
    s->iteration = clp_iteration_begin(s->u, s->scratch, s->q);
    s->iteration.correction = s->correction;
    s->iteration.residual = s->residual;
    OK(clp_hierarchy_create(device, &s->op, inner, NULL, CLP_SMOOTHING, &s->iteration.hierarchy));
    if (k->material != PLAIN) { /* conjugate gradients' vectors are the hierarchy's */
        s->iteration.residual = NULL;
        OK(s->backend->field_create(s->iteration.hierarchy->rungs[0].level, &s->shared));
        s->iteration.correction = s->shared;
    }
    if (k->material != PLAIN && !s->singular && k->held)
        randomize_held(s);
    else
        randomize(s, s->q);
}

static void end(setup *s)
{
    s->backend->field_destroy(s->shared);
    clp_hierarchy_destroy(s->iteration.hierarchy);
    clp_field *const fields[] = {s->u, s->scratch, s->q, s->correction, s->residual};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) s->backend->field_destroy(fields[i]);
    s->backend->level_destroy(s->level);
    network_finish(&s->network);
}

/* Steps until the residual has shrunk by 1e8, 99 at most. */
static int steps_needed(clp_device *device, const kind *k, const clp_method *method, clp_precision inner)
{
    setup s;
    begin(&s, device, k, inner);
    clp_norms norms;
    size_t sweeps;
    int steps = 0;
    OK(s.backend->residual_norms(s.u, s.q, &norms));
    double wanted = 1e-8 * norms.two;
    while (norms.two > wanted && steps < 99) {
        OK(method->iterate(&s.iteration, 1, false, &sweeps));
        OK(s.backend->residual_norms(s.u, s.q, &norms));
        steps++;
    }
    end(&s);
    return steps;
}

static clp_device *open_device(const char *backend)
{
    clp_device *device = NULL;
    OK(clp_device_open(&(clp_device_options){.backend = backend}, &device));
    return device;
}

static void expect_fast(clp_device *device, const kind *k, int cycles, int iterations)
{
    int cycle = steps_needed(device, k, &clp_method_multigrid, CLP_PRECISION_SINGLE);
    int cg = steps_needed(device, k, &clp_method_cg, CLP_PRECISION_SINGLE);
    cr_expect(
        cycle <= cycles && cg <= iterations,
        "%zu x %zu x %zu nodes, sides %u, periodic %u, spacings %g %g %g: %d cycles (%d), %d of cg (%d)",
        k->nodes[0], k->nodes[1], k->nodes[2], k->held, k->periodic, k->spacing[0], k->spacing[1],
        k->spacing[2], cycle, cycles, cg, iterations);
}

static void try_sizes(clp_device *device)
{
    for (size_t n = 3; n <= 70; n += STRIDE) {
        kind k = {.nodes = {n, n}, .held = 15};
        expect_fast(device, &k, 10, 8);
        k = (kind){.nodes = {n, 73 - n}, .held = 4};
        expect_fast(device, &k, 10, 8);
        k = (kind){.nodes = {n + 1, 75 - n}, .held = 12, .periodic = 1};
        expect_fast(device, &k, 10, 8);
    }
}

/* As they are solved, and by levels all the way down. */
Test(multigrid, every_size)
{
    clp_device *device = open_device("reference");
    try_sizes(device);
    clp_separable_most = 0;
    try_sizes(device);
    const size_t larger[] = {97, 101, 127, 128, 129, 130, 131, 200, 257, 258, 509, 512, 1021, 1024};
    for (size_t i = 0; i < sizeof larger / sizeof *larger && larger[i] <= LARGEST; i++) {
        const kind k = {.nodes = {larger[i], larger[i]}, .held = 15};
        expect_fast(device, &k, 10, 8);
    }
    clp_device_close(device);
}

Test(multigrid, every_kind_of_side)
{
    clp_separable_most = 0;
    clp_device *device = open_device("reference");
    for (unsigned held = 0; held < 16; held++) {
        kind k = {.nodes = {65, 66}, .held = held};
        expect_fast(device, &k, 10, 8);
        k.shunt = 0.01;
        expect_fast(device, &k, 10, 8);
    }
    for (unsigned periodic = 1; periodic < 4; periodic++) {
        const kind k = {.nodes = {50, 65},
                        .held = periodic == 1   ? 4
                                : periodic == 2 ? 2
                                                : 0,
                        .periodic = periodic};
        expect_fast(device, &k, 10, 8);
    }
    clp_device_close(device);
}

Test(multigrid, unequal_spacings)
{
    clp_separable_most = 0;
    clp_device *device = open_device("reference");
    const double ratios[] = {1.5, 2, 3, 10, 100, 1e4};
    for (size_t i = 0; i < sizeof ratios / sizeof *ratios; i++) {
        kind k = {.nodes = {100, 65}, .held = 15, .spacing = {1, ratios[i]}};
        expect_fast(device, &k, 10, 8);
        k = (kind){.nodes = {65, 98}, .held = 1, .spacing = {1, ratios[i]}};
        expect_fast(device, &k, 10, 8);
        k = (kind){.nodes = {150, 3 + i}, .held = 3, .spacing = {ratios[i], 1}}; /* a thin fin */
        if (ratios[i] < 1e3) expect_fast(device, &k, 10, 8); /* else single precision loses the weak axis */
    }
    const kind box = {.nodes = {33, 30, 34}, .held = 63, .spacing = {1, 10, 100}};
    expect_fast(device, &box, 10, 8);
    clp_device_close(device);
}

Test(multigrid, three_dimensions)
{
    clp_device *device = open_device("reference");
    for (size_t n = 3; n <= 36; n += 3 * STRIDE) {
        kind k = {.nodes = {n, 39 - n, 20}, .held = 63};
        expect_fast(device, &k, 10, 8);
        k = (kind){.nodes = {20, n, 39 - n}, .held = 16};
        expect_fast(device, &k, 10, 8);
        k = (kind){.nodes = {n + 1, 20, 17}, .held = 12, .periodic = 1};
        expect_fast(device, &k, 10, 8);
    }
    clp_device_close(device);
}

/* (M y, x) = (y, M x), in the inner product of the control volumes. */
static double asymmetry(clp_device *device, const kind *k)
{
    setup s;
    begin(&s, device, k, CLP_PRECISION_DOUBLE);
    size_t sweeps;
    double unit = clp_preconditioned_unit(&s.iteration), one, other;
    const clp_field *z = clp_preconditioned(&s.iteration);
    randomize(&s, s.q);
    randomize(&s, s.residual);
    OK(clp_precondition(&s.iteration, s.q, &sweeps));
    OK(s.backend->dot(z, s.residual, &one));
    OK(clp_precondition(&s.iteration, s.residual, &sweeps));
    OK(s.backend->dot(z, s.q, &other));
    cr_expect_gt(fabs(one) * unit, 1e-6);
    end(&s);
    return fabs(one - other) / fabs(one);
}

Test(multigrid, a_cycle_is_symmetric)
{
    static const kind kinds[] = {
        {.nodes = {33, 33}, .held = 15},
        {.nodes = {34, 51}, .held = 4},
        {.nodes = {40, 31}, .periodic = 1},
        {.nodes = {40, 23}, .held = 1, .spacing = {1, 7}},
        {.nodes = {12, 17, 14}, .held = 33},
        {.nodes = {14, 3, 20}, .held = 1, .spacing = {9, 1, 2}},
        {.nodes = {30, 30}, .held = 0, .shunt = 0.1},
        {.nodes = {33, 46}, .held = 15, .material = LOG_NORMAL, .contrast = 2},
        {.nodes = {34, 51}, .held = 4, .material = ELECTRODES, .spacing = {1, 5}},
        {.nodes = {40, 31}, .periodic = 3, .material = DISC, .contrast = 100},
        {.nodes = {41, 32}, .held = 4, .periodic = 1, .material = CHECKERBOARD, .contrast = 1e-3},
        {.nodes = {12, 17, 14}, .held = 33, .material = LOG_NORMAL, .contrast = 1},
        {.nodes = {13, 18, 14}, .held = 1, .periodic = 6, .shunt = 0.01, .material = DISC, .contrast = 10},
    };
    for (int i = 0; i < 2; i++) {
        clp_device *device = open_device(i ? "opencl" : "reference");
        /* Devices have kernels to build for each: every third will do. */
        for (size_t j = 0; j < sizeof kinds / sizeof *kinds && device->info.fp64; j += i ? 3 : 1) {
            double found = asymmetry(device, &kinds[j]);
            cr_expect_lt(found, 1e-10, "kind %zu on %s: %g", j, device->info.backend, found);
        }
        clp_device_close(device);
    }
}

Test(multigrid, devices_are_as_fast)
{
    static const kind kinds[] = {
        {.nodes = {257, 257}, .held = 15},
        {.nodes = {130, 101}, .held = 4},
        {.nodes = {64, 130}, .held = 12, .periodic = 1},
        {.nodes = {24, 33, 30}, .held = 21},
        {.nodes = {100, 65}, .held = 15, .spacing = {1, 30}},
    };
    clp_device *device = open_device("opencl");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && device->info.fp64; i++)
        expect_fast(device, &kinds[i], 10, 8);
    clp_device_close(device);
}

/* What 30 steps leave of a residual, smallest of all of them. */
static double reached(clp_device *device, const kind *k, clp_precision inner)
{
    setup s;
    clp_norms norms;
    size_t sweeps;
    const clp_method *method = k->material == PLAIN ? &clp_method_multigrid : &clp_method_cg;
    begin(&s, device, k, inner);
    OK(s.backend->residual_norms(s.u, s.q, &norms));
    double first = norms.two, least = INFINITY;
    for (int step = 0; step < 30 && !s.iteration.broken; step++) {
        OK(method->iterate(&s.iteration, 1, false, &sweeps));
        OK(s.backend->residual_norms(s.u, s.q, &norms));
        least = fmin(least, norms.two);
    }
    end(&s);
    return least / first;
}

/* Cycles in single precision bring the residual as far down as cycles in double do: to double's rounding. */
Test(multigrid, mixed_precision_reaches_what_double_does)
{
    static const kind kinds[] = {
        {.nodes = {129, 130}, .held = 7},
        {.nodes = {129, 130}, .held = 7, .material = DISC, .contrast = 1e3},
        {.nodes = {100, 129}, .held = 15, .material = LOG_NORMAL, .contrast = 1},
        {.nodes = {33, 30, 20}, .held = 21, .material = CHECKERBOARD, .contrast = 100},
    };
    clp_device *device = open_device("reference");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        double mixed = reached(device, &kinds[i], CLP_PRECISION_SINGLE),
               whole = reached(device, &kinds[i], CLP_PRECISION_DOUBLE);
        cr_expect(mixed < 1e-10 && mixed < 4 * whole, "kind %zu: %g, and %g in double", i, mixed, whole);
    }
    clp_device_close(device);
}

/* ---- networks: Galerkin's principle ---- */

static int cg_steps(clp_device *device, const kind *k)
{
    return steps_needed(device, k, &clp_method_cg,
                        device->info.fp64 ? CLP_PRECISION_SINGLE : CLP_PRECISION_DOUBLE);
}

static void expect_few(clp_device *device, const kind *k, int most)
{
    int found = cg_steps(device, k);
    cr_expect_leq(found, most,
                  "%s: %zu x %zu x %zu nodes, sides %u, periodic %u, material %d of %g: %d of cg (%d)",
                  device->info.backend, k->nodes[0], k->nodes[1], k->nodes[2], k->held, k->periodic,
                  (int)k->material, k->contrast, found, most);
}

/* Every size, every parity of every axis, every kind of side. */
Test(multigrid, networks_of_every_size)
{
    clp_device *device = open_device("reference");
    for (size_t n = 3; n <= 70; n += STRIDE) {
        kind k = {.nodes = {n, 73 - n}, .held = 15, .material = LOG_NORMAL, .contrast = 2.3};
        expect_few(device, &k, 14);
        k = (kind){.nodes = {n, n + 1}, .held = 1, .material = DISC, .contrast = 1e4};
        expect_few(device, &k, 9);
        k = (kind){
            .nodes = {n, 73 - n}, .held = 12, .periodic = 1, .material = CHECKERBOARD, .contrast = 1e3};
        expect_few(device, &k, 14);
        k = (kind){.nodes = {75 - n, n}, .held = 0, .periodic = n % 4, .material = DISC, .contrast = 100};
        expect_few(device, &k, 9);
    }
    clp_device_close(device);
}

Test(multigrid, networks_in_three_dimensions)
{
    clp_device *device = open_device("reference");
    for (size_t n = 3; n <= 24; n += 3 * STRIDE) {
        kind k = {.nodes = {n, 27 - n, 20}, .held = 63, .material = LOG_NORMAL, .contrast = 2};
        expect_few(device, &k, 14);
        k = (kind){.nodes = {20, n, 27 - n}, .held = 16, .material = DISC, .contrast = 1e5};
        expect_few(device, &k, 12);
        k = (kind){
            .nodes = {n + 1, 20, 17}, .held = 12, .periodic = 1, .material = CHECKERBOARD, .contrast = 1e3};
        expect_few(device, &k, 14);
    }
    clp_device_close(device);
}

Test(multigrid, networks_of_unequal_spacings)
{
    clp_device *device = open_device("reference");
    const double ratios[] = {2, 10, 100};
    for (size_t i = 0; i < sizeof ratios / sizeof *ratios; i++) {
        kind k = {
            .nodes = {100, 65}, .held = 15, .spacing = {1, ratios[i]}, .material = DISC, .contrast = 1e3};
        expect_few(device, &k, 12);
        k = (kind){.nodes = {65, 98}, .held = 1, .spacing = {1, ratios[i]}, .material = ELECTRODES};
        expect_few(device, &k, 12);
        k = (kind){.nodes = {33, 30, 34},
                   .held = 63,
                   .spacing = {1, ratios[i], ratios[i] * ratios[i]},
                   .material = DISC,
                   .contrast = 1e3};
        expect_few(device, &k, 12);
    }
    clp_device_close(device);
}

Test(multigrid, jumps)
{
    clp_device *device = open_device("opencl");
    const size_t sizes[] = {65, 100, 129, 257};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes && sizes[i] <= LARGEST; i++) {
        kind k = {
            .nodes = {sizes[i], sizes[i] + sizes[i] % 5}, .held = 15, .material = DISC, .contrast = 1e6};
        expect_few(device, &k, 9);
        k.contrast = 1e-6;
        expect_few(device, &k, 9);
        k.material = ELECTRODES;
        expect_few(device, &k, 9);
        k.material = CHECKERBOARD;
        k.contrast = 1e6;
        expect_few(device, &k, 14);
        k.material = LOG_NORMAL;
        k.contrast = 2.3;
        expect_few(device, &k, 16);
    }
    const kind boxes[] = {
        {.nodes = {65, 64, 65}, .held = 63, .material = DISC, .contrast = 1e6},
        {.nodes = {40, 33, 50}, .held = 63, .material = CHECKERBOARD, .contrast = 1e6},
        {.nodes = {33, 30, 34}, .held = 21, .spacing = {1, 10, 100}, .material = LOG_NORMAL, .contrast = 1},
        {.nodes = {64, 130}, .held = 12, .periodic = 1, .material = LOG_NORMAL, .contrast = 2.3},
    };
    for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++) expect_few(device, &boxes[i], i == 1 ? 14 : 12);
    clp_device_close(device);
}

/* The product on a device is the reference's: the same iterations, seams included. */
Test(multigrid, networks_on_devices_as_on_the_reference)
{
    clp_device *devices[2] = {open_device("reference"), open_device("opencl")};
    for (size_t n = 59; n < 67 && devices[1]->info.fp64; n += STRIDE)
        for (material m = DISC; m <= ELECTRODES; m++) {
            const kind kinds[] = {
                {.nodes = {n, 70},
                 .held = 12,
                 .periodic = 1,
                 .material = m,
                 .contrast = m == LOG_NORMAL ? 2.3 : 100},
                {.nodes = {41, n}, .held = 2, .periodic = 2, .shunt = 0.1, .material = m, .contrast = 0.01}};
            for (int i = 0; i < 2; i++) {
                int reference = cg_steps(devices[0], &kinds[i]), found = cg_steps(devices[1], &kinds[i]);
                cr_expect(abs(found - reference) <= 1,
                          "kind %d, %zu nodes, material %d: %d, the reference %d", i, n, (int)m, found,
                          reference);
            }
        }
    for (int i = 0; i < 2; i++) clp_device_close(devices[i]);
}
