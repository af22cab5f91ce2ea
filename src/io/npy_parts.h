/* SPDX-License-Identifier: MIT */
/* Values on the nodes of all parts in a NumPy file. */
#ifndef CLP_IO_NPY_PARTS_H
#define CLP_IO_NPY_PARTS_H

#include "io/shared_file.h"

/* Writes a field whose first value is at `offset`. */
clp_status clp_npy_write_part(clp_shared_file *file, size_t offset, const clp_grid *part,
                              const double *values, bool single);

#endif
