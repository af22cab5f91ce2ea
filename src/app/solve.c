/* SPDX-License-Identifier: MIT */
/* clpoisson solve FILE */
#include "app/drawing.h"
#include "app/dry_run.h"
#include "app/evolve.h"
#include "app/interrupt.h"
#include "app/launch.h"
#include "app/options.h"
#include "app/outputs.h"
#include "app/ranks.h"
#include "app/solve_request.h"
#include "app/summary.h"
#include "app/sweep.h"
#include "app/terminal.h"
#include "app/watch.h"
#include "app/write.h"

#include <clpoisson/clpoisson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool monitor(void *user, const clp_progress *progress)
{
    app_show_progress(user, progress);
    return !app_interrupted();
}

/* With the field, as far as it is there. */
typedef struct watched_solve {
    app_progress_state progress;
    app_watch watch;
    const clp_grid *grid;
    const clp_solver *solver;
} watched_solve;

static clp_status peek(const void *solver, double *values)
{
    return clp_solver_peek(solver, values);
}

static bool watch_solve(void *user, const clp_progress *progress)
{
    watched_solve *solve = user;
    if (solve->solver) app_watch_show(&solve->watch, solve->grid, peek, solve->solver);
    return monitor(&solve->progress, progress);
}

static int read_threads(const char *text, unsigned *threads)
{
    *threads = 0;
    if (!text) return -1;
    char *end;
    long value = strtol(text, &end, 10);
    if (*end || end == text || value < 1 || value > 4096) {
        app_error("--threads %s: must be a whole number from 1 to 4096", text);
        return EXIT_USAGE;
    }
    *threads = (unsigned)value;
    return -1;
}

/* The matrix of all conductors: computed, printed, and put into the report. */
typedef struct matrix_result {
    double *values;
    const char **names;
} matrix_result;

static clp_status compute_matrix(clp_solver *solver, clp_report *report, matrix_result *made)
{
    size_t count = clp_solver_conductor_count(solver);
    made->values = malloc((count * count + 1) * sizeof *made->values);
    made->names = malloc((count + 1) * sizeof *made->names);
    if (!made->values || !made->names) return CLP_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++) made->names[i] = clp_solver_conductor_name(solver, i);
    clp_status status = clp_solver_matrix(solver, made->values);
    report->matrix = made->values;
    report->conductors = made->names;
    report->conductor_count = count;
    return status;
}

static void print_matrix(const clp_report *report)
{
    size_t count = report->conductor_count;
    printf("%-16s", "");
    for (size_t j = 0; j < count; j++) printf(" %14.14s", report->conductors[j]);
    printf("\n");
    for (size_t i = 0; i < count; i++) {
        printf("%-16.16s", report->conductors[i]);
        for (size_t j = 0; j < count; j++) printf(" %14.7g", report->matrix[i * count + j]);
        printf("\n");
    }
}

static bool to_standard_output(const clp_problem_output *output)
{
    const char *paths[APP_OUTPUTS];
    app_list_outputs(output, paths);
    for (int i = 0; i < APP_OUTPUTS; i++)
        if (paths[i] && strcmp(paths[i], "-") == 0) return true;
    return false;
}

/* -1, or an exit status: outputs named on the command line must not overwrite what the problem reads. */
static int check_inputs(const clp_problem_file *file, const clp_problem_output *output)
{
    const char *paths[APP_OUTPUTS];
    app_list_outputs(output, paths);
    for (int i = 0; i < APP_OUTPUTS; i++) {
        if (!paths[i] || !clp_problem_file_reads(file, paths[i])) continue;
        app_error("%s: it would be written over, and the problem reads it; give the output another name",
                  paths[i]);
        return EXIT_USAGE;
    }
    return -1;
}

static bool writes_nothing(const clp_problem_output *output)
{
    const char *paths[APP_OUTPUTS];
    app_list_outputs(output, paths);
    for (int i = 0; i < APP_OUTPUTS; i++)
        if (paths[i]) return false;
    return true;
}

/* A problem with time: everything is written on the way or afterwards. */
static clp_status evolve(const app_solve_request *request, const clp_problem_file *file, clp_device *device,
                         clp_problem_output *output, app_result *result, clp_status *written)
{
    const app_evolve_request evolution = {.file = file,
                                          .output = output,
                                          .in_time = app_time_options(file, output),
                                          .yes = request->yes,
                                          .watch = app_watches(request->group, request->watch)};
    clp_status status = app_evolve(&evolution, device, result, written);
    if (status != CLP_OK) return status;
    if (writes_nothing(output)) terminal.verbose = true;
    clp_status ended = app_write_outputs(result, output);
    if (*written == CLP_OK) *written = ended;
    return CLP_OK;
}

/* As many processes as it takes for a field to fit the device's buffers. What would take long to find out is
 * asked only of grids that may be too large. */
static size_t count_processes(const clp_device *device, const clp_problem_file *file,
                              const clp_problem_output *output)
{
    const clp_device_info *info = clp_device_get_info(device);
    const clp_problem *problem = clp_problem_file_problem(file);
    const double most = 32 * (double)clp_grid_node_count(clp_problem_grid(problem));
    clp_estimate estimate;
    if (most <= (double)info->max_allocation_bytes) return 1;
    const clp_time_options in_time = app_time_options(file, output);
    clp_status status = clp_problem_file_time(file)
                            ? clp_transient_estimate(problem, &in_time, info, &estimate)
                            : clp_solver_estimate(problem, clp_problem_file_solver(file), info, &estimate);
    if (status != CLP_OK) return 1; /* which will be said where it is to be solved */
    size_t count = app_parts_needed(info, clp_problem_grid(problem), &estimate);
    char field[32], largest[32];
    if (count > 1)
        app_say("a buffer would take %s, and %s gives %s at most: %zu processes share the grid",
                clp_bytes_text(estimate.largest_bytes, field, sizeof field), info->name,
                clp_bytes_text(info->max_allocation_bytes, largest, sizeof largest), count);
    return count;
}

/* The device is `shared`, or opened for this where that is NULL. *processes is more than 1 where it takes as
 * many, and nothing else was done then. */
static int solve(const app_solve_request *request, const clp_problem_file *file,
                 const clp_device_options *device_options, clp_device *shared, clp_problem_output *output,
                 size_t *processes)
{
    app_result result = {.problem_path = request->path,
                         .problem = clp_problem_file_problem(file),
                         .picture = request->drawing,
                         .ranks = request->group,
                         .start = app_now()};
    clp_device *own = NULL;
    clp_solver *solver = NULL;
    matrix_result matrix = {NULL, NULL};
    clp_report with_matrix = {0};
    int answer = EXIT_FAILED;
    bool asked = false; /* the problem, as opposed to the device */
    clp_status status = shared ? CLP_OK : clp_device_open(device_options, &own);
    if (status != CLP_OK) goto cleanup;
    clp_device *device = shared ? shared : own;
    asked = true;
    const bool may_share = !shared && (!request->transport || strcmp(request->transport, "shm") == 0);
    *processes = may_share ? count_processes(device, file, output) : 1;
    if (*processes > 1) goto cleanup;
    app_show_problem(clp_device_get_info(device), result.problem);

    clp_status written = CLP_OK;
    if (clp_problem_file_time(file)) {
        status = evolve(request, file, device, output, &result, &written);
        answer = written != CLP_OK ? EXIT_FAILED : result.report.converged ? EXIT_SOLVED : EXIT_NOT_CONVERGED;
        goto cleanup;
    }
    clp_solver_options options = *clp_problem_file_solver(file);
    watched_solve watched = {.progress.criterion = options.criterion,
                             .watch.ranks = request->group,
                             .grid = clp_problem_grid(result.problem)};
    options.monitor = app_watches(request->group, request->watch) ? watch_solve : monitor;
    options.monitor_user = &watched;
    app_catch_interrupts();
    status = clp_solver_create(device, result.problem, &options, &solver);
    watched.solver = solver;
    if (status == CLP_OK && request->matrix) status = compute_matrix(solver, &with_matrix, &matrix);
    if (status == CLP_OK) status = clp_solver_run(solver);
    app_watch_finish(&watched.watch);
    if (status != CLP_OK) goto cleanup;
    result.solver = solver;
    bool levels = terminal.verbose;
    if (writes_nothing(output)) terminal.verbose = true; /* what it says is all that there is */
    result.report = *clp_solver_report(solver);
    result.report.matrix = with_matrix.matrix;
    result.report.conductors = with_matrix.conductors;
    result.report.conductor_count = with_matrix.conductor_count;
    /* Errors of writing have been said, one by one. */
    written = app_write_outputs(&result, output);
    if (request->matrix && result.report.conductor_count == 0)
        app_warn("--matrix: nothing holds u here, neither a side nor a region, so there is no matrix");
    else if (request->matrix && clp_ranks_number(request->group) == 0 && !to_standard_output(output))
        print_matrix(&result.report);
    if (levels) app_show_levels(solver);
    answer = written != CLP_OK ? EXIT_FAILED : result.report.converged ? EXIT_SOLVED : EXIT_NOT_CONVERGED;
cleanup:
    if (status != CLP_OK) answer = asked ? app_fail_problem(file, status) : app_fail(status);
    clp_solver_destroy(solver);
    clp_transient_destroy((clp_transient *)result.transient);
    clp_device_close(own);
    free(matrix.values);
    free(matrix.names);
    return answer;
}

static int sweep(const app_solve_request *request, const clp_device_options *device)
{
    if (request->picture || request->field || request->vtk || request->report || request->convergence ||
        request->matrix || request->dry_run) {
        app_error(
            "--sweep writes a table, one row per problem, and nothing else; leave the other outputs out");
        return EXIT_USAGE;
    }
    app_catch_interrupts();
    return app_sweep(&(app_sweep_request){.path = request->path,
                                          .settings = request->settings,
                                          .setting_count = request->setting_count,
                                          .sweeps = request->sweeps,
                                          .sweep_count = request->sweep_count,
                                          .table = request->table,
                                          .device = device,
                                          .monitor = monitor});
}

/* -1, or an exit status: options that are for problems with time, or without. */
static int check_time(const app_solve_request *request, const clp_problem_file *file,
                      const clp_problem_output *output)
{
    size_t probes;
    const char *const with_time[] = {request->series, request->animation, request->frames,
                                     request->film,   request->probes,    request->probes_plot};
    static const char *const names[] = {"--series", "--animation", "--frames",
                                        "--film",   "--probes",    "--plot-probes"};
    bool in_time = clp_problem_file_time(file);
    for (int i = 0; i < 6 && !in_time; i++) {
        if (!with_time[i]) continue;
        app_error("%s %s is for problems with time; add time: {end: ...} to the problem file", names[i],
                  with_time[i]);
        return EXIT_USAGE;
    }
    if (in_time && (request->matrix || request->convergence)) {
        app_error("%s is for steady problems, and this one has time; leave it out",
                  request->matrix ? "--matrix" : "--plot-convergence");
        return EXIT_USAGE;
    }
    const char *const numbered[] = {output->series, output->animation, output->frames};
    for (int i = 0; i < 3; i++)
        if (numbered[i] && strcmp(numbered[i], "-") == 0) {
            app_error("series, animations and frames cannot go to standard output; name a file");
            return EXIT_USAGE;
        }
    clp_problem_file_probes(file, &probes);
    if ((!output->probes && !output->probes_plot) || probes > 0) return -1;
    app_error("%s: the problem has no probes to note; add for example probes: {tip: [0.9, 0.5]}",
              output->probes ? output->probes : output->probes_plot);
    return EXIT_USAGE;
}

/* What decides about what ranks do together must be the same in all of them. -1, or an exit status. */
static int compare_options(const app_solve_request *request)
{
    const bool flags[] = {request->dry_run, request->matrix, request->watch, terminal.verbose};
    char other[CLP_RANK_TEXT];
    const char *const texts[] = {
        request->picture,  request->field,  request->vtk,    request->convergence, request->report,
        request->plot,     request->slice,  request->series, request->film,        request->animation,
        request->frames,   request->probes, request->ranks,  request->probes_plot, request->halo,
        request->gathered, request->overlap};
    if (!request->group) return -1;
    clp_ranks_mix(request->group, flags, sizeof flags);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        clp_ranks_mix(request->group, texts[i] ? texts[i] : "", texts[i] ? strlen(texts[i]) + 1 : 1);
    clp_status status = clp_ranks_compare(request->group, other);
    if (status != CLP_OK) return app_fail(status);
    if (!*other) return -1;
    app_error("the ranks have different options: %s has others than rank 0; give all the same, but for "
              "--backend, --device and --threads",
              other);
    return EXIT_USAGE;
}

/* What of the outputs can be told to fail before anything is computed: of several ranks by the first, who
 * makes the files, for all. -1, or an exit status. */
static int check_all(app_solve_request *request, const clp_problem_file *file,
                     const app_evolve_request *in_time, clp_problem_output *output)
{
    const clp_grid whole = clp_grid_of_part(clp_problem_grid(clp_problem_file_problem(file)));
    int status = app_read_slice(request->slice, &whole, &request->drawing);
    if (status < 0 && clp_ranks_number(request->group) == 0) {
        status = app_check_outputs(request->path, output);
        if (status < 0) status = check_inputs(file, output);
        if (status < 0 && clp_problem_file_time(file)) status = app_check_space(in_time);
    }
    double answers[] = {status < 0 ? 0 : 1, status < 0 ? 0 : status};
    clp_status told = clp_ranks_sum(request->group, answers, 2);
    if (told != CLP_OK) return app_fail(told);
    return status < 0 && answers[0] > 0 ? (int)(answers[1] / answers[0]) : status;
}

/* A problem by itself, with a device and `processes` as solve() has them. */
static int run_problem(const app_solve_request *given, const clp_device_options *device_options,
                       clp_device *shared, size_t *processes)
{
    app_solve_request request = *given;
    clp_problem_file *file;
    clp_status read = clp_problem_file_read_part(request.path, request.settings, request.setting_count,
                                                 request.group, request.parts, &file);
    if (read != CLP_OK) return app_fail(read);
    clp_problem_output output = *clp_problem_file_output(file);
    if (request.picture) output.picture = request.picture;
    if (request.field) output.field = request.field;
    if (request.vtk) output.vtk = request.vtk;
    if (request.convergence) output.convergence = request.convergence;
    if (request.report) output.report = request.report;
    if (request.series) output.series = request.series;
    if (request.animation) output.animation = request.animation;
    if (request.frames) output.frames = request.frames;
    if (request.film) output.film = request.film;
    if (request.probes) output.probes = request.probes;
    if (request.probes_plot) output.probes_plot = request.probes_plot;
    int status = check_time(&request, file, &output);
    if (status >= 0) {
        clp_problem_file_destroy(file);
        return status;
    }
    const app_evolve_request in_time = {
        .file = file, .output = &output, .in_time = app_time_options(file, &output), .yes = request.yes};
    if (request.dry_run)
        status = app_dry_run(request.group, file, clp_problem_file_time(file) ? &in_time.in_time : NULL);
    else
        status = check_all(&request, file, &in_time, &output);
    if (status < 0) status = solve(&request, file, device_options, shared, &output, processes);
    clp_problem_file_destroy(file);
    return status;
}

static int run_request(const app_solve_request *request)
{
    clp_device_options options = {0};
    clp_device *shared = NULL;
    int status = read_threads(request->threads, &options.threads);
    if (status >= 0) return status;
    options.backend = request->backend;
    options.device = request->device;
    if (request->sweep_count && request->group) {
        app_error("--sweep: several processes do not share that in this version; run one, without "
                  "--ranks and mpirun");
        return EXIT_USAGE;
    }
    if (request->sweep_count) return sweep(request, &options);
    if (request->table) {
        app_error("--table %s: that is where --sweep puts its rows; add --sweep KEY=A:B:N", request->table);
        return EXIT_USAGE;
    }
    status = compare_options(request);
    if (status >= 0) return status;
    /* Before the problem is read: how much of it a rank reads is a matter of its device. */
    if (request->group && !request->dry_run) {
        clp_status opened = app_ranks_open(request->group, &options, &shared);
        if (opened != CLP_OK) return app_fail(opened);
    }
    size_t processes = 1;
    status = run_problem(request, &options, shared, &processes);
    clp_device_close(shared);
    return processes > 1 ? app_launch(processes) : status;
}

static int run(int count, char **arguments)
{
    app_solve_request request = {0};
    int status = app_ranks_join(&request.group);
    if (status < 0) status = app_read_solve_request(&request, count, arguments);
    if (status < 0)
        status = app_ranks_choose(request.transport, request.ranks, &request.group, request.parts);
    if (status < 0) status = app_ranks_set(request.halo, request.gathered, request.overlap, request.group);
    if (status < 0) status = run_request(&request);
    return app_ranks_leave(request.group, status);
}

const app_command app_solve = {
    .name = "solve",
    .arguments = "FILE",
    .summary = "Solves the problem that a YAML file declares, and says how right the answer is.",
    .run = run,
};
