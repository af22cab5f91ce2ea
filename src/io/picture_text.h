/* SPDX-License-Identifier: MIT */
/* Text on a page. */
#ifndef CLP_IO_PICTURE_TEXT_H
#define CLP_IO_PICTURE_TEXT_H

#include "io/picture_page.h"

void clp_page_set_font(const clp_page *p, double size, bool bold);

double clp_page_text_width(const clp_page *p, const char *text);

/* Height of digits, which lines of text are centred by. */
double clp_page_cap_height(const clp_page *p);

double clp_page_widest_label(const clp_page *p, const clp_ticks *ticks);

/* Draws a text in one line about a point: align 0 begins there, 0.5 is centred, 1 ends there. */
void clp_page_text(const clp_page *p, const char *text, double x, double y, double align);

/* Draws a text centred at x but within [left, right]: made smaller, then cut, where it is too long. */
void clp_page_fit_text(const clp_page *p, const char *text, double size, bool bold, double x, double y,
                       double left, double right);

#endif
