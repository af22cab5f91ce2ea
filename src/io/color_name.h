/* SPDX-License-Identifier: MIT */
/* Colours as people write them. */
#ifndef CLP_IO_COLOR_NAME_H
#define CLP_IO_COLOR_NAME_H

#include "base/status.h"

#include <stdint.h>

/* Room for "#rrggbbaa". */
enum { CLP_COLOR_TEXT = 10 };

/**
 * Reads "#rgb", "#rrggbb", "#rrggbbaa" or a name (the sixteen of CSS, and orange, brown, pink, gold, cyan,
 * magenta, transparent), case ignored, as 0xRRGGBBAA; alpha is 255 where none is given. Errors:
 * CLP_ERROR_INPUT, which says how to write it.
 */
clp_status clp_color_parse(const char *text, uint32_t *rgba);

/* A colour as "#rrggbb", or as "#rrggbbaa" where it is not opaque; returns `text`. */
const char *clp_color_text(uint32_t rgba, char text[CLP_COLOR_TEXT]);

#endif
