/* SPDX-License-Identifier: MIT */
/* From the tree of a problem file to what it declares, and from there to a problem. */
#ifndef CLP_IO_DECLARE_H
#define CLP_IO_DECLARE_H

#include "io/inputs.h"
#include "io/values.h"

#include <clpoisson/ranks.h>

/* Reads every key of the tree. *declaration refers to texts of the tree; the caller finishes it, also after
 * an error. Errors: CLP_ERROR_INPUT, CLP_ERROR_MEMORY. */
clp_status clp_declaration_read(const clp_tree *root, clp_declaration *declaration);

void clp_declaration_finish(clp_declaration *declaration);

/* Who has which part of the grid; without ranks it stays whole. */
typedef struct clp_sharing {
    clp_ranks *ranks;
    size_t parts[CLP_AXES]; /* wanted along each axis; all 0: any */
} clp_sharing;

/* Makes the problem, which the caller owns, and reads the files that it names; `path` is the problem file.
 * Errors: CLP_ERROR_INPUT, CLP_ERROR_FILE, CLP_ERROR_MEMORY, CLP_ERROR_UNSUPPORTED. */
clp_status clp_declaration_build(const clp_tree *root, const clp_declaration *declaration, const char *path,
                                 const clp_sharing *sharing, clp_input_list *found, clp_problem **problem);

/* A map being read: its key as the table spells it and as the file does ("" at the top). */
typedef struct clp_level {
    const char *group, *path;
    const clp_tree *map;
    void *base; /* what the offsets of the rows below count from */
} clp_level;

clp_status clp_level_read(const clp_level *level);

/* Readers of keys that have others below or beside them. */
clp_status clp_side_read(const clp_key_value *value);
clp_status clp_side_read_held(const clp_key_value *value);
clp_status clp_side_read_flux(const clp_key_value *value);
clp_status clp_side_read_transfer(const clp_key_value *value);
clp_status clp_side_read_ambient(const clp_key_value *value);
clp_status clp_axis_read(const clp_key_value *value);
clp_status clp_regions_read(const clp_key_value *value);
clp_status clp_colors_read(const clp_key_value *value);
clp_status clp_probes_read(const clp_key_value *value);

/* What regions say together: names. */
clp_status clp_regions_check(const clp_declaration *declaration);

/* What the keys of time say together, and with outputs. */
clp_status clp_time_check(const clp_tree *root, const clp_declaration *declaration);

/* What sides and axes say together. */
clp_status clp_sides_check(const clp_declaration *declaration);

/* A region without its shape; texts are the tree's. */
clp_region clp_region_of(const clp_given_region *given);

/* The shape of a region in a box of so many dimensions. Its points, if any, are the caller's to free.
 * Errors: CLP_ERROR_INPUT, CLP_ERROR_MEMORY. */
clp_status clp_shape_declared(const clp_given_region *given, int dimensions, clp_shape *shape);

/* The grid; `cells` along each of the `dimensions` axes (0: there is no picture) come from the picture. */
clp_status clp_grid_declared(const clp_declaration *declaration, size_t dimensions, const size_t *cells,
                             clp_grid *grid);

#endif
