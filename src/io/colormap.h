/* SPDX-License-Identifier: MIT */
/* The colours of a heat map: dark blue, violet, red, orange, pale yellow, in equal steps to the eye. */
#ifndef CLP_IO_COLORMAP_H
#define CLP_IO_COLORMAP_H

#include <stdint.h>

/* More entries than there are grey levels in a byte, so that neighbours differ by one step of a channel. */
enum { CLP_COLORMAP_SIZE = 1024 };

/* A colour in CIELAB under the white point D65. */
typedef struct clp_lab {
    double lightness, a, b;
} clp_lab;

/* The colour of a value between 0 and 1; lightness grows linearly with it. */
clp_lab clp_colormap_lab(double value);

/* Red, green and blue of the sRGB standard; outside 0 to 1 where a display cannot show the colour. */
void clp_lab_to_srgb(clp_lab color, double srgb[3]);

/* Fills a table of 0x00RRGGBB from the value 0 to the value 1. */
void clp_colormap_make(uint32_t table[CLP_COLORMAP_SIZE]);

/* The entry of a value; what lies outside 0 to 1 is taken to the nearer end. */
static inline uint32_t clp_colormap_find(const uint32_t table[CLP_COLORMAP_SIZE], float value)
{
    float place = value * (float)(CLP_COLORMAP_SIZE - 1) + 0.5f;
    if (!(place > 0)) return table[0];
    return table[place < (float)CLP_COLORMAP_SIZE ? (int)place : CLP_COLORMAP_SIZE - 1];
}

#endif
