/* SPDX-License-Identifier: MIT */
/* YAML text to tree, within limits that no honest problem file meets. */
#ifndef CLP_IO_YAML_H
#define CLP_IO_YAML_H

#include "io/tree.h"

/* Longest text read, deepest nesting, and most values. */
#define CLP_YAML_BYTES ((size_t)1 << 20)
#define CLP_YAML_DEPTH 32
#define CLP_YAML_VALUES 20000

/* Where a text came from, for its messages. */
typedef struct clp_yaml_source {
    const char *where; /* the file, or the setting */
    bool lines;        /* whether line numbers mean something to the reader of a message */
    const char *text;
    size_t size;
} clp_yaml_source;

/* Reads one document. The caller owns *tree, which is NULL for a text without any value.
 * Errors: CLP_ERROR_INPUT, CLP_ERROR_MEMORY. */
clp_status clp_yaml_parse(const clp_yaml_source *source, clp_tree **tree);

#endif
