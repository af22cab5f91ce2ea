/* SPDX-License-Identifier: MIT */
/* The header of a .npy file: a Python dict with the type, the order and the shape of an array. */
#ifndef CLP_IO_NPY_HEADER_H
#define CLP_IO_NPY_HEADER_H

#include "base/status.h"

#include <stdbool.h>

enum { CLP_ARRAY_DIMENSIONS = 3 };

typedef struct clp_npy_header {
    char kind;   /* 'f'loat, 'i'nteger, 'u'nsigned or 'b'ool */
    size_t size; /* bytes of an element: 1, 2, 4 or 8 */
    bool big_endian;
    bool fortran; /* the first index counts fastest */
    size_t dimensions;
    size_t shape[CLP_ARRAY_DIMENSIONS];
} clp_npy_header;

/* Reads the text of a header, which may be any bytes. Refuses what the library cannot use: other types, no or
 * more than three dimensions, no elements. Errors: CLP_ERROR_INPUT. */
clp_status clp_npy_header_parse(const char *path, const char *text, size_t length, clp_npy_header *header);

/* A shape as Python prints it, "(3, 4)", into `text`, cut to `size`; returns `text`. */
const char *clp_shape_text(const size_t *shape, size_t dimensions, char *text, size_t size);

#endif
