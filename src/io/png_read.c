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
    clp_pixels pixels;
    clp_status failure; /* of our own, with its message already stored; CLP_OK where libpng tells */
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

/* Memory for what the header announces, if the file can hold it. */
static void allocate(reader *r)
{
    uint64_t width = png_get_image_width(r->png, r->info), height = png_get_image_height(r->png, r->info);
    if (width * height > PIXELS_MOST) {
        r->failure = clp_fail(CLP_ERROR_INPUT,
                              "%s: the picture has %llu x %llu pixels; up to 2^28 are read, make it smaller",
                              r->path, (unsigned long long)width, (unsigned long long)height);
        png_error(r->png, "too large");
    }
    uint64_t raw = png_get_rowbytes(r->png, r->info) * height;
    if (raw > EXPANSION_MORE && (raw - EXPANSION_MORE - 1) / EXPANSION_MOST >= r->size) {
        r->failure = clp_fail(
            CLP_ERROR_INPUT,
            "%s: announces %llu x %llu pixels, more than a PNG of %llu bytes can hold, however "
            "well compressed; save the picture again",
            r->path, (unsigned long long)width, (unsigned long long)height, (unsigned long long)r->size);
        png_error(r->png, "too large for its file");
    }
    /* Interlaced rows are filled in passes, so they start as zeros. */
    r->pixels =
        (clp_pixels){(size_t)width, (size_t)height, calloc((size_t)(width * height), sizeof(uint32_t))};
    if (!r->pixels.values) {
        r->failure = clp_fail_host_memory((size_t)(width * height) * sizeof(uint32_t));
        png_error(r->png, "no memory");
    }
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
    if (png_get_rowbytes(r->png, r->info) != (palette ? 1 : 4) * r->pixels.width)
        png_error(r->png, "unknown kind of pixels");
    return passes;
}

/* libpng would take an index beyond the palette for black; the picture is damaged then. Each row widens in
 * its place, from its end. */
static void look_up(reader *r)
{
    png_colorp palette = NULL;
    png_bytep alphas = NULL;
    int count = 0, alpha_count = 0;
    png_get_PLTE(r->png, r->info, &palette, &count);
    png_get_tRNS(r->png, r->info, &alphas, &alpha_count, NULL);
    for (size_t row = 0; row < r->pixels.height; row++) {
        unsigned char *bytes = (unsigned char *)(r->pixels.values + row * r->pixels.width);
        for (size_t column = r->pixels.width; column-- > 0;) {
            int index = bytes[column];
            if (index >= count) png_error(r->png, "a pixel has a colour beyond the palette");
            const unsigned char rgba[4] = {palette[index].red, palette[index].green, palette[index].blue,
                                           index < alpha_count ? alphas[index] : 255};
            memcpy(bytes + 4 * column, rgba, 4);
        }
    }
}

static void read_rows(reader *r)
{
    bool palette = png_get_color_type(r->png, r->info) == PNG_COLOR_TYPE_PALETTE;
    for (int passes = set_transformations(r, palette); passes > 0; passes--)
        for (size_t row = 0; row < r->pixels.height; row++)
            png_read_row(r->png, (png_bytep)(r->pixels.values + row * r->pixels.width), NULL);
    png_read_end(r->png, NULL);
    if (palette) look_up(r);
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
    allocate(r);
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

/* Bytes in the order of the file to 0xRRGGBBAA, whatever the machine's order. */
static void pack(clp_pixels *pixels)
{
    for (size_t i = 0; i < pixels->width * pixels->height; i++) {
        unsigned char b[4];
        memcpy(b, &pixels->values[i], 4);
        pixels->values[i] = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    }
}

clp_status clp_png_read(const char *path, clp_pixels *pixels)
{
    reader r = {.path = path};
    *pixels = (clp_pixels){0};
    CLP_TRY(clp_input_open(path, &r.stream, &r.size));
    clp_status status = check_signature(&r);
    if (status != CLP_OK) goto cleanup;
    r.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &r, on_error, on_warning);
    if (r.png) r.info = png_create_info_struct(r.png);
    if (!r.info) {
        status = *r.warning
                     ? clp_fail(CLP_ERROR_UNSUPPORTED, "%s: libpng does not start: %s", path, r.warning)
                     : clp_fail_host_memory(sizeof r);
        goto cleanup;
    }
    bool whole = decode(&r);
    if (r.failure != CLP_OK)
        status = r.failure;
    else if (!whole || *r.warning)
        status = fail_damaged(&r);
cleanup:
    png_destroy_read_struct(&r.png, &r.info, NULL);
    fclose(r.stream);
    if (status != CLP_OK) {
        clp_pixels_finish(&r.pixels);
        return status;
    }
    pack(&r.pixels);
    *pixels = r.pixels;
    return CLP_OK;
}
