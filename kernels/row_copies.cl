/* SPDX-License-Identifier: MIT */
/*
 * Rows into private memory, within it and out of it, for pipelines over rows or planes. The loops stand apart and are not
 * inlined: with restrict parameters compilers vectorise them unconditionally.
 */
#define WHOLE 32 /* of that many values rows of a tile consist: a step of a loop */
#define ROW_FUNCTION __attribute__((noinline, unused)) static void

/* Functions with loops in vectors of 512 bits, which compilers avoid by themselves; whole rows have no rest then. */
#if defined(INTERLEAVE) && defined(__clang__) && VECTOR_BYTES == 64 && STRANDS == 16
#define WIDENED(values, count) AS_PRAGMA(clang loop vectorize_width(values) interleave_count(count))
#define WIDE_LOOP WIDENED(STRANDS, WHOLE / STRANDS)
#define WIDE_FUNCTION __attribute__((noinline, unused, min_vector_width(512))) static void
#else
#define WIDE_LOOP ROW_LOOP
#define WIDE_FUNCTION ROW_FUNCTION
#endif

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

/* Where an address is one of the processor's. */
#if defined(__x86_64__) || defined(__aarch64__)
#define PREFETCH(address) __builtin_prefetch((const void *)(size_t)(address), 0, 2)
#else
#define PREFETCH(address) (void)(address)
#endif

/* Has values brought into the second-level cache that are needed soon. */
static inline void prefetch_values(__global const REAL *values, int count)
{
    for (int i = 0; i < count; i += 64 / (int)sizeof(REAL)) PREFETCH(values + i);
}
