/* SPDX-License-Identifier: MIT */
/*
 * What norms.cl computes, for devices that run one work-item as a vectorised loop: an item per group, which owns rows
 * that follow one another.
 *
 * OTHER   type of the field r, where it is another one
 */
#ifndef OTHER
#define OTHER REAL
#endif

/* The formula at column i; a macro because the loop's pointers are restrict. */
#if NETWORK
#define FLOW                                                                                                           \
    (gx[i - 1] * (u[i - 1] - u[i]) + gx[i] * (u[i + 1] - u[i]) + has_south * gy_south[i] * (south[i] - u[i]) +         \
     gy[i] * (north[i] - u[i]) FLOW_ALONG_Z FLOW_TO_GROUND)
#if DIM == 3
#define FLOW_ALONG_Z +has_below *gz_below[i] * (below[i] - u[i]) + gz[i] * (above[i] - u[i])
#else
#define FLOW_ALONG_Z
#endif
#if HAS_SHUNT
#define FLOW_TO_GROUND -shunt[i] * u[i]
#else
#define FLOW_TO_GROUND
#endif
#elif DIM == 3
#define FLOW (x * (u[i - 1] + u[i + 1]) + y * (south[i] + north[i]) + z * (below[i] + above[i]) - u[i])
#else
#define FLOW (x * (u[i - 1] + u[i + 1]) + y * (south[i] + north[i]) - u[i])
#endif

#if NETWORK
#define COEFFICIENTS                                                                                                   \
    , __global const REAL *restrict gx, __global const REAL *restrict gy, __global const REAL *restrict gy_south,      \
        __global const REAL *restrict gz, __global const REAL *restrict gz_below, __global const REAL *restrict shunt, \
        __global const REAL *restrict inverse, REAL has_south, REAL has_below
#define IF_FREE(i, value) (inverse[i] == 0 ? 0 : (value))
#define WEIGHT(i) inverse[i]
#else
#define COEFFICIENTS , REAL x, REAL y, REAL z
#define IF_FREE(i, value) (value)
#define WEIGHT(i) 1
#endif

/* The residual over D at nodes 0 to count - 1, which have neighbours on both sides in their row. */
__attribute__((noinline)) static void
defect_row(REAL *restrict out, __global const REAL *restrict u, __global const REAL *restrict south,
           __global const REAL *restrict north, __global const REAL *restrict below, __global const REAL *restrict above,
           __global const REAL *restrict q, REAL source COEFFICIENTS, int count)
{
    for (int i = 0; i < count; i++) {
        const REAL value = FLOW + source * q[i];
        out[i] = IF_FREE(i, value);
    }
}

/* Adds whole vectors of values to the sums; how many. */
__attribute__((noinline)) static int sum_row(sums_t *restrict sums, const REAL *restrict values,
                                             __global const REAL *restrict u, __global const REAL *restrict inverse,
                                             REAL inverse_scale, int count)
{
    int base = 0;
    for (; base + LANES <= count; base += LANES)
        for (int lane = 0; lane < LANES; lane++) {
            const int i = base + lane;
            const REAL magnitude = WEIGHT(i) * fabs(values[i]), centre = IF_FREE(i, fabs(u[i]));
            const REAL scaled = values[i] * inverse_scale;
            sums->largest[lane] = magnitude > sums->largest[lane] ? magnitude : sums->largest[lane];
            sums->squares[lane] += scaled * scaled;
            sums->field[lane] = centre > sums->field[lane] ? centre : sums->field[lane];
        }
    return base;
}

__attribute__((noinline)) static void store_values(__global OTHER *restrict r, const REAL *restrict values, REAL factor,
                                                   int count)
{
    for (int i = 0; i < count; i++) r[i] = (OTHER)(factor * values[i]);
}

#define CHUNK 256 /* nodes that are worked on at once, in the first-level cache */

__kernel void residual_norms(__global const REAL *u, __global const REAL *q, __global REAL *partial, const layout_t at,
                             int sourced, REAL x, REAL y, REAL z, REAL inverse_diagonal, REAL inverse_scale,
                             __global OTHER *r, const layout_t to, REAL factor, int stored NETWORK_PARAMETERS)
{
    const range_t range = equations(at);
    const network_t network = NETWORK_OF(at.origin);
    const size_t rows = at.ny * at.nz, groups = get_num_groups(0), group = get_group_id(0);
    const REAL source = sourced ? inverse_diagonal : 0; /* without one q is u: anything finite, where u is */
    REAL values[CHUNK] __attribute__((aligned(64)));
    sums_t sums;
    for (int lane = 0; lane < LANES; lane++) sums.largest[lane] = sums.squares[lane] = sums.field[lane] = 0;
    u += at.origin;
    q += at.origin;
    for (size_t row = rows * group / groups; row < rows * (group + 1) / groups; row++) {
        const size_t j = row % at.ny, k = row / at.ny, start = node_index(0, j, k, at), other = element_of(0, j, k, to);
        const int counted = in_rows(range, j, k);
        const rows_t beside = rows_around(u, j, k, at);
#if NETWORK
        const int has_south = PERIODIC_Y || j > 0, has_below = PERIODIC_Z || k > 0;
        const size_t south = node_index(0, before(j, at.ny, PERIODIC_Y), k, at);
        const size_t below = DIM == 3 ? node_index(0, j, before(k, at.nz, PERIODIC_Z), at) : start;
        __global const REAL *gz = DIM == 3 ? network.z : network.x;
#else
        if (is_held(1, j, k, at)) { /* the whole row */
            for (size_t i = 0; stored && i < at.nx; i++) r[other + i] = 0;
            continue;
        }
#endif
        for (size_t first = 1; first < at.nx - 1; first += CHUNK) {
            const int count = (int)min((size_t)CHUNK, at.nx - 1 - first);
            const size_t here = start + first;
            defect_row(values, beside.centre + first, beside.south + first, beside.north + first, beside.below + first,
                       beside.above + first, q + here, source,
#if NETWORK
                       network.x + here, network.y + here, network.y + south + first, gz + here, gz + below + first,
                       network.shunt + here, network.inverse + here, has_south, has_below,
#else
                       x, y, z,
#endif
                       count);
            if (stored) store_values(r + other + first, values, factor, count);
            if (!counted) continue;
            __global const REAL *inverse = NETWORK ? network.inverse + here : u;
            for (int i = sum_row(&sums, values, beside.centre + first, inverse, inverse_scale, count); i < count; i++) {
                const REAL centre = beside.centre[first + i];
                sums_add(&sums, 0, values[i], WEIGHT(i), IF_FREE(i, centre), inverse_scale);
            }
        }
        for (size_t i = 0; i < at.nx; i += at.nx - 1) { /* the ends */
            REAL value = residual_node(network, u, q, i, j, k, at, 0, x, y, z, 1);
            if (!node_is_held(network, i, j, k, at)) value += source * q[start + i];
            if (stored) r[other + i] = (OTHER)(factor * value);
            if (!(counted & (i >= range.first_x) & (i < range.end_x))) continue;
#if NETWORK
            __global const REAL *inverse = network.inverse + start;
#endif
            sums_add(&sums, 0, value, WEIGHT(i), IF_FREE(i, beside.centre[i]), inverse_scale);
        }
    }
    for (int lane = 1; lane < LANES; lane++) {
        sums.largest[0] = largest_of(sums.largest[0], sums.largest[lane]);
        sums.squares[0] += sums.squares[lane];
        sums.field[0] = largest_of(sums.field[0], sums.field[lane]);
    }
    partial[3 * group] = sums.largest[0];
    partial[3 * group + 1] = sums.squares[0];
    partial[3 * group + 2] = sums.field[0];
}
