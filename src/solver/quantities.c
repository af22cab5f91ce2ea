/* SPDX-License-Identifier: MIT */
#include "solver/quantities.h"

#include <math.h>

/* Half at both ends of an axis: the part of a control volume, or of an edge along a side, that lies in the
 * box. */
static double part(size_t index, size_t count)
{
    return index == 0 || index + 1 == count ? 0.5 : 1;
}

/*
 * What flows from the nodes of a held side into the domain, through the edges that leave the side at a right
 * angle. An edge that runs along another held side joins two held nodes and carries nothing into the domain.
 */
static double side_flux(const clp_operator *op, const double *values, int side)
{
    int axis = side / 2, along = 1 - axis;
    size_t nodes = op->grid.nodes[axis], count = op->grid.nodes[along], width = op->grid.nodes[0];
    size_t across = axis == 0 ? 1 : width, step = axis == 0 ? width : 1;
    const double *edge = values + (side % 2 ? (nodes - 1) * across : 0);
    ptrdiff_t inward = side % 2 ? -(ptrdiff_t)across : (ptrdiff_t)across;
    double area = clp_grid_spacing(&op->grid, 0) * clp_grid_spacing(&op->grid, 1), sum = 0;
    for (size_t i = clp_operator_first(op, along); i < clp_operator_end(op, along); i++) {
        const double *node = edge + i * step;
        sum += part(i, count) * (node[0] - node[inward]);
    }
    return op->conductance[axis] * area * sum;
}

void clp_quantities(const clp_operator *op, const double *values, clp_report *report)
{
    size_t nx = op->grid.nodes[0], ny = op->grid.nodes[1];
    double minimum = values[0], maximum = values[0], sum = 0, x_energy = 0, y_energy = 0;
    for (size_t j = 0; j < ny; j++) {
        const double *row = values + j * nx;
        double row_sum = 0, row_x = 0, row_y = 0;
        for (size_t i = 0; i < nx; i++) {
            minimum = fmin(minimum, row[i]);
            maximum = fmax(maximum, row[i]);
            row_sum += part(i, nx) * row[i];
            if (i + 1 < nx) row_x += (row[i + 1] - row[i]) * (row[i + 1] - row[i]);
            if (j + 1 < ny) row_y += part(i, nx) * (row[nx + i] - row[i]) * (row[nx + i] - row[i]);
        }
        sum += part(j, ny) * row_sum;
        x_energy += part(j, ny) * row_x;
        y_energy += row_y;
    }
    double area = clp_grid_spacing(&op->grid, 0) * clp_grid_spacing(&op->grid, 1);
    report->minimum = minimum;
    report->maximum = maximum;
    report->mean = sum / ((double)(nx - 1) * (double)(ny - 1));
    report->energy = 0.5 * area * (op->conductance[0] * x_energy + op->conductance[1] * y_energy);
    for (int side = 0; side < CLP_SIDES; side++)
        report->flux[side] = op->held[side] ? side_flux(op, values, side) : 0;
}
