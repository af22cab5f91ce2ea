/* SPDX-License-Identifier: MIT */
/*
 * How ranks talk: a transport is a const descriptor; adding one is a file and a word in ranks.c. All ranks
 * call the same functions in the same order.
 */
#ifndef CLP_TRANSPORT_TRANSPORT_H
#define CLP_TRANSPORT_TRANSPORT_H

#include "backend/backend.h"

#include <clpoisson/ranks.h>

#include <stdint.h>

/* Nobody to talk to. */
#define CLP_NOBODY SIZE_MAX

/* From a block to those around it, across faces, edges and corners: dx + 3 dy + 9 dz, with the block itself
 * in the middle. What goes in one direction comes from the opposite one. */
enum { CLP_DIRECTIONS = 27, CLP_HERE = CLP_DIRECTIONS / 2 };
static inline int clp_opposite(int direction)
{
    return CLP_DIRECTIONS - 1 - direction;
}

/* What goes to a neighbour, and what comes from there, as many bytes. */
typedef struct clp_swap {
    size_t neighbour;
    int direction;
    const void *send;
    void *receive;
    size_t bytes;
} clp_swap;

/* What is done at once, again and again between the same buffers: one swap in a direction at most. */
typedef struct clp_swaps {
    clp_swap swap[CLP_DIRECTIONS - 1];
    size_t count;
    void *ready; /* the transport's */
} clp_swaps;

/* The last one: of clp_norms, three numbers each, in which a NaN stays one. */
typedef enum clp_reduction { CLP_REDUCE_SUM, CLP_REDUCE_MAX, CLP_REDUCE_MIN, CLP_REDUCE_NORMS } clp_reduction;

/* An array in a file, x fastest. */
typedef struct clp_file_array {
    size_t offset;          /* of its first element, in bytes */
    size_t nodes[CLP_AXES]; /* 1 along z in two dimensions */
    size_t element_bytes;
} clp_file_array;

/* One that is not in the build has a name, no is_started, and a join that says what it would take. */
typedef struct clp_transport {
    const char *name;
    const char *summary; /* for --help */
    bool is_far;         /* swaps may be with any rank, not only with the next ones of the division */

    /* Whether the process was started for it. */
    bool (*is_started)(void);

    /* Fills number, count, local and beside; `ranks` is zeroed but for the transport. */
    clp_status (*join)(clp_ranks *ranks);
    void (*leave)(clp_ranks *ranks);
    void (*abort)(const clp_ranks *ranks, int status);

    /* Readies swaps with neighbours, of whom some may be the same rank, or this one; starts them; lets them
     * move on, and says whether `finish` would find them done, if that can be known; waits until they are;
     * frees what it took to be ready. Only `finish` waits for others. From start to finish what goes and what
     * comes is not to be touched, and no other swaps to be started; what was started is to be finished, or
     * memory would go under messages. */
    clp_status (*prepare)(clp_ranks *ranks, clp_swaps *swaps);
    clp_status (*start)(clp_ranks *ranks, const clp_swaps *swaps);
    clp_status (*advance)(clp_ranks *ranks, const clp_swaps *swaps, bool *done);
    clp_status (*finish)(clp_ranks *ranks, const clp_swaps *swaps);
    void (*release)(clp_ranks *ranks, clp_swaps *swaps);

    /* The sum (largest, smallest) of all ranks' values, the same on each to the last bit. */
    clp_status (*reduce)(clp_ranks *ranks, clp_reduction how, double *values, size_t count);

    /* `bytes` bytes of every rank, in their order; those of one rank to all. */
    clp_status (*gather)(clp_ranks *ranks, const void *own, size_t bytes, void *all);
    clp_status (*spread)(clp_ranks *ranks, size_t from, void *data, size_t bytes);

    /* Like gather, to one rank only, which receives sizes[rank] bytes of every one, one after the other. */
    clp_status (*collect)(clp_ranks *ranks, size_t to, const void *own, size_t bytes, void *all,
                          const size_t *sizes);

    /* Every rank's box of an array into a file that is there already, from an offset on. */
    clp_status (*write)(clp_ranks *ranks, const char *path, const clp_file_array *array, const clp_box *box,
                        const void *own);

    /* Whether all ranks call this within some seconds, whatever else they may be waiting for. */
    bool (*meet)(clp_ranks *ranks, double seconds);
} clp_transport;

extern const clp_transport clp_transport_none, clp_transport_mpi, clp_transport_ga, clp_transport_shm;

/* What went between ranks, for the report. */
typedef struct clp_traffic {
    size_t exchanges, bytes;
    size_t overlapped; /* exchanges, with sweeps */
    double seconds;    /* in them and in reductions */
} clp_traffic;

struct clp_ranks {
    const clp_transport *transport;
    size_t number, count;
    size_t local, beside;   /* number, and how many there are, on this machine */
    void *own;              /* the transport's */
    size_t parts[CLP_AXES]; /* along each axis, once a grid was divided */
    clp_traffic traffic;    /* so far */
    clp_traffic solve;      /* of the last solve */
    double *speeds;         /* of their devices, where these are not alike; else NULL */
    size_t halo, gathered;  /* clp_ranks_set_halo, clp_ranks_set_gathered */
    clp_overlap overlap;
    bool apart;     /* a device of theirs has memory of its own */
    uint64_t mixed; /* what clp_ranks_mix was given */
    clp_rank_report *list;
    clp_ranks_report report;
};

/* The sum (largest, smallest) of all ranks' numbers in place; of one alone they stay. NULL ranks are one
 * alone. */
clp_status clp_reduce(clp_ranks *ranks, clp_reduction how, double *values, size_t count);

/* What goes between ranks from here to there is the solve's. NULL ranks have none. */
void clp_traffic_begin(clp_ranks *ranks);
void clp_traffic_end(clp_ranks *ranks);

/* Norms of the parts become those of the whole. */
clp_status clp_reduce_norms(clp_ranks *ranks, clp_norms *norms);

/* What CLP_REDUCE_NORMS does with those of two parts. */
clp_norms clp_norms_join(clp_norms a, clp_norms b);

/* The ranks that share a device's problems; NULL: it has them for itself. */
clp_ranks *clp_ranks_of(const clp_device *device);

/* Fills the halo of host values on a part, of the part's shape. Not for a whole grid, where nothing happens.
 */
clp_status clp_exchange_values(clp_ranks *ranks, const clp_grid *part, double *values);

/* Place of this rank along an axis among those of its team, which have the same part. */
size_t clp_ranks_place(const clp_ranks *ranks, const clp_grid *part, int axis);

/* The rank whose part is next along the axes, by -1, 0 or 1 each; CLP_NOBODY beyond a side. */
size_t clp_ranks_neighbour(const clp_ranks *ranks, const clp_grid *part, const int step[CLP_AXES]);

#endif
