/* SPDX-License-Identifier: MIT */
/*
 * Several sweeps in one pass over memory, for devices that run one work-item as a vectorised loop (CPUs): a pipeline of
 * rows. A work-item owns a tile of TILE columns and `tile_rows` rows. It streams the rows of u from below to above;
 * stage k holds the last three rows after k sweeps, so that each new row of u moves every stage on by one row, and the
 * last stage writes v. Tiles overlap by a halo, computed twice, in place of any exchange between work-items.
 *
 * Each sweep is v = keep u + x (west + east) + y (south + north) + source q, with weights of its own.
 *
 * Outside an insulated side the rows and columns are loaded mirrored; as the stencil is the same everywhere, the mirror
 * image stays one through all stages. Nodes of held sides are copied from stage to stage, so that what lies beyond them
 * never matters. The host sees to count <= SWEEPS, and to more than count + 1 nodes along an axis with an
 * insulated side.
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

/* Weights of all sweeps of a launch, by value. */
typedef struct {
    weights_t of[SWEEPS];
} schedule_t;

/* The row loops stand apart and are not inlined: with restrict parameters compilers vectorise them unconditionally. */
__attribute__((noinline)) static void load_row(REAL *restrict out, __global const REAL *restrict in, int count)
{
    for (int i = 0; i < count; i++) out[i] = in[i];
}

__attribute__((noinline)) static void copy_row(REAL *restrict out, const REAL *restrict in)
{
    for (int i = 0; i < SPAN; i++) out[i] = in[i];
}

__attribute__((noinline)) static void store_row(__global REAL *restrict out, const REAL *restrict in, int count)
{
    for (int i = 0; i < count; i++) out[i] = in[i];
}

__attribute__((noinline)) static void sweep_row(REAL *restrict out, const REAL *restrict south,
                                                const REAL *restrict centre, const REAL *restrict north,
                                                const REAL *restrict q, const weights_t w)
{
    for (int i = 0; i < SPAN; i++) {
        REAL value = w.keep * centre[i] + w.x * (centre[i - 1] + centre[i + 1]) + w.y * (south[i] + north[i]);
#if HAS_SOURCE
        value += w.source * q[i];
#endif
        out[i] = value;
    }
}

__attribute__((noinline)) static void sweep_row_store(__global REAL *restrict out, const REAL *restrict south,
                                                      const REAL *restrict centre, const REAL *restrict north,
                                                      const REAL *restrict q, const weights_t w, int count)
{
    for (int i = 0; i < count; i++) {
        REAL value = w.keep * centre[i] + w.x * (centre[i - 1] + centre[i + 1]) + w.y * (south[i] + north[i]);
#if HAS_SOURCE
        value += w.source * q[i];
#endif
        out[i] = value;
    }
}

/* Row j of a field, columns x0 - HALO to x0 + TILE + HALO, mirrored outside insulated sides, anything beyond held ones. */
static void load_span(REAL *out, __global const REAL *u, long j, long x0, long nx, long ny)
{
    if (j < 0) j = HELD_BOTTOM ? 0 : (long)abs(j);
    if (j >= ny) j = HELD_TOP ? ny - 1 : 2 * (ny - 1) - j;
    __global const REAL *row = u + (size_t)j * WIDTH;
    const long begin = max(x0 - HALO, 0L), end = min(x0 + TILE + HALO, nx);
    const int before = (int)(begin - (x0 - HALO)), count = (int)(end - begin);
    load_row(out + before, row + begin, count);
    for (int i = 1; i <= before; i++) out[before - i] = !HELD_LEFT && i < nx ? row[i] : 0;
    for (int i = before + count; i < SPAN; i++) {
        const long mirror = 2 * (nx - 1) - (x0 - HALO + i);
        out[i] = !HELD_RIGHT && mirror >= 0 ? row[mirror] : 0;
    }
}

__kernel void sweep_rows(__global const REAL *restrict u, __global REAL *restrict v, __global const REAL *restrict q,
                         ulong origin, ulong nodes_x, ulong nodes_y, ulong tile_rows, int count,
                         const schedule_t schedule)
{
    const long nx = (long)nodes_x, ny = (long)nodes_y;
    const long x0 = (long)get_global_id(0) * TILE, y0 = (long)get_global_id(1) * (long)tile_rows;
    if (x0 >= nx || y0 >= ny) return;
    const long y_end = min(y0 + (long)tile_rows, ny);
    const int stored = (int)min((long)TILE, nx - x0);
    const long left = HALO - x0, right = nx - 1 - x0 + HALO; /* where the sides are in a row of the tile */
    const int fix_left = HELD_LEFT && left >= 0, fix_right = HELD_RIGHT && right < SPAN;

    REAL ring[SWEEPS][3][SPAN + 2 * PAD] __attribute__((aligned(64)));
    for (int k = 0; k < SWEEPS; k++)
        for (int r = 0; r < 3; r++) ring[k][r][PAD - 1] = ring[k][r][PAD + SPAN] = 0;
#if HAS_SOURCE
    REAL sources[SWEEPS + 1][SPAN + 2 * PAD] __attribute__((aligned(64)));
#endif
    u += origin;
    v += origin;
#if HAS_SOURCE
    q += origin;
#endif
    /* Step t brings in row y0 - count + t; stage k then makes row y0 - count + t - k, in slot (t - k) % 3. */
    const long first = y0 - count, steps = y_end + count - first;
    for (long t = 0; t < steps; t++) {
        load_span(&ring[0][t % 3][PAD], u, first + t, x0, nx, ny);
#if HAS_SOURCE
        load_span(&sources[t % (SWEEPS + 1)][PAD], q, first + t, x0, nx, ny);
#endif
        for (int k = 1; k <= count && t >= 2 * k; k++) {
            const long j = first + t - k;
            REAL *south = &ring[k - 1][(t - k + 2) % 3][PAD];
            REAL *centre = &ring[k - 1][(t - k) % 3][PAD];
            REAL *north = &ring[k - 1][(t - k + 1) % 3][PAD];
#if HAS_SOURCE
            REAL *source_row = &sources[(t - k) % (SWEEPS + 1)][PAD];
#else
            REAL *source_row = centre;
#endif
            const int held_row = (HELD_BOTTOM & (j <= 0)) | (HELD_TOP & (j >= ny - 1));
            const weights_t w = schedule.of[k - 1];
            if (k < count) {
                REAL *out = &ring[k][(t - k) % 3][PAD];
                if (held_row) {
                    copy_row(out, centre);
                } else {
                    sweep_row(out, south, centre, north, source_row, w);
                    if (fix_left) out[left] = centre[left];
                    if (fix_right) out[right] = centre[right];
                }
            } else {
                __global REAL *out = v + (size_t)j * WIDTH + (size_t)x0;
                if (held_row) {
                    store_row(out, centre + HALO, stored);
                } else {
                    sweep_row_store(out, south + HALO, centre + HALO, north + HALO, source_row + HALO, w, stored);
                    if (fix_left && x0 == 0) out[0] = centre[left];
                    if (fix_right && right < HALO + TILE) out[nx - 1 - x0] = centre[right];
                }
            }
        }
    }
}
