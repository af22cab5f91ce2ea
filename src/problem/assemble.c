/* SPDX-License-Identifier: MIT */
#include "problem/assemble.h"

#include "problem/declared.h"
#include "problem/nodes.h"

#include "base/status.h"
#include "grid/extent.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool clp_problem_is_plain(const clp_problem *problem)
{
    double number;
    return clp_function_is_number(&problem->conductivity, &number) &&
           clp_function_is_number(&problem->reaction, &number) &&
           !clp_problem_has_side(problem, CLP_BOUNDARY_TRANSFER) &&
           !clp_problem_sets(problem, ~(unsigned)(CLP_SETS_SOURCE | CLP_SETS_CAPACITY));
}

bool clp_problem_is_plain_in_time(const clp_problem *problem)
{
    double number;
    return clp_problem_is_plain(problem) && clp_function_is_number(&problem->capacity, &number) &&
           !clp_problem_sets(problem, CLP_SETS_CAPACITY);
}

static bool has_source(const clp_problem *problem)
{
    double number;
    return clp_problem_has_side(problem, CLP_BOUNDARY_FLUX) ||
           clp_problem_has_side(problem, CLP_BOUNDARY_TRANSFER) ||
           clp_problem_sets(problem, CLP_SETS_SOURCE | CLP_SETS_VALUE) ||
           !clp_function_is_number(&problem->source, &number) || number != 0;
}

clp_assembly_need clp_assembly_needs(const clp_problem *problem)
{
    clp_assembly_need need = {0};
    bool source = has_source(problem);
    size_t dimensions = (size_t)clp_grid_dimensions(&problem->grid);
    need.fields = source;
    need.host_bytes_per_node = (1 + source) * sizeof(double); /* values and q */
    if (clp_problem_is_plain(problem)) return need;
    need.fields += dimensions + 3; /* conductances, inverse diagonal, shunt, and w of the bound */
    need.host_bytes_per_node += (dimensions + 3) * sizeof(double) + 2 * sizeof(uint16_t);
    return need;
}

/* ---- with a network ---- */

static clp_status allocate_network(const clp_problem *problem, clp_assembly *assembly)
{
    size_t count = clp_grid_node_count(&problem->grid);
    for (int axis = 0; axis < clp_grid_dimensions(&problem->grid); axis++)
        CLP_TRY(clp_nodes_allocate(problem, &assembly->network.conductance[axis]));
    CLP_TRY(clp_nodes_allocate(problem, &assembly->network.diagonal));
    assembly->holder = malloc(count * sizeof *assembly->holder);
    if (!assembly->holder) return clp_fail_host_memory(count * sizeof *assembly->holder);
    for (size_t p = 0; p < count; p++) assembly->holder[p] = CLP_HOLDER_NONE;
    return CLP_OK;
}

/* From per volume to per whole control volume. */
static void scale_to_parts(const clp_operator *op, double *values)
{
    size_t nx = op->grid.nodes[0], rows = clp_operator_rows(op);
#pragma omp parallel for schedule(static)
    for (size_t r = 0; r < rows; r++) {
        const clp_row row = clp_operator_row(op, r);
        for (size_t i = 0; i < nx; i++) values[row.first + i] *= clp_row_part(op, &row, i);
    }
}

/* Puts the cuts into shunts. */
static clp_status apply_cuts(const clp_problem *problem, clp_assembly *assembly)
{
    if (assembly->cuts.count == 0) return CLP_OK;
    if (!assembly->network.shunt) CLP_TRY(clp_nodes_allocate(problem, &assembly->network.shunt));
    for (size_t c = 0; c < assembly->cuts.count; c++) {
        const clp_cut *cut = &assembly->cuts.list[c];
        assembly->network.shunt[cut->node] += cut->conductance;
    }
    return CLP_OK;
}

clp_status clp_sources_finish(const clp_problem *problem, clp_assembly *assembly)
{
    const clp_cuts *cuts = &assembly->cuts;
    double any = cuts->count > 0; /* in any part: a right-hand side is there in all of them, or in none */
    if (!assembly->holder) return CLP_OK;
    CLP_TRY(clp_reduce(assembly->ranks, CLP_REDUCE_MAX, &any, 1));
    if (any > 0 && !assembly->source) CLP_TRY(clp_nodes_allocate(problem, &assembly->source));
    if (!assembly->source) return CLP_OK;
    scale_to_parts(&assembly->op, assembly->source);
    for (size_t c = 0; c < cuts->count; c++)
        assembly->source[cuts->list[c].node] += cuts->list[c].conductance * cuts->list[c].value;
    for (size_t p = 0; p < clp_grid_node_count(&problem->grid); p++)
        if (assembly->holder[p] != CLP_HOLDER_NONE) assembly->source[p] = 0;
    return CLP_OK;
}

/* The edges that meet at each node of a row, whose first one is p. */
static void add_edges(const clp_operator *op, const clp_network *network, size_t p, double *restrict sums)
{
    const size_t nx = op->grid.nodes[0];
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++) {
        const size_t step = clp_operator_step(op, axis), around = (op->grid.nodes[axis] - 2) * step;
        const double *g = network->conductance[axis] + p;
        for (size_t i = 0; i < nx; i++) sums[i] += g[i];
        if (axis == 0) {
            for (size_t i = 1; i < nx; i++) sums[i] += g[i - 1];
            if (op->periodic[0]) sums[0] += g[around];
            continue;
        }
        const bool is_first = clp_operator_at(op, p, axis) == 0;
        const double *before = is_first ? g + around : g - step;
        for (size_t i = 0; (!is_first || op->periodic[axis]) && i < nx; i++) sums[i] += before[i];
    }
}

/* Whether a row is an outermost one of an open side. */
static bool is_outermost(const clp_grid *grid, const clp_row *row)
{
    for (int side = 2; side < 2 * clp_grid_dimensions(grid); side++)
        if (grid->part.open[side] && row->at[side / 2] == (side % 2 ? grid->nodes[side / 2] - 1 : 0))
            return true;
    return false;
}

/* Whether nodes of a row are among those that only this part counts, but for where they are along x. */
static bool counts(const clp_operator *op, const clp_row *row)
{
    bool all = true;
    for (int axis = 1; axis < clp_grid_dimensions(&op->grid); axis++)
        all = all && row->at[axis] >= clp_operator_first(op, axis) &&
              row->at[axis] < clp_operator_end(op, axis);
    return all;
}

/* The diagonals of a row, in place of the edges that meet there, and 0 where nodes are held, which are added
 * to `fixed`. What it answers is the most edges of a node that is not. */
static double finish_diagonal(const clp_assembly *assembly, const clp_row *row, double *diagonal,
                              size_t *fixed)
{
    const clp_operator *op = &assembly->op;
    const uint16_t *holder = assembly->holder + row->first;
    const double *shunt = assembly->network.shunt ? assembly->network.shunt + row->first : NULL;
    const size_t nx = op->grid.nodes[0], begin = clp_operator_first(op, 0),
                 end = counts(op, row) ? clp_operator_end(op, 0) : 0;
    const bool outermost = is_outermost(&op->grid, row), *open = op->grid.part.open;
    double most = 0;
    for (size_t i = 0; i < nx; i++) {
        const bool held =
            outermost || holder[i] != CLP_HOLDER_NONE || (i == 0 && open[0]) || (i == nx - 1 && open[1]);
        if (!held && diagonal[i] > most) most = diagonal[i];
        diagonal[i] = held ? 0 : diagonal[i] + (shunt ? shunt[i] : 0);
        *fixed += held && i >= begin && i < end;
    }
    return most;
}

static clp_status fill_diagonal(clp_assembly *assembly)
{
    clp_operator *op = &assembly->op;
    const clp_network *network = &assembly->network;
    size_t count = clp_grid_node_count(&op->grid), nx = op->grid.nodes[0], fixed = 0;
    double diagonal = 0;
#pragma omp parallel for schedule(static) reduction(max : diagonal) reduction(+ : fixed)
    for (size_t r = 0; r < clp_operator_rows(op); r++) {
        const clp_row row = clp_operator_row(op, r);
        double *own = network->diagonal + row.first;
        memset(own, 0, nx * sizeof *own);
        add_edges(op, network, row.first, own);
        diagonal = fmax(diagonal, finish_diagonal(assembly, &row, own, &fixed));
    }
    double all_fixed = (double)fixed;
    CLP_TRY(clp_reduce(assembly->ranks, CLP_REDUCE_MAX, &diagonal, 1));
    CLP_TRY(clp_reduce(assembly->ranks, CLP_REDUCE_SUM, &all_fixed, 1));
    /* Only where every node's edges are all cut does nothing remain to measure by. */
    if (diagonal == 0) {
        for (size_t p = 0; diagonal == 0 && p < count; p++) diagonal = network->diagonal[p];
        CLP_TRY(clp_reduce(assembly->ranks, CLP_REDUCE_MAX, &diagonal, 1));
    }
    op->diagonal = diagonal;
    op->fixed = (size_t)all_fixed;
    return CLP_OK;
}

/* What every part has for itself, up to what they hold. */
static clp_status assemble_edges(const clp_problem *problem, clp_assembly *assembly)
{
    CLP_TRY(allocate_network(problem, assembly));
    CLP_TRY(clp_conductances_fill(problem, &assembly->sampler, &assembly->network));
    CLP_TRY(clp_shunts_create(problem, assembly));
    if (assembly->network.shunt) assembly->undriven = false;
    if (assembly->network.shunt) scale_to_parts(&assembly->op, assembly->network.shunt);
    CLP_TRY(clp_electrodes_find(problem, assembly));
    CLP_TRY(apply_cuts(problem, assembly));
    CLP_TRY(clp_values_create(problem, assembly));
    return assembly->in_time ? clp_mass_create(problem, assembly) : CLP_OK;
}

static void drop_outward_edges(const clp_grid *grid, const clp_operator *op, int axis, double *conductance)
{
    for (size_t p = 0; p < clp_grid_node_count(grid) && grid->part.open[2 * axis + 1]; p++)
        if (clp_operator_at(op, p, axis) + 1 == grid->nodes[axis]) conductance[p] = 0;
}

/* Ranks whose own part no cut touches have no shunts; some may come with the halo. */
static clp_status exchange_shunts(const clp_problem *problem, clp_assembly *assembly)
{
    double *shunt = assembly->network.shunt;
    double any = shunt != NULL, here = 0;
    CLP_TRY(clp_reduce(assembly->ranks, CLP_REDUCE_MAX, &any, 1));
    if (any == 0) return CLP_OK;
    clp_status status = shunt ? CLP_OK : clp_nodes_allocate(problem, &shunt);
    assembly->network.shunt = shunt;
    CLP_TRY(clp_ranks_agree(assembly->ranks, status));
    CLP_TRY(clp_exchange_values(assembly->ranks, &problem->grid, shunt));
    for (size_t p = 0; p < clp_grid_node_count(&problem->grid); p++) here = fmax(here, shunt[p]);
    if (here > 0) return CLP_OK;
    free(shunt);
    assembly->network.shunt = NULL;
    return CLP_OK;
}

static clp_status exchange_holders(const clp_problem *problem, clp_assembly *assembly)
{
    const size_t count = clp_grid_node_count(&problem->grid);
    double *holder = NULL;
    clp_status status = clp_nodes_allocate(problem, &holder);
    for (size_t p = 0; p < count && status == CLP_OK; p++) holder[p] = assembly->holder[p];
    status = clp_ranks_agree(assembly->ranks, status);
    if (status == CLP_OK) status = clp_exchange_values(assembly->ranks, &problem->grid, holder);
    for (size_t p = 0; p < count && status == CLP_OK; p++) assembly->holder[p] = (uint16_t)holder[p];
    free(holder);
    return status;
}

/*
 * Where electrodes lie depends on the cells around nodes, and those beyond a part are not known there: next
 * to the end of its halo it would hold other nodes, and cut edges elsewhere, than their owner does.
 */
static clp_status exchange_network(const clp_problem *problem, clp_assembly *assembly)
{
    if (!assembly->ranks || !clp_problem_sets(problem, CLP_SETS_VALUE | CLP_SETS_FLOATING)) return CLP_OK;
    CLP_TRY(exchange_holders(problem, assembly));
    CLP_TRY(clp_exchange_values(assembly->ranks, &problem->grid, assembly->values));
    for (int axis = 0; axis < clp_grid_dimensions(&problem->grid); axis++) {
        double *conductance = assembly->network.conductance[axis];
        CLP_TRY(clp_exchange_values(assembly->ranks, &problem->grid, conductance));
        drop_outward_edges(&problem->grid, &assembly->op, axis, conductance);
    }
    return exchange_shunts(problem, assembly);
}

static clp_status assemble_network(const clp_problem *problem, clp_assembly *assembly)
{
    CLP_TRY(clp_ranks_agree(assembly->ranks, assemble_edges(problem, assembly)));
    CLP_TRY(exchange_network(problem, assembly));
    CLP_TRY(clp_sources_finish(problem, assembly));
    CLP_TRY(fill_diagonal(assembly));
    assembly->op.network = &assembly->network;
    return CLP_OK;
}

/* ---- without ---- */

static clp_status assemble_plain(const clp_problem *problem, clp_assembly *assembly)
{
    clp_operator *op = &assembly->op;
    double conductivity;
    clp_function_is_number(&problem->conductivity, &conductivity);
    clp_function_is_number(&problem->reaction, &op->shunt);
    clp_function_is_number(&problem->capacity, &assembly->capacity);
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++) {
        double spacing = clp_grid_spacing(&op->grid, axis);
        op->conductance[axis] = conductivity / (spacing * spacing);
    }
    if (op->shunt > 0) assembly->undriven = false;
    op->diagonal = clp_operator_stencil_diagonal(op);
    return clp_ranks_agree(assembly->ranks, clp_values_create(problem, assembly));
}

/* ---- both ---- */

/* A power of two at or above |value|, within what single precision can scale by. */
static double power_of_two(double value)
{
    if (value == 0) return 1;
    int exponent;
    frexp(value, &exponent);
    return ldexp(1, exponent < -120 ? -120 : exponent > 120 ? 120 : exponent);
}

/* Ranges, and whether anything ties the solution down. */
static clp_status measure(clp_assembly *assembly)
{
    const clp_operator *op = &assembly->op;
    size_t nx = op->grid.nodes[0], rows = clp_operator_rows(op);
    double largest = 0, low = INFINITY, high = -INFINITY;
    bool shunted = op->shunt > 0;
#pragma omp parallel for schedule(static) reduction(max                                                      \
                                                    : largest, high) reduction(min                           \
                                                                               : low) reduction(||           \
                                                                                                : shunted)
    for (size_t r = 0; r < rows; r++) {
        clp_row row = clp_operator_row(op, r);
        const double *values = assembly->values + row.first;
        for (size_t i = 0; i < nx; i++) {
            if (fabs(values[i]) > largest) largest = fabs(values[i]);
            shunted = shunted || (assembly->network.shunt && assembly->network.shunt[row.first + i] > 0);
            if (!clp_row_is_own(op, &row, i) || !clp_row_is_held(op, &row, i)) continue;
            if (values[i] < low) low = values[i];
            if (values[i] > high) high = values[i];
        }
    }
    assembly->held_low = low;
    assembly->held_high = high;
    for (size_t c = 0; c < assembly->cuts.count; c++) {
        assembly->held_low = fmin(assembly->held_low, assembly->cuts.list[c].value);
        assembly->held_high = fmax(assembly->held_high, assembly->cuts.list[c].value);
        largest = fmax(largest, fabs(assembly->cuts.list[c].value));
    }
    double most[] = {largest, assembly->held_high, -assembly->held_low, shunted};
    CLP_TRY(clp_reduce(assembly->ranks, CLP_REDUCE_MAX, most, 4));
    assembly->held_high = most[1];
    assembly->held_low = -most[2];
    assembly->op.scale = power_of_two(most[0]);
    assembly->singular = !assembly->in_time && most[3] == 0 && assembly->held_low > assembly->held_high;
    return CLP_OK;
}

/* Sources that come from numbers are integrated exactly, others as well as sums over nodes do. */
static bool sources_are_exact(const clp_problem *problem)
{
    bool exact = clp_function_is_exact(&problem->source);
    for (int side = 0; side < CLP_SIDES; side++)
        if (problem->sides[side].boundary.kind == CLP_BOUNDARY_FLUX)
            exact = exact && clp_function_is_exact(&problem->sides[side].value);
    return exact;
}

typedef struct source_sums {
    double sum, magnitude, volume;
} source_sums;

static clp_status sum_sources(const clp_problem *problem, const clp_assembly *assembly, source_sums *all)
{
    source_sums sums = {0};
    for (size_t p = 0; p < clp_grid_node_count(&problem->grid); p++) {
        double part = clp_operator_volume_part(&assembly->op, p), weight = assembly->op.network ? 1 : part;
        if (!clp_operator_in_range(&assembly->op, p)) continue;
        sums.sum += weight * assembly->source[p];
        sums.magnitude += weight * fabs(assembly->source[p]);
        sums.volume += part;
    }
    double values[] = {sums.sum, sums.magnitude, sums.volume};
    CLP_TRY(clp_reduce(assembly->ranks, CLP_REDUCE_SUM, values, 3));
    *all = (source_sums){values[0], values[1], values[2]};
    return CLP_OK;
}

/*
 * A singular problem has solutions only if its sources add up to 0. What rounding and the sum over nodes in
 * place of an integral leave is taken out evenly; more is an error.
 */
static clp_status balance(const clp_problem *problem, clp_assembly *assembly)
{
    double widest = 0;
    if (!assembly->singular || !assembly->source) return CLP_OK;
    for (int axis = 0; axis < clp_grid_dimensions(&problem->grid); axis++)
        widest = fmax(widest, 1 / (double)(clp_grid_whole(&problem->grid, axis) - 1));
    source_sums sums;
    CLP_TRY(sum_sources(problem, assembly, &sums));
    double allowed = (sources_are_exact(problem) ? 1e-10 : fmax(widest * widest, 1e-10)) * sums.magnitude;
    if (fabs(sums.sum) > allowed)
        return clp_fail(
            CLP_ERROR_INPUT,
            "nothing holds the solution, and sources and fluxes add up to %.6g%s where they must balance; "
            "hold a side, such as top: 0, or change the sources by as much",
            sums.sum * clp_cell_volume(&problem->grid),
            clp_grid_dimensions(&problem->grid) == 3 ? "" : " per unit of depth");
    assembly->imbalance = sums.sum / sums.volume;
    for (size_t p = 0; p < clp_grid_node_count(&problem->grid); p++) {
        double part = assembly->op.network ? clp_operator_volume_part(&assembly->op, p) : 1;
        assembly->source[p] -= part * assembly->imbalance;
    }
    return CLP_OK;
}

static clp_status assemble(const clp_problem *problem, clp_device *device, bool in_time,
                           clp_assembly *assembly)
{
    /* A CPU takes longer through OpenCL (0.5 s to the host's 0.47 s for 2e7 points), and a kernel to build.
     */
    bool helps = device && device->info.type != CLP_DEVICE_CPU;
    bool plain = in_time ? clp_problem_is_plain_in_time(problem) : clp_problem_is_plain(problem);
    *assembly = (clp_assembly){.op.grid = problem->grid,
                               .in_time = in_time,
                               .ranks = clp_grid_is_part(&problem->grid) ? clp_ranks_of(device) : NULL,
                               .sampler = {.device = helps ? device : NULL, .large = CLP_SAMPLE_LARGE}};
    clp_operator *op = &assembly->op;
    for (int side = 0; side < CLP_SIDES; side++) {
        op->whole_held[side] = problem->sides[side].boundary.kind == CLP_BOUNDARY_VALUE;
        op->held[side] = op->whole_held[side] || !clp_problem_reaches(problem, side);
    }
    for (int axis = 0; axis < CLP_AXES; axis++) {
        op->periodic[axis] = problem->seam[axis];
        op->whole_periodic[axis] = problem->periodic[axis];
    }
    clp_status status = clp_ranks_agree(assembly->ranks, clp_sources_create(problem, assembly));
    assembly->undriven = !assembly->source;
    if (status == CLP_OK)
        status = plain ? assemble_plain(problem, assembly) : assemble_network(problem, assembly);
    if (status == CLP_OK && clp_operator_unknowns(op) == 0)
        status =
            clp_fail(CLP_ERROR_INPUT, "every node is held, so there is nothing to solve; make the electrodes "
                                      "smaller or the grid finer");
    if (status == CLP_OK) status = measure(assembly);
    if (status == CLP_OK) status = balance(problem, assembly);
    if (status != CLP_OK) clp_assembly_finish(assembly);
    return status;
}

clp_status clp_assemble(const clp_problem *problem, clp_device *device, clp_assembly *assembly)
{
    return assemble(problem, device, false, assembly);
}

clp_status clp_assemble_in_time(const clp_problem *problem, clp_device *device, clp_assembly *assembly)
{
    return assemble(problem, device, true, assembly);
}

void clp_assembly_finish(clp_assembly *assembly)
{
    for (int axis = 0; axis < CLP_AXES; axis++) free(assembly->network.conductance[axis]);
    for (int side = 0; side < CLP_SIDES; side++) {
        free(assembly->side_feed[side]);
        free(assembly->side_shunt[side]);
    }
    free(assembly->network.shunt);
    free(assembly->network.diagonal);
    free(assembly->source);
    free(assembly->values);
    free(assembly->holder);
    free(assembly->mass);
    free(assembly->cuts.list);
    *assembly = (clp_assembly){0};
}
