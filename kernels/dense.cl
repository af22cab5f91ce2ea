/* SPDX-License-Identifier: MIT */
/* The coarsest level made by Galerkin's principle, solved at once. */

/* u = M q for a matrix over all nodes, row by row. */
__kernel void dense(__global const REAL *matrix, __global const REAL *q, __global REAL *u, const layout_t at)
{
    const int x = (int)get_global_id(0), y = (int)get_global_id(1), z = DIM == 3 ? (int)get_global_id(2) : 0;
    if (x >= (int)at.nx || y >= (int)at.ny || z >= (int)at.nz) return;
    const int rows = (int)(at.ny * at.nz), nx = (int)at.nx;
    matrix += (size_t)((z * (int)at.ny + y) * nx + x) * (size_t)(rows * nx);
    REAL sum = 0;
    for (int row = 0; row < rows; row++) {
        __global const REAL *from = q + element(node_of(0, row % (int)at.ny, row / (int)at.ny), at);
        for (int i = 0; i < nx; i++) sum += matrix[row * nx + i] * from[i];
    }
    u[element(node_of(x, y, z), at)] = sum;
}
