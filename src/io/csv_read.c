/* SPDX-License-Identifier: MIT */
#include "io/csv_read.h"

#include "base/file.h"
#include "base/text.h"
#include "io/show.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 64 << 20 };

static const char blanks[] = " \t\r,;";

/* Both numbers of a line, cut up at what is between them; false if it has no two, or more. */
static bool read_row(char *line, double row[2])
{
    char *rest = line, *words[3] = {NULL};
    size_t count = 0;
    for (char *word; count < 3 && (word = strtok_r(rest, blanks, &rest));) words[count++] = word;
    return count == 2 && clp_parse_double(words[0], &row[0]) && clp_parse_double(words[1], &row[1]);
}

/* A line of words above the numbers. */
static bool is_heading(const char *line)
{
    const char *first = line + strspn(line, blanks);
    return (*first >= 'A' && *first <= 'Z') || (*first >= 'a' && *first <= 'z') || *first == '"';
}

static clp_status fail_row(const char *path, size_t number, const char *line)
{
    char shown[CLP_SHOWN_SIZE];
    return clp_fail(CLP_ERROR_INPUT,
                    "%s:%zu: '%s' is not a row of the table; each has two numbers, t and the value", path,
                    number, clp_show(line, shown));
}

static clp_status read_lines(const char *path, char *text, double *rows, size_t *count)
{
    char *rest = strncmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text; /* behind a byte order mark */
    size_t number = 0;
    for (char *line; (line = strsep(&rest, "\n"));) {
        double row[2];
        number++;
        if (*(line + strspn(line, blanks)) == '\0' || *line == '#') continue;
        if (number == 1 && is_heading(line)) continue;
        char *kept = clp_copy_text(line); /* for the message: it will be cut up */
        if (!kept) return clp_fail_host_memory(strlen(line));
        clp_status status = read_row(line, row) ? CLP_OK : fail_row(path, number, kept);
        free(kept);
        CLP_TRY(status);
        if (!isfinite(row[0]) || !isfinite(row[1]))
            return clp_fail(CLP_ERROR_INPUT, "%s:%zu: %g, %g: both must be finite", path, number, row[0],
                            row[1]);
        if (*count > 0 && row[0] <= rows[2 * *count - 2])
            return clp_fail(CLP_ERROR_INPUT,
                            "%s:%zu: t = %g does not come after %g; times must grow from row to row", path,
                            number, row[0], rows[2 * *count - 2]);
        memcpy(rows + 2 * *count, row, sizeof row);
        ++*count;
    }
    if (*count == 0)
        return clp_fail(CLP_ERROR_INPUT, "%s: the table is empty; each row has t and the value", path);
    return CLP_OK;
}

clp_status clp_csv_read(const char *path, double **rows, size_t *count)
{
    char *text;
    size_t size, lines = 1;
    *rows = NULL;
    *count = 0;
    CLP_TRY(clp_read_file(path, MOST_BYTES, &text, &size));
    for (size_t i = 0; i < size; i++) lines += text[i] == '\n';
    *rows = malloc(2 * lines * sizeof **rows);
    clp_status status =
        *rows ? read_lines(path, text, *rows, count) : clp_fail_host_memory(2 * lines * sizeof **rows);
    free(text);
    if (status == CLP_OK) return CLP_OK;
    free(*rows);
    *rows = NULL;
    return status;
}
