/* SPDX-License-Identifier: MIT */
/*
 * Recursive descent, which writes the tree in postfix order as it goes. Whatever can nest passes through
 * `enter`, which bounds the recursion; chains such as a + b + c are loops. Operations on numbers alone are
 * done at once.
 */
#include "problem/expression_tree.h"

#include "base/checked.h"
#include "base/status.h"
#include "base/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SPACE " \t\r\n"

typedef struct parser {
    clp_expression *expression;
    const char *at;                        /* the place in its text */
    int nesting;                           /* how deep */
    size_t written;                        /* steps, those done at once included */
    char token[CLP_EXPRESSION_LENGTH + 1]; /* the number or name at hand */
} parser;

/* ---- messages ---- */

/* Bytes of the UTF-8 character at `text` if a terminal shows it in its place, or else 0. */
static size_t character_length(const char *text)
{
    static const unsigned char masks[] = {0, 0, 0x1f, 0x0f, 0x07};
    static const unsigned long least[] = {0, 0, 0xa0, 0x800, 0x10000};
    unsigned first = (unsigned char)text[0];
    if (first < 0x80) return first >= 0x20 && first != 0x7f;
    size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc0 || first > 0xf4) return 0;
    unsigned long code = first & masks[length];
    for (size_t i = 1; i < length; i++) {
        if (((unsigned char)text[i] & 0xc0) != 0x80) return 0;
        code = code << 6 | ((unsigned char)text[i] & 0x3f);
    }
    bool is_mark = (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
                   (code >= 0x2060 && code <= 0x206f) || (code >= 0xd800 && code <= 0xdfff) || code == 0xfeff;
    return code < least[length] || code > 0x10ffff || is_mark ? 0 : length;
}

static const char *next_character(const char *text)
{
    return text + clp_max(1, character_length(text));
}

/* Writes up to `count` characters of a text, fit for a terminal. */
static char *show_characters(char *shown, const char *text, size_t count)
{
    for (; *text && count > 0; count--) {
        size_t length = character_length(text);
        if (length > 0)
            memcpy(shown, text, length);
        else
            *shown = strchr(SPACE, *text) ? ' ' : '?';
        shown += clp_max(1, length);
        text = next_character(text);
    }
    *shown = '\0';
    return shown;
}

clp_status clp_expression_fail_at(const char *text, size_t place, const char *format, ...)
{
    enum { AROUND = 30 };
    char message[512], shown[4 * 2 * AROUND + 16];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    size_t before = 0;
    const char *begin = text;
    for (const char *c = text; c < text + place; c = next_character(c)) before++;
    for (; before > AROUND; before--) begin = next_character(begin);
    const char *dots = begin > text ? "..." : "";
    char *end = show_characters(stpcpy(shown, dots), begin, before + AROUND);
    for (size_t i = 0; i < before + AROUND && *begin; i++) begin = next_character(begin);
    strcpy(end, *begin ? "..." : "");
    return clp_fail(CLP_ERROR_INPUT, "%s\n  %s\n  %*s^", message, shown, (int)(before + strlen(dots)), "");
}

#define FAIL(p, place, ...)                                                                                  \
    clp_expression_fail_at((p)->expression->text, (size_t)((place) - (p)->expression->text), __VA_ARGS__)

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static void skip_space(parser *p)
{
    while (*p->at && strchr(SPACE, *p->at)) p->at++;
}

/* Copies a token and leaves it behind. */
static void take_token(parser *p, const char *end)
{
    size_t length = (size_t)(end - p->at);
    memcpy(p->token, p->at, length);
    p->token[length] = '\0';
    p->at = end;
}

static clp_status enter(parser *p, const char *place)
{
    if (++p->nesting <= CLP_EXPRESSION_DEPTH) return CLP_OK;
    return FAIL(p, place, "the expression is nested deeper than %d levels; simplify it",
                CLP_EXPRESSION_DEPTH);
}

/* ---- writing the tree ---- */

static clp_status write_step(parser *p, const char *place, clp_step step)
{
    if (p->written++ >= CLP_EXPRESSION_STEPS)
        return FAIL(p, place, "the expression has more than %d numbers, names and operators; simplify it",
                    CLP_EXPRESSION_STEPS);
    step.position = (unsigned)(place - p->expression->text);
    p->expression->steps[p->expression->count++] = step;
    return CLP_OK;
}

static clp_status write_number(parser *p, const char *place, double number)
{
    return write_step(p, place, (clp_step){.operation = CLP_DO_NUMBER, .number = number});
}

/* Writes a mark, whose target comes later, and remembers where it is. */
static clp_status write_mark(parser *p, const char *place, clp_operation operation, size_t *mark)
{
    *mark = p->expression->count;
    return write_step(p, place, (clp_step){.operation = operation});
}

static void go_on_here(parser *p, size_t mark)
{
    p->expression->steps[mark].target = p->expression->count;
}

/* Writes an operation after its operands. On numbers it is done at once, if that gives a number: no jump
 * leads to between them, so that their places are free. Choices have marks in between and stay. */
static clp_status write_operation(parser *p, const char *place, clp_operation operation)
{
    clp_expression *e = p->expression;
    size_t operands = (size_t)clp_operation_describe(operation)->operands, numbers = 0;
    double values[3] = {0};
    while (numbers < operands && e->steps[e->count - 1 - numbers].operation == CLP_DO_NUMBER) numbers++;
    for (size_t k = 0; k < numbers; k++) values[k] = e->steps[e->count - numbers + k].number;
    double result = numbers == operands ? clp_operation_apply(operation, values) : NAN;
    if (isfinite(result)) {
        e->count -= operands;
        return write_number(p, place, result);
    }
    if (operation == CLP_DO_POWER && numbers == 1 && (values[0] == 2 || values[0] == 3)) {
        e->count--; /* as a product, on every device */
        operation = values[0] == 2 ? CLP_DO_SQUARE : CLP_DO_CUBE;
    }
    return write_step(p, place, (clp_step){.operation = operation});
}

/* ---- operators ---- */

/* In the order of trying, so that the longer ones come first; with `instead`, what others write. */
static const struct symbol {
    const char *text;
    int binding; /* the higher, the tighter */
    clp_operation operation;
    const char *instead;
} symbols[] = {
    {"**", 0, 0, "^"},
    {"===", 0, 0, "=="},
    {"=<", 0, 0, "<="},
    {"=>", 0, 0, ">="},
    {"<>", 0, 0, "!="},
    {"||", 1, CLP_DO_OR, NULL},
    {"&&", 2, CLP_DO_AND, NULL},
    {"==", 3, CLP_DO_EQUAL, NULL},
    {"!=", 3, CLP_DO_NOT_EQUAL, NULL},
    {"<=", 3, CLP_DO_LESS_EQUAL, NULL},
    {">=", 3, CLP_DO_GREATER_EQUAL, NULL},
    {"<", 3, CLP_DO_LESS, NULL},
    {">", 3, CLP_DO_GREATER, NULL},
    {"+", 4, CLP_DO_ADD, NULL},
    {"-", 4, CLP_DO_SUBTRACT, NULL},
    {"*", 5, CLP_DO_MULTIPLY, NULL},
    {"/", 5, CLP_DO_DIVIDE, NULL},
    {"=", 0, 0, "=="},
    {"&", 0, 0, "&&"},
    {"|", 0, 0, "||"},
    {"and", 0, 0, "&&"},
    {"or", 0, 0, "||"},
    {"%", 0, 0, "mod(a, b)"},
    {"[", 0, 0, "("},
    {"]", 0, 0, ")"},
    {"\u00d7", 0, 0, "*"},
    {"\u00b7", 0, 0, "*"},
    {"\u2212", 0, 0, "-"},
    {"\u00b2", 0, 0, "^2"},
    {"\u00b3", 0, 0, "^3"},
    {"\u03c0", 0, 0, "pi"},
};

enum { COMPARISON = 3 };

static const struct symbol *find_symbol(const char *text)
{
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
        if (strncmp(text, symbols[i].text, strlen(symbols[i].text)) == 0) return &symbols[i];
    return NULL;
}

/* For whatever stands where an operator should be. */
static clp_status fail_unexpected(parser *p)
{
    const struct symbol *known = find_symbol(p->at);
    char c = *p->at;
    if (known && known->instead) return FAIL(p, p->at, "write %s instead of %s", known->instead, known->text);
    if (c == ')') return FAIL(p, p->at, "this ')' has no '(' before it");
    if (c == ':')
        return FAIL(p, p->at, "this ':' has no '?' before it; write condition ? value : other value");
    if (c == ',')
        return FAIL(p, p->at,
                    "a ',' only separates arguments of a function; decimals have a point, as in 0.5");
    if (is_letter(c) || is_digit(c) || c == '.' || c == '(')
        return FAIL(p, p->at, "an operator is missing before this; * multiplies, as in 2*x and 2*(x + 1)");
    return FAIL(p, p->at,
                "this character has no meaning here; there are + - * / ^ < <= > >= == != && || ! ?:");
}

/* For whatever stands where a number, a variable or a function should be. */
static clp_status fail_no_operand(parser *p)
{
    const char *text = p->expression->text;
    const struct symbol *known = find_symbol(p->at);
    if (!*p->at && strspn(text, SPACE) == strlen(text))
        return FAIL(p, p->at, "the expression is empty; write a number such as 0.5");
    if (!*p->at)
        return FAIL(p, p->at, "the expression ends where a number, a variable or a function is missing");
    if ((known && !known->instead) || strchr("^?:,)", *p->at))
        return FAIL(p, p->at, "a number, a variable or a function is missing before this");
    if (*p->at == '.')
        return FAIL(p, p->at, "there are no digits at this point; write numbers as 0.5 or 2e-3");
    return fail_unexpected(p);
}

/* ---- grammar ---- */

static clp_status parse_choice(parser *p);
static clp_status parse_unary(parser *p);

/* Strict, where strtod would also take 0x10 and inf. */
static clp_status parse_number(parser *p)
{
    const char *begin = p->at, *end = p->at;
    double number;
    while (is_digit(*end)) end++;
    if (*end == '.') end++;
    while (is_digit(*end)) end++;
    if (*end == 'e' || *end == 'E') {
        const char *digits = end + 1 + (end[1] == '+' || end[1] == '-');
        if (is_digit(*digits)) end = digits;
        while (is_digit(*end)) end++;
    }
    take_token(p, end);
    if (!clp_parse_double(p->token, &number)) return FAIL(p, begin, "this is no number; write 0.5 or 2e-3");
    if (!isfinite(number)) return FAIL(p, begin, "this number is too large; the largest is about 1.8e308");
    return write_number(p, begin, number);
}

static clp_status expect_closing(parser *p, const char *opening)
{
    skip_space(p);
    if (*p->at == ')') {
        p->at++;
        p->nesting--;
        return CLP_OK;
    }
    if (!*p->at || *p->at == ':') return FAIL(p, opening, "this '(' is not closed; a ')' is missing");
    return fail_unexpected(p);
}

/* The marks of a choice, written as ?: or as if( , , ), once its first (1) or second (2) operand is there. */
static clp_status write_choice_mark(parser *p, const char *place, int operand, size_t *mark)
{
    size_t branch = *mark;
    CLP_TRY(write_mark(p, place, operand == 1 ? CLP_DO_BRANCH : CLP_DO_JUMP, mark));
    if (operand == 2) go_on_here(p, branch);
    return CLP_OK;
}

static clp_status write_choice(parser *p, const char *place, size_t jump)
{
    CLP_TRY(write_step(p, place, (clp_step){.operation = CLP_DO_SELECT}));
    go_on_here(p, jump);
    return CLP_OK;
}

static clp_status check_arguments(parser *p, const char *place, clp_operation function, int count)
{
    const clp_operation_info *info = clp_operation_describe(function);
    bool takes_many = function == CLP_DO_MINIMUM || function == CLP_DO_MAXIMUM;
    if (takes_many ? count >= 2 : count == info->operands) return CLP_OK;
    return FAIL(p, place, "%s takes %d argument%s%s, not %d%s", info->name, info->operands,
                info->operands == 1 ? "" : "s", takes_many ? " or more" : "", count,
                count > info->operands ? "; a ',' separates arguments, decimals have a point: 0.5" : "");
}

/* From the '(' on. */
static clp_status parse_arguments(parser *p, const char *place, clp_operation function)
{
    const char *opening = p->at++;
    bool takes_many = function == CLP_DO_MINIMUM || function == CLP_DO_MAXIMUM;
    size_t mark = 0;
    int count = 0;
    CLP_TRY(enter(p, place));
    skip_space(p);
    while (*p->at != ')' || count > 0) {
        CLP_TRY(parse_choice(p));
        count++;
        if (takes_many && count >= 2) CLP_TRY(write_operation(p, place, function));
        if (function == CLP_DO_SELECT && count <= 2) CLP_TRY(write_choice_mark(p, place, count, &mark));
        skip_space(p);
        if (*p->at != ',') break;
        p->at++;
    }
    CLP_TRY(expect_closing(p, opening));
    CLP_TRY(check_arguments(p, place, function, count));
    if (function == CLP_DO_SELECT) return write_choice(p, place, mark);
    return takes_many ? CLP_OK : write_operation(p, place, function);
}

/* What other languages call things. */
static const struct {
    const char *name, *instead;
} foreign_names[] = {
    {"ln", "log(x)"},
    {"log2", "log(x)/log(2)"},
    {"pow", "x^2"},
    {"fabs", "abs(x)"},
    {"fmod", "mod(x, 2)"},
    {"arcsin", "asin(x)"},
    {"arccos", "acos(x)"},
    {"arctan", "atan(x)"},
    {"not", "!"},
    {"sign", "(x > 0) - (x < 0)"},
    {"round", "floor(x + 0.5)"},
    {"cot", "1/tan(x)"},
};

static clp_status fail_unknown_name(parser *p, const char *place)
{
    const char *names[CLP_OPERATIONS + 6] = {"x", "y", "z", "t", "pi", "e"};
    size_t count = 6;
    for (clp_operation i = 0; i < CLP_OPERATIONS; i++)
        if (is_letter(clp_operation_describe(i)->name[0])) names[count++] = clp_operation_describe(i)->name;
    for (size_t i = 0; i < sizeof foreign_names / sizeof *foreign_names; i++)
        if (strcmp(p->token, foreign_names[i].name) == 0)
            return FAIL(p, place, "'%s' is unknown; write %s", p->token, foreign_names[i].instead);
    if (strspn(p->token, "xyzt") == strlen(p->token))
        return FAIL(p, place, "a product is written with *, as in %c*%c", p->token[0], p->token[1]);
    const char *nearest = clp_nearest(p->token, names, count);
    if (nearest && (strlen(p->token) > 2 || strcasecmp(p->token, nearest) == 0))
        return FAIL(p, place, "'%.40s' is unknown; did you mean %s?", p->token, nearest);
    return FAIL(p, place, "'%.40s' is unknown; there are x, y, z, t, pi, e and functions such as sin(x)",
                p->token);
}

static clp_status parse_name(parser *p)
{
    const char *begin = p->at, *end = p->at;
    while (is_letter(*end) || is_digit(*end)) end++;
    take_token(p, end);
    const char *variable = strchr("xyzt", p->token[0]);
    if (variable && !p->token[1]) {
        clp_variable v = (clp_variable)(variable - "xyzt");
        p->expression->variables |= 1u << v;
        return write_step(p, begin, (clp_step){.operation = CLP_DO_VARIABLE, .variable = v});
    }
    if (strcmp(p->token, "pi") == 0) return write_number(p, begin, M_PI);
    if (strcmp(p->token, "e") == 0) return write_number(p, begin, M_E);
    for (clp_operation i = 0; i < CLP_OPERATIONS; i++) {
        if (strcmp(p->token, clp_operation_describe(i)->name) != 0) continue;
        skip_space(p);
        if (*p->at == '(') return parse_arguments(p, begin, i);
        return FAIL(p, begin, "%s is a function; write %s(...)", p->token, p->token);
    }
    return fail_unknown_name(p, begin);
}

/* A number, a name, or something in parentheses, and its power. */
static clp_status parse_power(parser *p)
{
    const char *place = p->at;
    if (is_digit(*p->at) || (*p->at == '.' && is_digit(p->at[1]))) {
        CLP_TRY(parse_number(p));
    } else if (is_letter(*p->at)) {
        CLP_TRY(parse_name(p));
    } else if (*p->at == '(') {
        CLP_TRY(enter(p, p->at++));
        CLP_TRY(parse_choice(p));
        CLP_TRY(expect_closing(p, place));
    } else {
        return fail_no_operand(p);
    }
    skip_space(p);
    if (*p->at != '^') return CLP_OK;
    place = p->at++;
    CLP_TRY(enter(p, place));
    CLP_TRY(parse_unary(p));
    p->nesting--;
    return write_operation(p, place, CLP_DO_POWER);
}

static clp_status parse_unary(parser *p)
{
    skip_space(p);
    const char *place = p->at;
    if (!*place || !strchr("+-!", *place) || (place[0] == '!' && place[1] == '=')) return parse_power(p);
    p->at++;
    CLP_TRY(enter(p, place));
    CLP_TRY(parse_unary(p));
    p->nesting--;
    return *place == '+' ? CLP_OK : write_operation(p, place, *place == '-' ? CLP_DO_NEGATE : CLP_DO_NOT);
}

/* Operators that bind at least as tightly as `least`. Calls itself with higher ones only. */
static clp_status parse_binary(parser *p, int least)
{
    bool has_compared = false;
    CLP_TRY(parse_unary(p));
    for (;;) {
        skip_space(p);
        const char *place = p->at;
        const struct symbol *found = find_symbol(place);
        size_t mark = 0;
        if (found && found->instead) return fail_unexpected(p);
        if (!found || found->binding < least) return CLP_OK;
        if (found->binding == COMPARISON && has_compared)
            return FAIL(p, place, "comparisons cannot be chained; write a < b && b < c instead of a < b < c");
        has_compared = found->binding == COMPARISON;
        p->at += strlen(found->text);
        if (found->operation == CLP_DO_AND) CLP_TRY(write_mark(p, place, CLP_DO_AND_THEN, &mark));
        if (found->operation == CLP_DO_OR) CLP_TRY(write_mark(p, place, CLP_DO_OR_ELSE, &mark));
        CLP_TRY(parse_binary(p, found->binding + 1));
        CLP_TRY(write_operation(p, place, found->operation));
        if (found->binding < COMPARISON) go_on_here(p, mark);
    }
}

static clp_status parse_choice(parser *p)
{
    CLP_TRY(parse_binary(p, 1));
    const char *place = p->at;
    size_t mark = 0;
    if (*place != '?') return CLP_OK;
    p->at++;
    CLP_TRY(enter(p, place));
    CLP_TRY(write_choice_mark(p, place, 1, &mark));
    CLP_TRY(parse_choice(p));
    if (*p->at != ':') {
        bool is_decimal = *p->at == ',' && is_digit(p->at[-1]) && is_digit(p->at[1]);
        if (is_decimal || (*p->at && !strchr("),", *p->at))) return fail_unexpected(p);
        return FAIL(p, place, "this '?' has no ':' after it; write condition ? value : other value");
    }
    p->at++;
    CLP_TRY(write_choice_mark(p, place, 2, &mark));
    CLP_TRY(parse_choice(p));
    CLP_TRY(write_choice(p, place, mark));
    p->nesting--;
    return CLP_OK;
}

/* ---- the whole ---- */

/* What evaluation needs to know: how high its stack grows, and the value if there are no variables. */
static clp_status finish(clp_expression *e)
{
    size_t height = 0;
    for (size_t i = 0; i < e->count; i++) {
        clp_operation operation = e->steps[i].operation;
        if (operation < CLP_OPERATIONS) height -= (size_t)clp_operation_describe(operation)->operands;
        if (operation <= CLP_DO_VARIABLE) height++;
        e->height = clp_max(e->height, height);
    }
    return e->variables ? CLP_OK : clp_expression_evaluate(e, (const double[4]){0}, &e->constant);
}

static clp_status parse_whole(parser *p)
{
    CLP_TRY(parse_choice(p));
    if (*p->at) return fail_unexpected(p);
    return finish(p->expression);
}

/* Memory for a text and as many steps as there may be; most give less than they have of both. */
static clp_status allocate(const char *text, size_t length, clp_expression **expression)
{
    size_t steps = clp_min(CLP_EXPRESSION_STEPS, 2 * length + 2);
    clp_expression *e = calloc(1, sizeof *e);
    if (e) e->text = clp_copy_text(text);
    if (e) e->steps = calloc(steps, sizeof *e->steps);
    *expression = e;
    return e && e->text && e->steps ? CLP_OK
                                    : clp_fail_host_memory(sizeof *e + length + steps * sizeof *e->steps);
}

clp_status clp_expression_parse(const char *text, clp_expression **expression)
{
    size_t length = strnlen(text, CLP_EXPRESSION_LENGTH + 1);
    parser p = {0};
    *expression = NULL;
    if (length > CLP_EXPRESSION_LENGTH)
        return clp_expression_fail_at(text, CLP_EXPRESSION_LENGTH,
                                      "the expression has more than %d bytes; simplify it",
                                      CLP_EXPRESSION_LENGTH);
    clp_status status = allocate(text, length, &p.expression);
    if (status == CLP_OK) {
        p.at = p.expression->text;
        status = parse_whole(&p);
    }
    if (status == CLP_OK)
        *expression = p.expression;
    else
        clp_expression_destroy(p.expression);
    return status;
}

void clp_expression_destroy(clp_expression *expression)
{
    if (!expression) return;
    free(expression->text);
    free(expression->steps);
    free(expression);
}

const char *clp_expression_text(const clp_expression *expression)
{
    return expression->text;
}

bool clp_expression_is_constant(const clp_expression *expression, double *value)
{
    if (expression->variables == 0) *value = expression->constant;
    return expression->variables == 0;
}

bool clp_expression_uses(const clp_expression *expression, clp_variable variable)
{
    return (expression->variables & (1u << variable)) != 0;
}
