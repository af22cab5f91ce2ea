/* SPDX-License-Identifier: MIT */
#include "io/canvas.h"

#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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

clp_status clp_canvas_fail(const char *path, cairo_status_t status)
{
    clp_status code = status == CAIRO_STATUS_NO_MEMORY ? CLP_ERROR_MEMORY : CLP_ERROR_UNSUPPORTED;
    return clp_fail(code, "%s: cairo could not draw the picture: %s; try a smaller width", path,
                    cairo_status_to_string(status));
}

clp_status clp_canvas_write_png(const char *path, cairo_surface_t *surface)
{
    clp_output_file file;
    CLP_TRY(clp_output_begin(&file, path));
    png_target target = {.stream = file.stream};
    cairo_status_t status = clp_canvas_encode(surface, write_bytes, &target);
    if (status == CAIRO_STATUS_SUCCESS) return clp_output_commit(&file);
    clp_output_discard(&file);
    if (!target.error) return clp_canvas_fail(path, status);
    return clp_fail(CLP_ERROR_FILE, "%s: could not be written whole: %s",
                    strcmp(path, "-") ? path : "standard output", strerror(target.error));
}

cairo_t *clp_canvas_create(cairo_surface_t *surface)
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

clp_status clp_canvas_finish_png(const char *path, cairo_t *cairo, cairo_surface_t *surface)
{
    cairo_status_t drawn = cairo_status(cairo);
    clp_status status =
        drawn == CAIRO_STATUS_SUCCESS ? clp_canvas_write_png(path, surface) : clp_canvas_fail(path, drawn);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    return status;
}
