/* SPDX-License-Identifier: MIT */
/* What a text in YAML says, as a small tree that remembers where everything stood. */
#ifndef CLP_IO_TREE_H
#define CLP_IO_TREE_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum clp_tree_kind {
    CLP_TREE_TEXT, /* a scalar */
    CLP_TREE_LIST,
    CLP_TREE_MAP, /* its children have keys */
} clp_tree_kind;

typedef struct clp_tree clp_tree;

struct clp_tree {
    clp_tree_kind kind;
    bool quoted;       /* a text that is text even if it reads like null or true */
    char *key;         /* inside a map, else NULL */
    char *text;        /* CLP_TREE_TEXT, else NULL */
    const char *where; /* the file, or the setting; must outlive the use of the tree for messages */
    size_t line;       /* of the key, or of the value where there is no key; 0: `where` says it all */
    clp_tree *first, *last, *next;
};

/* Adds a child to `parent` (NULL: starts a tree). `key` and `text` are copied and may be NULL. NULL without
 * memory. What was added is freed with its parent. */
clp_tree *clp_tree_add(clp_tree *parent, clp_tree_kind kind, const char *key, const char *text);

/* Frees a tree; NULL is allowed. */
void clp_tree_destroy(clp_tree *tree);

/* The child of a map with a key, or NULL. */
clp_tree *clp_tree_find(const clp_tree *map, const char *key);

/* Makes `node` a copy of `source`, deeper things included, with its own key and place. Takes every node
 * copied from *budget and returns false when that is used up; *memory tells a lack of memory from that. */
bool clp_tree_copy(clp_tree *node, const clp_tree *source, size_t *budget, bool *memory);

/* Puts `value` in the place of `node`, which keeps its key and its neighbours; `value` is used up. */
void clp_tree_replace(clp_tree *node, clp_tree *value);

/* Removes a node at whatever depth below `root`; true if it was there. */
bool clp_tree_remove(clp_tree *root, clp_tree *node);

/* CLP_ERROR_INPUT with the place of a node before the message. */
__attribute__((format(printf, 2, 3))) clp_status clp_fail_at(const clp_tree *node, const char *format, ...);

/* Puts the place of a node before the stored message, if that is about what it says or names. Returns
 * `status`. */
clp_status clp_fail_within_at(clp_status status, const clp_tree *node);

/* Where a node stands, for the middle of a message: "line 5" or "--set boundary.top=50". Returns `text`. */
const char *clp_tree_place(const clp_tree *node, char *text, size_t size);

#endif
