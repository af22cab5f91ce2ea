/* SPDX-License-Identifier: MIT */
/*
 * Boxes of a field, packed one behind the other, x fastest: what neighbours exchange. A work-item per node.
 *
 * table    for each box: nodes packed before it, the element of its first node, its nodes along x and y
 */
enum { BOX_BEFORE, BOX_ELEMENT, BOX_NX, BOX_NY, BOX_ENTRIES };

/* The element of a field that is packed as number n. */
static ulong element_packed(ulong n, __global const ulong *table, int boxes, ulong width, ulong plane)
{
    __global const ulong *box = table;
    for (int i = 1; i < boxes && n >= box[BOX_ENTRIES + BOX_BEFORE]; i++) box += BOX_ENTRIES;
    const ulong in = n - box[BOX_BEFORE], row = in / box[BOX_NX];
    return box[BOX_ELEMENT] + row / box[BOX_NY] * plane + row % box[BOX_NY] * width + in % box[BOX_NX];
}

__kernel void pack_boxes(__global const REAL *u, __global REAL *packed, __global const ulong *table, int boxes,
                         ulong nodes, ulong width, ulong plane)
{
    const size_t n = get_global_id(0);
    if (n < nodes) packed[n] = u[element_packed(n, table, boxes, width, plane)];
}

__kernel void unpack_boxes(__global REAL *u, __global const REAL *packed, __global const ulong *table, int boxes,
                           ulong nodes, ulong width, ulong plane)
{
    const size_t n = get_global_id(0);
    if (n < nodes) u[element_packed(n, table, boxes, width, plane)] = packed[n];
}
