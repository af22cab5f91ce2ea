/* SPDX-License-Identifier: MIT */
/* As coarsen_nodes.cl, for devices that run one work-item as a vectorised loop: a work-item owns ROWS coarse rows. */
#ifndef ROWS
#define ROWS 8
#endif

#if DIM == 2 && AXES == 3
enum { CHUNK = 64, RESULTS = 6 }; /* the diagonal, couplings, leak */

/* `count` nodes of a row, all of them inner ones, from where the pointers of a patch are. */
__attribute__((noinline)) static void coarsen_row(REAL *restrict out, __global const REAL *restrict weights,
                                                  __global const REAL *restrict lost, __global const REAL *restrict x,
                                                  __global const REAL *restrict y, __global const REAL *restrict leaks,
                                                  __global const REAL *restrict couplings, size_t weights_stride,
                                                  size_t stride, long width, long coarse_width, int count)
{
    const patch_t patch = {weights, lost, x, y, leaks, couplings, weights_stride, stride, width, coarse_width};
    for (long i = 0; i < count; i++) {
        REAL sums[RESULTS - 1] = {0, 0, 0, 0, 0}, drain = 0;
        coarsen_inner(patch, i, sums, &drain);
#pragma unroll
        for (int h = 0; h < RESULTS - 1; h++) out[h * CHUNK + i] = sums[h];
        out[(RESULTS - 1) * CHUNK + i] = drain;
    }
}
#endif

__kernel void coarsen(__global const REAL *weights, __global const REAL *lost, const layout_t at, const layout_t coarse,
                      ulong weights_stride, __global REAL *coarse_couplings, __global REAL *coarse_inverse,
                      ulong coarse_stride OPERATOR_PARAMETERS)
{
    const size_t rows = coarse.ny * coarse.nz, begin = get_global_id(0) * ROWS;
    for (size_t row = begin; row < min(begin + ROWS, rows); row++) {
        const int cy = (int)(row % coarse.ny), cz = (int)(row / coarse.ny), last = (int)coarse.nx - 1;
#if DIM == 2 && AXES == 3
        OPERATOR
        REAL out[RESULTS * CHUNK] __attribute__((aligned(64)));
        int begin_inner = 1, end_inner = is_inner(cy, at.ny, coarse.ny) ? last : 1;
        while (end_inner > begin_inner && !is_inner(end_inner - 1, at.nx, coarse.nx)) end_inner--;
        while (begin_inner < end_inner && !is_inner(begin_inner, at.nx, coarse.nx)) begin_inner++;
        for (int first = begin_inner; first < end_inner; first += CHUNK) {
            const int count = min(CHUNK, end_inner - first);
            const size_t to = element(node_of(first, cy, 0), coarse), fine = element(node_of(2 * first, 2 * cy, 0), at);
            const patch_t p =
                patch_at(weights, lost, at, coarse, weights_stride, network, couplings, stride, first, cy);
            coarsen_row(out, p.weights, p.lost, p.x, p.y, p.leaks, p.couplings, p.weights_stride, p.stride, p.width,
                        p.coarse_width, count);
            for (int h = 1; h < RESULTS - 1; h++)
                for (int i = 0; i < count; i++) coarse_couplings[(h - 1) * coarse_stride + to + i] = -out[h * CHUNK + i];
            for (int i = 0; i < count; i++)
                coarse_couplings[4 * coarse_stride + to + i] = out[(RESULTS - 1) * CHUNK + i];
            for (int i = 0; i < count; i++)
                coarse_inverse[to + i] = inverse[fine + 2 * i] != 0 && out[i] > 0 ? 1 / out[i] : 0;
        }
#else
        const int begin_inner = 1, end_inner = 1;
#endif
        for (int cx = 0; cx <= last; cx = cx + 1 == begin_inner ? end_inner : cx + 1)
            coarsen_node(weights, lost, at, coarse, weights_stride, coarse_couplings, coarse_inverse, coarse_stride, cx,
                         cy, cz OPERATOR_ARGUMENTS);
    }
}
