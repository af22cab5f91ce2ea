/* SPDX-License-Identifier: MIT */
/* clpoisson plot FIELD.npy */
#include "app/drawing.h"
#include "app/options.h"
#include "app/outputs.h"
#include "app/summary.h"
#include "app/terminal.h"

#include <clpoisson/clpoisson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct plot_request {
    const char *field, *picture, *size, *origin, *slice, *title, *width, *flux;
} plot_request;

static int read_request(plot_request *request, int count, char **arguments)
{
    const app_option options[] = {
        {.name = "--picture",
         .value = "F",
         .help =
             "the picture (PNG), - is standard output; default: the field's name with .png, in this folder",
         .text = &request->picture},
        {.name = "--size",
         .value = "W,H[,D]",
         .help = "lengths of the box; default: one for each cell",
         .text = &request->size},
        {.name = "--origin",
         .value = "X,Y[,Z]",
         .help = "coordinates of the first node; default 0",
         .text = &request->origin},
        {.name = "--slice",
         .value = "z=0.5",
         .help =
             "of three dimensions, draw the plane of nodes nearest to a coordinate, or z:12, the one with "
             "this index; default: the three planes through the middle",
         .text = &request->slice},
        {.name = "--title",
         .value = "T",
         .help = "default: the field's name and extents",
         .text = &request->title},
        {.name = "--width", .value = "PIXELS", .help = "100 to 20000; default 1000", .text = &request->width},
        {.name = "--flux",
         .value = "arrows|lines",
         .help = "draw the flux -grad u over the map: arrows on a raster, or field lines",
         .text = &request->flux},
        {.name = "--plot",
         .value = "flux|arrows",
         .help = "the same, as solve calls it",
         .text = &request->flux},
        {.name = NULL},
    };
    size_t operands;
    int status = app_read_options(&app_plot, options, count, arguments, &request->field, 1, &operands, NULL);
    if (status >= 0) return status;
    if (operands == 0) {
        app_error("name a field: clpoisson plot FIELD.npy");
        return EXIT_USAGE;
    }
    return -1;
}

/* Reads "1,2" or "1,2,3", as many numbers as the field has dimensions. -1, or an exit status. */
static int read_numbers(const char *option, const char *text, int dimensions, double *numbers)
{
    const char *rest = text;
    int count = 0;
    for (char *end; text && count < dimensions; count++, rest = end + 1) {
        numbers[count] = strtod(rest, &end);
        bool last = count + 1 == dimensions;
        if (end == rest || *end != (last ? '\0' : ',')) break;
    }
    if (!text || count == dimensions) return -1;
    app_error("%s %s: the field has %d dimensions; give %s", option, text, dimensions,
              dimensions == 3 ? "three numbers, as in 1,2,0.5" : "two numbers, as in 1,0.5");
    return EXIT_USAGE;
}

static int read_width(const char *text, size_t *width)
{
    if (!text) return -1;
    char *end;
    long value = strtol(text, &end, 10);
    if (*end || end == text || value < 100 || value > 20000) {
        app_error("--width %s: must be a whole number of pixels, 100 to 20000", text);
        return EXIT_USAGE;
    }
    *width = (size_t)value;
    return -1;
}

/* The field's name without folder and ending. */
static void find_name(const char *path, char *name, size_t size)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    snprintf(name, size, "%.*s", dot && dot > base ? (int)(dot - base) : (int)strlen(base), base);
}

/* Whether the picture would be written over the field. */
static bool is_field(const char *picture, const char *field)
{
    struct stat a, b;
    return strcmp(picture, "-") && stat(picture, &a) == 0 && stat(field, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

static int draw(const plot_request *request, clp_grid *grid, const double *values)
{
    char name[256], extent[80], title[400], picture[300];
    int dimensions = clp_grid_dimensions(grid);
    for (int axis = 0; axis < dimensions; axis++) grid->size[axis] = (double)(grid->nodes[axis] - 1);
    clp_picture_options options = {.title = request->title ? request->title : title};
    int status = read_numbers("--size", request->size, dimensions, grid->size);
    if (status < 0) status = read_numbers("--origin", request->origin, dimensions, grid->origin);
    if (status >= 0) return status;
    clp_status drawn = clp_grid_check(grid);
    if (drawn != CLP_OK) return app_fail(drawn);
    status = app_read_slice(request->slice, grid, &options);
    if (status < 0) status = read_width(request->width, &options.width);
    if (status < 0) status = app_read_style("--flux", request->flux, &options.flux_style);
    if (status >= 0) return status;
    find_name(request->field, name, sizeof name);
    snprintf(title, sizeof title, "%s: %s nodes", name, app_extent_text(grid, "×", extent, sizeof extent));
    snprintf(picture, sizeof picture, "%s.png", name);
    clp_problem_output output = {.picture = request->picture ? request->picture : picture};
    if (is_field(output.picture, request->field)) {
        app_error("%s: the picture would overwrite the field; give it another name", output.picture);
        return EXIT_USAGE;
    }
    status = app_check_outputs(request->field, &output);
    if (status >= 0) return status;
    drawn = clp_picture_write(output.picture, grid, values, &options);
    if (drawn != CLP_OK) return app_fail(drawn);
    if (strcmp(output.picture, "-")) app_say("%s: written", output.picture);
    return EXIT_SOLVED;
}

static int run(int count, char **arguments)
{
    plot_request request = {0};
    clp_grid grid = {.nodes = {0}};
    double *values;
    int status = read_request(&request, count, arguments);
    if (status >= 0) return status;
    clp_status read = clp_field_read_npy(request.field, grid.nodes, &values);
    if (read != CLP_OK) return app_fail(read);
    status = draw(&request, &grid, values);
    free(values);
    return status;
}

const app_command app_plot = {
    .name = "plot",
    .arguments = "FIELD.npy",
    .summary = "Draws a field from a NumPy file: a heat map with isolines, or three planes of a box.",
    .run = run,
};
