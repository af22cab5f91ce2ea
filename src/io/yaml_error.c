/* SPDX-License-Identifier: MIT */
#include "io/yaml_error.h"

#include "io/show.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* A line such as top:100, whose ':' has no blank behind it and so is part of a text; NULL: it is not one. */
static const char *unspaced_colon(const clp_yaml_source *source, size_t line)
{
    const char *at = source->text, *end = source->text + source->size;
    for (size_t i = 1; i < line && at; i++) {
        at = memchr(at, '\n', (size_t)(end - at));
        if (at) at++;
    }
    if (!at) return NULL;
    while (at < end && *at == ' ') at++;
    const char *key = at;
    while (at < end && (isalnum((unsigned char)*at) || *at == '_' || *at == '-')) at++;
    bool glued = at > key && at + 1 < end && *at == ':' && !isspace((unsigned char)at[1]) && at[1] != '/';
    return glued ? key : NULL;
}

/* What libyaml says, and what that means to somebody who has never heard of tokens. */
static const struct words {
    const char *problem;
    bool at_begin; /* better shown where the thing begins than where the parser lost the thread */
    const char *plain;
} plain_words[] = {
    {"did not find expected ',' or ']'", true,
     "the list that begins here lacks a ',' between two values or its closing ']'"},
    {"did not find expected ',' or '}'", true,
     "what begins here with '{' lacks a ',' between two keys or its closing '}'"},
    {"found unexpected end of stream", true, "the quote that begins here is not closed"},
    {"found unexpected document indicator", true, "the quote that begins here is not closed"},
    {"could not find expected ':'", true, "a ':' is missing after this key; write key: value"},
    {"did not find expected key", false,
     "a key is expected here; check that the line is indented like its neighbours, and that quotes and "
     "brackets "
     "above it are closed"},
    {"did not find expected '-' indicator", false,
     "a '- ' is expected here, as in the list above; check the indentation"},
    {"mapping values are not allowed in this context", false,
     "a ':' does not fit here; check the indentation of this line and the one above, and put texts with a "
     "': ' in quotes: \"x > 0.5 ? 1 : 0\""},
    {"block sequence entries are not allowed in this context", false,
     "a '- ' does not fit here; a lone - (standard output) is written in quotes: \"-\""},
    {"did not find expected node content", false,
     "a value is missing here, or a bracket above is not closed"},
    {"did not find expected <document start>", false,
     "this does not belong to what stands above; check the indentation, and write key: value"},
    {"found unknown escape character", false,
     "a \\ inside \"...\" needs a second one: \\\\; or put the text in '...'"},
    {"found a tab character", false, "there is a tab; indent with spaces"},
    {"found character that cannot start any token", false,
     "a value cannot begin with this character; put the text in quotes"},
};

static clp_status fail_line(const clp_yaml_source *source, size_t line, const char *text)
{
    const clp_tree place = {.where = source->where, .line = source->lines ? line : 0};
    return clp_fail_at(&place, "%s", text);
}

static size_t line_at(const clp_yaml_source *source, size_t offset)
{
    size_t line = 1;
    for (size_t i = 0; i < offset && i < source->size; i++) line += source->text[i] == '\n';
    return line;
}

clp_status clp_yaml_check_text(const clp_yaml_source *source)
{
    for (size_t i = 0, length; i < source->size; i += length) {
        unsigned char byte = (unsigned char)source->text[i];
        length = clp_character_length(source->text + i, source->size - i);
        if (length == 0)
            return fail_line(source, line_at(source, i),
                             "this is not UTF-8 text; save the file as UTF-8 (plain text)");
        if ((byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') || byte == 0x7f)
            return fail_line(source, line_at(source, i),
                             "this is a binary file or has control characters; a problem file is plain text");
    }
    return CLP_OK;
}

static bool at_tab(const clp_yaml_source *source, const yaml_parser_t *parser)
{
    size_t line = 0, i = 0;
    for (; i < source->size && line < parser->problem_mark.line; i++) line += source->text[i] == '\n';
    i += parser->problem_mark.column; /* in characters: the same as bytes before the first tab of a line */
    return i < source->size && source->text[i] == '\t';
}

clp_status clp_yaml_fail(const clp_yaml_source *source, const yaml_parser_t *parser)
{
    if (parser->error == YAML_MEMORY_ERROR) return clp_fail_host_memory(source->size);
    const char *problem = parser->problem ? parser->problem : "unknown reason";
    char text[512];
    snprintf(text, sizeof text, "this is not valid YAML: %s", problem);
    if (parser->error == YAML_READER_ERROR)
        return fail_line(source, line_at(source, parser->problem_offset), text);

    size_t line = parser->problem_mark.line + 1;
    size_t known = parser->context ? parser->context_mark.line + 1 : line;
    for (size_t near = known < line ? known : line > 1 ? line - 1 : line; near <= line; near++)
        if (unspaced_colon(source, near))
            return fail_line(source, near, "there is no blank behind the ':'; write key: value");
    if (at_tab(source, parser)) return fail_line(source, line, "there is a tab; indent with spaces");
    for (size_t i = 0; i < sizeof plain_words / sizeof *plain_words; i++) {
        const struct words *words = &plain_words[i];
        if (strncmp(problem, words->problem, strlen(words->problem)) != 0) continue;
        size_t begin = words->at_begin && parser->context ? parser->context_mark.line + 1 : line;
        if (begin != line && source->lines)
            snprintf(text, sizeof text, "%s (noticed at line %zu)", words->plain, line);
        else
            snprintf(text, sizeof text, "%s", words->plain);
        return fail_line(source, begin, text);
    }
    return fail_line(source, line, text);
}
