/* SPDX-License-Identifier: MIT */
#include "io/keys.h"

#include <stdio.h>
#include <string.h>

#define AT(field) .offset = offsetof(clp_declaration, field)

const clp_choice clp_method_choices[] = {
    {"auto", 0, true}, {"jacobi", 1, true},    {"chebyshev", 2, true}, {"sor", 3, true},
    {"cg", 4, true},   {"multigrid", 5, true}, {NULL, 0, false},
};
const clp_choice clp_time_choices[] = {
    {"auto", 0, true},           {"explicit", 1, true}, {"rkl2", 2, true},
    {"implicit_euler", 3, true}, {"trbdf2", 4, true},   {NULL, 0, false},
};
static const clp_choice untils[] = {{"end", 0, true}, {"steady", 1, true}, {NULL, 0, false}};
static const clp_choice criteria[] = {
    {"error", CLP_CRITERION_ERROR, true},
    {"residual", CLP_CRITERION_RESIDUAL, true},
    {"step", CLP_CRITERION_STEP, true},
    {NULL, 0, false},
};
static const clp_choice precisions[] = {
    {"auto", CLP_PRECISION_AUTO, true},
    {"single", CLP_PRECISION_SINGLE, true},
    {"double", CLP_PRECISION_DOUBLE, true},
    {"mixed", CLP_PRECISION_MIXED, true},
    {NULL, 0, false},
};
static const clp_choice checks[] = {
    {"auto", CLP_CHECK_AUTO, true},
    {"device", CLP_CHECK_DEVICE, true},
    {"host", CLP_CHECK_HOST, true},
    {NULL, 0, false},
};

static const clp_choice preconditioners[] = {
    {"auto", CLP_PRECONDITIONER_AUTO, true},
    {"multigrid", CLP_PRECONDITIONER_MULTIGRID, true},
    {"diagonal", CLP_PRECONDITIONER_DIAGONAL, true},
    {NULL, 0, false},
};

static const clp_choice shapes[] = {
    {"rectangle", CLP_SHAPE_BOX + 1, true},     {"box", CLP_SHAPE_BOX + 1, true},
    {"circle", CLP_SHAPE_BALL + 1, true},       {"sphere", CLP_SHAPE_BALL + 1, true},
    {"ellipse", CLP_SHAPE_ELLIPSE + 1, true},   {"ellipsoid", CLP_SHAPE_ELLIPSE + 1, true},
    {"polygon", CLP_SHAPE_POLYGON + 1, true},   {"line", CLP_SHAPE_LINE + 1, true},
    {"cylinder", CLP_SHAPE_CYLINDER + 1, true}, {NULL, 0, false},
};

#define REGION(field) .offset = offsetof(clp_given_region, field)
#define SIDE(field) .offset = offsetof(clp_given_side, field)
#define FIELD "a number, an expression or file.npy"
#define FORMULA "a number or an expression"
#define PER_SHAPE "by shape"

/* clang-format off */
/* KEY(key, value, default, text, available, the rest of the row...) */
#define KEYS(KEY)                                                                                               \
    KEY("domain.size", "[x, y] or [x, y, z], all above 0", "",                                                  \
        "lengths of the box, in any unit of length (with an image it may be left out: a pixel is then 1 "       \
        "long)", true,                                                                                          \
        .kind = CLP_KEY_POINT, AT(size), .positive = true, .example = "size: [1, 1]")                           \
    KEY("domain.nodes", "[x, y] or [x, y, z], whole numbers from 3", "",                                        \
        "nodes along the axes, those on the sides included (with an image it may be left out: pixels + "        \
        "1)", true,                                                                                             \
        .kind = CLP_KEY_NODES, AT(nodes), .example = "nodes: [257, 257]")                                       \
    KEY("domain.origin", "[x, y] or [x, y, z]", "all 0",                                                           \
        "coordinates of the first node: the corner at the lower left, in front", true,                          \
        .kind = CLP_KEY_POINT, AT(origin), .example = "origin: [0, 0]")                                         \
    KEY("boundary.SIDE", "a number, an expression, file.npy, {value: ...}, {flux: ...} or {transfer: "          \
        "..., ambient: ...}", "insulated",                                                                      \
        "what happens on a side; SIDE is left, right, bottom, top, front or back, or x_min to z_max", true,     \
        .kind = CLP_KEY_SIDE, AT(sides), .example = "top: 100")                                                 \
    KEY("boundary.SIDE.value", FIELD, "none",                                                                   \
        "the side is held at this value; with time it may be a table, file.csv, of t and value", true,                                                                 \
        .kind = CLP_KEY_HELD, SIDE(value), .example = "value: 100")                                             \
    KEY("boundary.SIDE.flux", FIELD, "0",                                                                       \
        "what flows in through the side, per area; 0: insulated; a table likewise", true,                                         \
        .kind = CLP_KEY_FLUX, SIDE(value), .example = "flux: 2.5")                                              \
    KEY("boundary.SIDE.transfer", FIELD, "none",                                                                \
        "transfer coefficient between the side and what is around it, 0 or above; with ambient", true,          \
        .kind = CLP_KEY_TRANSFER, SIDE(transfer), .not_negative = true, .example = "transfer: 25")              \
    KEY("boundary.SIDE.ambient", FIELD, "none",                                                                 \
        "what u is around the side; with transfer; a table likewise", true,                                                       \
        .kind = CLP_KEY_AMBIENT, SIDE(ambient), .example = "ambient: 20")                                       \
    KEY("boundary.AXIS", "periodic", "none",                                                                    \
        "joins the two sides of an axis; AXIS is x, y or z", true,                                              \
        .kind = CLP_KEY_AXIS, AT(periodic), .example = "x: periodic")                                           \
    KEY("conductivity", FIELD, "1",                                                                             \
        "how well the material conducts, above 0; a file holds one number per cell", true,                      \
        .kind = CLP_KEY_VALUE, AT(conductivity), .positive = true, .example = "conductivity: 4.2")              \
    KEY("reaction", FIELD, "0",                                                                                 \
        "what is lost in proportion to u, 0 or above; a file holds one number per node", true,                  \
        .kind = CLP_KEY_VALUE, AT(reaction), .not_negative = true, .example = "reaction: 0.5")                  \
    KEY("source", FIELD, "0",                                                                                   \
        "what is fed in per volume (per area in 2-D); a file holds one number per node", true,                  \
        .kind = CLP_KEY_VALUE, AT(source), .example = "source: 3")                                              \
    KEY("initial", FIELD, "0",                                                                                  \
        "first guess, or with time: the state at t = 0, of every node that is not held; a file holds one number "    \
        "per node", true,                   \
        .kind = CLP_KEY_VALUE, AT(initial), .example = "initial: 50")                                           \
    KEY("regions", "a list of shapes, each with what holds there", "none",                                      \
        "electrodes and materials inside the box; later ones win. REGION stands for one of them: for "          \
        "its name, or its number from 1", true,                                                                 \
        .kind = CLP_KEY_REGIONS, AT(regions), .example = "regions: [{shape: circle, center: [0.5, 0.5], "       \
        "radius: 0.1, value: 1}]")                                                                              \
    KEY("regions.REGION.name", "a text", "region 1 ...",                                                          \
        "what the report calls it", true,                                                                       \
        .kind = CLP_KEY_NAME, REGION(name), .example = "name: wire")                                            \
    KEY("regions.REGION.shape", "rectangle, box, circle, sphere, ellipse, ellipsoid, polygon, line, "           \
        "cylinder", "",                                                                                         \
        "which of the keys from center to z say where it is", true,                                             \
        .kind = CLP_KEY_CHOICE, REGION(shape), .choices = shapes, .example = "shape: circle")                   \
    KEY("regions.REGION.center", "[x, y] or [x, y, z]", PER_SHAPE,                                              \
        "of a circle, sphere or ellipse", true,                                                                 \
        .kind = CLP_KEY_POINT, REGION(center), .example = "center: [0.5, 0.5]")                                 \
    KEY("regions.REGION.radius", "a number above 0", PER_SHAPE,                                                 \
        "of a circle, sphere or cylinder", true,                                                                \
        .kind = CLP_KEY_NUMBER, REGION(radius), .positive = true, .example = "radius: 0.1")                     \
    KEY("regions.REGION.radii", "[x, y] or [x, y, z], all above 0", PER_SHAPE,                                  \
        "of an ellipse: from its centre outward along each axis", true,                                         \
        .kind = CLP_KEY_POINT, REGION(radii), .positive = true, .example = "radii: [0.2, 0.1]")                 \
    KEY("regions.REGION.angle", "degrees", "0",                                                                 \
        "by which an ellipse in 2-D is turned, counter-clockwise", true,                                        \
        .kind = CLP_KEY_NUMBER, REGION(angle), .example = "angle: 30")                                          \
    KEY("regions.REGION.min", "[x, y] or [x, y, z]", PER_SHAPE,                                                 \
        "corner of a rectangle or box with the smallest coordinates", true,                                     \
        .kind = CLP_KEY_POINT, REGION(min), .example = "min: [0, 0]")                                           \
    KEY("regions.REGION.max", "[x, y] or [x, y, z]", PER_SHAPE,                                                 \
        "its opposite corner", true,                                                                            \
        .kind = CLP_KEY_POINT, REGION(max), .example = "max: [1, 0.2]")                                         \
    KEY("regions.REGION.points", "a list of points such as [[0, 0], [1, 0], [0, 1]]", PER_SHAPE,                \
        "corners of a polygon, or where a line leads", true,                                                    \
        .kind = CLP_KEY_POINTS, REGION(points), .example = "points: [[0, 0], [1, 0], [0, 1]]")                  \
    KEY("regions.REGION.width", "a number above 0", PER_SHAPE,                                                  \
        "full width of a line", true,                                                                           \
        .kind = CLP_KEY_NUMBER, REGION(width), .positive = true, .example = "width: 0.02")                      \
    KEY("regions.REGION.from", "[x, y, z]", PER_SHAPE,                                                          \
        "where the axis of a cylinder begins (3-D only)", true,                                                 \
        .kind = CLP_KEY_POINT, REGION(from), .example = "from: [0.5, 0.5, 0]")                                  \
    KEY("regions.REGION.to", "[x, y, z]", PER_SHAPE,                                                            \
        "where it ends", true,                                                                                  \
        .kind = CLP_KEY_POINT, REGION(to), .example = "to: [0.5, 0.5, 1]")                                      \
    KEY("regions.REGION.z", "[lowest, highest]", "through all",                                                 \
        "how far a polygon extends along z in 3-D", true,                                                       \
        .kind = CLP_KEY_RANGE, REGION(z), .example = "z: [0, 0.5]")                                             \
    KEY("regions.REGION.value", FORMULA, "none",                                                                \
        "u is held at this value: an electrode", true,                                                          \
        .kind = CLP_KEY_VALUE, REGION(value), .no_file = true, .example = "value: 1")                           \
    KEY("regions.REGION.floating", "true, false", "false",                                                      \
        "a conductor that nothing is connected to: u is one number, which follows from the rest", true,         \
        .kind = CLP_KEY_FLAG, REGION(floating), .example = "floating: true")                                    \
    KEY("regions.REGION.conductivity", FORMULA, "as around",                                                    \
        "how well this material conducts, above 0", true,                                                       \
        .kind = CLP_KEY_VALUE, REGION(conductivity), .no_file = true, .positive = true, .example =              \
        "conductivity: 4.2")                                                                                    \
    KEY("regions.REGION.reaction", FORMULA, "as around",                                                        \
        "what is lost here in proportion to u, 0 or above", true,                                               \
        .kind = CLP_KEY_VALUE, REGION(reaction), .no_file = true, .not_negative = true, .example =              \
        "reaction: 0.5")                                                                                        \
    KEY("regions.REGION.source", FORMULA, "as around",                                                          \
        "what is fed in here", true,                                                                            \
        .kind = CLP_KEY_VALUE, REGION(source), .no_file = true, .example = "source: 3")                         \
    KEY("regions.REGION.capacity", FORMULA, "as around",                                                        \
        "what this material stores per u, above 0; for problems with time", true,                               \
        .kind = CLP_KEY_VALUE, REGION(capacity), .no_file = true, .positive = true, .example =                  \
        "capacity: 2")                                                                                          \
    KEY("image.file", "the name of a .png or .npy file", "",                                                    \
        "a picture, or an array of whole numbers, that says what each cell consists of", true,                  \
        .kind = CLP_KEY_FILE, AT(image), .example = "file: board.png")                                          \
    KEY("image.colors", "colours (or numbers) with what they stand for", "",                                    \
        "COLOR stands for a colour of the picture in quotes, such as \"#ff0000\", or a number of the "          \
        "array; {} is for what sets nothing", true,                                                             \
        .kind = CLP_KEY_COLORS, AT(colors), .example = "colors: {\"#ff0000\": {value: 1}, \"#ffffff\": {}}")    \
    KEY("image.tolerance", "a number from 0 to 255", "0",                                                       \
        "how far a pixel may be from the colour that it is taken for, in each of red, green and blue", true,    \
        .kind = CLP_KEY_NUMBER, AT(color_tolerance), .not_negative = true, .example = "tolerance: 8")           \
    KEY("image.colors.COLOR.name", "a text", "the colour",                                                      \
        "what the report calls it", true,                                                                       \
        .kind = CLP_KEY_NAME, REGION(name), .example = "name: trace")                                           \
    KEY("image.colors.COLOR.value", FORMULA, "none",                                                            \
        "u is held at this value: an electrode", true,                                                          \
        .kind = CLP_KEY_VALUE, REGION(value), .no_file = true, .example = "value: 1")                           \
    KEY("image.colors.COLOR.floating", "true, false", "false",                                                  \
        "a conductor that nothing is connected to: u is one number, which follows from the rest", true,         \
        .kind = CLP_KEY_FLAG, REGION(floating), .example = "floating: true")                                    \
    KEY("image.colors.COLOR.conductivity", FORMULA, "as around",                                                \
        "how well this material conducts, above 0", true,                                                       \
        .kind = CLP_KEY_VALUE, REGION(conductivity), .no_file = true, .positive = true, .example =              \
        "conductivity: 4.2")                                                                                    \
    KEY("image.colors.COLOR.reaction", FORMULA, "as around",                                                    \
        "what is lost here in proportion to u, 0 or above", true,                                               \
        .kind = CLP_KEY_VALUE, REGION(reaction), .no_file = true, .not_negative = true, .example =              \
        "reaction: 0.5")                                                                                        \
    KEY("image.colors.COLOR.source", FORMULA, "as around",                                                      \
        "what is fed in here", true,                                                                            \
        .kind = CLP_KEY_VALUE, REGION(source), .no_file = true, .example = "source: 3")                         \
    KEY("image.colors.COLOR.capacity", FORMULA, "as around",                                                    \
        "what this material stores per u, above 0; for problems with time", true,                               \
        .kind = CLP_KEY_VALUE, REGION(capacity), .no_file = true, .positive = true, .example =                  \
        "capacity: 2")                                                                                          \
    KEY("time.end", "a number above 0", "",                                                                     \
        "how long the field is followed; t begins at 0 with what initial says", true,                           \
        .kind = CLP_KEY_NUMBER, AT(end), .positive = true, .example = "end: 10")                                \
    KEY("time.step", "auto, or a number above 0", "auto",                                                       \
        "length of every step; auto: by the error that steps make, or by what is stable", true,                 \
        .kind = CLP_KEY_TOLERANCE, AT(step), .positive = true, .example = "step: 0.01")                         \
    KEY("time.method", "auto, explicit, rkl2, implicit_euler, trbdf2", "auto",                                  \
        "how steps are made", true,                                                                             \
        .kind = CLP_KEY_CHOICE, AT(time_method), .choices = clp_time_choices, .example = "method: auto")        \
    KEY("time.tolerance", "auto, or a number above 0", "auto",                                                  \
        "error that steps of their own choice may make per unit of time", true,                                 \
        .kind = CLP_KEY_TOLERANCE, AT(time_tolerance), .positive = true, .example = "tolerance: 1e-4")          \
    KEY("time.output_every", "a number above 0", "the end only",                                                \
        "time between outputs: rows of the report, files of a series, frames; where a series, an animation, "   \
        "frames, a film or probes are asked for, there are 100 of them unless this says otherwise", true,       \
        .kind = CLP_KEY_NUMBER, AT(output_every), .positive = true, .example = "output_every: 0.5")             \
    KEY("time.until", "end, steady", "end",                                                                     \
        "steady: stop before the end where nothing changes any more", true,                                     \
        .kind = CLP_KEY_CHOICE, AT(until), .choices = untils, .example = "until: steady")                       \
    KEY("time.capacity", FIELD, "1",                                                                            \
        "what is stored per u and volume (heat: density times specific heat), above 0; a file holds one number "\
        "per cell", true,                                                                                       \
        .kind = CLP_KEY_VALUE, AT(capacity), .positive = true, .example = "capacity: 1")                        \
    KEY("probes", "names with points, such as {tip: [0.9, 0.5]}", "none",                                       \
        "places where u is noted at each output, in 2-D [x, y]", true,                                          \
        .kind = CLP_KEY_PROBES, AT(probes), .example = "probes: {tip: [0.9, 0.5]}")                             \
    KEY("solver.method", "auto, jacobi, chebyshev, sor, cg, multigrid", "auto",                                 \
        "how the equations are solved; auto takes multigrid, around it cg where materials or electrodes are", true,                                          \
        .kind = CLP_KEY_CHOICE, AT(method), .choices = clp_method_choices, .example = "method: auto")           \
    KEY("solver.criterion", "error, residual, step", "error",                                                   \
        "what the stopping test looks at: the largest error of a node, the residual relative to that of 0 "     \
        "everywhere, or the largest change per sweep", true,                                                    \
        .kind = CLP_KEY_CHOICE, AT(criterion), .choices = criteria, .example = "criterion: error")              \
    KEY("solver.tolerance", "auto, or a number above 0", "auto",                                                \
        "where to stop, in the criterion's unit", true,                                                         \
        .kind = CLP_KEY_TOLERANCE, AT(tolerance), .positive = true, .example = "tolerance: 1e-3")               \
    KEY("solver.precision", "auto, single, double, mixed", "auto",                                              \
        "digits of the numbers on the device; mixed: the solution in double, multigrid cycles in single", true,                                           \
        .kind = CLP_KEY_CHOICE, AT(precision), .choices = precisions, .example = "precision: double")           \
    KEY("solver.preconditioner", "auto, multigrid, diagonal", "auto",                                           \
        "what helps method cg: a multigrid cycle (auto), or nothing but the diagonal", true,                    \
        .kind = CLP_KEY_CHOICE, AT(preconditioner), .choices = preconditioners,                                 \
        .example = "preconditioner: diagonal")                                                                  \
    KEY("solver.check_every", "auto, or a whole number from 1", "auto",                                         \
        "sweeps between stopping tests", true,                                                                  \
        .kind = CLP_KEY_COUNT, AT(check_every), .example = "check_every: 100")                                  \
    KEY("solver.check", "auto, device, host", "auto",                                                           \
        "where the stopping test is done", true,                                                                \
        .kind = CLP_KEY_CHOICE, AT(check), .choices = checks, .example = "check: device")                       \
    KEY("solver.max_iterations", "auto, or a whole number from 1", "auto",                                      \
        "stop after so many steps, whatever is reached", true,                                                  \
        .kind = CLP_KEY_COUNT, AT(max_iterations), .example = "max_iterations: 100000")                         \
    KEY("output.picture", "a file name, or \"-\"", "none",                                                      \
        "picture of the field (PNG)", true,                                                                     \
        .kind = CLP_KEY_FILE, AT(picture), .example = "picture: plate.png")                                     \
    KEY("output.field", "a file name, or \"-\"", "none",                                                        \
        "values of all nodes (NumPy .npy)", true,                                                               \
        .kind = CLP_KEY_FILE, AT(field), .example = "field: plate.npy")                                         \
    KEY("output.vtk", "a file name, or \"-\"", "none",                                                          \
        "values of all nodes for ParaView (.vti)", true,                                                        \
        .kind = CLP_KEY_FILE, AT(vtk), .example = "vtk: plate.vti")                                             \
    KEY("output.convergence", "a file name, or \"-\"", "none",                                                  \
        "how the error came down, as a plot (PNG)", true,                                                       \
        .kind = CLP_KEY_FILE, AT(convergence), .example = "convergence: course.png")                            \
    KEY("output.series", "a file name", "none",                                                                 \
        "all outputs of a problem with time in one array [t, y, x] (NumPy .npy)", true,                         \
        .kind = CLP_KEY_FILE, AT(series), .example = "series: plate.npy")                                       \
    KEY("output.animation", "a file name", "none",                                                              \
        "all outputs for ParaView: a .pvd, with a .vti beside it for each", true,                               \
        .kind = CLP_KEY_FILE, AT(animation), .example = "animation: plate.pvd")                                 \
    KEY("output.frames", "a file name", "none",                                                                 \
        "a picture of each output (PNG), numbered, with one range of colours", true,                            \
        .kind = CLP_KEY_FILE, AT(frames), .example = "frames: plate.png")                                       \
    KEY("output.film", "a file name, or \"-\"", "none",                                                         \
        "all outputs as a film that browsers play (animated WebP), with one range of colours", true,            \
        .kind = CLP_KEY_FILE, AT(film), .example = "film: plate.webp")                                          \
    KEY("output.probes", "a file name, or \"-\"", "none",                                                       \
        "u at the probes, a row for each output (CSV)", true,                                                   \
        .kind = CLP_KEY_FILE, AT(probe_table), .example = "probes: tip.csv")                                    \
    KEY("output.probes_plot", "a file name, or \"-\"", "none",                                                  \
        "u at the probes over time, as a plot (PNG)", true,                                                     \
        .kind = CLP_KEY_FILE, AT(probe_plot), .example = "probes_plot: tip.png")                                \
    KEY("output.report", "a file name, or \"-\"", "none",                                                       \
        "what was solved, how right it is and what it cost (JSON)", true,                                       \
        .kind = CLP_KEY_FILE, AT(report), .example = "report: plate.json")
/* clang-format on */

/* Two arrays from one list: the public one must be contiguous. Rows that name no kind are CLP_KEY_LATER. */
#define HELP(name, takes, standard, meaning, ready, ...)                                                     \
    {.key = name, .value = takes, .initial = standard, .text = meaning, .available = ready},
#define ROW(name, takes, standard, meaning, ready, ...)                                                      \
    {.help = {.key = name, .value = takes, .initial = standard, .text = meaning, .available = ready},        \
     __VA_ARGS__},

static const clp_key_help helps[] = {KEYS(HELP)};
static const clp_key rows[] = {KEYS(ROW)};

enum { ROWS = sizeof rows / sizeof *rows };

/* Both names of each side, in the order of clp_side. */
static const char *const side_names[][2] = {
    {"left", "x_min"}, {"right", "x_max"}, {"bottom", "y_min"},
    {"top", "y_max"},  {"front", "z_min"}, {"back", "z_max"},
};

enum { SIDE_NAMES = sizeof side_names / sizeof *side_names };

const clp_key_help *clp_problem_file_keys(size_t *count)
{
    *count = ROWS;
    return helps;
}

const clp_key *clp_key_row(size_t index)
{
    return index < ROWS ? &rows[index] : NULL;
}

bool clp_key_is_side(const char *name, int *index)
{
    for (*index = 0; *index < SIDE_NAMES; ++*index)
        for (int alias = 0; alias < 2; alias++)
            if (strcmp(name, side_names[*index][alias]) == 0) return true;
    return false;
}

bool clp_key_is_axis(const char *name)
{
    return name[0] >= 'x' && name[0] <= 'z' && !name[1];
}

bool clp_key_spell(const char *group, const char *name, char *spelled, size_t size)
{
    int side;
    if (!*name || strchr(name, '.') || strcmp(name, "SIDE") == 0 || strcmp(name, "AXIS") == 0) return false;
    if (strcmp(group, "boundary") == 0) {
        if (clp_key_is_side(name, &side)) name = "SIDE";
        if (clp_key_is_axis(name)) name = "AXIS";
    }
    int length = snprintf(spelled, size, "%s%s%s", group, *group ? "." : "", name);
    return length >= 0 && (size_t)length < size;
}

const clp_key *clp_key_find(const char *spelled)
{
    for (size_t i = 0; i < ROWS; i++)
        if (strcmp(rows[i].help.key, spelled) == 0) return &rows[i];
    return NULL;
}

/* What of a row's key comes below a group; NULL if it does not lie in it. */
static const char *below(const clp_key *row, const char *group)
{
    size_t length = strlen(group);
    if (length == 0) return row->help.key;
    if (strncmp(row->help.key, group, length) != 0 || row->help.key[length] != '.') return NULL;
    return row->help.key + length + 1;
}

bool clp_key_is_group(const char *spelled)
{
    for (size_t i = 0; i < ROWS; i++)
        if (below(&rows[i], spelled)) return true;
    return false;
}

static void add_name(clp_key_names *names, const char *name, size_t length)
{
    char *text = names->text[names->count];
    if (names->count >= sizeof names->list / sizeof *names->list || length >= sizeof names->text[0]) return;
    memcpy(text, name, length);
    text[length] = '\0';
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->list[i], text) == 0) return;
    names->list[names->count++] = text;
}

void clp_key_list(const char *group, clp_key_names *names)
{
    names->count = 0;
    for (size_t i = 0; i < ROWS; i++) {
        const char *name = below(&rows[i], group);
        if (!name) continue;
        size_t length = strcspn(name, ".");
        if (length == 4 && strncmp(name, "SIDE", 4) == 0) {
            for (int alias = 0; alias < 2; alias++)
                for (int side = 0; side < CLP_SIDES; side++)
                    add_name(names, side_names[side][alias], strlen(side_names[side][alias]));
        } else if (length == 4 && strncmp(name, "AXIS", 4) == 0) {
            for (const char *axis = "xyz"; *axis; axis++) add_name(names, axis, 1);
        } else {
            add_name(names, name, length);
        }
    }
}
