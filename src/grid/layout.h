/* SPDX-License-Identifier: MIT */
/* How the nodes of a grid lie in a buffer of a backend. */
#ifndef CLP_GRID_LAYOUT_H
#define CLP_GRID_LAYOUT_H

#include <clpoisson/grid.h>

/* Rows start at 64 bytes, the width of a cache line and of the widest vector. */
enum { CLP_ALIGNMENT = 64 };

/*
 * Node (k, j, i) is element origin + k * plane + j * pitch + i. A ghost layer of `ghost` nodes stands around
 * the nodes, so that a neighbour's address is valid everywhere. What lies outside a side of the domain is
 * never read as a value: the kernels mirror, wrap or hold by index. The layer is the place for halos of
 * neighbouring parts. A two-dimensional grid is one plane, without ghosts along z.
 */
typedef struct clp_layout {
    size_t nodes[CLP_AXES];                /* nodes[2] is 1 in two dimensions */
    size_t begin[CLP_AXES], end[CLP_AXES]; /* of those that are a part's own: all of a whole grid */
    size_t ghost;
    size_t pitch;  /* elements from row to row; a multiple of CLP_ALIGNMENT bytes */
    size_t plane;  /* elements from plane to plane */
    size_t origin; /* element of node (0, 0, 0); aligned */
    size_t bytes;  /* of a whole buffer */
    size_t element_bytes;
} clp_layout;

/* Some nodes in a row, in some rows and planes. */
typedef struct clp_box {
    size_t first[CLP_AXES], count[CLP_AXES];
} clp_box;

/* Lays out a checked grid. CLP_ERROR_MEMORY if the buffer's size does not fit size_t. */
clp_status clp_layout_init(clp_layout *layout, const clp_grid *grid, size_t element_bytes);

/* A host array over a checked grid: rows and planes without anything between them. */
void clp_layout_init_plain(clp_layout *layout, const clp_grid *grid, size_t element_bytes);

/* Rows of all planes. */
static inline size_t clp_layout_rows(const clp_layout *layout)
{
    return layout->nodes[1] * layout->nodes[2];
}

/* Element of a node. */
static inline size_t clp_layout_node(const clp_layout *layout, size_t i, size_t j, size_t k)
{
    return layout->origin + k * layout->plane + j * layout->pitch + i;
}

/* Element of the first node of a row, counted through all planes. */
static inline size_t clp_layout_row(const clp_layout *layout, size_t row)
{
    return layout->origin + row / layout->nodes[1] * layout->plane + row % layout->nodes[1] * layout->pitch;
}

#endif
