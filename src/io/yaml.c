/* SPDX-License-Identifier: MIT */
#include "io/yaml.h"

#include "base/text.h"
#include "io/show.h"
#include "io/yaml_error.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* A value that an alias may repeat. It is listed when it is complete, so that nothing can contain itself. */
typedef struct anchor anchor;

struct anchor {
    char *name;
    const clp_tree *node;
    anchor *next;
};

typedef struct reader {
    yaml_parser_t parser;
    const clp_yaml_source *source;
    size_t left; /* values that may still come: copies of aliases count, which disarms alias bombs */
    anchor *anchors;
} reader;

/* Where the next node goes. */
typedef struct slot {
    clp_tree *parent;
    const char *key; /* NULL in a list */
    size_t line;     /* of the key */
    size_t depth;
} slot;

static clp_status read_node(reader *r, const yaml_event_t *event, const slot *at);

static clp_tree place_of(const reader *r, const yaml_event_t *event)
{
    return (clp_tree){.where = r->source->where, .line = r->source->lines ? event->start_mark.line + 1 : 0};
}

static clp_status next_event(reader *r, yaml_event_t *event)
{
    return yaml_parser_parse(&r->parser, event) ? CLP_OK : clp_yaml_fail(r->source, &r->parser);
}

static clp_status add_anchor(reader *r, const char *name, const clp_tree *node)
{
    anchor *entry = calloc(1, sizeof *entry);
    if (entry) entry->name = clp_copy_text(name);
    if (!entry || !entry->name) {
        free(entry);
        return clp_fail_host_memory(strlen(name) + sizeof *entry);
    }
    entry->node = node;
    entry->next = r->anchors;
    r->anchors = entry;
    return CLP_OK;
}

static clp_status fail_too_many(const clp_tree *place)
{
    return clp_fail_at(place, "more than %d values; long lists of numbers belong in a .npy file",
                       CLP_YAML_VALUES);
}

static clp_status copy_alias(reader *r, const yaml_event_t *event, clp_tree *node)
{
    const char *name = (const char *)event->data.alias.anchor;
    clp_tree place = place_of(r, event);
    char shown[CLP_SHOWN_SIZE];
    for (const anchor *entry = r->anchors; entry; entry = entry->next) {
        if (strcmp(entry->name, name) != 0) continue;
        bool memory = true;
        if (clp_tree_copy(node, entry->node, &r->left, &memory)) return CLP_OK;
        return memory ? fail_too_many(&place) : clp_fail_host_memory(sizeof *node);
    }
    return clp_fail_at(&place, "'*%s' repeats a value that is not marked with '&%s' above",
                       clp_show(name, shown), shown);
}

static clp_status read_list(reader *r, clp_tree *list, size_t depth)
{
    for (;;) {
        yaml_event_t event;
        CLP_TRY(next_event(r, &event));
        bool end = event.type == YAML_SEQUENCE_END_EVENT;
        clp_status status = end ? CLP_OK : read_node(r, &event, &(slot){.parent = list, .depth = depth + 1});
        yaml_event_delete(&event);
        if (end || status != CLP_OK) return status;
    }
}

static clp_status check_key(const reader *r, const clp_tree *map, const yaml_event_t *event)
{
    clp_tree place = place_of(r, event);
    char shown[CLP_SHOWN_SIZE];
    if (event->type != YAML_SCALAR_EVENT)
        return clp_fail_at(&place, "a key must be a plain word; write key: value");
    const char *key = (const char *)event->data.scalar.value;
    if (strlen(key) != event->data.scalar.length)
        return clp_fail_at(&place, "a key contains a zero character; write a plain word");
    const clp_tree *before = clp_tree_find(map, key);
    if (!before) return CLP_OK;
    if (!place.line) return clp_fail_at(&place, "'%s' is given twice; remove one", clp_show(key, shown));
    return clp_fail_at(&place, "'%s' is given twice, at lines %zu and %zu; remove one", clp_show(key, shown),
                       before->line, place.line);
}

static clp_status read_entry(reader *r, clp_tree *map, size_t depth, const yaml_event_t *key)
{
    CLP_TRY(check_key(r, map, key));
    const slot at = {.parent = map,
                     .key = (const char *)key->data.scalar.value,
                     .line = place_of(r, key).line,
                     .depth = depth + 1};
    yaml_event_t value;
    CLP_TRY(next_event(r, &value));
    clp_status status = read_node(r, &value, &at);
    yaml_event_delete(&value);
    return status;
}

static clp_status read_map(reader *r, clp_tree *map, size_t depth)
{
    for (;;) {
        yaml_event_t key;
        CLP_TRY(next_event(r, &key));
        bool end = key.type == YAML_MAPPING_END_EVENT;
        clp_status status = end ? CLP_OK : read_entry(r, map, depth, &key);
        yaml_event_delete(&key);
        if (end || status != CLP_OK) return status;
    }
}

/* What an event says about the node that it begins. */
typedef struct beginning {
    clp_tree_kind kind;
    const yaml_char_t *anchor, *tag;
} beginning;

static beginning begin_of(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SEQUENCE_START_EVENT:
        return (beginning){CLP_TREE_LIST, event->data.sequence_start.anchor, event->data.sequence_start.tag};
    case YAML_MAPPING_START_EVENT:
        return (beginning){CLP_TREE_MAP, event->data.mapping_start.anchor, event->data.mapping_start.tag};
    case YAML_SCALAR_EVENT:
        return (beginning){CLP_TREE_TEXT, event->data.scalar.anchor, event->data.scalar.tag};
    default: /* an alias: what it is, the copying tells */
        return (beginning){CLP_TREE_TEXT, NULL, NULL};
    }
}

/* Adds the node to its parent before filling it, so that an error leaves nothing behind that is not owned. */
static clp_status read_node(reader *r, const yaml_event_t *event, const slot *at)
{
    clp_tree place = place_of(r, event);
    if (at->line) place.line = at->line;
    const beginning begin = begin_of(event);
    if (at->depth > CLP_YAML_DEPTH)
        return clp_fail_at(&place, "lists and keys are nested more than %d deep", CLP_YAML_DEPTH);
    if (r->left == 0) return fail_too_many(&place);
    r->left--;
    if (begin.tag)
        return clp_fail_at(&place, "tags (words that begin with '!') are not understood; leave it out");

    bool scalar = event->type == YAML_SCALAR_EVENT;
    const char *text = scalar ? (const char *)event->data.scalar.value : NULL;
    if (scalar && strlen(text) != event->data.scalar.length)
        return clp_fail_at(&place, "a text contains a zero character; leave it out");
    clp_tree *node = clp_tree_add(at->parent, begin.kind, at->key, text);
    if (!node) return clp_fail_host_memory(sizeof *node + (scalar ? event->data.scalar.length : 0));
    node->where = place.where;
    node->line = place.line;
    node->quoted = scalar && event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;

    if (event->type == YAML_ALIAS_EVENT) return copy_alias(r, event, node);
    if (begin.kind == CLP_TREE_LIST) CLP_TRY(read_list(r, node, at->depth));
    if (begin.kind == CLP_TREE_MAP) CLP_TRY(read_map(r, node, at->depth));
    return begin.anchor ? add_anchor(r, (const char *)begin.anchor, node) : CLP_OK;
}

/* Reads the stream into the list `documents`, which receives at most one. */
static clp_status read_stream(reader *r, clp_tree *documents)
{
    for (;;) {
        yaml_event_t event;
        CLP_TRY(next_event(r, &event));
        yaml_event_type_t type = event.type;
        clp_status status = CLP_OK;
        if (type == YAML_DOCUMENT_START_EVENT && documents->first) {
            clp_tree place = place_of(r, &event);
            status =
                clp_fail_at(&place, "a second document begins here; a problem file holds one: remove this "
                                    "'---' or what does not belong");
        } else if (type != YAML_STREAM_START_EVENT && type != YAML_STREAM_END_EVENT &&
                   type != YAML_DOCUMENT_START_EVENT && type != YAML_DOCUMENT_END_EVENT) {
            status = read_node(r, &event, &(slot){.parent = documents});
        }
        yaml_event_delete(&event);
        if (status != CLP_OK || type == YAML_STREAM_END_EVENT) return status;
    }
}

clp_status clp_yaml_parse(const clp_yaml_source *source, clp_tree **tree)
{
    *tree = NULL;
    CLP_TRY(clp_yaml_check_text(source));
    reader r = {.source = source, .left = CLP_YAML_VALUES};
    if (!yaml_parser_initialize(&r.parser)) return clp_fail_host_memory(sizeof r.parser);
    clp_status status;
    clp_tree *documents = clp_tree_add(NULL, CLP_TREE_LIST, NULL, NULL);
    if (!documents) {
        status = clp_fail_host_memory(sizeof *documents);
        goto cleanup;
    }
    /* With the encoding given, libyaml takes the mark that some editors put before UTF-8 text for text. */
    size_t mark = source->size >= 3 && memcmp(source->text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)source->text + mark, source->size - mark);
    status = read_stream(&r, documents);
    if (status != CLP_OK) goto cleanup;
    *tree = documents->first;
    documents->first = documents->last = NULL;
cleanup:
    for (anchor *entry = r.anchors, *next; entry; entry = next) {
        next = entry->next;
        free(entry->name);
        free(entry);
    }
    clp_tree_destroy(documents);
    yaml_parser_delete(&r.parser);
    return status;
}
