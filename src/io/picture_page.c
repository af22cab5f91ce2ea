/* SPDX-License-Identifier: MIT */
#include "io/picture_page.h"

#include "base/checked.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Length of the UTF-8 character that a text begins with; 0 if it is none. */
static size_t character_length(const char *text)
{
    const unsigned char *byte = (const unsigned char *)text;
    if (byte[0] < 0x80) return 1;
    size_t length = byte[0] >= 0xf0 ? 4 : byte[0] >= 0xe0 ? 3 : 2;
    if (byte[0] < 0xc2 || byte[0] > 0xf4) return 0;
    for (size_t i = 1; i < length; i++)
        if ((byte[i] & 0xc0) != 0x80) return 0;
    bool overlong = (byte[0] == 0xe0 && byte[1] < 0xa0) || (byte[0] == 0xf0 && byte[1] < 0x90);
    bool beyond = (byte[0] == 0xed && byte[1] >= 0xa0) || (byte[0] == 0xf4 && byte[1] >= 0x90);
    return overlong || beyond ? 0 : length;
}

void clp_text_clean(char destination[CLP_PAGE_TEXT], const char *text)
{
    size_t used = 0;
    while (text && *text) {
        size_t length = character_length(text), kept = clp_max(length, 1);
        if (used + kept >= CLP_PAGE_TEXT) break;
        memcpy(destination + used, text, kept);
        if (length == 0) destination[used] = '?';
        if (length == 1 && ((unsigned char)*text < 0x20 || *text == 0x7f)) destination[used] = ' ';
        used += kept;
        text += kept;
    }
    destination[used] = '\0';
}

void clp_page_set_font(const clp_page *p, double size, bool bold)
{
    cairo_select_font_face(p->cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(p->cairo, size);
}

static double text_width(const clp_page *p, const char *text)
{
    cairo_text_extents_t extents;
    cairo_text_extents(p->cairo, text, &extents);
    return extents.x_advance;
}

double clp_page_cap_height(const clp_page *p)
{
    cairo_text_extents_t extents;
    cairo_text_extents(p->cairo, "0", &extents);
    return extents.height;
}

void clp_page_text(const clp_page *p, const char *text, double x, double y, double align)
{
    cairo_move_to(p->cairo, x - align * text_width(p, text), y + clp_page_cap_height(p) / 2);
    cairo_show_text(p->cairo, text);
}

void clp_page_fit_text(const clp_page *p, const char *text, double size, bool bold, double x, double y,
                       double left, double right)
{
    char cut[CLP_PAGE_TEXT + 4];
    double room = right - left;
    clp_page_set_font(p, size, bold);
    double width = text_width(p, text);
    if (width > room) clp_page_set_font(p, size * fmax(0.7, room / width * 0.99), bold);
    strcpy(cut, text);
    for (size_t length = strlen(text); length > 0 && text_width(p, cut) > room;) {
        do length--;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80);
        strcpy(cut + length, "\u2026");
    }
    width = text_width(p, cut);
    clp_page_text(p, cut, fmax(left, fmin(x - width / 2, right - width)), y, 0);
}

double clp_page_widest_label(const clp_page *p, const clp_ticks *ticks)
{
    double widest = 0;
    for (size_t i = 0; i < ticks->count; i++) widest = fmax(widest, text_width(p, ticks->labels[i]));
    return widest;
}

double clp_place_of(double value, double low, double high)
{
    double half = high / 2 - low / 2;
    return half > 0 ? fmin(fmax((value / 2 - low / 2) / half, 0), 1) : 0.5;
}

/* Whether labels along a length keep their distance; across: they stand beside each other. */
static bool labels_fit(const clp_page *p, const clp_ticks *ticks, double low, double high, double length,
                       bool across)
{
    for (size_t i = 1; i < ticks->count; i++) {
        double distance =
            (clp_place_of(ticks->values[i], low, high) - clp_place_of(ticks->values[i - 1], low, high));
        double needed = 1.5 * p->font;
        if (across)
            needed = text_width(p, ticks->labels[i]) / 2 + text_width(p, ticks->labels[i - 1]) / 2 + p->font;
        if (distance * length < needed) return false;
    }
    return true;
}

/* The most ticks, up to one per `spacing`, whose labels keep their distance. */
static void choose_ticks(const clp_page *p, double low, double high, double length, double spacing,
                         bool across, size_t most, clp_ticks *ticks)
{
    most = clp_max(2, clp_min(most, (size_t)(length / spacing)));
    do clp_ticks_find(low, high, most, ticks);
    while (!labels_fit(p, ticks, low, high, length, across) && --most > 0);
}

static void choose_all_ticks(clp_page *p)
{
    double lengths[CLP_AXES] = {p->map.width, p->map.height};
    clp_page_set_font(p, p->font, false);
    for (int axis = 0; axis < CLP_AXES; axis++) {
        double begin = p->grid->origin[axis];
        choose_ticks(p, begin, begin + p->grid->size[axis], lengths[axis], axis ? 3 * p->font : 4 * p->font,
                     axis == 0, 9, &p->axes[axis]);
        const char *note = p->axes[axis].note;
        snprintf(p->names[axis], sizeof p->names[axis], *note ? "%s  (%s)" : "%s", axis ? "y" : "x", note);
    }
    if (p->low < p->high)
        choose_ticks(p, p->low, p->high, p->bar_below ? p->bar.width : p->bar.height, 2.2 * p->font,
                     p->bar_below, 12, &p->bar_ticks);
    else if (p->any)
        clp_ticks_single(p->low, &p->bar_ticks);
}

/* True aspect up to 4:1; beyond, the ratio grows with its fourth root, up to 8:1. */
static double drawn_aspect(const clp_grid *grid)
{
    double aspect = grid->size[0] / grid->size[1];
    bool tall = aspect < 1;
    double ratio = fmin(tall ? 1 / aspect : aspect, DBL_MAX);
    if (ratio > 4) ratio = fmin(4 * pow(ratio / 4, 0.25), 8);
    return tall ? 1 / ratio : ratio;
}

/* Room around the map for everything else. */
typedef struct margins {
    double left, right, top, bottom;
} margins;

static margins margins_of(const clp_page *p)
{
    double f = p->font, pad = 0.7 * f;
    clp_page_set_font(p, f, false);
    double x_overhang = clp_page_widest_label(p, &p->axes[0]) / 2,
           bar_label = clp_page_widest_label(p, &p->bar_ticks);
    margins m = {.left = pad + 1.7 * f + clp_page_widest_label(p, &p->axes[1]) + 0.7 * f,
                 .right = fmax(pad, pad / 2 + x_overhang),
                 .top = pad + 0.4 * f,
                 .bottom = 0.7 * f + 1.0 * f + 0.5 * f + 1.0 * f + pad};
    if (p->bar_below) {
        m.bottom += 0.6 * f + 1.1 * f + 0.7 * f + f;
        m.right = fmax(m.right, pad / 2 + bar_label / 2);
        if (*p->bar_ticks.note) m.bottom += 1.3 * f;
    } else {
        m.right = fmax(m.right, 1.1 * f + 1.2 * f + 0.7 * f + bar_label + pad);
        if (*p->bar_ticks.note) m.top += 1.5 * f;
    }
    if (*p->title) m.top += 2 * f;
    if (*p->mark) m.top += 2.3 * f;
    return m;
}

/* Places map and bar; the map gets whole pixels. */
static void place(clp_page *p, const margins *m)
{
    double f = p->font, aspect = drawn_aspect(p->grid);
    double room = fmax(p->width - m->left - m->right, 3 * f), most = 1.5 * p->width;
    p->map.width = room;
    p->map.height = fmax(room / aspect, 3 * f);
    if (p->map.height > most) {
        p->map.height = most;
        p->map.width = fmin(room, fmax(most * aspect, 5 * f));
    }
    p->map = (clp_box){floor(m->left + (room - p->map.width) / 2), floor(m->top), floor(p->map.width),
                       floor(p->map.height)};
    p->height = ceil(m->top + p->map.height + m->bottom);
    if (p->bar_below)
        p->bar = (clp_box){p->map.x, floor(p->map.y + p->map.height + 3.8 * f), p->map.width, floor(1.1 * f)};
    else
        p->bar = (clp_box){floor(p->map.x + p->map.width + 1.1 * f), p->map.y, floor(1.2 * f), p->map.height};
}

/* Labels need room, which decides how many there are: two or three rounds settle it. Margins only grow, so
 * that the last labels fit as well. */
void clp_page_lay_out(clp_page *p)
{
    p->line = fmax(1, floor(p->width / 1000 + 0.25));
    p->bar_below = drawn_aspect(p->grid) > 2;
    p->font = fmax(7 + p->width / 100, p->width / 60);
    for (;; p->font *= 0.9) {
        margins m = margins_of(p);
        for (int round = 0; round < 4; round++) {
            place(p, &m);
            choose_all_ticks(p);
            margins now = margins_of(p);
            m = (margins){fmax(m.left, now.left), fmax(m.right, now.right), fmax(m.top, now.top),
                          fmax(m.bottom, now.bottom)};
        }
        place(p, &m);
        bool roomy = p->width - m.left - m.right > 0.4 * p->width;
        if (roomy || p->font < 6) return; /* long labels on a small page: rather small than no map */
    }
}
