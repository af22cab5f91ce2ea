/* SPDX-License-Identifier: MIT */
/* Bad problem files and command lines: how the program exits, what it says, and that it writes nothing. */
#include "program.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(program_errors, .init = enter_folder, .fini = leave_folder, .timeout = 300);

/* A run that must fail: nothing on standard output, all fragments on standard error, no result. */
static void expect_failure(const outcome *ran, int status, const char *const *fragments, const char *what)
{
    cr_expect_eq(ran->status, status, "%s: exit status %d: %s", what, ran->status, ran->error);
    cr_expect_str_empty(ran->output, "%s", what);
    cr_expect_eq(strncmp(ran->error, "clpoisson: ", 11), 0, "%s: %s", what, ran->error);
    for (; *fragments; fragments++)
        cr_expect(strstr(ran->error, *fragments), "%s: wanted: %s\ngot: %s", what, *fragments, ran->error);
    cr_expect_not(file_exists("u.npy"), "%s", what);
}

/* ---- problem files ---- */

typedef struct bad_file {
    const char *text;
    int line; /* that is named */
    const char *fragments[4];
} bad_file;

#define DOMAIN "domain:\n  size: [1, 1]\n  nodes: [9, 9]\n"
#define NODES(list) "domain:\n  size: [1, 1]\n  nodes: " list "\nboundary: {top: 1}\n"
#define TOP(value) DOMAIN "boundary:\n  left: 1\n  top: " value "\n"

Test(program_errors, bad_problem_files)
{
    static const bad_file files[] = {
        {NODES("[0, 9]"), 3, {"'domain.nodes'", "0 is too few", "at least 3"}},
        {NODES("[9, 1]"), 3, {"1 is too few", "at least 3"}},
        {NODES("[2, 2]"), 3, {"2 is too few", "at least 3"}},
        {NODES("[9, -5]"), 3, {"-5 is too few", "at least 3"}},
        {NODES("[4294967296, 4294967296]"), 3, {"4294967296 x 4294967296", "use fewer"}},
        {NODES("[99999999999999999999, 9]"), 3, {"too large"}},
        {NODES("[8.5, 9]"), 3, {"8.5", "whole number"}},
        {NODES("9"), 3, {"'domain.nodes' takes [x, y]", "nodes: [257, 257]"}},
        {NODES("[9]"), 3, {"list of 1"}},
        {"domain:\n  size: 1\n  nodes: [9, 9]\n", 2, {"'domain.size' takes [x, y]"}},
        {"domain:\n  size: [0, 1]\n  nodes: [9, 9]\n", 2, {"not above 0"}},
        {TOP(".nan"), 6, {"'boundary.top'", "digits"}},
        {TOP("nan"), 6, {"'boundary.top'", "'nan' is unknown"}},
        {TOP(".inf"), 6, {"'boundary.top'", "digits"}},
        {TOP("-.inf"), 6, {"'boundary.top'", "'-.inf'"}},
        {TOP("1e999"), 6, {"1e999 is too large"}},
        {TOP("[1, 2]"), 6, {"'boundary.top' takes a number"}},
        {TOP("1,5"), 6, {"decimal point"}},
        {DOMAIN "boundary:\n  tpo: 1\n", 5, {"'tpo' is not a key", "did you mean 'top'"}},
        {DOMAIN "boundary:\n  top: 1\n  top: 2\n", 6, {"'top' is given twice", "5"}},
        {DOMAIN "boundary:\n  top: 1\n  y_max: 2\n", 6, {"top", "y_max"}},
        {DOMAIN "boundary: 7\n", 4, {"'boundary'"}},
        {DOMAIN "boundary: {}\n", 4, {"any constant would be a solution", "hold at least one side"}},
        {DOMAIN "boundary: {top: 1}\nconductivity: 0\n", 5, {"'conductivity'", "not above 0"}},
        {DOMAIN "boundary: {top: 1}\nconductivity: -2\n", 5, {"'conductivity'", "not above 0"}},
        {DOMAIN "boundary: {top: 1, x: periodic, left: 2}\n", 4, {"'boundary.x'", "'boundary.left'"}},
        {DOMAIN "boundary: {top: 1}\nregions: [{shape: blob, value: 1}]\n", 5, {"blob"}},
        {DOMAIN "boundary: {top: 1}\nregions: [{shape: circle, radius: 1, value: 1}]\n", 5, {"center"}},
        {DOMAIN "boundary: {top: 1}\nsolver: {method: sor, preconditioner: diagonal}\n",
         5,
         {"preconditioner diagonal", "add method: cg"}},
        {DOMAIN "boundary: {top: 1}\nsolver: {method: jacoby}\n", 5, {"jacoby", "jacobi"}},
        {DOMAIN "boundary: {top: 1}\nsolver: {tolerance: -1}\n", 5, {"-1"}},
        {DOMAIN "boundary: {top: 1}\noutput: {field: u.npy, report: u.npy}\n", 5, {"u.npy"}},
        {DOMAIN "boundary:\n\ttop: 1\n", 5, {"tab"}},
        {"boundary: {top: 1}\n", 1, {"'domain.size' is missing"}},
        {"", 1, {"empty"}},
        {"\n# nothing but a remark\n", 1, {"empty"}},
        {"9\n", 1, {""}},
        {"\x89PNG\r\n\x1a\n\x01\x02", 1, {"UTF-8"}},
        {"domain: \x01\x02\x7f\n", 1, {"binary"}},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        write_text("bad.yaml", files[i].text);
        outcome ran = RUN("solve", "bad.yaml", "--field", "u.npy");
        expect_failure(&ran, 2, files[i].fragments, files[i].text);
        EXPECT_HOLDS(ran.error, text_of("bad.yaml:%d: ", files[i].line));
        if (!strchr(ran.error, '^')) /* of an expression, which stands below */
            cr_expect_eq(strchr(ran.error, '\n'), ran.error + ran.error_size - 1, "one line: %s", ran.error);
    }
}

Test(program_errors, huge_and_deep_files)
{
    write_text("huge.yaml", "");
    cr_assert_eq(truncate("huge.yaml", 100 << 20), 0);
    outcome ran = RUN("solve", "huge.yaml", "--field", "u.npy");
    expect_failure(&ran, 2, LIST("huge.yaml:1: ", "larger than 1 MiB"), "100 MB");
    cr_expect_lt(ran.seconds, 10);
    enum { DEEP = 200000 };
    char *deep = keep(calloc(1, DEEP + 1));
    static const char *const openings[] = {"[", "{a: ", "- "};
    for (int i = 0; i < 3; i++) {
        size_t length = strlen(openings[i]);
        for (size_t k = 0; k + length <= DEEP; k += length) memcpy(deep + k, openings[i], length);
        write_text("deep.yaml", deep);
        ran = RUN("solve", "deep.yaml", "--field", "u.npy");
        expect_failure(&ran, 2, LIST("deep.yaml:1: "), openings[i]);
        cr_expect_lt(ran.seconds, 10);
    }
}

Test(program_errors, files_that_cannot_be_read)
{
    outcome ran = RUN("solve", "missing.yaml", "--field", "u.npy");
    expect_failure(&ran, 1, LIST("missing.yaml", "No such file"), "missing");
    ran = RUN("solve", ".", "--field", "u.npy");
    expect_failure(&ran, 1, LIST("is a folder"), "folder");
    write_plate("secret.yaml", 9);
    cr_assert_eq(chmod("secret.yaml", 0), 0);
    if (access("secret.yaml", R_OK) == 0) return; /* root may read everything */
    ran = RUN("solve", "secret.yaml", "--field", "u.npy");
    expect_failure(&ran, 1, LIST("secret.yaml", "Permission denied"), "unreadable");
}

/* ---- command lines ---- */

typedef struct bad_command {
    const char *arguments[8];
    const char *fragments[4];
} bad_command;

Test(program_errors, bad_command_lines)
{
    static const bad_command commands[] = {
        {{NULL}, {"solve FILE", "--help"}},
        {{"sovle", "plate.yaml"}, {"no command 'sovle'", "did you mean solve"}},
        {{"--frobnicate"}, {"--frobnicate"}},
        {{"bench", "plate.yaml"}, {"'plate.yaml' is one too many"}},
        {{"tune", "--seconds", "soon"}, {"--seconds takes a number above 0, not 'soon'"}},
        {{"tune", "--seconds", "-1"}, {"--seconds takes a number above 0"}},
        {{"tune", "plate.yaml"}, {"unexpected argument 'plate.yaml'"}},
        {{"solve"}, {"name a problem file"}},
        {{"solve", "plate.yaml", "other.yaml"}, {"unexpected argument 'other.yaml'"}},
        {{"solve", "plate.yaml", "--fied", "u.npy"}, {"unknown option '--fied'", "did you mean --field"}},
        {{"solve", "plate.yaml", "-x"}, {"unknown option '-x'"}},
        {{"solve", "plate.yaml", "--probes-plot", "p.png"}, {"did you mean --plot-probes?"}},
        {{"solve", "plate.yaml", "--convergence=c.png"}, {"did you mean --plot-convergence?"}},
        {{"solve", "plate.yaml", "--field"}, {"--field needs a value"}},
        {{"solve", "plate.yaml", "--quiet=yes"}, {"--quiet takes no value"}},
        {{"solve", "plate.yaml", "--plot", "waves"}, {"--plot waves", "arrows"}},
        {{"solve", "plate.yaml", "--slice", "z=0.5"}, {"--slice z=0.5", "two dimensions"}},
        {{"solve", "plate.yaml", "--device", "nonesuch"}, {"no device fits 'nonesuch'", "  0  "}},
        {{"solve", "plate.yaml", "--device", "99"}, {"no device with index 99", "  0  "}},
        {{"solve", "plate.yaml", "--backend", "cuda"}, {"no backend 'cuda'", "opencl", "reference"}},
        {{"solve", "plate.yaml", "--backend", "refrence"}, {"no backend 'refrence'", "choose reference"}},
        {{"solve", "plate.yaml", "--backend", "reference", "--threads", "0"}, {"--threads 0"}},
        {{"solve", "plate.yaml", "--backend", "reference", "--threads", "two"}, {"--threads two"}},
        {{"solve", "plate.yaml", "--backend", "reference", "--threads", "-1"}, {"--threads -1"}},
        {{"solve", "plate.yaml", "--set", "boundary.tpo=1"},
         {"--set boundary.tpo=1: ", "did you mean 'top'"}},
        {{"solve", "plate.yaml", "--set", "boundary.top=.nan"}, {"--set boundary.top=.nan: ", "digits"}},
        {{"solve", "plate.yaml", "--set", "domain.nodes=[2, 9]"},
         {"--set domain.nodes=[2, 9]: ", "at least 3"}},
        {{"solve", "plate.yaml", "--set", "boundary.top"}, {"--set boundary.top: ", "key=value"}},
        {{"solve", "plate.yaml", "--set", "solver.precision=mixed", "--set", "solver.method=sor"},
         {"mixed", "sor"}},
        {{"devices", "extra"}, {"unexpected argument 'extra'"}},
        {{"devices", "--jsn", "-"}, {"unknown option '--jsn'", "did you mean --json"}},
        {{"check", "--device", "nonesuch"}, {"no device fits 'nonesuch'"}},
    };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        write_plate("plate.yaml", 9);
        outcome ran = run_program(&(request){.arguments = commands[i].arguments});
        const char *const *words = commands[i].arguments;
        const char *what =
            text_of("%s %s %s %s", words[0] ? words[0] : "", words[0] && words[1] ? words[1] : "",
                    words[0] && words[1] && words[2] ? words[2] : "",
                    words[0] && words[1] && words[2] && words[3] ? words[3] : "");
        expect_failure(&ran, 2, commands[i].fragments, what);
    }
}

/* ---- memory ---- */

Test(program_errors, more_nodes_than_memory)
{
    static const struct {
        const char *backend, *nodes, *needed;
    } grids[] = {{"opencl", "[4294967296, 3]", "4294967296 x 3 nodes need "},
                 {"opencl", "[2000000, 2000000]", "2000000 x 2000000 nodes need "},
                 {"reference", "[2000000, 2000000]", "2000000 x 2000000 nodes need "},
                 {"reference", "[3, 4294967296000]", "3 x 4294967296000 nodes need "}};
    write_plate("plate.yaml", 9);
    for (size_t i = 0; i < sizeof grids / sizeof *grids; i++) {
        outcome ran = RUN("solve", "plate.yaml", "--field", "u.npy", "--backend", grids[i].backend, "--set",
                          text_of("domain.nodes=%s", grids[i].nodes));
        expect_failure(
            &ran, 1,
            LIST(grids[i].needed, " bytes (", "which has ", "the largest grid of this shape that fits has "),
            grids[i].nodes);
    }
}

/* Memory that the machine has and the program may not take: an error, not a crash. */
Test(program_errors, memory_that_is_refused)
{
#ifdef __SANITIZE_ADDRESS__
    cr_skip_test("a sanitized program takes more address space than could be left to it");
#endif
    write_plate("plate.yaml", 5001);
    for (int mib = 100; mib <= 500; mib += 100) {
        outcome ran =
            run_program(&(request){.arguments = LIST("solve", "plate.yaml", "--backend", "reference",
                                                     "--threads", "1", "--field", "u.npy"),
                                   .memory_mib = mib});
        expect_failure(&ran, 1, LIST("memory"), text_of("%d MiB", mib));
    }
}
