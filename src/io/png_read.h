/* SPDX-License-Identifier: MIT */
/* Reads PNG pictures. */
#ifndef CLP_IO_PNG_READ_H
#define CLP_IO_PNG_READ_H

#include "io/image.h"

/**
 * Reads a PNG of any kind as 8 bits each of red, green, blue and alpha: 16 bits are rounded, palettes and
 * greys are looked up, tRNS becomes alpha, gamma and colour profiles are left out of account. The caller
 * frees the pixels with clp_pixels_finish; after an error there is nothing to free. Pictures of more than
 * 2^28 pixels, and those that claim more than their file can hold, are refused before memory is taken.
 * Errors: CLP_ERROR_FILE where the file cannot be read, CLP_ERROR_INPUT where it is no whole PNG,
 * CLP_ERROR_MEMORY, CLP_ERROR_UNSUPPORTED (built without libpng).
 */
clp_status clp_png_read(const char *path, clp_pixels *pixels);

/* How many columns and rows a PNG announces, if its file can hold so many. Errors likewise. */
clp_status clp_png_size(const char *path, size_t *columns, size_t *rows);

/* Reads the rectangle that width, height, left and top of *pixels tell. Errors likewise. */
clp_status clp_png_read_rectangle(const char *path, clp_pixels *pixels);

#endif
