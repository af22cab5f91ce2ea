/* SPDX-License-Identifier: MIT */
/* Loops over rows on the way between a level and a coarser one; tables as in tables.cl. */
#define BETWEEN_FUNCTION __attribute__((noinline, unused)) static void

BETWEEN_FUNCTION mix_rows(REAL *restrict out, __global const REAL *restrict low, __global const REAL *restrict up,
                          REAL part, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) out[i] = (1 - part) * low[i] + part * up[i];
}

/* Goes on to what the two rows of the plane above would give, by the part `above` of the way. */
BETWEEN_FUNCTION blend_rows(REAL *restrict line, __global const REAL *restrict low, __global const REAL *restrict up,
                            REAL part, REAL above, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) line[i] += above * ((1 - part) * low[i] + part * up[i] - line[i]);
}

/* Adds what lies between coarse values; `in` begins with coarse node `base`. */
BETWEEN_FUNCTION interpolate_row(REAL *restrict out, const REAL *restrict in, __global const uint *restrict below,
                                 __global const REAL *restrict part, int base, int count)
{
    for (int i = 0; i < count; i++) {
        const int at = (int)below[i] - base;
        out[i] += (1 - part[i]) * in[at] + part[i] * in[at + 1];
    }
}

/* Likewise where every other node is a coarse one, from an even one on. */
BETWEEN_FUNCTION interpolate_nested(REAL *restrict out, const REAL *restrict in, int count)
{
    int i = 0;
    for (; 2 * i + 8 <= count; i += 4) {
        const VECTOR(4) here = vload4(0, in + i), middle = (REAL)0.5 * (here + vload4(0, in + i + 1));
        const VECTOR(4) low = (VECTOR(4))(here.s0, middle.s0, here.s1, middle.s1);
        const VECTOR(4) high = (VECTOR(4))(here.s2, middle.s2, here.s3, middle.s3);
        vstore4(vload4(0, out + 2 * i) + low, 0, out + 2 * i);
        vstore4(vload4(1, out + 2 * i) + high, 1, out + 2 * i);
    }
    for (; 2 * i < count; i++) {
        out[2 * i] += in[i];
        if (2 * i + 1 < count) out[2 * i + 1] += (REAL)0.5 * (in[i] + in[i + 1]);
    }
}

/* Coarse nodes from a row of fine ones; `in` begins with fine node `base`. */
BETWEEN_FUNCTION gather_row(__global REAL *restrict out, const REAL *restrict in, __global const int *restrict first,
                            __global const REAL *restrict weight, int taps, int stride, int base, int count)
{
    for (int i = 0; i < count; i++) {
        REAL sum = 0;
        for (int tap = 0; tap < taps; tap++) sum += weight[tap * stride + i] * in[first[i] - base + tap];
        out[i] = sum;
    }
}

/* Likewise where every other node is a coarse one; `in` begins with the node before the first of them. */
BETWEEN_FUNCTION gather_nested(__global REAL *restrict out, const REAL *restrict in, int count)
{
    for (int i = 0; i < count; i++)
        out[i] = (REAL)0.25 * (in[2 * i] + in[2 * i + 2]) + (REAL)0.5 * in[2 * i + 1];
}
