/* SPDX-License-Identifier: MIT */
/* A work-item per coarse node: coarsen.cl. */
__kernel void coarsen(__global const REAL *weights, __global const REAL *lost, const layout_t at, const layout_t coarse,
                      ulong weights_stride, __global REAL *coarse_couplings, __global REAL *coarse_inverse,
                      ulong coarse_stride OPERATOR_PARAMETERS)
{
    const int cx = (int)get_global_id(0), cy = (int)get_global_id(1), cz = DIM == 3 ? (int)get_global_id(2) : 0;
    if (cx >= (int)coarse.nx || cy >= (int)coarse.ny || cz >= (int)coarse.nz) return;
#if DIM == 2 && AXES == 3
    if (is_inner(cx, at.nx, coarse.nx) && is_inner(cy, at.ny, coarse.ny)) {
        const size_t to = element(node_of(cx, cy, 0), coarse);
        OPERATOR
        REAL inner[5] = {0, 0, 0, 0, 0}, drained = 0;
        coarsen_inner(patch_at(weights, lost, at, coarse, weights_stride, network, couplings, stride, cx, cy), 0, inner,
                      &drained);
        for (int h = 1; h < 5; h++) coarse_couplings[(h - 1) * coarse_stride + to] = -inner[h];
        coarse_couplings[4 * coarse_stride + to] = drained;
        const int is_free = inverse[element(node_of(2 * cx, 2 * cy, 0), at)] != 0 && inner[0] > 0;
        coarse_inverse[to] = is_free ? 1 / inner[0] : 0;
        return;
    }
#endif
    coarsen_node(weights, lost, at, coarse, weights_stride, coarse_couplings, coarse_inverse, coarse_stride, cx, cy,
                 cz OPERATOR_ARGUMENTS);
}
