/* SPDX-License-Identifier: MIT */
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
