/* SPDX-License-Identifier: MIT */
/*
 * Several sweeps in one pass over memory, for devices that run a work-item per node (GPUs): a pipeline along the last
 * axis, as AN5D has it (K. Matsumura et al., CGO 2020). A work-group owns a tile of the axes before, GROUP_X columns (x
 * GROUP_Y rows in three dimensions), halo included, and streams along the last axis: stage k makes layer t - k from layers
 * t - k - 1, t - k and t - k + 1 of stage k - 1. Along that axis an item keeps what it needs in registers; across, values
 * go through __local memory: those of the step before, so that one barrier per step is enough. Tiles overlap by a halo of
 * `count` nodes on either side, computed twice.
 *
 * Outside an insulated side a column stands for its mirror image, on a periodic axis for the node that it continues: both
 * evolve as what they are images of. Columns and layers beyond a held side, and beyond any side of a network, whose edges
 * end there, never matter. The host sees to count <= STAGES, and to more than count + 1 nodes along an axis with an
 * insulated or periodic side.
 */
#ifndef STAGES
#define STAGES 4
#endif
#ifndef GROUP_X
#define GROUP_X 128
#endif
#ifndef GROUP_Y
#define GROUP_Y 1
#endif
#define WIDE_X (GROUP_X + 2)
#define WIDE_Y (GROUP_Y + 2 * (DIM == 3))

/* Weights of all sweeps of a launch, by value. */
typedef struct {
    weights_t of[STAGES];
} stream_weights_t;

#if DIM == 3
#define ALONG_HELD(i, n) ((HELD_FRONT & ((i) <= 0)) | (HELD_BACK & ((i) >= (n)-1)))
#define ALONG_PERIODIC PERIODIC_Z
#define ALONG_ENDS_LOW (NETWORK | HELD_FRONT)
#define ALONG_ENDS_HIGH (NETWORK | HELD_BACK)
#else
#define ALONG_HELD(i, n) ((HELD_BOTTOM & ((i) <= 0)) | (HELD_TOP & ((i) >= (n)-1)))
#define ALONG_PERIODIC PERIODIC_Y
#define ALONG_ENDS_LOW (NETWORK | HELD_BOTTOM)
#define ALONG_ENDS_HIGH (NETWORK | HELD_TOP)
#endif

/* A node and its neighbours. */
typedef struct {
    REAL centre, west, east, south, north, below, above;
} around_t;

/* What a sweep makes of node (k, j, i), which is not held without a network. */
static inline REAL stage(const around_t u, const network_t g, __global const REAL *q, size_t i, size_t j, size_t k,
                         const layout_t at, const weights_t w)
{
#if NETWORK || HAS_SOURCE
    const size_t here = node_index(i, j, k, at);
#endif
#if NETWORK
    const neighbours_t n = neighbours_of(i, j, k, at);
    const REAL west = PERIODIC_X || i > 0 ? g.x[n.west] : 0, south = PERIODIC_Y || j > 0 ? g.y[n.south] : 0;
    REAL r = west * (u.west - u.centre) + g.x[here] * (u.east - u.centre) + south * (u.south - u.centre) +
             g.y[here] * (u.north - u.centre);
#if DIM == 3
    const REAL below = PERIODIC_Z || k > 0 ? g.z[n.below] : 0;
    r += below * (u.below - u.centre) + g.z[here] * (u.above - u.centre);
#endif
#if HAS_SHUNT
    r -= g.shunt[here] * u.centre;
#endif
#if HAS_SOURCE
    r += w.source * q[here];
#endif
    return u.centre + w.keep * g.inverse[here] * r;
#else
    REAL value = w.keep * u.centre + w.x * (u.west + u.east) + w.y * (u.south + u.north);
#if DIM == 3
    value += w.z * (u.below + u.above);
#endif
#if HAS_SOURCE
    value += w.source * q[here];
#endif
    return value;
#endif
}

/* That groups are of that shape lets compilers see to it that one has registers enough. */
__kernel __attribute__((reqd_work_group_size(GROUP_X, GROUP_Y, 1))) void
sweep_stream(__global const REAL *restrict u, __global REAL *restrict v, __global const REAL *restrict q, const layout_t at,
             ulong layers, int count, const stream_weights_t weights NETWORK_PARAMETERS)
{
    __local REAL seen[2][STAGES][WIDE_Y][WIDE_X]; /* of the step before, and of this one */
    REAL behind[STAGES], newest[STAGES];          /* of each stage: the last two layers */
    const int lx = (int)get_local_id(0) + 1, ly = DIM == 3 ? (int)get_local_id(1) + 1 : 0;
    const network_t network = NETWORK_OF(at.origin);
    const long nz = (long)(DIM == 3 ? at.nz : at.ny);

    /* The column: where it is, and what it stands for. */
    const long x = (long)get_group_id(0) * (GROUP_X - 2 * count) - count + (lx - 1);
    const long y = DIM == 3 ? (long)get_group_id(1) * (GROUP_Y - 2 * count) - count + (ly - 1) : 0;
    const size_t i = stands_for(x, at.nx, PERIODIC_X, NETWORK | HELD_LEFT, NETWORK | HELD_RIGHT);
    const size_t row = DIM == 3 ? stands_for(y, at.ny, PERIODIC_Y, NETWORK | HELD_BOTTOM, NETWORK | HELD_TOP) : 0;
    const int held = !NETWORK && ((HELD_LEFT & (x <= 0)) | (HELD_RIGHT & (x >= (long)at.nx - 1)) |
                                  (DIM == 3 && ((HELD_BOTTOM & (y <= 0)) | (HELD_TOP & (y >= (long)at.ny - 1)))));
    const int own = (lx > count) & (lx <= GROUP_X - count) & (x < (long)at.nx) &
                    (DIM != 3 || ((ly > count) & (ly <= GROUP_Y - count) & (y < (long)at.ny)));
    u += at.origin;
    v += at.origin;
    q += at.origin;

#pragma unroll
    for (int k = 0; k < STAGES; k++) behind[k] = newest[k] = 0;
    for (int n = (int)(get_local_id(1) * GROUP_X + get_local_id(0)); n < 2 * STAGES * WIDE_Y * WIDE_X; n += GROUP_X * GROUP_Y)
        ((__local REAL *)seen)[n] = 0;
    barrier(CLK_LOCAL_MEM_FENCE);

    const long begin = (long)get_group_id(DIM - 1) * (long)layers, end = min(begin + (long)layers, nz);
    for (long t = begin - count; t < end + count; t++) {
        __local REAL(*now)[WIDE_Y][WIDE_X] = seen[(t - begin + count) & 1];
        __local REAL(*then)[WIDE_Y][WIDE_X] = seen[(t - begin + count + 1) & 1];
        const size_t layer = stands_for(t, (size_t)nz, ALONG_PERIODIC, ALONG_ENDS_LOW, ALONG_ENDS_HIGH);
        REAL value = u[DIM == 3 ? node_index(i, row, layer, at) : node_index(i, layer, 0, at)];
#pragma unroll
        for (int k = 0; k < STAGES; k++) {
            if (k < count) {
                /* Stage k + 1 makes the layer before the one that stage k has just made, `value`. */
                const long z = t - k - 1;
                const size_t to = stands_for(z, (size_t)nz, ALONG_PERIODIC, ALONG_ENDS_LOW, ALONG_ENDS_HIGH);
                const size_t j = DIM == 3 ? row : to, deep = DIM == 3 ? to : 0;
                around_t around;
                around.centre = newest[k];
                around.west = then[k][ly][lx - 1];
                around.east = then[k][ly][lx + 1];
                around.south = DIM == 3 ? then[k][ly - 1][lx] : behind[k];
                around.north = DIM == 3 ? then[k][ly + 1][lx] : value;
                around.below = behind[k];
                around.above = value;
                REAL made = newest[k];
                const int taken = !COLORED || ((i + j + deep + (size_t)k) & 1) == 0;
                if (taken & !(held | (!NETWORK & ALONG_HELD(z, nz))))
                    made = stage(around, network, q, i, j, deep, at, weights.of[k]);
                now[k][ly][lx] = value;
                behind[k] = newest[k];
                newest[k] = value;
                value = made;
            }
        }
        const long made = t - count;
        if (own & (made >= begin) & (made < end))
            v[DIM == 3 ? node_index(i, row, (size_t)made, at) : node_index(i, (size_t)made, 0, at)] = value;
        barrier(CLK_LOCAL_MEM_FENCE);
    }
}
