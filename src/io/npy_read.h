/* SPDX-License-Identifier: MIT */
/* Reads NumPy's array files. */
#ifndef CLP_IO_NPY_READ_H
#define CLP_IO_NPY_READ_H

#include "io/npy_header.h"

#include <stdio.h>
#include <sys/types.h>

typedef struct clp_array {
    size_t dimensions;                  /* 1 to 3 */
    size_t shape[CLP_ARRAY_DIMENSIONS]; /* slowest first, as NumPy prints it; 0 beyond the dimensions */
    bool integer;                       /* whole numbers, or booleans as 0 and 1 */
    double *values;                     /* in C order, whatever the order in the file */
} clp_array;

/**
 * Reads a .npy file of version 1.0, 2.0 or 3.0 whose elements are f2, f4, f8, i1 to i8, u1 to u8 or b1, in
 * either byte order and either order of indices. NaN and infinite values are read as they are. The caller
 * frees the array with clp_array_finish; after an error there is nothing to free, and clp_array_finish is
 * harmless. Errors: CLP_ERROR_FILE where the file cannot be read, CLP_ERROR_INPUT where it is not such an
 * array, CLP_ERROR_MEMORY.
 */
clp_status clp_npy_read(const char *path, clp_array *array);

/* A file that is open: its header is read, and it is as long as that says. */
typedef struct clp_npy_file {
    const char *path;
    FILE *stream;
    clp_npy_header header;
    size_t start; /* of the values */
    off_t at;     /* where the stream is */
} clp_npy_file;

/* Opens a file; `path` must outlive it. Errors as above. */
clp_status clp_npy_open(const char *path, clp_npy_file *file);

void clp_npy_close(clp_npy_file *file);

/* Some of the values: `count` along each axis from `first` on, going round at `period` where it is not 0. */
typedef struct clp_npy_window {
    size_t first[CLP_ARRAY_DIMENSIONS], count[CLP_ARRAY_DIMENSIONS], period[CLP_ARRAY_DIMENSIONS];
} clp_npy_window;

/* Reads those, in C order. Errors as above. */
clp_status clp_npy_read_window(clp_npy_file *file, const clp_npy_window *window, double *values);

/* Frees the values; harmless on {0}, NULL is allowed. */
void clp_array_finish(clp_array *array);

#endif
