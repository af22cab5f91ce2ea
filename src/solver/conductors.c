/* SPDX-License-Identifier: MIT */
/*
 * Conductors: what holds u. With one of them at 1 and all others at 0 the fluxes that enter from each are a
 * column of the conductance (capacitance) matrix. A floating electrode is one whose potential makes its net
 * flux 0; as the equations are linear, that takes one such solve per floating electrode and a small system of
 * equations, and no stiff material in the place of the metal.
 */
#include "solver/cascade.h"
#include "solver/quantities.h"
#include "solver/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NOBODY = -1 };

/* The conductor that a holder of nodes or cuts is: electrodes first, then sides. */
static long conductor_of_holder(const clp_solver *solver, uint16_t holder)
{
    if (holder == CLP_HOLDER_NONE) return NOBODY;
    if (holder >= CLP_HOLDER_REGION) return (long)solver->electrode_of[holder - CLP_HOLDER_REGION];
    return (long)(solver->report.electrode_count + holder);
}

static uint16_t holder_of_node(const clp_solver *solver, size_t p)
{
    const clp_operator *op = &solver->assembly.op;
    if (solver->assembly.holder) return solver->assembly.holder[p];
    for (int side = 0; side < 2 * clp_grid_dimensions(&op->grid); side++)
        if (op->held[side] && !op->grid.part.open[side] &&
            clp_operator_at(op, p, side / 2) == (side % 2 ? op->grid.nodes[side / 2] - 1 : 0))
            return (uint16_t)side;
    return CLP_HOLDER_NONE;
}

/* ---- one conductor at 1 ---- */

/* The assembly with one conductor at 1, the others at 0, and nothing fed in; the network stays the same. */
static clp_status make_unit(const clp_solver *solver, long unit, clp_assembly *made)
{
    const clp_assembly *from = &solver->assembly;
    size_t count = clp_grid_node_count(&from->op.grid), cuts = from->cuts.count;
    *made = *from;
    for (int side = 0; side < CLP_SIDES; side++) made->side_feed[side] = NULL;
    made->values = calloc(count, sizeof *made->values);
    made->source = from->source ? calloc(count, sizeof *made->source) : NULL;
    made->cuts.list = malloc((cuts + 1) * sizeof *made->cuts.list);
    if (!made->values || (from->source && !made->source) || !made->cuts.list)
        return clp_fail_host_memory(count * sizeof *made->values);
    for (size_t p = 0; p < count; p++)
        if (clp_operator_is_held(&from->op, p))
            made->values[p] = conductor_of_holder(solver, holder_of_node(solver, p)) == unit;
    for (size_t c = 0; c < cuts; c++) {
        clp_cut *cut = &made->cuts.list[c];
        *cut = from->cuts.list[c];
        cut->value = conductor_of_holder(solver, cut->holder) == unit;
        made->source[cut->node] += cut->conductance * cut->value;
    }
    made->undriven = true;
    made->held_low = 0;
    made->held_high = 1;
    return CLP_OK;
}

static void free_unit(clp_assembly *made)
{
    free(made->values);
    free(made->source);
    free(made->cuts.list);
}

/* Of the 1: enough for a matrix, and for potentials that add little to the error that is asked for. */
static double unit_tolerance(const clp_solver *solver, const clp_solver_options *options)
{
    const double enough = 1e-6;
    bool error = options->criterion == CLP_CRITERION_ERROR && options->tolerance > 0;
    return error ? fmin(enough, 0.1 * options->tolerance / solver->magnitude) : enough;
}

static clp_status solve_unit(clp_solver *solver, long unit, double *fluxes);

/* A first guess from the coarser problem. */
static clp_status guess_unit(clp_solver *solver, long unit, double *fluxes)
{
    clp_solver *coarse = solver->coarse;
    clp_status status = coarse->bound.factor > 0 ? CLP_OK : clp_solver_find_bound(coarse);
    if (status == CLP_OK) status = solve_unit(coarse, unit, fluxes);
    CLP_TRY(clp_ranks_agree(clp_cascade_apart(solver), status));
    return clp_cascade_interpolate(solver, solver->assembly.source, solver->assembly.values);
}

/*
 * Solves for one conductor at 1 and leaves the field in solver->values; the fluxes of electrodes and sides go
 * to `fluxes`. Everything else of the solver is as before, but for what the report counts.
 */
static clp_status solve_unit(clp_solver *solver, long unit, double *fluxes)
{
    clp_assembly saved = solver->assembly, made;
    clp_solver_options options = solver->options;
    clp_report report = solver->report;
    double magnitude = solver->magnitude, source_largest = solver->source_largest;
    clp_status status = clp_ranks_agree(saved.ranks, make_unit(solver, unit, &made));
    solver->assembly = made;
    if (status == CLP_OK && solver->coarse) status = guess_unit(solver, unit, fluxes);
    solver->options.criterion = CLP_CRITERION_ERROR;
    solver->options.tolerance = unit_tolerance(solver, &options);
    solver->magnitude = 1;
    solver->source_largest = 0;
    if (status == CLP_OK) status = clp_solver_measure(solver);
    if (status == CLP_OK) status = clp_solver_solve(solver);
    if (status == CLP_OK) {
        size_t electrodes = report.electrode_count;
        clp_report *found = &solver->report;
        status = clp_quantities(&solver->assembly, solver->values, solver->electrode_of, solver->electrodes,
                                found);
        for (size_t e = 0; e < electrodes; e++) fluxes[e] = solver->electrodes[e].flux;
        for (size_t side = 0; side < CLP_SIDES; side++) fluxes[electrodes + side] = found->flux[side];
    }
    free_unit(&solver->assembly);
    solver->assembly = saved;
    solver->unit_bound = solver->report.algebraic_bound;
    report.sweeps = solver->report.sweeps;
    report.tests = solver->report.tests;
    report.history = solver->history; /* it may have moved */
    report.history_count = 0;
    solver->report = report;
    solver->options = options;
    solver->magnitude = magnitude;
    solver->source_largest = source_largest;
    if (status == CLP_OK) status = clp_solver_measure(solver);
    return status;
}

/* ---- floating electrodes ---- */

/* What enters the unknown node p with all floating electrodes at 0: sources, cuts and held neighbours. */
static double load_at(const clp_assembly *assembly, size_t p)
{
    const clp_operator *op = &assembly->op;
    double sum = assembly->source ? assembly->source[p] : 0;
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++) {
        size_t step = clp_operator_step(op, axis), at = clp_operator_at(op, p, axis),
               last = op->grid.nodes[axis] - 1;
        const double *g = op->network->conductance[axis];
        if (at < last && clp_operator_is_held(op, p + step)) sum += g[p] * assembly->values[p + step];
        size_t q = at > 0 ? p - step : p + (last - 1) * step;
        if ((at > 0 || op->periodic[axis]) && clp_operator_is_held(op, q)) sum += g[q] * assembly->values[q];
    }
    return sum;
}

/* The flux that the floating electrode draws while it is at 0, by reciprocity: the load, weighted by its
 * field. */
static clp_status find_drawn(const clp_assembly *assembly, const double *field, double *flux)
{
    const clp_operator *op = &assembly->op;
    double sum = 0;
    for (size_t p = 0; p < clp_grid_node_count(&op->grid); p++)
        if (clp_operator_in_range(op, p) && !clp_operator_is_held(op, p))
            sum += field[p] * load_at(assembly, p);
    *flux = sum * clp_cell_volume(&op->grid);
    return clp_reduce(assembly->ranks, CLP_REDUCE_SUM, flux, 1);
}

/* Solves the symmetric positive definite system of a few unknowns in place by elimination. */
static void solve_small(double *matrix, double *right, size_t count)
{
    for (size_t k = 0; k < count; k++)
        for (size_t i = k + 1; i < count; i++) {
            double factor = matrix[i * count + k] / matrix[k * count + k];
            for (size_t j = k; j < count; j++) matrix[i * count + j] -= factor * matrix[k * count + j];
            right[i] -= factor * right[k];
        }
    for (size_t k = count; k-- > 0;) {
        for (size_t j = k + 1; j < count; j++) right[k] -= matrix[k * count + j] * right[j];
        right[k] /= matrix[k * count + k];
    }
}

/* Holds the floating electrodes at their potentials from now on. */
static void hold_floating(clp_solver *solver, const size_t *floating, const double *potential, size_t count)
{
    clp_assembly *assembly = &solver->assembly;
    for (size_t f = 0; f < count; f++) {
        solver->electrodes[floating[f]].value = potential[f];
        for (size_t p = 0; p < clp_grid_node_count(&assembly->op.grid); p++)
            if (conductor_of_holder(solver, assembly->holder[p]) == (long)floating[f])
                assembly->values[p] = potential[f];
        for (size_t c = 0; c < assembly->cuts.count; c++) {
            clp_cut *cut = &assembly->cuts.list[c];
            if (conductor_of_holder(solver, cut->holder) != (long)floating[f]) continue;
            assembly->source[cut->node] += cut->conductance * (potential[f] - cut->value);
            cut->value = potential[f];
        }
    }
}

static clp_status find_potentials(clp_solver *solver, const size_t *floating, size_t count, double *matrix,
                                  double *potential, double *fluxes)
{
    double worst = 0;
    for (size_t f = 0; f < count; f++) {
        CLP_TRY(solve_unit(solver, (long)floating[f], fluxes));
        for (size_t e = 0; e < count; e++) matrix[e * count + f] = fluxes[floating[e]];
        CLP_TRY(find_drawn(&solver->assembly, solver->values, &potential[f]));
        worst = fmax(worst, solver->unit_bound);
    }
    solve_small(matrix, potential, count);
    hold_floating(solver, floating, potential, count);
    CLP_TRY(clp_solver_measure(solver));
    solver->held_rounding +=
        (double)count * worst * solver->magnitude; /* about what the potentials are off by */
    return CLP_OK;
}

/* Whether some of a conductor is here. */
static bool is_here(const clp_solver *solver, size_t electrode)
{
    const clp_assembly *assembly = &solver->assembly;
    for (size_t p = 0; p < clp_grid_node_count(&assembly->op.grid); p++)
        if (conductor_of_holder(solver, assembly->holder[p]) == (long)electrode) return true;
    for (size_t c = 0; c < assembly->cuts.count; c++)
        if (conductor_of_holder(solver, assembly->cuts.list[c].holder) == (long)electrode) return true;
    return false;
}

/* The electrodes that float and are anywhere: those outside the box, or beneath others, have no potential. */
static clp_status list_floating(clp_solver *solver, size_t *floating, size_t *count)
{
    *count = 0;
    for (size_t e = 0; e < solver->report.electrode_count; e++) {
        if (!solver->electrodes[e].floating) continue;
        double here = is_here(solver, e);
        CLP_TRY(clp_reduce(solver->assembly.ranks, CLP_REDUCE_MAX, &here, 1));
        if (here > 0)
            floating[(*count)++] = e;
        else
            solver->electrodes[e].value = NAN;
    }
    return CLP_OK;
}

clp_status clp_solver_find_floating(clp_solver *solver)
{
    size_t electrodes = solver->report.electrode_count, count = 0;
    for (size_t e = 0; e < electrodes; e++) count += solver->electrodes[e].floating;
    if (count == 0) return CLP_OK;
    size_t *floating = calloc(count, sizeof *floating);
    double *numbers = calloc(count * count + count + electrodes + CLP_SIDES, sizeof *numbers);
    clp_status status = CLP_OK;
    if (!floating || !numbers) {
        status = clp_fail_host_memory(count * count * sizeof *numbers);
        goto cleanup;
    }
    status = list_floating(solver, floating, &count);
    if (status != CLP_OK || count == 0) goto cleanup;
    status = find_potentials(solver, floating, count, numbers, numbers + count * count,
                             numbers + count * count + count);
    solver->bound.certified = false; /* the potentials are right as far as the fluxes are */
cleanup:
    free(floating);
    free(numbers);
    return status;
}

/* ---- the matrix ---- */

size_t clp_solver_conductor_count(const clp_solver *solver)
{
    const clp_operator whole = clp_operator_whole(&solver->assembly.op);
    size_t count = solver->report.electrode_count;
    for (int side = 0; side < CLP_SIDES; side++) count += whole.held[side];
    return count;
}

/* The conductor with an index, as conductor_of_holder numbers them. */
static size_t conductor_at(const clp_solver *solver, size_t index)
{
    const clp_operator whole = clp_operator_whole(&solver->assembly.op);
    size_t electrodes = solver->report.electrode_count;
    if (index < electrodes) return index;
    index -= electrodes;
    for (size_t side = 0; side < CLP_SIDES; side++)
        if (whole.held[side] && index-- == 0) return electrodes + side;
    return electrodes;
}

const char *clp_solver_conductor_name(const clp_solver *solver, size_t index)
{
    size_t electrodes = solver->report.electrode_count, conductor = conductor_at(solver, index);
    return conductor < electrodes ? solver->electrodes[conductor].name
                                  : clp_side_name((clp_side)(conductor - electrodes));
}

clp_status clp_solver_matrix(clp_solver *solver, double *matrix)
{
    size_t count = clp_solver_conductor_count(solver);
    double *fluxes = calloc(solver->report.electrode_count + CLP_SIDES, sizeof *fluxes);
    if (!fluxes) return clp_fail_host_memory((solver->report.electrode_count + CLP_SIDES) * sizeof *fluxes);
    clp_status status = clp_solver_separate_values(solver);
    if (status == CLP_OK) status = clp_solver_find_bound(solver);
    for (size_t j = 0; j < count && status == CLP_OK; j++) {
        status = solve_unit(solver, (long)conductor_at(solver, j), fluxes);
        for (size_t i = 0; i < count && status == CLP_OK; i++)
            matrix[i * count + j] = fluxes[conductor_at(solver, i)];
    }
    for (size_t i = 0; i < count && status == CLP_OK; i++)
        for (size_t j = 0; j < i; j++) { /* symmetric but for what is left of the residuals */
            double mean = 0.5 * (matrix[i * count + j] + matrix[j * count + i]);
            matrix[i * count + j] = matrix[j * count + i] = mean;
        }
    free(fluxes);
    return status;
}
