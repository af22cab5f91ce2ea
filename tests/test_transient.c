/* SPDX-License-Identifier: MIT */
/*
 * Diffusion in time, against an independent program's numbers, exact solutions, and the steady solver. With
 * fields that are quadratic in space the grid is exact, and what is off is what steps are off by.
 */
#include <clpoisson/clpoisson.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(transient);

#define OK(call) cr_assert_eq(call, CLP_OK, "%s", clp_error_message())

static clp_device *open_device(const char *backend)
{
    clp_device *device;
    OK(clp_device_open(&(clp_device_options){.backend = backend}, &device));
    return device;
}

static clp_value formula(const char *text)
{
    return (clp_value){.expression = text};
}

static void hold_all(clp_problem *problem, double value)
{
    for (int side = 0; side < 2 * clp_grid_dimensions(clp_problem_grid(problem)); side++)
        OK(clp_problem_hold_side(problem, (clp_side)side, value));
}

static clp_problem *plate_with_disc(bool disc)
{
    clp_problem *problem;
    const clp_grid grid = {.nodes = {49, 41}, .size = {1, 1}};
    const clp_region region = {.name = "disc",
                               .shape = {.kind = CLP_SHAPE_BALL, .center = {0.5, 0.5}, .radius = 0.2},
                               .sets = CLP_SETS_CONDUCTIVITY | CLP_SETS_CAPACITY,
                               .conductivity = {.number = 20},
                               .capacity = {.number = 5}};
    const clp_region wire = {.name = "wire",
                             .shape = {.kind = CLP_SHAPE_BALL, .center = {0.2, 0.8}, .radius = 0.07},
                             .sets = CLP_SETS_VALUE,
                             .value = {.number = 3}};
    clp_value source = formula("4*x");
    OK(clp_problem_create(&grid, &problem));
    OK(clp_problem_hold_side(problem, CLP_SIDE_LEFT, 1));
    OK(clp_problem_hold_side(problem, CLP_SIDE_TOP, 0));
    OK(clp_problem_set_source(problem, &source));
    if (disc) OK(clp_problem_add_region(problem, &region));
    if (disc) OK(clp_problem_add_region(problem, &wire));
    return problem;
}

/* ---- the four peaks ---- */

static clp_problem *four_peaks(void)
{
    clp_problem *problem;
    double h = 20.0 / 266;
    const clp_grid grid = {.nodes = {268, 268}, .size = {267 * h, 267 * h}, .origin = {-10 - h, -10 - h}};
    clp_value initial = formula("(1 - abs(1 - abs(4*x/20)))*(1 - abs(1 - abs(4*y/20)))");
    OK(clp_problem_create(&grid, &problem));
    hold_all(problem, 0);
    OK(clp_problem_set_initial(problem, &initial));
    return problem;
}

static void expect_four_peaks(const char *backend, clp_precision precision, double allowed)
{
    double h = 20.0 / 266, largest = 0, sum = 0;
    clp_device *device = open_device(backend);
    clp_problem *problem = four_peaks();
    clp_transient *run;
    if (precision == CLP_PRECISION_DOUBLE && !clp_device_get_info(device)->fp64) cr_skip_test("no fp64");
    const clp_time_options options = {
        .end = 10, .step = 0.25 * h * h, .output_every = 0.5, .method = "explicit", .precision = precision};
    OK(clp_transient_create(device, problem, &options, &run));
    OK(clp_transient_run(run));
    const double *u = clp_transient_values(run);
    for (size_t p = 0; p < 268 * 268; p++) {
        sum += u[p];
        largest = fmax(largest, u[p]);
    }
    const clp_time_report *report = clp_transient_report(run)->in_time;
    cr_expect_eq(report->steps, 7075);
    cr_expect_eq(report->interval_count, 21);
    cr_expect_float_eq(largest, 0.227983222909, allowed, "largest %.12f", largest);
    cr_expect_float_eq(sum / 8461.299893035, 1, allowed, "sum %.9f", sum);
    cr_expect_float_eq(u[134 * 268 + 134], 0.227975146067, allowed, "in the middle %.12f",
                       u[134 * 268 + 134]);
    clp_transient_destroy(run);
    clp_problem_destroy(problem);
    clp_device_close(device);
}

Test(transient, four_peaks_as_an_independent_program_has_them)
{
    expect_four_peaks("opencl", CLP_PRECISION_DOUBLE, 1e-9);
    expect_four_peaks("opencl", CLP_PRECISION_SINGLE, 1e-4);
    expect_four_peaks("reference", CLP_PRECISION_DOUBLE, 1e-9);
}

/* Steps of its own choice: at t = 9.99915, where the 7075 explicit ones end. */
Test(transient, four_peaks_with_automatic_steps)
{
    double h = 20.0 / 266, apart = 0, largest = 0;
    clp_device *device = open_device(NULL);
    clp_problem *problem = four_peaks();
    clp_transient *runs[2];
    const clp_time_options options[2] = {{.end = 10, .step = 0.25 * h * h, .method = "explicit"},
                                         {.end = 7075 * (0.25 * h * h), .method = "trbdf2"}};
    for (int i = 0; i < 2; i++) {
        OK(clp_transient_create(device, problem, &options[i], &runs[i]));
        OK(clp_transient_run(runs[i]));
    }
    for (size_t p = 0; p < 268 * 268; p++) {
        apart = fmax(apart, fabs(clp_transient_values(runs[0])[p] - clp_transient_values(runs[1])[p]));
        largest = fmax(largest, clp_transient_values(runs[0])[p]);
    }
    const clp_time_report *report = clp_transient_report(runs[1])->in_time;
    cr_expect_leq(apart, 1e-4 * largest, "%g of the largest apart", apart / largest);
    cr_expect_leq(20 * report->applications, 7075, "%zu times the operator in %zu steps, %zu cycles",
                  report->applications, report->steps, report->cycles);
    for (int i = 0; i < 2; i++) clp_transient_destroy(runs[i]);
    clp_problem_destroy(problem);
    clp_device_close(device);
}

/* ---- order in time ---- */

/* Problems whose solution g(t) (1 + x/2 + 2 y + x^2/4 - y^2/2) + t, g(t) = cos(2 t), is quadratic in space:
 * every kind of side, and coefficients that make a network or not. */
typedef enum kind { PLAIN, NETWORK, KINDS } kind;

#define FIELD "(cos(2*t)*(1 + x/2 + 2*y + x^2/4 - y^2/2) + t)"
#define RATE "(1 - 2*sin(2*t)*(1 + x/2 + 2*y + x^2/4 - y^2/2))"
#define SPREADING "(-cos(2*t)/2)" /* the Laplacian */

static double exact_at(double x, double y, double t)
{
    return cos(2 * t) * (1 + x / 2 + 2 * y + x * x / 4 - y * y / 2) + t;
}

static clp_problem *smooth_problem(kind which, size_t nodes)
{
    clp_problem *problem;
    const clp_grid grid = {.nodes = {nodes, nodes + 2}, .size = {1, 1.25}};
    bool network = which == NETWORK;
    /* k = 2 in both, C = 3 and sigma = 0.7; a network has C in an array. */
    double cells[64 * 64];
    for (size_t c = 0; c < sizeof cells / sizeof *cells; c++) cells[c] = 3;
    clp_value initial = formula(FIELD), source = formula("3*" RATE " - 2*" SPREADING " + 0.7*" FIELD);
    clp_value capacity = {.number = 3, .array = network ? cells : NULL}, k = {.number = 2},
              sigma = {.number = 0.7};
    OK(clp_problem_create(&grid, &problem));
    OK(clp_problem_set_initial(problem, &initial));
    OK(clp_problem_set_source(problem, &source));
    OK(clp_problem_set_capacity(problem, &capacity));
    OK(clp_problem_set_conductivity(problem, &k));
    OK(clp_problem_set_reaction(problem, &sigma));
    clp_boundary held = {.kind = CLP_BOUNDARY_VALUE, .value = formula(FIELD)};
    clp_boundary fed = {.kind = CLP_BOUNDARY_FLUX, .value = formula("2*cos(2*t)*(1/2 + x/2)")};
    /* outward is down: -du/dy; 2 (-du/dy) = 5 (ambient - u) */
    clp_boundary cooled = {.kind = CLP_BOUNDARY_TRANSFER,
                           .transfer = {.number = 5},
                           .ambient = formula(FIELD " - 2*cos(2*t)*(2 - y)/5")};
    OK(clp_problem_set_boundary(problem, CLP_SIDE_LEFT, &held));
    OK(clp_problem_set_boundary(problem, CLP_SIDE_RIGHT, &fed));
    OK(clp_problem_set_boundary(problem, CLP_SIDE_TOP, &held));
    if (network) OK(clp_problem_set_boundary(problem, CLP_SIDE_BOTTOM, &cooled));
    if (!network) OK(clp_problem_set_boundary(problem, CLP_SIDE_BOTTOM, &held));
    return problem;
}

static double error_of(const clp_transient *run, double *imbalance)
{
    const clp_report *report = clp_transient_report(run);
    const clp_grid *grid = &report->grid;
    const double *u = clp_transient_values(run);
    double error = 0;
    *imbalance = 0;
    for (size_t j = 0; j < grid->nodes[1]; j++)
        for (size_t i = 0; i < grid->nodes[0]; i++)
            error =
                fmax(error, fabs(u[j * grid->nodes[0] + i] - exact_at((double)i * clp_grid_spacing(grid, 0),
                                                                      (double)j * clp_grid_spacing(grid, 1),
                                                                      report->in_time->reached)));
    for (size_t i = 0; i < report->in_time->interval_count; i++)
        *imbalance = fmax(*imbalance, fabs(report->in_time->intervals[i].imbalance));
    return error;
}

static double error_with(clp_device *device, kind which, const char *method, double step, size_t nodes)
{
    clp_problem *problem = smooth_problem(which, nodes);
    clp_transient *run;
    const clp_time_options options = {
        .end = 1, .step = step, .method = method, .output_every = 0.25, .precision = CLP_PRECISION_DOUBLE};
    OK(clp_transient_create(device, problem, &options, &run));
    OK(clp_transient_run(run));
    double imbalance, error = error_of(run, &imbalance);
    cr_expect_leq(imbalance, 1e-6, "%s on kind %d with steps of %g: %g came in or went for nothing", method,
                  (int)which, step, imbalance);
    clp_transient_destroy(run);
    clp_problem_destroy(problem);
    return error;
}

static void expect_orders(const char *backend)
{
    static const struct {
        const char *method;
        double step, order;
    } rows[] = {
        {"explicit", 0.002, 1}, {"rkl2", 0.1, 2}, {"implicit_euler", 0.00625, 1}, {"trbdf2", 0.05, 2}};
    clp_device *device = open_device(backend);
    if (!clp_device_get_info(device)->fp64) cr_skip_test("no fp64");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (kind which = PLAIN; which < KINDS; which++) {
            double coarse = error_with(device, which, rows[i].method, rows[i].step, 9),
                   fine = error_with(device, which, rows[i].method, rows[i].step / 2, 9),
                   order = log2(coarse / fine);
            cr_expect(order > rows[i].order - 0.15 && order < rows[i].order + 0.5,
                      "%s on kind %d has the order %.2f: errors %g and %g", rows[i].method, (int)which, order,
                      coarse, fine);
            cr_expect_leq(fine, 0.02, "%s on kind %d is %g off", rows[i].method, (int)which, fine);
        }
    clp_device_close(device);
}

Test(transient, order_in_time_with_every_kind_of_side)
{
    expect_orders("opencl");
}

Test(transient, order_in_time_on_the_reference)
{
    expect_orders("reference");
}

/* The ground under a surface that follows the seasons (examples/ground.yaml), whose exact state is known. */
static size_t steps_through_the_ground(clp_device *device, const size_t nodes[2], double *error)
{
    const clp_grid grid = {.nodes = {nodes[0], nodes[1]}, .size = {1, 15}, .origin = {0, -15}};
    clp_value conductivity = {.number = 129600}, capacity = {.number = 2.5e6},
              initial = formula("12*exp(y/2.4542)*cos(y/2.4542)");
    const clp_boundary surface = {.kind = CLP_BOUNDARY_VALUE, .value = formula("12*cos(2*pi*t/365)")};
    const double depth = 2.4542, end = 50, pi = acos(-1);
    clp_problem *problem;
    clp_transient *run;
    OK(clp_problem_create(&grid, &problem));
    OK(clp_problem_set_conductivity(problem, &conductivity));
    OK(clp_problem_set_capacity(problem, &capacity));
    OK(clp_problem_set_initial(problem, &initial));
    OK(clp_problem_set_boundary(problem, CLP_SIDE_TOP, &surface));
    OK(clp_transient_create(device, problem, &(clp_time_options){.end = end, .method = "trbdf2"}, &run));
    OK(clp_transient_run(run));
    *error = 0;
    for (size_t j = 2 * nodes[1] / 3; j < nodes[1]; j++) { /* below there the bottom is felt */
        double y = -15 + 15 * (double)j / (double)(nodes[1] - 1),
               exact = 12 * exp(y / depth) * cos(2 * pi * end / 365 + y / depth);
        *error = fmax(*error, fabs(clp_transient_values(run)[j * nodes[0]] - exact));
    }
    size_t steps = clp_transient_report(run)->in_time->steps;
    clp_transient_destroy(run);
    clp_problem_destroy(problem);
    return steps;
}

/* What one cycle leaves is not taken for errors of steps, wherever it is: where spacings are alike, where
 * they are not, and where the equations are solved directly. */
Test(transient, steps_are_as_long_whatever_the_grid)
{
    static const size_t nodes[][2] = {{5, 151}, {33, 481}, {33, 301}, {65, 601}, {33, 201}, {33, 151}};
    clp_device *device = open_device("reference");
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        double error;
        size_t steps = steps_through_the_ground(device, nodes[i], &error);
        cr_expect_leq(steps, 12, "%zu x %zu nodes: %zu steps", nodes[i][0], nodes[i][1], steps);
        cr_expect_leq(error, 0.05, "%zu x %zu nodes: %g off", nodes[i][0], nodes[i][1], error);
    }
    clp_device_close(device);
}

/* Steps of their own choice keep to the tolerance. */
Test(transient, automatic_steps_keep_to_the_tolerance)
{
    static const char *const methods[] = {"trbdf2", "rkl2", "implicit_euler"};
    clp_device *device = open_device(NULL);
    if (!clp_device_get_info(device)->fp64) cr_skip_test("no fp64");
    for (size_t m = 0; m < 3; m++)
        for (kind which = PLAIN; which < KINDS; which++)
            for (double tolerance = 1e-2; tolerance > 5e-4; tolerance /= 10) {
                clp_problem *problem = smooth_problem(which, 17);
                clp_transient *run;
                const clp_time_options options = {
                    .end = 1, .tolerance = tolerance, .method = methods[m], .output_every = 0.3};
                OK(clp_transient_create(device, problem, &options, &run));
                OK(clp_transient_run(run));
                double imbalance, error = error_of(run, &imbalance);
                cr_expect_leq(imbalance, 0.3 * tolerance, "%s, kind %d: %g came in or went for nothing",
                              methods[m], (int)which, imbalance);
                cr_expect_leq(error, tolerance, "%s, kind %d, tolerance %g: %g off after %zu steps",
                              methods[m], (int)which, tolerance, error,
                              clp_transient_report(run)->in_time->steps);
                clp_transient_destroy(run);
                clp_problem_destroy(problem);
            }
    clp_device_close(device);
}

/* A side by a table and by an expression that says the same, on every kind of side. */
Test(transient, tables_of_times_are_straight_lines)
{
    static const double rows[] = {0.1, 1, 0.4, 3, 0.8, 2};
    static const clp_boundary_kind kinds[] = {CLP_BOUNDARY_VALUE, CLP_BOUNDARY_FLUX, CLP_BOUNDARY_TRANSFER};
    clp_device *device = open_device("reference");
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        double apart = 0;
        clp_transient *runs[2];
        clp_problem *problems[2];
        for (int i = 0; i < 2; i++) {
            const clp_grid grid = {.nodes = {9, 9}, .size = {1, 1}};
            clp_value table = {.table = rows, .rows = 3},
                      written = formula(
                          "t < 0.1 ? 1 : t < 0.4 ? 1 + 2*(t - 0.1)/0.3 : t < 0.8 ? 3 - (t - 0.4)/0.4 : 2");
            clp_boundary boundary = {.kind = kinds[k], .transfer = {.number = 4}};
            boundary.value = boundary.ambient = i ? table : written;
            OK(clp_problem_create(&grid, &problems[i]));
            OK(clp_problem_hold_side(problems[i], CLP_SIDE_LEFT, 0));
            OK(clp_problem_set_boundary(problems[i], CLP_SIDE_RIGHT, &boundary));
            const clp_time_options options = {.end = 1, .step = 0.02, .method = "trbdf2"};
            OK(clp_transient_create(device, problems[i], &options, &runs[i]));
            OK(clp_transient_run(runs[i]));
        }
        for (size_t p = 0; p < 81; p++)
            apart = fmax(apart, fabs(clp_transient_values(runs[0])[p] - clp_transient_values(runs[1])[p]));
        cr_expect_leq(apart, 1e-9, "kind %zu: %g apart", k, apart);
        for (int i = 0; i < 2; i++) {
            clp_transient_destroy(runs[i]);
            clp_problem_destroy(problems[i]);
        }
    }
    clp_device_close(device);
}

Test(transient, bad_tables_are_refused)
{
    static const double backwards[] = {0, 1, 0, 2}, endless[] = {0, INFINITY};
    clp_problem *problem = plate_with_disc(false);
    clp_boundary boundary = {.kind = CLP_BOUNDARY_VALUE, .value = {.table = backwards, .rows = 2}};
    cr_expect_eq(clp_problem_set_boundary(problem, CLP_SIDE_TOP, &boundary), CLP_ERROR_INPUT);
    cr_expect(strstr(clp_error_message(), "row 1 of the table"), "%s", clp_error_message());
    boundary.value = (clp_value){.table = endless, .rows = 1};
    cr_expect_eq(clp_problem_set_boundary(problem, CLP_SIDE_TOP, &boundary), CLP_ERROR_INPUT);
    boundary.value = (clp_value){.table = endless, .rows = 0};
    cr_expect_eq(clp_problem_set_boundary(problem, CLP_SIDE_TOP, &boundary), CLP_ERROR_INPUT);
    cr_expect_eq(clp_problem_set_source(problem, &boundary.value), CLP_ERROR_INPUT);
    clp_problem_destroy(problem);
}

/* ---- modes that decay ---- */

static double decay_error(clp_device *device, int dimensions, size_t nodes, const char *method, double step)
{
    clp_problem *problem;
    clp_transient *run;
    const double rate = 0.5 * M_PI * M_PI * (1 + 4 + (dimensions == 3 ? 1 : 0)); /* k / C = 1 / 2 */
    const clp_grid grid = {.nodes = {nodes, nodes, dimensions == 3 ? nodes : 0},
                           .size = {1, 1, dimensions == 3 ? 1 : 0}};
    clp_value initial =
        formula(dimensions == 3 ? "sin(pi*x)*sin(2*pi*y)*sin(pi*z)" : "sin(pi*x)*sin(2*pi*y)");
    clp_value capacity = {.number = 2};
    OK(clp_problem_create(&grid, &problem));
    hold_all(problem, 0);
    OK(clp_problem_set_initial(problem, &initial));
    OK(clp_problem_set_capacity(problem, &capacity));
    const clp_time_options options = {.end = 0.05, .step = step, .method = method};
    OK(clp_transient_create(device, problem, &options, &run));
    OK(clp_transient_run(run));
    double error = 0, h = 1.0 / (double)(nodes - 1);
    const double *u = clp_transient_values(run);
    for (size_t p = 0; p < clp_grid_node_count(&grid); p++) {
        double x = (double)(p % nodes) * h, y = (double)(p / nodes % nodes) * h,
               z = dimensions == 3 ? (double)(p / nodes / nodes) * h : 0.5;
        double exact = exp(-0.05 * rate) * sin(M_PI * x) * sin(2 * M_PI * y) * sin(M_PI * z);
        error = fmax(error, fabs(u[p] - exact));
    }
    clp_transient_destroy(run);
    clp_problem_destroy(problem);
    return error;
}

Test(transient, sine_modes_decay_as_they_should)
{
    clp_device *device = open_device(NULL);
    if (!clp_device_get_info(device)->fp64) cr_skip_test("no fp64");
    for (int dimensions = 2; dimensions <= 3; dimensions++) {
        double coarse = decay_error(device, dimensions, 9, "trbdf2", 0.00025),
               fine = decay_error(device, dimensions, 17, "trbdf2", 0.00025);
        double order = log2(coarse / fine);
        cr_expect(order > 1.8 && order < 2.2, "order %.2f in space in %d dimensions: %g, %g", order,
                  dimensions, coarse, fine);
    }
    cr_expect_leq(decay_error(device, 2, 65, NULL, 0), 2e-3);
    clp_device_close(device);
}

/* ---- the steady state ---- */

static void expect_steady(clp_device *device, const char *method, bool disc)
{
    clp_problem *problem = plate_with_disc(disc);
    clp_transient *run;
    clp_solver *solver;
    const clp_time_options options = {.end = 200, .method = method, .until_steady = true};
    const clp_solver_options exact = {.tolerance = 1e-7};
    OK(clp_transient_create(device, problem, &options, &run));
    OK(clp_transient_run(run));
    OK(clp_solver_create(device, problem, &exact, &solver));
    OK(clp_solver_run(solver));
    const clp_report *report = clp_transient_report(run);
    cr_expect(report->in_time->steady && report->converged && report->in_time->reached < 200,
              "%s: not steady at %g", method, report->in_time->reached);
    cr_expect_eq(report->reason, CLP_REASON_STEADY);
    double apart = 0;
    for (size_t p = 0; p < 49 * 41; p++)
        apart = fmax(apart, fabs(clp_solver_values(solver)[p] - clp_transient_values(run)[p]));
    cr_expect_leq(apart, 1e-5, "%s, disc %d: %g from the steady state at t = %g after %zu steps", method,
                  (int)disc, apart, report->in_time->reached, report->in_time->steps);
    clp_solver_destroy(solver);
    clp_transient_destroy(run);
    clp_problem_destroy(problem);
}

Test(transient, steady_states_are_those_of_the_steady_solver)
{
    clp_device *device = open_device(NULL);
    if (!clp_device_get_info(device)->fp64) cr_skip_test("no fp64");
    expect_steady(device, "trbdf2", true);
    expect_steady(device, "trbdf2", false);
    expect_steady(device, "rkl2", true);
    expect_steady(device, "explicit", false);
    expect_steady(device, "implicit_euler", false);
    clp_device_close(device);
}

/* ---- balances and ends ---- */

/* Insulated: what a source feeds stays, exactly. */
Test(transient, what_is_fed_is_stored)
{
    clp_device *device = open_device(NULL);
    static const char *const methods[] = {"explicit", "rkl2", "implicit_euler", "trbdf2"};
    for (size_t m = 0; m < 4; m++) {
        clp_problem *problem;
        clp_transient *run;
        const clp_grid grid = {.nodes = {33, 17}, .size = {2, 1}};
        clp_value source = formula("x < 1 ? 3 : 0"), capacity = {.number = 2.5};
        OK(clp_problem_create(&grid, &problem));
        OK(clp_problem_set_periodic(problem, 1));
        OK(clp_problem_set_source(problem, &source));
        OK(clp_problem_set_capacity(problem, &capacity));
        const clp_time_options options = {.end = 0.5, .method = methods[m], .output_every = 0.2};
        OK(clp_transient_create(device, problem, &options, &run));
        OK(clp_transient_run(run));
        const clp_time_report *report = clp_transient_report(run)->in_time;
        const clp_interval_report *last = &report->intervals[report->interval_count - 1];
        cr_expect_eq(report->interval_count, 4, "%zu", report->interval_count);
        cr_expect_float_eq(last->time, 0.5, 1e-12);
        /* 3 per volume on x < 1 with the node at 1 left out: 16 of 32 spacings less half a cell. */
        double fed = 3 * (1 - 0.5 * 2 / 32) * 0.5;
        cr_expect_float_eq(last->stored, fed, 2e-5 * fed, "%s: stored %g of %g", methods[m], last->stored,
                           fed);
        for (size_t i = 0; i < report->interval_count; i++)
            cr_expect_leq(fabs(report->intervals[i].imbalance), 2e-5, "%s: %g", methods[m],
                          report->intervals[i].imbalance);
        clp_transient_destroy(run);
        clp_problem_destroy(problem);
    }
    clp_device_close(device);
}

Test(transient, unstable_steps_are_refused_with_the_largest_stable_one)
{
    clp_device *device = open_device("reference");
    clp_problem *problem = four_peaks();
    clp_transient *run;
    double h = 20.0 / 266;
    OK(clp_transient_create(device, problem,
                            &(clp_time_options){.end = 1, .step = 0.25 * h * h, .method = "explicit"}, &run));
    clp_transient_destroy(run);
    cr_expect_eq(
        clp_transient_create(device, problem,
                             &(clp_time_options){.end = 1, .step = 0.26 * h * h, .method = "explicit"}, &run),
        CLP_ERROR_INPUT);
    cr_expect_null(run);
    char stable[64];
    snprintf(stable, sizeof stable, "%.10g", 0.25 * h * h);
    cr_expect(strstr(clp_error_message(), "not stable") && strstr(clp_error_message(), stable), "%s",
              clp_error_message());
    clp_problem_destroy(problem);
    clp_device_close(device);
}

Test(transient, bad_options_are_refused)
{
    clp_device *device = open_device("reference");
    clp_problem *problem = plate_with_disc(false);
    clp_transient *run;
    static const struct {
        clp_time_options options;
        const char *message;
    } rows[] = {
        {{.end = 0}, "the end of the time is 0"},
        {{.end = NAN}, "the end of the time is"},
        {{.end = 1, .step = -1}, "the time step is -1"},
        {{.end = 1, .step = INFINITY}, "the time step is inf"},
        {{.end = 1, .step = 2}, "longer than the time between outputs, 1"},
        {{.end = 1, .step = 0.3, .output_every = 0.2}, "longer than the time between outputs, 0.2"},
        {{.end = 1, .output_every = -2}, "the time between outputs is -2"},
        {{.end = 1, .tolerance = -1}, "the tolerance of time steps is -1"},
        {{.end = 1, .method = "leapfrog"}, "there is no time method 'leapfrog'"},
        {{.end = 1, .method = "explicit", .precision = CLP_PRECISION_MIXED},
         "precision mixed is for implicit"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_eq(clp_transient_create(device, problem, &rows[i].options, &run), CLP_ERROR_INPUT,
                     "row %zu", i);
        cr_expect(strstr(clp_error_message(), rows[i].message), "row %zu: %s", i, clp_error_message());
    }
    clp_problem_destroy(problem);
    clp_device_close(device);
}

/* An expression that has no value at some t, with time and place. */
Test(transient, sources_without_a_value_name_time_and_place)
{
    clp_device *device = open_device("reference");
    clp_problem *problem = plate_with_disc(false);
    clp_transient *run;
    clp_value source = formula("x/(0.5 - t)");
    OK(clp_problem_set_source(problem, &source));
    OK(clp_transient_create(device, problem, &(clp_time_options){.end = 1, .step = 0.25, .method = "trbdf2"},
                            &run));
    cr_expect_eq(clp_transient_run(run), CLP_ERROR_INPUT);
    cr_expect(strstr(clp_error_message(), "source") && strstr(clp_error_message(), "t = 0.5"), "%s",
              clp_error_message());
    clp_transient_destroy(run);
    clp_problem_destroy(problem);
    clp_device_close(device);
}

static bool stop_at_once(void *user, const clp_time_progress *progress)
{
    (void)user;
    (void)progress;
    return false;
}

static clp_status count_snapshots(void *user, const clp_snapshot *snapshot)
{
    size_t *count = user;
    cr_expect_eq(snapshot->index, (*count)++);
    return CLP_OK;
}

static clp_status refuse_second(void *user, const clp_snapshot *snapshot)
{
    (void)user;
    return snapshot->index == 1 ? CLP_ERROR_FILE : CLP_OK;
}

Test(transient, snapshots_and_monitors_are_heard)
{
    clp_device *device = open_device("reference");
    clp_problem *problem = plate_with_disc(false);
    clp_transient *run;
    size_t count = 0;
    clp_time_options options = {.end = 1,
                                .step = 0.01,
                                .output_every = 0.25,
                                .method = "trbdf2",
                                .snapshot = count_snapshots,
                                .user = &count};
    OK(clp_transient_create(device, problem, &options, &run));
    OK(clp_transient_run(run));
    cr_expect_eq(count, 5);
    cr_expect_eq(clp_transient_run(run), CLP_ERROR_INPUT, "a second time");
    clp_transient_destroy(run);
    options.snapshot = refuse_second;
    OK(clp_transient_create(device, problem, &options, &run));
    cr_expect_eq(clp_transient_run(run), CLP_ERROR_FILE);
    clp_transient_destroy(run);
    options = (clp_time_options){.end = 1e6, .step = 1e-5, .method = "explicit", .monitor = stop_at_once};
    OK(clp_transient_create(device, problem, &options, &run));
    OK(clp_transient_run(run));
    cr_expect_eq(clp_transient_report(run)->reason, CLP_REASON_INTERRUPTED);
    cr_expect_not(clp_transient_report(run)->converged);
    clp_transient_destroy(run);
    clp_problem_destroy(problem);
    clp_device_close(device);
}

/* ---- beginnings and ends ---- */

static clp_transient *follow(clp_device *device, const clp_problem *problem, clp_time_options options)
{
    clp_transient *run;
    OK(clp_transient_create(device, problem, &options, &run));
    OK(clp_transient_run(run));
    return run;
}

static clp_problem *box_with(clp_side held, const char *value, const char *source)
{
    clp_problem *problem;
    const clp_grid grid = {.nodes = {33, 33}, .size = {1, 1}};
    clp_boundary boundary = {.kind = CLP_BOUNDARY_VALUE, .value = formula(value)};
    clp_value fed = formula(source);
    OK(clp_problem_create(&grid, &problem));
    OK(clp_problem_set_boundary(problem, held, &boundary));
    OK(clp_problem_set_source(problem, &fed));
    return problem;
}

/* Everything is 0, and so are all rates, when it begins. */
Test(transient, runs_that_begin_from_nothing)
{
    static const char *const cases[][2] = {{"0", "sin(t)"}, {"10*t", "0"}, {"0", "t < 0.3 ? 0 : 1"}};
    static const char *const methods[] = {"trbdf2", "implicit_euler", "rkl2"};
    clp_device *device = open_device("reference");
    for (size_t c = 0; c < 3; c++) {
        clp_problem *problem = box_with(CLP_SIDE_LEFT, cases[c][0], cases[c][1]);
        clp_transient *exact =
            follow(device, problem, (clp_time_options){.end = 1, .step = 2e-4, .method = "explicit"});
        const clp_report *report = clp_transient_report(exact);
        for (size_t m = 0; m < 3; m++)
            for (int even = 0; even < 2; even++) {
                double apart = 0;
                clp_transient *run = follow(
                    device, problem,
                    (clp_time_options){
                        .end = 1, .step = even ? 0.005 : 0, .method = methods[m], .output_every = 0.25});
                for (size_t p = 0; p < 33 * 33; p++)
                    apart = fmax(apart, fabs(clp_transient_values(run)[p] - clp_transient_values(exact)[p]));
                cr_expect_leq(apart, 0.01 * report->maximum, "case %zu, %s, even %d: %g of %g apart", c,
                              methods[m], even, apart, report->maximum);
                clp_transient_destroy(run);
            }
        clp_transient_destroy(exact);
        clp_problem_destroy(problem);
    }
    clp_device_close(device);
}

static clp_status keep_early(void *user, const clp_snapshot *snapshot)
{
    if (snapshot->index == 1) memcpy(user, snapshot->values, 33 * 33 * sizeof(double));
    return CLP_OK;
}

/* How long a run is must not show in what it begins with. */
Test(transient, early_states_of_long_runs)
{
    static double early[33 * 33];
    clp_device *device = open_device("reference");
    clp_problem *problem = box_with(CLP_SIDE_LEFT, "0", "1");
    clp_transient *exact =
        follow(device, problem, (clp_time_options){.end = 0.01, .step = 1e-4, .method = "explicit"});
    clp_transient *run = follow(
        device, problem,
        (clp_time_options){
            .end = 100, .method = "trbdf2", .output_every = 0.01, .snapshot = keep_early, .user = early});
    double apart = 0;
    for (size_t p = 0; p < 33 * 33; p++) apart = fmax(apart, fabs(early[p] - clp_transient_values(exact)[p]));
    cr_expect_leq(apart, 2e-3 * 0.01, "%g apart after 0.01, where values are 0.01", apart);
    /* 1/2 at the insulated side in the end */
    cr_expect_float_eq(clp_transient_report(run)->maximum, 0.5, 1e-3);
    cr_expect_lt(clp_transient_report(run)->in_time->steps, 400);
    clp_transient_destroy(run);
    clp_transient_destroy(exact);
    clp_problem_destroy(problem);
    clp_device_close(device);
}

/* Fields that die out end, and neither crawl nor blow up; what is roughest dies out as well. */
Test(transient, fields_that_die_out)
{
    clp_device *device = open_device("reference");
    clp_problem *problem = box_with(CLP_SIDE_LEFT, "0", "0");
    clp_value spot = formula("x == 0.5 && y == 0.5 ? 1e6 : 0");
    OK(clp_problem_set_initial(problem, &spot));
    static const char *const methods[] = {"trbdf2", "rkl2", "implicit_euler"};
    for (size_t m = 0; m < 3; m++) {
        clp_transient *run = follow(device, problem, (clp_time_options){.end = 50, .method = methods[m]});
        cr_expect_leq(clp_transient_report(run)->maximum, 1, "%s", methods[m]);
        cr_expect_lt(clp_transient_report(run)->in_time->steps, 8000, "%s: %zu steps", methods[m],
                     clp_transient_report(run)->in_time->steps);
        clp_transient_destroy(run);
    }
    clp_problem_destroy(problem);
    const clp_grid grid = {.nodes = {17, 17}, .size = {1, 1}};
    OK(clp_problem_create(&grid, &problem)); /* insulated all around */
    OK(clp_problem_set_initial(problem, &spot));
    clp_transient *run =
        follow(device, problem, (clp_time_options){.end = 100, .method = "explicit", .until_steady = true});
    const clp_report *report = clp_transient_report(run);
    cr_expect(report->in_time->steady, "not steady at %g", report->in_time->reached);
    cr_expect_float_eq(report->maximum / report->minimum, 1, 1e-3);
    cr_expect_float_eq(report->mean, 1e6 / 256, 1e-3);
    clp_transient_destroy(run);
    clp_problem_destroy(problem);
    clp_device_close(device);
}

/* From nothing to the steady state, by steps of either kind. */
/* Nearly as warm everywhere, so that the body is as good as a single one: 20 + 80 exp(-t / 10). */
Test(transient, a_body_that_conducts_well_cools_in_few_steps)
{
    clp_device *device = open_device("opencl");
    clp_problem *problem;
    clp_transient *transient;
    const clp_grid grid = {.nodes = {33, 33}, .size = {0.1, 0.1}};
    const clp_value capacity = {.number = 1000}, conductivity = {.number = 400}, initial = {.number = 100};
    OK(clp_problem_create(&grid, &problem));
    OK(clp_problem_set_conductivity(problem, &conductivity));
    OK(clp_problem_set_capacity(problem, &capacity));
    OK(clp_problem_set_initial(problem, &initial));
    OK(clp_problem_set_boundary(problem, CLP_SIDE_RIGHT,
                                &(clp_boundary){.kind = CLP_BOUNDARY_TRANSFER,
                                                .transfer = {.number = 10},
                                                .ambient = {.number = 20}}));
    const clp_time_options options = {.end = 30, .output_every = 10};
    OK(clp_transient_create(device, problem, &options, &transient));
    OK(clp_transient_run(transient));
    const clp_time_report *report = clp_transient_report(transient)->in_time;
    for (size_t i = 1; i < report->interval_count; i++)
        cr_expect_float_eq(report->intervals[i].mean, 20 + 80 * exp(-0.1 * report->intervals[i].time), 0.02,
                           "%g at t = %g", report->intervals[i].mean, report->intervals[i].time);
    cr_expect_leq(report->steps, 100, "%zu steps", report->steps);
    clp_transient_destroy(transient);
    clp_problem_destroy(problem);
    clp_device_close(device);
}

Test(transient, steady_states_are_found_from_nothing)
{
    clp_device *device = open_device("reference");
    clp_problem *problem = box_with(CLP_SIDE_LEFT, "0", "1");
    static const clp_time_options options[] = {
        {.end = 100, .method = "explicit", .until_steady = true},
        {.end = 100, .method = "trbdf2", .until_steady = true},
        {.end = 100, .method = "trbdf2", .step = 0.05, .until_steady = true}};
    for (size_t i = 0; i < 3; i++) {
        clp_transient *run = follow(device, problem, options[i]);
        cr_expect(clp_transient_report(run)->in_time->steady, "case %zu", i);
        cr_expect_float_eq(clp_transient_report(run)->maximum, 0.5, 1e-5, "case %zu: %g", i,
                           clp_transient_report(run)->maximum);
        clp_transient_destroy(run);
    }
    clp_problem_destroy(problem);
    clp_device_close(device);
}

/* Electrodes that change with t, whose outline cuts edges or lies on nodes. */
Test(transient, electrodes_follow_t)
{
    static const double sizes[] = {0.25, 0.26};
    clp_device *device = open_device(NULL);
    for (int i = 0; i < 2; i++) {
        clp_problem *problem = box_with(CLP_SIDE_LEFT, "0", "0");
        clp_region region = {
            .name = "heater",
            .shape = {.kind = CLP_SHAPE_BOX, .min = {0.5, 0.5}, .max = {0.5 + sizes[i], 0.5 + sizes[i]}},
            .sets = CLP_SETS_VALUE,
            .value = formula("1 + t")};
        OK(clp_problem_add_region(problem, &region));
        clp_transient *run =
            follow(device, problem, (clp_time_options){.end = 2, .method = "trbdf2", .output_every = 0.5});
        const clp_report *report = clp_transient_report(run);
        cr_expect_float_eq(clp_transient_values(run)[20 * 33 + 20], 3, 1e-6);
        cr_expect_float_eq(report->maximum, 3, 1e-3);
        double entered = 0;
        for (size_t k = 0; k < report->in_time->interval_count; k++) {
            entered += report->in_time->intervals[k].entered;
            cr_expect_leq(fabs(report->in_time->intervals[k].imbalance), 2e-3, "%g",
                          report->in_time->intervals[k].imbalance);
        }
        cr_expect_gt(entered, 0.3);
        clp_transient_destroy(run);
        clp_problem_destroy(problem);
    }
    clp_device_close(device);
}
