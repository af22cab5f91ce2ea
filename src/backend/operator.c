/* SPDX-License-Identifier: MIT */
#include "backend/operator.h"

#include "backend/colors.h"

#include <math.h>

clp_operator clp_operator_whole(const clp_operator *op)
{
    clp_operator whole = *op;
    if (!clp_grid_is_part(&op->grid)) return whole;
    whole.network = NULL;
    whole.grid.part = (clp_part){.whole = {0}};
    for (int axis = 0; axis < CLP_AXES; axis++) {
        whole.grid.nodes[axis] = op->grid.part.whole[axis];
        whole.periodic[axis] = op->whole_periodic[axis];
    }
    for (int side = 0; side < CLP_SIDES; side++) whole.held[side] = op->whole_held[side];
    return whole;
}

size_t clp_operator_unknowns(const clp_operator *op)
{
    const clp_operator whole = clp_operator_whole(op);
    size_t count = 1;
    for (int axis = 0; axis < CLP_AXES; axis++)
        count *= clp_operator_end(&whole, axis) - clp_operator_first(&whole, axis);
    return count - op->fixed;
}

double clp_operator_smallest_part(const clp_operator *op)
{
    double least = INFINITY;
    for (size_t p = 0; p < clp_grid_node_count(&op->grid); p++)
        if (op->network->diagonal[p] > 0) least = fmin(least, op->network->diagonal[p]);
    return least / op->diagonal;
}

bool clp_operator_in_range(const clp_operator *op, size_t p)
{
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++) {
        size_t at = clp_operator_at(op, p, axis);
        if (at < clp_operator_first(op, axis) || at >= clp_operator_end(op, axis)) return false;
    }
    return true;
}

static bool on_side(const clp_operator *op, size_t p, int side)
{
    return clp_operator_at(op, p, side / 2) == (side % 2 ? op->grid.nodes[side / 2] - 1 : 0);
}

bool clp_operator_is_held(const clp_operator *op, size_t p)
{
    if (op->network) return op->network->diagonal[p] == 0;
    for (int side = 0; side < 2 * clp_grid_dimensions(&op->grid); side++)
        if (op->held[side] && on_side(op, p, side)) return true;
    return false;
}

clp_row clp_operator_row(const clp_operator *op, size_t row)
{
    clp_row made = {.first = row * op->grid.nodes[0],
                    .at = {0, row % op->grid.nodes[1], row / op->grid.nodes[1]},
                    .part = 1,
                    .own = true};
    for (int axis = 1; axis < clp_grid_dimensions(&op->grid); axis++) {
        size_t at = made.at[axis], last = op->grid.nodes[axis] - 1;
        made.own = made.own && at >= clp_grid_begin(&op->grid, axis) && at < clp_grid_end(&op->grid, axis);
        bool low = op->held[2 * axis], high = op->held[2 * axis + 1];
        made.held = made.held || (low && at == 0) || (high && at == last);
        made.near_held = made.near_held || (low && at == 1) || (high && at + 1 == last);
        made.copy = made.copy || (op->periodic[axis] && at == last);
        if (!op->periodic[axis] && (at == 0 || at == last)) made.part *= 0.5;
    }
    return made;
}

double clp_operator_face_part(const clp_operator *op, int axis, size_t p)
{
    double part = 1;
    for (int other = 0; other < clp_grid_dimensions(&op->grid); other++)
        if (other != axis && !op->periodic[other] &&
            (on_side(op, p, 2 * other) || on_side(op, p, 2 * other + 1)))
            part *= 0.5;
    return part;
}

double clp_operator_volume_part(const clp_operator *op, size_t p)
{
    return clp_operator_face_part(op, -1, p);
}

/* Axes whose seam has a colour of its own: on a periodic axis of odd period the two colours clash there. */
static unsigned seam_axes(const clp_operator *op)
{
    unsigned axes = 0;
    for (int axis = 0; axis < CLP_AXES; axis++)
        if (op->periodic[axis] && (op->grid.nodes[axis] - 1) % 2) axes |= 1U << axis;
    return axes;
}

size_t clp_color_count(const clp_operator *op)
{
    size_t count = 2;
    for (unsigned axes = seam_axes(op); axes; axes &= axes - 1) count *= 2;
    return count;
}

bool clp_color_is_swapped(const clp_operator *op)
{
    long long sum = 0;
    for (int axis = 0; axis < clp_grid_dimensions(&op->grid); axis++) sum += clp_grid_first(&op->grid, axis);
    return sum & 1;
}

clp_color clp_color_at(const clp_operator *op, size_t index)
{
    clp_color color = {.parity = (unsigned)(index + clp_color_is_swapped(op)) % 2, .axes = seam_axes(op)};
    size_t bits = index / 2;
    for (unsigned axis = 0; axis < CLP_AXES; axis++)
        if (color.axes >> axis & 1) {
            color.seam |= (unsigned)(bits & 1) << axis;
            bits >>= 1;
        }
    return color;
}
