/* SPDX-License-Identifier: MIT */
/* Solved plates against exact solutions, on the device that the environment chooses and on the reference
 * backend. */
#include "exact.h"

#include <clpoisson/clpoisson.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

TestSuite(solver);

/* Side values; NaN for an insulated side: left, right, bottom, top. */
typedef struct plate_case {
    size_t nodes[2];
    double size[2];
    double sides[4];
    double initial;
} plate_case;

static clp_problem *problem_of(const plate_case *plate)
{
    clp_problem *problem;
    clp_grid grid = {.nodes = {plate->nodes[0], plate->nodes[1]}, .size = {plate->size[0], plate->size[1]}};
    cr_assert_eq(clp_problem_create(&grid, &problem), CLP_OK, "%s", clp_error_message());
    for (int side = 0; side < 4; side++)
        if (!isnan(plate->sides[side]))
            cr_assert_eq(clp_problem_hold_side(problem, (clp_side)side, plate->sides[side]), CLP_OK);
    cr_assert_eq(clp_problem_set_initial(problem, &(clp_value){.number = plate->initial}), CLP_OK);
    return problem;
}

static clp_device *open_device(const char *backend)
{
    clp_device *device;
    cr_assert_eq(clp_device_open(&(clp_device_options){.backend = backend}, &device), CLP_OK, "%s",
                 clp_error_message());
    return device;
}

static clp_solver *solve(clp_device *device, const plate_case *plate, clp_solver_options options)
{
    clp_solver *solver;
    clp_problem *problem = problem_of(plate);
    cr_assert_eq(clp_solver_create(device, problem, &options, &solver), CLP_OK, "%s", clp_error_message());
    clp_problem_destroy(problem);
    cr_assert_eq(clp_solver_run(solver), CLP_OK, "%s", clp_error_message());
    return solver;
}

static double largest_error(const clp_solver *solver, const plate_case *plate)
{
    clp_problem *problem = problem_of(plate);
    double *exact = exact_discrete(problem), largest = 0;
    const double *values = clp_solver_values(solver);
    for (size_t i = 0; i < plate->nodes[0] * plate->nodes[1]; i++)
        largest = fmax(largest, fabs(values[i] - exact[i]));
    free(exact);
    clp_problem_destroy(problem);
    return largest;
}

static const plate_case plates[] = {
    {{3, 3}, {1, 1}, {75, 50, 0, 100}, 0},      {{17, 33}, {1, 2}, {75, 50, 0, 100}, 20},
    {{65, 65}, {1, 1}, {-3, 5, 1e3, -1e-3}, 0}, {{129, 129}, {1, 1}, {75, 50, 0, 100}, 0},
    {{29, 61}, {3, 0.5}, {1, 2, 3, 4}, 0},      {{40, 23}, {1, 1}, {NAN, 50, 0, 100}, 0},
    {{23, 40}, {2, 1}, {10, NAN, NAN, 30}, 0},  {{31, 31}, {1, 1}, {NAN, NAN, 7, 9}, 100},
    {{31, 19}, {1, 1}, {NAN, NAN, NAN, 9}, 0},  {{50, 50}, {1e-3, 1e-3}, {0.1, 0.7, 0.3, 0.3}, 0.2},
    {{20, 20}, {1, 1}, {20, 20, 20, 20}, 20},   {{20, 20}, {1, 1}, {0, 0, 0, 0}, 0},
};
enum { PLATES = sizeof plates / sizeof *plates };

static void expect_right(clp_device *device, const plate_case *plate, const char *method,
                         clp_precision precision, double tolerance)
{
    clp_solver *solver =
        solve(device, plate,
              (clp_solver_options){.method = method, .precision = precision, .tolerance = tolerance});
    const clp_report *report = clp_solver_report(solver);
    double error = largest_error(solver, plate);
    cr_expect(report->converged, "%zu x %zu: %s after %zu sweeps", plate->nodes[0], plate->nodes[1],
              clp_reason_name(report->reason), report->sweeps);
    cr_expect(report->bound_is_certified);
    cr_expect_leq(report->algebraic_bound, report->tolerance);
    /* The comparison itself rounds. */
    cr_expect_leq(error, report->algebraic_bound + 1e-11, "%zu x %zu: error %g above the bound %g",
                  plate->nodes[0], plate->nodes[1], error, report->algebraic_bound);
    /* Jacobi's method leaves smooth errors, of which the bound can tell much; others leave all kinds. */
    if (precision == CLP_PRECISION_DOUBLE && error > 1e-9 && strcmp(method, "jacobi") == 0)
        cr_expect_leq(report->algebraic_bound, 20 * error, "%zu x %zu: bound %g says little about error %g",
                      plate->nodes[0], plate->nodes[1], report->algebraic_bound, error);
    clp_solver_destroy(solver);
}

static void expect_all_right(const char *backend)
{
    clp_device *device = open_device(backend);
    bool fp64 = clp_device_get_info(device)->fp64;
    /* Building kernels takes most of the time, and the methods share them: there a method per plate. */
    bool builds = strcmp(clp_device_get_info(device)->backend, "opencl") == 0;
    int number = 0;
    for (const char *const *method = clp_method_names(); *method; method++, number++)
        for (int i = builds ? number : 0; i < PLATES; i += builds ? 3 : 1) {
            expect_right(device, &plates[i], *method, CLP_PRECISION_SINGLE, 0);
            if (fp64) expect_right(device, &plates[i], *method, CLP_PRECISION_DOUBLE, 0);
            if (fp64) expect_right(device, &plates[i], *method, CLP_PRECISION_DOUBLE, 1e-8);
        }
    clp_device_close(device);
}

Test(solver, true_error_is_below_the_bound_on_opencl)
{
    expect_all_right("opencl");
}

Test(solver, true_error_is_below_the_bound_on_the_reference)
{
    expect_all_right("reference");
}

/* Random side values that are the same on every run. */
static double random_value(unsigned *state)
{
    *state = *state * 1664525U + 1013904223U;
    return (double)(*state >> 8) / 16777216.0 * 200 - 100;
}

Test(solver, maximum_principle_and_bound_on_random_sides)
{
    clp_device *device = open_device("reference");
    unsigned state = 7;
    for (int seed = 0; seed < 200; seed++) {
        plate_case random = {.size = {1, 1}};
        double low = INFINITY, high = -INFINITY;
        for (int axis = 0; axis < 2; axis++) {
            random.nodes[axis] = 3 + (size_t)(fabs(random_value(&state)) / 4);
            random.size[axis] = 0.1 + fabs(random_value(&state)) / 50;
        }
        for (int side = 0; side < 4; side++) {
            random.sides[side] = side && random_value(&state) < -50 ? NAN : random_value(&state);
            low = fmin(low, random.sides[side]);
            high = fmax(high, random.sides[side]);
        }
        clp_solver *solver = solve(device, &random, (clp_solver_options){.tolerance = 1e-6});
        const clp_report *report = clp_solver_report(solver);
        cr_expect(report->converged);
        cr_expect_leq(largest_error(solver, &random), report->algebraic_bound + 1e-11, "seed %d", seed);
        double slack = report->algebraic_bound;
        cr_expect(report->minimum >= low - slack && report->maximum <= high + slack, "seed %d", seed);
        clp_solver_destroy(solver);
    }
    clp_device_close(device);
}

/* What to reach 1e-8 on: nodes (a box in three dimensions), a conducting disc, an electrode, sides. */
typedef struct mixed_case {
    size_t nodes[3];
    double conductivity; /* of a disc or ball; 1: none */
    bool electrode, reacts, periodic;
    bool held; /* by the sides; else fluxes go through, and nothing holds it */
} mixed_case;

static clp_problem *mixed_problem(const mixed_case *c)
{
    const clp_grid grid = {.nodes = {c->nodes[0], c->nodes[1], c->nodes[2]}, .size = {1, 1, 1}};
    const clp_region disc = {.sets = CLP_SETS_CONDUCTIVITY,
                             .conductivity.number = c->conductivity,
                             .shape = {.kind = CLP_SHAPE_BALL, .radius = 0.3, .center = {0.5, 0.5, 0.5}}},
                     electrode = {
                         .sets = CLP_SETS_VALUE,
                         .value.number = -20,
                         .shape = {.kind = CLP_SHAPE_BALL, .radius = 0.1, .center = {0.7, 0.4, 0.5}}};
    clp_problem *problem;
    cr_assert_eq(clp_problem_create(&grid, &problem), CLP_OK, "%s", clp_error_message());
    for (int side = 0; side < 2; side++) {
        const clp_boundary flux = {.kind = CLP_BOUNDARY_FLUX, .value.number = side ? -30 : 30};
        cr_assert_eq(c->held ? clp_problem_hold_side(problem, (clp_side)side, 50 * side)
                             : clp_problem_set_boundary(problem, (clp_side)side, &flux),
                     CLP_OK);
    }
    if (c->periodic) cr_assert_eq(clp_problem_set_periodic(problem, 1), CLP_OK);
    if (!c->periodic && c->held) cr_assert_eq(clp_problem_hold_side(problem, CLP_SIDE_TOP, 100), CLP_OK);
    if (c->reacts) cr_assert_eq(clp_problem_set_reaction(problem, &(clp_value){.number = 3}), CLP_OK);
    if (c->conductivity != 1) cr_assert_eq(clp_problem_add_region(problem, &disc), CLP_OK);
    if (c->electrode) cr_assert_eq(clp_problem_add_region(problem, &electrode), CLP_OK);
    return problem;
}

/* With a device's double precision or without: the residual is 1e-8 of the load, the values are those of the
 * reference backend as far as both certify. */
Test(solver, mixed_precision_on_any_device)
{
    static const mixed_case cases[] = {
        {.nodes = {129, 100}, .conductivity = 1, .held = true},
        {.nodes = {129, 100}, .conductivity = 1e3, .held = true},
        {.nodes = {100, 129}, .conductivity = 1e6, .held = true},
        {.nodes = {65, 66}, .conductivity = 1, .electrode = true, .reacts = true, .held = true},
        {.nodes = {65, 64}, .conductivity = 1e-3, .periodic = true, .held = true},
        {.nodes = {65, 64}, .conductivity = 1},
        {.nodes = {64, 65}, .conductivity = 1e3},
        {.nodes = {33, 30, 34}, .conductivity = 1, .held = true},
        {.nodes = {33, 30, 34}, .conductivity = 1e3, .held = true},
    };
    const clp_solver_options options = {
        .criterion = CLP_CRITERION_RESIDUAL, .tolerance = 1e-8, .precision = CLP_PRECISION_MIXED};
    clp_device *devices[] = {open_device("opencl"), open_device("reference")};
    if (getenv("CLPOISSON_TEST_NO_FP64")) cr_assert_not(clp_device_get_info(devices[0])->fp64);
    for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
        clp_solver *solvers[2];
        clp_problem *problem = mixed_problem(&cases[n]);
        double apart = 0, bounds = 0;
        for (int i = 0; i < 2; i++) {
            cr_assert_eq(clp_solver_create(devices[i], problem, &options, &solvers[i]), CLP_OK, "%s",
                         clp_error_message());
            cr_assert_eq(clp_solver_run(solvers[i]), CLP_OK, "%s", clp_error_message());
            const clp_report *report = clp_solver_report(solvers[i]);
            cr_expect(report->converged && report->residual_relative <= 1e-8, "case %zu: %s at %g", n,
                      clp_reason_name(report->reason), report->residual_relative);
            bounds += report->algebraic_bound;
        }
        for (size_t p = 0; p < clp_grid_node_count(clp_problem_grid(problem)); p++)
            apart = fmax(apart, fabs(clp_solver_values(solvers[0])[p] - clp_solver_values(solvers[1])[p]));
        cr_expect_leq(apart, bounds, "case %zu: %g from the reference", n, apart);
        cr_expect_lt(apart, 1e-3, "case %zu: %g from the reference", n, apart);
        for (int i = 0; i < 2; i++) clp_solver_destroy(solvers[i]);
        clp_problem_destroy(problem);
    }
    for (int i = 0; i < 2; i++) clp_device_close(devices[i]);
}

Test(solver, mirrored_and_turned_plates_have_mirrored_and_turned_answers)
{
    clp_device *device = open_device(NULL);
    unsigned state = 3;
    for (int seed = 0; seed < 4; seed++) {
        double a = random_value(&state), b = random_value(&state), c = random_value(&state),
               d = random_value(&state);
        plate_case straight = {{33, 21}, {2, 1}, {a, b, c, d}, 0},
                   mirrored = {{33, 21}, {2, 1}, {b, a, c, d}, 0},
                   turned = {{21, 33}, {1, 2}, {c, d, a, b}, 0};
        clp_solver_options options = {.precision = CLP_PRECISION_SINGLE};
        clp_solver *first = solve(device, &straight, options), *second = solve(device, &mirrored, options),
                   *third = solve(device, &turned, options);
        double slack = clp_solver_report(first)->algebraic_bound +
                       clp_solver_report(second)->algebraic_bound + clp_solver_report(third)->algebraic_bound;
        const double *u = clp_solver_values(first), *v = clp_solver_values(second),
                     *w = clp_solver_values(third);
        for (size_t j = 0; j < 21; j++)
            for (size_t i = 0; i < 33; i++) {
                cr_assert_float_eq(u[j * 33 + i], v[j * 33 + 32 - i], slack);
                cr_assert_float_eq(u[j * 33 + i], w[i * 21 + j], slack);
            }
        clp_solver_destroy(first);
        clp_solver_destroy(second);
        clp_solver_destroy(third);
    }
    clp_device_close(device);
}

/* The error against the series at fixed points falls with the square of the spacing. */
Test(solver, second_order_against_the_harmonic_function)
{
    clp_device *device = open_device("reference");
    const double sides[4] = {75, 50, 0, 100};
    double errors[4];
    for (int level = 0; level < 4; level++) {
        size_t cells = (size_t)16 << level;
        plate_case square = {{cells + 1, cells + 1}, {1, 1}, {75, 50, 0, 100}, 50};
        clp_solver *solver = solve(device, &square, (clp_solver_options){.tolerance = 1e-7});
        const double *u = clp_solver_values(solver);
        errors[level] = 0;
        for (size_t q = 4; q <= 12; q += 4)
            for (size_t p = 4; p <= 12; p += 4) {
                double exact = exact_plate(sides, (double)p / 16, (double)q / 16);
                size_t node = q * cells / 16 * (cells + 1) + p * cells / 16;
                errors[level] = fmax(errors[level], fabs(u[node] - exact));
            }
        clp_solver_destroy(solver);
    }
    for (int level = 1; level < 4; level++) {
        double order = log2(errors[level - 1] / errors[level]);
        cr_expect(order > 1.9 && order < 2.2, "order %g from %g to %g", order, errors[level - 1],
                  errors[level]);
    }
    clp_device_close(device);
}

Test(solver, criteria_and_checks)
{
    clp_device *device = open_device(NULL);
    plate_case square = {{33, 33}, {1, 1}, {75, 50, 0, 100}, 0};
    clp_precision precision = clp_device_get_info(device)->fp64 ? CLP_PRECISION_DOUBLE : CLP_PRECISION_SINGLE;
    for (clp_criterion criterion = CLP_CRITERION_ERROR; criterion <= CLP_CRITERION_STEP; criterion++) {
        size_t sweeps[2];
        for (int host = 0; host < 2; host++) {
            clp_solver_options options = {.method = "jacobi",
                                          .criterion = criterion,
                                          .check = host ? CLP_CHECK_HOST : CLP_CHECK_DEVICE,
                                          .precision = precision,
                                          .check_every = 50};
            options.tolerance = criterion == CLP_CRITERION_RESIDUAL ? 1e-4 : 0.05;
            clp_solver *solver = solve(device, &square, options);
            const clp_report *report = clp_solver_report(solver);
            cr_expect(report->converged, "criterion %s", report->criterion);
            cr_expect_str_eq(report->check, host ? "host" : "device");
            cr_expect_eq(report->sweeps % 50, 0);
            if (criterion == CLP_CRITERION_RESIDUAL) cr_expect_leq(report->residual_relative, 1e-4);
            cr_expect_leq(largest_error(solver, &square), report->algebraic_bound + 1e-11);
            sweeps[host] = report->sweeps;
            clp_solver_destroy(solver);
        }
        cr_expect_eq(sweeps[0], sweeps[1], "both see the same field");
    }
    clp_device_close(device);
}

Test(solver, fluxes_balance_and_quantities_are_right)
{
    clp_device *device = open_device("reference");
    /* Between two sides the field is linear: flux k du/dx times the height, energy half the square times the
     * area. */
    plate_case bar = {{41, 9}, {4, 2}, {10, 30, NAN, NAN}, 0};
    clp_solver *solver = solve(device, &bar, (clp_solver_options){.tolerance = 1e-10});
    const clp_report *report = clp_solver_report(solver);
    cr_expect_float_eq(report->flux[CLP_SIDE_RIGHT], 5 * 2, 1e-6);
    cr_expect_float_eq(report->flux[CLP_SIDE_LEFT], -5 * 2, 1e-6);
    cr_expect_eq(report->flux[CLP_SIDE_TOP], 0);
    cr_expect_float_eq(report->energy, 0.5 * 25 * 8, 1e-6);
    cr_expect_float_eq(report->mean, 20, 1e-8);
    clp_solver_destroy(solver);

    plate_case mixed = {{40, 23}, {1, 1}, {NAN, 50, 0, 100}, 0};
    solver = solve(device, &mixed, (clp_solver_options){.tolerance = 1e-9});
    report = clp_solver_report(solver);
    double sum = report->flux[1] + report->flux[2] + report->flux[3];
    cr_expect_float_eq(sum, 0, 1e-4, "what enters leaves: %g", sum);
    clp_solver_destroy(solver);
    clp_device_close(device);
}
