/* SPDX-License-Identifier: MIT */
/* The parts of a .npy file, for files of one field and of many. */
#ifndef CLP_IO_NPY_WRITE_H
#define CLP_IO_NPY_WRITE_H

#include "base/status.h"

#include <clpoisson/grid.h>

#include <stdbool.h>
#include <stdio.h>

/* Writes the header of a field, or of fields, whose number may be changed by writing another one over it;
 * with `many` being SIZE_MAX the array has no such axis. */
void clp_npy_write_header(FILE *stream, const clp_grid *grid, bool single, size_t many);

/* A value as it is in the file: 4 bytes or 8. */
void clp_npy_put_value(unsigned char *out, double value, bool single);

/* Writes values in the grid's shape. CLP_ERROR_MEMORY; errors of writing stay with the stream. */
clp_status clp_npy_write_values(FILE *stream, const clp_grid *grid, const double *values, bool single);

#endif
