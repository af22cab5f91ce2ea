/* SPDX-License-Identifier: MIT */
/*
 * The memory that ranks of one machine share: made by who starts them (launch.c), joined by each (shm.c). Its
 * file descriptor, and who they are, they learn from the environment.
 */
#ifndef CLP_TRANSPORT_SHM_H
#define CLP_TRANSPORT_SHM_H

#include "transport/transport.h"

#include <stdatomic.h>

#define CLP_SHM_RANK "CLPOISSON_RANK"           /* number */
#define CLP_SHM_MEMORY "CLPOISSON_RANKS_MEMORY" /* file descriptor */

enum {
    CLP_SHM_LETTER = 1 << 16, /* bytes that a mailbox holds; more than that goes in pieces */
    CLP_SHM_PIECE = 1 << 18   /* and a rank's place on the board */
};

/* Where one rank puts what it has for another, two mailboxes for each direction as that one sees it. Counts
 * are apart by lines of the cache, as each is waited for. */
typedef struct clp_shm_room {
    struct {
        _Alignas(64) atomic_size_t pieces;
    } arrived[CLP_DIRECTIONS];
    _Alignas(4096) char mail[CLP_DIRECTIONS][2][CLP_SHM_LETTER];
} clp_shm_room;

typedef struct clp_shm_rank {
    _Alignas(4096) char board[2][CLP_SHM_PIECE];
    _Alignas(64) atomic_size_t joined, left; /* times */
} clp_shm_rank;

/* Behind it are as many clp_shm_rank, and the rooms of all pairs. Pages take memory once they are written to,
 * those between ranks that never talk none. */
typedef struct clp_shm {
    _Alignas(64) atomic_size_t waiting; /* of all ranks for one another */
    _Alignas(64) atomic_size_t passed;  /* times that all had come */
    _Alignas(64) atomic_size_t meeting; /* calls of `meet`, of all ranks */
    _Alignas(4096) clp_shm_rank ranks[];
} clp_shm;

static inline size_t clp_shm_bytes(size_t count)
{
    return sizeof(clp_shm) + count * sizeof(clp_shm_rank) + count * count * sizeof(clp_shm_room);
}

static inline clp_shm_room *clp_shm_room_of(clp_shm *memory, size_t count, size_t from, size_t to)
{
    return (clp_shm_room *)(memory->ranks + count) + to * count + from;
}

#endif
