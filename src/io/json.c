/* SPDX-License-Identifier: MIT */
#include "io/json.h"

#include "base/file.h"

#include <math.h>

json_t *clp_json_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *clp_json_whole(unsigned long long value)
{
    return json_integer((json_int_t)value);
}

json_t *clp_json_text(const char *value)
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

clp_status clp_json_write(const char *path, json_t *root)
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

json_t *clp_json_device(const clp_device_info *info)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:s}", "backend", clp_json_text(info->backend), "name",
                     clp_json_text(info->name), "platform", clp_json_text(info->platform), "driver",
                     clp_json_text(info->driver), "type", clp_device_type_name(info->type));
}
