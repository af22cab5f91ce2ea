/* SPDX-License-Identifier: MIT */
/* What transfer.cl does, row by row: an item owns ROWS rows of the result. */
#ifndef ROWS
#define ROWS 8
#endif
#define CHUNK 256 /* nodes of the result that are worked on at once, in the first-level cache */
#define LINE (2 * CHUNK + 2 * TAPS)

__attribute__((noinline)) static void add_weighted(REAL *restrict line, __global const REAL *restrict row, REAL weight,
                                                   int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) line[i] += weight * row[i];
}

__attribute__((noinline)) static void add_private(__global REAL *restrict out, const REAL *restrict line, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) out[i] += line[i];
}

/* Node i of a coarse row, by itself: at the ends, where fine nodes are mirrored or wrapped. */
static REAL gather_node(__global const REAL *fine, const layout_t from, const layout_t to, const tables_t t,
                        __global const uint *index, __global const REAL *weight, int taps_x, int taps_y, int taps_z,
                        size_t i, size_t j, size_t k)
{
    REAL sum = 0;
    for (int c = 0; c < (DIM == 3 ? taps_z : 1); c++)
        for (int b = 0; b < taps_y; b++)
            for (int a = 0; a < taps_x; a++) {
                const size_t x = t.gather_x + i + a * to.nx, y = t.gather_y + j + b * to.ny;
                const size_t z = t.gather_z + k + c * to.nz;
                const REAL share = weight[x] * weight[y] * (DIM == 3 ? weight[z] : 1);
                sum += share * fine[element_of(index[x], index[y], DIM == 3 ? index[z] : 0, from)];
            }
    return sum;
}

__kernel void restrict_field(__global const REAL *fine, __global REAL *coarse, const layout_t from, const layout_t to,
                             __global const uint *index, __global const REAL *weight, __global const int *first,
                             int nested, int taps_x, int taps_y, int taps_z)
{
    const size_t row = get_global_id(0) * ROWS, end = min(row + ROWS, (size_t)(to.ny * to.nz));
    const tables_t t = tables_of(from, to);
    const int nx = (int)from.nx, coarse_nx = (int)to.nx;
    REAL line[LINE] __attribute__((aligned(64)));
    for (size_t r = row; r < end; r++) {
        const size_t j = r % to.ny, k = r / to.ny;
        __global REAL *out = coarse + element_of(0, j, k, to);
        if (is_held(1, j, k, to)) { /* the whole row */
            for (int i = 0; i < coarse_nx; i++) out[i] = 0;
            continue;
        }
        for (int begin = 1; begin < coarse_nx - 1; begin += CHUNK) {
            const int count = min(CHUNK, coarse_nx - 1 - begin);
            const int base = max(first[begin], 0), span = min(first[begin + count - 1] + taps_x, nx) - base;
            for (int i = 0; i < span + TAPS; i++) line[i] = 0;
            for (int c = 0; c < (DIM == 3 ? taps_z : 1); c++)
                for (int b = 0; b < taps_y; b++) {
                    const size_t y = t.gather_y + j + b * to.ny, z = t.gather_z + k + c * to.nz;
                    const REAL share = weight[y] * (DIM == 3 ? weight[z] : 1);
                    if (share == 0) continue;
                    add_weighted(line, fine + element_of(base, index[y], DIM == 3 ? index[z] : 0, from), share, span);
                }
            if (nested)
                gather_nested(out + begin, line + (2 * begin - 1 - base), count);
            else
                gather_row(out + begin, line, first + begin, weight + t.gather_x + begin, taps_x, coarse_nx, base,
                           count);
        }
        for (int i = 0; i < coarse_nx; i += coarse_nx - 1)
            out[i] = is_held(i, j, k, to)
                         ? 0
                         : gather_node(fine, from, to, t, index, weight, taps_x, taps_y, taps_z, i, j, k);
    }
}

__kernel void prolong_add(__global const REAL *coarse, __global REAL *fine, const layout_t to, const layout_t from,
                          __global const uint *index, __global const REAL *weight, __global const int *first, int nested)
{
    const size_t row = get_global_id(0) * ROWS, end = min(row + ROWS, (size_t)(to.ny * to.nz));
    const tables_t t = tables_of(to, from);
    REAL line[CHUNK + 2 * TAPS] __attribute__((aligned(64))), sum[CHUNK] __attribute__((aligned(64)));
    for (size_t r = row; r < end; r++) {
        const size_t j = r % to.ny, k = r / to.ny;
        const size_t below = DIM == 3 ? index[t.below_z + k] : 0;
        const REAL part = weight[t.below_y + j], above = DIM == 3 ? weight[t.below_z + k] : 0;
        for (size_t begin = 0; begin < to.nx; begin += CHUNK) {
            const int count = (int)min((size_t)CHUNK, to.nx - begin);
            const size_t base = nested ? begin / 2 : index[t.below_x + begin]; /* not the same at the last node */
            const int span = (int)(index[t.below_x + begin + count - 1] - base) + 2;
            __global const REAL *low = coarse + element_of(base, index[t.below_y + j], below, from);
            mix_rows(line, low, low + from.width, part, span);
            if (DIM == 3)
                blend_rows(line, low + from.plane, low + from.plane + from.width, part, above, span);
            for (int i = 0; i < count; i++) sum[i] = 0;
            if (nested)
                interpolate_nested(sum, line, count);
            else
                interpolate_row(sum, line, index + t.below_x + begin, weight + t.below_x + begin, (int)base, count);
            add_private(fine + element_of(begin, j, k, to), sum, count);
        }
    }
}
