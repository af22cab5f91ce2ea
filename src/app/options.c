/* SPDX-License-Identifier: MIT */
#include "app/options.h"

#include "app/terminal.h"

#include <clpoisson/clpoisson.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool help_wanted, version_wanted;

/* What every command takes. */
static const app_option common[] = {
    {.name = "--help", .short_name = "-h", .help = "show this text", .flag = &help_wanted},
    {.name = "--version", .help = "show the version", .flag = &version_wanted},
    {.name = "--quiet", .short_name = "-q", .help = "say nothing but errors", .flag = &terminal.quiet},
    {.name = "--verbose",
     .short_name = "-v",
     .help = "say more, also when not on a terminal",
     .flag = &terminal.verbose},
    {.name = NULL},
};

enum { HELP_INDENT = 27, HELP_WIDTH = 90 };

static size_t begin_line(void)
{
    return (size_t)printf("\n%*s", HELP_INDENT - 1, "") - 1;
}

void app_print_entry(const char *left, const char *text)
{
    size_t column = (size_t)printf("  %-*s", HELP_INDENT - 3, left);
    if (column >= HELP_INDENT) column = begin_line(); /* the text stands below it */
    while (*text) {
        size_t word = strcspn(text, " ");
        if (column > HELP_INDENT && column + 1 + word > HELP_WIDTH) column = begin_line();
        printf(" %.*s", (int)word, text);
        column += 1 + word;
        text += word;
        text += strspn(text, " ");
    }
    printf("\n");
}

static void print_option(const app_option *option)
{
    char left[64];
    if (!option->help) return; /* known, and refused with a reason */
    snprintf(left, sizeof left, "%s%s%s%s%s", option->short_name ? option->short_name : "",
             option->short_name ? ", " : "", option->name, option->value ? " " : "",
             option->value ? option->value : "");
    app_print_entry(left, option->help);
}

static void print_help(const app_command *command, const app_option *options, void (*extra_help)(void))
{
    printf("clpoisson %s%s%s [options]\n\n%s\n\nOptions:\n", command->name, *command->arguments ? " " : "",
           command->arguments, command->summary);
    for (const app_option *option = options; option->name; option++) print_option(option);
    for (const app_option *option = common; option->name; option++) print_option(option);
    if (extra_help) extra_help();
}

/* The option that an argument names; *value is what follows "=", or NULL. */
static const app_option *find_option(const app_option *options, const char *argument, const char **value)
{
    const app_option *const tables[] = {options, common};
    const char *equals = strchr(argument, '=');
    size_t length = equals ? (size_t)(equals - argument) : strlen(argument);
    *value = equals ? equals + 1 : NULL;
    for (int i = 0; i < 2; i++)
        for (const app_option *option = tables[i]; option->name; option++)
            if ((strlen(option->name) == length && strncmp(option->name, argument, length) == 0) ||
                (option->short_name && strcmp(option->short_name, argument) == 0))
                return option;
    return NULL;
}

static bool has_word(const char *option, const char *word, size_t length)
{
    for (option += strspn(option, "-"); *option; option += strspn(option, "-")) {
        size_t other = strcspn(option, "-");
        if (other == length && strncmp(option, word, length) == 0) return true;
        option += other;
    }
    return false;
}

/* Whether every word of the argument is one of the option's: --probes-plot is, of --plot-probes. */
static bool has_words_of(const char *option, const char *argument)
{
    const char *end = argument + strcspn(argument, "=");
    bool some = false;
    for (argument += strspn(argument, "-"); argument < end; argument += strspn(argument, "-")) {
        size_t length = strcspn(argument, "-=");
        if (!has_word(option, argument, length)) return false;
        argument += length;
        some = true;
    }
    return some;
}

static int refuse_unknown(const app_command *command, const app_option *options, const char *argument)
{
    const app_option *const tables[] = {options, common};
    const char *names[64];
    size_t count = 0;
    for (int i = 0; i < 2; i++)
        for (const app_option *option = tables[i]; option->name && count < 64; option++)
            names[count++] = option->name;
    const char *nearest = clp_nearest(argument, names, count);
    for (size_t i = 0; i < count; i++)
        if (has_words_of(names[i], argument)) nearest = names[i];
    app_error("unknown option '%s'%s%s%s `clpoisson %s --help` lists them", argument,
              nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : ";", command->name);
    return EXIT_USAGE;
}

/* Takes one option; *used counts arguments beyond it. -1, or an exit status. */
static int take_option(const app_command *command, const app_option *options, const char *argument,
                       const char *next, int *used)
{
    const char *value;
    const app_option *option = find_option(options, argument, &value);
    if (!option) return refuse_unknown(command, options, argument);
    if (!option->value) {
        if (value) {
            app_error("option %s takes no value", option->name);
            return EXIT_USAGE;
        }
        *option->flag = true;
        return -1;
    }
    if (!value) {
        if (!next) {
            app_error("option %s needs a value: %s %s", option->name, option->name, option->value);
            return EXIT_USAGE;
        }
        value = next;
        *used = 1;
    }
    option->text[option->count ? (*option->count)++ : 0] = value;
    return -1;
}

int app_read_options(const app_command *command, const app_option *options, int count, char **arguments,
                     const char **operands, size_t most, size_t *operand_count, void (*extra_help)(void))
{
    bool only_operands = false;
    *operand_count = 0;
    for (int i = 0; i < count; i++) {
        const char *argument = arguments[i];
        if (!only_operands && strcmp(argument, "--") == 0) {
            only_operands = true;
        } else if (!only_operands && argument[0] == '-' && argument[1]) {
            int used = 0, status = take_option(command, options, argument,
                                               i + 1 < count ? arguments[i + 1] : NULL, &used);
            if (status >= 0) return status;
            i += used;
        } else if (*operand_count < most) {
            operands[(*operand_count)++] = argument;
        } else {
            app_error("unexpected argument '%s'; usage: clpoisson %s %s", argument, command->name,
                      command->arguments);
            return EXIT_USAGE;
        }
    }
    if (help_wanted) print_help(command, options, extra_help);
    if (version_wanted && !help_wanted) printf("clpoisson %s\n", clp_version());
    return help_wanted || version_wanted ? app_finish_output(EXIT_SOLVED) : -1;
}

int app_finish_output(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) return status;
    app_error("standard output could not be written: %s", strerror(errno));
    return EXIT_FAILED;
}
