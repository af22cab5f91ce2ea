/* SPDX-License-Identifier: MIT */
#include "transient/stepper.h"

#include <clpoisson/transient.h>

#include <string.h>

static const clp_stepper *const steppers[] = {&clp_stepper_explicit, &clp_stepper_rkl2,
                                              &clp_stepper_implicit_euler, &clp_stepper_trbdf2};
enum { STEPPERS = sizeof steppers / sizeof *steppers };

const char *const *clp_time_method_names(void)
{
    static const char *names[STEPPERS + 1];
    for (int i = 0; i < STEPPERS; i++) names[i] = steppers[i]->name;
    return names;
}

const clp_stepper *clp_stepper_find(const char *name)
{
    for (int i = 0; i < STEPPERS; i++)
        if (strcmp(name, steppers[i]->name) == 0) return steppers[i];
    return NULL;
}
