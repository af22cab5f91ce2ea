/* SPDX-License-Identifier: MIT */
/* Command-line options from a table; --help is made from the same table. */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* Exit statuses of the program. */
enum { EXIT_SOLVED = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_NOT_CONVERGED = 3 };

typedef struct app_option {
    const char *name;       /* "--device" */
    const char *short_name; /* "-d" or NULL */
    const char *value;      /* what it takes, for --help; NULL for a flag */
    const char *help;       /* NULL: left out of --help */
    bool *flag;             /* set to true by a flag */
    const char **text;      /* receives the value; with `list`, text[0 .. *count) */
    size_t *count;          /* number of values, where an option may be repeated */
} app_option;

/* A subcommand: a const descriptor in a file of its own. */
typedef struct app_command {
    const char *name;
    const char *arguments; /* "FILE" */
    const char *summary;
    int (*run)(int count, char **arguments);
} app_command;

extern const app_command app_solve, app_devices, app_plot, app_check, app_bench, app_tune;

/*
 * Reads options and operands (at most `most`). Answers -1 to go on, or an exit status: after --help or
 * --version, or an error that has been said. `extra_help` (may be NULL) prints more after the options.
 */
int app_read_options(const app_command *command, const app_option *options, int count, char **arguments,
                     const char **operands, size_t most, size_t *operand_count, void (*extra_help)(void));

/* Prints an entry of --help: what is named, and what it does, wrapped. */
void app_print_entry(const char *left, const char *text);

/* Checks that standard output took everything; says so and answers EXIT_FAILED if not, else `status`. */
int app_finish_output(int status);

#endif
