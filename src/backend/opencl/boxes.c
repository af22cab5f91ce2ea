/* SPDX-License-Identifier: MIT */
/*
 * Boxes of fields, from and to the host: where fields lie in its memory, row by row in place; elsewhere
 * packed by the device and brought over in one piece through pinned memory, if they go through the level's
 * staging, or else by the driver.
 */
#include "backend/opencl/opencl.h"

#include "base/checked.h"

#include <stdlib.h>
#include <string.h>

static size_t nodes_of(const clp_box *box)
{
    return box->count[0] * box->count[1] * box->count[2];
}

/* ---- by the driver ---- */

clp_status clp_opencl_move_box(const opencl_level *level, cl_mem buffer, size_t array, const clp_box *box,
                               const void *write, void *read)
{
    const clp_layout *layout = &level->base.layout;
    opencl_device *device = level->device;
    const size_t element = layout->element_bytes, row = layout->pitch * element,
                 plane = layout->plane * element, bytes = box->count[0] * element,
                 slice = bytes * box->count[1];
    const size_t first = array * layout->bytes +
                         clp_layout_node(layout, box->first[0], box->first[1], box->first[2]) * element;
    /* Planes one by one: their distance need not be a number of rows. */
    for (size_t k = 0; k < box->count[2]; k++) {
        const size_t at = first + k * plane, origin[] = {at % row, at / row, 0}, none[] = {0, 0, 0},
                     region[] = {bytes, box->count[1], 1};
        const char *call = write ? "clEnqueueWriteBufferRect" : "clEnqueueReadBufferRect";
        cl_int code =
            write ? clEnqueueWriteBufferRect(device->queue, buffer, CL_FALSE, origin, none, region, row, 0,
                                             bytes, 0, (const char *)write + k * slice, 0, NULL, NULL)
                  : clEnqueueReadBufferRect(device->queue, buffer, CL_FALSE, origin, none, region, row, 0,
                                            bytes, 0, (char *)read + k * slice, 0, NULL, NULL);
        CLP_TRY(clp_opencl_check(&device->base.info, call, code));
    }
    CLP_CL_TRY(device, clFinish(device->queue));
    return CLP_OK;
}

static clp_status move_singly(const opencl_level *level, cl_mem buffer, const clp_box *boxes, size_t count,
                              const char *write, char *read)
{
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        CLP_TRY(clp_opencl_move_box(level, buffer, 0, &boxes[i], write ? write + at : NULL,
                                    read ? read + at : NULL));
        at += nodes_of(&boxes[i]) * level->base.layout.element_bytes;
    }
    return CLP_OK;
}

/* ---- in the host's memory ---- */

static void copy_box(const clp_layout *layout, const clp_box *box, char *data, const char *write, char *read)
{
    const size_t bytes = box->count[0] * layout->element_bytes;
    for (size_t k = 0; k < box->count[2]; k++)
        for (size_t j = 0; j < box->count[1]; j++) {
            char *row = data + layout->element_bytes * clp_layout_node(layout, box->first[0],
                                                                       box->first[1] + j, box->first[2] + k);
            size_t skip = (k * box->count[1] + j) * bytes;
            if (write)
                memcpy(row, write + skip, bytes);
            else
                memcpy(read + skip, row, bytes);
        }
}

static clp_status move_mapped(const opencl_level *level, cl_mem buffer, const clp_box *boxes, size_t count,
                              const char *write, char *read)
{
    const clp_layout *layout = &level->base.layout;
    opencl_device *device = level->device;
    cl_int code;
    char *data = clEnqueueMapBuffer(device->queue, buffer, CL_TRUE, write ? CL_MAP_WRITE : CL_MAP_READ, 0,
                                    layout->bytes, 0, NULL, NULL, &code);
    CLP_TRY(clp_opencl_check(&device->base.info, "clEnqueueMapBuffer", code));
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        copy_box(layout, &boxes[i], data, write ? write + at : NULL, read ? read + at : NULL);
        at += nodes_of(&boxes[i]) * layout->element_bytes;
    }
    CLP_CL_TRY(device, clEnqueueUnmapMemObject(device->queue, buffer, data, 0, NULL, NULL));
    return CLP_OK;
}

/* ---- packed by the device ---- */

clp_status clp_opencl_staging(clp_level *level, size_t bytes, void **room)
{
    opencl_level *own = (opencl_level *)level;
    opencl_device *device = own->device;
    opencl_staging *staging = &own->staging;
    cl_int code;
    staging->bytes = bytes;
    if (device->base.info.host_memory || bytes == 0) {
        *room = staging->room = malloc(bytes + 1);
        return *room ? CLP_OK : clp_fail_host_memory(bytes);
    }
    CLP_TRY(clp_opencl_buffer_create(device, bytes, &staging->packed));
    staging->pinned =
        clCreateBuffer(device->context, CL_MEM_READ_WRITE | CL_MEM_ALLOC_HOST_PTR, bytes, NULL, &code);
    CLP_TRY(clp_opencl_check(&device->base.info, "clCreateBuffer", code));
    *room = staging->room = clEnqueueMapBuffer(device->queue, staging->pinned, CL_TRUE,
                                               CL_MAP_READ | CL_MAP_WRITE, 0, bytes, 0, NULL, NULL, &code);
    return clp_opencl_check(&device->base.info, "clEnqueueMapBuffer", code);
}

void clp_opencl_staging_destroy(opencl_level *level)
{
    opencl_staging *staging = &level->staging;
    for (int i = 0; i < 2; i++) clp_opencl_buffer_destroy(level->device, staging->boxes[i].table);
    clp_opencl_buffer_destroy(level->device, staging->packed);
    if (staging->pinned) {
        if (staging->room)
            clEnqueueUnmapMemObject(level->device->queue, staging->pinned, staging->room, 0, NULL, NULL);
        clReleaseMemObject(staging->pinned);
    } else {
        free(staging->room);
    }
}

/* The places of these boxes, brought to the device if they are other ones than the last time. */
static clp_status bring_boxes(opencl_level *level, const clp_box *boxes, size_t count, opencl_boxes *brought)
{
    enum { ENTRIES = 4 };
    const clp_layout *layout = &level->base.layout;
    cl_ulong table[CLP_BOXES_MOST * ENTRIES];
    if (brought->count == count && memcmp(brought->box, boxes, count * sizeof *boxes) == 0) return CLP_OK;
    brought->nodes = 0;
    for (size_t i = 0; i < count; i++) {
        const cl_ulong entry[ENTRIES] = {
            brought->nodes, clp_layout_node(layout, boxes[i].first[0], boxes[i].first[1], boxes[i].first[2]),
            boxes[i].count[0], boxes[i].count[1]};
        memcpy(table + ENTRIES * i, entry, sizeof entry);
        brought->nodes += nodes_of(&boxes[i]);
    }
    brought->count = 0;
    clp_opencl_buffer_destroy(level->device, brought->table);
    brought->table = NULL;
    CLP_TRY(clp_opencl_upload(level->device, table, count * ENTRIES * sizeof *table, &brought->table));
    memcpy(brought->box, boxes, count * sizeof *boxes);
    brought->count = count;
    return CLP_OK;
}

static clp_status launch(opencl_level *level, const opencl_boxes *boxes, cl_mem buffer, int which,
                         const char *name)
{
    opencl_kernels *kernels;
    CLP_TRY(clp_opencl_level_kernels(level, KIT_BOXES, false, &kernels));
    clp_arguments arguments = {.kernel = kernels->kernel[which], .precision = level->base.precision};
    const size_t most = level->device->base.info.max_group_items, group = most && most < 64 ? most : 64,
                 global = clp_round_up(boxes->nodes, group);
    clp_argument_buffer(&arguments, buffer);
    clp_argument_buffer(&arguments, level->staging.packed);
    clp_argument_buffer(&arguments, boxes->table);
    clp_argument_int(&arguments, boxes->count);
    clp_argument_size(&arguments, boxes->nodes);
    clp_argument_size(&arguments, level->base.layout.pitch);
    clp_argument_size(&arguments, level->base.layout.plane);
    return clp_opencl_launch(level->device, &arguments, name, 1, &global, &group);
}

static clp_status move_staged(opencl_level *level, cl_mem buffer, const clp_box *boxes, size_t count,
                              const char *write, char *read)
{
    opencl_device *device = level->device;
    opencl_boxes *brought = &level->staging.boxes[write != NULL];
    CLP_TRY(bring_boxes(level, boxes, count, brought));
    const size_t bytes = brought->nodes * level->base.layout.element_bytes;
    if (write) {
        CLP_CL_TRY(device, clEnqueueWriteBuffer(device->queue, level->staging.packed, CL_FALSE, 0, bytes,
                                                write, 0, NULL, NULL));
        return launch(level, brought, buffer, KERNEL_UNPACK, "unpack_boxes");
    }
    CLP_TRY(launch(level, brought, buffer, KERNEL_PACK, "pack_boxes"));
    CLP_CL_TRY(device, clEnqueueReadBuffer(device->queue, level->staging.packed, CL_TRUE, 0, bytes, read, 0,
                                           NULL, NULL));
    return CLP_OK;
}

static clp_status move(const clp_field *field, const clp_box *boxes, size_t count, const char *write,
                       char *read)
{
    opencl_level *level = (opencl_level *)field->level;
    cl_mem buffer = ((const opencl_field *)field)->buffer;
    const char *packed = write ? write : read, *room = level->staging.room;
    if (level->device->base.info.host_memory) return move_mapped(level, buffer, boxes, count, write, read);
    if (room && packed >= room && packed < room + level->staging.bytes)
        return move_staged(level, buffer, boxes, count, write, read);
    return move_singly(level, buffer, boxes, count, write, read);
}

clp_status clp_opencl_boxes_read(const clp_field *field, const clp_box *boxes, size_t count, void *packed)
{
    return move(field, boxes, count, NULL, packed);
}

clp_status clp_opencl_boxes_write(clp_field *field, const clp_box *boxes, size_t count, const void *packed)
{
    return move(field, boxes, count, packed, NULL);
}

clp_status clp_opencl_box_copy(const clp_field *from, const clp_box *box, clp_field *field,
                               const size_t to[CLP_AXES])
{
    const clp_layout *in = &from->level->layout, *out = &field->level->layout;
    opencl_device *device = ((opencl_level *)field->level)->device;
    const size_t element = out->element_bytes, rows[] = {in->pitch * element, out->pitch * element};
    for (size_t k = 0; k < box->count[2]; k++) { /* as in clp_opencl_move_box */
        const size_t at[] = {clp_layout_node(in, box->first[0], box->first[1], box->first[2] + k) * element,
                             clp_layout_node(out, to[0], to[1], to[2] + k) * element};
        const size_t source[] = {at[0] % rows[0], at[0] / rows[0], 0},
                     target[] = {at[1] % rows[1], at[1] / rows[1], 0},
                     region[] = {box->count[0] * element, box->count[1], 1};
        CLP_CL_TRY(device, clEnqueueCopyBufferRect(device->queue, ((const opencl_field *)from)->buffer,
                                                   ((opencl_field *)field)->buffer, source, target, region,
                                                   rows[0], 0, rows[1], 0, 0, NULL, NULL));
    }
    return CLP_OK;
}
