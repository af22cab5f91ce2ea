/* SPDX-License-Identifier: MIT */
/*
 * The residual r = q - A u as a field, 0 on held nodes. A work-item per node.
 */
__kernel void residual(__global const REAL *u, __global REAL *r, __global const REAL *q, const layout_t at, int sourced,
                       REAL x, REAL y, REAL z, REAL diagonal NETWORK_PARAMETERS)
{
    const size_t i = get_global_id(0), j = get_global_id(1), k = DIM == 3 ? get_global_id(2) : 0;
    if (i >= at.nx || j >= at.ny || k >= at.nz) return;
    const network_t network = NETWORK_OF(at.origin);
    r[element_of(i, j, k, at)] =
        residual_node(network, u + at.origin, q + at.origin, i, j, k, at, sourced, x, y, z, diagonal);
}
