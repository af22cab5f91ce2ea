/* SPDX-License-Identifier: MIT */
/*
 * What every transport must do, as each of so many ranks: test_transport NAME, which starts those of shm
 * itself. What it says goes to standard error; the exit status tells whether all went well.
 */
#include "transport/transport.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int failed;

#define CHECK(condition) check(condition, #condition, __LINE__)

static void check(bool good, const char *condition, int line)
{
    if (good) return;
    failed++;
    if (failed < 20) fprintf(stderr, "test_transport.c:%d: not so: %s\n", line, condition);
}

enum { MOST = 700001 }; /* bytes: more than mailboxes hold */

/* What rank `from` sends to one side in a round. */
static unsigned char byte_of(size_t from, int round, int side, size_t i)
{
    return (unsigned char)(31 * from + 7 * (size_t)round + 101 * (size_t)side + i + i / 251);
}

static bool holds(const unsigned char *data, size_t bytes, size_t from, int round, int side)
{
    for (size_t i = 0; i < bytes; i++)
        if (data[i] != byte_of(from, round, side, i)) return false;
    return true;
}

/* Along a ring of all ranks, or a line of them, in which some come late; prepared anew now and then. */
static void swap(clp_ranks *ranks, int axis, bool ring, int rounds)
{
    static const size_t sizes[] = {4, 1000, 262144, 8, 262148, MOST, 16, 524288};
    static unsigned char send[2][MOST], receive[2][MOST];
    const size_t me = ranks->number, count = ranks->count;
    const size_t next = (me + 1) % count, last = (me + count - 1) % count;
    for (int round = 0; round < rounds; round++) {
        size_t bytes = sizes[(size_t)round % (sizeof sizes / sizeof *sizes)];
        for (int side = 0; side < 2; side++)
            for (size_t i = 0; i < bytes; i++) send[side][i] = byte_of(me, round, side, i);
        memset(receive, 0, sizeof receive);
        const int step = axis == 0 ? 1 : 3;
        clp_swaps both = {.count = 0};
        if (ring || next > 0)
            both.swap[both.count++] = (clp_swap){next, CLP_HERE + step, send[1], receive[1], bytes};
        if (ring || me > 0)
            both.swap[both.count++] = (clp_swap){last, CLP_HERE - step, send[0], receive[0], bytes};
        CHECK(ranks->transport->prepare(ranks, &both) == CLP_OK);
        if (((size_t)round + me) % 3 == 0) usleep(2000);
        CHECK(ranks->transport->start(ranks, &both) == CLP_OK);
        CHECK(ranks->transport->finish(ranks, &both) == CLP_OK);
        if (ring || me > 0) CHECK(holds(receive[0], bytes, last, round, 1));
        if (ring || next > 0) CHECK(holds(receive[1], bytes, next, round, 0));
        ranks->transport->release(ranks, &both);
    }
}

/* With all directions at once, to any of the ranks, again and again from the same buffers. */
static void swap_around(clp_ranks *ranks)
{
    enum { BYTES = 300000 }; /* for the largest; more than mailboxes hold */
    static unsigned char send[CLP_DIRECTIONS][BYTES], receive[CLP_DIRECTIONS][BYTES];
    const size_t me = ranks->number, count = ranks->count;
    clp_swaps around = {.count = 0};
    for (int direction = 0; direction < CLP_DIRECTIONS; direction++) {
        size_t by = direction < CLP_HERE ? (size_t)direction : (size_t)clp_opposite(direction);
        size_t other = (direction < CLP_HERE ? me + by : me + count * CLP_DIRECTIONS - by) % count;
        if (direction == CLP_HERE) continue;
        around.swap[around.count++] =
            (clp_swap){other, direction, send[direction], receive[direction], BYTES / (by + 1)};
    }
    CHECK(ranks->transport->prepare(ranks, &around) == CLP_OK);
    for (int round = 0; round < 6; round++) {
        for (int direction = 0; direction < CLP_DIRECTIONS; direction++)
            for (size_t i = 0; i < BYTES; i++) send[direction][i] = byte_of(me, round, direction, i);
        memset(receive, 0, sizeof receive);
        if (((size_t)round + me) % 2 == 0) usleep(2000);
        CHECK(ranks->transport->start(ranks, &around) == CLP_OK);
        bool done = round % 2 != 0;
        for (int looks = 0; !done && looks < 1000; looks++)
            CHECK(ranks->transport->advance(ranks, &around, &done) == CLP_OK);
        CHECK(ranks->transport->finish(ranks, &around) == CLP_OK);
        for (size_t i = 0; i < around.count; i++) {
            const clp_swap *swap = &around.swap[i];
            CHECK(holds(swap->receive, swap->bytes, swap->neighbour, round, clp_opposite(swap->direction)));
        }
    }
    ranks->transport->release(ranks, &around);
}

static void swaps(clp_ranks *ranks)
{
    const size_t count = ranks->count;
    memcpy(ranks->parts, (size_t[]){count, 1, 1}, sizeof ranks->parts);
    swap(ranks, 0, true, 24);
    swap(ranks, 0, true, 3);
    memcpy(ranks->parts, (size_t[]){1, count, 1}, sizeof ranks->parts); /* another division */
    swap(ranks, 1, false, 13);
    swap(ranks, 0, true, 5);
    swap_around(ranks);
}

/* The same number in all of them, to the last bit. */
static bool is_common(clp_ranks *ranks, const double *number)
{
    double *all = calloc(ranks->count, sizeof *all);
    bool common = all && ranks->transport->gather(ranks, number, sizeof *number, all) == CLP_OK;
    for (size_t i = 0; common && i < ranks->count; i++) common = memcmp(&all[i], number, sizeof *all) == 0;
    free(all);
    return common;
}

static void reductions(clp_ranks *ranks)
{
    const size_t me = ranks->number, count = ranks->count;
    for (int round = 0; round < 100; round++) {
        double sum = sin(1 + (double)me + 17 * round) * pow(10, round % 9);
        CHECK(clp_reduce(ranks, CLP_REDUCE_SUM, &sum, 1) == CLP_OK);
        CHECK(is_common(ranks, &sum));
    }
    double ends[] = {(double)me, -(double)me};
    CHECK(clp_reduce(ranks, CLP_REDUCE_MAX, ends, 2) == CLP_OK);
    CHECK(ends[0] == (double)count - 1 && ends[1] == 0);
    CHECK(clp_reduce(ranks, CLP_REDUCE_MIN, ends, 2) == CLP_OK);
    CHECK(ends[0] == (double)count - 1 && ends[1] == 0);
    clp_norms norms = {.largest = (double)me, .two = 3, .field = INFINITY};
    CHECK(clp_reduce_norms(ranks, &norms) == CLP_OK);
    CHECK(norms.largest == (double)count - 1 && isinf(norms.field));
    CHECK(fabs(norms.two - 3 * sqrt((double)count)) < 1e-14 * norms.two);
    CHECK(is_common(ranks, &norms.two));
    for (size_t who = 0; who < count; who++) {
        norms = (clp_norms){.largest = who == me ? NAN : 1, .two = 1, .field = 1};
        CHECK(clp_reduce_norms(ranks, &norms) == CLP_OK);
        CHECK(isnan(norms.largest));
    }
}

static void gathers(clp_ranks *ranks)
{
    static const size_t sizes[] = {1, 77, 262144, MOST, 3};
    const size_t me = ranks->number, count = ranks->count;
    unsigned char *own = malloc(MOST), *all = malloc(count * MOST);
    size_t *each = calloc(count, sizeof *each);
    CHECK(own && all && each);
    for (int round = 0; own && all && each && round < 10; round++) {
        const size_t bytes = sizes[round % 5], root = (size_t)round % count;
        for (size_t i = 0; i < bytes; i++) own[i] = byte_of(me, round, 0, i);
        memset(all, 0, count * MOST);
        CHECK(ranks->transport->gather(ranks, own, bytes, all) == CLP_OK);
        for (size_t who = 0; who < count; who++) CHECK(holds(all + who * bytes, bytes, who, round, 0));
        if (me == root) usleep(1000);
        memset(all, 0, count * MOST);
        size_t at = 0;
        for (size_t who = 0; who < count; who++) each[who] = (round + who) % 4 == 3 ? 0 : bytes / (who + 1);
        CHECK(ranks->transport->collect(ranks, root, own, each[me], all, each) == CLP_OK);
        for (size_t who = 0; me == root && who < count; at += each[who++])
            CHECK(holds(all + at, each[who], who, round, 0));
        CHECK(ranks->transport->spread(ranks, root, own, bytes) == CLP_OK);
        CHECK(holds(own, bytes, root, round, 0));
    }
    free(own);
    free(all);
    free(each);
}

int main(int count, char **arguments)
{
    clp_ranks *others, *ranks;
    int result;
    if (count < 2) return EXIT_FAILURE; /* what else there is belongs to other tests */
    if (strcmp(arguments[1], "shm") == 0 && !clp_ranks_are_started()) {
        if (clp_ranks_launch(3, arguments, &result) == CLP_OK) return result;
        fprintf(stderr, "%s\n", clp_error_message());
        return EXIT_FAILURE;
    }
    /* On top of the others, as the program does. */
    if (clp_ranks_join(NULL, &others) != CLP_OK || clp_ranks_join(arguments[1], &ranks) != CLP_OK) {
        fprintf(stderr, "%s\n", clp_error_message());
        return EXIT_FAILURE;
    }
    clp_ranks_leave(others);
    swaps(ranks);
    reductions(ranks);
    gathers(ranks);
    CHECK(clp_ranks_meet(ranks, 10));
    fprintf(stderr, "rank %zu of %zu: %d failed\n", ranks->number, ranks->count, failed);
    clp_ranks_leave(ranks);
    return failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
