/* SPDX-License-Identifier: MIT */
/*
 * Sums of whole fields. A work-item per node.
 *
 * OTHER   type of x, which may differ from that of y; WIDE the wider of the two
 */

/* y = a x + b y; with b = 0 what y holds is not looked at. */
__kernel void combine(__global REAL *y, __global const OTHER *x, const layout_t at, const layout_t from, WIDE a, WIDE b)
{
    const size_t i = get_global_id(0), j = get_global_id(1), k = DIM == 3 ? get_global_id(2) : 0;
    if (i >= at.nx || j >= at.ny || k >= at.nz) return;
    const size_t here = element_of(i, j, k, at);
    WIDE sum = a * x[element_of(i, j, k, from)];
    if (b != 0) sum += b * y[here];
    y[here] = sum;
}
