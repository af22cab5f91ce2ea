/* SPDX-License-Identifier: MIT */
/*
 * Inner products of whole fields.
 *
 * OTHER   type of x, which may differ from that of y
 */

/* The sum of x y over the unknowns, group by group, weighted by parts of control volumes where there is no network. */
__kernel void dot_product(__global const OTHER *x, __global const REAL *y, __global REAL *partial, const layout_t at,
                          const layout_t from, REAL inverse_x, REAL inverse_y NETWORK_PARAMETERS)
{
    __local SUM shared[ITEMS];
    const range_t range = equations(at);
#if NETWORK
    const network_t network = NETWORK_OF(at.origin);
#endif
    SUM sums[LANES];
    for (int lane = 0; lane < LANES; lane++) sums[lane] = 0;
    for (size_t row = get_group_id(0); row < range.rows; row += get_num_groups(0)) {
        const size_t j = range.first_y + row % range.height, k = range.first_z + row / range.height;
        REAL part_row = inverse_x * volume_part(j, at.ny, PERIODIC_Y);
        if (DIM == 3) part_row *= volume_part(k, at.nz, PERIODIC_Z);
        if (NETWORK) part_row = inverse_x;
        const size_t start = element_of(0, j, k, at), start_x = element_of(0, j, k, from);
        for (size_t base = range.first_x + get_local_id(0) * LANES; base < range.end_x; base += ITEMS * LANES) {
            const int lanes = (int)min((size_t)LANES, range.end_x - base);
            for (int lane = 0; lane < lanes; lane++) {
                const size_t i = base + lane;
                SUM product = (SUM)(part_row * (REAL)x[start_x + i]) * (SUM)(inverse_y * y[start + i]);
#if NETWORK
                if (network.inverse[start - at.origin + i] == 0) product = 0;
#else
                product *= volume_part(i, at.nx, PERIODIC_X);
#endif
                sums[lane] += product;
            }
        }
    }
    for (int lane = 1; lane < LANES; lane++) sums[0] += sums[lane];
    sum_group(shared, partial, sums[0]);
}
