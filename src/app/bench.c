/* SPDX-License-Identifier: MIT */
/* clpoisson bench */
#include "app/interrupt.h"
#include "app/options.h"
#include "app/ranks.h"
#include "app/terminal.h"

#include <clpoisson/clpoisson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FILES_MOST = 16 }; /* to compare */

/* A row with texts of its own. */
typedef struct kept_row {
    char variant[32], message[512];
} kept_row;

typedef struct bench {
    clp_bench_device *devices;
    kept_row **texts;      /* of each device's rows */
    char (*failures)[512]; /* why a device has none */
    size_t count, wrong;
    bool quick, prints; /* prints: standard output is for the table */
} bench;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Keeps a row of the device at work, and prints it. */
static bool take_row(void *user, const clp_bench_row *row)
{
    bench *b = user;
    clp_bench_device *device = &b->devices[b->count - 1];
    kept_row **texts = &b->texts[b->count - 1];
    size_t index = device->row_count;
    clp_bench_row *rows = realloc(device->rows, (index + 1) * sizeof *rows);
    if (rows) device->rows = rows;
    kept_row *grown = rows ? realloc(*texts, (index + 1) * sizeof *grown) : NULL;
    if (!grown) {
        app_error("the host has no memory left for results");
        b->wrong++;
        return false;
    }
    *texts = grown;
    rows[index] = *row;
    snprintf(grown[index].variant, sizeof grown[index].variant, "%s", row->variant);
    snprintf(grown[index].message, sizeof grown[index].message, "%s", row->message);
    device->row_count++;
    b->wrong += !row->right;
    if (b->prints) clp_bench_print_row(stdout, row);
    fflush(stdout);
    return !app_interrupted();
}

/* Room for one more; its rows' texts move, and are set at the end. */
static bool add_device(bench *b)
{
    clp_bench_device *devices = realloc(b->devices, (b->count + 1) * sizeof *devices);
    if (devices) b->devices = devices;
    kept_row **texts = realloc(b->texts, (b->count + 1) * sizeof *texts);
    if (texts) b->texts = texts;
    char(*failures)[512] = realloc(b->failures, (b->count + 1) * sizeof *failures);
    if (failures) b->failures = failures;
    if (!devices || !texts || !failures) return false;
    b->devices[b->count] = (clp_bench_device){.message = ""};
    *failures[b->count] = '\0';
    b->texts[b->count++] = NULL;
    return true;
}

/* Answers an exit status. */
static int run_device(bench *b, const clp_device_options *options, const clp_device_info *known)
{
    clp_device *device = NULL;
    char bytes[32];
    if (!add_device(b)) {
        app_error("the host has no memory left for results");
        return EXIT_FAILED;
    }
    clp_bench_device *found = &b->devices[b->count - 1];
    if (known) found->info = *known; /* should it not open */
    double start = now();
    clp_status status = clp_device_open(options, &device);
    found->seconds_open = now() - start;
    if (status == CLP_OK) {
        found->info = *clp_device_get_info(device);
        if (b->prints) {
            printf("%s%s%s (%s), %u units, %s%s\n\n", app_bold(), found->info.name, app_plain(),
                   found->info.platform, found->info.compute_units,
                   clp_bytes_text(found->info.memory_bytes, bytes, sizeof bytes),
                   found->info.tuned ? ", tuned" : "");
            clp_bench_print_heading(stdout);
            fflush(stdout);
        }
        status = clp_device_bench(device, &(clp_bench_options){.quick = b->quick}, take_row, b,
                                  &found->seconds_compile);
    }
    clp_device_close(device);
    if (status != CLP_OK) {
        snprintf(b->failures[b->count - 1], sizeof b->failures[0], "%s", clp_error_message());
        return app_fail(status);
    }
    if (b->prints)
        printf("\nopened in %.2f s, kernels built in %.2f s\n\n", found->seconds_open,
               found->seconds_compile);
    return EXIT_SOLVED;
}

/* Every OpenCL device, and the reference backend; one that cannot be measured does not keep the others from
 * it. */
static int run_all(bench *b)
{
    clp_device_list *list;
    clp_status status = clp_device_list_create(&list);
    if (status != CLP_OK) {
        return app_fail(status);
    }
    int result = EXIT_SOLVED;
    for (size_t i = 0; i < clp_device_list_count(list) && !app_interrupted(); i++) {
        char index[24];
        snprintf(index, sizeof index, "%zu", i);
        if (run_device(b, &(clp_device_options){.device = index}, clp_device_list_info(list, i)) !=
            EXIT_SOLVED)
            result = EXIT_FAILED;
    }
    if (!app_interrupted() &&
        run_device(b, &(clp_device_options){.backend = "reference"}, NULL) != EXIT_SOLVED)
        result = EXIT_FAILED;
    clp_device_list_destroy(list);
    return result;
}

static void point_to_texts(bench *b)
{
    for (size_t d = 0; d < b->count; d++) {
        b->devices[d].message = b->failures[d];
        for (size_t r = 0; r < b->devices[d].row_count; r++) {
            b->devices[d].rows[r].variant = b->texts[d][r].variant;
            b->devices[d].rows[r].message = b->texts[d][r].message;
        }
    }
}

static void finish(bench *b)
{
    for (size_t d = 0; d < b->count; d++) {
        free(b->devices[d].rows);
        free(b->texts[d]);
    }
    free(b->devices);
    free(b->texts);
    free(b->failures);
}

/* One that fails does not keep the others from being written. */
static void written(clp_status status, int *result)
{
    if (status != CLP_OK) *result = app_fail(status);
}

static int compare(const char *const *files, size_t count, const char *html)
{
    clp_bench_report reports[FILES_MOST] = {{0}};
    clp_status status = CLP_OK;
    if (count == 0) {
        app_error("--compare takes reports: clpoisson bench --compare a.json b.json");
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < count && status == CLP_OK; i++)
        status = clp_bench_read_json(files[i], &reports[i]);
    bool prints = !html || strcmp(html, "-");
    if (status == CLP_OK && prints) status = clp_bench_print_comparison(stdout, reports, files, count);
    if (status == CLP_OK && html) status = clp_bench_write_comparison(html, reports, files, count);
    int result = status == CLP_OK ? app_finish_output(EXIT_SOLVED) : app_fail(status);
    for (size_t i = 0; i < count; i++) clp_bench_report_finish(&reports[i]);
    return result;
}

static int run(int count, char **arguments)
{
    bench b = {0};
    bool compares = false;
    const char *devices = NULL, *backend = NULL, *json = NULL, *markdown = NULL, *html = NULL,
               *files[FILES_MOST];
    size_t operands;
    const app_option options[] = {
        {.name = "--quick", .help = "fewer operations on smaller grids: some seconds", .flag = &b.quick},
        {.name = "--devices",
         .value = "D",
         .help = "all, or a device as for solve --device; default: the one that solve takes",
         .text = &devices},
        {.name = "--backend", .value = "B", .help = "opencl (default) or reference", .text = &backend},
        {.name = "--json", .value = "F", .help = "also write the figures as JSON", .text = &json},
        {.name = "--markdown", .value = "F", .help = "also write the tables as Markdown", .text = &markdown},
        {.name = "--html", .value = "F", .help = "also write a page with bars for a browser", .text = &html},
        {.name = "--compare",
         .help =
             "measure nothing: show the reports named behind it side by side, with --html as bars as well",
         .flag = &compares},
        {.name = NULL},
    };
    int result = app_read_options(&app_bench, options, count, arguments, files, FILES_MOST, &operands, NULL);
    if (result >= 0) return result;
    if (compares && (json || markdown)) {
        app_error("--compare writes a page with --html, and neither --json nor --markdown");
        return EXIT_USAGE;
    }
    if (compares) return compare(files, operands, html);
    result = app_ranks_refuse(app_bench.name);
    if (result >= 0) return result;
    if (operands) {
        app_error("bench takes no file but with --compare; '%s' is one too many", files[0]);
        return EXIT_USAGE;
    }
    clp_status status = json ? clp_output_check(json) : CLP_OK;
    if (status == CLP_OK && markdown) status = clp_output_check(markdown);
    if (status == CLP_OK && html) status = clp_output_check(html);
    if (status != CLP_OK) return app_fail(status);
    b.prints = !terminal.quiet;
    const char *outputs[] = {json, markdown, html};
    for (int i = 0; i < 3; i++) b.prints = b.prints && !(outputs[i] && strcmp(outputs[i], "-") == 0);
    app_catch_interrupts();
    if (devices && strcmp(devices, "all") == 0 && !backend)
        result = run_all(&b);
    else
        result = run_device(&b, &(clp_device_options){.backend = backend, .device = devices}, NULL);
    point_to_texts(&b);
    bool measured = result != EXIT_USAGE; /* else older files stay */
    if (json && measured) written(clp_bench_write_json(json, b.devices, b.count, b.quick), &result);
    if (markdown && measured) written(clp_bench_write_markdown(markdown, b.devices, b.count), &result);
    if (html && measured) written(clp_bench_write_html(html, b.devices, b.count, b.quick), &result);
    if (app_interrupted()) app_warn("stopped; what was measured until then is told");
    if (result == EXIT_SOLVED && (b.wrong > 0 || app_interrupted())) result = EXIT_FAILED;
    finish(&b);
    return app_finish_output(result);
}

const app_command app_bench = {
    .name = "bench",
    .arguments = "[FILES]",
    .summary =
        "Measures devices: memory, kernels and whole solves, each checked for correctness; exit status 1 "
        "where any is wrong.",
    .run = run,
};
