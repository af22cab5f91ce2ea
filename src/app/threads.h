/* SPDX-License-Identifier: MIT */
#ifndef APP_THREADS_H
#define APP_THREADS_H

/*
 * The host's loops run by OpenMP, whose threads spin for milliseconds after each loop, on cores that the
 * threads of a CPU's OpenCL want. How they wait is read from the environment when the program is loaded; so
 * it is loaded once more, unless the user has said how.
 */
void app_let_threads_sleep(char **arguments);

/* PoCL's threads are to stay on a processor each: kernels of a millisecond often find two of them on one,
 * while the other is idle. To be called before OpenCL is; the environment's own POCL_AFFINITY stands. */
void app_keep_threads_apart(void);

/* Before this process starts so many others: takes back what keeps its own threads apart, and gives each a
 * share of the processors for its OpenMP, unless the environment says how many. */
void app_share_processors(long processes);

#endif
