/* SPDX-License-Identifier: MIT */
/*
 * Several sweeps in one pass over memory, for devices that run one work-item as a vectorised loop (CPUs): a pipeline of
 * rows. A work-item owns a tile of `tile` <= TILE columns and `tile_rows` rows. It streams the rows of u from below to
 * above; stage k holds the last rows after k sweeps, so that new rows of u move every stage on by as many, and the last
 * stage writes v. Without a network rows go in pairs: one is read for two others at once, and loads are what bounds the
 * loops. Tiles overlap by a halo, computed twice, in place of any exchange between work-items.
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

/* Fields that do not change, and their rows that are alive at once: from the newest pair to the row below the last
 * stage's. */
#if NETWORK
enum { X, Y, INVERSE, SHUNT, SOURCE, FIXED_FIELDS };
#else
enum { SOURCE, FIXED_FIELDS };
#endif
#define FUSED (NETWORK ? 8 : SWEEPS) /* sweeps of a launch at most: rows of coefficients take much of a stack */
#define STEP (NETWORK ? 1 : 2) /* rows at a time: with their coefficients two are more than the loops' registers hold */
#define FIXED_ROWS (FUSED + 1 + STEP)
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

#if !NETWORK
/* Two rows, one above the other. */
#if HAS_SOURCE
#define PAIR_PARAMETERS , const REAL *restrict q_low, const REAL *restrict q_high
#define PAIR_ROWS(row, column) , &FIXED(SOURCE, row)[column], &FIXED(SOURCE, (row) + 1)[column]
#define PAIR_SOURCE(q) +w.source * (q)[i]
#else
#define PAIR_PARAMETERS
#define PAIR_ROWS(row, column)
#define PAIR_SOURCE(q)
#endif
#define SWEEP_PAIR                                                                                                     \
    ROW_LOOP                                                                                                           \
    for (int i = 0; i < count; i++) {                                                                                  \
        out_low[i] =                                                                                                   \
            w.keep * low[i] + w.x * (low_west[i] + low_east[i]) + w.y * (south[i] + high[i]) PAIR_SOURCE(q_low);       \
        out_high[i] =                                                                                                  \
            w.keep * high[i] + w.x * (high_west[i] + high_east[i]) + w.y * (low[i] + north[i]) PAIR_SOURCE(q_high);    \
    }
#define PAIR_OF_ROWS                                                                                                   \
    const REAL *restrict south, const REAL *restrict low_west, const REAL *restrict low,                               \
        const REAL *restrict low_east, const REAL *restrict high_west, const REAL *restrict high,                      \
        const REAL *restrict high_east, const REAL *restrict north, const weights_t w PAIR_PARAMETERS

__attribute__((noinline)) static void sweep_pair(REAL *restrict out_low, REAL *restrict out_high, PAIR_OF_ROWS, int count)
{
    SWEEP_PAIR
}

__attribute__((noinline)) static void sweep_pair_store(__global REAL *restrict out_low, __global REAL *restrict out_high,
                                                       PAIR_OF_ROWS, int count)
{
    SWEEP_PAIR
}
#endif

#define ALIVE (STEP + 2) /* rows of a stage */
#define RING(k, row) (&ring[k][(row) % ALIVE][PAD])

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

    REAL ring[FUSED][ALIVE][SPAN + 2 * PAD] __attribute__((aligned(64)));
    for (int k = 0; k < FUSED; k++)
        for (int r = 0; r < ALIVE; r++) ring[k][r][PAD - 1] = ring[k][r][PAD + span] = 0;
#if NETWORK || HAS_SOURCE
    REAL fixed[FIXED_ROWS][FIXED_FIELDS][SPAN + 2 * PAD] __attribute__((aligned(64)));
    const long alive = count + 1 + STEP; /* of the rows: few are used in turn, so that they stay in the cache */
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
    /* Rows are counted from `first`. Step t brings in STEP rows from STEP t on; stage k then makes those k before them. */
    const long first = y0 - count, steps = (y_end + count - first + STEP - 1) / STEP;
    for (long t = 0; t < steps; t++) {
        for (long row = STEP * t; row < STEP * (t + 1); row++) {
            load_span(RING(0, row), u, width, span, first + row, x0, nx, ny, !NETWORK);
#if HAS_SOURCE
            load_span(&FIXED(SOURCE, row)[PAD], q, width, span, first + row, x0, nx, ny, !NETWORK);
#endif
#if NETWORK
            load_span(&FIXED(X, row)[PAD], network.x, width, span, first + row, x0, nx, ny, 0);
            load_span(&FIXED(Y, row)[PAD], network.y, width, span, first + row, x0, nx, ny, 0);
            load_span(&FIXED(INVERSE, row)[PAD], network.inverse, width, span, first + row, x0, nx, ny, 0);
#if HAS_SHUNT
            load_span(&FIXED(SHUNT, row)[PAD], network.shunt, width, span, first + row, x0, nx, ny, 0);
#endif
#endif
        }
        for (int k = 1; k <= count && STEP * t >= 2 * k; k++) {
            const long row = STEP * t - k, j = first + row; /* the last stage's j is inside */
            const weights_t w = schedule.of[k - 1];
            __global REAL *target = v + (size_t)max(j, 0L) * width + (size_t)x0;
            const int rows = k < count || j + 1 < y_end ? STEP : 1;
#if !NETWORK
            const int held_low = (HELD_BOTTOM & (j <= 0)) | (HELD_TOP & (j >= ny - 1));
            const int held_high = (HELD_BOTTOM & (j + 1 <= 0)) | (HELD_TOP & (j + 1 >= ny - 1));
            const int paired = (rows == 2) & !held_low & !held_high;
            const REAL *south = RING(k - 1, row - 1), *low = RING(k - 1, row), *high = RING(k - 1, row + 1),
                       *north = RING(k - 1, row + 2);
            if (paired & (k < count))
                sweep_pair(RING(k, row), RING(k, row + 1), south, low - 1, low, low + 1, high - 1, high, high + 1, north,
                           w PAIR_ROWS(row, PAD), span);
            else if (paired)
                sweep_pair_store(target, target + width, south + HALO, low + HALO - 1, low + HALO, low + HALO + 1,
                                 high + HALO - 1, high + HALO, high + HALO + 1, north + HALO,
                                 w PAIR_ROWS(row, PAD + HALO), stored);
#endif
            for (int r = 0; r < rows; r++, target += width) {
                const long here = row + r;
                const REAL *below = RING(k - 1, here - 1), *centre = RING(k - 1, here), *above = RING(k - 1, here + 1);
                REAL *out = RING(k < count ? k : 0, here);
#if NETWORK
                if (k < count)
                    sweep_row(out, below, centre - 1, centre, centre + 1, above, w FIXED_ROW(here, PAD), span);
                else
                    sweep_row_store(target, below + HALO, centre + HALO - 1, centre + HALO, centre + HALO + 1, above + HALO,
                                    w FIXED_ROW(here, PAD + HALO), stored);
#else
                const int held = r ? held_high : held_low;
                if (k < count) {
                    if (held)
                        copy_row(out, centre, span);
                    else if (!paired)
                        sweep_row(out, below, centre - 1, centre, centre + 1, above, w FIXED_ROW(here, PAD), span);
                    if (fix_left) out[left] = centre[left];
                    if (fix_right) out[right] = centre[right];
                } else {
                    if (held)
                        store_row(target, centre + HALO, stored);
                    else if (!paired)
                        sweep_row_store(target, below + HALO, centre + HALO - 1, centre + HALO, centre + HALO + 1,
                                        above + HALO, w FIXED_ROW(here, PAD + HALO), stored);
                    if (fix_left && x0 == 0) target[0] = centre[left];
                    if (fix_right && right < HALO + tile) target[nx - 1 - x0] = centre[right];
                }
#endif
            }
        }
    }
}
