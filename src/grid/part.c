/* SPDX-License-Identifier: MIT */
/* Blocks of a grid, for several ranks. */
#include <clpoisson/ranks.h>

#include "base/checked.h"
#include "base/status.h"
#include "grid/extent.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

clp_grid clp_grid_of_part(const clp_grid *part)
{
    clp_grid whole = *part;
    for (int axis = 0; axis < CLP_AXES; axis++) whole.nodes[axis] = clp_grid_whole(part, axis);
    whole.part = (clp_part){.whole = {0}};
    return whole;
}

/* Nodes along an axis that can be given away: the second copy of a periodic axis' first one is not. */
static size_t units_of(const clp_grid *grid, const bool *periodic, int axis)
{
    if (axis >= clp_grid_dimensions(grid)) return 1;
    return grid->nodes[axis] - (periodic[axis] ? 1 : 0);
}

static size_t most_along(const clp_grid *grid, const bool *periodic, int axis)
{
    bool whole = axis >= clp_grid_dimensions(grid) || (axis == 0 && periodic[0]);
    return whole ? 1 : units_of(grid, periodic, axis) / CLP_PART_MIN;
}

/* Nodes on the faces between parts. */
static double surface(const clp_grid *grid, const bool *periodic, const size_t parts[CLP_AXES])
{
    double sum = 0;
    for (int axis = 0; axis < CLP_AXES; axis++) {
        double area = 1;
        if (parts[axis] == 1) continue;
        for (int other = 0; other < CLP_AXES; other++)
            if (other != axis) area *= (double)units_of(grid, periodic, other);
        sum += area * (double)(parts[axis] - (periodic[axis] ? 0 : 1));
    }
    return sum;
}

/* Parts that networks can have coarser levels on have that many times as many nodes as what they begin at
 * multiples of. */
enum { PART_TIMES = 4 };

/* Whether networks can have coarser levels on such parts (clp_grid_halve): they are thick enough, and split
 * no axis of odd period, at whose seam two nodes of even index meet. */
static bool can_be_halved(const clp_grid *grid, const bool *periodic, const size_t parts[CLP_AXES])
{
    for (int axis = 0; axis < clp_grid_dimensions(grid); axis++) {
        size_t units = units_of(grid, periodic, axis);
        if (parts[axis] > 1 && (units / parts[axis] < 2 * PART_TIMES || (periodic[axis] && units % 2)))
            return false;
    }
    return true;
}

/* False: there are no such blocks, or with `halved` none of that kind. */
static bool divide_so(const clp_grid *grid, const bool *periodic, size_t count, bool halved,
                      size_t parts[CLP_AXES])
{
    double least = INFINITY;
    for (size_t x = 1; x <= clp_min(count, most_along(grid, periodic, 0)); x++)
        for (size_t y = 1; count % x == 0 && y <= clp_min(count / x, most_along(grid, periodic, 1)); y++) {
            size_t tried[CLP_AXES] = {x, y, count / x / y};
            if (count / x % y != 0 || tried[2] > most_along(grid, periodic, 2)) continue;
            if (halved && !can_be_halved(grid, periodic, tried)) continue;
            double found = surface(grid, periodic, tried);
            if (found >= least) continue;
            least = found;
            for (int axis = 0; axis < CLP_AXES; axis++) parts[axis] = tried[axis];
        }
    return isfinite(least);
}

static bool divide(const clp_grid *grid, const bool *periodic, size_t count, size_t parts[CLP_AXES])
{
    return divide_so(grid, periodic, count, true, parts) || divide_so(grid, periodic, count, false, parts);
}

clp_status clp_grid_divide(const clp_grid *grid, const bool periodic[CLP_AXES], size_t count,
                           size_t parts[CLP_AXES])
{
    char extent[64];
    size_t fewer = count;
    if (divide(grid, periodic, count, parts)) return CLP_OK;
    while (fewer > 1 && !divide(grid, periodic, fewer, parts)) fewer--;
    return clp_fail(CLP_ERROR_INPUT, "%zu ranks cannot share %s nodes in blocks; %zu can", count,
                    clp_extent_text(grid->nodes, extent, sizeof extent), fewer);
}

/* The speed of all ranks in a layer of parts. */
static double speed_of_layer(const size_t parts[CLP_AXES], const double *speeds, int axis, size_t layer)
{
    double sum = 0;
    size_t count = parts[0] * parts[1] * parts[2];
    for (size_t rank = 0; rank < count; rank++) {
        const size_t at[CLP_AXES] = {rank % parts[0], rank / parts[0] % parts[1], rank / parts[0] / parts[1]};
        if (at[axis] == layer) sum += speeds ? speeds[rank] : 1;
    }
    return sum;
}

/* Where layer number `layer` of parts begins, a multiple of `align`; with layer = parts[axis], where the last
 * one ends. */
static size_t begin_of(const size_t parts[CLP_AXES], const double *speeds, int axis, size_t layer,
                       size_t units, size_t align)
{
    const size_t thin = clp_max(CLP_PART_MIN, align);
    double before = 0, all = 0;
    size_t begin = 0;
    for (size_t i = 0; i < parts[axis]; i++) all += speed_of_layer(parts, speeds, axis, i);
    for (size_t i = 0; i < layer; i++) {
        before += speed_of_layer(parts, speeds, axis, i);
        size_t most = units - (parts[axis] - i - 1) * thin,
               wanted = (size_t)floor(before / all * (double)units / (double)align + 0.5) * align;
        begin = clp_min(clp_max(wanted, begin + thin), most - most % align);
    }
    return layer == parts[axis] ? units : begin;
}

static size_t thinnest(const size_t parts[CLP_AXES], const double *speeds, int axis, size_t units,
                       size_t align)
{
    size_t least = units, begin = 0;
    for (size_t layer = 1; layer <= parts[axis]; layer++) {
        size_t end = begin_of(parts, speeds, axis, layer, units, align);
        least = clp_min(least, end - begin);
        begin = end;
    }
    return least;
}

/* Own nodes [begin, end) along an axis that is split, with a halo of that depth, or up to the side where that
 * is nearer: it is not open then. */
static void take_axis(size_t begin, size_t end, size_t depth, bool periodic, int axis, clp_grid *part)
{
    size_t whole = part->part.whole[axis], units = whole - (periodic ? 1 : 0);
    size_t before = periodic ? depth : clp_min(begin, depth),
           behind = periodic ? depth : clp_min(whole - end, depth);
    part->part.period[axis] = periodic ? units : 0;
    part->part.first[axis] = (begin + units * (1 + before / units) - before) % units;
    part->part.begin[axis] = before;
    part->part.end[axis] = before + end - begin;
    part->nodes[axis] = before + end - begin + behind;
    part->part.open[2 * axis] = periodic || (begin > 0 && begin >= depth);
    part->part.open[2 * axis + 1] = periodic || (end < whole && whole - end >= depth);
}

/* What can be joined with neighbours later on. */
static void find_joined(const size_t parts[CLP_AXES], const double *speeds, int axis, size_t at, size_t units,
                        size_t align, clp_part *part)
{
    for (size_t k = 0; k < CLP_JOINS; k++) {
        const size_t team = (size_t)2 << k, first = at / team * team;
        if (parts[axis] % team != 0) return;
        part->joined[axis][k][0] = begin_of(parts, speeds, axis, first, units, align);
        part->joined[axis][k][1] = begin_of(parts, speeds, axis, first + team, units, align);
    }
}

/* As far as every part has several times as many nodes along each axis: what levels of networks need to be
 * split as well (backend/galerkin.h). */
static size_t alignment(const clp_grid *grid, const bool *periodic, const size_t parts[CLP_AXES],
                        const double *speeds, size_t depth)
{
    enum { MOST = 8 };
    size_t align = MOST;
    for (int axis = 0; axis < clp_grid_dimensions(grid); axis++) {
        size_t units = units_of(grid, periodic, axis);
        if (parts[axis] == 1) continue;
        size_t thin = thinnest(parts, speeds, axis, units, 1);
        while (align > 1 && (thin < PART_TIMES * align || depth < align || (periodic[axis] && units % align)))
            align /= 2;
    }
    return align;
}

clp_status clp_grid_take_part(const clp_grid *grid, const bool periodic[CLP_AXES],
                              const size_t parts[CLP_AXES], const double *speeds, size_t rank, size_t depth,
                              clp_grid *part)
{
    const size_t at[CLP_AXES] = {rank % parts[0], rank / parts[0] % parts[1], rank / parts[0] / parts[1]};
    for (int axis = 0; axis < CLP_AXES; axis++) {
        if (parts[axis] > most_along(grid, periodic, axis))
            return clp_fail(CLP_ERROR_INPUT, "%zu parts along %c are too many; at most %zu are possible%s",
                            parts[axis], "xyz"[axis], most_along(grid, periodic, axis),
                            axis >= clp_grid_dimensions(grid) ? ", as the problem has no z"
                            : axis == 0 && periodic[0]        ? ", because x is periodic"
                                                              : "");
    }
    depth = clp_max(depth, CLP_PART_MIN);
    const size_t align = alignment(grid, periodic, parts, speeds, depth);
    for (int axis = 0; axis < CLP_AXES; axis++)
        if (parts[axis] > 1)
            depth = clp_min(depth, thinnest(parts, speeds, axis, units_of(grid, periodic, axis), align));
    depth -= depth % align;
    *part = *grid;
    part->part.align = align;
    for (int axis = 0; axis < CLP_AXES; axis++) {
        size_t nodes = axis < clp_grid_dimensions(grid) ? grid->nodes[axis] : 1,
               units = units_of(grid, periodic, axis);
        part->part.whole[axis] = nodes;
        part->part.end[axis] = nodes;
        if (parts[axis] == 1) continue;
        part->part.thinnest[axis] = thinnest(parts, speeds, axis, units, align);
        size_t begin = begin_of(parts, speeds, axis, at[axis], units, align),
               end = begin_of(parts, speeds, axis, at[axis] + 1, units, align);
        take_axis(begin, end, depth, periodic[axis], axis, part);
        find_joined(parts, speeds, axis, at[axis], units, align, &part->part);
    }
    return CLP_OK;
}

/* ---- coarser parts ---- */

enum { GATHERED_FLAT = 16641, GATHERED_DEEP = 35937, COARSE_DEPTH = 8, PART_DEPTH = 4 };

static size_t most_gathered(const clp_grid *part)
{
    size_t most = part->part.gathered;
    return most ? most : clp_grid_dimensions(part) == 3 ? GATHERED_DEEP : GATHERED_FLAT;
}

/* The first coarse node at or behind a fine one, moved to the nearest multiple of `align` but at the end of
 * the grid. */
static size_t first_coarse(size_t fine, size_t fine_nodes, size_t coarse_nodes, size_t align)
{
    size_t first = (fine * (coarse_nodes - 1) + fine_nodes - 2) / (fine_nodes - 1);
    return first == coarse_nodes ? first : (first + align / 2) / align * align;
}

/* Nodes of the thinnest part of the coarser grid, or fewer. */
static size_t thinnest_coarse(const clp_grid *fine, int axis, size_t nodes, size_t align)
{
    size_t thin = fine->part.thinnest[axis] * (nodes - 1) / (clp_grid_whole(fine, axis) - 1);
    return thin > align ? thin - (align - 1) : 0;
}

static void coarsen_part(const clp_grid *fine, const size_t nodes[CLP_AXES], size_t align, size_t depth,
                         clp_grid *coarse)
{
    *coarse = *fine;
    coarse->part.align = align;
    for (int axis = 0; axis < clp_grid_dimensions(fine); axis++) {
        size_t whole = clp_grid_whole(fine, axis), begin = clp_grid_begin(fine, axis),
               first = clp_grid_index(fine, axis, begin), behind = first + clp_grid_end(fine, axis) - begin;
        coarse->part.whole[axis] = nodes[axis];
        if (clp_grid_is_split(fine, axis)) {
            coarse->part.thinnest[axis] = thinnest_coarse(fine, axis, nodes[axis], align);
            take_axis(first_coarse(first, whole, nodes[axis], align),
                      first_coarse(behind, whole, nodes[axis], align), depth, fine->part.period[axis] > 0,
                      axis, coarse);
            for (size_t k = 0; k < CLP_JOINS && fine->part.joined[axis][k][1] > 0; k++)
                for (int end = 0; end < 2; end++)
                    coarse->part.joined[axis][k][end] =
                        first_coarse(fine->part.joined[axis][k][end], whole, nodes[axis], align);
        } else {
            coarse->nodes[axis] = coarse->part.end[axis] = nodes[axis];
        }
    }
}

void clp_grid_coarse_slice(const clp_grid *fine, const size_t nodes[CLP_AXES], size_t depth, clp_grid *slice)
{
    coarsen_part(fine, nodes, 1, depth, slice);
}

/* Whether parts of a coarser grid that begin at multiples of `align` are thick enough. */
static bool are_thick(const clp_grid *fine, const size_t nodes[CLP_AXES], size_t align)
{
    for (int axis = 0; axis < clp_grid_dimensions(fine); axis++) {
        if (!clp_grid_is_split(fine, axis)) continue;
        if (thinnest_coarse(fine, axis, nodes[axis], align) < clp_max(COARSE_DEPTH, PART_TIMES * align) ||
            (fine->part.period[axis] && (nodes[axis] - 1) % align))
            return false;
    }
    return true;
}

/* With align 0 all ranks get the whole of it. */
static void coarsen(const clp_grid *fine, const size_t nodes[CLP_AXES], size_t align, clp_grid *coarse)
{
    size_t count = 1;
    for (int axis = 0; axis < clp_grid_dimensions(fine); axis++) count *= nodes[axis];
    if (clp_grid_is_part(fine) && count > most_gathered(fine) && align > 0) {
        coarsen_part(fine, nodes, align, COARSE_DEPTH, coarse);
        return;
    }
    *coarse = clp_grid_of_part(fine);
    for (int axis = 0; axis < clp_grid_dimensions(fine); axis++) coarse->nodes[axis] = nodes[axis];
}

void clp_grid_coarsen(const clp_grid *fine, const size_t nodes[CLP_AXES], clp_grid *coarse)
{
    coarsen(fine, nodes, are_thick(fine, nodes, 1) ? 1 : 0, coarse);
}

/* Where parts of the coarser grid would be too thin along an axis, the part together with its neighbour's.
 * False: there is no such axis that can be joined, or nothing would be split any more. */
static bool join(clp_grid *part, const size_t nodes[CLP_AXES])
{
    bool joins = false, split = false;
    for (int axis = 0; axis < clp_grid_dimensions(part); axis++) {
        clp_part *p = &part->part;
        const bool thin =
            clp_grid_is_split(part, axis) && thinnest_coarse(part, axis, nodes[axis], 1) < COARSE_DEPTH;
        const size_t first = p->joined[axis][0][0], end = p->joined[axis][0][1];
        if (thin && end == 0) return false;
        if (thin) {
            const size_t whole = p->whole[axis], units = whole - (p->period[axis] ? 1 : 0);
            p->team[axis] = 2 * clp_grid_team(part, axis);
            p->thinnest[axis] *= 2;
            memmove(p->joined[axis], p->joined[axis] + 1, sizeof p->joined[axis] - sizeof p->joined[axis][0]);
            memset(p->joined[axis][CLP_JOINS - 1], 0, sizeof p->joined[axis][0]);
            if (end - first < units) {
                take_axis(first, end, 1, p->period[axis] > 0, axis, part);
            } else {
                part->nodes[axis] = p->end[axis] = whole;
                p->first[axis] = p->begin[axis] = p->period[axis] = p->thinnest[axis] = 0;
                p->open[2 * axis] = p->open[2 * axis + 1] = false;
            }
            joins = true;
        }
        split = split || clp_grid_is_split(part, axis);
    }
    return joins && split;
}

void clp_grid_coarsen_joined(const clp_grid *fine, const size_t nodes[CLP_AXES], clp_grid *coarse)
{
    clp_grid part = *fine;
    bool thick = are_thick(&part, nodes, 1);
    if (!thick && join(&part, nodes))
        thick = are_thick(&part, nodes, 1); /* but once: two at a time swap their slices */
    coarsen(&part, nodes, thick ? 1 : 0, coarse);
}

void clp_grid_coarsen_aligned(const clp_grid *fine, const size_t nodes[CLP_AXES], clp_grid *coarse)
{
    size_t align = CLP_COARSE_ALIGN;
    while (align > 1 && !are_thick(fine, nodes, align)) align /= 2;
    coarsen(fine, nodes, align > 1 ? align : 0, coarse);
}

/* ---- coarser parts of networks ---- */

/* Halved, node 2 I being coarse node I, with half the halo. */
static void halve_axis(const clp_grid *fine, int axis, size_t nodes, clp_grid *coarse)
{
    clp_part *part = &coarse->part;
    part->whole[axis] = nodes;
    coarse->nodes[axis] = (fine->nodes[axis] + 1) / 2;
    part->first[axis] = fine->part.first[axis] / 2;
    part->begin[axis] = (fine->part.begin[axis] + 1) / 2;
    part->end[axis] = (fine->part.end[axis] + 1) / 2;
    part->period[axis] = fine->part.period[axis] / 2;
    part->thinnest[axis] = fine->part.thinnest[axis] / 2;
}

void clp_grid_halve(const clp_grid *fine, const size_t nodes[CLP_AXES], clp_grid *coarse)
{
    bool halves = false;
    *coarse = *fine;
    for (int axis = 0; axis < clp_grid_dimensions(fine); axis++) {
        if (nodes[axis] == clp_grid_whole(fine, axis)) continue;
        if (clp_grid_is_split(fine, axis)) {
            halve_axis(fine, axis, nodes[axis], coarse);
            halves = true;
        } else {
            coarse->nodes[axis] = coarse->part.whole[axis] = coarse->part.end[axis] = nodes[axis];
        }
    }
    if (halves) coarse->part.align /= 2;
}

bool clp_grid_can_be_split(const clp_grid *part, size_t depth)
{
    size_t count = 1;
    bool split = false;
    for (int axis = 0; axis < clp_grid_dimensions(part); axis++) {
        count *= clp_grid_whole(part, axis);
        split = split || clp_grid_is_split(part, axis);
    }
    return count > most_gathered(part) && (!split || (part->part.align > 1 && depth >= PART_DEPTH));
}
