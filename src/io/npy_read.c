/* SPDX-License-Identifier: MIT */
/* Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
#include "io/npy_read.h"

#include "base/checked.h"
#include "base/text.h"
#include "io/input_file.h"
#include "io/npy_type.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Numpy's own limit is 10000 bytes; structured types, which are refused, can have more. */
enum { HEADER_MOST = 1 << 20, BLOCK = 1 << 16 };

static clp_status fail_read(const char *path, FILE *stream)
{
    if (ferror(stream)) return clp_fail(CLP_ERROR_FILE, "%s: cannot be read: %s", path, strerror(errno));
    return clp_fail(CLP_ERROR_INPUT, "%s: the file became shorter while it was read; try again", path);
}

/* The bytes before the header, and how long the header is. *used counts what has been read. */
static clp_status read_start(const char *path, FILE *stream, uint64_t size, size_t *used, size_t *length)
{
    unsigned char start[CLP_INPUT_START];
    size_t got = fread(start, 1, sizeof start, stream);
    if (got < sizeof start && ferror(stream)) return fail_read(path, stream);
    if (got < 6 || memcmp(start, "\x93NUMPY", 6) != 0)
        return clp_input_fail_kind(path, start, got, "NumPy array (.npy)", "write one with numpy.save");
    if (got < 12)
        return clp_fail(CLP_ERROR_INPUT, "%s: the .npy file ends within its header; save the array again",
                        path);
    if (start[6] < 1 || start[6] > 3 || start[7] != 0)
        return clp_fail(
            CLP_ERROR_INPUT,
            "%s: version %d.%d of the .npy format is not known; save the array again with numpy.save, "
            "which takes 1.0, 2.0 or 3.0",
            path, start[6], start[7]);
    *used = start[6] == 1 ? 10 : 12;
    *length = start[8] | (size_t)start[9] << 8;
    if (start[6] > 1) *length |= (size_t)start[10] << 16 | (size_t)start[11] << 24;
    if (size < *used || *length > size - *used)
        return clp_fail(CLP_ERROR_INPUT, "%s: the .npy file ends within its header; save the array again",
                        path);
    if (*length > HEADER_MOST)
        return clp_fail(
            CLP_ERROR_INPUT,
            "%s: the header of this .npy file has %zu bytes; up to %d are read (save a.astype(float))", path,
            *length, HEADER_MOST);
    if (fseek(stream, (long)*used, SEEK_SET) != 0) return fail_read(path, stream);
    return CLP_OK;
}

static clp_status read_header(const char *path, FILE *stream, size_t length, clp_npy_header *header)
{
    char *text = malloc(length + 1);
    if (!text) return clp_fail_host_memory(length + 1);
    clp_status status = fread(text, 1, length, stream) == length
                            ? clp_npy_header_parse(path, text, length, header)
                            : fail_read(path, stream);
    free(text);
    return status;
}

/* The number of elements, which must be just what `bytes` hold: nothing is allocated for a file that lies. */
static clp_status check_size(const char *path, const clp_npy_header *header, uint64_t bytes, size_t *count)
{
    size_t needed = header->size, values_bytes;
    char shape[96], there[32], wanted[32];
    clp_shape_text(header->shape, header->dimensions, shape, sizeof shape);
    bool fits = true;
    *count = 1;
    for (size_t a = 0; a < header->dimensions; a++)
        fits = fits && clp_multiply(*count, header->shape[a], count);
    fits = fits && clp_multiply(*count, header->size, &needed);
    fits = fits && clp_multiply(*count, sizeof(double), &values_bytes);
    if (!fits)
        return clp_fail(CLP_ERROR_INPUT,
                        "%s: an array of shape %s is larger than any memory; save the array again", path,
                        shape);
    if (needed > bytes)
        return clp_fail(
            CLP_ERROR_INPUT,
            "%s: the file is cut off: an array of shape %s has %s (%zu bytes), the file has %s of it "
            "(%llu bytes); save or copy it again",
            path, shape, clp_bytes_text(needed, wanted, sizeof wanted), needed,
            clp_bytes_text(bytes, there, sizeof there), (unsigned long long)bytes);
    if (needed < bytes)
        return clp_fail(
            CLP_ERROR_INPUT,
            "%s: %llu bytes follow after the array of shape %s; save the array again, alone in its file",
            path, (unsigned long long)bytes - needed, shape);
    return CLP_OK;
}

/* Where the elements of the file go, one after the other: each index with its extent and its step, the
 * fastest first. */
typedef struct places {
    size_t axes, extent[CLP_ARRAY_DIMENSIONS], step[CLP_ARRAY_DIMENSIONS], index[CLP_ARRAY_DIMENSIONS];
    size_t at;
} places;

static places places_of(const clp_npy_header *header, size_t count)
{
    if (!header->fortran) return (places){.axes = 1, .extent = {count}, .step = {1}};
    places p = {.axes = header->dimensions};
    size_t step = 1;
    for (size_t a = p.axes; a-- > 0;) {
        p.extent[a] = header->shape[a];
        p.step[a] = step;
        step *= header->shape[a];
    }
    return p;
}

static void advance(places *p)
{
    for (size_t a = 0; a < p->axes; a++) {
        p->at += p->step[a];
        if (++p->index[a] < p->extent[a]) return;
        p->at -= p->step[a] * p->extent[a];
        p->index[a] = 0;
    }
}

static clp_status fail_inexact(const char *path, const clp_npy_header *header, size_t place)
{
    size_t index[CLP_ARRAY_DIMENSIONS] = {0};
    for (size_t a = header->dimensions; a-- > 0; place /= header->shape[a])
        index[a] = place % header->shape[a];
    char text[96];
    clp_shape_text(index, header->dimensions, text, sizeof text);
    return clp_fail(CLP_ERROR_INPUT,
                    "%s: the whole number at %s is beyond 2^53 and cannot be held exactly; save "
                    "a.astype(float) if rounding does no harm",
                    path, text);
}

static clp_status read_values(const char *path, FILE *stream, const clp_npy_header *header, size_t count,
                              double *values)
{
    unsigned char block[BLOCK];
    places p = places_of(header, count);
    while (count) {
        size_t part = clp_min(count, BLOCK / header->size);
        if (fread(block, header->size, part, stream) != part) return fail_read(path, stream);
        for (size_t i = 0; i < part; i++) {
            if (!clp_npy_decode(header, block + i * header->size, &values[p.at]))
                return fail_inexact(path, header, p.at);
            advance(&p);
        }
        count -= part;
    }
    return CLP_OK;
}

clp_status clp_npy_read(const char *path, clp_array *array)
{
    FILE *stream = NULL;
    uint64_t size = 0;
    size_t used = 0, length = 0, count = 0;
    clp_npy_header header;
    *array = (clp_array){0};
    CLP_TRY(clp_input_open(path, &stream, &size));
    clp_status status = read_start(path, stream, size, &used, &length);
    if (status != CLP_OK) goto cleanup;
    if ((status = read_header(path, stream, length, &header)) != CLP_OK) goto cleanup;
    if ((status = check_size(path, &header, size - used - length, &count)) != CLP_OK) goto cleanup;
    array->values = malloc(count * sizeof *array->values);
    if (!array->values) {
        status = clp_fail_host_memory(count * sizeof *array->values);
        goto cleanup;
    }
    array->dimensions = header.dimensions;
    memcpy(array->shape, header.shape, sizeof array->shape);
    array->integer = header.kind != 'f';
    status = read_values(path, stream, &header, count, array->values);
cleanup:
    if (status != CLP_OK) clp_array_finish(array);
    fclose(stream);
    return status;
}

void clp_array_finish(clp_array *array)
{
    if (!array) return;
    free(array->values);
    *array = (clp_array){0};
}
