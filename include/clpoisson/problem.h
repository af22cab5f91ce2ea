/* SPDX-License-Identifier: MIT */
/** @file
 * The problem: -div(k grad u) + sigma u = source on a box of two or three dimensions, each side held, fed,
 * cooled, insulated or joined to the opposite one, with regions of other materials and electrodes inside.
 */
#ifndef CLPOISSON_PROBLEM_H
#define CLPOISSON_PROBLEM_H

#include <clpoisson/grid.h>
#include <clpoisson/shape.h>

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct clp_problem clp_problem;

/**
 * A number, an expression in x, y, z, t (see docs/problem-file.md), an array whose shape the function that
 * takes it tells, or a table [rows][2] of times, which grow, and values: straight lines between them, and as
 * the first and the last one before and behind. The first of table, array, expression, number that is not
 * NULL counts. Texts, arrays and tables are copied.
 */
typedef struct clp_value {
    double number;
    const char *expression;
    const double *array;
    const double *table; /**< of what sides do; not of fields */
    size_t rows;
} clp_value;

/** What happens on a side. */
typedef enum clp_boundary_kind {
    CLP_BOUNDARY_INSULATED = 0, /**< no flux: du/dn = 0 */
    CLP_BOUNDARY_VALUE,         /**< u is held (Dirichlet) */
    CLP_BOUNDARY_FLUX,          /**< k du/dn is given, n pointing outward: what enters per area (Neumann) */
    CLP_BOUNDARY_TRANSFER,      /**< k du/dn = transfer (ambient - u) (Robin) */
} clp_boundary_kind;

/** Arrays have the nodes of the side: [nodes along it] in two dimensions, [slower][faster axis] in three. */
typedef struct clp_boundary {
    clp_boundary_kind kind;
    clp_value value;    /**< what u is held at, or the flux */
    clp_value transfer; /**< above or equal to 0 */
    clp_value ambient;
} clp_boundary;

/** What a region sets. */
enum {
    CLP_SETS_VALUE = 1,        /**< u is held: an electrode */
    CLP_SETS_FLOATING = 2,     /**< u is one unknown number and no net flux leaves: a floating conductor */
    CLP_SETS_CONDUCTIVITY = 4, /**< another material; what an earlier region held there is free again */
    CLP_SETS_REACTION = 8,
    CLP_SETS_SOURCE = 16,
    CLP_SETS_CAPACITY = 32, /**< counts in time only */
};

/**
 * A part of the box with properties of its own. `sets` says which of them count. No arrays here. Held shapes
 * are not stairs: where an edge of the grid crosses the outline, the distance to it counts. Other properties
 * belong to the cells whose centre lies in the shape.
 */
typedef struct clp_region {
    const char *name; /**< NULL: named by its number */
    clp_shape shape;
    unsigned sets;
    clp_value value, conductivity, reaction, source, capacity;
} clp_region;

/**
 * Starts a problem on a grid: every side insulated, k = 1, sigma = source = 0, first guess 0. The caller owns
 * *problem. Errors: CLP_ERROR_INPUT (see clp_grid_check), CLP_ERROR_MEMORY.
 */
CLP_API clp_status clp_problem_create(const clp_grid *grid, clp_problem **problem);

/** Frees a problem; NULL is allowed. */
CLP_API void clp_problem_destroy(clp_problem *problem);

/**
 * Says what happens on a side. Where two held sides meet, the node takes the mean of their values; no
 * equation reads it. Errors: CLP_ERROR_INPUT for a number that is NaN or infinite, an expression that does
 * not parse, a side that the box has not or whose axis is periodic.
 */
CLP_API clp_status clp_problem_set_boundary(clp_problem *problem, clp_side side,
                                            const clp_boundary *boundary);

/** Holds a side at a number: short for clp_problem_set_boundary. */
CLP_API clp_status clp_problem_hold_side(clp_problem *problem, clp_side side, double value);

/** Joins the two sides of an axis (0, 1, 2): the last node is the first one again. Errors: CLP_ERROR_INPUT.
 */
CLP_API clp_status clp_problem_set_periodic(clp_problem *problem, int axis);

/** First guess for every node that is not held; an array has the shape of the nodes. */
CLP_API clp_status clp_problem_set_initial(clp_problem *problem, const clp_value *initial);

/**
 * The conductivity k > 0; an array has the shape of the cells, [nz - 1][ny - 1][nx - 1], and may jump from
 * cell to cell. Errors: CLP_ERROR_INPUT, CLP_ERROR_MEMORY; values of arrays and expressions are checked when
 * a solver is created.
 */
CLP_API clp_status clp_problem_set_conductivity(clp_problem *problem, const clp_value *conductivity);

/** The reaction coefficient sigma >= 0, in units of k over length squared; an array has the shape of the
 * nodes. */
CLP_API clp_status clp_problem_set_reaction(clp_problem *problem, const clp_value *reaction);

/**
 * The capacity C > 0 of C du/dt = div(k grad u) - sigma u + source, in units of k times time over length
 * squared; 1 where it is not set. An array has the shape of the cells. Steady solves do not look at it.
 */
CLP_API clp_status clp_problem_set_capacity(clp_problem *problem, const clp_value *capacity);

/** The source: what is fed in per volume (per area in two dimensions); an array has the shape of the nodes.
 */
CLP_API clp_status clp_problem_set_source(clp_problem *problem, const clp_value *source);

/** Adds a region on top of those before. Errors: CLP_ERROR_INPUT, CLP_ERROR_MEMORY. */
CLP_API clp_status clp_problem_add_region(clp_problem *problem, const clp_region *region);

/**
 * Says what each cell consists of: cells[] has the shape of the cells and counts into `materials`, whose
 * shapes are not looked at and which set no more than the regions do. They lie below all regions. The outline
 * of held cells goes through the middle of a digitised curve, not around its outermost corners; lines and
 * points of a single cell's width keep their corners. Errors: CLP_ERROR_INPUT, CLP_ERROR_MEMORY.
 */
CLP_API clp_status clp_problem_set_cells(clp_problem *problem, const uint16_t *cells,
                                         const clp_region *materials, size_t count);

/** The grid of a problem; valid as long as the problem. nodes[2] is 1 in two dimensions. */
CLP_API const clp_grid *clp_problem_grid(const clp_problem *problem);

/** What happens on a side, with texts and arrays of its own; valid until the side is set again. */
CLP_API const clp_boundary *clp_problem_boundary(const clp_problem *problem, clp_side side);

/** The capacity, likewise. */
CLP_API const clp_value *clp_problem_capacity(const clp_problem *problem);

/** Whether an axis is periodic. */
CLP_API bool clp_problem_is_periodic(const clp_problem *problem, int axis);

/**
 * Number of regions, those of materials of cells (first) included, and what one of them was declared as;
 * valid as long as nothing is added.
 */
CLP_API size_t clp_problem_region_count(const clp_problem *problem);
CLP_API const clp_region *clp_problem_region(const clp_problem *problem, size_t index);

/**
 * What the cells consist of: the conductivity of each, and the region (its index + 1; 0: none) that decides
 * about it: the last one that holds it or sets anything there. Arrays have the shape of
 * the cells; either may be NULL. Errors: CLP_ERROR_INPUT names the place of a conductivity that is not above
 * 0; CLP_ERROR_MEMORY.
 */
CLP_API clp_status clp_problem_cells(const clp_problem *problem, double *conductivity, uint16_t *regions);

/**
 * Checks what can be told before the coefficients are computed: something holds u or everything balances.
 * Errors: CLP_ERROR_INPUT says what is missing.
 */
CLP_API clp_status clp_problem_check(const clp_problem *problem);

/**
 * Likewise for a problem that is to be stepped in time, where nothing need hold the solution. Errors:
 * CLP_ERROR_INPUT, also for a conductivity, reaction, transfer or capacity that depends on t, and for
 * floating electrodes.
 */
CLP_API clp_status clp_problem_check_in_time(const clp_problem *problem);

#ifdef __cplusplus
}
#endif
#endif
