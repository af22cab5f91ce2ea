/* SPDX-License-Identifier: MIT */
/* The grammar is the part of Python's literals that numpy.save writes: a dict with three keys, strings, True
 * and False, tuples of whole numbers. A list in place of the type is the declaration of a structured array.
 */
#include "io/npy_header.h"

#include "base/checked.h"
#include "io/npy_type.h"

#include <stdio.h>
#include <string.h>

typedef struct parser {
    const char *path;
    const char *text; /* no zero byte at its end, perhaps some inside */
    size_t at, length;
    clp_npy_header *header;
    size_t dimensions; /* as many as the file has, of which the header keeps three */
    const char *type;  /* where the type stands, and how long it is */
    size_t type_length;
} parser;

static clp_status fail_at(const parser *p, size_t place, const char *what)
{
    return clp_fail(
        CLP_ERROR_INPUT,
        "%s: the header of this .npy file is damaged at its byte %zu: %s; save the array again with "
        "numpy.save",
        p->path, place, what);
}

/* The next byte that is no white space, 0 at the end. */
static char peek(parser *p)
{
    while (p->at < p->length && p->text[p->at] && strchr(" \t\r\n\f", p->text[p->at])) p->at++;
    return p->at < p->length ? p->text[p->at] : '\0';
}

static bool take(parser *p, char wanted)
{
    if (!wanted || peek(p) != wanted) return false;
    p->at++;
    return true;
}

static bool take_word(parser *p, const char *word)
{
    size_t length = strlen(word);
    peek(p);
    if (p->length - p->at < length || memcmp(p->text + p->at, word, length) != 0) return false;
    p->at += length;
    return true;
}

/* A string between single or double quotes. What a backslash would mean is left alone: no key and no type
 * that is of use has one. */
static clp_status parse_string(parser *p, const char **start, size_t *length)
{
    char quote = peek(p);
    size_t begin = p->at + 1;
    if (quote != '\'' && quote != '"') return fail_at(p, p->at, "a text in quotes is missing");
    for (size_t end = begin; end < p->length; end++) {
        if (p->text[end] == '\\') return fail_at(p, end, "a backslash does not belong there");
        if (p->text[end] != quote) continue;
        *start = p->text + begin;
        *length = end - begin;
        p->at = end + 1;
        return CLP_OK;
    }
    return fail_at(p, begin - 1, "a quote is not closed");
}

static clp_status parse_extent(parser *p, size_t *extent)
{
    peek(p);
    size_t begin = p->at, value = 0;
    for (; p->at < p->length && p->text[p->at] >= '0' && p->text[p->at] <= '9'; p->at++)
        if (!clp_multiply(value, 10, &value) || !clp_add(value, (size_t)(p->text[p->at] - '0'), &value))
            return fail_at(p, begin, "a number of 'shape' is larger than any array");
    if (p->at == begin) return fail_at(p, begin, "'shape' must be a tuple of whole numbers, such as (3, 4)");
    /* Python 2 wrote long numbers so. */
    if (p->at < p->length && (p->text[p->at] == 'L' || p->text[p->at] == 'l')) p->at++;
    *extent = value;
    return CLP_OK;
}

static clp_status parse_shape(parser *p)
{
    peek(p);
    size_t begin = p->at;
    bool comma = true;
    if (!take(p, '(')) return fail_at(p, begin, "'shape' must be a tuple, such as (3, 4)");
    while (!take(p, ')')) {
        size_t extent = 0;
        if (!comma) return fail_at(p, p->at, "a comma is missing in 'shape'");
        CLP_TRY(parse_extent(p, &extent));
        if (p->dimensions < CLP_ARRAY_DIMENSIONS) p->header->shape[p->dimensions] = extent;
        p->dimensions++;
        comma = take(p, ',');
    }
    if (p->dimensions == 1 && !comma)
        return fail_at(p, begin, "'shape' must be a tuple; of one number it is written (3,)");
    return CLP_OK;
}

static clp_status parse_type(parser *p)
{
    char c = peek(p);
    if (c == '[' || c == '(') { /* as far as it goes, for the message */
        size_t end = p->at, open = 0;
        while (end < p->length) {
            c = p->text[end++];
            if (c == '[' || c == '(') open++;
            if ((c == ']' || c == ')') && --open == 0) break;
        }
        return clp_npy_type_fail(p->path, p->text + p->at, end - p->at);
    }
    return parse_string(p, &p->type, &p->type_length);
}

static clp_status parse_order(parser *p)
{
    p->header->fortran = take_word(p, "True");
    if (!p->header->fortran && !take_word(p, "False"))
        return fail_at(p, p->at, "'fortran_order' must be True or False");
    return CLP_OK;
}

/* The entries of the dict, in any order, each of them once. */
static clp_status parse_entries(parser *p)
{
    static const struct {
        const char *name;
        clp_status (*parse)(parser *p);
    } keys[] = {{"descr", parse_type}, {"fortran_order", parse_order}, {"shape", parse_shape}};
    enum { KEYS = sizeof keys / sizeof *keys };
    bool seen[KEYS] = {false}, comma = true;
    while (!take(p, '}')) {
        const char *name = "";
        size_t length = 0, place = p->at, key = 0;
        if (!comma) return fail_at(p, place, "a comma or the closing brace is missing");
        CLP_TRY(parse_string(p, &name, &length));
        while (key < KEYS && (strlen(keys[key].name) != length || memcmp(keys[key].name, name, length) != 0))
            key++;
        if (key == KEYS) return fail_at(p, place, "a key is none of 'descr', 'fortran_order', 'shape'");
        if (seen[key]) return fail_at(p, place, "a key stands there twice");
        if (!take(p, ':')) return fail_at(p, p->at, "a colon is missing");
        CLP_TRY(keys[key].parse(p));
        seen[key] = true;
        comma = take(p, ',');
    }
    if (!seen[0]) return fail_at(p, p->at, "'descr', the type, is missing");
    if (!seen[1]) return fail_at(p, p->at, "'fortran_order' is missing");
    if (!seen[2]) return fail_at(p, p->at, "'shape' is missing");
    return CLP_OK;
}

static clp_status check_shape(const parser *p)
{
    if (p->dimensions == 0)
        return clp_fail(
            CLP_ERROR_INPUT,
            "%s: is a single number, an array without dimensions; arrays have 1 to %d (give the number "
            "itself where it is wanted)",
            p->path, CLP_ARRAY_DIMENSIONS);
    if (p->dimensions > CLP_ARRAY_DIMENSIONS)
        return clp_fail(
            CLP_ERROR_INPUT,
            "%s: the array has %zu dimensions; up to %d are of use (save one part of it, a[0], or "
            "a.squeeze())",
            p->path, p->dimensions, CLP_ARRAY_DIMENSIONS);
    for (size_t a = 0; a < p->dimensions; a++) {
        char text[96];
        if (p->header->shape[a] == 0)
            return clp_fail(CLP_ERROR_INPUT, "%s: the array is empty, of shape %s; save one that has values",
                            p->path, clp_shape_text(p->header->shape, p->dimensions, text, sizeof text));
    }
    p->header->dimensions = p->dimensions;
    return CLP_OK;
}

clp_status clp_npy_header_parse(const char *path, const char *text, size_t length, clp_npy_header *header)
{
    *header = (clp_npy_header){0};
    parser p = {.path = path, .text = text, .length = length, .header = header};
    peek(&p);
    if (!take(&p, '{')) return fail_at(&p, p.at, "it does not begin with a brace");
    CLP_TRY(parse_entries(&p));
    peek(&p);
    if (p.at < length) return fail_at(&p, p.at, "something follows after the closing brace");
    CLP_TRY(clp_npy_type_parse(path, p.type, p.type_length, header));
    return check_shape(&p);
}

const char *clp_shape_text(const size_t *shape, size_t dimensions, char *text, size_t size)
{
    size_t at = 0;
    for (size_t a = 0; a < dimensions && at < size; a++)
        at += (size_t)snprintf(text + at, size - at, "%s%zu", a ? ", " : "(", shape[a]);
    if (at < size) snprintf(text + at, size - at, dimensions == 1 ? ",)" : ")");
    return text;
}
