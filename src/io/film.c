/* SPDX-License-Identifier: MIT */
/* Films: pictures as the frames of an animated WebP, which browsers play. */
#include <clpoisson/output.h>

#include "base/file.h"
#include "base/status.h"
#include "base/text.h"
#include "io/picture.h"

#include <stdlib.h>
#include <string.h>
#include <webp/encode.h>
#include <webp/mux.h>

enum { FILM_WIDTH = 720, MOST_PIXELS = 16383 /* of WebP, each way */ };

struct clp_film {
    char *path;
    int milliseconds; /* a frame */
    int time;
    int width, height; /* 0 before the first frame */
    WebPAnimEncoder *encoder;
    WebPConfig config;
};

clp_status clp_film_create(const char *path, double seconds, clp_film **film)
{
    *film = NULL;
    if (!(seconds >= 0.001 && seconds <= 1000))
        return clp_fail(CLP_ERROR_INPUT, "%s: a frame of %g seconds cannot be shown; give 0.001 to 1000",
                        path, seconds);
    CLP_TRY(clp_output_writable(path));
    clp_film *made = calloc(1, sizeof *made);
    if (made) made->path = clp_copy_text(path);
    if (!made || !made->path || !WebPConfigPreset(&made->config, WEBP_PRESET_DRAWING, 80)) {
        clp_film_finish(made, false);
        return clp_fail_host_memory(sizeof *made);
    }
    made->config.method = 2; /* half the time of the default, a tenth more bytes */
    made->config.thread_level = 1;
    made->milliseconds = (int)(1000 * seconds + 0.5);
    *film = made;
    return CLP_OK;
}

static clp_status begin(clp_film *film, int width, int height)
{
    WebPAnimEncoderOptions options;
    if (width > MOST_PIXELS || height > MOST_PIXELS)
        return clp_fail(CLP_ERROR_INPUT,
                        "%s: frames of %d x %d pixels are too large for a film; %d each way at most",
                        film->path, width, height, MOST_PIXELS);
    if (!WebPAnimEncoderOptionsInit(&options))
        return clp_fail(CLP_ERROR_UNSUPPORTED, "%s: libwebp is another one than clPoisson was built with",
                        film->path);
    film->width = width;
    film->height = height;
    film->encoder = WebPAnimEncoderNew(width, height, &options);
    return film->encoder ? CLP_OK : clp_fail_host_memory((size_t)width * (size_t)height * 4);
}

static clp_status add(void *context, const char *path, cairo_surface_t *surface)
{
    clp_film *film = context;
    int width = cairo_image_surface_get_width(surface), height = cairo_image_surface_get_height(surface);
    if (!film->encoder) CLP_TRY(begin(film, width, height));
    if (width != film->width || height != film->height)
        return clp_fail(CLP_ERROR_INPUT,
                        "%s: a frame of %d x %d pixels among those of %d x %d; give all one width and "
                        "one range of colours",
                        path, width, height, film->width, film->height);
    WebPPicture picture;
    if (!WebPPictureInit(&picture)) return clp_fail_host_memory(sizeof picture);
    picture.use_argb = 1;
    picture.width = width;
    picture.height = height;
    cairo_surface_flush(surface);
    const uint8_t *pixels = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    const uint32_t probe = 1;
    if (*(const unsigned char *)&probe != 1) /* cairo's pixels are numbers of the machine's order */
        return clp_fail(CLP_ERROR_UNSUPPORTED, "%s: films are written on little-endian machines only", path);
    bool added = WebPPictureImportBGRX(&picture, pixels, stride) &&
                 WebPAnimEncoderAdd(film->encoder, &picture, film->time, &film->config);
    WebPPictureFree(&picture);
    film->time += film->milliseconds;
    return added
               ? CLP_OK
               : clp_fail(CLP_ERROR_MEMORY, "%s: libwebp: %s", path, WebPAnimEncoderGetError(film->encoder));
}

clp_status clp_film_add(clp_film *film, const clp_grid *grid, const double *values,
                        const clp_picture_options *options)
{
    clp_picture_options drawn = options ? *options : (clp_picture_options){0};
    if (drawn.width == 0) drawn.width = FILM_WIDTH;
    return clp_picture_draw(film->path, grid, values, &drawn, add, film);
}

static clp_status assemble(clp_film *film)
{
    WebPData data;
    clp_output_file file;
    if (!film->encoder) return clp_fail(CLP_ERROR_INPUT, "%s: a film needs frames", film->path);
    WebPDataInit(&data);
    if (!WebPAnimEncoderAdd(film->encoder, NULL, film->time, NULL) ||
        !WebPAnimEncoderAssemble(film->encoder, &data))
        return clp_fail(CLP_ERROR_MEMORY, "%s: libwebp: %s", film->path,
                        WebPAnimEncoderGetError(film->encoder));
    clp_status status = clp_output_begin(&file, film->path);
    if (status == CLP_OK) {
        fwrite(data.bytes, 1, data.size, file.stream);
        status = clp_output_commit(&file);
    }
    WebPDataClear(&data);
    return status;
}

clp_status clp_film_finish(clp_film *film, bool keep)
{
    if (!film) return CLP_OK;
    clp_status status = keep ? assemble(film) : CLP_OK;
    WebPAnimEncoderDelete(film->encoder);
    free(film->path);
    free(film);
    return status;
}
