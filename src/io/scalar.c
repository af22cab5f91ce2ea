/* SPDX-License-Identifier: MIT */
#include "io/scalar.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

static bool is_one_of(const char *text, size_t length, const char *const *words)
{
    for (; *words; words++)
        if (strlen(*words) == length && strncasecmp(text, *words, length) == 0) return true;
    return false;
}

bool clp_scalar_is_null(const clp_tree *node)
{
    static const char *const words[] = {"", "~", "null", NULL};
    return node->kind == CLP_TREE_TEXT && !node->quoted && is_one_of(node->text, strlen(node->text), words);
}

bool clp_scalar_is_boolean(const clp_tree *node)
{
    static const char *const words[] = {"true", "false", "yes", "no", "on", "off", NULL};
    return node->kind == CLP_TREE_TEXT && !node->quoted && is_one_of(node->text, strlen(node->text), words);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *skip_digits(const char *text)
{
    while (is_digit(*text)) text++;
    return text;
}

/* After the longest beginning of a text that is a number with the given mark before its fraction. */
static const char *skip_number(const char *text, char mark)
{
    const char *at = text + (*text == '+' || *text == '-');
    const char *begin = at;
    at = skip_digits(at);
    size_t digits = (size_t)(at - begin);
    if (*at == mark) {
        begin = at + 1;
        at = skip_digits(begin);
        digits += (size_t)(at - begin);
    }
    if (digits == 0) return text;
    if (*at != 'e' && *at != 'E') return at;
    begin = at + 1 + (at[1] == '+' || at[1] == '-');
    return is_digit(*begin) ? skip_digits(begin) : at;
}

/* Stricter than strtod, which also reads 0x10, inf and nan. */
bool clp_scalar_number(const char *text, double *value)
{
    const char *end = skip_number(text, '.');
    return end != text && *end == '\0' && clp_parse_double(text, value);
}

bool clp_scalar_has_comma(const char *text)
{
    return strchr(text, ',') && is_digit(text[strlen(text) - 1]) && *skip_number(text, ',') == '\0';
}

bool clp_scalar_is_npy(const char *text)
{
    size_t length = strlen(text);
    return length > 4 && strcasecmp(text + length - 4, ".npy") == 0;
}
