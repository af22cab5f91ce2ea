/* SPDX-License-Identifier: MIT */
/*
 * Several sweeps in one pass over memory, for devices that run one work-item as a vectorised loop (CPUs): a pipeline of
 * rows. A work-item owns a tile of `tile` <= TILE columns and `tile_rows` rows. It streams the rows of u from below to
 * above; stage k holds the last three rows after k sweeps, so that each new row of u moves every stage on by one row,
 * and the last stage writes v. Tiles overlap by a halo, computed twice, in place of any exchange between work-items.
 *
 * Each sweep is v = keep u + x (west + east) + y (south + north) + source q, with weights of its own; in a network
 * v = u + keep inverse (sum of g (neighbour - u) + source q). Fields that do not change (q, conductances) keep their
 * rows for as long as the last stage needs them. Two dimensions only.
 *
 * Outside an insulated side the rows and columns are loaded mirrored; as the stencil is the same everywhere, the mirror
 * image stays one through all stages. Nodes of held sides are copied from stage to stage, so that what lies beyond them
 * never matters. A network ends at its sides by itself: conductances outside are 0. On a periodic axis everything is
 * loaded wrapped. The host sees to count <= FUSED, and to more than count + 1 nodes along an axis with an insulated or
 * periodic side.
 */
/* Weights of all sweeps of a launch, by value. */
typedef struct {
    weights_t of[SWEEPS];
} schedule_t;

/* Fields that do not change, and their rows that are alive at once: from the newest to the one below the last stage's.
 */
#if NETWORK
enum { X, Y, INVERSE, SHUNT, SOURCE, FIXED_FIELDS };
#else
enum { SOURCE, FIXED_FIELDS };
#endif
#define FUSED (NETWORK ? 8 : SWEEPS) /* sweeps of a launch at most: rows of coefficients take much of a stack */
#define FIXED_ROWS (FUSED + 2)
#define FIXED(field, row) fixed[(row) % alive][field]

/* The formula of a sweep at column i; a macro because the loops' pointers are restrict. */
#if HAS_SOURCE
#define SOURCE_TERM(factor) +(factor)*q[i]
#else
#define SOURCE_TERM(factor)
#endif
#if HAS_SHUNT
#define SHUNT_TERM -shunt[i] * centre[i]
#else
#define SHUNT_TERM
#endif
#if NETWORK
#define SWEPT                                                                                                          \
    centre[i] + w.keep *inverse[i] * (x_west[i] * (west[i] - centre[i]) + x[i] * (east[i] - centre[i]) +               \
                                      y_south[i] * (south[i] - centre[i]) +                                            \
                                      y[i] * (north[i] - centre[i]) SHUNT_TERM SOURCE_TERM(w.source))
#define FIXED_PARAMETERS                                                                                               \
    , const REAL *restrict x, const REAL *restrict x_west, const REAL *restrict y, const REAL *restrict y_south,       \
        const REAL *restrict inverse, const REAL *restrict shunt, const REAL *restrict q
#define FIXED_ROW(row, column)                                                                                         \
    , &FIXED(X, row)[column], &FIXED(X, row)[(column)-1], &FIXED(Y, row)[column],                                      \
        &FIXED(Y, (row) + alive - 1)[column], &FIXED(INVERSE, row)[column], &FIXED(SHUNT, row)[column],                \
        &FIXED(SOURCE, row)[column]
#else
#define SWEPT                                                                                                          \
    w.keep *centre[i] + w.x *(west[i] + east[i]) + w.y *(south[i] + north[i]) SOURCE_TERM(w.source)
#define FIXED_PARAMETERS , const REAL *restrict q
#if HAS_SOURCE
#define FIXED_ROW(row, column) , &FIXED(SOURCE, row)[column]
#else
#define FIXED_ROW(row, column) , centre
#endif
#endif

__attribute__((noinline)) static void sweep_row(REAL *restrict out, const REAL *restrict south,
                                                const REAL *restrict west, const REAL *restrict centre,
                                                const REAL *restrict east, const REAL *restrict north,
                                                const weights_t w FIXED_PARAMETERS, int span)
{
    ROW_LOOP
    for (int i = 0; i < span; i++) out[i] = SWEPT;
}

__attribute__((noinline)) static void sweep_row_store(__global REAL *restrict out, const REAL *restrict south,
                                                      const REAL *restrict west, const REAL *restrict centre,
                                                      const REAL *restrict east, const REAL *restrict north,
                                                      const weights_t w FIXED_PARAMETERS, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) out[i] = SWEPT;
}

__kernel void sweep_rows(__global const REAL *restrict u, __global REAL *restrict v, __global const REAL *restrict q,
                         const layout_t at, ulong tile_rows, int tile, int count,
                         const schedule_t schedule NETWORK_PARAMETERS)
{
    const long nx = (long)at.nx, ny = (long)at.ny;
    const size_t width = at.width;
    const long x0 = (long)get_global_id(0) * tile, y0 = (long)get_global_id(1) * (long)tile_rows;
    if (x0 >= nx || y0 >= ny) return;
    const long y_end = min(y0 + (long)tile_rows, ny);
    const int stored = (int)min((long)tile, nx - x0);
    const int span = (stored + 2 * HALO + WHOLE - 1) / WHOLE * WHOLE; /* columns of a row that count */

    REAL ring[FUSED][3][SPAN + 2 * PAD] __attribute__((aligned(64)));
    for (int k = 0; k < FUSED; k++)
        for (int r = 0; r < 3; r++) ring[k][r][PAD - 1] = ring[k][r][PAD + span] = 0;
#if NETWORK || HAS_SOURCE
    REAL fixed[FIXED_ROWS][FIXED_FIELDS][SPAN + 2 * PAD] __attribute__((aligned(64)));
    const long alive = count + 2; /* of the rows: few are used in turn, so that they stay in the cache */
#endif
#if NETWORK
    const network_t network = NETWORK_OF(at.origin);
    for (int r = 0; r < FIXED_ROWS; r++) fixed[r][X][PAD - 1] = 0;
#endif
    u += at.origin;
    v += at.origin;
    q += at.origin;
#if !NETWORK
    const long left = HALO - x0, right = nx - 1 - x0 + HALO; /* where the sides are in a row of the tile */
    const int fix_left = HELD_LEFT && left >= 0, fix_right = HELD_RIGHT && right < span;
#endif
    /* Step t brings in row y0 - count + t; stage k then makes row y0 - count + t - k, in slot (t - k) % 3. */
    const long first = y0 - count, steps = y_end + count - first;
    for (long t = 0; t < steps; t++) {
        load_span(&ring[0][t % 3][PAD], u, width, span, first + t, x0, nx, ny, !NETWORK);
#if HAS_SOURCE
        load_span(&FIXED(SOURCE, t)[PAD], q, width, span, first + t, x0, nx, ny, !NETWORK);
#endif
#if NETWORK
        load_span(&FIXED(X, t)[PAD], network.x, width, span, first + t, x0, nx, ny, 0);
        load_span(&FIXED(Y, t)[PAD], network.y, width, span, first + t, x0, nx, ny, 0);
        load_span(&FIXED(INVERSE, t)[PAD], network.inverse, width, span, first + t, x0, nx, ny, 0);
#if HAS_SHUNT
        load_span(&FIXED(SHUNT, t)[PAD], network.shunt, width, span, first + t, x0, nx, ny, 0);
#endif
#endif
        for (int k = 1; k <= count && t >= 2 * k; k++) {
            const long j = first + t - k;
            REAL *south = &ring[k - 1][(t - k + 2) % 3][PAD];
            REAL *centre = &ring[k - 1][(t - k) % 3][PAD];
            REAL *north = &ring[k - 1][(t - k + 1) % 3][PAD];
            const weights_t w = schedule.of[k - 1];
            __global REAL *target = v + (size_t)max(j, 0L) * width + (size_t)x0; /* the last stage's j is inside */
            REAL *out = &ring[k < count ? k : 0][(t - k) % 3][PAD];
#if NETWORK
            if (k < count)
                sweep_row(out, south, centre - 1, centre, centre + 1, north, w FIXED_ROW(t - k, PAD), span);
            else
                sweep_row_store(target, south + HALO, centre + HALO - 1, centre + HALO, centre + HALO + 1, north + HALO, w FIXED_ROW(t - k, PAD + HALO),
                                stored);
#else
            const int held_row = (HELD_BOTTOM & (j <= 0)) | (HELD_TOP & (j >= ny - 1));
            if (k < count && held_row) {
                copy_row(out, centre, span);
            } else if (k < count) {
                sweep_row(out, south, centre - 1, centre, centre + 1, north, w FIXED_ROW(t - k, PAD), span);
                if (fix_left) out[left] = centre[left];
                if (fix_right) out[right] = centre[right];
            } else if (held_row) {
                store_row(target, centre + HALO, stored);
            } else {
                sweep_row_store(target, south + HALO, centre + HALO - 1, centre + HALO, centre + HALO + 1, north + HALO, w FIXED_ROW(t - k, PAD + HALO),
                                stored);
                if (fix_left && x0 == 0) target[0] = centre[left];
                if (fix_right && right < HALO + tile) target[nx - 1 - x0] = centre[right];
            }
#endif
        }
    }
}
