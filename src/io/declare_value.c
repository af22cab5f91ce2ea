/* SPDX-License-Identifier: MIT */
/* Numbers, expressions and names of files of values. */
#include "io/values.h"

#include "base/text.h"
#include "io/scalar.h"
#include "io/show.h"
#include "problem/expression.h"

#include <string.h>
#include <strings.h>

/* The ending of a text that looks like the name of a file; NULL: it does not. */
static const char *find_ending(const char *text)
{
    const char *dot = strrchr(text, '.');
    if (!dot || dot == text || strlen(dot) > 6) return NULL;
    bool letter = (dot[1] >= 'a' && dot[1] <= 'z') || (dot[1] >= 'A' && dot[1] <= 'Z');
    return letter && !strpbrk(dot, " ()*+-/^<>?:,") ? dot : NULL;
}

static clp_status read_file_name(const clp_key_value *v, clp_given_value *given)
{
    char shown[CLP_SHOWN_SIZE];
    if (v->key->no_file)
        return clp_fail_at(
            v->node,
            "'%s': a file of values such as '%s' is not possible here; write %s, or put values "
            "that differ from place to place into a file for the whole box, such as "
            "conductivity: k.npy",
            v->path, clp_show(v->node->text, shown), v->key->help.value);
    given->file = v->node->text;
    return CLP_OK;
}

/* Of sides, whose values may follow a table of times. */
static clp_status read_table_name(const clp_key_value *v, clp_given_value *given)
{
    char shown[CLP_SHOWN_SIZE];
    if (strncmp(v->key->help.key, "boundary.", 9) != 0 || v->key->not_negative)
        return clp_fail_at(
            v->node,
            "'%s': a table of times and values such as '%s' is for what sides hold, feed or are "
            "surrounded by; write %s",
            v->path, clp_show(v->node->text, shown), v->key->help.value);
    given->file = v->node->text;
    given->table = true;
    return CLP_OK;
}

/* Inside braces a comma ends the value: {value: min(x, y)} has a second key, "y)". */
static bool is_cut_at_comma(const clp_tree *node)
{
    return !node->quoted && strchr(node->text, '(') && node->next && node->next->key &&
           strchr(node->next->key, ')');
}

static clp_status read_expression(const clp_key_value *v, clp_given_value *given)
{
    clp_expression *expression;
    double number;
    clp_status status = clp_expression_parse(v->node->text, &expression);
    if (status == CLP_ERROR_INPUT && is_cut_at_comma(v->node))
        return clp_fail_at(
            v->node,
            "'%s': inside braces a comma ends the value; put the expression into quotes, for example "
            "\"min(x, y)\"",
            v->path);
    if (status == CLP_ERROR_INPUT) {
        clp_fail_within(status, "'%s': ", v->path);
        return clp_fail_within_at(status, v->node);
    }
    if (status == CLP_OK && clp_expression_is_constant(expression, &number))
        status = clp_value_check_range(v, number);
    clp_expression_destroy(expression);
    given->value.expression = v->node->text;
    return status;
}

clp_status clp_value_field(const clp_key_value *v, clp_given_value *given)
{
    char shown[CLP_SHOWN_SIZE];
    given->node = v->node;
    clp_cut_text(given->path, sizeof given->path, v->path);
    if (!clp_value_is_text(v->node)) return clp_value_fail(v);
    const char *text = v->node->text;
    if (clp_scalar_number(text, &given->value.number)) return clp_value_check_range(v, given->value.number);
    if (clp_scalar_has_comma(text)) return clp_value_fail(v);
    if (clp_scalar_is_npy(text)) return read_file_name(v, given);
    const char *ending = find_ending(text);
    if (ending && strcasecmp(ending, ".csv") == 0) return read_table_name(v, given);
    if (ending)
        return clp_fail_at(v->node,
                           "'%s': '%s' is no .npy file, and other files of values are not read; save the "
                           "numbers with numpy.save",
                           v->path, clp_show(text, shown));
    return read_expression(v, given);
}
