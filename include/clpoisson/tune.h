/* SPDX-License-Identifier: MIT */
/** @file
 * Search for what runs fastest on a device: variants of the kernels, sizes of tiles, sweeps per pass over
 * memory.
 */
#ifndef CLPOISSON_TUNE_H
#define CLPOISSON_TUNE_H

#include <clpoisson/device.h>

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How to search; all zero is usable. */
typedef struct clp_tune_options {
    double seconds; /**< to take, about; 0: 120 */
    bool forget;    /**< do not search, go back to the defaults */
} clp_tune_options;

/** Something that was tried. Its texts are valid while the function is told. */
typedef struct clp_tune_trial {
    const char *kind; /**< of problem: "2-D constant single" */
    const char
        *tried;  /**< "rows sweeps=8": a variant of the sweep and sizes, as far as they are not the default */
    double gain; /**< how many times as fast as the defaults; NAN where it failed */
    const char *message; /**< why it failed; "" */
    const char *best;    /**< the best so far, likewise; "default" where nothing is better */
    double best_gain;
    double seconds_left; /**< of those for this kind */
    size_t trials;       /**< of this kind so far, beside the defaults */
    bool last;           /**< of its kind: best is what will be used */
} clp_tune_trial;

/** Told each trial; answers false to stop, which keeps what was found and is still faster than the defaults.
 */
typedef bool clp_tune_function(void *user, const clp_tune_trial *trial);

/**
 * Searches for each kind of problem, and writes what is better than the defaults into the user's data folder
 * (`$XDG_DATA_HOME/clpoisson`, else `~/.local/share/clpoisson`), where clp_device_open() finds it. The device
 * uses it from now on, too. A trial counts only if its results are the reference backend's; one that fails is
 * told, and the search goes on. The speed of a trial is the geometric mean over sweeps, norms of residuals
 * and halves of multigrid cycles.
 *
 * *path (of path_size bytes, may be NULL) receives the name of the file.
 * Errors: CLP_ERROR_UNSUPPORTED (the backend has nothing to tune), CLP_ERROR_INPUT (a time below 0),
 * CLP_ERROR_FILE, CLP_ERROR_MEMORY of the host.
 */
CLP_API clp_status clp_device_tune(clp_device *device, const clp_tune_options *options,
                                   clp_tune_function *function, void *user, char *path, size_t path_size);

#ifdef __cplusplus
}
#endif

#endif
