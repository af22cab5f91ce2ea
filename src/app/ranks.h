/* SPDX-License-Identifier: MIT */
/* Being one of several processes that solve a problem together. */
#ifndef APP_RANKS_H
#define APP_RANKS_H

#include <clpoisson/clpoisson.h>

/* Joins the others, if the process was started as one of several; from then on only the first one speaks.
 * -1, or an exit status. */
int app_ranks_join(clp_ranks **ranks);

/* For a command that is no work for several: -1 if there is one process only, or an exit status after that
 * was said once. */
int app_ranks_refuse(const char *command);

/* Takes what the command line says of them: `transport` may be NULL, `blocks` is "2x3" or NULL and gives the
 * parts along each axis. Answers likewise. */
int app_ranks_choose(const char *transport, const char *blocks, clp_ranks **ranks, size_t parts[CLP_AXES]);

/* Likewise, of how deep halos are, which coarser grids all have, and whether sweeps go on meanwhile; each may
 * be NULL. */
int app_ranks_set(const char *halo, const char *gathered, const char *overlap, clp_ranks *ranks);

/* Leaves them, with the exit status of this one: says errors once, and ends all where one is alone with its
 * own. Answers the exit status. */
int app_ranks_leave(clp_ranks *ranks, int status);

/* Opens this rank's device: `wanted` is as for one process, or a list with commas, of which ranks take one
 * after the other. */
clp_status app_ranks_open(clp_ranks *ranks, const clp_device_options *wanted, clp_device **device);

#endif
