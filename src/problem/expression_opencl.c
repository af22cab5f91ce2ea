/* SPDX-License-Identifier: MIT */
/* A statement per operation: both sides of a choice are computed, as a device would do anyway, and no nesting
 * of parentheses meets a compiler's limit. */
#include "problem/expression_tree.h"

#include "base/status.h"
#include "base/text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 17 digits give back the same double; the point keeps a compiler from reading an integer. */
static void write_number(FILE *stream, double number)
{
    char text[32];
    snprintf(text, sizeof text, "%.17g", number);
    fprintf(stream, "((REAL)%s%s)", text, strpbrk(text, ".e") ? "" : ".0");
}

/* What a step has left on the stack. */
static void write_operand(FILE *stream, const clp_expression *expression, size_t index)
{
    const clp_step *step = &expression->steps[index];
    if (step->operation == CLP_DO_NUMBER)
        write_number(stream, step->number);
    else if (step->operation == CLP_DO_VARIABLE)
        fputc("xyzt"[step->variable], stream);
    else
        fprintf(stream, "v%zu", index);
}

/* The formula with operands in place of the words a, b and c. */
static void write_formula(FILE *stream, const clp_expression *expression, const char *formula,
                          const size_t *operands)
{
    for (const char *end; *formula; formula = end) {
        end = formula + 1;
        if (!isalpha((unsigned char)*formula)) {
            fputc(*formula, stream);
            continue;
        }
        while (isalnum((unsigned char)*end)) end++;
        if (end - formula == 1)
            write_operand(stream, expression, operands[*formula - 'a']);
        else
            fwrite(formula, 1, (size_t)(end - formula), stream);
    }
}

/* A power whose exponent is a whole number: pown takes bases below 0 on every device, and is the faster one.
 */
static bool is_whole_power(const clp_expression *expression, clp_operation operation, size_t exponent)
{
    const clp_step *step = &expression->steps[exponent];
    return operation == CLP_DO_POWER && step->operation == CLP_DO_NUMBER &&
           step->number == floor(step->number) && fabs(step->number) <= 1e6;
}

/*
 * The formula of an operation with NaN standing for no finite value: it comes out of operands that have none,
 * also where C's own formula would lose it, and is discarded where the host does not evaluate an operand.
 */
static const char *checked_formula(clp_operation operation, char *text, size_t size)
{
    const char *formula = clp_operation_describe(operation)->formula;
    switch (operation) {
    case CLP_DO_AND:
        return "a == 0 ? 0 : IF_VALID(a + b, b != 0)";
    case CLP_DO_OR:
        return "IF_VALID(a, a != 0 ? 1 : IF_VALID(b, b != 0))";
    case CLP_DO_SELECT:
        return "IF_VALID(a, a != 0 ? b : c)";
    case CLP_DO_NOT:
        snprintf(text, size, "IF_VALID(a, %s)", formula);
        return text;
    case CLP_DO_LESS:
    case CLP_DO_LESS_EQUAL:
    case CLP_DO_GREATER:
    case CLP_DO_GREATER_EQUAL:
    case CLP_DO_EQUAL:
    case CLP_DO_NOT_EQUAL:
    case CLP_DO_MINIMUM:
    case CLP_DO_MAXIMUM:
        snprintf(text, size, "IF_VALID(a + b, %s)", formula);
        return text;
    default:
        snprintf(text, size, "VALID(%s)", formula);
        return text;
    }
}

static void write_function(FILE *stream, const clp_expression *expression, const char *function)
{
    size_t stack[CLP_EXPRESSION_STEPS], height = 0; /* of steps */
    char formula[64];
    fprintf(stream, "static REAL %s(REAL x, REAL y, REAL z, REAL t)\n{\n", function);
    for (size_t i = 0; i < expression->count; i++) {
        clp_operation operation = expression->steps[i].operation;
        if (operation < CLP_OPERATIONS) {
            const clp_operation_info *info = clp_operation_describe(operation);
            height -= (size_t)info->operands;
            fprintf(stream, "    const REAL v%zu = ", i);
            if (info->operands == 2 && is_whole_power(expression, operation, stack[height + 1])) {
                fputs("VALID(pown(", stream);
                write_operand(stream, expression, stack[height]);
                fprintf(stream, ", %d))", (int)expression->steps[stack[height + 1]].number);
            } else {
                write_formula(stream, expression, checked_formula(operation, formula, sizeof formula),
                              stack + height);
            }
            fputs(";\n", stream);
        } else if (operation > CLP_DO_VARIABLE) {
            continue;
        }
        stack[height++] = i;
    }
    fputs("    return ", stream);
    write_operand(stream, expression, stack[0]);
    fputs(";\n}\n", stream);
}

clp_status clp_expression_opencl(const clp_expression *expression, const char *function, char **source)
{
    size_t size = 0;
    *source = NULL;
    FILE *stream = open_memstream(source, &size);
    if (!stream) return clp_fail_host_memory(CLP_EXPRESSION_LENGTH);
    clp_locale locale;
    clp_locale_enter(&locale);
    write_function(stream, expression, function);
    clp_locale_leave(&locale);
    bool failed = ferror(stream) != 0;
    if (fclose(stream) == 0 && !failed) return CLP_OK;
    free(*source);
    *source = NULL;
    return clp_fail_host_memory(size + 1);
}
