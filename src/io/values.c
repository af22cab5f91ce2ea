/* SPDX-License-Identifier: MIT */
#include "io/values.h"

#include "base/text.h"
#include "io/declare.h"
#include "io/scalar.h"
#include "io/show.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void clp_path_join(char *path, const char *group, const char *name)
{
    char shown[CLP_SHOWN_SIZE];
    clp_cut_text(path, CLP_PATH_SIZE, group);
    size_t length = strlen(path);
    if (length + 2 > CLP_PATH_SIZE) return;
    if (length > 0) path[length++] = '.';
    clp_cut_text(path + length, CLP_PATH_SIZE - length, clp_show(name, shown));
}

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

clp_status clp_value_fail(const clp_key_value *v)
{
    char text[CLP_SHOWN_SIZE + 2];
    const char *given = describe(v->node, text, sizeof text);
    const char *hint = v->node->text && clp_scalar_has_comma(v->node->text)
                           ? "; numbers take a decimal point, not a comma"
                           : "";
    return clp_fail_at(v->node, "'%s' takes %s, not %s%s; for example %s", v->path, v->key->help.value, given,
                       hint, v->key->example);
}

/* What the contract of the format knows and this version does not do. */
static clp_status fail_later(const clp_key_value *v, const char *what, const char *instead)
{
    return clp_fail_at(v->node, "'%s'%s is not in this version yet (%s); %s", v->path, what, clp_version(),
                       instead);
}

static clp_status read_later(const clp_key_value *v)
{
    return fail_later(v, "", v->key->instead);
}

bool clp_value_is_text(const clp_tree *node)
{
    return node->kind == CLP_TREE_TEXT && *node->text && !clp_scalar_is_null(node) &&
           !clp_scalar_is_boolean(node);
}

/* ---- numbers ---- */

clp_status clp_value_check_range(const clp_key_value *v, double number)
{
    char shown[CLP_SHOWN_SIZE];
    clp_show(v->node->text, shown);
    if (!isfinite(number))
        return clp_fail_at(v->node, "'%s': %s is too large; numbers go up to 1.79e308", v->path, shown);
    if (v->key->positive && !(number > 0))
        return clp_fail_at(v->node, "'%s': %s is not above 0; it takes %s, for example %s%s", v->path, shown,
                           v->key->help.value, v->key->example,
                           strstr(v->key->help.key, "conductivity") ? " (or 1e-9 for an insulator)" : "");
    if (v->key->not_negative && number < 0)
        return clp_fail_at(v->node, "'%s': %s is below 0; it takes 0 or more, for example %s", v->path, shown,
                           v->key->example);
    return CLP_OK;
}

clp_status clp_value_number(const clp_key_value *v, double *number)
{
    if (!clp_value_is_text(v->node) || !clp_scalar_number(v->node->text, number)) return clp_value_fail(v);
    return clp_value_check_range(v, *number);
}

static clp_status parse_whole(const clp_key_value *v, size_t least, size_t *whole)
{
    char shown[CLP_SHOWN_SIZE];
    double number;
    if (!clp_value_is_text(v->node)) return clp_value_fail(v);
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

static clp_status read_tolerance(const clp_key_value *v)
{
    return is_auto(v->node) ? CLP_OK : clp_value_number(v, v->target);
}

static clp_status read_count(const clp_key_value *v)
{
    return is_auto(v->node) ? CLP_OK : parse_whole(v, 1, v->target);
}

/* ---- lists of numbers ---- */

static clp_status count_elements(const clp_key_value *v, size_t least, size_t most, size_t *count)
{
    if (v->node->kind != CLP_TREE_LIST) return clp_value_fail(v);
    *count = 0;
    for (const clp_tree *element = v->node->first; element; element = element->next) ++*count;
    if (*count >= least && *count <= most) return CLP_OK;
    return clp_fail_at(v->node, "'%s' takes %s, not a list of %zu; for example %s", v->path,
                       v->key->help.value, *count, v->key->example);
}

clp_status clp_value_numbers(const clp_key_value *v, size_t least, size_t most, double *numbers,
                             size_t *count)
{
    CLP_TRY(count_elements(v, least, most, count));
    for (const clp_tree *element = v->node->first; element; element = element->next)
        CLP_TRY(clp_value_number(&(clp_key_value){v->key, v->path, element, NULL}, numbers++));
    return CLP_OK;
}

static clp_status read_number(const clp_key_value *v)
{
    clp_given_numbers *given = v->target;
    given->node = v->node;
    given->count = 1;
    return clp_value_number(v, given->at);
}

static clp_status read_point(const clp_key_value *v)
{
    clp_given_numbers *given = v->target;
    given->node = v->node;
    return clp_value_numbers(v, 2, 3, given->at, &given->count);
}

static clp_status read_range(const clp_key_value *v)
{
    clp_given_numbers *given = v->target;
    given->node = v->node;
    return clp_value_numbers(v, 2, 2, given->at, &given->count);
}

static clp_status read_points(const clp_key_value *v)
{
    if (v->node->kind != CLP_TREE_LIST) return clp_value_fail(v);
    *(const clp_tree **)v->target = v->node;
    return CLP_OK;
}

static clp_status read_nodes(const clp_key_value *v)
{
    clp_given_nodes *given = v->target;
    given->node = v->node;
    CLP_TRY(count_elements(v, 2, 3, &given->count));
    size_t axis = 0;
    for (const clp_tree *element = v->node->first; element; element = element->next, axis++) {
        const clp_key_value one = {v->key, v->path, element, NULL};
        CLP_TRY(parse_whole(&one, given->count == 3 ? 0 : CLP_NODES_MIN, &given->at[axis]));
        if (given->at[axis] < CLP_NODES_MIN)
            return clp_fail_at(element,
                               "'%s': %zu along %c is too few; use at least %d, or leave this axis out of "
                               "'domain.size' and 'domain.nodes' for a problem in two dimensions",
                               v->path, given->at[axis], "xyz"[axis], CLP_NODES_MIN);
    }
    return CLP_OK;
}

/* ---- words ---- */

static clp_status read_field(const clp_key_value *v)
{
    return clp_value_field(v, v->target);
}

static clp_status read_flag(const clp_key_value *v)
{
    clp_given_flag *flag = v->target;
    bool on = v->node->kind == CLP_TREE_TEXT && strcasecmp(v->node->text, "true") == 0;
    if (!on && !(v->node->kind == CLP_TREE_TEXT && strcasecmp(v->node->text, "false") == 0))
        return clp_value_fail(v);
    *flag = (clp_given_flag){v->node, on};
    return CLP_OK;
}

static clp_status fail_choice(const clp_key_value *v, bool known)
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
    if (clp_value_is_text(v->node)) nearest = clp_nearest(v->node->text, names, count);
    if (nearest)
        return clp_fail_at(v->node, "'%s' takes one of %s, not %s; did you mean '%s'?", v->path, allowed,
                           text, nearest);
    return clp_fail_at(v->node, "'%s' takes one of %s, not %s; for example %s", v->path, allowed, text,
                       v->key->example);
}

static clp_status read_choice(const clp_key_value *v)
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

static clp_status read_name(const clp_key_value *v)
{
    if (!clp_value_is_text(v->node)) return clp_value_fail(v);
    *(const char **)v->target = v->node->text;
    return CLP_OK;
}

static clp_status read_file(const clp_key_value *v)
{
    double number;
    if (!clp_value_is_text(v->node)) return clp_value_fail(v);
    if (!v->node->quoted && clp_scalar_number(v->node->text, &number)) /* more likely meant as a switch */
        return clp_value_fail(v);
    *(const char **)v->target = v->node->text;
    return CLP_OK;
}

clp_status clp_value_read(const clp_key_value *value)
{
    static clp_status (*const readers[])(const clp_key_value *) = {
        [CLP_KEY_LATER] = read_later,
        [CLP_KEY_NUMBER] = read_number,
        [CLP_KEY_POINT] = read_point,
        [CLP_KEY_RANGE] = read_range,
        [CLP_KEY_POINTS] = read_points,
        [CLP_KEY_NODES] = read_nodes,
        [CLP_KEY_VALUE] = read_field,
        [CLP_KEY_FLAG] = read_flag,
        [CLP_KEY_TOLERANCE] = read_tolerance,
        [CLP_KEY_COUNT] = read_count,
        [CLP_KEY_CHOICE] = read_choice,
        [CLP_KEY_NAME] = read_name,
        [CLP_KEY_FILE] = read_file,
        [CLP_KEY_SIDE] = clp_side_read,
        [CLP_KEY_HELD] = clp_side_read_held,
        [CLP_KEY_FLUX] = clp_side_read_flux,
        [CLP_KEY_TRANSFER] = clp_side_read_transfer,
        [CLP_KEY_AMBIENT] = clp_side_read_ambient,
        [CLP_KEY_AXIS] = clp_axis_read,
        [CLP_KEY_REGIONS] = clp_regions_read,
        [CLP_KEY_COLORS] = clp_colors_read,
        [CLP_KEY_PROBES] = clp_probes_read,
    };
    return readers[value->key->kind](value);
}
