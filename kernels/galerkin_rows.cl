/* SPDX-License-Identifier: MIT */
/*
 * As galerkin.cl, for devices that run one work-item as a vectorised loop: a work-item owns ROWS rows. Row loops are
 * not inlined and have restrict parameters, so that compilers vectorise them.
 *
 * Couplings outside the box are 0 and stand in the ghost layer, where fields are 0 as well, so that the ends of rows
 * need no care but on a periodic axis, where they are done again node by node.
 */
#ifndef ROWS
#define ROWS 8
#endif

/* Neighbours have pointers of their own, the same array or not: see rows.cl. Along the row itself, and to the ground. */
__attribute__((noinline)) static void flow_along(__global REAL *restrict sum, __global const REAL *restrict u,
                                                 __global const REAL *restrict u_west, __global const REAL *restrict u_east,
                                                 __global const REAL *restrict west, __global const REAL *restrict east,
                                                 __global const REAL *restrict leak, __global const REAL *restrict q,
                                                 REAL source, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++)
        sum[i] = east[i] * (u_east[i] - u[i]) + west[i] * (u_west[i] - u[i]) - leak[i] * u[i] + source * q[i];
}

/* From a row beside. */
__attribute__((noinline)) static void flow_across(__global REAL *restrict sum, __global const REAL *restrict u,
                                                  __global const REAL *restrict u_west, __global const REAL *restrict u_beside,
                                                  __global const REAL *restrict u_east, __global const REAL *restrict west,
                                                  __global const REAL *restrict beside, __global const REAL *restrict east,
                                                  int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++)
        sum[i] += west[i] * (u_west[i] - u[i]) + beside[i] * (u_beside[i] - u[i]) + east[i] * (u_east[i] - u[i]);
}

/* The row's number at an offset, counted through planes with their ghosts; wrapped on periodic axes. Rows outside the
 * box lie in the ghost layer. */
static inline long row_at(int j, int k, int y, int z, const layout_t at)
{
    const int to_y = PERIODIC_Y ? beside(j, y, (int)at.ny, 1) : j + y;
    const int to_z = PERIODIC_Z ? beside(k, z, (int)at.nz, 1) : k + z;
    return (long)at.origin + (DIM == 3 ? (long)to_z * (long)at.plane : 0) + (long)to_y * (long)at.width;
}

/* All that flows into a row's nodes, and source q. */
static inline void flow_row(__global REAL *sum, __global const REAL *u, __global const REAL *q,
                            __global const REAL *couplings, ulong stride, int j, int k, const layout_t at, REAL source)
{
    const long here = row_at(j, k, 0, 0, at);
    const int count = (int)at.nx;
    flow_along(sum + here, u + here, u + here - 1, u + here + 1, couplings + here - 1, couplings + here,
               couplings + CENTRE * stride + here, q + here, source, count);
    for (int h = 2; h < CENTRE; h += 3) { /* the middle one of a row's three */
        const int y = ALONG(CENTRE + 1 + h, 1), z = DIM == 3 ? ALONG(CENTRE + 1 + h, 2) : 0;
        const long behind = row_at(j, k, y, z, at), before = row_at(j, k, -y, -z, at);
        __global const REAL *west = couplings + (h - 1) * stride, *beside = west + stride, *east = beside + stride;
        /* three couplings of this row, three of the row before */
        flow_across(sum + here, u + here, u + behind - 1, u + behind, u + behind + 1, west + here, beside + here, east + here,
                    count);
        flow_across(sum + here, u + here, u + before - 1, u + before, u + before + 1, east + before - 1, beside + before,
                    west + before + 1, count);
    }
    for (int i = 0; i < count && PERIODIC_X; i += count - 1)
        sum[here + i] = inflow_of(u, couplings, stride, node_of(i, j, k), at) + source * q[here + i];
}

__attribute__((noinline)) static void finish_sweep(__global REAL *restrict v, __global const REAL *restrict u,
                                                   __global const REAL *restrict inverse, REAL weight, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) v[i] = u[i] + weight * inverse[i] * v[i];
}

__attribute__((noinline)) static void finish_residual(__global REAL *restrict r, __global const REAL *restrict inverse,
                                                      REAL diagonal, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) r[i] = inverse[i] == 0 ? 0 : diagonal * r[i];
}

/* v = u + weight / D[p] (q - A u); q counts in units of D. */
__kernel void galerkin_sweep(__global const REAL *u, __global REAL *v, __global const REAL *q, const layout_t at,
                             __global const REAL *couplings, __global const REAL *inverse, ulong stride, REAL weight,
                             REAL source)
{
    const size_t first = get_global_id(0) * ROWS, end = min(first + ROWS, (size_t)(at.ny * at.nz));
    for (size_t row = first; row < end; row++) {
        const int j = (int)(row % at.ny), k = (int)(row / at.ny);
        const long here = row_at(j, k, 0, 0, at);
        flow_row(v, u, q, couplings, stride, j, k, at, source);
        finish_sweep(v + here, u + here, inverse + here, weight, (int)at.nx);
    }
}

/* r = q - A u, and 0 on held nodes. */
__kernel void galerkin_residual(__global const REAL *u, __global REAL *r, __global const REAL *q, const layout_t at,
                                __global const REAL *couplings, __global const REAL *inverse, ulong stride,
                                REAL diagonal, REAL source)
{
    const size_t first = get_global_id(0) * ROWS, end = min(first + ROWS, (size_t)(at.ny * at.nz));
    for (size_t row = first; row < end; row++) {
        const int j = (int)(row % at.ny), k = (int)(row / at.ny);
        flow_row(r, u, q, couplings, stride, j, k, at, source / diagonal);
        finish_residual(r + row_at(j, k, 0, 0, at), inverse + row_at(j, k, 0, 0, at), diagonal, (int)at.nx);
    }
}

/* ---- transfers ---- */

__attribute__((noinline)) static void zero_row(__global REAL *to, int count)
{
    for (int i = 0; i < count; i++) to[i] = 0;
}

#if (AXES & 1) != 0
/* Adds a fine row to a coarse one: each coarse node's own fine node, the one behind it, the one before it. */
__attribute__((noinline)) static void gather_row(__global REAL *restrict coarse, __global const REAL *restrict fine,
                                                 __global const REAL *restrict own,
                                                 __global const REAL *restrict behind,
                                                 __global const REAL *restrict before, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++)
        coarse[i] += own[i] * fine[2 * i] + behind[i] * fine[2 * i + 1] + before[i - 1] * fine[2 * i - 1];
}

/* The same where the row's own nodes are coarse ones: their weight is 1. */
__attribute__((noinline)) static void gather_row_whole(__global REAL *restrict coarse,
                                                       __global const REAL *restrict fine,
                                                       __global const REAL *restrict behind,
                                                       __global const REAL *restrict before, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++)
        coarse[i] += fine[2 * i] + behind[i] * fine[2 * i + 1] + before[i - 1] * fine[2 * i - 1];
}

/* Adds the fine row at `from` to the coarse row at `here`; `digits` and `cell` are those of the axes y and z. */
static inline void gather_from(__global REAL *coarse, __global const REAL *fine, __global const REAL *weights,
                               ulong stride, int digits, size_t here, size_t cell, size_t from, int count)
{
    __global const REAL *own = weights + (digits - 1) * stride + cell, *behind = own + stride,
                        *before = behind + stride;
    if (digits)
        gather_row(coarse + here, fine + from, own, behind, before, count);
    else
        gather_row_whole(coarse + here, fine + from, weights + cell, weights + stride + cell, count);
}

/* Adds a coarse row to a fine one: to the nodes on coarse ones, and to those between two; `next` is one node on. */
__attribute__((noinline)) static void spread_row(__global REAL *restrict fine, __global const REAL *restrict coarse,
                                                 __global const REAL *restrict next,
                                                 __global const REAL *restrict own,
                                                 __global const REAL *restrict behind,
                                                 __global const REAL *restrict before, int count)
{
    for (int i = 0; i < count; i++) {
        fine[2 * i] += own[i] * coarse[i];
        fine[2 * i + 1] += behind[i] * coarse[i] + before[i] * next[i];
    }
}

__attribute__((noinline)) static void spread_row_whole(__global REAL *restrict fine,
                                                       __global const REAL *restrict coarse,
                                                       __global const REAL *restrict next,
                                                       __global const REAL *restrict behind,
                                                       __global const REAL *restrict before, int count)
{
    for (int i = 0; i < count; i++) {
        fine[2 * i] += coarse[i];
        fine[2 * i + 1] += behind[i] * coarse[i] + before[i] * next[i];
    }
}

/* Adds the coarse row at `from` to the fine row at `here`. */
static inline void spread_from(__global REAL *fine, __global const REAL *coarse, __global const REAL *weights,
                               ulong stride, int digits, size_t here, size_t cell, size_t from, int fine_count)
{
    const int pairs = fine_count / 2;
    __global const REAL *own = weights + (digits - 1) * stride + cell, *behind = own + stride,
                        *before = behind + stride;
    if (digits)
        spread_row(fine + here, coarse + from, coarse + from + 1, own, behind, before, pairs);
    else
        spread_row_whole(fine + here, coarse + from, coarse + from + 1, weights + cell, weights + stride + cell, pairs);
    if (fine_count % 2) fine[here + 2 * pairs] += (digits ? own[pairs] : 1) * coarse[from + pairs];
}
#else
__attribute__((noinline)) static void add_product(__global REAL *restrict to, __global const REAL *restrict from,
                                                  __global const REAL *restrict weight, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) to[i] += weight[i] * from[i];
}

__attribute__((noinline)) static void add_row(__global REAL *restrict to, __global const REAL *restrict from, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) to[i] += from[i];
}

/* Where x is not coarsened a row is added as it is, or times its weights. */
static inline void add_from(__global REAL *to, __global const REAL *from, __global const REAL *weights, ulong stride,
                            int digits, size_t cell, int count)
{
    if (digits)
        add_product(to, from, weights + (digits - 1) * stride + cell, count);
    else
        add_row(to, from, count);
}

static inline void gather_from(__global REAL *coarse, __global const REAL *fine, __global const REAL *weights,
                               ulong stride, int digits, size_t here, size_t cell, size_t from, int count)
{
    add_from(coarse + here, fine + from, weights, stride, digits, cell, count);
}

static inline void spread_from(__global REAL *fine, __global const REAL *coarse, __global const REAL *weights,
                               ulong stride, int digits, size_t here, size_t cell, size_t from, int fine_count)
{
    add_from(fine + here, coarse + from, weights, stride, digits, cell, fine_count);
}
#endif

__kernel void galerkin_restrict(__global const REAL *fine, __global REAL *coarse, __global const REAL *weights,
                                ulong stride, const layout_t from, const layout_t to)
{
    const size_t first = get_global_id(0) * ROWS, end = min(first + ROWS, (size_t)(to.ny * to.nz));
    for (size_t row = first; row < end; row++) {
        const int j = (int)(row % to.ny), k = (int)(row / to.ny);
        const size_t here = element(node_of(0, j, k), to);
        const gathered_t gy = gathered_of(j, COARSENED(1), (int)from.ny, (int)to.ny, PERIODIC_Y);
        const gathered_t gz = gathered_of(k, COARSENED(2), (int)from.nz, (int)to.nz, PERIODIC_Z);
        zero_row(coarse + here, (int)to.nx);
        for (int c = 0; c < (DIM == 3 ? 3 : 1); c++)
            for (int b = 0; b < 3; b++) {
                if (!(gy.counts[b] & (DIM == 3 ? gz.counts[c] : 1))) continue;
                gather_from(coarse, fine, weights, stride, PLACE_Y * COARSENED(1) * b + PLACE_Z * COARSENED(2) * c,
                            here, element(node_of(0, gy.cell[b], DIM == 3 ? gz.cell[c] : 0), to),
                            element(node_of(0, gy.index[b], DIM == 3 ? gz.index[c] : 0), from), (int)to.nx);
            }
        for (int i = 0; i < (int)to.nx && PERIODIC_X; i += (int)to.nx - 1)
            coarse[here + i] = gathered(fine, weights, stride, node_of(i, j, k), from, to);
    }
}

__kernel void galerkin_prolong(__global const REAL *coarse, __global REAL *fine, __global const REAL *weights,
                               ulong stride, const layout_t to, const layout_t from)
{
    const size_t first = get_global_id(0) * ROWS, end = min(first + ROWS, (size_t)(to.ny * to.nz));
    const int own_x = (int)to.nx - PERIODIC_X;
    for (size_t row = first; row < end; row++) {
        const node_t p = first_of_seam(node_of(0, (int)(row % to.ny), (int)(row / to.ny)), to);
        const size_t here = element(node_of(0, (int)(row % to.ny), (int)(row / to.ny)), to);
        const int odd_y = is_odd(p.y, COARSENED(1)), odd_z = is_odd(p.z, COARSENED(2));
        const node_t cell = node_of(0, cell_of(p.y, COARSENED(1)), cell_of(p.z, COARSENED(2)));
        for (int c = 0; c <= odd_z; c++)
            for (int b = 0; b <= odd_y; b++) {
                const node_t corner =
                    node_of(0, min(cell.y + b, (int)from.ny - 1), DIM == 3 ? min(cell.z + c, (int)from.nz - 1) : 0);
                spread_from(fine, coarse, weights, stride, PLACE_Y * odd_y * (1 + b) + PLACE_Z * odd_z * (1 + c), here,
                            element(cell, from), element(corner, from), own_x);
            }
        if (PERIODIC_X) fine[here + to.nx - 1] = fine[here];
    }
}
