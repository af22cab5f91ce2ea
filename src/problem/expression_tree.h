/* SPDX-License-Identifier: MIT */
/*
 * The tree of an expression in postfix order, as the parser writes it, the host evaluates it and OpenCL C
 * comes of it. Every operation has one formula, which all of them use.
 */
#ifndef CLP_PROBLEM_EXPRESSION_TREE_H
#define CLP_PROBLEM_EXPRESSION_TREE_H

#include "problem/expression.h"

/* X(operation, name in the language, operands, formula in C and in OpenCL C with the operands a, b, c) */
#define CLP_OPERATION_LIST(X)                                                                                \
    X(NEGATE, "-", 1, -a)                                                                                    \
    X(NOT, "!", 1, a == 0)                                                                                   \
    X(SQUARE, "^2", 1, (a * a))                                                                              \
    X(CUBE, "^3", 1, (a * a * a))                                                                            \
    X(SIN, "sin", 1, sin(a))                                                                                 \
    X(COS, "cos", 1, cos(a))                                                                                 \
    X(TAN, "tan", 1, tan(a))                                                                                 \
    X(ASIN, "asin", 1, asin(a))                                                                              \
    X(ACOS, "acos", 1, acos(a))                                                                              \
    X(ATAN, "atan", 1, atan(a))                                                                              \
    X(SINH, "sinh", 1, sinh(a))                                                                              \
    X(COSH, "cosh", 1, cosh(a))                                                                              \
    X(TANH, "tanh", 1, tanh(a))                                                                              \
    X(EXP, "exp", 1, exp(a))                                                                                 \
    X(LOG, "log", 1, log(a))                                                                                 \
    X(LOG10, "log10", 1, log10(a))                                                                           \
    X(SQRT, "sqrt", 1, sqrt(a))                                                                              \
    X(ABS, "abs", 1, fabs(a))                                                                                \
    X(FLOOR, "floor", 1, floor(a))                                                                           \
    X(CEIL, "ceil", 1, ceil(a))                                                                              \
    X(ERF, "erf", 1, erf(a))                                                                                 \
    X(ADD, "+", 2, a + b)                                                                                    \
    X(SUBTRACT, "-", 2, a - b)                                                                               \
    X(MULTIPLY, "*", 2, (a * b))                                                                             \
    X(DIVIDE, "/", 2, a / b)                                                                                 \
    X(POWER, "^", 2, pow(a, b))                                                                              \
    X(LESS, "<", 2, a < b)                                                                                   \
    X(LESS_EQUAL, "<=", 2, a <= b)                                                                           \
    X(GREATER, ">", 2, a > b)                                                                                \
    X(GREATER_EQUAL, ">=", 2, a >= b)                                                                        \
    X(EQUAL, "==", 2, a == b)                                                                                \
    X(NOT_EQUAL, "!=", 2, a != b)                                                                            \
    X(AND, "&&", 2, (a != 0) & (b != 0))                                                                     \
    X(OR, "||", 2, (a != 0) | (b != 0))                                                                      \
    X(ATAN2, "atan2", 2, atan2(a, b))                                                                        \
    X(HYPOT, "hypot", 2, hypot(a, b))                                                                        \
    X(MODULO, "mod", 2, a - b * floor(a / b))                                                                \
    X(MINIMUM, "min", 2, b < a ? b : a)                                                                      \
    X(MAXIMUM, "max", 2, a < b ? b : a)                                                                      \
    X(SELECT, "if", 3, a != 0 ? b : c)

typedef enum clp_operation {
#define CLP_OPERATION_ENUM(id, name, operands, formula) CLP_DO_##id,
    CLP_OPERATION_LIST(CLP_OPERATION_ENUM)
#undef CLP_OPERATION_ENUM
        CLP_OPERATIONS,
    CLP_DO_NUMBER = CLP_OPERATIONS,
    CLP_DO_VARIABLE,
    /* Marks between operands, for whoever evaluates only what is needed; others pass over them. A choice is
     * a BRANCH b JUMP c SELECT, the others are a AND_THEN b AND, a OR_ELSE b OR. */
    CLP_DO_BRANCH,   /* takes a; if it is 0, go on at the target */
    CLP_DO_JUMP,     /* go on at the target */
    CLP_DO_AND_THEN, /* if a is 0, the result is 0: go on at the target */
    CLP_DO_OR_ELSE,  /* if a is not 0, the result is 1: go on at the target */
} clp_operation;

typedef struct clp_step {
    clp_operation operation;
    unsigned position; /* in the text, for messages */
    union {
        double number;
        clp_variable variable;
        size_t target; /* index of a step */
    };
} clp_step;

struct clp_expression {
    char *text;
    clp_step *steps;
    size_t count;
    size_t height;      /* of the stack, if every operand is evaluated */
    unsigned variables; /* bit v: variable v occurs */
    double constant;    /* the value if there are none */
};

/* Steps that are an operand, and its values along a line. */
typedef struct clp_table_range {
    size_t first, end;
    double *values;
} clp_table_range;

enum { CLP_TABLE_RANGES = 8 };

struct clp_expression_table {
    int axis;
    size_t count; /* points of a line */
    size_t range_count;
    clp_table_range ranges[CLP_TABLE_RANGES]; /* in the order of the steps */
};

/* Fills in the values of a range. False: somewhere a step is not finite. */
bool clp_expression_evaluate_part(const clp_expression *expression, const clp_table_range *range,
                                  const clp_points_along *points);

typedef struct clp_operation_info {
    const char *name, *formula;
    int operands;
} clp_operation_info;

/* The row of an operation below CLP_OPERATIONS. */
const clp_operation_info *clp_operation_describe(clp_operation operation);

/* The result of an operation below CLP_OPERATIONS on as many operands as it has. */
double clp_operation_apply(clp_operation operation, const double *operands);

/* CLP_ERROR_INPUT with a message, followed by the text around a place (a byte) and a caret below it. */
__attribute__((format(printf, 3, 4))) clp_status clp_expression_fail_at(const char *text, size_t place,
                                                                        const char *format, ...);

#endif
