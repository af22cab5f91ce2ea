/* SPDX-License-Identifier: MIT */
/* From what is declared to a problem. What the core refuses is said at the place of the key it is about. */
#include "io/declare.h"

#include "grid/extent.h"

#include "io/declare_picture.h"
#include "io/place.h"

#include <stdlib.h>

typedef struct builder {
    const clp_inputs *inputs;
    const clp_declaration *declared;
    const clp_sharing *sharing;
    clp_picture picture;
    clp_grid grid; /* this process' part of it */
    int dimensions;
    clp_problem *problem;
} builder;

/* The place of a key that is given, else of its group, else of the file. */
static const clp_tree *place_of(const clp_tree *root, const char *group, const char *key)
{
    const clp_tree *map = clp_tree_find(root, group);
    const clp_tree *entry = map && map->kind == CLP_TREE_MAP ? clp_tree_find(map, key) : NULL;
    return entry ? entry : map ? map : root;
}

/* ---- sides ---- */

static clp_status fail_two_dimensions(const clp_tree *entry)
{
    return clp_fail_at(
        entry,
        "'boundary.%s' is about z, but the box has two dimensions; leave it out, or write three numbers "
        "in 'domain.size' and 'domain.nodes'",
        entry->key);
}

/* Nodes of a side, slower axis first. */
static clp_wanted side_nodes(const builder *b, int side)
{
    clp_wanted wanted = {.place = " of the side", .grid = &b->grid};
    for (int axis = b->dimensions - 1; axis >= 0; axis--) {
        if (axis == side / 2) continue;
        wanted.axes[wanted.dimensions] = axis;
        wanted.shape[wanted.dimensions++] = clp_grid_whole(&b->grid, axis);
    }
    return wanted;
}

static clp_status build_side(const builder *b, int side)
{
    const clp_given_side *given = &b->declared->sides[side];
    const clp_wanted wanted = side_nodes(b, side);
    clp_boundary boundary = {.kind = given->kind};
    clp_array arrays[3] = {{0}};
    const clp_given_value *const values[] = {&given->value, &given->ambient};
    for (int i = 0; i < 2; i++)
        if (values[i]->table && !b->declared->end.node)
            return clp_fail_at(
                values[i]->node,
                "'%s': '%s' is a table of times and values, and the problem has no time; add time: "
                "{end: ...}",
                values[i]->path, values[i]->file);
    clp_status status = clp_input_value(b->inputs, &given->value, &wanted, &boundary.value, &arrays[0]);
    if (status == CLP_OK)
        status = clp_input_value(b->inputs, &given->transfer, &wanted, &boundary.transfer, &arrays[1]);
    if (status == CLP_OK)
        status = clp_input_value(b->inputs, &given->ambient, &wanted, &boundary.ambient, &arrays[2]);
    const clp_value *flux = &boundary.value;
    if (boundary.kind == CLP_BOUNDARY_FLUX && !flux->array && !flux->expression && flux->number == 0)
        boundary.kind = CLP_BOUNDARY_INSULATED;
    if (status == CLP_OK)
        status =
            clp_fail_within_at(clp_problem_set_boundary(b->problem, (clp_side)side, &boundary), given->entry);
    for (int i = 0; i < 3; i++) clp_array_finish(&arrays[i]);
    return status;
}

static clp_status build_sides(const builder *b)
{
    for (int axis = 0; axis < CLP_AXES; axis++) {
        const clp_tree *entry = b->declared->periodic[axis];
        if (!entry) continue;
        if (axis >= b->dimensions) return fail_two_dimensions(entry);
        CLP_TRY(clp_fail_within_at(clp_problem_set_periodic(b->problem, axis), entry));
    }
    for (int side = 0; side < CLP_SIDES; side++) {
        const clp_tree *entry = b->declared->sides[side].entry;
        if (!entry) continue;
        if (side / 2 >= b->dimensions) return fail_two_dimensions(entry);
        CLP_TRY(build_side(b, side));
    }
    return CLP_OK;
}

/* ---- fields ---- */

typedef clp_status set_function(clp_problem *problem, const clp_value *value);

static clp_status build_field(const builder *b, const clp_given_value *given, bool cells, set_function *set)
{
    clp_wanted wanted = {.dimensions = (size_t)b->dimensions, .cells = cells, .place = "", .grid = &b->grid};
    for (size_t i = 0; i < wanted.dimensions; i++) {
        wanted.axes[i] = b->dimensions - 1 - (int)i;
        wanted.shape[i] = clp_grid_whole(&b->grid, wanted.axes[i]) - (cells ? 1 : 0);
    }
    clp_value value;
    clp_array array;
    if (!given->node) return CLP_OK;
    clp_status status = clp_input_value(b->inputs, given, &wanted, &value, &array);
    if (status == CLP_OK) status = clp_fail_within_at(set(b->problem, &value), given->node);
    clp_array_finish(&array);
    return status;
}

static clp_status build_fields(const builder *b)
{
    const clp_declaration *d = b->declared;
    CLP_TRY(build_field(b, &d->conductivity, true, clp_problem_set_conductivity));
    CLP_TRY(build_field(b, &d->reaction, false, clp_problem_set_reaction));
    CLP_TRY(build_field(b, &d->source, false, clp_problem_set_source));
    CLP_TRY(build_field(b, &d->capacity, true, clp_problem_set_capacity));
    return build_field(b, &d->initial, false, clp_problem_set_initial);
}

/* ---- regions ---- */

static clp_status build_region(const builder *b, const clp_given_region *given)
{
    clp_region region = clp_region_of(given);
    CLP_TRY(clp_shape_declared(given, b->dimensions, &region.shape));
    clp_status status = clp_problem_add_region(b->problem, &region);
    free((void *)region.shape.points);
    return clp_fail_within_at(status, given->entry);
}

static clp_status take_part(builder *b)
{
    const clp_tree *root = b->inputs->root;
    const clp_grid whole = b->grid;
    size_t parts[CLP_AXES];
    bool periodic[CLP_AXES];
    if (!b->sharing->ranks) return CLP_OK;
    clp_status status = clp_grid_check(&whole);
    if (status != CLP_OK) return clp_fail_within_at(status, place_of(root, "domain", "nodes"));
    for (int axis = 0; axis < CLP_AXES; axis++) {
        periodic[axis] = b->declared->periodic[axis];
        parts[axis] = b->sharing->parts[axis];
    }
    return clp_ranks_take_part(b->sharing->ranks, &whole, periodic, parts, 0, &b->grid);
}

static clp_status build(builder *b)
{
    const clp_tree *root = b->inputs->root;
    CLP_TRY(clp_picture_measure(b->inputs, b->declared, &b->picture));
    CLP_TRY(clp_grid_declared(b->declared, b->picture.dimensions, b->picture.cells, &b->grid));
    CLP_TRY(take_part(b));
    clp_status status = clp_problem_create(&b->grid, &b->problem);
    if (status != CLP_OK) return clp_fail_within_at(status, place_of(root, "domain", "nodes"));
    b->dimensions = clp_grid_dimensions(&b->grid);
    CLP_TRY(build_sides(b));
    CLP_TRY(build_fields(b));
    CLP_TRY(clp_picture_apply(b->inputs, &b->picture, b->declared, b->problem));
    for (size_t i = 0; i < b->declared->regions.count; i++)
        CLP_TRY(build_region(b, &b->declared->regions.list[i]));
    if (b->declared->end.node) {
        clp_status checked = clp_problem_check_in_time(b->problem);
        return clp_fail_within_at(checked,
                                  checked == CLP_OK ? root : clp_tree_about(root, clp_error_message()));
    }
    return clp_fail_within_at(clp_problem_check(b->problem), place_of(root, "boundary", ""));
}

clp_status clp_declaration_build(const clp_tree *root, const clp_declaration *declaration, const char *path,
                                 const clp_sharing *sharing, clp_input_list *found, clp_problem **problem)
{
    const clp_inputs inputs = {path, root, found, sharing->ranks};
    builder b = {.inputs = &inputs, .declared = declaration, .sharing = sharing};
    clp_status status = build(&b);
    clp_picture_finish(&b.picture);
    if (status != CLP_OK) {
        clp_problem_destroy(b.problem);
        b.problem = NULL;
    }
    *problem = b.problem;
    return status;
}
