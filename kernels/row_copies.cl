/* SPDX-License-Identifier: MIT */
/*
 * Rows into private memory, within it and out of it, for pipelines over rows or planes. The loops stand apart and are not
 * inlined: with restrict parameters compilers vectorise them unconditionally.
 */
#define WHOLE 32 /* of that many values rows of a tile consist: a step of a loop */
#define ROW_FUNCTION __attribute__((noinline, unused)) static void

ROW_FUNCTION load_row(REAL *restrict out, __global const REAL *restrict in, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) out[i] = in[i];
}

ROW_FUNCTION zero_row(REAL *out, int span)
{
    ROW_LOOP
    for (int i = 0; i < span; i++) out[i] = 0;
}

ROW_FUNCTION copy_row(REAL *restrict out, const REAL *restrict in, int span)
{
    ROW_LOOP
    for (int i = 0; i < span; i++) out[i] = in[i];
}

ROW_FUNCTION store_row(__global REAL *restrict out, const REAL *restrict in, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) out[i] = in[i];
}
