/* SPDX-License-Identifier: MIT */
#include <clpoisson/output.h>

#include "base/file.h"
#include "base/status.h"
#include "io/canvas.h"
#include "io/isolines.h"
#include "io/picture.h"
#include "io/picture_draw.h"
#include "io/utf8.h"

#include <cairo.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH_DEFAULT = 1000, WIDTH_LEAST = 100, WIDTH_MOST = 20000 };

static clp_status draw(clp_page *p, const char *path, clp_picture_use *use, void *context)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1, 1);
    p->cairo = clp_canvas_create(surface); /* to measure text on */
    clp_page_lay_out(p);
    cairo_destroy(p->cairo);
    cairo_surface_destroy(surface);
    surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)p->width, (int)p->height);
    p->cairo = clp_canvas_create(surface);
    clp_status status = CLP_OK;
    cairo_status_t drawn = cairo_status(p->cairo);
    if (drawn != CAIRO_STATUS_SUCCESS) {
        status = clp_canvas_fail(path, drawn);
        goto cleanup;
    }
    if ((status = clp_page_draw(p, surface)) != CLP_OK) goto cleanup;
    drawn = cairo_status(p->cairo);
    status = drawn == CAIRO_STATUS_SUCCESS ? use(context, path, surface) : clp_canvas_fail(path, drawn);
cleanup:
    cairo_destroy(p->cairo);
    cairo_surface_destroy(surface);
    return status;
}

/* The values that the planes show. */
static void find_range(clp_page *p, const clp_plane *planes)
{
    for (size_t k = 0; k < p->count; k++) {
        double low, high;
        if (!clp_range_find(planes[k].values, clp_grid_node_count(&planes[k].grid), &low, &high)) continue;
        p->low = p->any ? fmin(p->low, low) : low;
        p->high = p->any ? fmax(p->high, high) : high;
        p->any = true;
    }
    /* What differs by rounding alone is no picture. */
    if (p->high / 2 - p->low / 2 <= 32 * DBL_EPSILON * fmax(fabs(p->low), fabs(p->high)))
        p->low = p->high = p->low + (p->high / 2 - p->low / 2);
}

/* One plane alone has its place in the title. */
static void make_texts(clp_page *p, const clp_picture_options *options, const clp_plane *first)
{
    clp_utf8_clean(p->title, sizeof p->title, options->title);
    clp_utf8_clean(p->mark, sizeof p->mark, options->mark);
    if (p->count > 1 || !*first->where) return;
    size_t length = strlen(p->title);
    snprintf(p->title + length, sizeof p->title - length, "%s%s", length ? ", " : "", first->where);
}

static clp_status check_slice(const clp_grid *grid, const clp_picture_options *options)
{
    if (options->slice_across == CLP_SLICE_MIDDLE) return CLP_OK;
    if (clp_grid_dimensions(grid) == 2)
        return clp_fail(CLP_ERROR_INPUT, "a field of two dimensions has no slices; leave the slice out");
    int axis = (int)options->slice_across - CLP_SLICE_X;
    if (axis < 0 || axis > 2)
        return clp_fail(CLP_ERROR_INPUT, "there is no axis %d to slice across", (int)options->slice_across);
    if (options->slice >= grid->nodes[axis])
        return clp_fail(CLP_ERROR_INPUT, "there is no plane %zu of nodes along %c; give 0 to %zu",
                        options->slice, "xyz"[axis], grid -> nodes[axis] - 1);
    return CLP_OK;
}

/* Fills one plane or three; *count tells how many were begun, after an error as well. */
static clp_status create_planes(const clp_grid *grid, const double *values,
                                const clp_picture_options *options, clp_plane *planes, size_t *count)
{
    *count = 1;
    if (clp_grid_dimensions(grid) == 2) return clp_plane_of_field(grid, values, options, planes);
    if (options->slice_across != CLP_SLICE_MIDDLE)
        return clp_plane_across(grid, values, options, (int)options->slice_across - CLP_SLICE_X,
                                options->slice, false, planes);
    for (*count = 1; *count <= CLP_PANELS; ++*count) {
        int across = CLP_PANELS - (int)*count; /* x-y first */
        size_t last = grid->nodes[across] - 1;
        CLP_TRY(
            clp_plane_across(grid, values, options, across, last / 2, last % 2 == 1, &planes[*count - 1]));
    }
    *count = CLP_PANELS;
    return CLP_OK;
}

clp_status clp_picture_draw(const char *path, const clp_grid *grid, const double *values,
                            const clp_picture_options *options, clp_picture_use *use, void *context)
{
    static const clp_picture_options defaults = {0};
    clp_plane planes[CLP_PANELS] = {0};
    if (!options) options = &defaults;
    size_t width = options->width ? options->width : WIDTH_DEFAULT;
    if (width < WIDTH_LEAST || width > WIDTH_MOST)
        return clp_fail(CLP_ERROR_INPUT, "a picture of %zu pixels width cannot be drawn; give %d to %d",
                        width, WIDTH_LEAST, WIDTH_MOST);
    CLP_TRY(clp_grid_check(grid));
    CLP_TRY(check_slice(grid, options));
    CLP_TRY(clp_output_writable(path));
    clp_page p = {.width = (double)width, .flux_style = options->flux_style};
    clp_status status = create_planes(grid, values, options, planes, &p.count);
    if (status == CLP_OK) {
        for (size_t k = 0; k < p.count; k++) p.panels[k].plane = &planes[k];
        find_range(&p, planes);
        if (options->low < options->high) {
            p.low = options->low;
            p.high = options->high;
        }
        make_texts(&p, options, planes);
        status = draw(&p, path, use, context);
    }
    for (size_t k = 0; k < CLP_PANELS; k++) clp_plane_finish(&planes[k]);
    return status;
}

static clp_status write_png(void *context, const char *path, cairo_surface_t *surface)
{
    (void)context;
    return clp_canvas_write_png(path, surface);
}

clp_status clp_picture_write(const char *path, const clp_grid *grid, const double *values,
                             const clp_picture_options *options)
{
    return clp_picture_draw(path, grid, values, options, write_png, NULL);
}
