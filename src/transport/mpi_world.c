/* SPDX-License-Identifier: MIT */
#include "transport/mpi_world.h"

#include "base/machine.h"

#include <stdlib.h>
#include <time.h>

static size_t joined; /* of this process's ranks */
static bool begun;    /* by this library */

clp_status clp_mpi_check(int code, const char *call)
{
    char text[MPI_MAX_ERROR_STRING] = "unknown error";
    int length;
    if (code == MPI_SUCCESS) return CLP_OK;
    MPI_Error_string(code, text, &length);
    return clp_fail(CLP_ERROR_DEVICE, "%s: %s", call, text);
}

static clp_status begin(void)
{
    int ready, level;
    CLP_MPI_TRY(MPI_Initialized(&ready));
    if (!ready) CLP_MPI_TRY(MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level));
    begun = begun || !ready;
    return CLP_OK;
}

clp_status clp_mpi_join(clp_ranks *ranks, size_t bytes)
{
    int number, count, local, beside;
    MPI_Comm near;
    CLP_TRY(begin());
    clp_mpi_world *world = calloc(1, bytes);
    if (!world) return clp_fail_host_memory(bytes);
    ranks->own = world;
    CLP_MPI_TRY(MPI_Comm_dup(MPI_COMM_WORLD, &world->all));
    CLP_MPI_TRY(MPI_Comm_set_errhandler(world->all, MPI_ERRORS_RETURN));
    CLP_MPI_TRY(MPI_Comm_dup(world->all, &world->meeting));
    CLP_MPI_TRY(MPI_Comm_rank(world->all, &number));
    CLP_MPI_TRY(MPI_Comm_size(world->all, &count));
    CLP_MPI_TRY(MPI_Comm_split_type(world->all, MPI_COMM_TYPE_SHARED, number, MPI_INFO_NULL, &near));
    CLP_MPI_TRY(MPI_Comm_rank(near, &local));
    CLP_MPI_TRY(MPI_Comm_size(near, &beside));
    CLP_MPI_TRY(MPI_Comm_free(&near));
    ranks->number = (size_t)number;
    ranks->count = (size_t)count;
    ranks->local = (size_t)local;
    ranks->beside = (size_t)beside;
    joined++;
    return CLP_OK;
}

void clp_mpi_leave(clp_ranks *ranks)
{
    clp_mpi_world *world = ranks->own;
    int done = true;
    MPI_Finalized(&done);
    if (!done) {
        MPI_Comm_free(&world->meeting);
        MPI_Comm_free(&world->all);
    }
    free(world);
    ranks->own = NULL;
    if (--joined == 0 && begun && !done) MPI_Finalize();
}

void clp_mpi_abort(const clp_ranks *ranks, int status)
{
    (void)ranks;
    MPI_Abort(MPI_COMM_WORLD, status);
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
    CLP_MPI_TRY(MPI_Type_contiguous((int)array->element_bytes, MPI_BYTE, &element));
    CLP_MPI_TRY(MPI_Type_create_subarray(CLP_AXES, whole, count, first, MPI_ORDER_C, element, type));
    CLP_MPI_TRY(MPI_Type_commit(type));
    CLP_MPI_TRY(MPI_Type_free(&element));
    return CLP_OK;
}

static clp_status check_file(int code, const char *path)
{
    char text[MPI_MAX_ERROR_STRING] = "unknown error";
    int length;
    if (code == MPI_SUCCESS) return CLP_OK;
    MPI_Error_string(code, text, &length);
    return clp_fail(CLP_ERROR_FILE, "%s: could not be written whole: %s", path, text);
}

static clp_status write_through(clp_ranks *ranks, MPI_File file, const char *path,
                                const clp_file_array *array, const clp_box *box, const void *own)
{
    MPI_Datatype type = MPI_BYTE;
    CLP_TRY(clp_ranks_agree(ranks, box_type(array, box, &type)));
    size_t bytes = box->count[0] * box->count[1] * box->count[2] * array->element_bytes;
    clp_status status = check_file(
        MPI_File_set_view(file, (MPI_Offset)array->offset, MPI_BYTE, type, "native", MPI_INFO_NULL), path);
    /* In pieces, as counts are ints: as many of them in all ranks. */
    size_t piece = 1 << 30, pieces = bytes / piece + 1, most = pieces;
    double number = (double)pieces;
    MPI_Allreduce(MPI_IN_PLACE, &number, 1, MPI_DOUBLE, MPI_MAX, clp_mpi_all(ranks));
    most = (size_t)number;
    for (size_t i = 0; i < most; i++) {
        size_t from = i * piece < bytes ? i * piece : bytes,
               now = bytes - from < piece ? bytes - from : piece;
        int code = MPI_File_write_all(file, (const char *)own + from, (int)now, MPI_BYTE, MPI_STATUS_IGNORE);
        if (status == CLP_OK) status = check_file(code, path);
    }
    MPI_Type_free(&type);
    return status;
}

clp_status clp_mpi_write(clp_ranks *ranks, const char *path, const clp_file_array *array, const clp_box *box,
                         const void *own)
{
    MPI_File file;
    clp_status opened =
        check_file(MPI_File_open(clp_mpi_all(ranks), path, MPI_MODE_WRONLY, MPI_INFO_NULL, &file), path);
    CLP_TRY(clp_ranks_agree(ranks, opened));
    clp_status status = write_through(ranks, file, path, array, box, own);
    int code = MPI_File_close(&file);
    return status == CLP_OK ? check_file(code, path) : status;
}

bool clp_mpi_meet(clp_ranks *ranks, double seconds)
{
    const struct timespec moment = {.tv_nsec = 1000000};
    MPI_Request request;
    int there = 0;
    if (MPI_Ibarrier(((clp_mpi_world *)ranks->own)->meeting, &request) != MPI_SUCCESS) return false;
    for (double end = clp_seconds() + seconds; !there && clp_seconds() < end;) {
        if (MPI_Test(&request, &there, MPI_STATUS_IGNORE) != MPI_SUCCESS) return false;
        if (!there) nanosleep(&moment, NULL);
    }
    return there;
}
