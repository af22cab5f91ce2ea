/* SPDX-License-Identifier: MIT */
#include "app/terminal.h"

#include "app/options.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

app_terminal terminal;

static void notice(void *user, const char *text)
{
    (void)user;
    app_warn("%s", text);
}

void app_terminal_init(void)
{
    const char *no_colour = getenv("NO_COLOR"), *kind = getenv("TERM");
    terminal.interactive = isatty(STDERR_FILENO);
    terminal.colour =
        terminal.interactive && !(no_colour && *no_colour) && !(kind && strcmp(kind, "dumb") == 0);
    signal(SIGPIPE, SIG_IGN); /* a reader that goes away must not cost the other outputs */
    clp_set_notice_function(notice, NULL);
}

const char *app_bold(void)
{
    return terminal.colour ? "\033[1m" : "";
}
const char *app_dim(void)
{
    return terminal.colour ? "\033[2m" : "";
}
const char *app_red(void)
{
    return terminal.colour ? "\033[31m" : "";
}
const char *app_yellow(void)
{
    return terminal.colour ? "\033[33m" : "";
}
const char *app_green(void)
{
    return terminal.colour ? "\033[32m" : "";
}
const char *app_plain(void)
{
    return terminal.colour ? "\033[0m" : "";
}

void app_end_progress(void)
{
    if (!terminal.line_open) return;
    fputs("\r\033[K", stderr);
    terminal.line_open = false;
}

/* Remembers an error: where there are several processes, those that say the same are heard once. */
__attribute__((format(printf, 1, 0))) static void hold(const char *format, va_list arguments)
{
    size_t length = strlen(terminal.held);
    if (length > 0 && length + 1 < sizeof terminal.held) terminal.held[length++] = '\n';
    vsnprintf(terminal.held + length, sizeof terminal.held - length, format, arguments);
}

void app_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    hold(format, arguments);
    va_end(arguments);
    if (terminal.holds) return;
    app_end_progress();
    fprintf(stderr, "%sclpoisson: ", app_red());
    fputs(app_plain(), stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

void app_warn(const char *format, ...)
{
    va_list arguments;
    if (terminal.quiet) return;
    app_end_progress();
    fprintf(stderr, "%sclpoisson: note: %s", app_yellow(), app_plain());
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

void app_say(const char *format, ...)
{
    va_list arguments;
    if (terminal.quiet || !(terminal.interactive || terminal.speaks || terminal.verbose)) return;
    app_end_progress();
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

void app_progress(const char *format, ...)
{
    va_list arguments;
    if (terminal.quiet || !terminal.interactive) return;
    char line[256];
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    /* A line longer than the terminal would wrap, and could not be written over. */
    struct winsize size;
    int columns = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1 : 79;
    fprintf(stderr, "\r%.*s\033[K", columns, line);
    terminal.line_open = true;
}

int app_fail(clp_status status)
{
    app_error("%s", clp_error_message());
    return status == CLP_ERROR_INPUT ? EXIT_USAGE : EXIT_FAILED;
}

int app_fail_problem(const clp_problem_file *file, clp_status status)
{
    char place[512];
    if (status != CLP_ERROR_INPUT) return app_fail(status);
    app_error("%s: %s", clp_problem_file_place(file, clp_error_message(), place, sizeof place),
              clp_error_message());
    return EXIT_USAGE;
}

const char *app_count(unsigned long long value, char *text, size_t size)
{
    char digits[32];
    int length = snprintf(digits, sizeof digits, "%llu", value);
    size_t out = 0;
    for (int i = 0; i < length && out + 2 < size; i++) {
        if (i > 0 && (length - i) % 3 == 0) text[out++] = ' ';
        text[out++] = digits[i];
    }
    text[out] = '\0';
    return text;
}

const char *app_duration(double seconds, char *text, size_t size)
{
    if (!(seconds < 3.6e9))
        snprintf(text, size, "centuries");
    else if (seconds < 9.995)
        snprintf(text, size, "%.2f s", seconds);
    else if (seconds < 59.95)
        snprintf(text, size, "%.1f s", seconds);
    else if (seconds < 3600)
        snprintf(text, size, "%d min %d s", (int)(seconds / 60), (int)seconds % 60);
    else if (seconds < 48 * 3600.0)
        snprintf(text, size, "%d h %d min", (int)(seconds / 3600), (int)(seconds / 60) % 60);
    else
        snprintf(text, size, "%.0f days", seconds / 86400);
    return text;
}
