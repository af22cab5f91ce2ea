/* SPDX-License-Identifier: MIT */
/*
 * Half a multigrid cycle on a level in one pass over memory: a pipeline of rows like that of sweep_rows.cl, with the
 * way from or to the coarser level at its ends. Sweeps are too few here to put rows in strands. Without a network and in
 * two dimensions only.
 *
 * DOWN  the sweeps start from 0; q - A u is restricted
 * UP    the coarse field is interpolated and added to u before the sweeps; where `added`, factor v is then added to the
 *       field total in place of being stored
 *
 * OTHER   type of the field total
 *
 * Coarse row J gathers taps_y fine rows from first_y[J] on, with weights; rows outside the box are mirrored or wrapped
 * like all others, so that indices need not be. Rows go in pairs. A tile makes the coarse nodes that lie above its own
 * nodes: they reach two nodes further at most. The host sees to count <= STAGES, and to more than count + 4 nodes along an
 * axis with an insulated or periodic side.
 */
#define STAGES 4
#define PAD 16  /* before and behind a row, so that the neighbour of its first and last column is there */
#define ALIVE 4 /* rows of a stage, in a ring */
#define RING(k, row) (&ring[k][(row) % ALIVE][PAD])
#define SOURCES (STAGES + 2)
#define RESIDUALS 5 /* rows of the residual that are alive: the taps of a coarse row and one more */
#define DOWN 1
#define UP 2

typedef struct {
    weights_t of[STAGES + 1]; /* the last ones are those of the residual */
} stages_t;

/*
 * Sweeps of rows: one, or two, one above the other, at once, because loads are what bounds the loops and a pair shares
 * some. The loops stand apart, like those of row_copies.cl; neighbours have pointers of their own (see rows.cl). Each sweep
 * is v = keep u + x (west + east) + y (south + north) + source q, with weights of its own.
 */
/* The formula at column i; a macro because the loops' pointers are restrict. */
#define SWEPT_OF(centre, west, east, south, north, q)                                                                  \
    w.keep *(centre)[i] + w.x *((west)[i] + (east)[i]) + w.y *((south)[i] + (north)[i]) + w.source *(q)[i]

ROW_FUNCTION sweep_row(REAL *restrict out, const REAL *restrict south, const REAL *restrict west,
                       const REAL *restrict centre, const REAL *restrict east, const REAL *restrict north,
                       const weights_t w, const REAL *restrict q, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) out[i] = SWEPT_OF(centre, west, east, south, north, q);
}

ROW_FUNCTION sweep_pair(REAL *restrict out_low, REAL *restrict out_high, const REAL *restrict south,
                        const REAL *restrict low_west, const REAL *restrict low, const REAL *restrict low_east,
                        const REAL *restrict high_west, const REAL *restrict high, const REAL *restrict high_east,
                        const REAL *restrict north, const weights_t w, const REAL *restrict q_low,
                        const REAL *restrict q_high, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) {
        out_low[i] = SWEPT_OF(low, low_west, low_east, south, high, q_low);
        out_high[i] = SWEPT_OF(high, high_west, high_east, low, north, q_high);
    }
}

ROW_FUNCTION scale_row(REAL *restrict out, const REAL *restrict in, REAL factor, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) out[i] = factor * in[i];
}

ROW_FUNCTION add_row(REAL *restrict out, const REAL *restrict in, REAL factor, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) out[i] += factor * in[i];
}

ROW_FUNCTION add_to_total(__global OTHER *restrict total, const REAL *restrict in, OTHER factor, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) total[i] += factor * (OTHER)in[i];
}

/* What a tile of fine nodes [first, end) has of the coarse nodes along an axis: those at or above a node of its own.
 * `below` and `part` are where fine nodes lie: beyond the coarse nodes of a part 2 behind the last but one. */
static inline long first_coarse(__global const uint *below, __global const REAL *part, long i, long fine, long coarse)
{
    if (i < fine) return (long)below[i] + (part[i] > 0) + (part[i] > 1);
    return min((long)below[fine - 1] + (long)part[fine - 1] + 1, coarse);
}

/* The row inside that one stands for. */
static inline long row_inside(long j, long ny)
{
    if (j < 0) return PERIODIC_Y ? j + ny - 1 : HELD_BOTTOM ? 0 : -j;
    if (j >= ny) return PERIODIC_Y ? j - (ny - 1) : HELD_TOP ? ny - 1 : 2 * (ny - 1) - j;
    return j;
}

/* The correction of a row: the coarse rows around it, and how far it is from the lower one. */
typedef struct {
    __global const REAL *low, *up;
    REAL part;
} between_t;

/* Adds the correction at columns [first, first + count) inside. */
static void add_columns(REAL *out, REAL *line, const between_t rows, __global const uint *below,
                        __global const REAL *part, long first, int count, int nested)
{
    const uint base = nested ? (uint)first / 2 : below[first], last = below[first + count - 1] + 1;
    mix_rows(line, rows.low + base, rows.up + base, rows.part, (int)(last - base) + 1);
    if (nested)
        interpolate_nested(out, line, count);
    else
        interpolate_row(out, line, below + first, part + first, (int)base, count);
}

/*
 * Adds the correction to a row of the tile, as far outside as `depth` columns. On a periodic axis both copies of a node
 * must get the same to the last bit: cycles hardly shrink a difference between them. So the images come from the same
 * loops as what they are images of.
 */
static void add_correction(REAL *row, REAL *line, const between_t rows, __global const uint *below,
                           __global const REAL *part, long x0, long nx, int span, int depth, int nested)
{
    const long origin = x0 - HALO, begin = max(origin, 0L), end = min(origin + span, nx);
    add_columns(row + (begin - origin), line, rows, below, part, begin, (int)(end - begin), nested);
    if (PERIODIC_X) {
        if (origin < 0) add_columns(row - depth - origin, line, rows, below, part, nx - 1 - depth, depth, 0);
        const int behind = (int)min((long)depth, origin + span - nx);
        if (behind > 0) add_columns(row + (nx - origin), line, rows, below, part, 1, behind, 0);
        return;
    }
    for (int image = 1; image <= depth; image++) {
        const long left = -image, right = nx - 1 + image;
        if (!HELD_LEFT & (left >= origin)) add_columns(row + (left - origin), line, rows, below, part, image, 1, 0);
        if (!HELD_RIGHT & (right < origin + span))
            add_columns(row + (right - origin), line, rows, below, part, nx - 1 - image, 1, 0);
    }
}

/* A row of a tile: the columns of held sides in it, or -1; nodes along y. */
typedef struct {
    int left, right, span;
    long ny;
} row_t;

/* Nodes on held sides left and right become `keep` times what they were. */
static inline void keep_ends(REAL *out, const REAL *centre, const row_t row, REAL keep)
{
    if (row.left >= 0) out[row.left] = keep * centre[row.left];
    if (row.right >= 0) out[row.right] = keep * centre[row.right];
}

/*
 * Rows j and j + 1 after a sweep, from the four rows before it from j - 1 on.
 * Held nodes keep their values where `keep` is 1; where it is 0, as in a residual, they are 0.
 */
static void sweep_two(REAL *out_low, REAL *out_high, const REAL *south, const REAL *low, const REAL *high,
                      const REAL *north, const REAL *q_low, const REAL *q_high, const weights_t w, long j,
                      const row_t row, REAL keep)
{
    const int held_low = held_row(j, row.ny), held_high = held_row(j + 1, row.ny);
    if (!held_low & !held_high) {
        sweep_pair(out_low, out_high, south, low - 1, low, low + 1, high - 1, high, high + 1, north, w, q_low, q_high,
                   row.span);
    } else {
        if (held_low)
            scale_row(out_low, low, keep, row.span);
        else
            sweep_row(out_low, south, low - 1, low, low + 1, high, w, q_low, row.span);
        if (held_high)
            scale_row(out_high, high, keep, row.span);
        else
            sweep_row(out_high, low, high - 1, high, high + 1, north, w, q_high, row.span);
    }
    keep_ends(out_low, low, row, keep);
    keep_ends(out_high, high, row, keep);
}

#define SOURCE(row) (&sources[(row) % SOURCES][PAD])
#define RESIDUAL(row) (&residuals[(row) % RESIDUALS][PAD])
#define FOUR_ROWS(k, row) RING(k, (row)-1), RING(k, row), RING(k, (row) + 1), RING(k, (row) + 2)

__kernel void smooth_rows(__global const REAL *restrict u, __global REAL *restrict v, __global const REAL *restrict q,
                          const layout_t at, __global const REAL *restrict correction,
                          __global REAL *restrict restricted, const layout_t to, __global const uint *restrict index,
                          __global const REAL *restrict weight, __global const int *restrict first, int taps_x,
                          int taps_y, int nested, ulong tile_rows, int tile, int count, int way,
                          __global OTHER *restrict total, const layout_t whole, OTHER factor, int added,
                          const stages_t stages)
{
    const long nx = (long)at.nx, ny = (long)at.ny;
    const size_t width = at.width;
    const long x0 = (long)get_global_id(0) * tile, y0 = (long)get_global_id(1) * (long)tile_rows;
    if (x0 >= nx || y0 >= ny) return;
    const long y_end = min(y0 + (long)tile_rows, ny), x_end = min(x0 + tile, nx);
    const int stored = (int)(x_end - x0), down = way == DOWN;
    const int span = (stored + 2 * HALO + WHOLE - 1) / WHOLE * WHOLE;
    const tables_t tables = tables_of(at, to);

    REAL ring[STAGES + 1][ALIVE][SPAN + 2 * PAD] __attribute__((aligned(64)));
    REAL sources[SOURCES][SPAN + 2 * PAD] __attribute__((aligned(64)));
    REAL residuals[RESIDUALS][SPAN + 2 * PAD] __attribute__((aligned(64)));
    REAL line[SPAN + 2 * PAD] __attribute__((aligned(64)));
    for (int k = 0; k <= STAGES; k++)
        for (int r = 0; r < ALIVE; r++) ring[k][r][PAD - 1] = ring[k][r][PAD + span] = 0;
    u += at.origin;
    v += at.origin;
    q += at.origin;
    correction += to.origin;
    restricted += to.origin;
    const long left = HALO - x0, right = nx - 1 - x0 + HALO; /* where the sides are in a row of the tile */
    row_t ends;
    ends.left = HELD_LEFT && left >= 0 ? (int)left : -1;
    ends.right = HELD_RIGHT && right < span ? (int)right : -1;
    ends.span = span;
    ends.ny = ny;
    __global const uint *below_x = index + tables.below_x, *below_y = index + tables.below_y;
    __global const REAL *part_x = weight + tables.below_x, *part_y = weight + tables.below_y;
    const long own_x = first_coarse(below_x, part_x, x0, nx, (long)to.nx);
    const long own_end = first_coarse(below_x, part_x, x_end, nx, (long)to.nx);
    const long coarse_j_end = first_coarse(below_y, part_y, y_end, ny, (long)to.ny);
    long coarse_j = first_coarse(below_y, part_y, y0, ny, (long)to.ny);

    /* Rows are counted from `begin`. Step t brings in two from 2 t on; stage k then makes those k before them. */
    const int sweeps = down ? count - 1 : count;
    const long begin = y0 - sweeps - (down ? 2 : 0), steps = (y_end + sweeps + (down ? 3 : 0) - begin + 1) / 2;
    for (long t = 0; t < steps; t++) {
        for (long row = 2 * t; row < 2 * t + 2; row++) {
            const long j = begin + row;
            REAL *out = RING(0, row);
            load_span(SOURCE(row), q, width, span, j, x0 - HALO, nx, ny, 1);
            if (down) {
                scale_row(out, SOURCE(row), held_row(j, ny) ? 0 : stages.of[0].source, span);
                keep_ends(out, out, ends, 0);
                continue;
            }
            load_span(out, u, width, span, j, x0 - HALO, nx, ny, 1);
            const size_t inside = (size_t)row_inside(j, ny);
            between_t rows;
            rows.low = correction + index[tables.below_y + inside] * to.width;
            rows.up = rows.low + to.width;
            rows.part = weight[tables.below_y + inside];
            add_correction(out, line, rows, index + tables.below_x, weight + tables.below_x, x0, nx, span, sweeps,
                           nested);
        }
        for (int k = 1; k <= sweeps && t >= k; k++) {
            const long row = 2 * t - k;
            sweep_two(RING(k, row), RING(k, row + 1), FOUR_ROWS(k - 1, row), SOURCE(row), SOURCE(row + 1),
                      stages.of[k - 1 + down], begin + row, ends, 1);
        }
        for (long row = 2 * t - sweeps; row < 2 * t - sweeps + 2; row++) {
            const long j = begin + row;
            if (t < sweeps || j < y0 || j >= y_end) continue;
            if (added)
                add_to_total(total + element_of((size_t)x0, (size_t)j, 0, whole), RING(sweeps, row) + HALO, factor,
                             stored);
            else
                store_row(v + (size_t)j * width + (size_t)x0, RING(sweeps, row) + HALO, stored);
        }
        if (!down || t < sweeps + 1) continue;
        const long behind = 2 * t - sweeps - 1, newest = begin + behind + 1; /* of the residual */
        sweep_two(RESIDUAL(behind), RESIDUAL(behind + 1), FOUR_ROWS(sweeps, behind), SOURCE(behind), SOURCE(behind + 1),
                  stages.of[STAGES], begin + behind, ends, 0);
        for (; coarse_j < coarse_j_end; coarse_j++) {
            const long from = first[to.nx + (size_t)coarse_j];
            __global REAL *target = restricted + (size_t)coarse_j * to.width;
            if (from + taps_y - 1 > newest && newest < y_end + 1) break;
            zero_row(line, span);
            for (int tap = 0; tap < taps_y && from + tap <= newest; tap++)
                add_row(line, RESIDUAL(from + tap - begin),
                        held_row(coarse_j, (long)to.ny) ? 0 : weight[tables.gather_y + tap * to.ny + coarse_j], span);
            if (nested)
                gather_nested(target + own_x, line + (2 * own_x - 1 - (x0 - HALO)), (int)(own_end - own_x));
            else
                gather_row(target + own_x, line, first + own_x, weight + tables.gather_x + own_x, taps_x, (int)to.nx,
                           (int)(x0 - HALO), (int)(own_end - own_x));
            if (HELD_LEFT && own_x == 0) target[0] = 0;
            if (HELD_RIGHT && own_end == (long)to.nx) target[to.nx - 1] = 0;
        }
    }
}
