/* SPDX-License-Identifier: MIT */
/*
 * A function of the coordinates on all nodes. The host appends the text of `formula`, which it writes from the tree of
 * an expression; every step of it goes through one of these macros, so that a step without a finite value makes the
 * result a NaN unless a choice discards it.
 */
#define VALID(value) (isfinite(value) ? (value) : (REAL)NAN)
#define IF_VALID(operand, value) (isnan(operand) ? (REAL)NAN : (REAL)(value))

#ifdef FORMULA
static REAL formula(REAL x, REAL y, REAL z, REAL t);
#else
static REAL formula(REAL x, REAL y, REAL z, REAL t)
{
    return IF_VALID(t, t > 0 ? VALID(x / y) : z);
}
#endif

/* Coordinates round as on the host: whether a node lies on the line where an expression jumps must not depend on who
 * evaluates it. */
#pragma OPENCL FP_CONTRACT OFF

__kernel void evaluate(__global REAL *u, const layout_t at, REAL x0, REAL y0, REAL z0, REAL hx, REAL hy, REAL hz,
                       REAL t)
{
    const size_t i = get_global_id(0), j = get_global_id(1), k = DIM == 3 ? get_global_id(2) : 0;
    if (i >= at.nx || j >= at.ny || k >= at.nz) return;
    u[at.origin + node_index(i, j, k, at)] = formula(x0 + (REAL)i * hx, y0 + (REAL)j * hy, z0 + (REAL)k * hz, t);
}
