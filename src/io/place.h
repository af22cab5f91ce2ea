/* SPDX-License-Identifier: MIT */
#ifndef CLP_IO_PLACE_H
#define CLP_IO_PLACE_H

#include "io/tree.h"

/* The node of a problem file's tree that a message is about, as far as its words tell; else that of the
 * sides, or the root. */
const clp_tree *clp_tree_about(const clp_tree *root, const char *message);

#endif
