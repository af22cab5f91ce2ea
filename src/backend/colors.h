/* SPDX-License-Identifier: MIT */
/* Colours: sets of nodes without neighbours among themselves, so that each can be relaxed in place at once.
 */
#ifndef CLP_BACKEND_COLORS_H
#define CLP_BACKEND_COLORS_H

#include "backend/operator.h"

/*
 * Red and black by the parity of i + j + k. Around a periodic axis of odd period two equal colours would meet
 * at the seam, so the nodes of the seam (the first and the last index) have colours of their own there, and
 * are counted as index 0.
 */
typedef struct clp_color {
    unsigned parity;
    unsigned axes; /* bit per axis that has a seam */
    unsigned seam; /* bit per axis: nodes on that seam; else nodes off it */
} clp_color;

size_t clp_color_count(const clp_operator *op);
clp_color clp_color_at(const clp_operator *op, size_t index);

/* Whether those of a part whose own indices add up to an odd number come first: what counts is the whole. */
bool clp_color_is_swapped(const clp_operator *op);

/* Whether an index along an axis may have the colour; *offset adds what it counts for the parity. */
static inline bool clp_color_takes(const clp_color *color, int axis, size_t index, size_t nodes,
                                   size_t *offset)
{
    bool at_seam = index == 0 || index + 1 == nodes;
    if (!(color->axes >> axis & 1)) {
        *offset += index;
        return true;
    }
    if (!at_seam) *offset += index;
    return at_seam == (bool)(color->seam >> axis & 1);
}

#endif
