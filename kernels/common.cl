/* SPDX-License-Identifier: MIT */
/*
 * What every kernel shares: the type, the layout of a field, the stencil's sides. Parameters are macros with defaults,
 * so that each file also compiles on its own.
 *
 * WIDTH        elements from row to row of a field (its pitch)
 * REAL         float or double
 * HAS_SOURCE   1 if there is a source term q
 * HELD         bits 0 to 3: left, right, bottom, top side is held; the others are insulated
 *
 * A field argument points at node (0, 0). Node (j, i) is element j * WIDTH + i. All indices are size_t: fields may have
 * more than 2^31 nodes.
 */
#ifndef WIDTH
#define WIDTH 64
#endif
#ifndef REAL
#define REAL float
#endif
#ifndef HAS_SOURCE
#define HAS_SOURCE 0
#endif
#ifndef HELD
#define HELD 15
#endif

#ifdef USE_FP64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif

#define HELD_LEFT ((HELD & 1) != 0)
#define HELD_RIGHT ((HELD & 2) != 0)
#define HELD_BOTTOM ((HELD & 4) != 0)
#define HELD_TOP ((HELD & 8) != 0)

/* Whether node (j, i) of an nx x ny grid keeps its value. */
static inline int is_held(size_t i, size_t j, size_t nx, size_t ny)
{
    return (HELD_LEFT & (i == 0)) | (HELD_RIGHT & (i == nx - 1)) | (HELD_BOTTOM & (j == 0)) | (HELD_TOP & (j == ny - 1));
}

/*
 * Mean of the four neighbours of node (j, i), weighted by their share x, y of the diagonal. Outside an insulated side
 * stands the mirror image of the node inside.
 */
static inline REAL neighbours(__global const REAL *u, size_t i, size_t j, size_t nx, size_t ny, REAL x, REAL y)
{
    __global const REAL *row = u + j * WIDTH;
    __global const REAL *south = j == 0 ? row + WIDTH : row - WIDTH;
    __global const REAL *north = j == ny - 1 ? row - WIDTH : row + WIDTH;
    REAL west = row[i == 0 ? 1 : i - 1], east = row[i == nx - 1 ? i - 1 : i + 1];
    return x * (west + east) + y * (south[i] + north[i]);
}

/* Weights of a sweep w: keep = 1 - w; x, y = w times the shares of the diagonal; source = w / D. */
typedef struct {
    REAL keep, x, y, source;
} weights_t;

/* v = u + w / D (q - A u) at node (j, i); a held node is copied. The fields point at node (0, 0). */
static inline void sweep_node(__global const REAL *u, __global REAL *v, __global const REAL *q, size_t i, size_t j,
                              size_t nx, size_t ny, const weights_t w)
{
    const size_t index = j * WIDTH + i;
    if (is_held(i, j, nx, ny)) {
        v[index] = u[index];
        return;
    }
    REAL value = w.keep * u[index] + neighbours(u, i, j, nx, ny, w.x, w.y);
#if HAS_SOURCE
    value += w.source * q[index];
#endif
    v[index] = value;
}
