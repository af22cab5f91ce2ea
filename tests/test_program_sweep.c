/* SPDX-License-Identifier: MIT */
/* clpoisson solve --sweep: a row of results per problem; and first guesses of the user's own. */
#include "program.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void enter_with_plate(void)
{
    enter_folder();
    write_plate("plate.yaml", 33);
}

TestSuite(program_sweep, .init = enter_with_plate, .fini = leave_folder, .timeout = 300);

/* Number of a column in a CSV line, by the names of the first one; NaN where there is none or an empty cell.
 */
static double cell(const char *text, int row, const char *name)
{
    int column = 0, found = -1;
    for (const char *c = text; *c != '\n' && found < 0; column++) {
        size_t length = strcspn(c, ",\n");
        if (strlen(name) == length && strncmp(c, name, length) == 0) found = column;
        c += length + (c[length] == ',');
    }
    while (row-- >= 0 && text) text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL;
    for (; text && found > 0; found--) text += strcspn(text, ",") + 1;
    return !text || !*text || found < 0 || *text == ',' || *text == '\n' ? NAN : strtod(text, NULL);
}

/* The equations are linear: so is the mean in one side's value. */
Test(program_sweep, rows_of_a_family)
{
    outcome ran =
        RUN("solve", "plate.yaml", "--sweep", "boundary.top=0:200:5", "--set", "solver.tolerance=1e-7");
    EXPECT_STATUS(ran, 0);
    double first = cell(ran.output, 0, "mean"), last = cell(ran.output, 4, "mean");
    for (int row = 0; row < 5; row++) {
        cr_expect_eq(cell(ran.output, row, "boundary.top"), 50 * row);
        cr_expect_float_eq(cell(ran.output, row, "mean"), first + (last - first) * row / 4, 1e-6);
        cr_expect_eq(cell(ran.output, row, "converged"), 1);
        cr_expect_leq(cell(ran.output, row, "algebraic_bound"), 1e-7);
        double sum = cell(ran.output, row, "flux.top") + cell(ran.output, row, "flux.left") +
                     cell(ran.output, row, "flux.right") + cell(ran.output, row, "flux.bottom");
        cr_expect_lt(fabs(sum), 1e-4);
    }
    cr_expect(isnan(cell(ran.output, 5, "mean")), "no sixth row");
    cr_expect_gt(last - first, 30);
}

Test(program_sweep, random_values_by_seed)
{
    const char *text[3];
    static const char *const seeds[] = {"boundary.top=random:0:100:4:7", "boundary.top=random:0:100:4:7",
                                        "boundary.top=random:0:100:4:8"};
    for (int i = 0; i < 3; i++) {
        outcome ran = RUN("solve", "plate.yaml", "--sweep", seeds[i], "--sweep", "boundary.left=1:4:4",
                          "--table", "t.json");
        EXPECT_STATUS(ran, 0);
        cr_expect_str_empty(ran.output);
        json_t *rows = json_load_file("t.json", 0, NULL);
        cr_assert_eq(json_array_size(rows), 4);
        double sum = 0;
        for (size_t row = 0; row < 4; row++) {
            const json_t *entry = json_array_get(rows, row);
            double top = json_number_value(json_object_get(entry, "boundary.top"));
            cr_expect(top >= 0 && top < 100);
            cr_expect_eq(json_number_value(json_object_get(entry, "boundary.left")), (double)row + 1);
            cr_expect(json_is_true(json_object_get(entry, "converged")));
            cr_expect(json_is_null(json_object_get(entry, "capacitance")));
            sum += top;
        }
        text[i] = text_of("%.17g", sum);
        json_decref(rows);
    }
    cr_expect_str_eq(text[0], text[1]);
    cr_expect_str_neq(text[0], text[2]);
}

Test(program_sweep, what_cannot_be_swept_is_told)
{
    static const struct {
        const char *first, *second, *fragment;
    } wrong[] = {
        {"boundary.top=0:100", NULL, "write KEY=FROM:TO:COUNT"},
        {"boundary.top=0:100:2.5", NULL, "write KEY=FROM:TO:COUNT"},
        {"boundary.top=0:100:0", NULL, "write KEY=FROM:TO:COUNT"},
        {"=0:100:3", NULL, "write KEY=FROM:TO:COUNT"},
        {"boundary.top=0:nan:3", NULL, "write KEY=FROM:TO:COUNT"},
        {"boundary.tip=0:100:3", NULL, "did you mean 'top'?"},
        {"boundary.top=0:1:2", "boundary.left=0:1:3", "give all the same number"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        outcome ran = wrong[i].second
                          ? RUN("solve", "plate.yaml", "--sweep", wrong[i].first, "--sweep", wrong[i].second)
                          : RUN("solve", "plate.yaml", "--sweep", wrong[i].first);
        EXPECT_STATUS(ran, 2);
        EXPECT_HOLDS(ran.error, wrong[i].fragment);
    }
    outcome ran = RUN("solve", "plate.yaml", "--sweep", "boundary.top=0:1:2", "--picture", "p.png");
    EXPECT_STATUS(ran, 2);
    EXPECT_HOLDS(ran.error, "nothing else");
    ran = RUN("solve", "plate.yaml", "--table", "t.csv");
    EXPECT_STATUS(ran, 2);
    EXPECT_HOLDS(ran.error, "add --sweep");
    /* What is there stays whole where there is no row. */
    write_text("keep.csv", "old\n");
    ran = RUN("solve", "plate.yaml", "--sweep", "boundary.tip=0:1:2", "--table", "keep.csv");
    EXPECT_STATUS(ran, 2);
    size_t size;
    cr_expect_str_eq(read_bytes("keep.csv", &size), "old\n");
    ran = RUN("solve", "plate.yaml", "--sweep", "boundary.top=0:1:2", "--table", "plate.yaml");
    EXPECT_STATUS(ran, 2);
    EXPECT_HOLDS(ran.error, "would overwrite the problem file");
    ran = RUN("solve", "plate.yaml", "--field", "u.npy");
    EXPECT_STATUS(ran, 0);
    ran = RUN("solve", "plate.yaml", "--set", "initial=u.npy", "--sweep", "boundary.top=0:1:2", "--table",
              "u.npy");
    EXPECT_STATUS(ran, 2);
    EXPECT_HOLDS(ran.error, "the problem reads it");
    ran = RUN("solve", "plate.yaml", "--field", "u.npy");
    EXPECT_STATUS(ran, 0);
    ran = RUN("solve", "plate.yaml", "--sweep", "boundary.top=0:1:2", "--table", "missing/t.csv");
    EXPECT_STATUS(ran, 1);
    EXPECT_HOLDS(ran.error, "missing");
}

/* Where the user begins at the answer there is nothing left to do, whatever a coarser grid would say. */
Test(program_sweep, a_good_first_guess_is_taken)
{
    outcome ran = RUN("solve", "plate.yaml", "--field", "u.npy", "--set", "solver.tolerance=1e-9");
    EXPECT_STATUS(ran, 0);
    ran = RUN("solve", "plate.yaml", "--set", "initial=u.npy", "--set", "solver.tolerance=1e-8", "--report",
              "-");
    EXPECT_STATUS(ran, 0);
    json_t *report = json_loadb(ran.output, ran.output_size, 0, NULL);
    cr_expect_eq(json_integer_value(json_object_get(json_object_get(report, "solver"), "iterations")), 0);
    json_decref(report);
}

Test(program_sweep, convergence_as_history_and_plot)
{
    size_t size;
    outcome ran = RUN("solve", "plate.yaml", "--plot-convergence", "c.png", "--report", "r.json", "--set",
                      "solver.tolerance=1e-6");
    EXPECT_STATUS(ran, 0);
    const char *picture = read_bytes("c.png", &size);
    cr_assert(picture && size > 1000);
    cr_expect_arr_eq(picture, "\x89PNG\r\n\x1a\n", 8);
    json_t *report = json_load_file("r.json", 0, NULL);
    const json_t *history = json_object_get(report, "history");
    size_t count = json_array_size(history);
    cr_assert_geq(count, 3);
    double before = INFINITY;
    for (size_t i = 0; i < count; i++) {
        double value = json_number_value(json_object_get(json_array_get(history, i), "value"));
        cr_expect_lt(value, before);
        before = value;
    }
    cr_expect_leq(before, 1e-6);
    json_decref(report);
}

/* The levels of a cycle, coarser and coarser, each with its time; and why the method was taken. */
Test(program_sweep, levels_and_choice)
{
    size_t nodes[2] = {97, 97}, levels = 0;
    double seconds, share, all = 0;
    outcome ran = RUN("solve", "plate.yaml", "-v", "--set", "domain.nodes=[97, 97]", "--field", "u.npy");
    EXPECT_STATUS(ran, 0);
    EXPECT_HOLDS(ran.error, "auto took multigrid: ");
    EXPECT_HOLDS(ran.error, "levels of a cycle, made in ");
    for (const char *line = strstr(ran.error, "levels of a cycle"); (line = strchr(line, '\n')); levels++) {
        size_t here[2];
        if (sscanf(++line, " %zu x %zu nodes %lf ms %lf %%", &here[0], &here[1], &seconds, &share) != 4)
            break;
        cr_expect(levels ? here[0] < nodes[0] : here[0] == 97);
        cr_expect_gt(seconds, 0);
        all += share;
        nodes[0] = here[0];
    }
    cr_expect_geq(levels, 2);
    cr_expect_float_eq(all, 100, (double)levels);
    ran = RUN("solve", "plate.yaml", "--field", "u.npy");
    cr_expect(!strstr(ran.error, "levels of a cycle") && !strstr(ran.error, "auto took"));
}

/* Each row begins at the result of the one before. */
Test(program_sweep, rows_begin_where_the_one_before_ended)
{
    outcome ran = RUN("solve", "plate.yaml", "--set", "solver.method=jacobi", "--set",
                      "solver.tolerance=1e-3", "--sweep", "boundary.top=100:100.01:2", "--table", "t.csv");
    size_t size;
    double top[2];
    long converged[2], iterations[2];
    EXPECT_STATUS(ran, 0);
    const char *row = strchr(read_bytes("t.csv", &size), '\n');
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(sscanf(row + 1, "%lf,%ld,%ld,", &top[i], &converged[i], &iterations[i]), 3, "%s", row);
        cr_expect_eq(converged[i], 1);
        row = strchr(row + 1, '\n');
    }
    cr_expect_lt(2 * iterations[1], iterations[0], "%ld, then %ld", iterations[0], iterations[1]);
}

/* Where no bound of the error is found, the plot shows the residual, and nothing is called certified. */
Test(program_sweep, no_bound_is_no_certificate)
{
    size_t size;
    outcome ran =
        RUN("solve", "plate.yaml", "--set", "domain.nodes=[201,201]", "--set",
            "regions=[{shape: circle, center: [0.5, 0.5], radius: 0.2, conductivity: 1.0e+6}]", "--set",
            "boundary.right={transfer: 5, ambient: 0}", "--set", "solver.method=jacobi", "--set",
            "solver.max_iterations=40", "--plot-convergence", "c.png", "--report", "r.json");
    EXPECT_STATUS(ran, 3);
    EXPECT_HOLDS(ran.error, "No bound of the error is known");
    json_t *report = json_load_file("r.json", 0, NULL);
    const json_t *error = json_object_get(report, "error");
    cr_expect(json_is_null(json_object_get(error, "algebraic_bound")));
    cr_expect(json_is_false(json_object_get(error, "bound_is_certified")));
    json_decref(report);
    cr_assert(read_bytes("c.png", &size) && size > 1000);
}
