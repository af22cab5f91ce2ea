/* SPDX-License-Identifier: MIT */
/* Figures of several devices side by side. */
#include "base/checked.h"
#include "base/status.h"

#include <clpoisson/bench.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* All devices of all reports in a row. */
typedef struct contest {
    const clp_bench_device **devices;
    const char **names; /* of their reports */
    size_t count;
} contest;

static clp_status check_alike(const clp_bench_report *reports, const char *const *names, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (strcmp(reports[i].version, reports[0].version))
            return clp_fail(CLP_ERROR_INPUT,
                            "%s is of clPoisson %s, %s of %s: kernels differ; measure again with one version",
                            names[0], reports[0].version, names[i], reports[i].version);
        if (reports[i].quick != reports[0].quick)
            return clp_fail(CLP_ERROR_INPUT,
                            "%s is of a %s run, %s of a %s one: grids differ; measure again alike", names[0],
                            reports[0].quick ? "quick" : "whole", names[i],
                            reports[i].quick ? "quick" : "whole");
    }
    return CLP_OK;
}

static bool is_same(const clp_bench_row *a, const clp_bench_row *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->coefficients, b->coefficients) == 0 &&
           a->precision == b->precision && memcmp(a->nodes, b->nodes, sizeof a->nodes) == 0;
}

/* Of an operation's rows the fastest: variants differ from device to device. NULL: none with a figure. */
static const clp_bench_row *best_of(const clp_bench_device *device, const clp_bench_row *like)
{
    const clp_bench_row *best = NULL;
    for (size_t i = 0; i < device->row_count; i++) {
        const clp_bench_row *row = &device->rows[i];
        if (!is_same(row, like) || !row->right || !(row->seconds > 0)) continue;
        if (!best || row->seconds < best->seconds) best = row;
    }
    return best;
}

/* Whether an operation stands in a row before, here or on a device before. */
static bool is_told(const contest *all, size_t device, size_t row)
{
    const clp_bench_row *like = &all->devices[device]->rows[row];
    for (size_t d = 0; d <= device; d++)
        for (size_t i = 0; i < (d < device ? all->devices[d]->row_count : row); i++)
            if (is_same(&all->devices[d]->rows[i], like)) return true;
    return false;
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
    else
        length = snprintf(cell, size, "%.1f GB/s", 1e-9 * row->bytes_per_second);
    bool whole = length > 0 && (size_t)length < size; /* files may hold any number */
    if (first && first != row && whole)
        snprintf(cell + length, size - (size_t)length, " (%.2f x)", first->seconds / row->seconds);
}

static void print_operation(FILE *to, const contest *all, const clp_bench_row *row)
{
    char cell[64], nodes[64];
    const clp_bench_row *first = best_of(all->devices[0], row);
    if (row->nodes[2])
        snprintf(nodes, sizeof nodes, "%zu x %zu x %zu", row->nodes[0], row->nodes[1], row->nodes[2]);
    else
        snprintf(nodes, sizeof nodes, "%zu x %zu", row->nodes[0], row->nodes[1]);
    fprintf(to, "%-16s  %-8s  %-15s  %-9s", row->name, row->coefficients, nodes,
            clp_precision_name(row->precision));
    for (size_t d = 0; d < all->count; d++) {
        write_figure(best_of(all->devices[d], row), first, cell, sizeof cell);
        fprintf(to, "  %*s", d + 1 < all->count ? -27 : 0, cell);
    }
    fprintf(to, "\n");
}

static void print_contest(FILE *to, const contest *all)
{
    for (size_t d = 0; d < all->count; d++)
        fprintf(to, "%zu  %s (%s, driver %s), %s\n", d + 1, all->devices[d]->info.name,
                all->devices[d]->info.platform, all->devices[d]->info.driver, all->names[d]);
    fprintf(to, "\n%-16s  %-8s  %-15s  %-9s", "operation", "k", "nodes", "precision");
    for (size_t d = 0; d < all->count; d++) fprintf(to, "  %*zu", d + 1 < all->count ? -27 : 0, d + 1);
    fprintf(to, "\n");
    for (size_t d = 0; d < all->count; d++)
        for (size_t i = 0; i < all->devices[d]->row_count; i++)
            if (!is_told(all, d, i)) print_operation(to, all, &all->devices[d]->rows[i]);
}

clp_status clp_bench_print_comparison(FILE *to, const clp_bench_report *reports, const char *const *names,
                                      size_t count)
{
    contest all = {.count = 0};
    size_t devices = 0;
    CLP_TRY(check_alike(reports, names, count));
    for (size_t i = 0; i < count; i++) devices += reports[i].count;
    if (devices == 0)
        return clp_fail(CLP_ERROR_INPUT, "%s has no devices in it", count ? names[0] : "nothing");
    all.devices = calloc(devices, sizeof *all.devices);
    all.names = calloc(devices, sizeof *all.names);
    bool room = all.devices && all.names;
    for (size_t i = 0; i < count && room; i++)
        for (size_t d = 0; d < reports[i].count; d++) {
            all.names[all.count] = names[i];
            all.devices[all.count++] = &reports[i].devices[d];
        }
    if (room) print_contest(to, &all);
    free(all.devices);
    free(all.names);
    return room ? CLP_OK : clp_fail_host_memory(devices * sizeof *all.devices);
}
