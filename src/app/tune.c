/* SPDX-License-Identifier: MIT */
/* clpoisson tune */
#include "app/interrupt.h"
#include "app/options.h"
#include "app/ranks.h"
#include "app/terminal.h"

#include <clpoisson/clpoisson.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct tune {
    size_t kinds, better; /* of problems that were tuned */
    size_t left;          /* that were not */
} tune;

/* A line of the result. */
__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
    va_list arguments;
    if (terminal.quiet) return;
    app_end_progress();
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    fflush(stdout);
}

/* A line for what failed and for what a kind of problem ends with; with -v for every trial. */
static bool tell(void *user, const clp_tune_trial *trial)
{
    tune *t = user;
    char gain[32], left[64];
    snprintf(gain, sizeof gain, "%.2f x", trial->last ? trial->best_gain : trial->gain);
    if (*trial->message && trial->last) {
        t->left++;
        say("%-20s %8s  not tuned: %s", trial->kind, "", trial->message);
    } else if (*trial->message) {
        app_warn("%s: %s fails: %s", trial->kind, trial->tried, trial->message);
    } else if (trial->last) {
        t->kinds++;
        t->better += trial->best_gain > 1;
        say("%-20s %8s  %s, of %zu trial%s", trial->kind, gain, trial->best, trial->trials,
            trial->trials == 1 ? "" : "s");
    } else if (terminal.verbose) {
        say("%-20s %8s    %s", trial->kind, gain, trial->tried);
    }
    if (!trial->last) {
        app_duration(trial->seconds_left, left, sizeof left);
        app_progress("%s: %s with %s; best %.2f x, %s left", trial->kind, gain, trial->tried,
                     trial->best_gain, left);
    }
    return !app_interrupted();
}

static clp_status tune_device(clp_device *device, const clp_tune_options *options, tune *t)
{
    char path[1024] = "";
    const clp_device_info *info = clp_device_get_info(device);
    if (!options->forget)
        say("tuning %s (%s): how many times as fast as by default, and what that takes", info->name,
            info->platform);
    clp_status status = clp_device_tune(device, options, tell, t, path, sizeof path);
    app_end_progress();
    if (status != CLP_OK) return status;
    if (options->forget)
        say("%s (%s) runs by default again", info->name, info->platform);
    else if (t->better)
        say("kept in %s; clpoisson tune --forget goes back to the defaults", path);
    else if (t->kinds)
        say("nothing was found that is faster than the defaults");
    if (t->left && !app_interrupted())
        app_say("what was not tuned wants more --seconds; the kernels that were built are kept");
    return CLP_OK;
}

static int run(int count, char **arguments)
{
    tune t = {0};
    clp_tune_options tuning = {0};
    const char *wanted = NULL, *budget = NULL, *none;
    size_t operands;
    const app_option options[] = {
        {.name = "--device",
         .value = "D",
         .help = "as for solve; default: the one that solve takes",
         .text = &wanted},
        {.name = "--seconds",
         .value = "N",
         .help = "how long to search, about; default: 120",
         .text = &budget},
        {.name = "--forget", .help = "go back to the defaults", .flag = &tuning.forget},
        {.name = NULL},
    };
    int result = app_read_options(&app_tune, options, count, arguments, &none, 0, &operands, NULL);
    if (result >= 0) return result;
    result = app_ranks_refuse(app_tune.name);
    if (result >= 0) return result;
    char *end = NULL;
    if (budget) tuning.seconds = strtod(budget, &end);
    if (budget && (end == budget || *end || !(tuning.seconds > 0 && tuning.seconds < 1e6))) {
        app_error("--seconds takes a number above 0, not '%s'; for example --seconds 120", budget);
        return EXIT_USAGE;
    }
    clp_device *device;
    clp_status status = clp_device_open(&(clp_device_options){.device = wanted}, &device);
    if (status != CLP_OK) return app_fail(status);
    app_catch_interrupts();
    status = tune_device(device, &tuning, &t);
    clp_device_close(device);
    if (status != CLP_OK) return app_fail(status);
    if (app_interrupted()) app_warn("stopped; what was found until then is kept");
    bool done = !app_interrupted() && (tuning.forget || t.kinds > 0);
    return app_finish_output(done ? EXIT_SOLVED : EXIT_FAILED);
}

const app_command app_tune = {
    .name = "tune",
    .arguments = "",
    .summary = "Searches for what runs fastest on a device, and remembers it.",
    .run = run,
};
