/* SPDX-License-Identifier: MIT */
/* Planes of a field, each a two-dimensional field of its own. */
#ifndef CLP_IO_PICTURE_PLANE_H
#define CLP_IO_PICTURE_PLANE_H

#include <clpoisson/output.h>

/* Arrays are [row][column], rows growing with the upright axis. They belong to the plane, or to the field
 * where that is two-dimensional. */
typedef struct clp_plane {
    clp_grid grid;           /* of two dimensions: the axis across the picture, then the upright one */
    char letters[2];         /* of these axes */
    char where[160];         /* "z = 0.5"; empty where the field has no other plane */
    const double *values;    /* on nodes */
    const double *flux;      /* vectors on nodes; NULL: none to draw */
    const uint16_t *regions; /* ids of cells; NULL: none */
    double *own_values, *own_flux;
    uint16_t *own_regions;
} clp_plane;

/* The plane of a two-dimensional field. After an error as well, the caller ends with clp_plane_finish. */
clp_status clp_plane_of_field(const clp_grid *grid, const double *values, const clp_picture_options *options,
                              clp_plane *plane);

/* The plane that lies across an axis of a three-dimensional field: at a node, or halfway to the next one. */
clp_status clp_plane_across(const clp_grid *grid, const double *values, const clp_picture_options *options,
                            int across, size_t node, bool halfway, clp_plane *plane);

void clp_plane_finish(clp_plane *plane);

#endif
