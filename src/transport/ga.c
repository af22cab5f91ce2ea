/* SPDX-License-Identifier: MIT */
/*
 * Global Arrays in place of messages (J. Nieplocha et al., Int. J. High Perform. Comput. Appl. 20, 2006):
 * every rank has a row of an array that all of them can put to and get from. In it are mailboxes, two for
 * each direction, into which neighbours put halos, and a board, where ranks put what all are to get. Nobody
 * waits for anybody but the neighbours with halos: who has put adds 1 to a counter of the receiver, who looks
 * at it until then. It runs on MPI, which still writes files.
 */
#include "transport/mpi_world.h"

#include "base/checked.h"

#include <ga.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

enum {
    LETTER = 1 << 16, /* bytes that a mailbox holds; more than that goes in pieces */
    PIECE = 1 << 18,  /* and the board's places */
    BOARD = 2 * CLP_DIRECTIONS * LETTER,
    ROW = BOARD + 2 * PIECE,
    PATIENCE = 200 /* looks at a counter before others get the processor */
};

typedef struct ga_world {
    clp_mpi_world base;
    int rows, counters;           /* arrays */
    size_t parts[CLP_AXES];       /* the division that the counters are of */
    long swapped[CLP_DIRECTIONS]; /* pieces that came from there, as many as went there */
    size_t posted;                /* on the board */
    clp_norms *norms;             /* of all ranks */
} ga_world;

/* GA asks for char *. */
static char sum_of[] = "+", largest_of[] = "max", smallest_of[] = "min";
static char rows_name[] = "halos", counters_name[] = "counters";

static ga_world *world_of(const clp_ranks *ranks)
{
    return ranks->own;
}

/* mpirun starts it as well: it is asked for by name. */
static bool is_started(void)
{
    return false;
}

/* An array with a row for each rank, which has it in its memory. */
static int create_rows(int type, char *name, size_t count, int64_t length)
{
    int64_t sizes[] = {(int64_t)count, length}, least[] = {1, length};
    return NGA_Create64(type, 2, sizes, name, least);
}

static void leave(clp_ranks *ranks)
{
    ga_world *world = world_of(ranks);
    if (world->rows) GA_Destroy(world->rows);
    if (world->counters) GA_Destroy(world->counters);
    free(world->norms);
    GA_Terminate();
    clp_mpi_leave(ranks);
}

static clp_status join(clp_ranks *ranks)
{
    CLP_TRY(clp_mpi_join(ranks, sizeof(ga_world)));
    GA_Initialize();
    ga_world *world = world_of(ranks);
    clp_status status = CLP_OK;
    if ((size_t)GA_Nnodes() != ranks->count) {
        status = clp_fail(CLP_ERROR_DEVICE,
                          "Global Arrays has %d processes of %zu, the others being its own helpers; build it "
                          "with another of its runtimes, or take --transport mpi",
                          GA_Nnodes(), ranks->count);
    } else {
        world->rows = create_rows(C_CHAR, rows_name, ranks->count, ROW);
        world->counters = create_rows(C_LONG, counters_name, ranks->count, CLP_DIRECTIONS);
        world->norms = calloc(ranks->count, sizeof *world->norms);
        if (!world->rows || !world->counters || !world->norms)
            status = clp_fail(CLP_ERROR_MEMORY, "Global Arrays has no room for %d bytes of each rank", ROW);
    }
    status = clp_ranks_agree(ranks, status);
    if (status != CLP_OK) leave(ranks);
    return status;
}

/* ---- halos ---- */

/* Bytes of a rank's row, from or to a buffer. */
static void put(const ga_world *world, size_t rank, size_t at, const void *data, size_t bytes)
{
    int64_t first[] = {(int64_t)rank, (int64_t)at}, last[] = {(int64_t)rank, (int64_t)(at + bytes) - 1};
    int64_t length[] = {(int64_t)bytes};
    NGA_Put64(world->rows, first, last, (void *)data, length);
}

static void get(const ga_world *world, size_t rank, size_t at, void *data, size_t bytes)
{
    int64_t first[] = {(int64_t)rank, (int64_t)at}, last[] = {(int64_t)rank, (int64_t)(at + bytes) - 1};
    int64_t length[] = {(int64_t)bytes};
    NGA_Get64(world->rows, first, last, data, length);
}

/* The two mailboxes of a direction take turns: a neighbour puts the next piece only after it has got the one
 * before, and so after this rank has taken what the mailbox had. `mine` is the direction as this rank has it.
 */
static size_t mailbox(const ga_world *world, int direction, int mine)
{
    return (size_t)(2 * direction + (int)(world->swapped[mine] % 2)) * LETTER;
}

static size_t piece_of(const clp_swap *swap, size_t from)
{
    return from >= swap->bytes ? 0 : clp_min(swap->bytes - from, LETTER);
}

/* Into the neighbour's mailbox of the direction that it has this rank in. */
static void put_piece(const ga_world *world, const clp_swap *swap, size_t from)
{
    size_t bytes = piece_of(swap, from), at = mailbox(world, clp_opposite(swap->direction), swap->direction);
    if (bytes > 0) put(world, swap->neighbour, at, (const char *)swap->send + from, bytes);
}

/* Tells the neighbour, who must not hear of it before it is there. */
static void tell(const ga_world *world, const clp_swap *swap, size_t from)
{
    int64_t counter[] = {(int64_t)swap->neighbour, clp_opposite(swap->direction)};
    if (piece_of(swap, from) > 0) NGA_Read_inc64(world->counters, counter, 1);
}

/* Waits for the neighbour's piece, by atomic reads: GA keeps them and what was put in order. */
static void take_piece(ga_world *world, size_t me, const clp_swap *swap, size_t from)
{
    const int direction = swap->direction;
    int64_t counter[] = {(int64_t)me, direction};
    size_t bytes = piece_of(swap, from);
    if (bytes == 0) return;
    for (int looks = 0; NGA_Read_inc64(world->counters, counter, 0) <= world->swapped[direction]; looks++)
        if (looks >= PATIENCE) sched_yield();
    get(world, me, mailbox(world, direction, direction), (char *)swap->receive + from, bytes);
    world->swapped[direction]++;
}

/* Another division of the ranks has other neighbours, who know nothing of each other's counters. */
static void begin_division(const clp_ranks *ranks, ga_world *world)
{
    if (memcmp(world->parts, ranks->parts, sizeof world->parts) == 0) return;
    memcpy(world->parts, ranks->parts, sizeof world->parts);
    memset(world->swapped, 0, sizeof world->swapped);
    GA_Sync();
    GA_Zero(world->counters);
    GA_Sync();
}

static clp_status prepare(clp_ranks *ranks, clp_swaps *swaps)
{
    (void)ranks, (void)swaps;
    return CLP_OK;
}

static void put_pieces(const ga_world *world, const clp_swaps *swaps, size_t from)
{
    const clp_swap *first = swaps->swap, *end = first + swaps->count;
    GA_Init_fence();
    for (const clp_swap *swap = first; swap < end; swap++) put_piece(world, swap, from);
    GA_Fence();
    for (const clp_swap *swap = first; swap < end; swap++) tell(world, swap, from);
}

static clp_status start(clp_ranks *ranks, const clp_swaps *swaps)
{
    begin_division(ranks, world_of(ranks));
    put_pieces(world_of(ranks), swaps, 0);
    return CLP_OK;
}

static clp_status advance(clp_ranks *ranks, const clp_swaps *swaps, bool *done)
{
    (void)ranks, (void)swaps;
    *done = true;
    return CLP_OK;
}

static clp_status finish(clp_ranks *ranks, const clp_swaps *swaps)
{
    ga_world *world = world_of(ranks);
    const clp_swap *first = swaps->swap, *end = first + swaps->count;
    size_t most = 0;
    for (const clp_swap *swap = first; swap < end; swap++) most = clp_max(most, swap->bytes);
    for (size_t from = 0; from < most; from += LETTER) {
        if (from > 0) put_pieces(world, swaps, from);
        for (const clp_swap *swap = first; swap < end; swap++) take_piece(world, ranks->number, swap, from);
    }
    return CLP_OK;
}

static void release(clp_ranks *ranks, clp_swaps *swaps)
{
    (void)ranks, (void)swaps;
}

/* ---- numbers of all ranks ---- */

/* Of all ranks, then put together in their order: GA has no sums of norms, and its largest may lose a NaN. */
static void reduce_norms(const clp_ranks *ranks, double *values)
{
    ga_world *world = world_of(ranks);
    clp_norms *all = memset(world->norms, 0, ranks->count * sizeof *all), *into = (clp_norms *)values;
    all[ranks->number] = *into;
    GA_Dgop((double *)all, (int)(ranks->count * (sizeof *all / sizeof *values)), sum_of);
    *into = all[0];
    for (size_t i = 1; i < ranks->count; i++) *into = clp_norms_join(*into, all[i]);
}

static clp_status reduce(clp_ranks *ranks, clp_reduction how, double *values, size_t count)
{
    char *const operations[] = {
        [CLP_REDUCE_SUM] = sum_of, [CLP_REDUCE_MAX] = largest_of, [CLP_REDUCE_MIN] = smallest_of};
    const size_t each = sizeof(clp_norms) / sizeof *values;
    if (how != CLP_REDUCE_NORMS)
        GA_Dgop(values, (int)count, operations[how]);
    else
        for (size_t i = 0; i < count; i += each) reduce_norms(ranks, values + i);
    return CLP_OK;
}

static clp_status spread(clp_ranks *ranks, size_t from, void *data, size_t bytes)
{
    const size_t most = 1 << 30; /* lengths are ints */
    (void)ranks;
    for (size_t at = 0; at < bytes; at += most)
        GA_Brdcst((char *)data + at, (int)clp_min(bytes - at, most), (int)from);
    return CLP_OK;
}

/* ---- the board ---- */

/* A piece of every rank's, where it then is in their rows. Two places take turns: nobody puts to one before
 * all have put to the other, and so got what they wanted of this one. */
static size_t post(clp_ranks *ranks, const void *own, size_t bytes, size_t from)
{
    ga_world *world = world_of(ranks);
    size_t at = BOARD + world->posted++ % 2 * PIECE;
    if (from < bytes) put(world, ranks->number, at, (const char *)own + from, clp_min(bytes - from, PIECE));
    GA_Sync();
    return at;
}

static clp_status gather(clp_ranks *ranks, const void *own, size_t bytes, void *all)
{
    ga_world *world = world_of(ranks);
    int64_t length[] = {(int64_t)bytes};
    for (size_t from = 0; from < bytes; from += PIECE) {
        size_t piece = clp_min(bytes - from, PIECE), at = post(ranks, own, bytes, from);
        int64_t first[] = {0, (int64_t)at}, last[] = {(int64_t)ranks->count - 1, (int64_t)(at + piece) - 1};
        NGA_Get64(world->rows, first, last, (char *)all + from, length);
    }
    return CLP_OK;
}

static clp_status collect(clp_ranks *ranks, size_t to, const void *own, size_t bytes, void *all,
                          const size_t *sizes)
{
    ga_world *world = world_of(ranks);
    double most = (double)bytes;
    GA_Dgop(&most, 1, largest_of);
    for (size_t from = 0; from < (size_t)most; from += PIECE) {
        size_t at = post(ranks, own, bytes, from);
        char *into = all;
        for (size_t rank = 0; ranks->number == to && rank < ranks->count; into += sizes[rank++])
            if (from < sizes[rank]) get(world, rank, at, into + from, clp_min(sizes[rank] - from, PIECE));
    }
    return CLP_OK;
}

const clp_transport clp_transport_ga = {
    .name = "ga",
    .summary = "one-sided puts and gets, by Global Arrays",
    .is_started = is_started,
    .join = join,
    .leave = leave,
    .abort = clp_mpi_abort,
    .prepare = prepare,
    .start = start,
    .advance = advance,
    .finish = finish,
    .release = release,
    .reduce = reduce,
    .gather = gather,
    .spread = spread,
    .collect = collect,
    .write = clp_mpi_write,
    .meet = clp_mpi_meet,
};
