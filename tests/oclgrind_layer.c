/* SPDX-License-Identifier: MIT */
/*
 * An OpenCL layer for runs on Oclgrind 21.10, whose check for uninitialised values does not see
 * clEnqueueFillBuffer and mistakes the place of writes with an offset: both become writes of the whole
 * buffer, which it does see. It also takes values for uninitialised where a buffer has the number of one that
 * was released: none is.
 */
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl_layer.h>

#include <stdlib.h>
#include <string.h>

static struct _cl_icd_dispatch layer;
static const struct _cl_icd_dispatch *target;

/* Brings the whole buffer back, repeats `pattern` over a part of it, and writes it whole. */
static cl_int write_whole(cl_command_queue queue, cl_mem buffer, size_t offset, size_t size,
                          const void *pattern, size_t pattern_size)
{
    size_t whole;
    cl_int code = target->clGetMemObjectInfo(buffer, CL_MEM_SIZE, sizeof whole, &whole, NULL);
    if (code != CL_SUCCESS) return code;
    char *bytes = malloc(whole);
    if (!bytes) return CL_OUT_OF_HOST_MEMORY;
    code = target->clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, whole, bytes, 0, NULL, NULL);
    for (size_t i = 0; i < size; i++) bytes[offset + i] = ((const char *)pattern)[i % pattern_size];
    if (code == CL_SUCCESS)
        code = target->clEnqueueWriteBuffer(queue, buffer, CL_TRUE, 0, whole, bytes, 0, NULL, NULL);
    free(bytes);
    return code;
}

static cl_int CL_API_CALL fill_buffer(cl_command_queue queue, cl_mem buffer, const void *pattern,
                                      size_t pattern_size, size_t offset, size_t size, cl_uint event_count,
                                      const cl_event *events, cl_event *event)
{
    if (event_count || event) /* the backend uses neither */
        return target->clEnqueueFillBuffer(queue, buffer, pattern, pattern_size, offset, size, event_count,
                                           events, event);
    return write_whole(queue, buffer, offset, size, pattern, pattern_size);
}

static cl_int CL_API_CALL write_buffer(cl_command_queue queue, cl_mem buffer, cl_bool blocking, size_t offset,
                                       size_t size, const void *data, cl_uint event_count,
                                       const cl_event *events, cl_event *event)
{
    if (event_count || event)
        return target->clEnqueueWriteBuffer(queue, buffer, blocking, offset, size, data, event_count, events,
                                            event);
    return write_whole(queue, buffer, offset, size, data, size);
}

static cl_int CL_API_CALL release_buffer(cl_mem buffer)
{
    (void)buffer;
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clGetLayerInfo(cl_layer_info name, size_t size, void *value, size_t *size_ret)
{
    static const cl_layer_api_version version = CL_LAYER_API_VERSION_100;
    if (name != CL_LAYER_API_VERSION) return CL_INVALID_VALUE;
    if (value && size >= sizeof version) memcpy(value, &version, sizeof version);
    if (size_ret) *size_ret = sizeof version;
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clInitLayer(cl_uint count, const struct _cl_icd_dispatch *below,
                                            cl_uint *count_ret, const struct _cl_icd_dispatch **dispatch)
{
    if (count < sizeof layer / sizeof(void *)) return CL_INVALID_VALUE;
    target = below;
    layer = *below;
    layer.clEnqueueFillBuffer = fill_buffer;
    layer.clReleaseMemObject = release_buffer;
    layer.clEnqueueWriteBuffer = write_buffer;
    *count_ret = sizeof layer / sizeof(void *);
    *dispatch = &layer;
    return CL_SUCCESS;
}
