/* SPDX-License-Identifier: MIT */
#include "io/declare_picture.h"

#include "grid/extent.h"
#include "io/declare.h"
#include "io/png_read.h"
#include "io/scalar.h"
#include "io/show.h"
#include "io/yaml.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Materials are numbered by uint16_t. */
_Static_assert(CLP_YAML_VALUES <= UINT16_MAX, "a problem file may list more colours than there are numbers");

void clp_picture_finish(clp_picture *picture)
{
    free(picture->path);
    *picture = (clp_picture){0};
}

/* The place of a key below image:. */
static const clp_tree *place_of(const clp_tree *root, const char *key)
{
    const clp_tree *image = clp_tree_find(root, "image"), *entry = clp_tree_find(image, key);
    return entry ? entry : image;
}

static clp_status check_array(const clp_npy_header *array, const char *file, const clp_tree *place)
{
    char shown[CLP_SHOWN_SIZE];
    if (array->dimensions < 2)
        return clp_fail_at(place,
                           "'image.file': '%s' has one axis; an array of cells has two, [y][x], or three, "
                           "[z][y][x]",
                           clp_show(file, shown));
    if (array->kind != 'f') return CLP_OK;
    return clp_fail_at(place,
                       "'image.file': '%s' holds numbers with fractions; save whole numbers, such as "
                       "a.astype(int)",
                       clp_show(file, shown));
}

static clp_status measure_array(const clp_inputs *inputs, const char *name, const clp_tree *place,
                                clp_picture *picture)
{
    clp_npy_file file;
    CLP_TRY(clp_fail_within_at(clp_npy_open(picture->path, &file), place));
    clp_status status = check_array(&file.header, name, place);
    if (status == CLP_OK) status = clp_fail_within_at(clp_input_mix(inputs->ranks, &file), place);
    picture->dimensions = file.header.dimensions;
    for (size_t axis = 0; axis < file.header.dimensions; axis++)
        picture->cells[axis] = file.header.shape[file.header.dimensions - 1 - axis];
    clp_npy_close(&file);
    return status;
}

static clp_status measure_pixels(const clp_inputs *inputs, const clp_tree *place, clp_picture *picture)
{
    clp_status status = clp_png_size(picture->path, &picture->cells[0], &picture->cells[1]);
    if (status == CLP_OK) status = clp_input_mix_file(inputs->ranks, picture->path);
    picture->dimensions = 2;
    return clp_fail_within_at(status, place);
}

static bool is_png(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && strcasecmp(name + length - 4, ".png") == 0;
}

clp_status clp_picture_measure(const clp_inputs *inputs, const clp_declaration *declaration,
                               clp_picture *picture)
{
    const char *file = declaration->image;
    char shown[CLP_SHOWN_SIZE];
    *picture = (clp_picture){0};
    if (!file) return CLP_OK;
    const clp_tree *place = place_of(inputs->root, "file");
    bool array = clp_scalar_is_npy(file);
    if (!array && !is_png(file))
        return clp_fail_at(
            place,
            "'image.file': '%s' is neither a .png picture nor an .npy array; save it as one of "
            "them",
            clp_show(file, shown));
    if (array && declaration->color_tolerance.node)
        return clp_fail_at(declaration->color_tolerance.node,
                           "'image.tolerance' is for colours, but '%s' holds numbers; leave it out",
                           clp_show(file, shown));
    CLP_TRY(clp_input_find(inputs, place, "image.file", file, &picture->path));
    picture->is_array = array;
    clp_status status =
        array ? measure_array(inputs, file, place, picture) : measure_pixels(inputs, place, picture);
    for (size_t axis = 0; status == CLP_OK && axis < picture->dimensions; axis++)
        if (picture->cells[axis] < CLP_NODES_MIN - 1)
            status = clp_fail_at(place, "'image.file': '%s' has %zu cells along %c; at least %d are needed",
                                 clp_show(file, shown), picture->cells[axis], "xyz"[axis], CLP_NODES_MIN - 1);
    return status;
}

/* ---- pictures ---- */

static clp_status read_colors(const clp_given_regions *given, clp_image_color *colors)
{
    for (size_t i = 0; i < given->count; i++) {
        const clp_tree *entry = given->list[i].entry;
        char place[128];
        clp_status status = clp_color_parse(entry->key, &colors[i].rgba);
        if (status != CLP_OK) {
            clp_fail_within(status, "'image.colors': ");
            return clp_fail_within_at(status, entry);
        }
        for (size_t j = 0; j < i; j++)
            if (colors[j].rgba == colors[i].rgba)
                return clp_fail_at(entry, "'%s' and '%s' (%s) are the same colour; remove one", entry->key,
                                   given->list[j].entry->key,
                                   clp_tree_place(given->list[j].entry, place, sizeof place));
    }
    return CLP_OK;
}

static clp_status classify_pixels(const clp_pixels *pixels, const clp_declaration *declaration,
                                  const clp_tree *root, uint16_t *cells)
{
    const clp_given_regions *given = &declaration->colors;
    const clp_given_numbers *tolerance = &declaration->color_tolerance;
    if (tolerance->at[0] > 255)
        return clp_fail_at(tolerance->node,
                           "'image.tolerance': %g is too large; it takes a number from 0 to 255",
                           tolerance->at[0]);
    clp_image_color *colors = calloc(given->count, sizeof *colors);
    if (!colors) return clp_fail_host_memory(given->count * sizeof *colors);
    clp_status status = read_colors(given, colors);
    if (status == CLP_OK) {
        status =
            clp_image_classify(declaration->image, pixels, colors, given->count, tolerance->at[0], cells);
        if (status != CLP_OK) clp_fail_within_at(status, place_of(root, "colors"));
    }
    free(colors);
    return status;
}

/* The pixels of a grid, whose y goes upwards, or of a part of it. */
static clp_status apply_pixels(const clp_picture *picture, const clp_declaration *declaration,
                               const clp_tree *root, const clp_grid *grid, uint16_t *cells)
{
    size_t rows = picture->cells[1], height = grid->nodes[1] - 1, lowest = clp_grid_index(grid, 1, 0);
    clp_pixels pixels = {.width = grid->nodes[0] - 1,
                         .height = height,
                         .left = clp_grid_index(grid, 0, 0),
                         .top = rows - 1 - (lowest + height - 1) % rows};
    clp_status status = clp_png_read_rectangle(picture->path, &pixels);
    if (status != CLP_OK) return clp_fail_within_at(status, place_of(root, "file"));
    status = classify_pixels(&pixels, declaration, root, cells);
    clp_pixels_finish(&pixels);
    return status;
}

/* ---- arrays ---- */

/* A number that means something, and which material. */
typedef struct meaning {
    double number;
    uint16_t material;
} meaning;

static int compare(const void *a, const void *b)
{
    double first = ((const meaning *)a)->number, second = ((const meaning *)b)->number;
    return (first > second) - (first < second);
}

static clp_status read_numbers(const clp_declaration *declaration, meaning *meanings)
{
    const clp_given_regions *given = &declaration->colors;
    char shown[CLP_SHOWN_SIZE], file[CLP_SHOWN_SIZE];
    for (size_t i = 0; i < given->count; i++) {
        const clp_tree *entry = given->list[i].entry;
        double *number = &meanings[i].number;
        meanings[i].material = (uint16_t)i;
        if (!clp_scalar_number(entry->key, number) || *number != floor(*number))
            return clp_fail_at(
                entry,
                "'image.colors': '%s' is no whole number; '%s' is an array, so its numbers stand "
                "in the place of colours, for example 1: {value: 1}",
                clp_show(entry->key, shown), clp_show(declaration->image, file));
    }
    qsort(meanings, given->count, sizeof *meanings, compare);
    for (size_t i = 1; i < given->count; i++)
        if (meanings[i].number == meanings[i - 1].number)
            return clp_fail_at(given->list[meanings[i].material].entry,
                               "'image.colors': the number %.17g is there twice; remove one",
                               meanings[i].number);
    return CLP_OK;
}

/* The numbers of a grid or a part, slowest axis first, and where they are in the file. */
typedef struct numbers {
    clp_npy_file file;
    clp_npy_window window;
    double *values;
    size_t count;
} numbers;

/* A number without a meaning: how often and where first. */
static clp_status fail_unknown(const numbers *array, const clp_declaration *declaration, size_t first,
                               const clp_tree *place)
{
    size_t count = 0, rest = first, index[CLP_ARRAY_DIMENSIONS], dimensions = array->file.header.dimensions;
    char shown[CLP_SHOWN_SIZE], where[80];
    for (size_t i = first; i < array->count; i++) count += array->values[i] == array->values[first];
    for (size_t d = dimensions; d-- > 0; rest /= array->window.count[d]) {
        size_t period = array->window.period[d];
        index[d] = array->window.first[d] + rest % array->window.count[d];
        if (period) index[d] %= period;
    }
    if (dimensions == 2)
        snprintf(where, sizeof where, "[%zu, %zu]", index[0], index[1]);
    else
        snprintf(where, sizeof where, "[%zu, %zu, %zu]", index[0], index[1], index[2]);
    return clp_fail_at(
        place,
        "'image.colors' does not say what %.17g stands for, which '%s' has in %zu cell%s, first at %s; "
        "add %.17g: {} if nothing is to be set there",
        array->values[first], clp_show(declaration->image, shown), count, count == 1 ? "" : "s", where,
        array->values[first]);
}

static clp_status classify_array(const numbers *array, const clp_declaration *declaration,
                                 const clp_tree *root, uint16_t *cells)
{
    size_t count = declaration->colors.count;
    meaning *meanings = calloc(count, sizeof *meanings);
    if (!meanings) return clp_fail_host_memory(count * sizeof *meanings);
    clp_status status = read_numbers(declaration, meanings);
    const meaning *found = meanings;
    for (size_t i = 0; i < array->count && status == CLP_OK; i++) {
        const meaning wanted = {.number = array->values[i]};
        if (found->number != wanted.number) found = bsearch(&wanted, meanings, count, sizeof wanted, compare);
        if (!found)
            status = fail_unknown(array, declaration, i, place_of(root, "colors"));
        else
            cells[i] = found->material;
    }
    free(meanings);
    return status;
}

static clp_status apply_array(const clp_picture *picture, const clp_declaration *declaration,
                              const clp_tree *root, const clp_grid *grid, uint16_t *cells)
{
    numbers array = {.count = clp_grid_cell_count(grid)};
    CLP_TRY(clp_fail_within_at(clp_npy_open(picture->path, &array.file), place_of(root, "file")));
    for (size_t d = 0; d < picture->dimensions; d++) {
        int axis = (int)(picture->dimensions - 1 - d);
        array.window.first[d] = clp_grid_index(grid, axis, 0);
        array.window.count[d] = grid->nodes[axis] - 1;
        array.window.period[d] = grid->part.period[axis];
    }
    array.values = malloc(array.count * sizeof *array.values);
    clp_status status = array.values ? clp_npy_read_window(&array.file, &array.window, array.values)
                                     : clp_fail_host_memory(array.count * sizeof *array.values);
    status = clp_fail_within_at(status, place_of(root, "file"));
    if (status == CLP_OK) status = classify_array(&array, declaration, root, cells);
    free(array.values);
    clp_npy_close(&array.file);
    return status;
}

/* ---- both ---- */

static clp_status apply(const clp_picture *picture, const clp_declaration *declaration, const clp_tree *root,
                        uint16_t *cells, clp_region *materials, clp_problem *problem)
{
    const clp_given_regions *given = &declaration->colors;
    const clp_grid *grid = clp_problem_grid(problem);
    CLP_TRY(picture->is_array ? apply_array(picture, declaration, root, grid, cells)
                              : apply_pixels(picture, declaration, root, grid, cells));
    for (size_t i = 0; i < given->count; i++) {
        materials[i] = clp_region_of(&given->list[i]);
        if (!materials[i].name) materials[i].name = given->list[i].entry->key;
    }
    return clp_fail_within_at(clp_problem_set_cells(problem, cells, materials, given->count),
                              place_of(root, "colors"));
}

clp_status clp_picture_apply(const clp_inputs *inputs, const clp_picture *picture,
                             const clp_declaration *declaration, clp_problem *problem)
{
    if (picture->dimensions == 0) return CLP_OK;
    size_t total = clp_grid_cell_count(clp_problem_grid(problem)), count = declaration->colors.count;
    uint16_t *cells = calloc(total, sizeof *cells);
    clp_region *materials = calloc(count, sizeof *materials);
    clp_status status = cells && materials
                            ? apply(picture, declaration, inputs->root, cells, materials, problem)
                            : clp_fail_host_memory(total * sizeof *cells + count * sizeof *materials);
    free(cells);
    free(materials);
    return status;
}
