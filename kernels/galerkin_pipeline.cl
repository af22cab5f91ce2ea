/* SPDX-License-Identifier: MIT */
/*
 * Several sweeps of a level of 9 points in one pass over memory: a pipeline of rows as in sweep_rows.cl, after
 * galerkin_rows.cl. A work-item owns `strip` rows, all columns: at most TILE of them. Rows of couplings are read where
 * they lie; few are in use at a time, so that they stay in the cache. Couplings outside the box are 0 and fields there
 * count as 0; no axis is periodic.
 */
#if DIM == 2
#ifndef TILE
#define TILE 256
#endif
#define STAGES 4 /* sweeps of a launch at most */
#define PAD 16

/* Weights of all sweeps of a launch, by value. */
typedef struct {
    REAL of[STAGES];
} lengths_t;

__attribute__((noinline)) static void take_row(REAL *restrict out, __global const REAL *restrict in, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) out[i] = in[i];
}

__attribute__((noinline)) static void clear_row(REAL *out, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) out[i] = 0;
}

/* A pointer for every neighbour and coupling, the same array or not: of loads from one array at i - 1, i and i + 1 LLVM
 * makes values that are carried from node to node, and does not vectorise that. */
#define ROW_PARAMETERS                                                                                                 \
    const REAL *restrict south_west, const REAL *restrict south, const REAL *restrict south_east,                      \
        const REAL *restrict west, const REAL *restrict centre, const REAL *restrict east,                             \
        const REAL *restrict north_west, const REAL *restrict north, const REAL *restrict north_east,                  \
        __global const REAL *restrict sw, __global const REAL *restrict s, __global const REAL *restrict se,           \
        __global const REAL *restrict w, __global const REAL *restrict e, __global const REAL *restrict nw,            \
        __global const REAL *restrict n, __global const REAL *restrict ne, __global const REAL *restrict leak,         \
        __global const REAL *restrict inverse, __global const REAL *restrict q, REAL weight, REAL source, int count
#define SWEPT                                                                                                          \
    centre[i] + weight *inverse[i] *                                                                                   \
                    (e[i] * (east[i] - centre[i]) + w[i] * (west[i] - centre[i]) +                                     \
                     nw[i] * (north_west[i] - centre[i]) + n[i] * (north[i] - centre[i]) +                             \
                     ne[i] * (north_east[i] - centre[i]) + sw[i] * (south_west[i] - centre[i]) +                       \
                     s[i] * (south[i] - centre[i]) + se[i] * (south_east[i] - centre[i]) - leak[i] * centre[i] +       \
                     source * q[i])
/* Of the node at the pointers: field rows, this row of couplings, that to the south, which has them from there. */
#define ROW_ARGUMENTS                                                                                                  \
    south - 1, south, south + 1, centre - 1, centre, centre + 1, north - 1, north, north + 1, below + 3 * stride - 1,  \
        below + 2 * stride, below + stride + 1, c - 1, c, c + stride, c + 2 * stride, c + 3 * stride, c + 4 * stride,  \
        inverse + here, q + here, weight, source, nx

__attribute__((noinline)) static void nine_row(REAL *restrict out, ROW_PARAMETERS)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) out[i] = SWEPT;
}

__attribute__((noinline)) static void nine_row_store(__global REAL *restrict out, ROW_PARAMETERS)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) out[i] = SWEPT;
}

__kernel void galerkin_sweeps(__global const REAL *u, __global REAL *v, __global const REAL *q, const layout_t at,
                              __global const REAL *couplings, __global const REAL *inverse, ulong stride, ulong strip,
                              int count, const lengths_t lengths, REAL source)
{
    const long ny = (long)at.ny, y0 = (long)get_global_id(0) * (long)strip;
    const int nx = (int)at.nx;
    if (y0 >= ny) return;
    const long y_end = min(y0 + (long)strip, ny);
    REAL ring[STAGES][3][TILE + 2 * PAD] __attribute__((aligned(64)));
    for (int k = 0; k < STAGES; k++)
        for (int r = 0; r < 3; r++) ring[k][r][PAD - 1] = ring[k][r][PAD + nx] = 0;

    /* Step t brings in row y0 - count + t; stage k then makes row y0 - count + t - k, in slot (t - k) % 3. */
    const long first = y0 - count, steps = y_end + count - first;
    for (long t = 0; t < steps; t++) {
        const long newest = first + t;
        if (newest < 0 || newest >= ny)
            clear_row(&ring[0][t % 3][PAD], nx);
        else
            take_row(&ring[0][t % 3][PAD], u + at.origin + (size_t)newest * at.width, nx);
        for (int k = 1; k <= count && t >= 2 * k; k++) {
            const long j = newest - k;
            REAL *out = &ring[k < count ? k : 0][(t - k) % 3][PAD];
            if (j < 0 || j >= ny) {
                clear_row(out, nx); /* of a stage before the last one, whose j is inside */
                continue;
            }
            const REAL *south = &ring[k - 1][(t - k + 2) % 3][PAD], *centre = &ring[k - 1][(t - k) % 3][PAD],
                       *north = &ring[k - 1][(t - k + 1) % 3][PAD];
            const size_t here = at.origin + (size_t)j * at.width;
            __global const REAL *c = couplings + here, *below = c - at.width;
            const REAL weight = lengths.of[k - 1];
            if (k < count)
                nine_row(out, ROW_ARGUMENTS);
            else
                nine_row_store(v + here, ROW_ARGUMENTS);
        }
    }
}
#endif
