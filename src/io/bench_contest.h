/* SPDX-License-Identifier: MIT */
/* Reports of several devices side by side: which rows belong together. */
#ifndef CLP_IO_BENCH_CONTEST_H
#define CLP_IO_BENCH_CONTEST_H

#include <clpoisson/bench.h>

/* All devices of all reports in a row. */
typedef struct clp_contest {
    const clp_bench_device **devices;
    const char **names; /* of their reports */
    size_t count;
} clp_contest;

/* The reports must outlive *contest, which the caller finishes whatever the status. CLP_ERROR_INPUT where
 * they are of different versions or sets, or without devices; CLP_ERROR_MEMORY. */
clp_status clp_contest_begin(clp_contest *contest, const clp_bench_report *reports, const char *const *names,
                             size_t count);
void clp_contest_finish(clp_contest *contest);

/* Of an operation's rows the fastest: variants differ from device to device. NULL: none with a figure. */
const clp_bench_row *clp_contest_best(const clp_bench_device *device, const clp_bench_row *like);

/* Whether the operation of a device's row stands in a row before, there or on a device before. */
bool clp_contest_is_told(const clp_contest *contest, size_t device, size_t row);

#endif
