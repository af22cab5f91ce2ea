/* SPDX-License-Identifier: MIT */
#include "base/machine.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

double clp_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

unsigned long long clp_memory_available(void)
{
    /* MemAvailable counts what the page cache would give back; sysconf's free pages do not. */
    FILE *stream = fopen("/proc/meminfo", "r");
    if (stream) {
        char line[256];
        unsigned long long kib = 0;
        while (!kib && fgets(line, sizeof line, stream)) sscanf(line, "MemAvailable: %llu", &kib);
        fclose(stream);
        if (kib) return kib * 1024;
    }
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? (unsigned long long)pages * (unsigned long long)size : 0;
}
