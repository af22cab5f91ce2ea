/* SPDX-License-Identifier: MIT */
#ifndef CLP_IO_XML_H
#define CLP_IO_XML_H

#include <stdio.h>

/* Writes UTF-8 text with entities in the place of what XML has marks for, and ? for what it has no room for.
 */
void clp_xml_write(FILE *stream, const char *text);

#endif
