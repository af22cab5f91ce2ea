/* SPDX-License-Identifier: MIT */
#include "io/utf8.h"

#include "base/checked.h"

#include <string.h>

size_t clp_utf8_length(const char *text)
{
    const unsigned char *byte = (const unsigned char *)text;
    if (byte[0] < 0x80) return 1;
    size_t length = byte[0] >= 0xf0 ? 4 : byte[0] >= 0xe0 ? 3 : 2;
    if (byte[0] < 0xc2 || byte[0] > 0xf4) return 0;
    for (size_t i = 1; i < length; i++)
        if ((byte[i] & 0xc0) != 0x80) return 0;
    bool overlong = (byte[0] == 0xe0 && byte[1] < 0xa0) || (byte[0] == 0xf0 && byte[1] < 0x90);
    bool beyond = (byte[0] == 0xed && byte[1] >= 0xa0) || (byte[0] == 0xf4 && byte[1] >= 0x90);
    return overlong || beyond ? 0 : length;
}

void clp_utf8_clean(char *destination, size_t size, const char *text)
{
    size_t used = 0;
    while (text && *text) {
        size_t length = clp_utf8_length(text), kept = clp_max(length, 1);
        if (used + kept >= size) break;
        memcpy(destination + used, text, kept);
        if (length == 0) destination[used] = '?';
        if (length == 1 && ((unsigned char)*text < 0x20 || *text == 0x7f)) destination[used] = ' ';
        used += kept;
        text += kept;
    }
    destination[used] = '\0';
}
