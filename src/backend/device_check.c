/* SPDX-License-Identifier: MIT */
/* The check of a whole device: every variant in every precision, a result per operation. */
#include "backend/check.h"

#include <stdio.h>
#include <string.h>

/* Small grids that between them have every kind of side, ragged widths, more than one tile, two and three
 * dimensions, constant and varying conductances, and both kinds of source. Sides and sources are those of
 * contract tests, which build the same kernels. */
static const clp_check_case device_cases[] = {
    {.nodes = {3, 3}, .held = 15, .aspect = 1},
    {.nodes = {17, 33}, .held = 14, .sourced = true, .aspect = 0.5},
    {.nodes = {600, 70}, .held = 7, .aspect = 1},
    {.nodes = {129, 65}, .held = 3, .periodic = 2, .aspect = 2},
    {.nodes = {200, 53},
     .held = 12,
     .periodic = 1,
     .sourced = true,
     .network = CLP_CHECK_NETWORK,
     .aspect = 1},
    {.nodes = {64, 40}, .held = 3, .network = CLP_CHECK_SHUNTS, .aspect = 1},
    {.nodes = {33, 18, 21}, .held = 21, .sourced = true, .aspect = 1},
    {.nodes = {9, 8, 7}, .held = 1, .periodic = 6, .sourced = true, .aspect = 1},
    {.nodes = {20, 12, 9},
     .held = 3,
     .periodic = 6,
     .sourced = true,
     .network = CLP_CHECK_SHUNTS,
     .aspect = 2},
};
enum { DEVICE_CASES = sizeof device_cases / sizeof *device_cases };

typedef struct collected {
    struct {
        const char *name;
        clp_check_result worst;
        char message[512];
    } results[CLP_CHECKS + 1];
    size_t count;
} collected;

/* Keeps, per operation, the first failure or else the result nearest to one. */
static void collect(void *user, const clp_check_result *result)
{
    collected *all = user;
    size_t i = 0;
    while (i < all->count && strcmp(all->results[i].name, result->name)) i++;
    bool first = i == all->count;
    if (first) all->count++;
    clp_check_result *worst = &all->results[i].worst;
    if (!first && (!worst->passed || (result->passed && result->difference <= worst->difference))) return;
    *worst = *result;
    all->results[i].name = result->name;
    snprintf(all->results[i].message, sizeof all->results[i].message, "%s", result->message);
}

/* Whether it is the variant that the device takes by itself. */
static bool is_own(clp_device *device, const char *variant)
{
    const clp_grid grid = {.nodes = {3, 3}, .size = {1, 1}};
    const clp_operator op = {.grid = grid, .diagonal = 1, .scale = 1};
    clp_level *level = NULL;
    if (device->backend->level_create(device, &op, CLP_PRECISION_SINGLE, NULL, &level) != CLP_OK) return true;
    bool own = !level->sweep || strcmp(level->sweep, variant) == 0;
    device->backend->level_destroy(level);
    return own;
}

clp_status clp_device_check(clp_device *device, clp_check_function *function, void *user, size_t *failures)
{
    *failures = 0;
    for (clp_precision precision = CLP_PRECISION_SINGLE; precision <= CLP_PRECISION_DOUBLE; precision++) {
        if (precision == CLP_PRECISION_DOUBLE && !device->info.fp64) continue;
        for (const char *const *variant = device->backend->sweep_variants; *variant; variant++) {
            collected all = {.count = 0};
            /* Most of the time goes into building kernels, so grids are fewer for what is not used, or
             * differs in nothing but the type. */
            bool own = is_own(device, *variant);
            int step = !own ? 4 : precision == CLP_PRECISION_DOUBLE ? 2 : 1;
            for (int i = step > 1; i < DEVICE_CASES; i += step)
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
