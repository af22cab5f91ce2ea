/* SPDX-License-Identifier: MIT */
/* Shapes on periodic axes: what leaves the box on one side comes in on the other. */
#include "problem/declared.h"
#include "problem/shape_parts.h"

#include "base/status.h"

#include <math.h>

/*
 * Whether a line may meet the shape. One beside it by `slack` spacings at most is moved onto it: 3 * 0.1 is
 * not 0.3.
 */
static bool meets(const clp_problem *problem, const clp_shape *shape, int along, double slack,
                  double point[CLP_AXES])
{
    const clp_grid *grid = &problem->grid;
    double low[CLP_AXES], high[CLP_AXES];
    clp_shape_bounds(shape, clp_grid_dimensions(grid), low, high);
    for (int axis = 0; axis < clp_grid_dimensions(grid); axis++) {
        double near = slack * clp_grid_spacing(grid, axis);
        if (axis == along) continue;
        if (point[axis] < low[axis] - near || point[axis] > high[axis] + near) return false;
        point[axis] = fmin(fmax(point[axis], low[axis]), high[axis]);
    }
    return true;
}

/* Adds the spans of the shape moved by `shift`. */
static clp_status add_image(const clp_problem *problem, const clp_shape *shape, int axis,
                            const double point[CLP_AXES], double slack, const double shift[CLP_AXES],
                            clp_spans *image, clp_spans *spans)
{
    double moved[CLP_AXES];
    for (int i = 0; i < CLP_AXES; i++) moved[i] = point[i] - shift[i];
    if (!meets(problem, shape, axis, slack, moved)) return CLP_OK;
    CLP_TRY(clp_shape_spans(shape, clp_grid_dimensions(&problem->grid), axis, moved, image));
    for (size_t s = 0; s < image->count; s++)
        CLP_TRY(clp_spans_add(spans, image->list[s].from + shift[axis], image->list[s].to + shift[axis]));
    return CLP_OK;
}

clp_status clp_problem_spans(const clp_problem *problem, const clp_shape *shape, int axis,
                             const double point[CLP_AXES], double slack, clp_spans *spans)
{
    int images[CLP_AXES]; /* on either side, along each axis */
    clp_spans image = {0};
    clp_status status = CLP_OK;
    for (int i = 0; i < CLP_AXES; i++) images[i] = problem->periodic[i] ? 1 : 0;
    spans->count = 0;
    if (!images[0] && !images[1] && !images[2]) { /* the shape alone, into the caller's memory */
        double moved[CLP_AXES] = {point[0], point[1], point[2]};
        return meets(problem, shape, axis, slack, moved)
                   ? clp_shape_spans(shape, clp_grid_dimensions(&problem->grid), axis, moved, spans)
                   : CLP_OK;
    }
    for (int c = -images[2]; c <= images[2] && status == CLP_OK; c++)
        for (int b = -images[1]; b <= images[1] && status == CLP_OK; b++)
            for (int a = -images[0]; a <= images[0] && status == CLP_OK; a++) {
                const double shift[CLP_AXES] = {a * problem->grid.size[0], b * problem->grid.size[1],
                                                c * problem->grid.size[2]};
                status = add_image(problem, shape, axis, point, slack, shift, &image, spans);
            }
    clp_spans_finish(&image);
    clp_spans_merge(spans);
    return status;
}
