/* SPDX-License-Identifier: MIT */
/*
 * Sums of signed numbers, which may cancel: in double precision where the device has it. The host adds up those of all
 * groups.
 */
#ifdef USE_FP64
#define SUM double
#else
#define SUM REAL
#endif

/* As two numbers of the level's precision, the second one what the first has rounded away. */
static inline void store_sum(__global REAL *partial, size_t group, SUM sum)
{
    const REAL most = (REAL)sum;
    partial[2 * group] = most;
    partial[2 * group + 1] = (REAL)(sum - most);
}

/* Adds up the numbers of a group's items and stores the sum. */
static inline void sum_group(__local SUM *shared, __global REAL *partial, SUM own)
{
    const size_t item = get_local_id(0);
    shared[item] = own;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (size_t half_items = ITEMS / 2; half_items > 0; half_items /= 2) {
        if (item < half_items) shared[item] += shared[item + half_items];
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    if (item == 0) store_sum(partial, get_group_id(0), shared[0]);
}
