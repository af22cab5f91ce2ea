/* SPDX-License-Identifier: MIT */
/* Problem files with things changed at random: whatever they say, an answer or a message comes out. */
#include "problem_file.h"

#include <stdint.h>

TestSuite(problem_file_fuzz, .init = enter, .fini = leave, .timeout = 120);

enum { ROUNDS = 1500, LONGEST = 8192 };

/* In parentheses: clang takes long texts for forgotten commas. */
static const char *const seeds[] = {
    (PLATE "  left: edge.npy\n  right: {transfer: 25, ambient: 20 + x}\n  bottom: {flux: \"-sin(pi*x)\"}\n"
           "conductivity: k.npy\nreaction: \"x < 0.5 ? 1 : 2\"\nsource: exp(-x^2)\ninitial: u.npy\n"
           "solver: {method: sor, criterion: residual, tolerance: 1e-6, check_every: 10}\n"
           "output: {picture: a.png, field: b.npy, vtk: c.vti, report: \"-\"}\n"),
    ("domain: {size: [1, 1, 1], nodes: [5, 5, 5], origin: [0, 0, 0]}\n"
     "boundary: {x: periodic, front: 1, z_max: {value: yx.npy}}\n"
     "regions:\n"
     "  - {name: wire, shape: cylinder, from: [0, 0, 0], to: [1, 1, 1], radius: 0.1, floating: true}\n"
     "  - {shape: polygon, points: &p [[0, 0], [1, 0], [0, 1]], z: [0, 0.5], source: 3}\n"
     "  - {shape: line, points: [[0, 0, 0], [1, 1, 1]], width: 0.1, conductivity: 4.2}\n"
     "  - {shape: ellipsoid, center: [0, 0, 0], radii: [1, 2, 3], reaction: x + y*z}\n"),
    (PLATE "regions:\n"
           "  - {name: wire, shape: circle, center: [0.3, 0.5], radius: 0.05, value: 75*y}\n"
           "  - {name: slab, shape: rectangle, min: [0, 0], max: [1, 0.2], conductivity: 4.2, source: 3}\n"
           "  - shape: ellipse\n    center: [1, 2]\n    radii: [3, 4]\n    angle: 30\n    floating: true\n"),
    ("image:\n  file: board.png\n  tolerance: 8\n  colors:\n    \"#ff0000\": {name: trace, value: 1}\n"
     "    lime: {conductivity: 4.2}\n    \"#fff\": {}\n"),
    ("image: {file: cells.npy, colors: {0: , 1: {value: 1}, 2: {floating: true}}}\ndomain: {size: [1, 2]}\n"),
};

enum { SEEDS = sizeof seeds / sizeof *seeds };

/* What mutations put in: characters that mean something, and words that mean something elsewhere. */
static const char *const pieces[] = {
    ":",          ": ",      "{",        "}",         "[",         "]",         ",",       "- ",
    "\n",         "\n  ",    "#",        "\"",        "'",         "&a ",       "*a",      "!",
    "~",          "null",    "true",     "-1",        "0",         "1e308",     "1e-320",  "1e999",
    "nan",        "x",       "z",        "t",         "sin(",      "^",         "?",       "periodic",
    "k.npy",      "../",     "/",        "board.png", "value",     "flux",      "ambient", "transfer",
    "floating: ", "shape: ", "circle",   "polygon",   "points: ",  "cylinder",  "colors:", "image:",
    "regions: ",  "\xff",    "\xc3\xa9", "999999999", "[1, 2, 3]", "z: [0, 1]",
};

static uint64_t state = 88172645463325252;

/* Below `count`; xorshift64. */
static size_t choose(size_t count)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)(state % count);
}

static size_t replace(char *text, size_t length, size_t at, size_t removed, const char *piece, size_t added)
{
    if (at + removed > length || length - removed + added >= LONGEST) return length;
    memmove(text + at + added, text + at + removed, length - at - removed);
    memcpy(text + at, piece, added);
    return length - removed + added;
}

static size_t mutate(char *text, size_t length)
{
    const char *piece = pieces[choose(sizeof pieces / sizeof *pieces)], *other = seeds[choose(SEEDS)];
    size_t at = choose(length + 1), span = choose(12), from = choose(strlen(other));
    switch (choose(5)) {
    case 0:
        return replace(text, length, at, 0, piece, strlen(piece));
    case 1:
        return replace(text, length, at, span, piece, strlen(piece));
    case 2:
        return replace(text, length, at, span, "", 0);
    case 3:
        span = choose(strlen(other) - from);
        return replace(text, length, at, 0, other + from, span);
    default:
        return replace(text, length, at, 1, (const char[]){(char)choose(256)}, 1);
    }
}

static void write_inputs(void)
{
    static const int cells[] = {0, 1, 2, 1};
    write_numbers("k.npy", "(4, 4)", 16);
    write_numbers("u.npy", "(5, 5)", 25);
    write_numbers("yx.npy", "(5, 5)", 25);
    write_numbers("edge.npy", "(5,)", 5);
    write_npy("cells.npy", "<i4", "(2, 2)", cells, sizeof cells);
    write_board("board.png");
}

static void expect_answer(const char *text, size_t length, const char *const *settings, size_t count)
{
    clp_problem_file *file;
    write_bytes(text, length);
    clp_status status = clp_problem_file_read(path, settings, count, &file);
    const char *message = clp_error_message();
    bool allowed = status == CLP_OK || status == CLP_ERROR_INPUT || status == CLP_ERROR_FILE ||
                   status == CLP_ERROR_UNSUPPORTED;
    cr_expect(allowed, "%s: %s for\n%.*s", clp_status_name(status), message, (int)length, text);
    cr_expect_eq(status == CLP_OK, file != NULL);
    if (status != CLP_OK && count == 0)
        cr_expect(strncmp(message, path, strlen(path)) == 0 && message[strlen(path)] == ':', "%s", message);
    if (status != CLP_OK) cr_expect_lt(strlen(message), 2048);
    clp_problem_file_destroy(file);
}

Test(problem_file_fuzz, seeds_are_right)
{
    write_inputs();
    for (size_t i = 0; i < SEEDS; i++) {
        clp_problem_file *file;
        clp_status status = read_text(seeds[i], NULL, 0, &file);
        cr_expect(status == CLP_OK || status == CLP_ERROR_UNSUPPORTED, "%s", clp_error_message());
        clp_problem_file_destroy(file);
    }
}

Test(problem_file_fuzz, mutated_files)
{
    static char text[LONGEST];
    write_inputs();
    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < SEEDS; i++) {
            size_t length = strlen(seeds[i]), times = 1 + choose(4);
            memcpy(text, seeds[i], length);
            while (times-- > 0) length = mutate(text, length);
            expect_answer(text, length, NULL, 0);
        }
}

/* Every beginning of a file. */
Test(problem_file_fuzz, cut_files)
{
    write_inputs();
    for (size_t i = 0; i < SEEDS; i++)
        for (size_t length = 0; length < strlen(seeds[i]); length++) expect_answer(seeds[i], length, NULL, 0);
}

Test(problem_file_fuzz, mutated_settings)
{
    static char text[LONGEST];
    static const char *const settings[] = {
        "regions.wire.value=5",
        "regions.2.source=x",
        "image.colors.lime={value: 1}",
        "boundary.top=edge.npy",
        "boundary.x=periodic",
        "domain.nodes=[5, 5]",
        "regions=[{shape: circle, center: [0, 0], radius: 1, value: 1}]",
        "image={file: cells.npy, colors: {0: , 1: , 2: }}",
    };
    write_inputs();
    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
            size_t length = strlen(settings[i]), times = choose(3);
            memcpy(text, settings[i], length);
            while (times-- > 0) length = mutate(text, length);
            text[length] = '\0';
            const char *const given[] = {text, settings[choose(8)]}, *seed = seeds[choose(SEEDS)];
            expect_answer(seed, strlen(seed), given, 1 + choose(2));
        }
}
