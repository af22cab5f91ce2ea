/* SPDX-License-Identifier: MIT */
/*
 * One sweep, v = u + w / D (q - A u), one work-item per element in a 1-D range, row and column by / and %: the way the
 * first programs of this line did it. Runs everywhere and is the slowest; every other variant is measured against it.
 */
__kernel void sweep_linear(__global const REAL *u, __global REAL *v, __global const REAL *q, ulong origin, ulong nx,
                           ulong ny, REAL keep, REAL x, REAL y, REAL source)
{
    const size_t index = get_global_id(0), row = index / WIDTH, column = index % WIDTH;
    if (row >= ny || column >= nx) return;
    u += origin;
    v += origin;
    if (is_held(column, row, nx, ny)) {
        v[index] = u[index];
        return;
    }
    REAL value = keep * u[index] + neighbours(u, column, row, nx, ny, x, y);
#if HAS_SOURCE
    value += source * q[origin + index];
#endif
    v[index] = value;
}
