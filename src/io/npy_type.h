/* SPDX-License-Identifier: MIT */
/* The types of the elements of a .npy file, as numpy spells them: "<f8", "|b1". */
#ifndef CLP_IO_NPY_TYPE_H
#define CLP_IO_NPY_TYPE_H

#include "io/npy_header.h"

/* Reads a type into kind, size and big_endian. Errors: CLP_ERROR_INPUT for what is no real number. */
clp_status clp_npy_type_parse(const char *path, const char *type, size_t length, clp_npy_header *header);

/* CLP_ERROR_INPUT: the type cannot be used, what it is, and how to get one that can. */
clp_status clp_npy_type_fail(const char *path, const char *type, size_t length);

/* One element to a number. False for a whole number beyond 2^53, which a double would not hold exactly. */
bool clp_npy_decode(const clp_npy_header *header, const unsigned char *bytes, double *value);

#endif
