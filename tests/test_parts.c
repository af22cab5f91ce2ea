/* SPDX-License-Identifier: MIT */
/* Blocks of grids for several ranks: they cover everything, once, with the least surface there is. */
#include <clpoisson/ranks.h>

#include "backend/operator.h"
#include "base/checked.h"
#include "grid/extent.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static uint32_t state = 1;

static size_t below(size_t limit)
{
    state = state * 1664525 + 1013904223;
    return (state >> 8) % limit;
}

static clp_grid grid_of(size_t x, size_t y, size_t z)
{
    return (clp_grid){
        .nodes = {x, y, z}, .size = {1, 2, z > 1 ? 3 : 0}, .origin = {0.1, 0.2, z > 1 ? 0.3 : 0}};
}

/* Counts how often each node of the whole grid is a part's own. */
static void count_part(const clp_grid *part, unsigned *times)
{
    const size_t *whole = part->part.whole;
    size_t at[CLP_AXES];
    for (size_t k = clp_grid_begin(part, 2); k < clp_grid_end(part, 2); k++)
        for (size_t j = clp_grid_begin(part, 1); j < clp_grid_end(part, 1); j++)
            for (size_t i = clp_grid_begin(part, 0); i < clp_grid_end(part, 0); i++) {
                at[0] = clp_grid_index(part, 0, i);
                at[1] = clp_grid_index(part, 1, j);
                at[2] = clp_grid_index(part, 2, k);
                times[(at[2] * whole[1] + at[1]) * whole[0] + at[0]]++;
            }
}

/* The halo is as deep on all open sides, its nodes are those that follow, and coordinates are the whole's. */
static void check_part(const clp_grid *whole, const bool *periodic, const clp_grid *part, size_t depth)
{
    for (int axis = 0; axis < clp_grid_dimensions(whole); axis++) {
        size_t begin = clp_grid_begin(part, axis), end = clp_grid_end(part, axis), nodes = part->nodes[axis];
        cr_assert_eq(begin, part->part.open[2 * axis] ? depth : 0);
        cr_assert_eq(nodes - end, part->part.open[2 * axis + 1] ? depth : 0);
        cr_assert_geq(end - begin, CLP_PART_MIN);
        cr_assert_eq(clp_grid_spacing(part, axis), clp_grid_spacing(whole, axis));
        for (size_t i = 0; i < nodes; i++) {
            size_t index = clp_grid_index(part, axis, i);
            cr_assert_lt(index, whole->nodes[axis]);
            cr_assert_eq(clp_coordinate(part, axis, i), clp_coordinate(whole, axis, index));
            size_t next = index + 1 == whole->nodes[axis] - 1 && periodic[axis] && part->part.open[2 * axis]
                              ? 0
                              : index + 1;
            if (i + 1 < nodes) cr_assert_eq(clp_grid_index(part, axis, i + 1), next);
        }
    }
}

/* The least surface by trying all there are, in units of nodes; with `halved` of those on which levels of
 * networks can be. */
static size_t least_of(const size_t units[CLP_AXES], const bool *periodic, size_t count, bool halved)
{
    size_t least = SIZE_MAX;
    for (size_t x = 1; x <= count; x++)
        for (size_t y = 1; y <= count; y++)
            for (size_t z = 1; z <= count; z++) {
                const size_t parts[] = {x, y, z};
                size_t sum = 0;
                if (x * y * z != count || (x > 1 && periodic[0])) continue;
                bool fits = true;
                for (int axis = 0; axis < CLP_AXES; axis++) {
                    if (parts[axis] == 1) continue;
                    fits = fits && parts[axis] * CLP_PART_MIN <= units[axis];
                    bool odd = periodic[axis] && units[axis] % 2;
                    fits = fits && !(halved && (odd || units[axis] / parts[axis] < 8));
                    sum += units[0] * units[1] * units[2] / units[axis] *
                           (periodic[axis] ? parts[axis] : parts[axis] - 1);
                }
                if (fits && sum < least) least = sum;
            }
    return least;
}

static size_t least_surface(const size_t units[CLP_AXES], const bool *periodic, size_t count)
{
    size_t least = least_of(units, periodic, count, true);
    return least == SIZE_MAX ? least_of(units, periodic, count, false) : least;
}

static size_t surface_of(const size_t units[CLP_AXES], const bool *periodic, const size_t parts[CLP_AXES])
{
    size_t sum = 0;
    for (int axis = 0; axis < CLP_AXES; axis++)
        if (parts[axis] > 1)
            sum += units[0] * units[1] * units[2] / units[axis] *
                   (periodic[axis] ? parts[axis] : parts[axis] - 1);
    return sum;
}

Test(parts, cover_every_node_once_with_the_least_surface)
{
    for (int round = 0; round < 400; round++) {
        bool deep = below(2);
        clp_grid whole = grid_of(5 + below(30), 5 + below(30), deep ? 5 + below(12) : 1);
        bool periodic[CLP_AXES] = {below(4) == 0, below(3) == 0, deep && below(3) == 0};
        size_t count = 1 + below(9), parts[CLP_AXES], depth = 2 + below(6), units[CLP_AXES] = {1, 1, 1};
        double speeds[9];
        for (size_t i = 0; i < 9; i++) speeds[i] = 1 + (double)below(100) / 50;
        bool uneven = below(2);
        for (int axis = 0; axis < clp_grid_dimensions(&whole); axis++)
            units[axis] = whole.nodes[axis] - (periodic[axis] ? 1 : 0);
        clp_status status = clp_grid_divide(&whole, periodic, count, parts);
        size_t least = least_surface(units, periodic, count);
        cr_assert_eq(status == CLP_OK, least != SIZE_MAX);
        if (status != CLP_OK) continue;
        cr_assert_eq(parts[0] * parts[1] * parts[2], count);
        cr_assert_eq(surface_of(units, periodic, parts), least);
        unsigned *times = calloc(clp_grid_node_count(&whole), sizeof *times);
        size_t common = 0;
        for (size_t rank = 0; rank < count; rank++) {
            clp_grid part;
            cr_assert_eq(
                clp_grid_take_part(&whole, periodic, parts, uneven ? speeds : NULL, rank, depth, &part),
                CLP_OK);
            for (int side = 0; side < CLP_SIDES; side++)
                if (part.part.open[side])
                    common =
                        side % 2 ? part.nodes[side / 2] - part.part.end[side / 2] : part.part.begin[side / 2];
            cr_assert_leq(common, depth);
            check_part(&whole, periodic, &part, common);
            count_part(&part, times);
        }
        for (size_t p = 0; p < clp_grid_node_count(&whole); p++) {
            const size_t at[] = {p % whole.nodes[0], p / whole.nodes[0] % whole.nodes[1],
                                 p / whole.nodes[0] / whole.nodes[1]};
            bool copy = false; /* the second one of a seam that is split */
            for (int axis = 0; axis < CLP_AXES; axis++)
                copy = copy || (periodic[axis] && parts[axis] > 1 && at[axis] + 1 == whole.nodes[axis]);
            cr_assert_eq(times[p], copy ? 0 : 1);
        }
        free(times);
    }
}

Test(parts, follow_the_speeds_of_their_ranks)
{
    const bool none[CLP_AXES] = {false, false, false};
    const size_t parts[] = {1, 2, 1};
    clp_grid whole = grid_of(50, 100, 1), part;
    cr_assert_eq(clp_grid_take_part(&whole, none, parts, (double[]){3, 1}, 0, 4, &part), CLP_OK);
    size_t own = part.part.end[1] - part.part.begin[1];
    cr_assert(own >= 75 - 4 && own <= 75 + 4, "%zu", own); /* in steps of 4 or 8 */
}

Test(parts, too_many_ranks_are_told_how_many_can)
{
    const bool none[CLP_AXES] = {false, false, false};
    clp_grid whole = grid_of(7, 7, 1), part;
    size_t parts[CLP_AXES];
    cr_assert_eq(clp_grid_divide(&whole, none, 10, parts), CLP_ERROR_INPUT);
    cr_assert_str_eq(clp_error_message(),
                     "10 ranks cannot share 7 x 7 nodes in blocks; 9 can");
    cr_assert_eq(clp_grid_take_part(&whole, none, (size_t[]){1, 4, 1}, NULL, 0, 4, &part), CLP_ERROR_INPUT);
    cr_assert_str_eq(clp_error_message(), "4 parts along y are too many; at most 3 are possible");
}

/* Parts of a coarser grid of a network: every node once, from where levels can begin on, and with a halo that
 * reaches what fine nodes are interpolated from. */
static void check_coarse(const clp_grid *fine, const clp_grid *coarse, unsigned *times)
{
    const clp_part *part = &coarse->part;
    count_part(coarse, times);
    for (int axis = 0; axis < clp_grid_dimensions(fine); axis++) {
        size_t begin = part->begin[axis], end = part->end[axis];
        if (!clp_grid_is_split(coarse, axis)) continue;
        cr_assert(part->align == 2 || part->align == 4);
        cr_assert_eq(part->first[axis] % part->align, 0);
        cr_assert_eq(clp_grid_index(coarse, axis, begin) % part->align, 0);
        cr_assert_geq(end - begin, part->thinnest[axis]);
        cr_assert_geq(part->thinnest[axis], 4 * part->align);
        double ratio = (double)(part->whole[axis] - 1) / (double)(clp_grid_whole(fine, axis) - 1),
               low = ratio * (double)(clp_grid_first(fine, axis) + (long long)clp_grid_begin(fine, axis)),
               high = low + ratio * (double)(clp_grid_end(fine, axis) - clp_grid_begin(fine, axis)),
               first = (double)clp_grid_first(coarse, axis);
        if (part->open[2 * axis]) cr_assert_geq(low - 3, first);
        if (part->open[2 * axis + 1]) cr_assert_leq(high + 3, first + (double)coarse->nodes[axis] - 1);
    }
}

Test(parts, of_coarser_grids_begin_where_levels_can)
{
    size_t split = 0;
    for (int round = 0; round < 60; round++) {
        bool deep = below(3) == 0;
        clp_grid whole = grid_of(deep ? 60 + below(50) : 230 + below(300),
                                 deep ? 60 + 2 * below(30) : 231 + 2 * below(200), deep ? 80 + below(30) : 1);
        const bool periodic[CLP_AXES] = {below(4) == 0, below(2) == 0, deep && below(3) == 0};
        size_t parts[CLP_AXES], count = 1 + below(8), nodes[CLP_AXES] = {1, 1, 1};
        for (int axis = 0; axis < clp_grid_dimensions(&whole); axis++)
            nodes[axis] = whole.nodes[axis] / 2 + 1;
        cr_assert_eq(clp_grid_divide(&whole, periodic, count, parts), CLP_OK);
        unsigned *times = calloc(nodes[0] * nodes[1] * nodes[2], sizeof *times);
        bool gathered = false;
        for (size_t rank = 0; rank < count; rank++) {
            clp_grid part, coarse;
            cr_assert_eq(clp_grid_take_part(&whole, periodic, parts, NULL, rank, deep ? 4 : 16, &part),
                         CLP_OK);
            clp_grid_coarsen_aligned(&part, nodes, &coarse);
            cr_assert(rank == 0 || gathered == !clp_grid_is_part(&coarse)); /* all alike */
            gathered = !clp_grid_is_part(&coarse);
            if (!gathered) check_coarse(&part, &coarse, times);
            split += !gathered && count > 1;
        }
        for (size_t p = 0; p < nodes[0] * nodes[1] * nodes[2] && !gathered; p++) {
            const size_t at[] = {p % nodes[0], p / nodes[0] % nodes[1], p / nodes[0] / nodes[1]};
            bool copy = false;
            for (int axis = 0; axis < CLP_AXES; axis++)
                copy = copy || (periodic[axis] && parts[axis] > 1 && at[axis] + 1 == nodes[axis]);
            cr_assert_eq(times[p], copy ? 0 : 1);
        }
        free(times);
    }
    cr_assert_gt(split, 20);
}

/* By what each of them leaves in the environment, and nothing else. */
Test(parts, launchers_are_recognised)
{
    static const char *const marks[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MPI_LOCALNRANKS"};
    bool has_mpi = false;
    for (const char *const *name = clp_transport_names(); *name; name++)
        has_mpi = has_mpi || strcmp(*name, "mpi") == 0;
    unsetenv("PMIX_RANK");
    for (size_t i = 0; i < 3; i++) unsetenv(marks[i]);
    cr_assert(!clp_ranks_are_started() && !clp_ranks_are_started_alone());
    for (size_t i = 0; i < 3; i++) {
        setenv(marks[i], "2", true);
        cr_expect_eq(clp_ranks_are_started(), has_mpi, "%s", marks[i]);
        cr_expect_eq(clp_ranks_are_started_alone(), !has_mpi, "%s", marks[i]);
        unsetenv(marks[i]);
    }
}

/* Halved again and again: every node as often as a team has ranks, with a halo of one depth for all. The
 * ranks in teams. */
static size_t check_joined(clp_grid *parts, size_t count, const bool *periodic,
                           const size_t divided[CLP_AXES])
{
    const clp_part *first = &parts[0].part;
    const size_t *nodes = first->whole;
    size_t team = 1;
    unsigned *times = calloc(nodes[0] * nodes[1] * nodes[2], sizeof *times);
    for (int axis = 0; axis < clp_grid_dimensions(&parts[0]); axis++) team *= clp_grid_team(&parts[0], axis);
    for (size_t rank = 0; rank < count; rank++) {
        cr_assert_eq(memcmp(parts[rank].part.team, first->team, sizeof first->team), 0);
        count_part(&parts[rank], times);
        for (int axis = 0; axis < clp_grid_dimensions(&parts[0]); axis++) {
            const clp_grid *part = &parts[rank];
            const size_t own = clp_grid_end(part, axis) - clp_grid_begin(part, axis);
            cr_assert_eq(clp_grid_is_split(part, axis), clp_grid_team(part, axis) < divided[axis]);
            if (!clp_grid_is_split(part, axis)) continue;
            cr_assert_geq(own, clp_max(part->part.thinnest[axis], 8));
            if (part->part.open[2 * axis]) cr_assert_eq(clp_grid_begin(part, axis), 8);
            if (part->part.open[2 * axis + 1]) cr_assert_eq(part->nodes[axis] - clp_grid_end(part, axis), 8);
        }
    }
    for (size_t p = 0; p < nodes[0] * nodes[1] * nodes[2]; p++) {
        const size_t at[] = {p % nodes[0], p / nodes[0] % nodes[1], p / nodes[0] / nodes[1]};
        bool copy = false;
        for (int axis = 0; axis < CLP_AXES; axis++)
            copy =
                copy || (periodic[axis] && clp_grid_is_split(&parts[0], axis) && at[axis] + 1 == nodes[axis]);
        cr_assert_eq(times[p], copy ? 0 : team);
    }
    free(times);
    return team > 1 ? count : 0;
}

Test(parts, of_coarser_grids_are_joined_where_they_would_be_thin)
{
    enum { MOST = 16 };
    size_t joined = 0;
    for (int round = 0; round < 200; round++) {
        bool deep = below(3) == 0;
        clp_grid whole = grid_of(deep ? 40 + below(50) : 60 + below(300),
                                 deep ? 40 + below(60) : 60 + below(200), deep ? 50 + below(30) : 1);
        const bool periodic[CLP_AXES] = {below(4) == 0, below(2) == 0, deep && below(3) == 0};
        size_t divided[CLP_AXES], count = 2 + below(MOST - 1);
        clp_grid parts[MOST];
        double speeds[MOST];
        for (size_t i = 0; i < MOST; i++) speeds[i] = 1 + (double)below(100) / 100;
        cr_assert_eq(clp_grid_divide(&whole, periodic, count, divided), CLP_OK);
        bool uneven = below(2);
        for (size_t rank = 0; rank < count; rank++) {
            cr_assert_eq(
                clp_grid_take_part(&whole, periodic, divided, uneven ? speeds : NULL, rank, 16, &parts[rank]),
                CLP_OK);
            parts[rank].part.gathered = 50;
        }
        while (clp_grid_is_part(&parts[0])) {
            size_t nodes[CLP_AXES] = {1, 1, 1};
            for (int axis = 0; axis < clp_grid_dimensions(&whole); axis++)
                nodes[axis] = clp_grid_whole(&parts[0], axis) / 2 + 1;
            for (size_t rank = 0; rank < count; rank++) {
                clp_grid coarse;
                clp_grid_coarsen_joined(&parts[rank], nodes, &coarse);
                for (int axis = 0; axis < CLP_AXES && clp_grid_is_part(&coarse); axis++)
                    cr_assert_leq(clp_grid_team(&coarse, axis), 2 * clp_grid_team(&parts[rank], axis));
                parts[rank] = coarse;
                cr_assert_eq(clp_grid_is_part(&coarse), clp_grid_is_part(&parts[0])); /* all alike */
            }
            if (clp_grid_is_part(&parts[0])) joined += check_joined(parts, count, periodic, divided);
        }
    }
    cr_assert_gt(joined, 500);
}
