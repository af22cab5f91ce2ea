/* SPDX-License-Identifier: MIT */
/* What the processors of this machine take, where the kernel's counters of their packages (RAPL) can be read.
 */
#ifndef CLP_BASE_ENERGY_H
#define CLP_BASE_ENERGY_H

#include <stddef.h>

enum { CLP_PACKAGES = 16 };

typedef struct clp_energy {
    size_t count;
    struct {
        unsigned index;
        unsigned long long microjoules, range; /* counters begin anew behind that */
    } packages[CLP_PACKAGES];
} clp_energy;

/* The counters now; none where the kernel does not tell. They are looked for in /sys/class/powercap, or where
 * CLPOISSON_POWERCAP says. */
clp_energy clp_energy_now(void);

/* Joules between two readings; NAN where a counter is missing. */
double clp_energy_between(const clp_energy *before, const clp_energy *after);

#endif
