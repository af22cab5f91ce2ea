/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include "base/checked.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void clp_locale_enter(clp_locale *locale)
{
    locale->own = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    locale->before = locale->own ? uselocale(locale->own) : (locale_t)0;
}

void clp_locale_leave(clp_locale *locale)
{
    if (!locale->own) return;
    uselocale(locale->before);
    freelocale(locale->own);
}

bool clp_parse_double(const char *text, double *value)
{
    if (!*text || *text == ' ' || *text == '\t' || *text == '\n') return false;
    clp_locale locale;
    clp_locale_enter(&locale);
    char *end = NULL;
    *value = strtod(text, &end);
    clp_locale_leave(&locale);
    return *end == '\0';
}

bool clp_parse_size(const char *text, size_t *value)
{
    size_t result = 0;
    if (!*text) return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9') return false;
        if (!clp_multiply(result, 10, &result) || !clp_add(result, (size_t)(*text - '0'), &result))
            return false;
    }
    *value = result;
    return true;
}

/* Levenshtein distance, case ignored; texts longer than the row count as far apart. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t row[64], length = strlen(b);
    if (length >= sizeof row / sizeof *row || strlen(a) >= sizeof row / sizeof *row) return 64;
    for (size_t j = 0; j <= length; j++) row[j] = j;
    for (size_t i = 1; *a; a++, i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= length; j++) {
            size_t replaced = diagonal + (strncasecmp(a, b + j - 1, 1) != 0);
            diagonal = row[j];
            row[j] = clp_min(replaced, 1 + clp_min(row[j], row[j - 1]));
        }
    }
    return row[length];
}

const char *clp_nearest(const char *text, const char *const *candidates, size_t count)
{
    const char *nearest = NULL;
    size_t least = clp_max(2, strlen(text) / 3) + 1;
    for (size_t i = 0; i < count; i++) {
        size_t distance = edit_distance(text, candidates[i]);
        if (distance < least && distance < strlen(candidates[i])) {
            least = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}

const char *clp_bytes_text(unsigned long long bytes, char *text, size_t size)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double)bytes;
    size_t unit = 0;
    while (value >= 1024 && unit + 1 < sizeof units / sizeof *units) {
        value /= 1024;
        unit++;
    }
    snprintf(text, size, value < 10 && unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
    return text;
}

char *clp_copy_text(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    if (copy) memcpy(copy, text, size);
    return copy;
}

void clp_cut_text(char *destination, size_t size, const char *text)
{
    size_t length = clp_min(strlen(text), size - 1);
    memcpy(destination, text, length);
    destination[length] = '\0';
}
