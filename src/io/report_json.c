/* SPDX-License-Identifier: MIT */
#include <clpoisson/output.h>

#include "base/file.h"

#include <jansson.h>
#include <math.h>

/* A figure that does not exist is null. */
static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *whole(unsigned long long value)
{
    return json_integer((json_int_t)value);
}

/* Texts come from drivers: whatever is not UTF-8 becomes '?'. */
static json_t *text(const char *value)
{
    json_t *string = json_string(value);
    if (string) return string;
    char plain[256];
    size_t length = 0;
    for (; value[length] && length + 1 < sizeof plain; length++)
        plain[length] = (unsigned char)value[length] < 0x80 ? value[length] : '?';
    plain[length] = '\0';
    return json_string(plain);
}

static clp_status write_json(const char *path, json_t *root)
{
    if (!root) return clp_fail(CLP_ERROR_MEMORY, "the host has no memory left for %s", path);
    clp_output_file file;
    clp_status status = clp_output_begin(&file, path);
    if (status != CLP_OK) goto cleanup;
    /* jansson writes a decimal point in every locale. */
    if (json_dumpf(root, file.stream, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) == 0 || ferror(file.stream)) {
        fputc('\n', file.stream);
        status = clp_output_commit(&file); /* tells of the stream's errors */
    } else {
        clp_output_discard(&file);
        status = clp_fail(CLP_ERROR_FILE, "%s: could not be written as JSON", path);
    }
cleanup:
    json_decref(root);
    return status;
}

static json_t *device_json(const clp_device_info *info)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:s}", "backend", text(info->backend), "name", text(info->name),
                     "platform", text(info->platform), "driver", text(info->driver), "type",
                     clp_device_type_name(info->type));
}

static json_t *flux_json(const clp_report *report)
{
    json_t *flux = json_object();
    for (int side = 0; side < 2 * clp_grid_dimensions(&report->grid); side++)
        if (!isnan(report->flux[side]))
            json_object_set_new(flux, clp_side_name((clp_side)side), number(report->flux[side]));
    for (size_t e = 0; e < report->electrode_count; e++)
        json_object_set_new(flux, report->electrodes[e].name, number(report->electrodes[e].flux));
    return flux;
}

static json_t *electrodes_json(const clp_report *report)
{
    json_t *all = json_object();
    for (size_t e = 0; e < report->electrode_count; e++) {
        const clp_electrode_report *electrode = &report->electrodes[e];
        json_object_set_new(all, electrode->name,
                            json_pack("{s:b, s:o, s:o}", "floating", (int)electrode->floating, "value",
                                      number(electrode->value), "flux", number(electrode->flux)));
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
            json_array_append_new(row, number(report->matrix[i * report->conductor_count + j]));
        json_array_append_new(rows, row);
        json_array_append_new(names, text(report->conductors[i]));
    }
    return json_pack("{s:o, s:o}", "conductors", names, "values", rows);
}

static json_t *quantities_json(const clp_report *report)
{
    json_t *balance = json_pack("{s:o, s:o, s:o}", "source", number(report->source), "sink",
                                number(report->sink), "imbalance", number(report->imbalance));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "minimum", number(report->minimum),
                     "maximum", number(report->maximum), "mean", number(report->mean), "energy",
                     number(report->energy), "capacitance", number(report->capacitance), "flux",
                     flux_json(report), "electrodes", electrodes_json(report), "balance", balance, "matrix",
                     matrix_json(report));
}

static json_t *history_json(const clp_report *report)
{
    json_t *tests = json_array();
    for (size_t i = 0; i < report->history_count; i++) {
        const clp_test_report *test = &report->history[i];
        json_array_append_new(tests,
                              json_pack("{s:o, s:o, s:o, s:o, s:o}", "iterations", whole(test->iterations),
                                        "sweeps", whole(test->sweeps), "seconds", number(test->seconds),
                                        "value", number(test->value), "residual", number(test->residual)));
    }
    return tests;
}

static json_t *problem_json(const clp_report *report)
{
    json_t *nodes = json_array();
    for (int axis = 0; axis < clp_grid_dimensions(&report->grid); axis++)
        json_array_append_new(nodes, whole(report->grid.nodes[axis]));
    return json_pack("{s:i, s:o, s:o, s:b}", "dimensions", clp_grid_dimensions(&report->grid), "nodes", nodes,
                     "unknowns", whole(report->unknowns), "singular", (int)report->singular);
}

static json_t *seconds_json(const clp_report *report)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "setup", number(report->seconds_setup), "compile",
                     number(report->seconds_compile), "solve", number(report->seconds_solve), "output",
                     number(report->seconds_output), "total", number(report->seconds_total));
}

clp_status clp_report_write_json(const char *path, const clp_report *report)
{
    json_t *solver =
        json_pack("{s:s, s:s?, s:s, s:s, s:o, s:s, s:o, s:o, s:o, s:b, s:s}", "method", report->method,
                  "choice", report->choice, "precision", report->precision, "criterion", report->criterion,
                  "tolerance", number(report->tolerance), "check", report->check, "iterations",
                  whole(report->iterations), "sweeps", whole(report->sweeps), "tests", whole(report->tests),
                  "converged", (int)report->converged, "reason", clp_reason_name(report->reason));
    json_t *error =
        json_pack("{s:o, s:o, s:o, s:o, s:b, s:o}", "residual_initial", number(report->residual_initial),
                  "residual_final", number(report->residual_final), "residual_relative",
                  number(report->residual_relative), "algebraic_bound", number(report->algebraic_bound),
                  "bound_is_certified", (int)report->bound_is_certified, "discretization_estimate",
                  number(report->discretization_estimate));
    json_t *performance = json_pack(
        "{s:o, s:o, s:o}", "updates_per_second", number(report->updates_per_second), "bytes_per_second",
        number(report->bytes_per_second), "unknowns_per_second", number(report->unknowns_per_second));
    json_t *memory = json_pack("{s:o, s:o}", "device_bytes", whole(report->device_bytes), "bytes_per_unknown",
                               number(report->bytes_per_unknown));
    json_t *root =
        json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "clpoisson", clp_version(), "problem",
                  problem_json(report), "device", device_json(&report->device), "solver", solver, "error",
                  error, "seconds", seconds_json(report), "memory", memory, "performance", performance,
                  "quantities", quantities_json(report), "history", history_json(report));
    return write_json(path, root);
}

static json_t *entry_json(size_t index, const clp_device_info *info)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:s, s:i, s:i, s:o, s:o, s:o, s:o, s:b, s:o, s:o}", "index",
                     whole(index), "name", text(info->name), "vendor", text(info->vendor), "platform",
                     text(info->platform), "type", clp_device_type_name(info->type), "compute_units",
                     (int)info->compute_units, "clock_mhz", (int)info->clock_mhz, "memory_bytes",
                     whole(info->memory_bytes), "max_allocation_bytes", whole(info->max_allocation_bytes),
                     "local_memory_bytes", whole(info->local_memory_bytes), "max_group_items",
                     whole(info->max_group_items), "fp64", (int)info->fp64, "version", text(info->version),
                     "driver", text(info->driver));
}

clp_status clp_device_list_write_json(const char *path, const clp_device_list *list, const char *wanted)
{
    json_t *devices = json_array(), *notes = json_array(), *chosen = json_null();
    const char *reason = "";
    size_t index;
    for (size_t i = 0; i < clp_device_list_count(list); i++)
        json_array_append_new(devices, entry_json(i, clp_device_list_info(list, i)));
    for (size_t i = 0; i < clp_device_list_note_count(list); i++)
        json_array_append_new(notes, text(clp_device_list_note(list, i)));
    if (clp_device_list_choose(list, wanted, &index, &reason) == CLP_OK) chosen = whole(index);
    return write_json(path, json_pack("{s:s, s:o, s:o, s:s, s:o}", "clpoisson", clp_version(), "devices",
                                      devices, "chosen", chosen, "reason", reason, "notes", notes));
}
