/* SPDX-License-Identifier: MIT */
/* Solves without any option of problems whose solution is known: they end, are as right as they say, and do
 * not go further than auto asks. */
#include <clpoisson/clpoisson.h>

#include <criterion/criterion.h>
#include <math.h>

TestSuite(defaults);

enum { SIDES = 6 };

/* 'v' held at 0, '1' held at 1, '+' and '-' a flux of 1 and -1, 'i' insulated, 'p' periodic: left, right,
 * bottom, top, front, back. */
typedef struct known {
    const char *name, *sides, *source;
    double (*exact)(double x, double y, double z);
    bool on_grid; /* the equations have it as their solution, too */
} known;

static double linear(double x, double y, double z)
{
    (void)y, (void)z;
    return x;
}
static double outward(double x, double y, double z)
{
    (void)y, (void)z;
    return 0.5 - x;
}
static double parabola(double x, double y, double z)
{
    (void)y, (void)z;
    return 0.5 * x * (1 - x);
}
static double nothing(double x, double y, double z)
{
    (void)x, (void)y, (void)z;
    return 0;
}
static double sines(double x, double y, double z)
{
    (void)z;
    return sin(M_PI * x) * sin(M_PI * y);
}
static double cosines(double x, double y, double z)
{
    (void)z;
    return cos(M_PI * x) * cos(M_PI * y);
}
static double waves(double x, double y, double z)
{
    (void)z;
    return cos(2 * M_PI * x) * cos(2 * M_PI * y);
}

static const known problems[] = {
    {"a gradient", "v1iiii", NULL, linear, true},
    {"a flux", "v+iiii", NULL, linear, true},
    {"a flux through", "+-iiii", NULL, outward, true},
    {"a source between two plates", "vviiii", "1", parabola, true},
    {"nothing", "vvvvii", NULL, nothing, true},
    {"sines", "vvvvii", "2 * pi^2 * sin(pi * x) * sin(pi * y)", sines, false},
    {"cosines, which nothing holds", "iiiiii", "2 * pi^2 * cos(pi * x) * cos(pi * y)", cosines, false},
    {"waves", "ppppii", "8 * pi^2 * cos(2 * pi * x) * cos(2 * pi * y)", waves, false},
};
enum { PROBLEMS = sizeof problems / sizeof *problems };

static clp_problem *problem_of(const known *k, const size_t *nodes)
{
    clp_problem *problem;
    const clp_grid grid = {.nodes = {nodes[0], nodes[1], nodes[2]}, .size = {1, 1, 1}};
    cr_assert_eq(clp_problem_create(&grid, &problem), CLP_OK, "%s", clp_error_message());
    for (int side = 0; side < (nodes[2] ? SIDES : 4); side++) {
        const char kind = k->sides[side];
        clp_boundary boundary = {.kind = CLP_BOUNDARY_FLUX, .value = {.number = kind == '+' ? 1 : -1}};
        if (kind == 'v' || kind == '1')
            boundary = (clp_boundary){.kind = CLP_BOUNDARY_VALUE, .value = {.number = kind == '1'}};
        if (kind == 'p' && side % 2 == 0)
            cr_assert_eq(clp_problem_set_periodic(problem, side / 2), CLP_OK);
        else if (kind != 'i' && kind != 'p')
            cr_assert_eq(clp_problem_set_boundary(problem, (clp_side)side, &boundary), CLP_OK);
    }
    if (k->source)
        cr_assert_eq(clp_problem_set_source(problem, &(clp_value){.expression = k->source}), CLP_OK, "%s",
                     clp_error_message());
    return problem;
}

static double largest_error(const known *k, const size_t *nodes, const double *values)
{
    size_t planes = nodes[2] ? nodes[2] : 1;
    double largest = 0;
    for (size_t p = 0; p < nodes[0] * nodes[1] * planes; p++) {
        size_t i = p % nodes[0], j = p / nodes[0] % nodes[1], l = p / nodes[0] / nodes[1];
        double exact = k->exact((double)i / (double)(nodes[0] - 1), (double)j / (double)(nodes[1] - 1),
                                planes > 1 ? (double)l / (double)(planes - 1) : 0);
        largest = fmax(largest, fabs(values[p] - exact));
    }
    return largest;
}

static void expect_solved(clp_device *device, const known *k, const size_t *nodes, const char *method)
{
    clp_solver *solver;
    clp_problem *problem = problem_of(k, nodes);
    const clp_solver_options options = {.method = method};
    cr_assert_eq(clp_solver_create(device, problem, &options, &solver), CLP_OK, "%s", clp_error_message());
    cr_assert_eq(clp_solver_run(solver), CLP_OK, "%s", clp_error_message());
    const clp_report *report = clp_solver_report(solver);
    double spread = report->maximum - report->minimum,
           error = largest_error(k, nodes, clp_solver_values(solver));
    cr_expect(report->converged, "%s, %zu x %zu x %zu: %s, bound %g, tolerance %g", k->name, nodes[0],
              nodes[1], nodes[2], clp_reason_name(report->reason), report->algebraic_bound,
              report->tolerance);
    cr_expect(report->bound_is_certified, "%s", k->name);
    cr_expect_leq(report->algebraic_bound, report->tolerance, "%s", k->name);
    if (!k->on_grid && k->sides[0] == 'v')
        cr_expect_leq(report->algebraic_bound, 0.1 * report->discretization_estimate, "%s, %zu x %zu",
                      k->name, nodes[0], nodes[1]);
    cr_expect_leq(report->tolerance, 1e-4 * spread + 1e-12, "%s", k->name);
    double grid = k->on_grid ? 1e-12 : 3 * report->discretization_estimate;
    cr_expect_leq(error, report->algebraic_bound + grid,
                  "%s, %zu x %zu x %zu: error %g, bound %g, estimate %g", k->name, nodes[0], nodes[1],
                  nodes[2], error, report->algebraic_bound, report->discretization_estimate);
    cr_expect((report->choice != NULL) == (method == NULL), "why auto took the method");
    if (!k->source && clp_device_get_info(device)->fp64 && nodes[0] > 1000)
        cr_expect_lt(report->bytes_per_unknown, 40, "%g", report->bytes_per_unknown);
    /* What auto asks for was not reached before the last step. */
    size_t tests = report->history_count;
    if (!k->on_grid && tests > 1 && !method)
        cr_expect_gt(report->history[tests - 2].value, report->tolerance, "%s, %zu x %zu: %zu steps", k->name,
                     nodes[0], nodes[1], report->iterations);
    clp_solver_destroy(solver);
    clp_problem_destroy(problem);
}

static void expect_all_solved(const char *backend, const size_t (*sizes)[3], size_t count)
{
    clp_device *device;
    cr_assert_eq(clp_device_open(&(clp_device_options){.backend = backend}, &device), CLP_OK, "%s",
                 clp_error_message());
    for (size_t n = 0; n < count; n++)
        for (size_t i = 0; i < PROBLEMS; i++)
            if (!sizes[n][2] || problems[i].on_grid) expect_solved(device, &problems[i], sizes[n], NULL);
    clp_device_close(device);
}

static const size_t sizes[][3] = {{27, 27, 0}, {65, 65, 0}, {257, 130, 0}, {33, 30, 31}, {1025, 1025, 0}};
enum { SIZES = sizeof sizes / sizeof *sizes };

Test(defaults, solve_on_opencl)
{
    expect_all_solved("opencl", sizes, SIZES);
}

/* Whose rounding is not the host's to mend. */
Test(defaults, other_methods_end)
{
    static const char *const methods[] = {"sor", "chebyshev", "cg"};
    static const size_t nodes[] = {65, 65, 0};
    clp_device *device;
    cr_assert_eq(clp_device_open(&(clp_device_options){.backend = "reference"}, &device), CLP_OK);
    for (size_t m = 0; m < sizeof methods / sizeof *methods; m++)
        for (size_t i = 0; i < PROBLEMS; i++) expect_solved(device, &problems[i], nodes, methods[m]);
    clp_device_close(device);
}

Test(defaults, solve_on_the_reference)
{
    expect_all_solved("reference", sizes, SIZES - 1);
}
