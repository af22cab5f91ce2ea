/* SPDX-License-Identifier: MIT */
/*
 * Tiles of rows in private memory, for pipelines over them: see sweep_rows.cl and smooth_rows.cl.
 *
 * TILE    columns of a tile, at most; a multiple of WHOLE
 * SWEEPS  sweeps of a launch of sweep_rows, at most
 */
#ifndef SWEEPS
#define SWEEPS 16
#endif
#ifndef TILE
#define TILE 256
#endif
#define HALO 16 /* columns on either side of a tile: SWEEPS at least, whole vectors */
#define SPAN (TILE + 2 * HALO)
#define PAD 16 /* before and behind a row, so that the neighbour of its first and last column is there */
#define STEP (NETWORK ? 1 : 2) /* rows at a time: with their coefficients two are more than the loops' registers hold */
#define ALIVE (STEP + 2)       /* rows of a stage, in a ring */
#define RING(k, row) (&ring[k][(row) % ALIVE][PAD])

/* Whether row j, inside or beyond, is held. */
static inline int held_row(long j, long ny)
{
    return (HELD_BOTTOM & (j <= 0)) | (HELD_TOP & (j >= ny - 1));
}

/*
 * Row j of a field, columns x0 - HALO to x0 - HALO + span: wrapped on a periodic axis, mirrored outside insulated sides
 * where `mirrored`, else 0 or anything there.
 */
static void load_span(REAL *out, __global const REAL *u, size_t width, int span, long j, long x0, long nx, long ny,
                      int mirrored)
{
    if (j < 0 || j >= ny) {
        if (PERIODIC_Y) {
            j += j < 0 ? ny - 1 : 1 - ny;
        } else if (!mirrored) {
            zero_row(out, span);
            return;
        } else if (j < 0) {
            j = HELD_BOTTOM ? 0 : (long)abs(j);
        } else {
            j = HELD_TOP ? ny - 1 : 2 * (ny - 1) - j;
        }
    }
    __global const REAL *row = u + (size_t)j * width;
    const long begin = max(x0 - HALO, 0L), end = min(x0 - HALO + span, nx);
    const int first = (int)(begin - (x0 - HALO)), count = (int)(end - begin);
    load_row(out + first, row + begin, count);
    for (int i = 1; i <= first; i++) {
        const long inside = PERIODIC_X ? nx - 1 - i : (mirrored & !HELD_LEFT) ? i : -1;
        out[first - i] = inside >= 0 && inside < nx ? row[inside] : 0;
    }
    for (int i = first + count; i < span; i++) {
        const long beyond = x0 - HALO + i, mirror = 2 * (nx - 1) - beyond;
        const long inside = PERIODIC_X ? beyond - (nx - 1) : (mirrored & !HELD_RIGHT) ? mirror : -1;
        out[i] = inside >= 0 && inside < nx ? row[inside] : 0;
    }
}
