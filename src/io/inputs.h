/* SPDX-License-Identifier: MIT */
/* Files that a problem file names: where they are, and arrays of the right shape out of them. */
#ifndef CLP_IO_INPUTS_H
#define CLP_IO_INPUTS_H

#include "io/keys.h"
#include "io/npy_read.h"

#include <clpoisson/grid.h>
#include <clpoisson/ranks.h>

#include <sys/types.h>

/* The files that were read. Starts as {0}. */
typedef struct clp_input_list {
    struct clp_input {
        dev_t device;
        ino_t file;
    } * list;
    size_t count;
} clp_input_list;

void clp_input_list_finish(clp_input_list *inputs);

/* Whether a path leads to one of the files. */
bool clp_input_list_has(const clp_input_list *inputs, const char *path);

typedef struct clp_inputs {
    const char *problem_path; /* relative names start at its folder */
    const clp_tree *root;     /* of the problem file: outputs must not overwrite inputs */
    clp_input_list *found;    /* gets every file that is read */
    clp_ranks *ranks;         /* that share the problem; NULL: none */
} clp_inputs;

/* The shape that an array must have, slowest axis first. */
typedef struct clp_wanted {
    size_t dimensions, shape[CLP_ARRAY_DIMENSIONS];
    bool cells;           /* one number per cell, not per node */
    const clp_grid *grid; /* of which a part takes its own numbers */
    int axes[CLP_ARRAY_DIMENSIONS];
    const char *place; /* "", or "of the side" */
} clp_wanted;

/* The path of the file `name` that the key `key` names at `node`; the caller frees *path. CLP_ERROR_FILE
 * where there is nothing, CLP_ERROR_INPUT where an output would overwrite it. */
clp_status clp_input_find(const clp_inputs *inputs, const clp_tree *node, const char *key, const char *name,
                          char **path);

/* Mixes what tells an array of one rank from another's: its shape, and a thousand of its values. */
clp_status clp_input_mix(clp_ranks *ranks, clp_npy_file *file);

/* Mixes all bytes of a file. CLP_ERROR_FILE. */
clp_status clp_input_mix_file(clp_ranks *ranks, const char *path);

/* A value, its file read and checked; of a part of a grid, what belongs to it. The array stays with *array,
 * which the caller finishes, also after an error. Errors: CLP_ERROR_INPUT, CLP_ERROR_FILE, CLP_ERROR_MEMORY.
 */
clp_status clp_input_value(const clp_inputs *inputs, const clp_given_value *given, const clp_wanted *wanted,
                           clp_value *value, clp_array *array);

#endif
