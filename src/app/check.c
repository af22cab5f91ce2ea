/* SPDX-License-Identifier: MIT */
/* clpoisson check */
#include "app/options.h"
#include "app/terminal.h"

#include <clpoisson/clpoisson.h>

#include <stdio.h>

/* Failures are printed as they come, the rest with -v. */
static void tell(void *user, const clp_check_result *result)
{
    size_t *tests = user;
    ++*tests;
    if (!result->passed)
        printf("  FAILED  %s: %s\n", result->name, result->message);
    else if (terminal.verbose)
        printf("  passed  %s: differs by %.2g, allowed %.2g\n", result->name, result->difference,
               result->allowed);
    fflush(stdout);
}

static size_t check_device(const clp_device_options *options, const char *name)
{
    clp_device *device = NULL;
    size_t failures = 1, tests = 0;
    clp_status status = clp_device_open(options, &device);
    if (status == CLP_OK) status = clp_device_check(device, tell, &tests, &failures);
    clp_device_close(device);
    if (status != CLP_OK) {
        printf("FAILED  %s: %s\n", name, clp_error_message());
        return 1;
    }
    if (failures)
        printf("FAILED  %s: %zu of %zu tests\n", name, failures, tests);
    else
        printf("passed  %s: %zu tests\n", name, tests);
    fflush(stdout);
    return failures;
}

static size_t check_list(const clp_device_list *list)
{
    size_t failures = 0;
    for (size_t i = 0; i < clp_device_list_count(list); i++) {
        const clp_device_info *info = clp_device_list_info(list, i);
        char name[300], index[24];
        snprintf(name, sizeof name, "%s (%s)", info->name, info->platform);
        snprintf(index, sizeof index, "%zu", i);
        failures += check_device(&(clp_device_options){.device = index}, name) != 0;
    }
    return failures;
}

/* Everything that was found: every OpenCL device, and the reference backend on several threads. */
static int check_all(void)
{
    clp_device_list *list;
    clp_status status = clp_device_list_create(&list);
    if (status != CLP_OK) return app_fail(status);
    for (size_t i = 0; i < clp_device_list_note_count(list); i++)
        app_warn("%s", clp_device_list_note(list, i));
    size_t failures = check_device(&(clp_device_options){.backend = "reference"}, "the reference backend");
    failures += check_list(list);
    if (clp_device_list_count(list) == 0) {
        clp_device_list_choose(list, NULL, &(size_t){0}, NULL);
        app_warn("%s", clp_error_message());
    }
    clp_device_list_destroy(list);
    return app_finish_output(failures ? EXIT_FAILED : EXIT_SOLVED);
}

static int run(int count, char **arguments)
{
    const char *wanted = NULL, *none;
    size_t operands;
    const app_option options[] = {
        {.name = "--device", .value = "D", .help = "check this device only", .text = &wanted},
        {.name = NULL},
    };
    int result = app_read_options(&app_check, options, count, arguments, &none, 0, &operands, NULL);
    if (result >= 0) return result;
    if (!wanted) return check_all();
    clp_device *device;
    clp_status status = clp_device_open(&(clp_device_options){.device = wanted}, &device);
    if (status != CLP_OK) return app_fail(status);
    char name[128];
    snprintf(name, sizeof name, "%s", clp_device_get_info(device)->name);
    clp_device_close(device);
    size_t failures = check_device(&(clp_device_options){.device = wanted}, name);
    return app_finish_output(failures ? EXIT_FAILED : EXIT_SOLVED);
}

const app_command app_check = {
    .name = "check",
    .arguments = "",
    .summary = "Tests every kernel on every device found against plain C; exit status 1 on any failure.",
    .run = run,
};
