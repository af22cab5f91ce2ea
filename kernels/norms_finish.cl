/* SPDX-License-Identifier: MIT */
/* The end of every reduction. */
/* The three numbers of all groups, into the first three of result. Runs as one group. */
__kernel void norms_finish(__global const REAL *partial, __global REAL *result, ulong groups)
{
    __local REAL shared[3 * ITEMS];
    REAL largest = 0, squares = 0, field = 0;
    for (size_t group = get_local_id(0); group < groups; group += ITEMS) {
        largest = largest_of(largest, partial[3 * group]);
        squares += partial[3 * group + 1];
        field = largest_of(field, partial[3 * group + 2]);
    }
    reduce_group(shared, result, largest, squares, field);
}
