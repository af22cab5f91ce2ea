/* SPDX-License-Identifier: MIT */
/*
 * One sweep, one work-item per node in a 2-D or 3-D range: neighbouring items read neighbouring nodes, which is what
 * GPUs coalesce.
 */
__kernel void sweep_nodes(__global const REAL *u, __global REAL *v, __global const REAL *q, const layout_t at,
                          const weights_t weights NETWORK_PARAMETERS)
{
    const size_t i = get_global_id(0), j = get_global_id(1), k = DIM == 3 ? get_global_id(2) : 0;
    const network_t network = NETWORK_OF(at.origin);
    if (i < at.nx && j < at.ny && k < at.nz)
        v[at.origin + node_index(i, j, k, at)] =
            swept_node(network, u + at.origin, q + at.origin, i, j, k, at, weights);
}
