/* SPDX-License-Identifier: MIT */
/* u.A u of a network, over D: the sum of g (difference)^2 over edges, a sum of nothing below 0. */
__kernel void energy(__global const REAL *u, __global REAL *partial, const layout_t at, REAL inverse_u NETWORK_PARAMETERS)
{
    __local SUM shared[ITEMS];
    const network_t network = NETWORK_OF(at.origin);
    /* Each edge belongs to its first node; of the two nodes at a seam the second one has none. */
    const size_t end_x = min((size_t)at.end_x, at.nx - PERIODIC_X), rows_y = min((size_t)at.end_y, at.ny - PERIODIC_Y) - at.begin_y;
    const size_t rows_z = DIM == 3 ? min((size_t)at.end_z, at.nz - PERIODIC_Z) - at.begin_z : 1;
    SUM sum = 0;
    u += at.origin;
    for (size_t row = get_group_id(0); row < rows_y * rows_z; row += get_num_groups(0)) {
        const size_t j = at.begin_y + row % rows_y, k = at.begin_z + row / rows_y;
        for (size_t i = at.begin_x + get_local_id(0); i < end_x; i += ITEMS) {
            const size_t here = node_index(i, j, k, at);
            const REAL centre = inverse_u * u[here];
            const REAL x = i + 1 < at.nx ? inverse_u * u[here + 1] - centre : 0;
            const REAL y = j + 1 < at.ny ? inverse_u * u[here + at.width] - centre : 0;
            REAL value = network.x[here] * x * x + network.y[here] * y * y;
#if DIM == 3
            const REAL z = k + 1 < at.nz ? inverse_u * u[here + at.plane] - centre : 0;
            value += network.z[here] * z * z;
#endif
#if HAS_SHUNT
            value += network.shunt[here] * centre * centre;
#endif
            sum += value;
        }
    }
    sum_group(shared, partial, sum);
}
