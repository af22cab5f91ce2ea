/* SPDX-License-Identifier: MIT */
/*
 * The residual of a level, and its restriction, in one pass over memory: in three dimensions, without a network, for devices
 * that run one work-item as a vectorised loop (CPUs). A work-item owns a block of coarse nodes, COARSE_COLUMNS x COARSE_ROWS
 * x `planes` of them at most, and goes through the fine planes that these gather, from front to back; what rows of the
 * residual add to coarse rows is summed up in fine columns, and gathered along x at the end. Fine nodes outside the box are
 * mirrored or wrapped.
 */
#define COARSE_COLUMNS 256
#define COARSE_ROWS 8
#define PLANES_ALIVE 4 /* coarse ones that gather the same fine plane: not more than TAPS */
#define FINE_COLUMNS (2 * COARSE_COLUMNS + 2 * TAPS)

ROW_FUNCTION residual_line(REAL *restrict r, FIELD_PARAMETERS, REAL x, REAL y, REAL z, REAL diagonal, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) r[i] = diagonal * FLOW + q[i];
}

ROW_FUNCTION add_line(REAL *restrict sum, const REAL *restrict line, REAL weight, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) sum[i] += weight * line[i];
}

/* Columns [begin, begin + count) of the residual in row (k, j), which is inside; columns may be outside. */
static void residual_columns(REAL *line, __global const REAL *u, __global const REAL *q, size_t j, size_t k, long begin,
                             int count, const layout_t at, REAL x, REAL y, REAL z, REAL diagonal)
{
    const network_t network = {0};
    const long last = (long)at.nx - 1, inner = max(begin, 1L), end = min(begin + count, last);
    const rows_t rows = rows_around(u, j, k, at);
    if (end > inner)
        residual_line(line + (inner - begin), FIELD_AT(rows, q + node_index(0, j, k, at), inner), x, y, z, diagonal,
                      (int)(end - inner));
    for (long i = begin; i < begin + count; i++) {
        if (i == inner && end > inner) i = end;
        if (i >= begin + count) break;
        const size_t inside = stands_for(i, at.nx, PERIODIC_X, HELD_LEFT, HELD_RIGHT);
        line[i - begin] = residual_node(network, u, q, inside, j, k, at, 1, x, y, z, diagonal);
    }
}

/* Coarse row (K, J) from what was summed up for it, which begins with fine column `base`. */
static void store_coarse(__global REAL *coarse, const REAL *sum, long I, long J, long K, int count, long base,
                         const layout_t to, __global const int *first, __global const REAL *weight, int taps, int nested)
{
    const long last = (long)to.nx - 1;
    __global REAL *out = coarse + element_of((size_t)I, (size_t)J, (size_t)K, to);
    if (is_held(1, (size_t)J, (size_t)K, to))
        for (int i = 0; i < count; i++) out[i] = 0;
    else if (nested)
        gather_nested(out, sum + (2 * I - 1 - base), count);
    else
        gather_row(out, sum, first + I, weight + I, taps, (int)to.nx, (int)base, count);
    if (HELD_LEFT & (I == 0)) out[0] = 0;
    if (HELD_RIGHT & (I + count > last)) out[last - I] = 0;
}

__kernel void restrict_planes(__global const REAL *u, __global const REAL *q, __global REAL *coarse, const layout_t at,
                              const layout_t to, __global const uint *index, __global const REAL *weight,
                              __global const int *first, int nested, int taps_x, int taps_y, int taps_z, ulong planes,
                              REAL x, REAL y, REAL z, REAL diagonal)
{
    const long I0 = (long)get_global_id(0) * COARSE_COLUMNS, J0 = (long)get_global_id(1) * COARSE_ROWS,
               K0 = (long)get_global_id(2) * (long)planes;
    if (I0 >= (long)to.nx || J0 >= (long)to.ny || K0 >= (long)to.nz) return;
    const long I1 = min(I0 + COARSE_COLUMNS, (long)to.nx), J1 = min(J0 + COARSE_ROWS, (long)to.ny),
               K1 = min(K0 + (long)planes, (long)to.nz);
    const tables_t t = tables_of(at, to);
    __global const int *first_y = first + to.nx, *first_z = first_y + to.ny;
    const long base = first[I0], y_begin = first_y[J0], y_end = first_y[J1 - 1] + taps_y;
    const int span = (int)(first[I1 - 1] + taps_x - base);
    REAL line[FINE_COLUMNS] __attribute__((aligned(64)));
    REAL sums[PLANES_ALIVE][COARSE_ROWS][FINE_COLUMNS] __attribute__((aligned(64)));
    u += at.origin;
    q += at.origin;
    for (long K = K0, begun = K0, k = first_z[K0]; K < K1; k++) {
        for (; begun < K1 && first_z[begun] <= k; begun++)
            for (int row = 0; row < COARSE_ROWS; row++)
                for (int i = 0; i < span; i++) sums[begun % PLANES_ALIVE][row][i] = 0;
        const size_t k_inside = stands_for(k, at.nz, PERIODIC_Z, HELD_FRONT, HELD_BACK);
        for (long j = y_begin; j < y_end; j++) {
            const size_t j_inside = stands_for(j, at.ny, PERIODIC_Y, HELD_BOTTOM, HELD_TOP);
            if (is_held(1, j_inside, k_inside, at)) continue;
            residual_columns(line, u, q, j_inside, k_inside, base, span, at, x, y, z, diagonal);
            for (long J = J0; J < J1 && first_y[J] <= j; J++) {
                if (j >= first_y[J] + taps_y) continue;
                const REAL along_y = weight[t.gather_y + (size_t)(j - first_y[J]) * to.ny + (size_t)J];
                for (long L = K; L < begun; L++) {
                    const long tap = k - first_z[L];
                    const REAL share = tap < taps_z ? along_y * weight[t.gather_z + (size_t)tap * to.nz + (size_t)L] : 0;
                    if (share != 0) add_line(sums[L % PLANES_ALIVE][J - J0], line, share, span);
                }
            }
        }
        for (; K < begun && k + 1 >= first_z[K] + taps_z; K++)
            for (long J = J0; J < J1; J++)
                store_coarse(coarse, sums[K % PLANES_ALIVE][J - J0], I0, J, K, (int)(I1 - I0), base, to, first,
                             weight + t.gather_x, taps_x, nested);
    }
}
