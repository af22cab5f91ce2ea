/* SPDX-License-Identifier: MIT */
#ifndef CLP_IO_CSV_READ_H
#define CLP_IO_CSV_READ_H

#include "base/status.h"

#include <stddef.h>

/*
 * Reads a table of two columns, t growing and a value: numbers apart by commas, semicolons or blanks; a first
 * line of words and lines that begin with # are passed over. *rows is [count][2], which the caller frees.
 * Errors: CLP_ERROR_INPUT tells the line, CLP_ERROR_FILE, CLP_ERROR_MEMORY.
 */
clp_status clp_csv_read(const char *path, double **rows, size_t *count);

#endif
