/* SPDX-License-Identifier: MIT */
/* How a solve ends when it does not simply converge: limits, interruptions, rounding, devices that compute
 * wrongly. */
#include "backend/backend.h"

#include <clpoisson/clpoisson.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

TestSuite(solver_ends);

static clp_device *device;
static clp_problem *problem;
static clp_backend broken;

static void set_up(void)
{
    clp_grid grid = {.nodes = {33, 33}, .size = {1, 1}};
    cr_assert_eq(clp_device_open(&(clp_device_options){.backend = "reference", .threads = 1}, &device),
                 CLP_OK);
    cr_assert_eq(clp_problem_create(&grid, &problem), CLP_OK);
    cr_assert_eq(clp_problem_hold_side(problem, CLP_SIDE_TOP, 100), CLP_OK);
    cr_assert_eq(clp_problem_hold_side(problem, CLP_SIDE_LEFT, 0.1), CLP_OK);
    broken = clp_reference_backend;
}

static void tear_down(void)
{
    device->backend = &clp_reference_backend;
    clp_problem_destroy(problem);
    clp_device_close(device);
}

static clp_status run(clp_solver_options options, clp_report *report)
{
    clp_solver *solver;
    *report = (clp_report){0};
    if (!options.method) options.method = "chebyshev"; /* whose sweeps the tests tamper with */
    clp_status status = clp_solver_create(device, problem, &options, &solver);
    if (status != CLP_OK) return status;
    status = clp_solver_run(solver);
    *report = *clp_solver_report(solver);
    if (status == CLP_OK) cr_expect_geq(clp_solver_values(solver)[32 * 33 + 16], 99.9, "the result is there");
    clp_solver_destroy(solver);
    return status;
}

Test(solver_ends, max_iterations, .init = set_up, .fini = tear_down)
{
    clp_report report;
    cr_assert_eq(run((clp_solver_options){.max_iterations = 70}, &report), CLP_OK);
    cr_expect_not(report.converged);
    cr_expect_eq(report.reason, CLP_REASON_MAX_ITERATIONS);
    cr_expect_eq(report.sweeps, 70);
    cr_expect_gt(report.algebraic_bound, report.tolerance);
}

static bool stop_at_third(void *user, const clp_progress *progress)
{
    int *calls = user;
    cr_expect_gt(progress->value, progress->tolerance);
    return ++*calls < 3;
}

Test(solver_ends, interrupted, .init = set_up, .fini = tear_down)
{
    clp_report report;
    int calls = 0;
    cr_assert_eq(
        run((clp_solver_options){.method = "jacobi", .monitor = stop_at_third, .monitor_user = &calls},
            &report),
        CLP_OK);
    cr_expect_eq(calls, 3);
    cr_expect_eq(report.reason, CLP_REASON_INTERRUPTED);
    cr_expect_not(report.converged);
}

Test(solver_ends, rounding_in_single, .init = set_up, .fini = tear_down)
{
    clp_report report;
    clp_solver_options options = {.precision = CLP_PRECISION_SINGLE, .tolerance = 1e-9};
    cr_assert_eq(run(options, &report), CLP_OK);
    cr_expect_eq(report.reason, CLP_REASON_ROUNDING, "%s", clp_reason_name(report.reason));
    options.criterion = CLP_CRITERION_RESIDUAL;
    options.tolerance = 1e-12;
    cr_assert_eq(run(options, &report), CLP_OK);
    cr_expect_eq(report.reason, CLP_REASON_ROUNDING, "%s", clp_reason_name(report.reason));
}

Test(solver_ends, rounding_in_double, .init = set_up, .fini = tear_down)
{
    clp_report report;
    cr_assert_eq(run((clp_solver_options){.tolerance = 1e-30}, &report), CLP_OK);
    cr_expect_eq(report.reason, CLP_REASON_ROUNDING, "%s", clp_reason_name(report.reason));
}

Test(solver_ends, values_near_the_limits, .init = set_up, .fini = tear_down)
{
    static const double scales[] = {1e98, 1e-98};
    for (int i = 0; i < 2; i++) {
        clp_report report;
        clp_solver *solver;
        clp_grid grid = {.nodes = {17, 17}, .size = {i ? 1e-48 : 1e48, i ? 1e-48 : 1e48}};
        clp_problem *extreme;
        cr_assert_eq(clp_problem_create(&grid, &extreme), CLP_OK, "%s", clp_error_message());
        cr_assert_eq(clp_problem_hold_side(extreme, CLP_SIDE_TOP, scales[i]), CLP_OK);
        cr_assert_eq(clp_solver_create(device, extreme, NULL, &solver), CLP_OK, "%s", clp_error_message());
        cr_assert_eq(clp_solver_run(solver), CLP_OK, "%s", clp_error_message());
        report = *clp_solver_report(solver);
        cr_expect(report.converged && report.algebraic_bound <= 1e-4 * scales[i] &&
                  report.residual_initial > 0);
        clp_solver_destroy(solver);
        clp_problem_destroy(extreme);
    }
}

Test(solver_ends, bad_requests, .init = set_up, .fini = tear_down)
{
    clp_report report;
    cr_expect_eq(run((clp_solver_options){.method = "guessing"}, &report), CLP_ERROR_INPUT);
    cr_expect_eq(run((clp_solver_options){.tolerance = -1}, &report), CLP_ERROR_INPUT);
    cr_expect_eq(run((clp_solver_options){.tolerance = NAN}, &report), CLP_ERROR_INPUT);
    cr_expect_eq(clp_problem_hold_side(problem, CLP_SIDE_TOP, NAN), CLP_ERROR_INPUT);
    cr_expect_eq(clp_problem_hold_side(problem, CLP_SIDE_TOP, INFINITY), CLP_ERROR_INPUT);
    cr_expect_eq(clp_problem_hold_side(problem, (clp_side)4, 1), CLP_ERROR_INPUT);
    cr_expect_eq(clp_problem_set_initial(problem, &(clp_value){.number = NAN}), CLP_ERROR_INPUT);
    cr_expect_eq(clp_problem_hold_side(problem, CLP_SIDE_TOP, 1e38), CLP_OK);
    cr_expect_eq(run((clp_solver_options){.precision = CLP_PRECISION_SINGLE}, &report), CLP_ERROR_INPUT);
    /* Values whose squares or residuals would leave the range of the type are refused, not blamed on the
     * device. */
    static const double extremes[] = {1e200, 1e-200, -1e101};
    for (int i = 0; i < 3; i++) {
        cr_expect_eq(clp_problem_hold_side(problem, CLP_SIDE_TOP, extremes[i]), CLP_OK);
        cr_expect_eq(run((clp_solver_options){.criterion = CLP_CRITERION_RESIDUAL}, &report),
                     CLP_ERROR_INPUT);
    }
    cr_expect_eq(clp_problem_hold_side(problem, CLP_SIDE_TOP, 1e-40), CLP_OK);
    cr_expect_eq(run((clp_solver_options){.precision = CLP_PRECISION_SINGLE}, &report), CLP_ERROR_INPUT);
    clp_problem *loose;
    clp_solver *solver;
    cr_assert_eq(clp_problem_create(clp_problem_grid(problem), &loose), CLP_OK);
    cr_expect_eq(clp_solver_create(device, loose, NULL, &solver), CLP_ERROR_INPUT, "no side is held");
    clp_problem_destroy(loose);
}

static clp_status growing_sweep(clp_field *u, clp_field *scratch, const clp_field *q, const double *weights,
                                size_t count)
{
    (void)weights;
    const double too_much = 3;
    for (size_t k = 0; k < count; k++) CLP_TRY(clp_reference_backend.sweep(u, scratch, q, &too_much, 1));
    return CLP_OK;
}

Test(solver_ends, growth_is_caught, .init = set_up, .fini = tear_down)
{
    clp_report report;
    broken.sweep = growing_sweep;
    device->backend = &broken;
    for (clp_check check = CLP_CHECK_DEVICE; check <= CLP_CHECK_HOST; check++) {
        cr_assert_eq(run((clp_solver_options){.check = check}, &report), CLP_ERROR_DIVERGED);
        cr_expect(strstr(clp_error_message(), device->info.name), "%s", clp_error_message());
    }
}

static clp_status nan_sweep(clp_field *u, clp_field *scratch, const clp_field *q, const double *weights,
                            size_t count)
{
    double row[33];
    CLP_TRY(clp_reference_backend.sweep(u, scratch, q, weights, count));
    CLP_TRY(clp_reference_backend.field_read(u, 16, 1, row));
    row[5] = NAN;
    return clp_reference_backend.field_write(u, 16, 1, row);
}

Test(solver_ends, nan_is_caught_at_the_next_test, .init = set_up, .fini = tear_down)
{
    clp_report report;
    broken.sweep = nan_sweep;
    device->backend = &broken;
    for (clp_criterion criterion = CLP_CRITERION_ERROR; criterion <= CLP_CRITERION_STEP; criterion++) {
        cr_assert_eq(
            run((clp_solver_options){.method = "jacobi", .criterion = criterion, .check_every = 10}, &report),
            CLP_ERROR_DIVERGED);
        cr_expect(strstr(clp_error_message(), "10 sweeps"), "%s", clp_error_message());
    }
}

static double product_factor;

static clp_status wrong_dot(const clp_field *x, const clp_field *y, double *sum)
{
    CLP_TRY(clp_reference_backend.dot(x, y, sum));
    *sum *= product_factor;
    return CLP_OK;
}

/* Conjugate gradients on a plate, and on one with a disc, where vectors and residuals are kept otherwise. */
static void expect_breakdown(double factor)
{
    const clp_region disc = {.sets = CLP_SETS_CONDUCTIVITY,
                             .conductivity.number = 10,
                             .shape = {.kind = CLP_SHAPE_BALL, .radius = 0.2, .center = {0.5, 0.5}}};
    broken.dot = wrong_dot;
    device->backend = &broken;
    product_factor = factor;
    for (int i = 0; i < 2; i++) {
        clp_report report;
        cr_assert_eq(run((clp_solver_options){.method = "cg", .tolerance = 1e-6}, &report), CLP_OK);
        cr_expect_eq(report.reason, CLP_REASON_BREAKDOWN, "%d: %s", i, clp_reason_name(report.reason));
        cr_expect_not(report.converged);
        cr_expect_gt(report.algebraic_bound, 1e-6, "what is left is told");
        cr_assert_eq(clp_problem_add_region(problem, &disc), CLP_OK);
    }
}

Test(solver_ends, an_indefinite_preconditioner_breaks_down, .init = set_up, .fini = tear_down)
{
    expect_breakdown(-1);
}

Test(solver_ends, a_product_of_nothing_is_not_taken_for_a_solution, .init = set_up, .fini = tear_down)
{
    expect_breakdown(0);
}

/* What is added to a field hardly changes it. */
static clp_status faint_combine(clp_field *y, double a, const clp_field *x, double b)
{
    return clp_reference_backend.combine(y, b == 1 ? 1e-6 * a : a, x, b);
}

Test(solver_ends, steps_that_lead_nowhere_stagnate, .init = set_up, .fini = tear_down)
{
    clp_report report;
    broken.combine = faint_combine;
    device->backend = &broken;
    cr_assert_eq(run((clp_solver_options){.method = "cg", .tolerance = 1e-6}, &report), CLP_OK);
    cr_expect_eq(report.reason, CLP_REASON_STAGNATION, "%s", clp_reason_name(report.reason));
    cr_expect_not(report.converged);
    cr_expect_lt(report.iterations, 200, "%zu steps before it is told", report.iterations);
}

static clp_status lying_norms(const clp_field *u, const clp_field *q, clp_norms *norms)
{
    CLP_TRY(clp_reference_backend.residual_norms(u, q, norms));
    norms->largest *= 0.5;
    norms->two *= 0.5;
    return CLP_OK;
}

Test(solver_ends, a_device_that_disagrees_with_the_host_is_named, .init = set_up, .fini = tear_down)
{
    clp_report report;
    broken.residual_norms = lying_norms;
    device->backend = &broken;
    cr_assert_eq(run((clp_solver_options){.tolerance = 1}, &report), CLP_ERROR_DEVICE);
    cr_expect(strstr(clp_error_message(), device->info.name), "%s", clp_error_message());
    cr_expect(strstr(clp_error_message(), device->info.driver), "%s", clp_error_message());
}

static clp_status held_sweep(clp_field *u, clp_field *scratch, const clp_field *q, const double *weights,
                             size_t count)
{
    double row[33];
    CLP_TRY(clp_reference_backend.sweep(u, scratch, q, weights, count));
    CLP_TRY(clp_reference_backend.field_read(u, 32, 1, row));
    row[7] = 101;
    return clp_reference_backend.field_write(u, 32, 1, row);
}

Test(solver_ends, a_changed_held_node_is_caught, .init = set_up, .fini = tear_down)
{
    clp_report report;
    broken.sweep = held_sweep;
    device->backend = &broken;
    cr_assert_eq(run((clp_solver_options){.tolerance = 1}, &report), CLP_ERROR_DEVICE);
    cr_expect(strstr(clp_error_message(), "held node"), "%s", clp_error_message());
}
