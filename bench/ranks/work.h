/* SPDX-License-Identifier: MIT */
/*
 * What operations take: measured.c notes it, simulated.c lets as much time pass as a file of times says. That
 * file, CLPOISSON_TIMES, has a line for each operation, size of a number and count of nodes:
 *
 *   NAME BYTES NODES FIXED EACH GROUP
 *
 * ceil(sweeps / GROUP) launches of FIXED seconds and sweeps of EACH seconds; between counts of nodes, and
 * beyond the last two, linear.
 */
#ifndef CLP_BENCH_RANKS_WORK_H
#define CLP_BENCH_RANKS_WORK_H

#include <stddef.h>

typedef struct work {
    const char *name;
    size_t bytes; /* of a number */
    size_t nodes;
    size_t sweeps; /* 1 where it does none */
} work;

/* Around every piece of work; pieces within others are a part of those. */
double work_begin(void);
void work_end(const work *done, double start);

/* Of a process: reads the file of times, or writes what was noted. */
void work_open(void);
void work_close(void);

#endif
