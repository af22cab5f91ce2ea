/* SPDX-License-Identifier: MIT */
/*
 * Ranks of one machine by memory that they share. In it are mailboxes, two for each direction of each pair,
 * into which neighbours put halos, and a board, where each puts what all are to read. Nobody waits for
 * anybody but the neighbours with halos: who has put counts up, and who is to take looks at the count until
 * then.
 */
#include "transport/shm.h"

#include "base/checked.h"
#include "base/machine.h"
#include "base/status.h"

#include <fcntl.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

typedef struct shm_world {
    clp_shm *memory;
    clp_shm_rank *own;
    size_t bytes;
    size_t *swapped; /* [rank][direction]: pieces that came from there, as many as went there */
    size_t from;     /* bytes of the started swaps that are there already */
    size_t posted;   /* on the board */
    size_t met;
} shm_world;

static shm_world *world_of(const clp_ranks *ranks)
{
    return ranks->own;
}

/* ---- joining ---- */

static bool read_number(const char *name, size_t *number)
{
    const char *text = getenv(name);
    char *end;
    if (!text || *text < '0' || *text > '9') return false;
    *number = strtoul(text, &end, 10);
    return !*end && *number < 1 << 20;
}

static bool is_started(void)
{
    return getenv(CLP_SHM_RANK) != NULL;
}

static clp_status join(clp_ranks *ranks)
{
    size_t descriptor;
    struct stat file;
    if (!is_started())
        return clp_fail(CLP_ERROR_INPUT, "the transport shm is for processes that are started together, as "
                                         "clpoisson solve --ranks 2 does");
    bool good = read_number(CLP_SHM_RANK, &ranks->number) && read_number(CLP_LAUNCH_COUNT, &ranks->count) &&
                read_number(CLP_SHM_MEMORY, &descriptor) && ranks->number < ranks->count &&
                fstat((int)descriptor, &file) == 0 && (size_t)file.st_size == clp_shm_bytes(ranks->count);
    shm_world *world = calloc(1, sizeof *world);
    if (!world) return clp_fail_host_memory(sizeof *world);
    ranks->own = world;
    world->bytes = clp_shm_bytes(ranks->count);
    world->swapped = calloc(ranks->count * CLP_DIRECTIONS + 1, sizeof *world->swapped);
    if (!world->swapped) return clp_fail_host_memory(ranks->count * CLP_DIRECTIONS * sizeof *world->swapped);
    void *memory =
        good ? mmap(NULL, world->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, (int)descriptor, 0) : MAP_FAILED;
    if (memory == MAP_FAILED) {
        free(world->swapped);
        return clp_fail(CLP_ERROR_INPUT,
                        "%s is set, but there is no memory that ranks share; unset it, and "
                        "start several by clpoisson solve --ranks 2",
                        CLP_SHM_RANK);
    }
    world->memory = memory;
    world->own = &world->memory->ranks[ranks->number];
    atomic_fetch_add(&world->own->joined, 1);
    fcntl((int)descriptor, F_SETFD, FD_CLOEXEC); /* not for what drivers start */
    ranks->local = ranks->number;
    ranks->beside = ranks->count;
    return CLP_OK;
}

static void leave(clp_ranks *ranks)
{
    shm_world *world = world_of(ranks);
    atomic_fetch_add(&world->own->left, 1);
    munmap(world->memory, world->bytes);
    free(world->swapped);
    free(world);
    ranks->own = NULL;
}

/* Who started them ends the others, as this one has not left. */
static void abort_all(const clp_ranks *ranks, int status)
{
    (void)ranks;
    fflush(NULL);
    _Exit(status);
}

/* ---- waiting ---- */

/* Between two looks: at once for some microseconds, then after whom else the processor has work for. */
static void rest(size_t looks)
{
    enum { AT_ONCE = 200, IN_TURNS = 5000 };
    const struct timespec moment = {.tv_nsec = 50000};
    if (looks < AT_ONCE) return;
    if (looks < IN_TURNS)
        sched_yield();
    else
        nanosleep(&moment, NULL);
}

static void wait_for(const atomic_size_t *counter, size_t least)
{
    for (size_t looks = 0; atomic_load_explicit(counter, memory_order_acquire) < least; looks++) rest(looks);
}

/* What ranks wrote before it all others see behind it. */
static void wait_for_all(const clp_ranks *ranks)
{
    clp_shm *memory = world_of(ranks)->memory;
    size_t passed = atomic_load(&memory->passed);
    if (atomic_fetch_add(&memory->waiting, 1) + 1 == ranks->count) {
        atomic_store(&memory->waiting, 0);
        atomic_store(&memory->passed, passed + 1);
    } else {
        wait_for(&memory->passed, passed + 1);
    }
}

static bool meet(clp_ranks *ranks, double seconds)
{
    shm_world *world = world_of(ranks);
    const double end = clp_seconds() + seconds;
    const size_t all = ++world->met * ranks->count;
    atomic_fetch_add(&world->memory->meeting, 1);
    for (size_t looks = 0; atomic_load(&world->memory->meeting) < all; looks++) {
        if (clp_seconds() >= end) return false;
        rest(looks);
    }
    return true;
}

/* ---- halos ---- */

/* The mailboxes of a direction take turns: a neighbour puts the next piece only after it has got the one
 * before, and so after this rank has taken what the mailbox had. */
static size_t piece_of(const clp_swap *swap, size_t from)
{
    return from >= swap->bytes ? 0 : clp_min(swap->bytes - from, CLP_SHM_LETTER);
}

static size_t *count_with(const shm_world *world, const clp_swap *swap)
{
    return &world->swapped[swap->neighbour * CLP_DIRECTIONS + (size_t)swap->direction];
}

static void put_pieces(const clp_ranks *ranks, const clp_swaps *swaps)
{
    shm_world *world = world_of(ranks);
    for (size_t i = 0; i < swaps->count; i++) {
        const clp_swap *swap = &swaps->swap[i];
        const int there = clp_opposite(swap->direction);
        clp_shm_room *room = clp_shm_room_of(world->memory, ranks->count, ranks->number, swap->neighbour);
        size_t bytes = piece_of(swap, world->from);
        if (bytes == 0) continue;
        memcpy(room->mail[there][*count_with(world, swap) % 2], (const char *)swap->send + world->from,
               bytes);
        atomic_fetch_add_explicit(&room->arrived[there].pieces, 1, memory_order_release);
    }
}

static clp_shm_room *room_from(const clp_ranks *ranks, const clp_swap *swap)
{
    return clp_shm_room_of(world_of(ranks)->memory, ranks->count, swap->neighbour, ranks->number);
}

static bool have_arrived(const clp_ranks *ranks, const clp_swaps *swaps)
{
    const shm_world *world = world_of(ranks);
    bool all = true;
    for (size_t i = 0; all && i < swaps->count; i++) {
        const clp_swap *swap = &swaps->swap[i];
        const atomic_size_t *pieces = &room_from(ranks, swap)->arrived[swap->direction].pieces;
        all = piece_of(swap, world->from) == 0 ||
              atomic_load_explicit(pieces, memory_order_acquire) > *count_with(world, swap);
    }
    return all;
}

/* Waits for those that are not there. */
static void take_pieces(const clp_ranks *ranks, const clp_swaps *swaps)
{
    shm_world *world = world_of(ranks);
    for (size_t i = 0; i < swaps->count; i++) {
        const clp_swap *swap = &swaps->swap[i];
        const clp_shm_room *room = room_from(ranks, swap);
        size_t bytes = piece_of(swap, world->from), *count = count_with(world, swap);
        if (bytes == 0) continue;
        wait_for(&room->arrived[swap->direction].pieces, *count + 1);
        memcpy((char *)swap->receive + world->from, room->mail[swap->direction][*count % 2], bytes);
        ++*count;
    }
    world->from += CLP_SHM_LETTER;
}

static size_t longest(const clp_swaps *swaps)
{
    size_t bytes = 0;
    for (size_t i = 0; i < swaps->count; i++) bytes = clp_max(bytes, swaps->swap[i].bytes);
    return bytes;
}

static clp_status prepare(clp_ranks *ranks, clp_swaps *swaps)
{
    (void)ranks, (void)swaps;
    return CLP_OK;
}

static void release(clp_ranks *ranks, clp_swaps *swaps)
{
    (void)ranks, (void)swaps;
}

static clp_status start(clp_ranks *ranks, const clp_swaps *swaps)
{
    world_of(ranks)->from = 0;
    put_pieces(ranks, swaps);
    return CLP_OK;
}

static clp_status advance(clp_ranks *ranks, const clp_swaps *swaps, bool *done)
{
    shm_world *world = world_of(ranks);
    const size_t bytes = longest(swaps);
    while (world->from < bytes && have_arrived(ranks, swaps)) {
        take_pieces(ranks, swaps);
        put_pieces(ranks, swaps);
    }
    *done = world->from >= bytes;
    return CLP_OK;
}

static clp_status finish(clp_ranks *ranks, const clp_swaps *swaps)
{
    shm_world *world = world_of(ranks);
    const size_t bytes = longest(swaps);
    while (world->from < bytes) {
        take_pieces(ranks, swaps);
        put_pieces(ranks, swaps);
    }
    return CLP_OK;
}

/* ---- the board ---- */

/* Puts a piece there; what it answers is the place of all ranks' pieces. Two places take turns: nobody puts
 * to one before all have put to the other, and so read what they wanted of this one. */
static size_t post(const clp_ranks *ranks, const void *own, size_t bytes, size_t from)
{
    shm_world *world = world_of(ranks);
    const size_t place = world->posted++ % 2;
    if (from < bytes)
        memcpy(world->own->board[place], (const char *)own + from, clp_min(bytes - from, CLP_SHM_PIECE));
    wait_for_all(ranks);
    return place;
}

static double join_numbers(clp_reduction how, double a, double b)
{
    switch (how) {
    case CLP_REDUCE_MAX:
        return fmax(a, b);
    case CLP_REDUCE_MIN:
        return fmin(a, b);
    default:
        return a + b;
    }
}

/* In the order of the ranks, so that it is the same in all. */
static void reduce_piece(clp_ranks *ranks, clp_reduction how, double *values, size_t count)
{
    const clp_shm *memory = world_of(ranks)->memory;
    const size_t place = post(ranks, values, count * sizeof *values, 0),
                 each = sizeof(clp_norms) / sizeof *values;
    memcpy(values, memory->ranks[0].board[place], count * sizeof *values);
    for (size_t rank = 1; rank < ranks->count; rank++) {
        const double *other = (const double *)memory->ranks[rank].board[place];
        if (how != CLP_REDUCE_NORMS)
            for (size_t i = 0; i < count; i++) values[i] = join_numbers(how, values[i], other[i]);
        else
            for (size_t i = 0; i + each <= count; i += each)
                *(clp_norms *)(values + i) =
                    clp_norms_join(*(const clp_norms *)(values + i), *(const clp_norms *)(other + i));
    }
}

static clp_status reduce(clp_ranks *ranks, clp_reduction how, double *values, size_t count)
{
    /* Of whole norms too. */
    const size_t most = CLP_SHM_PIECE / sizeof(clp_norms) * (sizeof(clp_norms) / sizeof *values);
    for (size_t at = 0; at < count; at += most)
        reduce_piece(ranks, how, values + at, clp_min(count - at, most));
    return CLP_OK;
}

static clp_status gather(clp_ranks *ranks, const void *own, size_t bytes, void *all)
{
    const clp_shm *memory = world_of(ranks)->memory;
    for (size_t from = 0; from < bytes; from += CLP_SHM_PIECE) {
        const size_t place = post(ranks, own, bytes, from), piece = clp_min(bytes - from, CLP_SHM_PIECE);
        for (size_t rank = 0; rank < ranks->count; rank++)
            memcpy((char *)all + rank * bytes + from, memory->ranks[rank].board[place], piece);
    }
    return CLP_OK;
}

static clp_status spread(clp_ranks *ranks, size_t from, void *data, size_t bytes)
{
    const clp_shm *memory = world_of(ranks)->memory;
    for (size_t at = 0; at < bytes; at += CLP_SHM_PIECE) {
        const size_t place = post(ranks, data, ranks->number == from ? bytes : 0, at);
        if (ranks->number != from)
            memcpy((char *)data + at, memory->ranks[from].board[place], clp_min(bytes - at, CLP_SHM_PIECE));
    }
    return CLP_OK;
}

static clp_status collect(clp_ranks *ranks, size_t to, const void *own, size_t bytes, void *all,
                          const size_t *sizes)
{
    const clp_shm *memory = world_of(ranks)->memory;
    double most = (double)bytes;
    CLP_TRY(reduce(ranks, CLP_REDUCE_MAX, &most, 1));
    for (size_t from = 0; from < (size_t)most; from += CLP_SHM_PIECE) {
        const size_t place = post(ranks, own, bytes, from);
        char *into = all;
        for (size_t rank = 0; ranks->number == to && rank < ranks->count; into += sizes[rank++])
            if (from < sizes[rank])
                memcpy(into + from, memory->ranks[rank].board[place],
                       clp_min(sizes[rank] - from, CLP_SHM_PIECE));
    }
    return CLP_OK;
}

static clp_status write_box(clp_ranks *ranks, const char *path, const clp_file_array *array,
                            const clp_box *box, const void *own)
{
    return clp_transport_none.write(ranks, path, array, box, own);
}

const clp_transport clp_transport_shm = {
    .name = "shm",
    .summary = "memory that processes of one machine share",
    .is_far = true,
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
