/* SPDX-License-Identifier: MIT */
/* The levels of a multigrid cycle, for --verbose. */
#include "app/summary.h"
#include "app/terminal.h"

#include <math.h>
#include <stdio.h>

void app_show_levels(clp_solver *solver)
{
    enum { ROOM = 64 };
    clp_level_time times[ROOM];
    size_t count;
    double all = 0, making;
    if (clp_solver_time_levels(solver, times, ROOM, &count, &making) != CLP_OK || count == 0) return;
    for (size_t i = 0; i < count; i++) all += times[i].seconds;
    if (isfinite(making))
        app_say("         levels of a cycle, made in %.3f ms, %.0f %% of the solve:", 1e3 * making,
                100 * making / clp_solver_report(solver)->seconds_solve);
    else
        app_say("         levels of a cycle:");
    for (size_t i = 0; i < count; i++) {
        char nodes[64];
        const size_t *n = times[i].nodes;
        int length = snprintf(nodes, sizeof nodes, "%zu x %zu", n[0], n[1]);
        if (n[2] > 1) snprintf(nodes + length, sizeof nodes - (size_t)length, " x %zu", n[2]);
        app_say("         %16s nodes %9.3f ms %3.0f %%", nodes, 1e3 * times[i].seconds,
                100 * times[i].seconds / all);
    }
}
