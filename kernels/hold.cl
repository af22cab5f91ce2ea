/* SPDX-License-Identifier: MIT */
/* What held nodes are held at: u[places[i]] = values[i]. */
__kernel void hold(__global REAL *u, __global const ulong *places, __global const REAL *values, ulong count)
{
    const size_t i = get_global_id(0);
    if (i < count) u[places[i]] = values[i];
}
