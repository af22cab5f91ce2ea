/* SPDX-License-Identifier: MIT */
/* What pictures show beyond a heat map: regions, flux, planes of a box. */
#include <clpoisson/output.h>

#include "io/colormap.h"

#include <cairo.h>
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64], path[96];

static void enter(void)
{
    strcpy(folder, "/tmp/clpoisson-over-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.png", folder);
}

static void leave(void)
{
    unlink(path);
    rmdir(folder);
}

TestSuite(picture_over, .init = enter, .fini = leave);

typedef struct image {
    int width, height, stride;
    uint32_t *pixels;
} image;

static image draw(const clp_grid *grid, const double *values, const clp_picture_options *options)
{
    cr_assert_eq(clp_picture_write(path, grid, values, options), CLP_OK, "%s", clp_error_message());
    cairo_surface_t *surface = cairo_image_surface_create_from_png(path);
    cr_assert_eq(cairo_surface_status(surface), CAIRO_STATUS_SUCCESS);
    image i = {cairo_image_surface_get_width(surface), cairo_image_surface_get_height(surface),
               cairo_image_surface_get_stride(surface) / 4, NULL};
    size_t bytes = (size_t)i.stride * (size_t)i.height * 4;
    i.pixels = malloc(bytes);
    memcpy(i.pixels, cairo_image_surface_get_data(surface), bytes);
    for (int k = 0; k < i.stride * i.height; k++) i.pixels[k] &= 0xffffff;
    cairo_surface_destroy(surface);
    for (int x = 0; x < i.width; x++)
        cr_assert(i.pixels[x] == 0xffffff && i.pixels[(i.height - 1) * i.stride + x] == 0xffffff);
    for (int y = 0; y < i.height; y++)
        cr_assert(i.pixels[y * i.stride] == 0xffffff && i.pixels[y * i.stride + i.width - 1] == 0xffffff);
    return i;
}

/* Pixels that two pictures of one size do not share. */
static int count_different(const image *a, const image *b)
{
    int count = 0;
    cr_assert(a->width == b->width && a->height == b->height);
    for (int k = 0; k < a->stride * a->height; k++) count += a->pixels[k] != b->pixels[k];
    return count;
}

static int count_color(const image *i, uint32_t color)
{
    int count = 0;
    for (int k = 0; k < i->stride * i->height; k++) count += i->pixels[k] == color;
    return count;
}

enum { SIDE = 41 };
static const clp_grid square = {.nodes = {SIDE, SIDE}, .size = {1, 1}};
static double field[SIDE * SIDE], flux[2 * SIDE * SIDE];
static uint16_t regions[(SIDE - 1) * (SIDE - 1)];

static void fill_square(void)
{
    for (int j = 0; j < SIDE; j++)
        for (int i = 0; i < SIDE; i++) field[j * SIDE + i] = i * i - j * (double)j + 3 * i;
}

Test(picture_over, outlines_regions_where_ids_change)
{
    fill_square();
    image plain = draw(&square, field, NULL), same, outlined;
    same = draw(&square, field, &(clp_picture_options){.regions = regions});
    cr_expect_eq(count_different(&plain, &same), 0, "one region has no outline");
    for (int j = 0; j < SIDE - 1; j++)
        for (int i = 0; i < SIDE - 1; i++) regions[j * (SIDE - 1) + i] = i >= 10 && i < 30 && j >= 20;
    outlined = draw(&square, field, &(clp_picture_options){.regions = regions});
    /* Half the map around three sides: 20 + 20 + 20 of 40 cells, a line three pixels wide with its rim. */
    int map = 0;
    for (int k = 0; k < plain.width; k++)
        map += plain.pixels[plain.height / 2 * plain.stride + k] != 0xffffff;
    int different = count_different(&plain, &outlined);
    cr_expect(different > 3 * map && different < 5 * map, "%d pixels, %d wide", different, map);
    for (int k = 0; k < (SIDE - 1) * (SIDE - 1); k++) regions[k] = (uint16_t)k;
    free(same.pixels);
    same = draw(&square, field, &(clp_picture_options){.regions = regions, .width = 150});
    cr_expect_lt(same.width, plain.width); /* where they would fill the map: nothing, and no error */
    free(plain.pixels), free(same.pixels), free(outlined.pixels);
}

/* The flux that is given, and the one that is derived, are the same picture where they are equal. */
Test(picture_over, derives_the_flux_that_is_not_given)
{
    for (int j = 0; j < SIDE; j++)
        for (int i = 0; i < SIDE; i++) {
            field[j * SIDE + i] = (3.0 * i - 2.0 * j) / (SIDE - 1);
            flux[2 * (j * SIDE + i)] = -3;
            flux[2 * (j * SIDE + i) + 1] = 2;
        }
    for (int style = CLP_FLUX_ARROWS; style <= CLP_FLUX_LINES; style++) {
        image plain = draw(&square, field, NULL);
        image given =
            draw(&square, field, &(clp_picture_options){.flux = flux, .flux_style = (clp_flux_style)style});
        image derived = draw(&square, field, &(clp_picture_options){.flux_style = (clp_flux_style)style});
        cr_expect_gt(count_different(&plain, &given), 10000);
        cr_expect_lt(count_different(&given, &derived), 2000);
        free(plain.pixels), free(given.pixels), free(derived.pixels);
    }
}

Test(picture_over, survives_any_flux)
{
    static const double odd[] = {0, 1, NAN, INFINITY, -1e308, 1e308, 1e-320, -3};
    fill_square();
    srand(5);
    image plain = draw(&square, field, NULL);
    for (int round = 0; round < 12; round++)
        for (int style = CLP_FLUX_ARROWS; style <= CLP_FLUX_LINES; style++) {
            for (int k = 0; k < 2 * SIDE * SIDE; k++)
                flux[k] = round == 0   ? 0
                          : round == 1 ? (double)NAN
                          : round == 2 ? (k % 2 ? k / 2 % SIDE - 20.0 : 20.0 - k / 2 / SIDE) /* vortex */
                                       : odd[rand() % 8];
            clp_picture_options options = {.flux = flux, .flux_style = (clp_flux_style)style};
            image drawn = draw(&square, field, &options);
            if (round < 2) cr_expect_eq(count_different(&plain, &drawn), 0);
            if (round == 2) cr_expect_gt(count_different(&plain, &drawn), 5000);
            free(drawn.pixels);
        }
    free(plain.pixels);
}

static uint32_t color_at(double place)
{
    uint32_t table[CLP_COLORMAP_SIZE];
    clp_colormap_make(table);
    return clp_colormap_find(table, (float)place);
}

/* A box whose values grow along z alone. */
static double *make_box(const clp_grid *grid)
{
    size_t plane = grid->nodes[0] * grid->nodes[1];
    double *values = malloc(clp_grid_node_count(grid) * sizeof *values);
    for (size_t k = 0; k < clp_grid_node_count(grid); k++) values[k] = (double)(k / plane);
    return values;
}

Test(picture_over, draws_the_middle_planes_of_a_box)
{
    static const size_t planes[] = {5, 6};
    for (int k = 0; k < 2; k++) {
        clp_grid box = {.nodes = {7, 9, planes[k]}, .size = {1, 1, 1}};
        double *values = make_box(&box);
        image i = draw(&box, values, NULL);
        /* x-y, which is one colour, halfway up the range, whether nodes lie there or not. */
        cr_expect_gt(count_color(&i, color_at(0.5)), i.width * i.width / 10);
        free(i.pixels);
        free(values);
    }
}

Test(picture_over, draws_the_plane_that_is_chosen)
{
    clp_grid box = {.nodes = {7, 9, 6}, .size = {2, 1, 1}}, flat = {.nodes = {7, 9}, .size = {2, 1}};
    double *values = make_box(&box);
    for (size_t k = 0; k < 63; k++) values[3 * 63 + k] = sin((double)k);
    clp_picture_options options = {.slice_across = CLP_SLICE_Z, .slice = 3, .flux_style = CLP_FLUX_LINES};
    image slice = draw(&box, values, &options);
    options = (clp_picture_options){.title = "z = 0.6", .flux_style = CLP_FLUX_LINES};
    image alone = draw(&flat, values + 3 * 63, &options);
    cr_expect_eq(count_different(&slice, &alone), 0);
    options = (clp_picture_options){.slice_across = CLP_SLICE_X, .slice = 7};
    cr_expect_eq(clp_picture_write(path, &box, values, &options), CLP_ERROR_INPUT);
    options.slice = 0;
    cr_expect_eq(clp_picture_write(path, &flat, values, &options), CLP_ERROR_INPUT);
    free(slice.pixels), free(alone.pixels);
    free(values);
}

Test(picture_over, takes_any_box)
{
    static const double sizes[][3] = {{1, 1, 1e6}, {1, 1e6, 1}, {1e6, 1, 1}, {1e6, 1e6, 1}, {1, 1e6, 1e6}};
    clp_grid box = {.nodes = {4, 5, 6}, .origin = {1e5, 0, -3e-7}};
    double *values = make_box(&box);
    values[7] = NAN;
    uint16_t ids[3 * 4 * 5] = {0, 1, 2};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
        for (size_t width = 100; width <= 1300; width += 600) {
            memcpy(box.size, sizes[k], sizeof box.size);
            clp_picture_options options = {
                .width = width, .title = "Box", .mark = "not converged", .regions = ids};
            options.flux_style = (clp_flux_style)(k % 3);
            image i = draw(&box, values, &options);
            cr_expect_lt(i.height, 3 * i.width);
            free(i.pixels);
        }
    free(values);
}
