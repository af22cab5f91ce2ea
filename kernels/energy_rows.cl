/* SPDX-License-Identifier: MIT */
/* What energy.cl computes, row by row: rows.cl. There is an item per group, which owns rows that follow one another. */

/* g (difference)^2 over the edges from node i on, and what it leaks. */
#if DIM == 3
#define ENERGY_ALONG_Z +has_above *gz[i] * (above[i] - u[i]) * (above[i] - u[i])
#else
#define ENERGY_ALONG_Z
#endif
#if HAS_SHUNT
#define ENERGY_TO_GROUND +shunt[i] * u[i] * u[i]
#else
#define ENERGY_TO_GROUND
#endif
#define ENERGY                                                                                                         \
    (gx[i] * (u[i + 1] - u[i]) * (u[i + 1] - u[i]) +                                                                   \
     has_north * gy[i] * (north[i] - u[i]) * (north[i] - u[i]) ENERGY_ALONG_Z ENERGY_TO_GROUND)

/* Adds that of whole vectors of nodes; of how many. */
__attribute__((noinline)) static int energy_row(SUM *restrict sums, __global const REAL *restrict u,
                                                __global const REAL *restrict north, __global const REAL *restrict above,
                                                __global const REAL *restrict gx, __global const REAL *restrict gy,
                                                __global const REAL *restrict gz, __global const REAL *restrict shunt,
                                                REAL has_north, REAL has_above, SUM factor, int count)
{
    int base = 0;
    for (; base + LANES <= count; base += LANES)
        for (int lane = 0; lane < LANES; lane++) {
            const int i = base + lane;
            sums[lane] += factor * (SUM)ENERGY;
        }
    return base;
}

__kernel void energy(__global const REAL *u, __global REAL *partial, const layout_t at, REAL inverse_u NETWORK_PARAMETERS)
{
    const network_t network = NETWORK_OF(at.origin);
    const size_t rows_y = min((size_t)at.end_y, at.ny - PERIODIC_Y) - at.begin_y;
    const size_t rows_z = DIM == 3 ? min((size_t)at.end_z, at.nz - PERIODIC_Z) - at.begin_z : 1;
    const size_t groups = get_num_groups(0), group = get_group_id(0), rows = rows_y * rows_z;
    const SUM factor = (SUM)inverse_u * (SUM)inverse_u;
    SUM sums[LANES];
    for (int lane = 0; lane < LANES; lane++) sums[lane] = 0;
    for (size_t row = rows * group / groups; row < rows * (group + 1) / groups; row++) {
        const size_t j = at.begin_y + row % rows_y, k = at.begin_z + row / rows_y, start = node_index(at.begin_x, j, k, at);
        const REAL has_north = j + 1 < at.ny, has_above = k + 1 < at.nz;
        __global const REAL *centre = u + at.origin + start;
        __global const REAL *north = has_north != 0 ? centre + at.width : centre;
        __global const REAL *above = DIM == 3 && has_above != 0 ? centre + at.plane : centre;
        __global const REAL *gx = network.x + start, *gy = network.y + start;
        __global const REAL *gz = DIM == 3 ? network.z + start : gx, *shunt = network.shunt + start;
        const size_t last = min((size_t)at.end_x, (size_t)at.nx - 1) - at.begin_x; /* of the whole row, has no edge along x */
        const size_t end = min((size_t)at.end_x, at.nx - PERIODIC_X) - at.begin_x;
        for (size_t i = (size_t)energy_row(sums, centre, north, above, gx, gy, gz, shunt, has_north, has_above, factor,
                                           (int)last);
             i < end; i++) {
            const REAL here = centre[i], x = i < last ? centre[i + 1] - here : 0, y = north[i] - here, z = above[i] - here;
            REAL value = gx[i] * x * x + has_north * gy[i] * y * y;
            if (DIM == 3) value += has_above * gz[i] * z * z;
            if (HAS_SHUNT) value += shunt[i] * here * here;
            sums[0] += factor * (SUM)value;
        }
    }
    for (int lane = 1; lane < LANES; lane++) sums[0] += sums[lane];
    store_sum(partial, group, sums[0]);
}
