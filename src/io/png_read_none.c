/* SPDX-License-Identifier: MIT */
/* Stands in for png_read.c in a build without libpng. */
#include "io/png_read.h"

static clp_status fail(const char *path)
{
    return clp_fail(
        CLP_ERROR_UNSUPPORTED,
        "%s: cannot be read, this clpoisson was built without libpng; install libpng-dev and build again",
        path);
}

clp_status clp_png_read(const char *path, clp_pixels *pixels)
{
    *pixels = (clp_pixels){0};
    return fail(path);
}

clp_status clp_png_size(const char *path, size_t *columns, size_t *rows)
{
    *columns = *rows = 0;
    return fail(path);
}

clp_status clp_png_read_rectangle(const char *path, clp_pixels *pixels)
{
    *pixels = (clp_pixels){0};
    return fail(path);
}
