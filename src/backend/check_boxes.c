/* SPDX-License-Identifier: MIT */
/* The check of boxes that come and go. */
#include "backend/check.h"
#include "backend/check_bench.h"

#include "base/status.h"

#include <stdlib.h>
#include <string.h>

enum { BOXES = 3 };

/* A strip along the first axis' end, a row, a node; at one end of the box of nodes or the other, and apart
 * there. */
static void make_boxes(const clp_grid *grid, bool high, clp_box boxes[BOXES])
{
    const size_t nx = grid->nodes[0], ny = grid->nodes[1], nz = clp_planes(grid);
    boxes[0] = (clp_box){{high ? nx - 2 : 0, 0, 0}, {2, ny, nz}};
    boxes[1] = (clp_box){{0, high ? ny - 1 : 0, high ? nz - 1 : 0}, {nx - 2, 1, 1}};
    boxes[2] = (clp_box){{high ? 0 : nx - 1, high ? 0 : ny - 1, high ? 0 : nz - 1}, {1, 1, 1}};
}

/* From one end of u to the other, through the level's staging or any other memory. */
static clp_status move_boxes(const check_side *side, const clp_box *from, const clp_box *to, size_t bytes,
                             void *room, void *packed)
{
    CLP_TRY(side->backend->boxes_read(side->u, from, BOXES, room));
    memcpy(packed, room, bytes);
    return side->backend->boxes_write(side->u, to, BOXES, room);
}

clp_status clp_check_boxes(check_bench *bench, double *difference, double *allowed)
{
    const clp_grid *grid = &bench->op.grid;
    clp_box low[BOXES], high[BOXES];
    make_boxes(grid, false, low);
    make_boxes(grid, true, high);
    size_t bytes = 0;
    for (int i = 0; i < BOXES; i++)
        bytes +=
            low[i].count[0] * low[i].count[1] * low[i].count[2] * bench->tested.level->layout.element_bytes;
    char *memory = malloc(3 * bytes), *packed[2] = {memory, memory ? memory + bytes : NULL};
    void *room[2];
    clp_status status = memory ? CLP_OK : clp_fail_host_memory(3 * bytes);
    *difference = *allowed = 0;
    for (int i = 0; i < 2 && status == CLP_OK; i++) {
        const check_side *side = i == 0 ? &bench->tested : &bench->reference;
        status = side->backend->staging(side->level, bytes, &room[i]);
    }
    /* There and back: the second time through memory that is no staging. */
    for (int way = 0; way < 2 && status == CLP_OK; way++) {
        for (int i = 0; i < 2 && status == CLP_OK; i++)
            status = move_boxes(i == 0 ? &bench->tested : &bench->reference, way ? high : low,
                                way ? low : high, bytes, way ? memory + 2 * bytes : room[i], packed[i]);
        if (status == CLP_OK && memcmp(packed[0], packed[1], bytes) != 0) *difference = 1;
        if (status == CLP_OK) status = clp_check_read(bench);
        if (status == CLP_OK) *difference = clp_check_worse(*difference, clp_check_difference(bench));
    }
    /* To another field, from a node of its own on. */
    for (int i = 0; i < 2 && status == CLP_OK; i++) {
        const check_side *side = i == 0 ? &bench->tested : &bench->reference;
        const size_t to[CLP_AXES] = {grid->nodes[0] - 2, 1, 0};
        const clp_box box = {{0, 0, clp_planes(grid) - 1}, {2, grid->nodes[1] - 1, 1}};
        status = side->backend->box_copy(side->q, &box, side->u, to);
    }
    if (status == CLP_OK) status = clp_check_read(bench);
    if (status == CLP_OK) *difference = clp_check_worse(*difference, clp_check_difference(bench));
    free(memory);
    return status;
}
