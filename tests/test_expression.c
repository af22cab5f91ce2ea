/* SPDX-License-Identifier: MIT */
/* Tests of expressions: values against libm, messages with their places, limits, random texts. */
#include "problem/expression.h"

#include <clpoisson/status.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(expression);

static const double somewhere[4] = {0.3, -1.7, 2.5, 0.9};

static clp_expression *parse(const char *text)
{
    clp_expression *expression;
    cr_assert_eq(clp_expression_parse(text, &expression), CLP_OK, "%s", clp_error_message());
    cr_assert_str_eq(clp_expression_text(expression), text);
    return expression;
}

static double value_at(const char *text, const double point[4])
{
    double value = NAN;
    clp_expression *expression = parse(text);
    cr_assert_eq(clp_expression_evaluate(expression, point, &value), CLP_OK, "%s", clp_error_message());
    clp_expression_destroy(expression);
    return value;
}

static void check_value(const char *text, double expected)
{
    double value = value_at(text, somewhere);
    cr_assert(fabs(value - expected) <= 1e-15 * fabs(expected), "%s = %.17g, not %.17g", text, value,
              expected);
}

Test(expression, precedence)
{
    const double x = 0.3, y = -1.7, z = 2.5, t = 0.9;
    check_value("1 + 2*3", 7);
    check_value("(1 + 2)*3", 9);
    check_value("x - y - z", x - y - z);
    check_value("x/y/z", x / y / z);
    check_value("x/y*z", x / y * z);
    check_value("-x^2", -(x * x));
    check_value("(-x)^2", x * x);
    check_value("2^3^2", 512);
    check_value("2^-1", 0.5);
    check_value("x^-1^2", 1 / x);
    check_value("x*-y", x * -y);
    check_value("--x", x);
    check_value("+x - +y", x - y);
    check_value("!x", 0);
    check_value("!!x + 1", 2);
    check_value("x < y + 1", 0);
    check_value("x < z && y < x", 1);
    check_value("0 && 0 || 1", 1);
    check_value("1 || 0 && 0", 1);
    check_value("(1 < 2) < 3", 1);
    check_value("x < 0 ? 1 : x < 1 ? 2 : 3", 2);
    check_value("x < 1 ? x < 0.1 ? 1 : 2 : 3", 2);
    check_value("x > 0 || y > 0 ? z : t", z);
    check_value(" 1e2+.5 -\t2.\n+1.5E-1 ", 98.65);
    check_value("1 + 0.5*sin(2*pi*x)*exp(-t)", 1 + 0.5 * sin(2 * M_PI * x) * exp(-t));
    check_value("e", M_E);
    check_value("(x <= 0.3) + 2*(x >= 0.3) + 4*(x == 0.3) + 8*(x != 0.3) + 16*(x > 0.3)", 7);
}

Test(expression, functions)
{
    const double x = 0.3, y = -1.7, z = 2.5;
#define CHECK_1(function, argument) check_value(#function "(" #argument ")", function(argument))
    CHECK_1(sin, z), CHECK_1(cos, z), CHECK_1(tan, y), CHECK_1(asin, x), CHECK_1(acos, x), CHECK_1(atan, z);
    CHECK_1(sinh, y), CHECK_1(cosh, y), CHECK_1(tanh, y), CHECK_1(exp, y), CHECK_1(log, z), CHECK_1(log10, z);
    CHECK_1(sqrt, z), CHECK_1(floor, y), CHECK_1(ceil, y), CHECK_1(erf, x);
#undef CHECK_1
    check_value("abs(y)", 1.7);
    check_value("atan2(x, y)", atan2(x, y));
    check_value("hypot(x, y)", hypot(x, y));
    check_value("mod(y, 0.5)", y - 0.5 * floor(y / 0.5));
    check_value("mod(-1, 3)", 2);
    check_value("min(x, y)", y);
    check_value("min(3, x, z, t)", x);
    check_value("max(x, y, z, t)", z);
    check_value("if(x < 0, y, z)", z);
    check_value("y^3", y * y * y);
    check_value("z^0.5", sqrt(z));
    check_value("y^-5", pow(y, -5));
}

Test(expression, what_is_not_needed_is_not_evaluated)
{
    const double origin[4] = {0};
    cr_assert_eq(value_at("x > 0 ? log(x) : 7", origin), 7);
    cr_assert_eq(value_at("x == 0 ? 7 : 1/x", origin), 7);
    cr_assert_eq(value_at("if(x > 0, 1/x, 7)", origin), 7);
    cr_assert_eq(value_at("x != 0 && 1/x > 2", origin), 0);
    cr_assert_eq(value_at("x == 0 || 1/x > 2", origin), 1);
    cr_assert_eq(value_at("0 ? 1/0 : 1 ? 7 : 1/0", origin), 7);
    cr_assert_eq(value_at("(x || 3) + (5 && 4)", origin), 2);
}

Test(expression, constants_and_variables)
{
    double value = 0;
    clp_expression *expression = parse("2*pi");
    cr_assert(clp_expression_is_constant(expression, &value));
    cr_assert_eq(value, 2 * M_PI);
    clp_expression_destroy(expression);
    expression = parse("y + t*0");
    cr_assert_not(clp_expression_is_constant(expression, &value));
    cr_assert_not(clp_expression_uses(expression, CLP_VARIABLE_X));
    cr_assert(clp_expression_uses(expression, CLP_VARIABLE_Y));
    cr_assert_not(clp_expression_uses(expression, CLP_VARIABLE_Z));
    cr_assert(clp_expression_uses(expression, CLP_VARIABLE_T));
    clp_expression_destroy(expression);
    clp_expression_destroy(NULL);
}

/* The message must have `part` and, in its last line, the caret at a column of the line above. */
static void check_message(const char *text, const char *part, int column)
{
    const char *message = clp_error_message(), *last = strrchr(message, '\n');
    cr_assert(strstr(message, part), "%s: no '%s' in: %s", text, part, message);
    cr_assert(last && last[strlen(last) - 1] == '^', "%s", message);
    cr_assert_eq((int)strlen(last) - 4, column, "%s: caret is not at %d: %s", text, column, message);
}

Test(expression, errors_of_the_text)
{
    static const struct {
        const char *text, *part;
        int column;
    } cases[] = {
        {"", "empty", 0},
        {" \n", "empty", 2},
        {"1 +", "ends where", 3},
        {"x*", "ends where", 2},
        {"2x", "* multiplies", 1},
        {"2 x", "* multiplies", 2},
        {"x(1)", "* multiplies", 1},
        {"(x)(y)", "* multiplies", 3},
        {"1.2.3", "operator is missing", 3},
        {"0,5*x", "decimals have a point", 1},
        {"x < 1 ? 0,5 : 1", "decimals have a point", 9},
        {"sin(0,5)", "sin takes 1 argument, not 2", 0},
        {"1 + sin()", "sin takes 1 argument, not 0", 4},
        {"atan2(1)", "atan2 takes 2 arguments, not 1", 0},
        {"min(1)", "2 arguments or more", 0},
        {"if(1, 2)", "if takes 3 arguments, not 2", 0},
        {"if(1, 2, 3, 4)", "if takes 3 arguments, not 4", 0},
        {"sin(1,)", "missing before this", 6},
        {"1 + sine(x)", "did you mean sin?", 4},
        {"1 + sqr(x)", "did you mean sqrt?", 4},
        {"Pi", "did you mean pi?", 0},
        {"2*temperature", "'temperature' is unknown", 2},
        {"xy", "x*y", 0},
        {"ln(x)", "log(x)", 0},
        {"sin x", "sin(...)", 0},
        {"2*(x + 1", "'(' is not closed", 2},
        {"min(1, 2", "'(' is not closed", 3},
        {"x + 1)", "no '(' before", 5},
        {"x ? 1", "no ':' after", 2},
        {"1 : 2", "no '?' before", 2},
        {"0 < x < 1", "a < b && b < c", 6},
        {"x == y < 1", "cannot be chained", 7},
        {"2**3", "write ^ instead of **", 1},
        {"x = 1", "write == instead of =", 2},
        {"x =< 1", "write <= instead of =<", 2},
        {"x & y", "write && instead of &", 2},
        {"x | y", "write || instead of |", 2},
        {"x and y", "write && instead of and", 2},
        {"x * / y", "missing before this", 4},
        {"x % 2", "mod(a, b)", 2},
        {"2 \u00d7 x", "write * instead of", 2},
        {"\u03c0 + \u00e9", "write pi", 0},
        {"'\u00e9' + 1", "no meaning", 0},
        {"1e999", "too large", 0},
        {"0*.", "no digits", 2},
        {"1 + \x01 + \xff", "no meaning", 4},
        {"1/0", "1 / 0 is a division by zero", 1},
        {"2 + log(-1)", "log(-1) is no real number", 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        clp_expression *expression;
        cr_assert_eq(clp_expression_parse(cases[i].text, &expression), CLP_ERROR_INPUT, "%s", cases[i].text);
        cr_assert_null(expression);
        check_message(cases[i].text, cases[i].part, cases[i].column);
    }
}

Test(expression, messages_are_short_and_safe)
{
    clp_expression *expression;
    char text[400];
    cr_assert_eq(clp_expression_parse("1\t+\x1b[1m\xff\xe2\x80\xae\u00e9 \u00d7 2", &expression),
                 CLP_ERROR_INPUT);
    cr_assert(strstr(clp_error_message(), "\n  1 +?[1m?????\u00e9 \u00d7 2\n     ^") ||
                  strstr(clp_error_message(), "\n  1 +?[1m????\u00e9 \u00d7 2\n     ^"),
              "%s", clp_error_message());
    memset(text, '1', sizeof text);
    strcpy(text + 200, "\u00e9 x");
    memset(text + 204, '+', 100);
    text[304] = '\0';
    cr_assert_eq(clp_expression_parse(text, &expression), CLP_ERROR_INPUT);
    const char *line = strchr(clp_error_message(), '\n') + 1;
    cr_assert(strncmp(line, "  ...11", 7) == 0 && strchr(line, '\n') - line < 75, "%s", clp_error_message());
    check_message(text, "no meaning", 33);
}

Test(expression, errors_of_values)
{
    static const struct {
        const char *text, *part;
        int column;
    } cases[] = {
        {"1 + 1/x", "1 / 0 is a division by zero at x = 0; ?:", 5},
        {"log(x - 0.5)", "log(-0.5) is no real number (logarithms are for numbers above 0) at x = 0;", 0},
        {"log10(x)", "log10(0)", 0},
        {"y*sqrt(x - y)", "at x = 0, y = 1;", 2},
        {"asin(z)", "asin(2) is no real number", 0},
        {"acos(-z)", "acos(-2) is no real number", 0},
        {"exp(t*1000)", "exp(3000) is too large a number at t = 3;", 0},
        {"t*1e308", "3 * 1e+308 is too large", 1},
        {"(z*1e200)^2", "2e+200^2 is too large", 9},
        {"(-z)^0.5", "only whole powers", 4},
        {"x^-1", "division by zero", 1},
        {"mod(y, x)", "mod(1, 0) is a division by zero", 0},
        {"x > 0 ? x : 1/x", "division by zero", 13},
        {"exp(y*1000) < 0", "too large", 0},
    };
    const double point[4] = {0, 1, 2, 3}, nowhere[4] = {NAN, 0, INFINITY, 0};
    double value;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        clp_expression *expression = parse(cases[i].text);
        cr_assert_eq(clp_expression_evaluate(expression, point, &value), CLP_ERROR_INPUT, "%s",
                     cases[i].text);
        check_message(cases[i].text, cases[i].part, cases[i].column);
        clp_expression_destroy(expression);
    }
    clp_expression *expression = parse("min(1, x)");
    cr_assert_eq(clp_expression_evaluate(expression, nowhere, &value), CLP_ERROR_INPUT);
    check_message("min(1, x)", "x is not finite at x = nan", 7);
    clp_expression_destroy(expression);
}

/* ---- limits ---- */

static char *repeat(size_t count, const char *unit, const char *end)
{
    size_t length = strlen(unit);
    char *text = malloc(count * length + strlen(end) + 1);
    cr_assert(text);
    for (size_t i = 0; i < count; i++) memcpy(text + i * length, unit, length);
    strcpy(text + count * length, end);
    return text;
}

static void check_repeated(size_t count, const char *unit, const char *end, const char *part)
{
    clp_expression *expression;
    char *text = repeat(count, unit, end);
    clp_status status = clp_expression_parse(text, &expression);
    cr_assert_eq(status, part ? CLP_ERROR_INPUT : CLP_OK, "%zu times '%s': %s", count, unit,
                 clp_error_message());
    if (part) cr_assert(strstr(clp_error_message(), part), "%s", clp_error_message());
    clp_expression_destroy(expression);
    free(text);
}

Test(expression, limits, .timeout = 20)
{
    check_repeated(1 << 20, "1", "", "more than 4096 bytes");
    check_repeated(10000, "(", "1", "more than 4096 bytes");
    check_repeated(10000, "-", "1", "more than 4096 bytes");
    check_repeated(5000, "x?1:", "2", "more than 4096 bytes");
    check_repeated(4096, " ", "", "empty");
    check_repeated(4095, "1", "", "too large");
    check_repeated(4095, "x", "", "written with *");
    static const char *const units[] = {"(", "-", "!", "+", "2^", "x^-", "x?1:", "sin(", "1<(2+", "max(1,"};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        check_repeated(4000 / strlen(units[i]), units[i], "2", "deeper than 100 levels");
    check_repeated(101, "-", "x", "deeper than 100 levels");
    check_repeated(100, "-", "x", NULL);
    check_repeated(100, "x?1:", "2", NULL);
    check_repeated(499, "x+", "x", NULL);
    check_repeated(500, "x+", "x", "more than 1000 numbers");
    check_repeated(2000, "1+", "1", "more than 1000 numbers");
    check_repeated(333, "x||", "x", NULL);
}

/* The highest stack that there is: all kinds of operands wait in every level. */
static clp_points_along points_from(int axis, double step, size_t count)
{
    return (clp_points_along){.axis = axis,
                              .point = {somewhere[0], somewhere[1], somewhere[2], somewhere[3]},
                              .step = step,
                              .count = count};
}

static clp_status evaluate_line(const clp_expression *expression, int axis, double step, size_t count,
                                double *values)
{
    const clp_points_along points = points_from(axis, step, count);
    return clp_expression_evaluate_line(expression, &points, NULL, values);
}

/* Points of a part of a line are those of the line, to the last bit, also beyond a seam. */
Test(expression, parts_of_lines_are_the_lines)
{
    double whole[64], part[64];
    clp_expression *expression = parse("sin(3*x)*exp(y)+x^2");
    cr_assert_eq(evaluate_line(expression, 0, 0.1 / 3, 64, whole), CLP_OK);
    clp_points_along points = points_from(0, 0.1 / 3, 20);
    points.first = 50;
    points.wrap = 63;
    cr_assert_eq(clp_expression_evaluate_line(expression, &points, NULL, part), CLP_OK);
    for (size_t i = 0; i < 20; i++) cr_assert_eq(part[i], whole[(50 + i) % 63], "%zu", i);
    clp_expression_destroy(expression);
}

Test(expression, deep_expressions_have_values)
{
    double values[300], value;
    char *text = repeat(70, "0||1&&x<1+2*(", "x"), *whole = repeat(70, ")", "");
    text = realloc(text, strlen(text) + strlen(whole) + 1);
    clp_expression *expression = parse(strcat(text, whole));
    cr_assert_eq(evaluate_line(expression, 0, 0.01, 300, values), CLP_OK);
    cr_assert_eq(clp_expression_evaluate(expression, somewhere, &value), CLP_OK);
    cr_assert_eq(values[0], value);
    clp_expression_destroy(expression);
    free(text);
    free(whole);
}

/* ---- random texts ---- */

static uint64_t random_state = 20240229;

static unsigned random_below(unsigned limit)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(random_state >> 33) % limit;
}

Test(expression, random_texts, .timeout = 120)
{
    static const char *const parts[] = {
        "x",  "y",  "z",  "t",  "pi", "e",    "1",    "0",    "2",     ".",    "1e3",   "0.5", "+",
        "-",  "*",  "/",  "^",  "(",  ")",    "(",    ")",    "?",     ":",    ",",     " ",   "<",
        "<=", "==", "!=", "&&", "||", "!",    "sin(", "min(", "if",    "=",    "&",     "|",   "e",
        "**", "$",  "E",  "\n", "\t", "\xff", "\xc3", "log",  "sqrt(", "mod(", "atan2", "if(", "9",
    };
    size_t good = 0;
    for (int i = 0; i < 200000; i++) {
        char text[128] = "";
        for (unsigned k = 1 + random_below(14); k > 0; k--)
            strcat(text, parts[random_below(sizeof parts / sizeof *parts)]);
        clp_expression *expression;
        double value, values[3];
        clp_status status = clp_expression_parse(text, &expression);
        if (status == CLP_OK) {
            good++;
            clp_status scalar = clp_expression_evaluate(expression, somewhere, &value);
            cr_assert_eq(scalar, evaluate_line(expression, 0, 0, 3, values), "%s", text);
            cr_assert(scalar != CLP_OK || (isfinite(value) && value == values[2]), "%s", text);
        } else {
            cr_assert_eq(status, CLP_ERROR_INPUT);
            cr_assert_null(expression);
            cr_assert(strstr(clp_error_message(), "\n  ") && strlen(clp_error_message()) < 512);
        }
        clp_expression_destroy(expression);
    }
    cr_assert(good > 3000 && good < 100000, "%zu of 200000 are expressions", good);
}

/* A random expression of the grammar; returns its end. */
static char *write_random(char *to, int depth)
{
    static const char *const leaves[] = {"x", "y", "z", "t", "pi", "0.5", "2", "3", "1e-3", "e"};
    static const char *const infix[] = {"+",  "-", "*",  "/", "^",  "<", "<=", ">",
                                        ">=", "-", "==", "*", "!=", "+", "&&", "||"};
    static const char *const unary[] = {"-",    "!",    "sin",  "cos",   "tan", "asin", "acos",
                                        "atan", "sinh", "cosh", "tanh",  "exp", "log",  "log10",
                                        "sqrt", "abs",  "erf",  "floor", "ceil"};
    static const char *const binary[] = {"atan2", "min", "max", "mod", "hypot"};
    if (depth == 0) return stpcpy(to, leaves[random_below(10)]);
    switch (random_below(8)) {
    case 0:
    case 1:
        to = stpcpy(stpcpy(to, unary[random_below(19)]), "(");
        return stpcpy(write_random(to, depth - 1), ")");
    case 2:
        to = write_random(stpcpy(stpcpy(to, binary[random_below(5)]), "("), depth - 1);
        return stpcpy(write_random(stpcpy(to, ", "), depth - 1), ")");
    case 3: {
        bool is_call = random_below(2) == 0;
        to = write_random(stpcpy(to, is_call ? "if(x < " : "(t > "), depth - 1);
        to = write_random(stpcpy(to, is_call ? ", " : " ? "), depth - 1);
        return stpcpy(write_random(stpcpy(to, is_call ? ", " : " : "), depth - 1), ")");
    }
    default:
        to = stpcpy(write_random(stpcpy(to, "("), depth - 1), infix[random_below(16)]);
        return stpcpy(write_random(to, depth - 1), ")");
    }
}

/* Compares a line, with what is the same on all lines looked up or not, with its points, also in errors.
 * Returns the number of good values. */
static size_t compare_line(const clp_expression *expression, int axis, double step, size_t count,
                           bool looks_up)
{
    double values[700], value = 0, elsewhere[4] = {9, 9, 9, 9};
    clp_expression_table *table = NULL;
    elsewhere[axis] = somewhere[axis];
    if (looks_up)
        cr_assert_eq(
            clp_expression_table_create(
                expression,
                &(clp_points_along){
                    axis, {elsewhere[0], elsewhere[1], elsewhere[2], elsewhere[3]}, step, 0, count, 0},
                &table),
            CLP_OK);
    const clp_points_along points = points_from(axis, step, count);
    clp_status line = clp_expression_evaluate_line(expression, &points, table, values);
    clp_expression_table_destroy(table);
    char *message = strdup(line == CLP_OK ? "" : clp_error_message());
    size_t good = 0;
    for (clp_status status = CLP_OK; good < count && status == CLP_OK; good++) {
        double point[4] = {somewhere[0], somewhere[1], somewhere[2], somewhere[3]};
        point[axis] += (double)good * step;
        status = clp_expression_evaluate(expression, point, &value);
        if (status != CLP_OK) break;
        if (line == CLP_OK) cr_assert_eq(memcmp(&value, &values[good], sizeof value), 0, "point %zu", good);
    }
    cr_assert_eq(line == CLP_OK, good == count);
    if (line != CLP_OK) cr_assert_str_eq(message, clp_error_message());
    free(message);
    return good;
}

Test(expression, lines_are_exactly_their_points, .timeout = 120)
{
    size_t whole = 0, partial = 0, refused = 0;
    for (int i = 0; i < 20000; i++) {
        char text[8192];
        clp_expression *expression;
        *write_random(text, 1 + (int)random_below(4)) = '\0';
        if (clp_expression_parse(text, &expression) != CLP_OK) {
            cr_assert(strstr(clp_error_message(), " is "), "%s: %s", text, clp_error_message());
            refused++; /* constant, and no number */
            continue;
        }
        size_t count = 1 + random_below(700);
        size_t good = compare_line(expression, (int)random_below(3), 0.05, count, i % 2 == 1);
        whole += good == count;
        partial += good < count && good > 0;
        clp_expression_destroy(expression);
    }
    cr_assert(whole > 10000 && partial > 100 && refused < 1000, "%zu %zu %zu", whole, partial, refused);
}

Test(expression, lines_fall_back_where_a_branch_is_not_taken)
{
    clp_expression *expression = parse("x > 0.5 ? log(x - 0.5) : y/z");
    cr_assert_eq(compare_line(expression, 0, 0.001, 700, true), 700);
    cr_assert_eq(compare_line(expression, 1, 0.001, 700, false), 700);
    clp_expression_destroy(expression);
    expression = parse("1/(x < 3.5)");
    cr_assert_eq(compare_line(expression, 0, 0.01, 700, true), 320);
    clp_expression_destroy(expression);
}

/* ---- OpenCL ---- */

static void check_opencl(const char *text, const char *expected)
{
    char *source, whole[1024];
    clp_expression *expression = parse(text);
    cr_assert_eq(clp_expression_opencl(expression, "f", &source), CLP_OK);
    snprintf(whole, sizeof whole, "static REAL f(REAL x, REAL y, REAL z, REAL t)\n{\n%s}\n", expected);
    cr_assert_str_eq(source, whole);
    free(source);
    clp_expression_destroy(expression);
}

Test(expression, opencl_text)
{
    check_opencl("75*y", "    const REAL v2 = VALID((((REAL)75.0) * y));\n    return v2;\n");
    check_opencl("x", "    return x;\n");
    check_opencl("-1/3", "    return ((REAL)-0.33333333333333331);\n");
    check_opencl("1e20 + 1e-5*0", "    return ((REAL)1e+20);\n");
    check_opencl("x^2", "    const REAL v1 = VALID((x * x));\n    return v1;\n");
    check_opencl("x^-4", "    const REAL v2 = VALID(pown(x, -4));\n    return v2;\n");
    check_opencl("x^0.5", "    const REAL v2 = VALID(pow(x, ((REAL)0.5)));\n    return v2;\n");
    check_opencl("x < 1 ? t : abs(y)", "    const REAL v2 = IF_VALID(x + ((REAL)1.0), x < ((REAL)1.0));\n"
                                       "    const REAL v7 = VALID(fabs(y));\n"
                                       "    const REAL v8 = IF_VALID(v2, v2 != 0 ? t : v7);\n"
                                       "    return v8;\n");
    check_opencl("mod(x, y) && z", "    const REAL v2 = VALID(x - y * floor(x / y));\n"
                                   "    const REAL v5 = v2 == 0 ? 0 : IF_VALID(v2 + z, z != 0);\n"
                                   "    return v5;\n");
}
