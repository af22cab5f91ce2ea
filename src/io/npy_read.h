/* SPDX-License-Identifier: MIT */
/* Reads NumPy's array files. */
#ifndef CLP_IO_NPY_READ_H
#define CLP_IO_NPY_READ_H

#include "io/npy_header.h"

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

/* Frees the values; harmless on {0}, NULL is allowed. */
void clp_array_finish(clp_array *array);

#endif
