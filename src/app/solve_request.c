/* SPDX-License-Identifier: MIT */
#include "app/solve_request.h"

#include "app/drawing.h"
#include "app/options.h"
#include "app/terminal.h"

#include <stdio.h>

static void print_keys(void)
{
    size_t count;
    const clp_key_help *keys = clp_problem_file_keys(&count);
    printf("\nKeys of the problem file (docs/problem-file.md has examples):\n");
    for (size_t i = 0; i < count; i++) {
        if (!keys[i].available) continue;
        char text[512];
        snprintf(text, sizeof text, "%s. Takes %s%s%s", keys[i].text, keys[i].value,
                 *keys[i].initial ? "; default " : "; required", keys[i].initial);
        app_print_entry(keys[i].key, text);
    }
    printf("\nBackends:");
    for (const char *const *name = clp_backend_names(); *name; name++) printf(" %s", *name);
    printf("\nMethods: auto");
    for (const char *const *name = clp_method_names(); *name; name++) printf(" %s", *name);
    printf("\nTransports:");
    for (const char *const *name = clp_transport_names(); *name; name++) printf(" %s", *name);
    printf("\n");
}

int app_read_solve_request(app_solve_request *request, int count, char **arguments)
{
    const app_option options[] = {
        {.name = "--set",
         .value = "KEY=VALUE",
         .help = "override a key: --set domain.nodes=[512,512]; repeatable",
         .text = request->settings,
         .count = &request->setting_count},
        {.name = "--picture",
         .value = "F",
         .help = "heat map with isolines (PNG); - is standard output",
         .text = &request->picture},
        {.name = "--field",
         .value = "F",
         .help = "values of all nodes (NumPy .npy)",
         .text = &request->field},
        {.name = "--vtk",
         .value = "F",
         .help = "values, flux, conductivity and regions for ParaView (.vti)",
         .text = &request->vtk},
        {.name = "--plot-convergence",
         .value = "F",
         .help = "how the error came down, test by test (PNG)",
         .text = &request->convergence},
        {.name = "--plot",
         .value = "WHAT",
         .help = "what the picture shows besides the map: flux (field lines) or arrows",
         .text = &request->plot},
        {.name = "--slice",
         .value = "PLACE",
         .help = "the plane of a problem in three dimensions that the picture shows: z=0.5 or z:12",
         .text = &request->slice},
        {.name = "--sweep",
         .value = "KEY=A:B:N",
         .help = "solve a family, N values of a key from A to B (or random:A:B:N:SEED), and print a row of "
                 "results "
                 "for each; several go together, row by row",
         .text = request->sweeps,
         .count = &request->sweep_count},
        {.name = "--table",
         .value = "F",
         .help = "where --sweep puts its rows: F.json, or CSV; default: standard output",
         .text = &request->table},
        {.name = "--matrix",
         .help = "print the capacitance (conductance) matrix of all electrodes and held sides",
         .flag = &request->matrix},
        {.name = "--dry-run",
         .help = "say what was understood and how much memory it needs, without solving",
         .flag = &request->dry_run},
        {.name = "--series",
         .value = "F",
         .help = "with time: all outputs in one array [t, y, x] (NumPy .npy)",
         .text = &request->series},
        {.name = "--animation",
         .value = "F",
         .help = "with time: all outputs for ParaView (.pvd, with a .vti for each)",
         .text = &request->animation},
        {.name = "--frames",
         .value = "F",
         .help = "with time: a numbered picture of each output (PNG)",
         .text = &request->frames},
        {.name = "--film",
         .value = "F",
         .help = "with time: all outputs as a film that browsers play (animated WebP)",
         .text = &request->film},
        {.name = "--probes",
         .value = "F",
         .help = "with time: u at the probes, a row for each output (CSV)",
         .text = &request->probes},
        {.name = "--plot-probes",
         .value = "F",
         .help = "with time: u at the probes as a plot (PNG)",
         .text = &request->probes_plot},
        {.name = "--watch",
         .help = "show the field in the terminal while it is computed",
         .flag = &request->watch},
        {.name = "--yes", .help = "write outputs however large they are", .flag = &request->yes},
        {.name = "--report",
         .value = "F",
         .help = "what was done and how right it is (JSON)",
         .text = &request->report},
        {.name = "--device",
         .value = "D",
         .help = "index, part of a name, cpu or gpu (also CLPOISSON_DEVICE); of several processes a list "
                 "with commas, "
                 "of which they take one each",
         .text = &request->device},
        {.name = "--backend",
         .value = "B",
         .help = "opencl (default) or reference (plain C, needs no OpenCL)",
         .text = &request->backend},
        {.name = "--ranks",
         .value = "N|NxM",
         .help = "how many processes share the grid, such as 4, or its parts along x, y and z, such as 2x2; "
                 "starts them, unless mpirun has",
         .text = &request->ranks},
        {.name = "--halo",
         .value = "N",
         .help = "nodes of its neighbours' that a part has around it (default: what suits the devices)",
         .text = &request->halo},
        {.name = "--gathered",
         .value = "N",
         .help = "coarser grids of up to as many nodes every process has whole (default: likewise)",
         .text = &request->gathered},
        {.name = "--overlap",
         .value = "W",
         .help = "yes, no or auto (default): whether sweeps go on while halos are exchanged",
         .text = &request->overlap},
        {.name = "--transport",
         .value = "T",
         .help = "how several processes talk: shm (shared memory; default for --ranks), mpi "
                 "(default under mpirun), ga (Global Arrays), or none",
         .text = &request->transport},
        {.name = "--threads",
         .value = "N",
         .help = "threads of the reference backend (default: all cores)",
         .text = &request->threads},
        {.name = NULL},
    };
    size_t operands;
    if (count / 2 > APP_SETTINGS_MAX) {
        app_error("more than %d arguments", 2 * APP_SETTINGS_MAX);
        return EXIT_USAGE;
    }
    int status =
        app_read_options(&app_solve, options, count, arguments, &request->path, 1, &operands, print_keys);
    if (status >= 0) return status;
    if (operands == 0) {
        app_error("name a problem file: clpoisson solve FILE");
        return EXIT_USAGE;
    }
    return app_read_style("--plot", request->plot, &request->drawing.flux_style);
}
