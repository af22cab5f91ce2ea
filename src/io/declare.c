/* SPDX-License-Identifier: MIT */
#include "io/declare.h"

#include "base/checked.h"
#include "base/text.h"
#include "io/scalar.h"
#include "io/show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GROUP_SIZE = 80, LIST_SIZE = 512 };

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

static clp_status fail_no_map(const clp_level *l)
{
    clp_key_names names;
    char list[LIST_SIZE], shown[CLP_SHOWN_SIZE];
    clp_key_list(l->group, &names);
    list_keys(&names, list);
    char what[CLP_PATH_SIZE + 16] = "a problem file";
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

/* What others call a key that can stand in this group, or anywhere; NULL if it is not known. */
static const char *find_synonym(const char *group, const char *name)
{
    static const struct {
        const char *key, *names;
    } synonyms[] = {
        {"time.step", " dt timestep time_step "},
        {"time.end", " duration t_end stop final "},
        {"time.output_every", " interval save_every output_interval "},
        {"boundary", " bc boundaries boundary_conditions sides "},
        {"conductivity", " k diffusivity diffusion diffusion_coefficient permittivity "},
        {"initial", " u0 ic initial_condition initial_value "},
        {"source", " rhs f heat charge "},
        {"time.capacity", " heat_capacity "},
        {"domain", " grid mesh box "},
        {"regions", " electrodes materials shapes "},
        {"solver.tolerance", " tol eps accuracy "},
        {"solver.max_iterations", " iterations max_iter maxiter "},
        {"value", " u temperature potential voltage concentration dirichlet "},
        {"flux", " neumann "},
    };
    char word[GROUP_SIZE], spelled[GROUP_SIZE];
    snprintf(word, sizeof word, " %s ", name);
    for (size_t i = 0; i < sizeof synonyms / sizeof *synonyms; i++) {
        const char *key = synonyms[i].key;
        if (!strstr(synonyms[i].names, word)) continue;
        if (clp_key_spell(group, key, spelled, sizeof spelled) && clp_key_find(spelled)) return key;
        return clp_key_find(key) || clp_key_is_group(key) ? key : NULL;
    }
    return NULL;
}

/* What may have been meant by a key that is not there; "" if nothing comes to mind. */
static void suggest(const clp_level *l, const clp_tree *entry, const clp_key_names *names, char *hint,
                    size_t size)
{
    const char *name = entry->key;
    char group[GROUP_SIZE], shown[CLP_SHOWN_SIZE];
    const char *nearest = clp_nearest(name, names->list, names->count), *dot = strchr(name, '.');
    const char *synonym = find_synonym(l->group, name);
    hint[0] = '\0';
    if (dot) { /* the spelling of --set */
        snprintf(group, sizeof group, "%.*s", (int)clp_min((size_t)(dot - name), GROUP_SIZE - 1), name);
        if (clp_key_is_group(group))
            snprintf(hint, size, "; write '%s:' with '%s:' below it", group, clp_show(dot + 1, shown));
        return;
    }
    find_elsewhere(name, group, sizeof group);
    if (*group && strcmp(group, l->group) != 0 && !entry->line)
        snprintf(hint, size, "; did you mean '%s.%s'?", group, name);
    else if (*group && strcmp(group, l->group) != 0)
        snprintf(hint, size, "; it belongs below '%s:'", group);
    else if (synonym)
        snprintf(hint, size, "; it is called '%s' here", synonym);
    else if (nearest)
        snprintf(hint, size, "; did you mean '%s'?", nearest);
}

static clp_status fail_unknown(const clp_level *l, const clp_tree *entry)
{
    clp_key_names names;
    char list[LIST_SIZE], shown[CLP_SHOWN_SIZE], hint[CLP_SHOWN_SIZE + 2 * GROUP_SIZE];
    clp_key_list(l->group, &names);
    list_keys(&names, list);
    suggest(l, entry, &names, hint, sizeof hint);
    clp_show(entry->key, shown);
    return clp_fail_at(entry, "'%s' is not a key of %s%s%s%s (keys there: %s)", shown, *l->path ? "'" : "",
                       *l->path ? l->path : "a problem file", *l->path ? "'" : "", hint, list);
}

static clp_status read_entry(const clp_level *l, const clp_tree *entry)
{
    char spelled[GROUP_SIZE], path[CLP_PATH_SIZE];
    if (!clp_key_spell(l->group, entry->key, spelled, sizeof spelled)) return fail_unknown(l, entry);
    const clp_key *key = clp_key_find(spelled);
    if (!key && !clp_key_is_group(spelled)) return fail_unknown(l, entry);
    clp_path_join(path, l->path, entry->key);
    if (!key) return clp_level_read(&(clp_level){spelled, path, entry, l->base});
    return clp_value_read(&(clp_key_value){key, path, entry, (char *)l->base + key->offset});
}

clp_status clp_level_read(const clp_level *l)
{
    if (l->map->kind != CLP_TREE_MAP) return fail_no_map(l);
    for (const clp_tree *entry = l->map->first; entry; entry = entry->next) CLP_TRY(read_entry(l, entry));
    return CLP_OK;
}

/* Keys without a default: those of the box, or in its place those of a picture. */
static clp_status check_complete(const clp_tree *root)
{
    const clp_key *key;
    const char *needed = clp_tree_find(root, "image") ? "image" : "domain";
    for (size_t i = 0; (key = clp_key_row(i)); i++) {
        const char *name = strchr(key->help.key, '.');
        if (*key->help.initial || !name || strchr(name + 1, '.')) continue;
        size_t length = (size_t)(name - key->help.key);
        if (length != strlen(needed) || strncmp(key->help.key, needed, length) != 0) continue;
        const clp_tree *map = clp_tree_find(root, needed);
        if (map && clp_tree_find(map, name + 1)) continue;
        /* A group that a setting has made is not where to write. */
        return clp_fail_at(map && map->line ? map : root,
                           "'%s' is missing; write %s below '%s:', for example %s", key->help.key,
                           key->help.value, needed, key->example);
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
    CLP_TRY(clp_level_read(&(clp_level){"", "", root, declaration}));
    CLP_TRY(check_complete(root));
    CLP_TRY(clp_sides_check(declaration));
    CLP_TRY(clp_regions_check(declaration));
    CLP_TRY(clp_time_check(root, declaration));
    return check_outputs(root);
}

void clp_declaration_finish(clp_declaration *declaration)
{
    free(declaration->regions.list);
    free(declaration->colors.list);
    free(declaration->probes.list);
    *declaration = (clp_declaration){0};
}
