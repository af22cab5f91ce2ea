/* SPDX-License-Identifier: MIT */
#include "io/inputs.h"

#include "base/checked.h"
#include "grid/extent.h"
#include "io/csv_read.h"
#include "io/show.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Beside the problem file, unless it says where it is. */
static clp_status join(const clp_inputs *inputs, const char *name, char **path)
{
    const char *slash = strrchr(inputs->problem_path, '/');
    size_t folder = slash && *name != '/' ? (size_t)(slash - inputs->problem_path) + 1 : 0;
    size_t size = folder + strlen(name) + 1;
    *path = malloc(size);
    if (!*path) return clp_fail_host_memory(size);
    memcpy(*path, inputs->problem_path, folder);
    strcpy(*path + folder, name);
    return CLP_OK;
}

/* Outputs are written when all is done, but then the input would be gone. */
static clp_status check_outputs(const clp_inputs *inputs, const struct stat *file, const char *key,
                                const char *name)
{
    const clp_tree *group = clp_tree_find(inputs->root, "output");
    char shown[CLP_SHOWN_SIZE];
    struct stat other;
    for (const clp_tree *output = group ? group->first : NULL; output; output = output->next) {
        if (!output->text || strcmp(output->text, "-") == 0 || stat(output->text, &other) != 0) continue;
        if (other.st_dev == file->st_dev && other.st_ino == file->st_ino)
            return clp_fail_at(output,
                               "'output.%s' would overwrite '%s', which '%s' reads; name another file",
                               output->key, clp_show(name, shown), key);
    }
    return CLP_OK;
}

static clp_status remember(clp_input_list *inputs, const struct stat *file)
{
    struct clp_input *longer = realloc(inputs->list, (inputs->count + 1) * sizeof *longer);
    if (!longer) return clp_fail_host_memory((inputs->count + 1) * sizeof *longer);
    inputs->list = longer;
    longer[inputs->count++] = (struct clp_input){file->st_dev, file->st_ino};
    return CLP_OK;
}

void clp_input_list_finish(clp_input_list *inputs)
{
    free(inputs->list);
    *inputs = (clp_input_list){0};
}

bool clp_input_list_has(const clp_input_list *inputs, const char *path)
{
    struct stat file;
    if (strcmp(path, "-") == 0 || stat(path, &file) != 0) return false;
    for (size_t i = 0; i < inputs->count; i++)
        if (inputs->list[i].device == file.st_dev && inputs->list[i].file == file.st_ino) return true;
    return false;
}

static clp_status find(const clp_inputs *inputs, const clp_tree *node, const char *key, const char *name,
                       const char *path)
{
    struct stat file;
    char shown[CLP_SHOWN_SIZE];
    if (stat(path, &file) == 0) {
        CLP_TRY(remember(inputs->found, &file));
        return check_outputs(inputs, &file, key, name);
    }
    bool relative = *name != '/';
    clp_fail(CLP_ERROR_FILE, "'%s': the file '%s' cannot be read: %s%s", key, clp_show(name, shown),
             strerror(errno), relative ? "; it is looked for in the folder of the problem file" : "");
    return clp_fail_within_at(CLP_ERROR_FILE, node);
}

clp_status clp_input_find(const clp_inputs *inputs, const clp_tree *node, const char *key, const char *name,
                          char **path)
{
    CLP_TRY(join(inputs, name, path));
    clp_status status = find(inputs, node, key, name, *path);
    if (status != CLP_OK) {
        free(*path);
        *path = NULL;
    }
    return status;
}

/* ---- shapes ---- */

static bool is_shape(const clp_npy_header *array, const clp_wanted *wanted, int more)
{
    if (array->dimensions != wanted->dimensions) return false;
    for (size_t i = 0; i < wanted->dimensions; i++)
        if (array->shape[i] != wanted->shape[i] + (size_t)more) return false;
    return true;
}

static bool is_transposed(const clp_npy_header *array, const clp_wanted *wanted)
{
    if (array->dimensions != wanted->dimensions) return false;
    for (size_t i = 0; i < wanted->dimensions; i++)
        if (array->shape[i] != wanted->shape[wanted->dimensions - 1 - i]) return false;
    return true;
}

static size_t count_of(size_t dimensions, const size_t *shape)
{
    size_t count = 1;
    for (size_t i = 0; i < dimensions; i++) count *= shape[i];
    return count;
}

static clp_status fail_shape(const clp_given_value *given, const clp_npy_header *array,
                             const clp_wanted *wanted)
{
    char has[80], needs[80], file[CLP_SHOWN_SIZE], hint[192] = "make an array of that shape";
    const char *unit = wanted->cells ? "cell" : "node", *other = wanted->cells ? "nodes" : "cells";
    clp_shape_text(array->shape, array->dimensions, has, sizeof has);
    clp_shape_text(wanted->shape, wanted->dimensions, needs, sizeof needs);
    if (is_transposed(array, wanted))
        snprintf(hint, sizeof hint, "its axes are in the order x, y%s: save the transposed array, a.T",
                 wanted->dimensions == 3 ? ", z" : "");
    else if (is_shape(array, wanted, wanted->cells ? 1 : -1))
        snprintf(hint, sizeof hint,
                 "it has one number per %.4s: cells lie between the nodes, one fewer along each axis", other);
    else if (count_of(array->dimensions, array->shape) == count_of(wanted->dimensions, wanted->shape))
        snprintf(hint, sizeof hint, "it has as many numbers: save a.reshape%s", needs);
    return clp_fail_at(given->node, "'%s': '%s' has the shape %s, but one number per %s%s makes %s; %s",
                       given->path, clp_show(given->file, file), has, unit, wanted->place, needs, hint);
}

/* The rows stay with the array, whose shape does not count. */
static clp_status read_table(const clp_inputs *inputs, const char *path, clp_value *value, clp_array *array)
{
    CLP_TRY(clp_input_mix_file(inputs->ranks, path));
    CLP_TRY(clp_csv_read(path, &array->values, &value->rows));
    value->table = array->values;
    return CLP_OK;
}

/* What of an array is about the grid, or about a part of one. */
static clp_npy_window window_of(const clp_wanted *wanted)
{
    clp_npy_window window = {.first = {0}};
    for (size_t d = 0; d < wanted->dimensions; d++) {
        int axis = wanted->axes[d];
        window.first[d] = clp_grid_index(wanted->grid, axis, 0);
        window.count[d] = wanted->grid->nodes[axis] - (wanted->cells ? 1 : 0);
        window.period[d] = wanted->grid->part.period[axis];
    }
    return window;
}

clp_status clp_input_mix(clp_ranks *ranks, clp_npy_file *file)
{
    enum { SAMPLES = 1000 };
    const clp_npy_header *header = &file->header;
    size_t count = count_of(header->dimensions, header->shape);
    if (!ranks) return CLP_OK;
    clp_ranks_mix(ranks, header->shape, sizeof header->shape);
    clp_ranks_mix(ranks, &header->size, sizeof header->size);
    for (size_t sample = 0; sample < clp_min(SAMPLES, count); sample++) {
        size_t at = count <= SAMPLES ? sample : (size_t)((double)sample / SAMPLES * (double)count);
        clp_npy_window one = {.first = {0}};
        double value;
        for (size_t d = header->dimensions; d-- > 0; at /= header->shape[d]) {
            one.first[d] = at % header->shape[d];
            one.count[d] = 1;
        }
        CLP_TRY(clp_npy_read_window(file, &one, &value));
        clp_ranks_mix(ranks, &value, sizeof value);
    }
    return CLP_OK;
}

static clp_status read_window(const clp_inputs *inputs, const clp_wanted *wanted, clp_npy_file *file,
                              clp_array *array)
{
    const clp_npy_window window = window_of(wanted);
    size_t count = count_of(wanted->dimensions, window.count);
    CLP_TRY(clp_input_mix(inputs->ranks, file));
    array->values = malloc(count * sizeof *array->values);
    if (!array->values) return clp_fail_host_memory(count * sizeof *array->values);
    return clp_npy_read_window(file, &window, array->values);
}

clp_status clp_input_mix_file(clp_ranks *ranks, const char *path)
{
    char block[4096];
    FILE *stream = ranks ? fopen(path, "rb") : NULL;
    if (!ranks) return CLP_OK;
    if (!stream) return clp_fail(CLP_ERROR_FILE, "%s: cannot be read: %s", path, strerror(errno));
    for (size_t got; (got = fread(block, 1, sizeof block, stream)) > 0;) clp_ranks_mix(ranks, block, got);
    fclose(stream);
    return CLP_OK;
}

/* Says of which key an error is. */
static clp_status within(const clp_given_value *given, clp_status status)
{
    if (status == CLP_OK) return CLP_OK;
    clp_fail_within(status, "'%s': ", given->path);
    return clp_fail_within_at(status, given->node);
}

static clp_status read_array(const clp_inputs *inputs, const clp_given_value *given, const clp_wanted *wanted,
                             const char *path, clp_array *array)
{
    clp_npy_file file;
    CLP_TRY(within(given, clp_npy_open(path, &file)));
    clp_status status = is_shape(&file.header, wanted, 0)
                            ? within(given, read_window(inputs, wanted, &file, array))
                            : fail_shape(given, &file.header, wanted);
    clp_npy_close(&file);
    return status;
}

clp_status clp_input_value(const clp_inputs *inputs, const clp_given_value *given, const clp_wanted *wanted,
                           clp_value *value, clp_array *array)
{
    char *path = NULL;
    *array = (clp_array){0};
    *value = given->value;
    if (!given->file) return CLP_OK;
    CLP_TRY(clp_input_find(inputs, given->node, given->path, given->file, &path));
    clp_status status = given->table ? within(given, read_table(inputs, path, value, array))
                                     : read_array(inputs, given, wanted, path, array);
    if (!given->table) value->array = array->values;
    free(path);
    return status;
}
