/* SPDX-License-Identifier: MIT */
/*
 * Several sweeps in one pass over memory, for devices that run one work-item as a vectorised loop (CPUs): a pipeline of
 * rows. A work-item owns a tile of `tile` <= TILE columns and `tile_rows` rows. It streams the rows of u from below to
 * above; stage k holds the last rows after k sweeps, so that new rows of u move every stage on by as many, and the last
 * stage writes v. Without a network rows go in pairs. Tiles overlap by a halo, computed twice, in place of any exchange
 * between work-items.
 *
 * The sweeps are those of row_sweeps.cl, with weights of their own. Fields that do not change (q, conductances) keep
 * their rows for as long as the last stage needs them. Two dimensions only.
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
#define FIXED_ROWS (FUSED + 1 + STEP)
#define FIXED(field, row) fixed[(row) % alive][field]

/* The arguments of a sweep's loop that are rows of these fields. */
#if NETWORK
#define FIXED_ROW(row, column)                                                                                         \
    , &FIXED(X, row)[column], &FIXED(X, row)[(column)-1], &FIXED(Y, row)[column],                                      \
        &FIXED(Y, (row) + alive - 1)[column], &FIXED(INVERSE, row)[column], &FIXED(SHUNT, row)[column],                \
        &FIXED(SOURCE, row)[column]
#elif HAS_SOURCE
#define FIXED_ROW(row, column) , &FIXED(SOURCE, row)[column]
#else
#define FIXED_ROW(row, column) , ring[0][0] /* not read */
#endif
#define PAIR_ROWS(row, column) FIXED_ROW(row, column) FIXED_ROW((row) + 1, column)

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
    /* The columns that matter: nothing beyond a held side does. */
    const int begin = HELD_LEFT && x0 == 0 ? HALO : 0,
              end = HELD_RIGHT && x0 + stored == nx ? HALO + stored : 2 * HALO + stored,
              columns = (end - begin + WHOLE - 1) / WHOLE * WHOLE;
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
            if ((HELD_BOTTOM & (j + 1 < 0)) | (HELD_TOP & (j >= ny))) continue; /* beyond a held side, too */
            const int held_low = held_row(j, ny), held_high = held_row(j + 1, ny);
            const int paired = (rows == 2) & !held_low & !held_high;
            const REAL *south = RING(k - 1, row - 1), *low = RING(k - 1, row), *high = RING(k - 1, row + 1),
                       *north = RING(k - 1, row + 2);
            if (paired & (k < count))
                sweep_pair(RING(k, row) + begin, RING(k, row + 1) + begin, south + begin, low + begin - 1, low + begin,
                           low + begin + 1, high + begin - 1, high + begin, high + begin + 1, north + begin,
                           w PHASE(j + k) PAIR_ROWS(row, PAD + begin), columns);
            else if (paired)
                sweep_pair_store(target, target + width, south + HALO, low + HALO - 1, low + HALO, low + HALO + 1,
                                 high + HALO - 1, high + HALO, high + HALO + 1, north + HALO,
                                 w PHASE(j + k) PAIR_ROWS(row, PAD + HALO), stored);
#endif
            for (int r = 0; r < rows; r++, target += width) {
                const long here = row + r;
                const REAL *below = RING(k - 1, here - 1), *centre = RING(k - 1, here), *above = RING(k - 1, here + 1);
                REAL *out = RING(k < count ? k : 0, here);
#if NETWORK
                if (k < count)
                    sweep_row(out, below, centre - 1, centre, centre + 1, above,
                              w PHASE(j + r + k) FIXED_ROW(here, PAD), span);
                else
                    sweep_row_store(target, below + HALO, centre + HALO - 1, centre + HALO, centre + HALO + 1, above + HALO,
                                    w PHASE(j + r + k) FIXED_ROW(here, PAD + HALO), stored);
#else
                const int held = r ? held_high : held_low;
                if (k < count) {
                    if (held)
                        copy_row(out + begin, centre + begin, columns);
                    else if (!paired)
                        sweep_row(out + begin, below + begin, centre + begin - 1, centre + begin, centre + begin + 1,
                                  above + begin, w PHASE(j + r + k) FIXED_ROW(here, PAD + begin), columns);
                    if (fix_left) out[left] = centre[left];
                    if (fix_right) out[right] = centre[right];
                } else {
                    if (held)
                        store_row(target, centre + HALO, stored);
                    else if (!paired)
                        sweep_row_store(target, below + HALO, centre + HALO - 1, centre + HALO, centre + HALO + 1,
                                        above + HALO, w PHASE(j + r + k) FIXED_ROW(here, PAD + HALO), stored);
                    if (fix_left && x0 == 0) target[0] = centre[left];
                    if (fix_right && right < HALO + tile) target[nx - 1 - x0] = centre[right];
                }
#endif
            }
        }
    }
}
