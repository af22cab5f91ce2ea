/* SPDX-License-Identifier: MIT */
#include "io/declare.h"

#include "base/checked.h"
#include "base/text.h"
#include "io/scalar.h"
#include "io/show.h"
#include "io/values.h"

#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 80, LIST_SIZE = 512 };

/* A map being read: its key as the table spells it and as the file does ("" at the top). */
typedef struct level {
    const char *group, *path;
    const clp_tree *map;
    void *base; /* what the offsets of the rows below count from */
} level;

static clp_status read_map(const level *l);

/* "size, nodes, origin" */
static void list_keys(const clp_key_names *names, char *list)
{
    size_t length = 0;
    list[0] = '\0';
    for (size_t i = 0; i < names->count && length < LIST_SIZE; i++) {
        int added = snprintf(list + length, LIST_SIZE - length, "%s%s", i ? ", " : "", names->list[i]);
        if (added > 0) length += (size_t)added;
    }
}

static clp_status fail_no_map(const level *l)
{
    clp_key_names names;
    char list[LIST_SIZE], shown[CLP_SHOWN_SIZE];
    clp_key_list(l->group, &names);
    list_keys(&names, list);
    char what[PATH_SIZE + 16] = "a problem file";
    if (*l->path) snprintf(what, sizeof what, "'%s'", l->path);
    if (l->map->kind == CLP_TREE_LIST)
        return clp_fail_at(l->map, "%s takes keys with values, not a list; write key: value with the keys %s",
                           what, list);
    if (clp_scalar_is_null(l->map))
        return clp_fail_at(l->map, "%s is empty; leave it out, or write some of its keys below it: %s", what,
                           list);
    return clp_fail_at(l->map, "%s takes keys with values, not '%s'; write key: value with the keys %s", what,
                       clp_show(l->map->text, shown), list);
}

/* The group in which a key of this name lies, if not in the one where it was found; "" if in none. */
static void find_elsewhere(const char *name, char *group, size_t size)
{
    int side;
    group[0] = '\0';
    if (clp_key_is_side(name, &side)) snprintf(group, size, "boundary");
    for (size_t i = 0; clp_key_row(i); i++) {
        const char *key = clp_key_row(i)->help.key;
        const char *dot = strrchr(key, '.');
        if (!dot || dot != strchr(key, '.') || strcmp(dot + 1, name) != 0) continue;
        snprintf(group, size, "%.*s", (int)(dot - key), key);
        return;
    }
}

/* What may have been meant by a key that is not there; "" if nothing comes to mind. */
static void suggest(const level *l, const clp_tree *entry, const clp_key_names *names, char *hint,
                    size_t size)
{
    const char *name = entry->key;
    char group[PATH_SIZE], shown[CLP_SHOWN_SIZE];
    const char *nearest = clp_nearest(name, names->list, names->count), *dot = strchr(name, '.');
    hint[0] = '\0';
    if (dot) { /* the spelling of --set */
        snprintf(group, sizeof group, "%.*s", (int)clp_min((size_t)(dot - name), PATH_SIZE - 1), name);
        if (clp_key_is_group(group))
            snprintf(hint, size, "; write '%s:' with '%s:' below it", group, clp_show(dot + 1, shown));
        return;
    }
    find_elsewhere(name, group, sizeof group);
    if (*group && strcmp(group, l->group) != 0 && !entry->line)
        snprintf(hint, size, "; did you mean '%s.%s'?", group, name);
    else if (*group && strcmp(group, l->group) != 0)
        snprintf(hint, size, "; it belongs below '%s:'", group);
    else if (nearest)
        snprintf(hint, size, "; did you mean '%s'?", nearest);
}

static clp_status fail_unknown(const level *l, const clp_tree *entry)
{
    clp_key_names names;
    char list[LIST_SIZE], shown[CLP_SHOWN_SIZE], hint[CLP_SHOWN_SIZE + 2 * PATH_SIZE];
    clp_key_list(l->group, &names);
    list_keys(&names, list);
    suggest(l, entry, &names, hint, sizeof hint);
    clp_show(entry->key, shown);
    return clp_fail_at(entry, "'%s' is not a key of %s%s%s%s (keys there: %s)", shown, *l->path ? "'" : "",
                       *l->path ? l->path : "a problem file", *l->path ? "'" : "", hint, list);
}

static clp_status read_side(const clp_value *v)
{
    clp_declared_side *sides = v->target;
    int index;
    if (!clp_key_is_side(v->node->key, &index) || index >= CLP_SIDES)
        return clp_fail_at(v->node,
                           "'%s' is a side of a box with three axes, which is not in this version yet "
                           "(%s); leave it out",
                           v->path, clp_version());
    clp_declared_side *side = &sides[index];
    if (side->entry) {
        const clp_tree *before = side->entry;
        char line[32] = "";
        if (before->line) snprintf(line, sizeof line, " (line %zu)", before->line);
        return clp_fail_at(v->node, "'%s' and '%s'%s are the same side; remove one", v->node->key,
                           before->key, line);
    }
    side->entry = v->node;
    if (v->node->kind == CLP_TREE_MAP) {
        if (!v->node->first) return clp_value_fail(v);
        return read_map(&(level){v->key->help.key, v->path, v->node, side});
    }
    return clp_value_read(&(clp_value){v->key, v->path, v->node, side});
}

static clp_status read_entry(const level *l, const clp_tree *entry)
{
    char spelled[PATH_SIZE], path[PATH_SIZE];
    if (!clp_key_spell(l->group, entry->key, spelled, sizeof spelled)) return fail_unknown(l, entry);
    const clp_key *key = clp_key_find(spelled);
    if (!key && !clp_key_is_group(spelled)) return fail_unknown(l, entry);
    snprintf(path, sizeof path, "%.*s%s%.*s", PATH_SIZE / 2, l->path, *l->path ? "." : "", PATH_SIZE / 2 - 2,
             entry->key);
    if (!key) return read_map(&(level){spelled, path, entry, l->base});
    const clp_value value = {key, path, entry, (char *)l->base + key->offset};
    return key->kind == CLP_KEY_SIDE ? read_side(&value) : clp_value_read(&value);
}

static clp_status read_map(const level *l)
{
    if (l->map->kind != CLP_TREE_MAP) return fail_no_map(l);
    for (const clp_tree *entry = l->map->first; entry; entry = entry->next) CLP_TRY(read_entry(l, entry));
    return CLP_OK;
}

/* Keys without a default. */
static clp_status check_complete(const clp_tree *root)
{
    const clp_key *key;
    for (size_t i = 0; (key = clp_key_row(i)); i++) {
        if (*key->help.initial) continue;
        char group[PATH_SIZE];
        snprintf(group, sizeof group, "%.*s", (int)strcspn(key->help.key, "."), key->help.key);
        const clp_tree *map = clp_tree_find(root, group);
        if (map && clp_tree_find(map, strrchr(key->help.key, '.') + 1)) continue;
        /* A group that a setting has made is not where to write. */
        return clp_fail_at(map && map->line ? map : root,
                           "'%s' is missing; write %s below '%s:', for example %s", key->help.key,
                           key->help.value, group, key->example);
    }
    return CLP_OK;
}

/* One output would overwrite the other. */
static clp_status check_outputs(const clp_tree *root)
{
    const clp_tree *output = clp_tree_find(root, "output");
    char shown[CLP_SHOWN_SIZE];
    for (const clp_tree *one = output ? output->first : NULL; one; one = one->next)
        for (const clp_tree *two = one->next; two; two = two->next)
            if (strcmp(one->text, two->text) == 0)
                return clp_fail_at(two, "'output.%s' and 'output.%s' both go to '%s'; name two files",
                                   one->key, two->key, clp_show(two->text, shown));
    return CLP_OK;
}

clp_status clp_declaration_read(const clp_tree *root, clp_declaration *declaration)
{
    *declaration = (clp_declaration){0};
    CLP_TRY(read_map(&(level){"", "", root, declaration}));
    CLP_TRY(check_complete(root));
    return check_outputs(root);
}
