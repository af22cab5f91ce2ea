/* SPDX-License-Identifier: MIT */
/* From the tree of a problem file to what it declares. */
#ifndef CLP_IO_DECLARE_H
#define CLP_IO_DECLARE_H

#include "io/keys.h"

/* Reads every key of the tree. *declaration refers to texts of the tree. Errors: CLP_ERROR_INPUT. */
clp_status clp_declaration_read(const clp_tree *root, clp_declaration *declaration);

#endif
