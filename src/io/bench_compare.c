/* SPDX-License-Identifier: MIT */
/* Figures of several devices side by side. */
#include "base/status.h"
#include "io/bench_contest.h"

#include <math.h>
#include <string.h>

/* A terminal does what control characters say, and texts come from files. */
static void put_text(FILE *to, const char *text)
{
    for (; *text; text++) fputc((unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text, to);
}

/* Filled up to a width, and two spaces. */
static void put_cell(FILE *to, const char *text, int width)
{
    int length = (int)strlen(text);
    put_text(to, text);
    fprintf(to, "%*s", (length < width ? width - length : 0) + 2, "");
}

static void write_figure(const clp_bench_row *row, const clp_bench_row *first, char *cell, size_t size)
{
    if (!row) {
        snprintf(cell, size, "-");
        return;
    }
    int length;
    if (isfinite(row->unknowns_per_second))
        length = snprintf(cell, size, "%.1f M unknowns/s", 1e-6 * row->unknowns_per_second);
    else if (isfinite(row->updates_per_second))
        length = snprintf(cell, size, "%.2f G updates/s", 1e-9 * row->updates_per_second);
    else if (isfinite(row->flops))
        length = snprintf(cell, size, "%.1f Gflop/s", 1e-9 * row->flops);
    else
        length = snprintf(cell, size, "%.1f GB/s", 1e-9 * row->bytes_per_second);
    bool whole = length > 0 && (size_t)length < size; /* files may hold any number */
    if (first && first != row && whole)
        snprintf(cell + length, size - (size_t)length, " (%.2f x)", first->seconds / row->seconds);
}

static void print_operation(FILE *to, const clp_contest *all, const clp_bench_row *row)
{
    char cell[64], nodes[64];
    const clp_bench_row *first = clp_contest_best(all->devices[0], row);
    if (row->nodes[2])
        snprintf(nodes, sizeof nodes, "%zu x %zu x %zu", row->nodes[0], row->nodes[1], row->nodes[2]);
    else
        snprintf(nodes, sizeof nodes, "%zu x %zu", row->nodes[0], row->nodes[1]);
    put_cell(to, row->name, 16);
    put_cell(to, row->coefficients, 8);
    fprintf(to, "%-15s  %-9s", nodes, clp_precision_name(row->precision));
    for (size_t d = 0; d < all->count; d++) {
        write_figure(clp_contest_best(all->devices[d], row), first, cell, sizeof cell);
        fprintf(to, "  %*s", d + 1 < all->count ? -27 : 0, cell);
    }
    fprintf(to, "\n");
}

static void print_contest(FILE *to, const clp_contest *all)
{
    for (size_t d = 0; d < all->count; d++) {
        const clp_device_info *info = &all->devices[d]->info;
        fprintf(to, "%zu  ", d + 1);
        put_text(to, info->name);
        fputs(" (", to);
        put_text(to, info->platform);
        fputs(", driver ", to);
        put_text(to, info->driver);
        fprintf(to, "), %s\n", all->names[d]);
    }
    fprintf(to, "\n%-16s  %-8s  %-15s  %-9s", "operation", "k", "nodes", "precision");
    for (size_t d = 0; d < all->count; d++) fprintf(to, "  %*zu", d + 1 < all->count ? -27 : 0, d + 1);
    fprintf(to, "\n");
    for (size_t d = 0; d < all->count; d++)
        for (size_t i = 0; i < all->devices[d]->row_count; i++)
            if (!clp_contest_is_told(all, d, i)) print_operation(to, all, &all->devices[d]->rows[i]);
}

clp_status clp_bench_print_comparison(FILE *to, const clp_bench_report *reports, const char *const *names,
                                      size_t count)
{
    clp_contest all;
    clp_status status = clp_contest_begin(&all, reports, names, count);
    if (status == CLP_OK) print_contest(to, &all);
    clp_contest_finish(&all);
    return status;
}
