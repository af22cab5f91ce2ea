/* SPDX-License-Identifier: MIT */
/* What a report certifies holds: no value is further from the solution of the equations than its bound, on
 * random problems of every kind. The reference backend: what is tested is the reasoning, not kernels. */
#include <clpoisson/clpoisson.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#define OK(call) cr_assert_eq(call, CLP_OK, "seed %u: %s", seed, clp_error_message())

enum { SEEDS = 300 };

static unsigned seed;
static uint64_t state;

/* Evenly between 0 and 1 (splitmix64). */
static double chance(void)
{
    uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

static size_t below(size_t count)
{
    return (size_t)(chance() * (double)count);
}

static double between(double low, double high)
{
    return low + (high - low) * chance();
}

static void set_side(clp_problem *problem, int side)
{
    const clp_boundary_kind kinds[] = {CLP_BOUNDARY_VALUE, CLP_BOUNDARY_INSULATED, CLP_BOUNDARY_FLUX,
                                       CLP_BOUNDARY_TRANSFER, CLP_BOUNDARY_VALUE};
    const clp_boundary boundary = {.kind = kinds[below(5)],
                                   .value.number = between(-3, 3),
                                   .transfer.number = pow(10, between(-2, 2)),
                                   .ambient.number = between(-3, 3)};
    OK(clp_problem_set_boundary(problem, (clp_side)side, &boundary));
}

/* Numbers of one array in blocks of some cells or nodes, so that they jump. */
static double *blocks(const size_t *count, double low, double high, bool powers)
{
    double table[64], *made = malloc(count[0] * count[1] * count[2] * sizeof *made);
    size_t n = 0, width = 1 + below(6);
    for (int i = 0; i < 64; i++) table[i] = powers ? pow(10, between(low, high)) : between(low, high);
    for (size_t k = 0; k < count[2]; k++)
        for (size_t j = 0; j < count[1]; j++)
            for (size_t i = 0; i < count[0]; i++)
                made[n++] = table[(i / width * 7 + j / width * 3 + k / width * 5) % 64];
    return made;
}

/* Whose integral over the box is 0, as far as sums over control volumes tell. */
static void set_balanced_source(clp_problem *problem, const size_t *nodes)
{
    double *source = blocks(nodes, -10, 10, false), sum = 0, volume = 0;
    size_t n = 0, count = nodes[0] * nodes[1] * nodes[2];
    for (size_t k = 0; k < nodes[2]; k++)
        for (size_t j = 0; j < nodes[1]; j++)
            for (size_t i = 0; i < nodes[0]; i++, n++) {
                double part = (i % (nodes[0] - 1) ? 1 : 0.5) * (j % (nodes[1] - 1) ? 1 : 0.5);
                if (nodes[2] > 1 && k % (nodes[2] - 1) == 0) part *= 0.5;
                sum += part * source[n];
                volume += part;
            }
    for (n = 0; n < count; n++) source[n] -= sum / volume;
    OK(clp_problem_set_source(problem, &(clp_value){.array = source}));
    free(source);
}

static void set_coefficients(clp_problem *problem, const clp_grid *grid, int dimensions, bool singular)
{
    size_t nodes[3] = {1, 1, 1}, cells[3] = {1, 1, 1};
    for (int axis = 0; axis < dimensions; axis++) {
        nodes[axis] = grid->nodes[axis];
        cells[axis] = grid->nodes[axis] - 1;
    }
    if (chance() < 0.6) {
        double *k = blocks(cells, -3, 3, true);
        OK(clp_problem_set_conductivity(problem, &(clp_value){.array = k}));
        free(k);
    }
    if (singular) {
        set_balanced_source(problem, nodes);
        return;
    }
    if (chance() < 0.3) {
        double *sigma = blocks(nodes, 0, 10, false);
        OK(clp_problem_set_reaction(problem, &(clp_value){.array = sigma}));
        free(sigma);
    }
    if (chance() < 0.5) {
        double *source = blocks(nodes, -10, 10, false);
        OK(clp_problem_set_source(problem, &(clp_value){.array = source}));
        free(source);
    }
}

static void add_electrodes(clp_problem *problem)
{
    for (size_t n = below(4); n > 0; n--) {
        double kind = chance();
        const clp_region ball = {
            .sets = kind < 0.2   ? CLP_SETS_FLOATING
                    : kind < 0.4 ? CLP_SETS_CONDUCTIVITY
                                 : CLP_SETS_VALUE,
            .value.number = between(-3, 3),
            .conductivity.number = pow(10, between(-3, 3)),
            .shape = {.kind = CLP_SHAPE_BALL,
                      .radius = between(0.08, 0.2),
                      .center = {between(0.2, 0.8), between(0.2, 0.8), between(0.2, 0.8)}}};
        OK(clp_problem_add_region(problem, &ball));
    }
}

static clp_problem *random_problem(void)
{
    int dimensions = chance() < 0.7 ? 2 : 3;
    clp_problem *problem;
    clp_grid grid = {0};
    for (int axis = 0; axis < dimensions; axis++) {
        grid.nodes[axis] = dimensions == 2 ? 5 + below(45) : 5 + below(12);
        grid.size[axis] = chance() < 0.5 ? 1 : pow(10, between(-0.7, 0.7));
    }
    OK(clp_problem_create(&grid, &problem));
    if (chance() < 0.1) { /* nothing holds it: insulated all around, as sides are */
        set_coefficients(problem, &grid, dimensions, true);
        return problem;
    }
    for (int side = 0; side < 2 * dimensions; side++) set_side(problem, side);
    OK(clp_problem_hold_side(problem, (clp_side)below(2 * (size_t)dimensions), between(-3, 3)));
    for (int axis = 0; axis < dimensions; axis++) { /* where another axis still holds it */
        clp_side other = (clp_side)(axis == 0 ? CLP_SIDE_TOP : CLP_SIDE_LEFT);
        if (chance() < 0.15 && clp_problem_boundary(problem, other)->kind == CLP_BOUNDARY_VALUE &&
            !clp_problem_is_periodic(problem, other / 2))
            OK(clp_problem_set_periodic(problem, axis));
    }
    set_coefficients(problem, &grid, dimensions, false);
    add_electrodes(problem);
    return problem;
}

static clp_solver *solve(clp_device *device, const clp_problem *problem, const char *method, double tolerance,
                         size_t steps)
{
    clp_solver *solver;
    const clp_solver_options options = {.method = method,
                                        .precision = tolerance < 1e-9 ? CLP_PRECISION_DOUBLE
                                                     : chance() < 0.3 ? CLP_PRECISION_SINGLE
                                                                      : CLP_PRECISION_AUTO,
                                        .tolerance = tolerance,
                                        .max_iterations = steps};
    OK(clp_solver_create(device, problem, &options, &solver));
    OK(clp_solver_run(solver));
    return solver;
}

Test(bounds, hold_on_random_problems, .timeout = 600)
{
    const char *const methods[] = {"auto", "cg", "chebyshev", "sor", "jacobi", "auto"};
    size_t certified = 0, tight = 0;
    clp_device *device;
    OK(clp_device_open(&(clp_device_options){.backend = "reference"}, &device));
    for (seed = 1; seed <= SEEDS; seed++) {
        state = seed;
        clp_problem *problem = random_problem();
        size_t count = clp_grid_node_count(clp_problem_grid(problem)), steps = 1 + below(20);
        clp_solver *exact = solve(device, problem, "auto", 1e-10, 0);
        clp_solver *rough = solve(device, problem, methods[below(6)], 1e-3, chance() < 0.5 ? steps : 4000);
        const clp_report *report = clp_solver_report(rough), *best = clp_solver_report(exact);
        double error = 0;
        for (size_t p = 0; p < count; p++)
            error = fmax(error, fabs(clp_solver_values(rough)[p] - clp_solver_values(exact)[p]));
        bool both = report->bound_is_certified && best->bound_is_certified;
        /* What is not certified, as where electrodes float, is an estimate, but should hold. */
        cr_expect(error <= report->algebraic_bound + best->algebraic_bound,
                  "seed %u, %s%s: off by %g, said to be within %g", seed, report->method,
                  both ? "" : ", not certified", error, report->algebraic_bound);
        cr_expect(isfinite(best->algebraic_bound), "seed %u", seed);
        cr_expect(best->residual_relative < 1e-9, "seed %u: %s at %g, too far for a comparison", seed,
                  clp_reason_name(best->reason), best->residual_relative);
        both = both && best->algebraic_bound < fmax(1e-6, 0.5 * report->algebraic_bound);
        certified += both;
        tight += both && error > 1e-3 * report->algebraic_bound;
        clp_solver_destroy(exact);
        clp_solver_destroy(rough);
        clp_problem_destroy(problem);
    }
    clp_device_close(device);
    /* So that it does not pass by saying nothing. */
    cr_expect_geq(certified, SEEDS * 7 / 10, "%zu of %d certified", certified, SEEDS);
    cr_expect_geq(tight, SEEDS / 10, "%zu of %d near the bound", tight, SEEDS);
}
