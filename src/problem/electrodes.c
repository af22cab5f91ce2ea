/* SPDX-License-Identifier: MIT */
/*
 * Electrodes given as shapes: which nodes they hold, and where their outlines cut the edges of the grid. An
 * edge that meets the outline at a fraction theta of its length becomes a shunt of conductance g / theta to
 * the held value: Shortley and Weller's treatment of curved boundaries (J. Appl. Phys. 9, 1938) as a network,
 * which keeps the equations symmetric.
 *
 * Regions are laid over one another: at any point the last one that contains it and is an electrode or
 * another material decides. So a disc of material cuts a hole into an electrode below it.
 */
#include "problem/assemble.h"
#include "problem/declared.h"
#include "problem/outline.h"

#include "base/checked.h"
#include "base/status.h"
#include "grid/extent.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ELECTRODE = CLP_SETS_VALUE | CLP_SETS_FLOATING };

/* Nodes as near to an outline as this, in spacings, lie on it; no cut is nearer than this to its node. */
static const double near_node = 1e-9, nearest_cut = 1e-5;

/* A line of the grid with the spans of each region on it. */
typedef struct scan_line {
    const clp_problem *problem;
    int axis;
    size_t first, step, count; /* its nodes */
    size_t begin;              /* index of the first one in the whole grid */
    double point[CLP_AXES];    /* of the first one */
    double spacing;
    clp_spans *spans; /* of each region */
    double *breaks;   /* where spans begin or end, ascending */
    size_t break_count, break_capacity;
} scan_line;

static bool is_layer(const clp_region *region)
{
    return region->sets & (ELECTRODE | CLP_SETS_CONDUCTIVITY);
}

static clp_status add_break(scan_line *line, double where)
{
    if (line->break_count == line->break_capacity) {
        size_t capacity = clp_max(2 * line->break_capacity, 16);
        double *longer = realloc(line->breaks, capacity * sizeof *longer);
        if (!longer) return clp_fail_host_memory(capacity * sizeof *longer);
        line->breaks = longer;
        line->break_capacity = capacity;
    }
    line->breaks[line->break_count++] = where;
    return CLP_OK;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Finds the spans of all regions on the line; *any tells whether an electrode is among them. */
static clp_status scan(scan_line *line, bool *any)
{
    const clp_region_list *regions = &line->problem->regions;
    *any = false;
    line->break_count = 0;
    for (size_t r = 0; r < regions->count; r++) {
        const clp_region *region = &regions->list[r].region;
        line->spans[r].count = 0;
        if (!is_layer(region)) continue;
        CLP_TRY(clp_problem_spans(line->problem, &region->shape, line->axis, line->point, near_node,
                                  &line->spans[r]));
        if (line->spans[r].count && region->sets & ELECTRODE) *any = true;
        for (size_t s = 0; s < line->spans[r].count; s++) {
            CLP_TRY(add_break(line, line->spans[r].list[s].from));
            CLP_TRY(add_break(line, line->spans[r].list[s].to));
        }
    }
    if (*any) qsort(line->breaks, line->break_count, sizeof *line->breaks, ascending);
    return CLP_OK;
}

/* The electrode that a coordinate on the line lies in, or CLP_HOLDER_NONE. */
static uint16_t electrode_at(const scan_line *line, double where, double slack)
{
    const clp_region_list *regions = &line->problem->regions;
    for (size_t r = regions->count; r-- > 0;)
        for (size_t s = 0; s < line->spans[r].count; s++)
            if (where >= line->spans[r].list[s].from - slack && where <= line->spans[r].list[s].to + slack)
                return regions->list[r].region.sets & ELECTRODE
                           ? (uint16_t)(CLP_HOLDER_REGION + line->problem->materials.count + r)
                           : CLP_HOLDER_NONE;
    return CLP_HOLDER_NONE;
}

/* Whether some layer lies at a coordinate: a material there frees what cells hold. */
static bool covered(const scan_line *line, double where)
{
    for (size_t r = 0; r < line->problem->regions.count; r++)
        for (size_t s = 0; s < line->spans[r].count; s++)
            if (where >= line->spans[r].list[s].from && where <= line->spans[r].list[s].to) return true;
    return false;
}

static double coordinate(const scan_line *line, size_t index)
{
    return line->point[line->axis] + (double)(line->begin + index) * line->spacing;
}

static void hold_nodes(const scan_line *line, uint16_t *holder)
{
    for (size_t i = 0; i < line->count; i++) {
        uint16_t found = electrode_at(line, coordinate(line, i), near_node * line->spacing);
        if (found != CLP_HOLDER_NONE || covered(line, coordinate(line, i)))
            holder[line->first + i * line->step] = found;
    }
}

static clp_status add_cut(const scan_line *line, clp_assembly *assembly, size_t node, double conductance,
                          double fraction, double where, uint16_t electrode)
{
    clp_cut cut = {
        .node = node, .conductance = conductance / fmax(fraction, nearest_cut), .holder = electrode};
    double point[CLP_AXES] = {line->point[0], line->point[1], line->point[2]};
    point[line->axis] = where;
    memcpy(cut.point, point, sizeof point);
    CLP_TRY(
        clp_electrode_value(line->problem, electrode - CLP_HOLDER_REGION, assembly->time, point, &cut.value));
    return clp_cuts_add(&assembly->cuts, cut);
}

/*
 * Cuts the edge from node i on: from either free end, the first piece between breaks that lies in an
 * electrode is where the edge ends. The edge itself is taken out.
 */
static clp_status cut_edge(const scan_line *line, clp_assembly *assembly, size_t i, const double *breaks,
                           size_t count)
{
    size_t p = line->first + i * line->step, q = p + line->step;
    double from = coordinate(line, i), to = coordinate(line, i + 1);
    double *edge = &assembly->network.conductance[line->axis][p], whole = *edge;
    bool free_p = assembly->holder[p] == CLP_HOLDER_NONE, free_q = assembly->holder[q] == CLP_HOLDER_NONE;
    double first = NAN, last = NAN;
    uint16_t by_p = CLP_HOLDER_NONE, by_q = CLP_HOLDER_NONE;
    if (whole == 0 || (!free_p && !free_q)) return CLP_OK;
    for (size_t b = 0; b <= count; b++) {
        double begin = b == 0 ? from : breaks[b - 1], end = b == count ? to : breaks[b];
        uint16_t electrode = electrode_at(line, 0.5 * (begin + end), 0);
        if (electrode == CLP_HOLDER_NONE || end - begin <= near_node * line->spacing) continue;
        if (isnan(first)) {
            first = begin;
            by_p = electrode;
        }
        last = end;
        by_q = electrode;
    }
    if (isnan(first)) return CLP_OK;
    *edge = 0;
    if (free_p) CLP_TRY(add_cut(line, assembly, p, whole, (first - from) / line->spacing, first, by_p));
    if (free_q) CLP_TRY(add_cut(line, assembly, q, whole, (to - last) / line->spacing, last, by_q));
    return CLP_OK;
}

static clp_status cut_edges(const scan_line *line, clp_assembly *assembly)
{
    const double *breaks = line->breaks;
    for (size_t b = 0; b < line->break_count;) {
        double place = (breaks[b] - line->point[line->axis]) / line->spacing - (double)line->begin;
        if (!(place > 0)) {
            b++;
            continue;
        }
        if (place >= (double)(line->count - 1)) break;
        size_t i = (size_t)place, end = b;
        while (end < line->break_count && breaks[end] < coordinate(line, i + 1)) end++;
        end = clp_max(end, b + 1);
        CLP_TRY(cut_edge(line, assembly, i, breaks + b, end - b));
        b = end;
    }
    return CLP_OK;
}

/* A part's line that goes on beyond a seam is cut on both sides of it where the whole grid is. */
static clp_status cut_pieces(const scan_line *line, clp_assembly *assembly)
{
    size_t period = line->problem->grid.part.period[line->axis];
    if (period == 0 || line->begin + line->count <= period) return cut_edges(line, assembly);
    scan_line before = *line, behind = *line;
    before.count = period - line->begin + 1;
    behind.begin = 0;
    behind.first += (before.count - 1) * line->step;
    behind.count -= before.count - 1;
    CLP_TRY(cut_edges(&before, assembly));
    return cut_edges(&behind, assembly);
}

/* Both nodes of a seam see the same, to the last digit. */
static size_t first_of_seam(const clp_problem *problem, int axis, size_t index)
{
    return problem->seam[axis] && index + 1 == problem->grid.nodes[axis] ? 0 : index;
}

/* Goes over all lines of the grid along an axis. */
static clp_status for_lines(const clp_problem *problem, int axis, clp_assembly *assembly, bool cutting)
{
    const clp_grid *grid = &problem->grid;
    const size_t steps[CLP_AXES] = {1, grid->nodes[0], grid->nodes[0] * grid->nodes[1]};
    int one = axis == 0 ? 1 : 0, two = axis == 2 ? 1 : 2;
    scan_line line = {.problem = problem,
                      .axis = axis,
                      .step = steps[axis],
                      .count = grid->nodes[axis],
                      .begin = clp_grid_index(grid, axis, 0),
                      .spacing = clp_grid_spacing(grid, axis)};
    clp_status status = CLP_OK;
    line.spans = calloc(problem->regions.count + 1, sizeof *line.spans);
    if (!line.spans) return clp_fail_host_memory(problem->regions.count * sizeof *line.spans);
    for (size_t k = 0; k < grid->nodes[two] && status == CLP_OK; k++)
        for (size_t j = 0; j < grid->nodes[one] && status == CLP_OK; j++) {
            bool any;
            line.first = j * steps[one] + k * steps[two];
            line.point[axis] = grid->origin[axis];
            line.point[one] = clp_coordinate(grid, one, first_of_seam(problem, one, j));
            line.point[two] = two < clp_grid_dimensions(grid)
                                  ? clp_coordinate(grid, two, first_of_seam(problem, two, k))
                                  : 0;
            status = scan(&line, &any);
            if (status != CLP_OK) break;
            if (cutting && any) status = cut_pieces(&line, assembly);
            if (!cutting && line.break_count) hold_nodes(&line, assembly->holder);
        }
    for (size_t r = 0; r < problem->regions.count; r++) clp_spans_finish(&line.spans[r]);
    free(line.spans);
    free(line.breaks);
    return status;
}

/* A node of a seam is two: what holds one holds the other. */
static void join_holders(const clp_problem *problem, uint16_t *holder)
{
    const size_t *nodes = problem->grid.nodes, steps[CLP_AXES] = {1, nodes[0], nodes[0] * nodes[1]};
    for (int axis = 0; axis < CLP_AXES; axis++)
        for (size_t p = 0; problem->seam[axis] && p < clp_grid_node_count(&problem->grid); p++) {
            if (p / steps[axis] % nodes[axis] != 0) continue;
            size_t other = p + (nodes[axis] - 1) * steps[axis];
            if (holder[p] == CLP_HOLDER_NONE) holder[p] = holder[other];
            holder[other] = holder[p];
        }
}

/* Along a periodic axis the edges of the first and the last node are the same ones. */
static clp_status join_cuts(const clp_problem *problem, int axis, size_t from, clp_cuts *cuts)
{
    const size_t *nodes = problem->grid.nodes, steps[CLP_AXES] = {1, nodes[0], nodes[0] * nodes[1]};
    size_t count = cuts->count;
    for (size_t c = from; problem->seam[axis] && c < count; c++) {
        clp_cut cut = cuts->list[c];
        size_t at = cut.node / steps[axis] % nodes[axis], period = (nodes[axis] - 1) * steps[axis];
        if (at != 0 && at != nodes[axis] - 1) continue;
        cut.node = at == 0 ? cut.node + period : cut.node - period;
        CLP_TRY(clp_cuts_add(cuts, cut));
    }
    return CLP_OK;
}

clp_status clp_cuts_add(clp_cuts *cuts, clp_cut cut)
{
    if (cuts->count == cuts->capacity) {
        size_t capacity = clp_max(2 * cuts->capacity, 256);
        clp_cut *longer = realloc(cuts->list, capacity * sizeof *longer);
        if (!longer) return clp_fail_host_memory(capacity * sizeof *longer);
        cuts->list = longer;
        cuts->capacity = capacity;
    }
    cuts->list[cuts->count++] = cut;
    return CLP_OK;
}

/* A held side goes before: its nodes keep their values whatever touches them. */
static void drop_cuts_of_sides(clp_assembly *assembly)
{
    clp_operator sides = assembly->op;
    clp_cuts *cuts = &assembly->cuts;
    size_t kept = 0;
    sides.network = NULL;
    for (size_t c = 0; c < cuts->count; c++)
        if (!clp_operator_is_held(&sides, cuts->list[c].node)) cuts->list[kept++] = cuts->list[c];
    cuts->count = kept;
}

clp_status clp_electrodes_find(const clp_problem *problem, clp_assembly *assembly)
{
    if (!clp_problem_sets(problem, ELECTRODE)) return CLP_OK;
    clp_outline outline;
    CLP_TRY(clp_outline_create(problem, &outline));
    clp_status status = CLP_OK;
    clp_outline_hold(&outline, assembly->holder);
    status = for_lines(problem, 0, assembly, false);
    if (status == CLP_OK) join_holders(problem, assembly->holder);
    for (int axis = 0; axis < clp_grid_dimensions(&problem->grid) && status == CLP_OK; axis++) {
        size_t before = assembly->cuts.count;
        status = for_lines(problem, axis, assembly, true);
        if (status == CLP_OK) status = clp_outline_cut(&outline, axis, assembly);
        if (status == CLP_OK) status = join_cuts(problem, axis, before, &assembly->cuts);
    }
    clp_outline_finish(&outline);
    drop_cuts_of_sides(assembly);
    return status;
}
