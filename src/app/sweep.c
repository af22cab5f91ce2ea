/* SPDX-License-Identifier: MIT */
#include "app/sweep.h"

#include "app/options.h"
#include "app/outputs.h"
#include "app/summary.h"
#include "app/terminal.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SWEEPS_MAX = 16, ROWS_MAX = 1000000, KEY_MAX = 128, SETTINGS_MAX = 300 };

/* What one --sweep says: FROM:TO:COUNT, or random:LOW:HIGH:COUNT:SEED. */
typedef struct sweep {
    char key[KEY_MAX];
    double from, to;
    size_t count;
    bool random;
    uint64_t state;
} sweep;

typedef struct table {
    const char *path; /* NULL: standard output */
    FILE *stream;     /* NULL: no row yet, and whatever is there is whole */
    bool json;
    size_t rows;
} table;

/* ---- reading ---- */

static int refuse(const char *text)
{
    app_error(
        "--sweep %s: write KEY=FROM:TO:COUNT, as in boundary.top=0:100:11, or KEY=random:LOW:HIGH:COUNT:SEED",
        text);
    return EXIT_USAGE;
}

static bool read_number(const char **text, double *value)
{
    char *end;
    *value = strtod(*text, &end);
    if (end == *text || !isfinite(*value)) return false;
    *text = *end == ':' ? end + 1 : end;
    return *end == ':' || *end == '\0';
}

static int read_sweep(const char *text, sweep *made)
{
    const char *equals = strchr(text, '=');
    double count, seed = 1;
    if (!equals || equals == text || (size_t)(equals - text) >= KEY_MAX) return refuse(text);
    *made = (sweep){0};
    memcpy(made->key, text, (size_t)(equals - text));
    const char *rest = equals + 1;
    made->random = strncmp(rest, "random:", 7) == 0;
    if (made->random) rest += 7;
    if (!read_number(&rest, &made->from) || !read_number(&rest, &made->to) || !read_number(&rest, &count))
        return refuse(text);
    if (made->random && *rest && !read_number(&rest, &seed)) return refuse(text);
    if (*rest || count < 1 || count > ROWS_MAX || count != floor(count)) return refuse(text);
    made->count = (size_t)count;
    made->state = (uint64_t)(int64_t)seed * 0x9e3779b97f4a7c15u + 0x1234567;
    return -1;
}

static int read_sweeps(const app_sweep_request *request, sweep *sweeps)
{
    if (request->sweep_count > SWEEPS_MAX) {
        app_error("more than %d times --sweep", SWEEPS_MAX);
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < request->sweep_count; i++) {
        int status = read_sweep(request->sweeps[i], &sweeps[i]);
        if (status >= 0) return status;
        if (sweeps[i].count == sweeps[0].count) continue;
        app_error("--sweep %s has %zu values, %s has %zu; they go together, row by row, so give all the same "
                  "number",
                  sweeps[0].key, sweeps[0].count, sweeps[i].key, sweeps[i].count);
        return EXIT_USAGE;
    }
    return -1;
}

/* The value of a row; random ones (S. Vigna's splitmix64, 2015) are drawn one after the other. */
static double value_at(sweep *s, size_t row)
{
    if (!s->random)
        return s->count == 1 ? s->from : s->from + (s->to - s->from) * (double)row / (double)(s->count - 1);
    uint64_t z = (s->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return s->from + (s->to - s->from) * (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

/* ---- writing ---- */

/* What stands before a number: in JSON its name. */
static void begin_cell(const table *t, bool first, const char *name)
{
    if (!first) fputs(t->json ? ", " : ",", t->stream);
    if (!t->json) return;
    fputc('"', t->stream);
    for (const char *c = name; *c; c++) {
        if (*c == '"' || *c == '\\') fputc('\\', t->stream);
        if ((unsigned char)*c >= ' ') fputc(*c, t->stream);
    }
    fputs("\": ", t->stream);
}

static void write_number(const table *t, bool first, const char *name, double value)
{
    begin_cell(t, first, name);
    if (t->json && strcmp(name, "converged") == 0)
        fputs(value != 0 ? "true" : "false", t->stream);
    else if (isfinite(value))
        fprintf(t->stream, "%.17g", value);
    else if (t->json)
        fputs("null", t->stream);
}

/* Names in CSV: quoted where they need it. */
static void write_name(const table *t, bool first, const char *name)
{
    if (!first) fputc(',', t->stream);
    bool quoted = strpbrk(name, ",\"\n\r") != NULL;
    if (quoted) fputc('"', t->stream);
    for (const char *c = name; *c; c++) {
        if (*c == '"') fputc('"', t->stream);
        fputc(*c, t->stream);
    }
    if (quoted) fputc('"', t->stream);
}

/* A row, or the names of its columns. */
static void write_columns(const table *t, const sweep *sweeps, size_t count, const double *values,
                          const clp_report *report, bool names)
{
    bool first = true;
    const struct {
        const char *name;
        double value;
    } figures[] = {{"converged", report->converged},
                   {"iterations", (double)report->iterations},
                   {"seconds", report->seconds_total},
                   {"algebraic_bound", report->algebraic_bound},
                   {"discretization_estimate", report->discretization_estimate},
                   {"minimum", report->minimum},
                   {"maximum", report->maximum},
                   {"mean", report->mean},
                   {"energy", report->energy},
                   {"capacitance", report->capacitance}};
    char name[96];
#define COLUMN(text, number)                                                                                 \
    do {                                                                                                     \
        if (names)                                                                                           \
            write_name(t, first, text);                                                                      \
        else                                                                                                 \
            write_number(t, first, text, number);                                                            \
        first = false;                                                                                       \
    } while (0)
    for (size_t i = 0; i < count; i++) COLUMN(sweeps[i].key, values[i]);
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) COLUMN(figures[i].name, figures[i].value);
    for (int side = 0; side < 2 * clp_grid_dimensions(&report->grid); side++) {
        snprintf(name, sizeof name, "flux.%s", clp_side_name((clp_side)side));
        COLUMN(name, report->flux[side]);
    }
    for (size_t e = 0; e < report->electrode_count; e++) {
        snprintf(name, sizeof name, "flux.%s", report->electrodes[e].name);
        COLUMN(name, report->electrodes[e].flux);
        if (!report->electrodes[e].floating) continue;
        snprintf(name, sizeof name, "value.%s", report->electrodes[e].name);
        COLUMN(name, report->electrodes[e].value);
    }
#undef COLUMN
}

/* With the first row. */
static int open_table(table *t)
{
    if (t->stream) return -1;
    t->stream = t->path ? fopen(t->path, "w") : stdout;
    if (t->stream) return -1;
    app_error("%s: could not be opened for writing", t->path);
    return EXIT_FAILED;
}

static int write_row(table *t, const sweep *sweeps, size_t count, const double *values,
                     const clp_report *report)
{
    int status = open_table(t);
    if (status >= 0) return status;
    app_end_progress(); /* rows may go to the same terminal */
    if (t->json) {
        fputs(t->rows ? ",\n {" : "[{", t->stream);
    } else if (t->rows == 0) {
        write_columns(t, sweeps, count, values, report, true);
        fputs("\n", t->stream);
    }
    write_columns(t, sweeps, count, values, report, false);
    fputs(t->json ? "}" : "\n", t->stream);
    fflush(t->stream);
    t->rows++;
    return -1;
}

/* ---- solving ---- */

typedef struct course {
    clp_device *device;
    double *guess; /* the solution before; NULL: none */
    clp_grid grid; /* of that one */
    bool all_converged, has_begun;
} course;

/* The next row begins where this one ended, if its grid is the same and there is memory for it. */
static void keep_guess(course *c, const clp_solver *solver)
{
    const clp_grid *grid = &clp_solver_report(solver)->grid;
    size_t count = clp_grid_node_count(grid);
    double *kept = realloc(c->guess, count * sizeof *kept);
    if (!kept) return;
    memcpy(kept, clp_solver_values(solver), count * sizeof *kept);
    c->guess = kept;
    c->grid = *grid;
}

static bool same_nodes(const clp_grid *a, const clp_grid *b)
{
    return memcmp(a->nodes, b->nodes, sizeof a->nodes) == 0;
}

/* What the problem file has for outputs is for one problem by itself. */
static void note_outputs(const clp_problem_file *file)
{
    const char *paths[APP_OUTPUTS];
    app_list_outputs(clp_problem_file_output(file), paths);
    for (int i = 0; i < APP_OUTPUTS; i++)
        if (paths[i]) {
            app_say("%s and what else the problem file has for outputs is left out: --sweep writes a table",
                    paths[i]);
            return;
        }
}

/* A row: the problem file with the values of the row set. */
static int solve_row(const app_sweep_request *request, course *c, table *t, const sweep *sweeps,
                     const double *values)
{
    const char *settings[SETTINGS_MAX];
    char texts[SWEEPS_MAX][KEY_MAX + 40];
    size_t count = request->setting_count;
    clp_problem_file *file;
    clp_solver *solver = NULL;
    int answer = -1;
    if (count + request->sweep_count > SETTINGS_MAX) {
        app_error("more than %d settings", SETTINGS_MAX);
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < count; i++) settings[i] = request->settings[i];
    for (size_t i = 0; i < request->sweep_count; i++) {
        snprintf(texts[i], sizeof texts[i], "%s=%.17g", sweeps[i].key, values[i]);
        settings[count++] = texts[i];
    }
    clp_status status = clp_problem_file_read(request->path, settings, count, &file);
    if (status != CLP_OK) return app_fail(status);
    if (t->path && clp_problem_file_reads(file, t->path)) {
        app_error("%s: it would be written over, and the problem reads it; give the table another name",
                  t->path);
        clp_problem_file_destroy(file);
        return EXIT_USAGE;
    }
    if (clp_problem_file_time(file)) {
        app_error("--sweep is for steady problems, and this one has time; leave one of them out");
        clp_problem_file_destroy(file);
        return EXIT_USAGE;
    }
    if (!c->has_begun) note_outputs(file);
    c->has_begun = true;
    const clp_problem *problem = clp_problem_file_problem(file);
    clp_solver_options options = *clp_problem_file_solver(file);
    app_progress_state progress = {.criterion = options.criterion};
    options.monitor = request->monitor;
    options.monitor_user = &progress;
    options.guess = c->guess && same_nodes(&c->grid, clp_problem_grid(problem)) ? c->guess : NULL;
    status = clp_solver_create(c->device, problem, &options, &solver);
    if (status == CLP_OK) status = clp_solver_run(solver);
    if (status == CLP_OK) {
        const clp_report *report = clp_solver_report(solver);
        answer = write_row(t, sweeps, request->sweep_count, values, report);
        c->all_converged = c->all_converged && report->converged;
        if (answer < 0 && report->reason == CLP_REASON_INTERRUPTED) answer = EXIT_NOT_CONVERGED;
        keep_guess(c, solver);
    }
    clp_solver_destroy(solver);
    clp_problem_file_destroy(file);
    return status != CLP_OK ? app_fail(status) : answer;
}

static bool ends_in(const char *path, const char *ending)
{
    size_t length = strlen(path), tail = strlen(ending);
    return length >= tail && strcasecmp(path + length - tail, ending) == 0;
}

static int begin_table(const app_sweep_request *request, table *t)
{
    *t = (table){.path = request->table};
    if (!t->path || strcmp(t->path, "-") == 0) {
        t->path = NULL;
        return -1;
    }
    t->json = ends_in(t->path, ".json");
    return app_check_output(request->path, "table", t->path);
}

static int end_table(table *t, int status)
{
    if (!t->stream) return status;
    if (t->json) fputs("]\n", t->stream);
    if (t->stream == stdout) return app_finish_output(status);
    bool whole = !ferror(t->stream);
    whole = fclose(t->stream) == 0 && whole;
    if (whole) return status;
    app_error("%s: could not be written whole", t->path);
    return EXIT_FAILED;
}

int app_sweep(const app_sweep_request *request)
{
    sweep sweeps[SWEEPS_MAX];
    double values[SWEEPS_MAX];
    course c = {.all_converged = true};
    table t;
    int status = read_sweeps(request, sweeps);
    if (status < 0) status = begin_table(request, &t);
    if (status >= 0) return status;
    clp_status opened = clp_device_open(request->device, &c.device);
    if (opened != CLP_OK) status = app_fail(opened);
    for (size_t row = 0; row < sweeps[0].count && status < 0; row++) {
        for (size_t i = 0; i < request->sweep_count; i++) values[i] = value_at(&sweeps[i], row);
        status = solve_row(request, &c, &t, sweeps, values);
        app_progress("row %zu of %zu", row + 1, sweeps[0].count);
    }
    app_end_progress();
    clp_device_close(c.device);
    free(c.guess);
    return end_table(&t, status >= 0 ? status : c.all_converged ? EXIT_SOLVED : EXIT_NOT_CONVERGED);
}
