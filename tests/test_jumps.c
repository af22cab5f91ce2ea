/* SPDX-License-Identifier: MIT */
/* Problems as users pose them, large and with jumps, on devices: steps to a relative residual of 1e-8, and
 * the bound against a solution that is finer by far. */
#include <clpoisson/clpoisson.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

TestSuite(jumps, .timeout = 600);

#define OK(call) cr_assert_eq(call, CLP_OK, "%s", clp_error_message())

typedef struct posed {
    size_t nodes[3];
    double disc;       /* conductivity of a disc or ball; 0: none */
    double log_normal; /* sigma of ln k, cell by cell; 0: the same everywhere */
    int electrodes;    /* how many lines a node thin hold u */
    size_t steps;      /* that may be taken */
} posed;

static uint64_t state;

/* Normally distributed (splitmix64, Box and Muller). */
static double normal(void)
{
    double even[2];
    for (int i = 0; i < 2; i++) {
        uint64_t z = state += 0x9e3779b97f4a7c15;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        even[i] = ((double)((z ^ z >> 31) >> 11) + 1) * 0x1p-53;
    }
    return sqrt(-2 * log(even[0])) * cos(2 * M_PI * even[1]);
}

static void scatter(clp_problem *problem, const posed *p)
{
    size_t count = (p->nodes[0] - 1) * (p->nodes[1] - 1);
    double *k = malloc(count * sizeof *k);
    state = 1;
    for (size_t c = 0; c < count; c++) k[c] = exp(p->log_normal * normal());
    OK(clp_problem_set_conductivity(problem, &(clp_value){.array = k}));
    free(k);
}

static clp_problem *pose(const posed *p)
{
    clp_problem *problem;
    bool box = p->nodes[2] > 1;
    clp_grid grid = {.nodes = {p->nodes[0], p->nodes[1], p->nodes[2]}, .size = {1, 1, box}};
    OK(clp_problem_create(&grid, &problem));
    for (int side = 0; side < (box ? 6 : 4); side++)
        OK(clp_problem_hold_side(problem, (clp_side)side, side == CLP_SIDE_TOP));
    const clp_region ball = {.sets = CLP_SETS_CONDUCTIVITY,
                             .conductivity.number = p->disc,
                             .shape = {.kind = CLP_SHAPE_BALL, .radius = 0.26, .center = {0.45, 0.55, 0.5}}};
    if (p->disc != 0) OK(clp_problem_add_region(problem, &ball));
    for (int line = 0; line < p->electrodes; line++) {
        double at = (line + 1.0) / (p->electrodes + 1);
        const clp_region thin = {
            .sets = CLP_SETS_VALUE,
            .value.number = line % 2 ? 1 : -1,
            .shape = {.kind = CLP_SHAPE_BOX, .min = {at - 2e-4, 0.2}, .max = {at + 2e-4, 0.8}}};
        OK(clp_problem_add_region(problem, &thin));
    }
    if (p->log_normal > 0) scatter(problem, p);
    return problem;
}

static clp_solver *solve(clp_device *device, clp_problem *problem, double tolerance)
{
    clp_solver *solver;
    const clp_solver_options options = {.criterion = CLP_CRITERION_RESIDUAL, .tolerance = tolerance};
    OK(clp_solver_create(device, problem, &options, &solver));
    OK(clp_solver_run(solver));
    return solver;
}

static void expect_few(clp_device *device, const posed *p)
{
    clp_problem *problem = pose(p);
    clp_solver *rough = solve(device, problem, 1e-8), *exact = solve(device, problem, 1e-11);
    const clp_report *report = clp_solver_report(rough);
    size_t count = clp_grid_node_count(clp_problem_grid(problem));
    double off = 0;
    cr_expect(report->converged && report->iterations <= p->steps,
              "%zu x %zu x %zu nodes, disc %g, ln k %g, %d electrodes: %zu steps, %s", p->nodes[0],
              p->nodes[1], p->nodes[2], p->disc, p->log_normal, p->electrodes, report->iterations,
              clp_reason_name(report->reason));
    for (size_t i = 0; i < count; i++)
        off = fmax(off, fabs(clp_solver_values(rough)[i] - clp_solver_values(exact)[i]));
    cr_expect(report->bound_is_certified);
    cr_expect_leq(off, report->algebraic_bound + clp_solver_report(exact)->algebraic_bound);
    cr_expect_lt(off, 1e-3, "disc %g: off by %g", p->disc, off);
    clp_solver_destroy(rough);
    clp_solver_destroy(exact);
    clp_problem_destroy(problem);
}

static void expect_all(const posed *list, size_t count)
{
    clp_device *device;
    OK(clp_device_open(NULL, &device));
    if (!clp_device_get_info(device)->fp64)
        cr_skip("%s has no double precision", clp_device_get_info(device)->name);
    for (size_t i = 0; i < count; i++) expect_few(device, &list[i]);
    clp_device_close(device);
}

/* On the level of 65 x 65 of the first one a single node without weights would tie the disc to the ground. */
Test(jumps, discs)
{
    static const posed list[] = {
        {.nodes = {2049, 2049, 1}, .disc = 1e6, .steps = 6},
        {.nodes = {1024, 1024, 1}, .disc = 1e6, .steps = 7},
        {.nodes = {1025, 1025, 1}, .disc = 1e-6, .steps = 6},
        {.nodes = {513, 512, 1}, .disc = 1e6, .steps = 7},
        {.nodes = {500, 511, 1}, .disc = 1e-3, .steps = 6},
        {.nodes = {97, 97, 97}, .disc = 1e6, .steps = 8},
    };
    expect_all(list, sizeof list / sizeof *list);
}

Test(jumps, electrodes_and_rough_materials)
{
    static const posed list[] = {
        {.nodes = {1025, 1025, 1}, .electrodes = 4, .steps = 6},
        {.nodes = {1024, 900, 1}, .electrodes = 3, .disc = 1e6, .steps = 6},
        {.nodes = {513, 513, 1}, .log_normal = 2.3, .steps = 12},
        {.nodes = {1025, 1024, 1}, .log_normal = 2.3, .steps = 12},
    };
    expect_all(list, sizeof list / sizeof *list);
}
