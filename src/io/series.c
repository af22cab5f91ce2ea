/* SPDX-License-Identifier: MIT */
/* Fields at several times: one array of all of them, and lists of files for ParaView. */
#include <clpoisson/output.h>

#include "base/file.h"
#include "base/status.h"
#include "base/text.h"
#include "grid/extent.h"
#include "io/npy_write.h"
#include "io/xml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct clp_series {
    clp_output_file file;
    char *path;
    clp_grid grid;
    bool single;
    size_t count;
};

clp_status clp_series_create(const char *path, const clp_grid *grid, bool single, clp_series **series)
{
    *series = NULL;
    CLP_TRY(clp_grid_check(grid));
    if (strcmp(path, "-") == 0)
        return clp_fail(CLP_ERROR_INPUT,
                        "a series cannot go to standard output: its beginning tells how many "
                        "fields follow, which is known at the end; name a file");
    clp_series *made = calloc(1, sizeof *made);
    if (made) made->path = clp_copy_text(path);
    if (!made || !made->path) {
        free(made);
        return clp_fail_host_memory(sizeof *made);
    }
    made->grid = *grid;
    made->single = single;
    clp_status status = clp_output_begin(&made->file, made->path);
    if (status == CLP_OK && !made->file.temporary) {
        clp_output_discard(&made->file);
        status = clp_fail(CLP_ERROR_FILE, "%s: a series needs a regular file", path);
    }
    if (status != CLP_OK) {
        free(made->path);
        free(made);
        return status;
    }
    clp_npy_write_header(made->file.stream, grid, single, 0);
    *series = made;
    return CLP_OK;
}

clp_status clp_series_add(clp_series *series, const double *values)
{
    series->count++;
    return clp_npy_write_values(series->file.stream, &series->grid, values, series->single);
}

clp_status clp_series_finish(clp_series *series, bool keep)
{
    clp_status status = CLP_OK;
    if (!series) return CLP_OK;
    if (keep) {
        FILE *stream = series->file.stream;
        errno = 0;
        if (ferror(stream) || fflush(stream) != 0 || fseek(stream, 0, SEEK_SET) != 0) {
            status = clp_fail(CLP_ERROR_FILE, "%s: could not be written whole: %s", series->path,
                              errno ? strerror(errno) : "no space left, or the disk failed");
            clp_output_discard(&series->file);
        } else {
            clp_npy_write_header(stream, &series->grid, series->single, series->count);
            status = clp_output_commit(&series->file);
        }
    } else {
        clp_output_discard(&series->file);
    }
    free(series->path);
    free(series);
    return status;
}

clp_status clp_collection_write(const char *path, const double *times, const char *const *files, size_t count)
{
    clp_output_file file;
    clp_locale locale;
    CLP_TRY(clp_output_begin(&file, path));
    clp_locale_enter(&locale);
    fprintf(file.stream, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                         "<VTKFile type=\"Collection\" version=\"0.1\" byte_order=\"LittleEndian\">\n"
                         "  <Collection>\n");
    for (size_t i = 0; i < count; i++) {
        fprintf(file.stream, "    <DataSet timestep=\"%.17g\" group=\"\" part=\"0\" file=\"", times[i]);
        clp_xml_write(file.stream, files[i]);
        fprintf(file.stream, "\"/>\n");
    }
    fprintf(file.stream, "  </Collection>\n</VTKFile>\n");
    clp_locale_leave(&locale);
    return clp_output_commit(&file);
}

clp_status clp_probes_write_csv(const char *path, const clp_probe_notes *notes)
{
    clp_output_file file;
    clp_locale locale;
    CLP_TRY(clp_output_begin(&file, path));
    clp_locale_enter(&locale);
    fprintf(file.stream, "t");
    for (size_t i = 0; i < notes->count; i++) fprintf(file.stream, ",%s", notes->probes[i].name);
    fprintf(file.stream, "\n");
    for (size_t r = 0; r < notes->rows; r++) {
        fprintf(file.stream, "%.17g", notes->times[r]);
        for (size_t i = 0; i < notes->count; i++)
            fprintf(file.stream, ",%.17g", notes->values[r * notes->count + i]);
        fprintf(file.stream, "\n");
    }
    clp_locale_leave(&locale);
    return clp_output_commit(&file);
}
