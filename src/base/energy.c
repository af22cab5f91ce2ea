/* SPDX-License-Identifier: MIT */
#include "base/energy.h"

#include <dirent.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *open_file(const char *folder, unsigned package, const char *name)
{
    char path[1024];
    int length = snprintf(path, sizeof path, "%s/intel-rapl:%u/%s", folder, package, name);
    return length > 0 && (size_t)length < sizeof path ? fopen(path, "r") : NULL;
}

/* Others may be of the whole platform, with the packages in it. */
static bool is_package(const char *folder, unsigned package)
{
    char name[64] = "";
    FILE *stream = open_file(folder, package, "name");
    if (!stream) return false;
    bool is = fgets(name, sizeof name, stream) && strncmp(name, "package", 7) == 0;
    fclose(stream);
    return is;
}

static bool read_number(const char *folder, unsigned package, const char *name, unsigned long long *number)
{
    FILE *stream = open_file(folder, package, name);
    if (!stream) return false;
    bool read = fscanf(stream, "%llu", number) == 1;
    fclose(stream);
    return read;
}

clp_energy clp_energy_now(void)
{
    clp_energy now = {0};
    const char *folder = getenv("CLPOISSON_POWERCAP");
    if (!folder || !*folder) folder = "/sys/class/powercap";
    DIR *entries = opendir(folder);
    if (!entries) return now;
    for (struct dirent *entry; now.count < CLP_PACKAGES && (entry = readdir(entries));) {
        unsigned package;
        char more;
        unsigned long long energy, range;
        if (sscanf(entry->d_name, "intel-rapl:%u%c", &package, &more) != 1) continue; /* parts of a package */
        if (!is_package(folder, package) || !read_number(folder, package, "energy_uj", &energy) ||
            !read_number(folder, package, "max_energy_range_uj", &range))
            continue;
        now.packages[now.count].index = package;
        now.packages[now.count].microjoules = energy;
        now.packages[now.count++].range = range;
    }
    closedir(entries);
    return now;
}

double clp_energy_between(const clp_energy *before, const clp_energy *after)
{
    double joules = 0;
    if (before->count == 0 || before->count != after->count) return NAN;
    for (size_t i = 0; i < before->count; i++) {
        size_t same = 0;
        while (same < after->count && after->packages[same].index != before->packages[i].index) same++;
        if (same == after->count) return NAN;
        unsigned long long low = before->packages[i].microjoules, high = after->packages[same].microjoules;
        joules += 1e-6 * (double)(high >= low ? high - low : before->packages[i].range - low + high);
    }
    return joules;
}
