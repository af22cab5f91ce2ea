/* SPDX-License-Identifier: MIT */
/*
 * Rows and those around them, for kernels that work through whole rows: on devices that run one work-item as a vectorised
 * loop an item owns some rows. Row loops are not inlined and have restrict parameters, so that compilers vectorise them;
 * what differs at the ends of a row is done apart.
 *
 * ROWS   rows of a work-item
 */
#ifndef ROWS
#define ROWS 8
#endif

/* The rows of a field around one, as pointers to their first nodes. */
typedef struct {
    __global const REAL *centre, *south, *north, *below, *above;
} rows_t;

static inline rows_t rows_around(__global const REAL *u, size_t j, size_t k, const layout_t at)
{
    rows_t rows;
    rows.centre = u + node_index(0, j, k, at);
    rows.south = u + node_index(0, before(j, at.ny, PERIODIC_Y), k, at);
    rows.north = u + node_index(0, after(j, at.ny, PERIODIC_Y), k, at);
    rows.below = DIM == 3 ? u + node_index(0, j, before(k, at.nz, PERIODIC_Z), at) : rows.centre;
    rows.above = DIM == 3 ? u + node_index(0, j, after(k, at.nz, PERIODIC_Z), at) : rows.centre;
    return rows;
}

/* What flows into node i of a row, over D: a macro because the loops' pointers are restrict. */
#if NETWORK
#if DIM == 3
#define FLOW_ALONG_Z +has_below *gz_below[i] * (below[i] - u[i]) + gz[i] * (above[i] - u[i])
#else
#define FLOW_ALONG_Z
#endif
#if HAS_SHUNT
#define FLOW_TO_GROUND -shunt[i] * u[i]
#else
#define FLOW_TO_GROUND
#endif
#define FLOW                                                                                                           \
    (gx_west[i] * (west[i] - u[i]) + gx[i] * (east[i] - u[i]) + has_south * gy_south[i] * (south[i] - u[i]) +         \
     gy[i] * (north[i] - u[i]) FLOW_ALONG_Z FLOW_TO_GROUND)
#elif DIM == 3
#define NEIGHBOURS (x * (west[i] + east[i]) + y * (south[i] + north[i]) + z * (below[i] + above[i]))
#define FLOW (NEIGHBOURS - u[i])
#else
#define NEIGHBOURS (x * (west[i] + east[i]) + y * (south[i] + north[i]))
#define FLOW (NEIGHBOURS - u[i])
#endif

/*
 * The parameters of row loops: the field around a row, q, and what the flow takes. West and east have pointers of their
 * own: loads from one array at i - 1, i and i + 1 become values that are carried from node to node, and loops with several
 * of these LLVM does not vectorise.
 */
#define FIELD_PARAMETERS                                                                                               \
    __global const REAL *restrict u, __global const REAL *restrict west, __global const REAL *restrict east,           \
        __global const REAL *restrict south, __global const REAL *restrict north, __global const REAL *restrict below, \
        __global const REAL *restrict above, __global const REAL *restrict q
#define FIELD_AT(rows, q, first)                                                                                       \
    (rows).centre + (first), (rows).centre + (first)-1, (rows).centre + (first) + 1, (rows).south + (first),           \
        (rows).north + (first), (rows).below + (first), (rows).above + (first), (q) + (first)

typedef struct {
    __global const REAL *gx, *gy, *gy_south, *gz, *gz_below, *shunt, *inverse;
    REAL has_south, has_below, x, y, z;
} coefficients_t;

#if NETWORK
#define COEFFICIENT_PARAMETERS                                                                                         \
    __global const REAL *restrict gx, __global const REAL *restrict gx_west, __global const REAL *restrict gy,         \
        __global const REAL *restrict gy_south, __global const REAL *restrict gz, __global const REAL *restrict gz_below,\
        __global const REAL *restrict shunt, __global const REAL *restrict inverse, REAL has_south, REAL has_below
#define COEFFICIENTS_AT(c, first)                                                                                      \
    (c).gx + (first), (c).gx + (first)-1, (c).gy + (first), (c).gy_south + (first), (c).gz + (first),                  \
        (c).gz_below + (first), (c).shunt + (first), (c).inverse + (first), (c).has_south, (c).has_below
#define IF_FREE(i, value) (inverse[i] == 0 ? 0 : (value))
#else
#define COEFFICIENT_PARAMETERS REAL x, REAL y, REAL z
#define COEFFICIENTS_AT(c, first) (c).x, (c).y, (c).z
#define IF_FREE(i, value) (value)
#endif

/* Of row (k, j); x, y, z are what a row without a network is multiplied by. */
static inline coefficients_t coefficients_of(const network_t network, size_t j, size_t k, const layout_t at, REAL x,
                                             REAL y, REAL z)
{
    coefficients_t c;
    const size_t start = node_index(0, j, k, at);
    c.x = x;
    c.y = y;
    c.z = z;
    c.has_south = PERIODIC_Y || j > 0;
    c.has_below = PERIODIC_Z || k > 0;
    c.gx = network.x + start;
    c.gy = network.y + start;
    c.gy_south = network.y + node_index(0, before(j, at.ny, PERIODIC_Y), k, at);
    c.gz = DIM == 3 ? network.z + start : c.gx;
    c.gz_below = DIM == 3 ? network.z + node_index(0, j, before(k, at.nz, PERIODIC_Z), at) : c.gx;
    c.shunt = network.shunt + start;
    c.inverse = network.inverse + start;
    return c;
}

/* Whether a whole row is held; in a network nodes are by themselves. */
static inline int row_is_held(size_t j, size_t k, const layout_t at)
{
    return !NETWORK && is_held(1, j, k, at);
}
