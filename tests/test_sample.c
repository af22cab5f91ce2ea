/* SPDX-License-Identifier: MIT */
/* Expressions evaluated on the device, against the host's evaluation of them. */
#include "base/status.h"
#include "problem/sample.h"

#include <clpoisson/clpoisson.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

TestSuite(sample, .timeout = 300);

static const clp_grid plane = {.nodes = {37, 21}, .size = {1.8, 2}, .origin = {-0.9, -1}};
static const clp_grid box = {.nodes = {9, 8, 7}, .size = {2, 1.75, 3}, .origin = {-1, 0, -1.5}};

/* Every operation of the language, and choices that discard what has no value. */
static const char *const expressions[] = {
    "x",
    "y",
    "z - t",
    "75*y",
    "-x^2 + x^3 - (x + 2)^-2*0.01/(1 + y^2) + x^0",
    "abs(x)^y + 2^x^2",
    "sin(3*x)*cos(2*y) + tan(x)",
    "asin(x) + acos(x/2) - atan(5*y) + atan2(y, x + 0.01)",
    "sinh(x) + cosh(y) - tanh(x*y)",
    "exp(-x*x - y*y) + log(2 + x) - log10(3 + y)",
    "sqrt(abs(x)) + hypot(x, y) + erf(x)",
    "floor(3*x) + ceil(2*y) + mod(x, 0.3) + mod(-1, 0.7 + x*x)",
    "min(x, y) + 10*max(x, y)",
    "(x < y) + 2*(x <= y) + 4*(x > 0) + 8*(y >= 0) + 16*(x == 0) + 32*(y != 0)",
    "x > 0 && y > 0 ? 1 : x < 0 || y < 0 ? 2 : 3",
    "!(x > 0) + !x",
    "if(x > 0, log(x), y)",
    "x == 0 ? 0 : 1/x",
    "x <= 0 || log(x) < -1",
    "x > 0 && sqrt(x) > 0.5",
    "x < -5 ? x/0 > 1 : 1e300*y",
    "y < -2 ? exp(1000) : -1",
    "pi*e*x",
    "z*x - y*z + t",
};

/* No finite value somewhere: the message must be the host's. */
static const char *const failing[] = {
    "1/x",
    "1/(1/(x - 0.9))",
    "log(x)",
    "x > 0 ? 1 : sqrt(x)",
    "min(1, 1/y)",
    "(1/y > 3) + 1",
    "!(0/x)",
    "asin(2*x)",
    "x^0.5",
    "y^-1",
    "exp(800 + 0*y)^2",
    "mod(1, x)",
    "1/y > 0 || x",
    "1/x ? 1 : 1",
};

static clp_device *open_device(void)
{
    clp_device *device = NULL;
    cr_assert_eq(clp_device_open(&(clp_device_options){.backend = "opencl"}, &device), CLP_OK, "%s",
                 clp_error_message());
    return device;
}

static clp_status sample(clp_device *device, const char *text, const clp_grid *grid, double *values)
{
    clp_function function = {0};
    const clp_value value = {.expression = text};
    const clp_sampler sampler = {.device = device, .large = 1};
    cr_assert_eq(clp_function_set(&function, &value, 0, "source"), CLP_OK, "%s", clp_error_message());
    clp_status status = clp_sample(&sampler, &function, grid, "source", values);
    clp_function_finish(&function);
    return status;
}

static void compare(clp_device *device, const char *text, const clp_grid *grid)
{
    double expected[1000], got[1000];
    cr_assert_eq(sample(NULL, text, grid, expected), CLP_OK, "%s", clp_error_message());
    memset(got, 0x7f, sizeof got);
    cr_assert_eq(sample(device, text, grid, got), CLP_OK, "%s", clp_error_message());
    for (size_t p = 0; p < clp_grid_node_count(grid); p++)
        cr_assert(fabs(got[p] - expected[p]) <= 0x1p-48 * (1 + fabs(expected[p])),
                  "%s: %.17g, not %.17g at %zu", text, got[p], expected[p], p);
}

/* On a level itself, where no host can step in: that the device does the work, at a time t. */
Test(sample, is_done_on_the_device)
{
    clp_device *device = open_device();
    if (!device->info.fp64) cr_skip_test("no double precision");
    clp_expression *expression;
    char *text;
    cr_assert_eq(clp_expression_parse("x > 0 ? t/(y - 1)*0 : 5", &expression), CLP_OK);
    cr_assert_eq(clp_expression_opencl(expression, "formula", &text), CLP_OK);
    const clp_operator op = {.grid = plane, .diagonal = 1, .scale = 1};
    clp_level *level;
    clp_field *field;
    double values[1000];
    cr_assert_eq(device->backend->level_create(device, &op, CLP_PRECISION_DOUBLE, NULL, &level), CLP_OK);
    cr_assert_eq(device->backend->field_create(level, &field), CLP_OK);
    const clp_formula formula = {.opencl = text};
    cr_assert_eq(device->backend->evaluate(field, &formula, 2), CLP_OK, "%s", clp_error_message());
    cr_assert_eq(device->backend->field_read(field, 0, 21, values), CLP_OK);
    cr_assert(values[0] == 5 && values[36] == 0 && values[20 * 37] == 5 && isnan(values[20 * 37 + 36]));
    device->backend->field_destroy(field);
    device->backend->level_destroy(level);
    clp_device_close(device);
    clp_expression_destroy(expression);
    free(text);
}

Test(sample, agrees_with_the_host)
{
    clp_device *device = open_device();
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++)
        compare(device, expressions[i], i % 2 || strchr(expressions[i], 'z') ? &box : &plane);
    clp_device_close(device);
}

Test(sample, fails_as_the_host_does)
{
    clp_device *device = open_device();
    for (size_t i = 0; i < sizeof failing / sizeof *failing; i++) {
        double values[1000];
        cr_assert_eq(sample(NULL, failing[i], &plane, values), CLP_ERROR_INPUT, "%s", failing[i]);
        char *message = strdup(clp_error_message());
        cr_assert_eq(sample(device, failing[i], &plane, values), CLP_ERROR_INPUT, "%s", failing[i]);
        cr_assert_str_eq(message, clp_error_message());
        free(message);
    }
    clp_device_close(device);
}
