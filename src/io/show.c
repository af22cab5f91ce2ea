/* SPDX-License-Identifier: MIT */
#include "io/show.h"

#include <stdbool.h>
#include <string.h>

/* Longest text shown, in bytes, before the dots. */
enum { SHOWN_LIMIT = 64 };

size_t clp_character_length(const char *text, size_t left)
{
    if (left == 0) return 0;
    unsigned first = (unsigned char)text[0];
    if (first < 0x80) return 1;
    size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || length > left) return 0;
    for (size_t i = 1; i < length; i++)
        if (((unsigned char)text[i] & 0xc0) != 0x80) return 0;
    unsigned second = (unsigned char)text[1];
    /* Longer than needed, surrogates, beyond U+10FFFF. */
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f)) return 0;
    if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) return 0;
    return length;
}

/* Control characters, and the marks that turn the direction of writing. */
static bool is_tricky(const char *text, size_t length)
{
    unsigned first = (unsigned char)text[0];
    if (length == 1) return first < 0x20 || first == 0x7f;
    unsigned second = (unsigned char)text[1];
    if (length == 2) return first == 0xc2 && second < 0xa0;
    unsigned third = (unsigned char)text[2];
    return length == 3 && first == 0xe2 &&
           ((second == 0x80 && (third == 0x8e || third == 0x8f || (third >= 0xa8 && third <= 0xae))) ||
            (second == 0x81 && third >= 0xa6 && third <= 0xa9));
}

const char *clp_show(const char *text, char *shown)
{
    size_t size = strlen(text), from = 0, to = 0;
    while (from < size && to < SHOWN_LIMIT) {
        size_t length = clp_character_length(text + from, size - from);
        if (length == 0 || is_tricky(text + from, length)) {
            shown[to++] = '?';
            from += length ? length : 1;
            continue;
        }
        memcpy(shown + to, text + from, length);
        to += length;
        from += length;
    }
    strcpy(shown + to, from < size ? "..." : "");
    return shown;
}
