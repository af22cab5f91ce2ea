/* SPDX-License-Identifier: MIT */
#include "io/picture_text.h"

#include <math.h>
#include <string.h>

void clp_page_set_font(const clp_page *p, double size, bool bold)
{
    cairo_select_font_face(p->cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(p->cairo, size);
}

double clp_page_text_width(const clp_page *p, const char *text)
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
    cairo_move_to(p->cairo, x - align * clp_page_text_width(p, text), y + clp_page_cap_height(p) / 2);
    cairo_show_text(p->cairo, text);
}

void clp_page_fit_text(const clp_page *p, const char *text, double size, bool bold, double x, double y,
                       double left, double right)
{
    char cut[CLP_PAGE_TEXT + 4];
    double room = right - left;
    clp_page_set_font(p, size, bold);
    double width = clp_page_text_width(p, text);
    if (width > room) clp_page_set_font(p, size * fmax(0.7, room / width * 0.99), bold);
    strcpy(cut, text);
    for (size_t length = strlen(text); length > 0 && clp_page_text_width(p, cut) > room;) {
        do length--;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80);
        strcpy(cut + length, "\u2026");
    }
    width = clp_page_text_width(p, cut);
    clp_page_text(p, cut, fmax(left, fmin(x - width / 2, right - width)), y, 0);
}

double clp_page_widest_label(const clp_page *p, const clp_ticks *ticks)
{
    double widest = 0;
    for (size_t i = 0; i < ticks->count; i++) widest = fmax(widest, clp_page_text_width(p, ticks->labels[i]));
    return widest;
}
