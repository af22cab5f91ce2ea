/* SPDX-License-Identifier: MIT */
/* What a bench found, as one page that needs nothing else: bars and figures, readable on a phone. */
#include "base/file.h"
#include "io/bench_contest.h"

#include <clpoisson/bench.h>
#include <clpoisson/text.h>

#include <math.h>
#include <string.h>

/* Bars of one group share a scale. */
typedef enum group { GROUP_MEMORY, GROUP_ARITHMETIC, GROUP_KERNELS, GROUP_SOLVES, GROUPS } group;

static const struct {
    const char *heading, *unit;
    double scale;
} groups[GROUPS] = {{"Memory", "GB/s", 1e-9},
                    {"Arithmetic", "Gflop/s", 1e-9},
                    {"Kernels", "G updates/s", 1e-9},
                    {"Solves to a residual of 1e-8", "M unknowns/s", 1e-6}};

static const char style[] =
    ":root{color-scheme:light dark;--text:#1b1f24;--soft:#5b6570;--back:#fff;--bar:#3b6fb6;--rail:#e6eaef}\n"
    "@media(prefers-color-scheme:dark){:root{--text:#e8eaed;--soft:#9aa4af;--back:#14171a;--bar:#6c9be0;--"
    "rail:#2a2f35}}\n"
    "body{font:16px/1.45 "
    "system-ui,sans-serif;color:var(--text);background:var(--back);max-width:72rem;margin:0 auto;"
    "padding:1rem}\n"
    "h1{font-size:1.5rem}h2{font-size:1.25rem;margin-top:2rem}h3{font-size:1rem;margin:1.4rem 0 .4rem}\n"
    ".soft{color:var(--soft);font-size:.85rem}\n"
    ".row{display:grid;grid-template-columns:19rem 1fr 10rem 14rem;gap:.2rem .8rem;"
    "align-items:center;padding:.2rem 0}\n"
    ".rail{background:var(--rail);border-radius:3px;height:.9rem}\n"
    ".bar{background:var(--bar);border-radius:3px;height:100%;min-width:2px}\n"
    ".figure{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}\n"
    "@media(max-width:60rem){.row{grid-template-columns:1fr auto;padding:.45rem 0}"
    ".rail{grid-column:1/-1;grid-row:2}.row .soft.note{grid-column:1/-1}}\n";

/* Texts come from drivers. */
static void put_text(FILE *to, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '&' || c == '<' || c == '>' || c == '"')
            fprintf(to, "&#%d;", c);
        else
            fputc(c >= ' ' && c < 0x7f ? c : '?', to);
    }
}

static group group_of(const clp_bench_row *row)
{
    if (strcmp(row->name, "solve") == 0) return GROUP_SOLVES;
    if (strcmp(row->name, "arithmetic") == 0) return GROUP_ARITHMETIC;
    bool memory = strcmp(row->name, "copy") == 0 || strcmp(row->name, "triad") == 0;
    return memory ? GROUP_MEMORY : GROUP_KERNELS;
}

/* NAN where it has none. */
static double figure_of(const clp_bench_row *row)
{
    group g = group_of(row);
    double figure = g == GROUP_SOLVES       ? row->unknowns_per_second
                    : g == GROUP_MEMORY     ? row->bytes_per_second
                    : g == GROUP_ARITHMETIC ? row->flops
                                            : row->updates_per_second;
    return groups[g].scale * figure;
}

static void put_label(FILE *to, const clp_bench_row *row)
{
    fputs("<div>", to);
    put_text(to, row->name);
    fputs(" <span class=\"soft\">", to);
    const char *parts[] = {row->variant, row->coefficients, clp_precision_name(row->precision)};
    for (int i = 0; i < 3; i++) {
        if (!*parts[i]) continue;
        put_text(to, parts[i]);
        fputs(i < 2 ? ", " : " ", to);
    }
    fprintf(to, "%zu&times;%zu", row->nodes[0], row->nodes[1]);
    if (row->nodes[2]) fprintf(to, "&times;%zu", row->nodes[2]);
    fputs("</span></div>", to);
}

static void put_row(FILE *to, const clp_bench_row *row, double largest)
{
    double figure = figure_of(row);
    fputs("<div class=\"row\">", to);
    put_label(to, row);
    if (isfinite(figure)) {
        fprintf(to, "<div class=\"rail\"><div class=\"bar\" style=\"width:%.1f%%\"></div></div>",
                largest > 0 ? 100 * figure / largest : 0);
        fprintf(to, "<div class=\"figure\">%.*f %s</div>", figure < 10 ? 2 : 1, figure,
                groups[group_of(row)].unit);
        fprintf(to, "<div class=\"soft note\">&plusmn;%.0f %%", 50 * row->spread);
        if (isfinite(row->part_of_streaming) && group_of(row) == GROUP_KERNELS)
            fprintf(to, ", %.0f %% of triad", 100 * row->part_of_streaming);
        if (isfinite(row->part_of_arithmetic) && group_of(row) == GROUP_KERNELS)
            fprintf(to, ", %.0f %% of arithmetic", 100 * row->part_of_arithmetic);
        if (isfinite(row->joules)) fprintf(to, ", %.3g J", row->joules);
        if (row->outliers) fprintf(to, ", %zu of %zu far off", row->outliers, row->runs);
        fputs("</div>", to);
    } else {
        fputs("<div class=\"rail\"></div><div class=\"figure\">failed</div><div class=\"soft note\">", to);
        put_text(to, row->message);
        fputs("</div>", to);
    }
    fputs("</div>\n", to);
}

static void put_group(FILE *to, const clp_bench_device *device, group g)
{
    double largest = 0;
    size_t count = 0;
    for (size_t r = 0; r < device->row_count; r++) {
        if (group_of(&device->rows[r]) != g) continue;
        count++;
        largest = fmax(largest, figure_of(&device->rows[r])); /* which passes over NAN */
    }
    if (!count) return;
    fprintf(to, "<h3>%s</h3>\n", groups[g].heading);
    for (size_t r = 0; r < device->row_count; r++)
        if (group_of(&device->rows[r]) == g) put_row(to, &device->rows[r], largest);
}

static void put_device(FILE *to, const clp_bench_device *device)
{
    char bytes[32];
    const clp_device_info *info = &device->info;
    fputs("<h2>", to);
    put_text(to, *info->name ? info->name : "a device that does not open");
    fputs("</h2>\n<p class=\"soft\">", to);
    put_text(to, info->platform);
    fputs(", driver ", to);
    put_text(to, info->driver);
    fprintf(to, ", %u units, %s%s. Opened in %.2f s, kernels built in %.2f s.</p>\n", info->compute_units,
            clp_bytes_text(info->memory_bytes, bytes, sizeof bytes), info->tuned ? ", tuned" : "",
            device->seconds_open, device->seconds_compile);
    if (*device->message) {
        fputs("<p>", to);
        put_text(to, device->message);
        fputs("</p>\n", to);
    }
    for (group g = 0; g < GROUPS; g++) put_group(to, device, g);
}

static void begin_page(FILE *to)
{
    fprintf(
        to,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<title>clPoisson bench</title>\n<style>\n%s</style>\n</head>\n<body>\n<h1>clPoisson bench</h1>\n",
        style);
}

clp_status clp_bench_write_html(const char *path, const clp_bench_device *devices, size_t count, bool quick)
{
    clp_output_file file;
    CLP_TRY(clp_output_begin(&file, path));
    begin_page(file.stream);
    fprintf(file.stream,
            "<p class=\"soft\">clPoisson %s, a %s run. Every kernel was compared with plain C. Medians; "
            "&plusmn; is half of what the middle half of the runs spans.</p>\n",
            clp_version(), quick ? "quick" : "whole");
    for (size_t i = 0; i < count; i++) put_device(file.stream, &devices[i]);
    fputs("</body>\n</html>\n", file.stream);
    return clp_output_commit(&file);
}

/* ---- several reports ---- */

/* A bar per device, the longest one whole. */
static void put_operation(FILE *to, const clp_contest *all, const clp_bench_row *like)
{
    double largest = 0;
    const clp_bench_row *first = clp_contest_best(all->devices[0], like);
    clp_bench_row heading = *like;
    heading.variant = "";
    for (size_t d = 0; d < all->count; d++) {
        const clp_bench_row *row = clp_contest_best(all->devices[d], like);
        if (row) largest = fmax(largest, figure_of(row));
    }
    fputs("<h3>", to);
    put_label(to, &heading);
    fputs("</h3>\n", to);
    for (size_t d = 0; d < all->count; d++) {
        const clp_bench_row *row = clp_contest_best(all->devices[d], like);
        double figure = row ? figure_of(row) : NAN;
        fprintf(to, "<div class=\"row\"><div>%zu <span class=\"soft\">", d + 1);
        put_text(to, all->devices[d]->info.name);
        fprintf(to, "</span></div><div class=\"rail\"><div class=\"bar\" style=\"width:%.1f%%\"></div></div>",
                isfinite(figure) && largest > 0 ? 100 * figure / largest : 0);
        if (isfinite(figure))
            fprintf(to, "<div class=\"figure\">%.*f %s</div><div class=\"soft note\">", figure < 10 ? 2 : 1,
                    figure, groups[group_of(row)].unit);
        else
            fputs("<div class=\"figure\">-</div><div class=\"soft note\">", to);
        if (row && first && row != first) fprintf(to, "%.2f x ", first->seconds / row->seconds);
        if (row) put_text(to, row->variant);
        fputs("</div></div>\n", to);
    }
}

static void put_contest(FILE *to, const clp_contest *all)
{
    fputs("<p>", to);
    for (size_t d = 0; d < all->count; d++) {
        const clp_device_info *info = &all->devices[d]->info;
        fprintf(to, "%s%zu ", d ? "<br>\n" : "", d + 1);
        put_text(to, info->name);
        fputs(" <span class=\"soft\">", to);
        put_text(to, info->platform);
        fputs(", driver ", to);
        put_text(to, info->driver);
        fputs("; ", to);
        put_text(to, all->names[d]);
        fputs("</span>", to);
    }
    fputs("</p>\n<p class=\"soft\">Of several variants of a kernel the fastest; in times of the first "
          "device.</p>\n",
          to);
    for (group g = 0; g < GROUPS; g++) {
        fprintf(to, "<h2>%s</h2>\n", groups[g].heading);
        for (size_t d = 0; d < all->count; d++)
            for (size_t r = 0; r < all->devices[d]->row_count; r++) {
                const clp_bench_row *row = &all->devices[d]->rows[r];
                if (group_of(row) == g && !clp_contest_is_told(all, d, r)) put_operation(to, all, row);
            }
    }
}

clp_status clp_bench_write_comparison(const char *path, const clp_bench_report *reports,
                                      const char *const *names, size_t count)
{
    clp_output_file file;
    clp_contest all;
    clp_status status = clp_contest_begin(&all, reports, names, count);
    if (status == CLP_OK) status = clp_output_begin(&file, path);
    if (status == CLP_OK) {
        begin_page(file.stream);
        put_contest(file.stream, &all);
        fputs("</body>\n</html>\n", file.stream);
        status = clp_output_commit(&file);
    }
    clp_contest_finish(&all);
    return status;
}
