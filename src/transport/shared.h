/* SPDX-License-Identifier: MIT */
/* What the files of the device that ranks make together share: shared.c. */
#ifndef CLP_TRANSPORT_SHARED_H
#define CLP_TRANSPORT_SHARED_H

#include "transport/exchange.h"

#include "backend/transfer.h"
#include "base/checked.h"
#include "base/status.h"
#include "grid/extent.h"

typedef struct shared_device {
    clp_device base;
    clp_device *own;
    clp_ranks *ranks;
} shared_device;

typedef struct clp_borders clp_borders;

typedef struct shared_level {
    clp_level base;
    clp_level *own;
    size_t depth;           /* of the halo; SIZE_MAX where the grid is whole */
    clp_exchange *exchange; /* of the halo; NULL where the grid is whole */
    clp_borders *borders;   /* NULL: exchanges are not behind sweeps */
    bool is_plain;          /* nor will they be */
    double last, waited;    /* seconds: when sweeps last began, and waiting for halos in them so far */
    double elapsed;         /* in which */
    size_t measured;        /* times */
} shared_level;

typedef struct shared_field {
    clp_field base;
    clp_field *own;
    size_t valid; /* depth to which the halo is right */
} shared_field;

static inline shared_device *shared_device_of(const clp_level *level)
{
    return (shared_device *)level->device;
}

static inline clp_field *shared_own(const clp_field *field)
{
    return field ? ((const shared_field *)field)->own : NULL;
}

static inline const clp_backend *shared_backend_of(const clp_level *level)
{
    return shared_device_of(level)->own->backend;
}

/* What the rank's own device has spent on kernels is this one's. */
static inline clp_status shared_done(clp_level *level, clp_status status)
{
    level->device->compile_seconds = shared_device_of(level)->own->compile_seconds;
    return status;
}

static inline size_t shared_depth_of_grid(const clp_grid *grid)
{
    size_t depth = SIZE_MAX;
    for (int axis = 0; axis < clp_grid_dimensions(grid); axis++) {
        if (grid->part.open[2 * axis]) depth = clp_min(depth, clp_grid_begin(grid, axis));
        if (grid->part.open[2 * axis + 1])
            depth = clp_min(depth, grid->nodes[axis] - clp_grid_end(grid, axis));
    }
    return depth;
}

static inline size_t shared_depth(const clp_level *level)
{
    return ((const shared_level *)level)->depth;
}

static inline size_t shared_valid(const clp_field *field)
{
    return field ? ((const shared_field *)field)->valid : SIZE_MAX;
}

static inline size_t shared_less(size_t valid, size_t by)
{
    return valid == SIZE_MAX ? SIZE_MAX : valid > by ? valid - by : 0;
}

static inline void shared_set_valid(clp_field *field, size_t valid)
{
    shared_field *shared = (shared_field *)field;
    size_t depth = ((const shared_level *)field->level)->depth;
    shared->valid = depth == SIZE_MAX ? SIZE_MAX : clp_min(valid, depth); /* what is whole has no halo */
}

/* Those that share a level; of one that each has whole nothing is to be added up. */
static inline clp_ranks *shared_ranks(const clp_level *level)
{
    return clp_grid_is_part(&level->op.grid) ? shared_device_of(level)->ranks : NULL;
}

/* What each of a team is to add of what they all have. */
static inline double shared_share(const clp_level *level)
{
    double team = 1;
    for (int axis = 0; axis < CLP_AXES; axis++) team *= (double)clp_grid_team(&level->op.grid, axis);
    return 1 / team;
}

static inline clp_box shared_whole_box(const clp_grid *grid)
{
    return (clp_box){.count = {grid->nodes[0], grid->nodes[1], clp_planes(grid)}};
}

/* Makes the halo right to a depth at least, in all ranks alike: they have the same depths. NULL needs none.
 */
clp_status clp_shared_need(const clp_field *field, size_t depth);

/* Takes over a level of the rank's own device, which belongs to a part if its grid is one. */
clp_status clp_shared_wrap(clp_device *device, clp_level *own, clp_level **level);

void clp_shared_level_destroy(clp_level *level);

/* ---- borders ---- */

/* Nodes swept twice where borders are, of all nodes of a part whose halo is that deep; INFINITY where it is
 * too thin for them. */
double clp_borders_share(const clp_grid *part, size_t depth);

/* Those of a level of the rank's own, whose halo is filled by an exchange; each rank for itself, as others
 * cannot tell. CLP_ERROR_MEMORY, CLP_ERROR_DEVICE. */
clp_status clp_borders_create(const clp_level *own, const clp_exchange *halo, size_t depth,
                              clp_borders **borders);
void clp_borders_destroy(clp_borders *borders);

/* Takes over the right-hand side of the sweeps that follow; NULL has none. */
clp_status clp_borders_take(const clp_borders *borders, const clp_field *q);

/* Sweeps borders from u, which stays as it is, and sends what neighbours want of it; lets that move on; waits
 * for what comes, and writes it to the halo. What was started is to be finished: with NULL, where nothing is
 * to be written any more. */
clp_status clp_borders_start(const clp_borders *borders, const clp_field *u, bool has_q,
                             const double *weights, size_t count);
clp_status clp_borders_advance(const clp_borders *borders);
clp_status clp_borders_finish(const clp_borders *borders, clp_ranks *ranks, const clp_boxes *boxes);

/* ---- coarser levels ---- */

/* Where the coarse level is whole in every rank, or a team's: its slice that belongs to the part, and how it
 * is put together. */
typedef struct gathering {
    clp_level *slice;
    clp_field *field;
    clp_box own;          /* of the slice: nodes that this rank is to give */
    size_t *places;       /* [rank][CLP_AXES][2]: where they belong in the whole grid, and how many */
    size_t most;          /* bytes of the largest such box */
    char *all;            /* boxes of all ranks */
    void *packed, *whole; /* the own one, and the whole field: staging of their levels */
} gathering;

/* Where it is a team's: who has the others' slices, and where those belong. */
typedef struct joining {
    clp_swaps swaps;
    clp_box boxes[CLP_DIRECTIONS - 1];
    size_t at[CLP_AXES]; /* of the own one */
    char *room;
    bool prepared;
} joining;

typedef struct shared_transfer {
    clp_transfer base;
    clp_transfer *own;
    bool gathers; /* there is a slice */
    bool joins;   /* of a team's part */
    bool doubles; /* coarse nodes are twice as far apart along all axes that are split */
    gathering gather;
    joining join;
} shared_transfer;

/* The slice of a coarse level that is whole in every rank. Sweeps on a fine part may use as much as this of
 * it. */
enum { SLICE_DEPTH = 10 };

static inline bool shared_doubles(const clp_grid *fine, const clp_grid *coarse)
{
    for (int axis = 0; axis < clp_grid_dimensions(fine); axis++)
        if (clp_grid_is_split(fine, axis) && clp_grid_whole(fine, axis) == clp_grid_whole(coarse, axis))
            return false;
    return true;
}

/* Makes the slice of a coarse level, on which a transfer of the rank's own can be. */
clp_status clp_gathering_create(shared_transfer *shared);

/* Where every rank's box belongs; all together. */
clp_status clp_gathering_find_places(shared_transfer *shared);

/* The second copies of first nodes, at the end of periodic axes that are not split; each rank for itself. */
clp_status clp_gathering_join_seams(clp_field *coarse);

/* From the slices of all ranks to the whole field in each; all together. */
clp_status clp_gathering_join(const shared_transfer *shared, clp_field *coarse);

/* Readies the slices of a team for it, each rank for itself; from them to the team's part, all together. */
clp_status clp_joining_create(shared_transfer *shared);
void clp_joining_finish(shared_transfer *shared);
clp_status clp_joining_join(const shared_transfer *shared, clp_field *coarse);

/* From the coarse field to the slice, with its halo, on the device. */
clp_status clp_gathering_slice(const shared_transfer *shared, const clp_field *coarse);

/* As the functions of a backend. */
clp_status clp_shared_transfer_create(clp_level *fine, clp_level *coarse, clp_transfer **transfer);
void clp_shared_transfer_destroy(clp_transfer *transfer);
clp_status clp_shared_restrict(const clp_transfer *transfer, const clp_field *fine, clp_field *coarse);
clp_status clp_shared_prolong_add(const clp_transfer *transfer, const clp_field *coarse, clp_field *fine);
clp_status clp_shared_smooth_restrict(const clp_transfer *transfer, clp_field *u, clp_field *scratch,
                                      const clp_field *q, const double *weights, size_t count,
                                      clp_field *coarse);
clp_status clp_shared_prolong_smooth(const clp_transfer *transfer, const clp_field *coarse, clp_field *u,
                                     clp_field *scratch, const clp_field *q, const double *weights,
                                     size_t count, double factor, clp_field *total);
bool clp_shared_needs_scratch(const clp_transfer *transfer, size_t count, const clp_level *total);
clp_status clp_shared_coarsen(clp_level *fine, const clp_operator *coarse, clp_level **level,
                              clp_transfer **transfer);

#endif
