/* SPDX-License-Identifier: MIT */
#include "app/threads.h"

#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

/* Whether this process may run on every processor, numbered from 0 on, as PoCL does: one that has been given
 * some of them shares the machine. */
static bool has_all_processors(void)
{
    cpu_set_t own;
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    if (sched_getaffinity(0, sizeof own, &own) != 0 || CPU_COUNT(&own) != count) return false;
    for (int i = 0; i < count; i++)
        if (!CPU_ISSET(i, &own)) return false;
    return true;
}

void app_keep_threads_apart(void)
{
    bool some = getenv("POCL_MAX_PTHREAD_COUNT") || getenv("POCL_CPU_MAX_CU_COUNT");
    if (!some && has_all_processors()) setenv("POCL_AFFINITY", "1", 0);
}

void app_let_threads_sleep(char **arguments)
{
    if (getenv("OMP_WAIT_POLICY") || getenv("GOMP_SPINCOUNT")) return;
    if (setenv("OMP_WAIT_POLICY", "passive", 1) != 0) return;
    execv("/proc/self/exe", arguments); /* where that does not work, it is slower, and nothing else */
}
