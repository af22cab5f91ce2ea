/* SPDX-License-Identifier: MIT */
/* --watch: the field in the terminal while it is computed. */
#ifndef APP_WATCH_H
#define APP_WATCH_H

#include <clpoisson/clpoisson.h>

/* Starts as {0}, with the ranks that have a part of the field each; the first one draws. */
typedef struct app_watch {
    clp_ranks *ranks;
    double last, took; /* when it was drawn, and how long that took */
    double low, high;  /* of all that was drawn */
    bool any;
    int lines, columns; /* that the last drawing covers, and of the window then */
    double *values;     /* room for a field */
} app_watch;

/* Reads the field as it is. */
typedef clp_status app_peek(const void *run, double *values);

/* Whether any rank sees to it that --watch is seen: the first, by its terminal. */
bool app_watches(clp_ranks *ranks, bool wanted);

/* Draws it again if it is time to: ten times a second at most, and a twentieth of the time at most. By all
 * ranks together. */
void app_watch_show(app_watch *watch, const clp_grid *grid, app_peek *peek, const void *run);

void app_watch_finish(app_watch *watch);

#endif
