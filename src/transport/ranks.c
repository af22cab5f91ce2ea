/* SPDX-License-Identifier: MIT */
#include "transport/transport.h"

#include "base/machine.h"
#include "base/status.h"
#include "base/text.h"
#include "grid/extent.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const clp_transport *const transports[] = {&clp_transport_none, &clp_transport_mpi, &clp_transport_ga,
                                                  &clp_transport_shm};

enum { TRANSPORTS = sizeof transports / sizeof *transports };

const char *const *clp_transport_names(void)
{
    static const char *names[TRANSPORTS + 1];
    size_t count = 0;
    for (int i = 0; i < TRANSPORTS; i++)
        if (transports[i]->is_started) names[count++] = transports[i]->name;
    return names;
}

/* The last one that the process was started for: it may have been for several. */
static const clp_transport *started(void)
{
    for (int i = TRANSPORTS - 1; i > 0; i--)
        if (transports[i]->is_started && transports[i]->is_started()) return transports[i];
    return transports[0];
}

bool clp_ranks_are_started(void)
{
    return started() != transports[0];
}

bool clp_ranks_are_started_alone(void)
{
    static const char *const sizes[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MPI_LOCALNRANKS"};
    bool several = false;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const char *size = getenv(sizes[i]);
        several = several || (size && atol(size) > 1);
    }
    return several && !clp_ranks_are_started();
}

static clp_status fail_unknown(const char *name)
{
    const char *const *names = clp_transport_names();
    char list[128] = "";
    size_t count = 0, length = 0;
    while (names[count]) count++;
    for (size_t i = 0; i < count && length < sizeof list; i++)
        length += (size_t)snprintf(list + length, sizeof list - length, "%s%s",
                                   i == 0 ? "" : (i + 1 < count ? ", " : " and "), names[i]);
    const char *nearest = clp_nearest(name, names, count);
    return clp_fail(CLP_ERROR_INPUT, "there is no transport '%s'%s%s%s; this build has %s", name,
                    nearest ? ", did you mean " : "", nearest ? nearest : "", nearest ? "?" : "", list);
}

static clp_status find(const char *name, const clp_transport **found)
{
    *found = NULL;
    for (int i = 0; i < TRANSPORTS; i++)
        if (strcmp(transports[i]->name, name) == 0) *found = transports[i];
    return *found ? CLP_OK : fail_unknown(name);
}

clp_status clp_ranks_join(const char *transport, clp_ranks **ranks)
{
    const clp_transport *found = started();
    *ranks = NULL;
    if (transport) CLP_TRY(find(transport, &found));
    clp_ranks *made = calloc(1, sizeof *made);
    if (!made) return clp_fail_host_memory(sizeof *made);
    made->transport = found;
    clp_status status = found->join(made);
    if (status == CLP_OK) {
        *ranks = made;
    } else {
        free(made->own);
        free(made);
    }
    return status;
}

void clp_ranks_leave(clp_ranks *ranks)
{
    if (!ranks) return;
    ranks->transport->leave(ranks);
    free(ranks->speeds);
    free(ranks->list);
    free(ranks);
}

size_t clp_ranks_number(const clp_ranks *ranks)
{
    return ranks ? ranks->number : 0;
}

size_t clp_ranks_count(const clp_ranks *ranks)
{
    return ranks ? ranks->count : 1;
}

size_t clp_ranks_local(const clp_ranks *ranks)
{
    return ranks ? ranks->local : 0;
}

size_t clp_ranks_beside(const clp_ranks *ranks)
{
    return ranks ? ranks->beside : 1;
}

bool clp_ranks_meet(clp_ranks *ranks, double seconds)
{
    return !ranks || ranks->transport->meet(ranks, seconds);
}

clp_status clp_ranks_spread_text(clp_ranks *ranks, char *text, size_t size)
{
    return ranks ? ranks->transport->spread(ranks, 0, text, size) : CLP_OK;
}

const char *clp_ranks_transport(const clp_ranks *ranks)
{
    return ranks ? ranks->transport->name : clp_transport_none.name;
}

void clp_ranks_abort(const clp_ranks *ranks, int status)
{
    if (ranks) ranks->transport->abort(ranks, status);
}

/* ---- numbers of all ranks ---- */

clp_norms clp_norms_join(clp_norms a, clp_norms b)
{
    bool whole = !isnan(a.largest) && !isnan(b.largest) && !isnan(a.field) && !isnan(b.field);
    return (clp_norms){.largest = whole ? fmax(a.largest, b.largest) : NAN,
                       .two = hypot(a.two, b.two),
                       .field = whole ? fmax(a.field, b.field) : NAN};
}

clp_status clp_reduce(clp_ranks *ranks, clp_reduction how, double *values, size_t count)
{
    if (!ranks) return CLP_OK;
    double start = clp_seconds();
    clp_status status = ranks->transport->reduce(ranks, how, values, count);
    ranks->traffic.seconds += clp_seconds() - start;
    return status;
}

void clp_traffic_begin(clp_ranks *ranks)
{
    if (ranks) ranks->traffic = (clp_traffic){0};
}

void clp_traffic_end(clp_ranks *ranks)
{
    if (ranks) ranks->solve = ranks->traffic;
}

clp_status clp_ranks_sum(clp_ranks *ranks, double *numbers, size_t count)
{
    return clp_reduce(ranks, CLP_REDUCE_SUM, numbers, count);
}

clp_status clp_reduce_norms(clp_ranks *ranks, clp_norms *norms)
{
    double values[] = {norms->largest, norms->two, norms->field};
    CLP_TRY(clp_reduce(ranks, CLP_REDUCE_NORMS, values, 3));
    *norms = (clp_norms){.largest = values[0], .two = values[1], .field = values[2]};
    return CLP_OK;
}

enum { MESSAGE = 1024 };

clp_status clp_ranks_agree(clp_ranks *ranks, clp_status status)
{
    char text[MESSAGE] = "";
    if (!ranks || ranks->count == 1) return status;
    if (status != CLP_OK) snprintf(text, sizeof text, "%s", clp_error_message());
    double first = status == CLP_OK ? (double)ranks->count : (double)ranks->number;
    CLP_TRY(clp_reduce(ranks, CLP_REDUCE_MIN, &first, 1));
    if (first == (double)ranks->count) return CLP_OK;
    double told = (double)status, failed = status != CLP_OK;
    char host[64] = "";
    gethostname(host, sizeof host - 1);
    CLP_TRY(ranks->transport->spread(ranks, (size_t)first, &told, sizeof told));
    CLP_TRY(ranks->transport->spread(ranks, (size_t)first, text, sizeof text));
    CLP_TRY(ranks->transport->spread(ranks, (size_t)first, host, sizeof host));
    CLP_TRY(clp_reduce(ranks, CLP_REDUCE_SUM, &failed, 1));
    bool placed = strncmp(text, "rank ", 5) == 0; /* they agreed on it before */
    if (placed || failed == (double)ranks->count) return clp_fail((clp_status)told, "%s", text);
    return clp_fail((clp_status)told, "rank %.0f on %s: %s", first, host, text);
}

/* By the hash of G. Fowler, L. C. Noll and K.-P. Vo (FNV-1a). */
void clp_ranks_mix(clp_ranks *ranks, const void *data, size_t bytes)
{
    const unsigned char *text = data;
    if (ranks->mixed == 0) ranks->mixed = 0xcbf29ce484222325;
    for (size_t i = 0; i < bytes; i++) ranks->mixed = (ranks->mixed ^ text[i]) * 0x100000001b3;
}

clp_status clp_ranks_compare(clp_ranks *ranks, char other[CLP_RANK_TEXT])
{
    uint64_t of_first = ranks->mixed;
    char host[64] = "";
    other[0] = '\0';
    CLP_TRY(ranks->transport->spread(ranks, 0, &of_first, sizeof of_first));
    double first = (double)(ranks->mixed == of_first ? ranks->count : ranks->number);
    CLP_TRY(clp_reduce(ranks, CLP_REDUCE_MIN, &first, 1));
    if (first == (double)ranks->count) return CLP_OK;
    gethostname(host, sizeof host - 1);
    CLP_TRY(ranks->transport->spread(ranks, (size_t)first, host, sizeof host));
    snprintf(other, CLP_RANK_TEXT, "rank %.0f on %s", first, host);
    return CLP_OK;
}

clp_status clp_ranks_tell(clp_ranks *ranks, const clp_grid *part, const clp_report *own,
                          const clp_ranks_report **report)
{
    clp_rank_report mine = {.nodes = 1,
                            .exchanges = ranks->solve.exchanges,
                            .overlapped = ranks->solve.overlapped,
                            .halo_bytes = ranks->solve.bytes,
                            .seconds_solve = own->seconds_solve,
                            .seconds_waiting = fmin(ranks->solve.seconds, own->seconds_solve)};
    double busiest = 0, all = 0;
    snprintf(mine.device, sizeof mine.device, "%.120s", own->device.name);
    for (int axis = 0; axis < CLP_AXES; axis++)
        mine.nodes *= clp_grid_end(part, axis) - clp_grid_begin(part, axis);
    if (!ranks->list) ranks->list = calloc(ranks->count, sizeof *ranks->list);
    clp_status status = ranks->list ? CLP_OK : clp_fail_host_memory(ranks->count * sizeof mine);
    CLP_TRY(clp_ranks_agree(ranks, status));
    CLP_TRY(ranks->transport->gather(ranks, &mine, sizeof mine, ranks->list));
    for (size_t i = 0; i < ranks->count; i++) {
        double busy = fmax(ranks->list[i].seconds_solve - ranks->list[i].seconds_waiting, 0);
        busiest = fmax(busiest, busy);
        all += busy;
    }
    ranks->report = (clp_ranks_report){.transport = ranks->transport->name,
                                       .parts = {ranks->parts[0], ranks->parts[1], ranks->parts[2]},
                                       .list = ranks->list,
                                       .count = ranks->count,
                                       .imbalance = all > 0 ? busiest * (double)ranks->count / all - 1 : 0};
    *report = &ranks->report;
    return CLP_OK;
}

/* ---- parts ---- */

void clp_ranks_set_halo(clp_ranks *ranks, size_t depth)
{
    if (ranks) ranks->halo = depth;
}

void clp_ranks_set_gathered(clp_ranks *ranks, size_t nodes)
{
    if (ranks) ranks->gathered = nodes;
}

void clp_ranks_set_overlap(clp_ranks *ranks, clp_overlap overlap)
{
    if (ranks) ranks->overlap = overlap;
}

/* What suits devices, by where they have their memory and by dimensions: an exchange with one that has its
 * own takes as long as many sweeps, or as a grid of 513^2. From MANY ranks on gathering takes longer than
 * that, and where it has not, two exchanges of a small part take less than a grid of 129^2. */
static size_t usual_depth(const clp_ranks *ranks, const clp_grid *grid, size_t count)
{
    enum { LARGE = 1 << 20 }; /* nodes of a part from which on passes of many sweeps pay for deep halos */
    static const size_t depths[2][2] = {{16, 4}, {32, 8}};
    const bool deep = clp_grid_dimensions(grid) == 3,
               large = !deep && clp_grid_node_count(grid) / count >= LARGE;
    return depths[large || (ranks && ranks->apart)][deep];
}

static size_t usual_gathered(const clp_ranks *ranks, bool deep)
{
    enum { MANY = 64, FLAT = 513 * 513, DEEP = 65 * 65 * 65, SMALL = 65 * 65 };
    if (!ranks) return 0;
    if (ranks->count >= MANY) return ranks->apart || deep ? 0 : SMALL;
    return !ranks->apart ? 0 : deep ? DEEP : FLAT;
}

clp_status clp_ranks_take_part(clp_ranks *ranks, const clp_grid *grid, const bool periodic[CLP_AXES],
                               size_t parts[CLP_AXES], size_t depth, clp_grid *part)
{
    const bool deep = clp_grid_dimensions(grid) == 3;
    size_t count = clp_ranks_count(ranks);
    if (!parts[0]) CLP_TRY(clp_grid_divide(grid, periodic, count, parts));
    char extent[64];
    if (parts[0] * parts[1] * parts[2] != count)
        return clp_fail(CLP_ERROR_INPUT, "%s parts are %zu, and there are %zu ranks: each has one (--ranks)",
                        clp_extent_text(parts, extent, sizeof extent), parts[0] * parts[1] * parts[2], count);
    for (int axis = 0; ranks && axis < CLP_AXES; axis++) ranks->parts[axis] = parts[axis];
    if (count == 1) { /* all of it, and no part to those who look for one */
        *part = *grid;
        return CLP_OK;
    }
    if (depth == 0 && ranks) depth = ranks->halo;
    if (depth == 0) depth = usual_depth(ranks, grid, count);
    const double *speeds = ranks ? ranks->speeds : NULL;
    CLP_TRY(clp_grid_take_part(grid, periodic, parts, speeds, clp_ranks_number(ranks), depth, part));
    /* To join takes several copies, in which such devices do a grid that is whole. */
    if (!ranks || !ranks->transport->is_far || ranks->apart)
        memset(part->part.joined, 0, sizeof part->part.joined);
    part->part.gathered = ranks && ranks->gathered ? ranks->gathered : usual_gathered(ranks, deep);
    return CLP_OK;
}

/* Of this rank among the parts along an axis. */
static size_t place_of(const clp_ranks *ranks, int axis)
{
    const size_t *parts = ranks->parts, distance[CLP_AXES] = {1, parts[0], parts[0] * parts[1]};
    return ranks->number / distance[axis] % parts[axis];
}

size_t clp_ranks_place(const clp_ranks *ranks, const clp_grid *part, int axis)
{
    return place_of(ranks, axis) % clp_grid_team(part, axis);
}

size_t clp_ranks_neighbour(const clp_ranks *ranks, const clp_grid *part, const int step[CLP_AXES])
{
    const size_t *parts = ranks->parts;
    const size_t distance[CLP_AXES] = {1, parts[0], parts[0] * parts[1]};
    size_t neighbour = ranks->number;
    for (int axis = 0; axis < CLP_AXES; axis++) {
        if (step[axis] == 0) continue;
        if (!part->part.open[2 * axis + (step[axis] > 0)]) return CLP_NOBODY;
        /* Of a team the one in the same place of the next. */
        size_t team = clp_grid_team(part, axis), at = place_of(ranks, axis),
               next = (at + parts[axis] + (size_t)step[axis] * team) % parts[axis];
        neighbour += (next - at) * distance[axis];
    }
    return neighbour;
}
