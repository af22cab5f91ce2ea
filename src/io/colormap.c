/* SPDX-License-Identifier: MIT */
#include "io/colormap.h"

#include <clpoisson/output.h>

#include <math.h>

/* Lightness runs from just above black, where displays still separate colours, to just below paper white. */
static const double darkest = 12, lightest = 95;

/*
 * Chroma and hue (in degrees) at equal distances along the map, joined by a Catmull-Rom curve. They were
 * found by a random search that makes the CIEDE2000 steps equal (within 6 per cent) under two conditions: the
 * hue turns one way, from blue through red to yellow, and every colour is inside sRGB.
 */
enum { KNOTS = 9 };
static const double chroma_knots[KNOTS] = {34.8, 43.0, 58.4, 63.0, 57.8, 57.5, 58.8, 57.2, 34.3};
static const double hue_knots[KNOTS] = {291.9, 318.1, 343.0, 367.2, 386.1, 405.2, 424.3, 443.2, 462.0};

/* The curve through equidistant knots; beyond the ends it goes on straight. */
static double interpolate(const double knots[KNOTS], double value)
{
    double place = value * (KNOTS - 1);
    int i = (int)place;
    if (i > KNOTS - 2) i = KNOTS - 2;
    double u = place - i, p1 = knots[i], p2 = knots[i + 1];
    double p0 = i > 0 ? knots[i - 1] : 2 * p1 - p2;
    double p3 = i + 2 < KNOTS ? knots[i + 2] : 2 * p2 - p1;
    return p1 + u / 2 * (p2 - p0 + u * (2 * p0 - 5 * p1 + 4 * p2 - p3 + u * (3 * p1 - p0 - 3 * p2 + p3)));
}

clp_lab clp_colormap_lab(double value)
{
    double chroma = interpolate(chroma_knots, value);
    double hue = interpolate(hue_knots, value) * (acos(-1) / 180);
    return (clp_lab){darkest + (lightest - darkest) * value, chroma * cos(hue), chroma * sin(hue)};
}

/* Inverse of the cube root with a straight piece near black, CIE 15:2004. */
static double uncompress(double t)
{
    return t > 6.0 / 29 ? t * t * t : 3 * (6.0 / 29) * (6.0 / 29) * (t - 4.0 / 29);
}

/* The transfer curve of IEC 61966-2-1. */
static double encode(double linear)
{
    return linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055;
}

void clp_lab_to_srgb(clp_lab color, double srgb[3])
{
    static const double from_xyz[3][3] = {{3.2404542, -1.5371385, -0.4985314},
                                          {-0.9692660, 1.8760108, 0.0415560},
                                          {0.0556434, -0.2040259, 1.0572252}};
    double f = (color.lightness + 16) / 116;
    double x = 0.95047 * uncompress(f + color.a / 500);
    double y = uncompress(f);
    double z = 1.08883 * uncompress(f - color.b / 200);
    for (int i = 0; i < 3; i++)
        srgb[i] = encode(from_xyz[i][0] * x + from_xyz[i][1] * y + from_xyz[i][2] * z);
}

void clp_colormap_make(uint32_t table[CLP_COLORMAP_SIZE])
{
    for (int i = 0; i < CLP_COLORMAP_SIZE; i++) {
        double srgb[3];
        clp_lab_to_srgb(clp_colormap_lab((double)i / (CLP_COLORMAP_SIZE - 1)), srgb);
        table[i] = 0;
        for (int channel = 0; channel < 3; channel++) {
            double level = fmin(fmax(srgb[channel], 0), 1) * 255;
            table[i] = table[i] << 8 | (uint32_t)lround(level);
        }
    }
}

void clp_color_of(double place, unsigned char color[3])
{
    double srgb[3];
    clp_lab_to_srgb(clp_colormap_lab(place > 0 ? place < 1 ? place : 1 : 0), srgb);
    for (int i = 0; i < 3; i++)
        color[i] = (unsigned char)(255 * (srgb[i] > 0 ? srgb[i] < 1 ? srgb[i] : 1 : 0) + 0.5);
}
