/* SPDX-License-Identifier: MIT */
/*
 * Levels made by Galerkin's principle, of 3 points along every axis: how their coefficients lie, and which node is
 * beside which.
 *
 * An operator is (A u)[p] = sum over offsets o of g[p, o] (u[p] - u[p + o]) + leak[p] u[p], divided by the diagonal D
 * of the level with a network that it began with. As A is symmetric, one half of the couplings is stored: array h holds
 * those to the offsets of code CENTRE + 1 + h, the last array the leaks. An array has the layout of the level's fields;
 * STRIDE elements lie between two of them. Leaks stand beside the couplings, not their sum, the diagonal: where
 * conductances jump, little would be left of a leak in a sum.
 *
 * An offset's code counts each axis in digits of 3: 0 before, 1 beside, 2 behind.
 *
 * Coarse node I is fine node 2 I along the axes that are coarsened (AXES, bits 0 to 2). A fine node's cell is its index
 * halved there. Its weights have a code in digits of 3 over the coarsened axes: 0 on the coarse node, 1 the one before,
 * 2 the one behind; code 0 is 1 and not stored. An array of coarse layout has the weights of a code, at their cells.
 */
#ifndef AXES
#define AXES 3
#endif

#define COARSENED(axis) (((AXES >> (axis)) & 1) != 0)
#define PLACE_Y (COARSENED(0) ? 3 : 1)
#define PLACE_Z (PLACE_Y * (COARSENED(1) ? 3 : 1))

#define POINTS (DIM == 3 ? 27 : 9)
#define CENTRE (DIM == 3 ? 13 : 4)
#define ALONG(code, axis) ((axis) == 0 ? (code) % 3 - 1 : (axis) == 1 ? (code) / 3 % 3 - 1 : (code) / 9 - 1)

/* A node's indices, z 0 in two dimensions. A parameter of this type is never written to: some compilers (Mesa's) hand
 * it over by reference. */
typedef struct {
    int x, y, z;
} node_t;

static inline node_t node_of(int x, int y, int z)
{
    node_t p;
    p.x = x;
    p.y = y;
    p.z = z;
    return p;
}

static inline size_t element(const node_t p, const layout_t at)
{
    return element_of((size_t)p.x, (size_t)p.y, (size_t)p.z, at);
}

/* The index o steps on, -1 outside the box; wrapped on a periodic axis, whose last node is the first one again. */
static inline int beside(int i, int o, int n, int periodic)
{
    const int to = i + o, last = n - 1;
    if (to < 0) return periodic ? to + last : -1;
    if (to > last) return periodic ? to - last : -1;
    return to;
}

/* The node at an offset; x is -1 where there is none. */
static inline node_t node_at(const node_t p, int code, const layout_t at)
{
    node_t n;
    n.x = beside(p.x, ALONG(code, 0), (int)at.nx, PERIODIC_X);
    n.y = beside(p.y, ALONG(code, 1), (int)at.ny, PERIODIC_Y);
    n.z = DIM == 3 ? beside(p.z, ALONG(code, 2), (int)at.nz, PERIODIC_Z) : 0;
    if (n.y < 0 || n.z < 0) n.x = -1;
    return n;
}

/* The first node of a seam, which has weights, for the second one, which has none. */
static inline node_t first_of_seam(const node_t p, const layout_t at)
{
    return node_of(PERIODIC_X && p.x == (int)at.nx - 1 ? 0 : p.x, PERIODIC_Y && p.y == (int)at.ny - 1 ? 0 : p.y,
                   PERIODIC_Z && p.z == (int)at.nz - 1 ? 0 : p.z);
}

/* What flows into a node over its couplings and to the ground. What lies outside the box counts as the node itself, to
 * which nothing flows. */
static inline REAL inflow_of(__global const REAL *u, __global const REAL *couplings, ulong stride, const node_t p,
                             const layout_t at)
{
    const size_t here = element(p, at);
    const REAL centre = u[here];
    REAL sum = -couplings[CENTRE * stride + here] * centre;
    for (int h = 0; h < CENTRE; h++) {
        const node_t behind = node_at(p, CENTRE + 1 + h, at), before = node_at(p, CENTRE - 1 - h, at);
        const size_t to = behind.x < 0 ? here : element(behind, at), from = before.x < 0 ? here : element(before, at);
        sum += couplings[h * stride + here] * (u[to] - centre) + couplings[h * stride + from] * (u[from] - centre);
    }
    return sum;
}

/* The fine nodes that a coarse one has weights of along an axis: itself, the one behind, the one before. Where there is
 * none, itself again, not to be counted: so that all items of a group do the same, which some compilers need. */
typedef struct {
    int counts[3], index[3], cell[3];
} gathered_t;

static inline gathered_t gathered_of(int to, int coarsened, int fine_nodes, int coarse_nodes, int periodic)
{
    gathered_t g;
    const int fine_own = fine_nodes - (periodic ? 1 : 0);
    if (periodic && to == coarse_nodes - 1) to = 0;
    const int own = coarsened ? 2 * to : to, behind = own + 1, before = to > 0 ? own - 1 : periodic ? fine_own - 1 : 0;
    g.counts[0] = 1;
    g.counts[1] = coarsened && behind < fine_own;
    g.counts[2] = coarsened && before % 2 == 1;
    g.index[0] = own;
    g.index[1] = g.counts[1] ? behind : own;
    g.index[2] = g.counts[2] ? before : own;
    g.cell[0] = g.cell[1] = to;
    g.cell[2] = g.counts[2] ? before / 2 : to;
    return g;
}

/* The weight of a code at a cell: 1 on the coarse node itself. */
static inline REAL weight_of(__global const REAL *weights, ulong stride, int digits, size_t cell)
{
    const REAL stored = weights[(digits > 0 ? digits - 1 : 0) * stride + cell];
    return digits > 0 ? stored : 1;
}

/* What a coarse node gets from the fine ones around it: the transpose of the interpolation. */
static inline REAL gathered(__global const REAL *fine, __global const REAL *weights, ulong stride, const node_t p,
                            const layout_t from, const layout_t to)
{
    const gathered_t gx = gathered_of(p.x, COARSENED(0), (int)from.nx, (int)to.nx, PERIODIC_X);
    const gathered_t gy = gathered_of(p.y, COARSENED(1), (int)from.ny, (int)to.ny, PERIODIC_Y);
    const gathered_t gz = gathered_of(p.z, COARSENED(2), (int)from.nz, (int)to.nz, PERIODIC_Z);
    REAL sum = 0;
    for (int c = 0; c < (DIM == 3 ? 3 : 1); c++)
        for (int b = 0; b < 3; b++)
            for (int a = 0; a < 3; a++) {
                const int digits = COARSENED(0) * a + PLACE_Y * COARSENED(1) * b + PLACE_Z * COARSENED(2) * c;
                const size_t cell = element(node_of(gx.cell[a], gy.cell[b], DIM == 3 ? gz.cell[c] : 0), to);
                const REAL value = fine[element(node_of(gx.index[a], gy.index[b], DIM == 3 ? gz.index[c] : 0), from)];
                const int counts = gx.counts[a] & gy.counts[b] & (DIM == 3 ? gz.counts[c] : 1);
                const REAL weight = weight_of(weights, stride, digits, cell);
                sum += counts ? weight * value : 0;
            }
    return sum;
}

/* The cell of a fine index along an axis, and whether it lies between two coarse nodes. */
static inline int cell_of(int i, int coarsened)
{
    return coarsened ? i / 2 : i;
}

static inline int is_odd(int i, int coarsened)
{
    return coarsened && i % 2;
}

/* What a fine node gets from the coarse ones around it. Beyond the last coarse node the weight is 0. */
static inline REAL interpolated(__global const REAL *coarse, __global const REAL *weights, ulong stride,
                                const node_t place, const layout_t to, const layout_t from)
{
    const node_t p = first_of_seam(place, to);
    const int odd_x = is_odd(p.x, COARSENED(0)), odd_y = is_odd(p.y, COARSENED(1)), odd_z = is_odd(p.z, COARSENED(2));
    const node_t cell = node_of(cell_of(p.x, COARSENED(0)), cell_of(p.y, COARSENED(1)), cell_of(p.z, COARSENED(2)));
    REAL sum = 0;
    for (int c = 0; c < (DIM == 3 ? 2 : 1); c++)
        for (int b = 0; b < 2; b++)
            for (int a = 0; a < 2; a++) {
                const int digits = odd_x * (1 + a) + PLACE_Y * odd_y * (1 + b) + PLACE_Z * odd_z * (1 + c);
                const node_t corner = node_of(min(cell.x + a, (int)from.nx - 1), min(cell.y + b, (int)from.ny - 1),
                                              DIM == 3 ? min(cell.z + c, (int)from.nz - 1) : 0);
                const int counts = (a <= odd_x) & (b <= odd_y) & (c <= odd_z);
                const REAL value = coarse[element(corner, from)];
                const REAL weight = weight_of(weights, stride, digits, element(cell, from));
                sum += counts ? weight * value : 0;
            }
    return sum;
}
