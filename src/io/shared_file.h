/* SPDX-License-Identifier: MIT */
/* A file that several ranks write together, each its part; it appears whole or not at all. All ranks call the
 * same functions in the same order, and get the same statuses. Without ranks there is one. */
#ifndef CLP_IO_SHARED_FILE_H
#define CLP_IO_SHARED_FILE_H

#include "base/file.h"
#include "transport/transport.h"

enum { CLP_SHARED_PATH = 4096 };

typedef struct clp_shared_file {
    clp_ranks *ranks;
    clp_output_file own; /* of the first rank, which writes headers to own.stream; NULL in the others */
    char path[CLP_SHARED_PATH]; /* where it is until it is whole */
} clp_shared_file;

/* Makes the file beside `path`, which must outlive it. CLP_ERROR_FILE; CLP_ERROR_INPUT where several ranks
 * are to write to what is no regular file. */
clp_status clp_shared_file_begin(clp_shared_file *file, clp_ranks *ranks, const char *path);

/* Where the first rank's stream is, after what it wrote is in the file. */
clp_status clp_shared_file_place(clp_shared_file *file, size_t *offset);

/* Writes this rank's box of an array, or fails where `bytes` is NULL for want of memory. Every rank's own. */
clp_status clp_shared_file_write(clp_shared_file *file, const clp_file_array *array, const clp_box *box,
                                 const void *bytes);

/* Puts the file in its place if `status`, the same in all ranks, is CLP_OK, and else gives it up. */
clp_status clp_shared_file_end(clp_shared_file *file, clp_status status);

/* The box of a part that its rank writes: its own nodes, and the second copies on a seam; or the cells that
 * begin at own nodes. `begin` is where it lies in the part. */
typedef struct clp_own_box {
    clp_box whole;
    size_t begin[CLP_AXES];
} clp_own_box;

clp_own_box clp_own_nodes(const clp_grid *part);
clp_own_box clp_own_cells(const clp_grid *part);

#endif
