/* SPDX-License-Identifier: MIT */
/* One sweep, row by row: rows.cl. For three dimensions, where sweep_rows.cl has no pipeline. */
__attribute__((noinline)) static void sweep_row(__global REAL *restrict v, FIELD_PARAMETERS, COEFFICIENT_PARAMETERS,
                                                REAL keep, REAL source, int count)
{
    for (int i = 0; i < count; i++) {
#if NETWORK && HAS_SOURCE
        v[i] = u[i] + keep * inverse[i] * (FLOW + source * q[i]);
#elif NETWORK
        v[i] = u[i] + keep * inverse[i] * FLOW;
#elif HAS_SOURCE
        v[i] = keep * u[i] + NEIGHBOURS + source * q[i];
#else
        v[i] = keep * u[i] + NEIGHBOURS;
#endif
    }
}

__kernel void sweep_row_by_row(__global const REAL *u, __global REAL *v, __global const REAL *q, const layout_t at,
                               const weights_t weights NETWORK_PARAMETERS)
{
    const size_t first = get_global_id(0) * ROWS, end = min(first + ROWS, (size_t)(at.ny * at.nz));
    const network_t network = NETWORK_OF(at.origin);
    u += at.origin;
    v += at.origin;
    q += at.origin;
    for (size_t row = first; row < end; row++) {
        const size_t j = row % at.ny, k = row / at.ny, start = node_index(0, j, k, at);
        const rows_t rows = rows_around(u, j, k, at);
        const coefficients_t c = coefficients_of(network, j, k, at, weights.x, weights.y, weights.z);
        if (row_is_held(j, k, at)) {
            for (size_t i = 0; i < at.nx; i++) v[start + i] = u[start + i];
            continue;
        }
        sweep_row(v + start + 1, FIELD_AT(rows, q + start, 1), COEFFICIENTS_AT(c, 1), weights.keep, weights.source,
                  (int)at.nx - 2);
        for (size_t i = 0; i < at.nx; i += at.nx - 1)
            v[start + i] = swept_node(network, u, q, i, j, k, at, weights);
    }
}
