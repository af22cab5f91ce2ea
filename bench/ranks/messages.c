/* SPDX-License-Identifier: MIT */
/*
 * What messages take, by the transport that the program has: a line for each count of bytes,
 *
 *   swap BYTES SECONDS      to and from one neighbour (rank 0 with 1, 2 with 3 ...)
 *   reduce BYTES SECONDS    a maximum over all ranks
 *   norms BYTES SECONDS     three numbers by the program's own operation
 *   gather BYTES SECONDS    as many of every rank to all
 *
 * medians of rounds, each the mean of some in a row.
 */
#include "base/machine.h"
#include "transport/transport.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 21, IN_A_ROW = 20, MOST = 1 << 20 };

typedef struct traffic {
    clp_ranks *ranks;
    char *out, *in;
    size_t bytes;
    clp_swaps swaps;
} traffic;

/* With the other one of a pair. */
static clp_status prepare(traffic *t)
{
    size_t other = t->ranks->number ^ 1;
    int direction = t->ranks->number % 2 == 0 ? CLP_HERE + 1 : CLP_HERE - 1;
    t->swaps = (clp_swaps){.swap = {{other, direction, t->out, t->in, t->bytes}},
                           .count = other < t->ranks->count ? 1 : 0};
    return t->ranks->transport->prepare(t->ranks, &t->swaps);
}

static clp_status swap(const traffic *t)
{
    CLP_TRY(t->ranks->transport->start(t->ranks, &t->swaps));
    return t->ranks->transport->finish(t->ranks, &t->swaps);
}

static clp_status reduce(const traffic *t)
{
    double value = 1;
    return t->ranks->transport->reduce(t->ranks, CLP_REDUCE_MAX, &value, 1);
}

static clp_status norms(const traffic *t)
{
    double values[3] = {1, 1, 1};
    return t->ranks->transport->reduce(t->ranks, CLP_REDUCE_NORMS, values, 3);
}

static clp_status gather(const traffic *t)
{
    return t->ranks->transport->gather(t->ranks, t->out, t->bytes, t->in);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static clp_status measure(const traffic *t, const char *name, clp_status (*what)(const traffic *))
{
    double seconds[ROUNDS];
    for (int round = -1; round < ROUNDS; round++) { /* the first one warms up */
        double start = clp_seconds();
        for (int i = 0; i < IN_A_ROW; i++) CLP_TRY(what(t));
        if (round >= 0) seconds[round] = (clp_seconds() - start) / IN_A_ROW;
    }
    qsort(seconds, ROUNDS, sizeof *seconds, compare);
    if (t->ranks->number == 0) printf("%s %zu %.9g\n", name, t->bytes, seconds[ROUNDS / 2]);
    return CLP_OK;
}

static clp_status measure_all(traffic *t)
{
    t->bytes = sizeof(double);
    CLP_TRY(measure(t, "reduce", reduce));
    t->bytes = 3 * sizeof(double);
    CLP_TRY(measure(t, "norms", norms));
    for (t->bytes = 8; t->bytes <= MOST; t->bytes *= 4) {
        CLP_TRY(prepare(t));
        CLP_TRY(measure(t, "swap", swap));
        t->ranks->transport->release(t->ranks, &t->swaps);
    }
    for (t->bytes = 32; t->bytes * t->ranks->count <= MOST; t->bytes *= 4)
        CLP_TRY(measure(t, "gather", gather));
    return CLP_OK;
}

int main(void)
{
    traffic t = {.ranks = NULL};
    if (clp_ranks_join(NULL, &t.ranks) != CLP_OK) return 1;
    t.out = calloc(1, MOST);
    t.in = calloc(1, MOST);
    clp_status status = t.out && t.in ? measure_all(&t) : clp_fail_host_memory(MOST);
    if (status != CLP_OK) fprintf(stderr, "messages: %s\n", clp_error_message());
    free(t.out);
    free(t.in);
    clp_ranks_leave(t.ranks);
    return status == CLP_OK ? 0 : 1;
}
