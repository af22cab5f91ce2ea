/* SPDX-License-Identifier: MIT */
/* In a build without Global Arrays. */
#include "transport/transport.h"

#include "base/status.h"

static clp_status join(clp_ranks *ranks)
{
    (void)ranks;
    return clp_fail(CLP_ERROR_INPUT,
                    "this build has no Global Arrays; build it with them, as docs/ranks.md says, "
                    "or take the transport mpi");
}

const clp_transport clp_transport_ga = {.name = "ga", .join = join};
