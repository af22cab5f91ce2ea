/* SPDX-License-Identifier: MIT */
/* Norms of the residual, and the end of every reduction. */
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

/* The three numbers of all groups, into the first three of result. Runs as one group. */
__kernel void norms_finish(__global const REAL *partial, __global REAL *result, ulong groups)
{
    __local REAL shared[3 * ITEMS];
    REAL largest = 0, squares = 0, field = 0;
    for (size_t group = get_local_id(0); group < groups; group += ITEMS) {
        largest = largest_of(largest, partial[3 * group]);
        squares += partial[3 * group + 1];
        field = largest_of(field, partial[3 * group + 2]);
    }
    reduce_group(shared, result, largest, squares, field);
}
