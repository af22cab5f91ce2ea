/* SPDX-License-Identifier: MIT */
/* Stands in for the JSON writers where jansson was not there to build with. */
#include <clpoisson/bench.h>
#include <clpoisson/output.h>

#include "base/status.h"

static clp_status refuse(const char *path)
{
    return clp_fail(
        CLP_ERROR_UNSUPPORTED,
        "%s: JSON needs jansson, which this build was made without; install libjansson-dev and build again",
        path);
}

clp_status clp_report_write_json(const char *path, const clp_report *report)
{
    (void)report;
    return refuse(path);
}

clp_status clp_device_list_write_json(const char *path, const clp_device_list *list, const char *wanted)
{
    (void)list;
    (void)wanted;
    return refuse(path);
}

clp_status clp_bench_write_json(const char *path, const clp_bench_device *devices, size_t count, bool quick)
{
    (void)devices;
    (void)count;
    (void)quick;
    return refuse(path);
}

clp_status clp_bench_read_json(const char *path, clp_bench_report *report)
{
    *report = (clp_bench_report){.count = 0};
    return refuse(path);
}

void clp_bench_report_finish(clp_bench_report *report)
{
    (void)report;
}
