/* SPDX-License-Identifier: MIT */
/*
 * Arithmetic and hardly any memory, to measure what a device computes: y = x, then 256 times y <- a y + b. An item does
 * `columns` nodes of a row: all of them where an item is a vectorised loop, else one.
 */
#define STEP v = v * a + b;
#define FOUR_TIMES(step) step step step step
#ifdef INTERLEAVE
#define CHAIN_LOOP INTERLEAVED(8) /* as many as keep a core's units busy: steps of one chain wait for each other */
#else
#define CHAIN_LOOP
#endif

__attribute__((noinline)) static void chain_row(__global REAL *restrict y, __global const REAL *restrict x, REAL a, REAL b,
                                                int count)
{
    CHAIN_LOOP
    for (int i = 0; i < count; i++) {
        REAL v = x[i];
        FOUR_TIMES(FOUR_TIMES(FOUR_TIMES(FOUR_TIMES(STEP))))
        y[i] = v;
    }
}

__kernel void chain(__global REAL *y, __global const REAL *x, const layout_t at, REAL a, REAL b, int columns)
{
    const size_t i = get_global_id(0) * (size_t)columns, j = get_global_id(1), k = DIM == 3 ? get_global_id(2) : 0;
    if (i >= at.nx || j >= at.ny || k >= at.nz) return;
    const size_t first = element_of(i, j, k, at);
    chain_row(y + first, x + first, a, b, (int)min((size_t)columns, (size_t)at.nx - i));
}
