/* SPDX-License-Identifier: MIT */
/*
 * Between a level and a coarser one; backend/transfer.h on the host. The tables of all axes lie behind one another: the
 * gathered nodes and their weights, TAPS per coarse node, then the coarse node below and the part of the way per fine
 * node.
 */
#define TAPS 4

/* Where the tables of an axis begin. */
typedef struct {
    size_t gather_x, gather_y, gather_z, below_x, below_y, below_z;
} tables_t;

static inline tables_t tables_of(const layout_t fine, const layout_t coarse)
{
    tables_t t;
    t.gather_x = 0;
    t.gather_y = TAPS * coarse.nx;
    t.gather_z = t.gather_y + TAPS * coarse.ny;
    t.below_x = t.gather_z + TAPS * coarse.nz;
    t.below_y = t.below_x + fine.nx;
    t.below_z = t.below_y + fine.ny;
    return t;
}

/* The mean of the fine nodes around a coarse one. */
__kernel void restrict_field(__global const REAL *fine, __global REAL *coarse, const layout_t from, const layout_t to,
                             __global const uint *index, __global const REAL *weight, int taps_x, int taps_y,
                             int taps_z)
{
    const size_t i = get_global_id(0), j = get_global_id(1), k = DIM == 3 ? get_global_id(2) : 0;
    if (i >= to.nx || j >= to.ny || k >= to.nz) return;
    const tables_t t = tables_of(from, to);
    const size_t x = t.gather_x + TAPS * i, y = t.gather_y + TAPS * j, z = t.gather_z + TAPS * k;
    REAL sum = 0;
    for (int c = 0; c < (DIM == 3 ? taps_z : 1); c++)
        for (int b = 0; b < taps_y; b++) {
            const size_t row = element_of(0, index[y + b], DIM == 3 ? index[z + c] : 0, from);
            REAL along = 0;
            for (int a = 0; a < taps_x; a++) along += weight[x + a] * fine[row + index[x + a]];
            sum += (DIM == 3 ? weight[z + c] : 1) * weight[y + b] * along;
        }
    coarse[element_of(i, j, k, to)] = sum;
}

/* Adds what linear interpolation between coarse nodes gives. */
__kernel void prolong_add(__global const REAL *coarse, __global REAL *fine, const layout_t to, const layout_t from,
                          __global const uint *index, __global const REAL *weight)
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
