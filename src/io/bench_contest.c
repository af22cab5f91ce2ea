/* SPDX-License-Identifier: MIT */
#include "io/bench_contest.h"

#include "base/checked.h"
#include "base/status.h"

#include <stdlib.h>
#include <string.h>

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

const clp_bench_row *clp_contest_best(const clp_bench_device *device, const clp_bench_row *like)
{
    const clp_bench_row *best = NULL;
    for (size_t i = 0; i < device->row_count; i++) {
        const clp_bench_row *row = &device->rows[i];
        if (!is_same(row, like) || !row->right || !(row->seconds > 0)) continue;
        if (!best || row->seconds < best->seconds) best = row;
    }
    return best;
}

bool clp_contest_is_told(const clp_contest *all, size_t device, size_t row)
{
    const clp_bench_row *like = &all->devices[device]->rows[row];
    for (size_t d = 0; d <= device; d++)
        for (size_t i = 0; i < (d < device ? all->devices[d]->row_count : row); i++)
            if (is_same(&all->devices[d]->rows[i], like)) return true;
    return false;
}

clp_status clp_contest_begin(clp_contest *contest, const clp_bench_report *reports, const char *const *names,
                             size_t count)
{
    size_t devices = 0;
    *contest = (clp_contest){.count = 0};
    CLP_TRY(check_alike(reports, names, count));
    for (size_t i = 0; i < count; i++) devices += reports[i].count;
    if (devices == 0)
        return clp_fail(CLP_ERROR_INPUT, "%s has no devices in it", count ? names[0] : "nothing");
    contest->devices = calloc(devices, sizeof *contest->devices);
    contest->names = calloc(devices, sizeof *contest->names);
    if (!contest->devices || !contest->names) return clp_fail_host_memory(devices * sizeof *contest->devices);
    for (size_t i = 0; i < count; i++)
        for (size_t d = 0; d < reports[i].count; d++) {
            contest->names[contest->count] = names[i];
            contest->devices[contest->count++] = &reports[i].devices[d];
        }
    return CLP_OK;
}

void clp_contest_finish(clp_contest *contest)
{
    free(contest->devices);
    free(contest->names);
}
