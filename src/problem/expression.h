/* SPDX-License-Identifier: MIT */
/*
 * Arithmetic that a user writes: "75*y", "1 + 0.5*sin(2*pi*x)*exp(-t)", "x < 0.5 ? 1 : 2".
 *
 * Numbers, the variables x y z t, pi and e, + - * / ^, comparisons (1 or 0), && || !, c ? a : b, and the
 * functions sin cos tan asin acos atan atan2 sinh cosh tanh exp log log10 sqrt abs min max floor ceil mod
 * hypot erf if. ^ binds to the right and tighter than a minus before it: -x^2 is -(x^2). mod(a, b) is a -
 * b*floor(a/b).
 * && || ?: and if evaluate only what they need.
 *
 * An expression does not change once it is parsed: any number of threads may evaluate it at once.
 */
#ifndef CLP_PROBLEM_EXPRESSION_H
#define CLP_PROBLEM_EXPRESSION_H

#include <clpoisson/status.h>

#include <stdbool.h>
#include <stddef.h>

enum {
    CLP_EXPRESSION_LENGTH = 4096, /* bytes of the text */
    CLP_EXPRESSION_DEPTH = 100,   /* parentheses, signs, powers, ?: within one another */
    CLP_EXPRESSION_STEPS =
        1000, /* numbers, names and operators; a choice counts three times, && and || twice */
};

typedef enum clp_variable {
    CLP_VARIABLE_X = 0,
    CLP_VARIABLE_Y = 1,
    CLP_VARIABLE_Z = 2,
    CLP_VARIABLE_T = 3,
} clp_variable;

typedef struct clp_expression clp_expression;

/*
 * Reads a text, which is copied. The caller owns *expression (NULL on errors). Errors: CLP_ERROR_INPUT, with
 * a message whose last two lines are the text and a caret below the place, also if an expression without
 * variables has no finite value; CLP_ERROR_MEMORY.
 */
clp_status clp_expression_parse(const char *text, clp_expression **expression);

/* Frees an expression; NULL is allowed. */
void clp_expression_destroy(clp_expression *expression);

/* The text as the user wrote it; the expression owns it. */
const char *clp_expression_text(const clp_expression *expression);

/* Whether no variable occurs in it; then *value is its value, a finite number. */
bool clp_expression_is_constant(const clp_expression *expression, double *value);

/* Whether a variable occurs in it. */
bool clp_expression_uses(const clp_expression *expression, clp_variable variable);

/*
 * The value at point = (x, y, z, t). Errors: CLP_ERROR_INPUT where a step has no finite real value; the
 * message names the step, the variables' values and the place in the text.
 */
clp_status clp_expression_evaluate(const clp_expression *expression, const double point[4], double *value);

/* Points along an axis (0, 1, 2): number i is `point` with point[axis] + (first + i) * step, from where that
 * index reaches `wrap` (0: never) with as much less. */
typedef struct clp_points_along {
    int axis;
    double point[4], step; /* x, y, z, t */
    size_t first, count, wrap;
} clp_points_along;

/* Values along lines that are the same on all of them; see expression_table.c. */
typedef struct clp_expression_table clp_expression_table;

/*
 * For lines of such points, whatever is in their `point` beside what is along the axis. The caller destroys
 * *table before the expression. Errors: CLP_ERROR_MEMORY.
 */
clp_status clp_expression_table_create(const clp_expression *expression, const clp_points_along *points,
                                       clp_expression_table **table);
void clp_expression_table_destroy(clp_expression_table *table);

/*
 * values[i] at all points: exactly what clp_expression_evaluate gives, many at a time. Errors: that of the
 * first point which has one; values from its block of points on are then undefined. `table` is NULL or was
 * made for such lines.
 */
clp_status clp_expression_evaluate_line(const clp_expression *expression, const clp_points_along *points,
                                        const clp_expression_table *table, double *values);

/*
 * OpenCL C 1.2 text of `static REAL function(REAL x, REAL y, REAL z, REAL t)`, REAL being a macro for float
 * or double. Nothing of the user's text is in it. It uses the macros of kernels/evaluate.cl: where
 * clp_expression_evaluate fails, its value is NaN. The caller frees *source (NULL on errors). Errors:
 * CLP_ERROR_MEMORY.
 */
clp_status clp_expression_opencl(const clp_expression *expression, const char *function, char **source);

#endif
