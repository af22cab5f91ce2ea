/* SPDX-License-Identifier: MIT */
/* What a text in a problem file is: nothing, yes or no, a number, the name of an array. */
#ifndef CLP_IO_SCALAR_H
#define CLP_IO_SCALAR_H

#include "io/tree.h"

/* null, ~ or nothing at all, not in quotes. */
bool clp_scalar_is_null(const clp_tree *node);

/* true, false, yes, no, on, off, not in quotes. */
bool clp_scalar_is_boolean(const clp_tree *node);

/* Reads a decimal number, in quotes or not. Infinite where it is too large for a double. */
bool clp_scalar_number(const char *text, double *value);

/* A number with a decimal comma, such as 1,5. */
bool clp_scalar_has_comma(const char *text);

/* The name of a NumPy file. */
bool clp_scalar_is_npy(const char *text);

#endif
