/* SPDX-License-Identifier: MIT */
/* Everything that can be wrong with a problem file, and what is said about it. */
#include "problem_file.h"

#include <sys/stat.h>

TestSuite(problem_file_errors, .init = enter, .fini = leave);

typedef struct bad {
    const char *text, *fragment;
} bad;

static void expect_errors(const bad *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) expect_error(cases[i].text, NULL, 0, cases[i].fragment);
}

#define EXPECT_ERRORS(cases) expect_errors(cases, sizeof(cases) / sizeof *(cases))

Test(problem_file_errors, domain_errors)
{
    static const bad cases[] = {
#define WITH(line) "domain:\n  origin: [0, 0]\n" line "\nboundary:\n  top: 100\n"
#define SIZE(value) WITH("  nodes: [5, 5]\n  size: " value)
#define NODES(value) WITH("  size: [1, 1]\n  nodes: " value)
        {"boundary:\n  top: 1\n",
         "yaml:1: 'domain.size' is missing; write [x, y] or [x, y, z], all above 0 below"},
        {"# 1\n\nboundary:\n  top: 1\n", "yaml:3: 'domain.size' is missing"},
        {"boundary: {top: 1}\ndomain:\n  size: [1, 1]\n",
         "yaml:2: 'domain.nodes' is missing; write [x, y] or [x, y, z], whole numbers from 3 below "
         "'domain:', "
         "for "
         "example nodes: [257, 257]"},
        {WITH("  nodes: [5, 5]"), "yaml:1: 'domain.size' is missing"},
        {SIZE("1"),
         "yaml:4: 'domain.size' takes [x, y] or [x, y, z], all above 0, not '1'; for example size: [1, 1]"},
        {SIZE(""), "yaml:4: 'domain.size' takes [x, y] or [x, y, z], all above 0, not nothing"},
        {SIZE("~"), "not nothing"},
        {SIZE("{x: 1}"), "yaml:4: 'domain.size' takes [x, y] or [x, y, z], all above 0, not keys"},
        {SIZE("[]"), "yaml:4: 'domain.size' takes [x, y] or [x, y, z], all above 0, not a list of 0"},
        {SIZE("[1]"), "not a list of 1"},
        {SIZE("[1, 1, 1]"), "yaml:4: 'domain.size' has three numbers, but 'domain.nodes' (line 3) has two; "
                            "write two everywhere"},
        {SIZE("[1, 1, 1, 1]"), "not a list of 4"},
        {SIZE("[[1, 1], 1]"), "not a list;"},
        {SIZE("[0, 1]"), "yaml:4: 'domain.size': 0 is not above 0"},
        {SIZE("[-2.5, 1]"), "-2.5 is not above 0"},
        {SIZE("[1e-400, 1]"), "1e-400 is not above 0"},
        {SIZE("[1e400, 1]"), "1e400 is too large"},
        {SIZE("[.inf, 1]"), "not '.inf'"},
        {SIZE("[1,\n    .nan]"), "yaml:5: 'domain.size' takes"},
        {SIZE("[inf, 1]"), "not 'inf'"},
        {SIZE("[nan, 1]"), "not 'nan'"},
        {SIZE("[0x10, 1]"), "not '0x10'"},
        {SIZE("[1_000, 1]"), "not '1_000'"},
        {SIZE("['1,5', 1]"), "not '1,5'; numbers take a decimal point, not a comma"},
        {SIZE("[true, 1]"), "not 'true'"},
        {SIZE("[null, 1]"), "not nothing"},
        {SIZE("[1 m, 1]"), "not '1 m'"},
        {SIZE("[., 1]"), "not '.'"},
        {SIZE("[1e, 1]"), "not '1e'"},
        {SIZE("[\" 1\", 1]"), "not ' 1'"},
        {SIZE("[1:30, 1]"), "not '1:30'"},
        {SIZE("[\"\\0\", 1]"), "yaml:4: a text contains a zero character"},
        {SIZE("[1e-300, 1]"), "yaml:3: the distance between nodes"},
        {NODES("[0, 5]"), "yaml:4: 'domain.nodes': 0 is too few; it takes at least 3"},
        {NODES("[1, 5]"), "1 is too few"},
        {NODES("[5, 2]"), "2 is too few"},
        {NODES("[-5, 5]"), "-5 is too few"},
        {NODES("[512.5, 5]"),
         "512.5 is not a whole number; it takes [x, y] or [x, y, z], whole numbers from 3"},
        {NODES("[4294967296, 4294967296]"), "yaml:4: 4294967296 x 4294967296 nodes"},
        {NODES("[18446744073709551616, 5]"), "18446744073709551616 is too large"},
        {NODES("[1e300, 5]"), "1e300 is too large"},
        {NODES("[yes, 5]"), "not 'yes'"},
        {NODES("[5, auto]"), "not 'auto'"},
        {NODES("257"), "yaml:4: 'domain.nodes' takes [x, y] or [x, y, z], whole numbers from 3, not '257'"},
        {NODES("257 x 257"), "not '257 x 257'"},
        {NODES("[5, 5, 5]"), "yaml:3: 'domain.size' has two numbers, but 'domain.nodes' (line 4) has three"},
        {NODES("[5, 5, 1]"), "yaml:4: 'domain.nodes': 1 along z is too few; use at least 3, or leave this "
                             "axis out of 'domain.size' "
                             "and 'domain.nodes' for a problem in two dimensions"},
        {NODES("[2, 5, 5]"), "yaml:4: 'domain.nodes': 2 along x is too few; use at least 3, or leave"},
        {NODES("[5, 0, 5]"), "'domain.nodes': 0 along y is too few"},
        {NODES("[5, 5, 5, 5]"), "not a list of 4"},
        {DOMAIN "  origin: [0, 0, 0]\n",
         "yaml:4: 'domain.origin' has three numbers, but 'domain.nodes' (line 3) has two"},
        {"domain:\n  size: [1, 1, 1]\n  nodes: [5, 5, 5]\n  origin: [0, 0]\n",
         "yaml:4: 'domain.origin' has two numbers, but 'domain.nodes' (line 3) has three"},
        {"domain:\n  size: [1, 1, 0]\n  nodes: [5, 5, 5]\n", "yaml:2: 'domain.size': 0 is not above 0"},
        {"domain:\n  origin: 0\n", "yaml:2: 'domain.origin' takes [x, y] or [x, y, z], not '0'"},
        {"boundary: {top: 1}\ndomain: [1, 1]\n",
         "yaml:2: 'domain' takes keys with values, not a list; write key: "
         "value with the keys size, nodes, origin"},
        {"domain: 5\n", "yaml:1: 'domain' takes keys with values, not '5'"},
        {"domain:\nboundary: {top: 1}\n", "yaml:1: 'domain' is empty"},
        {"domain: {}\n", "yaml:1: 'domain.size' is missing"},
    };
    EXPECT_ERRORS(cases);
}

Test(problem_file_errors, boundary_errors)
{
    static const double nan_inside[] = {1, 2, 0.0 / 0.0, 4, 5};
    write_numbers("edge.npy", "(4,)", 4);
    write_npy("nan.npy", "<f8", "(5,)", nan_inside, sizeof nan_inside);
    static const bad cases[] = {
#define TOP(value) DOMAIN "boundary:\n  top: " value "\n"
        {DOMAIN, "yaml:1: "}, /* nothing is held */
        {DOMAIN "boundary: {top: {flux: 0}}\n", "yaml:4: "},
        {DOMAIN "boundary: {}\n", "yaml:4: "},
        {DOMAIN "boundary:\n", "yaml:4: 'boundary' is empty; leave it out, or write some of its keys"},
        {DOMAIN "boundary: 5\n", "yaml:4: 'boundary' takes keys with values, not '5'"},
        {TOP(""),
         "yaml:5: 'boundary.top' takes a number, an expression, file.npy, {value: ...}, {flux: ...} or "
         "{transfer: ..., ambient: ...}, not nothing; for example top: 100"},
        {TOP("null"), "not nothing"},
        {TOP("\"\""), "not ''"},
        {TOP("false"), "not 'false'"},
        {TOP("hot"), "yaml:5: 'boundary.top': 'hot' is unknown"},
        {TOP("100 C"), "yaml:5: 'boundary.top': an operator is missing"},
        {TOP("2*sin(x"),
         "yaml:5: 'boundary.top': this '(' is not closed; a ')' is missing\n  2*sin(x\n       ^"},
        {TOP("1/0"), "yaml:5: 'boundary.top': "},
        {TOP(".nan"), "yaml:5: 'boundary.top': "},
        {TOP("-.inf"), "yaml:5: 'boundary.top': "},
        {TOP("infinity"), "yaml:5: 'boundary.top': 'infinity' is unknown"},
        {TOP("1e999"), "'boundary.top': 1e999 is too large"},
        {TOP("0x1p3"), "yaml:5: 'boundary.top': "},
        {TOP("\"1,5\""), "not '1,5'; numbers take a decimal point, not a comma"},
        {TOP("[1, 2]"), "{transfer: ..., ambient: ...}, not a list"},
        {TOP("{}"), "not keys"},
        {TOP("periodic"), "yaml:5: 'boundary.top': an axis is periodic, not a side; write y: periodic"},
        {TOP("insulated"), "yaml:5: 'boundary.top': write {flux: 0} for an insulated side"},
        {TOP("edge.npy"),
         "yaml:5: 'boundary.top': 'edge.npy' has the shape (4,), but one number per node of the "
         "side makes (5,); it has one number per cell: cells lie between the nodes"},
        {TOP("{value: edge.npy}"), "yaml:5: 'boundary.top.value': 'edge.npy' has the shape (4,)"},
        {TOP("{transfer: 1, ambient: edge.npy}"), "yaml:5: 'boundary.top.ambient': 'edge.npy' has"},
        {TOP("{transfer: edge.npy, ambient: 1}"), "yaml:5: 'boundary.top.transfer': 'edge.npy' has"},
        {TOP("edge.txt"),
         "'boundary.top': 'edge.txt' is no .npy file, and other files of values are not read"},
        {TOP("edge.csv"),
         "'boundary.top': 'edge.csv' is a table of times and values, and the problem has no time"},
        {PLATE "source: a.csv\n",
         "'source': a table of times and values such as 'a.csv' is for what sides hold"},
        {TOP("nan.npy"), "yaml:5: number 2 of 5 of the array for the value of the top side is nan"},
        {TOP("{value: }"),
         "'boundary.top.value' takes a number, an expression or file.npy, not nothing; for example "
         "value: 100"},
        {TOP("{value: [1]}"), "'boundary.top.value' takes a number, an expression or file.npy, not a list"},
        {TOP("{value: {value: 1}}"),
         "'boundary.top.value' takes a number, an expression or file.npy, not keys"},
        {TOP("{flux: heat}"), "yaml:5: 'boundary.top.flux': 'heat' is unknown"},
        {TOP("{value: min(x, y)}"), "yaml:5: 'boundary.top.value': inside braces a comma ends the value; put "
                                    "the expression into quotes"},
        {TOP("x > 1 ? 2 : 3"), "yaml:5: a ':' does not fit here"},
        {TOP("{flux: yes}"), "'boundary.top.flux' takes a number, an expression or file.npy, not 'yes'"},
        {TOP("\n    value: 1\n    flux: 0"), "yaml:7: 'boundary.top.flux' comes beside 'value'"},
        {TOP("\n    flux: 1\n    transfer: 2"), "yaml:7: 'boundary.top.transfer' comes beside 'flux'"},
        {TOP("\n    transfer: 25\n    ambient: 20\n    value: 3"),
         "yaml:8: 'boundary.top.value' comes beside 'ambient'"},
        {TOP("\n    transfer: 25"), "yaml:6: 'boundary.top' has 'transfer' without 'ambient'; write both, "
                                    "for example {transfer: 25, ambient: 20}"},
        {TOP("{ambient: 20}"), "yaml:5: 'boundary.top' has 'ambient' without 'transfer'"},
        {TOP("{transfer: -1, ambient: 2}"),
         "yaml:5: 'boundary.top.transfer': -1 is below 0; it takes 0 or more"},
        {TOP("{transfer: 1 - 2, ambient: 2}"), "yaml:5: 'boundary.top.transfer': 1 - 2 is below 0"},
        {TOP("{valeu: 20}"),
         "yaml:5: 'valeu' is not a key of 'boundary.top'; did you mean 'value'? (keys there: value, "
         "flux, transfer, ambient)"},
        {DOMAIN "boundary:\n  tpo: 5\n", "yaml:5: 'tpo' is not a key of 'boundary'; did you mean 'top'?"},
        {DOMAIN "boundary:\n  xmin: 5\n", "'xmin' is not a key of 'boundary'; did you mean 'x_min'?"},
        {DOMAIN "boundary:\n  SIDE: 5\n", "'SIDE' is not a key of 'boundary'"},
        {DOMAIN "boundary:\n  AXIS: 5\n", "'AXIS' is not a key of 'boundary'"},
        {DOMAIN "boundary:\n  top: 5\n  left: 3\n  y_max: 7\n",
         "yaml:7: 'y_max' and 'top' (line 5) are the same side"},
        {DOMAIN "boundary:\n  x_min: 5\n  left: 5\n",
         "yaml:6: 'left' and 'x_min' (line 5) are the same side"},
        {DOMAIN "boundary:\n  left: {flux: 0}\n  x_min: 5\n", "yaml:6: 'x_min' and 'left' (line 5)"},
        {DOMAIN "boundary:\n  front: 5\n", "yaml:5: 'boundary.front' is about z, but the box has two "
                                           "dimensions; leave it out, or write three numbers in "
                                           "'domain.size' and 'domain.nodes'"},
        {DOMAIN "boundary: {back: 5}\n", "yaml:4: 'boundary.back' is about z"},
        {DOMAIN "boundary: {z_min: 5}\n", "'boundary.z_min' is about z"},
        {DOMAIN "boundary: {z_max: {flux: 1}}\n", "'boundary.z_max' is about z"},
        {DOMAIN "boundary: {z: periodic}\n", "yaml:4: 'boundary.z' is about z"},
        {DOMAIN "boundary:\n  x: open\n",
         "yaml:5: 'boundary.x' takes periodic, not 'open'; for example x: periodic"},
        {DOMAIN "boundary: {y: [1]}\n", "'boundary.y' takes periodic, not a list"},
        {DOMAIN "boundary:\n  x: periodic\n  y_max: 1\n  right: 1\n",
         "yaml:7: 'boundary.right' contradicts 'boundary.x' (line 5): a periodic axis joins its two sides; "
         "keep one"},
        {DOMAIN "boundary:\n  bottom: {flux: 0}\n  y: periodic\n",
         "yaml:6: 'boundary.y' contradicts 'boundary.bottom' (line 5)"},
        {"domain: {size: [1, 1], nodes: [3, 5]}\nboundary:\n  x: periodic\n",
         "yaml:3: 3 nodes along x are too few for a periodic axis"},
    };
    EXPECT_ERRORS(cases);
}

Test(problem_file_errors, other_value_errors)
{
    static const bad cases[] = {
        {PLATE "conductivity: -2\n", "yaml:6: 'conductivity': -2 is not above 0; it takes"},
        {PLATE "conductivity: 0\n", "yaml:6: 'conductivity': 0 is not above 0"},
        {PLATE "conductivity: 1 - 1\n", "yaml:6: 'conductivity': 1 - 1 is not above 0"},
        {PLATE "conductivity: copper\n", "yaml:6: 'conductivity': 'copper' is unknown"},
        {PLATE "conductivity: [1]\n", "'conductivity' takes a number, an expression or file.npy, not a list"},
        {PLATE "conductivity:\n", "'conductivity' takes a number, an expression or file.npy, not nothing"},
        {PLATE "reaction: -0.5\n", "yaml:6: 'reaction': -0.5 is below 0"},
        {PLATE "reaction: off\n", "'reaction' takes a number, an expression or file.npy, not 'off'"},
        {PLATE "source: 3 x\n", "yaml:6: 'source': an operator is missing before this"},
        {PLATE "source: {a: 1}\n", "'source' takes a number, an expression or file.npy, not keys"},
        {PLATE "initial: .nan\n", "yaml:6: 'initial': "},
        {PLATE "initial: [0]\n", "'initial' takes a number, an expression or file.npy, not a list"},
        {PLATE "initial:\n",
         "'initial' takes a number, an expression or file.npy, not nothing; for example initial: 50"},
        {PLATE "output: {film: a.webp}\n", "yaml:6: 'output.film' is for problems with time"},
        {PLATE "time: {step: 1}\n", "yaml:6: 'time.end' is missing; write how long"},
        {PLATE "time: {end: 0}\n", "yaml:6: 'time.end': 0 is not above 0"},
        {PLATE "time: {end: -1}\n", "yaml:6: 'time.end': -1 is not above 0"},
        {PLATE "time: {end: .nan}\n", "yaml:6: 'time.end' takes a number above 0, not '.nan'"},
        {PLATE "time: {end: 1, step: 0}\n", "yaml:6: 'time.step': 0 is not above 0"},
        {PLATE "time: {end: 1, step: 2}\n",
         "yaml:6: 'time.step': 2 is longer than the time between outputs, 1"},
        {PLATE "time: {end: 1, step: 0.2, output_every: 0.1}\n",
         "yaml:6: 'time.step': 0.2 is longer than the time between outputs, 0.1; make the step shorter or "
         "'time.output_every' longer"},
        {PLATE "time: {end: 1, capacity: 0}\n", "yaml:6: 'time.capacity': 0 is not above 0"},
        {PLATE "time: {end: 1, capacity: 1 + t}\n", "the capacity depends on t, and only sources"},
        {PLATE "time: {end: 1}\nconductivity: 1 + t\n", "the conductivity depends on t"},
        {PLATE "time: {end: 1, method: rk4}\n",
         "takes one of auto, explicit, rkl2, implicit_euler, trbdf2, not 'rk4'; did you mean 'rkl2'?"},
        {PLATE "time: {end: 1, until: noon}\n", "'time.until' takes one of end, steady, not 'noon'"},
        {PLATE "time: {end: 1}\noutput: {convergence: a.png}\n",
         "yaml:7: 'output.convergence' is for steady problems"},
        {PLATE "output: {series: a.npy}\n", "yaml:6: 'output.series' is for problems with time"},
        {PLATE "time: {end: 1}\nprobes: {a: [2, 0]}\n",
         "yaml:7: 'probes.a' lies outside the box: x = 2 is not between 0 and 1"},
        {PLATE "time: {end: 1}\nprobes: {a: [0, 0, 0]}\n",
         "yaml:7: 'probes.a' has 3 coordinates, but the box has 2 dimensions"},
        {PLATE
         "time: {end: 1}\nregions: [{shape: circle, center: [0.5, 0.5], radius: 0.1, floating: true}]\n",
         "region 1 floats, which is for the steady state"},
        {PLATE "solver: jacobi\n", "yaml:6: 'solver' takes keys with values, not 'jacobi'"},
        {PLATE "solver:\n", "yaml:6: 'solver' is empty"},
        {PLATE "solver: {method: jakobi}\n",
         "takes one of auto, jacobi, chebyshev, sor, cg, multigrid, not 'jakobi'; did you mean 'jacobi'?"},
        {PLATE "solver: {method: Jacobi}\n", "did you mean 'jacobi'?"},
        {PLATE "solver: {method: 5}\n",
         "takes one of auto, jacobi, chebyshev, sor, cg, multigrid, not '5'; for example method: auto"},
        {PLATE "solver: {method: }\n",
         "takes one of auto, jacobi, chebyshev, sor, cg, multigrid, not nothing"},
        {PLATE "solver: {method: [jacobi]}\n",
         "takes one of auto, jacobi, chebyshev, sor, cg, multigrid, not a list"},
        {PLATE "solver: {criterion: auto}\n", "takes one of error, residual, step, not 'auto'"},
        {PLATE "solver: {check: gpu}\n", "takes one of auto, device, host, not 'gpu'"},
        {PLATE "solver:\n  precision: float\n",
         "yaml:7: 'solver.precision' takes one of auto, single, double"},
        {PLATE "solver: {tolerance: 0}\n",
         "'solver.tolerance': 0 is not above 0; it takes auto, or a number above 0"},
        {PLATE "solver: {tolerance: -1e-3}\n", "-1e-3 is not above 0"},
        {PLATE "solver: {tolerance: small}\n",
         "takes auto, or a number above 0, not 'small'; for example tolerance: 1e-3"},
        {PLATE "solver: {tolerance: .inf}\n", "not '.inf'"},
        {PLATE "solver: {tolerance: x}\n", "not 'x'"},
        {PLATE "solver: {check_every: 0}\n", "'solver.check_every': 0 is too few; it takes at least 1"},
        {PLATE "solver: {check_every: 1.5}\n", "1.5 is not a whole number"},
        {PLATE "solver: {check_every: never}\n", "takes auto, or a whole number from 1, not 'never'"},
        {PLATE "solver: {max_iterations: 0}\n", "'solver.max_iterations': 0 is too few"},
        {PLATE "solver: {max_iterations: [1]}\n", "not a list"},
        {PLATE "output: plate.png\n", "'output' takes keys with values, not 'plate.png'"},
        {PLATE "output:\n  picture: true\n",
         "yaml:7: 'output.picture' takes a file name, or \"-\", not 'true'; for "
         "example picture: plate.png"},
        {PLATE "output: {picture: 1}\n", "not '1'"},
        {PLATE "output: {field: }\n", "not nothing"},
        {PLATE "output: {report: \"\"}\n", "not ''"},
        {PLATE "output: {report: [a.json]}\n", "not a list"},
        {PLATE "output: {report: {file: a.json}}\n", "not keys"},
        {PLATE "output: {vtk: }\n",
         "'output.vtk' takes a file name, or \"-\", not nothing; for example vtk: plate.vti"},
        {PLATE "output:\n  vtk: a\n  field: a\n", "yaml:8: 'output.vtk' and 'output.field' both go to 'a'"},
        {PLATE "output:\n  picture: a\n  field: b\n  report: a\n",
         "yaml:9: 'output.picture' and 'output.report' both go "
         "to 'a'"},
        {PLATE "output:\n  picture: -\n", "yaml:7: a '- ' does not fit here; a lone - (standard output)"},
    };
    EXPECT_ERRORS(cases);
}

Test(problem_file_errors, unknown_keys)
{
    static const bad cases[] = {
        {PLATE "domian: 5\n",
         "yaml:6: 'domian' is not a key of a problem file; did you mean 'domain'? (keys there: domain, "
         "boundary, conductivity, reaction, source, initial, regions, image, time, probes, solver, output)"},
        {PLATE "Initial: 5\n", "'Initial' is not a key of a problem file; did you mean 'initial'?"},
        {PLATE "quux: 5\n", "'quux' is not a key of a problem file (keys there: domain, "},
        {PLATE "5: 5\n", "'5' is not a key of a problem file"},
        {PLATE "<<: {a: b}\n", "'<<' is not a key"},
        {PLATE "? \n: 5\n", "'' is not a key"},
        {"domain:\n  size: [1, 1]\n  nods: [5, 5]\n",
         "yaml:3: 'nods' is not a key of 'domain'; did you mean 'nodes'? (keys "
         "there: size, nodes, origin)"},
        {PLATE "solver:\n  tolerence: 5\n",
         "yaml:7: 'tolerence' is not a key of 'solver'; did you mean 'tolerance'?"},
        {PLATE "output:\n  pciture: 5\n",
         "yaml:7: 'pciture' is not a key of 'output'; did you mean 'picture'?"},
        {PLATE "nodes: [5, 5]\n",
         "yaml:6: 'nodes' is not a key of a problem file; it belongs below 'domain:'"},
        {PLATE "left: 5\n", "'left' is not a key of a problem file; it belongs below 'boundary:'"},
        {PLATE "solver: {picture: a}\n", "'picture' is not a key of 'solver'; it belongs below 'output:'"},
        {PLATE "domain.nodes: 5\n",
         "'domain.nodes' is not a key of a problem file; write 'domain:' with 'nodes:' below it"},
        {PLATE "boundary.left: 5\n", "write 'boundary:' with 'left:' below it"},
        {PLATE "a.b: 5\n", "'a.b' is not a key of a problem file (keys"},
        {PLATE "\"to\\e[31mp\": 5\n", "'to?[31mp' is not a key"},
        {PLATE "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghhhhhhhhhhiiiiiiiiiijjj"
               "jjjjjjj: 5\n",
         "'aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg...' is not a key"},
    };
    EXPECT_ERRORS(cases);
}

Test(problem_file_errors, no_yaml)
{
    static const bad cases[] = {
        {"", "yaml:1: the file is empty; write at least domain:"},
        {"# nothing\n\n", "yaml:1: the file is empty"},
        {"---\n", "yaml:1: the file is empty"},
        {"hello\n", "yaml:1: a problem file takes keys with values, not 'hello'"},
        {"- domain\n", "yaml:1: a problem file takes keys with values, not a list"},
        {PLATE "---\n" PLATE, "yaml:6: a second document begins here"},
        {PLATE "...\n---\n", "yaml:7: a second document begins here"},
        {PLATE "initial: 1\ninitial: 2\n", "yaml:7: 'initial' is given twice, at lines 6 and 7"},
        {"domain:\n  nodes: [5, 5]\n  size: [1, 1]\n  nodes: [6, 6]\n",
         "yaml:4: 'nodes' is given twice, at lines 2 and 4"},
        {DOMAIN "boundary:\n  top: 1\n\n  top: 1\n", "yaml:7: 'top' is given twice, at lines 5 and 7"},
        {DOMAIN "boundary: {top: {value: 1, value: 2}}\n", "'value' is given twice"},
        {DOMAIN "boundary:\n\ttop: 1\n", "yaml:5: there is a tab; indent with spaces"},
        {"domain:\n  size: [1, 1\n  nodes: [5, 5]\n", "yaml:2: the list that begins here lacks"},
        {"domain: {size: [1, 1]\nboundary:\n  top: 1\n", "yaml:1: what begins here with '{' lacks"},
        {PLATE "output:\n  picture: \"a.png\n",
         "yaml:7: the quote that begins here is not closed (noticed at line 8)"},
        {"domain:\n  size: [1, 1]\n nodes: [5, 5]\n", "yaml:3: "},
        {"domain:\n  size [1, 1]\n  nodes: [5, 5]\n", "yaml:3: a ':' does not fit here"},
        {"domain: size: [1, 1]\n", "yaml:1: a ':' does not fit here"},
        {"domain:\n  size: [1, 1]]\n", "yaml:2: a key is expected here"},
        {PLATE "initial: @5\n", "yaml:6: a value cannot begin with this character"},
        {PLATE "initial: !!float 5\n", "yaml:6: tags (words that begin with '!')"},
        {PLATE "initial: !mine 5\n", "yaml:6: tags (words that begin with '!')"},
        {PLATE "initial: !no!mine 5\n", "yaml:6: this is not valid YAML: found undefined tag handle"},
        {PLATE "? [a, b]\n: 5\n", "yaml:6: a key must be a plain word"},
        {PLATE "\"a\\0b\": 5\n", "yaml:6: a key contains a zero character"},
        {PLATE "output: {field: \"a\\q\"}\n", "yaml:6: a \\ inside"},
        {PLATE "initial: *nothing\n",
         "yaml:6: '*nothing' repeats a value that is not marked with '&nothing' above"},
        {PLATE "solver: &a {tolerance: *a}\n", "yaml:6: '*a' repeats a value that is not marked"},
        {PLATE "regions: &a [1, *a]\n", "yaml:6: '*a' repeats a value"},
        {PLATE "# caf\xE9\n", "yaml:6: this is not UTF-8 text"},
        {PLATE "# \xC0\xAF\n", "yaml:6: this is not UTF-8 text"},
        {PLATE "# \xED\xA0\x80\n", "yaml:6: this is not UTF-8 text"},
        {PLATE "# \xF4\x90\x80\x80\n", "yaml:6: this is not UTF-8 text"},
        {PLATE "\n# \xE2\x82", "yaml:7: this is not UTF-8 text"},
        {PLATE "# \x1B[31m\n", "yaml:6: this is a binary file"},
        {PLATE "# \xC2\x9B"
               "31m\n",
         "yaml:6: this is not valid YAML: control characters"},
        {"\xFF\xFE"
         "d",
         "yaml:1: this is not UTF-8 text"},
        {"\x93NUMPY\x01", "yaml:1: this is not UTF-8 text"},
    };
    EXPECT_ERRORS(cases);
    write_bytes("\nd\0o", 4);
    clp_problem_file *file;
    cr_expect_eq(clp_problem_file_read(path, NULL, 0, &file), CLP_ERROR_INPUT);
    cr_expect(strstr(clp_error_message(), "yaml:2: this is a binary file"), "%s", clp_error_message());
}

Test(problem_file_errors, limits, .timeout = 60)
{
    static const struct {
        const char *before, *middle;
        size_t times;
        const char *after, *fragment;
    } cases[] = {
        {"regions: ", "[", 100000, "", "yaml:1: lists and keys are nested more than 32 deep"},
        {"regions: ", "[", 1000000, "", "yaml:1: lists and keys are nested more than 32 deep"},
        {"a: ", "{a: ", 100000, "", "yaml:1: lists and keys are nested more than 32 deep"},
        {"", "- ", 100000, "1", "yaml:1: lists and keys are nested more than 32 deep"},
        {"a:\n", "- 5\n", 100000, "", "yaml:20000: more than 20000 values"},
        {"a: [", "&a 1,", 100000, "]", "more than 20000 values"},
        {"a: [&a 1,", "*a ,", 100000, "]", "more than 20000 values"},
        {"# ", "x", 1 << 20, "\n",
         "yaml:1: the file is larger than 1 MiB; a problem file is a short text, and arrays "
         "belong in .npy files"},
        {"", "x", 1000000, ": 5", "yaml:1: a ':' does not fit here"},
        {PLATE "initial: ", "9", 1000000, "", "yaml:6: 'initial': 9999"},
        {PLATE "initial: ", "x", 1000000, "", "yaml:6: 'initial': "},
        {PLATE "output: {field: &a ", "a", 1000000, "}\n*", "yaml:7: "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = repeat(cases[i].before, cases[i].middle, cases[i].times, cases[i].after);
        expect_error(text, NULL, 0, cases[i].fragment);
        cr_expect_lt(strlen(clp_error_message()), 600);
        free(text);
    }
    expect_error("a: &a [x, x, x, x, x, x, x, x, x, x]\n"
                 "b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
                 "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n"
                 "d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\n"
                 "e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\n"
                 "f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]\n",
                 NULL, 0, "yaml:5: more than 20000 values");
}

Test(problem_file_errors, large_file, .timeout = 60)
{
    write_bytes(PLATE, strlen(PLATE));
    cr_assert_eq(truncate(path, 100 << 20), 0); /* no blocks on the disk */
    clp_problem_file *file;
    cr_expect_eq(clp_problem_file_read(path, NULL, 0, &file), CLP_ERROR_INPUT);
    cr_expect(strstr(clp_error_message(), "yaml:1: the file is larger than 1 MiB"), "%s",
              clp_error_message());
    cr_expect_null(file);
}

Test(problem_file_errors, unreadable)
{
    clp_problem_file *file;
    cr_expect_eq(clp_problem_file_read(path, NULL, 0, &file), CLP_ERROR_FILE);
    cr_expect(strstr(clp_error_message(), path), "%s", clp_error_message());
    cr_expect_eq(clp_problem_file_read(folder, NULL, 0, &file), CLP_ERROR_FILE);
    cr_expect_eq(clp_problem_file_read("", NULL, 0, &file), CLP_ERROR_FILE);
    write_bytes(PLATE, strlen(PLATE));
    cr_assert_eq(chmod(path, 0), 0);
    if (access(path, R_OK) != 0) cr_expect_eq(clp_problem_file_read(path, NULL, 0, &file), CLP_ERROR_FILE);
    cr_expect_null(file);
}
