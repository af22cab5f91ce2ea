/* SPDX-License-Identifier: MIT */
/* The picture or array of cells that a problem file names. */
#ifndef CLP_IO_DECLARE_PICTURE_H
#define CLP_IO_DECLARE_PICTURE_H

#include "io/image.h"
#include "io/inputs.h"

typedef struct clp_picture {
    size_t dimensions, cells[CLP_AXES]; /* along x, y, z; dimensions is 0 without a picture */
    char *path;
    bool is_array; /* else a PNG */
} clp_picture;

/* Finds how many cells the file has, if the problem file names one. The caller finishes *picture, also after
 * an error. Errors: CLP_ERROR_INPUT, CLP_ERROR_FILE, CLP_ERROR_MEMORY, CLP_ERROR_UNSUPPORTED. */
clp_status clp_picture_measure(const clp_inputs *inputs, const clp_declaration *declaration,
                               clp_picture *picture);

void clp_picture_finish(clp_picture *picture);

/* Reads the cells of a problem, whose grid fits or is a part of one that does, and gives them the materials
 * that the colours stand for. Errors likewise. */
clp_status clp_picture_apply(const clp_inputs *inputs, const clp_picture *picture,
                             const clp_declaration *declaration, clp_problem *problem);

#endif
