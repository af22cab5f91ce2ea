/* SPDX-License-Identifier: MIT */
/* Notes what operations take: medians, to the file CLPOISSON_TIMES with the rank's number behind. */
#include "base/machine.h"
#include "work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KINDS = 1024, SAMPLES = 256 };

typedef struct kind {
    work work;
    size_t count; /* all of them; the first SAMPLES are kept */
    double seconds[SAMPLES];
} kind;

static kind *kinds;
static size_t kind_count;

double work_begin(void)
{
    return clp_seconds();
}

static kind *find(const work *done)
{
    for (size_t i = 0; i < kind_count; i++) {
        const work *seen = &kinds[i].work;
        if (strcmp(seen->name, done->name) == 0 && seen->bytes == done->bytes && seen->nodes == done->nodes &&
            seen->sweeps == done->sweeps)
            return &kinds[i];
    }
    if (kind_count == KINDS) return NULL;
    kinds[kind_count].work = *done;
    return &kinds[kind_count++];
}

void work_end(const work *done, double start)
{
    double seconds = clp_seconds() - start;
    kind *found = kinds ? find(done) : NULL;
    if (found && found->count < SAMPLES) found->seconds[found->count] = seconds;
    if (found) found->count++;
}

void work_open(void)
{
    if (!kinds) kinds = calloc(KINDS, sizeof *kinds);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* NAME BYTES NODES SWEEPS COUNT SECONDS */
void work_close(void)
{
    const char *path = getenv("CLPOISSON_TIMES"), *rank = getenv("OMPI_COMM_WORLD_RANK");
    char name[4096];
    if (!kinds || !path) return;
    snprintf(name, sizeof name, "%s.%s", path, rank ? rank : "0");
    FILE *file = fopen(name, "w");
    for (size_t i = 0; i < kind_count && file; i++) {
        kind *k = &kinds[i];
        size_t kept = k->count < SAMPLES ? k->count : SAMPLES;
        qsort(k->seconds, kept, sizeof *k->seconds, compare);
        fprintf(file, "%s %zu %zu %zu %zu %.9g\n", k->work.name, k->work.bytes, k->work.nodes, k->work.sweeps,
                k->count, k->seconds[kept / 2]);
    }
    if (file) fclose(file);
    free(kinds);
    kinds = NULL;
    kind_count = 0;
}
