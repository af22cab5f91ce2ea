/* SPDX-License-Identifier: MIT */
/* The residual, as residual.cl computes it, row by row: rows.cl. */
__attribute__((noinline)) static void residual_row(__global REAL *restrict r, FIELD_PARAMETERS, COEFFICIENT_PARAMETERS,
                                                   REAL diagonal, REAL source, int count)
{
    ROW_LOOP
    for (int i = 0; i < count; i++) {
        const REAL value = diagonal * FLOW + source * q[i];
        r[i] = IF_FREE(i, value);
    }
}

__kernel void residual(__global const REAL *u, __global REAL *r, __global const REAL *q, const layout_t at, int sourced,
                       REAL x, REAL y, REAL z, REAL diagonal NETWORK_PARAMETERS)
{
    const size_t first = get_global_id(0) * ROWS, end = min(first + ROWS, (size_t)(at.ny * at.nz));
    const REAL source = sourced ? 1 : 0; /* without one q is u: anything finite, where u is */
    u += at.origin;
    r += at.origin;
    q += at.origin;
    const network_t network = NETWORK_OF(at.origin);
    for (size_t row = first; row < end; row++) {
        const size_t j = row % at.ny, k = row / at.ny, start = node_index(0, j, k, at);
        const rows_t rows = rows_around(u, j, k, at);
        const coefficients_t c = coefficients_of(network, j, k, at, x, y, z);
        if (row_is_held(j, k, at)) {
            for (size_t i = 0; i < at.nx; i++) r[start + i] = 0;
            continue;
        }
        residual_row(r + start + 1, FIELD_AT(rows, q + start, 1), COEFFICIENTS_AT(c, 1), diagonal, source,
                     (int)at.nx - 2);
        for (size_t i = 0; i < at.nx; i += at.nx - 1)
            r[start + i] = residual_node(network, u, q, i, j, k, at, sourced, x, y, z, diagonal);
    }
}
