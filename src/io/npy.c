/* SPDX-License-Identifier: MIT */
/* NumPy's array files: magic, version 1.0, a header that is a Python dict padded to 64 bytes, then the
 * values. */
#include <clpoisson/output.h>

#include "base/checked.h"
#include "base/file.h"
#include "grid/extent.h"
#include "io/npy_read.h"
#include "io/npy_write.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void clp_npy_write_header(FILE *stream, const clp_grid *grid, bool single, size_t many)
{
    enum { DIGITS = 20 };
    char text[256], planes[32] = "", fields[32] = "";
    int length, spare = 0; /* room for any number of fields */
    if (many != SIZE_MAX) {
        length = snprintf(fields, sizeof fields, "%zu, ", many);
        spare = DIGITS - length;
    }
    if (clp_grid_dimensions(grid) == 3) snprintf(planes, sizeof planes, "%zu, ", grid->nodes[2]);
    length =
        snprintf(text, sizeof text, "{'descr': '<f%d', 'fortran_order': False, 'shape': (%s%s%zu, %zu), }",
                 single ? 4 : 8, fields, planes, grid->nodes[1], grid->nodes[0]);
    size_t prefix = 10, whole = clp_round_up(prefix + (size_t)(length + spare) + 1, 64),
           padded = whole - prefix;
    memset(text + length, ' ', padded - (size_t)length);
    text[padded - 1] = '\n';
    const unsigned char start[10] = {
        0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (unsigned char)(padded & 0xff), (unsigned char)(padded >> 8)};
    fwrite(start, 1, sizeof start, stream);
    fwrite(text, 1, padded, stream);
}

/* The bits of a value, least significant byte first, whatever the machine's order. */
void clp_npy_put_value(unsigned char *out, double value, bool single)
{
    float narrow = (float)value;
    uint64_t bits = 0;
    uint32_t narrow_bits;
    memcpy(&narrow_bits, &narrow, sizeof narrow_bits);
    memcpy(&bits, &value, sizeof bits);
    if (single) bits = narrow_bits;
    for (size_t i = 0; i < (single ? 4U : 8U); i++) out[i] = (unsigned char)(bits >> 8 * i);
}

clp_status clp_npy_write_values(FILE *stream, const clp_grid *grid, const double *values, bool single)
{
    size_t element = single ? 4 : 8, row_bytes = grid->nodes[0] * element;
    size_t rows = grid->nodes[1] * clp_planes(grid);
    unsigned char *row = malloc(row_bytes);
    if (!row) return clp_fail_host_memory(row_bytes);
    for (size_t j = 0; j < rows && !ferror(stream); j++) {
        for (size_t i = 0; i < grid->nodes[0]; i++)
            clp_npy_put_value(row + i * element, values[j * grid->nodes[0] + i], single);
        fwrite(row, 1, row_bytes, stream);
    }
    free(row);
    return CLP_OK;
}

clp_status clp_field_write_npy(const char *path, const clp_grid *grid, const double *values, bool single)
{
    clp_output_file file;
    CLP_TRY(clp_output_begin(&file, path));
    clp_npy_write_header(file.stream, grid, single, SIZE_MAX);
    clp_status status = clp_npy_write_values(file.stream, grid, values, single);
    if (status == CLP_OK) return clp_output_commit(&file);
    clp_output_discard(&file);
    return status;
}

clp_status clp_field_read_npy(const char *path, size_t nodes[CLP_AXES], double **values)
{
    clp_array array;
    *values = NULL;
    CLP_TRY(clp_npy_read(path, &array));
    if (array.dimensions < 2) {
        clp_array_finish(&array);
        return clp_fail(CLP_ERROR_INPUT,
                        "%s: holds an array of one dimension; a field has two [y][x] or three [z][y][x]",
                        path);
    }
    for (size_t axis = 0; axis < CLP_AXES; axis++)
        nodes[axis] = axis < array.dimensions ? array.shape[array.dimensions - 1 - axis] : 0;
    *values = array.values;
    return CLP_OK;
}

clp_status clp_output_check(const char *path)
{
    return clp_output_writable(path);
}
