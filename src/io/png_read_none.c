/* SPDX-License-Identifier: MIT */
/* Stands in for png_read.c in a build without libpng. */
#include "io/png_read.h"

clp_status clp_png_read(const char *path, clp_pixels *pixels)
{
    *pixels = (clp_pixels){0};
    return clp_fail(
        CLP_ERROR_UNSUPPORTED,
        "%s: cannot be read, this clpoisson was built without libpng; install libpng-dev and build again",
        path);
}
