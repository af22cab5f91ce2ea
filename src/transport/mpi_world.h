/* SPDX-License-Identifier: MIT */
/* What transports on top of MPI share: starting and ending it, and what they leave to it. */
#ifndef CLP_TRANSPORT_MPI_WORLD_H
#define CLP_TRANSPORT_MPI_WORLD_H

#include "transport/transport.h"

#include "base/status.h"

#include <mpi.h>

/* What a transport keeps in `ranks->own` begins with this. */
typedef struct clp_mpi_world {
    MPI_Comm all;     /* of all ranks, apart from what else the program may do with MPI */
    MPI_Comm meeting; /* for clp_mpi_meet alone: the others may be in the middle of something else */
} clp_mpi_world;

static inline MPI_Comm clp_mpi_all(const clp_ranks *ranks)
{
    return ((const clp_mpi_world *)ranks->own)->all;
}

/* MPI's own words where a call failed. */
clp_status clp_mpi_check(int code, const char *call);

#define CLP_MPI_TRY(call) CLP_TRY(clp_mpi_check(call, #call))

/* Begins MPI where nobody has yet, fills what `join` is to fill, and allots `bytes` zeroed ones to
 * `ranks->own`, for a structure that begins with clp_mpi_world. */
clp_status clp_mpi_join(clp_ranks *ranks, size_t bytes);

/* Frees them. Who leaves last ends MPI, if this library began it: it cannot be begun again. */
void clp_mpi_leave(clp_ranks *ranks);

/* As the functions of the same names in clp_transport. */
void clp_mpi_abort(const clp_ranks *ranks, int status);
clp_status clp_mpi_write(clp_ranks *ranks, const char *path, const clp_file_array *array, const clp_box *box,
                         const void *own);
bool clp_mpi_meet(clp_ranks *ranks, double seconds);

#endif
