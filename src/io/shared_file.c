/* SPDX-License-Identifier: MIT */
#include "io/shared_file.h"

#include "base/status.h"
#include "grid/extent.h"

#include <stdio.h>
#include <string.h>

static bool is_first(const clp_shared_file *file)
{
    return clp_ranks_number(file->ranks) == 0;
}

static clp_status begin_own(clp_shared_file *file, const char *path)
{
    CLP_TRY(clp_output_begin(&file->own, path));
    if (!file->own.temporary) {
        clp_output_discard(&file->own);
        return clp_fail(CLP_ERROR_INPUT, "%s: several ranks write a file together; name a regular one", path);
    }
    snprintf(file->path, sizeof file->path, "%s", file->own.temporary);
    return CLP_OK;
}

clp_status clp_shared_file_begin(clp_shared_file *file, clp_ranks *ranks, const char *path)
{
    *file = (clp_shared_file){.ranks = ranks};
    clp_status status = is_first(file) ? begin_own(file, path) : CLP_OK;
    CLP_TRY(clp_ranks_agree(ranks, status));
    return clp_ranks_spread_text(ranks, file->path, sizeof file->path);
}

clp_status clp_shared_file_place(clp_shared_file *file, size_t *offset)
{
    double place = 0; /* sums of doubles are what every transport has; files of 2^53 bytes are not */
    clp_status status = CLP_OK;
    if (is_first(file)) {
        long at = fflush(file->own.stream) == 0 ? ftell(file->own.stream) : -1;
        if (at < 0) status = clp_fail(CLP_ERROR_FILE, "%s: it cannot be written", file->own.path);
        place = (double)at;
    }
    CLP_TRY(clp_ranks_agree(file->ranks, status));
    CLP_TRY(clp_reduce(file->ranks, CLP_REDUCE_SUM, &place, 1));
    *offset = (size_t)place;
    return CLP_OK;
}

clp_status clp_shared_file_write(clp_shared_file *file, const clp_file_array *array, const clp_box *box,
                                 const void *bytes)
{
    size_t needed = box->count[0] * box->count[1] * box->count[2] * array->element_bytes;
    CLP_TRY(clp_ranks_agree(file->ranks, bytes ? CLP_OK : clp_fail_host_memory(needed)));
    const clp_transport *transport = file->ranks ? file->ranks->transport : &clp_transport_none;
    return clp_ranks_agree(file->ranks, transport->write(file->ranks, file->path, array, box, bytes));
}

clp_status clp_shared_file_end(clp_shared_file *file, clp_status status)
{
    clp_status ended = CLP_OK;
    if (is_first(file) && status == CLP_OK)
        ended = clp_output_commit(&file->own);
    else if (is_first(file))
        clp_output_discard(&file->own);
    return status == CLP_OK ? clp_ranks_agree(file->ranks, ended) : status;
}

clp_own_box clp_own_nodes(const clp_grid *part)
{
    clp_own_box own;
    for (int axis = 0; axis < CLP_AXES; axis++) {
        size_t begin = clp_grid_begin(part, axis), count = clp_grid_end(part, axis) - begin,
               first = axis < clp_grid_dimensions(part) ? clp_grid_index(part, axis, begin) : 0;
        if (part->part.period[axis] && first + count == part->part.period[axis]) count++;
        own.whole.first[axis] = first;
        own.whole.count[axis] = count;
        own.begin[axis] = begin;
    }
    return own;
}

clp_own_box clp_own_cells(const clp_grid *part)
{
    clp_own_box own = clp_own_nodes(part);
    for (int axis = 0; axis < clp_grid_dimensions(part); axis++)
        if (own.whole.first[axis] + own.whole.count[axis] == clp_grid_whole(part, axis))
            own.whole.count[axis]--;
    return own;
}
