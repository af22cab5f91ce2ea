/* SPDX-License-Identifier: MIT */
/*
 * The tables of a transfer (backend/transfer.h on the host), behind one another: per axis the gathered nodes and their
 * weights, all coarse nodes per tap; then per axis the coarse node below and the part of the way, per fine node.
 */
#define TAPS 4

/* Where the tables of an axis begin. */
typedef struct {
    size_t gather_x, gather_y, gather_z, below_x, below_y, below_z;
} tables_t;

static inline tables_t tables_of(const layout_t fine, const layout_t coarse)
{
    tables_t t;
    t.gather_x = 0;
    t.gather_y = TAPS * coarse.nx;
    t.gather_z = t.gather_y + TAPS * coarse.ny;
    t.below_x = t.gather_z + TAPS * coarse.nz;
    t.below_y = t.below_x + fine.nx;
    t.below_z = t.below_y + fine.ny;
    return t;
}
