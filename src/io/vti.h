/* SPDX-License-Identifier: MIT */
/* The pieces of a .vti file, for one process and for several that write it together. */
#ifndef CLP_IO_VTI_H
#define CLP_IO_VTI_H

#include "base/status.h"

#include <clpoisson/output.h>

#include <stdint.h>
#include <stdio.h>

/* Most components of an array; bytes of the number before its data that tells how many bytes they are. */
enum { CLP_VTI_COMPONENTS = 9, CLP_VTI_SIZE = 8 };

/* CLP_ERROR_INPUT for what cannot be written. */
clp_status clp_vti_check(const clp_grid *grid, const clp_vti_array *arrays, size_t count);

/* What comes before the data of the arrays, which follow in their order, and after them. */
void clp_vti_write_start(FILE *stream, const clp_grid *grid, const clp_vti_array *arrays, size_t count);
void clp_vti_write_end(FILE *stream);

/* Bytes of an array's data, and of those of one node or cell. */
uint64_t clp_vti_data_bytes(const clp_grid *grid, const clp_vti_array *array);
size_t clp_vti_entry_bytes(const clp_vti_array *array);

/* The number before them, and those of one node or cell; returns what is behind. */
void clp_vti_put_size(unsigned char *out, const clp_grid *grid, const clp_vti_array *array);
unsigned char *clp_vti_put_entry(unsigned char *out, const clp_vti_array *array, size_t index);

#endif
