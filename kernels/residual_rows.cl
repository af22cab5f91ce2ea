/* SPDX-License-Identifier: MIT */
/*
 * The residual, as residual.cl computes it, for devices that run one work-item as a vectorised loop: a work-item owns
 * ROWS rows. Row loops are not inlined and have restrict parameters, so that compilers vectorise them; what differs at
 * the ends of a row is done apart.
 */
#ifndef ROWS
#define ROWS 8
#endif

/* Nodes 1 to count - 2. */
#if NETWORK
__attribute__((noinline)) static void
residual_row(__global REAL *restrict r, __global const REAL *restrict u, __global const REAL *restrict south,
             __global const REAL *restrict north, __global const REAL *restrict below,
             __global const REAL *restrict above, __global const REAL *restrict q, __global const REAL *restrict gx,
             __global const REAL *restrict gy, __global const REAL *restrict gy_south, __global const REAL *restrict gz,
             __global const REAL *restrict gz_below, __global const REAL *restrict shunt,
             __global const REAL *restrict inverse, REAL diagonal, REAL source, REAL has_south, REAL has_below,
             int count)
{
    for (int i = 1; i < count - 1; i++) {
        REAL sum = gx[i - 1] * (u[i - 1] - u[i]) + gx[i] * (u[i + 1] - u[i]) +
                   has_south * gy_south[i] * (south[i] - u[i]) + gy[i] * (north[i] - u[i]);
#if DIM == 3
        sum += has_below * gz_below[i] * (below[i] - u[i]) + gz[i] * (above[i] - u[i]);
#endif
#if HAS_SHUNT
        sum -= shunt[i] * u[i];
#endif
        const REAL value = diagonal * sum + source * q[i];
        r[i] = inverse[i] == 0 ? 0 : value;
    }
}
#else
__attribute__((noinline)) static void residual_row(__global REAL *restrict r, __global const REAL *restrict u,
                                                   __global const REAL *restrict south,
                                                   __global const REAL *restrict north,
                                                   __global const REAL *restrict below,
                                                   __global const REAL *restrict above, __global const REAL *restrict q,
                                                   REAL x, REAL y, REAL z, REAL diagonal, REAL source, int count)
{
    for (int i = 1; i < count - 1; i++) {
        REAL sum = x * (u[i - 1] + u[i + 1]) + y * (south[i] + north[i]);
#if DIM == 3
        sum += z * (below[i] + above[i]);
#endif
        r[i] = diagonal * (sum - u[i]) + source * q[i];
    }
}

__attribute__((noinline)) static void clear_row(__global REAL *r, int count)
{
    for (int i = 0; i < count; i++) r[i] = 0;
}
#endif

__kernel void residual(__global const REAL *u, __global REAL *r, __global const REAL *q, const layout_t at, int sourced,
                       REAL x, REAL y, REAL z, REAL diagonal NETWORK_PARAMETERS)
{
    const size_t first = get_global_id(0) * ROWS, end = min(first + ROWS, (size_t)(at.ny * at.nz));
    const REAL source = sourced ? 1 : 0; /* without one q is u: anything finite, where u is */
    u += at.origin;
    r += at.origin;
    q += at.origin;
    const network_t network = NETWORK_OF(at.origin);
    for (size_t row = first; row < end; row++) {
        const size_t j = row % at.ny, k = row / at.ny, start = node_index(0, j, k, at);
        const rows_t rows = rows_around(u, j, k, at);
#if NETWORK
        const int has_south = PERIODIC_Y || j > 0, has_below = PERIODIC_Z || k > 0;
        const size_t south = node_index(0, before(j, at.ny, PERIODIC_Y), k, at);
        const size_t below = DIM == 3 ? node_index(0, j, before(k, at.nz, PERIODIC_Z), at) : start;
        __global const REAL *gz = DIM == 3 ? network.z : network.x;
        residual_row(r + start, rows.centre, rows.south, rows.north, rows.below, rows.above, q + start,
                     network.x + start, network.y + start, network.y + south, gz + start, gz + below,
                     network.shunt + start, network.inverse + start, diagonal, source, has_south, has_below,
                     (int)at.nx);
#else
        if (is_held(1, j, k, at)) { /* the whole row */
            clear_row(r + start, (int)at.nx);
            continue;
        }
        residual_row(r + start, rows.centre, rows.south, rows.north, rows.below, rows.above, q + start, x, y, z,
                     diagonal, source, (int)at.nx);
#endif
        for (size_t i = 0; i < at.nx; i += at.nx - 1)
            r[start + i] = residual_node(network, u, q, i, j, k, at, sourced, x, y, z, diagonal);
    }
}
