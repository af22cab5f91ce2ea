/* SPDX-License-Identifier: MIT */
/* Boxes of two and three dimensions, kinds of sides, expressions, files of values. */
#include "problem_file.h"

#include "problem/declared.h"

#include <math.h>
#include <sys/stat.h>

TestSuite(problem_file_values, .init = enter, .fini = leave);

#define BOX "domain:\n  size: [1, 2, 3]\n  nodes: [5, 4, 3]\n"

static clp_boundary boundary_of(const clp_problem_file *file, clp_side side)
{
    return *clp_problem_boundary(clp_problem_file_problem(file), side);
}

static void expect_errors(const char *const (*cases)[2], size_t count)
{
    for (size_t i = 0; i < count; i++) expect_error(cases[i][0], NULL, 0, cases[i][1]);
}

Test(problem_file_values, three_dimensions)
{
    clp_problem_file *file =
        expect_read(BOX "  origin: [-1, -2, -3]\nboundary:\n  front: 1\n  z_max: {flux: 2.5}\n", NULL, 0);
    const clp_grid *grid = clp_problem_grid(clp_problem_file_problem(file));
    for (int axis = 0; axis < 3; axis++) {
        cr_expect(grid->nodes[axis] == (size_t)(5 - axis));
        cr_expect(grid->size[axis] == axis + 1 && grid->origin[axis] == -axis - 1);
    }
    clp_boundary front = boundary_of(file, CLP_SIDE_FRONT), back = boundary_of(file, CLP_SIDE_BACK);
    cr_expect(front.kind == CLP_BOUNDARY_VALUE && front.value.number == 1);
    cr_expect(back.kind == CLP_BOUNDARY_FLUX && back.value.number == 2.5);
    clp_problem_file_destroy(file);
}

Test(problem_file_values, kinds_of_sides)
{
    clp_problem_file *file = expect_read(DOMAIN "boundary:\n"
                                                "  left: 75*y\n"
                                                "  right: {flux: \"-sin(pi*y)\"}\n"
                                                "  top: {ambient: 20 + x, transfer: 25}\n"
                                                "  bottom: {flux: 0}\n",
                                         NULL, 0);
    clp_boundary left = boundary_of(file, CLP_SIDE_LEFT), right = boundary_of(file, CLP_SIDE_RIGHT);
    clp_boundary top = boundary_of(file, CLP_SIDE_TOP), bottom = boundary_of(file, CLP_SIDE_BOTTOM);
    cr_expect(left.kind == CLP_BOUNDARY_VALUE && right.kind == CLP_BOUNDARY_FLUX);
    cr_expect(top.kind == CLP_BOUNDARY_TRANSFER && bottom.kind == CLP_BOUNDARY_INSULATED);
    cr_expect_str_eq(left.value.expression, "75*y");
    cr_expect_str_eq(right.value.expression, "-sin(pi*y)");
    cr_expect_str_eq(top.ambient.expression, "20 + x");
    cr_expect(!top.transfer.expression && top.transfer.number == 25);
    clp_problem_file_destroy(file);
}

Test(problem_file_values, periodic)
{
    clp_problem_file *file = expect_read(BOX "boundary: {x: periodic, y: periodic, front: 1}\n", NULL, 0);
    const clp_problem *problem = clp_problem_file_problem(file);
    cr_expect(clp_problem_is_periodic(problem, 0) && clp_problem_is_periodic(problem, 1));
    cr_expect_not(clp_problem_is_periodic(problem, 2));
    clp_problem_file_destroy(file);
}

Test(problem_file_values, fields)
{
    write_numbers("k.npy", "(4, 4)", 16);
    static const int bits[5][5] = {{7, 8}};
    write_npy("q.npy", "<i4", "(5, 5)", bits, sizeof bits);
    clp_problem_file *file =
        expect_read(PLATE "conductivity: k.npy\nreaction: \"x < 0.5 ? 1 : 2\"\nsource: q.npy\n"
                          "initial: 50\n",
                    NULL, 0);
    const clp_problem *problem = clp_problem_file_problem(file);
    cr_expect(problem->conductivity.value.array[0] == 1 && problem->conductivity.value.array[15] == 16);
    cr_expect_str_eq(problem->reaction.value.expression, "x < 0.5 ? 1 : 2");
    cr_expect(problem->source.value.array[1] == 8 && problem->initial.value.number == 50);
    clp_problem_file_destroy(file);

    write_numbers("k3.npy", "(2, 3, 4)", 24);
    write_numbers("u3.npy", "(3, 4, 5)", 60);
    file = expect_read(BOX "boundary: {left: 1}\nconductivity: k3.npy\ninitial: u3.npy\n", NULL, 0);
    problem = clp_problem_file_problem(file);
    cr_expect(problem->conductivity.value.array[23] == 24 && problem->initial.value.array[59] == 60);
    clp_problem_file_destroy(file);
}

Test(problem_file_values, files_of_sides)
{
    write_numbers("row.npy", "(5,)", 5);
    clp_problem_file *file = expect_read(PLATE, (const char *const[]){"boundary.top=row.npy"}, 1);
    cr_expect(boundary_of(file, CLP_SIDE_TOP).value.array[4] == 5);
    clp_problem_file_destroy(file);

    /* [slower][faster axis] of each pair of sides. */
    write_numbers("zy.npy", "(3, 4)", 12);
    write_numbers("zx.npy", "(3, 5)", 15);
    write_numbers("yx.npy", "(4, 5)", 20);
    file = expect_read(
        BOX "boundary: {left: zy.npy, top: {flux: zx.npy}, back: {transfer: yx.npy, ambient: 1}}\n", NULL, 0);
    cr_expect(boundary_of(file, CLP_SIDE_LEFT).value.array[11] == 12);
    cr_expect(boundary_of(file, CLP_SIDE_TOP).value.array[14] == 15);
    cr_expect(boundary_of(file, CLP_SIDE_BACK).transfer.array[19] == 20);
    clp_problem_file_destroy(file);

    static const char *const cases[][2] = {
        {BOX "boundary:\n  left: zx.npy\n", "yaml:5: 'boundary.left': 'zx.npy' has the shape (3, 5), but one "
                                            "number per node of the side makes (3, 4); "
                                            "make an array of that shape"},
        {BOX "boundary:\n  back: yz.npy\n", "'yz.npy' has the shape (5, 4), but one number per node of the "
                                            "side makes (4, 5); its axes are in the order "
                                            "x, y: save the transposed array, a.T"},
        {BOX "boundary:\n  back: row.npy\n",
         "has the shape (5,), but one number per node of the side makes (4, 5)"},
    };
    write_numbers("yz.npy", "(5, 4)", 20);
    expect_errors(cases, sizeof cases / sizeof *cases);
}

Test(problem_file_values, wrong_shapes)
{
    static const char *const cases[][2] = {
#define WIDE "domain: {size: [1, 1], nodes: [6, 5]}\nboundary: {top: 1}\n"
        {WIDE "conductivity: turned.npy\n", "yaml:3: 'conductivity': 'turned.npy' has the shape (5, 4), but "
                                            "one number per cell makes (4, 5); its axes are "
                                            "in the order x, y: save the transposed array, a.T"},
        {WIDE "conductivity: nodes.npy\n",
         "yaml:3: 'conductivity': 'nodes.npy' has the shape (5, 6), but one number per cell makes (4, 5); it "
         "has one "
         "number per node: cells lie between the nodes, one fewer along each axis"},
        {WIDE "source: cells.npy\n", "yaml:3: 'source': 'cells.npy' has the shape (4, 5), but one number per "
                                     "node makes (5, 6); it has one number "
                                     "per cell: cells lie between the nodes"},
        {WIDE "conductivity: flat.npy\n",
         "(20,), but one number per cell makes (4, 5); it has as many numbers: save "
         "a.reshape(4, 5)"},
        {WIDE "reaction: flat.npy\n",
         "(20,), but one number per node makes (5, 6); make an array of that shape"},
        {BOX "boundary: {top: 1}\nconductivity: turned3.npy\n",
         "yaml:5: 'conductivity': 'turned3.npy' has the shape (4, 3, 2), but one number per cell makes (2, "
         "3, 4); its "
         "axes are in the order x, y, z: save the transposed array, a.T"},
    };
    write_numbers("turned.npy", "(5, 4)", 20);
    write_numbers("nodes.npy", "(5, 6)", 30);
    write_numbers("cells.npy", "(4, 5)", 20);
    write_numbers("flat.npy", "(20,)", 20);
    write_numbers("turned3.npy", "(4, 3, 2)", 24);
    expect_errors(cases, sizeof cases / sizeof *cases);
}

/* Names of inputs start at the folder of the problem file, wherever one is. */
Test(problem_file_values, places_of_files)
{
    char text[256], name[128];
    write_numbers("k.npy", "(4, 4)", 16);
    snprintf(name, sizeof name, "%s/sub", folder);
    cr_assert_eq(mkdir(name, 0700), 0);
    write_numbers("sub/k.npy", "(4, 4)", 16);
    static const char *const names[] = {"k.npy", "./k.npy", "sub/k.npy", "sub/../k.npy"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(text, sizeof text, PLATE "conductivity: %s\n", names[i]);
        clp_problem_file_destroy(expect_read(text, NULL, 0));
    }
    snprintf(text, sizeof text, PLATE "conductivity: %s/k.npy\n", folder);
    clp_problem_file_destroy(expect_read(text, NULL, 0));

    snprintf(name, sizeof name, "%s/sub/plate.yaml", folder);
    write_file("sub/plate.yaml", PLATE "conductivity: ../k.npy\n", strlen(PLATE "conductivity: ../k.npy\n"));
    clp_problem_file *file;
    cr_expect_eq(clp_problem_file_read(name, NULL, 0, &file), CLP_OK, "%s", clp_error_message());
    clp_problem_file_destroy(file);
    cr_assert_eq(chdir(folder), 0); /* no folder in the name at all */
    cr_expect_eq(clp_problem_file_read("sub/plate.yaml", NULL, 0, &file), CLP_OK, "%s", clp_error_message());
    clp_problem_file_destroy(file);
    cr_expect_eq(clp_problem_file_read("plate.yaml", NULL, 0, &file), CLP_OK, "%s", clp_error_message());
    clp_problem_file_destroy(file);
    snprintf(name, sizeof name, "%s/sub/plate.yaml", folder);
    remove(name);
    snprintf(name, sizeof name, "%s/sub/k.npy", folder);
    remove(name);
}

Test(problem_file_values, files_that_are_none)
{
    char name[128];
    clp_problem_file *file;
    cr_expect_eq(read_text(PLATE "conductivity: k.npy\n", NULL, 0, &file), CLP_ERROR_FILE);
    cr_expect_null(file);
    cr_expect(strstr(clp_error_message(),
                     "plate.yaml:6: 'conductivity': the file 'k.npy' cannot be read: No such file "
                     "or directory; it is looked for in the folder of the problem file"),
              "%s", clp_error_message());
    const char *setting = "boundary.top=/no/such/profile.npy";
    cr_expect_eq(read_text(PLATE, &setting, 1, &file), CLP_ERROR_FILE);
    cr_expect(
        strstr(clp_error_message(), "--set boundary.top=/no/such/profile.npy: 'boundary.top': the file"),
        "%s", clp_error_message());
    cr_expect_null(strstr(clp_error_message(), "folder of the problem file"));

    snprintf(name, sizeof name, "%s/folder.npy", folder);
    cr_assert_eq(mkdir(name, 0700), 0);
    expect_error(PLATE "source: folder.npy\n", NULL, 0, "is a folder");
    write_file("text.npy", "1 2 3\n", 6);
    expect_error(PLATE "source: text.npy\n", NULL, 0, "yaml:6: 'source': ");
    write_file("none.npy", "", 0);
    expect_error(PLATE "source: none.npy\n", NULL, 0, "is empty");

    /* What is read must not be overwritten. */
    write_numbers("k.npy", "(4, 4)", 16);
    char text[256];
    snprintf(text, sizeof text, PLATE "conductivity: k.npy\noutput:\n  field: %s/./k.npy\n", folder);
    expect_error(
        text, NULL, 0,
        "yaml:8: 'output.field' would overwrite 'k.npy', which 'conductivity' reads; name another file");
}
