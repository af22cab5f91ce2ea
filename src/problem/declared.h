/* SPDX-License-Identifier: MIT */
/* What a problem consists of, for the files that make an operator of it. */
#ifndef CLP_PROBLEM_DECLARED_H
#define CLP_PROBLEM_DECLARED_H

#include "problem/function.h"
#include "problem/shape.h"

typedef struct clp_declared_side {
    clp_boundary boundary; /* its texts and arrays are those of the functions */
    clp_function value, transfer, ambient;
} clp_declared_side;

typedef struct clp_declared_region {
    clp_region region; /* its texts, shape and name are its own */
    char name[64];
    clp_function value, conductivity, reaction, source, capacity;
} clp_declared_region;

typedef struct clp_region_list {
    clp_declared_region *list;
    size_t count;
} clp_region_list;

struct clp_problem {
    clp_grid grid; /* nodes[2] is 1 in two dimensions */
    clp_declared_side sides[CLP_SIDES];
    bool periodic[CLP_AXES];
    bool seam[CLP_AXES]; /* periodic, with both copies of its first node here: not split among parts */
    clp_function conductivity, reaction, source, initial, capacity;
    uint16_t *cells; /* indices of materials; NULL: none */
    clp_region_list materials, regions;
};

/* As clp_problem_add_region, without a word about it. */
clp_status clp_region_add(clp_problem *problem, const clp_region *region);

void clp_region_list_finish(clp_region_list *regions);

/* A region by its index: materials first. */
const clp_declared_region *clp_declared_region_at(const clp_problem *problem, size_t index);

/*
 * The parts of a line of the grid that lie in a shape or, on periodic axes, in its images one period away;
 * see clp_shape_spans. Lines beside the shape by no more than `slack` spacings touch it.
 */
clp_status clp_problem_spans(const clp_problem *problem, const clp_shape *shape, int axis,
                             const double point[CLP_AXES], double slack, clp_spans *spans);

/* An axis along which nothing of the region lies in the box; -1: some of it does. */
int clp_region_outside(const clp_problem *problem, const clp_declared_region *region);

/* Whether a side is one of the problem's, and not where another part begins. */
static inline bool clp_problem_reaches(const clp_problem *problem, int side)
{
    return !problem->grid.part.open[side];
}

/* Whether any side of the whole problem is of a kind. */
bool clp_problem_has_side(const clp_problem *problem, clp_boundary_kind kind);

/* Checks numbers in the place of fields. */
clp_status clp_problem_check_numbers(const clp_problem *problem);

/* What of the right-hand side and of the held values depends on t. */
bool clp_problem_feeds_in_time(const clp_problem *problem);
bool clp_problem_holds_in_time(const clp_problem *problem);

/* Whether any region sets one of the bits. */
bool clp_problem_sets(const clp_problem *problem, unsigned bits);

#endif
