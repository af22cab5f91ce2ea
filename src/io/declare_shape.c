/* SPDX-License-Identifier: MIT */
/* Shapes of regions: which keys each takes, and how many numbers. */
#include "io/declare.h"

#include "base/checked.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Keys that say where a shape is, in the order of the bits below. */
static const char *const parts[] = {"center", "radius", "radii", "angle", "min", "max",
                                    "points", "width",  "from",  "to",    "z"};

enum {
    CENTER = 1,
    RADIUS = 2,
    RADII = 4,
    ANGLE = 8,
    MIN = 16,
    MAX = 32,
    POINTS = 64,
    WIDTH = 128,
    FROM = 256,
    TO = 512,
    HEIGHT = 1024,
    PARTS = sizeof parts / sizeof *parts,
};

/* What a kind of shape needs, and what else it may have in two and in three dimensions. */
static const struct {
    unsigned needs, may[2];
} kinds[] = {
    [CLP_SHAPE_BOX] = {MIN | MAX, {0, 0}},
    [CLP_SHAPE_BALL] = {CENTER | RADIUS, {0, 0}},
    [CLP_SHAPE_ELLIPSE] = {CENTER | RADII, {ANGLE, 0}},
    [CLP_SHAPE_POLYGON] = {POINTS, {0, HEIGHT}},
    [CLP_SHAPE_LINE] = {POINTS | WIDTH, {0, 0}},
    [CLP_SHAPE_CYLINDER] = {FROM | TO | RADIUS, {0, 0}},
};

/* For the name of a shape. */
static const char *article(const char *name)
{
    return *name == 'e' ? "an" : "a";
}

static const char *dimensions_text(int dimensions)
{
    return dimensions == 2 ? "two" : "three";
}

/* "center and radius" */
static const char *list_parts(unsigned needs, char *text, size_t size)
{
    size_t length = 0;
    text[0] = '\0';
    for (int i = 0; i < PARTS; i++) {
        if (!(needs & 1u << i)) continue;
        needs &= ~(1u << i);
        int added = snprintf(text + length, size - length, "%s%s",
                             length == 0  ? ""
                             : needs >> i ? ", "
                                          : " and ",
                             parts[i]);
        if (added > 0 && (size_t)added < size - length) length += (size_t)added;
    }
    return text;
}

static clp_status fail_part(const clp_given_region *given, const clp_tree *part, clp_shape_kind kind, int bit,
                            int dimensions)
{
    const char *name = clp_tree_find(given->entry, "shape")->text;
    char list[64];
    bool elsewhere = kinds[kind].may[dimensions == 2] & 1u << bit;
    if (elsewhere)
        return clp_fail_at(part, "'%s.%s' is for %s %s in %s dimensions, but the box has %s; leave it out",
                           given->path, part->key, article(name), name, dimensions_text(5 - dimensions),
                           dimensions_text(dimensions));
    return clp_fail_at(
        part, "'%s.%s' does not belong to %s %s, which takes %s; leave it out, or choose another shape",
        given->path, part->key, article(name), name, list_parts(kinds[kind].needs, list, sizeof list));
}

static clp_status check_parts(const clp_given_region *given, clp_shape_kind kind, int dimensions)
{
    const clp_tree *shape = clp_tree_find(given->entry, "shape");
    unsigned needs = kinds[kind].needs, may = kinds[kind].may[dimensions - 2];
    char list[64];
    if (kind == CLP_SHAPE_CYLINDER && dimensions == 2)
        return clp_fail_at(shape,
                           "'%s' is a cylinder, but the box has two dimensions; use a circle, or a line with "
                           "a width",
                           given->path);
    for (int bit = 0; bit < PARTS; bit++) {
        const clp_tree *part = clp_tree_find(given->entry, parts[bit]);
        if (part && !((needs | may) & 1u << bit)) return fail_part(given, part, kind, bit, dimensions);
        if (!part && needs & 1u << bit)
            return clp_fail_at(given->entry, "'%s' lacks '%s'; %s %s takes %s", given->path, parts[bit],
                               article(shape->text), shape->text, list_parts(needs, list, sizeof list));
    }
    return CLP_OK;
}

static clp_status take_point(const clp_given_region *given, const clp_given_numbers *point, int dimensions,
                             double *coordinates)
{
    if (point->count != (size_t)dimensions) {
        bool rod = dimensions == 3 && given->shape == CLP_SHAPE_BALL + 1;
        return clp_fail_at(point->node, "'%s.%s' has %zu numbers, but the box has %s dimensions; write %s%s",
                           given->path, point->node->key, point->count, dimensions_text(dimensions),
                           dimensions == 2 ? "[x, y]" : "[x, y, z]",
                           rod ? " for a sphere, or use shape: cylinder with from, to and radius for a rod"
                               : "");
    }
    memcpy(coordinates, point->at, (size_t)dimensions * sizeof *coordinates);
    return CLP_OK;
}

/* The points of a polygon or a line: [count][width]. */
static clp_status take_points(const clp_given_region *given, size_t width, clp_shape *shape)
{
    char path[CLP_PATH_SIZE];
    size_t count = 0, read;
    clp_path_join(path, given->path, "points");
    for (const clp_tree *point = given->points->first; point; point = point->next) count++;
    double *points = calloc(count ? count * width : 1, sizeof *points);
    if (!points) return clp_fail_host_memory(count * width * sizeof *points);
    shape->points = points;
    const clp_key *key = clp_key_find("regions.REGION.points");
    for (const clp_tree *point = given->points->first; point; point = point->next, shape->count++) {
        size_t number = shape->count + 1, given_count = 0;
        for (const clp_tree *one = point->first; one; one = one->next) given_count++;
        if (point->kind != CLP_TREE_LIST || given_count != width)
            return clp_fail_at(point, "'%s': point %zu is not %s; for example %s", path, number,
                               width == 2 ? "[x, y]" : "[x, y, z]", key->example);
        CLP_TRY(clp_value_numbers(&(clp_key_value){key, path, point, NULL}, width, width,
                                  points + shape->count * width, &read));
    }
    return CLP_OK;
}

static clp_status take_axis(const clp_given_region *given, clp_shape *shape)
{
    double *points = calloc(6, sizeof *points);
    if (!points) return clp_fail_host_memory(6 * sizeof *points);
    shape->points = points;
    shape->count = 2;
    CLP_TRY(take_point(given, &given->from, 3, points));
    return take_point(given, &given->to, 3, points + 3);
}

static clp_status take_height(const clp_given_region *given, clp_shape *shape)
{
    if (!given->z.node) return CLP_OK;
    shape->min[2] = given->z.at[0];
    shape->max[2] = given->z.at[1];
    if (shape->min[2] < shape->max[2]) return CLP_OK; /* two zeros would mean: no ends */
    return clp_fail_at(given->z.node, "'%s.z' goes from %g to %g; write the lower end first", given->path,
                       shape->min[2], shape->max[2]);
}

static clp_status take_parts(const clp_given_region *given, int dimensions, clp_shape *shape)
{
    switch (shape->kind) {
    case CLP_SHAPE_BOX:
        CLP_TRY(take_point(given, &given->min, dimensions, shape->min));
        return take_point(given, &given->max, dimensions, shape->max);
    case CLP_SHAPE_BALL:
        return take_point(given, &given->center, dimensions, shape->center);
    case CLP_SHAPE_ELLIPSE:
        CLP_TRY(take_point(given, &given->center, dimensions, shape->center));
        return take_point(given, &given->radii, dimensions, shape->radii);
    case CLP_SHAPE_POLYGON:
        CLP_TRY(take_points(given, 2, shape));
        return take_height(given, shape);
    case CLP_SHAPE_LINE:
        return take_points(given, (size_t)dimensions, shape);
    case CLP_SHAPE_CYLINDER:
        return take_axis(given, shape);
    }
    return CLP_OK;
}

clp_status clp_shape_declared(const clp_given_region *given, int dimensions, clp_shape *shape)
{
    *shape = (clp_shape){.kind = (clp_shape_kind)(given->shape - 1)};
    CLP_TRY(check_parts(given, shape->kind, dimensions));
    shape->radius = given->radius.at[0];
    shape->width = given->width.at[0];
    shape->angle = given->angle.at[0];
    clp_status status = take_parts(given, dimensions, shape);
    if (status != CLP_OK) {
        free((void *)shape->points);
        *shape = (clp_shape){0};
    }
    return status;
}
