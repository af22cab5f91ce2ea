/* SPDX-License-Identifier: MIT */
/*
 * OpenCL calls that fail, one after the other: never a crash, a hang, a leaked object, a wrong answer or a
 * damaged older file. CLPOISSON_FAULT_LAYER is the path of the layer that makes them fail (fault_layer.c).
 */
#include "program.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TestSuite(program_faults, .init = enter_folder, .fini = leave_folder, .timeout = 600);

static const char older[] = "an older file";

/* A plate that takes eight sweeps and two tests: each kind of call, few times. */
#define SOLVE                                                                                                \
    "solve", "plate.yaml", "--set", "solver.method=jacobi", "--set", "solver.check_every=8", "--set",        \
        "solver.tolerance=400", "--field", "u.npy"

/* One with coarser grids, whose own kind of calls come between, and a limit that ends it after as many cycles
 * in any precision. */
#define SOLVE_BY_CYCLES                                                                                      \
    "solve", "plate.yaml", "--set", "domain.nodes=[33, 30]", "--set", "solver.method=multigrid", "--set",    \
        "solver.criterion=residual", "--set", "solver.tolerance=1e-3", "--field", "u.npy"

/* The values that are right, computed without faults. */
static npy right;
static bool by_cycles; /* which of the two */

static void require_layer(void)
{
    if (!getenv("CLPOISSON_FAULT_LAYER")) cr_skip_test("CLPOISSON_FAULT_LAYER does not name the layer");
}

static void solve_rightly(void)
{
    require_layer();
    write_plate("plate.yaml", 9);
    outcome ran = run_program(&(request){.arguments = by_cycles ? LIST(SOLVE_BY_CYCLES) : LIST(SOLVE)});
    cr_assert_eq(ran.status, 0, "%s", ran.error);
    right = read_npy("u.npy");
}

/* The layer's settings, then one of the test's own (or NULL). */
static outcome run_with_layer(const char *const *arguments, long at, bool sticky, const char *name,
                              const char *other)
{
    const char *environment[8] = {text_of("OPENCL_LAYERS=%s", getenv("CLPOISSON_FAULT_LAYER")),
                                  "CLP_FAULT_LOG=faults.log", text_of("CLP_FAULT_AT=%ld", at),
                                  sticky ? "CLP_FAULT_STICKY=1" : "CLP_FAULT_STICKY=0"};
    int count = 4;
    if (name) environment[count++] = text_of("CLP_FAULT_NAME=%s", name);
    if (other) environment[count++] = other;
    return run_program(&(request){.arguments = arguments, .environment = environment, .limit = 240});
}

/* Every kind of object must be gone at the end. */
static void expect_nothing_alive(const char *log, const char *place)
{
    static const char *const kinds[] = {"context", "queue", "program", "kernel", "buffer"};
    for (int i = 0; i < 5; i++) {
        const char *line = strstr(log, text_of("\n%s ", kinds[i]));
        cr_assert(line, "%s", log);
        long alive = atol(line + strlen(kinds[i]) + 2);
        cr_expect_eq(alive, 0, "%s: %ld of kind %s not released", place, alive, kinds[i]);
    }
}

/* Whether the message names one of the calls that failed. */
static bool names_a_fault(const char *log, const char *message)
{
    for (const char *line = log; (line = strstr(line, "fault ")); line++) {
        const char *name = line + strlen("fault ");
        if (strstr(message, text_of("%.*s", (int)strcspn(name, "\n"), name))) return true;
    }
    return false;
}

/* A run that ended well gave the right answer, maybe in single precision;
 * any other left the older file. */
static void expect_right_or_refused(const outcome *ran, const char *log, const char *place)
{
    size_t size;
    if (ran->status == 0) {
        npy u = read_npy("u.npy");
        cr_assert_eq(u.rows * u.columns, right.rows * right.columns);
        for (size_t i = 0; i < u.rows * u.columns; i++)
            cr_assert_float_eq(u.values[i], right.values[i], by_cycles ? 0.1 : 1e-3, "%s: wrong values",
                               place);
    } else {
        cr_expect_eq(ran->status, 1, "%s: exit status %d: %s", place, ran->status, ran->error);
        cr_expect_str_eq(read_bytes("u.npy", &size), older, "%s", place);
        cr_expect(names_a_fault(log, ran->error), "%s is not named by: %s", place, ran->error);
    }
}

/* One run with a fault; false if it was never reached. */
static bool fault_once(long at, bool sticky, const char *name, const char *other)
{
    size_t size;
    write_text("u.npy", older);
    unlink("faults.log");
    outcome ran = run_with_layer(by_cycles ? LIST(SOLVE_BY_CYCLES) : LIST(SOLVE), at, sticky, name, other);
    const char *log = read_bytes("faults.log", &size);
    cr_assert(log, "call %ld: no log, exit status %d: %s", at, ran.status, ran.error);
    const char *first = strstr(log, "fault ");
    const char *place = text_of("call %ld%s, %.*s", at, sticky ? " and later" : "",
                                first ? (int)strcspn(first + 6, "\n") : 0, first ? first + 6 : "");
    expect_nothing_alive(log, place);
    expect_right_or_refused(&ran, log, place);
    return first;
}

/* Calls of this solve beyond which something has gone wrong with the test itself. */
enum { CALLS_MAX = 1000 };

Test(program_faults, each_call_fails_once)
{
    solve_rightly();
    long at = 1;
    while (at < CALLS_MAX && fault_once(at, false, NULL, NULL)) at++;
    cr_expect_gt(at, 30, "the layer sees no calls");
    cr_expect_lt(at, CALLS_MAX);
}

/* Every eleventh, so that the whole stays short. */
Test(program_faults, calls_of_multigrid_fail_once)
{
    by_cycles = true;
    solve_rightly();
    long at = 3;
    while (at < CALLS_MAX && fault_once(at, false, NULL, NULL)) at += 11;
    cr_expect_gt(at, 150, "the layer sees no calls");
    cr_expect_lt(at, CALLS_MAX);
}

/* What follows a failed call fails as well; every fifth place shows it. */
Test(program_faults, all_calls_fail_from_one_on)
{
    solve_rightly();
    long at = 1;
    while (at < CALLS_MAX && fault_once(at, true, NULL, NULL)) at += 5;
    cr_expect_gt(at, 30, "the layer sees no calls");
    cr_expect_lt(at, CALLS_MAX);
}

/* Without a disk cache, programs are built from source, and with an empty one their binaries are asked for.
 */
Test(program_faults, building_from_source_fails)
{
    static const char *const names[] = {"clCreateProgramWithSource", "clBuildProgram",
                                        "clGetProgramBuildInfo", "clCreateKernel"};
    solve_rightly();
    write_text("file", "");
    const char *no_cache = text_of("XDG_CACHE_HOME=%s/file/cache", realpath(".", keep(malloc(4096))));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (long at = 1; at < CALLS_MAX && fault_once(at, false, names[i], no_cache); at++)
            ;
    for (long at = 1; at <= 2; at++) {
        const char *empty = text_of("XDG_CACHE_HOME=%s/empty%ld", realpath(".", keep(malloc(4096))), at);
        cr_expect(fault_once(at, false, "clGetProgramInfo", empty), "nobody asks for binaries");
    }
}

/* A queue of work that fails late, or memory that the driver finds it does not have. */
Test(program_faults, memory_of_the_device_runs_out)
{
    solve_rightly();
    for (long at = 1; at < CALLS_MAX && fault_once(at, false, "clCreateBuffer", "CLP_FAULT_CODE=-4"); at++) {
        /* CL_MEM_OBJECT_ALLOCATION_FAILURE */
    }
}

static void expect_distrust(const char *corrupt)
{
    static const char *const checks[] = {"solver.check=device", "solver.check=host"};
    solve_rightly();
    for (int i = 0; i < 2; i++) {
        write_text("u.npy", older);
        outcome ran = run_with_layer(LIST(SOLVE, "--set", checks[i]), 0, false, "none", corrupt);
        EXPECT_STATUS(ran, 1);
        EXPECT_HOLDS(ran.error, "cannot be trusted");
        EXPECT_HOLDS(ran.error, "driver ");
        EXPECT_HOLDS(ran.error, "--backend reference");
        size_t size;
        cr_expect_str_eq(read_bytes("u.npy", &size), older);
    }
}

Test(program_faults, wrong_values_are_not_believed)
{
    expect_distrust("CLP_FAULT_CORRUPT=field");
}

Test(program_faults, wrong_norms_are_not_believed)
{
    expect_distrust("CLP_FAULT_CORRUPT=norms");
}

Test(program_faults, check_finds_a_device_that_computes_wrongly)
{
    require_layer();
    /* Without a cache PoCL builds the same kernels as for tests of the backend, and once. */
    outcome ran = run_program(&(request){
        .arguments = LIST("check", "--device", "0"),
        .environment = LIST(text_of("OPENCL_LAYERS=%s", getenv("CLPOISSON_FAULT_LAYER")), "CLP_FAULT_AT=0",
                            "CLP_FAULT_NAME=none", "CLP_FAULT_CORRUPT=field", "CLPOISSON_CACHE=none"),
        .limit = 240});
    EXPECT_STATUS(ran, 1);
    EXPECT_HOLDS(ran.output, "FAILED");
}

/* The best device does not open: the next one does the work, and the user hears of it. */
Test(program_faults, device_that_does_not_open_is_passed_over)
{
    solve_rightly();
    outcome ran =
        run_with_layer(LIST(SOLVE, "-v"), 1, false, "clCreateContext", "POCL_DEVICES=pthread pthread");
    EXPECT_STATUS(ran, 0);
    EXPECT_HOLDS(ran.error, "is passed over: clCreateContext: ");
    /* One that was asked for by name is not replaced. */
    ran = run_with_layer(LIST(SOLVE, "--device", "0"), 1, false, "clCreateContext",
                         "POCL_DEVICES=pthread pthread");
    EXPECT_STATUS(ran, 1);
    EXPECT_HOLDS(ran.error, "clCreateContext: ");
}
