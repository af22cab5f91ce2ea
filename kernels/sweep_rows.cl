/* SPDX-License-Identifier: MIT */
/*
 * Several sweeps in one pass over memory, for devices that run one work-item as a thread of a CPU: a pipeline of rows in
 * strands. A work-item owns a tile of `tile` <= TILE columns and `tile_rows` rows. Its rows come in from below to above, in
 * pairs, and pass through the stages: stage k keeps the last two rows of what went in and lets out two with a sweep more,
 * one row lower. Tiles overlap by a halo, computed twice, in place of any exchange between work-items.
 *
 * The sweeps are those of strand_sweeps.cl, with weights of their own. Fields that do not change (q, conductances) keep
 * their rows for as long as the last stage needs them. Two dimensions only.
 *
 * Outside an insulated side the rows and columns are loaded mirrored; as the stencil is the same everywhere, the mirror
 * image stays one through all stages. Nodes of held sides keep their values in every stage, so that what lies beyond them
 * never matters. A network ends at its sides by itself: conductances outside are 0. On a periodic axis everything is
 * loaded wrapped. The host sees to count <= SWEEPS, and to more than count + 1 nodes along an axis with an insulated or
 * periodic side; three rows there always are.
 */
/* Weights of all sweeps of a launch, by value. */
typedef struct {
    weights_t of[SWEEPS];
} schedule_t;

/* Fields that do not change, and their rows that are alive at once: from the newest pair to the row below the last
 * stage's. */
#if NETWORK
enum { X, Y, INVERSE, OF_NETWORK };
#else
enum { OF_NETWORK };
#endif
enum { SHUNT = OF_NETWORK, SOURCE = OF_NETWORK + HAS_SHUNT, FIXED_FIELDS = SOURCE + HAS_SOURCE };
#define FIXED_ROWS (SWEEPS + 3)
#define FIXED(field, row) (&fixed[(row) % alive][field][1])
#define VECTORS (SPAN / STRANDS) /* of a row, at most */
#if SPAN % (2 * STRANDS)
#error "rows are no whole number of pairs of vectors"
#endif

/* Two rows, one above the other. */
typedef struct {
    vector_t *low, *high;
} pair_t;

#if NETWORK
#define FIXED_OF(row)                                                                                                  \
    {                                                                                                                  \
        FIXED(X, row), FIXED(Y, row), FIXED(Y, (row) + alive - 1), FIXED(INVERSE, row),                                \
            HAS_SHUNT ? FIXED(SHUNT, row) : 0, HAS_SOURCE ? FIXED(SOURCE, row) : 0                                     \
    }
#elif HAS_SOURCE
#define FIXED_OF(row) {.q = FIXED(SOURCE, row)}
#else
#define FIXED_OF(row) {0}
#endif

/* Adds the columns of row j of a tile from x0 on to a field, where they are on a side or next to one. */
ROW_FUNCTION add_at_sides(__global REAL *restrict sum, const REAL *restrict columns, REAL factor, long x0, int count,
                          long j, long nx, long ny)
{
    const int all = j <= 1 || j >= ny - 2, from = (int)max(nx - 2 - x0, 0L);
    const int low_end = all ? count : (int)clamp(2 - x0, 0L, (long)count);
    ROW_LOOP
    for (int i = 0; i < low_end; i++) sum[i] += factor * columns[i];
    for (int i = max(from, low_end); i < count; i++) sum[i] += factor * columns[i];
}

/* Where `added`, factor u is added to the field `sum` first, on sides and next to them. */
__kernel void sweep_rows(__global const REAL *restrict u, __global REAL *restrict v, __global const REAL *restrict q,
                         const layout_t at, ulong tile_rows, int tile, int count, __global REAL *restrict sum,
                         REAL factor, int added, const schedule_t schedule NETWORK_PARAMETERS)
{
    const long nx = (long)at.nx, ny = (long)at.ny;
    const size_t width = at.width;
    const long x0 = (long)get_global_id(0) * tile, y0 = (long)get_global_id(1) * (long)tile_rows;
    if (x0 >= nx || y0 >= ny) return;
    const long y_end = min(y0 + (long)tile_rows, ny);
    const int stored = (int)min((long)tile, nx - x0);
    /* Whole lines of the cache, and even for colours to agree. Nothing beyond a held side matters: rows end there. */
    const int halo = (count + 15) / 16 * 16, lead = !NETWORK && HELD_LEFT && x0 == 0 ? 0 : halo,
              trail = !NETWORK && HELD_RIGHT && x0 + stored == nx ? 0 : halo;
    const int length = (lead + stored + trail + 2 * STRANDS - 1) / (2 * STRANDS) * 2, span = length * STRANDS;
    const long origin = x0 - lead; /* the first column's */

    vector_t rows[2 * (SWEEPS + 1)][VECTORS + 2], spare[VECTORS];
    REAL columns[SPAN] __attribute__((aligned(64)));
    pair_t kept[SWEEPS + 1]; /* by the stages from 1 on; the first one is passing through */
    for (int k = 0; k <= count; k++) kept[k].low = &rows[2 * k][1], kept[k].high = &rows[2 * k + 1][1];
#if NETWORK || HAS_SOURCE
    vector_t fixed[FIXED_ROWS][FIXED_FIELDS][VECTORS + 2];
    const long alive = count + 3; /* of the rows: few are used in turn, so that they stay in the cache */
#endif
#if NETWORK
    const network_t network = NETWORK_OF(at.origin);
#endif
    u += at.origin;
    v += at.origin;
    q += at.origin;
    const int fix_left = !NETWORK && HELD_LEFT && origin <= 0, fix_right = !NETWORK && HELD_RIGHT && nx - 1 - origin < span;
    const int left = fix_left ? strand_of((int)-origin, length) : 0,
              right = fix_right ? strand_of((int)(nx - 1 - origin), length) : 0;

    /* Rows are counted from `first`. Step t brings in rows 2 t and 2 t + 1; stage k then makes those k before them. */
    const long first = y0 - count, steps = (y_end + count - first + 1) / 2;
    for (long t = 0; t < steps; t++) {
        pair_t passing = kept[0];
        for (int r = 0; r < 2; r++) {
            const long row = 2 * t + r, j = first + row;
            prefetch_row(u, width, j + 2, origin, span, 0, ny);
            prefetch_row(v, width, j + 2 - count, x0, stored, y0, y_end);
            load_span(columns, u, width, span, j, origin, nx, ny, !NETWORK);
            if (added && j >= y0 && j < y_end)
                add_at_sides(sum + element_of((size_t)x0, (size_t)j, 0, at), columns + lead, factor, x0, stored, j, nx, ny);
            to_strands(r ? passing.high : passing.low, columns, length);
#if HAS_SOURCE
            prefetch_row(q, width, j + 2, origin, span, 0, ny);
            load_span(columns, q, width, span, j, origin, nx, ny, !NETWORK);
            to_strands(FIXED(SOURCE, row), columns, length);
#endif
#if NETWORK
            prefetch_row(network.x, width, j + 2, origin, span, 0, ny);
            prefetch_row(network.y, width, j + 2, origin, span, 0, ny);
            prefetch_row(network.inverse, width, j + 2, origin, span, 0, ny);
            load_span(columns, network.x, width, span, j, origin, nx, ny, 0);
            to_strands(FIXED(X, row), columns, length);
            load_span(columns, network.y, width, span, j, origin, nx, ny, 0);
            to_strands(FIXED(Y, row), columns, length);
            load_span(columns, network.inverse, width, span, j, origin, nx, ny, 0);
            to_strands(FIXED(INVERSE, row), columns, length);
#if HAS_SHUNT
            prefetch_row(network.shunt, width, j + 2, origin, span, 0, ny);
            load_span(columns, network.shunt, width, span, j, origin, nx, ny, 0);
            to_strands(FIXED(SHUNT, row), columns, length);
#endif
#endif
        }
        for (int k = 1; k <= count; k++) {
            const long row = 2 * t - k, j = first + row; /* of the lower row that it lets out */
            const pair_t below = kept[k], above = passing;
            kept[k] = above;
            passing = below;
            if (row < k) break; /* its first rows: nothing is let out */
            const int held_low = !NETWORK && held_row(j, ny), held_high = !NETWORK && held_row(j + 1, ny);
            if (held_low & held_high) { /* on a held side and beyond: the row on the side keeps its values */
                passing = (pair_t){below.high, below.low};
                continue;
            }
            REAL *const centre_low = (REAL *)below.high, *const centre_high = (REAL *)above.low,
                        *const low = (REAL *)below.low, *const high = (REAL *)below.high;
            const REAL ends[4] = {centre_low[left], centre_low[right], centre_high[left], centre_high[right]};
            if (held_low | held_high) copy_strands(spare, held_low ? below.high : above.low, length);
            const fixed_t fixed_low = FIXED_OF(row), fixed_high = FIXED_OF(row + 1);
            sweep_pair(below.low, below.high, above.low, above.high, schedule.of[k - 1], (int)((j + k + 1) & 1),
                       fixed_low, fixed_high, length);
            if (held_low | held_high) copy_strands(held_low ? below.low : below.high, spare, length);
            if (fix_left) low[left] = ends[0], high[left] = ends[2];
            if (fix_right) low[right] = ends[1], high[right] = ends[3];
            close_pair(below.low, below.high, length);
        }
        kept[0] = passing;
        for (long j = y0 + 2 * (t - count), r = 0; t >= count && r < 2 && j < y_end; r++, j++) {
            from_strands(columns, r ? passing.high : passing.low, length);
            store_row(v + (size_t)j * width + (size_t)x0, columns + lead, stored);
        }
    }
}
