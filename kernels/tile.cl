/* SPDX-License-Identifier: MIT */
/*
 * Tiles of rows, for pipelines over them: see sweep_rows.cl and smooth_rows.cl.
 *
 * TILE    columns of a tile, at most; a multiple of WHOLE
 * SWEEPS  sweeps of a launch of sweep_rows, at most
 * HALO    columns on either side of a tile, at most: SWEEPS there
 */
#ifndef SWEEPS
#define SWEEPS 16
#endif
#ifndef TILE
#define TILE 256
#endif
#ifndef HALO
#define HALO 16
#endif
#define SPAN (TILE + 2 * HALO)

/* Has `count` columns of row j of a field brought near, from `origin` on, if the row is one of [begin, end). */
static inline void prefetch_row(__global const REAL *u, size_t width, long j, long origin, int count, long begin, long end)
{
    if (j < begin || j >= end) return;
    prefetch_values(u + (size_t)j * width + (size_t)max(origin, 0L), count);
}

/* Whether row j, inside or beyond, is held. */
static inline int held_row(long j, long ny)
{
    return (HELD_BOTTOM & (j <= 0)) | (HELD_TOP & (j >= ny - 1));
}

/*
 * Row j of a field, `span` columns from `origin` on: wrapped on a periodic axis, mirrored outside insulated sides
 * where `mirrored`, else 0 or anything there.
 */
static void load_span(REAL *out, __global const REAL *u, size_t width, int span, long j, long origin, long nx, long ny,
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
    const long begin = max(origin, 0L), end = min(origin + span, nx);
    const int first = (int)(begin - origin), count = (int)(end - begin);
    load_row(out + first, row + begin, count);
    for (int i = 1; i <= first; i++) {
        const long inside = PERIODIC_X ? nx - 1 - i : (mirrored & !HELD_LEFT) ? i : -1;
        out[first - i] = inside >= 0 && inside < nx ? row[inside] : 0;
    }
    for (int i = first + count; i < span; i++) {
        const long beyond = origin + i, mirror = 2 * (nx - 1) - beyond;
        const long inside = PERIODIC_X ? beyond - (nx - 1) : (mirrored & !HELD_RIGHT) ? mirror : -1;
        out[i] = inside >= 0 && inside < nx ? row[inside] : 0;
    }
}
