/* SPDX-License-Identifier: MIT */
/*
 * Manufactured solutions: random smooth u, k and sigma, from which follow the source and what the sides do.
 * The error must fall with the square of the spacing, for every kind of side, in two and three dimensions.
 */
#include <clpoisson/clpoisson.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(manufactured);

enum { TERMS = 3, TEXT = 2048 };

/* offset + sum of amplitudes times cos(2 pi (a x + b y + c z) + phase), as an expression and as numbers. */
typedef struct smooth {
    double offset, amplitude[TERMS], phase[TERMS];
    int wave[TERMS][3];
} smooth;

static double random_number(unsigned *state)
{
    *state = *state * 1664525U + 1013904223U;
    return (double)(*state >> 8) / 16777216.0;
}

/* Flat along z in two dimensions. */
static smooth random_smooth(unsigned *state, int dimensions, double offset, double most)
{
    smooth f = {.offset = offset};
    for (int t = 0; t < TERMS; t++) {
        f.amplitude[t] = most * (random_number(state) - 0.5) * 2 / TERMS;
        f.phase[t] = 2 * M_PI * random_number(state);
        for (int axis = 0; axis < dimensions; axis++) f.wave[t][axis] = (int)(random_number(state) * 3) - 1;
    }
    return f;
}

/* Whole waves on periodic axes; others so that u has no symmetry at the sides. */
static double wave_number(const bool *periodic, int axis, int wave)
{
    return (periodic[axis] ? 2 : 1.3) * M_PI * wave;
}

typedef struct jet { /* value, gradient, Laplacian */
    double value, gradient[3], laplacian;
} jet;

static jet evaluate(const smooth *f, const bool *periodic, const double x[3])
{
    jet j = {.value = f->offset};
    for (int t = 0; t < TERMS; t++) {
        double angle = f->phase[t], square = 0, k[3];
        for (int axis = 0; axis < 3; axis++) {
            k[axis] = wave_number(periodic, axis, f->wave[t][axis]);
            angle += k[axis] * x[axis];
            square += k[axis] * k[axis];
        }
        j.value += f->amplitude[t] * cos(angle);
        for (int axis = 0; axis < 3; axis++) j.gradient[axis] -= f->amplitude[t] * k[axis] * sin(angle);
        j.laplacian -= f->amplitude[t] * square * cos(angle);
    }
    return j;
}

/* The expression of a smooth function. */
static const char *text_of(const smooth *f, const bool *periodic, char *text)
{
    int length = snprintf(text, TEXT, "%.17g", f->offset);
    for (int t = 0; t < TERMS; t++)
        length += snprintf(text + length, TEXT - (size_t)length,
                           " + %.17g*cos(%.17g*x + %.17g*y + %.17g*z + %.17g)", f->amplitude[t],
                           wave_number(periodic, 0, f->wave[t][0]), wave_number(periodic, 1, f->wave[t][1]),
                           wave_number(periodic, 2, f->wave[t][2]), f->phase[t]);
    return text;
}

typedef struct trial {
    int dimensions;
    clp_boundary_kind sides[6];
    bool periodic[3];
    bool constant, reaction; /* k = 1; sigma > 0 */
} trial;

typedef struct functions {
    smooth u, k, sigma;
} functions;

static double transfer_of(const double x[3])
{
    return 2 + x[0] + 0.5 * x[1] * x[1];
}

/* k du/dn on a side. */
static double outward_flux(const trial *t, const functions *f, int side, const double x[3])
{
    double k = t->constant ? 1 : evaluate(&f->k, t->periodic, x).value;
    return k * (side % 2 ? 1 : -1) * evaluate(&f->u, t->periodic, x).gradient[side / 2];
}

static double source_at(const trial *t, const functions *f, const double x[3])
{
    jet u = evaluate(&f->u, t->periodic, x), k = evaluate(&f->k, t->periodic, x);
    double value = -u.laplacian;
    if (!t->constant) {
        value *= k.value;
        for (int axis = 0; axis < 3; axis++) value -= k.gradient[axis] * u.gradient[axis];
    }
    if (t->reaction) value += evaluate(&f->sigma, t->periodic, x).value * u.value;
    return value;
}

static void node_at(const clp_grid *grid, size_t p, double x[3])
{
    size_t index[3] = {p % grid->nodes[0], p / grid->nodes[0] % grid->nodes[1],
                       p / grid->nodes[0] / grid->nodes[1]};
    for (int axis = 0; axis < 3; axis++)
        x[axis] = axis < clp_grid_dimensions(grid)
                      ? grid->origin[axis] + (double)index[axis] * clp_grid_spacing(grid, axis)
                      : 0;
}

static bool on_side(const clp_grid *grid, size_t p, int side)
{
    size_t index[3] = {p % grid->nodes[0], p / grid->nodes[0] % grid->nodes[1],
                       p / grid->nodes[0] / grid->nodes[1]};
    return index[side / 2] == (side % 2 ? grid->nodes[side / 2] - 1 : 0);
}

static void set_side(clp_problem *problem, const trial *t, const functions *f, int side)
{
    const clp_grid *grid = clp_problem_grid(problem);
    size_t count = clp_grid_node_count(grid), n = 0;
    double *first = malloc(count * sizeof *first), *second = malloc(count * sizeof *second), x[3];
    for (size_t p = 0; p < count; p++) {
        if (!on_side(grid, p, side)) continue;
        node_at(grid, p, x);
        double u = evaluate(&f->u, t->periodic, x).value, flux = outward_flux(t, f, side, x);
        first[n] = t->sides[side] == CLP_BOUNDARY_VALUE ? u : flux;
        second[n++] = u + flux / transfer_of(x); /* the ambient that draws this flux */
    }
    clp_boundary boundary = {.kind = t->sides[side], .value.array = first};
    boundary.transfer.expression = "2 + x + 0.5*y^2";
    boundary.ambient.array = second;
    cr_assert_eq(clp_problem_set_boundary(problem, (clp_side)side, &boundary), CLP_OK, "%s",
                 clp_error_message());
    free(first);
    free(second);
}

static clp_problem *problem_of(const trial *t, const functions *f, const clp_grid *grid)
{
    clp_problem *problem;
    char text[TEXT];
    size_t count = clp_grid_node_count(grid);
    double *source = malloc(count * sizeof *source), x[3];
    cr_assert_eq(clp_problem_create(grid, &problem), CLP_OK, "%s", clp_error_message());
    for (int axis = 0; axis < t->dimensions; axis++)
        if (t->periodic[axis]) cr_assert_eq(clp_problem_set_periodic(problem, axis), CLP_OK);
    for (int side = 0; side < 2 * t->dimensions; side++)
        if (!t->periodic[side / 2]) set_side(problem, t, f, side);
    if (!t->constant)
        cr_assert_eq(clp_problem_set_conductivity(
                         problem, &(clp_value){.expression = text_of(&f->k, t->periodic, text)}),
                     CLP_OK, "%s", clp_error_message());
    if (t->reaction)
        cr_assert_eq(clp_problem_set_reaction(
                         problem, &(clp_value){.expression = text_of(&f->sigma, t->periodic, text)}),
                     CLP_OK);
    for (size_t p = 0; p < count; p++) {
        node_at(grid, p, x);
        source[p] = source_at(t, f, x);
    }
    cr_assert_eq(clp_problem_set_source(problem, &(clp_value){.array = source}), CLP_OK);
    free(source);
    return problem;
}

/* The largest error of the solution, up to a constant where nothing holds it, and what the report estimates
 * it to be (NAN: nothing). */
static double error_of(clp_device *device, const trial *t, const functions *f, size_t cells,
                       const char *method, clp_precision precision, double *estimate)
{
    clp_grid grid = {.origin = {0.25, -0.5, 0.125}};
    for (int axis = 0; axis < t->dimensions; axis++) {
        grid.nodes[axis] = cells + 1 + (size_t)(axis == 1) * cells / 2;
        grid.size[axis] = 1;
    }
    clp_problem *problem = problem_of(t, f, &grid);
    clp_solver *solver;
    clp_solver_options options = {.method = method, .tolerance = 1e-7, .precision = precision};
    cr_assert_eq(clp_solver_create(device, problem, &options, &solver), CLP_OK, "%s", clp_error_message());
    cr_assert_eq(clp_solver_run(solver), CLP_OK, "%s", clp_error_message());
    const clp_report *report = clp_solver_report(solver);
    cr_expect(report->converged, "%s, %zu cells: %s after %zu", method, cells,
              clp_reason_name(report->reason), report->sweeps);
    cr_expect(report->bound_is_certified);
    cr_expect_eq(report->singular, t->periodic[0] && t->periodic[1] && !t->reaction);
    cr_expect_lt(fabs(report->imbalance), 1e-6, "imbalance %g", report->imbalance);
    const double *values = clp_solver_values(solver);
    double low = INFINITY, high = -INFINITY, x[3];
    for (size_t p = 0; p < clp_grid_node_count(&grid); p++) {
        node_at(&grid, p, x);
        double error = values[p] - evaluate(&f->u, t->periodic, x).value;
        low = fmin(low, error);
        high = fmax(high, error);
    }
    bool singular = report->singular;
    *estimate = report->discretization_estimate;
    clp_solver_destroy(solver);
    clp_problem_destroy(problem);
    return singular ? 0.5 * (high - low) : fmax(fabs(low), fabs(high));
}

static functions random_functions(const trial *t, unsigned seed)
{
    unsigned state = seed;
    functions f;
    f.u = random_smooth(&state, t->dimensions, 0.5, 1.5);
    f.k = random_smooth(&state, t->dimensions, 2, 1);
    f.sigma = random_smooth(&state, t->dimensions, 3, 2);
    return f;
}

#define V CLP_BOUNDARY_VALUE
#define F CLP_BOUNDARY_FLUX
#define R CLP_BOUNDARY_TRANSFER
#define I CLP_BOUNDARY_INSULATED

static const trial trials[] = {
    {2, {V, V, V, V}, {false}, true, false},
    {2, {V, F, F, V}, {false}, true, false},
    {2, {F, V, V, F}, {false}, false, false},
    {2, {R, F, V, R}, {false}, false, true},
    {2, {R, R, R, R}, {false}, true, false},
    {2, {F, F, F, F}, {false}, false, true},
    {2, {I, I, V, R}, {true, false}, false, false},
    {2, {F, R, I, I}, {false, true}, true, true},
    {2, {I, I, I, I}, {true, true}, false, true},
    {3, {V, F, R, V, F, R}, {false}, false, true},
    {3, {F, R, V, V, I, I}, {false, false, true}, false, false},
    {3, {V, V, F, F, V, F}, {false}, true, false},
    /* nothing holds these */
    {2, {I, I, I, I}, {true, true}, true, false},
    {2, {I, I, I, I}, {true, true}, false, false},
    {3, {I, I, I, I, I, I}, {true, true, true}, false, false},
};

static void run_trials(const char *backend, const char *method, size_t first, size_t step)
{
    clp_device *device;
    cr_assert_eq(clp_device_open(&(clp_device_options){.backend = backend}, &device), CLP_OK, "%s",
                 clp_error_message());
    for (size_t i = first; i < sizeof trials / sizeof *trials && clp_device_get_info(device)->fp64;
         i += step) {
        functions f = random_functions(&trials[i], 100 + (unsigned)i);
        size_t cells = trials[i].dimensions == 3 ? 8 : 15 + i % 2;
        clp_precision precision = i % 2 ? CLP_PRECISION_AUTO : CLP_PRECISION_DOUBLE;
        double estimate, before = error_of(device, &trials[i], &f, cells, method, precision, &estimate);
        for (int level = 0; level < (trials[i].dimensions == 3 ? 2 : 3); level++) {
            cells *= 2;
            double error = error_of(device, &trials[i], &f, cells, method, precision, &estimate),
                   order = log2(before / error);
            bool compares = strcmp(method, "sor") != 0 && cells >= 32;
            cr_expect(!compares || (estimate < 3 * error && 3 * estimate > error),
                      "trial %zu, %zu cells: the error is %g, estimated as %g", i, cells, error, estimate);
            cr_expect(order > 1.9 && order < 2.5, "trial %zu, %zu cells: order %.3f from %g to %g", i, cells,
                      order, before, error);
            before = error;
        }
    }
    clp_device_close(device);
}

Test(manufactured, second_order_by_chebyshev)
{
    run_trials(NULL, "chebyshev", 0, 2);
}

Test(manufactured, second_order_on_the_reference_backend)
{
    run_trials("reference", "chebyshev", 1, 2);
}

Test(manufactured, second_order_by_multigrid)
{
    run_trials(NULL, "auto", 0, 1);
}

Test(manufactured, second_order_by_multigrid_on_the_reference_backend)
{
    run_trials("reference", "auto", 1, 3);
}

Test(manufactured, second_order_by_sor)
{
    run_trials(NULL, "sor", 0, 3);
}
