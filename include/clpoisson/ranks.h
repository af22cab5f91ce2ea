/* SPDX-License-Identifier: MIT */
/** @file
 * Several processes, the ranks, that solve one problem together: each has a device and a part of the grid.
 * Every function that takes ranks or a device of theirs is to be called by all of them, in the same order.
 */
#ifndef CLPOISSON_RANKS_H
#define CLPOISSON_RANKS_H

#include <clpoisson/device.h>
#include <clpoisson/grid.h>
#include <clpoisson/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Fewest nodes along an axis that a part can have of its own. */
#define CLP_PART_MIN 2

/**
 * How many parts along each axis divide a checked, whole grid among `count` ranks: blocks of the least
 * surface; of several such the one with the longest rows. A periodic x axis stays in one piece. Where that is
 * possible blocks have 8 nodes along each axis at least, and a periodic axis of odd period stays in one piece
 * too: networks have no coarser levels else. Errors: CLP_ERROR_INPUT says how many ranks can share the grid.
 */
CLP_API clp_status clp_grid_divide(const clp_grid *grid, const bool periodic[CLP_AXES], size_t count,
                                   size_t parts[CLP_AXES]);

/**
 * The part of rank number (z * parts[1] + y) * parts[0] + x, with a halo of `depth` nodes, or of as many as
 * the thinnest part has. Along each axis parts get nodes in proportion to the speeds of their ranks (of all
 * ranks, above 0; NULL: all alike). Errors: CLP_ERROR_INPUT where parts would be too thin.
 */
CLP_API clp_status clp_grid_take_part(const clp_grid *grid, const bool periodic[CLP_AXES],
                                      const size_t parts[CLP_AXES], const double *speeds, size_t rank,
                                      size_t depth, clp_grid *part);

/** The whole grid that a part belongs to. */
CLP_API clp_grid clp_grid_of_part(const clp_grid *part);

/** Processes that are to work together. */
typedef struct clp_ranks clp_ranks;

/** Names of the ways in which ranks of this build can talk, NULL-terminated; the first is "none". */
CLP_API const char *const *clp_transport_names(void);

/** Whether this process was started as one of several, by mpirun or its like, or by clp_ranks_launch. */
CLP_API bool clp_ranks_are_started(void);

/** Whether this process was started as one of several, in a way that this build cannot join them by. */
CLP_API bool clp_ranks_are_started_alone(void);

/**
 * Joins the other ranks. `transport` is NULL for what suits how the process was started, or a name. The
 * caller owns *ranks. Errors: CLP_ERROR_INPUT for a transport that is not there, CLP_ERROR_DEVICE.
 */
CLP_API clp_status clp_ranks_join(const char *transport, clp_ranks **ranks);

/** Processes that clp_ranks_launch starts at most. */
#define CLP_LAUNCH_MAX 256

/** The environment variable that tells them how many they are. */
#define CLP_LAUNCH_COUNT "CLPOISSON_RANKS"

/**
 * Runs this program anew, with `arguments` (NULL-terminated, the program's name first), as `count` ranks of
 * this machine that share memory, and waits for them: clp_ranks_join(NULL, ...) in them joins the others.
 * Where one ends without having left the others, all are ended. *result receives the exit status of the first
 * rank, or of the one that failed. Linux only. Errors: CLP_ERROR_INPUT for too many, CLP_ERROR_MEMORY,
 * CLP_ERROR_FILE, CLP_ERROR_DEVICE where processes could not be started or were ended by a signal.
 */
CLP_API clp_status clp_ranks_launch(size_t count, char *const arguments[], int *result);

/** Leaves them; NULL is allowed. Waits for the others. */
CLP_API void clp_ranks_leave(clp_ranks *ranks);

/** This one's number, from 0, and how many there are; NULL is one alone. */
CLP_API size_t clp_ranks_number(const clp_ranks *ranks);
CLP_API size_t clp_ranks_count(const clp_ranks *ranks);

/** Number among the ranks on this machine, and how many those are: which device, how many threads to take. */
CLP_API size_t clp_ranks_local(const clp_ranks *ranks);
CLP_API size_t clp_ranks_beside(const clp_ranks *ranks);

/** The name of the transport. */
CLP_API const char *clp_ranks_transport(const clp_ranks *ranks);

/** Ends all ranks at once, with an exit status; for errors that one of them alone has. */
CLP_API void clp_ranks_abort(const clp_ranks *ranks, int status);

/**
 * Whether all ranks call this within some seconds, whatever else they may be waiting for: where not, one that
 * has failed is alone with its error, and should end the others.
 */
CLP_API bool clp_ranks_meet(clp_ranks *ranks, double seconds);

/** Rank 0's text in all of them, cut to `size`. Errors: CLP_ERROR_DEVICE. */
CLP_API clp_status clp_ranks_spread_text(clp_ranks *ranks, char *text, size_t size);

/**
 * Whether all ranks are well: every one of them tells its own status, and gets CLP_OK if all have, or the
 * first one's that is not, with its message.
 */
CLP_API clp_status clp_ranks_agree(clp_ranks *ranks, clp_status status);

/** Sums of all ranks' numbers in their place, the same in all. Errors: CLP_ERROR_DEVICE. */
CLP_API clp_status clp_ranks_sum(clp_ranks *ranks, double *numbers, size_t count);

/** Bytes of a text that names a rank. */
#define CLP_RANK_TEXT 128

/**
 * Whether all ranks were given the same: each mixes in what it has, then all compare. `other` receives who
 * was given something else than rank 0, as in "rank 3 on node7", or "". Errors: CLP_ERROR_DEVICE.
 */
CLP_API void clp_ranks_mix(clp_ranks *ranks, const void *data, size_t bytes);
CLP_API clp_status clp_ranks_compare(clp_ranks *ranks, char other[CLP_RANK_TEXT]);

/**
 * Finds out how fast the ranks' devices sweep, all at the same time and in single precision, where they are
 * not alike by name, driver and units: clp_ranks_take_part then gives each in proportion. It builds kernels
 * and takes some hundredths of a second; nothing where all are alike. Errors, the same in all ranks:
 * CLP_ERROR_MEMORY, CLP_ERROR_DEVICE.
 */
CLP_API clp_status clp_ranks_weigh(clp_ranks *ranks, clp_device *own);

/**
 * A device that shares work with those of the other ranks, made of the rank's own one, which it takes over,
 * also on errors. Problems for it are parts that clp_ranks_take_part made. Ranks must outlive it.
 */
CLP_API clp_status clp_ranks_device(clp_ranks *ranks, clp_device *own, clp_device **device);

/**
 * How the ranks shared what `own` reports of; the same in all of them, valid until the next call. Errors:
 * CLP_ERROR_MEMORY, CLP_ERROR_DEVICE.
 */
CLP_API clp_status clp_ranks_tell(clp_ranks *ranks, const clp_grid *part, const clp_report *own,
                                  const clp_ranks_report **report);

/**
 * For parts taken from then on, the same in all ranks: the depth of halos, which parts take down to a
 * multiple of what they begin at multiples of, and the nodes of the largest coarser grid that every rank has
 * whole. 0: what suits the devices (docs/scaling.md), known once clp_ranks_device has been called. NULL ranks
 * are one alone, which has neither.
 */
CLP_API void clp_ranks_set_halo(clp_ranks *ranks, size_t depth);
CLP_API void clp_ranks_set_gathered(clp_ranks *ranks, size_t nodes);

/** Whether sweeps in a row go on while halos are exchanged, for which nodes beside open sides are swept
 * twice. The answer is the same to the last bit. */
typedef enum clp_overlap {
    CLP_OVERLAP_AUTO, /**< between machines, where a rank finds that it waits for longer than that takes */
    CLP_OVERLAP_YES,  /**< wherever parts are thick enough */
    CLP_OVERLAP_NO,
} clp_overlap;

/** Sets it for solves that begin then, of this rank: others may do as they like. NULL ranks are one alone. */
CLP_API void clp_ranks_set_overlap(clp_ranks *ranks, clp_overlap overlap);

/**
 * This rank's part of a whole grid: see clp_grid_divide, clp_grid_take_part. `parts` are wanted ones, or all
 * 0: receives them. Of unlike devices each gets in proportion to its speed, if clp_ranks_weigh found it. A
 * halo of `depth` nodes; 0: as clp_ranks_set_halo has it.
 */
CLP_API clp_status clp_ranks_take_part(clp_ranks *ranks, const clp_grid *grid, const bool periodic[CLP_AXES],
                                       size_t parts[CLP_AXES], size_t depth, clp_grid *part);

#ifdef __cplusplus
}
#endif
#endif
