/* SPDX-License-Identifier: MIT */
#include <clpoisson/output.h>

#include "base/file.h"
#include "base/status.h"
#include "io/isolines.h"
#include "io/picture_draw.h"
#include "io/picture_page.h"

#include <cairo.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH_DEFAULT = 1000, WIDTH_LEAST = 100, WIDTH_MOST = 20000 };

typedef struct png_target {
    FILE *stream;
    int error;
} png_target;

static cairo_status_t write_bytes(void *closure, const unsigned char *data, unsigned length)
{
    png_target *target = closure;
    errno = 0;
    if (fwrite(data, 1, length, target->stream) == length) return CAIRO_STATUS_SUCCESS;
    target->error = errno ? errno : EIO;
    return CAIRO_STATUS_WRITE_ERROR;
}

static clp_status fail_cairo(const char *path, cairo_status_t status)
{
    clp_status code = status == CAIRO_STATUS_NO_MEMORY ? CLP_ERROR_MEMORY : CLP_ERROR_UNSUPPORTED;
    return clp_fail(code, "%s: cairo could not draw the picture: %s; try a smaller width", path,
                    cairo_status_to_string(status));
}

static clp_status write_png(const char *path, cairo_surface_t *surface)
{
    clp_output_file file;
    CLP_TRY(clp_output_begin(&file, path));
    png_target target = {.stream = file.stream};
    cairo_status_t status = cairo_surface_write_to_png_stream(surface, write_bytes, &target);
    if (status == CAIRO_STATUS_SUCCESS) return clp_output_commit(&file);
    clp_output_discard(&file);
    if (!target.error) return fail_cairo(path, status);
    return clp_fail(CLP_ERROR_FILE, "%s: could not be written whole: %s",
                    strcmp(path, "-") ? path : "standard output", strerror(target.error));
}

/* A white page with text smoothed in greys, whatever the display of this machine prefers. */
static cairo_t *create_canvas(cairo_surface_t *surface)
{
    cairo_t *cairo = cairo_create(surface);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_SLIGHT);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(cairo, options);
    cairo_font_options_destroy(options);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    return cairo;
}

static clp_status draw(clp_page *p, const char *path, const double *values)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1, 1);
    p->cairo = create_canvas(surface); /* to measure text on */
    clp_page_lay_out(p);
    cairo_destroy(p->cairo);
    cairo_surface_destroy(surface);
    surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)p->width, (int)p->height);
    p->cairo = create_canvas(surface);
    clp_status status = CLP_OK;
    cairo_status_t drawn = cairo_status(p->cairo);
    if (drawn != CAIRO_STATUS_SUCCESS) {
        status = fail_cairo(path, drawn);
        goto cleanup;
    }
    if ((status = clp_page_draw(p, values, surface)) != CLP_OK) goto cleanup;
    drawn = cairo_status(p->cairo);
    status = drawn == CAIRO_STATUS_SUCCESS ? write_png(path, surface) : fail_cairo(path, drawn);
cleanup:
    cairo_destroy(p->cairo);
    cairo_surface_destroy(surface);
    return status;
}

clp_status clp_picture_write(const char *path, const clp_grid *grid, const double *values,
                             const clp_picture_options *options)
{
    static const clp_picture_options defaults = {0};
    if (!options) options = &defaults;
    size_t width = options->width ? options->width : WIDTH_DEFAULT;
    if (width < WIDTH_LEAST || width > WIDTH_MOST)
        return clp_fail(CLP_ERROR_INPUT, "a picture of %zu pixels width cannot be drawn; give %d to %d",
                        width, WIDTH_LEAST, WIDTH_MOST);
    CLP_TRY(clp_grid_check(grid));
    CLP_TRY(clp_output_writable(path));
    clp_page p = {.grid = grid, .width = (double)width};
    clp_text_clean(p.title, options->title);
    clp_text_clean(p.mark, options->mark);
    p.any = clp_range_find(values, clp_grid_node_count(grid), &p.low, &p.high);
    /* What differs by rounding alone is no picture. */
    if (p.high / 2 - p.low / 2 <= 32 * DBL_EPSILON * fmax(fabs(p.low), fabs(p.high)))
        p.low = p.high = p.low + (p.high / 2 - p.low / 2);
    return draw(&p, path, values);
}
