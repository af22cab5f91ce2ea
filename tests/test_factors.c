/* SPDX-License-Identifier: MIT */
/*
 * What a cycle leaves of an error, level by level: with the coarser level solved (two-grid) and with one
 * cycle there (V). The second may not be much worse than the first, on any level: else errors add up on the
 * way down.
 */
#include "backend/backend.h"
#include "backend/separable.h"
#include "kinds.h"
#include "solver/hierarchy.h"

#include <clpoisson/clpoisson.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define OK(call) cr_assert_eq(call, CLP_OK, "%s", clp_error_message())

enum { STEPS = 10, SOLVING = 12 };

/* The levels of a hierarchy from one of them on, and fields of its finest. */
typedef struct tail {
    clp_hierarchy levels;
    clp_field *u, *q;
    const clp_backend *backend;
} tail;

static void tail_begin(const clp_hierarchy *all, size_t first, tail *made)
{
    *made = (tail){.levels = *all, .backend = all->rungs[0].level->device->backend};
    made->levels.count = all->count - first;
    memmove(made->levels.rungs, all->rungs + first, made->levels.count * sizeof *all->rungs);
    OK(made->backend->field_create(made->levels.rungs[0].level, &made->u));
    OK(made->backend->field_create(made->levels.rungs[0].level, &made->q));
}

static void tail_end(tail *made)
{
    made->backend->field_destroy(made->u);
    made->backend->field_destroy(made->q);
}

static double size_of(const tail *t, clp_field *field)
{
    size_t rows = clp_layout_rows(&field->level->layout), count = rows * field->level->layout.nodes[0];
    double *values = malloc(count * sizeof *values), sum = 0;
    OK(t->backend->field_read(field, 0, rows, values));
    for (size_t p = 0; p < count; p++) sum += values[p] * values[p];
    free(values);
    return sqrt(sum);
}

/* Random numbers, 0 where there is no equation: the residual of a field of them. */
static void fill(const tail *t, clp_field *u, clp_field *residual)
{
    size_t rows = clp_layout_rows(&u->level->layout), count = rows * u->level->layout.nodes[0];
    double *values = malloc(count * sizeof *values);
    for (size_t p = 0; p < count; p++) values[p] = random_number();
    OK(t->backend->field_write(u, 0, rows, values));
    OK(t->backend->residual(u, NULL, residual));
    OK(t->backend->clear(u));
    free(values);
}

/* The residual of u into the finest level's q; its size. */
static double prepare(const tail *t)
{
    const clp_rung *finest = &t->levels.rungs[0];
    OK(t->backend->residual(t->u, t->q, finest->q));
    return size_of(t, finest->q);
}

/* u of the finest rung from its q by cycles, until nothing is left. */
static void solve(const tail *t)
{
    const clp_rung *finest = &t->levels.rungs[0];
    size_t sweeps;
    OK(t->backend->combine(t->q, 1, finest->q, 0));
    OK(t->backend->clear(t->u));
    for (int step = 0; step < SOLVING; step++) {
        prepare(t);
        OK(clp_hierarchy_cycle((clp_hierarchy *)&t->levels, 0, NULL, &sweeps));
        OK(t->backend->combine(t->u, 1, finest->u, 1));
    }
    OK(t->backend->combine(finest->u, 1, t->u, 0));
}

/* A correction of the finest rung from its q, with the next level solved by `coarse`, or by a cycle if that
 * is NULL. */
static void cycle(const tail *t, const tail *coarse)
{
    const clp_rung *rung = &t->levels.rungs[0];
    size_t sweeps;
    if (!coarse) {
        OK(clp_hierarchy_cycle((clp_hierarchy *)&t->levels, 0, NULL, &sweeps));
        return;
    }
    OK(t->backend->smooth_restrict(rung->down, rung->u, rung->scratch, rung->q, rung->weights, rung->sweeps,
                                   rung[1].q));
    solve(coarse);
    OK(t->backend->prolong_smooth(rung->down, coarse->levels.rungs[0].u, rung->u, rung->scratch, rung->q,
                                  rung->weights, rung->sweeps, 0, NULL));
}

/* The factor that the residual shrinks by in the end, before rounding is all that is left. */
static double factor_of(const tail *t, const tail *coarse)
{
    const double enough = 1e-9;
    double factor = 0, first, before, after;
    begin_random();
    fill(t, t->u, t->q);
    first = after = prepare(t);
    for (int step = 0; step < STEPS && after > enough * first; step++) {
        cycle(t, coarse);
        OK(t->backend->combine(t->u, 1, t->levels.rungs[0].u, 1));
        before = after;
        after = prepare(t);
        factor = after / before;
    }
    return factor;
}

static void expect_factors(const kind *k, double two_grid, double more)
{
    clp_device *device = NULL;
    clp_level *level = NULL;
    clp_hierarchy *all;
    clp_operator op = operator_of(k);
    clp_network network = {0};
    clp_separable_most = 0; /* levels all the way down */
    OK(clp_device_open(&(clp_device_options){.backend = "reference"}, &device));
    begin_random();
    if (k->material != PLAIN) {
        network = network_of(k, &op);
        op.network = &network;
    }
    OK(device->backend->level_create(device, &op, CLP_PRECISION_DOUBLE, NULL, &level));
    OK(clp_hierarchy_create(device, &op, CLP_PRECISION_DOUBLE, NULL, CLP_SMOOTHING, &all));
    cr_assert_gt(all->count, 2);
    for (size_t first = 0; first + 1 < all->count; first++) {
        tail own, coarse;
        tail_begin(all, first, &own);
        tail_begin(all, first + 1, &coarse);
        double two = factor_of(&own, &coarse), v = factor_of(&own, NULL);
        cr_expect_leq(two, two_grid, "%zu x %zu x %zu, level %zu: two grids leave %.3f", k->nodes[0],
                      k->nodes[1], k->nodes[2], first, two);
        cr_expect_leq(v, two + more, "%zu x %zu x %zu, level %zu: cycles leave %.3f, two grids %.3f",
                      k->nodes[0], k->nodes[1], k->nodes[2], first, v, two);
        tail_end(&own);
        tail_end(&coarse);
    }
    clp_hierarchy_destroy(all);
    device->backend->level_destroy(level);
    clp_device_close(device);
    network_finish(&network);
}

Test(factors, plain_boxes)
{
    static const kind kinds[] = {
        {.nodes = {65, 65, 1}, .held = 15},
        {.nodes = {66, 97, 1}, .held = 15},
        {.nodes = {100, 71, 1}, .held = 4},
        {.nodes = {64, 75, 1}, .held = 12, .periodic = 1},
        {.nodes = {65, 65, 1}, .held = 15, .spacing = {1, 10}},
        {.nodes = {70, 41, 1}, .held = 1, .shunt = 0.01},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) expect_factors(&kinds[i], 0.055, 0.01);
}

Test(factors, plain_boxes_in_three_dimensions)
{
    static const kind kinds[] = {
        {.nodes = {33, 33, 33}, .held = 63},
        {.nodes = {22, 31, 18}, .held = 16},
        {.nodes = {20, 25, 23}, .held = 63, .spacing = {1, 10, 100}},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) expect_factors(&kinds[i], 0.075, 0.015);
}

Test(factors, networks)
{
    static const kind kinds[] = {
        {.nodes = {65, 65, 1}, .held = 15, .material = DISC, .contrast = 1e3},
        {.nodes = {66, 51, 1}, .held = 15, .material = CHECKERBOARD, .contrast = 1e-2},
        {.nodes = {65, 80, 1}, .held = 15, .material = ELECTRODES},
        {.nodes = {17, 18, 20}, .held = 63, .material = DISC, .contrast = 100},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) expect_factors(&kinds[i], 0.16, 0.1);
}

/* What interpolation from weights cannot see: every cell another material, and steps of unlike lengths. */
Test(factors, rough_networks)
{
    static const kind kinds[] = {
        {.nodes = {65, 66, 1}, .held = 15, .material = LOG_NORMAL, .contrast = 1},
        {.nodes = {65, 64, 1}, .held = 12, .periodic = 1, .material = LOG_NORMAL, .contrast = 1},
        {.nodes = {66, 51, 1}, .held = 15, .spacing = {1, 10}, .material = DISC, .contrast = 1e3},
        {.nodes = {18, 17, 20}, .held = 21, .material = LOG_NORMAL, .contrast = 1},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) expect_factors(&kinds[i], 0.16, 0.1);
}
