/* SPDX-License-Identifier: MIT */
/* In a build without libpng's headers: cairo has it do the same, more slowly. */
#include "io/canvas.h"

cairo_status_t clp_canvas_encode(cairo_surface_t *surface, cairo_write_func_t write, void *closure)
{
    return cairo_surface_write_to_png_stream(surface, write, closure);
}
