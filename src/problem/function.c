/* SPDX-License-Identifier: MIT */
#include "problem/function.h"

#include "base/checked.h"
#include "base/status.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static clp_status copy_array(clp_function *copy, const double *array, size_t count, const char *what)
{
    size_t bytes;
    if (count == 0)
        return clp_fail(CLP_ERROR_INPUT, "%s cannot be an array; give a number or an expression", what);
    if (!clp_multiply(count, sizeof *array, &bytes) || !(copy->array = malloc(bytes)))
        return clp_fail_host_memory(bytes);
    memcpy(copy->array, array, bytes);
    copy->count = count;
    for (size_t i = 0; i < count; i++)
        if (!isfinite(array[i]))
            return clp_fail(CLP_ERROR_INPUT,
                            "number %zu of %zu of the array for %s is %g; all must be finite", i, count, what,
                            array[i]);
    return CLP_OK;
}

static clp_status copy_table(clp_function *copy, const clp_value *value, size_t count, const char *what)
{
    size_t bytes;
    if (count == 0 || value->rows == 0)
        return clp_fail(CLP_ERROR_INPUT, "%s cannot be %s; give a number or an expression", what,
                        count ? "a table without rows" : "a table");
    if (!clp_multiply(value->rows, 2 * sizeof *value->table, &bytes) || !(copy->table = malloc(bytes)))
        return clp_fail_host_memory(bytes);
    memcpy(copy->table, value->table, bytes);
    copy->value.rows = value->rows;
    for (size_t r = 0; r < value->rows; r++) {
        const double *row = copy->table + 2 * r;
        if (!isfinite(row[0]) || !isfinite(row[1]) || (r > 0 && !(row[0] > row[-2])))
            return clp_fail(CLP_ERROR_INPUT,
                            "row %zu of the table for %s is %g, %g; times must grow, and all be finite", r,
                            what, row[0], row[1]);
    }
    return CLP_OK;
}

static clp_status copy_value(clp_function *copy, const clp_value *value, size_t count, const char *what)
{
    double number;
    *copy = (clp_function){0};
    if (value->table) return copy_table(copy, value, count, what);
    if (value->array) return copy_array(copy, value->array, count, what);
    copy->value.number = value->number;
    if (value->expression) {
        clp_status status = clp_expression_parse(value->expression, &copy->expression);
        if (status != CLP_OK) return clp_fail_within(status, "%s: ", what);
        if (!clp_expression_is_constant(copy->expression, &number)) return CLP_OK;
        copy->value.number = number;
    }
    if (!isfinite(copy->value.number))
        return clp_fail(CLP_ERROR_INPUT, "%s is %g; it must be a finite number", what, copy->value.number);
    return CLP_OK;
}

clp_status clp_function_set(clp_function *function, const clp_value *value, size_t count, const char *what)
{
    clp_function copy;
    clp_status status = copy_value(&copy, value, count, what);
    if (status != CLP_OK) {
        clp_function_finish(&copy);
        return status;
    }
    clp_function_finish(function);
    *function = copy;
    function->value.array = function->array;
    function->value.table = function->table;
    function->value.expression = function->expression ? clp_expression_text(function->expression) : NULL;
    return CLP_OK;
}

void clp_function_finish(clp_function *function)
{
    clp_expression_destroy(function->expression);
    free(function->array);
    free(function->table);
    *function = (clp_function){0};
}

bool clp_function_is_number(const clp_function *function, double *number)
{
    *number = function->value.number;
    return !function->array && !function->table &&
           (!function->expression || clp_expression_is_constant(function->expression, number));
}

bool clp_function_uses_time(const clp_function *function)
{
    if (function->table) return function->value.rows > 1;
    return !function->array && function->expression &&
           clp_expression_uses(function->expression, CLP_VARIABLE_T);
}

bool clp_function_is_zero(const clp_function *function)
{
    double number;
    return clp_function_is_number(function, &number) && number == 0;
}

bool clp_function_is_exact(const clp_function *function)
{
    double number;
    return clp_function_is_number(function, &number);
}

/* By straight lines between the rows. */
static double table_at(const clp_function *function, double time)
{
    const double *rows = function->table;
    size_t low = 0, high = function->value.rows - 1;
    if (time <= rows[0]) return rows[1];
    if (time >= rows[2 * high]) return rows[2 * high + 1];
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (rows[2 * middle] <= time)
            low = middle;
        else
            high = middle;
    }
    double share = (time - rows[2 * low]) / (rows[2 * high] - rows[2 * low]);
    return (1 - share) * rows[2 * low + 1] + share * rows[2 * high + 1];
}

clp_status clp_function_line(const clp_function *function, const clp_line *line, const char *what,
                             double *values)
{
    double number;
    if (clp_function_is_number(function, &number)) {
        for (size_t i = 0; i < line->at.count; i++) values[i] = number;
        return CLP_OK;
    }
    if (function->table) {
        number = table_at(function, line->at.point[3]);
        for (size_t i = 0; i < line->at.count; i++) values[i] = number;
        return CLP_OK;
    }
    if (function->array) {
        for (size_t i = 0; i < line->at.count; i++)
            values[i] = function->array[line->offset + i * line->stride];
        return CLP_OK;
    }
    clp_status status = clp_expression_evaluate_line(function->expression, &line->at, line->table, values);
    return status == CLP_OK ? CLP_OK : clp_fail_within(status, "%s: ", what);
}
