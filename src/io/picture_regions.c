/* SPDX-License-Identifier: MIT */
#include "io/picture_regions.h"

#include "base/checked.h"

#include <math.h>
#include <stdlib.h>

/* Ids at the cells of a plane, or at the pixels of its map where cells are smaller; rows growing upwards. */
typedef struct mosaic {
    size_t columns, rows;
    uint16_t *ids;
} mosaic;

static clp_status mosaic_create(const clp_panel *panel, mosaic *m)
{
    size_t cells_x = panel->plane->grid.nodes[0] - 1, cells_y = panel->plane->grid.nodes[1] - 1;
    m->columns = clp_min(cells_x, (size_t)panel->map.width);
    m->rows = clp_min(cells_y, (size_t)panel->map.height);
    size_t bytes = m->columns * m->rows * sizeof *m->ids; /* no more than the picture has */
    m->ids = malloc(bytes);
    if (!m->ids) return clp_fail_host_memory(bytes);
    for (size_t j = 0; j < m->rows; j++) {
        size_t y = (size_t)(((double)j + 0.5) / (double)m->rows * (double)cells_y);
        for (size_t i = 0; i < m->columns; i++) {
            size_t x = (size_t)(((double)i + 0.5) / (double)m->columns * (double)cells_x);
            m->ids[j * m->columns + i] = panel->plane->regions[y * cells_x + x];
        }
    }
    return CLP_OK;
}

/* Adds the sides along one direction to cairo's path: upright ones, or with `lying` those between rows.
 * Neighbouring sides become one line. Returns their length in pixels. */
static double add_sides(const clp_page *p, const clp_box *map, const mosaic *m, bool lying)
{
    size_t lines = lying ? m->rows : m->columns, sides = lying ? m->columns : m->rows;
    size_t line_step = lying ? m->columns : 1, side_step = lying ? 1 : m->columns;
    double line_pitch = (lying ? map->height : map->width) / (double)lines;
    double side_pitch = (lying ? map->width : map->height) / (double)sides, length = 0;
    for (size_t line = 1; line < lines; line++) {
        double place = floor(line_pitch * (double)line) + 0.5; /* on pixels, which keeps thin lines sharp */
        for (size_t side = 0, begin = 0; side <= sides; side++) {
            const uint16_t *id = m->ids + line * line_step + side * side_step;
            if (side < sides && id[0] != *(id - line_step)) continue;
            if (side > begin) {
                double from = floor(side_pitch * (double)begin) + 0.5;
                double to = floor(side_pitch * (double)side) + 0.5;
                cairo_move_to(p->cairo, lying ? from : place, lying ? place : from);
                cairo_line_to(p->cairo, lying ? to : place, lying ? place : to);
                length += to - from;
            }
            begin = side + 1;
        }
    }
    return length;
}

clp_status clp_regions_draw(const clp_page *p, const clp_panel *panel)
{
    mosaic m = {0};
    const clp_box *map = &panel->map;
    CLP_TRY(mosaic_create(panel, &m));
    cairo_save(p->cairo);
    cairo_translate(p->cairo, map->x, map->y + map->height);
    cairo_scale(p->cairo, 1, -1);
    double length = add_sides(p, map, &m, false) + add_sides(p, map, &m, true);
    if (length * p->line < map->width * map->height / 6) {
        cairo_set_line_cap(p->cairo, CAIRO_LINE_CAP_SQUARE);
        cairo_set_source_rgba(p->cairo, 1, 1, 1, 0.4); /* a rim that shows them on dark colours */
        cairo_set_line_width(p->cairo, 3 * p->line);
        cairo_stroke_preserve(p->cairo);
        cairo_set_source_rgb(p->cairo, 0.1, 0.1, 0.1);
        cairo_set_line_width(p->cairo, p->line);
        cairo_stroke(p->cairo);
    } else {
        cairo_new_path(p->cairo);
    }
    cairo_restore(p->cairo);
    free(m.ids);
    return CLP_OK;
}
