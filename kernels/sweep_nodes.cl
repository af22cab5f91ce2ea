/* SPDX-License-Identifier: MIT */
/*
 * One sweep, one work-item per node in a 2-D range: neighbouring items read neighbouring nodes, which is what GPUs
 * coalesce.
 */
__kernel void sweep_nodes(__global const REAL *u, __global REAL *v, __global const REAL *q, ulong origin, ulong nx,
                          ulong ny, const weights_t weights)
{
    const size_t i = get_global_id(0), j = get_global_id(1);
    if (i < nx && j < ny) sweep_node(u + origin, v + origin, q + origin, i, j, nx, ny, weights);
}
