/* SPDX-License-Identifier: MIT */
/* Rows and those around them, for kernels that work through whole rows. */
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
