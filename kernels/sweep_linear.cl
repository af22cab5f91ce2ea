/* SPDX-License-Identifier: MIT */
/*
 * One sweep, one work-item per element in a 1-D range, row and column by / and %: the way the first programs of this line
 * did it. Runs everywhere and is the slowest; every other variant is measured against it.
 */
__kernel void sweep_linear(__global const REAL *u, __global REAL *v, __global const REAL *q, ulong origin, ulong nx,
                           ulong ny, ulong nz, const weights_t weights NETWORK_PARAMETERS)
{
    const size_t row = get_global_id(0) / WIDTH, i = get_global_id(0) % WIDTH, j = row % ny, k = row / ny;
    const extent_t extent = {nx, ny, nz};
    const network_t network = NETWORK_OF(origin);
    if (i < nx && k < nz)
        v[origin + node_index(i, j, k)] = swept_node(network, u + origin, q + origin, i, j, k, extent, weights);
}
