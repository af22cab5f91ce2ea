/* SPDX-License-Identifier: MIT */
/* libpng answers errors by a longjmp to `decode`; all that lives longer stands in `reader`, which its caller
 * has, so that nothing is lost in the jump. */
#include "io/png_read.h"

#include "base/text.h"
#include "io/input_file.h"

#include <errno.h>
#include <png.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Deflate expands by 1032 at most; what the chunks around it may claim besides is generous. */
enum { EXPANSION_MOST = 1040, EXPANSION_MORE = 1 << 20, PIXELS_MOST = 1 << 28 };

typedef struct reader {
    const char *path;
    FILE *stream;
    uint64_t size;
    png_structp png;
    png_infop info;
    bool whole;           /* all pixels are wanted, whatever rectangle is */
    bool size_alone;      /* none are */
    size_t columns, rows; /* of the picture */
    clp_pixels pixels;    /* what is wanted of it */
    uint32_t *lines;      /* bytes of a row, or of all where they come in passes */
    clp_status failure;   /* of our own, with its message already stored; CLP_OK where libpng tells */
    char error[160], warning[160];
} reader;

static void on_error(png_structp png, png_const_charp text)
{
    reader *r = png_get_error_ptr(png);
    clp_cut_text(r->error, sizeof r->error, text);
    png_longjmp(png, 1);
}

/* A warning about the chunks that count means that the picture is not what its writer had. The first one
 * tells most. */
static void on_warning(png_structp png, png_const_charp text)
{
    reader *r = png_get_error_ptr(png);
    if (!*r->warning) clp_cut_text(r->warning, sizeof r->warning, text);
}

static void on_read(png_structp png, png_bytep data, size_t count)
{
    reader *r = png_get_io_ptr(png);
    if (fread(data, 1, count, r->stream) == count) return;
    if (ferror(r->stream))
        r->failure = clp_fail(CLP_ERROR_FILE, "%s: cannot be read: %s", r->path, strerror(errno));
    png_error(png, "the file ends too early");
}

/* No pixels are kept that are more than are read. */
static void check_number(reader *r, uint64_t pixels)
{
    if (pixels <= PIXELS_MOST) return;
    r->failure = clp_fail(CLP_ERROR_INPUT,
                          "%s: the picture has %zu x %zu pixels; up to 2^28 are read, make it smaller",
                          r->path, r->columns, r->rows);
    png_error(r->png, "too large");
}

/* What the header announces, if the file can hold it. */
static void measure(reader *r)
{
    uint64_t width = png_get_image_width(r->png, r->info), height = png_get_image_height(r->png, r->info);
    uint64_t raw = png_get_rowbytes(r->png, r->info) * height;
    r->columns = (size_t)width;
    r->rows = (size_t)height;
    if (r->whole) check_number(r, width * height);
    if (raw <= EXPANSION_MORE || (raw - EXPANSION_MORE - 1) / EXPANSION_MOST < r->size) return;
    r->failure =
        clp_fail(CLP_ERROR_INPUT,
                 "%s: announces %llu x %llu pixels, more than a PNG of %llu bytes can hold, however "
                 "well compressed; save the picture again",
                 r->path, (unsigned long long)width, (unsigned long long)height, (unsigned long long)r->size);
    png_error(r->png, "too large for its file");
}

static uint32_t *allocate(reader *r, uint64_t count)
{
    check_number(r, count);
    uint32_t *made = calloc((size_t)count, sizeof *made); /* interlaced rows are filled in passes */
    if (made) return made;
    r->failure = clp_fail_host_memory((size_t)count * sizeof *made);
    png_error(r->png, "no memory");
}

/* Asks libpng for 8 bits of red, green, blue and alpha, or for the index into a palette. Returns the number
 * of passes. */
static int set_transformations(reader *r, bool palette)
{
    if (palette) {
        png_set_packing(r->png);
    } else {
        png_set_expand(r->png);
        png_set_scale_16(r->png);
        png_set_gray_to_rgb(r->png);
        png_set_add_alpha(r->png, 0xff, PNG_FILLER_AFTER);
    }
    int passes = png_set_interlace_handling(r->png);
    png_read_update_info(r->png, r->info);
    if (png_get_rowbytes(r->png, r->info) != (palette ? 1 : 4) * r->columns)
        png_error(r->png, "unknown kind of pixels");
    return passes;
}

/* libpng would take an index beyond the palette for black; the picture is damaged then. A row widens in its
 * place, from its end. */
static void look_up(reader *r, uint32_t *line)
{
    png_colorp palette = NULL;
    png_bytep alphas = NULL;
    int count = 0, alpha_count = 0;
    unsigned char *bytes = (unsigned char *)line;
    png_get_PLTE(r->png, r->info, &palette, &count);
    png_get_tRNS(r->png, r->info, &alphas, &alpha_count, NULL);
    for (size_t column = r->columns; column-- > 0;) {
        int index = bytes[column];
        if (index >= count) png_error(r->png, "a pixel has a colour beyond the palette");
        const unsigned char rgba[4] = {palette[index].red, palette[index].green, palette[index].blue,
                                       index < alpha_count ? alphas[index] : 255};
        memcpy(bytes + 4 * column, rgba, 4);
    }
}

/* Bytes in the order of the file to 0xRRGGBBAA, whatever the machine's order: those that are wanted of a
 * row, into all rows of the rectangle that are this one. */
static void keep(reader *r, size_t row, const uint32_t *line)
{
    clp_pixels *pixels = &r->pixels;
    for (size_t out = (row + r->rows - pixels->top) % r->rows; out < pixels->height; out += r->rows)
        for (size_t column = 0, from = pixels->left; column < pixels->width; column++) {
            unsigned char b[4];
            memcpy(b, &line[from], 4);
            pixels->values[out * pixels->width + column] =
                (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
            if (++from == r->columns) from = 0;
        }
}

static void read_rows(reader *r)
{
    bool palette = png_get_color_type(r->png, r->info) == PNG_COLOR_TYPE_PALETTE;
    int passes = set_transformations(r, palette);
    size_t step = passes > 1 ? r->columns : 0;
    r->lines = allocate(r, (uint64_t)r->columns * (passes > 1 ? r->rows : 1));
    for (int pass = 0; pass < passes; pass++)
        for (size_t row = 0; row < r->rows; row++) {
            uint32_t *line = r->lines + row * step;
            png_read_row(r->png, (png_bytep)line, NULL);
            if (pass + 1 < passes) continue;
            if (palette) look_up(r, line);
            keep(r, row, line);
        }
    png_read_end(r->png, NULL);
}

/* Not to be drawn into `decode`, whose variables a longjmp may spoil. */
__attribute__((noinline)) static void read_whole(reader *r)
{
    png_set_read_fn(r->png, r, on_read);
    png_set_user_limits(r->png, 0x7fffffff, 0x7fffffff);
    /* Comments, profiles and the like neither count nor matter if they are odd; but a wrong sum means damage.
     */
    png_set_keep_unknown_chunks(r->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_read_info(r->png, r->info);
    measure(r);
    if (r->size_alone) return;
    clp_pixels *pixels = &r->pixels;
    if (r->whole) *pixels = (clp_pixels){.width = r->columns, .height = r->rows};
    pixels->columns = r->columns;
    pixels->rows = r->rows;
    pixels->values = allocate(r, (uint64_t)pixels->width * pixels->height);
    read_rows(r);
}

/* True if libpng came to the end. */
static bool decode(reader *r)
{
    if (setjmp(png_jmpbuf(r->png))) return false;
    read_whole(r);
    return true;
}

static clp_status check_signature(reader *r)
{
    unsigned char start[CLP_INPUT_START];
    size_t got = fread(start, 1, sizeof start, r->stream);
    if (got < sizeof start && ferror(r->stream))
        return clp_fail(CLP_ERROR_FILE, "%s: cannot be read: %s", r->path, strerror(errno));
    if (got < 8 || png_sig_cmp(start, 0, 8) != 0)
        return clp_input_fail_kind(r->path, start, got, "PNG picture", "save the picture as PNG");
    rewind(r->stream);
    return CLP_OK;
}

static clp_status fail_damaged(const reader *r)
{
    const char *text = *r->error ? r->error : r->warning;
    bool both = *r->error && *r->warning;
    return clp_fail(CLP_ERROR_INPUT,
                    "%s: the PNG picture is damaged: %s%s%s%s; copy it again, or open it and save it anew",
                    r->path, text, both ? " (" : "", both ? r->warning : "", both ? ")" : "");
}

/* The caller has the pixels, also after an error. */
static clp_status read_png(reader *r)
{
    CLP_TRY(clp_input_open(r->path, &r->stream, &r->size));
    clp_status status = check_signature(r);
    if (status != CLP_OK) goto cleanup;
    r->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, r, on_error, on_warning);
    if (r->png) r->info = png_create_info_struct(r->png);
    if (!r->info) {
        status = *r->warning
                     ? clp_fail(CLP_ERROR_UNSUPPORTED, "%s: libpng does not start: %s", r->path, r->warning)
                     : clp_fail_host_memory(sizeof *r);
        goto cleanup;
    }
    bool whole = decode(r);
    if (r->failure != CLP_OK)
        status = r->failure;
    else if (!whole || *r->warning)
        status = fail_damaged(r);
cleanup:
    png_destroy_read_struct(&r->png, &r->info, NULL);
    fclose(r->stream);
    free(r->lines);
    if (status != CLP_OK) clp_pixels_finish(&r->pixels);
    return status;
}

clp_status clp_png_read(const char *path, clp_pixels *pixels)
{
    reader r = {.path = path, .whole = true};
    clp_status status = read_png(&r);
    *pixels = r.pixels;
    return status;
}

clp_status clp_png_read_rectangle(const char *path, clp_pixels *pixels)
{
    reader r = {.path = path, .pixels = *pixels};
    clp_status status = read_png(&r);
    *pixels = r.pixels;
    return status;
}

clp_status clp_png_size(const char *path, size_t *columns, size_t *rows)
{
    reader r = {.path = path, .size_alone = true};
    clp_status status = read_png(&r);
    *columns = r.columns;
    *rows = r.rows;
    return status;
}
