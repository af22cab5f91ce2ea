/* SPDX-License-Identifier: MIT */
#include "backend/opencl/opencl.h"

#include <stdlib.h>

static clp_status open_entry(const struct opencl_entry *entry, clp_device **device)
{
    cl_int code = CL_SUCCESS;
    clp_status status;
    opencl_device *opened = calloc(1, sizeof *opened);
    if (!opened) return clp_fail_host_memory(sizeof *opened);
    opened->base.backend = &clp_opencl_backend;
    opened->base.info = entry->info;
    opened->id = entry->id;
    opened->context = clCreateContext(NULL, 1, &opened->id, NULL, NULL, &code);
    status = clp_opencl_check(&entry->info, "clCreateContext", code);
    if (status != CLP_OK) goto cleanup;
    opened->queue = clCreateCommandQueue(opened->context, opened->id, 0, &code);
    status = clp_opencl_check(&entry->info, "clCreateCommandQueue", code);
    if (status != CLP_OK) goto cleanup;
    clp_opencl_tuned_load(opened);
    *device = &opened->base;
    return CLP_OK;
cleanup:
    clp_opencl_close(&opened->base);
    return status;
}

void clp_opencl_close(clp_device *device)
{
    opencl_device *opened = (opencl_device *)device;
    clp_opencl_built_destroy(opened);
    if (opened->mark) clReleaseEvent(opened->mark);
    if (opened->queue) clReleaseCommandQueue(opened->queue);
    if (opened->context) clReleaseContext(opened->context);
    free(opened);
}

/* Opens the best device that opens, passing over those that do not. */
static clp_status open_best(clp_device_list *list, clp_device **device)
{
    for (;;) {
        size_t index;
        CLP_TRY(clp_device_list_choose(list, NULL, &index, NULL));
        clp_status status = open_entry(&list->entries[index], device);
        if (status == CLP_OK) return CLP_OK;
        if (list->count == 1) return status;
        clp_notice("device %s is passed over: %s", list->entries[index].info.name, clp_error_message());
        list->entries[index] = list->entries[--list->count];
    }
}

clp_status clp_opencl_open(const clp_device_options *options, clp_device **device)
{
    const char *wanted = options->device ? options->device : getenv("CLPOISSON_DEVICE");
    if (options->threads)
        clp_notice("--threads %u is for --backend reference; OpenCL devices see to their own",
                   options->threads);
    clp_device_list *list = NULL;
    clp_status status = clp_device_list_create(&list);
    if (status != CLP_OK) goto cleanup;
    if (wanted && *wanted) {
        size_t index;
        status = clp_device_list_choose(list, wanted, &index, NULL);
        if (status == CLP_OK) status = open_entry(&list->entries[index], device);
        if (status == CLP_ERROR_INPUT && !options->device) clp_fail_within(status, "CLPOISSON_DEVICE: ");
    } else {
        status = open_best(list, device);
    }
    /* What was passed over may be just what the user is missing. */
    for (size_t i = 0; status == CLP_ERROR_DEVICE && list->count == 0 && i < list->note_count; i++)
        clp_notice("%s", list->notes[i]);
cleanup:
    clp_device_list_destroy(list);
    return status;
}
