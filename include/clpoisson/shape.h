/* SPDX-License-Identifier: MIT */
/** @file
 * Shapes of regions (electrodes, materials) in two and three dimensions, in the problem's unit of length.
 * Shapes are closed: their outline belongs to them.
 */
#ifndef CLPOISSON_SHAPE_H
#define CLPOISSON_SHAPE_H

#include <clpoisson/status.h>

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a shape is, and which members of clp_shape say more; the others are not looked at, but for `angle`.
 */
typedef enum clp_shape_kind {
    CLP_SHAPE_BOX = 0, /**< from `min` to `max`; a rectangle in two dimensions */
    CLP_SHAPE_BALL,    /**< `center`, `radius`; a circle in two dimensions */
    /** `center`, semi-axes `radii` along x, y, z; in two dimensions turned by `angle` */
    CLP_SHAPE_ELLIPSE,
    /**
     * Three or more `points`, in the x-y plane also in three dimensions; the last one is joined to the first.
     * Inside is what a ray leaves through an odd number of edges, so edges may cross. All edges belong to the
     * shape. In three dimensions a prism along z from min[2] to max[2], without ends if both are 0.
     */
    CLP_SHAPE_POLYGON,
    CLP_SHAPE_LINE,     /**< a line through two or more `points`, `width` wide, with round ends and joints */
    CLP_SHAPE_CYLINDER, /**< around the axis between two `points`, with `radius` and flat ends; 3-D only */
} clp_shape_kind;

/** A shape. Zeros and designated initialisers will do: {.kind = CLP_SHAPE_BALL, .radius = 1}. */
typedef struct clp_shape {
    clp_shape_kind kind;
    double center[3];
    double radius;   /**< above 0 */
    double radii[3]; /**< above 0 */
    double min[3];   /**< below max */
    double max[3];
    double angle;         /**< degrees, counter-clockwise; 0 for all but ellipses in two dimensions */
    double width;         /**< full width, above 0 */
    const double *points; /**< [count][2] in two dimensions and for polygons, else [count][3] */
    size_t count;         /**< number of points */
} clp_shape;

/**
 * Checks a shape for a box of 2 or 3 dimensions. CLP_ERROR_INPUT says which parameter is wrong and what is
 * allowed. Coordinates are finite, and lengths above 0, with 1e100 and 1e-100 as the limits.
 */
CLP_API clp_status clp_shape_check(const clp_shape *shape, int dimensions);

#ifdef __cplusplus
}
#endif
#endif
