/* SPDX-License-Identifier: MIT */
#include "io/xml.h"

#include <string.h>

void clp_xml_write(FILE *stream, const char *text)
{
    for (const char *c = text; *c; c++) {
        if (*c == '&')
            fputs("&amp;", stream);
        else if (*c == '<')
            fputs("&lt;", stream);
        else if (*c == '>')
            fputs("&gt;", stream);
        else if (*c == '"')
            fputs("&quot;", stream);
        else if (strncmp(c, "\xef\xbf\xbe", 3) == 0 || strncmp(c, "\xef\xbf\xbf", 3) == 0)
            fputc('?', stream), c += 2;
        else
            fputc(*c, stream);
    }
}
