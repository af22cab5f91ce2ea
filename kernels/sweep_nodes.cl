/* SPDX-License-Identifier: MIT */
/*
 * One sweep, one work-item per node in a 2-D or 3-D range: neighbouring items read neighbouring nodes, which is what GPUs
 * coalesce.
 */
__kernel void sweep_nodes(__global const REAL *u, __global REAL *v, __global const REAL *q, ulong origin, ulong nx,
                          ulong ny, ulong nz, const weights_t weights NETWORK_PARAMETERS)
{
    const size_t i = get_global_id(0), j = get_global_id(1), k = DIM == 3 ? get_global_id(2) : 0;
    const extent_t extent = {nx, ny, nz};
    const network_t network = NETWORK_OF(origin);
    if (i < nx && j < ny && k < nz)
        v[origin + node_index(i, j, k)] = swept_node(network, u + origin, q + origin, i, j, k, extent, weights);
}
