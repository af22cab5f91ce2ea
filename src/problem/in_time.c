/* SPDX-License-Identifier: MIT */
/* What of a problem changes with time, and what may not. */
#include "problem/assemble.h"
#include "problem/declared.h"

#include "base/status.h"

#include <stdio.h>

bool clp_problem_feeds_in_time(const clp_problem *problem)
{
    bool feeds = clp_function_uses_time(&problem->source);
    for (int side = 0; side < CLP_SIDES; side++) {
        const clp_declared_side *declared = &problem->sides[side];
        clp_boundary_kind kind = declared->boundary.kind;
        feeds = feeds || (kind == CLP_BOUNDARY_FLUX && clp_function_uses_time(&declared->value)) ||
                (kind == CLP_BOUNDARY_TRANSFER && clp_function_uses_time(&declared->ambient));
    }
    for (size_t r = 0; r < clp_problem_region_count(problem); r++) {
        const clp_declared_region *declared = clp_declared_region_at(problem, r);
        unsigned sets = declared->region.sets; /* electrodes feed through the edges that they cut */
        feeds = feeds || (sets & CLP_SETS_SOURCE && clp_function_uses_time(&declared->source)) ||
                (sets & CLP_SETS_VALUE && clp_function_uses_time(&declared->value));
    }
    return feeds;
}

bool clp_problem_holds_in_time(const clp_problem *problem)
{
    bool holds = false;
    for (int side = 0; side < CLP_SIDES; side++) {
        const clp_declared_side *declared = &problem->sides[side];
        holds = holds ||
                (declared->boundary.kind == CLP_BOUNDARY_VALUE && clp_function_uses_time(&declared->value));
    }
    for (size_t r = 0; r < clp_problem_region_count(problem); r++) {
        const clp_declared_region *declared = clp_declared_region_at(problem, r);
        holds = holds || (declared->region.sets & CLP_SETS_VALUE && clp_function_uses_time(&declared->value));
    }
    return holds;
}

static clp_status refuse_time(const clp_function *function, const char *what)
{
    if (!clp_function_uses_time(function)) return CLP_OK;
    return clp_fail(CLP_ERROR_INPUT,
                    "the %s depends on t, and only sources, values, fluxes and ambients may; leave t out",
                    what);
}

static clp_status check_region(const clp_declared_region *declared)
{
    char what[128];
    unsigned sets = declared->region.sets;
    const clp_function *const functions[] = {&declared->conductivity, &declared->reaction,
                                             &declared->capacity};
    const unsigned bits[] = {CLP_SETS_CONDUCTIVITY, CLP_SETS_REACTION, CLP_SETS_CAPACITY};
    static const char *const names[] = {"conductivity", "reaction", "capacity"};
    for (int i = 0; i < 3; i++) {
        snprintf(what, sizeof what, "%s of %s", names[i], declared->name);
        if (sets & bits[i]) CLP_TRY(refuse_time(functions[i], what));
    }
    if (sets & CLP_SETS_FLOATING)
        return clp_fail(CLP_ERROR_INPUT,
                        "%s floats, which is for the steady state; in time give it a value, or a high "
                        "conductivity and a capacity",
                        declared->name);
    return CLP_OK;
}

clp_status clp_problem_check_in_time(const clp_problem *problem)
{
    char what[64];
    double number;
    CLP_TRY(clp_problem_check_numbers(problem));
    CLP_TRY(refuse_time(&problem->conductivity, "conductivity"));
    CLP_TRY(refuse_time(&problem->reaction, "reaction"));
    CLP_TRY(refuse_time(&problem->capacity, "capacity"));
    if (clp_function_is_number(&problem->capacity, &number) && !(number > 0))
        return clp_fail(CLP_ERROR_INPUT, "the capacity is %g; it must be above 0", number);
    for (int side = 0; side < CLP_SIDES; side++) {
        snprintf(what, sizeof what, "transfer of the %s side", clp_side_name((clp_side)side));
        if (problem->sides[side].boundary.kind == CLP_BOUNDARY_TRANSFER)
            CLP_TRY(refuse_time(&problem->sides[side].transfer, what));
    }
    for (size_t r = 0; r < clp_problem_region_count(problem); r++)
        CLP_TRY(check_region(clp_declared_region_at(problem, r)));
    return CLP_OK;
}

/* ---- moving an assembly to another time ---- */

static clp_status move_cuts(const clp_problem *problem, clp_assembly *assembly)
{
    for (size_t c = 0; c < assembly->cuts.count; c++) {
        clp_cut *cut = &assembly->cuts.list[c];
        CLP_TRY(clp_electrode_value(problem, cut->holder - CLP_HOLDER_REGION, assembly->time, cut->point,
                                    &cut->value));
    }
    return CLP_OK;
}

clp_status clp_assembly_move(const clp_problem *problem, double time, clp_assembly *assembly)
{
    assembly->time = assembly->sampler.time = time;
    if (clp_problem_feeds_in_time(problem)) {
        clp_status made = clp_sources_create(problem, assembly);
        if (made == CLP_OK) made = move_cuts(problem, assembly);
        CLP_TRY(clp_ranks_agree(assembly->ranks, made));
        CLP_TRY(clp_sources_finish(problem, assembly));
    }
    return clp_problem_holds_in_time(problem) ? clp_values_hold(problem, assembly) : CLP_OK;
}
