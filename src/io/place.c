/* SPDX-License-Identifier: MIT */
/* Where a problem file declares what a late message is about: what only assembling finds out. */
#include "io/place.h"

#include "io/keys.h"

#include <stdio.h>
#include <string.h>

/* Whether the message begins with a name and a colon. */
static bool is_about(const char *message, const char *name)
{
    size_t length = strlen(name);
    return strncmp(message, name, length) == 0 && message[length] == ':';
}

static const clp_tree *find_side(const clp_tree *root, const char *message)
{
    const clp_tree *boundary = clp_tree_find(root, "boundary");
    int side, other;
    char name[32];
    for (const clp_tree *child = boundary ? boundary->first : NULL; child; child = child->next) {
        if (!child->key || !clp_key_is_side(child->key, &side)) continue;
        const char *word = strstr(message, " side");
        const char *begin = word;
        while (begin && begin > message && begin[-1] != ' ') begin--;
        if (!word || (size_t)(word - begin) >= sizeof name) return NULL;
        snprintf(name, sizeof name, "%.*s", (int)(word - begin), begin);
        if (clp_key_is_side(name, &other) && side == other) return child;
    }
    return NULL;
}

static const clp_tree *find_region(const clp_tree *root, const char *message)
{
    const clp_tree *regions = clp_tree_find(root, "regions");
    char number[32];
    size_t count = 0;
    for (const clp_tree *child = regions ? regions->first : NULL; child; child = child->next) {
        const clp_tree *name = child->kind == CLP_TREE_MAP ? clp_tree_find(child, "name") : NULL;
        snprintf(number, sizeof number, "region %zu", ++count);
        if (is_about(message, name && name->text ? name->text : number)) return child;
    }
    return NULL;
}

const clp_tree *clp_tree_about(const clp_tree *root, const char *message)
{
    /* What a message speaks of, and keys that it may come from, the likeliest first. */
    static const struct {
        const char *word, *keys[4];
    } topics[] = {
        {"the time", {"time"}},
        {"time method", {"time"}},
        {"steady state", {"time"}},
        {"an output every", {"time"}},
        {"capacity", {"time", "regions", "image"}},
        {"transfer", {"boundary"}},
        {"preconditioner diagonal", {"solver"}},
        {"precision mixed", {"solver"}},
        {"conductivity", {"conductivity", "image", "regions"}},
        {"reaction", {"reaction", "regions", "boundary"}},
        {"source", {"source", "regions", "boundary"}},
        {"initial", {"initial"}},
        {"electrode", {"regions", "image"}},
        {"value", {"boundary", "regions", "image"}},
    };
    const clp_tree *found = find_region(root, message);
    if (!found) found = find_side(root, message);
    for (size_t i = 0; i < sizeof topics / sizeof *topics && !found; i++)
        for (int k = 0; strstr(message, topics[i].word) && k < 4 && topics[i].keys[k] && !found; k++)
            found = clp_tree_find(root, topics[i].keys[k]);
    if (!found) found = clp_tree_find(root, "boundary");
    return found ? found : root;
}
