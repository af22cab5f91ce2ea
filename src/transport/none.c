/* SPDX-License-Identifier: MIT */
/* One process alone. */
#include "transport/transport.h"

#include "base/status.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_started(void)
{
    return true;
}

static clp_status join(clp_ranks *ranks)
{
    ranks->number = ranks->local = 0;
    ranks->count = ranks->beside = 1;
    return CLP_OK;
}

static void leave(clp_ranks *ranks)
{
    (void)ranks;
}

static void abort_all(const clp_ranks *ranks, int status)
{
    (void)ranks;
    exit(status);
}

static clp_status prepare(clp_ranks *ranks, clp_swaps *swaps)
{
    (void)ranks, (void)swaps;
    return CLP_OK;
}

static clp_status start(clp_ranks *ranks, const clp_swaps *swaps)
{
    (void)ranks, (void)swaps;
    return CLP_OK;
}

static clp_status advance(clp_ranks *ranks, const clp_swaps *swaps, bool *done)
{
    (void)ranks, (void)swaps;
    *done = true;
    return CLP_OK;
}

/* With itself, across seams. */
static clp_status finish(clp_ranks *ranks, const clp_swaps *swaps)
{
    (void)ranks;
    for (size_t i = 0; i < swaps->count; i++)
        for (size_t j = 0; j < swaps->count; j++)
            if (swaps->swap[j].direction == clp_opposite(swaps->swap[i].direction))
                memcpy(swaps->swap[j].receive, swaps->swap[i].send, swaps->swap[i].bytes);
    return CLP_OK;
}

static void release(clp_ranks *ranks, clp_swaps *swaps)
{
    (void)ranks, (void)swaps;
}

static clp_status reduce(clp_ranks *ranks, clp_reduction how, double *values, size_t count)
{
    (void)ranks, (void)how, (void)values, (void)count;
    return CLP_OK;
}

static clp_status gather(clp_ranks *ranks, const void *own, size_t bytes, void *all)
{
    (void)ranks;
    memcpy(all, own, bytes);
    return CLP_OK;
}

static clp_status spread(clp_ranks *ranks, size_t from, void *data, size_t bytes)
{
    (void)ranks, (void)from, (void)data, (void)bytes;
    return CLP_OK;
}

static clp_status collect(clp_ranks *ranks, size_t to, const void *own, size_t bytes, void *all,
                          const size_t *sizes)
{
    (void)ranks, (void)to, (void)sizes;
    memcpy(all, own, bytes);
    return CLP_OK;
}

static clp_status write_box(clp_ranks *ranks, const char *path, const clp_file_array *array,
                            const clp_box *box, const void *own)
{
    (void)ranks;
    const char *in = own;
    const size_t *nodes = array->nodes, bytes = box->count[0] * array->element_bytes;
    FILE *file = fopen(path, "r+b");
    if (!file) return clp_fail(CLP_ERROR_FILE, "%s: %s", path, strerror(errno));
    bool good = true;
    for (size_t k = 0; k < box->count[2]; k++)
        for (size_t j = 0; j < box->count[1]; j++, in += bytes) {
            size_t row = (box->first[2] + k) * nodes[1] + box->first[1] + j;
            off_t at = (off_t)(array->offset + (row * nodes[0] + box->first[0]) * array->element_bytes);
            good = good && fseeko(file, at, SEEK_SET) == 0 && fwrite(in, 1, bytes, file) == bytes;
        }
    good = fclose(file) == 0 && good;
    return good ? CLP_OK : clp_fail(CLP_ERROR_FILE, "%s: it cannot be written: %s", path, strerror(errno));
}

static bool meet(clp_ranks *ranks, double seconds)
{
    (void)ranks, (void)seconds;
    return true;
}

const clp_transport clp_transport_none = {
    .name = "none",
    .summary = "one process alone",
    .is_started = is_started,
    .join = join,
    .leave = leave,
    .abort = abort_all,
    .prepare = prepare,
    .start = start,
    .advance = advance,
    .finish = finish,
    .release = release,
    .reduce = reduce,
    .gather = gather,
    .spread = spread,
    .collect = collect,
    .write = write_box,
    .meet = meet,
};
