/* SPDX-License-Identifier: MIT */
/* Problem files and settings that are right, and settings that are not. */
#include "problem_file.h"

#include "problem/declared.h"

#include <locale.h>
#include <math.h>

TestSuite(problem_file, .init = enter, .fini = leave);

static clp_boundary boundary_of(const clp_problem_file *file, clp_side side)
{
    return *clp_problem_boundary(clp_problem_file_problem(file), side);
}

Test(problem_file, reads_everything)
{
    const char *text = "# a plate\n"
                       "domain:\n"
                       "  size: [2, 1.5e-1]\n"
                       "  nodes:\n"
                       "    - 1e3\n"
                       "    - 17\n"
                       "  origin: [-1, +.5]\n"
                       "boundary:\n"
                       "  x_min: {value: -75.25}\n"
                       "  right: {flux: 0}\n"
                       "  top: \"100\"\n"
                       "conductivity: 1.0\n"
                       "reaction: 0\n"
                       "source: 0e5\n"
                       "initial: 12.5\n"
                       "solver:\n"
                       "  method: jacobi\n"
                       "  criterion: residual\n"
                       "  tolerance: 1e-6\n"
                       "  precision: double\n"
                       "  check_every: 10\n"
                       "  check: host\n"
                       "  max_iterations: 1e6\n"
                       "output:\n"
                       "  picture: a b.png\n"
                       "  field: \"-\"\n"
                       "  vtk: plate.vti\n"
                       "  report: '5'\n";
    clp_problem_file *file;
    cr_assert_eq(read_text(text, NULL, 0, &file), CLP_OK, "%s", clp_error_message());
    const clp_problem *problem = clp_problem_file_problem(file);
    const clp_grid *grid = clp_problem_grid(problem);
    cr_expect(grid->size[0] == 2 && grid->size[1] == 0.15);
    cr_expect(grid->nodes[0] == 1000 && grid->nodes[1] == 17);
    cr_expect(grid->origin[0] == -1 && grid->origin[1] == 0.5);
    cr_expect(boundary_of(file, CLP_SIDE_LEFT).kind == CLP_BOUNDARY_VALUE);
    cr_expect(boundary_of(file, CLP_SIDE_LEFT).value.number == -75.25);
    cr_expect(boundary_of(file, CLP_SIDE_RIGHT).kind == CLP_BOUNDARY_INSULATED);
    cr_expect(boundary_of(file, CLP_SIDE_BOTTOM).kind == CLP_BOUNDARY_INSULATED);
    cr_expect(boundary_of(file, CLP_SIDE_TOP).value.number == 100);
    cr_expect(problem->initial.value.number == 12.5);
    const clp_solver_options *solver = clp_problem_file_solver(file);
    cr_expect_str_eq(solver->method, "jacobi");
    cr_expect(solver->criterion == CLP_CRITERION_RESIDUAL && solver->tolerance == 1e-6);
    cr_expect(solver->precision == CLP_PRECISION_DOUBLE && solver->check == CLP_CHECK_HOST);
    cr_expect(solver->check_every == 10 && solver->max_iterations == 1000000);
    const clp_problem_output *output = clp_problem_file_output(file);
    cr_expect_str_eq(output->picture, "a b.png");
    cr_expect_str_eq(output->field, "-");
    cr_expect_str_eq(output->vtk, "plate.vti");
    cr_expect_str_eq(output->report, "5");
    clp_problem_file_destroy(file);
    clp_problem_file_destroy(NULL);
}

Test(problem_file, has_defaults)
{
    clp_problem_file *file;
    cr_assert_eq(read_text(PLATE, NULL, 0, &file), CLP_OK, "%s", clp_error_message());
    const clp_solver_options *solver = clp_problem_file_solver(file);
    cr_expect_null(solver->method);
    cr_expect(solver->criterion == CLP_CRITERION_ERROR && solver->precision == CLP_PRECISION_AUTO);
    cr_expect(solver->check == CLP_CHECK_AUTO && solver->tolerance == 0);
    cr_expect(solver->check_every == 0 && solver->max_iterations == 0 && !solver->monitor);
    const clp_problem_output *output = clp_problem_file_output(file);
    cr_expect(!output->picture && !output->field && !output->vtk && !output->report);
    const clp_problem *problem = clp_problem_file_problem(file);
    cr_expect(clp_problem_grid(problem)->origin[0] == 0 && problem->initial.value.number == 0);
    clp_problem_file_destroy(file);
}

Test(problem_file, reads_all_that_is_allowed)
{
    static const char *const good[] = {
        "{\"domain\": {\"size\": [1, 1], \"nodes\": [3, 3]}, \"boundary\": {\"top\": -1.5E+2}}",
        "\xEF\xBB\xBF" PLATE,
        "%YAML 1.2\n---\n" PLATE "...\n",
        "domain: {size: [1, 1], nodes: [5, 5]}\r\nboundary:\r\n  left: 1\r\n",
        DOMAIN "boundary:\n  left: &hot 100\n  right: *hot\n  top: {value: *hot}\n",
        PLATE "solver: {method: auto, criterion: error, tolerance: auto, precision: auto}\n",
        PLATE "solver: {check_every: auto, check: auto, max_iterations: auto}\n",
        PLATE "solver: {criterion: step, precision: single, check: device, check_every: 1}\n",
        PLATE "output: {picture: \"true\", field: \"null\"}\n",
        PLATE "conductivity: \"1\"\n",
        PLATE "solver: {method: chebyshev}\n",
        PLATE "solver: {method: cg, precision: mixed}\n",
        PLATE "solver: {method: multigrid}\n",
        PLATE "solver: {method: sor}\n",
        PLATE "regions: []\n",
        DOMAIN "boundary: {top: {transfer: 1, ambient: 2}}\n",
        DOMAIN "regions: [{shape: circle, center: [0.5, 0.5], radius: 0.2, value: 1}]\n",
        DOMAIN "boundary: {left: \"min(x, y)\"}\n",
        "domain: {size: [1, 1], nodes: [4294967296, 3]}\nboundary: {x_min: 1, x_max: 2}\n",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        clp_problem_file *file;
        cr_expect_eq(read_text(good[i], NULL, 0, &file), CLP_OK, "%s\nfor %s", clp_error_message(), good[i]);
        clp_problem_file_destroy(file);
    }
}

Test(problem_file, settings)
{
    static const struct {
        const char *text, *settings[4];
        double left, top; /* NaN: insulated */
    } cases[] = {
        {PLATE, {"boundary.top=50"}, NAN, 50},
        {PLATE, {" boundary.top = 50 "}, NAN, 50},
        {PLATE, {"boundary.top=5 # hot"}, NAN, 5},
        {PLATE, {"boundary.top='5'"}, NAN, 5},
        {PLATE, {"boundary.y_max=50"}, NAN, 50},
        {PLATE, {"boundary.top=50", "boundary.y_max=60", "boundary.top=70"}, NAN, 70},
        {PLATE, {"boundary.y_max=50", "boundary.top=60", "boundary.y_max=70"}, NAN, 70},
        {PLATE, {"boundary.left=1"}, 1, 100},
        {PLATE, {"boundary.x_min=1", "boundary.left.value=2"}, 2, 100},
        {PLATE, {"boundary.top.value=50"}, NAN, 50},
        {PLATE, {"boundary.top={value: 50}"}, NAN, 50},
        {PLATE, {"boundary={left: 3}"}, 3, NAN},
        {PLATE, {"boundary={left: 3}", "boundary.top=4"}, 3, 4},
        {DOMAIN "boundary:\n  y_max: {value: 5}\n", {"boundary.top=50"}, NAN, 50},
        {DOMAIN "boundary:\n  y_max: {value: 5}\n", {"boundary.top.value=50"}, NAN, 50},
        {DOMAIN "boundary:\n  y_max: {value: 5}\n", {"boundary.top={flux: 0}", "boundary.left=1"}, 1, NAN},
        {DOMAIN "boundary:\n  top: 100\n  left: what\n", {"boundary.left=1"}, 1, 100},
        {DOMAIN, {"boundary.left=1"}, 1, NAN},
        {DOMAIN "boundary: 5\n", {"boundary.left=1"}, 1, NAN},
        {DOMAIN "boundary:\n", {"boundary.left=1"}, 1, NAN},
        {"{}", {"domain.size=[1,1]", "domain.nodes=[5, 5]", "boundary.left=1", "boundary.top=-1e1"}, 1, -10},
        {"initial: 0\n", {"domain={size: [1,1], nodes: [3,3]}", "boundary={x_min: &a 7, top: *a}"}, 7, 7},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t count = 0;
        while (count < 4 && cases[i].settings[count]) count++;
        clp_problem_file *file;
        clp_status status = read_text(cases[i].text, cases[i].settings, count, &file);
        cr_expect_eq(status, CLP_OK, "case %zu: %s", i, clp_error_message());
        if (status != CLP_OK) continue;
        clp_boundary left = boundary_of(file, CLP_SIDE_LEFT), top = boundary_of(file, CLP_SIDE_TOP);
        cr_expect_eq(left.kind == CLP_BOUNDARY_VALUE, !isnan(cases[i].left), "case %zu", i);
        cr_expect_eq(top.kind == CLP_BOUNDARY_VALUE, !isnan(cases[i].top), "case %zu", i);
        cr_expect(isnan(cases[i].left) || left.value.number == cases[i].left, "case %zu: %g", i,
                  left.value.number);
        cr_expect(isnan(cases[i].top) || top.value.number == cases[i].top, "case %zu: %g", i,
                  top.value.number);
        clp_problem_file_destroy(file);
    }
}

Test(problem_file, settings_of_other_keys)
{
    static const char *const settings[] = {
        "domain.nodes=[512,512]", "domain.origin=[1,2]", "solver.tolerance=1e-3",
        "solver.method=jacobi",   "output.picture=-",    "output.field=a b.npy",
        "output.report='-x'",     "solver.method=auto",  "output.vtk=../a.vti",
    };
    clp_problem_file *file;
    cr_assert_eq(read_text(PLATE, settings, sizeof settings / sizeof *settings, &file), CLP_OK, "%s",
                 clp_error_message());
    const clp_grid *grid = clp_problem_grid(clp_problem_file_problem(file));
    cr_expect(grid->nodes[0] == 512 && grid->nodes[1] == 512 && grid->origin[1] == 2);
    cr_expect(clp_problem_file_solver(file)->tolerance == 1e-3);
    cr_expect_null(clp_problem_file_solver(file)->method);
    cr_expect_str_eq(clp_problem_file_output(file)->picture, "-");
    cr_expect_str_eq(clp_problem_file_output(file)->field, "a b.npy");
    cr_expect_str_eq(clp_problem_file_output(file)->report, "-x");
    cr_expect_str_eq(clp_problem_file_output(file)->vtk, "../a.vti");
    clp_problem_file_destroy(file);
}

Test(problem_file, settings_take_keys_out)
{
    static const char *const settings[] = {"regions.wire.value=null", "regions.wire.floating=true",
                                           "solver.method=~"};
    clp_problem_file *file;
    cr_assert_eq(
        read_text(PLATE "regions: [{name: wire, shape: circle, center: [0.5, 0.5], radius: 0.2, value: 1}]\n"
                        "solver: {method: sor}\n",
                  settings, sizeof settings / sizeof *settings, &file),
        CLP_OK, "%s", clp_error_message());
    cr_expect_eq(clp_problem_region(clp_problem_file_problem(file), 0)->sets, CLP_SETS_FLOATING);
    cr_expect_null(clp_problem_file_solver(file)->method);
    clp_problem_file_destroy(file);
}

Test(problem_file, settings_errors)
{
    static const struct {
        const char *setting, *fragment;
    } cases[] = {
        {"time.dt=0.1", "--set time.dt=0.1: 'dt' is not a key of 'time'; it is called 'time.step' here"},
        {"bc={top: 1}", "'bc' is not a key of a problem file; it is called 'boundary' here"},
        {"temperature=1", "'temperature' is not a key of a problem file (keys there"},
        {"boundary.tpo=5", "--set boundary.tpo=5: 'tpo' is not a key of 'boundary'; did you mean 'top'?"},
        {"boundry.top=5",
         "--set boundry.top=5: 'boundry' is not a key of a problem file; did you mean 'boundary'?"},
        {"nodes=[5,5]",
         "--set nodes=[5,5]: 'nodes' is not a key of a problem file; did you mean 'domain.nodes'?"},
        {"boundary.top", "--set boundary.top: this is not of the form key=value; write for example --set "},
        {"", "--set : this is not of the form key=value"},
        {"=5", "--set =5: this is not of the form"},
        {"boundary..top=5", "this is not of the form"},
        {".top=5", "this is not of the form"},
        {"boundary.=5", "this is not of the form"},
        {"a.b.c.d.e.f.g.h.i.j=5", "this is not of the form"},
        {"boundary.top=", "--set boundary.top=: 'boundary.top' takes a number, an expression, file.npy, "
                          "{value: ...}, {flux: ...} or {transfer: ..., ambient: ...}, not nothing"},
        {"boundary.top=null", "no side is held"},
        {"boundary.top=-", "--set boundary.top=-: 'boundary.top': "},
        {"boundary.top=[1", "--set boundary.top=[1: the list that begins here lacks"},
        {"boundary.top={value: 1, value: 2}", "}: 'value' is given twice; remove one"},
        {"boundary.top=5\n---\n6", "--set boundary.top=5?---?6: a second document"},
        {"boundary.top=\xff", "--set boundary.top=?: this is not UTF-8 text"},
        {"boundary.top.value.more=5",
         "'boundary.top.value' takes a number, an expression or file.npy, not keys"},
        {"boundary.top={flux: 0}", "yaml:4: "}, /* nothing is held: in the place of the group */
        {"domain.size.x=5",
         "--set domain.size.x=5: 'domain.size' takes [x, y] or [x, y, z], all above 0, not keys"},
        {"domain=[5,5]", "--set domain=[5,5]: 'domain' takes keys with values, not a list"},
        {"domain={size: [1, 1]}", "yaml:1: 'domain.nodes' is missing"},
        {"domain.nodes=[4294967296,4294967296]", "]: 4294967296 x 4294967296 nodes"},
        {"domain.nodes=[2,5]", "--set domain.nodes=[2,5]: 'domain.nodes': 2 is too few"},
        {"solver.method=gmres", "--set solver.method=gmres: 'solver.method' takes one of auto, jacobi"},
        {"regions={}",
         "--set regions={}: 'regions' takes a list of shapes, each with what holds there, not keys"},
        {"regions.1.value=5", "--set regions.1.value=5: 'regions' takes a list of shapes"},
        {"boundary.front=1",
         "--set boundary.front=1: 'boundary.front' is about z, but the box has two dimensions"},
        {"boundary.y=periodic", "--set boundary.y=periodic: 'boundary.y' contradicts 'boundary.top' (line "
                                "5): a periodic axis joins"},
        {"domain.nodes=[5,5,5]",
         "yaml:2: 'domain.size' has two numbers, but 'domain.nodes' (--set domain.nodes=[5,5,5]) "
         "has three; write two everywhere (x, y) or three (x, y, z)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_error(DOMAIN "boundary:\n  top: {value: 5}\n", &cases[i].setting, 1, cases[i].fragment);

    const char *both = "boundary.top.flux=0";
    expect_error(DOMAIN "boundary:\n  top: {value: 5}\n", &both, 1,
                 "'boundary.top.flux' comes beside 'value'");
    expect_error("domain: [\n", &both, 1, "yaml:2: a value is missing here"); /* the file first */
    expect_error("- 1\n", &both, 1, "yaml:1: a problem file takes keys");

    char *deep = repeat("boundary.top=", "[", 100000, "");
    expect_error(PLATE, (const char *const *)&deep, 1, "nested more than 32 deep");
    free(deep);
    char *path_deep = repeat("a", ".a", 100000, "=1");
    expect_error(PLATE, (const char *const *)&path_deep, 1, "this is not of the form");
    free(path_deep);
    char *large = repeat("boundary.top=", "1", (1 << 20) + 1, "");
    expect_error(PLATE, (const char *const *)&large, 1, "the value is longer than 1 MiB");
    free(large);
}

Test(problem_file, keys_are_documented)
{
    size_t count;
    const clp_key_help *keys = clp_problem_file_keys(&count);
    cr_expect_geq(count, 20);
    for (size_t i = 0; i < count; i++) {
        cr_expect(*keys[i].key && *keys[i].value && *keys[i].text, "%s", keys[i].key);
        for (size_t j = 0; j < i; j++) cr_expect_str_neq(keys[i].key, keys[j].key);
    }
}

/* What the documentation calls a choice is one, and the documented defaults may be written out. */
Test(problem_file, keys_do_what_they_say)
{
    size_t count;
    const clp_key_help *keys = clp_problem_file_keys(&count);
    for (size_t i = 0; i < count; i++) {
        bool in_time = strncmp(keys[i].key, "time.", 5) == 0;
        bool solver = in_time || strncmp(keys[i].key, "solver.", 7) == 0;
        bool picture = strncmp(keys[i].key, "image.", 6) == 0; /* nothing without its file */
        bool number = strspn(keys[i].initial, "0123456789[], ") == strlen(keys[i].initial);
        if (strstr(keys[i].key, "SIDE") || strstr(keys[i].key, "REGION") || picture || !*keys[i].initial ||
            (!solver && !number) || strcmp(keys[i].initial, "the end only") == 0)
            continue;
        char words[128], setting[192];
        bool choice = solver && !strstr(keys[i].value, " a ") && strncmp(keys[i].value, "a ", 2) != 0;
        snprintf(words, sizeof words, "%s", choice ? keys[i].value : "");
        char *rest = words, *word = NULL;
        do {
            snprintf(setting, sizeof setting, "%s=%s", keys[i].key, word ? word : keys[i].initial);
            const char *const settings[] = {setting, "time.end=1"};
            clp_problem_file *file;
            cr_expect_eq(read_text(PLATE, settings, in_time ? 2 : 1, &file), CLP_OK, "%s",
                         clp_error_message());
            clp_problem_file_destroy(file);
        } while ((word = strtok_r(rest, ", ", &rest)));
    }
}

/* A process that runs in a locale with decimal commas. */
Test(problem_file, comma_locale)
{
    char command[256], name[96];
    snprintf(name, sizeof name, "%s/de_DE.UTF-8", folder);
    snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 %s >/dev/null 2>&1", name);
    int made = system(command);
    setenv("LOCPATH", folder, 1);
    bool german =
        made == 0 && setlocale(LC_ALL, "de_DE.UTF-8") && strcmp(localeconv()->decimal_point, ",") == 0;
    snprintf(command, sizeof command, "rm -rf %s", name); /* it is loaded, or will not be */
    cr_expect_eq(system(command), 0);
    if (!german) cr_skip("no German locale on this machine");
    clp_problem_file *file;
    cr_expect_eq(read_text(DOMAIN "boundary: {top: 1.5, left: -2.5e-1}\n", NULL, 0, &file), CLP_OK, "%s",
                 clp_error_message());
    cr_expect(boundary_of(file, CLP_SIDE_TOP).value.number == 1.5 &&
              boundary_of(file, CLP_SIDE_LEFT).value.number == -0.25);
    clp_problem_file_destroy(file);
    expect_error(DOMAIN "boundary: {top: \"1,5\"}\n", NULL, 0, "numbers take a decimal point, not a comma");
    cr_expect_str_eq(setlocale(LC_ALL, NULL), "de_DE.UTF-8");
}
