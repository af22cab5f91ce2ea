/* SPDX-License-Identifier: MIT */
/* One .vti file of all parts: to the last byte what one process writes. */
#include "grid/extent.h"
#include "io/shared_file.h"
#include "io/vti.h"

#include <stdlib.h>

/* Nodes or cells along an axis, of a grid or a part. */
static size_t along(const clp_grid *grid, const clp_vti_array *array, int axis)
{
    if (axis >= clp_grid_dimensions(grid)) return 1;
    return grid->nodes[axis] - (array->on_cells ? 1 : 0);
}

/* The bytes of a box. NULL without memory. */
static unsigned char *pack(const clp_grid *part, const clp_own_box *own, const clp_vti_array *array)
{
    const size_t *count = own->whole.count, *begin = own->begin, nx = along(part, array, 0),
                 ny = along(part, array, 1);
    unsigned char *bytes = malloc(count[0] * count[1] * count[2] * clp_vti_entry_bytes(array) + 1),
                  *out = bytes;
    for (size_t k = 0; bytes && k < count[2]; k++)
        for (size_t j = 0; j < count[1]; j++) {
            size_t row = ((begin[2] + k) * ny + begin[1] + j) * nx + begin[0];
            for (size_t i = 0; i < count[0]; i++) out = clp_vti_put_entry(out, array, row + i);
        }
    return bytes;
}

static clp_status write_array(clp_shared_file *file, size_t offset, const clp_grid *part,
                              const clp_vti_array *array)
{
    const clp_grid whole = clp_grid_of_part(part);
    const clp_own_box own = array->on_cells ? clp_own_cells(part) : clp_own_nodes(part);
    const clp_file_array place = {
        .offset = offset,
        .nodes = {along(&whole, array, 0), along(&whole, array, 1), along(&whole, array, 2)},
        .element_bytes = clp_vti_entry_bytes(array)};
    unsigned char *bytes = pack(part, &own, array);
    clp_status status = clp_shared_file_write(file, &place, &own.whole, bytes);
    free(bytes);
    return status;
}

/* All but the data, whose places stay empty. */
static void write_frame(FILE *stream, size_t start, const clp_grid *whole, const clp_vti_array *arrays,
                        size_t count)
{
    size_t at = start;
    for (size_t i = 0; i < count; i++) {
        unsigned char size[CLP_VTI_SIZE];
        clp_vti_put_size(size, whole, &arrays[i]);
        fseeko(stream, (off_t)at, SEEK_SET);
        fwrite(size, 1, sizeof size, stream);
        at += CLP_VTI_SIZE + clp_vti_data_bytes(whole, &arrays[i]);
    }
    fseeko(stream, (off_t)at, SEEK_SET);
    clp_vti_write_end(stream);
    fflush(stream);
}

clp_status clp_field_write_vti_parts(clp_ranks *ranks, const char *path, const clp_grid *part,
                                     const clp_vti_array *arrays, size_t count)
{
    const clp_grid whole = clp_grid_of_part(part);
    clp_shared_file file;
    size_t offset;
    if (!ranks || !clp_grid_is_part(part)) return clp_field_write_vti(path, part, arrays, count);
    CLP_TRY(clp_ranks_agree(ranks, clp_vti_check(&whole, arrays, count)));
    CLP_TRY(clp_shared_file_begin(&file, ranks, path));
    if (file.own.stream) clp_vti_write_start(file.own.stream, &whole, arrays, count);
    clp_status status = clp_shared_file_place(&file, &offset);
    if (status == CLP_OK && file.own.stream) write_frame(file.own.stream, offset, &whole, arrays, count);
    for (size_t i = 0; i < count && status == CLP_OK; i++) {
        status = write_array(&file, offset + CLP_VTI_SIZE, part, &arrays[i]);
        offset += CLP_VTI_SIZE + clp_vti_data_bytes(&whole, &arrays[i]);
    }
    return clp_shared_file_end(&file, status);
}
