/* SPDX-License-Identifier: MIT */
/* Text: numbers whatever the locale, copies. */
#ifndef CLP_BASE_TEXT_H
#define CLP_BASE_TEXT_H

#include <clpoisson/text.h>

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>

/* Puts this thread into the "C" locale (decimal point) until clp_locale_leave. */
typedef struct clp_locale {
    locale_t own, before;
} clp_locale;

void clp_locale_enter(clp_locale *locale);
void clp_locale_leave(clp_locale *locale);

/* Reads a whole text as a number with a decimal point, whatever the locale; false if it is not one. */
bool clp_parse_double(const char *text, double *value);

/* Reads a whole text as a decimal number without sign; false if it is not one or does not fit. */
bool clp_parse_size(const char *text, size_t *value);

/* Copy of a text, or NULL without memory. The caller frees it. */
char *clp_copy_text(const char *text);

/* Copy cut to fit; always terminated. */
void clp_cut_text(char *destination, size_t size, const char *text);

#endif
