/* SPDX-License-Identifier: MIT */
/* What a device is worth to a user: whole solves, beside the operations that they consist of. */
#include "backend/bench.h"

#include <clpoisson/problem.h>
#include <clpoisson/solver.h>

#include <math.h>

static const double tolerance = 1e-8; /* of the relative residual */

/* The unit square or cube between sides at 0 with a source of 1, perhaps with a disc (a ball) in it. */
typedef struct solve_case {
    size_t nodes, planes; /* planes: 0 in two dimensions */
    double conductivity;  /* of the disc; 1: none */
} solve_case;

static clp_status create_problem(const solve_case *c, clp_problem **problem)
{
    clp_grid grid = {.nodes = {c->nodes, c->nodes, c->planes}, .size = {1, 1, c->planes ? 1 : 0}};
    CLP_TRY(clp_problem_create(&grid, problem));
    for (int side = 0; side < (c->planes ? 6 : 4); side++)
        CLP_TRY(clp_problem_hold_side(*problem, (clp_side)side, 0));
    CLP_TRY(clp_problem_set_source(*problem, &(clp_value){.number = 1}));
    if (c->conductivity == 1) return CLP_OK;
    const clp_region disc = {.shape = {.kind = CLP_SHAPE_BALL, .radius = 0.26, .center = {0.45, 0.55, 0.5}},
                             .sets = CLP_SETS_CONDUCTIVITY,
                             .conductivity = {.number = c->conductivity}};
    return clp_problem_add_region(*problem, &disc);
}

/* In the middle without a disc, by sines along all axes but one: H. S. Carslaw, J. C. Jaeger, Conduction of
 * Heat in Solids, 1959. */
static double exact_middle(bool cube)
{
    enum { TERMS = 400 };
    double sum = 0;
    for (int j = 1; j < (cube ? TERMS : 2); j += 2)
        for (int i = 1; i < TERMS; i += 2) {
            double along = 4 / (M_PI * i) * (cube ? 4 / (M_PI * j) : 1);
            double gamma = M_PI * sqrt((double)i * i + (cube ? (double)j * j : 0));
            double sign = (i / 2 + (cube ? j / 2 : 0)) % 2 ? -1 : 1;
            sum += sign * along / (gamma * gamma) * (1 - 1 / cosh(gamma / 2));
        }
    return sum;
}

typedef struct timed_solve {
    clp_device *device;
    const clp_problem *problem;
    clp_solver *solver; /* of the last run */
} timed_solve;

static clp_status run_solve(void *context)
{
    timed_solve *t = context;
    const clp_solver_options options = {.criterion = CLP_CRITERION_RESIDUAL, .tolerance = tolerance};
    clp_solver_destroy(t->solver);
    t->solver = NULL;
    CLP_TRY(clp_solver_create(t->device, t->problem, &options, &t->solver));
    return clp_solver_run(t->solver);
}

/* Without a disc the middle is known; with one the residual, as the host computes it, has to do. */
static void judge(const solve_case *c, const clp_solver *solver, clp_bench_row *row)
{
    const clp_report *report = clp_solver_report(solver);
    double spacing = 1 / (double)(c->nodes - 1);
    row->relative_residual = report->residual_relative;
    row->precision = clp_precision_named(report->precision);
    bool known = c->conductivity == 1;
    if (known) row->difference = fabs(report->maximum - exact_middle(c->planes > 0));
    if (known) row->allowed = 0.1 * spacing * spacing + report->algebraic_bound;
    row->right = report->converged && (!known || row->difference <= row->allowed);
    if (!row->right)
        row->message = report->converged ? "the value in the middle is not the exact one"
                                         : "the solve stopped before its tolerance";
}

static void time_solve(clp_device *device, const solve_case *c, bool quick, clp_bench_row *row)
{
    clp_problem *problem = NULL;
    clp_status status = create_problem(c, &problem);
    timed_solve timed = {.device = device, .problem = problem};
    if (status == CLP_OK) status = run_solve(&timed); /* builds the kernels */
    if (status == CLP_OK) judge(c, timed.solver, row);
    if (status == CLP_OK && row->right) status = clp_bench_time(run_solve, &timed, quick, row);
    if (device->info.type != CLP_DEVICE_CPU) row->joules = NAN; /* not of the device that did the work */
    if (status == CLP_OK && row->right)
        row->unknowns_per_second = (double)clp_solver_report(timed.solver)->unknowns / row->seconds;
    if (status != CLP_OK) {
        row->right = false;
        row->message = clp_error_message();
    }
    clp_solver_destroy(timed.solver);
    clp_problem_destroy(problem);
}

clp_status clp_device_bench(clp_device *device, const clp_bench_options *options,
                            clp_bench_function *function, void *user, double *seconds_compile)
{
    const clp_precision single = CLP_PRECISION_SINGLE, wide = CLP_PRECISION_DOUBLE;
    const clp_bench_case grids[] = {
        {4097, 0, single, CLP_BENCH_MEMORY, false}, {4097, 0, wide, CLP_BENCH_MEMORY, false},
        {4097, 0, single, CLP_BENCH_ALL, false},    {4097, 0, wide, CLP_BENCH_SOME, false},
        {2049, 0, single, CLP_BENCH_SOME, true},    {2049, 0, wide, CLP_BENCH_SOME, true},
        {257, 257, single, CLP_BENCH_SOME, false},  {257, 257, wide, CLP_BENCH_SOME, false},
        {129, 129, single, CLP_BENCH_SOME, true},
    };
    const clp_bench_case fewer[] = {
        {4097, 0, single, CLP_BENCH_MEMORY, false}, {4097, 0, wide, CLP_BENCH_MEMORY, false},
        {2049, 0, single, CLP_BENCH_SOME, false},   {2049, 0, wide, CLP_BENCH_SOME, false},
        {1025, 0, single, CLP_BENCH_SOME, true},
    };
    static const solve_case whole[] = {{2049, 0, 1}, {2049, 0, 1e6}, {129, 129, 1}, {65, 65, 1e6}},
                            brief[] = {{1025, 0, 1}, {513, 0, 1e6}};
    bool quick = options && options->quick;
    const solve_case *cases = quick ? brief : whole;
    size_t count = quick ? sizeof brief / sizeof *brief : sizeof whole / sizeof *whole;
    size_t grid_count = quick ? sizeof fewer / sizeof *fewer : sizeof grids / sizeof *grids;
    double compiled = device->compile_seconds;
    bool go_on = clp_bench_operations(device, quick ? fewer : grids, grid_count, quick, function, user);
    for (size_t i = 0; i < count && go_on; i++) {
        clp_grid grid = {.nodes = {cases[i].nodes, cases[i].nodes, cases[i].planes}, .size = {1, 1, 1}};
        clp_bench_row row = clp_bench_row_of("solve", CLP_PRECISION_AUTO, &grid);
        row.coefficients = cases[i].conductivity == 1 ? "constant" : "varying";
        time_solve(device, &cases[i], quick, &row);
        if (function) go_on = function(user, &row);
    }
    if (seconds_compile) *seconds_compile = device->compile_seconds - compiled;
    return CLP_OK;
}
