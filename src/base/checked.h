/* SPDX-License-Identifier: MIT */
/* Arithmetic on sizes that tells when it overflows. */
#ifndef CLP_BASE_CHECKED_H
#define CLP_BASE_CHECKED_H

#include <stdbool.h>
#include <stddef.h>

/* *result = a * b; false on overflow. */
static inline bool clp_multiply(size_t a, size_t b, size_t *result)
{
    return !__builtin_mul_overflow(a, b, result);
}

/* *result = a + b; false on overflow. */
static inline bool clp_add(size_t a, size_t b, size_t *result)
{
    return !__builtin_add_overflow(a, b, result);
}

/* The multiple of `step` at or above `value`; the caller knows that it fits. */
static inline size_t clp_round_up(size_t value, size_t step)
{
    return (value + step - 1) / step * step;
}

static inline size_t clp_min(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline size_t clp_max(size_t a, size_t b)
{
    return a > b ? a : b;
}

#endif
