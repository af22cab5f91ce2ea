/* SPDX-License-Identifier: MIT */
/* Unlike devices: how fast each of them sweeps. */
#include "transport/transport.h"

#include "backend/bench_operation.h"
#include "backend/check_data.h"
#include "base/machine.h"
#include "base/status.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What devices have in common that are alike. */
typedef struct likeness {
    char text[256];
} likeness;

static clp_status are_alike(clp_ranks *ranks, const clp_device_info *info, bool *alike)
{
    likeness mine = {{0}}, *all = calloc(ranks->count, sizeof *all);
    clp_status status = all ? CLP_OK : clp_fail_host_memory(ranks->count * sizeof *all);
    snprintf(mine.text, sizeof mine.text, "%.120s|%.60s|%.40s|%u", info->name, info->platform, info->driver,
             (unsigned)info->compute_units);
    status = clp_ranks_agree(ranks, status);
    if (status == CLP_OK) status = ranks->transport->gather(ranks, &mine, sizeof mine, all);
    *alike = true; /* the same answer in all of them, as all have all texts */
    for (size_t i = 1; i < ranks->count && status == CLP_OK; i++)
        *alike = *alike && strcmp(all[i].text, all[0].text) == 0;
    free(all);
    return status;
}

static const clp_bench_operation *operation(const char *name)
{
    const clp_bench_operation *o = clp_bench_operations_list;
    while (strcmp(o->name, name) != 0) o++;
    return o;
}

/* The least time of some sweeps and a norm, which the host gets: there are drivers whose clFinish does not
 * wait for the device (rusticl 22.3). */
static clp_status fastest(clp_bench_side *side, double *seconds)
{
    enum { RUNS = 4 };
    *seconds = INFINITY;
    for (int run = -1; run < RUNS; run++) { /* the first one builds kernels */
        double start = clp_seconds();
        CLP_TRY(operation("sweep")->run(side, side->scalars));
        CLP_TRY(operation("residual norms")->run(side, side->scalars));
        if (run >= 0) *seconds = fmin(*seconds, clp_seconds() - start);
    }
    return CLP_OK;
}

/* Nodes per second, in single precision. */
static clp_status measure(clp_device *device, double *speed)
{
    enum { NODES = 1025 };
    const clp_check_case check = {
        .nodes = {NODES, NODES}, .held = 15, .sourced = true, .network = CLP_CHECK_PLAIN, .aspect = 1};
    clp_operator op;
    clp_network network = {0};
    clp_bench_side side = {.device = device};
    double seconds = 0;
    clp_status status = clp_check_operator(&check, &op, &network);
    if (status == CLP_OK) status = clp_bench_side_create(&side, &op, CLP_PRECISION_SINGLE, NULL);
    if (status == CLP_OK) status = fastest(&side, &seconds);
    clp_bench_side_destroy(&side);
    clp_check_network_finish(&network);
    *speed = seconds > 0 ? (double)NODES * NODES / seconds : 0;
    return status;
}

clp_status clp_ranks_weigh(clp_ranks *ranks, clp_device *own)
{
    const double slowest = 1.0 / 16; /* of the mean: thinner parts would make all halos thin */
    bool alike;
    double speed = 0, sum = 0;
    if (!ranks || ranks->count == 1) return CLP_OK;
    free(ranks->speeds);
    ranks->speeds = NULL;
    CLP_TRY(are_alike(ranks, &own->info, &alike));
    if (alike) return CLP_OK;
    clp_status status = measure(own, &speed); /* all at once, as they will sweep */
    double *speeds = calloc(ranks->count, sizeof *speeds);
    if (status == CLP_OK && !speeds) status = clp_fail_host_memory(ranks->count * sizeof *speeds);
    status = clp_ranks_agree(ranks, status);
    if (status == CLP_OK) status = ranks->transport->gather(ranks, &speed, sizeof speed, speeds);
    if (status != CLP_OK) {
        free(speeds);
        return status;
    }
    for (size_t i = 0; i < ranks->count; i++) sum += speeds[i];
    for (size_t i = 0; i < ranks->count; i++)
        speeds[i] = sum > 0 ? fmax(speeds[i], slowest * sum / (double)ranks->count) : 1;
    ranks->speeds = speeds;
    return CLP_OK;
}
