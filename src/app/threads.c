/* SPDX-License-Identifier: MIT */
#include "app/threads.h"

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

/* Processes that mpirun started on this machine. */
static long processes_beside(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS"};
    for (int i = 0; i < 2; i++)
        if (getenv(names[i])) return strtol(getenv(names[i]), NULL, 10);
    return 1;
}

/* Together they have as many threads as there are processors. */
static void share_processors(void)
{
    char text[32];
    long each = sysconf(_SC_NPROCESSORS_ONLN) / (processes_beside() > 0 ? processes_beside() : 1);
    if (processes_beside() < 2) return;
    snprintf(text, sizeof text, "%ld", each > 0 ? each : 1);
    setenv("OMP_NUM_THREADS", text, 0);
}

void app_keep_threads_apart(void)
{
    bool some = processes_beside() > 1 || getenv("POCL_MAX_PTHREAD_COUNT") || getenv("POCL_CPU_MAX_CU_COUNT");
    if (!some && has_all_processors()) setenv("POCL_AFFINITY", "1", 0);
}

void app_let_threads_sleep(char **arguments)
{
    if (getenv("OMP_WAIT_POLICY") || getenv("GOMP_SPINCOUNT")) return;
    share_processors();
    if (setenv("OMP_WAIT_POLICY", "passive", 1) != 0) return;
    char path[4096]; /* by its own name: that of the link would be the process's */
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0) return;
    path[length] = '\0';
    execv(path, arguments); /* where that does not work, it is slower, and nothing else */
}
