/* SPDX-License-Identifier: MIT */
/* The picture or array of cells that a problem file names. */
#ifndef CLP_IO_DECLARE_PICTURE_H
#define CLP_IO_DECLARE_PICTURE_H

#include "io/image.h"
#include "io/inputs.h"

typedef struct clp_picture {
    size_t dimensions, cells[CLP_AXES]; /* along x, y, z; dimensions is 0 without a picture */
    clp_pixels pixels;
    clp_array array; /* values is NULL where it is a picture */
} clp_picture;

/* Reads the file, if the problem file names one. The caller finishes *picture, also after an error. Errors:
 * CLP_ERROR_INPUT, CLP_ERROR_FILE, CLP_ERROR_MEMORY, CLP_ERROR_UNSUPPORTED. */
clp_status clp_picture_read(const clp_inputs *inputs, const clp_declaration *declaration,
                            clp_picture *picture);

void clp_picture_finish(clp_picture *picture);

/* Gives the cells of a problem, whose grid fits, the materials that the colours stand for. Errors:
 * CLP_ERROR_INPUT, CLP_ERROR_MEMORY. */
clp_status clp_picture_apply(const clp_picture *picture, const clp_declaration *declaration,
                             const clp_tree *root, clp_problem *problem);

#endif
