/* SPDX-License-Identifier: MIT */
/* The check of a whole device: every variant in every precision, a result per operation. */
#include "backend/check.h"

#include <stdio.h>
#include <string.h>

/* Small grids that between them have every kind of side, ragged widths, more than one tile, and both kinds of
 * source. */
static const clp_check_case device_cases[] = {
    {{3, 3}, 15, false, 1},
    {{17, 33}, 4, true, 0.5},
    {{600, 70}, 11, false, 1},
    {{129, 65}, 2, true, 2},
};
enum { DEVICE_CASES = sizeof device_cases / sizeof *device_cases };

typedef struct collected {
    struct {
        const char *name;
        clp_check_result worst;
        char message[512];
    } results[16];
    size_t count;
} collected;

/* Keeps, per operation, the first failure or else the result nearest to one. */
static void collect(void *user, const clp_check_result *result)
{
    collected *all = user;
    size_t i = 0;
    while (i < all->count && strcmp(all->results[i].name, result->name)) i++;
    if (i == sizeof all->results / sizeof *all->results) return;
    bool first = i == all->count;
    if (first) all->count++;
    clp_check_result *worst = &all->results[i].worst;
    if (!first && (!worst->passed || (result->passed && result->difference <= worst->difference))) return;
    *worst = *result;
    all->results[i].name = result->name;
    snprintf(all->results[i].message, sizeof all->results[i].message, "%s", result->message);
}

clp_status clp_device_check(clp_device *device, clp_check_function *function, void *user, size_t *failures)
{
    *failures = 0;
    for (clp_precision precision = CLP_PRECISION_SINGLE; precision <= CLP_PRECISION_DOUBLE; precision++) {
        if (precision == CLP_PRECISION_DOUBLE && !device->info.fp64) continue;
        for (const char *const *variant = device->backend->sweep_variants; *variant; variant++) {
            collected all = {.count = 0};
            for (int i = 0; i < DEVICE_CASES; i++)
                CLP_TRY(clp_backend_check_case(device, &device_cases[i], precision, *variant, collect, &all));
            for (size_t i = 0; i < all.count; i++) {
                clp_check_result result = all.results[i].worst;
                char name[128];
                snprintf(name, sizeof name, "%s, %s, %s", all.results[i].name, *variant,
                         clp_precision_name(precision));
                result.name = name;
                result.message = all.results[i].message;
                *failures += !result.passed;
                if (function) function(user, &result);
            }
        }
    }
    return CLP_OK;
}
