/* SPDX-License-Identifier: MIT */
/* What to say of a picture in which some colours mean nothing. */
#ifndef CLP_IO_IMAGE_UNKNOWN_H
#define CLP_IO_IMAGE_UNKNOWN_H

#include "io/image.h"

/* Stands in a cell whose colour is near to none. */
enum { CLP_CELL_UNKNOWN = 65535 };

/* CLP_ERROR_INPUT about the most frequent of the colours that are unknown in `cells`, of which there are
 * some; or CLP_ERROR_MEMORY. */
clp_status clp_image_fail_unknown(const char *path, const clp_pixels *pixels, const clp_image_color *colors,
                                  size_t color_count, const uint16_t *cells);

#endif
