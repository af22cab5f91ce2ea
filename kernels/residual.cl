/* SPDX-License-Identifier: MIT */
/*
 * The residual r = q - A u as a field, 0 on held nodes. A work-item per node.
 */
__kernel void residual(__global const REAL *u, __global REAL *r, __global const REAL *q, const layout_t at, int sourced,
                       REAL x, REAL y, REAL z, REAL diagonal NETWORK_PARAMETERS)
{
    const size_t i = get_global_id(0), j = get_global_id(1), k = DIM == 3 ? get_global_id(2) : 0;
    if (i >= at.nx || j >= at.ny || k >= at.nz) return;
    const size_t here = node_index(i, j, k, at);
    u += at.origin;
#if NETWORK
    const network_t network = NETWORK_OF(at.origin);
    const int held = network.inverse[here] == 0;
    REAL value = diagonal * inflow(network, u, i, j, k, at);
#else
    const int held = is_held(i, j, k, at);
    REAL value = diagonal * (neighbours(u, i, j, k, at, x, y, z) - u[here]);
#endif
    if (sourced) value += q[at.origin + here];
    r[at.origin + here] = held ? 0 : value;
}
