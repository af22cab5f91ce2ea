/* SPDX-License-Identifier: MIT */
#include <clpoisson/solver.h>

const char *clp_criterion_name(clp_criterion criterion)
{
    static const char *const names[] = {"error", "residual", "step"};
    return (unsigned)criterion < sizeof names / sizeof *names ? names[criterion] : "unknown";
}

const char *clp_check_name(clp_check check)
{
    static const char *const names[] = {"auto", "device", "host"};
    return (unsigned)check < sizeof names / sizeof *names ? names[check] : "unknown";
}

const char *clp_reason_name(clp_reason reason)
{
    static const char *const names[] = {"none",        "tolerance", "max_iterations",
                                        "interrupted", "rounding",  "stagnation",
                                        "breakdown",   "end",       "steady"};
    return (unsigned)reason < sizeof names / sizeof *names ? names[reason] : "unknown";
}
