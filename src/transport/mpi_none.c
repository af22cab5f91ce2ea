/* SPDX-License-Identifier: MIT */
/* In a build without MPI. */
#include "transport/transport.h"

#include "base/status.h"

static clp_status join(clp_ranks *ranks)
{
    (void)ranks;
    return clp_fail(CLP_ERROR_INPUT, "this build has no MPI; build it where MPI's headers are (Debian: "
                                     "libopenmpi-dev), or leave the transport out");
}

const clp_transport clp_transport_mpi = {.name = "mpi", .join = join};
