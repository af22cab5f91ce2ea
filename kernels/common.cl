/* SPDX-License-Identifier: MIT */
/*
 * What every kernel shares: the type, the layout of a field, the stencil's sides. Parameters are macros with defaults,
 * so that each file also compiles on its own.
 *
 * DIM          2 or 3
 * REAL         float or double
 * OTHER        type of another field, where a kernel has one of another precision; WIDE the wider of the two
 * HAS_SOURCE   1 if there is a source term q
 * HELD         bits 0 to 5: left, right, bottom, top, front, back side is held; the others are insulated
 * PERIODIC     bits 0 to 2: the last node along x, y, z is the first one again
 * NETWORK      1 if every edge has a conductance of its own; held nodes are then those with inverse diagonal 0
 * COLORED      1 where sweeps take every other node only: the first of a launch those whose indices add up to an even
 *              number, the second the others, and so on
 * INTERLEAVE   vectors of a row that a loop works on at a time
 * VECTOR_BYTES what a vector of the device takes; STRANDS: values in one
 * HAS_SHUNT    1 if nodes of the network leak to the ground
 *
 * Node (k, j, i) of a field is element origin + k * plane + j * width + i of its buffer. All indices are size_t: fields
 * may have more than 2^31 nodes.
 */
#ifndef DIM
#define DIM 2
#endif
#ifndef REAL
#define REAL float
#endif
#ifndef OTHER
#define OTHER REAL
#endif
#ifndef WIDE
#define WIDE REAL
#endif
#ifndef HAS_SOURCE
#define HAS_SOURCE 0
#endif
#ifndef HELD
#define HELD 15
#endif
#ifndef PERIODIC
#define PERIODIC 0
#endif
#ifndef NETWORK
#define NETWORK 0
#endif
#ifndef HAS_SHUNT
#define HAS_SHUNT 0
#endif
#ifndef COLORED
#define COLORED 0
#endif

/*
 * Before loops over a row, on devices where a work-item is a vectorised loop: that many vectors at a time, as one is not
 * enough to keep a core busy. Nothing where INTERLEAVE is not given.
 */
#ifdef INTERLEAVE
#define AS_PRAGMA(text) _Pragma(#text)
#define INTERLEAVED(count) AS_PRAGMA(clang loop interleave_count(count))
#define ROW_LOOP INTERLEAVED(INTERLEAVE)
#else
#define ROW_LOOP
#endif

#define JOIN(a, b) a##b
#define JOINED(a, b) JOIN(a, b) /* what they stand for */
#define VECTOR(size) JOINED(REAL, size)

#ifdef USE_FP64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif

#define HELD_LEFT ((HELD & 1) != 0)
#define HELD_RIGHT ((HELD & 2) != 0)
#define HELD_BOTTOM ((HELD & 4) != 0)
#define HELD_TOP ((HELD & 8) != 0)
#define HELD_FRONT (DIM == 3 && (HELD & 16) != 0)
#define HELD_BACK (DIM == 3 && (HELD & 32) != 0)
#define PERIODIC_X ((PERIODIC & 1) != 0)
#define PERIODIC_Y ((PERIODIC & 2) != 0)
#define PERIODIC_Z ((PERIODIC & 4) != 0)

/* How the nodes of a field lie in its buffer; clp_layout on the host. */
typedef struct {
    ulong origin, nx, ny, nz, width, plane;
    ulong begin_x, end_x, begin_y, end_y, begin_z, end_z; /* of the nodes that are a part's own */
} layout_t;

/*
 * A network, divided by the operator's largest diagonal D: conductances from each node to the next one along x, y and
 * z, shunts, and D over the diagonal.
 */
typedef struct {
    __global const REAL *x, *y, *z, *shunt, *inverse;
} network_t;

/* How a network travels: NETWORK_PARAMETERS ends a kernel's parameters, NETWORK_ARGUMENTS hands them on, NETWORK_OF
 * gathers them. */
#if NETWORK && DIM == 3
#define NETWORK_ARGUMENTS , network_x, network_y, network_z, network_shunt, network_inverse
#define NETWORK_PARAMETERS                                                                                             \
    , __global const REAL *network_x, __global const REAL *network_y, __global const REAL *network_z,                  \
        __global const REAL *network_shunt, __global const REAL *network_inverse
#define NETWORK_OF(origin)                                                                                             \
    {                                                                                                                  \
        network_x + (origin), network_y + (origin), network_z + (origin), network_shunt + (origin),                    \
            network_inverse + (origin)                                                                                 \
    }
#elif NETWORK
#define NETWORK_ARGUMENTS , network_x, network_y, network_shunt, network_inverse
#define NETWORK_PARAMETERS                                                                                             \
    , __global const REAL *network_x, __global const REAL *network_y, __global const REAL *network_shunt,              \
        __global const REAL *network_inverse
#define NETWORK_OF(origin)                                                                                             \
    {                                                                                                                  \
        network_x + (origin), network_y + (origin), 0, network_shunt + (origin), network_inverse + (origin)            \
    }
#else
#define NETWORK_ARGUMENTS
#define NETWORK_PARAMETERS
#define NETWORK_OF(origin)                                                                                             \
    {                                                                                                                  \
        0, 0, 0, 0, 0                                                                                                  \
    }
#endif

/* Weights of a sweep w. Without a network: keep = 1 - w; x, y, z = w times the shares of the diagonal; source = w / D.
 * With one: keep = w; source = 1 / D. */
typedef struct {
    REAL keep, x, y, z, source;
} weights_t;

/* From the element of node (0, 0, 0) to that of node (k, j, i). */
static inline size_t node_index(size_t i, size_t j, size_t k, const layout_t at)
{
    return (DIM == 3 ? k * at.plane : 0) + j * at.width + i;
}

/* The element of node (k, j, i) in its buffer. */
static inline size_t element_of(size_t i, size_t j, size_t k, const layout_t at)
{
    return at.origin + node_index(i, j, k, at);
}

/* Whether node (k, j, i) lies on a held side. */
static inline int is_held(size_t i, size_t j, size_t k, const layout_t at)
{
    return (HELD_LEFT & (i == 0)) | (HELD_RIGHT & (i == at.nx - 1)) | (HELD_BOTTOM & (j == 0)) |
           (HELD_TOP & (j == at.ny - 1)) | (HELD_FRONT & (k == 0)) | (HELD_BACK & (k == at.nz - 1));
}

/* The index before and after one along an axis: wrapped on a periodic axis, else mirrored. */
static inline size_t before(size_t i, size_t n, int periodic)
{
    return i > 0 ? i - 1 : periodic ? n - 2 : 1;
}

static inline size_t after(size_t i, size_t n, int periodic)
{
    return i < n - 1 ? i + 1 : periodic ? 1 : n - 2;
}

/* The index inside that one along an axis stands for: wrapped on a periodic axis, mirrored, or the last one where the
 * axis ends. */
static inline size_t stands_for(long i, size_t nodes, int periodic, int low_ends, int high_ends)
{
    const long last = (long)nodes - 1;
    if (i < 0) i = periodic ? i + last : low_ends ? 0 : -i;
    if (i > last) i = periodic ? i - last : high_ends ? last : 2 * last - i;
    return (size_t)clamp(i, 0L, last);
}

/* Where the six neighbours of a node are; in 2-D those along z are not to be used. */
typedef struct {
    size_t west, east, south, north, below, above;
} neighbours_t;

static inline neighbours_t neighbours_of(size_t i, size_t j, size_t k, const layout_t at)
{
    neighbours_t n;
    n.west = node_index(before(i, at.nx, PERIODIC_X), j, k, at);
    n.east = node_index(after(i, at.nx, PERIODIC_X), j, k, at);
    n.south = node_index(i, before(j, at.ny, PERIODIC_Y), k, at);
    n.north = node_index(i, after(j, at.ny, PERIODIC_Y), k, at);
    n.below = DIM == 3 ? node_index(i, j, before(k, at.nz, PERIODIC_Z), at) : 0;
    n.above = DIM == 3 ? node_index(i, j, after(k, at.nz, PERIODIC_Z), at) : 0;
    return n;
}

/* Mean of the neighbours of node (k, j, i), weighted by their share x, y, z of the diagonal. */
static inline REAL neighbours(__global const REAL *u, size_t i, size_t j, size_t k, const layout_t at, REAL x, REAL y,
                              REAL z)
{
    const neighbours_t n = neighbours_of(i, j, k, at);
    REAL sum = x * (u[n.west] + u[n.east]) + y * (u[n.south] + u[n.north]);
#if DIM == 3
    sum += z * (u[n.below] + u[n.above]);
#endif
    return sum;
}

/* What flows into node (k, j, i) of a network from its neighbours and the ground, over D. No edge leaves the box but on
 * a periodic axis. */
static inline REAL inflow(const network_t g, __global const REAL *u, size_t i, size_t j, size_t k, const layout_t at)
{
    const neighbours_t n = neighbours_of(i, j, k, at);
    const size_t here = node_index(i, j, k, at);
    const REAL centre = u[here];
    const REAL west = PERIODIC_X || i > 0 ? g.x[n.west] : 0, south = PERIODIC_Y || j > 0 ? g.y[n.south] : 0;
    REAL sum = west * (u[n.west] - centre) + g.x[here] * (u[n.east] - centre) + south * (u[n.south] - centre) +
               g.y[here] * (u[n.north] - centre);
#if DIM == 3
    const REAL below = PERIODIC_Z || k > 0 ? g.z[n.below] : 0;
    sum += below * (u[n.below] - centre) + g.z[here] * (u[n.above] - centre);
#endif
#if HAS_SHUNT
    sum -= g.shunt[here] * centre;
#endif
    return sum;
}

/* What a sweep makes of node (k, j, i): u + w / diagonal (q - A u); a held node keeps its value. The fields point at
 * node (0, 0, 0). */
static inline REAL swept_node(const network_t g, __global const REAL *u, __global const REAL *q, size_t i, size_t j,
                              size_t k, const layout_t at, const weights_t w)
{
    const size_t here = node_index(i, j, k, at);
#if NETWORK
    REAL r = inflow(g, u, i, j, k, at);
#if HAS_SOURCE
    r += w.source * q[here];
#endif
    return u[here] + w.keep * g.inverse[here] * r;
#else
    if (is_held(i, j, k, at)) return u[here];
    REAL value = w.keep * u[here] + neighbours(u, i, j, k, at, w.x, w.y, w.z);
#if HAS_SOURCE
    value += w.source * q[here];
#endif
    return value;
#endif
}

/* Whether node (k, j, i) keeps its value. */
static inline int node_is_held(const network_t g, size_t i, size_t j, size_t k, const layout_t at)
{
    return NETWORK ? g.inverse[node_index(i, j, k, at)] == 0 : is_held(i, j, k, at);
}

/* The residual of node (k, j, i), 0 where it is held; x, y, z are shares of the diagonal. The fields point at node
 * (0, 0, 0). */
static inline REAL residual_node(const network_t g, __global const REAL *u, __global const REAL *q, size_t i, size_t j,
                                 size_t k, const layout_t at, int sourced, REAL x, REAL y, REAL z, REAL diagonal)
{
    const size_t here = node_index(i, j, k, at);
#if NETWORK
    REAL value = diagonal * inflow(g, u, i, j, k, at);
#else
    REAL value = diagonal * (neighbours(u, i, j, k, at, x, y, z) - u[here]);
#endif
    if (sourced) value += q[here];
    return node_is_held(g, i, j, k, at) ? 0 : value;
}
