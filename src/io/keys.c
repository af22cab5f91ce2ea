/* SPDX-License-Identifier: MIT */
#include "io/keys.h"

#include <stdio.h>
#include <string.h>

#define AT(field) .offset = offsetof(clp_declaration, field)

const clp_choice clp_method_choices[] = {
    {"auto", 0, true}, {"jacobi", 1, true},     {"chebyshev", 2, false}, {"sor", 3, false},
    {"cg", 4, false},  {"multigrid", 5, false}, {NULL, 0, false},
};
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
    {"mixed", -1, false},
    {NULL, 0, false},
};
static const clp_choice checks[] = {
    {"auto", CLP_CHECK_AUTO, true},
    {"device", CLP_CHECK_DEVICE, true},
    {"host", CLP_CHECK_HOST, true},
    {NULL, 0, false},
};

#define FIELD_LATER "a number, an expression or file.npy"
#define SIDES_ONLY "leave it out: this version holds values on the four sides only"

/* clang-format off */
/* KEY(key, value, default, text, available, the rest of the row...) */
#define KEYS(KEY)                                                                                               \
    KEY("domain.size", "[width, height], both above 0", "",                                                     \
        "lengths of the box, in any unit of length", true,                                                      \
        .kind = CLP_KEY_PAIR, AT(grid.size), .positive = true, .example = "size: [1, 1]")                       \
    KEY("domain.nodes", "[columns, rows], whole numbers from 3", "",                                            \
        "nodes along x and y, those on the sides included", true,                                               \
        .kind = CLP_KEY_NODES, AT(grid.nodes), .example = "nodes: [257, 257]")                                  \
    KEY("domain.origin", "[x, y]", "[0, 0]",                                                                    \
        "coordinates of the lower left corner", true,                                                           \
        .kind = CLP_KEY_PAIR, AT(grid.origin), .example = "origin: [0, 0]")                                     \
    KEY("boundary.SIDE", "a number, {value: number} or {flux: 0}", "insulated",                                   \
        "what happens on a side; SIDE is left, right, bottom or top, or x_min, x_max, y_min or y_max", true,    \
        .kind = CLP_KEY_SIDE, AT(sides), .field = true, .example = "top: 100")                                  \
    KEY("boundary.SIDE.value", "a number", "none",                                                                \
        "the side is held at this value", true,                                                                 \
        .kind = CLP_KEY_SIDE_VALUE, .field = true, .example = "value: 100")                                     \
    KEY("boundary.SIDE.flux", "0", "0",                                                                         \
        "nothing flows through the side: it is insulated", true,                                                \
        .kind = CLP_KEY_SIDE_FLUX, .field = true, .example = "flux: 0",                                         \
        .instead = "write {flux: 0} for an insulated side, or a number to hold the side at a value")            \
    KEY("boundary.SIDE.transfer", "a number", "none",                                                             \
        "heat transfer to an ambient", false,                                                                   \
        .instead = "hold the side at a value, or leave it insulated")                                           \
    KEY("boundary.SIDE.ambient", "a number", "none",                                                              \
        "what u is in that ambient", false,                                                                     \
        .instead = "hold the side at a value, or leave it insulated")                                           \
    KEY("boundary.AXIS", "periodic", "none",                                                                    \
        "joins the two sides of an axis (x, y or z)", false,                                                    \
        .instead = "say what happens on each of its two sides")                                                 \
    KEY("conductivity", FIELD_LATER, "1",                                                                       \
        "how well the material conducts", false,                                                                \
        .kind = CLP_KEY_FIXED, .field = true, .instead = "leave it out, or write 1")                            \
    KEY("reaction", "a number", "0",                                                                              \
        "what is lost in proportion to u", false,                                                               \
        .kind = CLP_KEY_FIXED, .instead = "leave it out, or write 0")                                           \
    KEY("source", FIELD_LATER, "0",                                                                             \
        "what is fed in per area", false,                                                                       \
        .kind = CLP_KEY_FIXED, .field = true, .instead = "leave it out, or write 0")                            \
    KEY("initial", "a number", "0",                                                                               \
        "first guess of every node that is not held", true,                                                     \
        .kind = CLP_KEY_NUMBER, AT(initial), .field = true, .example = "initial: 50")                           \
    KEY("regions", "a list of shapes", "none",                                                                    \
        "electrodes and materials inside the box", false, .instead = SIDES_ONLY)                                \
    KEY("image", "a picture and its colours", "none",                                                             \
        "electrodes and materials from a picture", false, .instead = SIDES_ONLY)                                \
    KEY("time", "times and steps", "none",                                                                      \
        "how the field changes with time", false,                                                               \
        .instead = "leave it out: this version computes the steady state")                                      \
    KEY("solver.method", "auto, jacobi", "auto",                                                                \
        "how the equations are solved (not yet: chebyshev, sor, cg, multigrid)", true,                          \
        .kind = CLP_KEY_CHOICE, AT(method), .choices = clp_method_choices, .example = "method: auto")           \
    KEY("solver.criterion", "error, residual, step", "error",                                                   \
        "what the stopping test looks at: the largest error of a node, the residual relative to that of the "   \
        "first guess, or the largest change per sweep", true,                                                   \
        .kind = CLP_KEY_CHOICE, AT(criterion), .choices = criteria, .example = "criterion: error")              \
    KEY("solver.tolerance", "auto, or a number above 0", "auto",                                                \
        "where to stop, in the criterion's unit", true,                                                         \
        .kind = CLP_KEY_TOLERANCE, AT(tolerance), .positive = true, .example = "tolerance: 1e-3")               \
    KEY("solver.precision", "auto, single, double", "auto",                                                     \
        "digits of the numbers on the device (not yet: mixed)", true,                                           \
        .kind = CLP_KEY_CHOICE, AT(precision), .choices = precisions, .example = "precision: double")           \
    KEY("solver.check_every", "auto, or a whole number from 1", "auto",                                         \
        "sweeps between stopping tests", true,                                                                  \
        .kind = CLP_KEY_COUNT, AT(check_every), .example = "check_every: 100")                                  \
    KEY("solver.check", "auto, device, host", "auto",                                                           \
        "where the stopping test is done", true,                                                                \
        .kind = CLP_KEY_CHOICE, AT(check), .choices = checks, .example = "check: device")                       \
    KEY("solver.max_iterations", "auto, or a whole number from 1", "auto",                                      \
        "stop after so many steps, whatever is reached", true,                                                  \
        .kind = CLP_KEY_COUNT, AT(max_iterations), .example = "max_iterations: 100000")                         \
    KEY("output.picture", "a file name, or \"-\"", "none",                                                        \
        "picture of the field (PNG)", true,                                                                     \
        .kind = CLP_KEY_FILE, AT(picture), .example = "picture: plate.png")                                     \
    KEY("output.field", "a file name, or \"-\"", "none",                                                          \
        "values of all nodes (NumPy .npy)", true,                                                               \
        .kind = CLP_KEY_FILE, AT(field), .example = "field: plate.npy")                                         \
    KEY("output.vtk", "a file name, or \"-\"", "none",                                                            \
        "values of all nodes for ParaView (.vti)", false,                                                       \
        .instead = "write the values with output.field")                                                        \
    KEY("output.report", "a file name, or \"-\"", "none",                                                         \
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
        } else if (!(length == 4 && strncmp(name, "AXIS", 4) == 0)) {
            add_name(names, name, length);
        }
    }
}
