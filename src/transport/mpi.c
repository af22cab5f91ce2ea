/* SPDX-License-Identifier: MIT */
/* Messages: MPI, whichever was there when this was built. */
#include "transport/mpi_world.h"

#include <limits.h>
#include <stdlib.h>

/* What launchers leave in the environment of the processes that they start. */
static bool is_started(void)
{
    static const char *const marks[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK", "MPI_LOCALNRANKS"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (getenv(marks[i])) return true;
    return false;
}

static clp_status join(clp_ranks *ranks)
{
    return clp_mpi_join(ranks, sizeof(clp_mpi_world));
}

static clp_status sized(size_t bytes, int *count, MPI_Datatype *type)
{
    if (bytes <= INT_MAX) {
        *type = MPI_BYTE;
        *count = (int)bytes;
        return CLP_OK;
    }
    return clp_fail(CLP_ERROR_MEMORY, "a message of %zu bytes is too long for MPI; take more ranks", bytes);
}

/* Persistent requests: a receive and a send for each swap, whose direction is the message's tag. */
static clp_status ready(const clp_ranks *ranks, const clp_swap *swap, MPI_Request requests[2])
{
    int count = 0, other = (int)swap->neighbour;
    MPI_Datatype type = MPI_BYTE;
    CLP_TRY(sized(swap->bytes, &count, &type));
    CLP_MPI_TRY(MPI_Recv_init(swap->receive, count, type, other, clp_opposite(swap->direction),
                              clp_mpi_all(ranks), &requests[0]));
    CLP_MPI_TRY(
        MPI_Send_init(swap->send, count, type, other, swap->direction, clp_mpi_all(ranks), &requests[1]));
    return CLP_OK;
}

static void release(clp_ranks *ranks, clp_swaps *swaps)
{
    MPI_Request *requests = swaps->ready;
    int ended = 0;
    (void)ranks;
    MPI_Finalized(&ended); /* by who began it, perhaps */
    for (size_t i = 0; requests && !ended && i < 2 * swaps->count; i++)
        if (requests[i] != MPI_REQUEST_NULL) MPI_Request_free(&requests[i]);
    free(requests);
    swaps->ready = NULL;
}

static clp_status prepare(clp_ranks *ranks, clp_swaps *swaps)
{
    MPI_Request *requests = malloc((2 * swaps->count + 1) * sizeof *requests);
    clp_status status = requests ? CLP_OK : clp_fail_host_memory(2 * swaps->count * sizeof *requests);
    for (size_t i = 0; requests && i < 2 * swaps->count; i++) requests[i] = MPI_REQUEST_NULL;
    swaps->ready = requests;
    for (size_t i = 0; status == CLP_OK && i < swaps->count; i++)
        status = ready(ranks, &swaps->swap[i], requests + 2 * i);
    if (status != CLP_OK) release(ranks, swaps);
    return status;
}

static clp_status start(clp_ranks *ranks, const clp_swaps *swaps)
{
    (void)ranks;
    CLP_MPI_TRY(MPI_Startall(2 * (int)swaps->count, swaps->ready));
    return CLP_OK;
}

/* Long messages go on only while MPI is called. */
static clp_status advance(clp_ranks *ranks, const clp_swaps *swaps, bool *done)
{
    MPI_Status statuses[2 * (CLP_DIRECTIONS - 1)];
    int all = false;
    (void)ranks;
    CLP_MPI_TRY(MPI_Testall(2 * (int)swaps->count, swaps->ready, &all, statuses));
    *done = all;
    return CLP_OK;
}

static clp_status finish(clp_ranks *ranks, const clp_swaps *swaps)
{
    MPI_Status statuses[2 * (CLP_DIRECTIONS - 1)];
    (void)ranks;
    CLP_MPI_TRY(MPI_Waitall(2 * (int)swaps->count, swaps->ready, statuses));
    return CLP_OK;
}

/* The type of MPI's functions asks for these parameters. */
static void join_norms(void *in, void *both, int *count, MPI_Datatype *type)
{
    (void)type;
    for (int i = 0; i < *count; i++)
        ((clp_norms *)both)[i] = clp_norms_join(((clp_norms *)in)[i], ((clp_norms *)both)[i]);
}

static clp_status reduce_norms(const clp_ranks *ranks, double *values, size_t count)
{
    MPI_Datatype type = MPI_BYTE;
    MPI_Op operation;
    CLP_MPI_TRY(MPI_Type_contiguous(sizeof(clp_norms) / sizeof(double), MPI_DOUBLE, &type));
    CLP_MPI_TRY(MPI_Type_commit(&type));
    CLP_MPI_TRY(MPI_Op_create(join_norms, true, &operation));
    CLP_MPI_TRY(MPI_Allreduce(MPI_IN_PLACE, values, (int)(count * sizeof(double) / sizeof(clp_norms)), type,
                              operation, clp_mpi_all(ranks)));
    CLP_MPI_TRY(MPI_Op_free(&operation));
    CLP_MPI_TRY(MPI_Type_free(&type));
    return CLP_OK;
}

static clp_status reduce(clp_ranks *ranks, clp_reduction how, double *values, size_t count)
{
    const MPI_Op operations[] = {
        [CLP_REDUCE_SUM] = MPI_SUM, [CLP_REDUCE_MAX] = MPI_MAX, [CLP_REDUCE_MIN] = MPI_MIN};
    if (how == CLP_REDUCE_NORMS) return reduce_norms(ranks, values, count);
    CLP_MPI_TRY(
        MPI_Allreduce(MPI_IN_PLACE, values, (int)count, MPI_DOUBLE, operations[how], clp_mpi_all(ranks)));
    return CLP_OK;
}

static clp_status gather(clp_ranks *ranks, const void *own, size_t bytes, void *all)
{
    int count = 0;
    MPI_Datatype type = MPI_BYTE;
    CLP_TRY(sized(bytes, &count, &type));
    CLP_MPI_TRY(MPI_Allgather(own, count, type, all, count, type, clp_mpi_all(ranks)));
    return CLP_OK;
}

static clp_status spread(clp_ranks *ranks, size_t from, void *data, size_t bytes)
{
    int count = 0;
    MPI_Datatype type = MPI_BYTE;
    CLP_TRY(sized(bytes, &count, &type));
    CLP_MPI_TRY(MPI_Bcast(data, count, type, (int)from, clp_mpi_all(ranks)));
    return CLP_OK;
}

/* One after the other: an array of several ranks may be longer than the counts of MPI_Gatherv reach. */
static clp_status collect(clp_ranks *ranks, size_t to, const void *own, size_t bytes, void *all,
                          const size_t *sizes)
{
    int count = 0;
    MPI_Datatype type = MPI_BYTE;
    char *at = all;
    CLP_TRY(sized(bytes, &count, &type));
    if (ranks->number != to) {
        CLP_MPI_TRY(MPI_Send(own, count, type, (int)to, 0, clp_mpi_all(ranks)));
        return CLP_OK;
    }
    for (size_t rank = 0; rank < ranks->count; rank++) {
        CLP_TRY(sized(sizes[rank], &count, &type));
        if (rank == to)
            CLP_MPI_TRY(MPI_Sendrecv(own, count, type, (int)to, 0, at, count, type, (int)to, 0,
                                     clp_mpi_all(ranks), MPI_STATUS_IGNORE));
        else
            CLP_MPI_TRY(MPI_Recv(at, count, type, (int)rank, 0, clp_mpi_all(ranks), MPI_STATUS_IGNORE));
        at += sizes[rank];
    }
    return CLP_OK;
}

const clp_transport clp_transport_mpi = {
    .name = "mpi",
    .summary = "messages, by MPI",
    .is_far = true,
    .is_started = is_started,
    .join = join,
    .leave = clp_mpi_leave,
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
