/* SPDX-License-Identifier: MIT */
#include "io/settings.h"

#include "base/text.h"
#include "io/keys.h"
#include "io/scalar.h"
#include "io/show.h"
#include "io/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Deepest path of a key. */
enum { PATH_DEPTH = 8 };

static clp_status fail_form(const clp_tree *place)
{
    return clp_fail_at(place, "this is not of the form key=value; write for example --set boundary.top=50");
}

/* The value, which may also be nothing or a lone - (standard output), both of which YAML reads otherwise. */
static clp_status parse_value(const char *text, const char *label, clp_tree **value)
{
    bool dash = strcmp(text, "-") == 0;
    const clp_yaml_source source = {.where = label, .text = text, .size = strlen(text)};
    if (source.size > CLP_YAML_BYTES)
        return clp_fail(CLP_ERROR_INPUT, "%s: the value is longer than 1 MiB", label);
    *value = NULL;
    if (!dash) CLP_TRY(clp_yaml_parse(&source, value));
    if (*value) return CLP_OK;
    *value = clp_tree_add(NULL, CLP_TREE_TEXT, NULL, dash ? "-" : "");
    if (!*value) return clp_fail_host_memory(sizeof **value);
    (*value)->where = label;
    (*value)->quoted = dash;
    return CLP_OK;
}

/* The child of a map with a key; among the sides, under either name. */
static clp_tree *find_child(const clp_tree *map, const char *key, bool sides)
{
    int wanted, index;
    if (!sides || !clp_key_is_side(key, &wanted)) return clp_tree_find(map, key);
    for (clp_tree *child = map->first; child; child = child->next)
        if (clp_key_is_side(child->key, &index) && index == wanted) return child;
    return NULL;
}

/* The entry of a list of regions by its name, or its number from 1. */
static clp_tree *find_region(const clp_tree *list, const char *key)
{
    size_t number, count = 0;
    for (clp_tree *child = list->first; child; child = child->next) {
        const clp_tree *name = child->kind == CLP_TREE_MAP ? clp_tree_find(child, "name") : NULL;
        if (name && name->text && strcmp(name->text, key) == 0) return child;
    }
    if (!clp_parse_size(key, &number)) return NULL;
    for (clp_tree *child = list->first; child; child = child->next)
        if (++count == number) return child;
    return NULL;
}

static clp_status fail_region(const clp_tree *place, const clp_tree *list, const char *key)
{
    const char *names[64];
    char shown[CLP_SHOWN_SIZE], near[CLP_SHOWN_SIZE];
    size_t count = 0;
    for (const clp_tree *child = list->first; child && count < 64; child = child->next) {
        const clp_tree *name = child->kind == CLP_TREE_MAP ? clp_tree_find(child, "name") : NULL;
        if (name && name->text) names[count++] = name->text;
    }
    const char *nearest = clp_nearest(key, names, count);
    if (nearest)
        return clp_fail_at(place, "no region has the name or number '%s'; did you mean '%s'?",
                           clp_show(key, shown), clp_show(nearest, near));
    return clp_fail_at(place, "no region has the name or number '%s'", clp_show(key, shown));
}

/* Goes down a path of keys, which is cut up at its dots; makes what is missing. */
static clp_status open_path(clp_tree *root, char *path, const char *label, clp_tree **leaf)
{
    const clp_tree place = {.where = label};
    clp_tree *node = root;
    bool sides = false, regions = false;
    for (size_t depth = 0; path; depth++) {
        char *key = path, *dot = strchr(path, '.');
        path = dot ? dot + 1 : NULL;
        if (dot) *dot = '\0';
        if (!*key || depth == PATH_DEPTH) return fail_form(&place);
        if (regions && node->kind == CLP_TREE_LIST) {
            clp_tree *region = find_region(node, key);
            if (!region) return fail_region(&place, node, key);
            regions = false;
            node = region;
            continue;
        }
        if (node->kind != CLP_TREE_MAP) { /* top: 100 becomes top: {value: ...} */
            clp_tree *map = clp_tree_add(NULL, CLP_TREE_MAP, NULL, NULL);
            if (!map) return clp_fail_host_memory(sizeof *map);
            map->where = label;
            clp_tree_replace(node, map);
        }
        clp_tree *child = find_child(node, key, sides);
        if (!child) {
            child = clp_tree_add(node, CLP_TREE_MAP, key, NULL);
            if (!child) return clp_fail_host_memory(sizeof *child);
            child->where = label;
        }
        sides = depth == 0 && strcmp(key, "boundary") == 0;
        regions = depth == 0 && strcmp(key, "regions") == 0;
        node = child;
    }
    *leaf = node;
    return CLP_OK;
}

/* Cuts blanks off both ends of text[0..length). */
static char *trim(char *text, size_t length)
{
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t')) length--;
    text[length] = '\0';
    return text + strspn(text, " \t");
}

clp_status clp_setting_apply(clp_tree *root, const char *setting, char *label)
{
    char shown[CLP_SHOWN_SIZE];
    snprintf(label, CLP_SETTING_LABEL_SIZE, "--set %s", clp_show(setting, shown));
    const clp_tree place = {.where = label};
    const char *equals = strchr(setting, '=');
    if (!equals) return fail_form(&place);

    clp_status status;
    clp_tree *value = NULL, *leaf = NULL;
    char *text = clp_copy_text(setting);
    if (!text) return clp_fail_host_memory(strlen(setting) + 1);
    char *after = text + (equals - setting) + 1;
    status = parse_value(trim(after, strlen(after)), label, &value);
    if (status != CLP_OK) goto cleanup;
    status = open_path(root, trim(text, (size_t)(equals - setting)), label, &leaf);
    if (status != CLP_OK) goto cleanup;
    if (clp_scalar_is_null(value) && *value->text) { /* --set boundary.top=null takes a key out */
        clp_tree_remove(root, leaf);
    } else {
        clp_tree_replace(leaf, value);
        value = NULL;
    }
cleanup:
    clp_tree_destroy(value);
    free(text);
    return status;
}
