/* SPDX-License-Identifier: MIT */
#include "app/interrupt.h"

#include <signal.h>
#include <time.h>

static volatile sig_atomic_t interrupted;

static struct timespec first;

/* The first one asks, a later one ends the process. What comes within half a second is the same one by
 * another way: to a process by itself, and to all of its group. */
static void interrupt(int number)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (!interrupted) first = now;
    interrupted = 1;
    double since = (double)(now.tv_sec - first.tv_sec) + 1e-9 * (double)(now.tv_nsec - first.tv_nsec);
    if (since < 0.5) return;
    signal(number, SIG_DFL);
    raise(number);
}

void app_catch_interrupts(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (int i = 0; i < 3; i++)
        if (signal(numbers[i], interrupt) == SIG_IGN) signal(numbers[i], SIG_IGN);
}

bool app_interrupted(void)
{
    return interrupted;
}
