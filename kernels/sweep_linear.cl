/* SPDX-License-Identifier: MIT */
/*
 * One sweep, one work-item per element in a 1-D range, row and column by / and %: the way the first programs of this line
 * did it. Runs everywhere and is the slowest; every other variant is measured against it.
 */
__kernel void sweep_linear(__global const REAL *u, __global REAL *v, __global const REAL *q, ulong origin, ulong nx,
                           ulong ny, const weights_t weights)
{
    const size_t j = get_global_id(0) / WIDTH, i = get_global_id(0) % WIDTH;
    if (i < nx && j < ny) sweep_node(u + origin, v + origin, q + origin, i, j, nx, ny, weights);
}
