/* SPDX-License-Identifier: MIT */
/*
 * Correction of a field: the residual r = q - A u as a field, 0 on held nodes, and u + e. A work-item per node.
 */
__kernel void residual(__global const REAL *u, __global REAL *r, __global const REAL *q, ulong origin, ulong nx, ulong ny,
                       ulong nz, int sourced, REAL x, REAL y, REAL z, REAL diagonal NETWORK_PARAMETERS)
{
    const size_t i = get_global_id(0), j = get_global_id(1), k = DIM == 3 ? get_global_id(2) : 0;
    const extent_t extent = {nx, ny, nz};
    if (i >= nx || j >= ny || k >= nz) return;
    const size_t here = node_index(i, j, k);
    u += origin;
#if NETWORK
    const network_t network = NETWORK_OF(origin);
    const int held = network.inverse[here] == 0;
    REAL value = diagonal * inflow(network, u, i, j, k, extent);
#else
    const int held = is_held(i, j, k, extent);
    REAL value = diagonal * (neighbours(u, i, j, k, extent, x, y, z) - u[here]);
#endif
    if (sourced) value += q[origin + here];
    r[origin + here] = held ? 0 : value;
}

__kernel void add(__global REAL *u, __global const REAL *e, ulong origin, ulong nx, ulong ny, ulong nz)
{
    const size_t i = get_global_id(0), j = get_global_id(1), k = DIM == 3 ? get_global_id(2) : 0;
    if (i < nx && j < ny && k < nz) u[origin + node_index(i, j, k)] += e[origin + node_index(i, j, k)];
}
