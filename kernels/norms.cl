/* SPDX-License-Identifier: MIT */
/*
 * Norms of r / D = (q - A u) / D over the unknowns; inverse_diagonal = 1 / D. In a network the largest one is of r over
 * the node's own diagonal, but counts for no more than `most` times r / D. Where `stored`, factor r / D goes to the field
 * r, 0 on held nodes.
 *
 * OTHER   type of the field r, where it is another one
 */

__kernel void residual_norms(__global const REAL *u, __global const REAL *q, __global REAL *partial, const layout_t at,
                             int sourced, REAL x, REAL y, REAL z, REAL inverse_diagonal, REAL inverse_scale, REAL most,
                             __global OTHER *r, const layout_t to, REAL factor, int stored NETWORK_PARAMETERS)
{
    __local REAL shared[3 * ITEMS];
    const range_t range = equations(at);
    const network_t network = NETWORK_OF(at.origin);
    const size_t rows = at.ny * at.nz;
    sums_t sums;
    for (int lane = 0; lane < LANES; lane++) sums.largest[lane] = sums.squares[lane] = sums.field[lane] = 0;
    u += at.origin;
    q += at.origin;
    for (size_t row = get_group_id(0); row < rows; row += get_num_groups(0)) {
        const size_t j = row % at.ny, k = row / at.ny;
        const int equations_here = in_rows(range, j, k);
        for (size_t base = get_local_id(0) * LANES; base < at.nx; base += ITEMS * LANES) {
            const int lanes = (int)min((size_t)LANES, at.nx - base);
            for (int lane = 0; lane < lanes; lane++) {
                const size_t i = base + lane, here = node_index(i, j, k, at);
                REAL centre = u[here], weight = 1;
                REAL value = residual_node(network, u, q, i, j, k, at, 0, x, y, z, 1);
                if (sourced && !node_is_held(network, i, j, k, at)) value += inverse_diagonal * q[here];
                if (stored) r[element_of(i, j, k, to)] = (OTHER)(factor * value);
                if (!(equations_here & (i >= range.first_x) & (i < range.end_x))) continue;
#if NETWORK
                weight = min(network.inverse[here], most);
                if (weight == 0) centre = 0;
#endif
                sums_add(&sums, lane, value, weight, centre, inverse_scale);
            }
        }
    }
    sums_finish(&sums, shared, partial);
}
