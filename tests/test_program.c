/* SPDX-License-Identifier: MIT */
/* clpoisson solve, as a user runs it: what it writes, where, and how it exits. */
#include "program.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

TestSuite(program_solve, .init = enter_folder, .fini = leave_folder, .timeout = 300);

static json_t *read_report(const char *text)
{
    json_error_t error;
    json_t *root = json_loads(text, 0, &error);
    cr_assert(root, "line %d: %s in\n%s", error.line, error.text, text);
    return root;
}

static json_t *read_report_file(const char *path)
{
    size_t size;
    const char *text = read_bytes(path, &size);
    cr_assert(text, "%s is not there", path);
    return read_report(text);
}

/* The entry at "group.key"; the test fails if there is none. */
static const json_t *entry_at(const json_t *root, const char *path)
{
    const char *dot;
    const json_t *entry = root;
    for (const char *key = path; key; key = dot ? dot + 1 : NULL) {
        dot = strchr(key, '.');
        entry = json_object_get(entry, dot ? text_of("%.*s", (int)(dot - key), key) : key);
    }
    cr_assert(entry, "the report lacks %s", path);
    return entry;
}

static double number_at(const json_t *root, const char *path)
{
    const json_t *entry = entry_at(root, path);
    cr_assert(json_is_number(entry), "%s is not a number", path);
    return json_number_value(entry);
}

static const char *string_at(const json_t *root, const char *path)
{
    const char *text = json_string_value(entry_at(root, path));
    cr_assert(text, "%s is not a text", path);
    return text;
}

/* The plate of write_plate(): sides held, the middle at their mean by symmetry. */
static void expect_plate(const npy *u, size_t n, double allowed)
{
    cr_assert_eq(u->rows, n);
    cr_assert_eq(u->columns, n);
    const double *values = u->values;
    for (size_t i = 1; i + 1 < n; i++) {
        cr_expect_eq(values[i], 0, "bottom");
        cr_expect_eq(values[(n - 1) * n + i], 100, "top");
        cr_expect_eq(values[i * n], 75, "left");
        cr_expect_eq(values[i * n + n - 1], 50, "right");
    }
    cr_expect_float_eq(values[n / 2 * n + n / 2], 56.25, allowed);
    for (size_t i = 0; i < n * n; i++) cr_expect(values[i] >= 0 && values[i] <= 100);
}

Test(program_solve, writes_what_the_file_asks_for)
{
    write_plate("plate.yaml", 9);
    size_t size;
    char *plate = read_bytes("plate.yaml", &size);
    write_text("plate.yaml",
               text_of("%soutput:\n  picture: p.png\n  field: u.npy\n  report: r.json\n", plate));
    outcome ran = RUN("solve", "plate.yaml");
    EXPECT_STATUS(ran, 0);
    cr_expect_str_empty(ran.output);
    cr_expect_str_empty(ran.error, "quiet when not on a terminal: %s", ran.error);
    npy u = read_npy("u.npy");
    cr_expect_eq(u.element_bytes, sizeof(double));
    json_t *report = read_report_file("r.json");
    double bound = number_at(report, "error.algebraic_bound");
    cr_expect(bound <= 0.01, "%g", bound);
    expect_plate(&u, 9, bound);
    const char *picture = read_bytes("p.png", &size);
    cr_assert(picture && size > 1000);
    cr_expect_arr_eq(picture, "\x89PNG\r\n\x1a\n", 8);
    json_decref(report);
}

Test(program_solve, report_has_every_key_of_the_contract)
{
    static const struct {
        const char *path;
        json_type type;
    } keys[] = {
        {"clpoisson", JSON_STRING},
        {"problem.dimensions", JSON_INTEGER},
        {"problem.nodes", JSON_ARRAY},
        {"problem.unknowns", JSON_INTEGER},
        {"device.backend", JSON_STRING},
        {"device.name", JSON_STRING},
        {"device.platform", JSON_STRING},
        {"device.driver", JSON_STRING},
        {"device.type", JSON_STRING},
        {"solver.method", JSON_STRING},
        {"solver.precision", JSON_STRING},
        {"solver.criterion", JSON_STRING},
        {"solver.tolerance", JSON_REAL},
        {"solver.iterations", JSON_INTEGER},
        {"solver.sweeps", JSON_INTEGER},
        {"solver.converged", JSON_TRUE},
        {"solver.reason", JSON_STRING},
        {"error.residual_initial", JSON_REAL},
        {"error.residual_final", JSON_REAL},
        {"error.residual_relative", JSON_REAL},
        {"error.algebraic_bound", JSON_REAL},
        {"error.bound_is_certified", JSON_TRUE},
        {"error.discretization_estimate", JSON_REAL},
        {"seconds.setup", JSON_REAL},
        {"seconds.compile", JSON_REAL},
        {"seconds.solve", JSON_REAL},
        {"seconds.output", JSON_REAL},
        {"seconds.total", JSON_REAL},
        {"memory.device_bytes", JSON_INTEGER},
        {"memory.bytes_per_unknown", JSON_REAL},
        {"performance.updates_per_second", JSON_REAL},
        {"performance.bytes_per_second", JSON_REAL},
        {"performance.unknowns_per_second", JSON_REAL},
        {"quantities.minimum", JSON_REAL},
        {"quantities.maximum", JSON_REAL},
        {"quantities.mean", JSON_REAL},
        {"quantities.energy", JSON_REAL},
        {"quantities.flux.top", JSON_REAL},
        {"quantities.flux.left", JSON_REAL},
        {"quantities.flux.right", JSON_REAL},
        {"quantities.flux.bottom", JSON_REAL},
    };
    write_plate("plate.yaml", 29); /* enough for a coarser grid to compare with */
    outcome ran = RUN("solve", "plate.yaml", "--report", "-");
    EXPECT_STATUS(ran, 0);
    json_t *report = read_report(ran.output);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        cr_expect_eq(json_typeof(entry_at(report, keys[i].path)), keys[i].type, "%s in\n%s", keys[i].path,
                     ran.output);
    json_decref(report);
}

Test(program_solve, report_tells_what_was_done)
{
    write_plate("plate.yaml", 9);
    outcome ran = RUN("solve", "plate.yaml", "--report", "-", "--set", "domain.nodes=[11, 9]");
    EXPECT_STATUS(ran, 0);
    json_t *report = read_report(ran.output);
    const json_t *nodes = entry_at(report, "problem.nodes");
    cr_expect_eq(json_array_size(nodes), 2);
    cr_expect_eq(json_integer_value(json_array_get(nodes, 0)), 11);
    cr_expect_eq(json_integer_value(json_array_get(nodes, 1)), 9);
    cr_expect_eq(number_at(report, "problem.dimensions"), 2);
    cr_expect_eq(number_at(report, "problem.unknowns"), 9 * 7);
    cr_expect_str_eq(string_at(report, "device.backend"), "opencl");
    cr_expect_str_eq(string_at(report, "solver.method"), "multigrid");
    cr_expect_str_eq(string_at(report, "solver.criterion"), "error");
    cr_expect_str_eq(string_at(report, "solver.reason"), "tolerance");
    cr_expect_geq(number_at(report, "solver.sweeps"), number_at(report, "solver.iterations"));
    cr_expect(number_at(report, "error.algebraic_bound") <= number_at(report, "solver.tolerance"));
    cr_expect(number_at(report, "error.residual_final") < number_at(report, "error.residual_initial"));
    cr_expect(number_at(report, "seconds.solve") <= number_at(report, "seconds.total"));
    cr_expect_eq(number_at(report, "quantities.minimum"), 0);
    cr_expect_eq(number_at(report, "quantities.maximum"), 100);
    /* What enters through some sides leaves through the others. */
    double top = number_at(report, "quantities.flux.top"), left = number_at(report, "quantities.flux.left"),
           right = number_at(report, "quantities.flux.right"),
           bottom = number_at(report, "quantities.flux.bottom");
    cr_expect_gt(top, 0);
    cr_expect_lt(bottom, 0);
    cr_expect_float_eq(top + left + right + bottom, 0, 1e-3 * top, "%g %g %g %g", top, left, right, bottom);
    json_decref(report);
}

Test(program_solve, standard_output_is_pure)
{
    write_plate("plate.yaml", 9);
    outcome ran = RUN("solve", "plate.yaml", "--field", "-", "-v", "--report", "r.json");
    EXPECT_STATUS(ran, 0);
    npy u = read_npy_bytes(ran.output, ran.output_size);
    expect_plate(&u, 9, 0.01);
    EXPECT_HOLDS(ran.error, "problem");
    ran = RUN("solve", "plate.yaml", "--picture", "-", "-v", "--field", "u.npy");
    EXPECT_STATUS(ran, 0);
    cr_assert(ran.output_size > 1000);
    cr_expect_arr_eq(ran.output, "\x89PNG\r\n\x1a\n", 8);
    cr_expect_arr_eq(ran.output + ran.output_size - 8, "IEND\xae\x42\x60\x82", 8, "it ends with the picture");
    ran = RUN("solve", "plate.yaml", "--set", "output.report=-", "-v");
    EXPECT_STATUS(ran, 0);
    json_decref(read_report(ran.output));
}

/* A problem file elsewhere: its outputs land in the current folder, and those of the command line win. */
Test(program_solve, outputs_are_relative_to_the_current_folder)
{
    cr_assert_eq(mkdir("elsewhere", 0700), 0);
    write_text("elsewhere/plate.yaml", "domain: {size: [1, 1], nodes: [9, 9]}\n"
                                       "boundary: {top: 100, left: 75, right: 50, bottom: 0}\n"
                                       "output: {field: u.npy, report: r.json}\n");
    outcome ran = RUN("solve", "elsewhere/plate.yaml", "--report=other.json");
    EXPECT_STATUS(ran, 0);
    cr_expect(file_exists("u.npy"));
    cr_expect(file_exists("other.json"));
    cr_expect_not(file_exists("r.json"));
    cr_expect_not(file_exists("elsewhere/u.npy"));
    cr_expect_not(file_exists("elsewhere/r.json"));
}

Test(program_solve, set_overrides_and_the_last_one_wins)
{
    write_plate("plate.yaml", 9);
    outcome ran = RUN("solve", "plate.yaml", "--set", "boundary.top=1", "--set=boundary.top=7.5", "--field",
                      "u.npy", "--set", "boundary.right={value: 2}");
    EXPECT_STATUS(ran, 0);
    npy u = read_npy("u.npy");
    cr_expect_eq(u.values[8 * 9 + 4], 7.5);
    cr_expect_eq(u.values[4 * 9 + 8], 2);
    cr_expect_eq(u.values[4 * 9], 75);
}

Test(program_solve, precisions)
{
    write_plate("plate.yaml", 9);
    outcome ran =
        RUN("solve", "plate.yaml", "--field", "u.npy", "--report", "-", "--set", "solver.precision=single");
    EXPECT_STATUS(ran, 0);
    json_t *report = read_report(ran.output);
    cr_expect_str_eq(string_at(report, "solver.precision"), "single");
    npy u = read_npy("u.npy");
    cr_expect_eq(u.element_bytes, sizeof(float));
    expect_plate(&u, 9, number_at(report, "error.algebraic_bound"));
    json_decref(report);
    ran = RUN("solve", "plate.yaml", "--field", "u.npy", "--report", "-", "--set", "solver.precision=double",
              "--set", "solver.tolerance=1e-9");
    EXPECT_STATUS(ran, 0);
    report = read_report(ran.output);
    cr_expect_str_eq(string_at(report, "solver.precision"), "double");
    u = read_npy("u.npy");
    cr_expect_eq(u.element_bytes, sizeof(double));
    expect_plate(&u, 9, 1e-9);
    json_decref(report);
}
