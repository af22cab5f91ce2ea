/* SPDX-License-Identifier: MIT */
/*
 * Several sweeps in one pass over memory in three dimensions, for devices that run one work-item as a vectorised loop
 * (CPUs): the pipeline of sweep_rows.cl, with planes in place of rows, as they lie. A work-item owns a tile of `columns` x
 * `rows` x `planes` nodes and streams planes of it from front to back; stage k keeps the last two planes of what went in and
 * lets out one with a sweep more, in the place of the one before them. Tiles overlap by a halo of `count` nodes along y and
 * z, and along x where there are several of them in a row.
 *
 * A plane of a tile is rows of `pitch` values, PLANE of them at most; what is beyond the columns is of no use. Sources and
 * conductances are read where they are, `count` times each while they are in the cache. Rows and planes outside an insulated
 * or periodic side are computed as the nodes that they stand for; those beyond a held side, or outside a network, whose edges
 * end there, keep any value. Along x the neighbours outside are filled in after each sweep. The host sees to count <=
 * STAGES, to more than count + 1 nodes along an axis with an insulated or periodic side, and to whole rows or count = 1
 * where x is periodic.
 *
 * With SMOOTH it is most of half a multigrid cycle (OTHER: the type of the field total), without a network, with whole rows
 * where x is periodic:
 *
 * DOWN  the first sweep from 0 is done as planes come in: u is `begin_factor` q
 * UP    the coarse field is interpolated and added to u as planes come in; where `added`, factor v is added to the field
 *       total in place of being stored
 */
#define STAGES 4
#ifndef PLANE
#define PLANE 32768
#endif
#define MARGIN 16 /* before and behind a row */

#define DOWN 1
#define UP 2

typedef struct {
    weights_t of[STAGES];
} plane_weights_t;

/* The rows of a stage around one. */
typedef struct {
    REAL *centre, *south, *north, *below, *above;
} planes_t;

#define RING_PARAMETERS                                                                                                \
    const REAL *restrict u, const REAL *restrict west, const REAL *restrict east, const REAL *restrict south,          \
        const REAL *restrict north, const REAL *restrict above, __global const REAL *restrict q
#define RING_AT(p, q, i)                                                                                               \
    (p).centre + (i), (p).centre + (i)-1, (p).centre + (i) + 1, (p).south + (i), (p).north + (i), (p).above + (i), (q)
#if HAS_SOURCE
#define OF_SOURCE +source *q[i]
#else
#define OF_SOURCE
#endif
#if NETWORK
#define SWEPT u[i] + keep *inverse[i] * (FLOW OF_SOURCE)
#else
#define SWEPT keep *u[i] + NEIGHBOURS OF_SOURCE
#endif
/* Where COLORED: the nodes where i + phase is even. */
#if COLORED
#define SWEPT_IF_TAKEN ((i ^ phase) & 1 ? u[i] : SWEPT)
#else
#define SWEPT_IF_TAKEN SWEPT
#endif

/* In the place of the row below. */
WIDE_FUNCTION plane_row(REAL *restrict below, RING_PARAMETERS, COEFFICIENT_PARAMETERS, REAL keep, REAL source, int phase,
                        int count)
{
    WIDE_LOOP
    for (int i = 0; i < count; i++) below[i] = SWEPT_IF_TAKEN;
}

WIDE_FUNCTION plane_row_store(__global REAL *restrict out, const REAL *restrict below, RING_PARAMETERS,
                              COEFFICIENT_PARAMETERS, REAL keep, REAL source, int phase, int count)
{
    WIDE_LOOP
    for (int i = 0; i < count; i++) out[i] = SWEPT_IF_TAKEN;
}

#if SMOOTH
ROW_FUNCTION load_scaled(REAL *restrict out, __global const REAL *restrict in, REAL factor, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) out[i] = factor * in[i];
}

WIDE_FUNCTION plane_row_add(__global OTHER *restrict total, OTHER factor, const REAL *restrict below, RING_PARAMETERS,
                            COEFFICIENT_PARAMETERS, REAL keep, REAL source, int count)
{
    WIDE_LOOP
    for (int i = 0; i < count; i++) total[i] += factor * (OTHER)(SWEPT);
}

ROW_FUNCTION add_to_total(__global OTHER *restrict total, const REAL *restrict in, OTHER factor, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) total[i] += factor * (OTHER)in[i];
}

/* Adds the correction to columns [begin, begin + width) of fine row (k, j); `line` is room for the coarse row there. */
static void add_correction(REAL *row, REAL *line, __global const REAL *coarse, const layout_t at, const layout_t to,
                           __global const uint *index, __global const REAL *weight, size_t begin, size_t j, size_t k,
                           int width, int nested)
{
    const tables_t t = tables_of(at, to);
    const int even = nested & !(begin & 1);
    const size_t base = even ? begin / 2 : index[t.below_x + begin]; /* not the same at the last node */
    const int span = (int)(index[t.below_x + begin + width - 1] - base) + 2;
    const REAL part = weight[t.below_y + j], above = weight[t.below_z + k];
    __global const REAL *low = coarse + element_of(base, index[t.below_y + j], index[t.below_z + k], to);
    mix_rows(line, low, low + to.width, part, span);
    blend_rows(line, low + to.plane, low + to.plane + to.width, part, above, span);
    if (even)
        interpolate_nested(row, line, width);
    else
        interpolate_row(row, line, index + t.below_x + begin, weight + t.below_x + begin, (int)base, width);
}
#endif

/* Whether a row or plane keeps its values: on a held side or beyond, or outside a network. */
static inline int keeps(long i, size_t nodes, int periodic, int low_held, int high_held)
{
    if (NETWORK) return !periodic & ((i < 0) | (i >= (long)nodes));
    return (low_held & (i <= 0)) | (high_held & (i >= (long)nodes - 1));
}

/* The neighbours of a row outside the box, along x; `row` points at node 0, if `low`, and node nx - 1 is in it, if `high`.
 */
static inline void fill_ends(REAL *row, long nx, int low, int high)
{
    if (low) row[-1] = PERIODIC_X ? row[nx - 2] : row[1];
    if (high) row[nx] = PERIODIC_X ? row[1] : row[nx - 2];
}

/* Node 0 of a row of a network: no edge ends there from the west but on a periodic axis. */
static inline REAL first_of_row(const planes_t p, __global const REAL *q, const coefficients_t c, long nx, REAL keep,
                                REAL source)
{
#if NETWORK
    const REAL centre = p.centre[0];
    REAL r = (PERIODIC_X ? c.gx[nx - 2] : 0) * (p.centre[-1] - centre) + c.gx[0] * (p.centre[1] - centre) +
             c.has_south * c.gy_south[0] * (p.south[0] - centre) + c.gy[0] * (p.north[0] - centre) +
             c.has_below * c.gz_below[0] * (p.below[0] - centre) + c.gz[0] * (p.above[0] - centre);
#if HAS_SHUNT
    r -= c.shunt[0] * centre;
#endif
#if HAS_SOURCE
    r += source * q[0];
#endif
    return centre + keep * c.inverse[0] * r;
#else
    return 0;
#endif
}

#if SMOOTH
__kernel void smooth_planes(__global const REAL *restrict u, __global REAL *restrict v, __global const REAL *restrict q,
                            const layout_t at, int columns, int rows, ulong planes, int count,
                            const plane_weights_t weights, int way, REAL begin_factor,
                            __global const REAL *restrict coarse, const layout_t to, __global const uint *restrict index,
                            __global const REAL *restrict weight, int nested, __global OTHER *restrict total,
                            const layout_t whole, OTHER factor, int added)
#else
__kernel void sweep_planes(__global const REAL *restrict u, __global REAL *restrict v, __global const REAL *restrict q,
                           const layout_t at, int columns, int rows, ulong planes, int count,
                           const plane_weights_t weights NETWORK_PARAMETERS)
#endif
{
    const long nx = (long)at.nx, ny = (long)at.ny, nz = (long)at.nz;
    const long x0 = (long)get_global_id(0) * columns, y0 = (long)get_global_id(1) * rows,
               z0 = (long)get_global_id(2) * (long)planes;
    if (x0 >= nx || y0 >= ny || z0 >= nz) return;
    const long x1 = min(x0 + columns, nx), y1 = min(y0 + rows, ny), z1 = min(z0 + (long)planes, nz);
    const long begin = max(x0 - count, 0L), end = min(x1 + count, nx); /* columns that are computed */
    const int width = (int)(end - begin), span = (width + WHOLE - 1) / WHOLE * WHOLE, pitch = span + 2 * MARGIN;
    const int deep = (int)(y1 - y0) + 2 * count;
    const int low = begin == 0, high = end == nx;
#if SMOOTH
    const network_t network = {0};
    REAL line[PLANE / 8 + 2 * MARGIN] __attribute__((aligned(64)));
#else
    const network_t network = NETWORK_OF(at.origin);
#endif
    REAL planes_in_use[2 * STAGES + 1][PLANE] __attribute__((aligned(64)));
    REAL *kept[STAGES + 1][2], *passing = planes_in_use[0]; /* by the stages from 1 on: below and centre */
    for (int k = 1; k <= count; k++) kept[k][0] = planes_in_use[2 * k - 1], kept[k][1] = planes_in_use[2 * k];
    u += at.origin;
    v += at.origin;
    q += at.origin;
    for (int p = 0; p < 2 * count + 1; p++)
        for (int n = 0; n < deep * pitch; n++) planes_in_use[p][n] = 0;

    /* Step t brings in plane z0 - count + t; stage k then makes plane z0 - count + t - k. */
    const long first = z0 - count, steps = z1 + count - first;
    for (long t = 0; t < steps; t++) {
        const size_t from = stands_for(first + t, at.nz, PERIODIC_Z, NETWORK | HELD_FRONT, NETWORK | HELD_BACK);
        for (int r = 0; r < deep; r++) {
            const size_t j = stands_for(y0 - count + r, at.ny, PERIODIC_Y, NETWORK | HELD_BOTTOM, NETWORK | HELD_TOP);
            __global const REAL *in = u + node_index(0, j, from, at);
            REAL *row = passing + r * pitch + MARGIN;
#if SMOOTH
            load_scaled(row, in + begin, way == DOWN ? begin_factor : 1, width);
            if (way == UP)
                add_correction(row, line, coarse, at, to, index, weight, (size_t)begin, j, from, width, nested);
            fill_ends(row - begin, nx, low, high);
#else
            load_row(row, in + begin, width);
            if (low) row[-1] = in[PERIODIC_X ? nx - 2 : 1];
            if (high) row[width] = in[PERIODIC_X ? 1 : nx - 2];
#endif
        }
        /* Asked for row by row while there are sweeps to do: what the next step brings in, and where the last stage lets
         * out, which stores would wait for. */
        const size_t next = stands_for(first + t + 1, at.nz, PERIODIC_Z, NETWORK | HELD_FRONT, NETWORK | HELD_BACK);
        __global const REAL *coming = u + node_index((size_t)begin, 0, next, at);
        const long out_of = first + t - count;
        __global const REAL *leaving = out_of >= z0 ? v + node_index((size_t)x0, 0, (size_t)out_of, at) : 0;
        size_t leaving_width = at.width; /* in REALs */
        int leaving_count = (int)(x1 - x0);
#if SMOOTH
        if (leaving && added) {
            const int size = (int)(sizeof(OTHER) / sizeof(REAL)); /* 0: a field in single precision, which is left alone */
            leaving = (__global const REAL *)(total + element_of((size_t)x0, 0, (size_t)out_of, whole));
            leaving_width = whole.width * size;
            leaving_count *= size;
        }
#endif
        for (int k = 1; k <= count; k++) {
            const long z = first + t - k;
            REAL *const plane_below = kept[k][0], *const centre = kept[k][1], *const above = passing;
            kept[k][0] = centre;
            kept[k][1] = above;
            passing = plane_below;
            if (t < 2 * k) break; /* its first planes: nothing is let out */
            const weights_t w = weights.of[k - 1];
            const int keeps_plane = keeps(z, at.nz, PERIODIC_Z, HELD_FRONT, HELD_BACK);
            const size_t inner = stands_for(z, at.nz, PERIODIC_Z, NETWORK | HELD_FRONT, NETWORK | HELD_BACK);
            for (int r = k; r < deep - k; r++) {
                const long y = y0 - count + r;
                const int phase = (int)((z + y + k - 1) & 1); /* of column 0 */
                const int first_taken = NETWORK & !(COLORED & phase);
                const int keeps_row = keeps_plane | keeps(y, at.ny, PERIODIC_Y, HELD_BOTTOM, HELD_TOP);
                const size_t j = stands_for(y, at.ny, PERIODIC_Y, NETWORK | HELD_BOTTOM, NETWORK | HELD_TOP);
                if (k == 1) prefetch_values(coming + j * at.width, width);
                if (k == count - 1 && leaving && r >= count && r < deep - count)
                    prefetch_values(leaving + (size_t)y * leaving_width, leaving_count);
                const coefficients_t c = coefficients_of(network, j, inner, at, w.x, w.y, w.z);
                __global const REAL *source = q + node_index(0, j, inner, at);
                planes_t p;
                p.centre = centre + r * pitch + MARGIN;
                p.south = p.centre - pitch;
                p.north = p.centre + pitch;
                p.below = plane_below + r * pitch + MARGIN;
                p.above = above + r * pitch + MARGIN;
                const REAL first_value = first_taken & low ? first_of_row(p, source, c, nx, w.keep, w.source) : 0;
                if (k < count) {
                    REAL *out = p.below;
                    if (keeps_row) {
                        copy_row(out, p.centre, span);
                    } else {
                        plane_row(out, RING_AT(p, source + begin, 0), COEFFICIENTS_AT(c, begin), w.keep, w.source,
                                  phase ^ (int)(begin & 1), span);
                        if (first_taken & low) out[0] = first_value;
                        if (!NETWORK & HELD_LEFT & low) out[0] = p.centre[0];
                        if (!NETWORK & HELD_RIGHT & high) out[width - 1] = p.centre[width - 1];
                    }
                    fill_ends(out - begin, nx, low, high);
                } else {
                    __global REAL *out = v + node_index((size_t)x0, (size_t)y, (size_t)z, at);
                    const int skip = (int)(x0 - begin), stored = (int)(x1 - x0);
#if SMOOTH
                    if (added) {
                        __global OTHER *sum = total + element_of((size_t)x0, (size_t)y, (size_t)z, whole);
                        const int ahead = HELD_LEFT & (x0 == 0), behind = stored - (HELD_RIGHT & (x1 == nx));
                        const int inner = ahead + skip;
                        if (keeps_row) {
                            add_to_total(sum, p.centre + skip, factor, stored);
                            continue;
                        }
                        plane_row_add(sum + ahead, factor, p.below + inner, RING_AT(p, source + x0 + ahead, inner),
                                      COEFFICIENTS_AT(c, x0), w.keep, w.source, behind - ahead);
                        if (ahead) sum[0] += factor * (OTHER)p.centre[skip];
                        if (behind < stored) sum[behind] += factor * (OTHER)p.centre[skip + behind];
                        continue;
                    }
#endif
                    if (keeps_row) {
                        store_row(out, p.centre + skip, stored);
                    } else {
                        plane_row_store(out, p.below + skip, RING_AT(p, source + x0, skip), COEFFICIENTS_AT(c, x0), w.keep, w.source,
                                        phase ^ (int)(x0 & 1), stored);
                        if (first_taken & (x0 == 0)) out[0] = first_value;
                        if (!NETWORK & HELD_LEFT & (x0 == 0)) out[0] = p.centre[0];
                        if (!NETWORK & HELD_RIGHT & (x1 == nx)) out[stored - 1] = p.centre[skip + stored - 1];
                    }
                }
            }
        }
    }
}
