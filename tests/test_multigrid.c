/* SPDX-License-Identifier: MIT */
/*
 * Multigrid on random residuals: how fast it is on every size and kind of side, that a cycle is symmetric,
 * and that single precision inside does not spoil double outside. The reference backend does the many sizes,
 * the device that the environment chooses some of them.
 */
#include "backend/transfer.h"
#include "solver/hierarchy.h"
#include "solver/method.h"

#include <clpoisson/clpoisson.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

TestSuite(multigrid, .timeout = 300);

#define OK(call) cr_assert_eq(call, CLP_OK, "%s", clp_error_message())

typedef struct kind {
    size_t nodes[CLP_AXES];
    unsigned held, periodic; /* bit per side, per axis */
    double spacing[CLP_AXES], shunt;
} kind;

static clp_operator operator_of(const kind *k)
{
    clp_operator op = {.grid.nodes = {k->nodes[0], k->nodes[1], k->nodes[2]}, .shunt = k->shunt, .scale = 1};
    for (int axis = 0; axis < clp_grid_dimensions(&op.grid); axis++) {
        double h = k->spacing[axis] > 0 ? k->spacing[axis] : 1;
        op.grid.size[axis] = h * (double)(k->nodes[axis] - 1);
        op.conductance[axis] = 1 / (h * h);
    }
    for (int side = 0; side < CLP_SIDES; side++) op.held[side] = k->held >> side & 1;
    for (int axis = 0; axis < CLP_AXES; axis++) op.periodic[axis] = k->periodic >> axis & 1;
    op.diagonal = clp_operator_stencil_diagonal(&op);
    return op;
}

/* Everything that an iteration needs, in double outside. */
typedef struct setup {
    clp_device *device;
    const clp_backend *backend;
    clp_operator op;
    clp_level *level;
    clp_field *u, *scratch, *q, *correction, *residual;
    clp_iteration iteration;
    bool singular;
} setup;

static uint64_t state;

static double random_number(void) /* of xorshift, between -1 and 1 */
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (double)(state >> 11) * 0x1p-52 - 1;
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
        values[p] = random_number();
        sum += clp_operator_volume_part(op, p) * values[p];
        volume += clp_operator_volume_part(op, p);
    }
    for (size_t p = 0; p < count; p++) {
        size_t from = p;
        for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++)
            if (op->periodic[axis] && clp_operator_at(op, p, axis) + 1 == op->grid.nodes[axis])
                from -= (op->grid.nodes[axis] - 1) * clp_operator_step(op, axis);
        if (!clp_operator_in_range(op, from)) continue;
        if (from != p)
            values[p] = values[from];
        else if (s->singular)
            values[p] -= sum / volume;
    }
    OK(s->backend->field_write(field, 0, clp_layout_rows(&s->level->layout), values));
    free(values);
}

static setup begin(clp_device *device, const kind *k, clp_precision inner)
{
    setup s = {.device = device, .backend = device->backend, .op = operator_of(k)};
    s.singular = !k->held && k->shunt == 0;
    state = 88172645463325252ULL;
    OK(s.backend->level_create(device, &s.op, CLP_PRECISION_DOUBLE, NULL, &s.level));
    clp_field **const fields[] = {&s.u, &s.scratch, &s.q, &s.correction, &s.residual};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        OK(s.backend->field_create(s.level, fields[i]));
    s.iteration = clp_iteration_begin(s.u, s.scratch, s.q);
    s.iteration.correction = s.correction;
    s.iteration.residual = s.residual;
    OK(clp_hierarchy_create(device, &s.op, inner, &s.iteration.hierarchy));
    randomize(&s, s.q);
    return s;
}

static void end(setup *s)
{
    clp_hierarchy_destroy(s->iteration.hierarchy);
    clp_field *const fields[] = {s->u, s->scratch, s->q, s->correction, s->residual};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) s->backend->field_destroy(fields[i]);
    s->backend->level_destroy(s->level);
}

/* Steps until the residual has shrunk by 1e8, 99 at most. */
static int steps_needed(clp_device *device, const kind *k, const clp_method *method, clp_precision inner)
{
    setup s = begin(device, k, inner);
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

Test(multigrid, every_size)
{
    clp_device *device = open_device("reference");
    for (size_t n = 3; n <= 70; n++) {
        kind k = {.nodes = {n, n}, .held = 15};
        expect_fast(device, &k, 10, 8);
        k = (kind){.nodes = {n, 73 - n}, .held = 4};
        expect_fast(device, &k, 10, 8);
        k = (kind){.nodes = {n + 1, 75 - n}, .held = 12, .periodic = 1};
        expect_fast(device, &k, 10, 8);
    }
    const size_t larger[] = {97, 101, 127, 128, 129, 130, 131, 200, 257, 258, 509, 512, 1021, 1024};
    for (size_t i = 0; i < sizeof larger / sizeof *larger; i++) {
        const kind k = {.nodes = {larger[i], larger[i]}, .held = 15};
        expect_fast(device, &k, 10, 8);
    }
    clp_device_close(device);
}

Test(multigrid, every_kind_of_side)
{
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
    for (size_t n = 3; n <= 36; n += 3) {
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
    setup s = begin(device, k, CLP_PRECISION_DOUBLE);
    size_t sweeps;
    double unit = clp_preconditioned_unit(&s.iteration), one, other;
    const clp_field *z = clp_preconditioned(&s.iteration);
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
    };
    for (int i = 0; i < 2; i++) {
        clp_device *device = open_device(i ? "opencl" : "reference");
        for (size_t j = 0; j < sizeof kinds / sizeof *kinds && device->info.fp64; j++) {
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

/* Cycles in single precision bring the residual as far down as cycles in double do: to double's rounding. */
Test(multigrid, mixed_precision_reaches_what_double_does)
{
    const kind k = {.nodes = {129, 130}, .held = 7};
    clp_device *device = open_device("reference");
    double reached[2];
    for (int i = 0; i < 2; i++) {
        setup s = begin(device, &k, i ? CLP_PRECISION_DOUBLE : CLP_PRECISION_SINGLE);
        clp_norms norms;
        size_t sweeps;
        OK(clp_method_multigrid.iterate(&s.iteration, 30, false, &sweeps));
        OK(s.backend->residual_norms(s.u, s.q, &norms));
        reached[i] = norms.two;
        OK(s.backend->clear(s.u));
        OK(s.backend->residual_norms(s.u, s.q, &norms));
        reached[i] /= norms.two;
        end(&s);
    }
    cr_expect(reached[0] < 1e-10 && reached[0] < 4 * reached[1], "%g, and %g in double", reached[0],
              reached[1]);
    clp_device_close(device);
}
