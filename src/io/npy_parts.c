/* SPDX-License-Identifier: MIT */
#include "io/npy_parts.h"

#include "grid/extent.h"
#include "io/npy_write.h"

#include <clpoisson/output.h>

#include <stdlib.h>

/* The bytes of a box, as NumPy has them. NULL without memory. */
static unsigned char *pack(const clp_grid *part, const clp_own_box *own, const double *values, bool single)
{
    const size_t *count = own->whole.count, *begin = own->begin, *nodes = part->nodes,
                 element = single ? 4 : 8;
    unsigned char *bytes = malloc(count[0] * count[1] * count[2] * element + 1), *out = bytes;
    for (size_t k = 0; bytes && k < count[2]; k++)
        for (size_t j = 0; j < count[1]; j++) {
            const double *row = values + ((begin[2] + k) * nodes[1] + begin[1] + j) * nodes[0] + begin[0];
            for (size_t i = 0; i < count[0]; i++, out += element) clp_npy_put_value(out, row[i], single);
        }
    return bytes;
}

clp_status clp_npy_write_part(clp_shared_file *file, size_t offset, const clp_grid *part,
                              const double *values, bool single)
{
    const clp_own_box own = clp_own_nodes(part);
    const clp_grid whole = clp_grid_of_part(part);
    const clp_file_array array = {.offset = offset,
                                  .nodes = {whole.nodes[0], whole.nodes[1], clp_planes(&whole)},
                                  .element_bytes = single ? 4 : 8};
    unsigned char *bytes = pack(part, &own, values, single);
    clp_status status = clp_shared_file_write(file, &array, &own.whole, bytes);
    free(bytes);
    return status;
}

clp_status clp_field_write_npy_parts(clp_ranks *ranks, const char *path, const clp_grid *part,
                                     const double *values, bool single)
{
    const clp_grid whole = clp_grid_of_part(part);
    clp_shared_file file;
    size_t offset;
    if (!ranks || !clp_grid_is_part(part)) return clp_field_write_npy(path, &whole, values, single);
    CLP_TRY(clp_shared_file_begin(&file, ranks, path));
    if (file.own.stream) clp_npy_write_header(file.own.stream, &whole, single, SIZE_MAX);
    clp_status status = clp_shared_file_place(&file, &offset);
    if (status == CLP_OK) status = clp_npy_write_part(&file, offset, part, values, single);
    return clp_shared_file_end(&file, status);
}
