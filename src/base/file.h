/* SPDX-License-Identifier: MIT */
/* Files that appear whole or not at all, and files read whole. */
#ifndef CLP_BASE_FILE_H
#define CLP_BASE_FILE_H

#include "base/status.h"

#include <stdbool.h>
#include <stdio.h>

/* A file being written: `stream` is open between begin and commit or discard. "-" is standard output. */
typedef struct clp_output_file {
    FILE *stream;
    const char *path;
    char *temporary; /* NULL where written in place: standard output, devices */
} clp_output_file;

/* Opens a temporary file beside `path`, which must outlive the writing. */
clp_status clp_output_begin(clp_output_file *file, const char *path);

/* Closes, and puts the file in its place; on an error the old file stays. */
clp_status clp_output_commit(clp_output_file *file);

/* Gives up: removes what was written. Harmless after a commit. */
void clp_output_discard(clp_output_file *file);

/* Whether a file could be written there. */
clp_status clp_output_writable(const char *path);

/* Reads a file whole, a zero byte after its end; at most `limit` bytes. The caller frees *data. */
clp_status clp_read_file(const char *path, size_t limit, char **data, size_t *size);

/* The program's folder among the user's: in what an XDG variable names, or in a folder below HOME; false if
 * there is none to be had. */
bool clp_user_folder(const char *variable, const char *below_home, char *path, size_t size);

/* Makes a folder and its parents; true if it is there afterwards. */
int clp_make_folder(const char *path);

#endif
