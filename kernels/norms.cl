/* SPDX-License-Identifier: MIT */
/*
 * Norms: every work-group reduces its share of the rows to three numbers (the largest magnitude, the sum of squares
 * times inverse_scale^2, the largest |u|), norms_finish reduces those of all groups. NaN survives the maxima.
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

static inline void sums_finish(sums_t *sums, __local REAL *shared, __global REAL *partial)
{
    for (int lane = 1; lane < LANES; lane++) {
        sums->largest[0] = largest_of(sums->largest[0], sums->largest[lane]);
        sums->squares[0] += sums->squares[lane];
        sums->field[0] = largest_of(sums->field[0], sums->field[lane]);
    }
    reduce_group(shared, partial, sums->largest[0], sums->squares[0], sums->field[0]);
}

/* The equations: without the nodes of held sides, and the last one of a periodic axis. */
typedef struct {
    size_t first_x, end_x, first_y, first_z, height, rows;
} range_t;

static inline range_t equations(const layout_t at)
{
    range_t range;
    range.first_x = HELD_LEFT;
    range.end_x = at.nx - (HELD_RIGHT || PERIODIC_X);
    range.first_y = HELD_BOTTOM;
    range.height = at.ny - (HELD_TOP || PERIODIC_Y) - HELD_BOTTOM;
    range.first_z = DIM == 3 ? HELD_FRONT : 0;
    range.rows = range.height * (DIM == 3 ? at.nz - (HELD_BACK || PERIODIC_Z) - HELD_FRONT : 1);
    return range;
}

/* Of r / D = (q - A u) / D over the unknowns; inverse_diagonal = 1 / D. */
__kernel void residual_norms(__global const REAL *u, __global const REAL *q, __global REAL *partial, const layout_t at,
                             int sourced, REAL x, REAL y, REAL z, REAL inverse_diagonal,
                             REAL inverse_scale NETWORK_PARAMETERS)
{
    __local REAL shared[3 * ITEMS];
    const range_t range = equations(at);
#if NETWORK
    const network_t network = NETWORK_OF(at.origin);
#endif
    sums_t sums;
    for (int lane = 0; lane < LANES; lane++) sums.largest[lane] = sums.squares[lane] = sums.field[lane] = 0;
    u += at.origin;
    for (size_t row = get_group_id(0); row < range.rows; row += get_num_groups(0)) {
        const size_t j = range.first_y + row % range.height, k = range.first_z + row / range.height;
        for (size_t base = range.first_x + get_local_id(0) * LANES; base < range.end_x; base += ITEMS * LANES) {
            const int lanes = (int)min((size_t)LANES, range.end_x - base);
            for (int lane = 0; lane < lanes; lane++) {
                const size_t i = base + lane, here = node_index(i, j, k, at);
                REAL centre = u[here], weight = 1;
#if NETWORK
                REAL value = inflow(network, u, i, j, k, at);
#else
                REAL value = neighbours(u, i, j, k, at, x, y, z) - centre;
#endif
                if (sourced) value += inverse_diagonal * q[at.origin + here];
#if NETWORK
                weight = network.inverse[here];
                if (weight == 0) value = centre = 0;
#endif
                sums_add(&sums, lane, value, weight, centre, inverse_scale);
            }
        }
    }
    sums_finish(&sums, shared, partial);
}

/* Of u - v over the unknowns. */
__kernel void change_norms(__global const REAL *u, __global const REAL *v, __global REAL *partial, const layout_t at,
                           REAL inverse_scale NETWORK_PARAMETERS)
{
    __local REAL shared[3 * ITEMS];
    const range_t range = equations(at);
#if NETWORK
    const network_t network = NETWORK_OF(at.origin);
#endif
    sums_t sums;
    for (int lane = 0; lane < LANES; lane++) sums.largest[lane] = sums.squares[lane] = sums.field[lane] = 0;
    for (size_t row = get_group_id(0); row < range.rows; row += get_num_groups(0)) {
        const size_t j = range.first_y + row % range.height, k = range.first_z + row / range.height;
        for (size_t base = range.first_x + get_local_id(0) * LANES; base < range.end_x; base += ITEMS * LANES) {
            const int lanes = (int)min((size_t)LANES, range.end_x - base);
            for (int lane = 0; lane < lanes; lane++) {
                const size_t here = node_index(base + lane, j, k, at);
                REAL value = u[at.origin + here], change = value - v[at.origin + here];
#if NETWORK
                if (network.inverse[here] == 0) value = change = 0;
#endif
                sums_add(&sums, lane, change, 1, value, inverse_scale);
            }
        }
    }
    sums_finish(&sums, shared, partial);
}

/* The three numbers of all groups, into the first three of result. Runs as one group. */
__kernel void norms_finish(__global const REAL *partial, __global REAL *result, ulong groups)
{
    __local REAL shared[3 * ITEMS];
    REAL largest = 0, squares = 0, field = 0;
    for (size_t group = get_local_id(0); group < groups; group += ITEMS) {
        largest = largest_of(largest, partial[3 * group]);
        squares += partial[3 * group + 1];
        field = largest_of(field, partial[3 * group + 2]);
    }
    reduce_group(shared, result, largest, squares, field);
}
