/* SPDX-License-Identifier: MIT */
#include "app/summary.h"

#include "app/terminal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void app_show_problem(const clp_device_info *device, const clp_problem *problem)
{
    const clp_grid *grid = clp_problem_grid(problem);
    char memory[32], sides[256] = "", count[32];
    app_say("%sdevice%s   %s (%s), %u unit%s, %s", app_bold(), app_plain(), device->name, device->platform,
            device->compute_units, device->compute_units == 1 ? "" : "s",
            clp_bytes_text(device->memory_bytes, memory, sizeof memory));
    static const clp_side order[] = {CLP_SIDE_TOP, CLP_SIDE_RIGHT, CLP_SIDE_BOTTOM, CLP_SIDE_LEFT};
    for (int i = 0; i < CLP_SIDES; i++) {
        const clp_boundary *boundary = clp_problem_boundary(problem, order[i]);
        char side[64];
        if (boundary->kind == CLP_BOUNDARY_VALUE)
            snprintf(side, sizeof side, "%s%s %g", i ? ", " : "", clp_side_name(order[i]), boundary->value);
        else
            snprintf(side, sizeof side, "%s%s insulated", i ? ", " : "", clp_side_name(order[i]));
        strncat(sides, side, sizeof sides - strlen(sides) - 1);
    }
    app_say("%sproblem%s  %zu x %zu nodes (%s) on %g x %g; %s", app_bold(), app_plain(), grid->nodes[0],
            grid->nodes[1], app_count(clp_grid_node_count(grid), count, sizeof count), grid->size[0],
            grid->size[1], sides);
}

void app_show_progress(app_progress_state *state, const clp_progress *progress)
{
    if (progress->seconds - state->last < 0.1) return;
    state->last = progress->seconds;
    char sweeps[32], left[64] = "", time[32];
    double rate = (double)progress->sweeps / progress->seconds;
    if (isfinite(progress->sweeps_left))
        snprintf(left, sizeof left, ", about %s left",
                 app_duration(progress->sweeps_left / rate, time, sizeof time));
    static const char *const what[] = {"error at most", "relative residual", "largest change"};
    app_progress("%s sweeps: %s %.3g, to reach %.3g; %.2f G updates/s%s",
                 app_count(progress->sweeps, sweeps, sizeof sweeps), what[state->criterion], progress->value,
                 progress->tolerance, 1e-9 * progress->updates_per_second, left);
}

/* Why a solve that did not converge ended, and what to do about it. */
static const char *advice(const clp_report *report)
{
    switch (report->reason) {
    case CLP_REASON_MAX_ITERATIONS:
        return "max_iterations was reached; raise it, or ask for a larger tolerance";
    case CLP_REASON_INTERRUPTED:
        return "it was interrupted";
    case CLP_REASON_ROUNDING:
        return strcmp(report->precision, "single") == 0
                   ? "rounding in single precision allows no better; use precision: double, or a larger "
                     "tolerance"
                   : "rounding allows no better; ask for a larger tolerance";
    default:
        return clp_reason_name(report->reason);
    }
}

static void show_verdict(const clp_report *report, bool written)
{
    bool by_error = strcmp(report->criterion, "error") == 0;
    if (report->converged)
        app_say("%ssolved%s   %s%s%severy value is within %.2g of the exact solution of the %zu equations "
                "(certified)",
                app_green(), app_plain(), by_error ? "" : "as far as criterion ",
                by_error ? "" : report->criterion, by_error ? "" : " asks; ", report->algebraic_bound,
                report->unknowns);
    else
        app_error("not converged: %s. %sEvery value is within %.2g of the exact solution of the equations",
                  advice(report), written ? "The result is written, and marked. " : "",
                  report->algebraic_bound);
}

static void show_outputs(const clp_problem_output *output)
{
    const char *const paths[] = {output->picture, output->field, output->report};
    char text[1024] = "";
    for (int i = 0; i < 3; i++) {
        if (!paths[i] || strcmp(paths[i], "-") == 0) continue;
        if (*text) strncat(text, ", ", sizeof text - strlen(text) - 1);
        strncat(text, paths[i], sizeof text - strlen(text) - 1);
    }
    if (*text) app_say("         wrote %s", text);
}

void app_show_summary(const clp_report *report, const clp_problem_output *output, bool all_written)
{
    char solve[32], compile[32], total[32], sweeps[32], fluxes[256] = "";
    show_verdict(report, all_written && (output->picture || output->field || output->report));
    app_say("         values from %g to %g, mean %.6g", report->minimum, report->maximum, report->mean);
    for (int side = 0; side < CLP_SIDES; side++) {
        char flux[64];
        if (report->flux[side] == 0) continue; /* insulated */
        snprintf(flux, sizeof flux, "%s%s %.5g", *fluxes ? ", " : "", clp_side_name((clp_side)side),
                 report->flux[side]);
        strncat(fluxes, flux, sizeof fluxes - strlen(fluxes) - 1);
    }
    app_say("         flux entering through %s", fluxes);
    app_say("         %s sweeps of %s in %s precision in %s, %.2f G updates/s; kernels %s, all %s",
            app_count(report->sweeps, sweeps, sizeof sweeps), report->method, report->precision,
            app_duration(report->seconds_solve, solve, sizeof solve), 1e-9 * report->updates_per_second,
            app_duration(report->seconds_compile, compile, sizeof compile),
            app_duration(report->seconds_total, total, sizeof total));
    show_outputs(output);
}
