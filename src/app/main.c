/* SPDX-License-Identifier: MIT */
/* clpoisson: the program. */
#include "app/launch.h"
#include "app/options.h"
#include "app/terminal.h"
#include "app/threads.h"

#include <clpoisson/clpoisson.h>

#include <stdio.h>
#include <string.h>

static const app_command *const commands[] = {&app_solve, &app_devices, &app_plot,
                                              &app_check, &app_bench,   &app_tune};
enum { COMMANDS = sizeof commands / sizeof *commands };

static int print_help(void)
{
    printf("clpoisson %s: Laplace's and Poisson's equation on grids, on any OpenCL device\n\n"
           "Usage: clpoisson COMMAND [options]\n\n",
           clp_version());
    for (int i = 0; i < COMMANDS; i++)
        printf("  %-8s %-9s %s\n", commands[i]->name, commands[i]->arguments, commands[i]->summary);
    printf("\n`clpoisson COMMAND --help` tells more. A first try:\n\n"
           "  clpoisson solve examples/heated-plate.yaml\n\n"
           "Exit status: 0 solved; 1 could not run or finish; 2 the command line or problem file is wrong;\n"
           "3 stopped before the tolerance (the result is written and marked).\n");
    return app_finish_output(EXIT_SOLVED);
}

static int refuse_command(const char *name)
{
    const char *names[COMMANDS];
    for (int i = 0; i < COMMANDS; i++) names[i] = commands[i]->name;
    const char *nearest = clp_nearest(name, names, COMMANDS);
    app_error("there is no command '%s'%s%s%s; use solve, devices, plot, check, bench or tune", name,
              nearest ? ", did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
    return EXIT_USAGE;
}

int main(int count, char **arguments)
{
    app_launch_init(arguments);
    app_let_threads_sleep(arguments);
    app_keep_threads_apart();
    app_terminal_init();
    if (count < 2) {
        app_error("say what to do: solve FILE, plot FIELD.npy, devices, check, bench or tune; `clpoisson "
                  "--help` tells more");
        return EXIT_USAGE;
    }
    const char *name = arguments[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0)
        return print_help();
    if (strcmp(name, "--version") == 0) {
        printf("clpoisson %s\n", clp_version());
        return app_finish_output(EXIT_SOLVED);
    }
    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(name, commands[i]->name) == 0) return commands[i]->run(count - 2, arguments + 2);
    return refuse_command(name);
}
