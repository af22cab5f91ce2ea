/* SPDX-License-Identifier: MIT */
#include <clpoisson/bench.h>

#include "io/json.h"

static json_t *nodes_json(const size_t *nodes)
{
    json_t *list = json_array();
    for (int axis = 0; axis < CLP_AXES && nodes[axis]; axis++)
        json_array_append_new(list, clp_json_whole(nodes[axis]));
    return list;
}

static json_t *row_json(const clp_bench_row *row)
{
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, "
        "s:o, s:o, s:o}",
        "name", row->name, "variant", row->variant, "coefficients", row->coefficients, "precision",
        clp_precision_name(row->precision), "nodes", nodes_json(row->nodes), "seconds",
        clp_json_number(row->seconds), "spread", clp_json_number(row->spread), "runs",
        clp_json_whole(row->runs), "outliers", clp_json_whole(row->outliers), "updates_per_second",
        clp_json_number(row->updates_per_second), "bytes_per_second", clp_json_number(row->bytes_per_second),
        "part_of_streaming", clp_json_number(row->part_of_streaming), "flops", clp_json_number(row->flops),
        "part_of_arithmetic", clp_json_number(row->part_of_arithmetic), "unknowns_per_second",
        clp_json_number(row->unknowns_per_second), "joules", clp_json_number(row->joules),
        "relative_residual", clp_json_number(row->relative_residual), "right", row->right, "difference",
        clp_json_number(row->difference), "allowed", clp_json_number(row->allowed), "message",
        clp_json_text(row->message));
}

static json_t *device_json(const clp_bench_device *device)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < device->row_count; i++) json_array_append_new(rows, row_json(&device->rows[i]));
    return json_pack("{s:o, s:b, s:{s:o, s:o}, s:s, s:o}", "device", clp_json_device(&device->info), "tuned",
                     (int)device->info.tuned, "seconds", "open", clp_json_number(device->seconds_open),
                     "compile", clp_json_number(device->seconds_compile), "message", device->message, "rows",
                     rows);
}

clp_status clp_bench_write_json(const char *path, const clp_bench_device *devices, size_t count, bool quick)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(list, device_json(&devices[i]));
    return clp_json_write(path, json_pack("{s:i, s:s, s:s, s:o}", "version", 1, "clpoisson", clp_version(),
                                          "set", quick ? "quick" : "whole", "devices", list));
}
