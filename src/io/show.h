/* SPDX-License-Identifier: MIT */
/* Text out of files, made fit for a message. */
#ifndef CLP_IO_SHOW_H
#define CLP_IO_SHOW_H

#include <stddef.h>

/* Room for a shown text. */
enum { CLP_SHOWN_SIZE = 96 };

/* Bytes of the UTF-8 character at `text`, of which `left` bytes may be read; 0 where there is none. */
size_t clp_character_length(const char *text, size_t left);

/* Writes a text for a message into shown[CLP_SHOWN_SIZE]: cut to a sane length, everything that could play
 * tricks on a terminal replaced by '?'. Returns shown. */
const char *clp_show(const char *text, char *shown);

#endif
