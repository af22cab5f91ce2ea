/* SPDX-License-Identifier: MIT */
/* Values of keys: from the tree into a declaration, by the kind of the key. */
#ifndef CLP_IO_VALUES_H
#define CLP_IO_VALUES_H

#include "io/keys.h"

/* A value to be read. */
typedef struct clp_value {
    const clp_key *key;
    const char *path; /* of the key as the file spells it, for messages */
    const clp_tree *node;
    void *target; /* where it goes; what lies there, the key's kind tells */
} clp_value;

/* Reads a value of any kind but CLP_KEY_SIDE with keys of its own. Errors: CLP_ERROR_INPUT. */
clp_status clp_value_read(const clp_value *value);

/* CLP_ERROR_INPUT: the key does not take what it was given. */
clp_status clp_value_fail(const clp_value *value);

#endif
