/* SPDX-License-Identifier: MIT */
/* .npy files written byte by byte, for the tests of their reader. */
#ifndef TESTS_NPY_FILE_H
#define TESTS_NPY_FILE_H

#include "io/npy_read.h"
#include "scratch_file.h"

#include <string.h>

/* A file of the given version; returns its length. */
static inline size_t make_file(unsigned char *file, int version, const char *header, const void *data,
                               size_t bytes)
{
    size_t length = strlen(header), prefix = version == 1 ? 10 : 12;
    memcpy(file, "\x93NUMPY", 6);
    file[6] = (unsigned char)version;
    file[7] = 0;
    for (size_t i = 8; i < prefix; i++) file[i] = (unsigned char)(length >> 8 * (i - 8));
    memcpy(file + prefix, header, length);
    if (bytes) memcpy(file + prefix + length, data, bytes);
    return prefix + length + bytes;
}

static inline clp_status read_file(int version, const char *header, const void *data, size_t bytes,
                                   clp_array *array)
{
    unsigned char file[4096];
    write_bytes(file, make_file(file, version, header, data, bytes));
    return clp_npy_read(path, array);
}

#endif
