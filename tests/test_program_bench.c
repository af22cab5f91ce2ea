/* SPDX-License-Identifier: MIT */
/* `clpoisson bench` */
#include "program.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

TestSuite(program_bench, .init = enter_folder, .fini = leave_folder, .timeout = 600);

static double real_of(const json_t *row, const char *key)
{
    const json_t *value = json_object_get(row, key);
    cr_assert(json_is_number(value) || json_is_null(value), "%s", key);
    return json_is_null(value) ? NAN : json_number_value(value);
}

static const char *text_in(const json_t *row, const char *key)
{
    const char *text = json_string_value(json_object_get(row, key));
    cr_assert(text, "%s", key);
    return text;
}

/* The figures hang together, and the files say the same as the terminal. */
Test(program_bench, quick_run)
{
    outcome ran = run_program(&(request){
        .arguments = LIST("bench", "--quick", "--json", "b.json", "--markdown", "b.md"), .limit = 300});
    EXPECT_STATUS(ran, 0);
    json_t *root = json_load_file("b.json", 0, NULL);
    cr_assert(root);
    cr_expect_eq(json_integer_value(json_object_get(root, "version")), 1);
    cr_expect_str_eq(text_in(root, "set"), "quick");
    json_t *device = json_array_get(json_object_get(root, "devices"), 0);
    json_t *rows = json_object_get(device, "rows"), *row;
    size_t i, sweeps = 0, solves = 0;
    cr_assert_geq(json_array_size(rows), 14);
    json_array_foreach(rows, i, row)
    {
        const char *name = text_in(row, "name");
        double seconds = real_of(row, "seconds");
        EXPECT_HOLDS(ran.output, name);
        cr_expect(json_is_true(json_object_get(row, "right")), "%s", name);
        cr_expect_gt(seconds, 0);
        if (strcmp(name, "solve") || strcmp(text_in(row, "coefficients"), "varying"))
            cr_expect_leq(real_of(row, "difference"), real_of(row, "allowed"), "%s", name);
        double nodes = (double)json_integer_value(json_array_get(json_object_get(row, "nodes"), 0));
        if (strcmp(name, "sweep") == 0) {
            sweeps++;
            cr_expect_float_eq(real_of(row, "updates_per_second") * seconds / (32 * nodes * nodes), 1, 1e-9);
            cr_expect_gt(real_of(row, "part_of_streaming"), 0);
        }
        if (strcmp(name, "solve") == 0) {
            solves++;
            cr_expect_leq(real_of(row, "relative_residual"), 1e-8);
            cr_expect_gt(real_of(row, "unknowns_per_second"), 0);
        }
    }
    cr_expect_geq(sweeps, 2);
    cr_expect_eq(solves, 2);
    cr_expect_geq(real_of(json_object_get(device, "seconds"), "compile"), 0);
    json_decref(root);
    FILE *markdown = fopen("b.md", "r");
    cr_assert(markdown);
    char line[512];
    size_t lines = 0;
    while (fgets(line, sizeof line, markdown)) lines += strncmp(line, "| sweep", 7) == 0;
    cr_expect_eq(lines, sweeps);
    fclose(markdown);
}

static void write_report(const char *path, const char *version, const char *set, const char *device,
                         double seconds)
{
    write_text(path,
               text_of("{\"version\": 1, \"clpoisson\": \"%s\", \"set\": \"%s\", \"devices\": [{\"device\": "
                       "{\"name\": \"%s\", \"platform\": \"P\", \"driver\": \"1\"}, \"rows\": ["
                       "{\"name\": \"sweep\", \"variant\": \"slow\", \"coefficients\": \"constant\", "
                       "\"precision\": \"single\", \"nodes\": [9, 9], \"seconds\": 9, "
                       "\"updates_per_second\": 1e9, \"right\": true},"
                       "{\"name\": \"sweep\", \"variant\": \"fast\", \"coefficients\": \"constant\", "
                       "\"precision\": \"single\", \"nodes\": [9, 9], \"seconds\": %g, "
                       "\"updates_per_second\": %g, \"right\": true},"
                       "{\"name\": \"copy\", \"precision\": \"single\", \"nodes\": [9, 9], "
                       "\"seconds\": null, \"right\": false, \"message\": \"gone\"}]}]}",
                       version, set, device, seconds, 8e9 / seconds));
}

Test(program_bench, side_by_side)
{
    write_report("a.json", "0.1.0", "whole", "first", 2);
    write_report("b.json", "0.1.0", "whole", "second", 0.5);
    outcome ran = RUN("bench", "--compare", "a.json", "b.json");
    EXPECT_STATUS(ran, 0);
    EXPECT_HOLDS(ran.output, "1  first (P, driver 1), a.json");
    EXPECT_HOLDS(ran.output, "2  second (P, driver 1), b.json");
    EXPECT_HOLDS(ran.output, "4.00 G updates/s");
    EXPECT_HOLDS(ran.output, "16.00 G updates/s (4.00 x)");
    cr_expect_null(strstr(ran.output, "1.00 G updates/s"), "of the slow variant: %s", ran.output);
    write_report("c.json", "0.2.0", "whole", "third", 1);
    ran = RUN("bench", "--compare", "a.json", "c.json");
    EXPECT_STATUS(ran, 2);
    EXPECT_HOLDS(ran.error, "c.json");
    EXPECT_HOLDS(ran.error, "0.2.0");
    write_report("d.json", "0.1.0", "quick", "fourth", 1);
    ran = RUN("bench", "--compare", "a.json", "d.json");
    EXPECT_STATUS(ran, 2);
    EXPECT_HOLDS(ran.error, "quick");
    write_report("huge.json", "0.1.0", "whole", "fifth", 1e-290);
    ran = RUN("bench", "--compare", "huge.json", "huge.json");
    EXPECT_STATUS(ran, 0);
    write_text("e.json", "{\"version\": 1");
    write_text("f.json", "{\"version\": 2, \"set\": \"whole\", \"devices\": []}");
    write_text("g.json", "[1, 2]");
    write_text("h.json", "{\"version\": 1, \"set\": \"whole\", \"devices\": [7]}");
    const char *const wrong[] = {"e.json", "f.json", "g.json", "h.json"};
    for (int i = 0; i < 4; i++) {
        ran = RUN("bench", "--compare", wrong[i]);
        EXPECT_STATUS(ran, 2);
        EXPECT_HOLDS(ran.error, wrong[i]);
    }
    ran = RUN("bench", "--compare", "missing.json");
    EXPECT_STATUS(ran, 1);
    ran = RUN("bench", "--compare");
    EXPECT_STATUS(ran, 2);
}

Test(program_bench, bad_input)
{
    outcome ran = RUN("bench", "--json", "missing/b.json");
    EXPECT_STATUS(ran, 1);
    EXPECT_HOLDS(ran.error, "missing");
    ran = RUN("bench", "--devices", "no-such-device");
    EXPECT_STATUS(ran, 2);
    EXPECT_HOLDS(ran.error, "no-such-device");
    ran = RUN("bench", "--backend", "abacus");
    EXPECT_STATUS(ran, 2);
    ran = RUN("bench", "--fast");
    EXPECT_STATUS(ran, 2);
    ran = RUN("bench", "plate.yaml");
    EXPECT_STATUS(ran, 2);
}

/* What was measured until then is told. */
Test(program_bench, interrupted)
{
    outcome ran = run_program(&(request){.arguments = LIST("bench", "--quick", "--json", "b.json"),
                                         .output = {.kind = STREAM_FILE, .path = "/dev/stderr"},
                                         .signal = 2,
                                         .signal_text = "triad"});
    EXPECT_STATUS(ran, 1);
    json_t *root = json_load_file("b.json", 0, NULL);
    cr_assert(root);
    json_t *device = json_array_get(json_object_get(root, "devices"), 0);
    cr_expect_geq(json_array_size(json_object_get(device, "rows")), 1);
    json_decref(root);
}
