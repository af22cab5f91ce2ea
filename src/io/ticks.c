/* SPDX-License-Identifier: MIT */
#include "io/ticks.h"

#include "base/text.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Ticks as whole numbers times a power of ten: values and labels both come from these digits, so that no
 * rounding of binary fractions ever shows. */
typedef struct decimals {
    size_t count;
    int64_t numbers[CLP_TICKS_MAX];
    int exponent;
} decimals;

#define MINUS "\u2212"
#define TIMES_TEN "\u00d710"

static int digits_of(int64_t number)
{
    int digits = 1;
    for (; number > 9 || number < -9; number /= 10) digits++;
    return digits;
}

/* Whole powers of ten for 0 to 18. */
static int64_t power_of_ten(int exponent)
{
    int64_t power = 1;
    while (exponent-- > 0) power *= 10;
    return power;
}

static int longest(const decimals *d)
{
    int digits = 1;
    for (size_t i = 0; i < d->count; i++) {
        int own = digits_of(d->numbers[i]);
        if (own > digits) digits = own;
    }
    return digits;
}

/* Moves zeros that all numbers end in into the exponent. */
static void strip_zeros(decimals *d)
{
    for (;;) {
        int64_t any = 0;
        for (size_t i = 0; i < d->count; i++) {
            if (d->numbers[i] % 10 != 0) return;
            any |= d->numbers[i];
        }
        if (any == 0) { /* nothing but zeros */
            d->exponent = 0;
            return;
        }
        for (size_t i = 0; i < d->count; i++) d->numbers[i] /= 10;
        d->exponent++;
    }
}

/* Digits without the zeros at the end. */
static int round_digits(int64_t number)
{
    while (number != 0 && number % 10 == 0) number /= 10;
    return digits_of(number);
}

static void append(char *text, size_t size, const char *more)
{
    size_t length = strlen(text);
    clp_cut_text(text + length, size - length, more);
}

/* Appends number * 10^exponent without its sign, with as many decimals as the exponent asks for. */
static void append_decimal(char *text, size_t size, int64_t number, int exponent)
{
    char digits[64];
    int length = snprintf(digits, sizeof digits, "%0*" PRId64, exponent < 0 ? 1 - exponent : 1,
                          number < 0 ? -number : number);
    if (exponent < 0) {
        memmove(digits + length + exponent + 1, digits + length + exponent, (size_t)-exponent + 1);
        digits[length + exponent] = '.';
    }
    append(text, size, digits);
    for (int i = 0; i < exponent; i++) append(text, size, "0");
}

/* Appends "×10⁻⁶". */
static void append_power(char *text, size_t size, int exponent)
{
    static const char *const raised[] = {"\u2070", "\u00b9", "\u00b2", "\u00b3", "\u2074",
                                         "\u2075", "\u2076", "\u2077", "\u2078", "\u2079"};
    char digits[16];
    snprintf(digits, sizeof digits, "%d", abs(exponent));
    append(text, size, TIMES_TEN);
    if (exponent < 0) append(text, size, "\u207b");
    for (const char *digit = digits; *digit; digit++) append(text, size, raised[*digit - '0']);
}

/* Appends " + 20" to the note, or " − 1.5×10⁹" where the plain number would be long. */
static void append_offset(char *note, int64_t number, int exponent)
{
    for (; number % 10 == 0; number /= 10) exponent++;
    int leading = digits_of(number) - 1 + exponent;
    if (*note) append(note, CLP_TICKS_NOTE, " ");
    append(note, CLP_TICKS_NOTE, number < 0 ? MINUS " " : "+ ");
    if (exponent >= -6 && leading <= 6 && leading >= -3) {
        append_decimal(note, CLP_TICKS_NOTE, number, exponent);
    } else {
        append_decimal(note, CLP_TICKS_NOTE, number, exponent - leading);
        append_power(note, CLP_TICKS_NOTE, leading);
    }
}

/* Takes out what all numbers have in common where they are long and close together. Returns it, in units of
 * the same power of ten; 0 where labels are short anyway. */
static int64_t take_offset(decimals *d)
{
    if (longest(d) <= (d->count > 1 ? 5 : 6)) return 0;
    int64_t first = d->numbers[0], last = d->numbers[d->count - 1];
    int64_t unit = power_of_ten(digits_of(last - first));
    int64_t offset = (first < 0 ? last : first) / unit * unit; /* towards zero: labels keep their sign */
    int64_t inside = last / unit * unit;
    if (inside > last) inside -= unit;
    if (inside >= first && round_digits(inside) < round_digits(offset)) offset = inside;
    if (offset == 0 || (first < 0) != (last < 0)) return 0;
    for (size_t i = 0; i < d->count; i++) d->numbers[i] -= offset;
    return offset;
}

/* The common factor, as a power of ten in engineering steps; 0 where plain numbers are short enough. */
static int factor_of(const decimals *d)
{
    int leading = longest(d) - 1 + d->exponent;
    if (leading <= 4 && (d->exponent >= -4 || (leading >= -1 && d->exponent >= -6))) return 0;
    return (int)(3 * floor(leading / 3.0));
}

/* Writes labels and note. */
static void label(decimals *d, clp_ticks *ticks)
{
    strip_zeros(d);
    int64_t offset = take_offset(d);
    int factor = factor_of(d);
    ticks->count = d->count;
    ticks->note[0] = '\0';
    if (factor) append_power(ticks->note, CLP_TICKS_NOTE, factor);
    if (offset) append_offset(ticks->note, offset, d->exponent);
    for (size_t i = 0; i < d->count; i++) {
        char *text = ticks->labels[i];
        text[0] = '\0';
        if (d->numbers[i] < 0) append(text, CLP_TICK_TEXT, MINUS);
        append_decimal(text, CLP_TICK_TEXT, d->numbers[i], d->numbers[i] ? d->exponent - factor : 0);
    }
}

static double value_of(int64_t number, int exponent)
{
    char text[64];
    snprintf(text, sizeof text, "%" PRId64 "e%d", number, exponent);
    return strtod(text, NULL); /* correctly rounded, which a product with a power of ten is not */
}

/* The multiples of a step in the range; false if they are more than `most`. */
static bool collect(double low, double high, int64_t mantissa, size_t most, decimals *d, clp_ticks *ticks)
{
    double step = value_of(mantissa, d->exponent);
    /* An end that misses a round number by the rounding of a solver still gets its tick. */
    double slack = (high / 2 - low / 2) * 1e-7;
    int64_t begin = (int64_t)floor(low / step) - 1, end = (int64_t)ceil(high / step) + 1;
    d->count = 0;
    for (int64_t k = begin; k <= end; k++) {
        double value = value_of(k * mantissa, d->exponent);
        if (!isfinite(value) || value < low - slack || value > high + slack) continue;
        if (d->count == most) return false;
        ticks->values[d->count] = value;
        d->numbers[d->count++] = k * mantissa;
    }
    return true;
}

void clp_ticks_find(double low, double high, size_t most, clp_ticks *ticks)
{
    static const int64_t mantissas[] = {10, 20, 25, 50};
    double half = high / 2 - low / 2; /* the whole range may overflow */
    if (!(half > 32 * DBL_EPSILON * fmax(fabs(low), fabs(high))) || half < 1e-305) {
        clp_ticks_single(low + half, ticks);
        return;
    }
    if (most > CLP_TICKS_MAX) most = CLP_TICKS_MAX;
    if (most < 1) most = 1;
    clp_locale locale;
    clp_locale_enter(&locale);
    /* Steps a little too fine to begin with: not every multiple within reach has to be in the range. */
    decimals d = {.exponent = (int)floor(log10(half / (double)most)) - 1};
    bool found = false;
    while (!found) {
        for (size_t i = 0; i < sizeof mantissas / sizeof *mantissas && !found; i++)
            found = collect(low, high, mantissas[i], most, &d, ticks);
        if (!found) d.exponent++;
    }
    clp_locale_leave(&locale);
    label(&d, ticks);
}

void clp_ticks_single(double value, clp_ticks *ticks)
{
    char text[32], *end = NULL;
    clp_locale locale;
    clp_locale_enter(&locale);
    snprintf(text, sizeof text, "%.5e", value);
    clp_locale_leave(&locale);
    memmove(strchr(text, '.'), strchr(text, '.') + 1, strlen(strchr(text, '.')));
    decimals d = {.count = 1, .numbers = {strtoll(text, &end, 10)}};
    d.exponent = (int)strtol(end + 1, NULL, 10) - 5;
    ticks->values[0] = value;
    label(&d, ticks);
}
