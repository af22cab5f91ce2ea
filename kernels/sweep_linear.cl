/* SPDX-License-Identifier: MIT */
/*
 * One sweep, one work-item per element in a 1-D range, row and column by / and %: the way the first programs of this
 * line did it. Runs everywhere and is the slowest; every other variant is measured against it.
 */
__kernel void sweep_linear(__global const REAL *u, __global REAL *v, __global const REAL *q, const layout_t at,
                           const weights_t weights NETWORK_PARAMETERS)
{
    const size_t row = get_global_id(0) / at.width, i = get_global_id(0) % at.width, j = row % at.ny, k = row / at.ny;
    const network_t network = NETWORK_OF(at.origin);
    if (i < at.nx && k < at.nz)
        v[at.origin + node_index(i, j, k, at)] =
            swept_node(network, u + at.origin, q + at.origin, i, j, k, at, weights);
}
