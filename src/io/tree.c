/* SPDX-License-Identifier: MIT */
#include "io/tree.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

clp_tree *clp_tree_add(clp_tree *parent, clp_tree_kind kind, const char *key, const char *text)
{
    clp_tree *node = calloc(1, sizeof *node);
    if (!node) return NULL;
    node->kind = kind;
    if (key) node->key = clp_copy_text(key);
    if (text) node->text = clp_copy_text(text);
    if ((key && !node->key) || (text && !node->text)) {
        clp_tree_destroy(node);
        return NULL;
    }
    if (!parent) return node;
    if (parent->last)
        parent->last->next = node;
    else
        parent->first = node;
    parent->last = node;
    return node;
}

/* Frees what a node holds, its key apart. */
static void empty(clp_tree *node)
{
    for (clp_tree *child = node->first, *next; child; child = next) {
        next = child->next;
        clp_tree_destroy(child);
    }
    free(node->text);
    node->first = node->last = NULL;
    node->text = NULL;
}

void clp_tree_destroy(clp_tree *tree)
{
    if (!tree) return;
    empty(tree);
    free(tree->key);
    free(tree);
}

clp_tree *clp_tree_find(const clp_tree *map, const char *key)
{
    for (clp_tree *child = map->first; child; child = child->next)
        if (child->key && strcmp(child->key, key) == 0) return child;
    return NULL;
}

bool clp_tree_copy(clp_tree *node, const clp_tree *source, size_t *budget, bool *memory)
{
    node->kind = source->kind;
    node->quoted = source->quoted;
    if (source->text) {
        free(node->text);
        node->text = clp_copy_text(source->text);
        if (!node->text) return *memory = false;
    }
    for (const clp_tree *from = source->first; from; from = from->next) {
        if (*budget == 0) return false;
        --*budget;
        clp_tree *child = clp_tree_add(node, from->kind, from->key, NULL);
        if (!child) return *memory = false;
        child->where = from->where;
        child->line = from->line;
        if (!clp_tree_copy(child, from, budget, memory)) return false;
    }
    return true;
}

void clp_tree_replace(clp_tree *node, clp_tree *value)
{
    empty(node);
    node->kind = value->kind;
    node->quoted = value->quoted;
    node->text = value->text;
    node->where = value->where;
    node->line = value->line;
    node->first = value->first;
    node->last = value->last;
    value->text = NULL;
    value->first = value->last = NULL;
    clp_tree_destroy(value);
}

bool clp_tree_remove(clp_tree *root, clp_tree *node)
{
    for (clp_tree **link = &root->first, *before = NULL; *link; before = *link, link = &(*link)->next) {
        if (*link != node) {
            if (clp_tree_remove(*link, node)) return true;
            continue;
        }
        *link = node->next;
        if (root->last == node) root->last = before;
        node->next = NULL;
        clp_tree_destroy(node);
        return true;
    }
    return false;
}

clp_status clp_fail_at(const clp_tree *node, const char *format, ...)
{
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (node->line) return clp_fail(CLP_ERROR_INPUT, "%s:%zu: %s", node->where, node->line, text);
    return clp_fail(CLP_ERROR_INPUT, "%s: %s", node->where, text);
}

clp_status clp_fail_within_at(clp_status status, const clp_tree *node)
{
    if (status != CLP_ERROR_INPUT && status != CLP_ERROR_FILE && status != CLP_ERROR_UNSUPPORTED)
        return status;
    if (node->line) return clp_fail_within(status, "%s:%zu: ", node->where, node->line);
    return clp_fail_within(status, "%s: ", node->where);
}

const char *clp_tree_place(const clp_tree *node, char *text, size_t size)
{
    if (node->line)
        snprintf(text, size, "line %zu", node->line);
    else
        clp_cut_text(text, size, node->where);
    return text;
}
