/* SPDX-License-Identifier: MIT */
/* What a picture is made of: ticks, colours, isolines. */
#include "io/colormap.h"
#include "io/isolines.h"
#include "io/ticks.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- ticks ---- */

/* All labels in one text, the note behind them: "0 0.5 1.0 | ×10³". */
static const char *ticks_text(const clp_ticks *ticks)
{
    static char text[2048];
    text[0] = '\0';
    for (size_t i = 0; i < ticks->count; i++) {
        strcat(text, ticks->labels[i]);
        strcat(text, " ");
    }
    strcat(text, "|");
    if (*ticks->note) strcat(strcat(text, " "), ticks->note);
    return text;
}

Test(ticks, are_round_and_short)
{
    static const struct {
        double low, high;
        size_t most;
        const char *text;
    } cases[] = {
        {0, 1, 6, "0 0.2 0.4 0.6 0.8 1.0 |"},
        {0, 1, 5, "0 0.25 0.50 0.75 1.00 |"},
        {0, 0.3, 4, "0 0.1 0.2 0.3 |"},
        {0, 100, 12, "0 10 20 30 40 50 60 70 80 90 100 |"},
        {0, 100, 3, "0 50 100 |"},
        {-5, 5, 6, "−4 −2 0 2 4 |"},
        {-1, 1, 5, "−1.0 −0.5 0 0.5 1.0 |"},
        {0.1, 0.9, 1, "0.5 |"},
        {1.1, 1.4, 2, "1.2 1.4 |"},
        {0, 1e6, 6, "0 0.2 0.4 0.6 0.8 1.0 | ×10⁶"},
        {0, 1e5, 6, "0 20 40 60 80 100 | ×10³"},
        {0, 1e4, 6, "0 2000 4000 6000 8000 10000 |"},
        {0, 1e-3, 3, "0 0.0005 0.0010 |"},
        {0, 1e-5, 3, "0 5 10 | ×10⁻⁶"},
        {-1e-300, 1e-300, 3, "−1 0 1 | ×10⁻³⁰⁰"},
        {0, 1e300, 3, "0 0.5 1.0 | ×10³⁰⁰"},
        {1e6, 1e6 + 1e-3, 3, "0 0.0005 0.0010 | + 1000000"},
        {1000000.5, 1000001.5, 5, "0.6 0.8 1.0 1.2 1.4 | + 1000000"},
        {-1000001.5, -1000000.5, 3, "−1.5 −1.0 −0.5 | − 1000000"},
        {999999.999, 1000000.001, 5, "−0.0010 −0.0005 0 0.0005 0.0010 | + 1000000"},
        {1.5e9, 1.5e9 + 2e-3, 3, "0 0.001 0.002 | + 1.5×10⁹"},
        {273.15, 273.25, 3, "273.15 273.20 273.25 |"},
        {2.5e-9, 2.5e-9 + 1e-18, 3, "0 0.5 1.0 | ×10⁻¹⁸ + 2.5×10⁻⁹"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        clp_ticks ticks;
        clp_ticks_find(cases[i].low, cases[i].high, cases[i].most, &ticks);
        cr_expect_str_eq(ticks_text(&ticks), cases[i].text, "%g to %g, %zu: got %s, wanted %s", cases[i].low,
                         cases[i].high, cases[i].most, ticks_text(&ticks), cases[i].text);
    }
}

Test(ticks, have_the_values_that_their_labels_say)
{
    clp_ticks ticks;
    clp_ticks_find(0, 0.7, 8, &ticks);
    cr_assert_eq(ticks.count, 8);
    for (size_t i = 0; i < ticks.count; i++) cr_expect_eq(ticks.values[i], strtod(ticks.labels[i], NULL));
}

Test(ticks, lie_in_the_range_and_grow)
{
    srand(7);
    for (int trial = 0; trial < 3000; trial++) {
        double low = ldexp((double)rand() / RAND_MAX - 0.5, rand() % 600 - 300);
        double high = low + ldexp((double)rand() / RAND_MAX, rand() % 600 - 300);
        size_t most = (size_t)(1 + rand() % CLP_TICKS_MAX);
        clp_ticks ticks;
        clp_ticks_find(low, high, most, &ticks);
        cr_assert_leq(ticks.count, most, "%g to %g", low, high);
        double slack = 1e-6 * (high - low) + 1e-15 * fabs(low);
        for (size_t i = 0; i < ticks.count; i++) {
            cr_assert(ticks.values[i] >= low - slack && ticks.values[i] <= high + slack, "%.17g to %.17g",
                      low, high);
            cr_assert(i == 0 || ticks.values[i] > ticks.values[i - 1], "%.17g to %.17g", low, high);
            cr_assert(i == 0 || strcmp(ticks.labels[i], ticks.labels[i - 1]), "%.17g to %.17g", low, high);
            cr_assert_lt(strlen(ticks.labels[i]), 12, "%s", ticks.labels[i]);
        }
        if (most >= 8 && high - low > 1e-12 * fabs(low))
            cr_assert_geq(ticks.count, 3, "%.17g to %.17g", low, high);
    }
}

Test(ticks, survive_the_ends_of_double)
{
    clp_ticks ticks;
    clp_ticks_find(-DBL_MAX, DBL_MAX, 5, &ticks);
    cr_expect_str_eq(ticks_text(&ticks), "−100 0 100 | ×10³⁰⁶");
    clp_ticks_find(-DBL_MAX, DBL_MAX, 1, &ticks);
    cr_expect_leq(ticks.count, 1);
    clp_ticks_find(0, DBL_TRUE_MIN, 5, &ticks);
    cr_expect_eq(ticks.count, 1);
    clp_ticks_find(3, 3, 5, &ticks);
    cr_expect_str_eq(ticks_text(&ticks), "3 |");
    clp_ticks_single(-1.0 / 3, &ticks);
    cr_expect_str_eq(ticks_text(&ticks), "−0.333333 |");
    clp_ticks_single(0, &ticks);
    cr_expect_str_eq(ticks_text(&ticks), "0 |");
    clp_ticks_single(2.5e20, &ticks);
    cr_expect_str_eq(ticks_text(&ticks), "250 | ×10¹⁸");
}

/* ---- colours ---- */

static double rad(double degrees)
{
    return degrees * acos(-1) / 180;
}

/* CIEDE2000 after Sharma, Wu and Dalal (2005). */
static double difference(clp_lab p, clp_lab q)
{
    double mean_c = (hypot(p.a, p.b) + hypot(q.a, q.b)) / 2;
    double g = 1.5 - 0.5 * sqrt(pow(mean_c, 7) / (pow(mean_c, 7) + pow(25, 7)));
    double c1 = hypot(p.a * g, p.b), c2 = hypot(q.a * g, q.b), cm = (c1 + c2) / 2;
    double h1 = atan2(p.b, p.a * g) / rad(1), h2 = atan2(q.b, q.a * g) / rad(1);
    double dh = remainder(h2 - h1, 360), hm = fmod(h1 + dh / 2 + 720, 360);
    double dl = q.lightness - p.lightness, lm = (q.lightness + p.lightness) / 2;
    double t = 1 - 0.17 * cos(rad(hm - 30)) + 0.24 * cos(rad(2 * hm)) + 0.32 * cos(rad(3 * hm + 6)) -
               0.2 * cos(rad(4 * hm - 63));
    double sl = 1 + 0.015 * (lm - 50) * (lm - 50) / sqrt(20 + (lm - 50) * (lm - 50));
    double sc = 1 + 0.045 * cm, sh = 1 + 0.015 * cm * t;
    double turn = 60 * exp(-pow((hm - 275) / 25, 2));
    double rt = -2 * sqrt(pow(cm, 7) / (pow(cm, 7) + pow(25, 7))) * sin(rad(turn));
    double l = dl / sl, c = (c2 - c1) / sc, h = 2 * sqrt(c1 * c2) * sin(rad(dh / 2)) / sh;
    return sqrt(l * l + c * c + h * h + rt * c * h);
}

Test(colormap, knows_white_and_the_primaries)
{
    static const struct {
        clp_lab lab;
        double srgb[3];
    } cases[] = {{{100, 0, 0}, {1, 1, 1}},
                 {{0, 0, 0}, {0, 0, 0}},
                 {{53.2408, 80.0925, 67.2032}, {1, 0, 0}},
                 {{32.2970, 79.1875, -107.8602}, {0, 0, 1}}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double srgb[3];
        clp_lab_to_srgb(cases[i].lab, srgb);
        for (int k = 0; k < 3; k++) cr_expect_float_eq(srgb[k], cases[i].srgb[k], 2e-3, "colour %zu", i);
    }
}

Test(colormap, grows_lighter_in_equal_steps_inside_srgb)
{
    enum { STEPS = 256 };
    double least = INFINITY, most = 0;
    for (int i = 0; i <= STEPS; i++) {
        clp_lab here = clp_colormap_lab((double)i / STEPS);
        double srgb[3];
        clp_lab_to_srgb(here, srgb);
        for (int k = 0; k < 3; k++)
            cr_expect(srgb[k] >= 0 && srgb[k] <= 1, "channel %d at %d: %g", k, i, srgb[k]);
        if (i == 0) continue;
        clp_lab before = clp_colormap_lab((double)(i - 1) / STEPS);
        cr_expect_float_eq(here.lightness - before.lightness, 83.0 / STEPS, 1e-9);
        least = fmin(least, difference(before, here));
        most = fmax(most, difference(before, here));
    }
    cr_expect_lt(most / least, 1.2, "steps from %g to %g", least, most);
}

Test(colormap, table_covers_the_range)
{
    uint32_t table[CLP_COLORMAP_SIZE];
    clp_colormap_make(table);
    cr_expect_eq(clp_colormap_find(table, 0), table[0]);
    cr_expect_eq(clp_colormap_find(table, 1), table[CLP_COLORMAP_SIZE - 1]);
    cr_expect_eq(clp_colormap_find(table, -3), table[0]);
    cr_expect_eq(clp_colormap_find(table, 1e30f), table[CLP_COLORMAP_SIZE - 1]);
    for (int i = 1; i < CLP_COLORMAP_SIZE; i++)
        for (int shift = 0; shift < 24; shift += 8) {
            int step = (int)(table[i] >> shift & 255) - (int)(table[i - 1] >> shift & 255);
            cr_expect_leq(abs(step), 2, "a jump of %d at %d", step, i);
        }
}

/* ---- isolines ---- */

enum { SIDE = 61 };

typedef double surface_function(double x, double y);

static double plane(double x, double y)
{
    return x + 2 * y;
}

static double cone(double x, double y)
{
    return hypot(x - 30.3, y - 29.6);
}

static double saddle(double x, double y)
{
    return (x - 30) * (y - 30);
}

static double flat(double x, double y)
{
    (void)x, (void)y;
    return 7;
}

static clp_isoline find_line(surface_function *function, size_t stride, float level)
{
    static float values[SIDE * SIDE];
    clp_samples samples = {SIDE, SIDE, values};
    for (int j = 0; j < SIDE; j++)
        for (int i = 0; i < SIDE; i++) values[j * SIDE + i] = (float)function(i, j);
    clp_isoline line = {0};
    cr_assert_eq(clp_isoline_find(&samples, stride, level, 100000, &line), CLP_OK);
    cr_assert_not(line.crowded);
    return line;
}

/* How often a point is the end of a segment. */
static int ends_at(const clp_isoline *line, float x, float y)
{
    int ends = 0;
    for (size_t i = 0; i < line->count; i++) {
        const clp_segment *s = &line->segments[i];
        ends += (s->x0 == x && s->y0 == y) + (s->x1 == x && s->y1 == y);
    }
    return ends;
}

Test(isolines, of_a_plane_are_straight)
{
    static const float levels[] = {47.5f, 60, 60.3f}; /* 60 runs through nodes */
    for (size_t k = 0; k < 3; k++)
        for (size_t stride = 1; stride < 8; stride += 3) {
            clp_isoline line = find_line(plane, stride, levels[k]);
            double length = 0;
            for (size_t i = 0; i < line.count; i++) {
                const clp_segment *s = &line.segments[i];
                cr_expect_float_eq(plane((double)s->x0, (double)s->y0), (double)levels[k], 1e-4);
                cr_expect_float_eq(plane((double)s->x1, (double)s->y1), (double)levels[k], 1e-4);
                length += hypot((double)(s->x1 - s->x0), (double)(s->y1 - s->y0));
            }
            double across = fmin((double)levels[k], SIDE - 1);
            cr_expect_float_eq(length, across * sqrt(1.25), 1e-3, "level %g, stride %zu", (double)levels[k],
                               stride);
            clp_isoline_finish(&line);
        }
}

Test(isolines, of_a_cone_are_closed_circles)
{
    for (size_t stride = 1; stride <= 2; stride++) {
        clp_isoline line = find_line(cone, stride, 20);
        cr_assert_gt(line.count, 50);
        for (size_t i = 0; i < line.count; i++) {
            const clp_segment *s = &line.segments[i];
            cr_expect_float_eq(cone((double)s->x0, (double)s->y0), 20, 0.05);
            cr_expect_eq(ends_at(&line, s->x0, s->y0), 2);
            cr_expect_eq(ends_at(&line, s->x1, s->y1), 2);
        }
        clp_isoline_finish(&line);
    }
}

Test(isolines, of_a_saddle_do_not_end_inside)
{
    static const float levels[] = {-0.2f, 0, 0.2f, 30};
    for (size_t k = 0; k < 4; k++) {
        clp_isoline line = find_line(saddle, 1, levels[k]);
        cr_assert_gt(line.count, 50);
        for (size_t i = 0; i < line.count; i++) {
            const clp_segment *s = &line.segments[i];
            bool rim = s->x0 == 0 || s->y0 == 0 || s->x0 == SIDE - 1 || s->y0 == SIDE - 1;
            cr_expect_float_eq(saddle((double)s->x0, (double)s->y0), (double)levels[k], 0.01);
            cr_expect(rim || ends_at(&line, s->x0, s->y0) % 2 == 0, "level %g at %g, %g", (double)levels[k],
                      (double)s->x0, (double)s->y0);
        }
        clp_isoline_finish(&line);
    }
}

Test(isolines, join_a_saddle_cell_like_the_surface_in_it)
{
    float values[4] = {1, 0, 0, 2}; /* saddle point at 2/3 */
    clp_samples samples = {2, 2, values};
    clp_isoline line = {0};
    cr_assert_eq(clp_isoline_find(&samples, 1, 0.6f, 10, &line), CLP_OK);
    cr_assert_eq(line.count,
                 2); /* corners 0 and 2 hang together: a line cuts off corner 1, at the lower right */
    cr_expect(line.segments[0].x0 > 0 && line.segments[0].y0 == 0 && line.segments[0].x1 == 1);
    cr_assert_eq(clp_isoline_find(&samples, 1, 0.8f, 10, &line), CLP_OK);
    cr_assert_eq(line.count, 2); /* now they are apart: a line cuts off corner 0 */
    cr_expect(line.segments[0].x0 == 0 && line.segments[0].y1 == 0);
    clp_isoline_finish(&line);
}

Test(isolines, are_none_where_there_is_nothing)
{
    clp_isoline line = find_line(flat, 1, 7);
    cr_expect_eq(line.count, 0);
    clp_isoline_finish(&line);
    line = find_line(plane, 1, 1e6f);
    cr_expect_eq(line.count, 0);
    clp_isoline_finish(&line);
    float values[9] = {0, 0, 0, 0, 1, 0, 0, 0, NAN};
    clp_samples samples = {3, 3, values};
    cr_assert_eq(clp_isoline_find(&samples, 1, 1, 10, &line), CLP_OK); /* a peak that just touches */
    cr_expect_eq(line.count, 0);
    cr_assert_eq(clp_isoline_find(&samples, 1, 0.5f, 10, &line), CLP_OK);
    cr_expect_eq(line.count, 3);
    cr_assert_eq(clp_isoline_find(&samples, 1, 0.5f, 1, &line), CLP_OK);
    cr_expect(line.crowded);
    clp_isoline_finish(&line);
}
