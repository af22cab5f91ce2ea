/* SPDX-License-Identifier: MIT */
/*
 * What a cycle does on levels made by Galerkin's principle (box.cl), and between them (coarsen.cl). A work-item per
 * node. Nodes of inverse 0 are held at 0.
 */
/* v = u + weight / D[p] (q - A u); q counts in units of D. */
__kernel void galerkin_sweep(__global const REAL *u, __global REAL *v, __global const REAL *q, const layout_t at,
                             __global const REAL *couplings, __global const REAL *inverse, ulong stride, REAL weight,
                             REAL source)
{
    const node_t p = node_of((int)get_global_id(0), (int)get_global_id(1), DIM == 3 ? (int)get_global_id(2) : 0);
    if (p.x >= (int)at.nx || p.y >= (int)at.ny || p.z >= (int)at.nz) return;
    const size_t here = element(p, at);
    v[here] = u[here] + weight * inverse[here] * (inflow_of(u, couplings, stride, p, at) + source * q[here]);
}

/* r = q - A u, and 0 on held nodes. */
__kernel void galerkin_residual(__global const REAL *u, __global REAL *r, __global const REAL *q, const layout_t at,
                                __global const REAL *couplings, __global const REAL *inverse, ulong stride,
                                REAL diagonal, REAL source)
{
    const node_t p = node_of((int)get_global_id(0), (int)get_global_id(1), DIM == 3 ? (int)get_global_id(2) : 0);
    if (p.x >= (int)at.nx || p.y >= (int)at.ny || p.z >= (int)at.nz) return;
    const size_t here = element(p, at);
    const REAL value = diagonal * inflow_of(u, couplings, stride, p, at) + source * q[here];
    r[here] = inverse[here] == 0 ? 0 : value;
}

__kernel void galerkin_restrict(__global const REAL *fine, __global REAL *coarse, __global const REAL *weights,
                                ulong stride, const layout_t from, const layout_t to)
{
    const node_t p = node_of((int)get_global_id(0), (int)get_global_id(1), DIM == 3 ? (int)get_global_id(2) : 0);
    if (p.x >= (int)to.nx || p.y >= (int)to.ny || p.z >= (int)to.nz) return;
    coarse[element(p, to)] = gathered(fine, weights, stride, p, from, to);
}

__kernel void galerkin_prolong(__global const REAL *coarse, __global REAL *fine, __global const REAL *weights,
                               ulong stride, const layout_t to, const layout_t from)
{
    const node_t p = node_of((int)get_global_id(0), (int)get_global_id(1), DIM == 3 ? (int)get_global_id(2) : 0);
    if (p.x >= (int)to.nx || p.y >= (int)to.ny || p.z >= (int)to.nz) return;
    fine[element(p, to)] += interpolated(coarse, weights, stride, p, to, from);
}
