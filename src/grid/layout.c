/* SPDX-License-Identifier: MIT */
#include "grid/layout.h"

#include "base/checked.h"
#include "base/status.h"

clp_status clp_layout_init(clp_layout *layout, const clp_grid *grid, size_t element_bytes)
{
    size_t lane = CLP_ALIGNMENT / element_bytes;
    *layout =
        (clp_layout){.nodes = {grid->nodes[0], grid->nodes[1]}, .ghost = 1, .element_bytes = element_bytes};
    size_t row, rows, elements;
    /* One lane before the nodes keeps them aligned; one behind is what a vector load may run over. */
    if (!clp_add(grid->nodes[0], 3 * lane, &row) || !clp_add(grid->nodes[1], 2 * layout->ghost, &rows))
        goto overflow;
    layout->pitch = row / lane * lane;
    if (!clp_multiply(layout->pitch, rows, &elements) ||
        !clp_multiply(elements, element_bytes, &layout->bytes))
        goto overflow;
    layout->origin = layout->ghost * layout->pitch + lane;
    return CLP_OK;
overflow:
    return clp_fail(CLP_ERROR_MEMORY,
                    "a field of %zu x %zu nodes does not fit the address space; use fewer nodes",
                    grid->nodes[0], grid->nodes[1]);
}
