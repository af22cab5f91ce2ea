/* SPDX-License-Identifier: MIT */
/* Fields whose parts several ranks have: into one file, or made small enough for one of them. */
#include <clpoisson/output.h>

#include "base/checked.h"
#include "base/file.h"
#include "grid/extent.h"
#include "io/npy_write.h"
#include "transport/transport.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a rank has to tell of a field: its own nodes, and the second copies of a seam; where those are in the
 * whole grid, and in the part. */
typedef struct told_box {
    clp_box whole;
    size_t begin[CLP_AXES];
} told_box;

static told_box box_of(const clp_grid *part)
{
    told_box told;
    for (int axis = 0; axis < CLP_AXES; axis++) {
        size_t begin = clp_grid_begin(part, axis), count = clp_grid_end(part, axis) - begin,
               first = axis < clp_grid_dimensions(part) ? clp_grid_index(part, axis, begin) : 0;
        if (part->part.period[axis] && first + count == part->part.period[axis]) count++;
        told.whole.first[axis] = first;
        told.whole.count[axis] = count;
        told.begin[axis] = begin;
    }
    return told;
}

static size_t node_of(const clp_grid *part, size_t i, size_t j, size_t k)
{
    return (k * part->nodes[1] + j) * part->nodes[0] + i;
}

/* ---- into one file ---- */

/* The bytes of a box, as NumPy has them. NULL without memory. */
static unsigned char *pack(const clp_grid *part, const told_box *told, const double *values, bool single)
{
    const size_t *count = told->whole.count, element = single ? 4 : 8;
    unsigned char *bytes = malloc(count[0] * count[1] * count[2] * element + 1), *out = bytes;
    for (size_t k = 0; bytes && k < count[2]; k++)
        for (size_t j = 0; j < count[1]; j++)
            for (size_t i = 0; i < count[0]; i++, out += element)
                clp_npy_put_value(
                    out, values[node_of(part, told->begin[0] + i, told->begin[1] + j, told->begin[2] + k)],
                    single);
    return bytes;
}

enum { PATH_BYTES = 4096 };

/* Rank 0 makes the file, as long as it is going to be. */
static clp_status begin(const char *path, const clp_grid *whole, bool single, clp_output_file *file,
                        size_t *offset)
{
    CLP_TRY(clp_output_begin(file, path));
    clp_npy_write_header(file->stream, whole, single, SIZE_MAX);
    *offset = (size_t)ftell(file->stream);
    size_t bytes = *offset + clp_grid_node_count(whole) * (single ? 4 : 8);
    if (!file->temporary)
        return clp_fail(CLP_ERROR_INPUT, "%s: several ranks write a file together; name one", path);
    if (fflush(file->stream) != 0 || ftruncate(fileno(file->stream), (off_t)bytes) != 0)
        return clp_fail(CLP_ERROR_FILE, "%s: it cannot be made as long as it has to be", path);
    return CLP_OK;
}

static clp_status write_parts(clp_ranks *ranks, const char *path, const clp_file_array *array,
                              const told_box *told, const unsigned char *bytes)
{
    clp_status status = bytes ? CLP_OK : clp_fail_host_memory(array->element_bytes);
    CLP_TRY(clp_ranks_agree(ranks, status));
    return clp_ranks_agree(ranks, ranks->transport->write(ranks, path, array, &told->whole, bytes));
}

clp_status clp_field_write_npy_parts(clp_ranks *ranks, const char *path, const clp_grid *part,
                                     const double *values, bool single)
{
    const clp_grid whole = clp_grid_of_part(part);
    const told_box told = box_of(part);
    clp_output_file file = {0};
    char temporary[PATH_BYTES] = "";
    double offset = 0;
    size_t start = 0;
    if (!ranks || !clp_grid_is_part(part)) return clp_field_write_npy(path, &whole, values, single);
    bool first = clp_ranks_number(ranks) == 0;
    clp_status status = first ? begin(path, &whole, single, &file, &start) : CLP_OK;
    if (first && status == CLP_OK) snprintf(temporary, sizeof temporary, "%s", file.temporary);
    offset = (double)start;
    status = clp_ranks_agree(ranks, status);
    if (status == CLP_OK) status = ranks->transport->spread(ranks, 0, temporary, sizeof temporary);
    if (status == CLP_OK) status = ranks->transport->spread(ranks, 0, &offset, sizeof offset);
    if (status == CLP_OK) {
        const clp_file_array array = {.offset = (size_t)offset,
                                      .nodes = {whole.nodes[0], whole.nodes[1], clp_planes(&whole)},
                                      .element_bytes = single ? 4 : 8};
        unsigned char *bytes = pack(part, &told, values, single);
        status = write_parts(ranks, temporary, &array, &told, bytes);
        free(bytes);
    }
    if (first && status == CLP_OK)
        status = clp_output_commit(&file);
    else if (first)
        clp_output_discard(&file);
    return clp_ranks_agree(ranks, status);
}

/* ---- small enough for one ---- */

/* Where a node of the reduced grid lies in the whole one. */
static size_t node_below(size_t index, size_t reduced, size_t whole, double *part)
{
    double at = (double)index * (double)(whole - 1) / (double)(reduced - 1);
    size_t below = clp_min((size_t)at, whole - 2);
    *part = at - (double)below;
    return below;
}

/* Those of the reduced grid that lie behind a rank's own nodes along an axis. */
static void find_range(const clp_grid *part, int axis, size_t reduced, size_t *first, size_t *count)
{
    size_t begin = clp_grid_begin(part, axis), end = clp_grid_end(part, axis);
    *first = *count = 0;
    if (axis >= clp_grid_dimensions(part)) {
        *count = 1;
        return;
    }
    size_t low = clp_grid_index(part, axis, begin), high = low + end - begin;
    for (size_t i = 0; i < reduced; i++) {
        double share;
        size_t below = node_below(i, reduced, clp_grid_whole(part, axis), &share);
        if (below < low || below >= high) continue;
        if (*count == 0) *first = i;
        ++*count;
    }
}

/* Between the nodes at `at` and behind it along each axis. */
static double between(const clp_grid *part, const double *values, const size_t at[CLP_AXES],
                      const double share[CLP_AXES])
{
    double sum = 0;
    for (int corner = 0; corner < 1 << clp_grid_dimensions(part); corner++) {
        size_t node[CLP_AXES];
        double weight = 1;
        for (int axis = 0; axis < CLP_AXES; axis++) {
            int upper = corner >> axis & 1;
            node[axis] = at[axis] + (size_t)upper;
            weight *= upper ? share[axis] : 1 - share[axis];
        }
        if (weight > 0) sum += weight * values[node_of(part, node[0], node[1], node[2])];
    }
    return sum;
}

static double sample_at(const clp_grid *part, const double *values, const size_t reduced[CLP_AXES],
                        const size_t index[CLP_AXES])
{
    size_t at[CLP_AXES] = {0};
    double share[CLP_AXES] = {0};
    for (int axis = 0; axis < clp_grid_dimensions(part); axis++) {
        size_t below = node_below(index[axis], reduced[axis], clp_grid_whole(part, axis), &share[axis]),
               begin = clp_grid_begin(part, axis);
        at[axis] = begin + below - clp_grid_index(part, axis, begin);
    }
    return between(part, values, at, share);
}

clp_status clp_field_at(clp_ranks *ranks, const clp_grid *part, const double *values,
                        const double point[CLP_AXES], double *value)
{
    const int dimensions = clp_grid_dimensions(part);
    size_t at[CLP_AXES] = {0};
    double share[CLP_AXES] = {0};
    bool own = true;
    if (!clp_grid_is_part(part)) {
        *value = clp_grid_interpolate(part, values, point);
        return CLP_OK;
    }
    for (int axis = 0; axis < dimensions; axis++) {
        size_t whole = clp_grid_whole(part, axis), begin = clp_grid_begin(part, axis),
               first = clp_grid_index(part, axis, begin), count = clp_grid_end(part, axis) - begin;
        double place = fmin(fmax((point[axis] - part->origin[axis]) / clp_grid_spacing(part, axis), 0),
                            (double)(whole - 1));
        size_t below = clp_min((size_t)place, whole - 2);
        own = own && below >= first && below < first + count;
        share[axis] = place - (double)below;
        at[axis] = begin + below - first;
    }
    *value = own ? between(part, values, at, share) : -INFINITY;
    return clp_reduce(ranks, CLP_REDUCE_MAX, value, 1);
}

/* A rank's piece: where it is, then its values. */
typedef struct piece {
    double first[CLP_AXES], count[CLP_AXES];
} piece;

enum { PIECE = sizeof(piece) / sizeof(double) };

static void place(const double *message, const size_t reduced[CLP_AXES], double *all)
{
    piece of;
    memcpy(&of, message, sizeof of);
    const double *in = message + PIECE;
    for (size_t k = 0; k < (size_t)of.count[2]; k++)
        for (size_t j = 0; j < (size_t)of.count[1]; j++) {
            size_t row = ((size_t)of.first[2] + k) * reduced[1] + (size_t)of.first[1] + j;
            memcpy(all + row * reduced[0] + (size_t)of.first[0], in, (size_t)of.count[0] * sizeof *in);
            in += (size_t)of.count[0];
        }
}

static double *make_piece(const clp_grid *part, const double *values, const size_t reduced[CLP_AXES],
                          size_t *bytes)
{
    size_t first[CLP_AXES], count[CLP_AXES], n = PIECE;
    piece of;
    for (int axis = 0; axis < CLP_AXES; axis++) {
        find_range(part, axis, reduced[axis], &first[axis], &count[axis]);
        of.first[axis] = (double)first[axis];
        of.count[axis] = (double)count[axis];
    }
    *bytes = (PIECE + count[0] * count[1] * count[2]) * sizeof(double);
    double *message = malloc(*bytes);
    if (!message) return NULL;
    memcpy(message, &of, sizeof of);
    for (size_t k = 0; k < count[2]; k++)
        for (size_t j = 0; j < count[1]; j++)
            for (size_t i = 0; i < count[0]; i++)
                message[n++] = sample_at(part, values, reduced,
                                         (size_t[CLP_AXES]){first[0] + i, first[1] + j, first[2] + k});
    return message;
}

/* All pieces to rank 0, which puts them in their places. */
static clp_status collect(clp_ranks *ranks, const double *message, size_t bytes,
                          const size_t reduced[CLP_AXES], double *all)
{
    bool first = clp_ranks_number(ranks) == 0;
    size_t count = clp_ranks_count(ranks), total = 0;
    size_t *sizes = calloc(count, sizeof *sizes);
    double *messages = NULL;
    clp_status status = sizes ? CLP_OK : clp_fail_host_memory(count * sizeof *sizes);
    status = clp_ranks_agree(ranks, status);
    if (status == CLP_OK) status = ranks->transport->gather(ranks, &bytes, sizeof bytes, sizes);
    for (size_t rank = 0; status == CLP_OK && rank < count; rank++) total += sizes[rank];
    if (first && status == CLP_OK && !(messages = malloc(total))) status = clp_fail_host_memory(total);
    status = clp_ranks_agree(ranks, status);
    if (status == CLP_OK) status = ranks->transport->collect(ranks, 0, message, bytes, messages, sizes);
    for (size_t rank = 0, at = 0; first && status == CLP_OK && rank < count; rank++) {
        place(messages + at / sizeof(double), reduced, all);
        at += sizes[rank];
    }
    free(sizes);
    free(messages);
    return status;
}

clp_status clp_field_reduce(clp_ranks *ranks, const clp_grid *part, const double *values, size_t most,
                            clp_grid *grid, double **reduced)
{
    *grid = clp_grid_of_part(part);
    *reduced = NULL;
    size_t nodes[CLP_AXES] = {1, 1, 1}, bytes = 0;
    for (int axis = 0; axis < clp_grid_dimensions(part); axis++)
        nodes[axis] = grid->nodes[axis] = clp_min(grid->nodes[axis], most);
    double *message = make_piece(part, values, nodes, &bytes),
           *all = clp_ranks_number(ranks) == 0 ? malloc(clp_grid_node_count(grid) * sizeof *all) : NULL;
    bool enough = message && (all || clp_ranks_number(ranks) > 0);
    clp_status status = clp_ranks_agree(ranks, enough ? CLP_OK : clp_fail_host_memory(bytes));
    if (status == CLP_OK && ranks) status = collect(ranks, message, bytes, nodes, all);
    if (status == CLP_OK && !ranks) place(message, nodes, all);
    free(message);
    if (status == CLP_OK)
        *reduced = all;
    else
        free(all);
    return status;
}
