/* SPDX-License-Identifier: MIT */
/* Round numbers along an axis, and how they are written. */
#ifndef CLP_IO_TICKS_H
#define CLP_IO_TICKS_H

#include <stddef.h>

enum { CLP_TICKS_MAX = 24, CLP_TICK_TEXT = 48, CLP_TICKS_NOTE = 96 };

/* Ticks in growing order. A label stands for its value by way of the note: value = label note, as in
 * "2" and "×10⁶", or "0.5" and "×10⁻³ + 20"; the note is empty where labels say it all. Texts are UTF-8. */
typedef struct clp_ticks {
    size_t count;
    double values[CLP_TICKS_MAX];
    char labels[CLP_TICKS_MAX][CLP_TICK_TEXT];
    char note[CLP_TICKS_NOTE];
} clp_ticks;

/* The finest round numbers (1, 2, 2.5 or 5 times a power of ten, and their multiples) from low to high that
 * are no more than `most` (1 to CLP_TICKS_MAX); there may be none. Both ends are finite; where rounding keeps
 * them from being told apart, the one tick of clp_ticks_single. */
void clp_ticks_find(double low, double high, size_t most, clp_ticks *ticks);

/* One tick at a value that need not be round, labelled with six digits. */
void clp_ticks_single(double value, clp_ticks *ticks);

#endif
