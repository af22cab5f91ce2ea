/* SPDX-License-Identifier: MIT */
#include "app/threads.h"

#include <clpoisson/clpoisson.h>

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
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

/* Processes that were started together on this machine. */
static long processes_beside(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", CLP_LAUNCH_COUNT};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (getenv(names[i])) return strtol(getenv(names[i]), NULL, 10);
    return 1;
}

static bool sets_affinity; /* by this program, not by the environment */

/* Together they have as many threads as there are processors. */
void app_share_processors(long processes)
{
    char text[32];
    if (sets_affinity) unsetenv("POCL_AFFINITY");
    if (processes < 2) return;
    long each = sysconf(_SC_NPROCESSORS_ONLN) / processes;
    snprintf(text, sizeof text, "%ld", each > 0 ? each : 1);
    setenv("OMP_NUM_THREADS", text, 0);
}

void app_keep_threads_apart(void)
{
    bool some = processes_beside() > 1 || getenv("POCL_MAX_PTHREAD_COUNT") || getenv("POCL_CPU_MAX_CU_COUNT");
    if (some || getenv("POCL_AFFINITY") || !has_all_processors()) return;
    sets_affinity = setenv("POCL_AFFINITY", "1", 0) == 0;
}

void app_let_threads_sleep(char **arguments)
{
    if (getenv("OMP_WAIT_POLICY") || getenv("GOMP_SPINCOUNT")) return;
    app_share_processors(processes_beside());
    if (setenv("OMP_WAIT_POLICY", "passive", 1) != 0) return;
    char path[4096]; /* by its own name: that of the link would be the process's */
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0) return;
    path[length] = '\0';
    execv(path, arguments); /* where that does not work, it is slower, and nothing else */
}
