/* SPDX-License-Identifier: MIT */
#include "app/threads.h"

#include <stdlib.h>
#include <unistd.h>

void app_let_threads_sleep(char **arguments)
{
    if (getenv("OMP_WAIT_POLICY") || getenv("GOMP_SPINCOUNT")) return;
    if (setenv("OMP_WAIT_POLICY", "passive", 1) != 0) return;
    execv("/proc/self/exe", arguments); /* where that does not work, it is slower, and nothing else */
}
