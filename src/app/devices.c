/* SPDX-License-Identifier: MIT */
/* clpoisson devices */
#include "app/options.h"
#include "app/terminal.h"

#include <clpoisson/clpoisson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { CELL = 132 };

/* A column of the table: its heading and how to write its cell. */
typedef struct column {
    const char *heading;
    void (*write)(const clp_device_info *info, size_t index, char *cell);
} column;

static void write_index(const clp_device_info *info, size_t index, char *cell)
{
    (void)info;
    snprintf(cell, CELL, "%zu", index);
}
static void write_name(const clp_device_info *info, size_t index, char *cell)
{
    (void)index;
    snprintf(cell, CELL, "%s", info->name);
}
static void write_vendor(const clp_device_info *info, size_t index, char *cell)
{
    (void)index;
    snprintf(cell, CELL, "%s", info->vendor);
}
static void write_platform(const clp_device_info *info, size_t index, char *cell)
{
    (void)index;
    snprintf(cell, CELL, "%s", info->platform);
}
static void write_type(const clp_device_info *info, size_t index, char *cell)
{
    (void)index;
    snprintf(cell, CELL, "%s", clp_device_type_name(info->type));
}
static void write_units(const clp_device_info *info, size_t index, char *cell)
{
    (void)index;
    snprintf(cell, CELL, "%u", info->compute_units);
}
static void write_memory(const clp_device_info *info, size_t index, char *cell)
{
    (void)index;
    clp_bytes_text(info->memory_bytes, cell, CELL);
}
static void write_allocation(const clp_device_info *info, size_t index, char *cell)
{
    (void)index;
    clp_bytes_text(info->max_allocation_bytes, cell, CELL);
}
static void write_local(const clp_device_info *info, size_t index, char *cell)
{
    (void)index;
    clp_bytes_text(info->local_memory_bytes, cell, CELL);
}
static void write_fp64(const clp_device_info *info, size_t index, char *cell)
{
    (void)index;
    snprintf(cell, CELL, "%s", info->fp64 ? "yes" : "no");
}
static void write_driver(const clp_device_info *info, size_t index, char *cell)
{
    (void)index;
    snprintf(cell, CELL, "%s", info->driver);
}

static void write_clock(const clp_device_info *info, size_t index, char *cell)
{
    (void)index;
    if (info->clock_mhz)
        snprintf(cell, CELL, "%u MHz", info->clock_mhz);
    else
        snprintf(cell, CELL, "-");
}

/* "OpenCL 3.0 PoCL HSTR: ..." as "3.0". */
static void write_version(const clp_device_info *info, size_t index, char *cell)
{
    (void)index;
    const char *version = strncmp(info->version, "OpenCL ", 7) == 0 ? info->version + 7 : info->version;
    snprintf(cell, CELL, "%.*s", (int)strcspn(version, " "), version);
}

static const column columns[] = {
    {"#", write_index},           {"name", write_name},     {"vendor", write_vendor},
    {"platform", write_platform}, {"type", write_type},     {"units", write_units},
    {"clock", write_clock},       {"memory", write_memory}, {"largest", write_allocation},
    {"local", write_local},       {"fp64", write_fp64},     {"OpenCL", write_version},
    {"driver", write_driver},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* Characters per line of the terminal that standard output is; unlimited when it is none. */
static size_t line_width(void)
{
    struct winsize size;
    if (!isatty(STDOUT_FILENO)) return (size_t)-1;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

static void print_table(const clp_device_list *list, const size_t *widths)
{
    for (int c = 0; c < COLUMNS; c++)
        printf("%-*s%s", c + 1 < COLUMNS ? (int)widths[c] : 0, columns[c].heading,
               c + 1 < COLUMNS ? "  " : "\n");
    for (size_t i = 0; i < clp_device_list_count(list); i++) {
        for (int c = 0; c < COLUMNS; c++) {
            char cell[CELL];
            columns[c].write(clp_device_list_info(list, i), i, cell);
            if (c + 1 < COLUMNS)
                printf("%-*s  ", (int)widths[c], cell);
            else
                printf("%s\n", cell);
        }
    }
}

/* Where the table is wider than the terminal: a block per device. */
static void print_blocks(const clp_device_list *list)
{
    for (size_t i = 0; i < clp_device_list_count(list); i++) {
        printf("%sdevice %zu\n", i ? "\n" : "", i);
        for (int c = 1; c < COLUMNS; c++) {
            char cell[CELL];
            columns[c].write(clp_device_list_info(list, i), i, cell);
            printf("  %-9s %s\n", columns[c].heading, cell);
        }
    }
}

static void print_devices(const clp_device_list *list)
{
    size_t widths[COLUMNS], total = 0;
    for (int c = 0; c < COLUMNS; c++) {
        widths[c] = strlen(columns[c].heading);
        for (size_t i = 0; i < clp_device_list_count(list); i++) {
            char cell[CELL];
            columns[c].write(clp_device_list_info(list, i), i, cell);
            if (strlen(cell) > widths[c]) widths[c] = strlen(cell);
        }
        total += widths[c] + 2;
    }
    if (total - 2 <= line_width())
        print_table(list, widths);
    else
        print_blocks(list);
}

static int show(const clp_device_list *list, const char *wanted)
{
    size_t index;
    const char *reason;
    for (size_t i = 0; i < clp_device_list_note_count(list); i++)
        app_warn("%s", clp_device_list_note(list, i));
    clp_status status = clp_device_list_choose(list, wanted, &index, &reason);
    if (clp_device_list_count(list)) {
        print_devices(list);
        if (status == CLP_OK)
            printf("\nsolve takes device %zu, %s: %s\n", index, clp_device_list_info(list, index)->name,
                   reason);
    }
    if (status != CLP_OK) return app_fail(status);
    return app_finish_output(EXIT_SOLVED);
}

static int run(int count, char **arguments)
{
    const char *json = NULL, *wanted = NULL, *none;
    size_t operands;
    const app_option options[] = {
        {.name = "--json",
         .value = "F",
         .help = "write the list as JSON; - is standard output",
         .text = &json},
        {.name = "--device",
         .value = "D",
         .help = "tell which device this would choose (also CLPOISSON_DEVICE)",
         .text = &wanted},
        {.name = NULL},
    };
    int result = app_read_options(&app_devices, options, count, arguments, &none, 0, &operands, NULL);
    if (result >= 0) return result;
    if (!wanted) wanted = getenv("CLPOISSON_DEVICE");
    clp_device_list *list;
    clp_status status = clp_device_list_create(&list);
    if (status != CLP_OK) return app_fail(status);
    size_t chosen;
    status = clp_device_list_choose(list, wanted, &chosen, NULL);
    if (json && status == CLP_ERROR_INPUT) {
        result = app_fail(status);
    } else if (json) {
        status = clp_device_list_write_json(json, list, wanted);
        result = status == CLP_OK ? EXIT_SOLVED : app_fail(status);
    } else {
        result = show(list, wanted);
    }
    clp_device_list_destroy(list);
    return result;
}

const app_command app_devices = {
    .name = "devices",
    .arguments = "",
    .summary = "Lists the OpenCL devices of this machine, and which one would be chosen.",
    .run = run,
};
