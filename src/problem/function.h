/* SPDX-License-Identifier: MIT */
/* A number, an expression or an array that a user has declared, owned and ready to be evaluated. */
#ifndef CLP_PROBLEM_FUNCTION_H
#define CLP_PROBLEM_FUNCTION_H

#include "problem/expression.h"

#include <clpoisson/problem.h>

#include <stdbool.h>

typedef struct clp_function {
    clp_value value; /* texts and arrays are this function's own */
    clp_expression *expression;
    double *array;
    size_t count;  /* of the array */
    double *table; /* [value.rows][2] */
} clp_function;

/* Takes a copy of `value` in place of what `function` held; an array has `count` numbers (0: none is
 * allowed). `what` names it in messages. On errors the old one stays. */
clp_status clp_function_set(clp_function *function, const clp_value *value, size_t count, const char *what);

void clp_function_finish(clp_function *function);

/* Whether it is the same number everywhere. */
bool clp_function_is_number(const clp_function *function, double *number);

/* Whether it depends on t. */
bool clp_function_uses_time(const clp_function *function);

/* Whether it is the number 0. */
bool clp_function_is_zero(const clp_function *function);

/* Whether it is no array, table or expression: its integrals by sums over nodes are exact. */
bool clp_function_is_exact(const clp_function *function);

/*
 * Values at points along an axis. Arrays are read from `offset`, `stride` apart. Errors name the point and
 * `what`.
 */
typedef struct clp_line {
    clp_points_along at;
    size_t offset, stride;
    const clp_expression_table *table; /* of the function's expression and such lines, or NULL */
} clp_line;

clp_status clp_function_line(const clp_function *function, const clp_line *line, const char *what,
                             double *values);

#endif
