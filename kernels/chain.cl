/* SPDX-License-Identifier: MIT */
/*
 * Arithmetic and hardly any memory, to measure what a device computes: y = x, then 256 times y <- a y + b. An item does
 * `columns` nodes of a row: all of them where an item is a vectorised loop, else one.
 */
#define STEP(v) v = v * a + b;
#define FOUR_TIMES(step) step step step step

/* Steps of one chain wait for each other: a thread works on as many vectors as keep a core's units busy. */
#define ON_ALL(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7)
#define AT_ONCE (8 * STRANDS)
#define LOAD_CHAIN(n) vector_t v##n = LOADED(STRANDS)(n, x + i);
#define STEP_CHAIN(n) STEP(v##n)
#define STORE_CHAIN(n) STORE(STRANDS)(v##n, n, y + i);
STRAND_FUNCTION chain_row(__global REAL *restrict y, __global const REAL *restrict x, REAL a, REAL b, int count)
{
    int i = 0;
#ifdef INTERLEAVE
    for (; i + AT_ONCE <= count; i += AT_ONCE) {
        ON_ALL(LOAD_CHAIN)
        for (int step = 0; step < 256; step++) {
            ON_ALL(STEP_CHAIN)
        }
        ON_ALL(STORE_CHAIN)
    }
#endif
    for (; i < count; i++) {
        REAL v = x[i];
        FOUR_TIMES(FOUR_TIMES(FOUR_TIMES(FOUR_TIMES(STEP(v)))))
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
