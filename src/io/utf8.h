/* SPDX-License-Identifier: MIT */
/* Text that others have to be able to read: well-formed UTF-8 without control characters. */
#ifndef CLP_IO_UTF8_H
#define CLP_IO_UTF8_H

#include <stddef.h>

/* Length of the UTF-8 character that a text begins with, 1 to 4 bytes; 0 if it is none. */
size_t clp_utf8_length(const char *text);

/* Copies as much of a text (NULL: none) as fits: what is no UTF-8 becomes "?", line breaks and the like
 * become spaces. */
void clp_utf8_clean(char *destination, size_t size, const char *text);

#endif
