/* SPDX-License-Identifier: MIT */
/* Binary files of the user: opening them, and telling what a file is that should have been another. */
#ifndef CLP_IO_INPUT_FILE_H
#define CLP_IO_INPUT_FILE_H

#include "base/status.h"

#include <stdint.h>
#include <stdio.h>

/* First bytes of a file by which its kind is told; fewer will do. */
enum { CLP_INPUT_START = 512 };

/* Opens a regular file and tells its size; the caller closes *stream. CLP_ERROR_FILE where it cannot be read,
 * CLP_ERROR_INPUT where it is a folder, a device, a pipe, or empty. */
clp_status clp_input_open(const char *path, FILE **stream, uint64_t *size);

/* What a file looks like by its first bytes, such as "a PNG picture"; NULL where nothing is known. */
const char *clp_input_kind(const unsigned char *bytes, size_t count);

/* CLP_ERROR_INPUT: the file is no `wanted` but looks like something else; `advice` is what to do. */
clp_status clp_input_fail_kind(const char *path, const unsigned char *bytes, size_t count, const char *wanted,
                               const char *advice);

#endif
