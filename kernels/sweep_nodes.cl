/* SPDX-License-Identifier: MIT */
/*
 * One sweep, v = u + w / D (q - A u), one work-item per node in a 2-D range: neighbouring items read neighbouring
 * nodes, which is what GPUs coalesce. x, y are the shares of the diagonal times w, keep = 1 - w, source = w / D.
 */
__kernel void sweep_nodes(__global const REAL *u, __global REAL *v, __global const REAL *q, ulong origin, ulong nx,
                          ulong ny, REAL keep, REAL x, REAL y, REAL source)
{
    const size_t i = get_global_id(0), j = get_global_id(1);
    if (i >= nx || j >= ny) return;
    u += origin;
    v += origin;
    const size_t index = j * WIDTH + i;
    if (is_held(i, j, nx, ny)) {
        v[index] = u[index];
        return;
    }
    REAL value = keep * u[index] + neighbours(u, i, j, nx, ny, x, y);
#if HAS_SOURCE
    value += source * q[origin + index];
#endif
    v[index] = value;
}
