/* SPDX-License-Identifier: MIT */
/* The program on problems of every kind: what it says, prints and writes. */
#include "program.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(program_problems, .init = enter_folder, .fini = leave_folder);

#define DOMAIN "domain: {size: [1, 1], nodes: [65, 65], origin: [-0.5, -0.5]}\n"

/* A square cable whose wire is off its middle. */
static const char coax[] =
    DOMAIN "regions:\n"
           "  - {name: shield, shape: rectangle, min: [-1, -1], max: [1, 1], value: 0}\n"
           "  - {name: gap, shape: circle, center: [0, 0], radius: 0.45, conductivity: 2}\n"
           "  - {name: wire, shape: circle, center: [0.1, 0], radius: 0.15, value: 1}\n";

static json_t *solve_to_json(const char *path, const char *backend)
{
    json_error_t error;
    outcome ran = RUN("solve", path, "--report", "-", "--backend", backend);
    EXPECT_STATUS(ran, 0);
    json_t *report = json_loadb(ran.output, ran.output_size, 0, &error);
    cr_assert(report, "%s", error.text);
    return report;
}

static double number_at(json_t *report, const char *group, const char *key)
{
    json_t *quantities = json_object_get(report, "quantities");
    json_t *place = group ? json_object_get(quantities, group) : quantities;
    return json_number_value(json_object_get(place, key));
}

Test(program_problems, a_cable_has_its_capacitance)
{
    write_text("coax.yaml", coax);
    double exact = 2 * 2 * M_PI / acosh((0.15 * 0.15 + 0.45 * 0.45 - 0.01) / (2 * 0.15 * 0.45)), found[2];
    for (int i = 0; i < 2; i++) {
        json_t *report = solve_to_json("coax.yaml", i ? "reference" : "opencl");
        found[i] = number_at(report, NULL, "capacitance");
        cr_expect_float_eq(found[i], exact, 2e-3 * exact);
        cr_expect_float_eq(number_at(report, "flux", "wire"), exact, 2e-2);
        cr_expect_float_eq(number_at(report, "flux", "wire"), -number_at(report, "flux", "shield"), 2e-2);
        cr_expect(json_is_true(json_object_get(json_object_get(report, "error"), "bound_is_certified")));
        json_decref(report);
    }
    cr_expect_float_eq(found[0], found[1], 1e-3, "both backends agree");
}

Test(program_problems, the_matrix_is_printed_and_reported)
{
    write_text("coax.yaml", coax);
    outcome ran = RUN("solve", "coax.yaml", "--matrix", "--report", "r.json");
    EXPECT_STATUS(ran, 0);
    EXPECT_HOLDS(ran.output, "shield");
    double own, other;
    cr_assert_eq(sscanf(strrchr(ran.output, 'e') + 1, "%lf %lf", &other, &own), 2, "%s", ran.output);
    cr_expect_float_eq(own, -other, 1e-3);
    size_t size;
    json_t *report = json_loads(read_bytes("r.json", &size), 0, NULL);
    json_t *matrix = json_object_get(json_object_get(report, "quantities"), "matrix");
    cr_expect_eq(json_array_size(json_object_get(matrix, "conductors")), 2);
    cr_expect_float_eq(
        json_number_value(json_array_get(json_array_get(json_object_get(matrix, "values"), 1), 1)), own,
        1e-5);
    json_decref(report);
}

Test(program_problems, a_dry_run_says_what_was_understood)
{
    write_text("coax.yaml", coax);
    outcome ran = RUN("solve", "coax.yaml", "--dry-run", "--field", "u.npy");
    EXPECT_STATUS(ran, 0);
    EXPECT_HOLDS(ran.output, "65 x 65");
    EXPECT_HOLDS(ran.output, "wire at 1");
    EXPECT_HOLDS(ran.output, "cells (");
    EXPECT_HOLDS(ran.output, "cg with ");
    EXPECT_HOLDS(ran.output, "fields in");
    cr_expect(!file_exists("u.npy"), "nothing is solved");
}

Test(program_problems, a_dry_run_of_time_says_which_method_and_what_is_wrong)
{
    write_text("t.yaml", "domain: {size: [1, 1], nodes: [65, 65]}\n"
                         "boundary: {left: 0, right: 1}\n"
                         "time: {end: 1, step: 0.01, output_every: 0.1}\n");
    outcome ran = RUN("solve", "t.yaml", "--dry-run");
    EXPECT_STATUS(ran, 0);
    EXPECT_HOLDS(ran.output, "100 in all");
    EXPECT_HOLDS(ran.output, "trbdf2 with ");
    ran = RUN("solve", "t.yaml", "--dry-run", "--set", "time.step=1e-5");
    EXPECT_HOLDS(ran.output, "explicit with 3 fields in double precision");
    ran = RUN("solve", "t.yaml", "--dry-run", "--set", "time.method=explicit");
    EXPECT_STATUS(ran, 2);
    EXPECT_HOLDS(ran.error, "t.yaml");
    EXPECT_HOLDS(ran.error, "is not stable");
}

/* The strip's only row of cells lies between the centres of those of the coarser grid. */
Test(program_problems, an_estimate_by_a_grid_that_has_lost_a_strip_is_none)
{
    write_text("strip.yaml",
               "domain: {size: [64, 64], nodes: [65, 65]}\n"
               "boundary: {left: 0, right: 0, bottom: 0, top: 0}\n"
               "regions:\n"
               "  - {name: strip, shape: rectangle, min: [16, 34], max: [48, 35], conductivity: 1000,\n"
               "     source: 1}\n");
    json_t *report = solve_to_json("strip.yaml", "opencl");
    cr_expect(json_is_null(json_object_get(json_object_get(report, "error"), "discretization_estimate")));
    json_decref(report);
    outcome ran = RUN("solve", "strip.yaml", "-v");
    EXPECT_HOLDS(ran.error, "how far the grid itself is off is not known");
    ran = RUN("solve", "strip.yaml", "-v", "--set", "domain.nodes=[257, 257]");
    EXPECT_HOLDS(ran.error, "the grid itself is off by about");
}

Test(program_problems, three_dimensions_and_a_floating_ball)
{
    write_text("ball.yaml",
               "domain: {size: [1, 1, 1], nodes: [17, 17, 17]}\n"
               "boundary: {front: 0, back: 1}\n"
               "regions:\n"
               "  - {name: ball, shape: sphere, center: [0.5, 0.5, 0.5], radius: 0.2, floating: true}\n");
    json_t *report = solve_to_json("ball.yaml", "opencl");
    cr_expect_eq(json_array_size(json_object_get(json_object_get(report, "problem"), "nodes")), 3);
    json_t *ball =
        json_object_get(json_object_get(json_object_get(report, "quantities"), "electrodes"), "ball");
    cr_expect(json_is_true(json_object_get(ball, "floating")));
    cr_expect_float_eq(json_number_value(json_object_get(ball, "value")), 0.5, 1e-4, "halfway, by symmetry");
    cr_expect_float_eq(json_number_value(json_object_get(ball, "flux")), 0, 1e-3);
    json_decref(report);
    outcome ran = RUN("solve", "ball.yaml", "--vtk", "b.vti", "--picture", "b.png", "--field", "b.npy", "-v");
    EXPECT_STATUS(ran, 0);
    EXPECT_HOLDS(ran.error, "ball floats at 0.5");
    size_t size;
    char *vti = read_bytes("b.vti", &size);
    cr_assert(vti);
    EXPECT_HOLDS(vti, "ImageData");
    cr_expect_gt(size, 17 * 17 * 17 * 8 * 4);
    cr_expect(file_exists("b.png") && file_exists("b.npy"));

    ran = RUN("plot", "b.npy", "--picture", "later.png", "--slice", "z:8", "--flux", "arrows");
    EXPECT_STATUS(ran, 0);
    cr_expect(file_exists("later.png"));
    static const char *const wrong[][2] = {
        {"--slice", "q=1"}, {"--flux", "waves"}, {"--width", "7"}, {"--size", "1"}};
    for (int i = 0; i < 4; i++) {
        ran = RUN("plot", "b.npy", "--picture", "no.png", wrong[i][0], wrong[i][1]);
        EXPECT_STATUS(ran, 2);
        EXPECT_HOLDS(ran.error, wrong[i][1]);
        cr_expect(!file_exists("no.png"));
    }
    ran = RUN("solve", "ball.yaml", "--picture", "slice.png", "--slice", "z=0.5", "--plot", "flux");
    EXPECT_STATUS(ran, 0);
    cr_expect(file_exists("slice.png"));
}

Test(program_problems, what_cannot_be_solved_is_said)
{
    static const struct {
        const char *text, *fragment;
    } bad[] = {
        {DOMAIN "source: 1\n", "add up to 1"},
        {DOMAIN "boundary: {top: 1}\nconductivity: x\n", "above 0"},
        {DOMAIN "boundary: {top: 1/x}\n", "division by zero"},
        {DOMAIN "boundary: {top: 1}\nreaction: x\n", "below 0"},
        {DOMAIN "regions: [{shape: rectangle, min: [-1, -1], max: [1, 1], value: 1}]\n",
         "every node is held"},
        {DOMAIN "regions: [{shape: circle, center: [0, 0], radius: 0.1, floating: true}]\n", "floating"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        write_text("bad.yaml", bad[i].text);
        outcome ran = RUN("solve", "bad.yaml", "--field", "u.npy");
        EXPECT_STATUS(ran, 2);
        EXPECT_HOLDS(ran.error, "bad.yaml");
        EXPECT_HOLDS(ran.error, bad[i].fragment);
        cr_expect(!file_exists("u.npy"));
    }
    write_text("far.yaml",
               DOMAIN "boundary: {top: 1}\n"
                      "regions: [{name: moon, shape: circle, center: [9, 9], radius: 1, value: 0}]\n");
    outcome ran = RUN("solve", "far.yaml", "--field", "u.npy");
    EXPECT_STATUS(ran, 0);
    EXPECT_HOLDS(ran.error, "moon lies outside the box");
}

/* Metal and glue, twelve orders of magnitude apart, in layers: the flux is that of the glue. */
Test(program_problems, extreme_contrast)
{
    write_text("layers.yaml", "domain: {size: [1, 1], nodes: [33, 33]}\nboundary: {top: 1, bottom: 0}\n"
                              "conductivity: \"y < 0.5 ? 1e12 : 1\"\nsolver: {tolerance: 1e-6}\n");
    json_t *report = solve_to_json("layers.yaml", "opencl");
    cr_expect_float_eq(number_at(report, "flux", "top"), 2, 1e-3);
    json_decref(report);
}

Test(program_problems, every_method_gives_the_same_answer)
{
    static const char *const methods[] = {"jacobi", "sor", "chebyshev", "cg", "multigrid", "cg"};
    enum { METHODS = sizeof methods / sizeof *methods };
    double mean[METHODS];
    write_text("coax.yaml", coax);
    for (int i = 0; i < METHODS; i++) { /* the last one by itself */
        const char *preconditioner = i + 1 < METHODS ? "auto" : "diagonal";
        outcome ran = RUN("solve", "coax.yaml", "--report", "-", "--set",
                          text_of("solver.method=%s", methods[i]), "--set", "solver.tolerance=1e-6", "--set",
                          text_of("solver.preconditioner=%s", preconditioner));
        EXPECT_STATUS(ran, 0);
        json_t *report = json_loadb(ran.output, ran.output_size, 0, NULL);
        cr_expect_str_eq(json_string_value(json_object_get(json_object_get(report, "solver"), "method")),
                         methods[i]);
        cr_expect(json_is_null(json_object_get(json_object_get(report, "solver"), "choice")));
        mean[i] = number_at(report, NULL, "mean");
        json_decref(report);
    }
    for (int i = 1; i < METHODS; i++)
        cr_expect_float_eq(mean[0], mean[i], 2e-6, "%s: %.9g", methods[i], mean[i]);
    outcome wrong =
        RUN("solve", "coax.yaml", "--set", "solver.method=sor", "--set", "solver.preconditioner=diagonal");
    EXPECT_STATUS(wrong, 2);
    EXPECT_HOLDS(wrong.error, "add method: cg");
}

/* Errors that only assembling finds name the line that declares what they are about. */
Test(program_problems, late_errors_have_a_line)
{
    static const struct {
        const char *text, *fragment;
    } cases[] = {
        {DOMAIN "boundary: {top: 1}\nconductivity: x\n", "late.yaml:3: the conductivity of the cell at"},
        {DOMAIN "boundary:\n  bottom: 0\n  top: log(x)\n", "late.yaml:4: the value of the top side: log("},
        {DOMAIN "boundary: {top: 1}\nregions:\n  - {name: a, shape: circle, center: [0, 0], radius: 0.1, "
                "source: 1}\n"
                "  - {name: b, shape: circle, center: [0, 0], radius: 0.2, source: sqrt(x)}\n",
         "late.yaml:5: b: sqrt("},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_text("late.yaml", cases[i].text);
        outcome ran = RUN("solve", "late.yaml", "--report", "r.json");
        EXPECT_STATUS(ran, 2);
        EXPECT_HOLDS(ran.error, cases[i].fragment);
    }
}

/* What nobody would see otherwise. */
Test(program_problems, notes_and_a_summary_where_nothing_is_written)
{
    write_text("bare.yaml",
               DOMAIN "boundary: {top: 1, bottom: 0}\nregions:\n"
                      "  - {name: dot, shape: circle, center: [0.001, 0.002], radius: 1e-4, value: 1}\n");
    outcome ran = RUN("solve", "bare.yaml");
    EXPECT_STATUS(ran, 0);
    EXPECT_HOLDS(ran.error, "every value is within");
    EXPECT_HOLDS(ran.error, "nothing of dot shows");
    ran = RUN("solve", "bare.yaml", "--picture", "bare.jpg");
    EXPECT_STATUS(ran, 0);
    EXPECT_HOLDS(ran.error, "bare.jpg: the picture is a .png file");
    write_text("loop.yaml", DOMAIN "boundary: {x: periodic, y: periodic}\nreaction: 3\nsource: 6\n");
    ran = RUN("solve", "loop.yaml", "--matrix");
    EXPECT_STATUS(ran, 0);
    EXPECT_HOLDS(ran.error, "nothing holds u here");
}

Test(program_problems, inputs_are_not_written_over)
{
    write_text("first.yaml", DOMAIN "boundary: {top: 1, bottom: 0}\n");
    outcome ran = RUN("solve", "first.yaml", "--field", "u.npy");
    EXPECT_STATUS(ran, 0);
    write_text("second.yaml", DOMAIN "boundary: {top: 1, bottom: 0}\ninitial: u.npy\n");
    ran = RUN("solve", "second.yaml", "--field", "./u.npy");
    EXPECT_STATUS(ran, 2);
    EXPECT_HOLDS(ran.error, "the problem reads it");
}
