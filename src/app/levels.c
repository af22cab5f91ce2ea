/* SPDX-License-Identifier: MIT */
/* The levels of a multigrid cycle, for --verbose. */
#include "app/summary.h"
#include "app/terminal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void extent(const size_t nodes[3], char *text, size_t size)
{
    const clp_grid grid = {.nodes = {nodes[0], nodes[1], nodes[2]}};
    app_extent_text(&grid, "x", text, size);
}

void app_show_levels(clp_solver *solver)
{
    enum { ROOM = 64 };
    clp_level_time times[ROOM];
    size_t count;
    double all = 0, making;
    if (clp_solver_time_levels(solver, times, ROOM, &count, &making) != CLP_OK || count == 0) return;
    for (size_t i = 0; i < count; i++) all += times[i].seconds;
    if (isfinite(making))
        app_say("         levels of a cycle, made in %.3f ms beforehand, %.0f %% as long as the solve:",
                1e3 * making, 100 * making / clp_solver_report(solver)->seconds_solve);
    else
        app_say("         levels of a cycle:");
    for (size_t i = 0; i < count && i < ROOM; i++) {
        char nodes[64], whole[64], shared[128] = "";
        extent(times[i].nodes, nodes, sizeof nodes);
        extent(times[i].whole, whole, sizeof whole);
        int length = 0;
        if (strcmp(nodes, whole)) length = snprintf(shared, sizeof shared, "  of %s", whole);
        if (times[i].sharers > 1)
            snprintf(shared + length, sizeof shared - (size_t)length, "  on each of %zu ranks",
                     times[i].sharers);
        app_say("         %16s nodes %9.3f ms %3.0f %%%s", nodes, 1e3 * times[i].seconds,
                100 * times[i].seconds / all, shared);
    }
}
