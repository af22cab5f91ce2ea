/* SPDX-License-Identifier: MIT */
/* Values of keys: from the tree into a declaration, by the kind of the key. */
#ifndef CLP_IO_VALUES_H
#define CLP_IO_VALUES_H

#include "io/keys.h"

/* A value to be read. */
typedef struct clp_key_value {
    const clp_key *key;
    const char *path; /* of the key as the file spells it, for messages */
    const clp_tree *node;
    void *target; /* where it goes; what lies there, the key's kind tells */
} clp_key_value;

/* Reads a value of any kind, keys below it included.
 * Errors: CLP_ERROR_INPUT, CLP_ERROR_MEMORY. */
clp_status clp_value_read(const clp_key_value *value);

/* CLP_ERROR_INPUT: the key does not take what it was given. */
clp_status clp_value_fail(const clp_key_value *value);

/* CLP_ERROR_INPUT for a number out of the range of the key. */
clp_status clp_value_check_range(const clp_key_value *value, double number);

/* Reads a number, of the range of the key. */
clp_status clp_value_number(const clp_key_value *value, double *number);

/* Reads a list of `least` to `most` numbers. */
clp_status clp_value_numbers(const clp_key_value *value, size_t least, size_t most, double *numbers,
                             size_t *count);

/* Reads a number, an expression or the name of a file of values. */
clp_status clp_value_field(const clp_key_value *value, clp_given_value *given);

/* A text that is neither nothing nor true nor false. */
bool clp_value_is_text(const clp_tree *node);

/* Writes the key `name` below `group` ("" at the top) for messages into path[CLP_PATH_SIZE], cut to fit. */
void clp_path_join(char *path, const char *group, const char *name);

#endif
