/* SPDX-License-Identifier: MIT */
/*
 * A small grid without a network, solved at once by one work-group: along one axis after the other every line is
 * multiplied by a matrix; see src/backend/separable.h, whose numbers these are.
 */

__attribute__((noinline)) static void add_lines(__global const REAL *restrict a, __global const REAL *restrict b,
                                                __global const REAL *restrict c, __global const REAL *restrict d,
                                                const REAL wa, const REAL wb, const REAL wc, const REAL wd,
                                                __global REAL *restrict out, const int nodes)
{
    for (int i = 0; i < nodes; i++) out[i] += wa * a[i] + wb * b[i] + wc * c[i] + wd * d[i];
}

/* out = the sum of `count` lines of that many nodes, `apart` elements from one to the next, with weights `step` apart.
 * By the only item of a group. */
static void mix_line(__global const REAL *lines, const int apart, __global const REAL *weights, const int step,
                     const int count, __global REAL *out, const int nodes)
{
    for (int i = 0; i < nodes; i++) out[i] = 0;
    for (int j = 0; j < count; j += 4) {
        const int k = min(j + 1, count - 1), l = min(j + 2, count - 1), m = min(j + 3, count - 1);
        add_lines(lines + j * apart, lines + k * apart, lines + l * apart, lines + m * apart, weights[j * step],
                  k > j ? weights[k * step] : 0, l > k ? weights[l * step] : 0, m > l ? weights[m * step] : 0, out,
                  nodes);
    }
}

/* Node i of the same. */
static REAL mixed(__global const REAL *lines, const int apart, __global const REAL *weights, const int step,
                  const int count, const int i)
{
    REAL sum = 0;
    for (int j = 0; j < count; j++) sum += weights[j * step] * lines[j * apart + i];
    return sum;
}

/* Every row of the grid, by expressions in `row`; then times SCALE, one in the node p. */
#define MIX_ROWS(LINES, APART, WEIGHTS, STEP, COUNT, OUT, SCALE)                                                       \
    if (get_local_size(0) == 1)                                                                                        \
        for (int row = 0; row < rows; row++) {                                                                         \
            __global REAL *out = OUT;                                                                                  \
            mix_line(LINES, APART, WEIGHTS, STEP, COUNT, out, nx);                                                     \
            for (int i = 0, p = row * nx; i < nx; i++, p++) out[i] *= SCALE;                                           \
        }                                                                                                              \
    else                                                                                                               \
        for (int p = (int)get_local_id(0); p < rows * nx; p += (int)get_local_size(0)) {                               \
            const int row = p / nx, i = p % nx;                                                                        \
            __global REAL *out = OUT;                                                                                  \
            out[i] = mixed(LINES, APART, WEIGHTS, STEP, COUNT, i) * SCALE;                                             \
        }                                                                                                              \
    barrier(CLK_GLOBAL_MEM_FENCE)

/* Along x the lines are the matrix's, weighted by a row of the field; along y and z they are rows of the field,
 * weighted by a column of the matrix. */
#define ALONG_X(MATRIX, FROM, TO) MIX_ROWS(MATRIX, nx, FROM, 1, nx, TO, 1)
#define ALONG_Y(MATRIX, FROM, TO, SCALE)                                                                               \
    MIX_ROWS(FROM + row / ny * ny * nx, nx, MATRIX + row % ny, ny, ny, TO + row * nx, SCALE)
#define ALONG_Z(MATRIX, FROM, TO, SCALE)                                                                               \
    MIX_ROWS(FROM + row % ny * nx, ny * nx, MATRIX + row / ny, nz, nz, TO + row * nx, SCALE)

/* u = A^-1 q. One group. */
__kernel void separable(__global REAL *numbers, __global const REAL *q, __global REAL *u, const layout_t at)
{
    const int nx = (int)at.nx, ny = (int)at.ny, nz = DIM == 3 ? (int)at.nz : 1, rows = ny * nz;
    __global const REAL *x = numbers, *y = x + 2 * nx * nx, *z = y + 2 * ny * ny, *inverse = z + 2 * nz * nz;
    __global REAL *a = numbers + 2 * (nx * nx + ny * ny + nz * nz) + rows * nx, *b = a + rows * nx;
    ALONG_X(x, q + element_of(0, row % ny, row / ny, at), a + row * nx);
#if DIM == 3
    ALONG_Y(y, a, b, 1);
    ALONG_Z(z, b, a, inverse[p]);
    ALONG_Z(z + nz * nz, a, b, 1);
    ALONG_Y(y + ny * ny, b, a, 1);
#else
    ALONG_Y(y, a, b, inverse[p]);
    ALONG_Y(y + ny * ny, b, a, 1);
#endif
    ALONG_X(x + nx * nx, a + row * nx, u + element_of(0, row % ny, row / ny, at));
}
