/* SPDX-License-Identifier: MIT */
/*
 * From a level to a coarser one by Galerkin's principle, with black-box interpolation (J. E. Dendy, Black box
 * multigrid, J. Comput. Phys. 48, 1982): a fine node between coarse ones gets the value that its own equation gives it,
 * once the couplings across the line or plane that it lies on are lumped into it. The fine level is one with a network,
 * or one made so itself (NETWORK 0).
 *
 * Coarser levels have couplings below 0 where conductances jump. Where lumps below 0 outweigh the sum of all, that
 * sum says nothing of where the node belongs, and only positive ones are lumped: a single node without weights, held by what
 * it is coupled with, ties a whole good conductor to the ground.
 *
 * What the ground and held nodes take of a fine node's value, 1 - the sum of its weights, is `lost`: it must be known
 * to its own accuracy, as the leaks of the coarse level come of it.
 */
#if NETWORK
#define OPERATOR_PARAMETERS NETWORK_PARAMETERS
#define OPERATOR                                                                                                       \
    const network_t network = NETWORK_OF(at.origin);                                                                   \
    __global const REAL *couplings = network.inverse;                                                                  \
    __global const REAL *inverse = network.inverse - at.origin;                                                        \
    const size_t stride = 0;
#define OPERATOR_ARGUMENTS NETWORK_ARGUMENTS
#else
#define OPERATOR_ARGUMENTS , couplings, inverse, stride
#define OPERATOR_PARAMETERS , __global const REAL *couplings, __global const REAL *inverse, ulong stride
#define OPERATOR const network_t network = NETWORK_OF(0);
#endif

/* g from p to the node n at an offset of p. */
static inline REAL coupling(const network_t network, __global const REAL *couplings, size_t stride, const node_t p,
                            const node_t n, int code, const layout_t at)
{
#if NETWORK
    const int x = ALONG(code, 0), y = ALONG(code, 1), z = DIM == 3 ? ALONG(code, 2) : 0;
    if (x * x + y * y + z * z != 1) return 0;
    const size_t from = (x + y + z > 0 ? element(p, at) : element(n, at)) - at.origin;
    return x != 0 ? network.x[from] : y != 0 ? network.y[from] : network.z[from];
#else
    return code > CENTRE ? couplings[(code - CENTRE - 1) * stride + element(p, at)]
                         : couplings[(CENTRE - 1 - code) * stride + element(n, at)];
#endif
}

static inline REAL leak(const network_t network, __global const REAL *couplings, size_t stride, const node_t p,
                        const layout_t at)
{
#if NETWORK
    return HAS_SHUNT ? network.shunt[element(p, at) - at.origin] : 0;
#else
    return couplings[CENTRE * stride + element(p, at)];
#endif
}

/* Nodes of an axis that have an equation of their own. */
static inline int own_nodes(ulong n, int periodic)
{
    return (int)n - (periodic ? 1 : 0);
}

/* The code of a fine node for the coarse node `to` along an axis, -1 where it has no weight for it; `to` is a node of
 * its own. */
static inline int digit_of(int i, int to, int coarse_own, int periodic)
{
    const int cell = i / 2;
    if (i % 2 == 0) return cell == to ? 0 : -1;
    if (cell == to) return 1;
    return cell + 1 == to || (periodic && cell + 1 == coarse_own && to == 0) ? 2 : -1;
}

/* Whether a node at an offset along an axis is the other coarse node than corner c. */
static inline int is_elsewhere(int along, int c)
{
    return along != 0 && c != (along > 0);
}

/* The digit for corner c of a node at an offset from one that is odd there or not. */
static inline int digit_at(int odd, int along, int c)
{
    return odd && along == 0 ? 1 + c : 0;
}

/* Whether lumps below 0, which add up to `negative`, outweigh the sum of all. */
static inline int overshoots(REAL negative, REAL total)
{
    return negative < 0 && -negative > total;
}

#if DIM == 2 && AXES == 3
/* Whether a coarse node is so far from the sides that all fine ones near it have all their neighbours. */
static inline int is_inner(int to, ulong fine_nodes, ulong coarse_nodes)
{
    return to > 0 && to < (int)coarse_nodes - 1 && 2 * to >= 3 && 2 * to + 3 < (int)fine_nodes;
}


/* As interpolation() does it, for a node p that has all its neighbours: between two coarse nodes along one axis, what it
 * is coupled with on either side lumped. */
static inline void interpolate_between(__global REAL *weights, __global REAL *lost, const network_t network,
                                       __global const REAL *couplings, size_t stride, const node_t p, int is_free,
                                       const layout_t at, size_t to, size_t weights_stride, int along_y)
{
    REAL before = 0, behind = 0, strong_before = 0, strong_behind = 0;
    const REAL drained = leak(network, couplings, stride, p, at);
#pragma unroll
    for (int across = -1; across <= 1; across++) {
        const int x = along_y ? across : 1, y = along_y ? 1 : across;
        const REAL g = coupling(network, couplings, stride, p, node_of(p.x - x, p.y - y, 0), CENTRE - x - 3 * y, at);
        const REAL h = coupling(network, couplings, stride, p, node_of(p.x + x, p.y + y, 0), CENTRE + x + 3 * y, at);
        before += g;
        behind += h;
        strong_before += max(g, (REAL)0);
        strong_behind += max(h, (REAL)0);
    }
    if (overshoots(min(before, (REAL)0) + min(behind, (REAL)0), drained + before + behind)) {
        before = strong_before;
        behind = strong_behind;
    }
    const REAL total = drained + before + behind;
    const int free = is_free && total > 0;
    const size_t first = (along_y ? 2 : 0) * weights_stride + to, second = (along_y ? 5 : 1) * weights_stride + to;
    weights[first] = free ? before / total : 0;
    weights[second] = free ? behind / total : 0;
    lost[element(p, at)] = free ? drained / total : 1;
}

/* Likewise for one in the middle of four. */
static inline void interpolate_middle(__global REAL *weights, __global REAL *lost, const network_t network,
                                      __global const REAL *couplings, size_t stride, const node_t p, int is_free,
                                      const layout_t at, size_t to, const layout_t coarse, size_t weights_stride)
{
    const size_t here = element(p, at), width = at.width, behind_x = to + 1, behind_y = to + coarse.width;
    __global const REAL *low_x = weights, *high_x = weights + weights_stride;
    __global const REAL *low_y = weights + 2 * weights_stride, *high_y = weights + 5 * weights_stride;
    const REAL drained = leak(network, couplings, stride, p, at);
    REAL g[9], total = drained, loss = drained, negative = 0, strong = drained;
#pragma unroll
    for (int code = 0; code < 9; code++) {
        const node_t n = node_of(p.x + ALONG(code, 0), p.y + ALONG(code, 1), 0);
        g[code] = code == CENTRE ? 0 : coupling(network, couplings, stride, p, n, code, at);
        total += g[code];
        negative += min(g[code], (REAL)0);
        strong += max(g[code], (REAL)0);
    }
    const int robust = overshoots(negative, total);
    total = robust ? strong : total;
#pragma unroll
    for (int code = 0; code < 9; code++) g[code] = robust ? max(g[code], (REAL)0) : g[code];
    loss += g[1] * lost[here - width] + g[7] * lost[here + width] + g[3] * lost[here - 1] + g[5] * lost[here + 1];
    const int free = is_free && total > 0;
    const REAL share = free ? 1 / total : 0;
    /* By codes in digits of 3: before and behind along both axes. */
    weights[3 * weights_stride + to] = share * (g[0] + g[1] * low_x[to] + g[3] * low_y[to]);
    weights[4 * weights_stride + to] = share * (g[2] + g[1] * high_x[to] + g[5] * low_y[behind_x]);
    weights[6 * weights_stride + to] = share * (g[6] + g[7] * low_x[behind_y] + g[3] * high_y[to]);
    weights[7 * weights_stride + to] = share * (g[8] + g[7] * high_x[behind_y] + g[5] * high_y[behind_x]);
    lost[here] = free ? loss * share : 1;
}
#endif

/*
 * Weights and losses of the fine nodes that lie between coarse ones along the axes of `odd`, after those with fewer odd
 * axes. A work-item per coarse node: its cell. `lost` is a fine field, 0 on nodes without odd axes.
 */
__kernel void interpolation(__global REAL *weights, __global REAL *lost, const layout_t at, const layout_t coarse,
                            ulong weights_stride, int odd OPERATOR_PARAMETERS)
{
    const int cx = (int)get_global_id(0), cy = (int)get_global_id(1), cz = DIM == 3 ? (int)get_global_id(2) : 0;
    if (cx >= (int)coarse.nx || cy >= (int)coarse.ny || cz >= (int)coarse.nz) return;
    OPERATOR
    const int odd_x = odd & 1, odd_y = (odd >> 1) & 1, odd_z = (odd >> 2) & 1;
    const node_t cell = node_of(cx, cy, cz);
    const node_t p = node_of(COARSENED(0) ? 2 * cx + odd_x : cx, COARSENED(1) ? 2 * cy + odd_y : cy,
                             COARSENED(2) ? 2 * cz + odd_z : cz);
    if (p.x >= own_nodes(at.nx, PERIODIC_X) || p.y >= own_nodes(at.ny, PERIODIC_Y)) return;
    if (DIM == 3 && p.z >= own_nodes(at.nz, PERIODIC_Z)) return;
    const size_t here = element(p, at);
#if DIM == 2 && AXES == 3
    if (is_inner(cx, at.nx, coarse.nx) && is_inner(cy, at.ny, coarse.ny)) {
        const size_t to = element(cell, coarse);
        const int is_free = inverse[here] != 0;
        if (odd == 3)
            interpolate_middle(weights, lost, network, couplings, stride, p, is_free, at, to, coarse, weights_stride);
        else
            interpolate_between(weights, lost, network, couplings, stride, p, is_free, at, to, weights_stride, odd == 2);
        return;
    }
#endif
    const int corners_x = odd_x ? 2 : 1, corners_y = odd_y ? 2 : 1, corners_z = odd_z ? 2 : 1;

    /* Couplings to the nodes beside along odd axes, those across lumped: digits of 3, the middle one for axes that are
     * even. */
    const REAL drained = leak(network, couplings, stride, p, at);
    REAL sums[POINTS], strong[POINTS], result[8], total = drained, loss = drained, negative = 0;
    for (int s = 0; s < POINTS; s++) sums[s] = strong[s] = 0;
    for (int c = 0; c < 8; c++) result[c] = 0;
    for (int code = 0; code < POINTS; code++) {
        const int lumped =
            (odd_x ? code % 3 : 1) + 3 * (odd_y ? code / 3 % 3 : 1) + (DIM == 3 ? 9 * (odd_z ? code / 9 : 1) : 0);
        const node_t n = node_at(p, code, at);
        if (lumped == CENTRE || n.x < 0) continue;
        const REAL g = coupling(network, couplings, stride, p, n, code, at);
        sums[lumped] += g;
        strong[lumped] += max(g, (REAL)0);
        total += g;
    }
    for (int s = 0; s < POINTS; s++) negative += min(sums[s], (REAL)0);
    if (overshoots(negative, total)) {
        total = drained;
        for (int s = 0; s < POINTS; s++) total += sums[s] = strong[s];
    }
    const int free = inverse[here] != 0 && total > 0;
    for (int code = 0; code < POINTS && free; code++) {
        const node_t n = first_of_seam(node_at(p, code, at), at);
        if (sums[code] == 0 || n.x < 0) continue;
        const REAL share = sums[code] / total;
        const int along_x = ALONG(code, 0), along_y = ALONG(code, 1), along_z = DIM == 3 ? ALONG(code, 2) : 0;
        loss += sums[code] * lost[element(n, at)];
        /* The neighbour's own weights: it lies between coarse nodes along the axes that it shares with p. */
        const node_t its =
            node_of(COARSENED(0) ? n.x / 2 : n.x, COARSENED(1) ? n.y / 2 : n.y, COARSENED(2) ? n.z / 2 : n.z);
        const size_t there = element(its, coarse);
        for (int c = 0; c < 8; c++) {
            const int x = c & 1, y = (c >> 1) & 1, z = c >> 2;
            if (x >= corners_x || y >= corners_y || z >= corners_z) continue;
            if (is_elsewhere(along_x, x) || is_elsewhere(along_y, y) || is_elsewhere(along_z, z)) continue;
            const int digits = digit_at(odd_x, along_x, x) + PLACE_Y * digit_at(odd_y, along_y, y) +
                               PLACE_Z * digit_at(odd_z, along_z, z);
            result[c] += share * (digits ? weights[(digits - 1) * weights_stride + there] : 1);
        }
    }
    for (int c = 0; c < 8; c++) {
        const int x = c & 1, y = (c >> 1) & 1, z = c >> 2;
        if (x >= corners_x || y >= corners_y || z >= corners_z) continue;
        const int digits = (odd_x ? 1 + x : 0) + PLACE_Y * (odd_y ? 1 + y : 0) + PLACE_Z * (odd_z ? 1 + z : 0);
        weights[(digits - 1) * weights_stride + element(cell, coarse)] = result[c];
    }
    lost[here] = free ? loss / total : 1;
}

/* The fine nodes near a coarse one along an axis: their indices from two before to two behind, -1 where there are none;
 * their cells; and their codes for the coarse node before, this one, and the one behind. */
typedef struct {
    int index[5], cell[5], digit[5][3];
} near_t;

static inline void near_axis(near_t *near, int to, int coarsened, int fine_nodes, int coarse_nodes, int periodic)
{
    const int coarse_own = coarse_nodes - (periodic ? 1 : 0), fine_own = fine_nodes - (periodic ? 1 : 0);
    for (int e = 0; e < 5; e++) {
        int i = (coarsened ? 2 * to : to) + e - 2;
        if (periodic) i = (i + fine_own) % fine_own;
        if (i < 0 || i >= fine_own) i = -1;
        near->index[e] = i;
        near->cell[e] = coarsened && i > 0 ? i / 2 : i;
        for (int d = 0; d < 3; d++) {
            int other = to + d - 1;
            if (periodic) other = (other + coarse_own) % coarse_own;
            /* along an axis that is not coarsened by steps, which are right however few nodes there are */
            near->digit[e][d] = i < 0 || other < 0 || other >= coarse_own ? -1
                                : !coarsened                              ? (e - 2 == d - 1 ? 0 : -1)
                                                                          : digit_of(i, other, coarse_own, periodic);
        }
    }
}

#if DIM == 2 && AXES == 3
/* near_t away from the sides: known when compiled, so that nothing is asked at each node. */
static inline int inner_digit(int e, int d)
{
    if (e % 2 == 0) return (e - 2) / 2 == d - 1 ? 0 : -1;
    return (e == 1 && d == 0) || (e == 3 && d == 1) ? 1 : (e == 1 && d == 1) || (e == 3 && d == 2) ? 2 : -1;
}

/* What coarsen_inner() reads, at a coarse node and the fine one that it is: weights and losses, and the operator. */
typedef struct {
    __global const REAL *weights, *lost, *x, *y, *leaks, *couplings;
    size_t weights_stride, stride;
    long width, coarse_width;
} patch_t;

static inline patch_t patch_at(__global const REAL *weights, __global const REAL *lost, const layout_t at,
                               const layout_t coarse, size_t weights_stride, const network_t network,
                               __global const REAL *couplings, size_t stride, int cx, int cy)
{
    patch_t patch;
    const size_t to = element(node_of(cx, cy, 0), coarse), fine = element(node_of(2 * cx, 2 * cy, 0), at);
    const size_t here = fine - at.origin;
    patch.weights = weights + to;
    patch.lost = lost + fine;
    patch.x = NETWORK ? network.x + here : lost;
    patch.y = NETWORK ? network.y + here : lost;
    patch.leaks = !NETWORK ? couplings + CENTRE * stride + fine : HAS_SHUNT ? network.shunt + here : lost;
    patch.couplings = NETWORK ? lost : couplings + fine;
    patch.weights_stride = weights_stride;
    patch.stride = stride;
    patch.width = (long)at.width;
    patch.coarse_width = (long)coarse.width;
    return patch;
}

/* The coupling of the fine node at (x, y) to the one at an offset, g of an edge once. */
static inline REAL edge_at(const patch_t patch, long i, int x, int y, int code)
{
    const int along_x = ALONG(code, 0), along_y = ALONG(code, 1), back = code < CENTRE;
    const long from = 2 * i + (y + back * along_y) * patch.width + x + back * along_x;
    if (NETWORK && along_x * along_y != 0) return 0;
    if (NETWORK) return along_x != 0 ? patch.x[from] : patch.y[from];
    return patch.couplings[(back ? CENTRE - 1 - code : code - CENTRE - 1) * patch.stride + from];
}

/* As coarsen_node() does it, for node i of a row behind the one that the patch is of, with all neighbours: the diagonal
 * and half the couplings to `sums`, and the leak. */
__attribute__((always_inline)) static inline void coarsen_inner(const patch_t patch, long i, REAL *sums, REAL *drain)
{
    REAL weight[5][25], near_lost[25];
#pragma unroll
    for (int s = 0; s < 25; s++) {
        const int x = s % 5, y = s / 5;
        const long cell = i + ((y + 2) / 2 - 2) * patch.coarse_width + (x + 2) / 2 - 2;
        near_lost[s] = patch.lost[2 * i + (y - 2) * patch.width + x - 2];
#pragma unroll
        for (int h = 0; h < 5; h++) {
            const int digit_x = inner_digit(x, (4 + h) % 3), digit_y = inner_digit(y, (4 + h) / 3);
            const int digits = digit_x + 3 * digit_y;
            const int none = (digit_x < 0) | (digit_y < 0);
            weight[h][s] = none ? 0 : digits == 0 ? 1 : patch.weights[(digits - 1) * patch.weights_stride + cell];
        }
    }
#pragma unroll
    for (int inside = 0; inside < 9; inside++) {
        const int x = inside % 3 - 1, y = inside / 3 - 1, s = 5 * (y + 2) + x + 2;
        if (!NETWORK || HAS_SHUNT) {
            const REAL own = patch.leaks[2 * i + y * patch.width + x] * weight[0][s];
            *drain += own * (1 - near_lost[s]);
#pragma unroll
            for (int h = 0; h < 5; h++) sums[h] += own * weight[h][s];
        }
#pragma unroll
        for (int code = 0; code < 9; code++) {
            const int to_x = x + ALONG(code, 0), to_y = y + ALONG(code, 1), t = 5 * (to_y + 2) + to_x + 2;
            const int within = (to_x * to_x <= 1) & (to_y * to_y <= 1); /* an edge that is met from both ends */
            if (code == CENTRE || (within && code < CENTRE)) continue;
            const REAL g = edge_at(patch, i, x, y, code) * (weight[0][s] - weight[0][t]);
            *drain += g * (near_lost[t] - near_lost[s]);
#pragma unroll
            for (int h = 0; h < 5; h++) sums[h] += g * (weight[h][s] - weight[h][t]);
        }
    }
}
#endif

/*
 * The coarse operator, by energies: sum over fine edges of g (difference of the weights for one coarse node) (for the
 * other), so that nothing is left of strong couplings between nodes that move together.
 */
static inline void coarsen_node(__global const REAL *weights, __global const REAL *lost, const layout_t at,
                                const layout_t coarse, ulong weights_stride, __global REAL *coarse_couplings,
                                __global REAL *coarse_inverse, ulong coarse_stride, int cx, int cy,
                                int cz OPERATOR_PARAMETERS)
{
    OPERATOR
    enum { HALF = POINTS / 2, PATCH = DIM == 3 ? 125 : 25 };
    const size_t to = element(node_of(cx, cy, cz), coarse);
    near_t near_x, near_y, near_z;
    near_axis(&near_x, PERIODIC_X && cx == (int)coarse.nx - 1 ? 0 : cx, COARSENED(0), (int)at.nx, (int)coarse.nx,
              PERIODIC_X);
    near_axis(&near_y, PERIODIC_Y && cy == (int)coarse.ny - 1 ? 0 : cy, COARSENED(1), (int)at.ny, (int)coarse.ny,
              PERIODIC_Y);
    near_axis(&near_z, PERIODIC_Z && cz == (int)coarse.nz - 1 ? 0 : cz, COARSENED(2), (int)at.nz, (int)coarse.nz,
              PERIODIC_Z);

    /* Weights of all fine nodes near for this coarse node (0) and for those of the stored half, and their losses. */
    REAL patch[HALF + 1][PATCH], near_lost[PATCH];
    for (int s = 0; s < PATCH; s++) {
        const int x = s % 5, y = s / 5 % 5, z = DIM == 3 ? s / 25 : 2;
        const int inside = (near_x.index[x] >= 0) & (near_y.index[y] >= 0) & (near_z.index[z] >= 0);
        const size_t cell =
            inside ? element(node_of(near_x.cell[x], near_y.cell[y], DIM == 3 ? near_z.cell[z] : 0), coarse) : 0;
        near_lost[s] =
            inside ? lost[element(node_of(near_x.index[x], near_y.index[y], DIM == 3 ? near_z.index[z] : 0), at)] : 0;
        for (int h = 0; h <= HALF; h++) {
            const int code = CENTRE + h;
            const int digit_x = near_x.digit[x][code % 3], digit_y = near_y.digit[y][code / 3 % 3];
            const int digit_z = DIM == 3 ? near_z.digit[z][code / 9] : 0;
            const int digits = digit_x + PLACE_Y * digit_y + PLACE_Z * digit_z;
            const int none = !inside | (digit_x < 0) | (digit_y < 0) | (digit_z < 0);
            patch[h][s] = none ? 0 : digits == 0 ? 1 : weights[(digits - 1) * weights_stride + cell];
        }
    }

    REAL sums[HALF + 1], drain = 0; /* the diagonal, then couplings */
    for (int h = 0; h <= HALF; h++) sums[h] = 0;
    const int reach_x = COARSENED(0), reach_y = COARSENED(1), reach_z = DIM == 3 && COARSENED(2);
    for (int z = -reach_z; z <= reach_z; z++)
        for (int y = -reach_y; y <= reach_y; y++)
            for (int x = -reach_x; x <= reach_x; x++) {
                const int s = (DIM == 3 ? 25 * (z + 2) : 0) + 5 * (y + 2) + x + 2;
                const node_t p = node_of(near_x.index[x + 2], near_y.index[y + 2], DIM == 3 ? near_z.index[z + 2] : 0);
                if (p.x < 0 || p.y < 0 || p.z < 0) continue;
                const REAL own = leak(network, couplings, stride, p, at) * patch[0][s];
                drain += own * (1 - near_lost[s]);
                for (int h = 0; h <= HALF; h++) sums[h] += own * patch[h][s];
                for (int code = 0; code < POINTS; code++) {
                    const int to_x = x + ALONG(code, 0), to_y = y + ALONG(code, 1);
                    const int to_z = DIM == 3 ? z + ALONG(code, 2) : 0;
                    const int t = (DIM == 3 ? 25 * (to_z + 2) : 0) + 5 * (to_y + 2) + to_x + 2;
                    const node_t n = node_at(p, code, at);
                    if (code == CENTRE || n.x < 0) continue;
                    /* An edge between two nodes of the loops is met twice. */
                    const int twice = abs(to_x) <= reach_x && abs(to_y) <= reach_y && abs(to_z) <= reach_z;
                    const REAL g = (twice ? (REAL)0.5 : (REAL)1) *
                                   coupling(network, couplings, stride, p, n, code, at) * (patch[0][s] - patch[0][t]);
                    if (g == 0) continue;
                    drain += g * (near_lost[t] - near_lost[s]);
                    for (int h = 0; h <= HALF; h++) sums[h] += g * (patch[h][s] - patch[h][t]);
                }
            }
    for (int h = 1; h <= HALF; h++) coarse_couplings[(h - 1) * coarse_stride + to] = -sums[h];
    coarse_couplings[HALF * coarse_stride + to] = drain;
    const node_t same = node_of(near_x.index[2], near_y.index[2], DIM == 3 ? near_z.index[2] : 0);
    const int held = inverse[element(same, at)] == 0;
    coarse_inverse[to] = held || !(sums[0] > 0) ? 0 : 1 / sums[0];
}
