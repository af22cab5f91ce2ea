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
        double spacing = 1 / (double)(p->nodes[0] - 1);
        double at = spacing * round((line + 1.0) / (p->electrodes + 1) / spacing); /* a node lies there */
        const clp_region thin = {.sets = CLP_SETS_VALUE,
                                 .value.number = line % 2 ? 1 : -1,
                                 .shape = {.kind = CLP_SHAPE_BOX,
                                           .min = {at - 0.2 * spacing, 0.2},
                                           .max = {at + 0.2 * spacing, 0.8}}};
        OK(clp_problem_add_region(problem, &thin));
    }
    if (p->log_normal > 0) scatter(problem, p);
    return problem;
}

/* Nodes that electrodes hold, on lines of their own. */
static size_t held_nodes(const posed *p)
{
    double last = (double)(p->nodes[1] - 1);
    size_t along = (size_t)(floor(0.8 * last + 1e-9) - ceil(0.2 * last - 1e-9)) + 1;
    return (size_t)p->electrodes * along;
}

static clp_solver *solve(clp_device *device, clp_problem *problem, double tolerance)
{
    clp_solver *solver;
    const clp_solver_options options = {.criterion = CLP_CRITERION_RESIDUAL, .tolerance = tolerance};
    OK(clp_solver_create(device, problem, &options, &solver));
    OK(clp_solver_run(solver));
    return solver;
}

/* Steps to 1e-8 of the load, no more than it may take. */
static size_t steps_of(clp_device *device, const posed *p)
{
    clp_problem *problem = pose(p);
    clp_solver *solver = solve(device, problem, 1e-8);
    const clp_report *report = clp_solver_report(solver);
    size_t steps = report->iterations;
    cr_expect(report->converged && steps <= p->steps,
              "%zu x %zu nodes, disc %g, ln k %g, %d electrodes: %zu steps, %s", p->nodes[0], p->nodes[1],
              p->disc, p->log_normal, p->electrodes, steps, clp_reason_name(report->reason));
    cr_expect_eq(report->unknowns, (p->nodes[0] - 2) * (p->nodes[1] - 2) - held_nodes(p));
    clp_solver_destroy(solver);
    clp_problem_destroy(problem);
    return steps;
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

Test(jumps, steps_hardly_grow)
{
    static const posed kinds[] = {
        {.nodes = {2049}, .disc = 1e6, .steps = 8},
        {.nodes = {2049}, .disc = 1e-6, .steps = 8},
        {.nodes = {2049}, .electrodes = 4, .steps = 8},
        {.nodes = {1025}, .log_normal = 2.3, .steps = 12},
    };
    clp_device *device;
    OK(clp_device_open(NULL, &device));
    if (!clp_device_get_info(device)->fp64)
        cr_skip("%s has no double precision", clp_device_get_info(device)->name);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        for (size_t odd = 0; odd < 2; odd++) {
            size_t first = 0, doublings = 0,
                   chance = kinds[i].log_normal > 0; /* other numbers on each grid */
            for (size_t n = 129; n <= kinds[i].nodes[0]; n = 2 * n - 1, doublings++) {
                posed p = kinds[i];
                p.nodes[0] = p.nodes[1] = n - odd;
                p.nodes[2] = 1;
                size_t steps = steps_of(device, &p);
                if (doublings == 0) first = steps;
                cr_expect_leq(steps, first + doublings + chance,
                              "%zu nodes, disc %g, ln k %g, %d electrodes: %zu steps, %zu of 129", n - odd,
                              p.disc, p.log_normal, p.electrodes, steps, first);
            }
        }
    clp_device_close(device);
}

/* On the level of 65 x 65 of a first one, 2049 x 2049, a single node without weights would tie the disc to
 * the ground. */
Test(jumps, values_are_within_the_bound)
{
    static const posed list[] = {
        {.nodes = {1025, 1025, 1}, .disc = 1e6, .steps = 6},
        {.nodes = {500, 511, 1}, .disc = 1e-3, .steps = 6},
        {.nodes = {129, 129, 129}, .disc = 1e6, .steps = 8},
        {.nodes = {1024, 900, 1}, .electrodes = 3, .disc = 1e6, .steps = 7},
        {.nodes = {513, 512, 1}, .log_normal = 2.3, .steps = 12},
    };
    clp_device *device;
    OK(clp_device_open(NULL, &device));
    if (!clp_device_get_info(device)->fp64)
        cr_skip("%s has no double precision", clp_device_get_info(device)->name);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) expect_few(device, &list[i]);
    clp_device_close(device);
}
