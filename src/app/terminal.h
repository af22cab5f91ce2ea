/* SPDX-License-Identifier: MIT */
/* What the program says, on standard error: errors always, the rest on a terminal or with -v. */
#ifndef APP_TERMINAL_H
#define APP_TERMINAL_H

#include <clpoisson/clpoisson.h>

typedef struct app_terminal {
    bool quiet, verbose; /* as asked for */
    bool interactive;    /* standard error is a terminal */
    bool speaks;         /* even if it is none: mpirun stands between */
    bool colour;
    bool line_open;  /* a progress line is showing */
    bool holds;      /* errors are kept, not said: the process is one of several, and not the first */
    char held[2048]; /* errors so far */
} app_terminal;

extern app_terminal terminal;

void app_terminal_init(void);

__attribute__((format(printf, 1, 2))) void app_error(const char *format, ...);
__attribute__((format(printf, 1, 2))) void app_warn(const char *format, ...);

/* A line for people: on a terminal, or with -v; never with -q. */
__attribute__((format(printf, 1, 2))) void app_say(const char *format, ...);

/* Writes over the progress line. Does nothing when not on a terminal. */
__attribute__((format(printf, 1, 2))) void app_progress(const char *format, ...);

/* Takes the progress line away; what else is said here does so by itself. */
void app_end_progress(void);

/* Says the library's last error and answers the exit status for it. */
int app_fail(clp_status status);

/* The same, of what is wrong with a problem and shows only once it is made: with its place in the file. */
int app_fail_problem(const clp_problem_file *file, clp_status status);

/* The escape sequence for bold, dim, red, yellow or green text, or "" without colour; "" ends as app_plain().
 */
const char *app_bold(void);
const char *app_dim(void);
const char *app_red(void);
const char *app_yellow(void);
const char *app_green(void);
const char *app_plain(void);

/* 1234567 as "1 234 567". */
const char *app_count(unsigned long long value, char *text, size_t size);

/* Seconds as "0.12 s", "3 min 20 s", "2 h 5 min". */
const char *app_duration(double seconds, char *text, size_t size);

#endif
