/* SPDX-License-Identifier: MIT */
/* What a bench found, as a table: in text as it comes, or in Markdown. */
#include "base/file.h"

#include <clpoisson/bench.h>
#include <clpoisson/text.h>

#include <math.h>

enum { CELL = 64 };

typedef enum table_style { TEXT, MARKDOWN } table_style;

static void write_operation(const clp_bench_row *row, char *cell)
{
    snprintf(cell, CELL, "%s%s%s", row->name, *row->variant ? ", " : "", row->variant);
}
static void write_coefficients(const clp_bench_row *row, char *cell)
{
    snprintf(cell, CELL, "%s", row->coefficients);
}
static void write_grid(const clp_bench_row *row, char *cell)
{
    if (row->nodes[2])
        snprintf(cell, CELL, "%zu x %zu x %zu", row->nodes[0], row->nodes[1], row->nodes[2]);
    else
        snprintf(cell, CELL, "%zu x %zu", row->nodes[0], row->nodes[1]);
}
static void write_precision(const clp_bench_row *row, char *cell)
{
    snprintf(cell, CELL, "%s", clp_precision_name(row->precision));
}
static void write_time(const clp_bench_row *row, char *cell)
{
    *cell = '\0';
    if (row->seconds >= 1)
        snprintf(cell, CELL, "%.2f s", row->seconds);
    else if (isfinite(row->seconds))
        snprintf(cell, CELL, row->seconds < 0.1 ? "%.3g ms" : "%.0f ms", 1e3 * row->seconds);
}
static void write_rate(const clp_bench_row *row, char *cell)
{
    *cell = '\0';
    if (isfinite(row->updates_per_second))
        snprintf(cell, CELL, "%.2f G updates/s", 1e-9 * row->updates_per_second);
    else if (isfinite(row->flops))
        snprintf(cell, CELL, "%.1f Gflop/s", 1e-9 * row->flops);
    if (isfinite(row->unknowns_per_second))
        snprintf(cell, CELL, "%.1f M unknowns/s", 1e-6 * row->unknowns_per_second);
}
static void write_bytes(const clp_bench_row *row, char *cell)
{
    *cell = '\0';
    if (isfinite(row->bytes_per_second)) snprintf(cell, CELL, "%.1f GB/s", 1e-9 * row->bytes_per_second);
}
static void write_part(const clp_bench_row *row, char *cell)
{
    *cell = '\0';
    if (isfinite(row->part_of_streaming)) snprintf(cell, CELL, "%.0f %%", 100 * row->part_of_streaming);
}
static void write_arithmetic(const clp_bench_row *row, char *cell)
{
    *cell = '\0';
    if (isfinite(row->part_of_arithmetic)) snprintf(cell, CELL, "%.0f %%", 100 * row->part_of_arithmetic);
}
static void write_spread(const clp_bench_row *row, char *cell)
{
    int length = 0;
    *cell = '\0';
    if (!isfinite(row->spread)) return;
    if (row->outliers)
        length =
            snprintf(cell, CELL, "%.0f %%, %zu of %zu far off", 100 * row->spread, row->outliers, row->runs);
    else
        length = snprintf(cell, CELL, "%.0f %%", 100 * row->spread);
    if (isfinite(row->joules) && length < CELL)
        snprintf(cell + length, (size_t)(CELL - length), ", %.3g J", row->joules);
}

/* A column: its heading, how wide it is in text, which way it leans, and how to write its cell. */
static const struct {
    const char *heading;
    int width;
    bool right;
    void (*write)(const clp_bench_row *row, char *cell);
} columns[] = {
    {"operation", 16, false, write_operation},
    {"k", 8, false, write_coefficients},
    {"nodes", 15, false, write_grid},
    {"precision", 9, false, write_precision},
    {"time", 9, true, write_time},
    {"speed", 18, true, write_rate},
    {"memory", 11, true, write_bytes},
    {"of triad", 8, true, write_part},
    {"of flops", 8, true, write_arithmetic},
    {"spread", 7, false, write_spread},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

static void write_cell(FILE *to, table_style style, int c, const char *cell)
{
    if (style == MARKDOWN)
        fprintf(to, "| %s ", cell);
    else if (c + 1 == COLUMNS)
        fprintf(to, "%s", cell);
    else
        fprintf(to, columns[c].right ? "%*s  " : "%-*s  ", columns[c].width, cell);
}

static void write_heading(FILE *to, table_style style)
{
    for (int c = 0; c < COLUMNS; c++) write_cell(to, style, c, columns[c].heading);
    fprintf(to, style == MARKDOWN ? "|\n" : "\n");
    if (style != MARKDOWN) return;
    for (int c = 0; c < COLUMNS; c++) fprintf(to, columns[c].right ? "|--:" : "|---");
    fprintf(to, "|\n");
}

static void write_row(FILE *to, table_style style, const clp_bench_row *row)
{
    char cell[CELL];
    bool figures = row->right && isfinite(row->seconds);
    for (int c = 0; c < (figures || style == MARKDOWN ? COLUMNS - 1 : 4); c++) {
        columns[c].write(row, cell);
        write_cell(to, style, c, cell);
    }
    columns[COLUMNS - 1].write(row, cell);
    if (figures)
        write_cell(to, style, COLUMNS - 1, cell);
    else if (style == MARKDOWN)
        fprintf(to, "| failed: %s ", row->message);
    else
        fprintf(to, "failed: %s", row->message);
    fprintf(to, style == MARKDOWN ? "|\n" : "\n");
}

void clp_bench_print_heading(FILE *to)
{
    write_heading(to, TEXT);
}

void clp_bench_print_row(FILE *to, const clp_bench_row *row)
{
    write_row(to, TEXT, row);
}

static void write_device(FILE *to, const clp_bench_device *device)
{
    char bytes[32];
    const clp_device_info *info = &device->info;
    fprintf(to,
            "## %s\n\n%s, driver %s, %u units, %s%s; clPoisson %s. Opened in %.2f s, kernels built in %.2f "
            "s.\n\n",
            info->name, info->platform, info->driver, info->compute_units,
            clp_bytes_text(info->memory_bytes, bytes, sizeof bytes), info->tuned ? ", tuned" : "",
            clp_version(), device->seconds_open, device->seconds_compile);
    if (*device->message) fprintf(to, "%s\n", device->message);
    if (device->row_count) write_heading(to, MARKDOWN);
    for (size_t r = 0; r < device->row_count; r++) write_row(to, MARKDOWN, &device->rows[r]);
}

clp_status clp_bench_write_markdown(const char *path, const clp_bench_device *devices, size_t count)
{
    clp_output_file file;
    CLP_TRY(clp_output_begin(&file, path));
    for (size_t i = 0; i < count; i++) {
        if (i) fputc('\n', file.stream);
        write_device(file.stream, &devices[i]);
    }
    return clp_output_commit(&file);
}
