/* SPDX-License-Identifier: MIT */
#include "io/color_name.h"

#include "base/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Source: https://www.w3.org/TR/css-color-4/#named-colors */
static const struct {
    const char *name;
    uint32_t rgba;
} colors[] = {
    {"black", 0x000000ff},  {"silver", 0xc0c0c0ff},  {"gray", 0x808080ff},   {"white", 0xffffffff},
    {"maroon", 0x800000ff}, {"red", 0xff0000ff},     {"purple", 0x800080ff}, {"fuchsia", 0xff00ffff},
    {"green", 0x008000ff},  {"lime", 0x00ff00ff},    {"olive", 0x808000ff},  {"yellow", 0xffff00ff},
    {"navy", 0x000080ff},   {"blue", 0x0000ffff},    {"teal", 0x008080ff},   {"aqua", 0x00ffffff},
    {"orange", 0xffa500ff}, {"brown", 0xa52a2aff},   {"pink", 0xffc0cbff},   {"gold", 0xffd700ff},
    {"cyan", 0x00ffffff},   {"magenta", 0xff00ffff}, {"grey", 0x808080ff},   {"transparent", 0x00000000},
};
enum { COLORS = sizeof colors / sizeof *colors };

static int digit_of(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* The number that 3, 6 or 8 hexadecimal digits stand for. */
static bool parse_digits(const char *text, uint32_t *rgba)
{
    size_t length = strlen(text);
    uint32_t value = 0;
    if (length != 3 && length != 6 && length != 8) return false;
    for (size_t i = 0; i < length; i++) {
        int digit = digit_of(text[i]);
        if (digit < 0) return false;
        value = length == 3 ? value << 8 | (uint32_t)digit * 0x11 : value << 4 | (uint32_t)digit;
    }
    *rgba = length == 8 ? value : value << 8 | 0xff;
    return true;
}

static clp_status fail_text(const char *text)
{
    const char *names[COLORS];
    uint32_t unused;
    for (size_t i = 0; i < COLORS; i++) names[i] = colors[i].name;
    if (parse_digits(text, &unused))
        return clp_fail(CLP_ERROR_INPUT, "'%s' is no colour; write '#%s', in quotes, for these digits", text,
                        text);
    const char *nearest = *text == '#' ? NULL : clp_nearest(text, names, COLORS);
    if (nearest)
        return clp_fail(CLP_ERROR_INPUT,
                        "'%.40s' is no colour; did you mean %s? Else write '#rrggbb', in quotes", text,
                        nearest);
    return clp_fail(
        CLP_ERROR_INPUT,
        "'%.40s' is no colour; write red, green and blue as '#rrggbb' (in quotes, such as '#ff8000'), "
        "'#rgb', '#rrggbbaa' with an alpha, or a name such as black, red, orange, transparent",
        text);
}

clp_status clp_color_parse(const char *text, uint32_t *rgba)
{
    if (*text == '#' && parse_digits(text + 1, rgba)) return CLP_OK;
    for (size_t i = 0; i < COLORS; i++) {
        if (strcasecmp(text, colors[i].name) != 0) continue;
        *rgba = colors[i].rgba;
        return CLP_OK;
    }
    return fail_text(text);
}

const char *clp_color_text(uint32_t rgba, char text[CLP_COLOR_TEXT])
{
    if ((rgba & 0xff) == 0xff)
        snprintf(text, CLP_COLOR_TEXT, "#%06x", (unsigned)(rgba >> 8));
    else
        snprintf(text, CLP_COLOR_TEXT, "#%08x", (unsigned)rgba);
    return text;
}
