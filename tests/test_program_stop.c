/* SPDX-License-Identifier: MIT */
/* When clpoisson solve stops, what it then says and writes, and how it exits. */
#include "program.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

TestSuite(program_stop, .init = enter_folder, .fini = leave_folder, .timeout = 300);

/* Some of the report in "r.json". */
typedef struct ending {
    int converged;
    char reason[32], criterion[32], backend[32];
    double tolerance, sweeps, bound, relative;
} ending;

static ending read_ending(void)
{
    ending read = {0};
    const char *reason, *criterion, *backend;
    json_error_t error;
    json_t *root = json_load_file("r.json", 0, &error);
    cr_assert(root, "r.json: %s", error.text);
    int failed =
        json_unpack_ex(root, &error, 0, "{s:{s:b, s:s, s:s, s:F, s:F}, s:{s:s}, s:{s:F, s:F}}", "solver",
                       "converged", &read.converged, "reason", &reason, "criterion", &criterion, "tolerance",
                       &read.tolerance, "sweeps", &read.sweeps, "device", "backend", &backend, "error",
                       "algebraic_bound", &read.bound, "residual_relative", &read.relative);
    cr_assert_eq(failed, 0, "%s", error.text);
    snprintf(read.reason, sizeof read.reason, "%s", reason);
    snprintf(read.criterion, sizeof read.criterion, "%s", criterion);
    snprintf(read.backend, sizeof read.backend, "%s", backend);
    json_decref(root);
    return read;
}

Test(program_stop, max_iterations_writes_a_marked_result)
{
    write_plate("plate.yaml", 9);
    outcome ran = RUN("solve", "plate.yaml", "--set", "solver.max_iterations=3", "--set",
                      "solver.method=jacobi", "--field", "u.npy", "--picture", "p.png", "--report", "r.json");
    EXPECT_STATUS(ran, 3);
    EXPECT_HOLDS(ran.error, "not converged");
    EXPECT_HOLDS(ran.error, "max_iterations");
    ending end = read_ending();
    cr_expect_not(end.converged);
    cr_expect_str_eq(end.reason, "max_iterations");
    cr_expect_eq(end.sweeps, 3);
    cr_expect_gt(end.bound, end.tolerance);
    npy u = read_npy("u.npy");
    cr_expect_eq(u.values[8 * 9 + 4], 100);
    /* In three sweeps from 0 the warm sides, four columns away, have not been heard of here. */
    cr_expect_eq(u.values[1 * 9 + 4], 0);
    cr_expect(file_exists("p.png"));
    /* With -q the error still is said. */
    ran =
        RUN("solve", "plate.yaml", "-q", "--set", "solver.max_iterations=3", "--set", "solver.method=jacobi");
    EXPECT_STATUS(ran, 3);
    EXPECT_HOLDS(ran.error, "not converged");
}

/* More than the precision can give is said to be that, not to be solved. */
Test(program_stop, tolerance_below_rounding_is_not_met)
{
    write_plate("plate.yaml", 9);
    outcome ran = RUN("solve", "plate.yaml", "--set", "solver.tolerance=1e-30", "--set",
                      "solver.precision=single", "--report", "r.json");
    EXPECT_STATUS(ran, 3);
    ending end = read_ending();
    cr_expect_not(end.converged);
    cr_expect(strcmp(end.reason, "rounding") == 0 || strcmp(end.reason, "max_iterations") == 0, "%s",
              end.reason);
    EXPECT_HOLDS(ran.error, "not converged");
}

static void expect_stop(const char *signal_name, int number)
{
    write_plate("plate.yaml", 1025);
    outcome ran = run_program(
        &(request){.arguments = LIST("solve", "plate.yaml", "--backend", "reference", "-v", "--field",
                                     "u.npy", "--report", "r.json", "--set", "solver.method=jacobi"),
                   .signal = number,
                   .signal_text = "problem"});
    EXPECT_STATUS(ran, 3);
    EXPECT_HOLDS(ran.error, "interrupted");
    cr_expect_lt(ran.seconds, 30, "%s: %g s", signal_name, ran.seconds);
    ending end = read_ending();
    cr_expect_not(end.converged);
    cr_expect_str_eq(end.reason, "interrupted");
    cr_expect_str_eq(end.backend, "reference");
    npy u = read_npy("u.npy");
    cr_expect_eq(u.rows, 1025);
    cr_expect_eq(u.values[1024 * 1025 + 512], 100);
}

Test(program_stop, interrupt_writes_what_there_is)
{
    expect_stop("SIGINT", SIGINT);
}

Test(program_stop, termination_writes_what_there_is)
{
    expect_stop("SIGTERM", SIGTERM);
}

Test(program_stop, criteria)
{
    static const struct {
        const char *name, *tolerance;
    } criteria[] = {{"error", "0.5"}, {"residual", "1e-3"}, {"step", "1e-2"}};
    write_plate("plate.yaml", 9);
    for (size_t i = 0; i < 3; i++) {
        outcome ran = RUN("solve", "plate.yaml", "--report", "r.json", "--set",
                          text_of("solver.criterion=%s", criteria[i].name), "--set",
                          text_of("solver.tolerance=%s", criteria[i].tolerance));
        EXPECT_STATUS(ran, 0);
        ending end = read_ending();
        cr_expect_str_eq(end.criterion, criteria[i].name);
        cr_expect_float_eq(end.tolerance, atof(criteria[i].tolerance), 1e-12);
        if (i == 0) cr_expect_leq(end.bound, 0.5);
        if (i == 1) cr_expect_leq(end.relative, 1e-3);
    }
}

/* The test on the host, after the same sweeps, comes to the same end with the same values. */
Test(program_stop, check_on_the_host_gives_the_same_answer)
{
    static const char *const criteria[] = {"error", "residual", "step"};
    write_plate("plate.yaml", 9);
    for (int i = 0; i < 3; i++) {
        const char *criterion = text_of("solver.criterion=%s", criteria[i]);
        npy u[2];
        double sweeps[2];
        for (int host = 0; host < 2; host++) {
            outcome ran = RUN("solve", "plate.yaml", "--field", "u.npy", "--report", "r.json", "--set",
                              criterion, "--set", "solver.method=jacobi", "--set", "solver.check_every=10",
                              "--set", host ? "solver.check=host" : "solver.check=device");
            EXPECT_STATUS(ran, 0);
            u[host] = read_npy("u.npy");
            sweeps[host] = read_ending().sweeps;
        }
        cr_expect_eq(sweeps[0], sweeps[1], "%s: %g and %g sweeps", criteria[i], sweeps[0], sweeps[1]);
        for (size_t k = 0; k < 81; k++) cr_expect_eq(u[0].values[k], u[1].values[k]);
    }
}

/* How many threads share the work changes nothing; nor does the backend, beyond rounding. */
Test(program_stop, backends_and_threads_agree)
{
    write_plate("plate.yaml", 33);
    npy u[3];
    static const char *const options[3][4] = {{"--backend", "reference", "--threads", "1"},
                                              {"--backend", "reference", "--threads", "2"},
                                              {"--backend", "opencl", "--threads", "2"}};
    for (int i = 0; i < 3; i++) {
        outcome ran = RUN("solve", "plate.yaml", options[i][0], options[i][1], options[i][2], options[i][3],
                          "--field", "u.npy", "--report", "r.json", "--set", "solver.precision=double");
        EXPECT_STATUS(ran, 0);
        u[i] = read_npy("u.npy");
        cr_expect_str_eq(read_ending().backend, options[i][1]);
    }
    for (size_t k = 0; k < 33 * 33; k++) {
        cr_expect_eq(u[0].values[k], u[1].values[k]);
        cr_expect_float_eq(u[0].values[k], u[2].values[k], 1e-10);
    }
}
