/* SPDX-License-Identifier: MIT */
#include "solver/quantities.h"

#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

clp_status clp_electrodes_list(const clp_problem *problem, clp_electrode_report **electrodes,
                               size_t **electrode_of, clp_report *report)
{
    size_t count = clp_problem_region_count(problem);
    *electrodes = calloc(count + 1, sizeof **electrodes);
    *electrode_of = calloc(count + 1, sizeof **electrode_of);
    if (!*electrodes || !*electrode_of) return clp_fail_host_memory(count * sizeof **electrodes);
    for (size_t r = 0; r < count; r++) {
        const clp_region *region = clp_problem_region(problem, r);
        if (!(region->sets & (CLP_SETS_VALUE | CLP_SETS_FLOATING))) continue;
        size_t e = 0;
        while (e < report->electrode_count && strcmp((*electrodes)[e].name, region->name)) e++;
        (*electrode_of)[r] = e;
        clp_electrode_report *electrode = &(*electrodes)[e];
        double value = region->value.expression ? NAN : region->value.number;
        if (e == report->electrode_count) {
            clp_cut_text(electrode->name, sizeof electrode->name, region->name);
            electrode->value = value;
            electrode->floating = region->sets & CLP_SETS_FLOATING;
            report->electrode_count++;
        } else if (electrode->value != value) {
            electrode->value = NAN;
        }
    }
    report->electrodes = *electrodes;
    return CLP_OK;
}
