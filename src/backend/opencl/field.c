/* SPDX-License-Identifier: MIT */
#include "backend/opencl/opencl.h"

#include "base/checked.h"

#include <stdlib.h>
#include <string.h>

clp_status clp_opencl_buffer_create(opencl_device *device, size_t bytes, cl_mem *buffer)
{
    cl_int code;
    *buffer = clCreateBuffer(device->context, CL_MEM_READ_WRITE, bytes, NULL, &code);
    if (code != CL_SUCCESS) *buffer = NULL;
    CLP_TRY(clp_opencl_check(&device->base.info, "clCreateBuffer", code));
    device->allocated += bytes;
    return CLP_OK;
}

clp_status clp_opencl_upload(opencl_device *device, const void *data, size_t bytes, cl_mem *buffer)
{
    CLP_TRY(clp_opencl_buffer_create(device, bytes, buffer));
    CLP_CL_TRY(device, clEnqueueWriteBuffer(device->queue, *buffer, CL_TRUE, 0, bytes, data, 0, NULL, NULL));
    return CLP_OK;
}

clp_status clp_opencl_upload_reals(opencl_device *device, clp_precision precision, const double *values,
                                   size_t count, cl_mem *buffer)
{
    if (precision == CLP_PRECISION_DOUBLE)
        return clp_opencl_upload(device, values, count * sizeof *values, buffer);
    float *single = malloc(count * sizeof *single);
    if (!single) return clp_fail_host_memory(count * sizeof *single);
    for (size_t i = 0; i < count; i++) single[i] = (float)values[i];
    clp_status status = clp_opencl_upload(device, single, count * sizeof *single, buffer);
    free(single);
    return status;
}

void clp_opencl_buffer_destroy(opencl_device *device, cl_mem buffer)
{
    size_t bytes = 0;
    if (!buffer) return;
    if (clGetMemObjectInfo(buffer, CL_MEM_SIZE, sizeof bytes, &bytes, NULL) == CL_SUCCESS)
        device->allocated -= bytes;
    clReleaseMemObject(buffer);
}

static clp_status clear(opencl_device *device, cl_mem buffer, size_t bytes)
{
    const cl_uint zero = 0; /* the bits of 0.0 in any precision */
    CLP_CL_TRY(device,
               clEnqueueFillBuffer(device->queue, buffer, &zero, sizeof zero, 0, bytes, 0, NULL, NULL));
    return CLP_OK;
}

clp_status clp_opencl_field_clear(clp_field *field)
{
    opencl_device *device = ((opencl_level *)field->level)->device;
    return clear(device, ((opencl_field *)field)->buffer, field->level->layout.bytes);
}

/* In the host's memory all threads can touch it first. */
static clp_status clear_mapped(opencl_device *device, cl_mem buffer, size_t bytes)
{
    const size_t slice = 1 << 20;
    cl_int code;
    char *data = clEnqueueMapBuffer(device->queue, buffer, CL_TRUE, CL_MAP_WRITE_INVALIDATE_REGION, 0, bytes,
                                    0, NULL, NULL, &code);
    CLP_TRY(clp_opencl_check(&device->base.info, "clEnqueueMapBuffer", code));
#pragma omp parallel for schedule(static) if (bytes > slice)
    for (size_t at = 0; at < bytes; at += slice) memset(data + at, 0, clp_min(slice, bytes - at));
    CLP_CL_TRY(device, clEnqueueUnmapMemObject(device->queue, buffer, data, 0, NULL, NULL));
    return CLP_OK;
}

clp_status clp_opencl_buffer_create_zero(opencl_device *device, size_t bytes, cl_mem *buffer)
{
    CLP_TRY(clp_opencl_buffer_create(device, bytes, buffer));
    return device->base.info.host_memory ? clear_mapped(device, *buffer, bytes)
                                         : clear(device, *buffer, bytes);
}

clp_status clp_opencl_field_create(clp_level *level, clp_field **field)
{
    opencl_device *device = ((opencl_level *)level)->device;
    clp_status status;
    *field = NULL;
    opencl_field *created = calloc(1, sizeof *created);
    if (!created) return clp_fail_host_memory(sizeof *created);
    created->base.level = level;
    status = clp_opencl_buffer_create_zero(device, level->layout.bytes, &created->buffer);
    if (status != CLP_OK) goto cleanup;
    *field = &created->base;
    return CLP_OK;
cleanup:
    clp_opencl_field_destroy(&created->base);
    return status;
}

void clp_opencl_field_destroy(clp_field *field)
{
    if (!field) return;
    opencl_level *level = (opencl_level *)field->level;
    clp_opencl_buffer_destroy(level->device, ((opencl_field *)field)->buffer);
    free(field);
}

/* Rows travel through a host buffer of about this size, in which they are padded and converted. */
enum { STAGING_BYTES = 8 << 20 };

typedef struct staging {
    void *data;
    size_t rows; /* that fit */
} staging;

static clp_status staging_create(const clp_layout *layout, size_t rows, staging *staged)
{
    size_t row_bytes = layout->pitch * layout->element_bytes;
    staged->rows = clp_min(rows, clp_max(STAGING_BYTES / row_bytes, 1));
    staged->data = calloc(staged->rows, row_bytes);
    return staged->data ? CLP_OK : clp_fail_host_memory(staged->rows * row_bytes);
}

static void to_device_rows(const clp_layout *layout, const double *values, size_t rows, void *data)
{
    for (size_t j = 0; j < rows; j++) {
        const double *in = values + j * layout->nodes[0];
        if (layout->element_bytes == sizeof(float)) {
            float *out = (float *)data + j * layout->pitch;
            for (size_t i = 0; i < layout->nodes[0]; i++) out[i] = (float)in[i];
        } else {
            double *out = (double *)data + j * layout->pitch;
            for (size_t i = 0; i < layout->nodes[0]; i++) out[i] = in[i];
        }
    }
}

static void from_device_rows(const clp_layout *layout, const void *data, size_t rows, double *values)
{
    for (size_t j = 0; j < rows; j++) {
        double *out = values + j * layout->nodes[0];
        if (layout->element_bytes == sizeof(float)) {
            const float *in = (const float *)data + j * layout->pitch;
            for (size_t i = 0; i < layout->nodes[0]; i++) out[i] = (double)in[i];
        } else {
            const double *in = (const double *)data + j * layout->pitch;
            for (size_t i = 0; i < layout->nodes[0]; i++) out[i] = in[i];
        }
    }
}

/* The bytes from the first node of a row to the last node of the row `rows` - 1 further in its plane. */
static size_t span_bytes(const clp_layout *layout, size_t rows)
{
    return ((rows - 1) * layout->pitch + layout->nodes[0]) * layout->element_bytes;
}

/* On the host's memory rows are converted in place, without a copy between. */
static clp_status transfer_mapped(opencl_device *device, cl_mem buffer, const clp_layout *layout, size_t row,
                                  size_t rows, const double *write, double *read)
{
    size_t first = clp_layout_row(layout, row), last = clp_layout_row(layout, row + rows - 1);
    size_t bytes = (last - first + layout->nodes[0]) * layout->element_bytes;
    cl_int code;
    char *data = clEnqueueMapBuffer(device->queue, buffer, CL_TRUE, write ? CL_MAP_WRITE : CL_MAP_READ,
                                    first * layout->element_bytes, bytes, 0, NULL, NULL, &code);
    CLP_TRY(clp_opencl_check(&device->base.info, "clEnqueueMapBuffer", code));
#pragma omp parallel for schedule(static) if (bytes > 1 << 18)
    for (size_t done = 0; done < rows; done++) {
        char *at = data + (clp_layout_row(layout, row + done) - first) * layout->element_bytes;
        if (write)
            to_device_rows(layout, write + done * layout->nodes[0], 1, at);
        else
            from_device_rows(layout, at, 1, read + done * layout->nodes[0]);
    }
    CLP_CL_TRY(device, clEnqueueUnmapMemObject(device->queue, buffer, data, 0, NULL, NULL));
    CLP_CL_TRY(device, clFinish(device->queue));
    return CLP_OK;
}

/* Moves rows from `write` to the field, or from the field to `read`; the other one is NULL. */
static clp_status transfer(clp_field *field, size_t row, size_t rows, const double *write, double *read)
{
    const clp_layout *layout = &field->level->layout;
    opencl_device *device = ((opencl_level *)field->level)->device;
    cl_mem buffer = ((opencl_field *)field)->buffer;
    staging staged;
    if (device->base.info.host_memory && rows > 0)
        return transfer_mapped(device, buffer, layout, row, rows, write, read);
    CLP_TRY(staging_create(layout, rows, &staged));
    clp_status status = CLP_OK;
    for (size_t done = 0, now; done < rows && status == CLP_OK; done += now) {
        size_t skip = done * layout->nodes[0],
               left_in_plane = layout->nodes[1] - (row + done) % layout->nodes[1];
        now = clp_min(clp_min(staged.rows, rows - done), left_in_plane);
        size_t offset = clp_layout_row(layout, row + done) * layout->element_bytes,
               bytes = span_bytes(layout, now);
        const char *call = write ? "clEnqueueWriteBuffer" : "clEnqueueReadBuffer";
        cl_int code;
        if (write) {
            to_device_rows(layout, write + skip, now, staged.data);
            code = clEnqueueWriteBuffer(device->queue, buffer, CL_TRUE, offset, bytes, staged.data, 0, NULL,
                                        NULL);
        } else {
            code = clEnqueueReadBuffer(device->queue, buffer, CL_TRUE, offset, bytes, staged.data, 0, NULL,
                                       NULL);
            if (code == CL_SUCCESS) from_device_rows(layout, staged.data, now, read + skip);
        }
        status = clp_opencl_check(&device->base.info, call, code);
    }
    free(staged.data);
    return status;
}

clp_status clp_opencl_field_write(clp_field *field, size_t row, size_t rows, const double *values)
{
    return transfer(field, row, rows, values, NULL);
}

clp_status clp_opencl_field_read(clp_field *field, size_t row, size_t rows, double *values)
{
    return transfer(field, row, rows, NULL, values);
}

/* Some columns of a row, where they lie or through a few of them in double. */
static void fill_columns(const clp_layout *layout, clp_fill_columns fill, const void *context, size_t row,
                         size_t first, char *at)
{
    size_t count = clp_min(layout->nodes[0] - first, CLP_FILL_COLUMNS);
    if (layout->element_bytes == sizeof(double)) {
        fill(context, row, first, count, (double *)at + first);
        return;
    }
    double values[CLP_FILL_COLUMNS];
    fill(context, row, first, count, values);
    for (size_t i = 0; i < count; i++) ((float *)at)[first + i] = (float)values[i];
}

clp_status clp_opencl_field_fill(clp_field *field, clp_fill_columns fill, const void *context)
{
    const clp_layout *layout = &field->level->layout;
    opencl_device *device = ((opencl_level *)field->level)->device;
    cl_mem buffer = ((opencl_field *)field)->buffer;
    cl_int code;
    if (!device->base.info.host_memory) return clp_field_fill_in_blocks(field, fill, context);
    char *data = clEnqueueMapBuffer(device->queue, buffer, CL_TRUE, CL_MAP_WRITE, 0, layout->bytes, 0, NULL,
                                    NULL, &code);
    CLP_TRY(clp_opencl_check(&device->base.info, "clEnqueueMapBuffer", code));
#pragma omp parallel for schedule(static) if (layout->bytes > 1 << 18)
    for (size_t row = 0; row < clp_layout_rows(layout); row++)
        for (size_t i = 0; i < layout->nodes[0]; i += CLP_FILL_COLUMNS)
            fill_columns(layout, fill, context, row, i,
                         data + clp_layout_row(layout, row) * layout->element_bytes);
    CLP_CL_TRY(device, clEnqueueUnmapMemObject(device->queue, buffer, data, 0, NULL, NULL));
    return CLP_OK;
}
