/* SPDX-License-Identifier: MIT */
/* Problems with time, from the file to the series, the film and the terminal. */
#include "program.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOX "domain: {size: [1, 1], nodes: [17, 13]}\nboundary: {left: 1, right: {flux: 0.5}}\n"

static void enter_with_bar(void)
{
    enter_folder();
    write_text("bar.yaml", BOX "time: {end: 1, output_every: 0.25, capacity: 2}\n"
                               "probes: {middle: [0.5, 0.5], end: [1, 0]}\n");
}

TestSuite(program_time, .init = enter_with_bar, .fini = leave_folder, .timeout = 300);

static json_t *read_report(const char *path)
{
    json_error_t error;
    json_t *report = json_load_file(path, 0, &error);
    cr_assert(report, "%s:%d: %s", path, error.line, error.text);
    return report;
}

static double number_in(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    cr_assert(json_is_number(value), "%s is no number", key);
    return json_number_value(value);
}

Test(program_time, everything_that_can_be_asked_for)
{
    outcome ran = RUN("solve", "bar.yaml", "--series", "s.npy", "--animation", "a.pvd", "--frames", "f.png",
                      "--film", "f.webp", "--probes", "p.csv", "--plot-probes", "p.png", "--report", "r.json",
                      "--field", "u.npy", "--picture", "u.png", "--vtk", "u.vti", "-v");
    EXPECT_STATUS(ran, 0);
    EXPECT_HOLDS(ran.error, "t = 1 after");
    EXPECT_HOLDS(ran.error, "wrote u.png, u.npy, u.vti, r.json, s.npy, a.pvd, f.png, f.webp, p.csv, p.png");
    size_t size;
    const char *series = read_bytes("s.npy", &size);
    cr_assert(series && size == 128 + 5 * 13 * 17 * 8, "%zu bytes", size);
    EXPECT_HOLDS(series + 10, "'shape': (5, 13, 17)");
    npy last = read_npy("u.npy");
    cr_expect_eq(memcmp(series + size - 13 * 17 * 8, last.values, 13 * 17 * 8), 0,
                 "the last one is another field");
    const char *list = read_bytes("a.pvd", &size);
    for (int i = 0; i < 5; i++) {
        EXPECT_HOLDS(list,
                     text_of("timestep=\"%.17g\" group=\"\" part=\"0\" file=\"a-000%d.vti\"", 0.25 * i, i));
        cr_expect(file_exists(text_of("a-000%d.vti", i)) && file_exists(text_of("f-000%d.png", i)));
    }
    const char *film = read_bytes("f.webp", &size);
    cr_expect(film && size > 1000 && memcmp(film, "RIFF", 4) == 0 && memcmp(film + 8, "WEBPVP8X", 8) == 0);
}

Test(program_time, probes_and_report_agree_with_the_field)
{
    outcome ran = RUN("solve", "bar.yaml", "--probes", "-", "--report", "r.json", "--field", "u.npy", "-q");
    EXPECT_STATUS(ran, 0);
    double t, middle, end;
    const char *row = ran.output + strlen("t,middle,end\n");
    cr_expect_eq(strncmp(ran.output, "t,middle,end\n0,0,0\n", 18), 0, "%s", ran.output);
    int rows = 0;
    for (; sscanf(row, "%lf,%lf,%lf", &t, &middle, &end) == 3; rows++) row = strchr(row, '\n') + 1;
    npy field = read_npy("u.npy");
    cr_expect(rows == 5 && t == 1, "%s", ran.output);
    cr_expect_float_eq(middle, field.values[6 * 17 + 8], 1e-12);
    cr_expect_float_eq(end, field.values[16], 1e-12);
    json_t *report = read_report("r.json"), *in_time = json_object_get(report, "time"), *intervals;
    cr_assert(json_is_object(in_time));
    intervals = json_object_get(in_time, "intervals");
    cr_assert_eq(json_array_size(intervals), 5);
    cr_expect_float_eq(number_in(in_time, "reached"), 1, 1e-12);
    for (size_t i = 1; i < 5; i++) {
        json_t *interval = json_array_get(intervals, i);
        cr_expect_float_eq(number_in(interval, "time"), 0.25 * (double)i, 1e-9);
        cr_expect_float_eq(number_in(interval, "entered"), number_in(interval, "change"), 1e-3);
    }
    cr_expect_str_eq(json_string_value(json_object_get(json_object_get(report, "solver"), "reason")), "end");
    json_decref(report);
}

Test(program_time, steady_problems_have_no_time)
{
    write_plate("plate.yaml", 9);
    outcome ran = RUN("solve", "plate.yaml", "--report", "r.json");
    EXPECT_STATUS(ran, 0);
    json_t *report = read_report("r.json");
    cr_expect(json_is_null(json_object_get(report, "time")));
    json_decref(report);
    static const char *const options[] = {"--series", "--animation", "--frames", "--film", "--probes"};
    for (int i = 0; i < 5; i++) {
        ran = RUN("solve", "plate.yaml", options[i], "a");
        EXPECT_STATUS(ran, 2);
        EXPECT_HOLDS(ran.error, "is for problems with time");
    }
}

Test(program_time, who_asks_for_the_course_gets_a_hundred_outputs_of_it)
{
    outcome ran = RUN("solve", "bar.yaml", "--set", "time.output_every=null", "--series", "s.npy", "--report",
                      "r.json");
    EXPECT_STATUS(ran, 0);
    json_t *report = read_report("r.json");
    cr_expect_eq(json_array_size(json_object_get(json_object_get(report, "time"), "intervals")), 101);
    json_decref(report);
    ran = RUN("solve", "bar.yaml", "--set", "time.output_every=null", "--set", "time.step=0.02", "--series",
              "s.npy", "-v");
    EXPECT_STATUS(ran, 0);
    EXPECT_HOLDS(ran.error, "steps of 0.02, 50 in all; an output every 0.02, 51 with the first");
}

Test(program_time, until_steady_stops_early_or_says_that_it_did_not)
{
    outcome ran = RUN("solve", "bar.yaml", "-v", "--set", "time.until=steady", "--set", "time.end=1000",
                      "--set", "time.output_every=null");
    EXPECT_STATUS(ran, 0);
    EXPECT_HOLDS(ran.error, "steady   t = ");
    ran = RUN("solve", "bar.yaml", "--set", "time.until=steady", "--field", "u.npy");
    EXPECT_STATUS(ran, 3);
    EXPECT_HOLDS(ran.error, "the steady state was not reached by the end of the time; make time.end larger");
    cr_expect(file_exists("u.npy"));
}

Test(program_time, bad_input)
{
    static const struct {
        const char *setting, *fragment;
    } rows[] = {
        {"time.step=1e-1000", "'time.step': 1e-1000 is not above 0"},
        {"time.method=explicit", ""},
        {"time.step=0.2", ""},
        {"time.step=0.3", "is longer than the time between outputs, 0.25"},
        {"time.capacity=x - 0.5", "the capacity of the cell at x = 0.03125, y = 0.0416667 is -0.46875"},
        {"source=x*exp(1000*t)", "too large a number at x = 0, t = 0.71"},
        {"boundary.left=sqrt(0.7 - t)", "the value of the left side"},
        {"boundary.top={transfer: t, ambient: 0}", "the transfer of the top side depends on t"},
        {"time.until=steady", "there is no steady state"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool moves = i + 1 == sizeof rows / sizeof *rows;
        outcome ran = run_program(
            &(request){.arguments = LIST("solve", "bar.yaml", "--backend", "reference", "--set",
                                         rows[i].setting, "--set", moves ? "source=t" : "time.end=1")});
        EXPECT_STATUS(ran, *rows[i].fragment ? 2 : 0);
        EXPECT_HOLDS(ran.error, rows[i].fragment);
    }
    outcome ran = RUN("solve", "bar.yaml", "--set", "time.method=explicit", "--set", "time.step=0.1");
    EXPECT_STATUS(ran, 2);
    EXPECT_HOLDS(ran.error, "is not stable for method explicit: steps up to 0.0025");
    ran = RUN("solve", "bar.yaml", "--probes", "p.csv", "--set", "probes=null");
    EXPECT_STATUS(ran, 2);
    EXPECT_HOLDS(ran.error, "the problem has no probes to note");
    ran = RUN("solve", "bar.yaml", "--plot-probes", "p.png", "--set", "probes=null");
    EXPECT_STATUS(ran, 2);
    EXPECT_HOLDS(ran.error, "p.png: the problem has no probes to note");
    ran = RUN("solve", "bar.yaml", "--sweep", "boundary.left=0:1:2");
    EXPECT_STATUS(ran, 2);
    EXPECT_HOLDS(ran.error, "--sweep is for steady problems");
    ran = RUN("solve", "bar.yaml", "--matrix");
    EXPECT_STATUS(ran, 2);
    EXPECT_HOLDS(ran.error, "--matrix is for steady problems");
}

Test(program_time, outputs_that_fill_the_disk_are_meant_or_refused)
{
    outcome ran = RUN("solve", "bar.yaml", "--film", "f.webp", "--set", "time.output_every=1e-5");
    EXPECT_STATUS(ran, 2);
    EXPECT_HOLDS(ran.error, "f.webp: 100001 outputs would be drawn or written, more than 20000");
    EXPECT_HOLDS(ran.error, "add --yes");
    ran = RUN("solve", "bar.yaml", "--series", "s.npy", "--set", "time.output_every=1e-12");
    EXPECT_STATUS(ran, 2);
    ran = RUN("solve", "bar.yaml", "--dry-run", "--set", "time.step=0.01");
    EXPECT_STATUS(ran, 0);
    EXPECT_HOLDS(ran.output, "time     0 to 1, capacity 2; method auto, steps of 0.01, 100 in all; an output "
                             "every 0.25, 5 with the first");
}

Test(program_time, sides_follow_tables)
{
    write_text("street.csv", "t,degrees\n0,1\n0.5;3\n# then\n 1 2\n");
    outcome ran = RUN("solve", "bar.yaml", "--set", "boundary.left=street.csv", "--series", "s.npy");
    EXPECT_STATUS(ran, 0);
    size_t size;
    const char *series = read_bytes("s.npy", &size);
    static const double expected[] = {1, 2, 3, 2.5, 2};
    for (int i = 0; i < 5; i++) {
        double value;
        memcpy(&value, series + 128 + i * 13 * 17 * 8, sizeof value);
        cr_expect_float_eq(value, expected[i], 1e-12, "%d: %g", i, value);
    }
    static const struct {
        const char *text, *fragment;
    } rows[] = {{"0,1\n0,2\n", "street.csv:2: t = 0 does not come after 0"},
                {"0,1\n1\n", "street.csv:2: '1' is not a row of the table"},
                {"0,1\n1,2,3\n", "street.csv:2: '1,2,3' is not a row of the table"},
                {"0,1\n1,x\n", "street.csv:2: '1,x' is not a row"},
                {"0,1\n1,inf\n", "street.csv:2: "},
                {"t,u\n", "street.csv: the table is empty"},
                {"", "the table is empty"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        write_text("street.csv", rows[i].text);
        ran = RUN("solve", "bar.yaml", "--set", "boundary.left=street.csv");
        EXPECT_STATUS(ran, 2);
        EXPECT_HOLDS(ran.error, rows[i].fragment);
    }
}

Test(program_time, the_field_shows_in_the_terminal)
{
    static const char *const slow[] = {"solve",     "bar.yaml",
                                       "--backend", "reference",
                                       "--threads", "1",
                                       "--set",     "domain.nodes=[301,301]",
                                       "--set",     "time.method=explicit",
                                       "--watch",   "--field",
                                       "u.npy",     NULL};
    outcome ran = run_program(&(request){.arguments = slow,
                                         .error = {.kind = STREAM_TERMINAL},
                                         .signal = SIGINT,
                                         .signal_text = "\033[0m\033[K"});
    EXPECT_STATUS(ran, 3);
    EXPECT_HOLDS(ran.error, "\033[38;2;");
    EXPECT_HOLDS(ran.error, "\xe2\x96\x80");
    EXPECT_HOLDS(ran.error, "t = ");
    EXPECT_HOLDS(ran.error, "it was interrupted; what was reached is written, and marked");
    cr_expect(file_exists("u.npy"));
    ran = run_program(&(request){.arguments = slow,
                                 .environment = LIST("NO_COLOR=1"),
                                 .error = {.kind = STREAM_TERMINAL},
                                 .signal = SIGHUP,
                                 .signal_text = "@"}); /* the highest, which nothing else says */
    EXPECT_STATUS(ran, 3);
    cr_expect_null(strstr(ran.error, "\033[38;2;"));
    EXPECT_HOLDS(ran.error, "t = ");
    EXPECT_HOLDS(ran.error, "..");
}
