/* SPDX-License-Identifier: MIT */
/* What the problem file says of regions and of the colours of a picture. */
#include "io/declare.h"

#include "base/text.h"
#include "io/scalar.h"
#include "io/show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longest name, in bytes: more does not fit the core's messages. */
enum { NAME_MOST = 60 };

static clp_status make_list(const clp_tree *node, clp_given_regions *regions)
{
    size_t count = 0;
    for (const clp_tree *entry = node->first; entry; entry = entry->next) count++;
    regions->node = node;
    regions->list = calloc(count ? count : 1, sizeof *regions->list);
    return regions->list ? CLP_OK : clp_fail_host_memory(count * sizeof *regions->list);
}

static clp_status check_name(const clp_given_region *region)
{
    const char *name = region->name;
    char shown[CLP_SHOWN_SIZE];
    int side;
    if (!name) return CLP_OK;
    const clp_tree *place = clp_tree_find(region->entry, "name");
    if (strlen(name) > NAME_MOST)
        return clp_fail_at(place, "the name '%s' has %zu bytes; names have at most %d", clp_show(name, shown),
                           strlen(name), NAME_MOST);
    if (strcmp(clp_show(name, shown), name) != 0)
        return clp_fail_at(place, "the name '%s' has characters that cannot be shown; leave them out", shown);
    if (clp_key_is_side(name, &side))
        return clp_fail_at(place,
                           "'%s' is the name of a side, so reports could not tell the two apart; choose "
                           "another one",
                           name);
    return CLP_OK;
}

/* Contradictions between what a region sets. */
static clp_status check_sets(const clp_given_region *region)
{
    const clp_given_value *const materials[] = {&region->conductivity, &region->reaction, &region->source,
                                                &region->capacity};
    const clp_tree *held = region->value.node, *floating = region->floating.on ? region->floating.node : NULL;
    if (held && floating)
        return clp_fail_at(floating, "'%s.floating' comes beside 'value', which holds u already; keep one",
                           region->path);
    for (int i = 0; i < 4 && (held || floating); i++)
        if (materials[i]->node)
            return clp_fail_at(
                materials[i]->node,
                "'%s' has no effect: inside an electrode ('%s') u is one number; leave one of them "
                "out",
                materials[i]->path, held ? "value" : "floating");
    return CLP_OK;
}

clp_region clp_region_of(const clp_given_region *given)
{
    clp_region region = {.name = given->name};
    if (given->value.node) region.sets |= CLP_SETS_VALUE;
    if (given->floating.on) region.sets |= CLP_SETS_FLOATING;
    if (given->conductivity.node) region.sets |= CLP_SETS_CONDUCTIVITY;
    if (given->reaction.node) region.sets |= CLP_SETS_REACTION;
    if (given->source.node) region.sets |= CLP_SETS_SOURCE;
    if (given->capacity.node) region.sets |= CLP_SETS_CAPACITY;
    region.value = given->value.value;
    region.conductivity = given->conductivity.value;
    region.reaction = given->reaction.value;
    region.source = given->source.value;
    region.capacity = given->capacity.value;
    return region;
}

static clp_status read_region(const char *group, clp_given_region *region)
{
    CLP_TRY(clp_level_read(&(clp_level){group, region->path, region->entry, region}));
    CLP_TRY(check_name(region));
    return check_sets(region);
}

static clp_status check_complete(const clp_given_region *region)
{
    if (!region->shape)
        return clp_fail_at(region->entry,
                           "'%s' lacks 'shape'; write for example shape: circle, with center and radius",
                           region->path);
    if (!clp_region_of(region).sets)
        return clp_fail_at(region->entry,
                           "'%s' sets nothing; add value, floating: true, conductivity, reaction, "
                           "source or capacity",
                           region->path);
    return CLP_OK;
}

clp_status clp_regions_read(const clp_key_value *v)
{
    clp_given_regions *regions = v->target;
    char number[32];
    if (v->node->kind == CLP_TREE_MAP)
        return clp_fail_at(v->node,
                           "'%s' takes %s, not keys; begin each with '- ' on a line of its own, or put all "
                           "of them into brackets: [{...}, {...}]",
                           v->path, v->key->help.value);
    if (v->node->kind != CLP_TREE_LIST) return clp_value_fail(v);
    CLP_TRY(make_list(v->node, regions));
    for (const clp_tree *entry = v->node->first; entry; entry = entry->next) {
        clp_given_region *region = &regions->list[regions->count++];
        const clp_tree *name = entry->kind == CLP_TREE_MAP ? clp_tree_find(entry, "name") : NULL;
        region->entry = entry;
        snprintf(number, sizeof number, "%zu", regions->count);
        clp_path_join(region->path, v->path, name && clp_value_is_text(name) ? name->text : number);
        CLP_TRY(read_region("regions.REGION", region));
        CLP_TRY(check_complete(region));
    }
    return CLP_OK;
}

clp_status clp_colors_read(const clp_key_value *v)
{
    clp_given_regions *colors = v->target;
    if (clp_scalar_is_null(v->node) || (v->node->kind == CLP_TREE_MAP && !v->node->first))
        return clp_fail_at(
            v->node,
            "'%s' is empty; write for example %s (colours need their quotes: what follows a # without "
            "them is a remark)",
            v->path, v->key->example);
    if (v->node->kind != CLP_TREE_MAP) return clp_value_fail(v);
    CLP_TRY(make_list(v->node, colors));
    for (const clp_tree *entry = v->node->first; entry; entry = entry->next) {
        clp_given_region *color = &colors->list[colors->count++];
        color->entry = entry;
        clp_path_join(color->path, v->path, entry->key);
        if (!clp_scalar_is_null(entry)) CLP_TRY(read_region("image.colors.COLOR", color));
    }
    return CLP_OK;
}

/* What a report calls it; NULL: its number. */
static const char *name_of(const clp_given_region *region)
{
    return region->name ? region->name : region->entry->key;
}

static clp_status check_distinct(const clp_given_region *one, const clp_given_region *two)
{
    char place[128], shown[CLP_SHOWN_SIZE];
    const char *name = name_of(one), *other = name_of(two);
    if (!name || !other || strcmp(name, other) != 0) return CLP_OK;
    const clp_tree *at = two->name ? clp_tree_find(two->entry, "name") : two->entry;
    return clp_fail_at(at, "'%s' is already the name of another one (%s); choose another name",
                       clp_show(name, shown), clp_tree_place(one->entry, place, sizeof place));
}

clp_status clp_regions_check(const clp_declaration *declaration)
{
    const clp_given_regions *colors = &declaration->colors, *regions = &declaration->regions;
    size_t count = colors->count + regions->count;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++) {
            const clp_given_region *one =
                j < colors->count ? &colors->list[j] : &regions->list[j - colors->count];
            const clp_given_region *two =
                i < colors->count ? &colors->list[i] : &regions->list[i - colors->count];
            CLP_TRY(check_distinct(one, two));
        }
    return CLP_OK;
}
