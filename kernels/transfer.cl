/* SPDX-License-Identifier: MIT */
/* Between a level and a coarser one; backend/transfer.h on the host. A work-item per node; `first` and `nested` are for
 * transfer_rows.cl. */

/* The mean of the fine nodes around a coarse one. */
__kernel void restrict_field(__global const REAL *fine, __global REAL *coarse, const layout_t from, const layout_t to,
                             __global const uint *index, __global const REAL *weight, __global const int *first,
                             int nested, int taps_x, int taps_y, int taps_z)
{
    const size_t i = get_global_id(0), j = get_global_id(1), k = DIM == 3 ? get_global_id(2) : 0;
    if (i >= to.nx || j >= to.ny || k >= to.nz) return;
    const tables_t t = tables_of(from, to);
    const size_t x = t.gather_x + i, y = t.gather_y + j, z = t.gather_z + k;
    REAL sum = 0;
    for (int c = 0; c < (DIM == 3 ? taps_z : 1); c++)
        for (int b = 0; b < taps_y; b++) {
            const size_t row = element_of(0, index[y + b * to.ny], DIM == 3 ? index[z + c * to.nz] : 0, from);
            REAL along = 0;
            for (int a = 0; a < taps_x; a++) along += weight[x + a * to.nx] * fine[row + index[x + a * to.nx]];
            sum += (DIM == 3 ? weight[z + c * to.nz] : 1) * weight[y + b * to.ny] * along;
        }
    coarse[element_of(i, j, k, to)] = is_held(i, j, k, to) ? 0 : sum;
}

/* Adds what linear interpolation between coarse nodes gives. */
__kernel void prolong_add(__global const REAL *coarse, __global REAL *fine, const layout_t to, const layout_t from,
                          __global const uint *index, __global const REAL *weight, __global const int *first, int nested)
{
    const size_t i = get_global_id(0), j = get_global_id(1), k = DIM == 3 ? get_global_id(2) : 0;
    if (i >= to.nx || j >= to.ny || k >= to.nz) return;
    const tables_t t = tables_of(to, from);
    const REAL x = weight[t.below_x + i], y = weight[t.below_y + j];
    const size_t west = index[t.below_x + i], south = index[t.below_y + j];
    __global const REAL *low = coarse + element_of(west, south, DIM == 3 ? index[t.below_z + k] : 0, from);
    __global const REAL *up = low + from.width;
    REAL sum = (1 - y) * ((1 - x) * low[0] + x * low[1]) + y * ((1 - x) * up[0] + x * up[1]);
#if DIM == 3
    const REAL z = weight[t.below_z + k];
    __global const REAL *low_above = low + from.plane, *up_above = up + from.plane;
    const REAL above =
        (1 - y) * ((1 - x) * low_above[0] + x * low_above[1]) + y * ((1 - x) * up_above[0] + x * up_above[1]);
    sum = (1 - z) * sum + z * above;
#endif
    fine[element_of(i, j, k, to)] += sum;
}
