/* SPDX-License-Identifier: MIT */
/* What the problem file says of sides and axes. */
#include "io/declare.h"

#include "io/show.h"

#include <stdio.h>
#include <string.h>

/* Says what happens on a side; a second word about it contradicts or repeats the first. */
static clp_status say(const clp_key_value *v, clp_given_side *side, clp_boundary_kind kind,
                      clp_given_value *given)
{
    bool pair = kind == CLP_BOUNDARY_TRANSFER && side->kind == kind;
    if (side->said && !pair)
        return clp_fail_at(v->node,
                           "'%s' comes beside '%s', which already says what happens on the side; keep one",
                           v->path, side->said->key);
    side->kind = kind;
    side->said = v->node;
    return clp_value_field(v, given);
}

/* The target of these is a field of a side; the offset in the table leads back to the side. */
static clp_given_side *side_of(const clp_key_value *v)
{
    return (clp_given_side *)((char *)v->target - v->key->offset);
}

clp_status clp_side_read_held(const clp_key_value *v)
{
    return say(v, side_of(v), CLP_BOUNDARY_VALUE, v->target);
}

clp_status clp_side_read_flux(const clp_key_value *v)
{
    return say(v, side_of(v), CLP_BOUNDARY_FLUX, v->target);
}

clp_status clp_side_read_transfer(const clp_key_value *v)
{
    return say(v, side_of(v), CLP_BOUNDARY_TRANSFER, v->target);
}

clp_status clp_side_read_ambient(const clp_key_value *v)
{
    return say(v, side_of(v), CLP_BOUNDARY_TRANSFER, v->target);
}

static clp_status fail_word(const clp_key_value *v, int side)
{
    const char *text = v->node->text;
    if (strcmp(text, "periodic") == 0)
        return clp_fail_at(v->node,
                           "'%s': an axis is periodic, not a side; write %c: periodic in the place of its "
                           "two sides",
                           v->path, "xyz"[side / 2]);
    if (strcmp(text, "insulated") == 0)
        return clp_fail_at(v->node, "'%s': write {flux: 0} for an insulated side, or leave it out", v->path);
    return CLP_OK;
}

static clp_status read_side_map(const clp_key_value *v, clp_given_side *side)
{
    if (!v->node->first) return clp_value_fail(v);
    CLP_TRY(clp_level_read(&(clp_level){v->key->help.key, v->path, v->node, side}));
    if (side->kind != CLP_BOUNDARY_TRANSFER || (side->transfer.node && side->ambient.node)) return CLP_OK;
    return clp_fail_at(side->said,
                       "'%s' has '%s' without '%s'; write both, for example {transfer: 25, ambient: 20}",
                       v->path, side->said->key, side->transfer.node ? "ambient" : "transfer");
}

clp_status clp_side_read(const clp_key_value *v)
{
    clp_given_side *sides = v->target;
    char place[128];
    int index;
    if (!clp_key_is_side(v->node->key, &index)) return clp_value_fail(v);
    clp_given_side *side = &sides[index];
    if (side->entry)
        return clp_fail_at(v->node, "'%s' and '%s' (%s) are the same side; remove one", v->node->key,
                           side->entry->key, clp_tree_place(side->entry, place, sizeof place));
    side->entry = v->node;
    if (v->node->kind == CLP_TREE_MAP) return read_side_map(v, side);
    if (v->node->kind == CLP_TREE_TEXT) CLP_TRY(fail_word(v, index));
    return say(v, side, CLP_BOUNDARY_VALUE, &side->value);
}

clp_status clp_axis_read(const clp_key_value *v)
{
    if (v->node->kind != CLP_TREE_TEXT || strcmp(v->node->text, "periodic") != 0) return clp_value_fail(v);
    ((const clp_tree **)v->target)[v->node->key[0] - 'x'] = v->node;
    return CLP_OK;
}

clp_status clp_sides_check(const clp_declaration *declaration)
{
    char place[128];
    for (int side = 0; side < CLP_SIDES; side++) {
        const clp_tree *entry = declaration->sides[side].entry, *axis = declaration->periodic[side / 2];
        if (!entry || !axis) continue;
        /* At the later one, or at what comes from the command line. */
        bool at_side = axis->line && (!entry->line || entry->line > axis->line);
        const clp_tree *at = at_side ? entry : axis, *other = at_side ? axis : entry;
        return clp_fail_at(
            at,
            "'boundary.%s' contradicts 'boundary.%s' (%s): a periodic axis joins its two sides; keep "
            "one of them",
            at->key, other->key, clp_tree_place(other, place, sizeof place));
    }
    return CLP_OK;
}
