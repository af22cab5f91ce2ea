/* SPDX-License-Identifier: MIT */
/*
 * What dot.cl computes, row by row: rows.cl. There is an item per group, which owns rows that follow one another.
 *
 * OTHER   type of x, which may differ from that of y
 */

/* Adds the products of whole vectors of nodes to the sums; how many nodes. */
__attribute__((noinline)) static int dot_row(SUM *restrict sums, __global const OTHER *restrict x,
                                             __global const REAL *restrict y, __global const REAL *restrict inverse,
                                             REAL factor_x, REAL factor_y, int count)
{
    int base = 0;
    for (; base + LANES <= count; base += LANES)
        for (int lane = 0; lane < LANES; lane++) {
            const int i = base + lane;
            const SUM product = (SUM)(factor_x * (REAL)x[i]) * (SUM)(factor_y * y[i]);
            sums[lane] += IF_FREE(i, product);
        }
    return base;
}

__kernel void dot_product(__global const OTHER *x, __global const REAL *y, __global REAL *partial, const layout_t at,
                          const layout_t from, REAL inverse_x, REAL inverse_y NETWORK_PARAMETERS)
{
    const range_t range = equations(at);
    const network_t network = NETWORK_OF(at.origin);
    const size_t groups = get_num_groups(0), group = get_group_id(0);
    const int first = (int)max(range.first_x, (size_t)1), behind = (int)min(range.end_x, (size_t)at.nx - 1);
    SUM sums[LANES];
    for (int lane = 0; lane < LANES; lane++) sums[lane] = 0;
    for (size_t row = range.rows * group / groups; row < range.rows * (group + 1) / groups; row++) {
        const size_t j = range.first_y + row % range.height, k = range.first_z + row / range.height;
        REAL factor = inverse_x;
#if !NETWORK
        factor *= volume_part(j, at.ny, PERIODIC_Y);
        if (DIM == 3) factor *= volume_part(k, at.nz, PERIODIC_Z);
#endif
        __global const OTHER *in = x + element_of(0, j, k, from);
        __global const REAL *with = y + element_of(0, j, k, at);
        __global const REAL *inverse = NETWORK ? network.inverse + node_index(0, j, k, at) : with;
        int i = first + dot_row(sums, in + first, with + first, inverse + first, factor, inverse_y, behind - first);
        for (; i < behind; i++) {
            const SUM product = (SUM)(factor * (REAL)in[i]) * (SUM)(inverse_y * with[i]);
            sums[0] += IF_FREE(i, product);
        }
        for (size_t end = 0; end < at.nx; end += at.nx - 1) {
            if (end < range.first_x || end >= range.end_x) continue;
            const REAL share = NETWORK ? 1 : volume_part(end, at.nx, PERIODIC_X);
            const SUM product = (SUM)(share * factor * (REAL)in[end]) * (SUM)(inverse_y * with[end]);
            sums[0] += IF_FREE(end, product);
        }
    }
    for (int lane = 1; lane < LANES; lane++) sums[0] += sums[lane];
    store_sum(partial, group, sums[0]);
}
