/* SPDX-License-Identifier: MIT */
/* What people see: on a terminal, with -v and -q, with --help; the table of devices; the device check. */
#include "program.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>

TestSuite(program_terminal, .init = enter_folder, .fini = leave_folder, .timeout = 300);

#define TERMINAL                                                                                             \
    {                                                                                                        \
        .kind = STREAM_TERMINAL                                                                              \
    }

static const char green[] = "\033[32m", clear_line[] = "\033[K";

Test(program_terminal, says_device_problem_and_summary)
{
    write_plate("plate.yaml", 9);
    outcome ran = run_program(
        &(request){.arguments = LIST("solve", "plate.yaml", "--field", "u.npy"), .error = TERMINAL});
    EXPECT_STATUS(ran, 0);
    cr_expect_str_empty(ran.output);
    EXPECT_HOLDS(ran.error, "\033[1mdevice\033[0m");
    EXPECT_HOLDS(ran.error, "9 x 9 nodes");
    EXPECT_HOLDS(ran.error, "top 100, right 50, bottom 0, left 75");
    EXPECT_HOLDS(ran.error, green);
    EXPECT_HOLDS(ran.error, "every value is within");
    EXPECT_HOLDS(ran.error, "wrote u.npy\n");
}

Test(program_terminal, no_colour_where_it_is_not_wanted)
{
    static const char *const unwanted[] = {"NO_COLOR=1", "TERM=dumb"};
    write_plate("plate.yaml", 9);
    for (int i = 0; i < 2; i++) {
        outcome ran = run_program(&(request){
            .arguments = LIST("solve", "plate.yaml"), .environment = LIST(unwanted[i]), .error = TERMINAL});
        EXPECT_STATUS(ran, 0);
        EXPECT_HOLDS(ran.error, "every value is within");
        /* A progress line that shows, if it takes long, is taken away with "\033[K". */
        for (const char *at = ran.error; (at = strstr(at, "\033[")); at++)
            cr_expect_eq(at[2], 'K', "%s: %s", unwanted[i], ran.error);
    }
}

/* The progress line shows while it works, goes away at the end, and Ctrl-C still writes. */
Test(program_terminal, progress_until_interrupted)
{
    write_plate("plate.yaml", 1025);
    outcome ran =
        run_program(&(request){.arguments = LIST("solve", "plate.yaml", "--backend", "reference", "--threads",
                                                 "1", "--field", "u.npy", "--set", "solver.method=jacobi"),
                               .error = TERMINAL,
                               .signal = SIGINT,
                               .signal_text = "updates/s"});
    EXPECT_STATUS(ran, 3);
    cr_expect_lt(ran.seconds, 30, "%g s", ran.seconds);
    EXPECT_HOLDS(ran.error, " sweeps: ");
    EXPECT_HOLDS(ran.error, " to reach ");
    EXPECT_HOLDS(ran.error, clear_line);
    const char *end = strstr(ran.error, "not converged: it was interrupted");
    cr_assert(end, "%s", ran.error);
    cr_expect_null(strstr(end, " to reach "), "no progress after the end: %s", end);
    cr_expect(file_exists("u.npy"));
}

Test(program_terminal, quiet_and_verbose)
{
    write_plate("plate.yaml", 9);
    outcome ran = run_program(&(request){.arguments = LIST("solve", "plate.yaml", "-q"), .error = TERMINAL});
    EXPECT_STATUS(ran, 0);
    cr_expect_str_empty(ran.error);
    ran = RUN("solve", "plate.yaml", "--verbose");
    EXPECT_STATUS(ran, 0);
    EXPECT_HOLDS(ran.error, "device ");
    EXPECT_HOLDS(ran.error, "problem ");
    EXPECT_HOLDS(ran.error, "solved ");
    cr_expect_null(strstr(ran.error, "\033["), "%s", ran.error);
    cr_expect_null(strchr(ran.error, '\r'), "no progress off a terminal");
}

/* A result that stops early is said in colour too, and the picture on a pipe stays pure. */
Test(program_terminal, standard_output_is_pure_beside_a_terminal)
{
    write_plate("plate.yaml", 9);
    outcome ran =
        run_program(&(request){.arguments = LIST("solve", "plate.yaml", "--field", "-", "--set",
                                                 "solver.max_iterations=3", "--set", "solver.method=jacobi"),
                               .error = TERMINAL});
    EXPECT_STATUS(ran, 3);
    npy u = read_npy_bytes(ran.output, ran.output_size);
    cr_expect_eq(u.rows, 9);
    EXPECT_HOLDS(ran.error, "\033[31m");
}

Test(program_terminal, help_and_version)
{
    static const char *const commands[] = {"solve", "devices", "check"};
    outcome ran = RUN("--version");
    EXPECT_STATUS(ran, 0);
    cr_expect_eq(strncmp(ran.output, "clpoisson ", 10), 0, "%s", ran.output);
    const char *version = ran.output;
    ran = RUN("--help");
    EXPECT_STATUS(ran, 0);
    for (int i = 0; i < 3; i++) {
        EXPECT_HOLDS(ran.output, commands[i]);
        outcome help = RUN(commands[i], "--help");
        EXPECT_STATUS(help, 0);
        EXPECT_HOLDS(help.output, text_of("clpoisson %s", commands[i]));
        EXPECT_HOLDS(help.output, "--verbose");
        cr_expect_str_empty(help.error);
        help = RUN(commands[i], "--version");
        EXPECT_STATUS(help, 0);
        cr_expect_str_eq(help.output, version);
    }
    static const char *const said[] = {"--set",         "--picture",          "--field",       "--report",
                                       "--device",      "--backend",          "--threads",     "domain.nodes",
                                       "boundary.SIDE", "solver.check_every", "output.report", "reference"};
    ran = RUN("solve", "-h");
    EXPECT_STATUS(ran, 0);
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) EXPECT_HOLDS(ran.output, said[i]);
}

Test(program_terminal, devices_as_a_table)
{
    static const char *const headings[] = {"name",    "vendor", "type", "units",  "clock", "memory",
                                           "largest", "local",  "fp64", "OpenCL", "driver"};
    outcome ran = RUN("devices");
    EXPECT_STATUS(ran, 0);
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) EXPECT_HOLDS(ran.output, headings[i]);
    EXPECT_HOLDS(ran.output, "\nsolve takes device ");
    /* Where a line does not hold it, a block per device. */
    ran = run_program(&(request){.arguments = LIST("devices"), .output = TERMINAL});
    EXPECT_STATUS(ran, 0);
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) EXPECT_HOLDS(ran.output, headings[i]);
    size_t longest = 0;
    for (const char *line = ran.output; *line; line += strcspn(line, "\n") + 1)
        if (strcspn(line, "\n") > longest) longest = strcspn(line, "\n");
    cr_expect_leq(longest, 100, "%s", ran.output);
}

Test(program_terminal, devices_as_json)
{
    static const struct {
        const char *key;
        json_type type;
    } keys[] = {{"index", JSON_INTEGER},
                {"name", JSON_STRING},
                {"vendor", JSON_STRING},
                {"platform", JSON_STRING},
                {"type", JSON_STRING},
                {"compute_units", JSON_INTEGER},
                {"clock_mhz", JSON_INTEGER},
                {"memory_bytes", JSON_INTEGER},
                {"max_allocation_bytes", JSON_INTEGER},
                {"local_memory_bytes", JSON_INTEGER},
                {"version", JSON_STRING},
                {"driver", JSON_STRING}};
    outcome ran = RUN("devices", "--json", "-");
    EXPECT_STATUS(ran, 0);
    json_error_t error;
    json_t *root = json_loads(ran.output, 0, &error);
    cr_assert(root, "%s in\n%s", error.text, ran.output);
    const json_t *devices = json_object_get(root, "devices");
    cr_assert(json_array_size(devices) > 0);
    const json_t *first = json_array_get(devices, 0);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const json_t *entry = json_object_get(first, keys[i].key);
        cr_expect(entry && json_typeof(entry) == keys[i].type, "%s", keys[i].key);
    }
    cr_expect(json_is_boolean(json_object_get(first, "fp64")));
    cr_expect(json_is_integer(json_object_get(root, "chosen")));
    cr_expect(json_is_array(json_object_get(root, "notes")));
    json_decref(root);
    ran = RUN("devices", "--json", "devices.json");
    EXPECT_STATUS(ran, 0);
    cr_expect_str_empty(ran.output);
    cr_expect(file_exists("devices.json"));
}

/* Slow where the kernels are still to be compiled. */
Test(program_terminal, check_of_one_device_passes)
{
    /* Rusticl, which builds kernels faster; tests of backends run the same checks on the others. */
    outcome ran =
        run_program(&(request){.arguments = LIST("check", "--device", "0", "-v"),
                               .environment = LIST("OCL_ICD_VENDORS=rusticl.icd", "RUSTICL_ENABLE=llvmpipe"),
                               .limit = 280});
    EXPECT_STATUS(ran, 0);
    cr_expect_eq(strncmp(ran.output, "  passed", 8), 0, "%s", ran.output);
    cr_expect_null(strstr(ran.output, "FAILED"), "%s", ran.output);
    EXPECT_HOLDS(ran.output, " tests\n");
}
