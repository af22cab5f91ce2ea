/* SPDX-License-Identifier: MIT */
/* Regions and pictures. */
#include "problem_file.h"

#include "problem/declared.h"

TestSuite(problem_file_regions, .init = enter, .fini = leave);

#define BOX "domain: {size: [1, 1, 1], nodes: [5, 5, 5]}\nboundary: {top: 1}\n"

typedef struct bad {
    const char *text, *fragment;
} bad;

static void expect_errors(const char *before, const bad *cases, size_t count)
{
    char text[2048];
    for (size_t i = 0; i < count; i++) {
        snprintf(text, sizeof text, "%s%s", before, cases[i].text);
        expect_error(text, NULL, 0, cases[i].fragment);
    }
}

#define EXPECT_ERRORS(before, cases) expect_errors(before, cases, sizeof(cases) / sizeof *(cases))

static const clp_region *region_of(const clp_problem_file *file, size_t index)
{
    return clp_problem_region(clp_problem_file_problem(file), index);
}

Test(problem_file_regions, shapes_in_two_dimensions)
{
    clp_problem_file *file = expect_read(
        PLATE "regions:\n"
              "  - {name: wire, shape: circle, center: [0.3, 0.5], radius: 0.05, value: 75*y}\n"
              "  - {name: slab, shape: rectangle, min: [0, -1], max: [1, 0.2], conductivity: 4.2, source: 3, "
              "reaction: x}\n"
              "  - shape: ellipse\n"
              "    center: [1, 2]\n"
              "    radii: [3, 4]\n"
              "    angle: -30\n"
              "    floating: true\n"
              "  - {shape: polygon, points: [[0, 0], [1, 0], [0, 1]], source: 1}\n"
              "  - {shape: line, points: [[0, 0], [1, 0.5]], width: 0.1, value: -1, floating: false}\n"
              "  - {name: 7, shape: sphere, center: [0, 0], radius: 1, source: 2}\n",
        NULL, 0);
    cr_assert_eq(clp_problem_region_count(clp_problem_file_problem(file)), 6);
    const clp_region *wire = region_of(file, 0), *slab = region_of(file, 1), *ellipse = region_of(file, 2);
    cr_expect_str_eq(wire->name, "wire");
    cr_expect(wire->sets == CLP_SETS_VALUE && wire->shape.kind == CLP_SHAPE_BALL &&
              wire->shape.radius == 0.05);
    cr_expect(wire->shape.center[0] == 0.3 && wire->shape.center[1] == 0.5);
    cr_expect_str_eq(wire->value.expression, "75*y");
    cr_expect(slab->sets == (CLP_SETS_CONDUCTIVITY | CLP_SETS_SOURCE | CLP_SETS_REACTION));
    cr_expect(slab->shape.kind == CLP_SHAPE_BOX && slab->shape.min[1] == -1 && slab->shape.max[0] == 1);
    cr_expect(slab->conductivity.number == 4.2 && slab->source.number == 3);
    cr_expect_str_eq(slab->reaction.expression, "x");
    cr_expect(ellipse->sets == CLP_SETS_FLOATING && ellipse->shape.kind == CLP_SHAPE_ELLIPSE);
    cr_expect(ellipse->shape.radii[0] == 3 && ellipse->shape.radii[1] == 4 && ellipse->shape.angle == -30);
    cr_expect_str_eq(ellipse->name, "region 3");
    const clp_shape *polygon = &region_of(file, 3)->shape, *line = &region_of(file, 4)->shape;
    cr_expect(polygon->kind == CLP_SHAPE_POLYGON && polygon->count == 3 && polygon->points[5] == 1);
    cr_expect(line->kind == CLP_SHAPE_LINE && line->count == 2 && line->points[3] == 0.5 &&
              line->width == 0.1);
    cr_expect(region_of(file, 4)->sets == CLP_SETS_VALUE);
    cr_expect_str_eq(region_of(file, 5)->name, "7");
    clp_problem_file_destroy(file);
}

Test(problem_file_regions, shapes_in_three_dimensions)
{
    clp_problem_file *file =
        expect_read(BOX "regions:\n"
                        "  - {shape: sphere, center: [1, 2, 3], radius: 1, value: 1}\n"
                        "  - {shape: box, min: [0, 0, 0], max: [1, 2, 3], value: 1}\n"
                        "  - {shape: ellipsoid, center: [1, 2, 3], radii: [4, 5, 6], value: 1}\n"
                        "  - {shape: polygon, points: [[0, 0], [1, 0], [0, 1]], value: 1}\n"
                        "  - {shape: polygon, points: [[0, 0], [1, 0], [0, 1]], z: [-1, 0.5], value: 1}\n"
                        "  - {shape: line, points: [[0, 0, 0], [1, 2, 3]], width: 0.5, value: 1}\n"
                        "  - {shape: cylinder, from: [0, 0, 0], to: [1, 2, 3], radius: 0.5, value: 1}\n"
                        "  - {shape: circle, center: [1, 2, 3], radius: 1, value: 1}\n",
                    NULL, 0);
    cr_assert_eq(clp_problem_region_count(clp_problem_file_problem(file)), 8);
    cr_expect(region_of(file, 0)->shape.center[2] == 3);
    cr_expect(region_of(file, 1)->shape.max[2] == 3);
    cr_expect(region_of(file, 2)->shape.radii[2] == 6);
    cr_expect(region_of(file, 3)->shape.min[2] == 0 && region_of(file, 3)->shape.max[2] == 0);
    cr_expect(region_of(file, 4)->shape.min[2] == -1 && region_of(file, 4)->shape.max[2] == 0.5);
    cr_expect(region_of(file, 4)->shape.points[5] == 1);
    cr_expect(region_of(file, 5)->shape.points[5] == 3);
    const clp_shape *cylinder = &region_of(file, 6)->shape;
    cr_expect(cylinder->kind == CLP_SHAPE_CYLINDER && cylinder->count == 2 && cylinder->radius == 0.5);
    cr_expect(cylinder->points[0] == 0 && cylinder->points[5] == 3);
    clp_problem_file_destroy(file);
}

Test(problem_file_regions, errors)
{
    static const bad cases[] = {
#define CIRCLE "shape: circle, center: [0.5, 0.5], radius: 0.1"
        {"regions: {}\n",
         "yaml:6: 'regions' takes a list of shapes, each with what holds there, not keys; begin each "
         "with '- ' on a line of its own, or put all of them into brackets"},
        {"regions:\n", "yaml:6: 'regions' takes a list of shapes, each with what holds there, not nothing"},
        {"regions: wire\n", "not 'wire'"},
        {"regions:\n  - wire\n",
         "yaml:7: 'regions.1' takes keys with values, not 'wire'; write key: value with the "
         "keys name, shape, center,"},
        {"regions:\n  - [1]\n", "yaml:7: 'regions.1' takes keys with values, not a list"},
        {"regions:\n  - \n", "yaml:7: 'regions.1' is empty"},
        {"regions:\n  - {}\n", "yaml:7: 'regions.1' lacks 'shape'; write for example shape: circle"},
        {"regions:\n  - name: wire\n    value: 1\n", "yaml:7: 'regions.wire' lacks 'shape'"},
        {"regions:\n  - {shape: circel}\n", "yaml:7: 'regions.1.shape' takes one of rectangle, box, circle, "
                                            "sphere, ellipse, ellipsoid, polygon, line, "
                                            "cylinder, not 'circel'; did you mean 'circle'?"},
        {"regions:\n  - {" CIRCLE "}\n",
         "yaml:7: 'regions.1' sets nothing; add value, floating: true, conductivity, "
         "reaction, source or capacity"},
        {"regions:\n  - {" CIRCLE ", floating: false}\n", "sets nothing"},
        {"regions:\n  - {" CIRCLE ", floating: maybe}\n",
         "'regions.1.floating' takes true, false, not 'maybe'"},
        {"regions:\n  - {" CIRCLE ", valeu: 1}\n",
         "yaml:7: 'valeu' is not a key of 'regions.1'; did you mean 'value'?"},
        {"regions:\n  - {" CIRCLE ", value: hot}\n", "yaml:7: 'regions.1.value': 'hot' is unknown"},
        {"regions:\n  - {" CIRCLE ", value: v.npy}\n", "yaml:7: 'regions.1.value': a file of values such as "
                                                       "'v.npy' is not possible here; write a number or an "
                                                       "expression"},
        {"regions:\n  - {" CIRCLE ", conductivity: 0}\n", "'regions.1.conductivity': 0 is not above 0"},
        {"regions:\n  - {" CIRCLE ", conductivity: 1 - 1}\n",
         "'regions.1.conductivity': 1 - 1 is not above 0"},
        {"regions:\n  - {" CIRCLE ", reaction: -1}\n", "'regions.1.reaction': -1 is below 0"},
        {"regions:\n  - " CIRCLE "\n", "yaml:7: "},
        {"regions:\n  - shape: circle\n    center: [0, 0]\n    radius: 1\n    value: 1\n    floating: true\n",
         "yaml:11: 'regions.1.floating' comes beside 'value', which holds u already; keep one"},
        {"regions:\n  - name: a\n    shape: circle\n    center: [0, 0]\n    radius: 1\n    value: 1\n    "
         "source: 1\n",
         "yaml:12: 'regions.a.source' has no effect: inside an electrode ('value') u is one number"},
        {"regions:\n  - {" CIRCLE ", floating: true, conductivity: 2}\n", "inside an electrode ('floating')"},
        {"regions:\n  - {name: '', " CIRCLE ", value: 1}\n", "'regions.1.name' takes a text, not ''"},
        {"regions:\n  - {name: [a], " CIRCLE ", value: 1}\n", "'regions.1.name' takes a text, not a list"},
        {"regions:\n  - {name: top, " CIRCLE ", value: 1}\n", "yaml:7: 'top' is the name of a side"},
        {"regions:\n  - {name: \"a\\e[31mb\", " CIRCLE ", value: 1}\n",
         "yaml:7: the name 'a?[31mb' has characters that cannot be shown"},
        {"regions:\n  - {name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, " CIRCLE
         ", value: 1}\n",
         "has 61 bytes; names have at most 60"},
        {"regions:\n  - {name: a, " CIRCLE ", value: 1}\n  - {name: a, " CIRCLE ", value: 2}\n",
         "yaml:8: 'a' is already the name of another one (line 7); choose another name"},
        {"wire: 1\n", "'wire' is not a key of a problem file"},
    };
    EXPECT_ERRORS(PLATE, cases);
}

Test(problem_file_regions, shape_errors)
{
    static const bad flat[] = {
        {"  - {shape: circle, center: [0, 0], value: 1}\n",
         "yaml:7: 'regions.1' lacks 'radius'; a circle takes center and radius"},
        {"  - {shape: box, max: [0, 0], value: 1}\n",
         "yaml:7: 'regions.1' lacks 'min'; a box takes min and max"},
        {"  - {shape: line, points: [[0, 0], [1, 1]], value: 1}\n", "a line takes points and width"},
        {"  - shape: rectangle\n    min: [0, 0]\n    radius: 1\n    max: [1, 1]\n    value: 1\n",
         "yaml:9: 'regions.1.radius' does not belong to a rectangle, which takes min and max; leave it out"},
        {"  - {shape: circle, center: [0, 0], radius: 1, angle: 5, value: 1}\n",
         "'regions.1.angle' does not belong to a circle"},
        {"  - {shape: polygon, points: [[0, 0], [1, 0], [0, 1]], z: [0, 1], value: 1}\n",
         "'regions.1.z' is for a polygon in three dimensions, but the box has two; leave it out"},
        {"  - {shape: cylinder, from: [0, 0, 0], to: [0, 0, 1], radius: 1, value: 1}\n",
         "yaml:7: 'regions.1' is a cylinder, but the box has two dimensions; use a circle, or a line with a "
         "width"},
        {"  - {shape: circle, center: [0, 0, 0], radius: 1, value: 1}\n",
         "'regions.1.center' has 3 numbers, but the box has two dimensions; write [x, y]"},
        {"  - {shape: circle, center: 0, radius: 1, value: 1}\n",
         "'regions.1.center' takes [x, y] or [x, y, z], not '0'"},
        {"  - {shape: circle, center: [0, a], radius: 1, value: 1}\n", "not 'a'"},
        {"  - {shape: circle, center: [0], radius: 1, value: 1}\n", "not a list of 1"},
        {"  - {shape: circle, center: [0, 0], radius: 0, value: 1}\n",
         "'regions.1.radius': 0 is not above 0"},
        {"  - {shape: circle, center: [0, 0], radius: x, value: 1}\n",
         "'regions.1.radius' takes a number above 0, not 'x'"},
        {"  - {shape: circle, center: [0, 0], radius: 1e200, value: 1}\n",
         "yaml:7: region 1: the radius of the circle"},
        {"  - {name: slab, shape: rectangle, min: [0, 0], max: [1, -1], value: 1}\n",
         "yaml:7: slab: along y the rectangle goes from 0 to -1; min must be below max"},
        {"  - {shape: polygon, points: [[0, 0], [1, 0]], value: 1}\n",
         "yaml:7: region 1: the polygon has 2 points"},
        {"  - {shape: polygon, points: [], value: 1}\n", "the polygon has 0 points; at least 3 are needed"},
        {"  - {shape: polygon, points: 5, value: 1}\n", "'regions.1.points' takes a list of points such as"},
        {"  - shape: polygon\n    value: 1\n    points:\n      - [0, 0]\n      - [1]\n",
         "yaml:11: 'regions.1.points': point 2 is not [x, y]; for example points: [[0, 0], [1, 0], [0, 1]]"},
        {"  - {shape: line, points: [1, 2], width: 1, value: 1}\n",
         "'regions.1.points': point 1 is not [x, y]"},
        {"  - {shape: line, points: [[0, b], [1, 1]], width: 1, value: 1}\n", "'regions.1.points' takes"},
        {"  - {shape: line, points: [[0, 0, 0], [1, 1, 1]], width: 1, value: 1}\n", "point 1 is not [x, y];"},
    };
    EXPECT_ERRORS(PLATE "regions:\n", flat);
    static const bad solid[] = {
        {"  - {shape: circle, center: [0, 0], radius: 1, value: 1}\n",
         "yaml:4: 'regions.1.center' has 2 numbers, but the box has three dimensions; write [x, y, z] for a "
         "sphere, or "
         "use shape: cylinder with from, to and radius for a rod"},
        {"  - {shape: box, min: [0, 0], max: [1, 1, 1], value: 1}\n",
         "'regions.1.min' has 2 numbers, but the box has three dimensions; write [x, y, z]"},
        {"  - {shape: ellipse, center: [0, 0, 0], radii: [1, 1, 1], angle: 5, value: 1}\n",
         "'regions.1.angle' is for an ellipse in two dimensions, but the box has three; leave it out"},
        {"  - {shape: polygon, points: [[0, 0], [1, 0], [0, 1]], z: [1, 0], value: 1}\n",
         "yaml:4: 'regions.1.z' goes from 1 to 0; write the lower end first"},
        {"  - {shape: polygon, points: [[0, 0], [1, 0], [0, 1]], z: [0, 0], value: 1}\n", "goes from 0 to 0"},
        {"  - {shape: polygon, points: [[0, 0, 0], [1, 0, 0], [0, 1, 0]], value: 1}\n",
         "point 1 is not [x, y];"},
        {"  - {shape: line, points: [[0, 0], [1, 1]], width: 1, value: 1}\n", "point 1 is not [x, y, z]"},
        {"  - {shape: cylinder, from: [0, 0], to: [0, 0, 1], radius: 1, value: 1}\n",
         "'regions.1.from' has 2 numbers"},
        {"  - {shape: cylinder, from: [0, 0, 1], to: [0, 0, 1], radius: 1, value: 1}\n",
         "yaml:4: region 1: the cylinder begins and ends at"},
        {"  - {shape: cylinder, from: [0, 0, 1], to: [0, 0, 0], value: 1}\n",
         "'regions.1' lacks 'radius'; a cylinder takes radius, from and to"},
    };
    EXPECT_ERRORS(BOX "regions:\n", solid);
}

Test(problem_file_regions, settings)
{
    const char *text =
        PLATE "regions:\n  - {name: wire, " CIRCLE ", value: 1}\n  - {" CIRCLE ", source: 1}\n";
    const char *const settings[] = {"regions.wire.value=5", "regions.2.source=x", "regions.1.radius=0.2"};
    clp_problem_file *file = expect_read(text, settings, 3);
    cr_expect(region_of(file, 0)->value.number == 5 && region_of(file, 0)->shape.radius == 0.2);
    cr_expect_str_eq(region_of(file, 1)->source.expression, "x");
    clp_problem_file_destroy(file);
    static const char *const wrong[][2] = {
        {"regions.wier.value=5",
         "--set regions.wier.value=5: no region has the name or number 'wier'; did you mean "
         "'wire'?"},
        {"regions.3.value=5", "--set regions.3.value=5: no region has the name or number '3'"},
        {"regions.0.value=5", "no region has the name or number '0'"},
        {"regions.wire.radius=0", "--set regions.wire.radius=0: 'regions.wire.radius': 0 is not above 0"},
        {"regions.wire.size=0", "--set regions.wire.size=0: 'size' is not a key of 'regions.wire'"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        expect_error(text, &wrong[i][0], 1, wrong[i][1]);
}

/* ---- pictures ---- */

#define COLORS                                                                                               \
    "  colors:\n    \"#ff0000\": {name: trace, value: 1}\n    lime: {conductivity: 4.2}\n    \"#fff\":\n"
#define BOARD "image:\n  file: board.png\n" COLORS

static void skip_without_png(void)
{
    clp_problem_file *file;
    clp_status status = read_text(BOARD, NULL, 0, &file);
    clp_problem_file_destroy(file);
    if (status == CLP_ERROR_UNSUPPORTED) cr_skip("built without libpng");
}

Test(problem_file_regions, pictures)
{
    write_board("board.png");
    skip_without_png();
    clp_problem_file *file = expect_read(BOARD, NULL, 0);
    const clp_problem *problem = clp_problem_file_problem(file);
    const clp_grid *grid = clp_problem_grid(problem);
    cr_expect(grid->nodes[0] == 4 && grid->nodes[1] == 3 && clp_grid_dimensions(grid) == 2);
    cr_expect(grid->size[0] == 3 && grid->size[1] == 2 && grid->origin[0] == 0);
    static const uint16_t cells[] = {2, 2, 1, 0, 1, 2}; /* y upwards */
    cr_expect_arr_eq(problem->cells, cells, sizeof cells);
    cr_assert_eq(clp_problem_region_count(problem), 3);
    cr_expect_str_eq(region_of(file, 0)->name, "trace");
    cr_expect_str_eq(region_of(file, 1)->name, "lime");
    cr_expect(region_of(file, 0)->sets == CLP_SETS_VALUE && region_of(file, 0)->value.number == 1);
    cr_expect(region_of(file, 1)->sets == CLP_SETS_CONDUCTIVITY && region_of(file, 2)->sets == 0);
    clp_problem_file_destroy(file);

    static const char *const settings[] = {"domain.nodes=[4, 3]", "domain.size=[0.3, 0.2]",
                                           "domain.origin=[1, 2]", "image.colors.lime.conductivity=2",
                                           "image.tolerance=10"};
    file = expect_read(BOARD
                       "regions:\n  - {name: hole, shape: circle, center: [1, 1], radius: 0.5, source: 1}\n",
                       settings, 5);
    grid = clp_problem_grid(clp_problem_file_problem(file));
    cr_expect(grid->size[1] == 0.2 && grid->origin[1] == 2 && region_of(file, 1)->conductivity.number == 2);
    cr_expect_str_eq(region_of(file, 3)->name, "hole");
    clp_problem_file_destroy(file);
}

Test(problem_file_regions, picture_errors)
{
    write_board("board.png");
    skip_without_png();
    write_file("text.png", "hello\n", 6);
    static const bad cases[] = {
        {BOARD "domain: {nodes: [4, 4]}\n", "yaml:7: 'domain.nodes': [4, 4] does not fit 'board.png', whose "
                                            "3 x 2 cells lie between [4, 3] nodes; leave it "
                                            "out or write that"},
        {BOARD "domain: {size: [1, 1, 1]}\n",
         "yaml:7: 'domain.size' has three numbers, but 'board.png' has two dimensions; write two"},
        {BOARD "boundary: {front: 1}\n", "yaml:7: 'boundary.front' is about z"},
        {"image:\n  file: board.png\n  colors:\n    red: {}\n    white: {}\n",
         "yaml:3: board.png: the colour #00ff00 has no meaning; 2 pixels have it"},
        {"image:\n  file: board.png\n  colors:\n    blau: {}\n",
         "yaml:4: 'image.colors': 'blau' is no colour"},
        {"image:\n  file: board.png\n  colors:\n    red: {}\n    \"#F00\": {}\n",
         "yaml:5: '#F00' and 'red' (line 4) are the same colour; remove one"},
        {"image:\n  file: board.png\n  colors:\n    #ff0000: {}\n",
         "yaml:3: 'image.colors' is empty; write for example"},
        {"image:\n  file: board.png\n  colors: {}\n",
         "colours need their quotes: what follows a # without them"},
        {"image:\n  file: board.png\n  colors: [red]\n",
         "yaml:3: 'image.colors' takes colours (or numbers) with what"},
        {"image:\n  file: board.png\n  colors: {red: 1}\n",
         "'image.colors.red' takes keys with values, not '1'"},
        {"image:\n  file: board.png\n  colors: {red: {radius: 1}}\n",
         "'radius' is not a key of 'image.colors.red'"},
        {"image:\n  file: board.png\n  colors: {red: {value: a.npy}}\n",
         "a file of values such as 'a.npy' is not possible"},
        {"image:\n  file: board.png\n  colors: {red: {value: 1, floating: true}}\n",
         "'image.colors.red.floating' comes beside 'value'"},
        {"image:\n  file: board.png\n  colors:\n    red: {name: a}\n    lime: {name: a}\n",
         "yaml:5: 'a' is already the name of another one (line 4)"},
        {"image:\n  file: board.png\n", "yaml:1: 'image.colors' is missing; write colours"},
        {"image:\n  colors: {red: }\n",
         "yaml:1: 'image.file' is missing; write the name of a .png or .npy file"},
        {"image:\n", "yaml:1: 'image' is empty"},
        {"image: board.png\n",
         "yaml:1: 'image' takes keys with values, not 'board.png'; write key: value with the keys "
         "file, colors, tolerance"},
        {"image:\n  file: a.gif\n" COLORS,
         "yaml:2: 'image.file': 'a.gif' is neither a .png picture nor an .npy array"},
        {"image:\n  file: text.png\n" COLORS, "yaml:2: "},
        {"image:\n  file: board.png\n  tolerance: 300\n" COLORS,
         "yaml:3: 'image.tolerance': 300 is too large"},
        {"image:\n  file: board.png\n  tolerance: -1\n" COLORS, "yaml:3: 'image.tolerance': -1 is below 0"},
        {BOARD "regions:\n  - {name: lime, shape: circle, center: [1, 1], radius: 1, value: 1}\n",
         "yaml:8: 'lime' is already the name of another one (line 5)"},
    };
    EXPECT_ERRORS("", cases);
    clp_problem_file *file;
    cr_expect_eq(read_text("image:\n  file: none.png\n" COLORS, NULL, 0, &file), CLP_ERROR_FILE);
    cr_expect(strstr(clp_error_message(), "plate.yaml:2: 'image.file': the file 'none.png' cannot be read"),
              "%s", clp_error_message());
}

Test(problem_file_regions, arrays_of_cells)
{
    static const short flat[] = {0, 7, 7, -2, 0, 7}, solid[24] = {1};
    static const double fractions[4] = {0.5};
    write_npy("c.npy", "<i2", "(2, 3)", flat, sizeof flat);
    write_npy("c3.npy", "<i2", "(2, 3, 4)", solid, sizeof solid);
    write_npy("row.npy", "<i2", "(6,)", flat, sizeof flat);
    write_npy("thin.npy", "<i2", "(6, 1)", flat, sizeof flat);
    write_npy("half.npy", "<f8", "(2, 2)", fractions, sizeof fractions);
    clp_problem_file *file = expect_read(
        "image: {file: c.npy, colors: {7: {value: 1}, 0: , -2: {name: hole, source: 1}}}\n", NULL, 0);
    const clp_problem *problem = clp_problem_file_problem(file);
    static const uint16_t cells[] = {1, 0, 0, 2, 1, 0}; /* as in the file: no flip */
    cr_expect_arr_eq(problem->cells, cells, sizeof cells);
    cr_expect(clp_problem_grid(problem)->nodes[0] == 4 && clp_problem_grid(problem)->nodes[1] == 3);
    cr_expect_str_eq(region_of(file, 2)->name, "hole");
    clp_problem_file_destroy(file);

    file = expect_read("image: {file: c3.npy, colors: {0: , 1: {value: 1}}}\nboundary: {back: 1}\n", NULL, 0);
    const clp_grid *grid = clp_problem_grid(clp_problem_file_problem(file));
    cr_expect(grid->nodes[0] == 5 && grid->nodes[1] == 4 && grid->nodes[2] == 3 && grid->size[2] == 2);
    clp_problem_file_destroy(file);

    static const bad cases[] = {
        {"image:\n  file: c.npy\n  colors: {0: , -2: }\n",
         "yaml:3: 'image.colors' does not say what 7 stands for, which 'c.npy' has in 3 cells, first at [0, "
         "1]; add "
         "7: {} if nothing is to be set there"},
        {"image:\n  file: c3.npy\n  colors: {0: }\n",
         "what 1 stands for, which 'c3.npy' has in 1 cell, first at [0, 0, 0]"},
        {"image:\n  file: c.npy\n  colors:\n    0:\n    red:\n",
         "yaml:5: 'image.colors': 'red' is no whole number; 'c.npy' is an array"},
        {"image:\n  file: c.npy\n  colors: {0.5: }\n", "'0.5' is no whole number"},
        {"image:\n  file: c.npy\n  colors:\n    1:\n    1.0:\n", "the number 1 is there twice; remove one"},
        {"image:\n  file: c.npy\n  tolerance: 3\n  colors: {0: }\n",
         "yaml:3: 'image.tolerance' is for colours, but 'c.npy' holds numbers; leave it out"},
        {"image:\n  file: half.npy\n  colors: {0: }\n",
         "yaml:2: 'image.file': 'half.npy' holds numbers with fractions"},
        {"image:\n  file: row.npy\n  colors: {0: }\n", "yaml:2: 'image.file': 'row.npy' has one axis"},
        {"image:\n  file: thin.npy\n  colors: {0: }\n",
         "yaml:2: 'image.file': 'thin.npy' has 1 cells along x; at least 2 are needed"},
        {"image:\n  file: c3.npy\n  colors: {0: , 1: }\ndomain: {nodes: [5, 4]}\n",
         "yaml:4: 'domain.nodes' has two numbers, but 'c3.npy' has three dimensions; write three"},
        {"image:\n  file: c3.npy\n  colors: {0: , 1: }\ndomain: {nodes: [3, 4, 5]}\n",
         "[3, 4, 5] does not fit 'c3.npy', whose 4 x 3 x 2 cells lie between [5, 4, 3] nodes"},
    };
    EXPECT_ERRORS("", cases);
}
