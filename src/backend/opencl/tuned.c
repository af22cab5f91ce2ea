/* SPDX-License-Identifier: MIT */
/*
 * What tuning found, kept in the XDG data folder: a text file per device, a line per kind of problem. It
 * counts for the driver and the kernels that it was found with, and only whole: anything else is ignored,
 * with a note.
 */
#include "backend/opencl/opencl.h"
#include "base/file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 1024, FILE_LIMIT = 1 << 16 };

static const char title[] = "clpoisson tuning 1";

/* FNV-1a (G. Fowler, L. C. Noll, K.-P. Vo, 1991). */
static uint64_t hash(uint64_t before, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) before = (before ^ (unsigned char)text[i]) * 0x100000001b3ULL;
    return before;
}

static uint64_t hash_text(uint64_t before, const char *text)
{
    return hash(before, text, strlen(text) + 1);
}

static const uint64_t hash_begin = 0xcbf29ce484222325ULL;

/* The folder and the device's file in it; false if there is none to be had. */
static bool paths_of(const clp_device_info *info, char folder[PATH_SIZE], char file[PATH_SIZE])
{
    if (!clp_user_folder("XDG_DATA_HOME", ".local/share", folder, PATH_SIZE)) return false;
    uint64_t name = hash_text(hash_text(hash_begin, info->name), info->platform);
    return snprintf(file, PATH_SIZE, "%s/tuning-%016" PRIx64 ".txt", folder, name) < PATH_SIZE;
}

/* What must be the same for a tuning to be of use. */
static void put_circumstances(const clp_device_info *info, char *text, size_t size)
{
    uint64_t kernels = hash_begin;
    for (const clp_kernel_file *file = clp_kernel_files; file->name; file++)
        kernels = hash_text(kernels, file->text);
    snprintf(text, size, "device: %s\nplatform: %s\ndriver: %s\nkernels: %016" PRIx64 "\n", info->name,
             info->platform, info->driver, kernels);
}

/* Takes the part of a text up to `line` off; NULL where it does not begin so. */
static char *behind(char *text, const char *line)
{
    size_t length = strlen(line);
    return text && strncmp(text, line, length) == 0 ? text + length : NULL;
}

/* The lines of kinds; false where one is none. */
static bool parse_kinds(char *text, clp_tuning tuned[CLP_TUNING_KINDS])
{
    while (*text) {
        char *end = strchr(text, '\n'), *colon = strstr(text, ": ");
        if (!end || !colon || colon > end) return false;
        *end = *colon = '\0';
        size_t kind = 0;
        while (kind < CLP_TUNING_KINDS && strcmp(text, clp_tuning_kind_name(clp_tuning_kind_at(kind))))
            kind++;
        if (kind == CLP_TUNING_KINDS ||
            !clp_tuning_parse(clp_opencl_parameters, clp_opencl_backend.sweep_variants, colon + 2,
                              &tuned[kind]))
            return false;
        text = end + 1;
    }
    return true;
}

/* Why a file's text is of no use; NULL: it is, and `tuned` holds it. */
static const char *parse(const clp_device_info *info, char *text, clp_tuning tuned[CLP_TUNING_KINDS])
{
    char circumstances[1024], sum[32];
    char *at = behind(text, title), *last = strstr(text, "\nsum: ");
    if (!at || *at != '\n' || !last) return "it is damaged, or of another version";
    snprintf(sum, sizeof sum, "%016" PRIx64 "\n", hash(hash_begin, text, (size_t)(last + 1 - text)));
    if (strcmp(last + strlen("\nsum: "), sum)) return "it is damaged";
    last[1] = '\0';
    put_circumstances(info, circumstances, sizeof circumstances);
    at = behind(at + 1, circumstances);
    if (!at) return "it was found with another driver or another version";
    return parse_kinds(at, tuned) ? NULL : "it is damaged";
}

void clp_opencl_tuned_load(opencl_device *device)
{
    char folder[PATH_SIZE], path[PATH_SIZE], *text;
    size_t size;
    clp_tuning tuned[CLP_TUNING_KINDS] = {{0}};
    if (getenv("CLPOISSON_KERNEL_PATH")) return; /* it would be for other kernels */
    if (!paths_of(&device->base.info, folder, path) || access(path, F_OK) != 0) return;
    if (clp_read_file(path, FILE_LIMIT, &text, &size) != CLP_OK) {
        clp_notice("the tuning of this device is ignored: %s", clp_error_message());
        return;
    }
    const char *why = strlen(text) == size ? parse(&device->base.info, text, tuned) : "it is damaged";
    if (why) {
        clp_notice("the tuning in %s is ignored: %s; run clpoisson tune again, or remove it", path, why);
    } else {
        memcpy(device->tuned, tuned, sizeof device->tuned);
        device->base.info.tuned = true;
    }
    free(text);
}

static bool is_default(const clp_tuning *tuning)
{
    static const clp_tuning none;
    return !tuning->variant && memcmp(tuning->values, none.values, sizeof none.values) == 0;
}

clp_status clp_opencl_tuning_keep(clp_device *device, char *path, size_t path_size)
{
    const opencl_device *opened = (const opencl_device *)device;
    char folder[PATH_SIZE], own[PATH_SIZE], text[8192], line[256];
    size_t kinds = 0;
    if (getenv("CLPOISSON_KERNEL_PATH"))
        return clp_fail(CLP_ERROR_INPUT, "a tuning is kept for the kernels of the program, not for those in "
                                         "CLPOISSON_KERNEL_PATH; unset it");
    if (!paths_of(&device->info, folder, own))
        return clp_fail(CLP_ERROR_FILE, "there is no folder to keep a tuning in; set XDG_DATA_HOME");
    snprintf(path, path_size, "%s", own);
    int length = snprintf(text, sizeof text, "%s\n", title);
    put_circumstances(&device->info, text + length, sizeof text - (size_t)length);
    for (size_t i = 0; i < CLP_TUNING_KINDS; i++) {
        if (is_default(&opened->tuned[i])) continue;
        clp_tuning_text(clp_opencl_parameters, &opened->tuned[i], line, sizeof line);
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s: %s\n", clp_tuning_kind_name(clp_tuning_kind_at(i)),
                 line);
        kinds++;
    }
    if (kinds == 0) {
        if (unlink(own) == 0 || errno == ENOENT) return CLP_OK;
        return clp_fail(CLP_ERROR_FILE, "%s cannot be removed: %s", own, strerror(errno));
    }
    if (!clp_make_folder(folder))
        return clp_fail(CLP_ERROR_FILE, "%s cannot be made: %s", folder, strerror(errno));
    clp_output_file file;
    CLP_TRY(clp_output_begin(&file, own));
    fprintf(file.stream, "%ssum: %016" PRIx64 "\n", text, hash(hash_begin, text, strlen(text)));
    return clp_output_commit(&file);
}
