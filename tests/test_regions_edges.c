/* SPDX-License-Identifier: MIT */
/* Regions where they meet something: a periodic seam, a held side, no node at all, one another. */
#include <clpoisson/clpoisson.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

TestSuite(regions_edges);

enum { NODES = 33 };

#define OK(call) cr_assert_eq(call, CLP_OK, "%s", clp_error_message())

static clp_device *device;
static char notices[2048];

static void take_notice(void *user, const char *text)
{
    (void)user;
    strncat(notices, text, sizeof notices - strlen(notices) - 1);
}

static void set_up(void)
{
    OK(clp_device_open(&(clp_device_options){.backend = getenv("CLPOISSON_TEST_BACKEND")}, &device));
    clp_set_notice_function(take_notice, NULL);
}

static void tear_down(void)
{
    clp_set_notice_function(NULL, NULL);
    clp_device_close(device);
}

/* The unit square with its sides at the bottom and the top at 0. */
static clp_problem *box(bool periodic)
{
    clp_problem *problem;
    const clp_grid grid = {.nodes = {NODES, NODES}, .size = {1, 1}};
    OK(clp_problem_create(&grid, &problem));
    OK(clp_problem_hold_side(problem, CLP_SIDE_BOTTOM, 0));
    OK(clp_problem_hold_side(problem, CLP_SIDE_TOP, 0));
    if (periodic) OK(clp_problem_set_periodic(problem, 0));
    return problem;
}

static void add_disc(clp_problem *problem, const char *name, unsigned sets, double x, double y, double radius)
{
    const clp_region disc = {.name = name,
                             .sets = sets,
                             .value.number = 1,
                             .source.number = 1,
                             .shape = {.kind = CLP_SHAPE_BALL, .radius = radius, .center = {x, y}}};
    OK(clp_problem_add_region(problem, &disc));
}

static clp_solver *solve(clp_problem *problem)
{
    clp_solver *solver;
    bool fp64 = clp_device_get_info(device)->fp64;
    OK(clp_solver_create(device, problem, &(clp_solver_options){.tolerance = fp64 ? 1e-8 : 1e-3}, &solver));
    OK(clp_solver_run(solver));
    clp_problem_destroy(problem);
    return solver;
}

/* A disc on the seam comes in on the other side; the same one in the middle has the same field. */
Test(regions_edges, what_leaves_a_periodic_side_comes_in_on_the_other, .init = set_up, .fini = tear_down)
{
    const double places[] = {0.5, 0, 1, 0.0625};
    double flux = NAN;
    for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
        clp_problem *problem = box(true);
        add_disc(problem, "wire", CLP_SETS_VALUE, places[k], 0.5, 0.21);
        clp_solver *solver = solve(problem);
        const clp_report *report = clp_solver_report(solver);
        const double *u = clp_solver_values(solver);
        cr_expect(report->converged);
        if (k == 0) flux = report->electrodes[0].flux;
        cr_expect_float_eq(report->electrodes[0].flux, flux, 2e-3 * flux, "%g, not %g at %g",
                           report->electrodes[0].flux, flux, places[k]);
        for (size_t j = 0; j < NODES; j++)
            cr_assert_float_eq(u[j * NODES], u[j * NODES + NODES - 1], 1e-6, "seam at %zu", j);
        clp_solver_destroy(solver);
    }
}

/* Cells of a region that crosses the seam lie on both sides of it. */
Test(regions_edges, sources_wrap_around, .init = set_up, .fini = tear_down)
{
    clp_problem *problem = box(true);
    add_disc(problem, "heater", CLP_SETS_SOURCE, 0, 0.5, 0.25);
    clp_solver *solver = solve(problem);
    cr_expect_float_eq(clp_solver_report(solver)->source, M_PI * 0.0625, 0.01);
    clp_solver_destroy(solver);
}

/* Its outline cuts edges, and that is all that the grid sees of it. */
Test(regions_edges, an_electrode_between_the_nodes_holds, .init = set_up, .fini = tear_down)
{
    clp_problem *problem = box(false);
    const clp_region strip = {.name = "strip",
                              .sets = CLP_SETS_VALUE,
                              .value.number = 7,
                              .shape = {.min = {-1, 0.51}, .max = {2, 0.515}}};
    OK(clp_problem_add_region(problem, &strip));
    clp_solver *solver = solve(problem);
    const double *u = clp_solver_values(solver);
    cr_expect(clp_solver_report(solver)->converged);
    cr_expect_float_eq(u[16 * NODES + 5], 7 * 0.5 / 0.51, 1e-3);
    cr_expect_float_eq(u[24 * NODES + 5], 7 * 0.25 / 0.485, 1e-3);
    clp_solver_destroy(solver);
}

/* Nothing is fed in, so what enters from the electrode leaves through the sides. */
Test(regions_edges, an_electrode_on_a_held_side_feeds_nothing_from_nowhere, .init = set_up, .fini = tear_down)
{
    clp_problem *problem = box(false);
    add_disc(problem, "wire", CLP_SETS_VALUE, 0.5, 0, 0.2);
    clp_solver *solver = solve(problem);
    const clp_report *report = clp_solver_report(solver);
    double sum = report->flux[CLP_SIDE_BOTTOM] + report->flux[CLP_SIDE_TOP] + report->electrodes[0].flux;
    cr_expect_float_eq(sum, 0, 0.02);
    cr_expect_float_eq(report->source, 0, 0.02);
    clp_solver_destroy(solver);
}

Test(regions_edges, what_the_grid_cannot_see_is_said, .init = set_up, .fini = tear_down)
{
    clp_problem *problem = box(false);
    add_disc(problem, "dot", CLP_SETS_VALUE, 0.51, 0.52, 0.001);
    add_disc(problem, "speck", CLP_SETS_SOURCE, 0.501, 0.502, 0.001);
    add_disc(problem, "below", CLP_SETS_VALUE, 0.3, 0.3, 0.1);
    add_disc(problem, "above", CLP_SETS_VALUE, 0.3, 0.3, 0.2);
    clp_solver_destroy(solve(problem));
    cr_expect(strstr(notices, "nothing of dot shows"));
    cr_expect(strstr(notices, "nothing of speck shows"));
    cr_expect(strstr(notices, "nothing of below shows"));
    cr_expect_not(strstr(notices, "nothing of above"));
}

/* The error that is asked for holds for the potential of a floating electrode too. */
Test(regions_edges, floating_potentials_are_as_right_as_asked_for, .init = set_up, .fini = tear_down)
{
    if (!clp_device_get_info(device)->fp64) return;
    double found[2];
    for (int i = 0; i < 2; i++) {
        clp_problem *problem = box(false);
        clp_solver *solver;
        OK(clp_problem_hold_side(problem, CLP_SIDE_TOP, 1000));
        add_disc(problem, "island", CLP_SETS_FLOATING, 0.4, 0.3, 0.2);
        const clp_solver_options options = {.tolerance = 1e-6, .method = i ? "sor" : "chebyshev"};
        OK(clp_solver_create(device, problem, &options, &solver));
        OK(clp_solver_run(solver));
        found[i] = clp_solver_report(solver)->electrodes[0].value;
        cr_expect_lt(fabs(clp_solver_report(solver)->electrodes[0].flux), 1e-5);
        clp_solver_destroy(solver);
        clp_problem_destroy(problem);
    }
    cr_expect_float_eq(found[0], found[1], 1e-6, "%.10g and %.10g", found[0], found[1]);
}

/* A material a million million times better that floats in the middle: no double can tell its currents. It
 * must not be called solved. */
Test(regions_edges, what_rounding_makes_useless_is_not_called_solved, .init = set_up, .fini = tear_down)
{
    clp_problem *problem;
    const clp_grid grid = {.nodes = {17, 17}, .size = {1, 1}};
    OK(clp_problem_create(&grid, &problem));
    OK(clp_problem_hold_side(problem, CLP_SIDE_BOTTOM, 0));
    OK(clp_problem_hold_side(problem, CLP_SIDE_TOP, 1));
    const clp_region disc = {.name = "disc",
                             .sets = CLP_SETS_CONDUCTIVITY,
                             .conductivity.number = 1e12,
                             .shape = {.kind = CLP_SHAPE_BALL, .radius = 0.2, .center = {0.5, 0.5}}};
    OK(clp_problem_add_region(problem, &disc));
    clp_solver *solver;
    OK(clp_solver_create(device, problem, &(clp_solver_options){.tolerance = 1e-4}, &solver));
    OK(clp_solver_run(solver));
    const clp_report *report = clp_solver_report(solver);
    const double *u = clp_solver_values(solver);
    double error = 0; /* by symmetry */
    for (size_t j = 0; j < 17; j++)
        for (size_t i = 0; i < 17; i++) error = fmax(error, fabs(u[j * 17 + i] + u[(16 - j) * 17 + i] - 1));
    cr_expect(!report->converged || error < 2e-4, "called solved, and off by %g", error);
    cr_expect(report->algebraic_bound >= 0.5 * error, "a bound of %g, and off by %g", report->algebraic_bound,
              error);
    clp_solver_destroy(solver);
    clp_problem_destroy(problem);
}
