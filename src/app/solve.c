/* SPDX-License-Identifier: MIT */
/* clpoisson solve FILE */
#include "app/options.h"
#include "app/outputs.h"
#include "app/summary.h"
#include "app/terminal.h"

#include <clpoisson/clpoisson.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SETTINGS_MAX = 256 };

typedef struct solve_request {
    const char *path;
    const char *settings[SETTINGS_MAX + 1];
    size_t setting_count;
    const char *picture, *field, *vtk, *report;
    const char *backend, *device, *threads;
} solve_request;

static volatile sig_atomic_t interrupts;

/* The first Ctrl-C stops at the next test; a second one, if that takes too long, at once. */
static void interrupt(int number)
{
    interrupts++;
    signal(number, SIG_DFL);
}

/* Not where whoever started the program had it ignored (nohup, background jobs). */
static void catch_signal(int number)
{
    if (signal(number, interrupt) == SIG_IGN) signal(number, SIG_IGN);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static bool monitor(void *user, const clp_progress *progress)
{
    app_show_progress(user, progress);
    return interrupts == 0;
}

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
    printf("\n");
}

static int read_request(solve_request *request, int count, char **arguments)
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
        {.name = "--vtk", .value = "F", .text = &request->vtk},
        {.name = "--report",
         .value = "F",
         .help = "what was done and how right it is (JSON)",
         .text = &request->report},
        {.name = "--device",
         .value = "D",
         .help = "index, part of a name, cpu or gpu (also CLPOISSON_DEVICE)",
         .text = &request->device},
        {.name = "--backend",
         .value = "B",
         .help = "opencl (default) or reference (plain C, needs no OpenCL)",
         .text = &request->backend},
        {.name = "--threads",
         .value = "N",
         .help = "threads of the reference backend (default: all cores)",
         .text = &request->threads},
        {.name = NULL},
    };
    size_t operands;
    if (count / 2 > SETTINGS_MAX) {
        app_error("more than %d arguments", 2 * SETTINGS_MAX);
        return EXIT_USAGE;
    }
    int status =
        app_read_options(&app_solve, options, count, arguments, &request->path, 1, &operands, print_keys);
    if (status >= 0) return status;
    if (operands == 0) {
        app_error("name a problem file: clpoisson solve FILE");
        return EXIT_USAGE;
    }
    if (request->vtk) {
        app_error("--vtk is not in this version yet (%s); use --field F.npy", clp_version());
        return EXIT_USAGE;
    }
    return -1;
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

/* The problem file's name without folder and ending, and how far the equations are solved. */
static void picture_title(const char *problem_path, const clp_report *report, char *title, size_t size)
{
    const char *slash = strrchr(problem_path, '/'), *name = slash ? slash + 1 : problem_path;
    int length = snprintf(title, size, "%.*s: %zu × %zu nodes", (int)strcspn(name, "."), name,
                          report->grid.nodes[0], report->grid.nodes[1]);
    if (report->converged && length > 0 && (size_t)length < size)
        snprintf(title + length, size - (size_t)length, ", equations solved to %.2g",
                 report->algebraic_bound);
}

/*
 * Every output that can be written is written; errors are said as they come, the first is answered. What
 * could not be written is taken out of `output`.
 */
static clp_status write_outputs(const char *problem_path, clp_problem_output *output,
                                const clp_solver *solver, double start)
{
    clp_report report = *clp_solver_report(solver);
    const double *values = clp_solver_values(solver);
    char title[256];
    picture_title(problem_path, &report, title, sizeof title);
    clp_picture_options options = {.title = title, .mark = report.converged ? NULL : "not converged"};
    clp_status first = CLP_OK;
    double begin = now();
    if (output->field)
        app_written(
            clp_field_write_npy(output->field, &report.grid, values, strcmp(report.precision, "single") == 0),
            &output->field, &first);
    if (output->picture)
        app_written(clp_picture_write(output->picture, &report.grid, values, &options), &output->picture,
                    &first);
    report.seconds_output = now() - begin;
    report.seconds_total = now() - start;
    if (output->report) app_written(clp_report_write_json(output->report, &report), &output->report, &first);
    app_show_summary(&report, output, first == CLP_OK);
    return first;
}

static int solve(const char *problem_path, const clp_problem_file *file,
                 const clp_device_options *device_options, clp_problem_output *output)
{
    double start = now();
    clp_device *device = NULL;
    clp_solver *solver = NULL;
    int result;
    clp_status status = clp_device_open(device_options, &device);
    if (status != CLP_OK) goto cleanup;
    app_show_problem(clp_device_get_info(device), clp_problem_file_problem(file));

    clp_solver_options options = *clp_problem_file_solver(file);
    app_progress_state progress = {.criterion = options.criterion};
    options.monitor = monitor;
    options.monitor_user = &progress;
    catch_signal(SIGINT);
    catch_signal(SIGTERM);
    status = clp_solver_create(device, clp_problem_file_problem(file), &options, &solver);
    if (status == CLP_OK) status = clp_solver_run(solver);
    if (status != CLP_OK) goto cleanup;
    /* Errors of writing have been said, one by one. */
    status = write_outputs(problem_path, output, solver, start);
    result = status != CLP_OK                       ? EXIT_FAILED
             : clp_solver_report(solver)->converged ? EXIT_SOLVED
                                                    : EXIT_NOT_CONVERGED;
    status = CLP_OK;
cleanup:
    if (status != CLP_OK) result = app_fail(status);
    clp_solver_destroy(solver);
    clp_device_close(device);
    return result;
}

static int run(int count, char **arguments)
{
    solve_request request = {0};
    clp_device_options device = {0};
    int status = read_request(&request, count, arguments);
    if (status < 0) status = read_threads(request.threads, &device.threads);
    if (status >= 0) return status;
    device.backend = request.backend;
    device.device = request.device;
    clp_problem_file *file;
    clp_status read = clp_problem_file_read(request.path, request.settings, request.setting_count, &file);
    if (read != CLP_OK) return app_fail(read);
    clp_problem_output output = *clp_problem_file_output(file);
    if (request.picture) output.picture = request.picture;
    if (request.field) output.field = request.field;
    if (request.report) output.report = request.report;
    status = app_check_outputs(request.path, &output);
    if (status < 0) status = solve(request.path, file, &device, &output);
    clp_problem_file_destroy(file);
    return status;
}

const app_command app_solve = {
    .name = "solve",
    .arguments = "FILE",
    .summary = "Solves the problem that a YAML file declares, and says how right the answer is.",
    .run = run,
};
