/* SPDX-License-Identifier: MIT */
/* One process alone. */
#include "transport/transport.h"

#include "base/status.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* 0, or what went wrong. */
static int write_at(int file, const char *data, size_t bytes, size_t at)
{
    while (bytes > 0) {
        ssize_t done = pwrite(file, data, bytes, (off_t)at);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return done < 0 ? errno : ENOSPC;
        data += done, at += (size_t)done, bytes -= (size_t)done;
    }
    return 0;
}

static clp_status write_box(clp_ranks *ranks, const char *path, const clp_file_array *array,
                            const clp_box *box, const void *own)
{
    (void)ranks;
    const char *in = own;
    const size_t *nodes = array->nodes, row_bytes = box->count[0] * array->element_bytes;
    const size_t rows = box->count[0] == nodes[0] ? box->count[1] : 1; /* that lie one behind the other */
    int file = open(path, O_WRONLY), error = 0;
    if (file < 0) return clp_fail(CLP_ERROR_FILE, "%s: %s", path, strerror(errno));
    for (size_t k = 0; k < box->count[2]; k++)
        for (size_t j = 0; j < box->count[1] && !error; j += rows, in += rows * row_bytes) {
            size_t row = (box->first[2] + k) * nodes[1] + box->first[1] + j;
            size_t at = array->offset + (row * nodes[0] + box->first[0]) * array->element_bytes;
            error = write_at(file, in, rows * row_bytes, at);
        }
    if (close(file) != 0 && !error) error = errno;
    return error ? clp_fail(CLP_ERROR_FILE, "%s: it cannot be written: %s", path, strerror(error)) : CLP_OK;
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
