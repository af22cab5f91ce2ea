/* SPDX-License-Identifier: MIT */
#include "io/npy_type.h"

#include "base/checked.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

clp_status clp_npy_type_fail(const char *path, const char *type, size_t length)
{
    static const struct {
        char kind;
        const char *what, *advice;
    } kinds[] = {
        {'c', "complex numbers", "save a real part of them, such as a.real or abs(a)"},
        {'O', "Python objects", "save a.astype(float)"},
        {'U', "text", "save a.astype(float)"},
        {'S', "text", "save a.astype(float)"},
        {'a', "text", "save a.astype(float)"},
        {'M', "dates", "save a.astype(float)"},
        {'m', "spans of time", "save a.astype(float)"},
        {'V', "raw bytes", "save one field as numbers, a['name'].astype(float)"},
        {'[', "a structured type", "save one field, a['name'].astype(float)"},
        {'(', "a structured type", "save one field, a['name'].astype(float)"},
    };
    char shown[48] = "";
    size_t kept = clp_min(length, sizeof shown - 4);
    for (size_t i = 0; i < kept; i++) shown[i] = '?';
    for (size_t i = 0; i < kept; i++)
        if (type[i] >= ' ' && type[i] <= '~') shown[i] = type[i];
    if (kept < length) memcpy(shown + kept, "...", 4);
    char kind = length ? type[0] : '\0';
    if (length > 1 && strchr("<>=|", kind)) kind = type[1];
    size_t k = 0, count = sizeof kinds / sizeof *kinds;
    while (k < count && kinds[k].kind != kind) k++;
    return clp_fail(CLP_ERROR_INPUT,
                    "%s: the elements are of type %s%s%s%s, not real numbers of up to 64 bits; %s", path,
                    shown, k < count ? " (" : "", k < count ? kinds[k].what : "", k < count ? ")" : "",
                    k < count ? kinds[k].advice : "save a.astype(float)");
}

clp_status clp_npy_type_parse(const char *path, const char *type, size_t length, clp_npy_header *header)
{
    static const char *const known[] = {"f2", "f4", "f8", "i1", "i2", "i4",
                                        "i8", "u1", "u2", "u4", "u8", "b1"};
    const uint16_t one = 1;
    unsigned char low;
    memcpy(&low, &one, 1);
    bool ordered = length == 3 && memchr("<>=|", type[0], 4);
    const char *name = ordered ? type + 1 : type;
    if (length != (ordered ? 3U : 2U)) return clp_npy_type_fail(path, type, length);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (memcmp(name, known[i], 2) != 0) continue;
        header->kind = name[0];
        header->size = (size_t)(name[1] - '0');
        /* With no order said, it is that of the machine. */
        header->big_endian = ordered && type[0] == '>' ? true : ordered && type[0] == '<' ? false : !low;
        return CLP_OK;
    }
    return clp_npy_type_fail(path, type, length);
}

static double decode_half(uint64_t bits)
{
    int exponent = (int)(bits >> 10 & 31);
    double fraction = (double)(bits & 1023), value;
    if (exponent == 31)
        value = fraction > 0 ? (double)NAN : (double)INFINITY;
    else
        value = exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);
    return bits >> 15 ? -value : value;
}

static double decode_float(uint64_t bits, size_t size)
{
    uint32_t narrow_bits = (uint32_t)bits;
    float narrow;
    double value;
    if (size == 2) return decode_half(bits);
    memcpy(&narrow, &narrow_bits, sizeof narrow);
    memcpy(&value, &bits, sizeof value);
    return size == 4 ? (double)narrow : value;
}

bool clp_npy_decode(const clp_npy_header *header, const unsigned char *bytes, double *value)
{
    size_t size = header->size;
    uint64_t bits = 0;
    for (size_t i = 0; i < size; i++) bits = bits << 8 | bytes[header->big_endian ? i : size - 1 - i];
    if (header->kind == 'f') {
        *value = decode_float(bits, size);
        return true;
    }
    if (header->kind == 'b') {
        *value = bits != 0;
        return true;
    }
    uint64_t sign = (uint64_t)1 << (8 * size - 1), magnitude = bits;
    bool negative = header->kind == 'i' && (bits & sign);
    if (negative) magnitude = (~bits & (sign - 1)) + 1;
    *value = negative ? -(double)magnitude : (double)magnitude;
    return magnitude <= (uint64_t)1 << 53;
}
