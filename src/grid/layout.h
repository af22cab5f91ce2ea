/* SPDX-License-Identifier: MIT */
/* How the nodes of a grid lie in a buffer of a backend. */
#ifndef CLP_GRID_LAYOUT_H
#define CLP_GRID_LAYOUT_H

#include <clpoisson/grid.h>

/* Rows start at 64 bytes, the width of a cache line and of the widest vector. */
enum { CLP_ALIGNMENT = 64 };

/*
 * Node (j, i) is element origin + j * pitch + i. A ghost layer of `ghost` nodes stands around the nodes, so
 * that a neighbour's address is valid everywhere. What lies outside a side of the domain is never read as a
 * value: the kernels mirror or hold by index. The layer is the place for halos of neighbouring parts.
 */
typedef struct clp_layout {
    size_t nodes[CLP_AXES];
    size_t ghost;
    size_t pitch;  /* elements from row to row; a multiple of CLP_ALIGNMENT bytes */
    size_t origin; /* element of node (0, 0); aligned */
    size_t bytes;  /* of a whole buffer */
    size_t element_bytes;
} clp_layout;

/* Lays out a checked grid. CLP_ERROR_MEMORY if the buffer's size does not fit size_t. */
clp_status clp_layout_init(clp_layout *layout, const clp_grid *grid, size_t element_bytes);

#endif
