/* SPDX-License-Identifier: MIT */
/* Writing what `clpoisson solve` was asked for. */
#ifndef APP_WRITE_H
#define APP_WRITE_H

#include <clpoisson/clpoisson.h>

typedef struct app_result {
    const char *problem_path;
    const clp_problem *problem;
    clp_ranks *ranks;               /* NULL: this process alone */
    const clp_solver *solver;       /* of a steady problem, or NULL */
    const clp_transient *transient; /* of one with time, or NULL */
    clp_report report;              /* and the matrix */
    clp_picture_options picture;    /* how to draw, as far as the user says */
    double start;                   /* of the work, by app_now */
} app_result;

/*
 * Every output that can be written is written; errors are said as they come, the first is answered. What
 * could not be written is taken out of `output`.
 */
clp_status app_write_outputs(app_result *result, clp_problem_output *output);

/* A .vti of values and of the flux as it is now. Errors of memory have been said. */
clp_status app_write_vti(const app_result *result, const double *values, const char *path);

/* Nodes along an axis, at most, of what is drawn; several ranks bring no more than that to the first. */
size_t app_drawn_nodes(const app_result *result);

/* The regions of the cells for pictures of that many, NULL where there are none and in all ranks but the
 * first; to be freed. */
clp_status app_drawn_regions(const app_result *result, clp_grid *grid, uint16_t **regions);

/* A picture of a state, with the range of colours of all of them. */
typedef struct app_frame {
    double time, low, high;
    const clp_grid *grid;
    const double *values;
    const uint16_t *regions; /* or NULL */
} app_frame;

/* Draws it into a file or, if there is one, a film. */
clp_status app_draw_frame(const app_result *result, const app_frame *frame, const char *path, clp_film *film);

/* Seconds of a clock that only runs forward. */
double app_now(void);

#endif
