/* SPDX-License-Identifier: MIT */
#include "backend/opencl/opencl.h"

#include "base/checked.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A text of a device or platform, spaces at its ends cut; "" where it does not tell. */
static void trim(char *text)
{
    size_t skip = strspn(text, " \t\n"), length = strlen(text + skip);
    memmove(text, text + skip, length + 1);
    while (length && strchr(" \t\n", text[length - 1])) text[--length] = '\0';
}

static void device_text(cl_device_id id, cl_device_info what, char *text, size_t size)
{
    char whole[1024] = "";
    if (clGetDeviceInfo(id, what, sizeof whole - 1, whole, NULL) != CL_SUCCESS) *whole = '\0';
    trim(whole);
    clp_cut_text(text, size, whole);
}

/* A number of a device, of whatever width up to 64 bits; 0 where it does not tell. */
static unsigned long long device_number(cl_device_id id, cl_device_info what)
{
    union {
        cl_uint narrow;
        cl_ulong wide;
    } value = {.wide = 0};
    size_t size = 0;
    if (clGetDeviceInfo(id, what, sizeof value, &value, &size) != CL_SUCCESS) return 0;
    return size == sizeof(cl_uint) ? value.narrow : size == sizeof(cl_ulong) ? value.wide : 0;
}

static clp_device_type type_of(cl_device_id id)
{
    unsigned long long type = device_number(id, CL_DEVICE_TYPE);
    if (type & CL_DEVICE_TYPE_GPU) return CLP_DEVICE_GPU;
    if (type & CL_DEVICE_TYPE_ACCELERATOR) return CLP_DEVICE_ACCELERATOR;
    return type & CL_DEVICE_TYPE_CPU ? CLP_DEVICE_CPU : CLP_DEVICE_OTHER;
}

void clp_opencl_describe(cl_device_id id, const char *platform, clp_device_info *info)
{
    *info = (clp_device_info){.type = type_of(id)};
    clp_cut_text(info->backend, sizeof info->backend, "opencl");
    clp_cut_text(info->platform, sizeof info->platform, platform);
    device_text(id, CL_DEVICE_NAME, info->name, sizeof info->name);
    device_text(id, CL_DEVICE_VENDOR, info->vendor, sizeof info->vendor);
    device_text(id, CL_DEVICE_VERSION, info->version, sizeof info->version);
    device_text(id, CL_DRIVER_VERSION, info->driver, sizeof info->driver);
    info->compute_units = (unsigned)device_number(id, CL_DEVICE_MAX_COMPUTE_UNITS);
    info->vector_bytes =
        (unsigned)device_number(id, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT) * (unsigned)sizeof(cl_float);
    info->clock_mhz = (unsigned)device_number(id, CL_DEVICE_MAX_CLOCK_FREQUENCY);
    info->memory_bytes = device_number(id, CL_DEVICE_GLOBAL_MEM_SIZE);
    info->max_allocation_bytes = device_number(id, CL_DEVICE_MAX_MEM_ALLOC_SIZE);
    info->local_memory_bytes = device_number(id, CL_DEVICE_LOCAL_MEM_SIZE);
    info->max_group_items = device_number(id, CL_DEVICE_MAX_WORK_GROUP_SIZE);
    info->fp64 = device_number(id, CL_DEVICE_DOUBLE_FP_CONFIG) != 0;
    info->host_memory = device_number(id, CL_DEVICE_HOST_UNIFIED_MEMORY) != 0;
}

void clp_device_list_add_note(clp_device_list *list, const char *format, ...)
{
    void *larger = realloc(list->notes, (list->note_count + 1) * sizeof *list->notes);
    if (!larger) return; /* a note is not worth failing for */
    list->notes = larger;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(list->notes[list->note_count++], sizeof *list->notes, format, arguments);
    va_end(arguments);
}

static void note_call(clp_device_list *list, const char *platform, const char *call, cl_int code)
{
    clp_device_list_add_note(list, "%s is passed over: %s: %s (%d)", platform, call,
                             clp_opencl_error_name(code), (int)code);
}

static clp_status add_platform(clp_device_list *list, cl_platform_id platform)
{
    char name[256] = "a platform without a name";
    clGetPlatformInfo(platform, CL_PLATFORM_NAME, sizeof name - 1, name, NULL);
    trim(name);
    cl_uint count = 0;
    cl_int code = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, NULL, &count);
    if (code == CL_DEVICE_NOT_FOUND || (code == CL_SUCCESS && count == 0)) {
        clp_device_list_add_note(list, "platform %s has no devices", name);
        return CLP_OK;
    }
    if (code != CL_SUCCESS) {
        note_call(list, name, "clGetDeviceIDs", code);
        return CLP_OK;
    }
    cl_device_id *ids = malloc(count * sizeof *ids);
    struct opencl_entry *entries = realloc(list->entries, (list->count + count) * sizeof *entries);
    if (entries) list->entries = entries;
    if (!ids || !entries) {
        free(ids);
        return clp_fail_host_memory(count * sizeof *entries);
    }
    code = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, count, ids, NULL);
    if (code != CL_SUCCESS) note_call(list, name, "clGetDeviceIDs", code);
    for (cl_uint i = 0; code == CL_SUCCESS && i < count; i++) {
        struct opencl_entry *entry = &list->entries[list->count++];
        entry->id = ids[i];
        clp_opencl_describe(ids[i], name, &entry->info);
    }
    free(ids);
    return CLP_OK;
}

clp_status clp_device_list_create(clp_device_list **list)
{
    clp_status status = CLP_OK;
    cl_platform_id *platforms = NULL;
    cl_uint count = 0;
    *list = NULL;
    clp_device_list *created = calloc(1, sizeof *created);
    if (!created) return clp_fail_host_memory(sizeof *created);
    cl_int code = clGetPlatformIDs(0, NULL, &count);
    clp_opencl_note_broken_icds(created);
    if (code == CL_SUCCESS && count > 0) {
        platforms = malloc(count * sizeof *platforms);
        if (!platforms) {
            status = clp_fail_host_memory(count * sizeof *platforms);
            goto cleanup;
        }
        code = clGetPlatformIDs(count, platforms, NULL);
        for (cl_uint i = 0; code == CL_SUCCESS && status == CLP_OK && i < count; i++)
            status = add_platform(created, platforms[i]);
        if (status != CLP_OK) goto cleanup;
    }
    if (code != CL_SUCCESS && code != -1001) /* -1001: there is no platform, which is no error */
        note_call(created, "OpenCL", "clGetPlatformIDs", code);
    *list = created;
    created = NULL;
cleanup:
    free(platforms);
    clp_device_list_destroy(created);
    return status;
}

void clp_device_list_destroy(clp_device_list *list)
{
    if (!list) return;
    free(list->entries);
    free(list->notes);
    free(list);
}

size_t clp_device_list_count(const clp_device_list *list)
{
    return list->count;
}

const clp_device_info *clp_device_list_info(const clp_device_list *list, size_t index)
{
    return index < list->count ? &list->entries[index].info : NULL;
}

size_t clp_device_list_note_count(const clp_device_list *list)
{
    return list->note_count;
}

const char *clp_device_list_note(const clp_device_list *list, size_t index)
{
    return index < list->note_count ? list->notes[index] : "";
}
