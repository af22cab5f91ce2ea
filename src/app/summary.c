/* SPDX-License-Identifier: MIT */
#include "app/summary.h"

#include "app/outputs.h"
#include "app/terminal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *app_value_text(const clp_value *value, char *text, size_t size)
{
    if (value->table)
        snprintf(text, size, "table of %zu times", value->rows);
    else if (value->array)
        snprintf(text, size, "array");
    else if (value->expression)
        snprintf(text, size, "%.24s%s", value->expression, strlen(value->expression) > 24 ? "..." : "");
    else
        snprintf(text, size, "%g", value->number);
    return text;
}

const char *app_side_text(const clp_problem *problem, clp_side side, char *text, size_t size)
{
    const clp_boundary *boundary = clp_problem_boundary(problem, side);
    const char *name = clp_side_name(side);
    char value[40], ambient[40];
    if (clp_problem_is_periodic(problem, (int)side / 2))
        snprintf(text, size, "%s periodic", name);
    else if (boundary->kind == CLP_BOUNDARY_VALUE)
        snprintf(text, size, "%s %s", name, app_value_text(&boundary->value, value, sizeof value));
    else if (boundary->kind == CLP_BOUNDARY_FLUX)
        snprintf(text, size, "%s flux %s", name, app_value_text(&boundary->value, value, sizeof value));
    else if (boundary->kind == CLP_BOUNDARY_TRANSFER)
        snprintf(text, size, "%s transfer %s to %s", name,
                 app_value_text(&boundary->transfer, value, sizeof value),
                 app_value_text(&boundary->ambient, ambient, sizeof ambient));
    else
        snprintf(text, size, "%s insulated", name);
    return text;
}

const char *app_region_text(const clp_region *region, char *text, size_t size)
{
    char value[40];
    snprintf(text, size, "%s%s%s", region->name,
             region->sets & CLP_SETS_VALUE      ? " at "
             : region->sets & CLP_SETS_FLOATING ? " floating"
                                                : "",
             region->sets & CLP_SETS_VALUE ? app_value_text(&region->value, value, sizeof value) : "");
    return text;
}

static void show_regions(const clp_problem *problem)
{
    size_t count = clp_problem_region_count(problem);
    char names[256] = "";
    for (size_t r = 0; r < count; r++) {
        char text[160];
        app_region_text(clp_problem_region(problem, r), text, sizeof text);
        if (*names) strncat(names, ", ", sizeof names - strlen(names) - 1);
        if (strlen(names) + strlen(text) > 200) {
            strncat(names, ", ...", sizeof names - strlen(names) - 1);
            break;
        }
        strncat(names, text, sizeof names - strlen(names) - 1);
    }
    if (count) app_say("         %zu region%s: %s", count, count == 1 ? "" : "s", names);
}

const char *app_extent_text(const clp_grid *grid, const char *times, char *text, size_t size)
{
    if (clp_grid_dimensions(grid) == 3)
        snprintf(text, size, "%zu %s %zu %s %zu", grid->nodes[0], times, grid->nodes[1], times,
                 grid->nodes[2]);
    else
        snprintf(text, size, "%zu %s %zu", grid->nodes[0], times, grid->nodes[1]);
    return text;
}

void app_show_problem(const clp_device_info *device, const clp_problem *problem)
{
    static const clp_side order[] = {CLP_SIDE_TOP,  CLP_SIDE_RIGHT, CLP_SIDE_BOTTOM,
                                     CLP_SIDE_LEFT, CLP_SIDE_FRONT, CLP_SIDE_BACK};
    const clp_grid whole = clp_grid_of_part(clp_problem_grid(problem)), *grid = &whole;
    char memory[32], sides[512] = "", count[32], extent[80], size[80];
    app_say("%sdevice%s   %s (%s), %u unit%s, %s%s", app_bold(), app_plain(), device->name, device->platform,
            device->compute_units, device->compute_units == 1 ? "" : "s",
            clp_bytes_text(device->memory_bytes, memory, sizeof memory), device->tuned ? ", tuned" : "");
    for (int i = 0; i < 2 * clp_grid_dimensions(grid); i++) {
        char side[128];
        app_side_text(problem, order[i], side, sizeof side);
        if (i) strncat(sides, ", ", sizeof sides - strlen(sides) - 1);
        strncat(sides, side, sizeof sides - strlen(sides) - 1);
    }
    int length = snprintf(size, sizeof size, "%g x %g", grid->size[0], grid->size[1]);
    if (clp_grid_dimensions(grid) == 3)
        snprintf(size + length, sizeof size - (size_t)length, " x %g", grid->size[2]);
    app_say("%sproblem%s  %s nodes (%s) on %s; %s", app_bold(), app_plain(),
            app_extent_text(grid, "x", extent, sizeof extent),
            app_count(clp_grid_node_count(grid), count, sizeof count), size, sides);
    show_regions(problem);
}

void app_show_progress(app_progress_state *state, const clp_progress *progress)
{
    if (progress->seconds - state->last < 0.1) return;
    state->last = progress->seconds;
    char sweeps[32], left[64] = "", time[32];
    double rate = (double)progress->sweeps / progress->seconds;
    if (isfinite(progress->sweeps_left) && rate > 0)
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
    case CLP_REASON_STAGNATION:
        return "the error does not get smaller; try another solver.method";
    case CLP_REASON_BREAKDOWN:
        return "conjugate gradients broke down, which rounding or equations that are not positive definite "
               "do; "
               "try another solver.method";
    default:
        return clp_reason_name(report->reason);
    }
}

static void show_verdict(const clp_report *report, bool written)
{
    bool by_error = strcmp(report->criterion, "error") == 0;
    if (report->converged)
        app_say("%ssolved%s   %s%s%severy value is within %.2g of the exact solution of the %zu equations "
                "(%s)",
                app_green(), app_plain(), by_error ? "" : "as far as criterion ",
                by_error ? "" : report->criterion, by_error ? "" : " asks; ", report->algebraic_bound,
                report->unknowns, report->bound_is_certified ? "certified" : "an estimate, not certified");
    else if (isfinite(report->algebraic_bound))
        app_error("not converged: %s. %sEvery value is within %.2g of the exact solution of the equations",
                  advice(report), written ? "The result is written, and marked. " : "",
                  report->algebraic_bound);
    else
        app_error("not converged: %s. %sNo bound of the error is known", advice(report),
                  written ? "The result is written, and marked. " : "");
}

/* The error that more nodes would mend, beside the one that more iterations would. */
static void show_grid_error(const clp_report *report)
{
    double estimate = report->discretization_estimate,
           rounding = 1e-10 * fmax(fabs(report->minimum), fabs(report->maximum));
    if (estimate > report->algebraic_bound && estimate > rounding)
        app_say("         the grid itself is off by about %.2g (estimated; more nodes would help)", estimate);
    else if (isfinite(estimate))
        app_say("         the grid itself is off by %s (estimated: about %.2g)",
                estimate > report->algebraic_bound ? "no more than rounding" : "less", estimate);
    else if (report->coarser_differs)
        app_say(
            "         how far the grid itself is off is not known: what is thin gets lost on half as many "
            "cells; more nodes would tell");
}

void app_show_outputs(const clp_problem_output *output)
{
    const char *paths[APP_OUTPUTS];
    app_list_outputs(output, paths);
    char text[1024] = "";
    for (size_t i = 0; i < APP_OUTPUTS; i++) {
        if (!paths[i] || strcmp(paths[i], "-") == 0) continue;
        if (*text) strncat(text, ", ", sizeof text - strlen(text) - 1);
        strncat(text, paths[i], sizeof text - strlen(text) - 1);
    }
    if (*text) app_say("         wrote %s", text);
}

/* Appends "name number" to a list; what is 0 is left out. */
static void add_flux(char *list, size_t size, const char *name, double flux)
{
    char text[96];
    if (flux == 0) return;
    snprintf(text, sizeof text, "%s%s %.5g", *list ? ", " : "", name, flux);
    strncat(list, text, size - strlen(list) - 1);
}

static void show_fluxes(const clp_report *report)
{
    char fluxes[512] = "";
    for (int side = 0; side < CLP_SIDES; side++)
        add_flux(fluxes, sizeof fluxes, clp_side_name((clp_side)side), report->flux[side]);
    for (size_t e = 0; e < report->electrode_count; e++)
        add_flux(fluxes, sizeof fluxes, report->electrodes[e].name, report->electrodes[e].flux);
    add_flux(fluxes, sizeof fluxes, "sources", report->source);
    add_flux(fluxes, sizeof fluxes, "reaction", -report->sink);
    if (*fluxes) app_say("         entering: %s; they add up to %.2g", fluxes, report->imbalance);
    if (isfinite(report->capacitance)) app_say("         capacitance %.8g", report->capacitance);
    for (size_t e = 0; e < report->electrode_count; e++)
        if (report->electrodes[e].floating && isfinite(report->electrodes[e].value))
            app_say("         %s floats at %.8g", report->electrodes[e].name, report->electrodes[e].value);
}

void app_show_ranks(const clp_report *report)
{
    const clp_ranks_report *ranks = report->ranks;
    double waiting = 0, solving = 0;
    unsigned long long bytes = 0;
    char parts[80], sent[32];
    if (!ranks) return;
    for (size_t i = 0; i < ranks->count; i++) {
        waiting += ranks->list[i].seconds_waiting;
        solving += ranks->list[i].seconds_solve;
        bytes += ranks->list[i].halo_bytes;
    }
    int length = snprintf(parts, sizeof parts, "%zu x %zu", ranks->parts[0], ranks->parts[1]);
    if (clp_grid_dimensions(&report->grid) == 3)
        snprintf(parts + length, sizeof parts - (size_t)length, " x %zu", ranks->parts[2]);
    app_say(
        "         %zu rank%s by %s, %s parts; %zu exchanges, %s in all; waiting took %.0f %%, the busiest "
        "one worked %.0f %% more than the mean",
        ranks->count, ranks->count == 1 ? "" : "s", ranks->transport, parts, ranks->list[0].exchanges,
        clp_bytes_text(bytes, sent, sizeof sent), solving > 0 ? 100 * waiting / solving : 0,
        100 * ranks->imbalance);
}

void app_show_summary(const clp_report *report, const clp_problem_output *output, bool all_written)
{
    char solve[32], compile[32], total[32], sweeps[32];
    show_verdict(report, all_written && (output->picture || output->field || output->vtk ||
                                         output->convergence || output->report));
    app_say("         values from %g to %g, mean %.6g%s", report->minimum, report->maximum, report->mean,
            report->singular
                ? " (nothing holds the solution: of all that differ by a constant, the one of mean 0)"
                : "");
    show_grid_error(report);
    show_fluxes(report);
    if (report->choice && terminal.verbose)
        app_say("         auto took %s: %s", report->method, report->choice);
    app_duration(report->seconds_solve, solve, sizeof solve);
    app_duration(report->seconds_compile, compile, sizeof compile);
    app_duration(report->seconds_total, total, sizeof total);
    if (report->sweeps == 0 && report->converged)
        app_say("         the first guess was right already; solved in %s, kernels built in %s, all %s",
                solve, compile, total);
    else
        app_say(
            "         %s sweep%s of %s in %s precision in %s, %.2f G updates/s; kernels built in %s, all %s",
            app_count(report->sweeps, sweeps, sizeof sweeps), report->sweeps == 1 ? "" : "s", report->method,
            report->precision, solve, 1e-9 * report->updates_per_second, compile, total);
    app_show_ranks(report);
    app_show_outputs(output);
}
