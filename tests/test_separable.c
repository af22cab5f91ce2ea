/* SPDX-License-Identifier: MIT */
/* Small grids solved at once: what A takes to a residual must come back. */
#include "backend/backend.h"
#include "backend/separable.h"
#include "kinds.h"

#include <clpoisson/clpoisson.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#define OK(call) cr_assert_eq(call, CLP_OK, "%s", clp_error_message())

/* Random numbers on the nodes that have an equation, 0 on held ones, and the same on both sides of a seam. */
static void fill(const clp_operator *op, double *values)
{
    for (size_t p = 0; p < clp_grid_node_count(&op->grid); p++)
        values[p] = clp_operator_is_held(op, p) ? 0 : random_number();
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++) {
        size_t step = clp_operator_step(op, axis), last = op->grid.nodes[axis] - 1;
        for (size_t p = 0; p < clp_grid_node_count(&op->grid) && op->periodic[axis]; p++)
            if (p / step % (last + 1) == last) values[p] = values[p - last * step];
    }
}

/* The largest difference, less a constant where one is free. */
static double difference(const clp_operator *op, const double *a, const double *b, bool free)
{
    double largest = 0, constant = free ? a[0] - b[0] : 0;
    for (size_t p = 0; p < clp_grid_node_count(&op->grid); p++)
        largest = fmax(largest, fabs(a[p] - b[p] - constant));
    return largest;
}

static void expect_inverse(const kind *k)
{
    clp_device *device = NULL;
    clp_level *level = NULL;
    clp_field *u, *q;
    clp_operator op = operator_of(k);
    size_t rows = clp_operator_rows(&op), count = clp_grid_node_count(&op.grid);
    double *given = malloc(count * sizeof *given), *found = malloc(count * sizeof *found);
    cr_assert(given && found);
    OK(clp_device_open(&(clp_device_options){.backend = "reference"}, &device));
    OK(device->backend->level_create(device, &op, CLP_PRECISION_DOUBLE, NULL, &level));
    OK(device->backend->field_create(level, &u));
    OK(device->backend->field_create(level, &q));
    fill(&op, given);
    OK(device->backend->field_write(u, 0, rows, given));
    OK(device->backend->residual(u, NULL, q)); /* -A u */
    OK(device->backend->combine(q, -1, q, 0));
    OK(device->backend->clear(u));
    cr_assert(clp_operator_is_separable(&op));
    OK(device->backend->factor(level));
    OK(device->backend->solve_direct(u, q));
    OK(device->backend->field_read(u, 0, rows, found));
    double off = difference(&op, found, given, k->held == 0 && k->shunt == 0);
    cr_expect_leq(off, 1e-9, "%zu x %zu x %zu, held %u, periodic %u, shunt %g: %g", k->nodes[0], k->nodes[1],
                  k->nodes[2], k->held, k->periodic, k->shunt, off);
    device->backend->field_destroy(u);
    device->backend->field_destroy(q);
    device->backend->level_destroy(level);
    clp_device_close(device);
    free(given);
    free(found);
}

Test(separable, every_kind_of_sides_and_size)
{
    static const size_t shapes[][CLP_AXES] = {{3, 3, 1}, {4, 7, 1}, {16, 5, 1}, {9, 8, 1},
                                              {3, 4, 5}, {6, 3, 4}, {7, 6, 9}};
    begin_random();
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        unsigned axes = shapes[s][2] > 1 ? 3 : 2;
        for (unsigned sides = 0; sides < 1U << 2 * axes; sides++)
            for (unsigned periodic = 0; periodic < 1U << axes; periodic++) {
                bool clash = false;
                for (unsigned axis = 0; axis < axes; axis++)
                    clash = clash || (periodic >> axis & 1 && sides >> 2 * axis & 3);
                if (clash) continue;
                kind k = {.nodes = {shapes[s][0], shapes[s][1], shapes[s][2]},
                          .held = sides,
                          .periodic = periodic,
                          .spacing = {1, 0.7, 2},
                          .shunt = s % 2 ? 0.3 : 0};
                expect_inverse(&k);
            }
    }
}

/* Held along the axis that hardly conducts: the smallest eigenvalue is 1e-15 of the diagonal. */
Test(separable, weakly_held)
{
    clp_operator op = operator_of(&(kind){.nodes = {20, 90, 1}, .held = 12, .spacing = {1, 1e5}});
    clp_separable made;
    OK(clp_separable_create(&op, &made));
    size_t modes = 0;
    for (size_t p = 0; p < 20 * 90; p++) modes += made.numbers[made.inverse + p] > 0;
    cr_expect_eq(modes, 20 * 88);
    free(made.numbers);
}

/* What is too large for it is not tried. */
Test(separable, small_grids_without_a_network_only)
{
    clp_operator op = operator_of(&(kind){.nodes = {33, 33, 1}, .held = 15});
    cr_expect(clp_operator_is_separable(&op));
    op.galerkin = true;
    cr_expect_not(clp_operator_is_separable(&op));
    op = operator_of(&(kind){.nodes = {65, 65, 1}, .held = 15});
    cr_expect_not(clp_operator_is_separable(&op));
    op = operator_of(&(kind){.nodes = {17, 17, 17}, .held = 63});
    cr_expect(clp_operator_is_separable(&op));
    op = operator_of(&(kind){.nodes = {3, 100000, 1}, .held = 15});
    cr_expect_not(clp_operator_is_separable(&op));
}
