/* SPDX-License-Identifier: MIT */
/*
 * Norms: the largest magnitude, the sum of squares times inverse_scale^2, the largest |u|.
 */
typedef struct {
    REAL largest[LANES], squares[LANES], field[LANES];
} sums_t;

static inline void sums_add(sums_t *sums, int lane, REAL value, REAL weight, REAL u, REAL inverse_scale)
{
    const REAL scaled = value * inverse_scale;
    sums->largest[lane] = largest_of(sums->largest[lane], weight * fabs(value));
    sums->squares[lane] += scaled * scaled;
    sums->field[lane] = largest_of(sums->field[lane], fabs(u));
}

static inline void sums_finish(sums_t *sums, __local REAL *shared, __global REAL *partial)
{
    for (int lane = 1; lane < LANES; lane++) {
        sums->largest[0] = largest_of(sums->largest[0], sums->largest[lane]);
        sums->squares[0] += sums->squares[lane];
        sums->field[0] = largest_of(sums->field[0], sums->field[lane]);
    }
    reduce_group(shared, partial, sums->largest[0], sums->squares[0], sums->field[0]);
}

/* Of r / D = (q - A u) / D over the unknowns; inverse_diagonal = 1 / D. */
__kernel void residual_norms(__global const REAL *u, __global const REAL *q, __global REAL *partial, const layout_t at,
                             int sourced, REAL x, REAL y, REAL z, REAL inverse_diagonal,
                             REAL inverse_scale NETWORK_PARAMETERS)
{
    __local REAL shared[3 * ITEMS];
    const range_t range = equations(at);
#if NETWORK
    const network_t network = NETWORK_OF(at.origin);
#endif
    sums_t sums;
    for (int lane = 0; lane < LANES; lane++) sums.largest[lane] = sums.squares[lane] = sums.field[lane] = 0;
    u += at.origin;
    for (size_t row = get_group_id(0); row < range.rows; row += get_num_groups(0)) {
        const size_t j = range.first_y + row % range.height, k = range.first_z + row / range.height;
        for (size_t base = range.first_x + get_local_id(0) * LANES; base < range.end_x; base += ITEMS * LANES) {
            const int lanes = (int)min((size_t)LANES, range.end_x - base);
            for (int lane = 0; lane < lanes; lane++) {
                const size_t i = base + lane, here = node_index(i, j, k, at);
                REAL centre = u[here], weight = 1;
#if NETWORK
                REAL value = inflow(network, u, i, j, k, at);
#else
                REAL value = neighbours(u, i, j, k, at, x, y, z) - centre;
#endif
                if (sourced) value += inverse_diagonal * q[at.origin + here];
#if NETWORK
                weight = network.inverse[here];
                if (weight == 0) value = centre = 0;
#endif
                sums_add(&sums, lane, value, weight, centre, inverse_scale);
            }
        }
    }
    sums_finish(&sums, shared, partial);
}

/* Of u - v over the unknowns. */
__kernel void change_norms(__global const REAL *u, __global const REAL *v, __global REAL *partial, const layout_t at,
                           REAL inverse_scale NETWORK_PARAMETERS)
{
    __local REAL shared[3 * ITEMS];
    const range_t range = equations(at);
#if NETWORK
    const network_t network = NETWORK_OF(at.origin);
#endif
    sums_t sums;
    for (int lane = 0; lane < LANES; lane++) sums.largest[lane] = sums.squares[lane] = sums.field[lane] = 0;
    for (size_t row = get_group_id(0); row < range.rows; row += get_num_groups(0)) {
        const size_t j = range.first_y + row % range.height, k = range.first_z + row / range.height;
        for (size_t base = range.first_x + get_local_id(0) * LANES; base < range.end_x; base += ITEMS * LANES) {
            const int lanes = (int)min((size_t)LANES, range.end_x - base);
            for (int lane = 0; lane < lanes; lane++) {
                const size_t here = node_index(base + lane, j, k, at);
                REAL value = u[at.origin + here], change = value - v[at.origin + here];
#if NETWORK
                if (network.inverse[here] == 0) value = change = 0;
#endif
                sums_add(&sums, lane, change, 1, value, inverse_scale);
            }
        }
    }
    sums_finish(&sums, shared, partial);
}
