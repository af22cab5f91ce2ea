/* SPDX-License-Identifier: MIT */
#include "app/watch.h"

#include "app/ranks.h"
#include "app/terminal.h"
#include "app/write.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* What is drawn: pixels of a plane, two of them in a character where there is colour. */
typedef struct canvas {
    size_t width, height, per_line;
} canvas;

enum { LINES_BESIDE = 2 /* the progress line, and one to spare */, LEAST = 4 };

static void window_size(int *columns, int *lines)
{
    struct winsize size;
    bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0;
    *columns = known ? size.ws_col : 80;
    *lines = known ? size.ws_row : 24;
}

/* As large as the window has room for, in the proportions of the box: characters are twice as high as wide.
 */
static canvas fit(const clp_grid *grid, int columns, int lines)
{
    canvas made = {.per_line = terminal.colour ? 2 : 1};
    double shape = grid->size[1] / grid->size[0] * (terminal.colour ? 1 : 0.5);
    double width = fmin(fmax(columns - 1, LEAST), (double)grid->nodes[0]);
    double height = (double)made.per_line * fmax(lines - LINES_BESIDE, LEAST);
    if (width * shape > height) width = height / shape;
    made.width = (size_t)fmax(width, LEAST);
    made.height = (size_t)fmax(fmin((double)made.width * shape, height), 1);
    made.height += made.height % made.per_line;
    return made;
}

/* The value at a pixel, y upwards; in three dimensions of the plane in the middle. */
static double at_pixel(const clp_grid *grid, const double *values, const canvas *to, size_t x, size_t y)
{
    const double share[CLP_AXES] = {((double)x + 0.5) / (double)to->width,
                                    1 - ((double)y + 0.5) / (double)to->height, 0.5};
    double point[CLP_AXES];
    for (int axis = 0; axis < CLP_AXES; axis++)
        point[axis] = grid->origin[axis] + share[axis] * grid->size[axis];
    return clp_grid_interpolate(grid, values, point);
}

static double place_of(const app_watch *watch, double value)
{
    return watch->high > watch->low ? (value - watch->low) / (watch->high - watch->low) : 0.5;
}

static void draw_line(const app_watch *watch, const clp_grid *grid, const double *values, const canvas *to,
                      size_t y)
{
    static const char ramp[] = " .:-=+*#%@";
    for (size_t x = 0; x < to->width; x++) {
        double upper = place_of(watch, at_pixel(grid, values, to, x, y));
        if (!terminal.colour) {
            fputc(ramp[(size_t)fmin(fmax(upper, 0) * 10, 9)], stderr);
            continue;
        }
        unsigned char above[3], below[3];
        clp_color_of(upper, above);
        clp_color_of(place_of(watch, at_pixel(grid, values, to, x, y + 1)), below);
        fprintf(stderr, "\033[38;2;%d;%d;%dm\033[48;2;%d;%d;%dm\xe2\x96\x80", above[0], above[1], above[2],
                below[0], below[1], below[2]);
    }
    fputs(terminal.colour ? "\033[0m\033[K\n" : "\033[K\n", stderr);
}

static void draw(app_watch *watch, const clp_grid *grid, const double *values)
{
    int columns, lines;
    window_size(&columns, &lines);
    canvas to = fit(grid, columns, lines);
    int covered = (int)(to.height / to.per_line);
    app_end_progress();
    if (watch->lines > 0 && columns == watch->columns && covered == watch->lines)
        fprintf(stderr, "\033[%dA", watch->lines); /* over the one before */
    else if (watch->lines > 0)
        fputs("\033[2J\033[H", stderr); /* a window of another size has broken the lines anew */
    for (size_t y = 0; y < to.height; y += to.per_line) draw_line(watch, grid, values, &to, y);
    fflush(stderr);
    watch->lines = covered;
    watch->columns = columns;
}

/* What the first rank says. */
static bool first_says(clp_ranks *ranks, bool own)
{
    char said[2] = {own ? 'y' : 'n', '\0'};
    return clp_ranks_spread_text(ranks, said, sizeof said) == CLP_OK && said[0] == 'y';
}

bool app_watches(clp_ranks *ranks, bool wanted)
{
    return wanted && first_says(ranks, terminal.interactive && !terminal.quiet);
}

/* False where there is nothing to be shown. */
static bool widen_range(app_watch *watch, const double *values, size_t count)
{
    for (size_t p = 0; p < count; p++) {
        if (!isfinite(values[p])) return false;
        watch->low = watch->any ? fmin(watch->low, values[p]) : values[p];
        watch->high = watch->any ? fmax(watch->high, values[p]) : values[p];
        watch->any = true;
    }
    return true;
}

/* The field as it is, or as much of it as a terminal shows where ranks share it; *reduced is to be freed. */
static clp_status read_field(app_watch *watch, const clp_grid *part, app_peek *peek, const void *run,
                             clp_grid *grid, double **reduced)
{
    enum { MOST = 256 };
    size_t count = clp_grid_node_count(part);
    *reduced = NULL;
    *grid = *part;
    if (!watch->values) watch->values = malloc(count * sizeof *watch->values);
    clp_status status = clp_ranks_agree(watch->ranks, watch->values ? CLP_OK : CLP_ERROR_MEMORY);
    if (status == CLP_OK) status = peek(run, watch->values);
    /* Together, so that who fails alone leaves the others waiting: it ends them. */
    if (status != CLP_OK && watch->ranks) exit(app_ranks_leave(watch->ranks, app_fail(status)));
    if (status != CLP_OK || !watch->ranks) return status;
    return clp_field_reduce(watch->ranks, part, watch->values, 1, MOST, grid, reduced);
}

void app_watch_show(app_watch *watch, const clp_grid *part, app_peek *peek, const void *run)
{
    const double often = 0.1, share = 20;
    double begin = app_now(), *reduced;
    clp_grid grid;
    if (!first_says(watch->ranks, begin - watch->last >= fmax(often, share * watch->took))) return;
    clp_status status = read_field(watch, part, peek, run, &grid, &reduced);
    const double *values = watch->ranks ? reduced : watch->values;
    if (status == CLP_OK && values && widen_range(watch, values, clp_grid_node_count(&grid)))
        draw(watch, &grid, values);
    free(reduced);
    watch->last = app_now();
    watch->took = watch->last - begin;
}

void app_watch_finish(app_watch *watch)
{
    free(watch->values);
    *watch = (app_watch){0};
}
