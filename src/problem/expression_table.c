/* SPDX-License-Identifier: MIT */
/*
 * What of an expression depends on one variable alone is the same on every line along it: sin(2*pi*x) of
 * sin(2*pi*x)*cos(3*y) is computed once per column, not once per node. Only what costs more than looking it
 * up.
 */
#include "problem/expression_tree.h"

#include "base/status.h"

#include <stdlib.h>

static bool is_costly(clp_operation operation)
{
    switch (operation) {
    case CLP_DO_NEGATE:
    case CLP_DO_NOT:
    case CLP_DO_SQUARE:
    case CLP_DO_CUBE:
    case CLP_DO_ABS:
    case CLP_DO_ADD:
    case CLP_DO_SUBTRACT:
    case CLP_DO_MULTIPLY:
        return false;
    default:
        return operation < CLP_OPERATIONS;
    }
}

/* An operand on the stack: the steps from `first` on, and what is in them. */
typedef struct part {
    size_t first;
    unsigned variables; /* a bit each */
    bool costly;
} part;

static void note(clp_expression_table *table, const part *operand, size_t end)
{
    bool alone = operand->variables == 1u << table->axis;
    if (alone && operand->costly && table->range_count < CLP_TABLE_RANGES)
        table->ranges[table->range_count++] = (clp_table_range){.first = operand->first, .end = end};
}

/* The largest operands that depend on the axis' variable alone. */
static void find_ranges(const clp_expression *expression, clp_expression_table *table)
{
    part stack[CLP_EXPRESSION_STEPS];
    size_t height = 0;
    for (size_t i = 0; i < expression->count; i++) {
        const clp_step *step = &expression->steps[i];
        if (step->operation > CLP_DO_VARIABLE) continue; /* a mark */
        if (step->operation >= CLP_OPERATIONS) {
            bool variable = step->operation == CLP_DO_VARIABLE;
            stack[height++] = (part){.first = i, .variables = variable ? 1u << step->variable : 0};
            continue;
        }
        size_t operands = (size_t)clp_operation_describe(step->operation)->operands;
        part *own = &stack[height - operands],
             whole = {.first = own->first, .costly = is_costly(step->operation)};
        for (size_t k = 0; k < operands; k++) {
            whole.variables |= own[k].variables;
            whole.costly = whole.costly || own[k].costly;
        }
        for (size_t k = 0; k < operands && whole.variables != 1u << table->axis; k++)
            note(table, &own[k], k + 1 < operands ? own[k + 1].first : i);
        height -= operands;
        stack[height++] = whole;
    }
    note(table, &stack[0], expression->count);
}

static int compare(const void *a, const void *b)
{
    size_t x = ((const clp_table_range *)a)->first, y = ((const clp_table_range *)b)->first;
    return (x > y) - (x < y);
}

clp_status clp_expression_table_create(const clp_expression *expression, const clp_points_along *points,
                                       clp_expression_table **table)
{
    *table = NULL;
    clp_expression_table *made = calloc(1, sizeof *made);
    if (!made) return clp_fail_host_memory(sizeof *made);
    made->axis = points->axis;
    made->count = points->count;
    find_ranges(expression, made);
    qsort(made->ranges, made->range_count, sizeof *made->ranges, compare);
    size_t kept = 0;
    for (size_t r = 0; r < made->range_count; r++) {
        clp_table_range range = made->ranges[r];
        range.values = malloc(points->count * sizeof *range.values);
        /* Where something is not finite, the points themselves have the words. */
        if (range.values && clp_expression_evaluate_part(expression, &range, points))
            made->ranges[kept++] = range;
        else
            free(range.values);
    }
    made->range_count = kept;
    *table = made;
    return CLP_OK;
}

void clp_expression_table_destroy(clp_expression_table *table)
{
    if (!table) return;
    for (size_t r = 0; r < table->range_count; r++) free(table->ranges[r].values);
    free(table);
}
