/* SPDX-License-Identifier: MIT */
#include "app/interrupt.h"

#include <signal.h>

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
    interrupted = 1;
    signal(number, SIG_DFL);
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
