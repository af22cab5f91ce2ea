/* SPDX-License-Identifier: MIT */
/* Messages: MPI, whichever was there when this was built. */
#include "transport/transport.h"

#include "base/machine.h"
#include "base/status.h"

#include <limits.h>
#include <mpi.h>
#include <stdlib.h>
#include <time.h>

/* What launchers leave in the environment of the processes that they start. */
static bool is_started(void)
{
    static const char *const marks[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK", "MPI_LOCALNRANKS"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (getenv(marks[i])) return true;
    return false;
}

static clp_status check(int code, const char *call)
{
    char text[MPI_MAX_ERROR_STRING] = "unknown error";
    int length;
    if (code == MPI_SUCCESS) return CLP_OK;
    MPI_Error_string(code, text, &length);
    return clp_fail(CLP_ERROR_DEVICE, "%s: %s", call, text);
}

#define TRY(call) CLP_TRY(check(call, #call))

static clp_status join(clp_ranks *ranks)
{
    int number, count, local, near_count, ready;
    MPI_Comm near;
    MPI_Initialized(&ready);
    if (!ready) TRY(MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &number));
    TRY(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN));
    TRY(MPI_Comm_rank(MPI_COMM_WORLD, &number));
    TRY(MPI_Comm_size(MPI_COMM_WORLD, &count));
    TRY(MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, number, MPI_INFO_NULL, &near));
    TRY(MPI_Comm_rank(near, &local));
    ranks->own = malloc(sizeof(MPI_Comm));
    if (!ranks->own) return clp_fail_host_memory(sizeof(MPI_Comm));
    TRY(MPI_Comm_dup(MPI_COMM_WORLD, ranks->own));
    TRY(MPI_Comm_size(near, &near_count));
    TRY(MPI_Comm_free(&near));
    ranks->beside = (size_t)near_count;
    ranks->number = (size_t)number;
    ranks->count = (size_t)count;
    ranks->local = (size_t)local;
    return CLP_OK;
}

static void leave(clp_ranks *ranks)
{
    int done;
    free(ranks->own);
    MPI_Finalized(&done);
    if (!done) MPI_Finalize();
}

static void abort_all(const clp_ranks *ranks, int status)
{
    (void)ranks;
    MPI_Abort(MPI_COMM_WORLD, status);
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

enum { DOWN, UP }; /* tags: towards the neighbour before, and behind */

static clp_status begin(const clp_swap *swap, int sent, int received, MPI_Request *requests, int *pending)
{
    int count = 0;
    MPI_Datatype type = MPI_BYTE;
    if (swap->neighbour == CLP_NOBODY) return CLP_OK;
    CLP_TRY(sized(swap->bytes, &count, &type));
    int other = (int)swap->neighbour;
    TRY(MPI_Irecv(swap->receive, count, type, other, received, MPI_COMM_WORLD, &requests[(*pending)++]));
    TRY(MPI_Isend(swap->send, count, type, other, sent, MPI_COMM_WORLD, &requests[(*pending)++]));
    return CLP_OK;
}

static clp_status swap(clp_ranks *ranks, const clp_swap *before, const clp_swap *behind)
{
    MPI_Request requests[4];
    int pending = 0;
    (void)ranks;
    CLP_TRY(begin(before, DOWN, UP, requests, &pending));
    CLP_TRY(begin(behind, UP, DOWN, requests, &pending));
    TRY(MPI_Waitall(pending, requests, MPI_STATUSES_IGNORE));
    return CLP_OK;
}

/* The type of MPI's functions asks for these parameters. */
static void join_norms(void *in, void *both, int *count, MPI_Datatype *type)
{
    (void)type;
    for (int i = 0; i < *count; i++)
        ((clp_norms *)both)[i] = clp_norms_join(((clp_norms *)in)[i], ((clp_norms *)both)[i]);
}

static clp_status reduce_norms(double *values, size_t count)
{
    MPI_Datatype type = MPI_BYTE;
    MPI_Op operation;
    TRY(MPI_Type_contiguous(sizeof(clp_norms) / sizeof(double), MPI_DOUBLE, &type));
    TRY(MPI_Type_commit(&type));
    TRY(MPI_Op_create(join_norms, true, &operation));
    TRY(MPI_Allreduce(MPI_IN_PLACE, values, (int)(count * sizeof(double) / sizeof(clp_norms)), type,
                      operation, MPI_COMM_WORLD));
    TRY(MPI_Op_free(&operation));
    TRY(MPI_Type_free(&type));
    return CLP_OK;
}

static clp_status reduce(clp_ranks *ranks, clp_reduction how, double *values, size_t count)
{
    const MPI_Op operations[] = {
        [CLP_REDUCE_SUM] = MPI_SUM, [CLP_REDUCE_MAX] = MPI_MAX, [CLP_REDUCE_MIN] = MPI_MIN};
    (void)ranks;
    if (how == CLP_REDUCE_NORMS) return reduce_norms(values, count);
    TRY(MPI_Allreduce(MPI_IN_PLACE, values, (int)count, MPI_DOUBLE, operations[how], MPI_COMM_WORLD));
    return CLP_OK;
}

static clp_status gather(clp_ranks *ranks, const void *own, size_t bytes, void *all)
{
    int count = 0;
    MPI_Datatype type = MPI_BYTE;
    (void)ranks;
    CLP_TRY(sized(bytes, &count, &type));
    TRY(MPI_Allgather(own, count, type, all, count, type, MPI_COMM_WORLD));
    return CLP_OK;
}

static clp_status spread(clp_ranks *ranks, size_t from, void *data, size_t bytes)
{
    int count = 0;
    MPI_Datatype type = MPI_BYTE;
    (void)ranks;
    CLP_TRY(sized(bytes, &count, &type));
    TRY(MPI_Bcast(data, count, type, (int)from, MPI_COMM_WORLD));
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
        TRY(MPI_Send(own, count, type, (int)to, 0, MPI_COMM_WORLD));
        return CLP_OK;
    }
    for (size_t rank = 0; rank < ranks->count; rank++) {
        CLP_TRY(sized(sizes[rank], &count, &type));
        if (rank == to)
            TRY(MPI_Sendrecv(own, count, type, (int)to, 0, at, count, type, (int)to, 0, MPI_COMM_WORLD,
                             MPI_STATUS_IGNORE));
        else
            TRY(MPI_Recv(at, count, type, (int)rank, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE));
        at += sizes[rank];
    }
    return CLP_OK;
}

/* The box as MPI's types describe it, slowest axis first. */
static clp_status box_type(const clp_file_array *array, const clp_box *box, MPI_Datatype *type)
{
    int whole[CLP_AXES], count[CLP_AXES], first[CLP_AXES];
    MPI_Datatype element;
    for (int axis = 0; axis < CLP_AXES; axis++) {
        whole[CLP_AXES - 1 - axis] = (int)array->nodes[axis];
        count[CLP_AXES - 1 - axis] = (int)box->count[axis];
        first[CLP_AXES - 1 - axis] = (int)box->first[axis];
    }
    TRY(MPI_Type_contiguous((int)array->element_bytes, MPI_BYTE, &element));
    TRY(MPI_Type_create_subarray(CLP_AXES, whole, count, first, MPI_ORDER_C, element, type));
    TRY(MPI_Type_commit(type));
    TRY(MPI_Type_free(&element));
    return CLP_OK;
}

static clp_status write_through(clp_ranks *ranks, MPI_File file, const clp_file_array *array,
                                const clp_box *box, const void *own)
{
    MPI_Datatype type = MPI_BYTE;
    CLP_TRY(clp_ranks_agree(ranks, box_type(array, box, &type)));
    size_t bytes = box->count[0] * box->count[1] * box->count[2] * array->element_bytes;
    clp_status status =
        check(MPI_File_set_view(file, (MPI_Offset)array->offset, MPI_BYTE, type, "native", MPI_INFO_NULL),
              "MPI_File_set_view");
    /* In pieces, as counts are ints: as many of them in all ranks. */
    size_t piece = 1 << 30, pieces = bytes / piece + 1, most = pieces;
    double number = (double)pieces;
    MPI_Allreduce(MPI_IN_PLACE, &number, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    most = (size_t)number;
    for (size_t i = 0; i < most; i++) {
        size_t from = i * piece < bytes ? i * piece : bytes,
               now = bytes - from < piece ? bytes - from : piece;
        int code = MPI_File_write_all(file, (const char *)own + from, (int)now, MPI_BYTE, MPI_STATUS_IGNORE);
        if (status == CLP_OK) status = check(code, "MPI_File_write_all");
    }
    MPI_Type_free(&type);
    return status;
}

static clp_status write_box(clp_ranks *ranks, const char *path, const clp_file_array *array,
                            const clp_box *box, const void *own)
{
    MPI_File file;
    clp_status opened =
        check(MPI_File_open(MPI_COMM_WORLD, path, MPI_MODE_WRONLY, MPI_INFO_NULL, &file), path);
    CLP_TRY(clp_ranks_agree(ranks, opened));
    clp_status status = write_through(ranks, file, array, box, own);
    int code = MPI_File_close(&file);
    return status == CLP_OK ? check(code, "MPI_File_close") : status;
}

/* On a communicator of its own: the others may be in the middle of something else. */
static bool meet(clp_ranks *ranks, double seconds)
{
    const struct timespec moment = {.tv_nsec = 1000000};
    MPI_Request request;
    int there = 0;
    if (MPI_Ibarrier(*(MPI_Comm *)ranks->own, &request) != MPI_SUCCESS) return false;
    for (double end = clp_seconds() + seconds; !there && clp_seconds() < end;) {
        if (MPI_Test(&request, &there, MPI_STATUS_IGNORE) != MPI_SUCCESS) return false;
        if (!there) nanosleep(&moment, NULL);
    }
    return there;
}

const clp_transport clp_transport_mpi = {
    .name = "mpi",
    .summary = "messages, by MPI",
    .is_started = is_started,
    .join = join,
    .leave = leave,
    .abort = abort_all,
    .swap = swap,
    .reduce = reduce,
    .gather = gather,
    .spread = spread,
    .collect = collect,
    .write = write_box,
    .meet = meet,
};
