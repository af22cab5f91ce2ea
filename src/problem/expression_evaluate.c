/* SPDX-License-Identifier: MIT */
#include "problem/expression_tree.h"

#include "base/checked.h"
#include "base/status.h"

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    BLOCK = 256,      /* points at a time */
    WORKSPACE = 4096, /* doubles for the operands of a block: they stay in the first cache */
};

static const clp_operation_info operation_info[] = {
#define INFO(id, name, operands, formula) {name, #formula, operands},
    CLP_OPERATION_LIST(INFO)
#undef INFO
};

const clp_operation_info *clp_operation_describe(clp_operation operation)
{
    return &operation_info[operation];
}

#define LET_1(p, q, r) const double a = p;
#define LET_2(p, q, r) const double a = p, b = q;
#define LET_3(p, q, r) const double a = p, b = q, c = r;

double clp_operation_apply(clp_operation operation, const double *operands)
{
    switch (operation) {
#define CASE(id, name, count, formula)                                                                       \
    case CLP_DO_##id: {                                                                                      \
        LET_##count(operands[0], operands[1], operands[2]) return formula;                                   \
    }
        CLP_OPERATION_LIST(CASE)
#undef CASE
    default:
        return NAN;
    }
}

/* ---- a point ---- */

/* Where an evaluation ended without a finite result. */
typedef struct failure {
    const clp_step *step;
    double operands[3];
} failure;

/* Does a step that is no mark; false if the result is not finite. stack[*height] is the first free place. */
static bool do_step(const clp_step *step, const double point[4], double *stack, size_t *height,
                    failure *failed)
{
    size_t operands = 0;
    double result;
    if (step->operation == CLP_DO_NUMBER) {
        result = step->number;
    } else if (step->operation == CLP_DO_VARIABLE) {
        result = point[step->variable];
    } else {
        operands = (size_t)operation_info[step->operation].operands;
        *height -= operands;
        result = clp_operation_apply(step->operation, stack + *height);
    }
    if (!isfinite(result)) {
        *failed = (failure){.step = step};
        memcpy(failed->operands, stack + *height, operands * sizeof *stack);
        return false;
    }
    stack[(*height)++] = result;
    return true;
}

static bool evaluate(const clp_expression *expression, const double point[4], double *value, failure *failed)
{
    double stack[CLP_EXPRESSION_STEPS];
    size_t height = 0;
    for (size_t next = 0; next < expression->count;) {
        const clp_step *step = &expression->steps[next++];
        switch (step->operation) {
        case CLP_DO_BRANCH:
            if (stack[--height] == 0) next = step->target;
            break;
        case CLP_DO_JUMP:
            next = step->target;
            break;
        case CLP_DO_AND_THEN:
        case CLP_DO_OR_ELSE: {
            bool is_true = stack[height - 1] != 0;
            if (is_true != (step->operation == CLP_DO_OR_ELSE)) break;
            stack[height - 1] = is_true;
            next = step->target;
            break;
        }
        case CLP_DO_SELECT: /* only the operand that counts is on the stack */
            break;
        default:
            if (!do_step(step, point, stack, &height, failed)) return false;
        }
    }
    *value = stack[0];
    return true;
}

/* ---- what went wrong ---- */

static void describe_call(const failure *failed, char *text, size_t size)
{
    const clp_operation_info *info = &operation_info[failed->step->operation];
    const double *p = failed->operands;
    bool is_function = isalpha((unsigned char)info->name[0]) != 0;
    if (info->operands == 1 && is_function)
        snprintf(text, size, "%s(%g)", info->name, p[0]);
    else if (info->operands == 1)
        snprintf(text, size, "%g%s", p[0], info->name);
    else if (is_function)
        snprintf(text, size, "%s(%g, %g)", info->name, p[0], p[1]);
    else
        snprintf(text, size, p[0] < 0 ? "(%g) %s %g" : "%g %s %g", p[0], info->name, p[1]);
}

/* What is wrong with an operation's operands; the only other way to fail is a result too large. */
static const char *what_is_wrong(const failure *failed)
{
    double a = failed->operands[0], b = failed->operands[1];
    switch (failed->step->operation) {
    case CLP_DO_VARIABLE:
        return "not finite";
    case CLP_DO_DIVIDE:
    case CLP_DO_MODULO:
        return b == 0 ? "a division by zero" : "too large a number";
    case CLP_DO_POWER:
        if (a == 0) return "a division by zero";
        return a < 0 && b != floor(b) ? "no real number (only whole powers of numbers below 0 are)"
                                      : "too large a number";
    case CLP_DO_LOG:
    case CLP_DO_LOG10:
        return "no real number (logarithms are for numbers above 0)";
    case CLP_DO_SQRT:
        return "no real number (square roots are for numbers from 0 on)";
    case CLP_DO_ASIN:
    case CLP_DO_ACOS:
        return "no real number (it is for numbers from -1 to 1)";
    default:
        return "too large a number";
    }
}

static clp_status fail_at_point(const clp_expression *expression, const double point[4],
                                const failure *failed)
{
    char call[128], place[160] = "";
    size_t length = 0;
    for (int v = 0; v < 4; v++)
        if (expression->variables & (1u << v))
            length += (size_t)snprintf(place + length, sizeof place - length, "%s%c = %.10g",
                                       length ? ", " : " at ", "xyzt"[v], point[v]);
    if (failed->step->operation == CLP_DO_VARIABLE)
        snprintf(call, sizeof call, "%c", "xyzt"[failed->step->variable]);
    else
        describe_call(failed, call, sizeof call);
    return clp_expression_fail_at(expression->text, failed->step->position, "%s is %s%s%s", call,
                                  what_is_wrong(failed), place,
                                  length ? "; ?: can give such points another value" : "");
}

clp_status clp_expression_evaluate(const clp_expression *expression, const double point[4], double *value)
{
    failure failed;
    return evaluate(expression, point, value, &failed) ? CLP_OK : fail_at_point(expression, point, &failed);
}

/* ---- a line ---- */

typedef struct line {
    const clp_points_along *points;
    const clp_expression_table *table; /* may be NULL */
} line;

/* The one place that says where point i of a line is. */
static double coordinate(const line *along, size_t i)
{
    const clp_points_along *points = along->points;
    const size_t index = points->first + i, wrap = points->wrap;
    const double distance = (double)(wrap && index >= wrap ? index - wrap : index) * points->step;
    return points->point[points->axis] + distance;
}

/* An operand of a block: one value for all its points, or a row of them. */
typedef struct operand {
    bool is_row;
    double value;
} operand;

static void fill(double *restrict row, size_t count, double value)
{
    for (size_t i = 0; i < count; i++) row[i] = value;
}

static void apply_rows(clp_operation operation, size_t count, double *restrict p, const double *restrict q,
                       const double *restrict r)
{
    switch (operation) {
#define CASE(id, name, operands, formula)                                                                    \
    case CLP_DO_##id:                                                                                        \
        for (size_t i = 0; i < count; i++) {                                                                 \
            LET_##operands(p[i], q[i], r[i]) p[i] = formula;                                                 \
        }                                                                                                    \
        break;
        CLP_OPERATION_LIST(CASE)
#undef CASE
    default:
        break;
    }
}

/* A product with 0 is 0, or NaN for infinity and NaN; four sums let the compiler use vectors. */
static bool are_finite(const double *row, size_t count)
{
    double sums[4] = {0};
    size_t i = 0;
    for (; i + 4 <= count; i += 4)
        for (size_t k = 0; k < 4; k++) sums[k] += row[i + k] * 0;
    for (; i < count; i++) sums[0] += row[i] * 0;
    return sums[0] + sums[1] + sums[2] + sums[3] == 0;
}

/* Replaces operands by the result; what is the same for all points is computed once. False: not all are
 * finite. */
static bool combine(clp_operation operation, size_t count, size_t block, operand *operands, double *rows)
{
    double values[3] = {0};
    bool is_row = false;
    int number = operation_info[operation].operands;
    for (int k = 0; k < number; k++) {
        is_row = is_row || operands[k].is_row;
        values[k] = operands[k].value;
    }
    if (!is_row) {
        operands[0].value = clp_operation_apply(operation, values);
        return isfinite(operands[0].value);
    }
    for (int k = 0; k < number; k++)
        if (!operands[k].is_row) fill(rows + (size_t)k * block, count, values[k]);
    apply_rows(operation, count, rows, rows + block, rows + 2 * block);
    operands[0].is_row = true;
    return are_finite(rows, count);
}

/* Every operand of every choice among some steps, for points begin ... begin + count. False: somewhere a step
 * is not finite, which may be on a side that does not count. */
static bool evaluate_block(const clp_expression *expression, const clp_table_range *steps, const line *along,
                           size_t begin, size_t count, size_t block, double *values)
{
    operand operands[CLP_EXPRESSION_STEPS];
    double rows[WORKSPACE];
    size_t height = 0, range = 0;
    const clp_expression_table *table = along->table;
    for (size_t next = steps->first; next < steps->end; next++) {
        const clp_step *step = &expression->steps[next];
        double *row = rows + height * block;
        if (table && range < table->range_count && next == table->ranges[range].first) {
            memcpy(row, table->ranges[range].values + begin, count * sizeof *row);
            operands[height++] = (operand){.is_row = true};
            next = table->ranges[range++].end - 1;
        } else if (step->operation == CLP_DO_NUMBER) {
            operands[height++] = (operand){.value = step->number};
        } else if (step->operation == CLP_DO_VARIABLE &&
                   step->variable == (clp_variable)along->points->axis) {
            for (size_t i = 0; i < count; i++) row[i] = coordinate(along, begin + i);
            operands[height++] = (operand){.is_row = true};
            if (!are_finite(row, count)) return false;
        } else if (step->operation == CLP_DO_VARIABLE) {
            operands[height++] = (operand){.value = along->points->point[step->variable]};
            if (!isfinite(along->points->point[step->variable])) return false;
        } else if (step->operation < CLP_OPERATIONS) {
            size_t first = height - (size_t)operation_info[step->operation].operands;
            if (!combine(step->operation, count, block, operands + first, rows + first * block)) return false;
            height = first + 1;
        }
    }
    if (!operands[0].is_row) fill(rows, count, operands[0].value);
    memcpy(values, rows, count * sizeof *values);
    return true;
}

/* Points at a time. */
static size_t block_of(const clp_expression *expression)
{
    return clp_min(BLOCK, WORKSPACE / (expression->height + 2));
}

bool clp_expression_evaluate_part(const clp_expression *expression, const clp_table_range *range,
                                  const clp_points_along *points)
{
    const line along = {.points = points};
    size_t block = block_of(expression);
    for (size_t begin = 0; begin < points->count; begin += block)
        if (!evaluate_block(expression, range, &along, begin, clp_min(block, points->count - begin), block,
                            range->values + begin))
            return false;
    return true;
}

clp_status clp_expression_evaluate_line(const clp_expression *expression, const clp_points_along *points,
                                        const clp_expression_table *table, double *values)
{
    const line along = {.points = points, .table = table};
    const clp_table_range all = {.end = expression->count};
    size_t block = block_of(expression);
    for (size_t begin = 0; begin < points->count; begin += block) {
        size_t end = clp_min(points->count, begin + block);
        if (evaluate_block(expression, &all, &along, begin, end - begin, block, values + begin)) continue;
        for (size_t i = begin; i < end; i++) {
            double at[4] = {points->point[0], points->point[1], points->point[2], points->point[3]};
            at[points->axis] = coordinate(&along, i);
            CLP_TRY(clp_expression_evaluate(expression, at, &values[i]));
        }
    }
    return CLP_OK;
}
