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
#include <sys/types.h>

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

static clp_status fail_inexact(const char *path, const clp_npy_header *header, const size_t *index)
{
    char text[96];
    clp_shape_text(index, header->dimensions, text, sizeof text);
    return clp_fail(CLP_ERROR_INPUT,
                    "%s: the whole number at %s is beyond 2^53 and cannot be held exactly; save "
                    "a.astype(float) if rounding does no harm",
                    path, text);
}

clp_status clp_npy_open(const char *path, clp_npy_file *file)
{
    uint64_t size = 0;
    size_t used = 0, length = 0, count = 0;
    *file = (clp_npy_file){.path = path};
    CLP_TRY(clp_input_open(path, &file->stream, &size));
    clp_status status = read_start(path, file->stream, size, &used, &length);
    if (status == CLP_OK) status = read_header(path, file->stream, length, &file->header);
    if (status == CLP_OK) status = check_size(path, &file->header, size - used - length, &count);
    file->start = used + length;
    if (status != CLP_OK) clp_npy_close(file);
    return status;
}

void clp_npy_close(clp_npy_file *file)
{
    if (file->stream) fclose(file->stream);
    *file = (clp_npy_file){0};
}

/* ---- values ---- */

/* The index in the array of a place in the window. */
static size_t index_in(const clp_npy_window *window, size_t axis, size_t place)
{
    size_t index = window->first[axis] + place, period = window->period[axis];
    return period ? index % period : index;
}

/* Elements one after the other in the file, from an index on, to places `step` apart. */
static clp_status read_run(clp_npy_file *file, size_t *index, size_t axis, size_t count, double *values,
                           size_t step)
{
    const clp_npy_header *header = &file->header;
    unsigned char block[BLOCK];
    size_t at = 0, d = header->dimensions;
    for (size_t i = 0; i < d; i++) { /* slowest first, in the order of the file */
        size_t a = header->fortran ? d - 1 - i : i;
        at = at * header->shape[a] + index[a];
    }
    off_t place = (off_t)(file->start + at * header->size);
    if (file->at != place && fseeko(file->stream, place, SEEK_SET) != 0)
        return fail_read(file->path, file->stream);
    file->at = place + (off_t)(count * header->size);
    while (count) {
        size_t part = clp_min(count, BLOCK / header->size);
        if (fread(block, header->size, part, file->stream) != part)
            return fail_read(file->path, file->stream);
        for (size_t i = 0; i < part; i++, index[axis]++, values += step)
            if (!clp_npy_decode(header, block + i * header->size, values))
                return fail_inexact(file->path, header, index);
        count -= part;
    }
    return CLP_OK;
}

/* All that differ in the index along the file's fastest axis alone. */
static clp_status read_line(clp_npy_file *file, const clp_npy_window *window, const size_t *place,
                            size_t axis, double *values, size_t step)
{
    size_t limit = window->period[axis] ? window->period[axis] : file->header.shape[axis],
           index[CLP_ARRAY_DIMENSIONS];
    for (size_t i = 0, run; i < window->count[axis]; i += run) {
        for (size_t a = 0; a < file->header.dimensions; a++)
            index[a] = index_in(window, a, a == axis ? i : place[a]);
        run = clp_min(window->count[axis] - i, limit - index[axis]);
        CLP_TRY(read_run(file, index, axis, run, values + i * step, step));
    }
    return CLP_OK;
}

clp_status clp_npy_read_window(clp_npy_file *file, const clp_npy_window *window, double *values)
{
    size_t dimensions = file->header.dimensions, fast = file->header.fortran ? 0 : dimensions - 1, lines = 1;
    size_t place[CLP_ARRAY_DIMENSIONS] = {0}, step[CLP_ARRAY_DIMENSIONS], all = 1;
    for (size_t a = dimensions; a-- > 0;) {
        step[a] = all;
        all *= window->count[a];
        if (a != fast) lines *= window->count[a];
    }
    for (size_t line = 0; line < lines; line++) {
        size_t from = 0, rest = line;
        for (size_t i = 0; i < dimensions; i++) { /* fastest first, in the order of the file */
            size_t a = file->header.fortran ? i : dimensions - 1 - i;
            if (a == fast) continue;
            place[a] = rest % window->count[a];
            rest /= window->count[a];
            from += place[a] * step[a];
        }
        CLP_TRY(read_line(file, window, place, fast, values + from, step[fast]));
    }
    return CLP_OK;
}

clp_status clp_npy_read(const char *path, clp_array *array)
{
    clp_npy_file file;
    clp_npy_window window = {.first = {0}};
    size_t count = 1;
    *array = (clp_array){0};
    CLP_TRY(clp_npy_open(path, &file));
    const clp_npy_header *header = &file.header;
    for (size_t a = 0; a < header->dimensions; a++) count *= window.count[a] = header->shape[a];
    array->dimensions = header->dimensions;
    memcpy(array->shape, header->shape, sizeof array->shape);
    array->integer = header->kind != 'f';
    array->values = malloc(count * sizeof *array->values);
    clp_status status = array->values ? clp_npy_read_window(&file, &window, array->values)
                                      : clp_fail_host_memory(count * sizeof *array->values);
    if (status != CLP_OK) clp_array_finish(array);
    clp_npy_close(&file);
    return status;
}

void clp_array_finish(clp_array *array)
{
    if (!array) return;
    free(array->values);
    *array = (clp_array){0};
}
