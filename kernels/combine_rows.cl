/* SPDX-License-Identifier: MIT */
/*
 * Sums of whole fields, row by row: an item owns ROWS rows.
 *
 * OTHER   type of x, which may differ from that of y; WIDE the wider of the two
 */

#ifndef ROWS
#define ROWS 8
#endif

__attribute__((noinline)) static void combine_row(__global REAL *restrict y, __global const OTHER *restrict x, WIDE a,
                                                  WIDE b, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) y[i] = (REAL)(a * (WIDE)x[i] + b * (WIDE)y[i]);
}

__attribute__((noinline)) static void scale_into(__global REAL *restrict y, __global const OTHER *restrict x, WIDE a,
                                                 int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) y[i] = (REAL)(a * (WIDE)x[i]);
}

/* y = a x + b y; with b = 0 what y holds is not looked at. x and y may be one field, of one type then. */
__kernel void combine(__global REAL *y, __global const OTHER *x, const layout_t at, const layout_t from, WIDE a, WIDE b)
{
    const size_t first = get_global_id(0) * ROWS, end = min(first + ROWS, (size_t)(at.ny * at.nz));
    for (size_t row = first; row < end; row++) {
        __global REAL *out = y + element_of(0, row % at.ny, row / at.ny, at);
        __global const OTHER *in = x + element_of(0, row % at.ny, row / at.ny, from);
        if (b != 0)
            combine_row(out, in, a, b, (int)at.nx);
        else
            scale_into(out, in, a, (int)at.nx);
    }
}
