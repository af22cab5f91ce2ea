/* SPDX-License-Identifier: MIT */
/* Fields at several times: one array of all of them, and lists of files for ParaView. */
#include <clpoisson/output.h>

#include "base/text.h"
#include "grid/extent.h"
#include "io/npy_parts.h"
#include "io/npy_write.h"
#include "io/xml.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct clp_series {
    clp_shared_file file;
    char *path;
    clp_grid part, whole;
    bool single;
    size_t count, start; /* of the fields so far; of the first one in the file */
    clp_status failed;   /* a field is not there, */
    char reason[512];    /* for this reason: the file is none */
};

static clp_status begin(clp_series *series, clp_ranks *ranks)
{
    CLP_TRY(clp_shared_file_begin(&series->file, ranks, series->path));
    if (series->file.own.stream)
        clp_npy_write_header(series->file.own.stream, &series->whole, series->single, 0);
    clp_status status = clp_shared_file_place(&series->file, &series->start);
    return status == CLP_OK ? CLP_OK : clp_shared_file_end(&series->file, status);
}

clp_status clp_series_create(clp_ranks *ranks, const char *path, const clp_grid *part, bool single,
                             clp_series **series)
{
    const clp_grid whole = clp_grid_of_part(part);
    *series = NULL;
    CLP_TRY(clp_grid_check(&whole));
    if (strcmp(path, "-") == 0)
        return clp_fail(CLP_ERROR_INPUT,
                        "a series cannot go to standard output: its beginning tells how many "
                        "fields follow, which is known at the end; name a file");
    clp_series *made = calloc(1, sizeof *made);
    if (made)
        *made = (clp_series){.path = clp_copy_text(path), .part = *part, .whole = whole, .single = single};
    clp_status status = made && made->path ? CLP_OK : clp_fail_host_memory(sizeof *made);
    status = clp_ranks_agree(ranks, status);
    if (status == CLP_OK) status = begin(made, ranks);
    if (status == CLP_OK) {
        *series = made;
    } else {
        if (made) free(made->path);
        free(made);
    }
    return status;
}

clp_status clp_series_add(clp_series *series, const double *values)
{
    clp_shared_file *file = &series->file;
    if (!file->ranks) {
        series->count++;
        return clp_npy_write_values(file->own.stream, &series->part, values, series->single);
    }
    size_t bytes = clp_grid_node_count(&series->whole) * (series->single ? 4 : 8);
    if (series->failed != CLP_OK) return CLP_OK;
    series->failed = clp_npy_write_part(file, series->start + series->count++ * bytes, &series->part, values,
                                        series->single);
    if (series->failed != CLP_OK) snprintf(series->reason, sizeof series->reason, "%s", clp_error_message());
    return series->failed == CLP_ERROR_MEMORY ? series->failed : CLP_OK;
}

/* Of the first rank: the header, now that the number of fields is known. */
static clp_status rewrite_header(clp_series *series)
{
    FILE *stream = series->file.own.stream;
    errno = 0;
    if (ferror(stream) || fflush(stream) != 0 || fseek(stream, 0, SEEK_SET) != 0)
        return clp_fail(CLP_ERROR_FILE, "%s: could not be written whole: %s", series->path,
                        errno ? strerror(errno) : "no space left, or the disk failed");
    clp_npy_write_header(stream, &series->whole, series->single, series->count);
    return CLP_OK;
}

clp_status clp_series_finish(clp_series *series, bool keep)
{
    if (!series) return CLP_OK;
    clp_ranks *ranks = series->file.ranks;
    clp_status status = series->failed;
    if (status != CLP_OK) clp_fail(status, "%s", series->reason);
    if (keep && status == CLP_OK && series->file.own.stream) status = rewrite_header(series);
    if (keep)
        status = clp_shared_file_end(&series->file, clp_ranks_agree(ranks, status));
    else if (series->file.own.stream)
        clp_output_discard(&series->file.own);
    else
        remove(series->file.path); /* the first rank's, which may be waiting for this one */
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
