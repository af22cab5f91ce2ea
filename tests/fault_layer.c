/* SPDX-License-Identifier: MIT */
/*
 * A layer for the OpenCL loader (OPENCL_LAYERS) that makes calls fail, and tells at exit what was left alive.
 *
 *   CLP_FAULT_AT=N          the N-th call, counted from 1, fails: an error, no object, nothing done
 *   CLP_FAULT_STICKY=1      and so do all later ones
 *   CLP_FAULT_NAME=F        only calls of the function F count
 *   CLP_FAULT_CODE=C        the error code; CL_OUT_OF_RESOURCES if left out
 *   CLP_FAULT_CORRUPT=W     a device that computes wrongly: fields (W = field) are read with a bit turned,
 *                           norms (W = norms) as zeros
 *   CLP_FAULT_OWN_MEMORY=1  devices say that their memory is not the host's
 *   CLP_FAULT_LARGEST=B     devices give no buffer of more bytes, and say so
 *   CLP_FAULT_LOG=PATH      receives "calls N", "fault FUNCTION" for the first one that failed, and per kind
 *                           of object how many are alive
 *
 * Functions that release something always work, as they do on a broken device.
 */
#define CL_TARGET_OPENCL_VERSION 120
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl_layer.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const cl_icd_dispatch *real;
static cl_icd_dispatch layer;

typedef enum kind { CONTEXT, QUEUE, PROGRAM, KERNEL, BUFFER, KINDS } kind;
static const char *const kind_names[KINDS] = {"context", "queue", "program", "kernel", "buffer"};

/* The program uses a device from one thread, so plain counts will do. */
static long calls, alive[KINDS];

/* The functions that failed, each once. */
enum { FAULTS_MAX = 32 };
static const char *faults[FAULTS_MAX];
static int fault_count;

static bool is_set(const char *name, const char *value)
{
    const char *text = getenv(name);
    return text && strcmp(text, value) == 0;
}

static void note_fault(const char *function)
{
    for (int i = 0; i < fault_count; i++)
        if (strcmp(faults[i], function) == 0) return;
    if (fault_count < FAULTS_MAX) faults[fault_count++] = function;
}

/* Counts a call; the error that it shall answer, or CL_SUCCESS. */
static cl_int fault(const char *function)
{
    const char *at = getenv("CLP_FAULT_AT"), *name = getenv("CLP_FAULT_NAME"),
               *code = getenv("CLP_FAULT_CODE");
    if (name && strcmp(name, function) != 0) return CL_SUCCESS;
    calls++;
    if (!at || calls < atol(at) || (calls > atol(at) && !is_set("CLP_FAULT_STICKY", "1"))) return CL_SUCCESS;
    note_fault(function);
    return code ? atoi(code) : CL_OUT_OF_RESOURCES;
}

/* In bytes; 0: as large as the device gives them. */
static cl_ulong largest_buffer(void)
{
    const char *text = getenv("CLP_FAULT_LARGEST");
    return text ? strtoull(text, NULL, 10) : 0;
}

/* The loader may unload the layer before or at exit; either way this runs once. */
__attribute__((destructor)) static void write_log(void)
{
    const char *path = getenv("CLP_FAULT_LOG");
    FILE *log = path ? fopen(path, "w") : NULL;
    if (!log) return;
    fprintf(log, "calls %ld\n", calls);
    for (int i = 0; i < fault_count; i++) fprintf(log, "fault %s\n", faults[i]);
    for (int i = 0; i < KINDS; i++) fprintf(log, "%s %ld\n", kind_names[i], alive[i]);
    fclose(log);
}

/* ---- functions that answer a code ---- */

#define CODE(name, parameters, arguments)                                                                    \
    static cl_int CL_API_CALL fail_##name parameters                                                         \
    {                                                                                                        \
        cl_int code = fault(#name);                                                                          \
        return code == CL_SUCCESS ? real->name arguments : code;                                             \
    }

CODE(clGetPlatformIDs, (cl_uint entries, cl_platform_id *ids, cl_uint *count), (entries, ids, count))
CODE(clGetPlatformInfo, (cl_platform_id id, cl_platform_info what, size_t size, void *value, size_t *written),
     (id, what, size, value, written))
CODE(clGetDeviceIDs,
     (cl_platform_id id, cl_device_type type, cl_uint entries, cl_device_id *ids, cl_uint *count),
     (id, type, entries, ids, count))
static cl_int CL_API_CALL fail_clGetDeviceInfo(cl_device_id id, cl_device_info what, size_t size, void *value,
                                               size_t *written)
{
    cl_int code = fault("clGetDeviceInfo");
    if (code == CL_SUCCESS) code = real->clGetDeviceInfo(id, what, size, value, written);
    if (code == CL_SUCCESS && value && what == CL_DEVICE_HOST_UNIFIED_MEMORY &&
        is_set("CLP_FAULT_OWN_MEMORY", "1"))
        *(cl_bool *)value = CL_FALSE;
    if (code == CL_SUCCESS && value && what == CL_DEVICE_MAX_MEM_ALLOC_SIZE && largest_buffer())
        *(cl_ulong *)value = largest_buffer();
    return code;
}

CODE(clGetProgramInfo, (cl_program program, cl_program_info what, size_t size, void *value, size_t *written),
     (program, what, size, value, written))
CODE(clGetProgramBuildInfo,
     (cl_program program, cl_device_id id, cl_program_build_info what, size_t size, void *value,
      size_t *written),
     (program, id, what, size, value, written))
CODE(clGetMemObjectInfo, (cl_mem buffer, cl_mem_info what, size_t size, void *value, size_t *written),
     (buffer, what, size, value, written))
CODE(clBuildProgram,
     (cl_program program, cl_uint count, const cl_device_id *ids, const char *options,
      void(CL_CALLBACK *notify)(cl_program, void *), void *user),
     (program, count, ids, options, notify, user))
CODE(clSetKernelArg, (cl_kernel kernel, cl_uint index, size_t size, const void *value),
     (kernel, index, size, value))
CODE(clEnqueueNDRangeKernel,
     (cl_command_queue queue, cl_kernel kernel, cl_uint dimensions, const size_t *offset,
      const size_t *global, const size_t *group, cl_uint count, const cl_event *events, cl_event *event),
     (queue, kernel, dimensions, offset, global, group, count, events, event))
CODE(clEnqueueWriteBuffer,
     (cl_command_queue queue, cl_mem buffer, cl_bool block, size_t offset, size_t size, const void *data,
      cl_uint count, const cl_event *events, cl_event *event),
     (queue, buffer, block, offset, size, data, count, events, event))
CODE(clEnqueueFillBuffer,
     (cl_command_queue queue, cl_mem buffer, const void *pattern, size_t pattern_size, size_t offset,
      size_t size, cl_uint count, const cl_event *events, cl_event *event),
     (queue, buffer, pattern, pattern_size, offset, size, count, events, event))
CODE(clEnqueueCopyBuffer,
     (cl_command_queue queue, cl_mem from, cl_mem to, size_t from_offset, size_t to_offset, size_t size,
      cl_uint count, const cl_event *events, cl_event *event),
     (queue, from, to, from_offset, to_offset, size, count, events, event))
#define MOVE_RECT(name, type)                                                                                \
    CODE(name,                                                                                               \
         (cl_command_queue queue, cl_mem buffer, cl_bool block, const size_t *origin,                        \
          const size_t *host_origin, const size_t *region, size_t row, size_t slice, size_t host_row,        \
          size_t host_slice, type *data, cl_uint count, const cl_event *events, cl_event *event),            \
         (queue, buffer, block, origin, host_origin, region, row, slice, host_row, host_slice, data, count,  \
          events, event))
MOVE_RECT(clEnqueueReadBufferRect, void)
MOVE_RECT(clEnqueueWriteBufferRect, const void)
CODE(clEnqueueCopyBufferRect,
     (cl_command_queue queue, cl_mem from, cl_mem to, const size_t *from_origin, const size_t *to_origin,
      const size_t *region, size_t from_row, size_t from_slice, size_t to_row, size_t to_slice, cl_uint count,
      const cl_event *events, cl_event *event),
     (queue, from, to, from_origin, to_origin, region, from_row, from_slice, to_row, to_slice, count, events,
      event))
CODE(clEnqueueMarkerWithWaitList,
     (cl_command_queue queue, cl_uint count, const cl_event *events, cl_event *event),
     (queue, count, events, event))
CODE(clGetEventInfo, (cl_event event, cl_event_info what, size_t size, void *value, size_t *written),
     (event, what, size, value, written))
CODE(clFlush, (cl_command_queue queue), (queue))
CODE(clFinish, (cl_command_queue queue), (queue))

/* Three norms are the least that is read; the smallest field of the tests is far larger. */
enum { NORMS_BYTES = 64 };

static cl_int CL_API_CALL fail_clEnqueueReadBuffer(cl_command_queue queue, cl_mem buffer, cl_bool block,
                                                   size_t offset, size_t size, void *data, cl_uint count,
                                                   const cl_event *events, cl_event *event)
{
    cl_int code = fault("clEnqueueReadBuffer");
    if (code != CL_SUCCESS) return code;
    code = real->clEnqueueReadBuffer(queue, buffer, block, offset, size, data, count, events, event);
    if (size <= NORMS_BYTES && is_set("CLP_FAULT_CORRUPT", "norms")) memset(data, 0, size);
    /* The last but one byte of a number holds the high bits of its fraction. */
    if (size > NORMS_BYTES && is_set("CLP_FAULT_CORRUPT", "field"))
        ((unsigned char *)data)[size / 2 / 8 * 8 + 6] ^= 8;
    return code;
}

static unsigned char *turned; /* where a mapped field has a bit turned over, until it is unmapped */

static void *CL_API_CALL fail_clEnqueueMapBuffer(cl_command_queue queue, cl_mem buffer, cl_bool block,
                                                 cl_map_flags flags, size_t offset, size_t size,
                                                 cl_uint count, const cl_event *events, cl_event *event,
                                                 cl_int *code)
{
    cl_int failed = fault("clEnqueueMapBuffer"), own, *told = code ? code : &own;
    *told = failed;
    if (failed != CL_SUCCESS) return NULL;
    void *data =
        real->clEnqueueMapBuffer(queue, buffer, block, flags, offset, size, count, events, event, told);
    if (data && (flags & CL_MAP_READ) && size > NORMS_BYTES && is_set("CLP_FAULT_CORRUPT", "field")) {
        turned = (unsigned char *)data + size / 2 / 8 * 8 + 6;
        *turned ^= 8;
    }
    return data;
}

static cl_int CL_API_CALL turn_back_clEnqueueUnmapMemObject(cl_command_queue queue, cl_mem buffer, void *data,
                                                            cl_uint count, const cl_event *events,
                                                            cl_event *event)
{
    if (turned) *turned ^= 8;
    turned = NULL;
    return real->clEnqueueUnmapMemObject(queue, buffer, data, count, events, event);
}

/* ---- functions that make an object ---- */

#define CREATE(kind, type, name, parameters, arguments)                                                      \
    static type CL_API_CALL fail_##name parameters                                                           \
    {                                                                                                        \
        cl_int failed = fault(#name), own, *told = code ? code : &own;                                       \
        *told = failed;                                                                                      \
        type made = NULL;                                                                                    \
        if (failed == CL_SUCCESS) made = real->name arguments;                                               \
        if (made) alive[kind]++;                                                                             \
        return made;                                                                                         \
    }

CREATE(CONTEXT, cl_context, clCreateContext,
       (const cl_context_properties *properties, cl_uint count, const cl_device_id *ids,
        void(CL_CALLBACK *notify)(const char *, const void *, size_t, void *), void *user, cl_int *code),
       (properties, count, ids, notify, user, told))
CREATE(QUEUE, cl_command_queue, clCreateCommandQueue,
       (cl_context context, cl_device_id id, cl_command_queue_properties properties, cl_int *code),
       (context, id, properties, told))
CREATE(PROGRAM, cl_program, clCreateProgramWithSource,
       (cl_context context, cl_uint count, const char **texts, const size_t *lengths, cl_int *code),
       (context, count, texts, lengths, told))
CREATE(PROGRAM, cl_program, clCreateProgramWithBinary,
       (cl_context context, cl_uint count, const cl_device_id *ids, const size_t *lengths,
        const unsigned char **binaries, cl_int *loaded, cl_int *code),
       (context, count, ids, lengths, binaries, loaded, told))
CREATE(KERNEL, cl_kernel, clCreateKernel, (cl_program program, const char *name, cl_int *code),
       (program, name, told))
CREATE(BUFFER, cl_mem, clCreateBuffer,
       (cl_context context, cl_mem_flags flags, size_t size, void *data, cl_int *code),
       (context, flags, largest_buffer() && size > largest_buffer() ? SIZE_MAX : size, data, told))

/* ---- functions that hold or release one ---- */

#define COUNT(kind, type, noun)                                                                              \
    static cl_int CL_API_CALL retain_##noun(type object)                                                     \
    {                                                                                                        \
        cl_int code = real->clRetain##noun(object);                                                          \
        alive[kind] += code == CL_SUCCESS;                                                                   \
        return code;                                                                                         \
    }                                                                                                        \
    static cl_int CL_API_CALL release_##noun(type object)                                                    \
    {                                                                                                        \
        cl_int code = real->clRelease##noun(object);                                                         \
        alive[kind] -= code == CL_SUCCESS;                                                                   \
        return code;                                                                                         \
    }

COUNT(CONTEXT, cl_context, Context)
COUNT(QUEUE, cl_command_queue, CommandQueue)
COUNT(PROGRAM, cl_program, Program)
COUNT(KERNEL, cl_kernel, Kernel)
COUNT(BUFFER, cl_mem, MemObject)

/* ---- what the loader asks for ---- */

static void fill_table(void)
{
#define FAIL(name) layer.name = fail_##name
    FAIL(clGetPlatformIDs);
    FAIL(clGetPlatformInfo);
    FAIL(clGetDeviceIDs);
    FAIL(clGetDeviceInfo);
    FAIL(clGetProgramInfo);
    FAIL(clGetProgramBuildInfo);
    FAIL(clGetMemObjectInfo);
    FAIL(clBuildProgram);
    FAIL(clSetKernelArg);
    FAIL(clEnqueueNDRangeKernel);
    FAIL(clEnqueueWriteBuffer);
    FAIL(clEnqueueFillBuffer);
    FAIL(clEnqueueCopyBuffer);
    FAIL(clEnqueueReadBufferRect);
    FAIL(clEnqueueWriteBufferRect);
    FAIL(clEnqueueCopyBufferRect);
    FAIL(clEnqueueReadBuffer);
    FAIL(clEnqueueMapBuffer);
    layer.clEnqueueUnmapMemObject = turn_back_clEnqueueUnmapMemObject;
    FAIL(clEnqueueMarkerWithWaitList);
    FAIL(clGetEventInfo);
    FAIL(clFlush);
    FAIL(clFinish);
    FAIL(clCreateContext);
    FAIL(clCreateCommandQueue);
    FAIL(clCreateProgramWithSource);
    FAIL(clCreateProgramWithBinary);
    FAIL(clCreateKernel);
    FAIL(clCreateBuffer);
#define HOLD(noun) layer.clRetain##noun = retain_##noun, layer.clRelease##noun = release_##noun
    HOLD(Context);
    HOLD(CommandQueue);
    HOLD(Program);
    HOLD(Kernel);
    HOLD(MemObject);
}

cl_int CL_API_CALL clGetLayerInfo(cl_layer_info what, size_t size, void *value, size_t *written)
{
    static const char name[] = "clPoisson fault layer";
    cl_layer_api_version version = CL_LAYER_API_VERSION_100;
    const void *answer = what == CL_LAYER_API_VERSION ? (const void *)&version : name;
    size_t length = what == CL_LAYER_API_VERSION ? sizeof version : sizeof name;
    if (what != CL_LAYER_API_VERSION && what != CL_LAYER_NAME) return CL_INVALID_VALUE;
    if (value && size < length) return CL_INVALID_VALUE;
    if (value) memcpy(value, answer, length);
    if (written) *written = length;
    return CL_SUCCESS;
}

cl_int CL_API_CALL clInitLayer(cl_uint entries, const cl_icd_dispatch *target, cl_uint *count,
                               const cl_icd_dispatch **dispatch)
{
    size_t known = sizeof layer / sizeof(void *);
    if (!target || !count || !dispatch) return CL_INVALID_VALUE;
    real = target;
    memcpy(&layer, target, (entries < known ? entries : known) * sizeof(void *));
    fill_table();
    *count = entries < known ? entries : (cl_uint)known;
    *dispatch = &layer;
    return CL_SUCCESS;
}
