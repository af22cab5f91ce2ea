/* SPDX-License-Identifier: MIT */
/*
 * Sweeps of rows, for pipelines over them: one row, or two, one above the other, at once, because loads are what bounds
 * the loops and a pair shares some. The loops stand apart, like those of row_copies.cl; neighbours have pointers of their
 * own (see rows.cl).
 *
 * Each sweep is v = keep u + x (west + east) + y (south + north) + source q, with weights of its own; in a network
 * v = u + keep inverse (sum of g (neighbour - u) + source q). Where COLORED only every other node is swept, those where
 * i + phase is even: PHASE is the argument for row j of sweep k, counted from 1, given j + k.
 */
#if COLORED
#define PHASE_PARAMETER , const int phase
#define PHASE(sum) , (int)(((sum) + 1) & 1)
#define IF_TAKEN(value, kept) (((i ^ phase) & 1) ? (kept)[i] : (value))
#define IF_OTHER_TAKEN(value, kept) (((i ^ phase) & 1) ? (value) : (kept)[i])
#else
#define PHASE_PARAMETER
#define PHASE(sum)
#define IF_TAKEN(value, kept) (value)
#define IF_OTHER_TAKEN(value, kept) (value)
#endif

/* The formula at column i; a macro because the loops' pointers are restrict. */
#if HAS_SOURCE
#define SOURCE_TERM(q) +w.source *(q)[i]
#else
#define SOURCE_TERM(q)
#endif
#if HAS_SHUNT
#define SHUNT_TERM -shunt[i] * centre[i]
#else
#define SHUNT_TERM
#endif
#if NETWORK
#define SWEPT                                                                                                          \
    centre[i] + w.keep *inverse[i] * (x_west[i] * (west[i] - centre[i]) + x[i] * (east[i] - centre[i]) +               \
                                      y_south[i] * (south[i] - centre[i]) +                                            \
                                      y[i] * (north[i] - centre[i]) SHUNT_TERM SOURCE_TERM(q))
#define FIXED_PARAMETERS                                                                                               \
    , const REAL *restrict x, const REAL *restrict x_west, const REAL *restrict y, const REAL *restrict y_south,       \
        const REAL *restrict inverse, const REAL *restrict shunt, const REAL *restrict q
#else
#define SWEPT_OF(centre, west, east, south, north, q)                                                                  \
    w.keep *(centre)[i] + w.x *((west)[i] + (east)[i]) + w.y *((south)[i] + (north)[i]) SOURCE_TERM(q)
#define SWEPT SWEPT_OF(centre, west, east, south, north, q)
#define FIXED_PARAMETERS , const REAL *restrict q
#endif

ROW_FUNCTION sweep_row(REAL *restrict out, const REAL *restrict south, const REAL *restrict west,
                       const REAL *restrict centre, const REAL *restrict east, const REAL *restrict north,
                       const weights_t w PHASE_PARAMETER FIXED_PARAMETERS, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) out[i] = IF_TAKEN(SWEPT, centre);
}

ROW_FUNCTION sweep_row_store(__global REAL *restrict out, const REAL *restrict south, const REAL *restrict west,
                             const REAL *restrict centre, const REAL *restrict east, const REAL *restrict north,
                             const weights_t w PHASE_PARAMETER FIXED_PARAMETERS, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) out[i] = IF_TAKEN(SWEPT, centre);
}

#if !NETWORK
#define PAIR_OF_ROWS                                                                                                   \
    const REAL *restrict south, const REAL *restrict low_west, const REAL *restrict low,                               \
        const REAL *restrict low_east, const REAL *restrict high_west, const REAL *restrict high,                      \
        const REAL *restrict high_east, const REAL *restrict north, const weights_t w PHASE_PARAMETER,                 \
        const REAL *restrict q_low, const REAL *restrict q_high
#define SWEEP_PAIR                                                                                                     \
    ROW_LOOP                                                                                                           \
    for (int i = 0; i < count; i++) {                                                                                  \
        out_low[i] = IF_TAKEN(SWEPT_OF(low, low_west, low_east, south, high, q_low), low);                             \
        out_high[i] = IF_OTHER_TAKEN(SWEPT_OF(high, high_west, high_east, low, north, q_high), high);                  \
    }

ROW_FUNCTION sweep_pair(REAL *restrict out_low, REAL *restrict out_high, PAIR_OF_ROWS, int count)
{
    SWEEP_PAIR
}

ROW_FUNCTION sweep_pair_store(__global REAL *restrict out_low, __global REAL *restrict out_high, PAIR_OF_ROWS, int count)
{
    SWEEP_PAIR
}
#endif
