/* SPDX-License-Identifier: MIT */
#include "io/values.h"

#include "base/text.h"
#include "io/scalar.h"
#include "io/show.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* What was given, in a few words. */
static const char *describe(const clp_tree *node, char *text, size_t size)
{
    char shown[CLP_SHOWN_SIZE];
    if (node->kind == CLP_TREE_LIST) return "a list";
    if (node->kind == CLP_TREE_MAP) return "keys";
    if (clp_scalar_is_null(node)) return "nothing";
    snprintf(text, size, "'%s'", clp_show(node->text, shown));
    return text;
}

clp_status clp_value_fail(const clp_value *v)
{
    char text[CLP_SHOWN_SIZE + 2];
    const char *given = describe(v->node, text, sizeof text);
    const char *hint = v->node->text && clp_scalar_has_comma(v->node->text)
                           ? "; numbers take a decimal point, not a comma"
                           : "";
    if (v->key->kind == CLP_KEY_FIXED)
        return clp_fail_at(v->node, "'%s' takes only %s in this version, not %s%s", v->path,
                           v->key->help.initial, given, hint);
    return clp_fail_at(v->node, "'%s' takes %s, not %s%s; for example %s", v->path, v->key->help.value, given,
                       hint, v->key->example);
}

/* What the contract of the format knows and this version does not do. */
static clp_status fail_later(const clp_value *v, const char *what, const char *instead)
{
    return clp_fail_at(v->node, "'%s'%s is not in this version yet (%s); %s", v->path, what, clp_version(),
                       instead);
}

static clp_status read_later(const clp_value *v)
{
    return fail_later(v, "", v->key->instead);
}

static bool is_plain_text(const clp_tree *node)
{
    return node->kind == CLP_TREE_TEXT && *node->text && !clp_scalar_is_null(node) &&
           !clp_scalar_is_boolean(node);
}

static clp_status parse_number(const clp_value *v, double *number)
{
    char shown[CLP_SHOWN_SIZE], what[CLP_SHOWN_SIZE + 64];
    if (!is_plain_text(v->node)) return clp_value_fail(v);
    const char *text = v->node->text;
    if (!clp_scalar_number(text, number)) {
        bool npy = clp_scalar_is_npy(text);
        if (!v->key->field || (!npy && !clp_scalar_is_formula(text))) return clp_value_fail(v);
        snprintf(what, sizeof what, ": %s such as '%s'", npy ? "a file of values" : "an expression",
                 clp_show(text, shown));
        return fail_later(v, what, v->key->instead ? v->key->instead : "write a number");
    }
    if (!isfinite(*number))
        return clp_fail_at(v->node, "'%s': %s is too large; numbers go up to 1.79e308", v->path,
                           clp_show(text, shown));
    if (v->key->positive && !(*number > 0))
        return clp_fail_at(v->node, "'%s': %s is not above 0; it takes %s, for example %s", v->path,
                           clp_show(text, shown), v->key->help.value, v->key->example);
    return CLP_OK;
}

static clp_status read_number(const clp_value *v)
{
    return parse_number(v, v->target);
}

/* The one value that some keys may have so far. */
static clp_status parse_only(const clp_value *v, double only)
{
    double number = 0;
    if (v->node->kind != CLP_TREE_TEXT) return clp_value_fail(v);
    CLP_TRY(parse_number(v, &number));
    if (number == only) return CLP_OK;
    char what[32];
    snprintf(what, sizeof what, " other than %d", (int)only);
    return fail_later(v, what, v->key->instead);
}

static clp_status read_fixed(const clp_value *v)
{
    return parse_only(v, v->key->help.initial[0] - '0');
}

static clp_status parse_whole(const clp_value *v, size_t least, size_t *whole)
{
    char shown[CLP_SHOWN_SIZE];
    double number;
    if (!is_plain_text(v->node)) return clp_value_fail(v);
    const char *text = v->node->text;
    if (!clp_parse_size(text, whole)) {
        if (!clp_scalar_number(text, &number)) return clp_value_fail(v);
        if (number != floor(number))
            return clp_fail_at(v->node, "'%s': %s is not a whole number; it takes %s, for example %s",
                               v->path, clp_show(text, shown), v->key->help.value, v->key->example);
        if (number >= 2.0 * (double)(SIZE_MAX / 2 + 1))
            return clp_fail_at(v->node, "'%s': %s is too large", v->path, clp_show(text, shown));
        *whole = number > 0 ? (size_t)number : 0;
    }
    if (*whole < least)
        return clp_fail_at(v->node, "'%s': %s is too few; it takes at least %zu, for example %s", v->path,
                           clp_show(text, shown), least, v->key->example);
    return CLP_OK;
}

static bool is_auto(const clp_tree *node)
{
    return node->kind == CLP_TREE_TEXT && strcmp(node->text, "auto") == 0;
}

static clp_status read_tolerance(const clp_value *v)
{
    return is_auto(v->node) ? CLP_OK : parse_number(v, v->target);
}

static clp_status read_count(const clp_value *v)
{
    return is_auto(v->node) ? CLP_OK : parse_whole(v, 1, v->target);
}

static clp_status read_list(const clp_value *v, clp_status (*read_element)(const clp_value *),
                            size_t element_size)
{
    if (v->node->kind != CLP_TREE_LIST) return clp_value_fail(v);
    size_t count = 0;
    for (const clp_tree *element = v->node->first; element; element = element->next) count++;
    if (count == 3) return fail_later(v, " with three axes", "write two numbers, for x and y");
    if (count != CLP_AXES)
        return clp_fail_at(v->node, "'%s' takes %s, not a list of %zu; for example %s", v->path,
                           v->key->help.value, count, v->key->example);
    char *target = v->target;
    for (const clp_tree *element = v->node->first; element; element = element->next, target += element_size)
        CLP_TRY(read_element(&(clp_value){v->key, v->path, element, target}));
    return CLP_OK;
}

static clp_status read_pair(const clp_value *v)
{
    return read_list(v, read_number, sizeof(double));
}

static clp_status read_extent(const clp_value *v)
{
    return parse_whole(v, CLP_NODES_MIN, v->target);
}

static clp_status read_nodes(const clp_value *v)
{
    return read_list(v, read_extent, sizeof(size_t));
}

static clp_status fail_choice(const clp_value *v, bool known)
{
    const char *names[16], *nearest = NULL;
    char allowed[128] = "", what[CLP_SHOWN_SIZE], given[CLP_SHOWN_SIZE + 2];
    size_t count = 0, length = 0;
    for (const clp_choice *choice = v->key->choices; choice->name && count < 16; choice++) {
        if (!choice->available) continue;
        names[count++] = choice->name;
        int added =
            snprintf(allowed + length, sizeof allowed - length, "%s%s", length ? ", " : "", choice->name);
        if (added > 0 && (size_t)added < sizeof allowed - length) length += (size_t)added;
    }
    if (known) {
        snprintf(what, sizeof what, ": %.32s", v->node->text);
        char instead[sizeof allowed + 32];
        snprintf(instead, sizeof instead, "choose among %s", allowed);
        return fail_later(v, what, instead);
    }
    const char *text = describe(v->node, given, sizeof given);
    if (is_plain_text(v->node)) nearest = clp_nearest(v->node->text, names, count);
    if (nearest)
        return clp_fail_at(v->node, "'%s' takes one of %s, not %s; did you mean '%s'?", v->path, allowed,
                           text, nearest);
    return clp_fail_at(v->node, "'%s' takes one of %s, not %s; for example %s", v->path, allowed, text,
                       v->key->example);
}

static clp_status read_choice(const clp_value *v)
{
    if (v->node->kind == CLP_TREE_TEXT)
        for (const clp_choice *choice = v->key->choices; choice->name; choice++) {
            if (strcmp(v->node->text, choice->name) != 0) continue;
            if (!choice->available) return fail_choice(v, true);
            *(int *)v->target = choice->value;
            return CLP_OK;
        }
    return fail_choice(v, false);
}

static clp_status read_file(const clp_value *v)
{
    double number;
    if (!is_plain_text(v->node)) return clp_value_fail(v);
    if (!v->node->quoted && clp_scalar_number(v->node->text, &number)) /* more likely meant as a switch */
        return clp_value_fail(v);
    *(const char **)v->target = v->node->text;
    return CLP_OK;
}

/* Says what happens on a side; a second word about it contradicts or repeats the first. */
static clp_status say(const clp_value *v, clp_boundary boundary)
{
    clp_declared_side *side = v->target;
    if (side->said)
        return clp_fail_at(v->node,
                           "'%s' comes beside '%s', which already says what happens on the side; keep one",
                           v->path, side->said->key);
    side->boundary = boundary;
    side->said = v->node;
    return CLP_OK;
}

static clp_status read_side_value(const clp_value *v)
{
    double value = 0;
    CLP_TRY(parse_number(v, &value));
    return say(v, (clp_boundary){.kind = CLP_BOUNDARY_VALUE, .value = value});
}

static clp_status read_side_flux(const clp_value *v)
{
    CLP_TRY(parse_only(v, 0));
    return say(v, (clp_boundary){.kind = CLP_BOUNDARY_INSULATED});
}

clp_status clp_value_read(const clp_value *value)
{
    static clp_status (*const readers[])(const clp_value *) = {
        [CLP_KEY_LATER] = read_later,
        [CLP_KEY_FIXED] = read_fixed,
        [CLP_KEY_NUMBER] = read_number,
        [CLP_KEY_PAIR] = read_pair,
        [CLP_KEY_NODES] = read_nodes,
        [CLP_KEY_TOLERANCE] = read_tolerance,
        [CLP_KEY_COUNT] = read_count,
        [CLP_KEY_CHOICE] = read_choice,
        [CLP_KEY_FILE] = read_file,
        [CLP_KEY_SIDE] = read_side_value,
        [CLP_KEY_SIDE_VALUE] = read_side_value,
        [CLP_KEY_SIDE_FLUX] = read_side_flux,
    };
    return readers[value->key->kind](value);
}
