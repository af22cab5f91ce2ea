/* SPDX-License-Identifier: MIT */
#include <clpoisson/output.h>

#include "io/json.h"

#include <math.h>

static json_t *flux_json(const clp_report *report)
{
    json_t *flux = json_object();
    for (int side = 0; side < 2 * clp_grid_dimensions(&report->grid); side++)
        if (!isnan(report->flux[side]))
            json_object_set_new(flux, clp_side_name((clp_side)side), clp_json_number(report->flux[side]));
    for (size_t e = 0; e < report->electrode_count; e++)
        json_object_set_new(flux, report->electrodes[e].name, clp_json_number(report->electrodes[e].flux));
    return flux;
}

static json_t *electrodes_json(const clp_report *report)
{
    json_t *all = json_object();
    for (size_t e = 0; e < report->electrode_count; e++) {
        const clp_electrode_report *electrode = &report->electrodes[e];
        json_object_set_new(all, electrode->name,
                            json_pack("{s:b, s:o, s:o}", "floating", (int)electrode->floating, "value",
                                      clp_json_number(electrode->value), "flux",
                                      clp_json_number(electrode->flux)));
    }
    return all;
}

static json_t *matrix_json(const clp_report *report)
{
    if (!report->matrix) return json_null();
    json_t *names = json_array(), *rows = json_array();
    for (size_t i = 0; i < report->conductor_count; i++) {
        json_t *row = json_array();
        for (size_t j = 0; j < report->conductor_count; j++)
            json_array_append_new(row, clp_json_number(report->matrix[i * report->conductor_count + j]));
        json_array_append_new(rows, row);
        json_array_append_new(names, clp_json_text(report->conductors[i]));
    }
    return json_pack("{s:o, s:o}", "conductors", names, "values", rows);
}

static json_t *quantities_json(const clp_report *report)
{
    json_t *balance =
        json_pack("{s:o, s:o, s:o}", "source", clp_json_number(report->source), "sink",
                  clp_json_number(report->sink), "imbalance", clp_json_number(report->imbalance));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "minimum",
                     clp_json_number(report->minimum), "maximum", clp_json_number(report->maximum), "mean",
                     clp_json_number(report->mean), "energy", clp_json_number(report->energy), "capacitance",
                     clp_json_number(report->capacitance), "flux", flux_json(report), "electrodes",
                     electrodes_json(report), "balance", balance, "matrix", matrix_json(report));
}

static json_t *history_json(const clp_report *report)
{
    json_t *tests = json_array();
    for (size_t i = 0; i < report->history_count; i++) {
        const clp_test_report *test = &report->history[i];
        json_array_append_new(
            tests,
            json_pack("{s:o, s:o, s:o, s:o, s:o}", "iterations", clp_json_whole(test->iterations), "sweeps",
                      clp_json_whole(test->sweeps), "seconds", clp_json_number(test->seconds), "value",
                      clp_json_number(test->value), "residual", clp_json_number(test->residual)));
    }
    return tests;
}

static json_t *interval_json(const clp_interval_report *interval)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "time",
                     clp_json_number(interval->time), "steps", clp_json_whole(interval->steps), "stored",
                     clp_json_number(interval->stored), "change", clp_json_number(interval->change),
                     "entered", clp_json_number(interval->entered), "source", clp_json_number(interval->fed),
                     "sink", clp_json_number(interval->drained), "imbalance",
                     clp_json_number(interval->imbalance), "minimum", clp_json_number(interval->minimum),
                     "maximum", clp_json_number(interval->maximum), "mean", clp_json_number(interval->mean));
}

/* null for a steady problem. */
static json_t *time_json(const clp_time_report *report)
{
    if (!report) return json_null();
    json_t *intervals = json_array();
    for (size_t i = 0; i < report->interval_count; i++)
        json_array_append_new(intervals, interval_json(&report->intervals[i]));
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o}", "end",
        clp_json_number(report->end), "reached", clp_json_number(report->reached), "step",
        clp_json_number(report->step), "tolerance", clp_json_number(report->tolerance), "output_every",
        clp_json_number(report->output_every), "steps", clp_json_whole(report->steps), "rejected",
        clp_json_whole(report->rejected), "step_smallest", clp_json_number(report->step_smallest),
        "step_largest", clp_json_number(report->step_largest), "largest_stable",
        clp_json_number(report->largest_stable), "applications", clp_json_whole(report->applications),
        "cycles", clp_json_whole(report->cycles), "steady", (int)report->steady, "intervals", intervals);
}

/* null for one process alone. */
static json_t *ranks_json(const clp_ranks_report *report)
{
    if (!report) return json_null();
    json_t *parts = json_array(), *list = json_array();
    for (int axis = 0; axis < CLP_AXES; axis++)
        json_array_append_new(parts, clp_json_whole(report->parts[axis]));
    for (size_t i = 0; i < report->count; i++) {
        const clp_rank_report *rank = &report->list[i];
        json_array_append_new(
            list,
            json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "device", clp_json_text(rank->device), "nodes",
                      clp_json_whole(rank->nodes), "exchanges", clp_json_whole(rank->exchanges), "overlapped",
                      clp_json_whole(rank->overlapped), "halo_bytes", clp_json_whole(rank->halo_bytes),
                      "seconds_solve", clp_json_number(rank->seconds_solve), "seconds_waiting",
                      clp_json_number(rank->seconds_waiting)));
    }
    return json_pack("{s:o, s:s, s:o, s:o, s:o}", "count", clp_json_whole(report->count), "transport",
                     report->transport, "parts", parts, "imbalance", clp_json_number(report->imbalance),
                     "each", list);
}

static json_t *problem_json(const clp_report *report)
{
    json_t *nodes = json_array();
    for (int axis = 0; axis < clp_grid_dimensions(&report->grid); axis++)
        json_array_append_new(nodes, clp_json_whole(report->grid.nodes[axis]));
    return json_pack("{s:i, s:o, s:o, s:b}", "dimensions", clp_grid_dimensions(&report->grid), "nodes", nodes,
                     "unknowns", clp_json_whole(report->unknowns), "singular", (int)report->singular);
}

static json_t *seconds_json(const clp_report *report)
{
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o}", "setup", clp_json_number(report->seconds_setup), "compile",
        clp_json_number(report->seconds_compile), "solve", clp_json_number(report->seconds_solve), "output",
        clp_json_number(report->seconds_output), "total", clp_json_number(report->seconds_total));
}

clp_status clp_report_write_json(const char *path, const clp_report *report)
{
    json_t *solver =
        json_pack("{s:s, s:s?, s:s, s:s, s:o, s:s, s:o, s:o, s:o, s:b, s:s}", "method", report->method,
                  "choice", report->choice, "precision", report->precision, "criterion", report->criterion,
                  "tolerance", clp_json_number(report->tolerance), "check", report->check, "iterations",
                  clp_json_whole(report->iterations), "sweeps", clp_json_whole(report->sweeps), "tests",
                  clp_json_whole(report->tests), "converged", (int)report->converged, "reason",
                  clp_reason_name(report->reason));
    json_t *error = json_pack(
        "{s:o, s:o, s:o, s:o, s:b, s:o}", "residual_initial", clp_json_number(report->residual_initial),
        "residual_final", clp_json_number(report->residual_final), "residual_relative",
        clp_json_number(report->residual_relative), "algebraic_bound",
        clp_json_number(report->algebraic_bound), "bound_is_certified", (int)report->bound_is_certified,
        "discretization_estimate", clp_json_number(report->discretization_estimate));
    json_t *performance =
        json_pack("{s:o, s:o, s:o}", "updates_per_second", clp_json_number(report->updates_per_second),
                  "bytes_per_second", clp_json_number(report->bytes_per_second), "unknowns_per_second",
                  clp_json_number(report->unknowns_per_second));
    json_t *memory = json_pack("{s:o, s:o}", "device_bytes", clp_json_whole(report->device_bytes),
                               "bytes_per_unknown", clp_json_number(report->bytes_per_unknown));
    json_t *root =
        json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "clpoisson", clp_version(),
                  "problem", problem_json(report), "device", clp_json_device(&report->device), "solver",
                  solver, "error", error, "seconds", seconds_json(report), "memory", memory, "performance",
                  performance, "quantities", quantities_json(report), "history", history_json(report), "time",
                  time_json(report->in_time), "ranks", ranks_json(report->ranks));
    return clp_json_write(path, root);
}

static json_t *entry_json(size_t index, const clp_device_info *info)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:s, s:i, s:i, s:o, s:o, s:o, s:o, s:b, s:o, s:o}", "index",
                     clp_json_whole(index), "name", clp_json_text(info->name), "vendor",
                     clp_json_text(info->vendor), "platform", clp_json_text(info->platform), "type",
                     clp_device_type_name(info->type), "compute_units", (int)info->compute_units, "clock_mhz",
                     (int)info->clock_mhz, "memory_bytes", clp_json_whole(info->memory_bytes),
                     "max_allocation_bytes", clp_json_whole(info->max_allocation_bytes), "local_memory_bytes",
                     clp_json_whole(info->local_memory_bytes), "max_group_items",
                     clp_json_whole(info->max_group_items), "fp64", (int)info->fp64, "version",
                     clp_json_text(info->version), "driver", clp_json_text(info->driver));
}

clp_status clp_device_list_write_json(const char *path, const clp_device_list *list, const char *wanted)
{
    json_t *devices = json_array(), *notes = json_array(), *chosen = json_null();
    const char *reason = "";
    size_t index;
    for (size_t i = 0; i < clp_device_list_count(list); i++)
        json_array_append_new(devices, entry_json(i, clp_device_list_info(list, i)));
    for (size_t i = 0; i < clp_device_list_note_count(list); i++)
        json_array_append_new(notes, clp_json_text(clp_device_list_note(list, i)));
    if (clp_device_list_choose(list, wanted, &index, &reason) == CLP_OK) chosen = clp_json_whole(index);
    return clp_json_write(path, json_pack("{s:s, s:o, s:o, s:s, s:o}", "clpoisson", clp_version(), "devices",
                                          devices, "chosen", chosen, "reason", reason, "notes", notes));
}
