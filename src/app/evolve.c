/* SPDX-License-Identifier: MIT */
#include "app/evolve.h"

#include "app/interrupt.h"
#include "app/options.h"
#include "app/outputs.h"
#include "app/summary.h"
#include "app/terminal.h"
#include "app/watch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

/* What the outputs need on the way. */
typedef struct evolution {
    const app_evolve_request *request;
    app_result *result;
    const clp_grid *grid;
    const clp_probe *probes;
    size_t probe_count, outputs; /* the second: as far as they are planned */
    clp_series *series;
    bool draws;            /* frames or a film */
    FILE *spool;           /* of the first rank: fields for them, whose colours are known at the end */
    clp_grid drawn;        /* what those are on */
    double low, high;      /* of all of them */
    double *times, *noted; /* of the outputs so far; the probes' values, [output][probe] */
    char **files;          /* of the animation */
    size_t count, room;
    app_watch watch;
    clp_status written;
} evolution;

/* "run.png" and 12 make "run-0012.png"; the caller frees it. NULL without memory. */
static char *numbered(const char *path, size_t number, size_t count)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    int stem = (int)(dot && (!slash || dot > slash + 1) && dot != path ? (size_t)(dot - path) : strlen(path)),
        digits = 4;
    for (size_t most = 10000; count > most && digits < 18; most *= 10) digits++;
    size_t size = strlen(path) + 32;
    char *made = malloc(size);
    if (made) snprintf(made, size, "%.*s-%0*zu%s", stem, path, digits, number, path + stem);
    return made;
}

clp_time_options app_time_options(const clp_problem_file *file, const clp_problem_output *output)
{
    const double usual = 100;
    const clp_time_options *said = clp_problem_file_time(file);
    clp_time_options in_time = said ? *said : (clp_time_options){0};
    bool course = output->series || output->animation || output->frames || output->film || output->probes ||
                  output->probes_plot;
    if (course && in_time.output_every == 0) in_time.output_every = fmax(in_time.end / usual, in_time.step);
    return in_time;
}

/* ---- the disk ---- */

enum { MOST_FILES = 20000 }; /* or frames, without a word */

static double series_bytes(const app_evolve_request *request)
{
    const clp_grid whole = clp_grid_of_part(clp_problem_grid(clp_problem_file_problem(request->file)));
    const clp_problem_output *output = request->output;
    double nodes = (double)clp_grid_node_count(&whole), field = 8 * nodes, bytes = 0;
    const double picture = 2e5;
    if (output->series) bytes += field;
    if (output->animation) bytes += (2 + clp_grid_dimensions(&whole)) * field + 2 * nodes;
    if (output->frames) bytes += picture;
    if (output->film) bytes += 0.2 * picture;
    if (output->frames || output->film) bytes += field; /* kept until they are drawn */
    return bytes * (double)clp_time_output_count(&request->in_time);
}

int app_check_space(const app_evolve_request *request)
{
    const clp_problem_output *output = request->output;
    const char *spool =
        output->frames || output->film ? P_tmpdir "/clpoisson" : NULL; /* where tmpfile() is */
    const char *const paths[] = {output->series, output->animation, output->frames, output->film, spool};
    double bytes = series_bytes(request);
    char needed[32], there[32];
    size_t count = clp_time_output_count(&request->in_time);
    if (request->yes || bytes == 0) return -1;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct statvfs disk;
        char folder[4096];
        if (!paths[i]) continue;
        const char *slash = strrchr(paths[i], '/');
        snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - paths[i]) + 1 : 1,
                 slash ? paths[i] : ".");
        if (statvfs(folder, &disk) != 0) continue;
        double room = (double)disk.f_bavail * (double)disk.f_frsize;
        bool files = paths[i] != output->series && count > MOST_FILES;
        if (bytes < 0.9 * room && !files) continue;
        if (files)
            app_error("%s: %zu outputs would be drawn or written, more than %d; make time.output_every "
                      "longer, or add "
                      "--yes if that is what you want",
                      paths[i], count, MOST_FILES);
        else
            app_error(
                "%s: %zu outputs would be written, about %s, and %s are free there; make time.output_every "
                "longer, or add --yes if that is what you want",
                paths[i], count, clp_bytes_text((unsigned long long)fmin(bytes, 1e18), needed, sizeof needed),
                clp_bytes_text((unsigned long long)room, there, sizeof there));
        return EXIT_USAGE;
    }
    return -1;
}

/* ---- outputs on the way ---- */

static clp_status grow(evolution *run)
{
    if (run->count < run->room) return CLP_OK;
    size_t room = 2 * run->room + 64;
    double *times = realloc(run->times, room * sizeof *times);
    if (times) run->times = times;
    double *noted = realloc(run->noted, room * (run->probe_count + 1) * sizeof *noted);
    if (noted) run->noted = noted;
    char **files = realloc(run->files, room * sizeof *files);
    if (files) run->files = files;
    if (!times || !noted || !files) return CLP_ERROR_MEMORY;
    run->room = room;
    return CLP_OK;
}

/* A .vti of the snapshot; its name within the folder of the list. */
static void add_to_animation(evolution *run, const clp_snapshot *snapshot)
{
    const char **path = &run->request->output->animation;
    char *name = numbered(*path, snapshot->index, run->outputs);
    run->files[run->count] = NULL;
    if (!name) return;
    size_t length = strlen(name);
    if (length > 4 && strcmp(name + length - 4, ".pvd") == 0) memcpy(name + length - 4, ".vti", 4);
    app_written(app_write_vti(run->result, snapshot->values, name), path, &run->written);
    const char *slash = strrchr(name, '/');
    if (slash) memmove(name, slash + 1, strlen(slash + 1) + 1);
    run->files[run->count] = name;
}

static void give_up_frames(evolution *run, const char *why)
{
    clp_problem_output *output = run->request->output;
    app_error("%s: no frames: %s", output->film ? output->film : output->frames, why);
    if (run->spool) fclose(run->spool);
    run->spool = NULL;
    output->frames = output->film = NULL;
    if (run->written == CLP_OK) run->written = CLP_ERROR_FILE;
}

/* What is drawn of the field, into the spool, by all ranks together. */
static clp_status keep_for_frames(evolution *run, const clp_snapshot *snapshot)
{
    clp_ranks *ranks = run->result->ranks;
    const double *values = snapshot->values;
    double low, high, *reduced = NULL;
    clp_status status = clp_field_range(ranks, run->grid, values, &low, &high);
    if (status == CLP_OK && ranks)
        status = clp_field_reduce(ranks, run->grid, values, 1, app_drawn_nodes(run->result), &run->drawn,
                                  &reduced);
    if (status != CLP_OK) return status;
    run->low = fmin(run->low, low);
    run->high = fmax(run->high, high);
    if (ranks) values = reduced;
    size_t nodes = clp_grid_node_count(&run->drawn);
    if (run->spool && fwrite(values, sizeof *values, nodes, run->spool) != nodes)
        give_up_frames(run, "the fields for them do not fit the folder for temporary files");
    free(reduced);
    return CLP_OK;
}

static clp_status note(void *user, const clp_snapshot *snapshot)
{
    evolution *run = user;
    const clp_problem_output *output = run->request->output;
    clp_status status = grow(run);
    if (status != CLP_OK) return status;
    run->times[run->count] = snapshot->time;
    for (size_t i = 0; i < run->probe_count && status == CLP_OK; i++)
        status = clp_field_at(run->result->ranks, run->grid, snapshot->values, run->probes[i].at,
                              &run->noted[run->count * run->probe_count + i]);
    if (status != CLP_OK) return status;
    if (output->animation)
        add_to_animation(run, snapshot);
    else
        run->files[run->count] = NULL;
    if (run->draws) status = keep_for_frames(run, snapshot);
    if (run->series && status == CLP_OK) status = clp_series_add(run->series, snapshot->values);
    run->count++;
    return status;
}

static clp_status peek(const void *transient, double *values)
{
    return clp_transient_peek(transient, values);
}

static bool monitor(void *user, const clp_time_progress *progress)
{
    evolution *run = user;
    if (run->request->watch) app_watch_show(&run->watch, run->grid, peek, run->result->transient);
    app_show_time_progress(progress);
    return !app_interrupted();
}

static void begin(evolution *run)
{
    clp_problem_output *output = run->request->output;
    bool single = strcmp(run->result->report.precision, "single") == 0;
    run->draws = output->frames || output->film;
    if (run->draws && clp_ranks_number(run->result->ranks) == 0) {
        run->spool = tmpfile();
        if (!run->spool) give_up_frames(run, "no temporary file can be made");
    }
    if (output->series)
        app_written(clp_series_create(run->result->ranks, output->series, run->grid, single, &run->series),
                    &output->series, &run->written);
}

/* ---- and at the end ---- */

/* One of the frames, into a file of its own and into the film, as far as they are asked for. */
static void draw_frame(evolution *run, const app_frame *frame, size_t index, clp_film *film)
{
    clp_problem_output *output = run->request->output;
    char *name = output->frames ? numbered(output->frames, index, run->outputs) : NULL;
    if (name) app_written(app_draw_frame(run->result, frame, name, NULL), &output->frames, &run->written);
    free(name);
    if (film && output->film)
        app_written(app_draw_frame(run->result, frame, output->film, film), &output->film, &run->written);
}

static void draw_frames(evolution *run, const uint16_t *regions)
{
    clp_problem_output *output = run->request->output;
    const double seconds = run->count > 100 ? 0.04 : 0.1;
    size_t nodes = clp_grid_node_count(&run->drawn);
    double *values = malloc(nodes * sizeof *values);
    clp_film *film = NULL;
    if (output->film)
        app_written(clp_film_create(output->film, seconds, &film), &output->film, &run->written);
    if (run->spool && (fflush(run->spool) != 0 || fseek(run->spool, 0, SEEK_SET) != 0))
        give_up_frames(run, "the fields for them do not fit the folder for temporary files");
    for (size_t i = 0; values && run->spool && i < run->count; i++) {
        if (fread(values, sizeof *values, nodes, run->spool) != nodes) {
            give_up_frames(run, "the fields for them cannot be read back");
            break;
        }
        app_progress("drawing %zu of %zu", i + 1, run->count);
        const app_frame frame = {run->times[i], run->low, run->high, &run->drawn, values, regions};
        draw_frame(run, &frame, i, film);
    }
    if (film) app_written(clp_film_finish(film, output->film != NULL), &output->film, &run->written);
    free(values);
}

static void finish(evolution *run)
{
    clp_problem_output *output = run->request->output;
    uint16_t *regions = NULL;
    clp_grid grid;
    if (run->series) app_written(clp_series_finish(run->series, true), &output->series, &run->written);
    if (run->draws)
        app_written(app_drawn_regions(run->result, &grid, &regions), &(const char *){NULL}, &run->written);
    if (clp_ranks_number(run->result->ranks) > 0) /* the rest is the first's to write */
        output->frames = output->film = output->animation = output->probes = output->probes_plot = NULL;
    draw_frames(run, regions);
    free(regions);
    if (output->animation)
        app_written(
            clp_collection_write(output->animation, run->times, (const char *const *)run->files, run->count),
            &output->animation, &run->written);
    const clp_probe_notes notes = {run->probes, run->probe_count, run->times, run->noted, run->count};
    if (output->probes)
        app_written(clp_probes_write_csv(output->probes, &notes), &output->probes, &run->written);
    if (output->probes_plot)
        app_written(clp_probes_write_png(output->probes_plot, &notes), &output->probes_plot, &run->written);
}

static void release(evolution *run)
{
    if (run->spool) fclose(run->spool);
    for (size_t i = 0; i < run->count; i++) free(run->files[i]);
    free(run->files);
    free(run->times);
    free(run->noted);
}

clp_status app_evolve(const app_evolve_request *request, clp_device *device, app_result *result,
                      clp_status *written)
{
    clp_transient *transient = NULL;
    evolution run = {.request = request,
                     .result = result,
                     .grid = clp_problem_grid(result->problem),
                     .drawn = *clp_problem_grid(result->problem),
                     .watch.ranks = result->ranks,
                     .low = INFINITY,
                     .high = -INFINITY,
                     .outputs = clp_time_output_count(&request->in_time)};
    clp_time_options options = request->in_time;
    run.probes = clp_problem_file_probes(request->file, &run.probe_count);
    options.snapshot = note;
    options.monitor = monitor;
    options.user = &run;
    app_show_time(result->problem, &options);
    app_catch_interrupts();
    clp_status status = clp_transient_create(device, result->problem, &options, &transient);
    if (status != CLP_OK) return status;
    result->transient = transient;
    result->report = *clp_transient_report(transient);
    begin(&run);
    status = clp_transient_run(transient);
    result->report = *clp_transient_report(transient);
    app_watch_finish(&run.watch);
    /* Who has failed alone does not write with others, who wait elsewhere: it goes on to end them. */
    bool together = status == CLP_OK || clp_ranks_meet(result->ranks, 1);
    if (run.count > 0 && together) {
        finish(&run);
        clp_ranks_agree(result->ranks, CLP_OK); /* the first rank has drawn and written */
    } else {
        clp_series_finish(run.series, false);
    }
    release(&run);
    *written = run.written;
    return status;
}
