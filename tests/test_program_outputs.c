/* SPDX-License-Identifier: MIT */
/* Results that cannot be written: said so, exit status 1, and older files whole. Locales and closed streams.
 */
#include "program.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void enter_with_plate(void)
{
    enter_folder();
    write_plate("plate.yaml", 9);
}

TestSuite(program_outputs, .init = enter_with_plate, .fini = leave_folder, .timeout = 300);

static const char *const outputs[] = {"--field", "--picture", "--report"};
enum { OUTPUTS = 3 };

static const char older[] = "an older file";

static void expect_older(const char *path)
{
    size_t size;
    const char *text = read_bytes(path, &size);
    cr_expect(text && strcmp(text, older) == 0, "%s was changed", path);
}

/* Files of the current folder that are no leftovers: the number of them. */
static int count_files(void)
{
    int count = 0;
    DIR *folder = opendir(".");
    cr_assert(folder);
    for (struct dirent *found; (found = readdir(folder));) count += found->d_name[0] != '.';
    closedir(folder);
    return count;
}

/* Found before solving: the solve would take for ever, and the limit is short. */
Test(program_outputs, places_that_cannot_be_written_are_found_first)
{
    static const struct {
        const char *path, *fragment;
    } places[] = {{"missing/u", "the folder missing does not exist"},
                  {"plate.yaml/u", "plate.yaml is not a folder"},
                  {".", "is a folder"},
                  {"", "empty name"}};
    write_plate("large.yaml", 2049);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        for (int k = 0; k < OUTPUTS; k++) {
            outcome ran = run_program(&(request){.arguments = LIST("solve", "large.yaml", outputs[k],
                                                                   places[i].path, "--backend", "reference"),
                                                 .limit = 30});
            EXPECT_STATUS(ran, 1);
            EXPECT_HOLDS(ran.error, places[i].fragment);
        }
    }
    outcome ran = RUN("devices", "--json", "missing/devices.json");
    EXPECT_STATUS(ran, 1);
    EXPECT_HOLDS(ran.error, "the folder missing does not exist");
}

Test(program_outputs, folder_without_permission)
{
    cr_assert_eq(mkdir("locked", 0500), 0);
    if (access("locked", W_OK) == 0) cr_skip_test("root may write everywhere");
    for (int k = 0; k < OUTPUTS; k++) {
        outcome ran = RUN("solve", "plate.yaml", outputs[k], "locked/u");
        EXPECT_STATUS(ran, 1);
        EXPECT_HOLDS(ran.error, "locked may not be written");
    }
}

Test(program_outputs, full_disk)
{
    if (access("/dev/full", W_OK) != 0) cr_skip_test("no /dev/full");
    for (int k = 0; k < OUTPUTS; k++) {
        outcome ran = RUN("solve", "plate.yaml", outputs[k], "/dev/full");
        EXPECT_STATUS(ran, 1);
        EXPECT_HOLDS(ran.error, "/dev/full");
        EXPECT_HOLDS(ran.error, "No space left");
        ran = run_program(&(request){.arguments = LIST("solve", "plate.yaml", outputs[k], "-"),
                                     .output = {STREAM_FILE, "/dev/full"}});
        EXPECT_STATUS(ran, 1);
        EXPECT_HOLDS(ran.error, "standard output");
        EXPECT_HOLDS(ran.error, "No space left");
    }
    outcome ran = RUN("devices", "--json", "/dev/full");
    EXPECT_STATUS(ran, 1);
}

/* One output that fails does not keep the others from being written; nor is it said to be written. */
Test(program_outputs, others_are_written_beside_one_that_fails)
{
    if (access("/dev/full", W_OK) != 0) cr_skip_test("no /dev/full");
    outcome ran =
        RUN("solve", "plate.yaml", "--field", "/dev/full", "--picture", "p.png", "--report", "r.json", "-v");
    EXPECT_STATUS(ran, 1);
    cr_expect(file_exists("p.png"));
    cr_expect(file_exists("r.json"));
    const char *wrote = strstr(ran.error, "wrote ");
    cr_expect(!wrote || !strstr(wrote, "/dev/full"), "it was not written: %s", ran.error);
    ran = RUN("solve", "plate.yaml", "--field", "/dev/full", "--set", "solver.max_iterations=1", "--set",
              "solver.tolerance=1e-13");
    EXPECT_STATUS(ran, 1);
    EXPECT_HOLDS(ran.error, "not converged");
    cr_expect_null(strstr(ran.error, "The result is written"), "it is not: %s", ran.error);
}

/* What is printed counts as well, help and tables included. */
Test(program_outputs, standard_output_full_or_closed)
{
    static const char *const printing[][4] = {
        {"--help"},         {"--version"}, {"solve", "--help"}, {"devices"}, {"devices", "--json", "-"},
        {"check", "--help"}};
    for (size_t i = 0; i < sizeof printing / sizeof *printing; i++) {
        const program_stream streams[] = {{STREAM_FILE, "/dev/full"}, {STREAM_CLOSED, NULL}};
        for (int k = 0; k < 2; k++) {
            outcome ran = run_program(&(request){.arguments = printing[i], .output = streams[k]});
            EXPECT_STATUS(ran, 1);
            EXPECT_HOLDS(ran.error, "standard output");
        }
    }
    for (int k = 0; k < OUTPUTS; k++) {
        outcome ran = run_program(&(request){.arguments = LIST("solve", "plate.yaml", outputs[k], "-"),
                                             .output = {.kind = STREAM_CLOSED}});
        EXPECT_STATUS(ran, 1);
        EXPECT_HOLDS(ran.error, "standard output");
    }
}

/* With closed streams, a result must not mix with what would have been printed. */
Test(program_outputs, closed_streams_do_not_end_up_in_files)
{
    outcome ran = run_program(&(request){.arguments = LIST("solve", "plate.yaml", "--field", "u.npy", "-v"),
                                         .input = {.kind = STREAM_CLOSED},
                                         .output = {.kind = STREAM_CLOSED},
                                         .error = {.kind = STREAM_CLOSED}});
    EXPECT_STATUS(ran, 0);
    npy u = read_npy("u.npy");
    cr_expect_float_eq(u.values[4 * 9 + 4], 56.25, 0.01);
    ran = run_program(&(request){
        .arguments = LIST("solve", "plate.yaml", "--field", "v.npy", "--report", "-", "--picture", "p.png"),
        .output = {.kind = STREAM_CLOSED}});
    EXPECT_STATUS(ran, 1);
    read_npy("v.npy");
    cr_expect(file_exists("p.png"));
}

/* A disk that fills up in the middle of a file. */
Test(program_outputs, older_files_stay_whole)
{
    write_plate("plate.yaml", 33);
    write_text("u", older);
    for (int k = 0; k < OUTPUTS; k++) {
        outcome ran = run_program(&(request){.arguments = LIST("solve", "plate.yaml", outputs[k], "u",
                                                               "--backend", "reference", "--threads", "1"),
                                             .file_bytes = 600});
        EXPECT_STATUS(ran, 1);
        EXPECT_HOLDS(ran.error, "File too large");
        expect_older("u");
        cr_expect_eq(count_files(), 2 + !getenv("CLPOISSON_TEST_CACHE"), "something is left behind");
    }
}

Test(program_outputs, problem_errors_leave_older_files_whole)
{
    write_text("u.npy", older);
    outcome ran = RUN("solve", "plate.yaml", "--field", "u.npy", "--set", "domain.nodes=[2, 2]");
    EXPECT_STATUS(ran, 2);
    ran = RUN("solve", "plate.yaml", "--field", "u.npy", "--set", "domain.nodes=[2000000, 2000000]");
    EXPECT_STATUS(ran, 1);
    ran = RUN("solve", "plate.yaml", "--field", "u.npy", "--device", "nonesuch");
    EXPECT_STATUS(ran, 2);
    expect_older("u.npy");
    /* A run that ends well replaces it. */
    ran = RUN("solve", "plate.yaml", "--field", "u.npy");
    EXPECT_STATUS(ran, 0);
    read_npy("u.npy");
}

/* Two results in one place: one of them would be lost. */
Test(program_outputs, two_outputs_to_one_place_are_refused)
{
    static const char *const pairs[][8] = {
        {"solve", "plate.yaml", "--field", "u", "--picture", "u"},
        {"solve", "plate.yaml", "--field", "-", "--report", "-"},
        {"solve", "plate.yaml", "--set", "output.report=u", "--picture", "u"},
        {"solve", "plate.yaml", "--set", "output.report=u", "--set", "output.field=u"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        outcome ran = run_program(&(request){.arguments = pairs[i]});
        EXPECT_STATUS(ran, 2);
        cr_expect_eq(ran.output_size, 0);
        cr_expect_not(file_exists("u"));
        unlink("u");
    }
}

Test(program_outputs, problem_file_is_not_overwritten)
{
    size_t size;
    const char *before = read_bytes("plate.yaml", &size);
    outcome ran = RUN("solve", "plate.yaml", "--report", "plate.yaml");
    EXPECT_STATUS(ran, 2);
    EXPECT_HOLDS(ran.error, "plate.yaml");
    cr_expect(strcmp(read_bytes("plate.yaml", &size), before) == 0, "the problem file is lost");
}

/* A locale with a decimal comma, made here where it can be. */
Test(program_outputs, decimal_comma_changes_nothing)
{
    write_text("make.sh", "localedef -i de_DE -f UTF-8 ./de_DE.UTF-8 >/dev/null 2>&1");
    if (system("sh make.sh") == -1 || !file_exists("de_DE.UTF-8/LC_NUMERIC"))
        cr_skip_test("no locale with a decimal comma can be made here (localedef, locales)");
    char *here = realpath(".", keep(malloc(4096)));
    const char *const german[] = {text_of("LOCPATH=%s", here), "LANG=de_DE.UTF-8", "LC_ALL=de_DE.UTF-8",
                                  NULL};
    npy u[2];
    write_text("plate.yaml", "domain: {size: [1.5, 0.5], nodes: [9, 9]}\n"
                             "boundary: {top: 12.75, left: 0.5, right: 1.5, bottom: 0.25}\n");
    for (int i = 0; i < 2; i++) {
        outcome ran = run_program(
            &(request){.arguments = LIST("solve", "plate.yaml", "--field", "u.npy", "--report", "-",
                                         "--picture", "p.png", "--set", "boundary.top=13.25", "-v"),
                       .environment = i ? german : NULL});
        EXPECT_STATUS(ran, 0);
        EXPECT_HOLDS(ran.error, "top 13.25");
        u[i] = read_npy("u.npy");
        json_t *report = json_loads(ran.output, 0, NULL);
        cr_assert(report, "%s", ran.output);
        const json_t *quantities = json_object_get(report, "quantities");
        cr_expect_eq(json_number_value(json_object_get(quantities, "maximum")), 13.25);
        json_decref(report);
    }
    cr_expect_eq(u[1].values[8 * 9 + 4], 13.25);
    for (int k = 0; k < 81; k++) cr_expect_eq(u[0].values[k], u[1].values[k]);
}
