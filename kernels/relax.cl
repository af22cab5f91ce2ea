/* SPDX-License-Identifier: MIT */
/*
 * Relaxation in place of the nodes of one colour: no two of them are neighbours. A work-item owns two neighbouring
 * columns, of which one has the colour.
 *
 * parity   of i + j + k, where the nodes of a seam count as index 0
 * seam     bit per axis: the nodes on that axis' seam (first and last index), else those off it; only axes in SEAMS
 *
 * SEAMS    bit per axis: periodic with an odd period, where the colours need that distinction
 */
#ifndef SEAMS
#define SEAMS 0
#endif

/* Whether an index has the colour along an axis; *offset adds what it counts for the parity. */
static inline int takes(int axis, size_t index, size_t nodes, int seam, size_t *offset)
{
    const int at_seam = (index == 0) | (index == nodes - 1);
    if (!(SEAMS >> axis & 1)) {
        *offset += index;
        return 1;
    }
    *offset += at_seam ? 0 : index;
    return at_seam == (seam >> axis & 1);
}

__kernel void relax(__global REAL *u, __global const REAL *q, const layout_t at, int parity, int seam,
                    const weights_t weights NETWORK_PARAMETERS)
{
    const size_t j = get_global_id(1), k = DIM == 3 ? get_global_id(2) : 0;
    const network_t network = NETWORK_OF(at.origin);
    size_t offset = 0;
    if (j >= at.ny || k >= at.nz) return;
    if (!takes(1, j, at.ny, seam, &offset)) return;
    if (DIM == 3 && !takes(2, k, at.nz, seam, &offset)) return;
#if SEAMS & 1
    for (size_t i = 2 * get_global_id(0); i < min((size_t)at.nx, 2 * get_global_id(0) + 2); i++) {
        size_t sum = offset;
        if (takes(0, i, at.nx, seam, &sum) && (sum & 1) == (size_t)parity)
            u[at.origin + node_index(i, j, k, at)] =
                swept_node(network, u + at.origin, q + at.origin, i, j, k, at, weights);
    }
#else
    const size_t i = 2 * get_global_id(0) + ((offset + (size_t)parity) & 1);
    if (i < at.nx)
        u[at.origin + node_index(i, j, k, at)] =
            swept_node(network, u + at.origin, q + at.origin, i, j, k, at, weights);
#endif
}
