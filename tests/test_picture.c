/* SPDX-License-Identifier: MIT */
/* The field sampled at pixels, and whole pictures as written. */
#include <clpoisson/output.h>

#include "io/colormap.h"
#include "io/isolines.h"

#include <cairo.h>
#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <float.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- samples ---- */

static clp_grid make_grid(size_t nx, size_t ny, double width, double height)
{
    return (clp_grid){.nodes = {nx, ny}, .size = {width, height}};
}

Test(samples, are_means_of_what_lies_between_the_nodes)
{
    static const size_t shapes[][4] = {
        {3, 3, 50, 40}, {1000, 3, 7, 30}, {3, 1000, 30, 7}, {301, 201, 101, 99}};
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
        size_t nx = shapes[k][0], ny = shapes[k][1], columns = shapes[k][2], rows = shapes[k][3];
        clp_grid grid = make_grid(nx, ny, 1, 1);
        double *values = malloc(nx * ny * sizeof *values);
        for (size_t j = 0; j < ny; j++)
            for (size_t i = 0; i < nx; i++)
                values[j * nx + i] = 3 + 2 * (double)i / (double)(nx - 1) + 4 * (double)j / (double)(ny - 1);
        clp_samples samples;
        cr_assert_eq(clp_samples_create(&grid, values, 3, 9, columns, rows, &samples), CLP_OK);
        for (size_t r = 0; r < rows; r++)
            for (size_t c = 0; c < columns; c++) {
                double x = ((double)c + 0.5) / (double)columns, y = ((double)r + 0.5) / (double)rows;
                cr_assert_float_eq((double)samples.values[r * columns + c], (2 * x + 4 * y) / 6, 1e-6);
            }
        clp_samples_finish(&samples);
        free(values);
    }
}

Test(samples, keep_holes_small)
{
    clp_grid grid = make_grid(5, 5, 1, 1);
    double values[25] = {0};
    values[12] = NAN;
    values[24] = -INFINITY;
    clp_samples samples;
    cr_assert_eq(clp_samples_create(&grid, values, 0, 1, 4, 4, &samples), CLP_OK);
    for (size_t i = 0; i < 16; i++) {
        bool hole = i == 5 || i == 6 || i == 9 || i == 10 || i == 15;
        cr_expect_eq((bool)isnan(samples.values[i]), hole, "sample %zu", i);
    }
    clp_samples_finish(&samples);
}

/* ---- pictures ---- */

static char folder[64], path[128];

static void make_folder(void)
{
    strcpy(folder, "/tmp/clpoisson-picture-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/field.png", folder);
}

static size_t count_files(void)
{
    size_t count = 0;
    DIR *stream = opendir(folder);
    for (struct dirent *entry; (entry = readdir(stream));) count += entry->d_name[0] != '.';
    closedir(stream);
    return count;
}

static void remove_folder(void)
{
    unlink(path);
    rmdir(folder);
}

TestSuite(picture, .init = make_folder, .fini = remove_folder);

/* A decoded picture; the map is what lies inside the first frame. */
typedef struct picture {
    cairo_surface_t *surface;
    int width, height;
    int left, right, top, bottom;
} picture;

static uint32_t pixel(const picture *p, int x, int y)
{
    const unsigned char *data = cairo_image_surface_get_data(p->surface);
    uint32_t value;
    memcpy(&value, data + (ptrdiff_t)y * cairo_image_surface_get_stride(p->surface) + (ptrdiff_t)x * 4, 4);
    return value & 0xffffff;
}

static const uint32_t frame_color = 0x262626, gap_color = 0xb4b4b4, white = 0xffffff;

static picture open_picture(const char *name)
{
    picture p = {.surface = cairo_image_surface_create_from_png(name), .right = -1, .top = -1};
    cr_assert_eq(cairo_surface_status(p.surface), CAIRO_STATUS_SUCCESS);
    p.width = cairo_image_surface_get_width(p.surface);
    p.height = cairo_image_surface_get_height(p.surface);
    for (int y = 0; y < p.height && p.bottom == 0; y++) {
        int run = 0, most = 0, end = 0;
        for (int x = 0; x < p.width; x++) {
            run = pixel(&p, x, y) == frame_color ? run + 1 : 0;
            if (run > most) most = run, end = x;
        }
        if (most < 10) continue;
        if (p.right < 0) {
            p.left = end - most + 2;
            p.right = end - 1;
        }
        if (p.top < 0 || y == p.top) /* a frame may be several pixels thick */
            p.top = y + 1;
        else
            p.bottom = y - 1;
    }
    cr_assert(p.bottom > p.top && p.right > p.left);
    return p;
}

static picture draw(const clp_grid *grid, const double *values, const clp_picture_options *options)
{
    clp_status status = clp_picture_write(path, grid, values, options);
    cr_assert_eq(status, CLP_OK, "%s", clp_error_message());
    cr_expect_eq(count_files(), 1);
    return open_picture(path);
}

/* Nothing reaches the rim of the page: nothing was cut off there. */
static void expect_white_rim(const picture *p)
{
    int colored = 0;
    for (int x = 0; x < p->width; x++)
        colored += (pixel(p, x, 0) != white) + (pixel(p, x, p->height - 1) != white);
    for (int y = 0; y < p->height; y++)
        colored += (pixel(p, 0, y) != white) + (pixel(p, p->width - 1, y) != white);
    cr_expect_eq(colored, 0, "%d pixels at the rim are not white", colored);
}

static uint32_t map_color(double place)
{
    uint32_t table[CLP_COLORMAP_SIZE];
    clp_colormap_make(table);
    return clp_colormap_find(table, (float)place);
}

static bool close_colors(uint32_t a, uint32_t b)
{
    for (int shift = 0; shift < 24; shift += 8)
        if (abs((int)(a >> shift & 255) - (int)(b >> shift & 255)) > 6) return false;
    return true;
}

Test(picture, shows_y_upwards_and_x_to_the_right)
{
    clp_grid grid = make_grid(3, 3, 1, 1);
    double values[9];
    for (int i = 0; i < 9; i++) values[i] = 4 * (i / 3) + i % 3; /* 0 to 10 */
    picture p = draw(&grid, values, NULL);
    cr_expect_eq(p.width, 1000);
    cr_expect(close_colors(pixel(&p, p.left, p.top), map_color(0.8)));
    cr_expect(close_colors(pixel(&p, p.right, p.top), map_color(1)));
    cr_expect(close_colors(pixel(&p, p.left, p.bottom), map_color(0)));
    cr_expect(close_colors(pixel(&p, p.right, p.bottom), map_color(0.2)));
    /* As smooth as the field, isolines aside: no blocks. */
    int x = p.left + (p.right - p.left) / 3, y = p.top + (p.bottom - p.top) * 2 / 3;
    cr_expect(close_colors(pixel(&p, x, y), map_color((2.0 / 3 + 8.0 / 3) / 10)));
    cairo_surface_destroy(p.surface);
}

Test(picture, keeps_the_aspect_up_to_four_to_one)
{
    static const double aspects[] = {1, 0.5, 2.5, 4, 0.25, 1e6, 1e-6};
    double values[9] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    for (size_t k = 0; k < sizeof aspects / sizeof *aspects; k++)
        for (size_t width = 300; width <= 900; width += 600) {
            clp_grid grid = make_grid(3, 3, aspects[k], 1);
            picture p = draw(&grid, values, &(clp_picture_options){.width = width});
            double columns = p.right - p.left + 1, rows = p.bottom - p.top + 1;
            cr_expect_eq((size_t)p.width, width);
            cr_expect_lt(p.height, 2 * p.width);
            expect_white_rim(&p);
            if (aspects[k] >= 0.25 && aspects[k] <= 4)
                cr_expect(fabs(columns - aspects[k] * rows) <= 1 + aspects[k], "%g: %g by %g", aspects[k],
                          columns, rows);
            cairo_surface_destroy(p.surface);
        }
}

Test(picture, takes_any_shape_of_grid_and_range_of_values)
{
    static const size_t shapes[][2] = {{3, 3}, {3, 1000}, {1000, 3}, {400, 300}};
    static const double ranges[][2] = {
        {0, 100},         {-1e300, 1e300},   {-DBL_MAX, DBL_MAX}, {1e-300, 2e-300},
        {-5, -4},         {0, 5e-324},       {1e6, 1e6 + 1e-3},   {3, 3},
        {1e308, 1.5e308}, {-1e-7, 3e9},      {-1e-5, 1e-5},       {-12345.6, -12345.5},
        {1, 1 + 4e-16},   {-DBL_MAX, -1e308}};
    double *values = malloc(400 * 300 * sizeof *values);
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++)
        for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++) {
            clp_grid grid = make_grid(shapes[k][0], shapes[k][1], 1, 0.7);
            size_t count = shapes[k][0] * shapes[k][1];
            for (size_t i = 0; i < count; i++) {
                double t = (double)i / (double)(count - 1);
                values[i] = (1 - t) * ranges[r][0] + t * ranges[r][1];
            }
            picture p = draw(&grid, values, &(clp_picture_options){.width = 100 + 100 * (r % 4)});
            expect_white_rim(&p);
            for (int x = p.left; x < p.right; x += 7)
                for (int y = p.top; y < p.bottom; y += 7)
                    cr_assert_neq(pixel(&p, x, y), gap_color, "shape %zu, range %zu", k, r);
            bool varies = r != 5 && r != 7 && r != 12;
            cr_expect_eq(pixel(&p, p.left, p.bottom) != pixel(&p, p.right, p.top), varies,
                         "shape %zu, range %zu", k, r);
            cairo_surface_destroy(p.surface);
        }
    free(values);
}

Test(picture, is_grey_where_values_are_not_finite)
{
    clp_grid grid = make_grid(40, 40, 1, 1);
    double values[1600];
    for (int i = 0; i < 1600; i++) {
        int x = i % 40, y = i / 40;
        values[i] = x < 20 ? (double)x : y < 13 ? (double)NAN : y < 26 ? (double)INFINITY : -(double)INFINITY;
    }
    picture p = draw(&grid, values, &(clp_picture_options){.width = 400});
    for (int y = p.top; y <= p.bottom; y += 3) cr_assert_eq(pixel(&p, p.right - 5, y), gap_color);
    cr_expect(close_colors(pixel(&p, p.left, p.top), map_color(0)));
    cairo_surface_destroy(p.surface);
    for (int i = 0; i < 1600; i++) values[i] = NAN;
    p = draw(&grid, values, &(clp_picture_options){.width = 400});
    cr_expect_eq(pixel(&p, p.left, p.top), gap_color);
    cr_expect_eq(pixel(&p, p.right, p.bottom), gap_color);
    cairo_surface_destroy(p.surface);
}

Test(picture, shows_title_and_mark)
{
    static const uint32_t mark_color = 0xb81212;
    clp_grid grid = make_grid(3, 3, 1, 1);
    double values[9] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    char endless[5000];
    memset(endless, 'm', sizeof endless);
    endless[sizeof endless - 1] = '\0';
    picture plain = draw(&grid, values, &(clp_picture_options){.width = 300});
    const char *const titles[] = {"A title", endless, "no UTF-8: \xff\xc0\x80 \xed\xa0\x80 \xe2\x82",
                                  "two\nlines", "Plåt, 板, пластина"};
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        picture p = draw(&grid, values, &(clp_picture_options){.width = 300, .title = titles[i]});
        cr_expect_gt(p.top, plain.top);
        expect_white_rim(&p);
        cairo_surface_destroy(p.surface);
    }
    picture p =
        draw(&grid, values, &(clp_picture_options){.width = 300, .title = "", .mark = "not converged"});
    int marked = 0;
    for (int x = 0; x < p.width; x++)
        for (int y = 0; y < p.top; y++) marked += close_colors(pixel(&p, x, y), mark_color);
    cr_expect_gt(marked, 300 * 10);
    cairo_surface_destroy(p.surface);
    cairo_surface_destroy(plain.surface);
}

Test(picture, goes_to_standard_output)
{
    clp_grid grid = make_grid(3, 3, 1, 1);
    double values[9] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    fflush(stdout);
    int kept = dup(STDOUT_FILENO), target = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    dup2(target, STDOUT_FILENO);
    clp_status status = clp_picture_write("-", &grid, values, NULL);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    close(target);
    cr_assert_eq(status, CLP_OK);
    picture p = open_picture(path);
    cairo_surface_destroy(p.surface);
}

static void expect_file_error(const char *name)
{
    clp_grid grid = make_grid(3, 3, 1, 1);
    double values[9] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    cr_expect_eq(clp_picture_write(name, &grid, values, NULL), CLP_ERROR_FILE, "%s", name);
    cr_expect(strstr(clp_error_message(), name), "%s", clp_error_message());
}

Test(picture, says_which_file_cannot_be_written)
{
    char name[160];
    snprintf(name, sizeof name, "%s/missing/field.png", folder);
    expect_file_error(name);
    expect_file_error(folder);
    if (access("/dev/full", W_OK) == 0) expect_file_error("/dev/full");
    if (geteuid() == 0) return; /* may write anywhere */
    cr_assert_eq(chmod(folder, 0500), 0);
    expect_file_error(path);
    cr_assert_eq(chmod(folder, 0700), 0);
}

Test(picture, leaves_an_old_file_whole_on_errors)
{
    clp_grid grid = make_grid(3, 3, 1, 1);
    double values[9] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    FILE *old = fopen(path, "w");
    cr_assert(old && fputs("old", old) >= 0 && fclose(old) == 0);
    cr_expect_eq(clp_picture_write(path, &grid, values, &(clp_picture_options){.width = 99}),
                 CLP_ERROR_INPUT);
    cr_expect_eq(clp_picture_write(path, &grid, values, &(clp_picture_options){.width = 20001}),
                 CLP_ERROR_INPUT);
    clp_grid wrong = make_grid(3, 2, 1, 1);
    cr_expect_eq(clp_picture_write(path, &wrong, values, NULL), CLP_ERROR_INPUT);
    /* A disk that is full after 5000 bytes. */
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit before, limit;
    getrlimit(RLIMIT_FSIZE, &before);
    limit = (struct rlimit){5000, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
    expect_file_error(path);
    setrlimit(RLIMIT_FSIZE, &before);
    char text[8] = "";
    old = fopen(path, "r");
    cr_assert(old && fgets(text, sizeof text, old) && fclose(old) == 0);
    cr_expect_str_eq(text, "old");
    cr_expect_eq(count_files(), 1);
}
