/* SPDX-License-Identifier: MIT */
/* Electrodes and materials inside the box, against formulas. */
#include <clpoisson/clpoisson.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

TestSuite(regions);

#define OK(call) cr_assert_eq(call, CLP_OK, "%s", clp_error_message())

static clp_device *device;

static void set_up(void)
{
    OK(clp_device_open(&(clp_device_options){.backend = getenv("CLPOISSON_TEST_BACKEND")}, &device));
}

static void tear_down(void)
{
    clp_device_close(device);
}

static clp_problem *box(size_t nodes, double origin)
{
    clp_problem *problem;
    clp_grid grid = {.nodes = {nodes, nodes}, .size = {1, 1}, .origin = {origin, origin}};
    OK(clp_problem_create(&grid, &problem));
    return problem;
}

static clp_solver *solve(clp_problem *problem, double tolerance)
{
    clp_solver *solver;
    OK(clp_solver_create(device, problem, &(clp_solver_options){.tolerance = tolerance}, &solver));
    OK(clp_solver_run(solver));
    cr_expect(clp_solver_report(solver)->converged, "%s", clp_reason_name(clp_solver_report(solver)->reason));
    clp_problem_destroy(problem);
    return solver;
}

static bool fp64(void)
{
    return clp_device_get_info(device)->fp64;
}

/* Outer radius 0.45, inner 0.2, axes `apart`; the box stands askew to both, so that no symmetry helps. */
static double coax_error(size_t nodes, double apart, double *balance)
{
    const double inner = 0.2, outer = 0.45;
    clp_problem *problem = box(nodes, -0.4915);
    clp_region parts[] = {
        {.name = "outer", .sets = CLP_SETS_VALUE, .shape = {.min = {-1, -1}, .max = {1, 1}}},
        {.name = "gap",
         .sets = CLP_SETS_CONDUCTIVITY,
         .conductivity.number = 3,
         .shape = {.kind = CLP_SHAPE_BALL, .radius = outer}},
        {.name = "inner",
         .sets = CLP_SETS_VALUE,
         .value.number = 1,
         .shape = {.kind = CLP_SHAPE_BALL, .radius = inner, .center = {apart}}}};
    for (int i = 0; i < 3; i++) OK(clp_problem_add_region(problem, &parts[i]));
    clp_solver *solver = solve(problem, 1e-6);
    const clp_report *report = clp_solver_report(solver);
    cr_expect(report->bound_is_certified);
    double exact =
        3 * 2 * M_PI / acosh((inner * inner + outer * outer - apart * apart) / (2 * inner * outer));
    double error = fabs(report->capacitance / exact - 1);
    *balance = report->imbalance;
    clp_solver_destroy(solver);
    return error;
}

Test(regions, curved_electrodes_converge_at_second_order, .init = set_up, .fini = tear_down)
{
    for (int off_center = 0; off_center < 2 && fp64(); off_center++) {
        double balance, first = coax_error(33, 0.1 * off_center, &balance), last = 0;
        for (size_t cells = 64; cells <= 256; cells *= 2) {
            last = coax_error(cells + 1, 0.1 * off_center, &balance);
            cr_expect_lt(fabs(balance), 1e-3);
        }
        double order = log2(first / last) / 3; /* where the outline meets the grid varies from grid to grid */
        cr_expect_geq(order, 1.8, "order %.3f from %g to %g", order, first, last);
    }
}

/* Three layers of k = 1, 4, 0.5, their faces on grid lines: piecewise linear, and exactly so. */
Test(regions, layers_are_exact, .init = set_up, .fini = tear_down)
{
    const double k[] = {1, 4, 0.5}, height[] = {0.25, 0.5, 0.25};
    clp_problem *problem = box(33, 0);
    OK(clp_problem_hold_side(problem, CLP_SIDE_TOP, 20));
    OK(clp_problem_hold_side(problem, CLP_SIDE_BOTTOM, -5));
    double from = 0, resistance = 0;
    for (int i = 0; i < 3; i++) {
        clp_region layer = {.sets = CLP_SETS_CONDUCTIVITY,
                            .conductivity.number = k[i],
                            .shape = {.min = {0, from}, .max = {1, from + height[i]}}};
        OK(clp_problem_add_region(problem, &layer));
        from += height[i];
        resistance += height[i] / k[i];
    }
    double tolerance = fp64() ? 1e-9 : 1e-2, flux = 25 / resistance;
    clp_solver *solver = solve(problem, tolerance);
    const double *u = clp_solver_values(solver);
    for (size_t j = 0; j < 33; j++) {
        double y = (double)j / 32, below = fmin(y, 0.25), middle = fmin(fmax(y - 0.25, 0), 0.5),
               above = fmax(y - 0.75, 0);
        double exact = -5 + flux * (below / k[0] + middle / k[1] + above / k[2]);
        for (size_t i = 0; i < 33; i++) cr_assert_float_eq(u[j * 33 + i], exact, 1.01 * tolerance);
    }
    cr_expect_float_eq(clp_solver_report(solver)->flux[CLP_SIDE_TOP], flux, 100 * tolerance);
    clp_solver_destroy(solver);
}

/* A slab across the whole width splits the gap: its potential follows from the two widths. */
Test(regions, a_floating_slab_takes_the_potential_between, .init = set_up, .fini = tear_down)
{
    if (!fp64()) return;
    clp_problem *problem = box(65, 0);
    OK(clp_problem_hold_side(problem, CLP_SIDE_TOP, 1));
    OK(clp_problem_hold_side(problem, CLP_SIDE_BOTTOM, 0));
    clp_region slab = {
        .name = "slab", .sets = CLP_SETS_FLOATING, .shape = {.min = {-1, 0.3}, .max = {2, 0.5}}};
    OK(clp_problem_add_region(problem, &slab));
    clp_solver *solver = solve(problem, 1e-6);
    const clp_report *report = clp_solver_report(solver);
    cr_expect_float_eq(report->electrodes[0].value, 0.3 / 0.8, 1e-5, "%g", report->electrodes[0].value);
    cr_expect_float_eq(report->electrodes[0].flux, 0, 1e-4);
    cr_expect_float_eq(report->flux[CLP_SIDE_TOP], 1 / 0.8, 1e-4);
    clp_solver_destroy(solver);
}

/* Two floating discs in a uniform field, one at another's mirror image, and a source between them. */
Test(regions, floating_discs_draw_nothing, .init = set_up, .fini = tear_down)
{
    if (!fp64()) return;
    clp_problem *problem = box(65, 0);
    OK(clp_problem_hold_side(problem, CLP_SIDE_TOP, 1));
    OK(clp_problem_hold_side(problem, CLP_SIDE_BOTTOM, -1));
    for (int i = 0; i < 2; i++) {
        clp_region disc = {.name = i ? "upper" : "lower",
                           .sets = CLP_SETS_FLOATING,
                           .shape = {.kind = CLP_SHAPE_BALL, .radius = 0.1, .center = {0.5, i ? 0.7 : 0.3}}};
        OK(clp_problem_add_region(problem, &disc));
    }
    clp_solver *solver = solve(problem, 1e-7);
    const clp_report *report = clp_solver_report(solver);
    cr_expect_float_eq(report->electrodes[0].value, -report->electrodes[1].value, 1e-5);
    cr_expect_gt(report->electrodes[1].value, 0.2);
    for (int i = 0; i < 2; i++) cr_expect_float_eq(report->electrodes[i].flux, 0, 1e-4);
    clp_solver_destroy(solver);
}

Test(regions, the_matrix_is_symmetric_and_its_rows_add_up, .init = set_up, .fini = tear_down)
{
    if (!fp64()) return;
    clp_problem *problem = box(65, 0);
    OK(clp_problem_hold_side(problem, CLP_SIDE_BOTTOM, 0));
    for (int i = 0; i < 2; i++) {
        clp_region disc = {
            .name = i ? "right" : "left",
            .sets = CLP_SETS_VALUE,
            .value.number = i,
            .shape = {.kind = CLP_SHAPE_BALL, .radius = 0.1, .center = {i ? 0.75 : 0.25, 0.5}}};
        OK(clp_problem_add_region(problem, &disc));
    }
    clp_solver *solver;
    OK(clp_solver_create(device, problem, NULL, &solver));
    cr_assert_eq(clp_solver_conductor_count(solver), 3);
    cr_expect_str_eq(clp_solver_conductor_name(solver, 0), "left");
    cr_expect_str_eq(clp_solver_conductor_name(solver, 2), "bottom");
    double m[9];
    OK(clp_solver_matrix(solver, m));
    cr_expect_float_eq(m[0], m[4], 1e-4, "the two discs are alike");
    for (int i = 0; i < 3; i++) {
        cr_expect_float_eq(m[3 * i] + m[3 * i + 1] + m[3 * i + 2], 0, 1e-4, "row %d", i);
        cr_expect_gt(m[4 * i], 0);
    }
    cr_expect_lt(m[1], 0);
    /* The same as the fluxes of the problem itself: left at 0, right at 1. */
    OK(clp_solver_run(solver));
    const clp_report *report = clp_solver_report(solver);
    cr_expect_float_eq(report->electrodes[1].flux, m[4], 1e-2);
    cr_expect_float_eq(report->electrodes[0].flux, m[1], 1e-2);
    clp_solver_destroy(solver);
    clp_problem_destroy(problem);
}

/* A coaxial cable out of pixels: a digitised circle keeps its mean radius. */
static double pixel_coax_error(size_t pixels, double outer, double inner, double shift)
{
    clp_problem *problem;
    clp_grid grid = {.nodes = {pixels + 1, pixels + 1}, .size = {(double)pixels, (double)pixels}};
    uint16_t *cells = malloc(pixels * pixels * sizeof *cells);
    for (size_t j = 0; j < pixels; j++)
        for (size_t i = 0; i < pixels; i++) {
            double x = (double)i + 0.5 - 0.5 * (double)pixels - shift,
                   y = (double)j + 0.5 - 0.5 * (double)pixels, r = hypot(x, y);
            cells[j * pixels + i] = r < inner / 2 ? 2 : r < outer / 2 ? 1 : 0;
        }
    clp_region materials[] = {{.name = "outer", .sets = CLP_SETS_VALUE},
                              {.name = "gap"},
                              {.name = "inner", .sets = CLP_SETS_VALUE, .value.number = 1}};
    OK(clp_problem_create(&grid, &problem));
    OK(clp_problem_set_cells(problem, cells, materials, 3));
    free(cells);
    clp_solver *solver = solve(problem, 1e-4);
    double error = clp_solver_report(solver)->capacitance / (2 * M_PI / log(outer / inner)) - 1;
    clp_solver_destroy(solver);
    return error;
}

/* What a solver finds after the matrix is what another one finds without, with and without regions inside. */
Test(regions, the_matrix_leaves_the_problem_as_it_is, .init = set_up, .fini = tear_down)
{
    const double tolerance = fp64() ? 1e-6 : 1e-2, sides[] = {75, 50, 0, 100};
    double m[16];
    const double conductivities[] = {1, 20, fp64() ? 1e4 : 100};
    for (int kind = 0; kind < 3; kind++) {
        clp_solver *solvers[2];
        for (int i = 0; i < 2; i++) {
            clp_problem *problem = box(65, 0);
            for (int side = 0; side < 4; side++)
                OK(clp_problem_hold_side(problem, (clp_side)side, sides[side]));
            clp_region disc = {.name = "disc",
                               .sets = CLP_SETS_CONDUCTIVITY,
                               .conductivity.number = conductivities[kind],
                               .shape = {.kind = CLP_SHAPE_BALL, .center = {0.4, 0.6}, .radius = 0.2}};
            if (kind > 0) OK(clp_problem_add_region(problem, &disc));
            OK(clp_solver_create(device, problem, &(clp_solver_options){.tolerance = tolerance},
                                 &solvers[i]));
            clp_problem_destroy(problem);
            if (i) OK(clp_solver_matrix(solvers[i], m));
            OK(clp_solver_run(solvers[i]));
            cr_expect(clp_solver_report(solvers[i])->converged, "kind %d, %d: %s", kind, i,
                      clp_reason_name(clp_solver_report(solvers[i])->reason));
        }
        cr_expect_leq(clp_solver_report(solvers[1])->iterations,
                      clp_solver_report(solvers[0])->iterations + 1,
                      "kind %d: the bound is as good as without the matrix", kind);
        const double *alone = clp_solver_values(solvers[0]), *after = clp_solver_values(solvers[1]);
        for (size_t p = 0; p < 65 * 65; p++) cr_assert_float_eq(alone[p], after[p], 2 * tolerance);
        cr_expect_eq(after[32], 0);
        cr_expect_eq(after[64 * 65 + 32], 100);
        for (int i = 0; i < 2; i++) clp_solver_destroy(solvers[i]);
    }
}

/* Units far from 1, as of atoms or stars, change nothing but the unit. */
Test(regions, values_of_any_size, .init = set_up, .fini = tear_down)
{
    static const double units[] = {1, 1e-25, 1e25};
    double found[3] = {0};
    for (int i = 0; i < 3; i++) {
        clp_problem *problem = box(65, 0);
        for (int side = 0; side < 4; side++)
            OK(clp_problem_hold_side(problem, (clp_side)side, side == CLP_SIDE_TOP ? units[i] : 0));
        clp_region disc = {.name = "disc",
                           .sets = CLP_SETS_CONDUCTIVITY,
                           .conductivity.number = 100,
                           .shape = {.kind = CLP_SHAPE_BALL, .center = {0.45, 0.55}, .radius = 0.26}};
        OK(clp_problem_add_region(problem, &disc));
        clp_solver *solver = solve(problem, (fp64() ? 1e-8 : 1e-3) * units[i]);
        found[i] = clp_solver_values(solver)[30 * 65 + 20] / units[i];
        clp_solver_destroy(solver);
        cr_expect_float_eq(found[i], found[0], fp64() ? 2e-8 : 2e-3);
    }
}

Test(regions, digitised_circles_keep_their_radius, .init = set_up, .fini = tear_down)
{
    if (!fp64()) return;
    for (int i = 0; i < 4; i++) {
        double error = pixel_coax_error(220, 200, 80, 0.29 * i);
        cr_expect_lt(fabs(error), 0.006, "shift %d: %g", i, error); /* a quarter of the 0.2 % pictures */
    }
}

Test(regions, thin_lines_and_points_of_pixels_hold, .init = set_up, .fini = tear_down)
{
    enum { N = 20 };
    uint16_t cells[N * N] = {0};
    clp_problem *problem;
    clp_grid grid = {.nodes = {N + 1, N + 1}, .size = {N, N}};
    for (size_t i = 4; i < 16; i++) cells[10 * N + i] = 1; /* a row */
    for (size_t i = 2; i < 8; i++) cells[i * N + i] = 1;   /* a diagonal */
    cells[16 * N + 5] = 1;                                 /* a point */
    clp_region materials[] = {{.name = "none"}, {.name = "wire", .sets = CLP_SETS_VALUE, .value.number = 1}};
    OK(clp_problem_create(&grid, &problem));
    OK(clp_problem_set_cells(problem, cells, materials, 2));
    for (clp_side side = 0; side < 4; side++) OK(clp_problem_hold_side(problem, side, 0));
    clp_solver *solver = solve(problem, 0);
    const double *u = clp_solver_values(solver);
    for (size_t j = 0; j < N; j++)
        for (size_t i = 0; i < N; i++)
            if (cells[j * N + i])
                for (int c = 0; c < 4; c++)
                    cr_expect_eq(u[(j + (size_t)(c >> 1)) * (N + 1) + i + (size_t)(c & 1)], 1,
                                 "cell %zu, %zu", j, i);
    clp_solver_destroy(solver);
}

/* Charges of both signs on a periodic lattice: balanced, so there is a solution, of mean 0. */
Test(regions, periodic_lattice, .init = set_up, .fini = tear_down)
{
    clp_problem *problem = box(33, 0);
    OK(clp_problem_set_periodic(problem, 0));
    OK(clp_problem_set_periodic(problem, 1));
    OK(clp_problem_set_source(problem, &(clp_value){.expression = "8*pi^2*cos(2*pi*x)*cos(2*pi*y)"}));
    clp_solver *solver = solve(problem, fp64() ? 1e-7 : 1e-2);
    const clp_report *report = clp_solver_report(solver);
    cr_expect(report->singular);
    cr_expect_float_eq(report->mean, 0, 1e-6);
    const double *u = clp_solver_values(solver);
    for (size_t j = 0; j < 33; j++)
        for (size_t i = 0; i < 33; i++) {
            double exact = cos(2 * M_PI * (double)i / 32) * cos(2 * M_PI * (double)j / 32);
            cr_assert_float_eq(u[j * 33 + i], exact, 0.02);
        }
    clp_solver_destroy(solver);
}

static void expect_refused(clp_problem *problem, const char *part)
{
    clp_solver *solver;
    cr_expect_eq(clp_solver_create(device, problem, NULL, &solver), CLP_ERROR_INPUT);
    cr_expect(strstr(clp_error_message(), part), "'%s' is not in: %s", part, clp_error_message());
    clp_problem_destroy(problem);
}

Test(regions, what_has_no_solution_is_refused, .init = set_up, .fini = tear_down)
{
    clp_problem *problem = box(17, 0);
    OK(clp_problem_set_source(problem, &(clp_value){.number = 3}));
    expect_refused(problem, "add up to 3");

    problem = box(17, 0);
    OK(clp_problem_hold_side(problem, CLP_SIDE_TOP, 1));
    OK(clp_problem_set_conductivity(problem, &(clp_value){.expression = "x - 0.5"}));
    expect_refused(problem, "above 0");

    problem = box(17, 0);
    clp_region all = {.name = "all", .sets = CLP_SETS_VALUE, .shape = {.min = {-1, -1}, .max = {2, 2}}};
    OK(clp_problem_add_region(problem, &all));
    expect_refused(problem, "every node is held");

    problem = box(17, 0);
    all.sets = CLP_SETS_FLOATING;
    all.shape.max[0] = 0.5;
    OK(clp_problem_add_region(problem, &all));
    expect_refused(problem, "floating");

    problem = box(17, 0);
    expect_refused(problem, "no side is held");
}

/* Sources, fluxes, transfer, reaction and electrodes: what enters leaves, to rounding, once it is solved. */
Test(regions, what_enters_leaves, .init = set_up, .fini = tear_down)
{
    if (!fp64()) return;
    clp_problem *problem = box(41, 0);
    OK(clp_problem_set_conductivity(problem, &(clp_value){.expression = "1 + x*y"}));
    OK(clp_problem_set_reaction(problem, &(clp_value){.number = 0.3}));
    OK(clp_problem_set_boundary(problem, CLP_SIDE_LEFT,
                                &(clp_boundary){.kind = CLP_BOUNDARY_FLUX, .value.expression = "1 + y"}));
    OK(clp_problem_set_boundary(
        problem, CLP_SIDE_RIGHT,
        &(clp_boundary){.kind = CLP_BOUNDARY_TRANSFER, .transfer.number = 25, .ambient.number = 20}));
    OK(clp_problem_hold_side(problem, CLP_SIDE_TOP, 5));
    clp_region disc = {.name = "disc",
                       .sets = CLP_SETS_VALUE,
                       .value.expression = "7 + x",
                       .shape = {.kind = CLP_SHAPE_BALL, .radius = 0.13, .center = {0.4, 0.5}}};
    clp_region heater = {.name = "heater",
                         .sets = CLP_SETS_SOURCE,
                         .source.number = 50,
                         .shape = {.min = {0.6, 0.1}, .max = {0.9, 0.3}}};
    OK(clp_problem_add_region(problem, &disc));
    OK(clp_problem_add_region(problem, &heater));
    clp_solver *solver = solve(problem, 1e-10);
    const clp_report *report = clp_solver_report(solver);
    cr_expect_float_eq(report->flux[CLP_SIDE_LEFT], 1.5, 0.05);
    cr_expect_float_eq(report->source, 50 * 0.3 * 0.2, 1e-9);
    cr_expect_neq(report->electrodes[0].flux, 0);
    cr_expect_gt(report->sink, 0);
    cr_expect_lt(fabs(report->imbalance), 1e-6, "%g", report->imbalance);
    clp_solver_destroy(solver);
}
