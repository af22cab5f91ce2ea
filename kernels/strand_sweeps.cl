/* SPDX-License-Identifier: MIT */
/*
 * Sweeps of rows in strands, two rows at once: what one loads is the other's neighbour. The result takes the place of rows
 * that nobody needs any more, so that a pipeline has two rows per stage in use, and two that pass through.
 *
 * Each sweep is v = keep u + x (west + east) + y (south + north) + source q, with weights of its own; in a network
 * v = u + keep inverse (sum of g (neighbour - u) + source q). Where COLORED only every other node is swept, those where
 * v + phase is even of the lower row, the others of the upper one: strands have an even number of columns, so that all of
 * a vector are.
 */
/* What does not change of a row. */
typedef struct {
    const vector_t *x, *y, *y_south, *inverse, *shunt, *q;
} fixed_t;

#if HAS_SOURCE
#define SOURCE_TERM(fixed, v) +w.source *(fixed).q[v]
#else
#define SOURCE_TERM(fixed, v)
#endif
#if HAS_SHUNT
#define SHUNT_TERM(fixed, v, here) -(fixed).shunt[v] * (here)
#else
#define SHUNT_TERM(fixed, v, here)
#endif
#if NETWORK
#define SWEPT(fixed, v, west, here, east, south, north)                                                                \
    (here) + w.keep *(fixed).inverse[v] *                                                                              \
                 ((fixed).x[(v)-1] * ((west) - (here)) + (fixed).x[v] * ((east) - (here)) +                            \
                  (fixed).y_south[v] * ((south) - (here)) +                                                            \
                  (fixed).y[v] * ((north) - (here)) SHUNT_TERM(fixed, v, here) SOURCE_TERM(fixed, v))
#else
#define SWEPT(fixed, v, west, here, east, south, north)                                                                \
    w.keep *(here) + w.x *((west) + (east)) + w.y *((south) + (north)) SOURCE_TERM(fixed, v)
#endif

/* Vector v of both rows, those of them that are to be swept. */
#define SWEEP_VECTORS(v, takes_low, takes_high)                                                                        \
    {                                                                                                                  \
        const vector_t low_east = low[(v) + 1], high_east = high[(v) + 1];                                             \
        const vector_t swept_low =                                                                                     \
            takes_low ? SWEPT(fixed_low, v, low_west, low_here, low_east, south[v], high_here) : low_here;             \
        const vector_t swept_high =                                                                                    \
            takes_high ? SWEPT(fixed_high, v, high_west, high_here, high_east, low_here, north[v]) : high_here;        \
        south[v] = swept_low;                                                                                          \
        low[v] = swept_high;                                                                                           \
        low_west = low_here;                                                                                           \
        low_here = low_east;                                                                                           \
        high_west = high_here;                                                                                         \
        high_here = high_east;                                                                                         \
    }

/* Of four rows one above the other, the two in the middle; they replace the first two. `length` is even. */
STRAND_FUNCTION sweep_pair(vector_t *restrict south, vector_t *restrict low, const vector_t *restrict high,
                           const vector_t *restrict north, const weights_t w, const int phase, const fixed_t fixed_low,
                           const fixed_t fixed_high, int length)
{
    vector_t low_west = low[-1], low_here = low[0], high_west = high[-1], high_here = high[0];
#if COLORED
    if (phase) {
        for (int v = 0; v < length; v += 2) {
            SWEEP_VECTORS(v, 0, 1)
            SWEEP_VECTORS(v + 1, 1, 0)
        }
        return;
    }
    for (int v = 0; v < length; v += 2) {
        SWEEP_VECTORS(v, 1, 0)
        SWEEP_VECTORS(v + 1, 0, 1)
    }
#else
    for (int v = 0; v < length; v += 2) {
        SWEEP_VECTORS(v, 1, 1)
        SWEEP_VECTORS(v + 1, 1, 1)
    }
#endif
}

STRAND_FUNCTION copy_strands(vector_t *restrict out, const vector_t *restrict in, int length)
{
    for (int v = 0; v < length; v++) out[v] = in[v];
}

/* After a sweep, once held nodes have their values again. */
STRAND_FUNCTION close_pair(vector_t *restrict low, vector_t *restrict high, int length)
{
    CLOSE_ROW(low, length);
    CLOSE_ROW(high, length);
}
