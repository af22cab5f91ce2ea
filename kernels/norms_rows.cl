/* SPDX-License-Identifier: MIT */
/*
 * What norms.cl computes, row by row: rows.cl. There is an item per group.
 *
 * OTHER   type of the field r, where it is another one
 */

#if NETWORK
#define WEIGHT(i) min(inverse[i], most)
#else
#define WEIGHT(i) 1
#endif

/* The residual over D at nodes 0 to count - 1, which have neighbours on both sides in their row. */
__attribute__((noinline)) static void defect_row(REAL *restrict out, FIELD_PARAMETERS, COEFFICIENT_PARAMETERS,
                                                 REAL source, int count)
{
    for (int i = 0; i < count; i++) {
        const REAL value = FLOW + source * q[i];
        out[i] = IF_FREE(i, value);
    }
}

/* Adds whole vectors of values to the sums; how many. */
__attribute__((noinline)) static int sum_row(sums_t *restrict sums, const REAL *restrict values,
                                             __global const REAL *restrict u, __global const REAL *restrict inverse,
                                             REAL inverse_scale, REAL most, int count)
{
    int base = 0;
    for (; base + LANES <= count; base += LANES)
        for (int lane = 0; lane < LANES; lane++) {
            const int i = base + lane;
            const REAL magnitude = WEIGHT(i) * fabs(values[i]), centre = IF_FREE(i, fabs(u[i]));
            const REAL scaled = values[i] * inverse_scale;
            sums->largest[lane] = magnitude > sums->largest[lane] ? magnitude : sums->largest[lane];
            sums->squares[lane] += scaled * scaled;
            sums->field[lane] = centre > sums->field[lane] ? centre : sums->field[lane];
        }
    return base;
}

__attribute__((noinline)) static void store_values(__global OTHER *restrict r, const REAL *restrict values, REAL factor,
                                                   int count)
{
    for (int i = 0; i < count; i++) r[i] = (OTHER)(factor * values[i]);
}

#define CHUNK 256 /* nodes that are worked on at once, in the first-level cache */

__kernel void residual_norms(__global const REAL *u, __global const REAL *q, __global REAL *partial, const layout_t at,
                             int sourced, REAL x, REAL y, REAL z, REAL inverse_diagonal, REAL inverse_scale, REAL most,
                             __global OTHER *r, const layout_t to, REAL factor, int stored NETWORK_PARAMETERS)
{
    const range_t range = equations(at);
    const network_t network = NETWORK_OF(at.origin);
    const size_t rows = at.ny * at.nz, groups = get_num_groups(0), group = get_group_id(0);
    const size_t inner_x = max(range.first_x, (size_t)1), outer_x = min(range.end_x, (size_t)at.nx - 1);
    const REAL source = sourced ? inverse_diagonal : 0; /* without one q is u: anything finite, where u is */
    REAL values[CHUNK] __attribute__((aligned(64)));
    sums_t sums;
    for (int lane = 0; lane < LANES; lane++) sums.largest[lane] = sums.squares[lane] = sums.field[lane] = 0;
    u += at.origin;
    q += at.origin;
    for (size_t row = rows * group / groups; row < rows * (group + 1) / groups; row++) {
        const size_t j = row % at.ny, k = row / at.ny, start = node_index(0, j, k, at), other = element_of(0, j, k, to);
        const int counted = in_rows(range, j, k);
        const rows_t beside = rows_around(u, j, k, at);
        const coefficients_t c = coefficients_of(network, j, k, at, x, y, z);
        if (row_is_held(j, k, at)) {
            for (size_t i = 0; stored && i < at.nx; i++) r[other + i] = 0;
            continue;
        }
        for (size_t first = 1; first < at.nx - 1; first += CHUNK) {
            const int count = (int)min((size_t)CHUNK, at.nx - 1 - first);
            defect_row(values, FIELD_AT(beside, q + start, first), COEFFICIENTS_AT(c, first), source, count);
            if (stored) store_values(r + other + first, values, factor, count);
            const int from = inner_x > first ? (int)min(inner_x - first, (size_t)count) : 0;
            const int own = counted && outer_x > first + from ? (int)min(outer_x - first, (size_t)count) - from : 0;
            __global const REAL *inverse = NETWORK ? c.inverse + first + from : u;
            __global const REAL *centres = beside.centre + first + from;
            for (int i = own > 0 ? sum_row(&sums, values + from, centres, inverse, inverse_scale, most, own) : 0; i < own; i++) {
                const REAL centre = centres[i];
                sums_add(&sums, 0, values[from + i], WEIGHT(i), IF_FREE(i, centre), inverse_scale);
            }
        }
        for (size_t i = 0; i < at.nx; i += at.nx - 1) { /* the ends */
            REAL value = residual_node(network, u, q, i, j, k, at, 0, x, y, z, 1);
            if (!node_is_held(network, i, j, k, at)) value += source * q[start + i];
            if (stored) r[other + i] = (OTHER)(factor * value);
            if (!(counted & (i >= range.first_x) & (i < range.end_x))) continue;
#if NETWORK
            __global const REAL *inverse = c.inverse;
#endif
            sums_add(&sums, 0, value, WEIGHT(i), IF_FREE(i, beside.centre[i]), inverse_scale);
        }
    }
    sums_join(&sums);
    partial[3 * group] = sums.largest[0];
    partial[3 * group + 1] = sums.squares[0];
    partial[3 * group + 2] = sums.field[0];
}
