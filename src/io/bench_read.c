/* SPDX-License-Identifier: MIT */
#include <clpoisson/bench.h>

#include "backend/backend.h"
#include "base/file.h"
#include "io/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES_MOST = 16 << 20 };

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static double number_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static size_t count_at(const json_t *object, const char *key)
{
    json_int_t value = json_integer_value(json_object_get(object, key));
    return value > 0 ? (size_t)value : 0;
}

static clp_bench_row row_of(const json_t *row)
{
    clp_bench_row made = {.name = text_at(row, "name"),
                          .variant = text_at(row, "variant"),
                          .coefficients = text_at(row, "coefficients"),
                          .message = text_at(row, "message"),
                          .precision = clp_precision_named(text_at(row, "precision")),
                          .seconds = number_at(row, "seconds"),
                          .spread = number_at(row, "spread"),
                          .runs = count_at(row, "runs"),
                          .outliers = count_at(row, "outliers"),
                          .updates_per_second = number_at(row, "updates_per_second"),
                          .bytes_per_second = number_at(row, "bytes_per_second"),
                          .part_of_streaming = number_at(row, "part_of_streaming"),
                          .flops = number_at(row, "flops"),
                          .part_of_arithmetic = number_at(row, "part_of_arithmetic"),
                          .unknowns_per_second = number_at(row, "unknowns_per_second"),
                          .joules = number_at(row, "joules"),
                          .relative_residual = number_at(row, "relative_residual"),
                          .right = json_is_true(json_object_get(row, "right")),
                          .difference = number_at(row, "difference"),
                          .allowed = number_at(row, "allowed")};
    const json_t *nodes = json_object_get(row, "nodes");
    for (size_t axis = 0; axis < CLP_AXES; axis++) {
        json_int_t extent = json_integer_value(json_array_get(nodes, axis));
        made.nodes[axis] = extent > 0 ? (size_t)extent : 0;
    }
    return made;
}

static clp_status read_device(const json_t *entry, clp_bench_device *device)
{
    const json_t *about = json_object_get(entry, "device"), *seconds = json_object_get(entry, "seconds"),
                 *rows = json_object_get(entry, "rows");
    *device = (clp_bench_device){.seconds_open = number_at(seconds, "open"),
                                 .seconds_compile = number_at(seconds, "compile"),
                                 .message = text_at(entry, "message")};
    clp_device_info *info = &device->info;
    snprintf(info->name, sizeof info->name, "%s", text_at(about, "name"));
    snprintf(info->platform, sizeof info->platform, "%s", text_at(about, "platform"));
    snprintf(info->driver, sizeof info->driver, "%s", text_at(about, "driver"));
    size_t count = json_array_size(rows);
    device->rows = calloc(count + 1, sizeof *device->rows);
    if (!device->rows) return clp_fail_host_memory(count * sizeof *device->rows);
    device->row_count = count;
    for (size_t i = 0; i < count; i++) device->rows[i] = row_of(json_array_get(rows, i));
    return CLP_OK;
}

static clp_status read_report(const char *path, const json_t *root, clp_bench_report *report)
{
    const json_t *devices = json_object_get(root, "devices");
    const char *set = text_at(root, "set");
    if (!json_is_array(devices) || (strcmp(set, "quick") && strcmp(set, "whole")))
        return clp_fail(CLP_ERROR_INPUT, "%s: is not what `clpoisson bench --json` writes", path);
    if (json_integer_value(json_object_get(root, "version")) != 1)
        return clp_fail(CLP_ERROR_INPUT, "%s: is of another format than this version's (1); measure again",
                        path);
    report->version = text_at(root, "clpoisson");
    report->quick = strcmp(set, "quick") == 0;
    report->devices = calloc(json_array_size(devices) + 1, sizeof *report->devices);
    if (!report->devices) return clp_fail_host_memory(json_array_size(devices) * sizeof *report->devices);
    for (size_t i = 0; i < json_array_size(devices); i++) {
        const json_t *entry = json_array_get(devices, i);
        if (!json_is_object(entry))
            return clp_fail(CLP_ERROR_INPUT, "%s: entry %zu of its devices is none", path, i);
        CLP_TRY(read_device(entry, &report->devices[report->count++]));
    }
    return CLP_OK;
}

clp_status clp_bench_read_json(const char *path, clp_bench_report *report)
{
    char *text;
    size_t size;
    json_error_t error;
    *report = (clp_bench_report){.count = 0};
    CLP_TRY(clp_read_file(path, BYTES_MOST, &text, &size));
    json_t *root = json_loadb(text, size, 0, &error);
    free(text);
    if (!root)
        return clp_fail(CLP_ERROR_INPUT, "%s:%d:%d: is no JSON: %s", path, error.line, error.column,
                        error.text);
    report->document = root;
    clp_status status = read_report(path, root, report);
    if (status != CLP_OK) clp_bench_report_finish(report);
    return status;
}

void clp_bench_report_finish(clp_bench_report *report)
{
    for (size_t i = 0; i < report->count; i++) free(report->devices[i].rows);
    free(report->devices);
    json_decref(report->document);
    *report = (clp_bench_report){.count = 0};
}
