/* SPDX-License-Identifier: MIT */
/*
 * Rows in strands, for pipelines over rows: a row of STRANDS * length columns is cut into STRANDS pieces, and vector v has
 * column v of each of them. The neighbours west and east of a vector are then the vectors before and behind it: no load
 * crosses lines of the cache, and none is made twice. (Dimension-lifting transposition: Henretty et al., Data layout
 * transformation for stencil computations on short-vector SIMD architectures, CC 2011.)
 *
 * A row has a vector more at either end, for the neighbours of its first and last vector: what lies at the ends of the
 * pieces, one piece further, and 0 beyond the row.
 *
 * STRANDS       values of a vector: 2, 4, 8 or 16
 * VECTOR_BYTES  what they take
 */
#ifndef STRANDS
#define STRANDS 4
#endif
#define LOADED(size) JOINED(vload, size)
#define STORE(size) JOINED(vstore, size)
#if STRANDS != 2 && STRANDS != 4 && STRANDS != 8 && STRANDS != 16
#error "there are no strands of that many values"
#endif
typedef VECTOR(STRANDS) vector_t;

/* PREVIOUS, NEXT: lanes moved by one strand. LOW_HALVES, HIGH_HALVES: those of two vectors, in turns. */
#if STRANDS == 2
#define PREVIOUS(a) (vector_t)(0, (a).s0)
#define NEXT(a) (vector_t)((a).s1, 0)
#define LOW_HALVES(a, b) (vector_t)((a).s0, (b).s0)
#define HIGH_HALVES(a, b) (vector_t)((a).s1, (b).s1)
#elif STRANDS == 4
#define PREVIOUS(a) (vector_t)(0, (a).s0, (a).s1, (a).s2)
#define NEXT(a) (vector_t)((a).s1, (a).s2, (a).s3, 0)
#define LOW_HALVES(a, b) (vector_t)((a).s0, (b).s0, (a).s1, (b).s1)
#define HIGH_HALVES(a, b) (vector_t)((a).s2, (b).s2, (a).s3, (b).s3)
#elif STRANDS == 8
#define PREVIOUS(a) (vector_t)(0, (a).s0, (a).s1, (a).s2, (a).s3, (a).s4, (a).s5, (a).s6)
#define NEXT(a) (vector_t)((a).s1, (a).s2, (a).s3, (a).s4, (a).s5, (a).s6, (a).s7, 0)
#define LOW_HALVES(a, b) (vector_t)((a).s0, (b).s0, (a).s1, (b).s1, (a).s2, (b).s2, (a).s3, (b).s3)
#define HIGH_HALVES(a, b) (vector_t)((a).s4, (b).s4, (a).s5, (b).s5, (a).s6, (b).s6, (a).s7, (b).s7)
#else
#define PREVIOUS(a)                                                                                                    \
    (vector_t)(0, (a).s0, (a).s1, (a).s2, (a).s3, (a).s4, (a).s5, (a).s6, (a).s7, (a).s8, (a).s9, (a).sa,              \
               (a).sb, (a).sc, (a).sd, (a).se)
#define NEXT(a)                                                                                                        \
    (vector_t)((a).s1, (a).s2, (a).s3, (a).s4, (a).s5, (a).s6, (a).s7, (a).s8, (a).s9, (a).sa, (a).sb, (a).sc,         \
               (a).sd, (a).se, (a).sf, 0)
#define LOW_HALVES(a, b)                                                                                               \
    (vector_t)((a).s0, (b).s0, (a).s1, (b).s1, (a).s2, (b).s2, (a).s3, (b).s3, (a).s4, (b).s4, (a).s5, (b).s5, (a).s6, \
               (b).s6, (a).s7, (b).s7)
#define HIGH_HALVES(a, b)                                                                                              \
    (vector_t)((a).s8, (b).s8, (a).s9, (b).s9, (a).sa, (b).sa, (a).sb, (b).sb, (a).sc, (b).sc, (a).sd, (b).sd, (a).se, \
               (b).se, (a).sf, (b).sf)
#endif

/* Compilers that otherwise avoid vectors of 512 bits take them here. */
#if defined(__clang__) && VECTOR_BYTES == 64
#define STRAND_FUNCTION __attribute__((noinline, unused, min_vector_width(512))) static void
#else
#define STRAND_FUNCTION __attribute__((noinline, unused)) static void
#endif

/* Fills in the vectors at the ends of a row. */
#define CLOSE_ROW(row, length) (row)[-1] = PREVIOUS((row)[(length)-1]), (row)[length] = NEXT((row)[0])

/*
 * Element (i, l) of a square of vectors becomes element (l, i): that many times, halves of its upper and its lower part are
 * put in turns. Written out, because vectors stay in registers only where indices are constants.
 */
#define MIX(to, from, i)                                                                                               \
    to[2 * (i)] = LOW_HALVES(from[i], from[(i) + STRANDS / 2]),                                                        \
              to[2 * (i) + 1] = HIGH_HALVES(from[i], from[(i) + STRANDS / 2]);
#define KEEP(i) after[i] = before[i];
#if STRANDS == 2
#define EACH(DO) DO(0) DO(1)
#define MIX_ALL(to, from) MIX(to, from, 0)
#define TRANSPOSE(a, b) MIX_ALL(b, a)
#elif STRANDS == 4
#define EACH(DO) DO(0) DO(1) DO(2) DO(3)
#define MIX_ALL(to, from) MIX(to, from, 0) MIX(to, from, 1)
#define TRANSPOSE(a, b) MIX_ALL(b, a) MIX_ALL(a, b) EACH(KEEP)
#elif STRANDS == 8
#define EACH(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7)
#define MIX_ALL(to, from) MIX(to, from, 0) MIX(to, from, 1) MIX(to, from, 2) MIX(to, from, 3)
#define TRANSPOSE(a, b) MIX_ALL(b, a) MIX_ALL(a, b) MIX_ALL(b, a)
#else
#define EACH(DO)                                                                                                       \
    DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11) DO(12) DO(13) DO(14) DO(15)
#define MIX_ALL(to, from)                                                                                              \
    MIX(to, from, 0) MIX(to, from, 1) MIX(to, from, 2) MIX(to, from, 3)                                                \
    MIX(to, from, 4) MIX(to, from, 5) MIX(to, from, 6) MIX(to, from, 7)
#define TRANSPOSE(a, b) MIX_ALL(b, a) MIX_ALL(a, b) MIX_ALL(b, a) MIX_ALL(a, b) EACH(KEEP)
#endif

/* The row of `length` vectors that the columns are, with its ends. Squares of a row overlap where they have to. */
#define COLUMNS_OF(l) before[l] = LOADED(STRANDS)(0, columns + (l)*length + first);
#define VECTOR_OF_ROW(i) row[first + (i)] = after[i];
STRAND_FUNCTION to_strands(vector_t *restrict row, const REAL *restrict columns, int length)
{
    for (int v = 0; length >= STRANDS && v < length; v += STRANDS) {
        const int first = min(v, length - STRANDS);
        vector_t before[STRANDS], after[STRANDS];
        EACH(COLUMNS_OF)
        TRANSPOSE(before, after)
        EACH(VECTOR_OF_ROW)
    }
    for (int v = 0; length < STRANDS && v < length; v++)
        for (int l = 0; l < STRANDS; l++) ((REAL *)(row + v))[l] = columns[l * length + v];
    CLOSE_ROW(row, length);
}

/* And back. */
#define ROW_VECTOR(i) before[i] = row[first + (i)];
#define TO_COLUMNS(l) STORE(STRANDS)(after[l], 0, columns + (l)*length + first);
STRAND_FUNCTION from_strands(REAL *restrict columns, const vector_t *restrict row, int length)
{
    for (int v = 0; length >= STRANDS && v < length; v += STRANDS) {
        const int first = min(v, length - STRANDS);
        vector_t before[STRANDS], after[STRANDS];
        EACH(ROW_VECTOR)
        TRANSPOSE(before, after)
        EACH(TO_COLUMNS)
    }
    for (int v = 0; length < STRANDS && v < length; v++)
        for (int l = 0; l < STRANDS; l++) columns[l * length + v] = ((const REAL *)(row + v))[l];
}

/* Where the value of a column is among those of a row. */
static inline int strand_of(int column, int length)
{
    return column % length * STRANDS + column / length;
}
