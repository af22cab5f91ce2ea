/* SPDX-License-Identifier: MIT */
/*
 * Reductions: every work-group reduces its share of the rows to three numbers (two maxima, a sum between them),
 * norms_finish of norms.cl reduces those of all groups. NaN survives the maxima. Of norms the three are the largest
 * magnitude, the sum of squares times inverse_scale^2, the largest |u|.
 *
 * ITEMS   work-items per group, a power of two; LANES   independent sums per item, for devices that vectorise loops
 */
#ifndef ITEMS
#define ITEMS 64
#endif
#ifndef LANES
#define LANES 1
#endif

static inline REAL largest_of(REAL a, REAL b)
{
    return b > a || b != b ? b : a;
}

/* Part of a control volume of an equation along an axis: half at a side, which is an insulated one then. */
static inline REAL volume_part(size_t index, size_t nodes, int periodic)
{
    return !periodic && (index == 0 || index == nodes - 1) ? (REAL)0.5 : (REAL)1;
}

/* Reduces three private numbers of each item of a group; item 0 stores them. */
static inline void reduce_group(__local REAL *shared, __global REAL *partial, REAL largest, REAL squares, REAL field)
{
    const size_t item = get_local_id(0);
    shared[item] = largest;
    shared[ITEMS + item] = squares;
    shared[2 * ITEMS + item] = field;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (size_t half_items = ITEMS / 2; half_items > 0; half_items /= 2) {
        if (item < half_items) {
            shared[item] = largest_of(shared[item], shared[item + half_items]);
            shared[ITEMS + item] += shared[ITEMS + item + half_items];
            shared[2 * ITEMS + item] = largest_of(shared[2 * ITEMS + item], shared[2 * ITEMS + item + half_items]);
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    if (item == 0) {
        __global REAL *out = partial + 3 * get_group_id(0);
        out[0] = shared[0];
        out[1] = shared[ITEMS];
        out[2] = shared[2 * ITEMS];
    }
}

/* The equations of a part: without the nodes of held sides, and the last one of a periodic axis. */
typedef struct {
    size_t first_x, end_x, first_y, first_z, height, rows;
} range_t;

static inline range_t equations(const layout_t at)
{
    range_t range;
    range.first_x = max((size_t)at.begin_x, (size_t)HELD_LEFT);
    range.end_x = min((size_t)at.end_x, at.nx - (HELD_RIGHT || PERIODIC_X));
    range.first_y = max((size_t)at.begin_y, (size_t)HELD_BOTTOM);
    range.height = min((size_t)at.end_y, at.ny - (HELD_TOP || PERIODIC_Y)) - range.first_y;
    range.first_z = DIM == 3 ? max((size_t)at.begin_z, (size_t)HELD_FRONT) : 0;
    range.rows = range.height * (DIM == 3 ? min((size_t)at.end_z, at.nz - (HELD_BACK || PERIODIC_Z)) - range.first_z : 1);
    return range;
}

/* Whether row (k, j) is among them. */
static inline int in_rows(const range_t range, size_t j, size_t k)
{
    const size_t depth = range.rows / range.height;
    return j - range.first_y < range.height && k - range.first_z < depth; /* huge where they are below */
}

typedef struct {
    REAL largest[LANES], squares[LANES], field[LANES];
} sums_t;

static inline void sums_add(sums_t *sums, int lane, REAL value, REAL weight, REAL u, REAL inverse_scale)
{
    const REAL scaled = value * inverse_scale;
    sums->largest[lane] = largest_of(sums->largest[lane], weight * fabs(value));
    sums->squares[lane] += scaled * scaled;
    sums->field[lane] = largest_of(sums->field[lane], fabs(u));
}

/* All lanes into the first. */
static inline void sums_join(sums_t *sums)
{
    for (int lane = 1; lane < LANES; lane++) {
        sums->largest[0] = largest_of(sums->largest[0], sums->largest[lane]);
        sums->squares[0] += sums->squares[lane];
        sums->field[0] = largest_of(sums->field[0], sums->field[lane]);
    }
}

static inline void sums_finish(sums_t *sums, __local REAL *shared, __global REAL *partial)
{
    sums_join(sums);
    reduce_group(shared, partial, sums->largest[0], sums->squares[0], sums->field[0]);
}
