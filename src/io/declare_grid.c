/* SPDX-License-Identifier: MIT */
/* The grid, out of what the problem file says of the box and what a picture brings along. */
#include "io/declare.h"

#include "grid/extent.h"
#include "io/show.h"

#include <stdio.h>

static const char *dimensions_text(size_t dimensions)
{
    return dimensions == 2 ? "two" : "three";
}

/* One list has two numbers, another one three. */
static clp_status fail_dimensions(const clp_declaration *declaration, const clp_tree *node, size_t count,
                                  size_t dimensions)
{
    char place[128], shown[CLP_SHOWN_SIZE];
    if (declaration->image)
        return clp_fail_at(node, "'domain.%s' has %s numbers, but '%s' has %s dimensions; write %s",
                           node->key, dimensions_text(count), clp_show(declaration->image, shown),
                           dimensions_text(dimensions), dimensions_text(dimensions));
    return clp_fail_at(
        node,
        "'domain.%s' has %s numbers, but 'domain.nodes' (%s) has %s; write two everywhere (x, y) or "
        "three (x, y, z)",
        node->key, dimensions_text(count), clp_tree_place(declaration->nodes.node, place, sizeof place),
        dimensions_text(dimensions));
}

/* "[11, 9]" */
static const char *list_text(const size_t *numbers, size_t count, char *text, size_t size)
{
    if (count == 2)
        snprintf(text, size, "[%zu, %zu]", numbers[0], numbers[1]);
    else
        snprintf(text, size, "[%zu, %zu, %zu]", numbers[0], numbers[1], numbers[2]);
    return text;
}

static clp_status check_nodes(const clp_declaration *declaration, const clp_grid *grid, size_t dimensions,
                              const size_t *cells)
{
    char given[80], wanted[80], extent[80], shown[CLP_SHOWN_SIZE];
    for (size_t axis = 0; axis < dimensions; axis++) {
        if (declaration->nodes.at[axis] == grid->nodes[axis]) continue;
        return clp_fail_at(
            declaration->nodes.node,
            "'domain.nodes': %s does not fit '%s', whose %s cells lie between %s nodes; leave it out "
            "or write that",
            list_text(declaration->nodes.at, dimensions, given, sizeof given),
            clp_show(declaration->image, shown),
            clp_extent_text((size_t[CLP_AXES]){cells[0], cells[1], dimensions == 3 ? cells[2] : 0}, extent,
                            sizeof extent),
            list_text(grid->nodes, dimensions, wanted, sizeof wanted));
    }
    return CLP_OK;
}

clp_status clp_grid_declared(const clp_declaration *declaration, size_t dimensions, const size_t *cells,
                             clp_grid *grid)
{
    const clp_given_numbers *size = &declaration->size, *origin = &declaration->origin;
    const clp_given_nodes *nodes = &declaration->nodes;
    const size_t pictured = dimensions;
    *grid = (clp_grid){0};
    if (!pictured) dimensions = nodes->count;
    if (nodes->node && nodes->count != dimensions)
        return fail_dimensions(declaration, nodes->node, nodes->count, dimensions);
    if (size->node && size->count != dimensions)
        return fail_dimensions(declaration, size->node, size->count, dimensions);
    if (origin->node && origin->count != dimensions)
        return fail_dimensions(declaration, origin->node, origin->count, dimensions);
    for (size_t axis = 0; axis < dimensions; axis++) {
        grid->nodes[axis] = pictured ? cells[axis] + 1 : nodes->at[axis];
        grid->size[axis] = size->node ? size->at[axis] : (double)cells[axis];
        grid->origin[axis] = origin->at[axis];
    }
    return pictured && nodes->node ? check_nodes(declaration, grid, dimensions, cells) : CLP_OK;
}
