/* SPDX-License-Identifier: MIT */
#include "app/drawing.h"

#include "app/options.h"
#include "app/terminal.h"

#include <stdlib.h>
#include <string.h>

int app_read_style(const char *option, const char *text, clp_flux_style *style)
{
    if (!text) return -1;
    *style = strcmp(text, "arrows") == 0 ? CLP_FLUX_ARROWS : CLP_FLUX_LINES;
    if (*style == CLP_FLUX_ARROWS || strcmp(text, "lines") == 0 || strcmp(text, "flux") == 0) return -1;
    app_error("%s %s: must be flux (or lines: field lines) or arrows", option, text);
    return EXIT_USAGE;
}

/* The node nearest to a coordinate; false outside of the box. */
static bool find_node(const clp_grid *grid, int axis, double place, size_t *node)
{
    double cells = (place - grid->origin[axis]) / clp_grid_spacing(grid, axis);
    double last = (double)(grid->nodes[axis] - 1);
    if (!(cells >= -1e-6 && cells <= last + 1e-6)) return false;
    *node = (size_t)(cells + 0.5);
    if (*node > grid->nodes[axis] - 1) *node = grid->nodes[axis] - 1;
    return true;
}

/* Reads the number behind "z=" or "z:". -1, or an exit status. */
static int read_place(const char *text, const clp_grid *grid, int axis, size_t *node)
{
    char *end;
    const char *number = text + 2;
    double value = strtod(number, &end);
    if (end == number || *end) {
        app_error("--slice %s: '%s' is no number", text, number);
        return EXIT_USAGE;
    }
    if (text[1] == '=') {
        if (find_node(grid, axis, value, node)) return -1;
        app_error("--slice %s: the box reaches from %g to %g along %c", text, grid->origin[axis],
                  grid->origin[axis] + grid->size[axis], *text);
        return EXIT_USAGE;
    }
    size_t digits = strspn(number, "0123456789");
    if (number[digits] || value >= (double)grid->nodes[axis]) {
        app_error("--slice %s: nodes along %c count from 0 to %zu", text, *text, grid->nodes[axis] - 1);
        return EXIT_USAGE;
    }
    *node = (size_t)value;
    return -1;
}

int app_read_slice(const char *text, const clp_grid *grid, clp_picture_options *options)
{
    if (!text) return -1;
    if (clp_grid_dimensions(grid) == 2) {
        app_error("--slice %s: the field has two dimensions and is drawn whole; leave --slice out", text);
        return EXIT_USAGE;
    }
    int axis = *text - 'x';
    if (axis < 0 || axis > 2 || (text[1] != '=' && text[1] != ':')) {
        app_error("--slice %s: give an axis and a coordinate (z=0.5) or the index of a node (z:12)", text);
        return EXIT_USAGE;
    }
    options->slice_across = (clp_slice)(CLP_SLICE_X + axis);
    return read_place(text, grid, axis, &options->slice);
}
